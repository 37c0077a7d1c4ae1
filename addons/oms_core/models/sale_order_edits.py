"""What people change by hand on orders and what belongs to them, with the value before and after, on the timeline.

The channel and the system say on the timeline what they do themselves, in words of their own.
"""

from odoo import api, models
from odoo.tools.misc import format_date, format_datetime

ORDER_FIELDS = (
    "client_order_ref",
    "commitment_date",
    "oms_ship_by_at",
    "carrier_id",
    "warehouse_id",
    "pricelist_id",
    "payment_term_id",
    "user_id",
    "picking_policy",
)
LINE_FIELDS = ("product_id", "product_uom_qty", "price_unit", "discount", "warehouse_id")
TRANSFER_FIELDS = ("carrier_id", "scheduled_date", "location_id")
# A timeline is kept for ever: it says that somebody's name or address was changed, and never to what.
PERSONAL_ORDER_FIELDS = ("partner_id", "partner_shipping_id", "partner_invoice_id")
ADDRESS_FIELDS = ("name", "street", "street2", "zip", "city", "state_id", "country_id", "phone")
MOST_ORDERS = 200


class Base(models.AbstractModel):
    _inherit = "base"

    def _is_by_hand(self):
        """Whether a person changes these records now, and not the system or a channel on somebody's behalf."""
        user, context = self.env.user, self.env.context
        return not (
            self.env.su
            or not user.active
            or user._is_superuser()
            or context.get("job_uuid")
            or context.get("mail_notrack")
        )

    def _as_words(self, names):
        """Return ``{record: {name: value in words}}``."""
        return {record: {name: record._word(name) for name in names} for record in self}

    def _word(self, name):
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.sudo().display_name or ""  # sudo: a name, for the record
        if field.type == "datetime":
            return format_datetime(self.env, value, dt_format="short") if value else ""
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return f"{value:.6f}".rstrip("0").rstrip(".") if field.type == "float" else str(value or "")

    def _changed_words(self, before):
        """Yield ``(record, label of the field, old, new)`` of what differs from before."""
        for record, words in before.items():
            for name, old in words.items():
                new = record._word(name)
                if new != old:  # what is empty reads as a dash
                    yield record, record._fields[name]._description_string(self.env), old or None, new or None


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Note what a person changes, with the value before and after."""
        names = [name for name in (*ORDER_FIELDS, *PERSONAL_ORDER_FIELDS) if name in vals]
        if not names or not self._is_by_hand():
            return super().write(vals)
        self.check_access("write")
        before = self.filtered(lambda order: order._has_begun())._as_words(names)
        result = super().write(vals)
        personal = {self._fields[name]._description_string(self.env) for name in PERSONAL_ORDER_FIELDS}
        self.env["oms.order.event"]._log(
            (order, "address_edited", {"what": label})
            if label in personal
            else (order, "edited", {"field": label, "old": old, "new": new})
            for order, label, old, new in self._changed_words(before)
        )
        return result

    def _has_begun(self):
        """Whether a change is history: an order of our own is composed first, and may still be deleted then."""
        return bool(self.state == "sale" or self.oms_channel_id)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Note what a person adds to an order that is confirmed already."""
        lines = super().create(vals_list)
        added = lines.filtered(lambda line: line._is_watched())
        if added and added._is_by_hand():
            self.env["oms.order.event"]._log((line.order_id, "line_added", line._event_words()) for line in added)
        return lines

    def write(self, vals):
        """Note what a person changes, with the value before and after."""
        names = [name for name in LINE_FIELDS if name in vals]
        if not names or not self._is_by_hand():
            return super().write(vals)
        self.check_access("write")
        before = self.filtered(lambda line: line._is_watched())._as_words(names)
        titles = {line: line._event_title() for line in before}
        result = super().write(vals)
        self.env["oms.order.event"]._log(
            (
                line.order_id,
                "edited",
                {"field": self.env._("%(field)s of %(what)s", field=label, what=titles[line]), "old": old, "new": new},
            )
            for line, label, old, new in self._changed_words(before)
        )
        return result

    def unlink(self):
        """Note what a person takes off an order."""
        gone = self.filtered(lambda line: line._is_watched()) if self._is_by_hand() else self.browse()
        entries = [(line.order_id, "line_removed", line._event_words()) for line in gone]
        result = super().unlink()
        self.env["oms.order.event"]._log(entries)
        return result

    def _is_watched(self):
        return not self.display_type and self.order_id._has_begun()

    def _event_title(self):
        return self.oms_sku or self.product_id.default_code or self.product_id.name or self.name

    def _event_words(self):
        price = self.currency_id.format(self.price_unit)
        return {"what": self._event_title(), "qty": f"{self.product_uom_qty:g}", "price": price}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        """Note what a person changes on a transfer of an order."""
        names = [name for name in (*TRANSFER_FIELDS, "carrier_tracking_ref") if name in vals]
        ours = self.filtered(lambda row: row._note_orders()) if names and self._is_by_hand() else self.browse()
        before = ours._as_words(names)
        result = super().write(vals)
        if before:
            tracking = self._fields["carrier_tracking_ref"]._description_string(self.env)
            self.env["oms.order.event"]._log(
                (order, "tracking_set", {"transfer": transfer.name, "old": old, "new": new})
                if label == tracking
                else (order, "edited", {"field": f"{transfer.name}, {label}", "old": old, "new": new})
                for transfer, label, old, new in self._changed_words(before)
                for order in transfer._note_orders()
            )
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Note on open orders that a person changed the address they go to; the address itself is not repeated."""
        names = [name for name in ADDRESS_FIELDS if name in vals]
        before = self._as_words(names) if names and self._is_by_hand() else {}
        result = super().write(vals)
        changed = {}
        for partner, label, _old, _new in self._changed_words(before):
            changed.setdefault(partner.id, []).append(label)
        if changed:
            orders = self.env["sale.order"].sudo()  # sudo: whoever corrects an address may not see all orders
            open_ones = orders.search(
                [
                    ("partner_shipping_id", "in", list(changed)),
                    ("state", "in", ("draft", "sent", "sale")),
                    ("delivery_status", "!=", "full"),
                ],
                limit=MOST_ORDERS,
            )
            self.env["oms.order.event"]._log(
                (order, "address_edited", {"what": ", ".join(changed[order.partner_shipping_id.id])})
                for order in open_ones
            )
        return result
