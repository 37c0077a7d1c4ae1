from decimal import Decimal

from odoo import models

from ..lib import importing


class OmsChannel(models.Model):
    """What we know when a batch of orders is planned: read once per batch."""

    _inherit = "oms.channel"

    def _snapshot(self, orders):
        """Return the :class:`~odoo.addons.oms_core.lib.importing.Snapshot` for these orders."""
        self.ensure_one()
        titles = {line.sku: line for order in orders for line in order.lines if line.sku}
        return importing.Snapshot(
            products=self._products_by_sku(titles),
            currencies=self._active_currencies(),
            countries=self._countries(orders),
            taxes={row.country_id.id or None: (row.tax_id.id, row.tax_id.price_include) for row in self.tax_ids},
            may_pass_unlinked=self.unknown_sku_policy == "placeholder",
        )

    def _address_snapshot(self, orders):
        """Return what is needed to read addresses alone: no listing is made of an SKU on the way."""
        return importing.Snapshot(products={}, currencies={}, countries=self._countries(orders))

    def _products_by_sku(self, lines_by_sku):
        """Return ``{sku: Goods or None}``. A new SKU gets a listing, linked when a product has that reference.

        Where the account wants products to be created, an SKU that is still linked to none gets one of its own.
        """
        listings = self.env["oms.listing"]._ensure(self, lines_by_sku)
        unseen = {sku: listing for sku, listing in listings.items() if not listing.title}
        matches = self._match_references(list(unseen))
        if unseen:
            self._read_listings_soon()
        for sku, listing in unseen.items():
            line = lines_by_sku[sku]
            listing.write(
                {
                    "title": line.title or sku,
                    "external_product_id": line.external_product_id,
                    "product_id": listing.product_id.id or matches.get(sku),
                }
            )
        if self.unknown_sku_policy == "create":
            self._create_products({sku: row for sku, row in listings.items() if not row.product_id}, lines_by_sku)
        return {sku: listing._as_goods() for sku, listing in listings.items()}

    def _create_products(self, listings, lines_by_sku):
        """Make a product for each of these listings: the channel's SKU as reference, its title and price."""
        for sku, listing in listings.items():
            line = lines_by_sku[sku]
            price = line.unit_price or line.amount
            product = self.env["product.product"].create(
                {
                    "name": line.title or sku,
                    "default_code": sku,
                    "is_storable": True,
                    "list_price": float(price.amount) if price else 0.0,
                    "company_id": self.company_id.id,
                    "taxes_id": [(5,)],
                }
            )
            listing.product_id = product

    def _read_listings_soon(self):
        """Ask the channel about SKUs only an order has named: we must know whose stock they are before we touch it."""
        self._state("listings").write({"next_at": False})

    def _match_references(self, skus):
        """Return ``{sku: product id}`` where exactly one product of the company has the SKU as its reference."""
        groups = self.env["product.product"]._read_group(
            [("default_code", "in", skus), ("company_id", "in", (False, self.company_id.id))],
            ["default_code"],
            ["id:recordset"],
        )
        return {code: products.id for code, products in groups if len(products) == 1}

    def _active_currencies(self):
        return {
            currency.name: Decimal(str(currency.rounding))
            for currency in self.env["res.currency"].search([("active", "=", True)])
        }

    def _countries(self, orders):
        codes = {order.ship_to.country for order in orders if order.ship_to and order.ship_to.country}
        return {country.code: country.id for country in self.env["res.country"].search([("code", "in", list(codes))])}

    def _pricelists(self, codes):
        """Return ``{currency code: pricelist}``. Amounts come from the channel; the list only carries the currency."""
        currencies = self.env["res.currency"].search([("name", "in", list(codes))])
        lists = self.env["product.pricelist"].search(
            [("currency_id", "in", currencies.ids), ("company_id", "in", (False, self.company_id.id))],
            order="sequence desc, id desc",
        )
        found = {pricelist.currency_id.name: pricelist for pricelist in lists}
        for currency in currencies.filtered(lambda currency: currency.name not in found):
            found[currency.name] = self.env["product.pricelist"].create(
                {
                    "name": self.env._("Channels %s", currency.name),
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                    "sequence": 1000,
                }
            )
        return found
