from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..lib.availability import explain

HIGHEST_TRY = 1_000_000_000


class OmsListing(models.Model):
    """Why a listing shows what it shows: the steps of the very formula the push uses, in words."""

    _inherit = "oms.listing"

    same_product_count = fields.Integer(compute="_compute_same_product_count", string="Other listings")

    def _compute_same_product_count(self):
        counts = dict(self._read_group([("product_id", "in", self.product_id.ids)], ["product_id"], ["__count"]))
        for listing in self:
            listing.same_product_count = counts.get(listing.product_id, 1) - 1 if listing.product_id else 0

    def action_view_same_product(self):
        """Open all listings of this listing's product."""
        self.ensure_one()
        return self.channel_id._open("oms_core.oms_listing_action", [("product_id", "=", self.product_id.id)])

    def action_open_product(self):
        """Open the product this listing stands for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "views": [(False, "form")],
        }

    def get_stock_explanation(self):
        """Return how the quantity this listing should show comes about, computed now.

        :return: dict with ``state`` ("unlinked", "channel": the channel sends it itself, or "ours"), ``shown`` (what
            the channel shows as far as we know, or None), ``target`` (what it should show), ``steps`` from what is on
            hand to the target, ``rule`` (each value and where it is set), ``places`` (the stock by warehouse),
            ``pushes`` (what was sent; the last times are its ``history``), ``limited_by`` (the part of a kit that
            decides, or "") and ``read_at``
        :raise AccessError: the reader may not read listings
        """
        self.ensure_one()
        self.check_access("read")
        listing = self.sudo()  # sudo: the reader sees the numbers of this listing, not the stock records behind them
        facts = {
            "shown": listing.qty_pushed if listing.pushed_at or listing.read_at else None,
            "pushes": listing._explain_pushes(),
            "rule": listing._explain_rule(),
            "read_at": format_datetime(self.env, fields.Datetime.now(), dt_format="medium"),
        }
        if listing.is_fulfilled_by_channel or not listing.product_id:
            state = "channel" if listing.is_fulfilled_by_channel else "unlinked"
            return facts | {"state": state, "target": 0, "steps": [], "places": [], "limited_by": ""}
        return facts | {"state": "ours"} | listing._explain_quantity()

    def _explain_quantity(self):
        channel, needs = self.channel_id, self._needs()
        products = self.env["product.product"].union(*(product for product, _units in needs))
        free, kept = channel._free_by_warehouse(products.ids), channel._stock_places()
        counted = {warehouse: units for warehouse, units in free.items() if not kept or warehouse in kept}
        whole = {product: sum(units.get(product.id, 0.0) for units in counted.values()) for product in products}
        product, units = min(needs, key=lambda need: whole[need[0]] / need[1])
        places = channel._stock_by_warehouse(product, list(counted))
        steps = self._explain_stock(product, units, places, whole[product])
        sets = self._sets(free, kept)
        if abs(sets - steps[-1]["left"]) > 1e-6:
            note = self.env._("each sale from one place alone")
            steps.append(_step("places", self.env._("By place"), note, sets - steps[-1]["left"], sets))
        target = self._explain_steps(steps, sets)
        limited_by = product.display_name if self.part_ids else ""
        return {"target": target, "steps": steps, "places": places, "limited_by": limited_by}

    def _explain_stock(self, product, units, places, free):
        """Return the steps from what is on hand to what is free, in sales of this listing."""
        counted = [place for place in places if place["is_counted"]]
        on_hand = sum(place["on_hand"] for place in counted)
        reserved = sum(place["reserved"] for place in counted)
        where = ", ".join(f"{place['name']} {place['on_hand']:g}" for place in counted)
        steps = [_step("on_hand", self.env._("On hand"), where, on_hand, on_hand)]
        if reserved:
            note = self.env._("for open orders")
            steps.append(_step("reserved", self.env._("Reserved"), note, -reserved, on_hand - reserved))
        own = free - (on_hand - reserved)
        if abs(own) > 1e-6:
            note = self.env._("the channel takes them off itself")
            steps.append(_step("own", self.env._("Its own orders"), note, own, free))
        note = product.display_name if self.part_ids else self.env._("may be sold")
        steps.append(_step("free", self.env._("Free"), note, free, free))
        if units != 1:
            sets, label = free / units, self.env._("%s per sale", f"{units:g}")
            note = self.env._("enough for %s sales", f"{sets:.4g}")
            steps.append(_step("units", label, note, sets - free, sets))
        return steps

    def _explain_steps(self, steps, sets):
        """Add the steps of the stock rule and return what should be shown."""
        rule = self._rule()
        where = self._rule_place()
        labels = {
            "buffer": (self.env._("Held back"), where),
            "percent": (self.env._("Share %s %%", rule.percent), where),
            "end_when": (self.env._("Ends at %s", rule.end_when), self.env._("so few left: shows none")),
            "most": (self.env._("At most %s", rule.most), where),
            "whole": (self.env._("Whole pieces"), self.env._("no parts of a piece, never below zero")),
        }
        found = explain(sets, rule)
        for step in found[1:]:
            if step.change:
                label, note = labels[step.term]
                steps.append(_step(step.term, label, note, step.change, step.left))
        target = int(found[-1].left)
        note = self.env._("on %s", self.channel_id.name)
        steps.append(_step("shown", self.env._("Should show"), note, target, target))
        return target

    def _rule_place(self):
        return self.env._("set on this listing") if self.has_own_rule else self.env._("set on the channel")

    def _explain_rule(self):
        """Return the values of the stock rule and where each is set."""
        rule, where = self._rule(), self._rule_place()
        none = self.env._("no limit")
        values = (
            (self.env._("Held back"), str(rule.buffer)),
            (self.env._("Share shown"), f"{rule.percent} %"),
            (self.env._("Never more than"), str(rule.most) if rule.most else none),
            (self.env._("None at or below"), str(rule.end_when)),
        )
        return [{"name": name, "value": value, "where": where} for name, value in values]

    def _explain_pushes(self):
        allowed = self.channel_id._adapter_class().limits.revisions_per_day
        is_today = self.pushed_on == fields.Date.today()
        return {
            "at": format_datetime(self.env, self.pushed_at, dt_format="medium") if self.pushed_at else "",
            "today": self.pushed_count if is_today else 0,
            "allowed": allowed or 0,
            "error": self.push_error or "",
            "history": self._explain_history(),
        }

    def try_rule(self, free):
        """Return what this listing would show if so much were free. Nothing is stored.

        :param free: units free for sale, a number
        :return: dict with ``shown`` and ``text``, the way there
        :raise UserError: it is no number that stock can have
        """
        self.ensure_one()
        self.check_access("read")
        try:
            free = float(free)
        except (TypeError, ValueError):
            free = -1.0
        if not 0 <= free <= HIGHEST_TRY:
            raise UserError(self.env._("Enter a number of units, zero or more."))
        steps = []
        sets = free / (self.units or 1.0)
        if sets != free:
            steps.append(_step("units", self.env._("%s per sale", f"{self.units:g}"), "", sets - free, sets))
        shown = self._explain_steps(steps, sets)
        way = "".join(f" → {step['left']:.6g} ({step['label']})" for step in steps[:-1])
        return {"shown": shown, "text": f"{free:.6g}{way} → {shown}"}


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _stock_by_warehouse(self, product, counted_ids):
        """Return where a product lies, as dicts: ``name``, ``on_hand``, ``reserved``, ``free``, ``is_counted``.

        :param counted_ids: the warehouses whose stock this channel shows; of an archived product nothing is counted
        """
        self.ensure_one()
        self.env["stock.quant"].flush_model(["quantity", "reserved_quantity", "location_id", "product_id"])
        query = SQL(
            """
            SELECT location.warehouse_id, SUM(quant.quantity), SUM(quant.reserved_quantity)
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'internal' AND location.warehouse_id IS NOT NULL AND quant.product_id = %s
          GROUP BY location.warehouse_id
            """,
            product.id,
        )
        found = {row[0]: row[1:] for row in self.env.execute_query(query)}
        ours = self.env["stock.warehouse"].browse(counted_ids)
        warehouses = ours | self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)])
        rows = []
        for warehouse in warehouses:
            on_hand, reserved = found.get(warehouse.id, (0.0, 0.0))
            is_counted = warehouse in ours and product.active
            row = {"name": warehouse.name, "on_hand": on_hand, "reserved": reserved, "free": on_hand - reserved}
            if is_counted or on_hand:
                rows.append(row | {"is_counted": is_counted})
        return rows


def _step(term, label, note, change, left):
    """Return one bar of the picture."""
    return {"term": term, "label": label, "note": note, "change": change, "left": left}
