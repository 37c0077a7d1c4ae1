from odoo import models


class OmsOverview(models.AbstractModel):
    """The first steps of a new shop: they show where a channel is missing, and stay in sight until they are done."""

    _inherit = "oms.overview"

    def _start(self):
        """Return the first steps; each with a word on why, whether it is done, and where it is done."""
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", self.env.companies.ids)])
        places = [warehouse.partner_id.sudo() for warehouse in warehouses]  # sudo: whether there is an address
        addressed = all(place.street and place.country_id for place in [self.env.company.partner_id, *places])
        channels = self.env["oms.channel"].search_count([], limit=1)
        live = self.env["oms.channel"].search_count([("state", "in", ("live", "paused", "signed_out"))], limit=1)
        shipped = self.env["sale.order"].search_count(
            [("oms_channel_id", "!=", False), ("oms_status", "in", ("part_shipped", "shipped", "delivered"))], limit=1
        )
        carriers = self.env["delivery.carrier"].sudo().search_count([], limit=1)  # sudo: whether there is one
        rows = [
            (
                "address",
                self.env._("Addresses of company and warehouses"),
                self.env._("Labels and routes need to know where parcels leave."),
                addressed,
                "stock.action_warehouse_form",
            ),
            (
                "channel",
                self.env._("Connect a channel"),
                self.env._("Nothing is sent before you go live."),
                bool(live),
                "oms_core.oms_channel_action",
            ),
            (
                "carrier",
                self.env._("Set up a carrier"),
                self.env._("The channel is told who brings the parcel."),
                bool(carriers),
                "delivery.action_delivery_carrier_form",
            ),
            (
                "cutoff",
                self.env._("Say when carriers come"),
                self.env._("The overview then warns before parcels miss one."),
                bool(self.env["oms.cutoff"].search_count([], limit=1)),
                "oms_core.oms_cutoff_action",
            ),
            (
                "shipped",
                self.env._("Send the first order of a channel"),
                self.env._("Pick it, enter the tracking number, validate the transfer."),
                bool(shipped),
                "oms_core.sale_order_action_oms",
            ),
        ]
        return {
            "has_channel": bool(channels),
            "rows": [
                {"key": key, "label": label, "why": why, "is_done": is_done, "action": action}
                for key, label, why, is_done, action in rows
            ],
            "can_set_up": self.env.user.has_group("oms_core.group_oms_manager"),
        }
