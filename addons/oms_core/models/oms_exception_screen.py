from markupsafe import escape
from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from .oms_exception import REASON_LABELS

# Where problems are mended that are not the order's own.
ON_CHANNEL = {
    "unmapped_tax": ("taxes", "tax_ids"),
    "sync_failing": ("synchronisation", "state_ids"),
    "signed_out": ("credentials", None),
    "credential_ends": ("credentials", None),
}
ON_LISTING = ("stock_refused", "quantity_absurd", "product_archived")
ON_REFUND = ("refund_untold", "refund_refused", "refund_unknown", "credit_note_failed")


class OmsException(models.Model):
    """What the problem screens need beside the problem itself."""

    _inherit = "oms.exception"

    reason = fields.Selection(group_expand="_expand_reasons")
    order_number = fields.Char(related="order_id.oms_external_number", string="Channel number")
    ship_by_at = fields.Datetime(related="order_id.oms_ship_by_at", string="Ship by")

    @api.model
    def _expand_reasons(self, reasons, domain):
        """Return the kinds that occur, worst first: the order in which they are declared."""
        return [value for value, _label in REASON_LABELS if value in reasons]

    @api.model
    def get_empty_list_help(self, help_message):
        """Say beside "Nothing needs you" that the desk is alive: what was solved today, when an order last came."""
        today = self.env["oms.channel"]._today_start()
        solved = self.search_count([("closed_at", ">=", today)])
        newest = self.env["sale.order"].search([("oms_channel_id", "!=", False)], order="create_date desc", limit=1)
        facts = [self.env._("Solved today: %s.", solved)] if solved else []
        if newest:
            moment = format_datetime(self.env, newest.create_date, dt_format="short")
            facts.append(self.env._("The newest order came in at %s.", moment))
        return f"{help_message}<p>{escape(' '.join(facts))}</p>"

    def get_fix_facts(self):
        """Return what the "link this SKU" box shows.

        :return: dict with ``title`` (the channel's words) and ``candidates``, each with ``id``, ``name``, ``code``,
            ``why`` it is one, ``free`` units where the channel sells from, and ``is_sure`` when its reference or
            barcode is the SKU
        """
        self.ensure_one()
        self.check_access("read")
        products = self.candidate_ids
        free = self.channel_id.sudo()._free_by_product(products.ids)  # sudo: sees all stock the channel sells from
        return {
            "title": self.title_on_channel or "",
            "candidates": [
                {
                    "id": product.id,
                    "name": product.with_context(display_default_code=False).display_name,
                    "code": product.default_code or "",
                    "why": self._candidate_reason(product),
                    "free": f"{free.get(product.id, 0.0):g}",
                    "is_sure": self.cause in (product.default_code, product.barcode),
                }
                for product in products
            ],
        }

    def _candidate_reason(self, product):
        if self.cause == product.default_code:
            return self.env._("Same reference")
        return self.env._("Same barcode") if self.cause == product.barcode else self.env._("Similar name")

    def ignore(self, reason):
        """Set problems aside for a reason, which stays on record.

        :param reason: why, in the words of whoever decides
        :return: True
        :raise UserError: no reason is given, or the user is no order desk clerk
        """
        self._ensure_clerk()
        self.sudo().ignore_reason = reason  # sudo: clerks may ignore a problem, not edit it
        return self.action_ignore()

    def action_ask_ignore(self):
        """Ask for the reason in a dialog."""
        self._ensure_clerk()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ignore with a reason"),
            "res_model": "oms.exception.ignore",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_ids": self.ids},
        }

    def action_open_place(self):
        """Open where the cause is mended: the address, the listing, the refund, the transfers, the channel."""
        self.ensure_one()
        if self.reason in ("address_incomplete", "unmapped_country"):
            return self._open_form(self.order_id.partner_shipping_id, target="new")
        if self.reason in ON_CHANNEL and self.channel_id:
            return self.channel_id._open_part(*ON_CHANNEL[self.reason])
        places = {
            **dict.fromkeys(ON_LISTING, self._listings()),
            **dict.fromkeys(ON_REFUND, self._refunds()),
            "refund_reported": self._refunds().move_id,
            "return_requested": self._returns(),
        }
        if self.reason in places:
            return self._open_form((places[self.reason] or self.order_id or self.channel_id)[:1])
        return self.order_id.action_view_delivery() if self.order_id.picking_ids else self._open_form(self.order_id)

    def _listings(self):
        """Return the listings these problems are about."""
        listings = self.env["oms.listing"]
        for problem in self:
            listings |= listings.search([("channel_id", "=", problem.channel_id.id), ("sku", "=", problem.cause)])
        return listings

    def _returns(self):
        domain = [("channel_id", "in", self.channel_id.ids), ("external_id", "in", self.mapped("cause"))]
        return self.env["oms.return"].search(domain)

    def _open_form(self, record, target="current"):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
            "target": target,
        }

    def action_view_alike(self):
        """Open the open problems with the same cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_exception_action")
        return dict(action, domain=[("fingerprint", "=", self.fingerprint)], context={"search_default_open": 1})
