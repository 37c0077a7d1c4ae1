"""The calls of an OpenMage shop's SOAP v2 interface: plain values in, what the shop answered out.

Arguments and their order: the WSDLs named in ``soap_const``. Optional texts are sent empty where RPC/encoded has no
other way; PHP takes "", 0 and "0" for "not given".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, ChannelError, Malformed, NotFound, NotSupported, Rejected

from ..lib import const, soap_const
from ..lib.soap_answer import Fault, Value, read_answer
from .soap_session import Session
from .soap_transport import SoapTransport
from .soap_wsdl import Interface, address_of, read_wsdl

# Where an answer begins so, the shop meant it for us, whatever became of it.
_ENVELOPE_MARK = b":Envelope"
Filters = Mapping[str, Sequence[Mapping[str, Any]]]
# Ways a refusal of the whole call is told apart from a breakdown in ``_error``.
_SERVER_WORDS = frozenset({"Server", "Receiver", soap_const.UNKNOWN_ERROR, soap_const.INTERNAL_ERROR})


@dataclass(frozen=True)
class Answer:
    """What a call gave: the value, the body it was read from, and the shop's own time."""

    value: Value
    body: bytes
    at: datetime | None


class OpenMageClient:
    """SOAP v2 of one shop.

    Every method returns what the shop answered. It raises ``RetryLater`` as the transport does and when the shop broke
    down, ``AuthFailed`` when it refuses user or key, ``NotFound``, ``NotSupported`` where it has no such call, and
    ``Rejected`` with its words: ``access_denied`` when the user's role lacks the one call.
    """

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._session = Session(account, now, self._log_in)
        self._interface: Interface | None = None

    # --- orders -------------------------------------------------------------------------------------------------------

    def list_orders(self, filters: Filters) -> Answer:
        """Ask for all orders that fit."""
        return self._read("salesOrderList", filters)

    def read_order(self, number: str, *, keeps_unreadable: bool = False) -> Answer:
        """Ask for one order.

        :param keeps_unreadable: an envelope that is no XML, or a fault that is about this one order, comes back with
            its body and no value
        """
        return self._read("salesOrderInfo", number, keeps_unreadable=keeps_unreadable)

    def cancel_order(self, number: str) -> Value:
        """Cancel what is not invoiced or sent of an order."""
        return self._write("salesOrderCancel", number)

    # --- parcels ------------------------------------------------------------------------------------------------------

    def list_shipments(self, filters: Filters) -> Value:
        """Ask for all parcels that fit."""
        return self._read("salesOrderShipmentList", filters).value

    def read_shipment(self, number: str) -> Value:
        """Ask for one parcel with its items, tracks and comments."""
        return self._read("salesOrderShipmentInfo", number).value

    def create_shipment(self, order: str, units: Mapping[str, Decimal], comment: str, *, is_buyer_told: bool) -> Value:
        """Make a parcel; return its number. The comment is for the shop's staff, never for the buyer."""
        return self._write("salesOrderShipmentCreate", order, _quantities(units), comment, int(is_buyer_told), 0)

    def add_track(self, shipment: str, carrier: str, title: str, tracking: str) -> Value:
        """Give a parcel a tracking number."""
        return self._write("salesOrderShipmentAddTrack", shipment, carrier, title, tracking, 0.0)

    def remove_track(self, shipment: str, track: str) -> Value:
        """Take a tracking number off a parcel."""
        return self._write("salesOrderShipmentRemoveTrack", shipment, track)

    def read_carriers(self, order: str) -> Value:
        """Ask which carriers a parcel of an order may have."""
        return self._read("salesOrderShipmentGetCarriers", order).value

    # --- invoices -----------------------------------------------------------------------------------------------------

    def list_invoices(self, filters: Filters) -> Value:
        """Ask for all invoices that fit."""
        return self._read("salesOrderInvoiceList", filters).value

    def read_invoice(self, number: str) -> Value:
        """Ask for one invoice with its comments."""
        return self._read("salesOrderInvoiceInfo", number).value

    def create_invoice(self, order: str, units: Mapping[str, Decimal], comment: str, *, is_buyer_told: bool) -> Value:
        """Write an invoice; return its number. The comment is for the shop's staff, never for the buyer."""
        told = "1" if is_buyer_told else "0"
        return self._write("salesOrderInvoiceCreate", order, _quantities(units), comment, told, "0")

    def capture_invoice(self, number: str) -> Value:
        """Take the money an invoice claims and the buyer has authorised."""
        return self._write("salesOrderInvoiceCapture", number)

    # --- refunds ------------------------------------------------------------------------------------------------------

    def list_memos(self, filters: Filters) -> Answer:
        """Ask for all credit memos that fit."""
        return self._read("salesOrderCreditmemoList", filters)

    def read_memo(self, number: str) -> Value:
        """Ask for one credit memo with its items and comments."""
        return self._read("salesOrderCreditmemoInfo", number).value

    def create_memo(self, order: str, data: Mapping[str, Any], comment: str, *, is_buyer_told: bool) -> Value:
        """Write a credit memo; return its number. ``data`` as ``soap_refunds.plan_memo`` gives it."""
        return self._write("salesOrderCreditmemoCreate", order, data, comment, int(is_buyer_told), 0, "0")

    # --- products and stock -------------------------------------------------------------------------------------------

    def list_products(self, filters: Filters) -> Value:
        """Ask for all products that fit, in the names of the default store."""
        return self._read("catalogProductList", filters, "").value

    def list_stock(self, products: Sequence[str]) -> Value:
        """Ask for the quantities of products, named by SKU or id."""
        return self._read("catalogInventoryStockItemList", list(products)).value

    def update_stock(self, product: str, data: Mapping[str, Any]) -> Value:
        """Set one quantity. It is absolute, so sending it twice has the effect of once."""
        return self._read("catalogInventoryStockItemUpdate", product, data).value

    def update_stocks(self, products: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Value:
        """Set quantities; the first refused ends it, and those before it stay set."""
        return self._read("catalogInventoryStockItemMultiUpdate", list(products), list(rows)).value

    # --- the shop -----------------------------------------------------------------------------------------------------

    def read_info(self) -> Value:
        """Ask for the shop's version."""
        return self._read("magentoInfo").value

    def list_stores(self) -> Value:
        """Ask for the shop's store views."""
        return self._read("storeList").value

    # --- the call itself ----------------------------------------------------------------------------------------------

    def _read(self, operation: str, *arguments: Any, keeps_unreadable: bool = False) -> Answer:
        return self._call(operation, arguments, is_repeatable=True, keeps_unreadable=keeps_unreadable)

    def _write(self, operation: str, *arguments: Any) -> Value:
        return self._call(operation, arguments, is_repeatable=False).value

    def _call(
        self, operation: str, arguments: Sequence[Any], *, is_repeatable: bool, keeps_unreadable: bool = False
    ) -> Answer:
        session = self._session.kept() or self._session.new()
        for is_last in (False, True):
            request, response = self._send(operation, (session, *arguments), is_repeatable=is_repeatable)
            try:
                value = read_answer(response.body)
            except Malformed:
                if keeps_unreadable and response.status < 300 and _ENVELOPE_MARK in response.body[:1000]:
                    return Answer(value=None, body=response.body, at=response.answered_at)
                raise self._unreadable(operation, request, response) from None
            if not isinstance(value, Fault):
                return Answer(value=value, body=response.body, at=response.answered_at)
            if value.code != soap_const.SESSION_EXPIRED:
                error = self._error(operation, value, request, response)
                if keeps_unreadable and _is_about_the_document(error, value):
                    return Answer(value=None, body=response.body, at=response.answered_at)
                raise error
            if is_last:
                break
            session = self._session.new(refused=session)
        self._session.forget()
        raise AuthFailed("session_refused")

    def _send(self, operation: str, arguments: Sequence[Any], *, is_repeatable: bool) -> tuple[Request, Response]:
        if self._interface is None:
            self._interface = self._read_interface()
        transport = SoapTransport(self._transport.send, operation, is_repeatable=is_repeatable)
        address = address_of(self._interface.address, self._address)
        response = self._interface.call(transport, address, operation, arguments)
        return transport.request, response

    def _read_interface(self) -> Interface:
        self._session.credentials()  # without them nothing needs to be asked
        response = self._transport.send(
            Request(
                method="GET",
                url=self._address,
                operation="wsdl",
                params=(("wsdl", "1"),),
                headers={"Accept": "text/xml", "User-Agent": const.USER_AGENT},
                is_repeatable=True,
            )
        )
        if response.status >= 300:
            raise Rejected("wsdl_refused", message=f"the address gives no WSDL: status {response.status}")
        return read_wsdl(response.body)

    @property
    def _address(self) -> str:
        return self._account.endpoints[soap_const.SOAP]

    def _log_in(self, user: str, key: str) -> Value:
        request, response = self._send("login", (user, key), is_repeatable=True)
        try:
            value = read_answer(response.body)
        except Malformed:
            raise self._unreadable("login", request, response) from None
        if not isinstance(value, Fault):
            return value
        if value.code == soap_const.ACCESS_DENIED:
            raise AuthFailed("login_refused", message=value.text)
        raise self._error("login", value, request, response)

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def _error(self, operation: str, fault: Fault, request: Request, response: Response) -> ChannelError:
        """Name a fault by what happens next."""
        if fault.code == soap_const.ACCESS_DENIED:
            return Rejected("access_denied", message=fault.text, operation=operation)
        if fault.code in soap_const.NO_SUCH_CALL:
            return NotSupported(operation)
        if fault.code in soap_const.NOT_EXISTS.get(operation, ()):
            return NotFound("not_found", operation=operation)
        if fault.code in _SERVER_WORDS and _is_breakdown(fault):
            return self._transport.broke_down(request, response)
        name = soap_const.FAULT_NAMES.get(operation, {}).get(fault.code, f"fault_{fault.code}")
        return Rejected(name, message=fault.text or name, reference=fault.code, operation=operation)

    def _unreadable(self, operation: str, request: Request, response: Response) -> ChannelError:
        """Name an answer that is no SOAP: a failure, a page of somebody else, or a refusal in words of its own."""
        if response.status >= 500:
            return self._transport.broke_down(request, response)
        if response.status == 401:
            # A password before the whole shop: the API key is not even looked at.
            return AuthFailed("shop_closed", status=response.status)
        if response.status >= 400:
            return Rejected("refused", message=f"the shop refused with status {response.status}", operation=operation)
        try:
            read_answer(response.body)
        except Malformed as error:
            return error
        return Malformed("wrong_shape", reason="the answer is not SOAP")


def between(field: str, since: str, until: str) -> Filters:
    """Return the filter "from … to …", both ends included.

    Two conditions on one field: the shop merges them (Mage/Api/Helper/Data.php, ``_parseComplexFilter``).
    """
    return {
        "complex_filter": [
            {"key": field, "value": {"key": "from", "value": since}},
            {"key": field, "value": {"key": "to", "value": until}},
        ]
    }


def equal(field: str, value: str) -> Filters:
    """Return the filter "is …"."""
    return {"filter": [{"key": field, "value": value}]}


def at_least(field: str, value: str) -> Filters:
    """Return the filter "… or more"."""
    return {"complex_filter": [{"key": field, "value": {"key": "gteq", "value": value}}]}


def _quantities(units: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    return [{"order_item_id": int(item), "qty": float(quantity)} for item, quantity in units.items()]


def _is_breakdown(fault: Fault) -> bool:
    """Whether code 0 or 1 tells of a failure of the machine, and not of a rule that was broken."""
    words = fault.text.casefold()
    is_refusal = fault.code == soap_const.INTERNAL_ERROR and words and words != "internal error"
    return not is_refusal or any(word in words for word in soap_const.BREAKDOWN_WORDS)


def _is_about_the_document(error: ChannelError, fault: Fault) -> bool:
    """Whether a fault comes of what this one document holds: PHP cannot write it down, or a rule of the shop broke."""
    if fault.text.startswith(soap_const.CANNOT_WRITE):
        return True
    return isinstance(error, Rejected) and error.code != "access_denied"
