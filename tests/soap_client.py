"""zeep as an independent SOAP client, talking to a sandbox in the same process."""

import requests
from zeep import Client, xsd
from zeep.transports import Transport

ENDPOINT = "/openmage/index.php/api/v2_soap/index/"
HOST = "http://localhost"
# All that a WSDL needs of the schema it imports; the published one is not fetched in tests.
ENCODING_SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:tns="http://schemas.xmlsoap.org/soap/encoding/" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">
  <xs:attribute name="arrayType" type="xs:string"/>
  <xs:complexType name="Array">
    <xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>
    <xs:attribute ref="tns:arrayType"/>
  </xs:complexType>
</xs:schema>"""


class InProcess(Transport):
    """Sends what zeep sends through a `sandbox.caller.Caller`, or reads files where there is none."""

    def __init__(self, caller=None):
        super().__init__()
        self._caller = caller

    def load(self, url):
        """Return a document: the encoding schema, the sandbox's WSDL, or a file."""
        if url.startswith("http://schemas.xmlsoap.org/soap/encoding/"):
            return ENCODING_SCHEMA
        if self._caller is None or not url.startswith(HOST):
            return super().load(url)
        path, _mark, query = url.removeprefix(HOST).partition("?")
        return self._caller.send("GET", path, query).data

    def post(self, address, message, headers):
        """Send one request; return what came back as zeep wants it."""
        answered = self._caller.send("POST", address.removeprefix(HOST), body=message, headers=headers)
        response = requests.Response()
        response.status_code = answered.status_code
        response._content = answered.data
        response.headers.update(dict(answered.headers))
        return response


class Shop:
    """A SOAP client of one API user, for both flavours."""

    def __init__(self, caller, *, is_wsi=False, user="oms", key="oms-sandbox-key"):
        self.is_wsi = is_wsi
        self.client = Client(f"{HOST}{ENDPOINT}?wsdl=1", transport=InProcess(caller))
        self.session = self.call("login", username=user, apiKey=key)

    def call(self, name, **parts):
        """Call an operation without a session id; return the one part of its answer."""
        return getattr(self.client.service, name)(**parts)

    def ask(self, name, **parts):
        """Call an operation within the session; parts that are not given are empty, where RPC wants them all."""
        if not self.is_wsi:
            names = self.client.service._binding.get(name).input.body.type.elements
            parts = {**{field: xsd.SkipValue for field, _element in names}, **parts}
        return self.call(name, **{**parts, "sessionId": self.session})

    def type(self, name):
        """Return a type of the WSDL."""
        return self.client.get_type(f"{{{self.namespace}}}{name}")

    @property
    def namespace(self):
        """Return the target namespace of the WSDL."""
        return self.client.service._binding.name.namespace

    def list_of(self, name, entries):
        """Return a list in the shape of the flavour; `name` is the list's type, entries are dicts or texts."""
        if self.is_wsi:
            return {"complexObjectArray": entries}
        kind = xsd.String() if name == "ArrayOfString" else self.type(_entry_of(name))
        values = [kind(**entry) if isinstance(entry, dict) else entry for entry in entries]
        return self.type(name)([xsd.AnyObject(xsd.Element("item", kind), value) for value in values])

    def filters(self, *complex_filters, **plain):
        """Return filters: triples of field, operator and value, and fields that are equal to a value."""
        parts = {}
        if complex_filters:
            entries = [{"key": f, "value": {"key": operator, "value": value}} for f, operator, value in complex_filters]
            parts["complex_filter"] = self.list_of("complexFilterArray", entries)
        if plain:
            entries = [{"key": field, "value": value} for field, value in plain.items()]
            parts["filter"] = self.list_of("associativeArray", entries)
        return self.type("filters")(**parts)

    @staticmethod
    def rows(answer):
        """Return the entries of a list in an answer of either flavour."""
        if answer is None:
            return []
        return list(getattr(answer, "complexObjectArray", answer) or [])

    def orders(self, *complex_filters, **plain):
        """Return what salesOrderList says."""
        return self.rows(self.ask("salesOrderList", filters=self.filters(*complex_filters, **plain)))

    def order(self, number):
        """Return what salesOrderInfo says."""
        return self.ask("salesOrderInfo", orderIncrementId=number)


def _entry_of(name):
    return "associativeEntity" if name == "associativeArray" else name.removesuffix("Array")
