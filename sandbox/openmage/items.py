"""The lines of a generated order: single products, configurables with the chosen variant, bundles with their parts."""

from decimal import Decimal

from ..catalogue import FIRST_MARKETPLACE_FULFILLED, PRODUCTS
from . import seeds
from .amounts import PREFIXES, ZERO, number_in, rounded, to_text
from .php import serialize
from .pricing import Terms, price_line

_SOLD = PRODUCTS[: FIRST_MARKETPLACE_FULFILLED - 1]
AMOUNTS = tuple(price_line(ZERO, 1, Terms(ZERO, False)))
_COUNTERS = ("qty_canceled", "qty_invoiced", "qty_refunded", "qty_shipped")
_TAKEN = ("row_invoiced", "tax_invoiced", "discount_invoiced", "amount_refunded")
# Who has the price and what is shipped, in the options of a line: Mage_Catalog_Model_Product_Type_Abstract.
_PARENT_PRICES, _CHILDREN_PRICE = 1, 0
_TOGETHER = 0


def choose(rng, kind, span, currency):
    """Return what is bought: (sort, products with their count, quantity, price) for each line."""
    low, high = span
    count = rng.randint(low, high)
    bought = [
        ("simple", ((product, 1),), _quantity(rng), product.price(currency)) for product in rng.sample(_SOLD, count)
    ]
    if kind == "configurable":
        product = bought[0][1][0][0]
        bought[0] = ("configurable", ((product, 1),), _quantity(rng), product.price(currency))
    elif kind == "bundle":
        number = rng.choice(seeds.BUNDLES)
        parts = seeds.parts_of(number)
        price = sum(product.price(currency) * each for product, each in parts)
        sort = rng.choice(("bundle", "fixed_bundle"))
        if sort == "fixed_bundle":
            price = rounded(price * Decimal("0.9"))
        taken = {product for product, _each in parts}
        rest = [entry for entry in bought[1:] if entry[1][0][0] not in taken]
        bought = [(f"{sort} {number}", tuple(parts), rng.choice((1, 1, 2)), price), *rest]
    elif kind == "rounding":
        bought[0] = (*bought[0][:2], 3, bought[0][3])
    return bought


def _quantity(rng):
    return rng.choices((1, 2, 3, 6), weights=(70, 18, 8, 4))[0]


def build_items(shop, order, bought, money):
    """Return the items of an order, parents before their children; `money` is terms and rate."""
    built = []
    for sort, parts, quantity, price in bought:
        name, _space, number = sort.partition(" ")
        product = parts[0][0]
        if name == "simple":
            built.append(_item(shop, order, _of_product(product), (quantity, price), money))
        elif name == "configurable":
            built += _configurable(shop, order, product, (quantity, price), money)
        else:
            built += _bundle(shop, order, (int(number), parts, name == "bundle"), (quantity, price), money)
    return built


def counted_items(order):
    """Return the items whose amounts make up the order: a parent or its children, never both."""
    parents = {item["item_id"]: item for item in order["items"]}
    return [
        item
        for item in order["items"]
        if (
            parents[item["parent_item_id"]]["is_priced_by_children"]
            if item["parent_item_id"]
            else not item["is_priced_by_children"]
        )
    ]


def _of_product(product):
    return {
        "product_id": str(product.number),
        "product_type": "simple",
        "sku": product.sku,
        "name": product.name,
        "weight": to_text(Decimal(product.weight_grams) / 1000),
    }


def _item(shop, order, what, deal, money):
    """Return one item; `deal` is quantity and catalogue price in the shop's currency."""
    quantity, price = deal
    terms, rate = money
    item = {
        "item_id": str(shop.next_number("order item")),
        "parent_item_id": None,
        "is_priced_by_children": False,
        "is_shipped_apart": False,
        "order_id": order["order_id"],
        "quote_item_id": str(shop.next_number("quote item")),
        "created_at": order["created_at"],
        "updated_at": order["created_at"],
        "is_virtual": "0",
        "free_shipping": "0",
        "is_qty_decimal": "0",
        "no_discount": "0",
        "applied_rule_ids": order["applied_rule_ids"],
        "gift_message_id": None,
        **what,
        "qty_ordered": to_text(quantity),
        **{name: to_text(0) for name in _COUNTERS},
        "tax_percent": to_text(terms.tax_percent),
        "discount_percent": to_text(terms.discount_percent),
        "weee_tax_applied": serialize({}),
    }
    item["row_weight"] = to_text(number_in(item, "weight") * quantity)
    item.setdefault("product_options", serialize({"info_buyRequest": {"qty": quantity}}))
    for prefix in PREFIXES:
        amounts = price_line(price if prefix else rounded(price * rate), quantity, terms)
        item |= {prefix + name: to_text(amount) for name, amount in amounts.items()}
        item |= {prefix + name: to_text(0) for name in _TAKEN}
    return item


def _without_money(item):
    """Return an item that costs nothing by itself, because its parent has the price."""
    for prefix in PREFIXES:
        item |= {prefix + name: to_text(0) for name in AMOUNTS}
        item[f"{prefix}original_price"] = to_text(0)
    return item | {"tax_percent": to_text(0), "discount_percent": to_text(0)}


def _configurable(shop, order, variant, deal, money):
    """Return the configurable and the variant below it; both have the variant's SKU."""
    family = (variant.number - 1) % seeds.FAMILIES + 1
    parent_id = str(seeds.FIRST_CONFIGURABLE_ID + family)
    request = {"product": parent_id, "super_attribute": {92: variant.number}, "qty": deal[0]}
    options = {
        "info_buyRequest": request,
        "simple_name": variant.name,
        "simple_sku": variant.sku,
        "product_calculations": _PARENT_PRICES,
        "shipment_type": _TOGETHER,
    }
    what = _of_product(variant) | {
        "product_id": parent_id,
        "product_type": "configurable",
        "name": variant.name.rpartition(",")[0],
        "product_options": serialize(options),
    }
    parent = _item(shop, order, what, deal, money)
    child_options = serialize({"info_buyRequest": request})
    child = _item(shop, order, _of_product(variant) | {"product_options": child_options}, deal, money)
    return [parent, _without_money(child) | {"parent_item_id": parent["item_id"], "row_weight": to_text(0)}]


def _bundle(shop, order, bundle, deal, money):
    """Return a bundle and its parts; a dynamic one shows the sum of its parts' prices, which counts only once."""
    number, parts, is_dynamic = bundle
    quantity, price = deal
    skus = [product.sku for product, _each in parts]
    what = {
        "product_id": str(seeds.FIRST_BUNDLE_ID + number),
        "product_type": "bundle",
        # A dynamic SKU is made of the bundle's own and its parts'.
        "sku": "-".join([seeds.bundle_sku(number), *skus]) if is_dynamic else seeds.bundle_sku(number),
        "name": seeds.bundle_name(number),
        "weight": to_text(sum(Decimal(product.weight_grams) / 1000 * each for product, each in parts)),
        "product_options": serialize(
            {
                "info_buyRequest": {"product": str(seeds.FIRST_BUNDLE_ID + number), "qty": quantity},
                "product_calculations": _CHILDREN_PRICE if is_dynamic else _PARENT_PRICES,
                "shipment_type": _TOGETHER,
            }
        ),
    }
    parent = _item(shop, order, what, deal, money) | {"is_priced_by_children": is_dynamic}
    built = [parent]
    for place, (product, each) in enumerate(parts, 1):
        attributes = {"price": 0, "qty": each, "option_label": product.name, "option_id": str(place)}
        options = {"info_buyRequest": {"qty": quantity}, "bundle_selection_attributes": serialize(attributes)}
        what = _of_product(product) | {"product_options": serialize(options)}
        price = product.price(order["base_currency_code"])
        child = _item(shop, order, what, (quantity * each, price), money)
        if not is_dynamic:
            child = _without_money(child)
        built.append(child | {"parent_item_id": parent["item_id"]})
    if is_dynamic:
        _add_up(parent, built[1:])
    return built


def _add_up(parent, children):
    """Let a dynamic bundle show the sums of its parts; taxes and discounts stay with them."""
    for prefix in PREFIXES:
        for name in ("row_total", "row_total_incl_tax"):
            parent[prefix + name] = to_text(sum(number_in(child, prefix + name) for child in children))
        for name in ("tax_amount", "discount_amount", "hidden_tax_amount"):
            parent[prefix + name] = to_text(0)
        parent[f"{prefix}price"] = to_text(
            sum(
                number_in(child, f"{prefix}price") * number_in(child, "qty_ordered") / number_in(parent, "qty_ordered")
                for child in children
            )
        )
