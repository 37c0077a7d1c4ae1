from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _next_many_by_code(self, code, dates):
        """Return one number per moment from the company's sequence with this code, False each where there is none.

        The sequence is chosen as in ``next_by_code`` (base/models/ir_sequence.py:278).
        """
        sequence = self.search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])], order="company_id", limit=1
        )
        return sequence._next_many(len(dates), dates) if sequence else [False] * len(dates)

    def _next_many(self, count, dates=None):
        """Return the next ``count`` numbers, as ``_next`` would one after the other.

        :param dates: one moment per number, for sequences whose text holds a date
        """
        self.ensure_one()
        dates = dates or [None] * count
        if self.implementation != "standard" or self.use_date_range:
            return [self._next(sequence_date=date) for date in dates]
        self.env.cr.execute(SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{self.id:03d}", count))
        return [self.get_next_char(number) for (number,) in self.env.cr.fetchall()]
