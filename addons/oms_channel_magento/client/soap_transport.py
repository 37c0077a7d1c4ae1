"""zeep's way to the network, which is ours: the one Transport of ``oms_core``, and no other."""

from collections.abc import Callable
from typing import Any

import zeep.transports
from lxml import etree
from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.errors import Rejected

from ..lib import const

# The name under which our own schema of the SOAP encoding is known to zeep; it is no address.
ENCODING_NAME = "oms:soap-encoding"


class SoapTransport(zeep.transports.Transport):
    """Sends what zeep built. ``zeep.transports.Transport`` opens sessions of its own, so nothing of it is called.

    :param send: ``Transport.send`` of ``oms_core``
    :param operation: the call that is made, for rates and logs
    :param is_repeatable: see ``Request``
    """

    def __init__(self, send: Callable[[Request], Response], operation: str, *, is_repeatable: bool):
        self._send = send
        self._operation = operation
        self._is_repeatable = is_repeatable
        self._close_session = False  # there is none; zeep asks when it is thrown away
        self.request: Request | None = None

    def post_xml(self, address: str, envelope: Any, headers: dict) -> Response:
        """Send an envelope and return the answer as it came, a fault included."""
        return self.post(address, etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), headers)

    def post(self, address: str, message: bytes, headers: dict) -> Response:
        """Send a text, see :meth:`post_xml`."""
        self.request = Request(
            method="POST",
            url=address,
            operation=self._operation,
            headers={**headers, "User-Agent": const.USER_AGENT},
            body=message,
            is_repeatable=self._is_repeatable,
            is_500_an_answer=True,
        )
        return self._send(self.request)

    def get(self, address: str, params: Any, headers: Any) -> Response:
        """Refuse: SOAP is sent by POST."""
        raise Rejected("bad_request", part="method")

    def load(self, url: str) -> bytes:
        """Refuse: the WSDL was read before, and nothing it points to is."""
        raise Rejected("host_refused", reason="the WSDL points elsewhere")


class NoTransport(SoapTransport):
    """What a WSDL is read with: it can load our own schema of the SOAP encoding and nothing else."""

    def __init__(self, encoding_schema: bytes):
        super().__init__(self._refuse, "wsdl", is_repeatable=True)
        self._encoding_schema = encoding_schema

    def load(self, url: str) -> bytes:
        """Return our schema of the SOAP encoding.

        :raise Rejected: anything else is asked for
        """
        return self._encoding_schema if url == ENCODING_NAME else super().load(url)

    @staticmethod
    def _refuse(request: Request) -> Response:
        raise Rejected("bad_request", part="url")
