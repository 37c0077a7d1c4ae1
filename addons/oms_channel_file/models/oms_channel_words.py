from odoo import api, models
from odoo.tools.misc import get_lang

from ..lib import mapper
from .reason_texts import COUNTS, TEXTS

SHOWN_FLAWS = 3


class OmsChannel(models.Model):
    """The words for what is wrong with a file, in the language of whoever reads them."""

    _inherit = "oms.channel"

    @api.model
    def _file_reason(self, reason):
        """Return a :class:`~odoo.addons.oms_channel_file.lib.reason.Reason` in words."""
        language = self.env["res.lang"].browse(get_lang(self.env).id)
        words = {
            name: language.format("%d", value, grouping=True) if name in COUNTS else value
            for name, value in reason.params.items()
        }
        text = self.env._(TEXTS[reason.code])
        return text % words

    @api.model
    def _file_sentence(self, flaw):
        """Return where a :class:`~odoo.addons.oms_channel_file.lib.mapper.Flaw` is and what, in one line."""
        reason = self._file_reason(flaw.reason)
        where = {"row": flaw.row, "column": flaw.column, "letter": flaw.letter, "reason": reason}
        if flaw.column and flaw.letter:
            return self.env._("Row %(row)s, %(column)s (%(letter)s): %(reason)s", **where)
        if flaw.column:
            return self.env._("Row %(row)s, %(column)s: %(reason)s", **where)
        return self.env._("Row %(row)s: %(reason)s", **where) if flaw.row else reason

    def _file_error_text(self, name, found):
        """Return what is wrong with the orders of a file, a line for each thing; empty when nothing is.

        It is left beside the file, for whoever put it there: in the language of the channel's company.
        """
        channel = self._in_own_language()
        sentences = [channel._file_sentence(flaw) for document in found for flaw in mapper.map_order(document)[1]]
        if not sentences:
            return ""
        head = channel.env._("%s: what is named here was not imported. Correct it and put the file back.", name)
        return "\n".join([head, *sentences, ""])

    def _explain_malformed(self, error):
        """Override of `oms_core` to word what is wrong with the rows of an order."""
        if self.channel_type != "file" or error.code != "bad_rows":
            return super()._explain_malformed(error)
        channel, flaws = self._in_own_language(), error.params["flaws"]
        reasons = [channel._file_reason(flaws[0].reason), *map(channel._file_sentence, flaws[1:SHOWN_FLAWS])]
        if len(flaws) > SHOWN_FLAWS:
            reasons.append(channel.env._("and %s more", len(flaws) - SHOWN_FLAWS))
        return "; ".join(reasons)

    def _in_own_language(self):
        """Return the channel with the language of its company, where nobody is there to read."""
        self.ensure_one()
        return self.with_context(lang=self.env.context.get("lang") or self.company_id.partner_id.lang)
