from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.timeline import FILTERS, MONEY, RULES, STOCK, build_csv, count_filters

NOTES = ("note", "note_changed", "note_confirmed", "note_withdrawn")
LONGEST_EXPORT = 20000


class SaleOrder(models.Model):
    """The timeline of an order, for screens, programs and files."""

    _inherit = "sale.order"

    def get_oms_timeline(self, limit=50, before_id=None, source=None, group=None):
        """Return what happened to the order, newest first.

        :param limit: most events to return
        :param before_id: return events older than this one
        :param source: only what came from a "person", the "channel" or the "system"
        :param group: only "people", "money", "stock", "channel" or "rules"
        :return: list of dicts with ``id``, ``at`` (UTC text), ``kind``, ``title``, ``source``, ``actor``, ``summary``
        :raise UserError: there is no such group
        """
        self.ensure_one()
        self.check_access("read")
        domain = [("order_id", "=", self.id), *self._timeline_domain(group)]
        if before_id:
            domain.append(("id", "<", before_id))
        if source:
            domain.append(("source", "=", source))
        events = self.env["oms.order.event"].search(domain, limit=min(int(limit), 500), order="id desc")
        return self._timeline_rows(events)

    def count_oms_timeline(self):
        """Return how many events each filter of the timeline shows.

        :return: dict with ``all``, ``people``, ``money``, ``stock``, ``channel`` and ``rules``
        """
        self.ensure_one()
        self.check_access("read")
        groups = self.env["oms.order.event"]._read_group([("order_id", "=", self.id)], ["kind", "source"], ["__count"])
        return count_filters({(kind, source): count for kind, source, count in groups})

    def export_oms_timeline(self):
        """Return the timeline of the order as the text of a CSV file, oldest first."""
        self.ensure_one()
        self.check_access("read")
        events = self.env["oms.order.event"].search([("order_id", "=", self.id)], order="id", limit=LONGEST_EXPORT)
        return build_csv(self._timeline_rows(events))

    def _timeline_domain(self, group):
        if not group:
            return []
        if group not in FILTERS:
            raise UserError(self.env._("A timeline is filtered by one of %s.", ", ".join(FILTERS)))
        if group == "people":
            return [("source", "=", "person")]
        if group == "channel":
            return [("source", "=", "channel")]
        return [("kind", "in", list({"money": MONEY, "stock": STOCK, "rules": RULES}[group]))]

    def _timeline_rows(self, events):
        titles = dict(events._fields["kind"]._description_selection(self.env))
        texts = self._note_texts(events)
        return [
            {
                "id": event.id,
                "at": fields.Datetime.to_string(event.at),
                "kind": event.kind,
                "title": titles[event.kind],
                "source": event.source,
                "actor": event.actor or "",
                "summary": ": ".join(filter(None, (event.summary, texts.get(event.id)))),
            }
            for event in events
        ]

    def _note_texts(self, events):
        """Return ``{event: words of the note it is about}``: the timeline itself repeats nothing a person wrote."""
        about = {event.id: (event.params or {}).get("note") for event in events if event.kind in NOTES}
        notes = self.env["oms.order.note"].search([("id", "in", [note for note in about.values() if note])])
        texts = {note.id: note.text for note in notes}
        return {event: texts.get(note) for event, note in about.items()}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        events = self.env["oms.order.event"].sudo()  # sudo: only whether there are any
        kept = events.search([("order_id", "in", self.ids)], limit=1).order_id
        if kept:
            raise UserError(
                self.env._("%s has a history, which is kept. Cancel the order instead of deleting it.", kept.name)
            )

    # === MESSAGES ===

    def _message_post_after_hook(self, message, msg_vals):
        """Refer to what was written to the buyer and what came from them; the words stay in the messages."""
        kinds = {"email": "message_in", "comment": "message_out", "email_outgoing": "message_out"}
        kind = kinds.get(message.message_type)
        if kind == "message_out" and (message.is_internal or message.subtype_id == self.env.ref("mail.mt_note")):
            kind = None
        if kind:
            entry = (self, kind, {"message": message.id})
            is_channels = kind == "message_in" and self.oms_channel_id
            source = ("channel" if is_channels else "system",) if kind == "message_in" else ()
            self.env["oms.order.event"]._log([(*entry, *source)])
        return super()._message_post_after_hook(message, msg_vals)
