"""Having a Magento 2 shop invoice what was sent."""

from collections.abc import Mapping
from decimal import Decimal

from odoo.addons.oms_core.lib import dto

from ..lib import answers, bodies, bundles, wire_order
from ..lib.amounts import NIL, read_amount
from ..lib.wire import text_id


class Invoicing:
    """The part of the adapter that is about invoices."""

    def push_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt:
        """Have the shop invoice these units. What it has invoiced by itself, at the payment, is not invoiced again.

        :raise Rejected: the shop refuses it
        :raise NotFound: the shop does not know the order
        """
        known = self.find_invoice(notice)
        if known is not None:
            return known
        order, lines = self._order_lines(self._order_piece(notice.order_external_id))
        units = _left_to_invoice(order, bundles.units_to_invoice(notice, lines))
        if not units:
            return dto.Receipt(reference=notice.reference, detail="already invoiced in the shop")
        body = bodies.build_invoice(notice, units, is_buyer_told=self._settings.get("is_buyer_told", True))
        response = self._taken(self._client.invoice_order(notice.order_external_id, body))
        return dto.Receipt(reference=notice.reference, external_id=answers.parse_created_id(response.body))

    def find_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has an invoice with our remark."""
        mark = bodies.invoice_mark(notice)
        for invoice in self._of_order(self._client.search_invoices, notice.order_external_id, wire_order.Invoice):
            if bodies.has_mark(invoice.comments, mark):
                id_ = text_id(invoice.entity_id)
                return dto.Receipt(reference=notice.reference, external_id=id_, detail="already in the shop")
        return None


def _left_to_invoice(order: wire_order.Order, units: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return of these units what is not invoiced yet (``Magento\\Sales\\Model\\Order\\Item::getQtyToInvoice``)."""
    left = {}
    for place, item in enumerate(order.items):
        ordered, invoiced, cancelled = (
            read_amount(value, f"$.items[{place}]") or NIL
            for value in (item.qty_ordered, item.qty_invoiced, item.qty_canceled)
        )
        left[text_id(item.item_id)] = max(ordered - invoiced - cancelled, NIL)
    due = {id_: min(wanted, left.get(id_, NIL)) for id_, wanted in units.items()}
    return {id_: quantity for id_, quantity in due.items() if quantity > 0}
