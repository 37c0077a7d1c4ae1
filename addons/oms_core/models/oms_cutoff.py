from datetime import timezone

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from ..lib.cutoffs import cutoff_at

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class OmsCutoff(models.Model):
    """When a carrier comes to a warehouse: what is not ready by then leaves on another day."""

    _name = "oms.cutoff"
    _description = "Cut-off"
    _order = "warehouse_id, time, id"
    _check_company_auto = True

    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    carrier_id = fields.Many2one("delivery.carrier", required=True, ondelete="cascade", check_company=True)
    time = fields.Float(required=True, default=16.0, help="On the warehouse's own clock.")
    tz = fields.Selection(
        _tz_get, string="Time zone", compute="_compute_tz", store=True, readonly=False, precompute=True, required=True
    )
    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    active = fields.Boolean(default=True)

    _time_of_day = models.Constraint("CHECK(time >= 0 AND time < 24)", "A cut-off is between 0:00 and 23:59.")

    @api.depends("warehouse_id")
    def _compute_tz(self):
        for cutoff in self:
            warehouse = cutoff.warehouse_id
            places = (warehouse.partner_id.tz, warehouse.company_id.partner_id.tz, self.env.user.tz)
            cutoff.tz = cutoff.tz or next(filter(None, places), "UTC")

    @api.constrains(*WEEKDAYS)
    def _check_weekdays(self):
        if self.filtered(lambda cutoff: not cutoff._weekdays()):
            raise ValidationError(self.env._("Choose at least one day of the week."))

    @api.depends("carrier_id", "warehouse_id", "time")
    def _compute_display_name(self):
        for cutoff in self:
            minutes = round(cutoff.time * 60)
            at = f"{minutes // 60:02}:{minutes % 60:02}"
            cutoff.display_name = f"{cutoff.warehouse_id.name}, {cutoff.carrier_id.name} {at}"

    def _weekdays(self):
        """Return the days of the week it is on, 0 is Monday."""
        self.ensure_one()
        return frozenset(number for number, name in enumerate(WEEKDAYS) if self[name])

    def _today_at(self, now):
        """Return when it is today on the warehouse's calendar, aware; None on a day without it.

        :param now: aware
        """
        self.ensure_one()
        moment = cutoff_at(now.date(), self.time, self.tz)
        day = now.astimezone(moment.tzinfo).date()
        if day.weekday() not in self._weekdays():
            return None
        return cutoff_at(day, self.time, self.tz).astimezone(timezone.utc)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # What was packed today is counted every minute.
    _oms_done_index = models.Index("(date_done) WHERE state = 'done'")
