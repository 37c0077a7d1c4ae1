"""Say an order of OpenMage in the words of Magento 2, so that one reading of lines and money serves both. Pure.

The two are of one family: amounts, states and most names are the same. What differs is put right here:

- Items do not name their parent. They stand in the order they were bought in, parents first (Mage/Sales/Model/Convert/
  Quote.php), a variant has its parent's SKU and no price, and the part of a bundle carries
  "bundle_selection_attributes" in its options (Mage/Bundle/Model/Product/Type.php).
- The tax inside a discount, which Magento 2 calls compensation, is "hidden tax", and stands on the order only.
- An item's price with tax is not told.

Sources: github.com/OpenMage/magento-lts, commit 000d3d41eea6, seen 2026-11-26.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from . import wire_order
from .amounts import NIL, read_amount, share, smallest_step
from .bundles import BUNDLE, CONFIGURABLE, Line, read_lines
from .soap_wire import Item, OrderDocument
from .wire import text

_PART_MARK = '"bundle_selection_attributes"'
# "shipment_type" of a bundle: 0 its parts leave together, 1 each for itself (Mage_Catalog_Model_Product_Type_Abstract).
_SEPARATELY = re.compile(r'"shipment_type";(?:i:1;|s:1:"1";)')
_VARIANTS = frozenset({"simple", "virtual", "downloadable"})
# Prices are rounded to cents, so the one with tax that is worked out may be a cent off the one in the catalogue.
_CLOSE = Decimal("0.02")


class Goods(NamedTuple):
    """The lines of an order, and the bundles of it whose parts are sent one by one."""

    lines: list[Line]
    items: list[wire_order.Item]
    separate: frozenset[str]


def read_goods(document: OrderDocument, currency: str) -> Goods:
    """Return the lines of an order.

    :raise Malformed: an item without id or quantity, or an amount that is none
    """
    items = document.items if isinstance(document.items, list) else []
    hidden = _hidden_taxes(document, items, currency)
    parents = _parents(items)
    said = [
        _said(item, f"$.items[{place}]", parent, inside)
        for place, (item, parent, inside) in enumerate(zip(items, parents, hidden, strict=True))
    ]
    separate = {item.item_id for item in items if item.item_id and _SEPARATELY.search(item.product_options or "")}
    return Goods(lines=read_lines(said, currency), items=said, separate=frozenset(separate))


def _parents(items: Sequence[Item]) -> list[str | None]:
    """Return for each item the id of the one it belongs to."""
    found: list[str | None] = []
    last: Item | None = None
    has_variant = False
    for item in items:
        if text(item.parent_item_id):  # no part of the WSDL, but some shops add it
            found.append(item.parent_item_id)
        elif last is not None and _belongs_to(item, last, has_variant=has_variant):
            found.append(last.item_id)
            has_variant = True
        else:
            found.append(None)
            last, has_variant = item, False
    return found


def _belongs_to(item: Item, last: Item, *, has_variant: bool) -> bool:
    if last.product_type == BUNDLE:
        return _PART_MARK in (item.product_options or "")
    if last.product_type != CONFIGURABLE or has_variant or item.product_type not in _VARIANTS:
        return False
    return text(item.sku) == text(last.sku) and not (read_amount(item.row_total, "$") or NIL)


def _hidden_taxes(document: OrderDocument, items: Sequence[Item], currency: str) -> list[Decimal]:
    """Return the part of each item's discount that is tax; together they are the hidden tax of the order."""
    total = read_amount(document.list_row.hidden_tax_amount, "$.list_row.hidden_tax_amount") or NIL
    weights = []
    for place, item in enumerate(items):
        discount = abs(read_amount(item.discount_amount, f"$.items[{place}].discount_amount") or NIL)
        rate = max(read_amount(item.tax_percent, f"$.items[{place}].tax_percent") or NIL, NIL)
        weights.append(discount * rate / (100 + rate))
    if not total or not any(weights):
        return [NIL] * len(items)
    return share(total, weights, smallest_step(currency))


def _said(item: Item, path: str, parent: str | None, hidden: Decimal) -> wire_order.Item:
    gift = text(item.gift_message)
    extension = wire_order.ItemExtension(gift_message=wire_order.GiftMessage(message=gift)) if gift else None
    return wire_order.Item(
        item_id=item.item_id,
        parent_item_id=parent,
        product_id=item.product_id,
        product_type=item.product_type,
        sku=item.sku,
        name=item.name,
        is_virtual=item.is_virtual,
        qty_ordered=item.qty_ordered,
        qty_shipped=item.qty_shipped,
        qty_refunded=item.qty_refunded,
        qty_canceled=item.qty_canceled,
        price=item.price,
        price_incl_tax=_price_with_tax(item, path),
        original_price=item.original_price,
        row_total=item.row_total,
        discount_amount=item.discount_amount,
        discount_tax_compensation_amount=hidden,
        tax_amount=item.tax_amount,
        weee_tax_applied_row_amount=item.weee_tax_applied_row_amount,
        extension_attributes=extension,
    )


def _price_with_tax(item: Item, path: str) -> Decimal | None:
    """Return the price with tax: the one of the catalogue where it is that, else worked out."""
    price, listed, rate = (
        read_amount(getattr(item, name), f"{path}.{name}") for name in ("price", "original_price", "tax_percent")
    )
    if price is None or not rate or rate < 0:
        return price
    gross = (price * (100 + rate) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return listed if listed is not None and listed != price and abs(listed - gross) <= _CLOSE else gross


def money_tree(document: OrderDocument, tree: dict[str, Any]) -> dict[str, Any]:
    """Return the order's own sums under the names ``proceeds`` knows.

    :param tree: the decoded document; what extensions add to it may explain a total
    """
    row = document.list_row
    own = {name: value for name, value in tree.items() if name != "list_row" and isinstance(value, str)}
    return {
        **own,
        "shipping_tax_amount": row.shipping_tax_amount,
        "shipping_incl_tax": row.shipping_incl_tax,
        "shipping_discount_amount": row.shipping_discount_amount,
        "shipping_discount_tax_compensation_amount": row.shipping_hidden_tax_amount,
        "extension_attributes": {
            "gift_cards_amount": row.gift_cards_amount,
            "customer_balance_amount": row.customer_balance_amount,
            "reward_currency_amount": row.reward_currency_amount,
        },
    }
