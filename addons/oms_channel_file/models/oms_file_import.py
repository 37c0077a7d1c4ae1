import base64
import zlib
from datetime import timezone

import msgspec
from odoo import api, fields, models
from odoo.addons.oms_core.models.oms_secret import load_key_ring
from odoo.exceptions import UserError

from ..lib import documents, outgoing
from ..lib.reason import Reason

KEEP_DAYS = 60
IMPORT_BATCH = 100
SHOWN_NOTES = 10


class OmsFileImport(models.Model):
    """A file of orders that was uploaded: looked through first, imported when somebody says so, and kept on record.

    The file holds buyer data and is kept encrypted, as every document that comes in.
    """

    _name = "oms.file.import"
    _description = "Upload of orders"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"

    name = fields.Char(string="File name")
    channel_id = fields.Many2one(
        "oms.channel",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("channel_type", "=", "file")],
        default=lambda self: self._default_channel(),
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("new", "Choose a file"), ("checked", "Look through"), ("imported", "Imported")],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )
    upload = fields.Binary(string="File", compute="_compute_upload", inverse="_inverse_upload", copy=False)
    body_encrypted = fields.Binary(attachment=False, readonly=True, copy=False, groups="base.group_no_one")
    size = fields.Integer(readonly=True, copy=False)
    note_reasons = fields.Json(readonly=True, copy=False)
    notes = fields.Text(compute="_compute_notes", help="What is good to know about how the file was read.")
    imported_at = fields.Datetime(string="Imported at", readonly=True, copy=False)
    line_ids = fields.One2many("oms.file.import.line", "import_id", string="Orders", readonly=True, copy=False)
    is_live = fields.Boolean(compute="_compute_is_live")
    new_count = fields.Integer(compute="_compute_counts", string="New")
    changed_count = fields.Integer(compute="_compute_counts", string="Changed")
    unchanged_count = fields.Integer(compute="_compute_counts", string="Unchanged")
    error_count = fields.Integer(compute="_compute_counts", string="With errors")
    import_count = fields.Integer(compute="_compute_counts", string="Would be imported")
    waiting_count = fields.Integer(compute="_compute_counts", string="Waiting")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")

    @api.model
    def _default_channel(self):
        channels = self.env["oms.channel"].search([("channel_type", "=", "file")], limit=2)
        return channels if len(channels) == 1 else False

    @api.depends("channel_id.state")
    def _compute_is_live(self):
        for upload in self:
            upload.is_live = upload.channel_id.state == "live"

    @api.depends("line_ids.state", "line_ids.result")
    def _compute_counts(self):
        for upload in self:
            states = upload.line_ids.mapped("state")
            results = upload.line_ids.filtered("inbox_id").mapped("result")
            upload.new_count = states.count("new")
            upload.changed_count = states.count("changed")
            upload.unchanged_count = states.count("unchanged")
            upload.error_count = states.count("error")
            upload.import_count = upload.new_count + upload.changed_count
            upload.waiting_count = results.count("waiting")
            upload.failed_count = results.count("failed")

    @api.depends("note_reasons")
    @api.depends_context("lang")
    def _compute_notes(self):
        for upload in self:
            reasons = upload._reading_notes()
            upload.notes = "\n".join(map(self.env["oms.channel"]._file_reason, reasons)) or False

    def _reading_notes(self):
        return msgspec.convert(self.note_reasons or [], list[Reason])

    # === THE FILE ===

    def _compute_upload(self):
        """Give nothing back: the file is kept to be imported, not to be downloaded."""
        self.upload = False

    def _inverse_upload(self):
        for upload in self.filtered("upload"):
            if upload.state == "imported":
                raise UserError(self.env._("This upload is done. Make a new one for another file."))
            content = base64.b64decode(upload.upload)
            upload.channel_id._ensure_not_too_large(content)
            upload._keep(content)

    def _keep(self, content):
        self.sudo().write(  # sudo: the body is hidden
            {
                "body_encrypted": base64.b64encode(load_key_ring().encrypt(zlib.compress(content))),
                "size": len(content),
                "state": "new",
            }
        )
        self.line_ids.sudo().unlink()  # sudo: what was found in the file before; people only read it

    def _content(self):
        """Return the file in clear. Buyer data: never log it."""
        self.ensure_one()
        found = self.sudo().body_encrypted  # sudo: the body is hidden
        if not found:
            raise UserError(self.env._("Choose a file first."))
        return zlib.decompress(load_key_ring().decrypt(base64.b64decode(found)))

    @api.model
    def _create_from_file(self, channel, name, content):
        upload = self.create({"channel_id": channel.id, "name": (name or "orders")[:200]})
        upload._keep(content)
        return upload

    # === LOOKING THROUGH ===

    def action_check(self):
        """Read the file and list what would become of each order in it. Nothing is imported."""
        self.ensure_one()
        self.channel_id._ensure_file_channel()
        if self.state == "imported":
            raise UserError(self.env._("This upload is done. Make a new one for another file."))
        parsed, judged = self._look_through(self.channel_id, self.name or "", self._content())
        self._list(judged)
        self.sudo().write({"state": "checked", "note_reasons": _notes(parsed)})  # sudo: people do not write the outcome
        return True

    @api.model
    def _look_through(self, channel, name, content):
        """Return the parsed file and what would become of each document in it. Writes nothing."""
        received_at = fields.Datetime.now().replace(tzinfo=timezone.utc)
        parsed = documents.parse_file(name, content, received_at, channel._file_meaning())
        return parsed, channel._judge(channel._complete_documents(list(parsed.documents)))

    def _list(self, judged, rows=None):
        """Put what was found into the list of this upload.

        :param rows: ``{order number: inbox row}`` of what was stored for import
        """
        lines = self.env["oms.file.import.line"].sudo()  # sudo: people do not write the outcome
        self.line_ids.sudo().unlink()
        lines.create(lines._prepare_all(self, judged, rows or {}))

    # === IMPORTING ===

    def action_import(self):
        """Import the orders without errors that are new or changed."""
        self.ensure_one()
        self.channel_id._ensure_file_channel()
        self.channel_id._ensure_may_import()
        if self.state != "checked":
            raise UserError(self.env._("Look the file through first."))
        self._import()
        return True

    def _import(self):
        """Store the documents of all orders without errors, as any channel's are, and queue their import.

        :return: what was found, as :class:`Judgement`; judged again, since the books may have changed since the look
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            raise UserError(self.env._("This file is being imported right now."))
        parsed, judged = self._look_through(self.channel_id, self.name or "", self._content())
        wanted = [found.document for found in judged if found.state in ("new", "changed")]
        inbox = self.env["oms.inbox"].sudo()  # sudo: documents are the system's
        rows = inbox._store_orders(self.channel_id, [documents.raw_order(document) for document in wanted])
        for start in range(0, len(rows), IMPORT_BATCH):
            rows[start : start + IMPORT_BATCH]._queue_import()
        self._list(judged, {row.external_id: row for row in rows})
        self.sudo().write(  # sudo: people do not write the outcome
            {"state": "imported", "imported_at": fields.Datetime.now(), "note_reasons": _notes(parsed)}
        )
        return judged

    @api.model
    def _answer(self, judged, notes):
        """Return what was found as plain values, for integrations. XML-RPC has no word for nothing: it is False."""
        words = self.env["oms.channel"]._file_reason
        lines = self.env["oms.file.import.line"]
        return {
            "orders": [lines._describe(found) for found in judged if found.document.number],
            "errors": [
                {
                    "order": found.document.number or False,
                    "row": flaw.row or False,
                    "column": flaw.column or False,
                    "message": words(flaw.reason),
                }
                for found in judged
                for flaw in found.flaws
            ],
            "notes": list(map(words, notes)),
        }

    # === SCREEN ===

    def action_view_orders(self):
        """Open the orders of this upload."""
        return self.channel_id._open("oms_core.sale_order_action_oms", [("id", "in", self.line_ids.order_id.ids)])

    def action_reload(self):
        """Look again how far the import is."""
        return True

    def action_download_errors(self):
        """Download what is wrong with the file."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/oms_file/errors/{self.id}", "target": "download"}

    def _build_error_list(self):
        self.check_access("read")
        rows = [
            (line.number or "", line.rows or "", text)
            for line in self.line_ids
            if line.reason
            for text in line.reason.splitlines()
        ]
        headings = (self.env._("Order number"), self.env._("Rows"), self.env._("What is wrong"))
        return outgoing.build_csv([headings, *rows], is_for_people=True)

    @api.autovacuum
    def _gc_old(self):
        """Forget old uploads: what they brought is in the orders and documents."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.sudo().search([("create_date", "<", limit)], limit=1000).unlink()  # sudo: the system tidies up


def _notes(parsed):
    return msgspec.to_builtins(parsed.notes[:SHOWN_NOTES])
