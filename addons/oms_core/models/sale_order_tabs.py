from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time
from odoo.tools.translate import LazyTranslate

from ..lib.status import OPEN

_lt = LazyTranslate(__name__)

LONGEST_NAME = 40
MOST_SAVED = 12
COUNTED_TO = 1000  # own tabs can be any search; the web client shows 999+
# What tabs are counted among. Each is small beside all orders ever, and has an index.
AMONG = {
    "open": [("oms_status", "in", list(OPEN))],
    "problems": [("oms_exception_ids", "any", [("state", "=", "open")])],
    "today": [("oms_shipped_at", ">=", "today")],
}


@dataclass(frozen=True)
class Tab:
    """A view of the list with its count.

    :param domain: the orders it shows; all of them are among those of ``AMONG[among]``
    :param is_red: a person must act
    """

    key: str
    name: object
    among: str
    domain: list
    is_red: bool = False


TABS = (
    Tab("all_open", _lt("All open"), "open", AMONG["open"]),
    Tab("attention", _lt("Needs attention"), "problems", AMONG["problems"], is_red=True),
    Tab("to_route", _lt("To route"), "open", [("oms_status", "=", "to_route")]),
    Tab("to_pick", _lt("To pick"), "open", [("oms_status", "=", "to_pick")]),
    Tab("to_pack", _lt("To pack"), "open", [("oms_status", "=", "to_pack")]),
    Tab("waiting_stock", _lt("Waiting for stock"), "open", [("oms_status", "=", "waiting_stock")]),
    Tab("held", _lt("On hold"), "open", [("oms_status", "=", "held")]),
    Tab("late", _lt("Late"), "open", [*AMONG["open"], ("oms_ship_by_at", "<", "now")], is_red=True),
    Tab(
        "unmapped",
        _lt("Unmapped"),
        "problems",
        [
            (
                "oms_exception_ids",
                "any",
                [("state", "=", "open"), ("reason", "in", ["unmapped_sku", "placeholder_line"])],
            )
        ],
    ),
    Tab("shipped_today", _lt("Shipped today"), "today", AMONG["today"]),
)


class IrFilters(models.Model):
    _inherit = "ir.filters"

    oms_is_tab = fields.Boolean(string="Shown as a tab", help="Shown with its count above the list of orders.")


class SaleOrder(models.Model):
    """Counted tabs above the list of orders: those we ship, and searches that people keep."""

    _inherit = "sale.order"

    @api.model
    @api.readonly
    def get_tabs(self):
        """Return the tabs above the list of orders, without their counts.

        :return: list of ``{key, name, domain, is_red, filter_id, is_shared, can_remove}``; ``filter_id`` is 0 for the
            tabs that come with the order desk, and ``domain`` is a list, or text where somebody saved it
        """
        self.check_access("read")
        own = [
            {
                "key": tab.key,
                "name": self.env._(tab.name),
                "domain": _plain(tab.domain),
                "is_red": tab.is_red,
                "filter_id": 0,
                "is_shared": True,
                "can_remove": False,
            }
            for tab in TABS
        ]
        return own + [self._saved_tab(saved) for saved in self._saved_tabs()]

    @api.model
    @api.readonly
    def get_tab_counts(self):
        """Return the tabs above the list of orders with how many orders each of them shows now.

        :return: as `get_tabs`, with ``count``; -1 where the search of a saved tab cannot be read any more. Saved tabs
            are counted up to 1000.
        """
        tabs = self.get_tabs()
        counts = self._count_tabs()
        for tab in tabs:
            tab["count"] = counts[tab["key"]] if not tab["filter_id"] else self._count_saved(tab["domain"])
        return tabs

    def _count_tabs(self):
        """Count all tabs in one statement, each among its few orders, as the reader may see them."""
        parts, keys = [], []
        for among, domain in AMONG.items():
            tabs = [tab for tab in TABS if tab.among == among]
            query = self._search(domain)
            columns = [SQL("COUNT(*) FILTER (WHERE %s)", self._tab_condition(tab, query)) for tab in tabs]
            parts.append(SQL("(%s) %s", query.select(*columns), SQL.identifier(among)))
            keys += [tab.key for tab in tabs]
        [counts] = self.env.execute_query(SQL("SELECT * FROM %s", SQL(" CROSS JOIN ").join(parts)))
        return dict(zip(keys, counts, strict=True))

    def _tab_condition(self, tab, query):
        domain = Domain(tab.domain).optimize_full(self)
        return domain._to_sql(self, query.table, query)

    # === SAVED ===

    def _saved_tabs(self):
        mine = [("model_id", "=", self._name), ("oms_is_tab", "=", True), ("user_ids", "in", [self.env.uid, False])]
        return self.env["ir.filters"].search(mine, order="id", limit=MOST_SAVED)

    def _saved_tab(self, saved):
        return {
            "key": f"filter_{saved.id}",
            "name": saved.name,
            "domain": saved.domain,
            "is_red": False,
            "filter_id": saved.id,
            "is_shared": not saved.user_ids,
            "can_remove": self._can_remove_tab(saved),
        }

    def _can_remove_tab(self, saved):
        is_mine = saved.user_ids == self.env.user or saved.create_uid == self.env.user
        return is_mine or self.env.user.has_group("oms_core.group_oms_manager")

    def _count_saved(self, domain):
        try:
            return self.search_count(self._tab_domain(domain), limit=COUNTED_TO)
        except Exception:  # anything can be wrong with a search of last year
            return -1

    def _tab_domain(self, text):
        """Return the domain that was saved as text, with what the web client lets it name."""
        if not isinstance(text, str):
            return Domain(text)
        known = {
            "uid": self.env.uid,
            "context_today": lambda: fields.Date.context_today(self),
            "current_date": fields.Date.to_string(fields.Date.context_today(self)),
            "allowed_company_ids": self.env.companies.ids,
            "datetime": datetime,
            "time": time,
            "relativedelta": dateutil.relativedelta.relativedelta,
        }
        return Domain(safe_eval(text, known))

    @api.model
    def save_tab(self, name, domain, is_shared=False):
        """Keep a search as a tab above the list of orders.

        :param name: what the tab is called
        :param domain: the search, as a list or as the text of one
        :param is_shared: whether everybody sees the tab; otherwise only the caller
        :return: the tab, as `get_tabs` returns it
        :raise UserError: there is no name, one like it is there, the search cannot be read, or there are too many
        """
        self.check_access("read")
        name = " ".join(name.split()) if isinstance(name, str) else ""
        if not name or len(name) > LONGEST_NAME:
            raise UserError(self.env._("Give the tab a name of up to %s letters.", LONGEST_NAME))
        saved = self._saved_tabs()
        if name.casefold() in (other.casefold() for other in saved.mapped("name")):
            raise UserError(self.env._("There is a tab “%s” already. Remove it first, or choose another name.", name))
        if len(saved) >= MOST_SAVED:
            raise UserError(self.env._("There are %s tabs already. Remove one first.", MOST_SAVED))
        self._ensure_search(domain)
        action = self.env.ref("oms_core.sale_order_action_oms", raise_if_not_found=False)
        return self._saved_tab(
            self.env["ir.filters"].create(
                {
                    "name": name,
                    "model_id": self._name,
                    "domain": domain if isinstance(domain, str) else repr(domain),
                    "user_ids": [] if is_shared else [(6, 0, self.env.user.ids)],
                    "action_id": action.id if action else False,
                    "oms_is_tab": True,
                }
            )
        )

    def _ensure_search(self, domain):
        """Refuse what is no search of orders.

        :raise UserError: with what is wrong
        """
        try:
            with self.env.cr.savepoint():
                self.search_count(self._tab_domain(domain), limit=1)
        except AccessError:
            raise
        except Exception as error:
            raise UserError(self.env._("This search cannot be kept: %s", error)) from error

    @api.model
    def remove_tab(self, filter_id):
        """Remove a saved tab.

        :param filter_id: as in `get_tabs`
        :return: True
        :raise UserError: there is no such tab
        :raise AccessError: it is somebody else's
        """
        saved = self._saved_tabs().filtered(lambda row: row.id == filter_id)
        if not saved:
            raise UserError(self.env._("There is no such tab any more."))
        if not self._can_remove_tab(saved):
            raise AccessError(self.env._("Whoever made the tab removes it, or an order desk manager."))
        saved.unlink()
        return True


def _plain(domain):
    """Return a domain of lists, as JSON has it."""
    return [[name, operator, _plain(value) if operator == "any" else value] for name, operator, value in domain]
