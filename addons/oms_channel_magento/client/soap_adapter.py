"""OpenMage and Magento 1 as a sales channel: the contract of ``oms_core``, kept with the client and the pure code."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability, ChannelAdapter, Limits
from odoo.addons.oms_core.lib.errors import ChannelError, Malformed, NotFound, NotSupported, Rejected
from odoo.addons.oms_core.lib.rates import Rate

from ..lib import (
    bodies,
    carriers,
    soap_const,
    soap_documents,
    soap_order,
    soap_parcels,
    soap_refunds,
    soap_wire,
)
from ..lib.mapper import Reading
from ..lib.wire import text
from . import soap_check, soap_stock
from .soap_client import OpenMageClient, equal
from .soap_invoices import SoapInvoicing
from .soap_walk import Row, Walk


class OpenMageAdapter(SoapInvoicing, ChannelAdapter):
    """One OpenMage or Magento 1 shop.

    ``account.settings`` needs ``username``; ``account.secrets`` the names of ``soap_const.SECRETS``;
    ``account.endpoints`` the families of ``soap_const.FAMILIES``: the address of the interface, without "?wsdl".

    An order is known by its increment id, the number people see, because the interface takes no other.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.ORDERS,
            Capability.STOCK,
            Capability.LISTINGS,
            Capability.CANCEL,
            Capability.REFUND,
            Capability.REFUNDS,
            Capability.INVOICE,
        }
    )
    # counts_own_orders stays False: the shop takes an order's units off the quantity when the order is placed
    # (Mage/CatalogInventory/Model/Observer.php, ``subtractQuoteInventory``), so what it shows is what is free.
    limits: ClassVar[Limits] = Limits(
        page=soap_const.ORDERS_PER_PAGE,
        batch=soap_const.STOCK_BATCH,
        overlap=timedelta(minutes=10),
        rates=dict.fromkeys(soap_const.CALLS, Rate(soap_const.CALLS_PER_SECOND, soap_const.CALLS_AT_ONCE)),
        read_seconds=60.0,
        total_seconds=120.0,
    )
    reading: ClassVar[Reading] = Reading()

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        self._client = OpenMageClient(account, transport, now)

    @classmethod
    def set_up(cls, reading: Reading) -> type["OpenMageAdapter"]:
        """Return the adapter of a shop whose orders are read in a way of its own, also those stored earlier."""
        return type(cls.__name__, (cls,), {"reading": reading})

    # --- always -------------------------------------------------------------------------------------------------------

    def check(self) -> dto.AccountInfo:
        """Sign in, ask for version and store views, and try what the user's role allows.

        :raise AuthFailed: the shop refuses user or key
        """
        return soap_check.read_account(self._client)

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders changed within ``window``; each took a call of its own.

        :raise Rejected: ``cursor_expired``
        """
        walk = Walk(self._client.list_orders, self._read_row, self.limits.page, _set_aside)
        return walk.read_page(window, cursor)

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now.

        :raise NotFound: the shop does not know it
        """
        rows = soap_wire.rows(self._client.list_orders(equal("increment_id", external_id)).value, "$")
        found = [row for row in rows if isinstance(row, Mapping) and soap_documents.row_id(row) == external_id]
        if not found:
            raise NotFound("not_found", operation="salesOrderList")
        return self._read_document(found[-1], external_id)[0]

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier, see :func:`..lib.soap_order.parse_order`."""
        return soap_order.parse_order(body, cls.reading)

    def _read_row(self, row: Row) -> dto.RawOrder | None:
        number = soap_documents.row_id(row)
        try:
            raw, is_readable = self._read_document(row, number, keeps_unreadable=True)
            if not is_readable or raw.updated_at == soap_documents.row_time(row):
                return raw
            # It changed between the two calls: what the list told of it belongs to another state of the order.
            return self.fetch_order(number)
        except NotFound:
            return None  # deleted meanwhile

    def _read_document(self, row: Row, number: str, *, keeps_unreadable: bool = False) -> tuple[dto.RawOrder, bool]:
        """Return one order and whether it can be read: one that is broken comes as it is, and stops no other."""
        answer = self._client.read_order(number, keeps_unreadable=keeps_unreadable)
        if isinstance(answer.value, Mapping):
            return soap_documents.raw_order(answer.value, row, number), True
        if not keeps_unreadable:
            raise Malformed("wrong_shape", reason="the shop sent something else in place of this order")
        return soap_documents.raw_unreadable(answer.body, row, number), False

    def _order(self, external_id: str) -> soap_wire.OrderDocument:
        document, _tree = soap_documents.read_order(self.fetch_order(external_id).body)
        return document

    # --- parcels ------------------------------------------------------------------------------------------------------

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Make a parcel and give it its tracking number. What is there of it already is completed, not made again.

        :raise Rejected: the shop refuses it
        :raise NotFound: the shop does not know the order
        """
        document = self._order(notice.order_external_id)
        units = soap_parcels.plan_units(notice, soap_order.goods_of(document))
        shipments = self._shipments(document)
        ours = soap_parcels.find_ours(shipments, notice)
        if ours is None and (same := soap_parcels.find_same(shipments, notice, units)):
            return _receipt(notice, same.increment_id, "the shop has it already")
        if ours is None:
            number = self._client.create_shipment(
                notice.order_external_id,
                units,
                bodies.parcel_mark(notice),
                is_buyer_told=self._is_buyer_told,
            )
            if not isinstance(number, str) or not number:
                raise Rejected("no_shipment", message="the shop made no parcel", reference=notice.order_external_id)
            ours = soap_wire.Shipment(increment_id=number)
        self._set_track(ours, notice)
        return _receipt(notice, ours.increment_id)

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has this very parcel with its tracking number; ``None`` if anything lacks."""
        document = self._order(notice.order_external_id)
        shipments = self._shipments(document)
        ours = soap_parcels.find_ours(shipments, notice)
        if ours is None:
            units = soap_parcels.plan_units(notice, soap_order.goods_of(document))
            ours = soap_parcels.find_same(shipments, notice, units)
        if ours is None or (notice.tracking and not soap_parcels.has_track(ours, notice.tracking)):
            return None
        return _receipt(notice, ours.increment_id, "the shop has it already")

    def _set_track(self, shipment: soap_wire.Shipment, notice: dto.ShipmentNotice) -> None:
        """Give a parcel our tracking number and no other.

        An old one goes first: if we end between the two, the parcel is found without the new one and completed again.
        """
        for track in soap_parcels.other_tracks(shipment, notice.tracking):
            with contextlib.suppress(NotFound):  # gone already
                self._client.remove_track(shipment.increment_id, track)
        if not notice.tracking or soap_parcels.has_track(shipment, notice.tracking):
            return
        title = notice.carrier_name or notice.carrier_code
        try:
            self._client.add_track(shipment.increment_id, notice.carrier_code, title, notice.tracking)
        except Rejected as error:
            if soap_const.INVALID_CARRIER not in error.message.casefold() or notice.carrier_code == carriers.CUSTOM:
                raise
            known = self._client.read_carriers(notice.order_external_id)
            code = soap_parcels.choose_carrier(notice.carrier_code, known)
            self._client.add_track(shipment.increment_id, code, title, notice.tracking)

    def _shipments(self, document: soap_wire.OrderDocument) -> list[soap_wire.Shipment]:
        numbers = soap_parcels.read_numbers(self._client.list_shipments(equal("order_id", self._inner_id(document))))
        return [soap_parcels.read_shipment(self._client.read_shipment(number)) for number in numbers]

    # --- cancellations ------------------------------------------------------------------------------------------------

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """Cancel an order as a whole; the interface has no way to cancel a part of one.

        :raise Rejected: it is invoiced or sent already, or only a part was meant
        :raise NotSupported: the notice is the answer to a request, of which a shop knows none
        """
        if notice.is_refused:
            raise NotSupported("no_requests", message="the shop knows no requests to cancel that could be answered")
        if known := self.find_cancellation(notice):
            return known
        lines = soap_order.goods_of(self._order(notice.order_external_id)).lines
        if not bodies.is_whole_order(notice, {line.id: line.progress.waiting for line in lines}):
            raise Rejected("whole_orders_only", message="a shop cancels whole orders only; refund the lines instead")
        self._client.cancel_order(notice.order_external_id)
        return dto.Receipt(reference=notice.reference, external_id=notice.order_external_id)

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """Return a receipt if the order is cancelled there."""
        if self._order(notice.order_external_id).state != "canceled":
            return None
        return dto.Receipt(
            reference=notice.reference, external_id=notice.order_external_id, detail="it was cancelled already"
        )

    # --- refunds ------------------------------------------------------------------------------------------------------

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """Write a credit memo. The money itself goes back by hand: the interface cannot ask the payment provider to.

        :raise Rejected: the shop refuses it
        """
        if known := self.find_refund(notice):
            return known
        raw = self.fetch_order(notice.order_external_id)
        document, tree = soap_documents.read_order(raw.body)
        data = soap_refunds.plan_memo(
            notice,
            document,
            tree,
            soap_order.goods_of(document),
            is_tax_included=self.parse_order(raw.body).is_tax_included,
        )
        comment = "\n".join(filter(None, (bodies.refund_mark(notice), notice.note)))
        number = self._client.create_memo(notice.order_external_id, data, comment, is_buyer_told=self._is_buyer_told)
        if not isinstance(number, str) or not number:
            raise Rejected("no_memo", message="the shop wrote no credit memo", reference=notice.order_external_id)
        return dto.Receipt(reference=notice.reference, external_id=number, detail=self._difference(number, notice))

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has a credit memo with our reference."""
        inner_id = self._inner_id(self._order(notice.order_external_id))
        for number in soap_parcels.read_numbers(self._client.list_memos(equal("order_id", inner_id)).value):
            memo = soap_refunds.read_memo(self._client.read_memo(number))
            if soap_parcels.is_marked(memo.comments, bodies.refund_mark(notice)):
                return dto.Receipt(reference=notice.reference, external_id=number, detail="it was refunded already")
        return None

    def fetch_refunds(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RefundData]:
        """Return one page of credit memos changed within ``window``.

        :raise Rejected: ``cursor_expired``
        """
        orders: dict[str, str] = {}

        def read(row: Row) -> dto.RefundData | None:
            try:
                memo = soap_refunds.read_memo(self._client.read_memo(soap_documents.row_id(row)))
            except NotFound:
                return None
            inner_id = memo.order_id or ""
            if inner_id not in orders:
                orders[inner_id] = self._number_of(inner_id)
            return soap_refunds.read_refund(memo, orders[inner_id])

        return Walk(self._client.list_memos, read, soap_const.REFUNDS_PER_PAGE).read_page(window, cursor)

    def _difference(self, number: str, notice: dto.RefundNotice) -> str | None:
        """Return what to say of a memo whose amount is not the one we meant: tax settings of the shop decide it."""
        try:
            memo = soap_refunds.read_memo(self._client.read_memo(number))
            amount = soap_refunds.read_refund(memo, notice.order_external_id).amount
        except ChannelError:
            return None  # the memo is there, which is what counts
        return None if amount == notice.amount else f"the shop wrote {amount.amount} {amount.currency}"

    def _number_of(self, inner_id: str) -> str:
        rows = soap_wire.rows(self._client.list_orders(equal("order_id", inner_id)).value, "$")
        names = [soap_documents.row_id(row) for row in rows if isinstance(row, Mapping)]
        if len(names) != 1 or names[0] is None:
            raise Malformed("wrong_shape", path="$.order_id", reason="a credit memo without an order")
        return names[0]

    @staticmethod
    def _inner_id(document: soap_wire.OrderDocument) -> str:
        """Return the id parcels and credit memos name their order with."""
        found = text(document.order_id) or text(document.list_row.order_id)
        if found is None:
            raise Malformed("wrong_shape", path="$.order_id", reason="the order has no id")
        return found

    # --- stock and listings -------------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities, all in one call where the shop takes it, else one by one so that each has its answer.

        :raise RetryLater: nothing was sent
        """
        return soap_stock.push_levels(self._client, levels)

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """Return one page of products with their quantities.

        :raise Rejected: ``cursor_expired``
        """
        return soap_stock.read_listings(self._client, cursor)

    # --- the account --------------------------------------------------------------------------------------------------

    @property
    def _is_buyer_told(self) -> bool:
        return bool(self.account.settings.get("is_buyer_told", True))


def _set_aside(row: Row) -> dto.RawOrder:
    return soap_documents.raw_failed(row, soap_documents.row_id(row))


def _receipt(notice: dto.ShipmentNotice, number: str, detail: str | None = None) -> dto.Receipt:
    return dto.Receipt(reference=notice.reference, external_id=number, detail=detail)
