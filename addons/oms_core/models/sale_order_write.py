import psycopg2.errors
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ..lib import order_request
from .sale_order import QUIET

ADDRESS = ("street", "street2", "city", "zip", "phone", "email")


class SaleOrder(models.Model):
    """An order written by a program: read strictly, written once for each key."""

    _inherit = "sale.order"

    oms_source = fields.Char(
        string="Source", readonly=True, copy=False, help="The program that wrote the order, as it calls itself."
    )
    oms_source_key = fields.Char(
        readonly=True, copy=False, help="The key with which a program wrote the order: the same key writes no second."
    )
    oms_source_digest = fields.Char(readonly=True, copy=False)

    _oms_source_unique = models.UniqueIndex(
        "(company_id, oms_source, oms_source_key) WHERE oms_source_key IS NOT NULL",
        "An order with this key is already here.",
    )

    @api.model
    def oms_create_order(self, *, key, order, source="api", confirm=True):
        """Write an order and confirm it if nothing stops it. The same key twice has the effect of once.

        :param key: names this order for the program that writes it: up to 100 characters, never used for another order
        :param order: dict as documented in ``docs/api.md``; see :class:`~odoo.addons.oms_core.lib.order_request.Order`
        :param source: what the program calls itself; keys of one source do not meet those of another
        :param confirm: ``False`` leaves it a quotation
        :return: the state of the order as ``oms_get_state`` has it, with ``is_new`` and ``why`` it is not confirmed
        :raise UserError: the order cannot be read, names what is not here, or the key stands for another order
        :raise AccessError: whoever asks may not write orders
        """
        self._ensure_desk()
        self.check_access("create")
        for name, value in (("key", key), ("source", source)):
            if not isinstance(value, str) or not value.strip() or len(value) > 100:
                raise UserError(self.env._("%s: a text of 1 to 100 characters is needed.", name))
        asked = self._read_asked(order_request.read_order, order)
        digest = order_request.digest(asked)
        known = self._find_by_key(source, key)
        if known:
            return known._answer_known(digest)
        written = self._write_asked(asked, {"oms_source": source, "oms_source_key": key, "oms_source_digest": digest})
        why = written.oms_confirm()[0]["why"] if confirm else ""
        return written.oms_get_state()[0] | {"is_new": True, "why": why}

    def _find_by_key(self, source, key):
        domain = [("company_id", "=", self.env.company.id), ("oms_source", "=", source), ("oms_source_key", "=", key)]
        return self.sudo().search(domain, limit=1).sudo(self.env.su)  # sudo: the key is used, whoever may see the order

    def _answer_known(self, digest):
        if not self.has_access("read"):
            raise AccessError(self.env._("This key stands for an order that you may not see."))
        if self.oms_source_digest != digest:
            raise UserError(
                self.env._("This key stands for order %s, which was asked for with other content.", self.name)
            )
        return self.oms_get_state()[0] | {"is_new": False, "why": ""}

    def _read_asked(self, read, asked):
        try:
            return read(asked)
        except order_request.Flaw as flaw:
            raise UserError(self.env._("%(where)s: %(why)s", where=flaw.path, why=flaw.reason)) from flaw

    def _write_asked(self, asked, values):
        """Write the order; another request with the same key that was faster makes this one start over."""
        vals = self._prepare_asked(asked) | values
        try:
            with self.env.cr.savepoint():
                order = self.with_context(**QUIET).create(vals)
                order.flush_recordset()
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("the same key was written at the same moment") from error
        if asked.tags:
            order.oms_change_tags(add=list(asked.tags))
        self.env["oms.order.event"]._log([(order, "written", {"source": values["oms_source"]})])
        return order.with_env(self.env)

    # === WHAT IS NAMED, LOOKED UP ===

    def _prepare_asked(self, asked):
        customer = self._asked_customer(asked.customer)
        ship_to = self._asked_address(customer, asked.ship_to) if asked.ship_to else customer
        vals = {
            "partner_id": customer.id,
            "partner_shipping_id": ship_to.id,
            "client_order_ref": asked.reference,
            "note": asked.note,
            "order_line": [Command.create(line) for line in self._asked_lines(asked)],
        }
        moments = {"date_order": asked.placed_at, "oms_ship_by_at": asked.ship_by_at}
        vals |= {name: self._asked_moment(name, text) for name, text in moments.items() if text}
        if vals.get("oms_ship_by_at"):
            vals["commitment_date"] = vals["oms_ship_by_at"]
        if asked.currency and asked.currency != self.env.company.currency_id.name:
            vals["pricelist_id"] = self._asked_pricelist(asked.currency).id
        if asked.type:
            vals["oms_type_id"] = self._asked_type(asked.type).id
        if asked.warehouse:
            vals["warehouse_id"] = self._find_warehouse(asked.warehouse, self.env.company).id
        return vals

    def _asked_moment(self, name, text):
        try:
            return fields.Datetime.to_datetime(text)
        except ValueError as error:
            raise UserError(self.env._("%s: a UTC moment is written 2026-11-27 09:00:00.", name)) from error

    def _asked_pricelist(self, code):
        domain = [("currency_id.name", "=", code), ("company_id", "in", (False, self.env.company.id))]
        found = self.env["product.pricelist"].search(domain, limit=1)
        if not found:
            raise UserError(self.env._("currency: there is no pricelist in %s. Add one in Sales.", code))
        return found

    def _asked_type(self, code):
        domain = [
            "|",
            ("code", "=ilike", code),
            ("name", "=ilike", code),
            ("company_id", "in", (False, self.env.company.id)),
        ]
        found = self.env["oms.order.type"].search(domain, limit=1)
        if not found:
            raise UserError(self.env._("type: there is no order type %s.", code))
        return found

    def _asked_lines(self, asked):
        products = self._asked_products(asked.lines)
        rows = []
        for line, product in zip(asked.lines, products, strict=True):
            row = {"product_id": product.id, "product_uom_qty": float(line.quantity), "discount": float(line.discount)}
            row |= {"price_unit": float(line.price), "technical_price_unit": 0.0} if line.price is not None else {}
            rows.append(row | ({"name": line.description} if line.description else {}))
        if asked.shipping is not None:
            shipping = self._service_product("shipping")
            rows.append({"product_id": shipping.id, "product_uom_qty": 1.0, "price_unit": float(asked.shipping)})
        return rows

    def _asked_products(self, lines):
        """Return the product of each line; every name that is unknown is said at once."""
        found = self.env["product.product"].search(
            [
                ("company_id", "in", (False, self.env.company.id)),
                ("sale_ok", "=", True),
                "|",
                ("id", "in", [line.product_id for line in lines if line.product_id]),
                ("default_code", "in", [line.sku for line in lines if line.sku]),
            ]
        )
        by_sku = found.grouped("default_code")
        products, flaws = [], []
        for index, line in enumerate(lines):
            same = by_sku.get(line.sku, found.browse()) if line.sku else found & found.browse(line.product_id)
            name = line.sku or line.product_id
            if len(same) > 1:
                flaws.append(self.env._("lines[%(index)s].sku: several products have %(name)s", index=index, name=name))
            elif not same:
                flaws.append(self.env._("lines[%(index)s]: no product %(name)s is sold", index=index, name=name))
            products.append(same[:1])
        if flaws:
            raise UserError("\n".join(flaws))
        return products

    def _asked_customer(self, asked):
        """Return the customer: the one with this id, the one who is known by e-mail, name and address, or a new one."""
        partners = self.env["res.partner"]
        if asked.id is not None:
            found = partners.search([("id", "=", asked.id)])
            if not found:
                raise UserError(self.env._("customer.id: there is no customer %s that you may see.", asked.id))
            return found
        vals = self._prepare_asked_partner(asked) | {"customer_rank": 1, "company_id": self.env.company.id}
        return self._same_partner(vals) or self._create_buyer(vals)

    def _asked_address(self, customer, asked):
        vals = self._prepare_asked_partner(asked)
        vals |= {"name": asked.name or customer.name, "parent_id": customer.id, "type": "delivery"}
        return self._same_partner(vals) or self._create_buyer(vals)

    def _create_buyer(self, vals):
        partners = self.env["res.partner"].sudo()  # sudo: who may write orders brings their buyers
        return partners.create(vals).sudo(self.env.su)

    def _same_partner(self, vals):
        """Return the partner that has all of this; buyers of whom only the name is known are never taken for one."""
        if not (vals.get("email") or vals.get("street")):
            return self.env["res.partner"]
        names = ("name", "company_id", "parent_id", "country_id", "state_id", *ADDRESS)
        domain = [(name, "=", vals.get(name) or False) for name in names if name in vals or name in ADDRESS]
        return self.env["res.partner"].search(domain, limit=1)

    def _prepare_asked_partner(self, asked):
        vals = {name: getattr(asked, name) for name in ADDRESS if getattr(asked, name)}
        vals |= {"name": asked.name, "company_name": asked.company}
        if asked.country:
            country = self.env["res.country"].search([("code", "=", asked.country.upper())], limit=1)
            if not country:
                raise UserError(self.env._("customer.country: there is no country %s.", asked.country))
            vals["country_id"] = country.id
            if asked.state:
                domain = [
                    ("country_id", "=", country.id),
                    "|",
                    ("code", "=ilike", asked.state),
                    ("name", "=ilike", asked.state),
                ]
                vals["state_id"] = self.env["res.country.state"].search(domain, limit=1).id
        return {name: value for name, value in vals.items() if value}
