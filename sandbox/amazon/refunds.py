"""Refunds: by the feed POST_PAYMENT_ADJUSTMENT_DATA, or by the seller elsewhere.

Format: see `envelope.py`. That the sum must be a credit to the buyer, and that orders are refunded once they are
shipped, is from Amazon's help page "Order Adjustment feed"; seen 2026-11-26 in copies of it. The Orders API shows no
refunds, so they are kept beside the order: in `/__state`, in the ledger and in the reports of returns.
"""

from decimal import Decimal

from .cancellations import find_item, find_record
from .envelope import BadMessage, amount_text, count_at, ensure_known, text_at, work_through
from .pricing import money
from .store import part_of, status_of

REASONS = (
    "NoInventory", "CustomerReturn", "GeneralAdjustment", "CouldNotShip", "DifferentItem", "Abandoned",
    "CustomerCancel", "PriceError", "ProductOutofStock", "CustomerAddressIncorrect", "Exchange", "Other",
    "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "TransactionRecord",
    "Undeliverable", "RefusedDelivery",
)  # fmt: skip
# Each component, and the part of an item's proceeds it may not exceed; None has no limit of its own.
COMPONENTS = {
    "Principal": ("ITEM", None), "Shipping": ("SHIPPING", None), "Tax": ("TAX", "ITEM"),
    "ShippingTax": ("TAX", "SHIPPING"), "GiftWrap": ("GIFT_WRAP", None), "GiftWrapTax": ("TAX", "GIFT_WRAP"),
    "COD": ("COD_FEE", None), "CODTax": ("TAX", "COD_FEE"), "RestockingFee": None, "RestockingFeeTax": None,
    "Surcharge": None, "ReturnShipping": None, "Goodwill": None, "ExportCharge": None, "Other": None,
    "FreeReplacementReturnShipping": None,
}  # fmt: skip
# What the seller gives on top of what was paid.
_GIFTS = ("Goodwill", "ReturnShipping")
_ORDER_FIELDS = ("AmazonOrderID", "MerchantOrderID", "ActionType", "CODCollectionMethod", "AdjustedItem")
_ITEM_FIELDS = (
    "AmazonOrderItemCode", "MerchantOrderItemID", "MerchantAdjustmentItemID", "AdjustmentReason",
    "ItemPriceAdjustments", "PromotionAdjustments", "DirectPaymentAdjustments", "QuantityCancelled", "Quantity",
)  # fmt: skip
_REFUNDABLE = ("SHIPPED", "PARTIALLY_SHIPPED")


def refund_by_feed(world, seller, feed, body):
    """Apply a feed's document; return its final status and the processing report as bytes."""

    def apply(number, element):
        ensure_known(element, _ORDER_FIELDS)
        order = find_record(seller, element).order
        if text_at(element, "ActionType") not in (None, "Refund"):
            raise BadMessage("5001", "ActionType must be Refund; orders are cancelled by another feed.")
        ensure_refundable(order)
        source = {"by": "FEED", "feedId": feed["id"], "messageId": int(number)}
        refunds = [_read_refund(seller, order, part) for part in element.findall("AdjustedItem")]
        ids = [refund["orderItemId"] for refund in refunds]
        if not ids or len(set(ids)) < len(ids):
            raise BadMessage("5001", "Each item to be refunded needs one AdjustedItem.")
        for refund in refunds:
            record_refund(world, seller, order["orderId"], {**refund, **source})

    return work_through(feed, body, "OrderAdjustment", apply)


def ensure_refundable(order):
    """Raise BadMessage unless the seller can refund the order."""
    if part_of(order, "fulfillment").get("fulfilledBy") == "AMAZON":
        raise BadMessage("18029", "The order is fulfilled by Amazon, which refunds it itself.")
    if status_of(order) not in _REFUNDABLE:
        raise BadMessage("18031", f"The order cannot be refunded while it is {status_of(order)}.")


def record_refund(world, seller, order_id, refund):
    """Keep a refund of one item and write it into the ledger."""
    refund = {**refund, "at": world.clock.now_text()}
    seller.put_refund(order_id, refund)
    world.ledger.append("refund_recorded", order_id, {"seller": seller.seller_id, **refund})


def refunded(seller, order_id, item_id):
    """Return what was refunded of an item so far, without what was given on top."""
    refunds = [refund for refund in seller.refunds.get(order_id, []) if refund["orderItemId"] == item_id]
    return sum((Decimal(refund["counted"]) for refund in refunds), Decimal(0))


def paid(item):
    """Return what the buyer has paid for an item, as amount and currency."""
    total = part_of(part_of(item, "proceeds"), "proceedsTotal")
    return Decimal(total.get("amount", "0")), total.get("currencyCode")


def _read_refund(seller, order, element):
    ensure_known(element, _ITEM_FIELDS)
    item = find_item(order, element)
    item_id = item["orderItemId"]
    reason = text_at(element, "AdjustmentReason")
    if reason not in REASONS:
        raise BadMessage("5001", f"AdjustmentReason must be one of {', '.join(REASONS)}.", item_id)
    quantity = count_at(element, "QuantityCancelled")
    if quantity is not None and quantity > item["quantityOrdered"]:
        raise BadMessage("18021", f"QuantityCancelled is above the {item['quantityOrdered']} ordered.", item_id)
    amounts = _read_amounts(item, element)
    promotions = _promotions(item, element)
    total = sum(amounts.values(), Decimal(0)) - promotions
    counted = total - sum((amounts.get(name, Decimal(0)) for name in _GIFTS), Decimal(0))
    value, currency = paid(item)
    if total <= 0:
        raise BadMessage("18032", "The sum of the adjustments must be a credit to the buyer.", item_id)
    left = value - refunded(seller, order["orderId"], item_id)
    if counted > left:
        raise BadMessage("18033", f"The refund of {counted} is above the {left} that is left to refund.", item_id)
    return {
        "orderItemId": item_id,
        "reason": reason,
        "components": {name: money(amount, currency)["amount"] for name, amount in amounts.items()},
        "amount": money(total, currency),
        "counted": str(counted),
        "quantityCancelled": quantity,
        "merchantAdjustmentItemId": text_at(element, "MerchantAdjustmentItemID"),
    }


def _read_amounts(item, element):
    amounts = {}
    for component in element.findall("ItemPriceAdjustments/Component"):
        name = text_at(component, "Type")
        if name not in COMPONENTS or name in amounts:
            raise BadMessage("5001", f"Type must be each of {', '.join(COMPONENTS)} at most once.", item["orderItemId"])
        amounts[name] = _read_amount(item, component)
        part = COMPONENTS[name]
        if part is not None and amounts[name] > _part_paid(item, *part):
            text = f"{name} of {amounts[name]} is above the {_part_paid(item, *part)} paid."
            raise BadMessage("18033", text, item["orderItemId"])
    if not amounts:
        raise BadMessage("5001", "ItemPriceAdjustments needs at least one Component.", item["orderItemId"])
    return amounts


def _promotions(item, element):
    """Return by how much promotions lower the refund, as a positive figure."""
    components = element.findall("PromotionAdjustments/Component")
    return sum((abs(_read_amount(item, component)) for component in components), Decimal(0))


def _read_amount(item, component):
    element = component.find("Amount")
    if element is None:
        raise BadMessage("5001", "A component has no Amount.", item["orderItemId"])
    _value, currency = paid(item)
    if element.get("currency") != currency:
        raise BadMessage("18034", f"The currency of the order is {currency}.", item["orderItemId"])
    return Decimal(amount_text(element))


def _part_paid(item, kind, subtype):
    """Return what was paid for one part of an item: of a type, or of a finer part of it."""
    for part in part_of(item, "proceeds").get("breakdowns", []):
        if part["type"] == kind and subtype is None:
            return Decimal(part["subtotal"]["amount"])
        if part["type"] == kind:
            finer = {entry["subtype"]: entry["value"]["amount"] for entry in part.get("detailedBreakdowns", [])}
            return Decimal(finer.get(subtype, "0"))
    return Decimal(0)
