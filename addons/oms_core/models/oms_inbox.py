import hashlib
import zlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .oms_channel_state import naive_utc
from .oms_secret import load_key_ring

LEFT_OVER_AFTER_MINUTES = 10


class OmsInbox(models.Model):
    """Every document a channel sent us, as it came, and what became of it.

    The body is encrypted: it holds buyer data. A document that cannot be read stays here with the reason and is
    read again on request.
    """

    _name = "oms.inbox"
    _description = "Received document"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"
    _rec_name = "external_id"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    kind = fields.Selection([("order", "Order")], required=True, readonly=True)
    external_id = fields.Char(string="Channel number", readonly=True, index="btree_not_null")
    changed_at = fields.Datetime(string="Changed there", readonly=True)
    digest = fields.Char(required=True, readonly=True)
    body_encrypted = fields.Binary(attachment=False, readonly=True, groups="base.group_no_one")
    size = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("new", "Waiting"),
            ("done", "Imported"),
            ("unchanged", "Nothing new"),
            ("superseded", "Newer one came"),
            ("quarantined", "Could not be read"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Char(string="Why", readonly=True)
    path = fields.Char(string="Where in the document", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    done_at = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)

    _digest_unique = models.UniqueIndex("(channel_id, kind, digest)", "The same document is kept once.")

    @api.model
    def _store_orders(self, channel, raws):
        """Keep the documents of a page and return the rows of those not seen before.

        ``ON CONFLICT DO NOTHING`` makes a second importer of the same page wait for the first and then either skip the
        row or fail with a serialization error, which the job runner repeats: nothing is lost or doubled.

        :param raws: iterable of ``dto.RawOrder``
        """
        key, now = load_key_ring(), fields.Datetime.now()
        values = [
            SQL(
                "(%s, %s, 'order', %s, %s, %s, %s, %s, 'new', 0, %s, %s, %s, %s)",
                channel.id,
                channel.company_id.id,
                raw.external_id,
                naive_utc(raw.updated_at) or None,
                hashlib.sha256(raw.body).hexdigest(),
                key.encrypt(zlib.compress(raw.body)),
                len(raw.body),
                self.env.uid,
                self.env.uid,
                now,
                now,
            )
            for raw in raws
        ]
        if not values:
            return self.browse()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO oms_inbox (channel_id, company_id, kind, external_id, changed_at, digest, body_encrypted,
                                       size, state, attempts, create_uid, write_uid, create_date, write_date)
                     VALUES %s
                ON CONFLICT (channel_id, kind, digest) DO NOTHING
                  RETURNING id
                """,
                SQL(", ").join(values),
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall()).sorted("id")

    @api.model
    def _find_document(self, channel, raw):
        """Return the stored row of a document that came before."""
        digest = hashlib.sha256(raw.body).hexdigest()
        return self.search([("channel_id", "=", channel.id), ("kind", "=", "order"), ("digest", "=", digest)])

    def _body(self):
        """Return the document in clear. Buyer data: never log it. Empty when the buyer was forgotten."""
        self.ensure_one()
        if not self.sudo().body_encrypted:  # sudo: column is hidden
            return b""
        return zlib.decompress(load_key_ring().decrypt(bytes(self.sudo().body_encrypted)))  # sudo: column is hidden

    def _queue_import(self):
        if self:
            self._oms_enqueue("_job_import", priority=4, description=self.env._("Import %s orders", len(self)))

    @api.model
    def _queue_left_over(self):
        """Queue documents whose job was lost, so that none waits for ever."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=LEFT_OVER_AFTER_MINUTES)
        domain = [("kind", "=", "order"), ("state", "=", "new"), ("write_date", "<", limit)]
        rows = self.search(domain, order="id", limit=1000)
        for channel, group in rows.grouped("channel_id").items():
            group._oms_enqueue("_job_import", identity_key=f"oms-left-over-{channel.id}", priority=8)

    def _quarantine(self, reason, path="$"):
        """Set a document aside with the reason, and say so in the problem list."""
        self.write({"state": "quarantined", "reason": reason, "path": path, "done_at": fields.Datetime.now()})
        self.env["oms.exception"]._open_problems(
            [
                {
                    "reason": "unreadable",
                    "channel_id": row.channel_id.id,
                    "inbox_id": row.id,
                    "cause": row.external_id or row.digest[:12],
                    "params": {
                        "number": row.external_id or self.env._("without a number"),
                        "why": reason,
                        "path": path,
                    },
                }
                for row in self
            ]
        )

    def action_replay(self):
        """Read the documents again, now that the cause is mended."""
        if not self.env.user.has_group("oms_core.group_oms_clerk"):
            raise UserError(self.env._("Ask an order desk clerk to read it again."))
        self.check_access("read")
        rows = self._replayable().sudo()  # sudo: clerks may only replay, not edit
        rows.write({"state": "new", "reason": False, "path": False})
        rows._queue_import()
        return True

    def _replayable(self):
        """Return the documents that can be read again: those whose buyer was not forgotten."""
        return self.filtered(lambda row: row.kind == "order" and row.size)
