from odoo import api, fields, models
from odoo.exceptions import UserError

RETRYABLE_DOCUMENTS = ("unreadable", "import_failed", "unmapped_currency")
RETRYABLE_MESSAGES = (
    "shipment_refused",
    "shipment_unknown",
    "cancellation_refused",
    "cancellation_unknown",
    "refund_refused",
    "refund_unknown",
    "invoice_refused",
    "invoice_unknown",
    "carrier_unmapped",
    "tracking_missing",
)
# They wait for somebody's decision, or for the channel; trying again would change nothing.
NOT_RETRYABLE = (
    "signed_out",
    "sync_failing",
    "unmapped_sku",
    "stock_short",
    "oversold",
    "cancel_untold",
    "refund_untold",
    "refund_reported",
    "return_requested",
    "held_by_channel",
    "awaiting_payment",
    "credential_ends",
    "buyer_deleted",
    "changed_after_import",
    "replaced_after_pick",
    "placeholder_line",
    "cancelled_after_ship",
    "missing_here",
    "missing_there",
    "state_differs",
    "stock_refused",
    "quantity_absurd",
    "product_archived",
)
UNLINKED = ("unmapped_sku", "placeholder_line")
ACCEPTABLE = ("total_differs", "cancelled_after_ship", "shipped_elsewhere", "unmapped_country", "address_incomplete")


class OmsException(models.Model):
    """The fixes: link an SKU, accept what differs, try again; for one problem or for all alike."""

    _inherit = "oms.exception"

    product_id = fields.Many2one(
        "product.product", string="Link it to", domain=[("sale_ok", "=", True)], help="The product this SKU stands for."
    )
    candidate_ids = fields.Many2many("product.product", compute="_compute_candidates", string="Likely products")
    title_on_channel = fields.Char(compute="_compute_candidates", string="What the channel calls it")
    can_retry = fields.Boolean(compute="_compute_can")
    can_accept = fields.Boolean(compute="_compute_can")

    @api.depends("reason", "state")
    def _compute_can(self):
        for problem in self:
            is_open = problem.state == "open"
            problem.can_retry = is_open and problem.reason not in NOT_RETRYABLE
            problem.can_accept = is_open and problem.reason in ACCEPTABLE

    @api.depends("reason", "cause")
    def _compute_candidates(self):
        products = self.env["product.product"]
        for problem in self:
            problem.candidate_ids, problem.title_on_channel = products, False
            if problem.reason not in UNLINKED:
                continue
            line = problem._waiting_line()
            problem.title_on_channel = line.oms_title
            problem.candidate_ids = products._oms_candidates(problem.cause, line.oms_title)

    def _waiting_line(self):
        """Return the order line that waits for this SKU."""
        self.ensure_one()
        return self.order_id.order_line.filtered(lambda line: (line.oms_sku or "") == self.cause)[:1]

    # === LINK AN SKU ===

    def action_link_product(self):
        """Link the SKU to the chosen product, for every order that waits for it and all to come."""
        self._ensure_clerk()
        for problem in self:
            if problem.reason not in UNLINKED:
                raise UserError(self.env._("Only an SKU that is not linked can be linked."))
            if not problem.cause:
                raise UserError(
                    self.env._("The channel sent no SKU for this line. Choose the product on the order line instead.")
                )
            if not problem.product_id:
                raise UserError(self.env._("Choose the product first."))
            problem._link(problem.product_id)
        return True

    def link_sku(self, product_id):
        """Link the SKU of this problem to a product, for integrations.

        :param product_id: database id of the product
        :return: True
        """
        self.ensure_one()
        self._ensure_clerk()
        self.sudo().product_id = product_id  # sudo: clerks may link, not edit problems
        return self.action_link_product()

    def _link(self, product):
        """Write the link on the listing; the listing then mends every order that waits for it."""
        listings = self.env["oms.listing"].sudo()  # sudo: clerks may link a listing, not edit all of it
        listing = listings.search([("channel_id", "=", self.channel_id.id), ("sku", "=", self.cause)])
        if not listing:
            listing = listings.create(
                {"channel_id": self.channel_id.id, "sku": self.cause, "title": self.title_on_channel}
            )
        listing.with_user(self.env.user).sudo().write({"product_id": product.id})

    # === RETRY AND ACCEPT ===

    def action_retry(self):
        """Try again what the problem stopped."""
        self._ensure_clerk()
        documents = self.filtered(lambda problem: problem.reason in RETRYABLE_DOCUMENTS)
        documents.inbox_id.action_replay()
        messages = self.filtered(lambda problem: problem.reason in RETRYABLE_MESSAGES)
        messages.outbox_id.action_retry()
        messages._refunds().filtered(lambda refund: refund.state == "failed").sudo().state = "waiting"  # sudo: system
        messages.filtered(lambda problem: not problem.outbox_id).order_id._own_transfers()._queue_shipments()
        drafts = self.filtered(lambda problem: problem.reason == "credit_note_failed")
        drafts._retry_credit_notes()
        rest = self - documents - messages - drafts
        rest.order_id._recheck()
        self._log_doing("exception_retried")
        return True

    def action_retry_alike(self):
        """Try again this problem and all with the same cause."""
        self._ensure_clerk()
        return self.search([("fingerprint", "in", self.mapped("fingerprint")), ("state", "=", "open")]).action_retry()

    def action_accept(self):
        """Take the order as it is here: a person has looked and decided."""
        self._ensure_clerk()
        for problem in self:
            if problem.reason not in ACCEPTABLE:
                raise UserError(self.env._("This problem cannot be accepted; it needs its cause mended."))
        self.env["oms.order.event"]._log(
            (problem.order_id, "accepted", {"difference": problem.summary}) for problem in self if problem.order_id
        )
        self._close()
        return True
