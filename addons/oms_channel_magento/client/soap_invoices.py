"""Having an OpenMage shop invoice what was sent."""

from collections.abc import Mapping
from decimal import Decimal

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from ..lib import bodies, soap_order, soap_parcels, soap_wire
from ..lib.amounts import NIL, read_amount
from ..lib.bundles import units_to_invoice
from .soap_client import equal

# Mage_Sales_Model_Order_Invoice::STATE_OPEN, seen 2026-11-26
OPEN = "1"


class SoapInvoicing:
    """The part of the adapter that is about invoices."""

    def push_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt:
        """Have the shop invoice these units. What it has invoiced by itself is not invoiced again.

        Taking the money is a call of its own: one that was lost is made up for when the notice comes again.

        :raise Rejected: the shop refuses it
        """
        ours = self._our_invoice(notice)
        if ours is None:
            document = self._order(notice.order_external_id)
            wanted = units_to_invoice(notice, soap_order.goods_of(document).lines)
            units = _left_to_invoice(document, wanted)
            if not units:
                return dto.Receipt(reference=notice.reference, detail="already invoiced in the shop")
            mark = bodies.invoice_mark(notice)
            number = self._client.create_invoice(
                notice.order_external_id, units, mark, is_buyer_told=self._is_buyer_told
            )
            if not isinstance(number, str) or not number:
                raise Rejected("no_invoice", message="the shop wrote no invoice", reference=notice.order_external_id)
            ours = soap_wire.convert(self._client.read_invoice(number), soap_wire.Invoice)
        if _lacks_money(ours, notice):
            self._client.capture_invoice(ours.increment_id)
        return dto.Receipt(reference=notice.reference, external_id=ours.increment_id)

    def find_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has an invoice with our remark, and its money where that was to be taken."""
        ours = self._our_invoice(notice)
        if ours is None or _lacks_money(ours, notice):
            return None
        return dto.Receipt(reference=notice.reference, external_id=ours.increment_id, detail="the shop has it already")

    def _our_invoice(self, notice: dto.InvoiceNotice) -> soap_wire.Invoice | None:
        inner_id = self._inner_id(self._order(notice.order_external_id))
        for number in soap_parcels.read_numbers(self._client.list_invoices(equal("order_id", inner_id))):
            invoice = soap_wire.convert(self._client.read_invoice(number), soap_wire.Invoice)
            if soap_parcels.is_marked(invoice.comments, bodies.invoice_mark(notice)):
                return invoice
        return None


def _lacks_money(invoice: soap_wire.Invoice, notice: dto.InvoiceNotice) -> bool:
    return notice.is_captured and invoice.state == OPEN


def _left_to_invoice(document: soap_wire.OrderDocument, units: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return of these units what is not invoiced yet (Mage_Sales_Model_Order_Item::getQtyToInvoice)."""
    left = {}
    for item in document.items if isinstance(document.items, list) else ():
        ordered, invoiced, cancelled = (
            read_amount(value, "$.items") or NIL for value in (item.qty_ordered, item.qty_invoiced, item.qty_canceled)
        )
        left[item.item_id] = max(ordered - invoiced - cancelled, NIL)
    due = {id_: min(wanted, left.get(id_, NIL)) for id_, wanted in units.items()}
    return {id_: quantity for id_, quantity in due.items() if quantity > 0}
