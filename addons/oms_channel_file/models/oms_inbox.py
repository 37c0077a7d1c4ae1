import msgspec
from odoo import api, models
from odoo.addons.oms_core.lib import sending
from odoo.tools import SQL

from ..lib import documents


class OmsInbox(models.Model):
    """Documents of files: completed from our books before they are stored, and compared with those that are."""

    _inherit = "oms.inbox"

    @api.model
    def _store_orders(self, channel, raws):
        """Override of `oms_core` to write prices and addresses we know into the documents of files.

        They are stored with the order, so that reading it again months later gives what was agreed then.
        """
        if channel.channel_type == "file":
            found = channel._complete_documents([documents.decode(raw.body) for raw in raws])
            raws = [documents.raw_order(document) for document in found]
        return super()._store_orders(channel, raws)

    @api.model
    def _content_digests(self, channel, numbers):
        """Return ``{order number: content digest}`` of the newest document of each order that could be read."""
        if not numbers:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (external_id) id
                  FROM oms_inbox
                 WHERE channel_id = %s AND kind = 'order' AND external_id IN %s
              ORDER BY external_id, changed_at DESC NULLS LAST, id DESC
                """,
                channel.id,
                tuple(numbers),
            )
        )
        rows = self.sudo().browse(row[0] for row in self.env.cr.fetchall())  # sudo: the body is hidden
        readable = rows.filtered(lambda row: row.state != "quarantined" and row.size)
        return {row.external_id: documents.content_digest(documents.decode(row._body())) for row in readable}


class OmsOutbox(models.Model):
    _inherit = "oms.outbox"

    def _as_notice(self):
        """Return the message as the value that is told."""
        self.ensure_one()
        return msgspec.convert(self.payload, sending.NOTICES[self.kind])
