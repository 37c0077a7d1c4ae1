"""From eBay's orders to the values of the channel contract. Pure: the same bytes give the same value."""

from collections.abc import Iterable
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import unquote, urlsplit

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import const, wire_order
from .money import parse_line_money, parse_money, parse_order_money
from .refunds import parse_refunds
from .wire import decode

MAX_QUANTITY = 1_000_000
MAX_ID = 64


def parse_order(body: bytes) -> dto.OrderData:
    """Read one order document of the Fulfillment API.

    :param body: the bytes of one element of ``orders``, or the answer of getOrder
    :raise Malformed: with the JSON path of the first thing wrong and a plain reason
    """
    order = decode(body, wire_order.Order)
    ensure_id(order.order_id, "$.orderId")
    _ensure_lines(order)
    monies = [parse_line_money(line, f"$.lineItems[{place}]") for place, line in enumerate(order.line_items)]
    money = parse_order_money(order, monies)
    instruction = _instruction(order)
    status = _status(order)
    return dto.OrderData(
        external_id=order.order_id,
        external_number=order.order_id,
        status=status,
        placed_at=utc(order.creation_date, "$.creationDate"),
        updated_at=utc(order.last_modified_date, "$.lastModifiedDate"),
        currency=money.currency,
        total=money.total,
        shop_total=money.shop_total,
        is_tax_included=money.is_tax_included,
        charges=money.charges,
        lines=tuple(map(_parse_line, order.line_items, monies)),
        buyer=_parse_buyer(order, instruction),
        ship_to=_parse_destination(instruction),
        bill_to=_parse_contact((order.buyer and order.buyer.buyer_registration_address) or None),
        payments=_parse_payments(order),
        packages=_parse_packages(order),
        fulfilled_by="channel" if _is_sent_by_ebay(order, instruction) else "seller",
        marketplace=text(order.line_items[0].purchase_marketplace_id) if order.line_items else None,
        service_level=_service(instruction),
        ship_by_at=_earliest(_ship_dates(order)),
        deliver_by_at=_earliest(_delivery_dates(order)),
        labels=_labels(order),
        note=_note(order, instruction),
        buyer_note=text(order.buyer_checkout_notes),
        # "Ship only when PAID", OrderPaymentStatusEnum: who got all of the money back does not wait for the goods.
        holds=("FULLY_REFUNDED",) if order.order_payment_status == "FULLY_REFUNDED" and status == "to_ship" else (),
        replaces=_replaces(order),
        cancel_requests=_parse_cancel_requests(order),
        refunds=parse_refunds(order),
    )


def text(value: str | None) -> str | None:
    """Return a text without the space around it; what is empty is unknown."""
    return (value or "").strip() or None


def utc(moment: datetime, path: str) -> datetime:
    """Return a moment in UTC.

    :raise Malformed: UTC has no such year
    """
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise Malformed(
            "bad_time", path=path, reason="a time before the first or after the last year there is"
        ) from None


def ensure_id(value: str, path: str) -> None:
    """Raise Malformed for an id no database key should be made of."""
    if not 0 < len(value) <= MAX_ID or not value.isascii() or not value.isprintable() or value != value.strip():
        raise Malformed("bad_id", path=path, reason=f"“{shown(value)}” is not an id")


# --- state ----------------------------------------------------------------------------------------------------------


def _status(order: wire_order.Order) -> dto.OrderStatus:
    if order.cancel_status and order.cancel_status.cancel_state == "CANCELED":
        return "cancelled"
    if order.order_payment_status in const.UNPAID:
        return "awaiting_payment"
    return const.STATUSES[order.order_fulfillment_status]


def _parse_cancel_requests(order: wire_order.Order) -> tuple[dto.CancelRequest, ...]:
    status = order.cancel_status or wire_order.CancelStatus()
    found = tuple(
        dto.CancelRequest(
            state=const.CANCEL_STATES.get(request.cancel_request_state or "", "asked"),
            by="seller" if (request.cancel_initiator or "").lower() == "seller" else "buyer",
            external_id=text(request.cancel_request_id),
            reason=text(request.cancel_reason),
            asked_at=utc(request.cancel_requested_date, f"$.cancelStatus.cancelRequests[{number}].cancelRequestedDate")
            if request.cancel_requested_date
            else None,
        )
        for number, request in enumerate(status.cancel_requests or ())
    )
    if not found and status.cancel_state == "IN_PROGRESS":
        return (dto.CancelRequest(state="asked"),)  # getOrders says that there is one and keeps the rest to itself
    return found


def _replaces(order: wire_order.Order) -> tuple[str, ...]:
    """Return the ids under which lines of a combined order may have been orders of their own.

    A purchase of one item alone is ``item id!transaction id`` in eBay's older form of ids, and the id of a line is
    that of its transaction [M].
    """
    if len(order.line_items) < 2:
        return ()
    single = (f"{line.legacy_item_id}!{line.line_item_id}" for line in order.line_items if line.legacy_item_id)
    return tuple(name for name in single if len(name) <= MAX_ID and name != order.order_id)


# --- lines ----------------------------------------------------------------------------------------------------------


def _ensure_lines(order: wire_order.Order) -> None:
    """Raise Malformed for lines nobody could pick: none, a quantity that is none, or two of one id."""
    if not order.line_items:
        raise Malformed("no_lines", path="$.lineItems", reason="the order has no lines")
    seen: set[str] = set()
    for number, line in enumerate(order.line_items):
        path = f"$.lineItems[{number}]"
        ensure_id(line.line_item_id, f"{path}.lineItemId")
        if line.line_item_id in seen:
            raise Malformed("duplicate_line", path=path, reason=f"line {shown(line.line_item_id)} is listed twice")
        seen.add(line.line_item_id)
        if not 1 <= line.quantity <= MAX_QUANTITY:
            reason = f"{line.quantity} is not a quantity that can be ordered"
            raise Malformed("bad_quantity", path=f"{path}.quantity", reason=reason)


def _parse_line(line: wire_order.LineItem, money) -> dto.OrderLine:
    gift = line.gift_details or wire_order.Gift()
    names = (text(promotion.description) or text(promotion.promotion_id) for promotion in line.applied_promotions or ())
    return dto.OrderLine(
        external_id=line.line_item_id,
        quantity=Decimal(line.quantity),
        sku=text(line.sku) or listing_sku(line.legacy_item_id, line.legacy_variation_id),
        external_product_id=text(line.legacy_item_id),
        title=text(line.title),
        unit_price=money.unit_price,
        amount=money.amount,
        charges=money.charges,
        taxes=money.taxes,
        promotions=tuple(name for name in names if name),
        gift_message=text(gift.message),
        quantity_shipped=Decimal(line.quantity) if line.line_item_fulfillment_status == "FULFILLED" else Decimal(0),
    )


def listing_sku(item_id: str | None, variation_id: str | None) -> str | None:
    """Return the name of a listing that has no SKU: its item id, with the variation's behind it.

    Listings made by hand need no SKU (LineItem.sku, sell_fulfillment).
    """
    parts = [part for part in (text(item_id), text(variation_id)) if part]
    return "-".join(parts) if text(item_id) else None


# --- people ---------------------------------------------------------------------------------------------------------


def _instruction(order: wire_order.Order) -> wire_order.Instruction:
    return next(iter(order.fulfillment_start_instructions or ()), wire_order.Instruction())


def _parse_buyer(order: wire_order.Order, instruction: wire_order.Instruction) -> dto.Buyer:
    buyer = order.buyer or wire_order.Buyer()
    registered = buyer.buyer_registration_address or wire_order.Contact()
    step = instruction.shipping_step or wire_order.ShippingStep()
    # The name on a parcel to a hub is the hub's.
    recipient = (not instruction.ebay_supported_fulfillment and step.ship_to) or wire_order.Contact()
    return dto.Buyer(
        external_id=text(buyer.username),
        name=text(registered.full_name) or text(recipient.full_name),
        email=text(registered.email) or text(recipient.email),
        company=text(registered.company_name),
        tax_number=text(buyer.tax_identifier.taxpayer_id) if buyer.tax_identifier else None,
    )


def _parse_destination(instruction: wire_order.Instruction) -> dto.Address | None:
    """Return where the parcel goes: the buyer's address, or the hub's with the number it knows the parcel by."""
    step = instruction.shipping_step or wire_order.ShippingStep()
    address = _parse_contact(step.ship_to)
    reference = text(step.ship_to_reference_id)
    if address is None or reference is None:
        return address
    place = next((name for name in ("street2", "street3") if getattr(address, name) is None), "street3")
    kept = getattr(address, place)
    values = {name: getattr(address, name) for name in address.__struct_fields__}
    return dto.Address(**{**values, place: f"{kept}, {reference}" if kept else reference})


def _parse_contact(contact: wire_order.Contact | None) -> dto.Address | None:
    if contact is None:
        return None
    address = contact.contact_address or wire_order.Address()
    found = dto.Address(
        name=text(contact.full_name),
        company=text(contact.company_name),
        street=text(address.address_line1),
        street2=text(address.address_line2),
        city=text(address.city),
        state=text(address.state_or_province) or text(address.county),
        postal_code=text(address.postal_code),
        country=text(address.country_code),
        phone=text(contact.primary_phone.phone_number) if contact.primary_phone else None,
    )
    return None if found == dto.Address() else found


def _parse_payments(order: wire_order.Order) -> tuple[dto.Payment, ...]:
    listed = (order.payment_summary and order.payment_summary.payments) or ()
    return tuple(
        dto.Payment(
            amount=parse_money(payment.amount, f"$.paymentSummary.payments[{number}].amount"),
            is_captured=payment.payment_status == "PAID",
            method=text(payment.payment_method),
            external_id=text(payment.payment_reference_id),
            paid_at=utc(payment.payment_date, f"$.paymentSummary.payments[{number}].paymentDate")
            if payment.payment_date
            else None,
        )
        for number, payment in enumerate(listed)
        if payment.amount is not None and payment.payment_status != "FAILED"
    )


# --- parcels and times ----------------------------------------------------------------------------------------------


def _parse_packages(order: wire_order.Order) -> tuple[dto.Package, ...]:
    """Return the parcels of the order. It names them by address only; what is in them takes a call of its own."""
    names = (last_segment(href) for href in order.fulfillment_hrefs or ())
    return tuple(dto.Package(reference=name) for name in names if name)


def last_segment(address: str) -> str | None:
    """Return the last part of an address's path: eBay names what it made only there."""
    try:
        return text(unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2]))
    except ValueError:
        return None


def _service(instruction: wire_order.Instruction) -> str | None:
    step = instruction.shipping_step or wire_order.ShippingStep()
    return text(step.shipping_service_code) or text(
        instruction.fulfillment_instructions_type
        if instruction.fulfillment_instructions_type in const.INSTRUCTION_LABELS
        else None
    )


def _ship_dates(order: wire_order.Order) -> Iterable[tuple[datetime | None, str]]:
    for number, line in enumerate(order.line_items):
        wanted = line.line_item_fulfillment_instructions or wire_order.LineInstructions()
        yield wanted.ship_by_date, f"$.lineItems[{number}].lineItemFulfillmentInstructions.shipByDate"


def _delivery_dates(order: wire_order.Order) -> Iterable[tuple[datetime | None, str]]:
    for number, instruction in enumerate(order.fulfillment_start_instructions or ()):
        path = f"$.fulfillmentStartInstructions[{number}].maxEstimatedDeliveryDate"
        yield instruction.max_estimated_delivery_date, path
    for number, line in enumerate(order.line_items):
        wanted = line.line_item_fulfillment_instructions or wire_order.LineInstructions()
        path = f"$.lineItems[{number}].lineItemFulfillmentInstructions.maxEstimatedDeliveryDate"
        yield wanted.max_estimated_delivery_date, path


def _earliest(moments: Iterable[tuple[datetime | None, str]]) -> datetime | None:
    return min((utc(moment, path) for moment, path in moments if moment), default=None)


# --- flags ----------------------------------------------------------------------------------------------------------


def _is_sent_by_ebay(order: wire_order.Order, instruction: wire_order.Instruction) -> bool:
    program = order.program or wire_order.Program()
    return instruction.fulfillment_instructions_type == const.BY_EBAY or bool(program.fulfillment_program)


def _labels(order: wire_order.Order) -> tuple[str, ...]:
    """Return the flags of the order in our words, each once."""
    program = order.program or wire_order.Program()
    instructions = order.fulfillment_start_instructions or ()
    flags = {
        "authenticity_guarantee": program.authenticity_verification is not None,
        "vault": program.ebay_vault is not None,
        "ebay_shipping": program.ebay_shipping is not None,
        "international_shipping": program.ebay_international_shipping is not None
        or any(_is_abroad_by_hub(instruction, program) for instruction in instructions),
        "tax_by_channel": any(line.ebay_collect_and_remit_taxes for line in order.line_items),
    }
    labels = {name for name, is_on in flags.items() if is_on}
    kinds = {instruction.fulfillment_instructions_type for instruction in instructions}
    labels |= {label for kind, label in const.INSTRUCTION_LABELS.items() if kind in kinds}
    labels |= {shown(name.lower(), 40) for name, _value in _tax_references(order)}
    return tuple(sorted(labels))


def _is_abroad_by_hub(instruction: wire_order.Instruction, program: wire_order.Program) -> bool:
    """Whether eBay sends the goods on to another country; parcels to an authenticator go by a hub, too."""
    return bool(instruction.ebay_supported_fulfillment) and program.authenticity_verification is None


def _tax_references(order: wire_order.Order) -> Iterable[tuple[str, str | None]]:
    for line in order.line_items:
        for tax in line.ebay_collect_and_remit_taxes or ():
            if tax.ebay_reference and text(tax.ebay_reference.name):
                yield text(tax.ebay_reference.name), text(tax.ebay_reference.value)


def _note(order: wire_order.Order, instruction: wire_order.Instruction) -> str | None:
    """Return what the people who pack and send must know and no field holds."""
    lines = [f"{name} {value}" for name, value in _tax_references(order) if value]
    step = instruction.shipping_step or wire_order.ShippingStep()
    if text(step.ship_to_reference_id):
        lines.append(f"Reference {text(step.ship_to_reference_id)}")
    final = instruction.final_destination_address
    if final and text(final.country_code):
        lines.append(f"Final destination {text(final.country_code)}")
    if instruction.pickup_step and text(instruction.pickup_step.merchant_location_key):
        lines.append(f"Pickup at {text(instruction.pickup_step.merchant_location_key)}")
    return "\n".join(dict.fromkeys(line for line in lines if line)) or None
