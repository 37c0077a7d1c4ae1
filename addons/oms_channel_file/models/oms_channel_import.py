import base64
import binascii
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.addons.oms_core.lib import errors
from odoo.addons.oms_core.models.oms_job_mixin import repeats_on_twin
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError

from ..client.adapter import finished_files
from ..lib import outgoing
from ..lib.table import MAX_BYTES

PARCEL_DAYS = 31


class OmsChannel(models.Model):
    """The ways in and out: a file by API, files of the folder, the list of parcels."""

    _inherit = "oms.channel"

    # === UPLOAD AND API ===

    def action_upload_file(self):
        """Open the page on which a file is chosen, looked through and imported."""
        self.ensure_one()
        self._ensure_file_channel()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload orders"),
            "res_model": "oms.file.import",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_channel_id": self.id},
        }

    def import_order_file(self, name, content_base64, dry_run=False):
        """Import the orders of a CSV or XLSX file. The same file twice has the effect of once.

        Orders without errors are imported although others have some. Importing itself is queued.

        :param name: the file's name, for people
        :param content_base64: its bytes in base64
        :param dry_run: only say what would happen
        :return: ``{"id", "orders": [{number, state, buyer, lines, total, currency}], "errors": [{order, row, column,
            message}], "notes": [text]}``; ``state`` is ``new``, ``changed``, ``unchanged`` or ``error``
        :raise UserError: no file channel, not live, not base64, too large, or the caller is no clerk
        """
        self.ensure_one()
        self._ensure_file_channel()
        try:
            content = base64.b64decode(content_base64 or "", validate=True)
        except (binascii.Error, ValueError):
            raise UserError(self.env._("The content of the file is not in base64.")) from None
        self._ensure_not_too_large(content)
        if not dry_run:
            self._ensure_may_import()
        upload = self.env["oms.file.import"]
        if dry_run:
            parsed, judged = upload._look_through(self, name, content)
            return upload._answer(judged, parsed.notes)
        upload = upload._create_from_file(self, name, content)
        judged = upload._import()
        return upload._answer(judged, upload._reading_notes()) | {"id": upload.id}

    def _ensure_file_channel(self):
        self._ensure_clerk()
        if self.channel_type != "file":
            raise UserError(self.env._("%s does not take files. Choose a channel of the kind “Files”.", self.name))

    def _ensure_may_import(self):
        if self.state != "live":
            raise UserError(self.env._("%s is not live. A manager must press “Go live” on it first.", self.name))

    def _ensure_not_too_large(self, content):
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than %s MB. Split it.", MAX_BYTES // 1_000_000))

    # === THE WATCHED FOLDER ===

    def _store_page(self, state, progress, page):
        """Override of `oms_core` to move files away once their orders are stored: the job runs after the commit."""
        super()._store_page(state, progress, page)
        if self.channel_type == "file":
            for name, arrived_at in finished_files(page):
                self._oms_enqueue(
                    "_job_put_away",
                    name,
                    arrived_at.isoformat(),
                    identity_key=f"oms-put-away-{self.id}-{arrived_at.isoformat()}-{name}",
                    priority=6,
                    description=self.env._("%(channel)s: put away %(file)s", channel=self.name, file=name),
                )

    @repeats_on_twin
    def _job_put_away(self, name, arrived_at):
        """Move one file to ``done``, or to ``failed`` with what was wrong. It is read again; nothing here is written.

        A folder that cannot be used now is tried again, and meanwhile the file is only read again, to the same bytes.
        """
        self.ensure_one()
        if not self.file_folder:
            return
        adapter, moment = self._adapter(), datetime.fromisoformat(arrived_at)
        try:
            found = self._complete_documents(list(adapter.read_waiting(name, moment)))
            if found:
                adapter.put_away(name, moment, self._file_error_text(name, found))
        except errors.RetryLater as error:
            seconds = error.after.total_seconds()
            raise RetryableJobError(self._explain(error), seconds=int(seconds)) from error
        except errors.ChannelError:
            return  # the folder is refused: the next look says so on the card

    # === PARCELS TO TELL ===

    def action_download_parcels(self):
        """Download the parcels that left in the last weeks, with their tracking numbers."""
        self.ensure_one()
        self._ensure_file_channel()
        return {"type": "ir.actions.act_url", "url": f"/oms_file/parcels/{self.id}", "target": "download"}

    def _build_parcel_list(self):
        """Return the list as CSV for people, newest parcel first."""
        self._ensure_file_channel()
        since = fields.Datetime.now() - timedelta(days=PARCEL_DAYS)
        messages = self.env["oms.outbox"].search(
            [("channel_id", "=", self.id), ("kind", "=", "shipment"), ("create_date", ">=", since)], order="id desc"
        )
        rows = [row for message in messages for row in outgoing.parcel_rows(message._as_notice())]
        return outgoing.build_csv([outgoing.PARCEL_HEADINGS, *rows], is_for_people=True)
