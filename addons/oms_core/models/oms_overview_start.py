from odoo import models


class OmsOverview(models.AbstractModel):
    """The first steps of a new shop: they show where a channel is missing, and stay in sight until they are done."""

    _inherit = "oms.overview"

    def _start(self):
        """Return the first steps; each with a word on why, whether it is done, and where it is done."""
        done = self._steps_done()
        return {
            "has_channel": bool(self.env["oms.channel"].search_count([], limit=1)),
            "rows": [
                {"key": key, "label": label, "why": why, "is_done": done[key], "action": action}
                for key, label, why, action in self._steps()
            ],
            "can_set_up": self.env.user.has_group("oms_core.group_oms_manager"),
        }

    def _steps(self):
        """Return ``(key, what to do, why, action that opens where)``."""
        return [
            (
                "address",
                self.env._("Addresses of company and warehouses"),
                self.env._("Labels and routes need to know where parcels leave."),
                "stock.action_warehouse_form",
            ),
            (
                "channel",
                self.env._("Connect a channel"),
                self.env._("Nothing is sent before you go live."),
                "oms_core.oms_channel_action",
            ),
            (
                "carrier",
                self.env._("Set up a carrier"),
                self.env._("The channel is told who brings the parcel."),
                "delivery.action_delivery_carrier_form",
            ),
            (
                "cutoff",
                self.env._("Say when carriers come"),
                self.env._("The overview then warns before parcels miss one."),
                "oms_core.oms_cutoff_action",
            ),
            (
                "shipped",
                self.env._("Send the first order of a channel"),
                self.env._("Pick it, enter the tracking number, validate the transfer."),
                "oms_core.sale_order_action_oms",
            ),
        ]

    def _steps_done(self):
        """Return ``{key: whether it is done}``."""
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", self.env.companies.ids)])
        places = [warehouse.partner_id.sudo() for warehouse in warehouses]  # sudo: whether there is an address
        gone = [("oms_channel_id", "!=", False), ("oms_status", "in", ("part_shipped", "shipped", "delivered"))]
        live = [("state", "in", ("live", "paused", "signed_out"))]
        carriers = self.env["delivery.carrier"].sudo()  # sudo: whether there is one
        return {
            "address": all(place.street and place.country_id for place in [self.env.company.partner_id, *places]),
            "channel": bool(self.env["oms.channel"].search_count(live, limit=1)),
            "carrier": bool(carriers.search_count([], limit=1)),
            "cutoff": bool(self.env["oms.cutoff"].search_count([], limit=1)),
            "shipped": bool(self.env["sale.order"].search_count(gone, limit=1)),
        }
