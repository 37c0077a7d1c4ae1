"""From Amazon's documents to the values of the channel contract, and back. Pure: the same bytes give the same value."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import const, wire_order
from .proceeds import ItemMoney, is_tax_by_channel, parse_item_money, parse_money, parse_order_money, tax_scheme
from .wire import decode

MAX_QUANTITY = 1_000_000
MAX_ID = 64


def parse_order(body: bytes) -> dto.OrderData:
    """Read one order document of Orders 2026-01-01.

    :param body: the bytes of one element of ``orders``, or of ``order``
    :raise Malformed: with the JSON path of the first thing wrong and a plain reason
    """
    order = decode(body, wire_order.Order)
    _ensure_id(order.order_id, "$.orderId")
    status: dto.OrderStatus = const.STATUSES[order.fulfillment.fulfillment_status]
    store = const.MARKETPLACE_BY_ID.get(order.sales_channel.marketplace_id or "")
    is_tax_in_price = store.is_tax_in_price if store else True
    _ensure_items(order, status)
    places = [f"$.orderItems[{number}]" for number in range(len(order.order_items))]
    monies = [
        parse_item_money(item, path, is_tax_in_price=is_tax_in_price)
        for item, path in zip(order.order_items, places, strict=True)
    ]
    money = parse_order_money(order, monies, is_tax_in_price=is_tax_in_price)
    recipient = order.recipient or wire_order.Recipient()
    fulfillment = order.fulfillment
    return dto.OrderData(
        external_id=order.order_id,
        external_number=order.order_id,
        status=status,
        placed_at=utc(order.created_time, "$.createdTime"),
        updated_at=utc(order.last_updated_time, "$.lastUpdatedTime"),
        currency=money.currency,
        total=money.total,
        is_tax_included=money.is_tax_included,
        charges=money.charges,
        lines=tuple(map(_parse_line, order.order_items, monies)),
        buyer=_parse_buyer(order),
        ship_to=_parse_address(recipient.delivery_address),
        bill_to=_parse_address(_buyer_registration(order).tax_registration_address),
        payments=_parse_payments(order),
        packages=tuple(parse_packages(order.packages)),
        fulfilled_by=const.FULFILLERS[fulfillment.fulfilled_by],
        marketplace=text(order.sales_channel.marketplace_id),
        service_level=text(fulfillment.fulfillment_service_level),
        ship_by_at=_latest(fulfillment.ship_by_window, "$.fulfillment.shipByWindow"),
        deliver_by_at=_latest(fulfillment.deliver_by_window, "$.fulfillment.deliverByWindow"),
        labels=_labels(order),
        note=_note(order),
        delivery_note=_delivery_note(recipient.delivery_preference),
    )


def parse_cancelled(body: bytes) -> frozenset[str]:
    """Return the ids of the items of an order that were cancelled, whoever did it.

    :raise Malformed: the document cannot be read
    """
    order = decode(body, wire_order.Order)
    return frozenset(
        item.order_item_id
        for item in order.order_items
        if _cancellation(item).cancellation_execution or item.quantity_ordered == 0
    )


def parse_packages(packages: Iterable[wire_order.Package] | None) -> Iterable[dto.Package]:
    """Yield the parcels Amazon knows of an order."""
    for number, package in enumerate(packages or ()):
        path = f"$.packages[{number}]"
        yield dto.Package(
            reference=package.package_reference_id,
            carrier=text(package.carrier),
            tracking=text(package.tracking_number),
            shipped_at=utc(package.ship_time, f"{path}.shipTime"),
            items=tuple((item.order_item_id, Decimal(item.quantity)) for item in package.package_items or ()),
        )


def text(value: str | None) -> str | None:
    """Return a text without the space around it; what is empty is unknown."""
    return (value or "").strip() or None


# --- lines --------------------------------------------------------------------------------------------------------


def _ensure_items(order: wire_order.Order, status: dto.OrderStatus) -> None:
    """Raise Malformed for items nobody could pick: none, a quantity that is none, or two of one id."""
    if not order.order_items and status not in ("cancelled", "awaiting_payment"):
        raise Malformed("no_lines", path="$.orderItems", reason="the order has no items")
    seen: set[str] = set()
    for number, item in enumerate(order.order_items):
        path = f"$.orderItems[{number}]"
        _ensure_id(item.order_item_id, f"{path}.orderItemId")
        if item.order_item_id in seen:
            raise Malformed("duplicate_line", path=path, reason=f"item {shown(item.order_item_id)} is listed twice")
        seen.add(item.order_item_id)
        # Amazon counts down the units of what was cancelled, so nothing left is right there and nowhere else.
        lowest = 0 if status == "cancelled" or _cancellation(item).cancellation_execution else 1
        if not lowest <= item.quantity_ordered <= MAX_QUANTITY:
            reason = f"{item.quantity_ordered} is not a quantity that can be ordered"
            raise Malformed("bad_quantity", path=f"{path}.quantityOrdered", reason=reason)
        shipped = (item.fulfillment and item.fulfillment.quantity_fulfilled) or 0
        if not 0 <= shipped <= MAX_QUANTITY:
            reason = f"{shipped} is not a quantity that can be shipped"
            raise Malformed("bad_quantity", path=f"{path}.fulfillment.quantityFulfilled", reason=reason)


def _parse_line(item: wire_order.OrderItem, money: ItemMoney) -> dto.OrderLine:
    cancellation = _cancellation(item)
    fulfillment = item.fulfillment or wire_order.ItemFulfillment()
    gift = (fulfillment.packing and fulfillment.packing.gift_option) or wire_order.GiftOption()
    promotions = (item.promotion and item.promotion.breakdowns) or ()
    ended = cancellation.cancellation_execution or cancellation.cancellation_request
    return dto.OrderLine(
        external_id=item.order_item_id,
        quantity=Decimal(_units(item)),
        sku=text(item.product.seller_sku),
        external_product_id=text(item.product.asin),
        title=text(item.product.title),
        unit_price=money.unit_price,
        amount=money.amount,
        charges=money.charges,
        taxes=money.taxes,
        promotions=tuple(name for promotion in promotions if (name := text(promotion.promotion_id))),
        gift_message=text(gift.gift_message),
        gift_wrap=text(gift.gift_wrap_level),
        quantity_shipped=Decimal(fulfillment.quantity_fulfilled or 0),
        # What was cancelled is no wish any more: it shows in the units.
        is_cancel_requested=ended is not None and cancellation.cancellation_execution is None,
        cancel_reason=text(ended.cancel_reason) if ended else None,
    )


def _units(item: wire_order.OrderItem) -> int:
    """Return the units that were or will be sent.

    Once something of the item was cancelled, what was sent and what remains say so for sure; ``quantityOrdered`` may
    still be what the buyer ordered first.
    """
    left = item.fulfillment and item.fulfillment.quantity_unfulfilled
    if _cancellation(item).cancellation_execution is None or left is None:
        return item.quantity_ordered
    return min(item.quantity_ordered, max(0, left) + (item.fulfillment.quantity_fulfilled or 0))


def _cancellation(item: wire_order.OrderItem) -> wire_order.Cancellation:
    return item.cancellation or wire_order.Cancellation()


# --- people ---------------------------------------------------------------------------------------------------------


def _parse_buyer(order: wire_order.Order) -> dto.Buyer:
    buyer = order.buyer or wire_order.Buyer()
    registration = _buyer_registration(order)
    return dto.Buyer(
        name=text(buyer.buyer_name),
        email=text(buyer.buyer_email),
        company=text(buyer.buyer_company_name) or text(registration.legal_name),
        tax_number=text(registration.tax_registration_number),
        purchase_order=text(buyer.buyer_purchase_order_number),
    )


def _buyer_registration(order: wire_order.Order) -> wire_order.TaxRegistration:
    registrations = (order.tax and order.tax.tax_registrations) or ()
    return next((found for found in registrations if found.entity_type == "BUYER"), wire_order.TaxRegistration())


def _parse_address(address: wire_order.Address | None) -> dto.Address | None:
    if address is None:
        return None
    # In Brazil the neighbourhood is part of the address and has no field of its own.
    neighborhood = address.extended_fields and address.extended_fields.neighborhood
    found = dto.Address(
        name=text(address.name),
        company=text(address.company_name),
        street=text(address.address_line1),
        street2=text(address.address_line2),
        street3=text(address.address_line3) or text(neighborhood),
        city=text(address.city) or text(address.municipality),
        state=text(address.state_or_region) or text(address.district_or_county),
        postal_code=text(address.postal_code),
        country=text(address.country_code),
        phone=text(address.phone),
        is_residential={"RESIDENTIAL": True, "COMMERCIAL": False}.get(address.address_type or ""),
    )
    return None if found == dto.Address() else found


def _parse_payments(order: wire_order.Order) -> tuple[dto.Payment, ...]:
    executions = (order.payment and order.payment.payment_executions) or ()
    return tuple(
        dto.Payment(
            amount=parse_money(execution.payment_amount, f"$.payment.paymentExecutions[{number}].paymentAmount"),
            method=text(execution.payment_method),
            external_id=text(execution.authorization_code),
        )
        for number, execution in enumerate(executions)
        if execution.payment_amount is not None
    )


# --- flags ----------------------------------------------------------------------------------------------------------


def _labels(order: wire_order.Order) -> tuple[str, ...]:
    """Return the flags of the order and its items in our words, each once."""
    named = [*(order.programs or ()), *(other.association_type or "" for other in order.associated_orders or ())]
    for item in order.order_items:
        named += item.programs or ()
    labels = {const.LABELS.get(name) or shown(name.lower(), 40) for name in named if name}
    for item in order.order_items:
        labels |= {label for label, is_on in _item_flags(item) if is_on}
    if order.sales_channel.channel_name == "NON_AMAZON":
        labels.add("non_amazon")
    return tuple(sorted(labels))


def _item_flags(item: wire_order.OrderItem) -> Sequence[tuple[str, bool]]:
    packing = item.fulfillment and item.fulfillment.packing
    return (
        ("gift", bool(packing and packing.gift_option)),
        ("tax_by_channel", is_tax_by_channel(item)),
        (tax_scheme(item) or "", tax_scheme(item) is not None),
    )


def _delivery_note(preference: wire_order.DeliveryPreference | None) -> str | None:
    """Return how to find the door and where to leave the parcel, in the buyer's words."""
    if preference is None:
        return None
    lines = (text(preference.address_instruction), text(preference.drop_off_location))
    return "\n".join(dict.fromkeys(line for line in lines if line)) or None


def _note(order: wire_order.Order) -> str | None:
    """Return what the people who pack and send must know and no field holds."""
    lines = []
    for item in order.order_items:
        shipping = item.fulfillment and item.fulfillment.shipping
        abroad = shipping and shipping.international_shipping
        if abroad and text(abroad.ioss_number):
            lines.append(f"IOSS {text(abroad.ioss_number)}")
    return "\n".join(dict.fromkeys(line for line in lines if line)) or None


# --- times and ids --------------------------------------------------------------------------------------------------


def utc(moment: datetime | None, path: str) -> datetime | None:
    """Return a moment in UTC, ``None`` for none.

    :raise Malformed: UTC has no such year
    """
    if moment is None:
        return None
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise Malformed(
            "bad_time", path=path, reason="a time before the first or after the last year there is"
        ) from None


def _latest(window: wire_order.Range | None, path: str) -> datetime | None:
    return utc(window.latest_date_time, f"{path}.latestDateTime") if window else None


def _ensure_id(value: str, path: str) -> None:
    """Raise Malformed for an id no database key should be made of."""
    if not 0 < len(value) <= MAX_ID or not value.isascii() or not value.isprintable() or value != value.strip():
        raise Malformed("bad_id", path=path, reason=f"“{shown(value)}” is not an id")
