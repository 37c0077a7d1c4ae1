from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields, models

from ..lib.cutoffs import Cutoff, plan_cutoffs

PARCELS = "stock.action_picking_tree_all"
WAITING = ("waiting", "confirmed", "assigned")
NO_CARRIER = [("carrier_id", "=", False)]  # no cut-off counts them, so they are said


class OmsOverview(models.AbstractModel):
    """The strip of the warehouses: what left today, what is left, and who comes for it when."""

    _inherit = "oms.overview"

    def _warehouses(self):
        """Return per warehouse its parcels of today and its cut-offs with what will miss them."""
        now = fields.Datetime.now()
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", self.env.companies.ids)])
        cutoffs = self.env["oms.cutoff"].search([("warehouse_id", "in", warehouses.ids)])
        left, loose = self._count_open()
        today = self.env["oms.channel"]._today_start()
        packed = self._count_parcels(self._packed_since(today))
        pace = self._count_parcels(self._packed_since(now - timedelta(hours=1)))
        waiting = self._count_waiting(cutoffs)
        rows = []
        for warehouse in warehouses:
            own = cutoffs.filtered(lambda cutoff, warehouse=warehouse: cutoff.warehouse_id == warehouse)
            rows.append(
                {
                    "id": warehouse.id,
                    "name": warehouse.name,
                    "left": self._parcels(warehouse, [("state", "in", WAITING)], left),
                    "loose": self._parcels(warehouse, [*NO_CARRIER, ("state", "in", WAITING)], loose),
                    "packed": self._parcels(warehouse, self._packed_since(today), packed),
                    "pace": pace.get(warehouse.id, 0),
                    "cutoffs": self._plan_day(own, waiting, pace.get(warehouse.id, 0), now),
                }
            )
        is_manager = self.env.user.has_group("oms_core.group_oms_manager")
        return {"rows": rows, "can_add": is_manager, "has_cutoffs": bool(cutoffs)}

    def _parcel_domain(self, warehouse=None):
        """Return the domain of transfers that hand goods of an order to its buyer.

        By ids, which are few: joining kinds and places for every transfer costs more than counting them.

        :param warehouse: only those that leave there
        """
        kinds = self.env["stock.picking.type"].sudo()  # sudo: clerks need not be stock users
        kinds = kinds.search([("code", "=", "outgoing"), ("company_id", "in", self.env.companies.ids)])
        if warehouse:
            kinds = kinds.filtered(lambda kind: kind.warehouse_id == warehouse)
        places = self.env["stock.location"].sudo().search([("usage", "=", "customer")])  # sudo: as above
        return [
            ("picking_type_id", "in", kinds.ids),
            ("location_dest_id", "in", places.ids),
            ("sale_id", "!=", False),
        ]

    def _count_open(self):
        """Return ``{warehouse id: parcels open}``, and of them those without a carrier."""
        domain = self._company_domain() + self._parcel_domain() + [("state", "in", WAITING)]
        pickings = self.env["stock.picking"].sudo()  # sudo: as in _count_parcels
        left, loose = {}, {}
        for kind, carrier, count in pickings._read_group(domain, ["picking_type_id", "carrier_id"], ["__count"]):
            warehouse_id = kind.warehouse_id.id
            left[warehouse_id] = left.get(warehouse_id, 0) + count
            if not carrier:
                loose[warehouse_id] = loose.get(warehouse_id, 0) + count
        return left, loose

    def _packed_since(self, moment):
        return [("state", "=", "done"), ("date_done", ">=", fields.Datetime.to_string(moment))]

    def _count_parcels(self, domain):
        """Return ``{warehouse id: parcels}``."""
        groups = (
            self.env["stock.picking"]
            .sudo()  # sudo: numbers of the reader's companies; clerks need not be stock users
            ._read_group(self._company_domain() + self._parcel_domain() + domain, ["picking_type_id"], ["__count"])
        )
        counts = {}
        for kind, count in groups:
            counts[kind.warehouse_id.id] = counts.get(kind.warehouse_id.id, 0) + count
        return counts

    def _company_domain(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _parcels(self, warehouse, domain, counts):
        return {
            "count": counts.get(warehouse.id, 0),
            "action": PARCELS,
            "domain": self._company_domain() + self._parcel_domain(warehouse) + domain,
        }

    # === CUT-OFFS ===

    def _cutoff_domain(self, cutoff):
        """Return the domain of what is to leave with a carrier and is not ready; what a hold keeps does not leave."""
        return [
            *self._company_domain(),
            *self._parcel_domain(cutoff.warehouse_id),
            ("state", "in", WAITING),
            ("carrier_id", "=", cutoff.carrier_id.id),
            ("sale_id.oms_hold", "=", False),
        ]

    def _count_waiting(self, cutoffs):
        """Return ``{(warehouse id, carrier id): parcels}`` that are not ready."""
        if not cutoffs:
            return {}
        domain = [
            *self._company_domain(),
            *self._parcel_domain(),
            ("state", "in", WAITING),
            ("carrier_id", "in", cutoffs.carrier_id.ids),
            ("sale_id.oms_hold", "=", False),
        ]
        groups = (
            self.env["stock.picking"]
            .sudo()  # sudo: as above
            ._read_group(domain, ["picking_type_id", "carrier_id"], ["__count"])
        )
        counts = {}
        for kind, carrier, count in groups:
            key = (kind.warehouse_id.id, carrier.id)
            counts[key] = counts.get(key, 0) + count
        return counts

    def _plan_day(self, cutoffs, waiting, pace, now):
        """Return today's cut-offs of one warehouse, each with what will miss it."""
        aware = now.replace(tzinfo=timezone.utc)
        moments = {cutoff: cutoff._today_at(aware) for cutoff in cutoffs}
        today = sorted((at, cutoff.id, cutoff) for cutoff, at in moments.items() if at)
        plans = [
            Cutoff(
                key=cutoff.id,
                minutes_left=(at - aware).total_seconds() / 60,
                waiting=waiting.get((cutoff.warehouse_id.id, cutoff.carrier_id.id), 0),
            )
            for at, _id, cutoff in today
        ]
        missed = plan_cutoffs(plans, pace)
        return [
            {
                "id": cutoff.id,
                "carrier": cutoff.carrier_id.sudo().name,  # sudo: a name
                "at": fields.Datetime.to_string(at.replace(tzinfo=None)),
                "clock": at.astimezone(ZoneInfo(cutoff.tz)).strftime("%H:%M"),
                "waiting": plan.waiting,
                "missed": False if missed[cutoff.id] is None else missed[cutoff.id],
                "is_over": plan.minutes_left <= 0,
                "action": PARCELS,
                "domain": self._cutoff_domain(cutoff),
            }
            for (at, _id, cutoff), plan in zip(today, plans, strict=True)
        ]
