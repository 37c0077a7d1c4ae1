"""Giving money back through a Magento 2 shop, and reading what was given back."""

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError
from odoo.addons.oms_core.lib.strict_json import read

from ..lib import answers, bodies, pages, refunds, wire_order
from ..lib.amounts import plain
from ..lib.wire import text, text_id


class Refunding:
    """The part of the adapter that is about refunds."""

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """Give money back: through the payment provider where the shop can, else as a record in the shop.

        :raise Rejected: the shop refuses it
        """
        known = self.find_refund(notice)
        if known is not None:
            return known
        plan = self._plan_refund(notice)
        if plan.invoice_id is None:
            response = self._client.refund_order(notice.order_external_id, plan.body)
        else:
            response = self._client.refund_invoice(plan.invoice_id, plan.body)
        created = answers.parse_created_id(self._taken(response).body)
        return dto.Receipt(reference=notice.reference, external_id=created, detail=self._difference(notice, created))

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has a credit memo with our remark."""
        mark = bodies.refund_mark(notice)
        for memo in self._memos(notice):
            if bodies.has_mark(memo.comments, mark):
                id_ = text_id(memo.entity_id)
                return dto.Receipt(reference=notice.reference, external_id=id_, detail="already in the shop")
        return None

    def _memos(self, notice: dto.RefundNotice) -> list[wire_order.Creditmemo]:
        return self._of_order(self._client.search_creditmemos, notice.order_external_id, wire_order.Creditmemo)

    def _plan_refund(self, notice: dto.RefundNotice) -> refunds.RefundPlan:
        piece = self._order_piece(notice.order_external_id)
        order, lines = self._order_lines(piece)
        data = self.parse_order(piece.body)
        method = text(order.payment.method) if order.payment else None
        invoices = self._of_order(self._client.search_invoices, notice.order_external_id, wire_order.Invoice)
        shipping = refunds.read_shipping(read(pages.without_unread(piece.body)))
        body = refunds.plan_body(
            notice,
            lines,
            shipping,
            is_tax_included=data.is_tax_included,
            is_buyer_told=self._settings.get("is_buyer_told", True),
        )
        need = refunds.Need(notice.amount.amount, shipping.rate)
        online = self._settings.get("online_methods") or ()
        return refunds.RefundPlan(body, refunds.choose_invoice(invoices, method, online, body, need))

    def _difference(self, notice: dto.RefundNotice, created: str | None) -> str | None:
        """Say what the shop gave back, where that is not what we asked for. The refund itself has happened."""
        try:
            memos = self._memos(notice)
            given = [refunds.parse_refund(memo).amount for memo in memos if text_id(memo.entity_id) == created]
        except ChannelError:
            return None
        if not given or plain(given[0].amount) == plain(notice.amount.amount):
            return None
        return f"the shop gave back {given[0].amount} {given[0].currency}"

    def fetch_refunds(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RefundData]:
        """Return one page of credit memos changed within ``window``.

        :raise Malformed: the page, or a credit memo of it, cannot be read
        """
        place = pages.read_place(cursor)
        stores = self._wanted_stores(self._stores()) if self._settings.get("stores") else []
        params = pages.build_window_search(window, place, self.limits.page, stores)
        cut, following, covered = self._read_page(self._client.search_creditmemos, params, place)
        return dto.Page(
            items=tuple(
                refunds.parse_creditmemo(piece.body, f"$.items[{number}]") for number, piece in enumerate(cut.pieces)
            ),
            next_cursor=following,
            covered_until=covered,
        )
