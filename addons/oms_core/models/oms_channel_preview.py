from datetime import timedelta

from odoo import fields, models

from ..lib import dto, errors, importing
from .oms_channel_state import aware_utc
from .oms_job_mixin import repeats_on_twin

SAMPLE = 10
LOOK_BACK_DAYS = (1, 7, 30, 90)
PAGES = 3


class Undo(Exception):
    """Takes back what was made to be looked at."""


class OmsChannel(models.Model):
    """The last orders as they would be created: made like any others, looked at, and taken back."""

    _inherit = "oms.channel"

    preview = fields.Json(readonly=True, copy=False)
    preview_at = fields.Datetime(string="Looked at", readonly=True, copy=False)
    preview_message = fields.Char(readonly=True, copy=False)

    def action_fetch_sample(self):
        """Fetch the last orders in a job and show what they would become. Nothing is imported."""
        self.check_access("write")
        for channel in self:
            channel.write({"preview_message": self.env._("Fetching the last orders…"), "preview_at": False})
            channel._oms_enqueue(
                "_job_preview", identity_key=f"oms-preview-{channel.id}", priority=2, description=self.env._("Preview")
            )
        return True

    @repeats_on_twin
    def _job_preview(self):
        """Fetch the newest orders, and keep what they would become."""
        self.ensure_one()
        try:
            raws = self._fetch_newest(self._adapter())
        except errors.ChannelError as error:
            self.write({"preview_message": self._explain(error), "preview_at": fields.Datetime.now()})
            return
        orders, unreadable = self._read_sample(raws)
        self._note_seen_words(orders)
        self._propose_taxes(orders)
        rows = [*self._preview_rows(orders), *unreadable]
        message = False if rows else self.env._("The channel has no orders of the last three months.")
        self.write({"preview": rows, "preview_at": fields.Datetime.now(), "preview_message": message})

    def _fetch_newest(self, adapter):
        """Return up to ten orders, newest first, looking further back only while there are too few."""
        now = aware_utc(fields.Datetime.now())
        found = {}
        for days in LOOK_BACK_DAYS:
            cursor, window = None, dto.Window(since=now - timedelta(days=days))
            for _page in range(PAGES):
                page = adapter.fetch_orders(window, cursor)
                found.update({raw.external_id: raw for raw in page.items})
                cursor = page.next_cursor
                if cursor is None:
                    break
            if len(found) >= SAMPLE:
                break
        long_ago = now - timedelta(days=36500)
        return sorted(found.values(), key=lambda raw: raw.updated_at or long_ago, reverse=True)[:SAMPLE]

    def _read_sample(self, raws):
        """Return ``(orders, rows of those that cannot be read)``."""
        orders, unreadable = [], []
        for raw in raws:
            try:
                orders.append(self._adapter_class().parse_order(raw.body))
            except errors.Malformed as error:
                why = self.env._("%(why)s, at %(path)s", why=self._explain_malformed(error), path=error.path)
                unreadable.append({"number": raw.external_id or "–", "state": "unreadable", "problems": [why]})
        return orders, unreadable

    def _preview_rows(self, orders):
        """Return what each order would become, without leaving a trace."""
        rows = []
        channel = self.with_company(self.company_id).with_context(oms_preview=True)
        for data in orders:
            try:
                with self.env.cr.savepoint():
                    rows.append(channel._preview_row(data))
                    raise Undo
            except Undo:
                self.env.invalidate_all()
        return rows

    def _preview_row(self, data):
        unlinked = self._unlinked_skus(data)  # first: what was never heard of is added with the order
        plan = importing.plan_order(data, self._snapshot([data]))
        row = {"number": data.external_number, "placed": fields.Datetime.to_string(data.placed_at.replace(tzinfo=None))}
        if any(problem.reason == "unmapped_currency" for problem in plan.problems):
            words = self.env._("The currency %s is not active here.", data.currency)
            return row | {"state": "held", "problems": [words], "lines": [], "theirs": "", "ours": ""}
        order = self.env["sale.order"]._create_from_plans(self, [plan])
        money = order.currency_id.format
        problems = order.oms_exception_ids.filtered(lambda problem: problem.state == "open")
        rounding = sum(order.order_line.filtered(lambda line: line.oms_kind == "rounding").mapped("price_total"))
        return row | {
            "state": "held" if problems.filtered("stops") else "asks" if problems else "ready",
            "problems": problems.mapped("summary"),
            "fixes": [fix for problem in problems if (fix := self._preview_fix(problem, data, unlinked))],
            "theirs": money(order.oms_total) if order.oms_has_total else "–",
            "ours": money(order.amount_total),
            "is_equal": order.oms_total_check != "differs",
            "difference": money(order.amount_total - order.oms_total) if order.oms_total_check == "differs" else "",
            "rounding": money(rounding) if rounding else "",
            "country": order.partner_shipping_id.country_id.code or "–",
            "lines": [
                {
                    "sku": line.oms_sku or "",
                    "name": line.oms_title or line.name,
                    "product": line.product_id.display_name,
                    "kind": line.oms_kind,
                    "quantity": line.product_uom_qty,
                    "amount": money(line.price_total),
                    "is_linked": bool(line.oms_kind != "goods" or line not in order._unlinked_lines()),
                }
                for line in order.order_line
            ],
        }

    def _unlinked_skus(self, data):
        skus = [line.sku for line in data.lines if line.sku]
        domain = [("channel_id", "=", self.id), ("sku", "in", skus), ("product_id", "=", False)]
        return set(self.env["oms.listing"].search(domain).mapped("sku"))

    def _preview_fix(self, problem, data, unlinked):
        """Return what mends a problem before going live, and the step it is done on; ``None``: nothing here does."""
        if problem.reason == "unmapped_tax":
            country = data.ship_to.country if data.ship_to else None
            name = self.env["res.country"].search([("code", "=", country)]).name or self.env._("other countries")
            label = self.env._("Set the tax for %s", name)
            return {"step": "mapping", "label": label, "text": self._wanted_tax(data)}
        if problem.reason == "unmapped_sku" and problem.cause in unlinked:
            text = self.env._("Link it to the product it is.")
            return {"step": "listings", "label": self.env._("Link “%s”", problem.cause), "text": text}
        return None

    def _wanted_tax(self, data):
        """Return in words the tax that fits an order: of which kind, and of which rate as far as the order says."""
        if data.is_tax_included:
            return self.env._("It needs a sale tax that is included in the price.")
        rate = importing.stated_rate(data)
        if rate is None:
            return self.env._("It needs a sale tax that comes on top of the price.")
        return self.env._("It needs a sale tax of about %s %% that comes on top of the price.", f"{rate:.3g}")
