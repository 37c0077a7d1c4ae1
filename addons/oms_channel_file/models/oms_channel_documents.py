from collections import defaultdict
from decimal import Decimal

import msgspec
from odoo import models
from odoo.addons.oms_core.lib import dto

from ..lib import documents, mapper, values
from ..lib.table import BadCell


class OmsChannel(models.Model):
    """What our books add to the documents of a file: prices of a list, addresses of customers."""

    _inherit = "oms.channel"

    def _complete_documents(self, found):
        """Return the documents with what we know where the file says nothing. Two reads for all of them.

        :param found: list of :class:`~odoo.addons.oms_channel_file.lib.documents.Document`
        """
        self.ensure_one()
        waiting = [document for document in found if document.known is None and document.flaw is None]
        customers = self._customers_of(waiting)
        prices = self._prices_of(waiting) if self.file_pricelist_id else {}
        return [
            self._complete(document, customers, prices)
            if document.known is None and document.flaw is None
            else document
            for document in found
        ]

    def _complete(self, document, customers, prices):
        partner = customers.get(_first_text(document, "customer_ref"))
        found = {}
        for row in document.rows:
            price = prices.get(_sale_of(row, document)) if row.cells.get("price") is None else None
            if price is not None:
                found[str(row.number)] = price
        if not partner and not found:
            return document
        known = documents.Known(
            prices=found,
            price_list=self.file_pricelist_id.name if found else None,
            customer=_address_of(partner) if partner else None,
            email=(partner.email or None) if partner else None,
        )
        return msgspec.structs.replace(document, known=known)

    def _customers_of(self, found):
        """Return ``{reference: partner}`` of the references these documents name."""
        references = {_first_text(document, "customer_ref") for document in found} - {None}
        return self.env["res.partner"]._oms_by_reference(self, references)

    def _prices_of(self, found):
        """Return ``{(sku, quantity, currency): price}`` of the channel's price list, for rows that state none."""
        sales = {
            _sale_of(row, document) for document in found for row in document.rows if row.cells.get("price") is None
        } - {None}
        products = self._products_to_price({sku for sku, _quantity, _currency in sales})
        currencies = {currency.name: currency for currency in self.env["res.currency"].search([])}
        groups = defaultdict(list)
        for sku, quantity, code in sales:
            if sku in products and code in currencies:
                groups[quantity, code].append(sku)
        prices = {}
        for (quantity, code), skus in groups.items():
            wanted = self.env["product.product"].union(*(products[sku] for sku in skus))
            # sudo: whoever uploads need not read the rules of price lists
            pricelist = self.file_pricelist_id.sudo()
            listed = pricelist._get_products_price(wanted, float(quantity), currency=currencies[code])
            prices |= {
                (sku, quantity, code): f"{Decimal(f'{listed[products[sku].id]:.6f}').normalize():f}" for sku in skus
            }
        return prices

    def _products_to_price(self, skus):
        """Return ``{sku: product}``: what the SKU is linked to on this channel, else the product of that reference."""
        listings = self.env["oms.listing"].search(
            [("channel_id", "=", self.id), ("sku", "in", list(skus)), ("product_id", "!=", False)]
        )
        found = {listing.sku: listing.product_id for listing in listings}
        matches = self._match_references([sku for sku in skus if sku not in found])
        return found | {sku: self.env["product.product"].browse(product) for sku, product in matches.items()}

    def _judge(self, found):
        """Return what would become of each document, as :class:`Judgement`, in their order. Writes nothing."""
        numbers = [document.number for document in found if document.number]
        orders = self.env["sale.order"]._find_external(self, numbers)
        stored = self.env["oms.inbox"]._content_digests(self, numbers)
        judged = []
        for document in found:
            order, flaws = mapper.map_order(document)
            if order is None:
                state = "error"
            elif stored.get(document.number) == documents.content_digest(document):
                state = "unchanged"
            else:
                state = "changed" if document.number in orders else "new"
            judged.append(Judgement(document=document, state=state, order=order, flaws=flaws))
        return judged


class Judgement(dto.Value):
    """What would become of one document: ``new``, ``changed``, ``unchanged`` or ``error``."""

    document: documents.Document
    state: str
    order: dto.OrderData | None
    flaws: tuple[mapper.Flaw, ...]


def _first_text(document, key):
    """Return the text of the first row that has this cell."""
    for row in document.rows:
        cell = documents.cells_of(row).get(key)
        if cell is not None and not isinstance(cell, BadCell):
            return values.read_text(cell)
    return None


def _sale_of(row, document):
    """Return SKU, quantity and currency of a row, ``None`` where it has not all of them."""
    cells = documents.cells_of(row)
    sku, quantity = cells.get("sku"), cells.get("quantity")
    if sku is None or isinstance(sku, BadCell) or quantity is None:
        return None
    try:
        currency = _first_text(document, "currency")
        code = values.read_currency(currency) if currency else document.meaning.currency
        return values.read_text(sku), values.read_number(quantity, document.meaning.decimal), code
    except ValueError:
        return None


def _address_of(partner):
    """Return the address a customer wants his goods sent to."""
    contact = partner.browse(partner.address_get(["delivery"])["delivery"])
    return dto.Address(
        name=contact.name or partner.name,
        company=(contact.commercial_company_name or None) if not contact.is_company else None,
        street=contact.street or None,
        street2=contact.street2 or None,
        city=contact.city or None,
        state=contact.state_id.code or None,
        postal_code=contact.zip or None,
        country=contact.country_id.code or None,
        phone=contact.phone or partner.phone or None,
    )
