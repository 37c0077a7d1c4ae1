import logging
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lib import status

_logger = logging.getLogger(__name__)

# Amber: will be late by itself if nobody acts.
AT_RISK = timedelta(hours=4)
ORDERS, PROBLEMS, RETURNS = (
    "oms_core.sale_order_action_oms",
    "oms_core.oms_exception_action",
    "oms_core.oms_return_action",
)
RETURN_OVER = ("refunded", "refused", "closed")


class OmsOverview(models.AbstractModel):
    """The first page: what needs whom now. One read; a box that fails stops no other."""

    _name = "oms.overview"
    _description = "Overview"

    @api.model
    def get_overview(self, boxes=None):
        """Return what the overview shows, as far as the reader may see it.

        :param boxes: names of the boxes wanted; all by default
        :return: dict with ``now`` (UTC text), ``tz`` and ``boxes``: per box its data, or ``{"error": sentence}``
        :raise AccessError: the reader is no order desk clerk
        """
        self._ensure_clerk()
        makers = {
            "figures": self._figures,
            "channels": self._channels,
            "problems": self._problems,
            "warehouses": self._warehouses,
            "stockouts": self._stockouts,
            "start": self._start,
        }
        wanted = [name for name in makers if boxes is None or name in boxes]
        return {
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "tz": self.env.tz.zone,
            "boxes": {name: self._box(makers[name]) for name in wanted},
        }

    def _ensure_clerk(self):
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise AccessError(self.env._("The overview is for the order desk."))

    def _box(self, make):
        """Work out one box; what goes wrong in it is said in it."""
        try:
            with self.env.cr.savepoint(flush=False):
                return make()
        except psycopg2.extensions.TransactionRollbackError:
            raise  # the whole read starts over
        except UserError as error:
            return {"error": str(error)}
        except Exception:
            _logger.exception("a box of the overview could not be worked out")
            return {"error": self.env._("This could not be worked out. The log of the server says why.")}

    # === FIGURES ===

    def _figures(self):
        """Return the row of figures: each with the list it counts, by the same domain."""
        now = fields.Datetime.now()
        today = self.env["oms.channel"]._today_start()
        counts = self._count_work()
        return {
            "rows": [
                self._new_today(today, now),
                self._work("to_route", self.env._("To route"), counts),
                self._work("to_pick", self.env._("To pick"), counts),
                self._work("to_pack", self.env._("To pack"), counts),
                self._late(now),
                self._open_problems(),
                self._open_returns(),
                self._oversold(now),
            ]
        }

    def _figure(self, key, label, target, *, fact="", tone="", count=None):
        """Return one figure; its count is that of the list it opens.

        :param target: ``(action, domain)``
        """
        action, domain = target
        model = {ORDERS: "sale.order", PROBLEMS: "oms.exception", RETURNS: "oms.return"}[action]
        count = self.env[model].search_count(domain) if count is None else count
        return {
            "key": key,
            "label": label,
            "count": count,
            "fact": fact,
            "tone": tone if count else "",
            "action": action,
            "domain": domain,
        }

    def _count_work(self):
        """Return ``{status: (orders, when the oldest was placed)}`` of what waits for somebody in the warehouse."""
        domain = [("oms_status", "in", ("to_route", "to_pick", "to_pack"))]
        groups = self.env["sale.order"]._read_group(domain, ["oms_status"], ["__count", "date_order:min"])
        return {name: (count, oldest) for name, count, oldest in groups}

    def _work(self, name, label, counts):
        count, oldest = counts.get(name, (0, None))
        fact = {"kind": "oldest", "at": fields.Datetime.to_string(oldest)} if count and oldest else ""
        return self._figure(name, label, (ORDERS, [("oms_status", "=", name)]), fact=fact, count=count)

    def _new_today(self, today, now):
        week = timedelta(days=7)
        domain = [("create_date", ">=", fields.Datetime.to_string(today))]
        before = self.env["sale.order"].search_count(
            [("create_date", ">=", today - week), ("create_date", "<", now - week)]
        )
        figure = self._figure("new", self.env._("New today"), (ORDERS, domain))
        day = fields.Date.context_today(self) - week
        weekday = day.strftime("%A") if self.env.lang in (False, "en_US") else fields.Date.to_string(day)
        figure["fact"] = self.env._("%(more)s on last %(day)s", more=f"{figure['count'] - before:+d}", day=weekday)
        return figure

    def _late(self, now):
        risky = fields.Datetime.to_string(now + AT_RISK)
        domain = [("oms_status", "in", list(status.OPEN)), ("oms_ship_by_at", "<", risky)]
        orders = self.env["sale.order"]
        query = orders._search(domain)
        orders.flush_model(["oms_status", "oms_ship_by_at"])
        both = SQL("count(*), count(*) FILTER (WHERE sale_order.oms_ship_by_at < %s)", now)
        self.env.cr.execute(query.select(both))  # in one pass over the open orders
        count, late = self.env.cr.fetchone()
        figure = self._figure("late", self.env._("Late or at risk"), (ORDERS, domain), count=count)
        if figure["count"]:
            words = {"late": late, "risk": figure["count"] - late}
            figure["fact"] = self.env._("%(late)s late, %(risk)s at risk", **words)
            figure["tone"] = "bad" if late else "warn"
        return figure

    def _open_problems(self):
        domain = [("state", "=", "open")]
        figure = self._figure("problems", self.env._("Problems"), (PROBLEMS, domain), tone="bad")
        if figure["count"]:
            stops = [*domain, ("order_id", "!=", False), ("stops", "!=", False)]
            groups = self.env["oms.exception"]._read_group(stops, [], ["order_id:count_distinct"])
            figure["fact"] = self.env._("%s orders stopped", groups[0][0])
        return figure

    def _open_returns(self):
        domain = [("status", "not in", list(RETURN_OVER))]
        figure = self._figure("returns", self.env._("Returns open"), (RETURNS, domain))
        if figure["count"]:
            [(oldest,)] = self.env["oms.return"]._read_group(domain, [], ["requested_at:min"])
            figure["fact"] = {"kind": "oldest", "at": fields.Datetime.to_string(oldest)} if oldest else ""
        return figure

    def _oversold(self, now):
        since = fields.Datetime.to_string(now - timedelta(days=7))
        domain = [("reason", "=", "oversold"), ("opened_at", ">=", since)]
        figure = self._figure("oversold", self.env._("Oversold, 7 days"), (PROBLEMS, domain), tone="warn")
        if figure["count"]:
            channels = self.env["oms.exception"]._read_group(domain, ["channel_id"], [])
            figure["fact"] = ", ".join(channel.name for (channel,) in channels if channel)
        return figure

    # === PROBLEMS BY REASON ===

    def _problems(self):
        """Return the open problems by kind, worst first, and how many ended today."""
        domain = [("state", "=", "open")]
        problems = self.env["oms.exception"]
        groups = problems._read_group(domain, ["reason", "severity", "fingerprint"], ["__count", "opened_at:min"])
        rows = {}
        for reason, severity, _fingerprint, count, oldest in groups:
            row = rows.setdefault(reason, {"severity": severity, "count": 0, "alike": 0, "oldest": oldest})
            row["count"] += count
            row["alike"] = max(row["alike"], count)
            row["oldest"] = min(row["oldest"], oldest)
            row["severity"] = min(row["severity"], severity)
        labels = dict(problems._fields["reason"]._description_selection(self.env))
        listed = sorted(rows.items(), key=lambda item: (item[1]["severity"], -item[1]["count"]))
        oldest = min((row["oldest"] for row in rows.values()), default=None)
        return {
            "rows": [self._problem_row(reason, labels[reason], row) for reason, row in listed],
            "count": sum(row["count"] for row in rows.values()),
            "oldest": fields.Datetime.to_string(oldest) if oldest else False,
            "closed": problems.get_closed_today(),
            "action": PROBLEMS,
            "domain": domain,
        }

    def _problem_row(self, reason, label, row):
        alike = self.env._("%s have one cause", row["alike"]) if row["alike"] > 1 else ""
        return {
            "reason": reason,
            "label": label,
            "count": row["count"],
            "is_critical": row["severity"] == "0_critical",
            "fact": alike,
            "oldest": fields.Datetime.to_string(row["oldest"]),
            "action": PROBLEMS,
            "domain": [("state", "=", "open"), ("reason", "=", reason)],
        }
