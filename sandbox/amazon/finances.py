"""listTransactions of the Finances API 2024-06-19: what shipments brought and refunds took.

Model: finances_2024-06-19.json. It names neither the types of breakdowns nor what happens to a deferred transaction.
The types are those that sellers' programs show of real answers (a recorded answer is in the tests of Airbyte's Amazon
source, github.com/airbytehq/airbyte; counts of the types in thousands of answers are in other public repositories):
parts of the price under ProductCharges, Shipping, Giftwrap, Tax and PromoRebates, fees under AmazonFees, refunds with
the signs of a sale turned round. A deferred transaction is listed again when it is released, with a new id, and each
names the other. How many transactions a page has is from Amazon's use case guide of the API: 500. Seen 2026-11-26.
"""

import base64
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ..clock import from_text
from .errors import invalid
from .marketplaces import BY_ID
from .parameters import Parameter, read_query
from .pricing import DECIMALS
from .store import item_of, part_of

_RELATED = ("ORDER_ID", "FINANCIAL_EVENT_GROUP_ID")
_QUERY = {
    "postedAfter": Parameter("time"),
    "postedBefore": Parameter("time"),
    "marketplaceId": Parameter("text"),
    "transactionStatus": Parameter("text", choices=("DEFERRED", "RELEASED", "DEFERRED_RELEASED")),
    "relatedIdentifierName": Parameter("text", choices=_RELATED),
    "relatedIdentifierValue": Parameter("text"),
    "nextToken": Parameter("text"),
}
_LONGEST = timedelta(days=180)
# Each part of a price: the group it is shown under, and its own name.
_PARTS = {
    "Principal": ("ProductCharges", "OurPricePrincipal"),
    "Tax": ("Tax", "OurPriceTax"),
    "Shipping": ("Shipping", "ShippingPrincipal"),
    "ShippingTax": ("Tax", "ShippingTax"),
    "GiftWrap": ("Giftwrap", "GiftwrapPrincipal"),
    "GiftWrapTax": ("Tax", "GiftwrapTax"),
    "COD": ("COD", "CODPrincipal"),
    "CODTax": ("Tax", "CODTax"),
    "Goodwill": ("Goodwill", "GoodwillPrincipal"),
    "RestockingFee": ("RestockingDeduction", "RestockingDeductionPrincipal"),
    "RestockingFeeTax": ("RestockingDeduction", "RestockingDeductionTax"),
    "ReturnShipping": ("ReturnShipping", "ReturnShippingPrincipal"),
}
_OTHER = ("Other", "Other")
_PROMOTION = ("PromoRebates", "OurPriceDiscount")
_TAXES = {"ITEM": "Tax", "SHIPPING": "ShippingTax", "GIFT_WRAP": "GiftWrapTax"}
_PROCEEDS = {"ITEM": "Principal", "SHIPPING": "Shipping", "GIFT_WRAP": "GiftWrap"}
# What the marketplace takes of the price, and what it keeps of that when the money goes back.
_COMMISSION, _KEPT = Decimal("0.15"), Decimal("0.2")


def list_transactions(world, seller, call):
    """Answer listTransactions with JSON values; raise ApiError 400 for a breach of the rules."""
    values = read_query(call.query, _QUERY)
    now = world.clock.now()
    since, until = _read_window(values, now - timedelta(seconds=world.settings["search_delay_seconds"]))
    start = _read_token(values)
    listed_before = now - timedelta(seconds=world.settings["finance_seconds"])
    found = [
        transaction
        for transaction in _transactions(world.settings, seller)
        if _is_wanted(transaction, values, since, until) and from_text(transaction["postedDate"]) <= listed_before
    ]
    if since and until - since > _LONGEST:
        found = []
    found.sort(key=lambda transaction: (transaction["postedDate"], transaction["transactionId"]))
    size = world.settings["transactions_per_page"]
    payload = {"transactions": found[start : start + size]}
    if start + size < len(found):
        payload["nextToken"] = _write_token(start + size, values)
    world.ledger.append("transactions_listed", seller.seller_id, {"count": len(payload["transactions"])})
    return {"payload": payload}


def _read_window(values, latest):
    since, until = values.get("postedAfter"), values.get("postedBefore", latest)
    is_by_identifier = "relatedIdentifierName" in values and "relatedIdentifierValue" in values
    if since is None and not is_by_identifier:
        raise invalid("Start date cannot be null")
    if until > latest or (since is not None and since > latest):
        raise invalid("Invalid Input", "Dates must be more than two minutes before the time of the request.")
    if since is not None and until < since:
        raise invalid("Invalid Input", "postedBefore lies before postedAfter.")
    return since, until


def _is_wanted(transaction, values, since, until):
    posted = from_text(transaction["postedDate"])
    related = {row["relatedIdentifierName"]: row["relatedIdentifierValue"] for row in transaction["relatedIdentifiers"]}
    name = values.get("relatedIdentifierName")
    wanted = {"marketplaceId": transaction["marketplaceDetails"].get("marketplaceId")}
    wanted["transactionStatus"] = transaction["transactionStatus"]
    return (
        (since is None or posted >= since)
        and posted < until
        and all(values.get(field, value) == value for field, value in wanted.items())
        and (name is None or related.get(name) == values.get("relatedIdentifierValue"))
    )


# === what is listed ===============================================================================================


def _transactions(settings, seller):
    """Yield all that was posted: a shipment for each parcel, and refunds."""
    for record in seller.records.values():
        for package in record.order.get("packages") or ():
            yield _shipment(seller, record.order, package)
    for order_id, refunds in seller.refunds.items():
        record = seller.records.get(order_id)
        if record is not None:
            for group in _grouped(refunds, is_split=settings["split_refunds"]):
                yield from _refund(settings["refund_status"], seller, record.order, group)


def _grouped(refunds, *, is_split):
    """Return the refunds of an order as they were made: the items of one message, or of one visit, belong together."""
    groups = defaultdict(list)
    for place, refund in enumerate(refunds):
        groups[place if is_split else _source(refund)].append(refund)
    return groups.values()


def _source(refund):
    return tuple(str(refund.get(name)) for name in ("by", "feedId", "messageId", "batch"))


def _shipment(seller, order, package):
    items = []
    for packed in package.get("packageItems", []):
        item = item_of(order, packed["orderItemId"])
        if item is not None:
            items.append(_item(item, packed["quantity"], _shares(item, packed["quantity"]), sign=1))
    id_ = _make_id(seller, order, "shipment", package["packageReferenceId"])
    related = [("ORDER_ID", order["orderId"]), ("SHIPMENT_ID", str(int(id_[:12], 36)))]
    return _transaction(seller, order, _Head("Shipment", id_, package["createdTime"], "RELEASED", related), items)


def _refund(status, seller, order, group):
    """Yield a refund, and once more when it was deferred and is released."""
    items = []
    for refund in group:
        item = item_of(order, refund["orderItemId"])
        components = {name: Decimal(amount) for name, amount in refund["components"].items()}
        amount = Decimal(refund["amount"]["amount"])
        parts = components or _scaled(_shares(item, item["quantityOrdered"]), amount, refund["amount"]["currencyCode"])
        promotion = sum(parts.values()) - amount
        if promotion:
            parts = {**parts, "Promotion": -promotion}
        items.append(_item(item, item["quantityOrdered"], parts, sign=-1))
    key = [*_source(group[0]), *(refund["orderItemId"] for refund in group)]
    id_, released = _make_id(seller, order, "refund", *key), _make_id(seller, order, "release", *key)
    related = [("ORDER_ID", order["orderId"]), ("REFUND_ID", str(int(id_[:12], 36)))]
    if status == "DEFERRED_RELEASED":
        again = [*related, ("DEFERRED_TRANSACTION_ID", id_)]
        yield _transaction(seller, order, _Head("Refund", released, group[0]["at"], "RELEASED", again), items)
        related = [*related, ("RELEASE_TRANSACTION_ID", released)]
    yield _transaction(seller, order, _Head("Refund", id_, group[0]["at"], status, related), items)


@dataclass(frozen=True)
class _Head:
    kind: str
    id: str
    posted: str
    status: str
    related: list


def _transaction(seller, order, head, items):
    store = part_of(order, "salesChannel").get("marketplaceId")
    account = {"sellingPartnerId": seller.seller_id, "marketplaceId": store, "accountType": "Standard Orders"}
    group = ("FINANCIAL_EVENT_GROUP_ID", _make_id(seller, order, "group", head.posted[:10]))
    names = {"Shipment": "Order Payment", "Refund": "Refund Order"}
    return {
        "sellingPartnerMetadata": account,
        "transactionType": head.kind,
        "transactionId": head.id,
        "transactionStatus": head.status,
        "relatedIdentifiers": [
            {"relatedIdentifierName": name, "relatedIdentifierValue": value} for name, value in (*head.related, group)
        ],
        "totalAmount": _sum_of(items),
        "description": names[head.kind],
        "postedDate": head.posted,
        "marketplaceDetails": {
            "marketplaceId": store,
            "marketplaceName": BY_ID[store].name if store in BY_ID else "Amazon",
        },
        "items": items,
    }


def _item(item, quantity, parts, sign):
    """Return an item with its parts of the price and the fees for it; `sign` -1 turns a sale round."""
    currency = item["proceeds"]["proceedsTotal"]["currencyCode"]
    groups = defaultdict(list)
    for name, amount in parts.items():
        group, leaf = _PROMOTION if name == "Promotion" else _PARTS.get(name, _OTHER)
        groups[group].append((leaf, sign * amount))
    for leaf, amount in _collected(item, parts):
        groups["Tax"].append((leaf, -sign * amount))
    principal = parts.get("Principal", Decimal(0))
    if principal:
        fee = _rounded(principal * _COMMISSION, currency)
        groups["AmazonFees"].append(("Commission", -sign * fee))
        if sign < 0:
            groups["AmazonFees"].append(("RefundCommission", -_rounded(fee * _KEPT, currency)))
    breakdowns = [_breakdown(group, leaves, currency) for group, leaves in groups.items()]
    product = item["product"]
    return {
        "description": product.get("title", ""),
        "totalAmount": _money(sum((amount for leaves in groups.values() for _leaf, amount in leaves)), currency),
        "relatedIdentifiers": [
            {
                "itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID",
                # Not the item's id in the Orders API; real answers show another number.
                "itemRelatedIdentifierValue": str(
                    int(hashlib.sha256(item["orderItemId"].encode()).hexdigest()[:12], 16)
                ),
            }
        ],
        "breakdowns": breakdowns,
        "contexts": [
            {
                "contextType": "ProductContext",
                "asin": product.get("asin", ""),
                "sku": product.get("sellerSku", ""),
                "quantityShipped": quantity,
                "fulfillmentNetwork": "MFN",
            }
        ],
    }


def _collected(item, parts):
    """Yield the tax that the marketplace keeps and pays itself."""
    collections = part_of(item, "tax").get("taxCollections") or ()
    if any(row.get("model") == "MARKETPLACE_FACILITATOR" for row in collections):
        for name, place in (("Tax", "Principal"), ("ShippingTax", "Shipping"), ("GiftWrapTax", "Other")):
            if parts.get(name):
                yield f"MarketplaceFacilitatorTax-{place}", parts[name]


def _breakdown(group, leaves, currency):
    return {
        "breakdownType": group,
        "breakdownAmount": _money(sum(amount for _leaf, amount in leaves), currency),
        "breakdowns": [
            {"breakdownType": leaf, "breakdownAmount": _money(amount, currency), "breakdowns": []}
            for leaf, amount in leaves
        ],
    }


def _shares(item, quantity):
    """Return what some units of an item cost the buyer, by part."""
    currency = item["proceeds"]["proceedsTotal"]["currencyCode"]
    whole = {}
    for part in item["proceeds"].get("breakdowns", []):
        finer = {row["subtype"]: Decimal(row["value"]["amount"]) for row in part.get("detailedBreakdowns", [])}
        if part["type"] in _PROCEEDS:
            whole[_PROCEEDS[part["type"]]] = Decimal(part["subtotal"]["amount"])
        elif part["type"] == "TAX":
            whole |= {_TAXES[name]: amount for name, amount in finer.items() if name in _TAXES}
        elif part["type"] == "DISCOUNT":
            whole["Promotion"] = -abs(Decimal(part["subtotal"]["amount"]))
    share = Decimal(quantity) / item["quantityOrdered"]
    return {name: _rounded(amount * share, currency) for name, amount in whole.items()}


def _scaled(parts, amount, currency):
    """Return parts that are together worth `amount`, in proportion."""
    whole = sum(parts.values())
    if not whole:
        return {"Principal": amount}
    scaled = {name: _rounded(part * amount / whole, currency) for name, part in parts.items()}
    scaled["Principal"] = scaled.get("Principal", Decimal(0)) + amount - sum(scaled.values())
    return scaled


def _rounded(amount, currency):
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)))


def _sum_of(items):
    currency = items[0]["totalAmount"]["currencyCode"] if items else "USD"
    return _money(sum(Decimal(str(item["totalAmount"]["currencyAmount"])) for item in items), currency)


def _money(amount, currency):
    return {"currencyCode": currency, "currencyAmount": float(amount)}


def _make_id(seller, order, *words):
    text = " ".join((seller.seller_id, order["orderId"], *words))
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=").lower()


def _write_token(start, values):
    return base64.urlsafe_b64encode(json.dumps([start, _asked(values)]).encode()).decode()


def _read_token(values):
    if "nextToken" not in values:
        return 0
    try:
        start, asked = json.loads(base64.urlsafe_b64decode(values["nextToken"]))
    except ValueError:
        start, asked = None, None
    if not isinstance(start, int) or asked != _asked(values):
        raise invalid("Invalid Input", "nextToken is not one of ours, or other parameters have changed.")
    return start


def _asked(values):
    rest = sorted((name, str(value)) for name, value in values.items() if name != "nextToken")
    return hashlib.sha256(repr(rest).encode()).hexdigest()[:16]
