from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.search_text import best_match, number_patterns, parse_term, part_patterns

MOST_HITS = 50
# Asked for a few orders, PostgreSQL would walk through all of them, newest first, until it has met as many. Asked for a
# page it takes the index, as the list does.
PAGE = 80
MAY_SEARCH = "sales_team.group_sale_salesman"
POSITIVE = ("ilike", "like", "=ilike", "=like", "=")


class SaleOrder(models.Model):
    """One box that finds an order by whatever is written on it."""

    _inherit = "sale.order"

    oms_any = fields.Char(
        string="Everywhere",
        compute="_compute_oms_any",
        search="_search_oms_any",
        groups=MAY_SEARCH,
        help="Searches number, channel number, reference, tracking, transfer, invoice, e-mail, name, phone, postcode,"
        " city, SKU and barcode. All words must be found.",
    )

    # The newest orders first is what every list starts with.
    _oms_newest = models.Index("(date_order DESC, id DESC)")
    # What came in today, in the last hours, a week ago: the overview asks each minute.
    _oms_created = models.Index("(create_date)")

    def _compute_oms_any(self):
        self.oms_any = False  # it is only searched

    @api.model
    def _search_oms_any(self, operator, value):
        self._ensure_may_search()  # groups on a field do not stop a search by it where it has a search of its own
        if operator == "in":
            return Domain.OR(self._search_oms_any("=", one) for one in value)
        if operator not in POSITIVE:
            return NotImplemented
        term = parse_term(value or "")
        if not term.lines:
            return Domain.TRUE if operator.endswith("like") else Domain.FALSE
        self.env["oms.order.search"]._flush_pending()
        return _orders_with(part_patterns(term), number_patterns(term, is_beside_parts=True))

    @api.model
    @api.readonly
    def oms_search(self, term, limit=5):
        """Find orders by anything written on them, likeliest first.

        A term is found in number, channel number and id, reference, tracking number, transfer, invoice, e-mail, name,
        phone, postcode, city, SKU and barcode; of several words each must be found. Numbers that are the term as a
        whole come first, whether or not their prefix, leading zeros and separators are typed. One or two characters
        find whole numbers only.

        :param term: text, as somebody types or scans it
        :param limit: most orders to return, 50 at most
        :return: list of ``{id, name, field, label, text, match, start, is_exact, buyer, city, channel, channel_type,
            state}``; ``text`` is the value that was found, ``match`` the part of it that was looked for, beginning at
            ``start``
        :raise AccessError: the caller is no sales staff
        :raise UserError: the term is no text
        """
        self._ensure_may_search()
        if isinstance(term, bool) or not isinstance(term, str | int):
            raise UserError(self.env._("Tell what to look for, as text."))
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise UserError(self.env._("Tell how many orders to return, as a number."))
        limit = max(1, min(limit, MOST_HITS))
        term = parse_term(term)
        if not term.lines:
            return []
        self.env["oms.order.search"]._flush_pending()
        orders = self._search_exact(term)
        if len(orders) < limit and term.alternatives:
            orders |= self._search_part(term, limit)
        return orders._hits(term)[:limit]

    def _ensure_may_search(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(MAY_SEARCH)):
            raise AccessError(self.env._("Orders are searched at the order desk. Ask somebody there."))

    def _search_exact(self, term):
        return self.search(_orders_with([], number_patterns(term)), limit=PAGE)

    def _search_part(self, term, limit):
        return self.search(_orders_with(part_patterns(term), []), limit=PAGE)[:limit]

    def _hits(self, term):
        """Return what the box shows of these orders, in the order of likelihood."""
        texts = self.env["oms.order.search"].sudo()  # sudo: nobody may read texts; these orders were found as the user
        values = texts._values_of(self.ids)
        labels = self._search_labels()
        hits = []
        for position, order in enumerate(self):
            match = best_match(term, values.get(order.id, ()))
            if match:
                hits.append((match.rank, position, order._hit(match, labels)))
        return [hit for _rank, _position, hit in sorted(hits, key=lambda row: row[:2])]

    def _hit(self, match, labels):
        channel = self.oms_channel_id
        label = labels[match.kind]
        if match.kind in ("channel_number", "channel_id") and channel:
            label = self.env._("%s order", channel.name)
        return {
            "id": self.id,
            "name": self.name,
            "field": match.kind,
            "label": label,
            "text": match.text,
            "match": match.part,
            "start": match.start,
            "is_exact": match.is_exact,
            "buyer": self.partner_id.display_name or "",
            "city": self.partner_shipping_id.city or "",
            "channel": channel.name or "",
            "channel_type": channel.channel_type or "",
            "state": self.state,
        }

    def _search_labels(self):
        return {
            "name": self.env._("order number"),
            "channel_number": self.env._("channel number"),
            "channel_id": self.env._("channel id"),
            "reference": self.env._("reference"),
            "tracking": self.env._("tracking"),
            "transfer": self.env._("transfer"),
            "invoice": self.env._("invoice"),
            "email": self.env._("e-mail"),
            "buyer": self.env._("buyer"),
            "phone": self.env._("phone"),
            "postcode": self.env._("postcode"),
            "city": self.env._("city"),
            "sku": self.env._("SKU"),
            "barcode": self.env._("barcode"),
        }


def _orders_with(parts, numbers):
    """Return the domain of orders one of whose texts fits all of a list of patterns, or whose numbers fit a pattern."""
    conditions = [SQL("(%s)", SQL(" AND ").join(_either_fits(pattern) for pattern in patterns)) for patterns in parts]
    conditions += [SQL("numbers LIKE %s", pattern) for pattern in numbers]
    condition = SQL(" OR ").join(conditions)
    return Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "%s IN (SELECT id FROM oms_order_search WHERE %s)", SQL.identifier(alias, "id"), condition
        )
    )


def _either_fits(pattern):
    return SQL("(words LIKE %(pattern)s OR numbers LIKE %(pattern)s)", pattern=pattern)
