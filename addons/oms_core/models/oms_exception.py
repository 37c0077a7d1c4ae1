import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.reasons import REASONS, fingerprint
from .oms_order_event import known_only
from .problem_texts import FLOOR_TEXTS, TEXTS, Words

REASON_LABELS = [
    ("signed_out", "Sign-in ended"),
    ("cancelled_after_pick", "Cancelled after picking"),
    ("cancelled_after_ship", "Cancelled after it left"),
    ("shipment_refused", "Shipment notice refused"),
    ("shipment_unknown", "Shipment notice in doubt"),
    ("cancellation_refused", "Cancellation refused"),
    ("cancellation_unknown", "Cancellation in doubt"),
    ("refund_refused", "Refund refused"),
    ("invoice_refused", "Invoice refused"),
    ("invoice_unknown", "Invoice in doubt"),
    ("refund_unknown", "Refund in doubt"),
    ("missing_here", "On the channel, not here"),
    ("missing_there", "Here, not on the channel"),
    ("sync_failing", "Channel does not answer"),
    ("credential_ends", "Sign-in ends soon"),
    ("cancel_untold", "Channel not told of cancellation"),
    ("refund_untold", "Channel not told of refund"),
    ("held_by_channel", "Held by the channel"),
    ("unmapped_sku", "SKU not linked"),
    ("unmapped_currency", "Currency not active"),
    ("unmapped_country", "Country unknown"),
    ("total_differs", "Total differs"),
    ("address_incomplete", "Address incomplete"),
    ("unreadable", "Could not be read"),
    ("import_failed", "Could not be imported"),
    ("cancel_requested", "Buyer wants to cancel"),
    ("shipped_elsewhere", "Shipped elsewhere"),
    ("reopened", "Reopened on the channel"),
    ("state_differs", "State differs"),
    ("replaced_after_pick", "Replaced after picking"),
    ("unfulfillable", "Cannot be fulfilled"),
    ("oversold", "Oversold"),
    ("tracking_missing", "Tracking missing"),
    ("carrier_unmapped", "Carrier not linked"),
    ("stock_short", "Not enough stock"),
    ("no_supplier", "Nobody sells it to us"),
    ("changed_after_import", "Changed on the channel"),
    ("credit_note_failed", "Credit note not drafted"),
    ("refund_reported", "Refunded on the channel"),
    ("return_requested", "Return asked for"),
    ("quantity_absurd", "Quantity not believed"),
    ("product_archived", "Archived product on sale"),
    ("placeholder_line", "Line left out"),
    ("buyer_deleted", "Buyer deleted on the channel"),
    ("awaiting_payment", "Not paid yet"),
    ("unmapped_tax", "Tax not linked"),
    ("stock_refused", "Stock refused"),
]


class OmsException(models.Model):
    """A named problem in plain words, with its fix in place. It closes itself when its cause is gone."""

    _name = "oms.exception"
    _description = "Problem"
    _inherit = ["oms.job.mixin"]
    _order = "severity, id"
    _rec_name = "summary"

    reason = fields.Selection(REASON_LABELS, required=True, readonly=True, group_expand=False, index=True)
    severity = fields.Selection(
        [("0_critical", "Now"), ("1_high", "High"), ("2_medium", "Medium"), ("3_low", "Low")],
        required=True,
        readonly=True,
    )
    stops = fields.Selection(
        [("confirm", "Not confirmed"), ("ship", "May not leave")],
        readonly=True,
        help="What the order cannot do until this is solved.",
    )
    channel_id = fields.Many2one("oms.channel", readonly=True, ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    order_id = fields.Many2one("sale.order", string="Order", readonly=True, ondelete="cascade", index="btree_not_null")
    inbox_id = fields.Many2one(
        "oms.inbox", string="Document", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    outbox_id = fields.Many2one(
        "oms.outbox", string="Message", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    cause = fields.Char(readonly=True, help="What the problem is about: an SKU, a country, a document number.")
    fingerprint = fields.Char(readonly=True, index=True)
    key = fields.Char(readonly=True)
    params = fields.Json(readonly=True)
    summary = fields.Char(compute="_compute_summary", string="Problem")
    advice = fields.Char(compute="_compute_summary", string="What to do")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Solved"), ("ignored", "Ignored")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    opened_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    seen_at = fields.Datetime(string="Last seen", readonly=True, default=fields.Datetime.now)
    seen_count = fields.Integer(string="Times seen", readonly=True, default=1)
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    ignore_reason = fields.Char()
    user_id = fields.Many2one("res.users", string="Owner")
    alike_count = fields.Integer(compute="_compute_alike", string="Alike")
    is_clerk = fields.Boolean(compute="_compute_is_clerk")

    _open_unique = models.UniqueIndex("(key) WHERE state = 'open'", "The same problem is listed once.")

    def _compute_is_clerk(self):
        self.is_clerk = self.env.user.has_group("oms_core.group_oms_clerk")

    def _compute_alike(self):
        groups = self._read_group(
            [("fingerprint", "in", self.mapped("fingerprint")), ("state", "=", "open")], ["fingerprint"], ["__count"]
        )
        counts = dict(groups)
        for problem in self:
            problem.alike_count = counts.get(problem.fingerprint, 0)

    @api.depends("reason", "params")
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        for problem in self:
            problem.summary, problem.advice = problem._sentences()

    def _sentences(self):
        """Return ``(what is so, what to do)`` in the reader's language."""
        self.ensure_one()
        words = Words(self.sudo().params or {})  # sudo: the floor reads the sentence, not the words with amounts
        words["channel"] = self.channel_id.name or words["channel"]
        summary, advice = (self.env._(text) for text in TEXTS[self.reason])
        if self.reason in FLOOR_TEXTS and self.env.user._is_floor_only():
            summary = self.env._(FLOOR_TEXTS[self.reason])
        return summary % words, advice % words

    # === OPENING AND CLOSING ===

    @api.model
    def _open_problems(self, entries):
        """List problems, each once; one that is already open is only marked as seen again.

        :param entries: dicts with ``reason``, ``cause`` and optionally ``channel_id``, ``order_id``, ``inbox_id``,
            ``outbox_id``, ``params``
        :return: the problems that are new
        """
        problems = self.sudo()  # sudo: whoever runs into a problem may list it; nobody may write the list by hand
        vals_by_key = {}
        for entry in entries:
            vals = problems._prepare_vals(entry)
            vals_by_key[vals["key"]] = vals
        known = problems.search([("key", "in", list(vals_by_key)), ("state", "=", "open")])
        for problem in known:
            vals = vals_by_key.pop(problem.key)
            problem.write(
                {"seen_at": fields.Datetime.now(), "seen_count": problem.seen_count + 1, "params": vals["params"]}
            )
        created = problems.create(list(vals_by_key.values()))
        self.env["oms.order.event"]._log(
            (
                problem.order_id,
                "held" if problem.stops else "exception_opened",
                {"text": problem.summary, "reason": problem.reason},
                "system",
            )
            for problem in created
            if problem.order_id
        )
        return created

    def _prepare_vals(self, entry):
        reason = REASONS[entry["reason"]]
        order = self.env["sale.order"].browse(entry.get("order_id"))
        channel = self.env["oms.channel"].browse(entry.get("channel_id") or order.oms_channel_id.id)
        mark = fingerprint(entry["reason"], channel.id, entry["cause"])
        document = f"{entry.get('order_id') or 0}|{entry.get('inbox_id') or 0}|{entry.get('outbox_id') or 0}"
        return {
            "reason": entry["reason"],
            "severity": reason.severity,
            "stops": reason.stops,
            "channel_id": channel.id,
            "company_id": (order.company_id or channel.company_id).id,
            "order_id": entry.get("order_id"),
            "inbox_id": entry.get("inbox_id"),
            "outbox_id": entry.get("outbox_id"),
            "cause": entry["cause"],
            "fingerprint": mark,
            "key": f"{mark}|{document}",
            "params": json.loads(json.dumps(known_only(entry.get("params", {})), default=str)),
        }

    @api.model
    def _close_problems(self, channel, reason, causes):
        """Close open problems of one channel because their cause is gone."""
        marks = [fingerprint(reason, channel.id, cause) for cause in causes]
        self.sudo().search([("fingerprint", "in", marks), ("state", "=", "open")])._close()  # sudo: the system closes

    def _close(self, state="closed"):
        """Close problems and let the orders they held go on."""
        still_open = self.filtered(lambda problem: problem.state == "open")
        if not still_open:
            return
        user = self.env.user if not self.env.user._is_superuser() else self.env["res.users"]
        still_open.sudo().write(
            {"state": state, "closed_at": fields.Datetime.now(), "closed_by_id": user.id}
        )  # sudo: as above
        orders = still_open.order_id
        self.env["oms.order.event"]._log(problem._closing_event() for problem in still_open if problem.order_id)
        orders._release()

    def _closing_event(self):
        words = {"text": self.summary, "reason": self.reason}
        if self.state == "ignored":
            return self.order_id, "exception_ignored", words | {"why": self.ignore_reason}
        return self.order_id, "exception_closed", words

    # === ACTIONS ===

    def _ensure_clerk(self):
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise UserError(self.env._("Ask an order desk clerk to solve this."))
        self.check_access("read")

    def action_ignore(self):
        """Set the problem aside for a reason a person gives, which stays on record."""
        self._ensure_clerk()
        for problem in self:
            if not (problem.ignore_reason or "").strip():
                raise UserError(self.env._("Write why it may be ignored; it stays on the order's timeline."))
        self._close("ignored")
        return True

    def action_open_order(self):
        """Open the order the problem is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
