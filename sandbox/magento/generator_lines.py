"""The lines of generated orders: simple ones, configurables with their variant, bundles with their parts."""

from dataclasses import dataclass, field
from decimal import Decimal

from .money import ZERO, number, rounded
from .pricing import LineMoney, line_values, price_line

# Counters of a line that has only been ordered.
_UNTOUCHED = (
    "amount_refunded", "base_amount_refunded", "base_discount_invoiced", "base_row_invoiced", "base_tax_invoiced",
    "discount_invoiced", "free_shipping", "is_qty_decimal", "no_discount", "qty_canceled", "qty_invoiced",
    "qty_refunded", "qty_shipped", "row_invoiced", "tax_invoiced",
)  # fmt: skip
_NOTHING = LineMoney()


@dataclass
class Buying:
    """An order while its lines are put together; `money` has (own, base) of each line that counts."""

    kind: str
    store: object
    terms: object
    items: list
    money: list = field(default_factory=list)


def build_lines(rng, buying, product, pool):
    """Add what a buyer puts into the basket for one product."""
    quantity = rng.choices((1, 2, 3, 6), weights=(60, 25, 10, 5))[0]
    if buying.kind == "configurable":
        _add_configurable(buying, product, quantity)
    elif buying.kind in ("bundle_fixed", "bundle_dynamic"):
        parts = [product, *rng.sample([other for other in pool if other is not product], 2)]
        _add_bundle(buying, parts, quantity)
    else:
        money = _price(buying, [product], quantity)
        buying.money.append(money)
        kind = "virtual" if buying.kind == "virtual" else "simple"
        _add(buying, product, quantity, {"money": money, "product_type": kind})


def _add_configurable(buying, product, quantity):
    money = _price(buying, [product], quantity)
    buying.money.append(money)
    name = product.name.partition(",")[0]
    parent = _add(buying, product, quantity, {"money": money, "product_type": "configurable", "name": name})
    parent["product_id"] += 10000
    # The variant repeats what was bought, at no price: issue 22562 of magento2 has shops where it repeats the price.
    child = _add(buying, product, quantity, {"money": (_NOTHING, _NOTHING), "product_type": "simple"})
    child["parent_item_id"] = parent["item_id"]


def _add_bundle(buying, parts, quantity):
    is_fixed = buying.kind == "bundle_fixed"
    taken = [(part, 2 if place else 1) for place, part in enumerate(parts)]
    priced = [_price(buying, [part], quantity * each) for part, each in taken]
    if is_fixed:
        whole = _price(buying, [part for part, each in taken for _one in range(each)], quantity)
        buying.money.append(whole)
    else:
        buying.money.extend(priced)
        # A bundle with dynamic prices shows the sum of its parts once more; only the parts count.
        rows = [sum((money[side] for money in priced), _NOTHING) for side in (0, 1)]
        whole = tuple(_per_piece(row, quantity, buying, side) for side, row in enumerate(rows))
    sku = "KIT-" + ("SET" if is_fixed else "-".join(part.sku for part in parts))
    changes = {"money": whole, "product_type": "bundle", "name": "Starter kit", "sku": sku}
    parent = _add(buying, parts[0], quantity, changes)
    parent["product_id"] = 20000 + parts[0].number
    for (part, each), money in zip(taken, priced, strict=True):
        shown = (_NOTHING, _NOTHING) if is_fixed else money
        line = _add(buying, part, quantity * each, {"money": shown, "product_type": "simple"})
        line["parent_item_id"] = parent["item_id"]


def _per_piece(row, quantity, buying, side):
    """Return a bundle's shown money: the row of its parts, prices for one bundle, no tax or discount of its own."""
    currency = buying.store.base_currency if side else buying.store.currency
    return LineMoney(
        price=rounded(row.row / quantity, currency),
        price_incl_tax=rounded(row.row_incl_tax / quantity, currency),
        row=row.row,
        row_incl_tax=row.row_incl_tax,
    )


def _price(buying, products, quantity):
    """Return the money of pieces made of these products: in the order's currency and in the base one."""
    store = buying.store
    base_unit = sum((product.price(store.base_currency) for product in products), ZERO)
    unit = rounded(base_unit * Decimal(store.rate), store.currency)
    return (
        price_line(unit, quantity, buying.terms, store.currency),
        price_line(base_unit, quantity, buying.terms, store.base_currency),
    )


def _add(buying, product, quantity, changes):
    own, base = changes.pop("money")
    weight = Decimal(product.weight_grams) / 1000
    has_price = own is not _NOTHING
    item = {
        "item_id": len(buying.items) + 1,
        "sku": product.sku,
        "name": product.name,
        "product_id": product.number,
        "qty_ordered": quantity,
        "is_virtual": int(changes["product_type"] == "virtual"),
        "weight": number(weight),
        "row_weight": number(weight * quantity) if has_price else 0,
        "tax_percent": number(buying.terms.tax_percent) if has_price else 0,
        "discount_percent": number(buying.terms.discount_percent) if has_price else 0,
        **dict.fromkeys(_UNTOUCHED, 0),
        **{name: number(amount) for name, amount in line_values(own, base, buying.terms).items()},
        **changes,
    }
    buying.items.append(item)
    return item
