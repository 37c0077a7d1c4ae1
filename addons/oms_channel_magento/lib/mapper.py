"""From an order of Magento 2 to the values of the channel contract. Pure: the same bytes give the same value."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import read, shown

from . import states, wire_order
from .amounts import NIL, read_amount, read_currency
from .bundles import Line, read_lines
from .pages import open_envelope, without_unread
from .proceeds import OrderMoney, TaxMode, build_line, habit, parse_order_money
from .times import parse_time
from .wire import convert, read_id, text, text_id


class Reading(NamedTuple):
    """How a person said the orders of a shop are to be read."""

    tax_mode: TaxMode = "auto"
    rules: tuple[states.StatusRule, ...] = ()


def parse_order(body: bytes, reading: Reading = Reading()) -> dto.OrderData:  # noqa: B008 (it is frozen)
    """Read one order document.

    :param body: an order as ``/V1/orders/{id}`` gives it, or that beside the code of its store, see ``pages``
    :raise Malformed: with the JSON path of the first thing wrong and a plain reason
    """
    store, piece = open_envelope(body)
    tree = read(without_unread(piece))
    order = convert(tree, wire_order.Order)
    external_id = read_id(order.entity_id, "$.entity_id")
    currency = read_currency(tree.get("order_currency_code"), "$.order_currency_code") or "XXX"
    lines = read_lines(order.items, currency)
    if not lines:
        raise Malformed("no_lines", path="$.items", reason="the order has no items")
    habits = [habit(item, f"$.items[{place}]") for place, item in enumerate(order.items)]
    money = parse_order_money(tree, [line.money for line in lines], reading.tax_mode, habits)
    standing, status = _read_status(order, lines, reading)
    updated_at = parse_time(order.updated_at, "$.updated_at") or parse_time(order.created_at, "$.created_at")
    placed_at = parse_time(order.created_at, "$.created_at") or updated_at
    if placed_at is None:
        raise Malformed("bad_time", path="$.created_at", reason="the order names no time")
    extension = order.extension_attributes or wire_order.Extension()
    shipping, parent = _shipping(extension), text_id(order.relation_parent_id)
    return dto.OrderData(
        external_id=external_id,
        external_number=text(order.increment_id) or text_id(order.increment_id) or external_id,
        status=status,
        placed_at=placed_at,
        updated_at=updated_at,
        currency=money.currency,
        total=money.total,
        shop_total=money.shop_total,
        is_tax_included=money.is_tax_included,
        charges=money.charges,
        lines=tuple(_parse_line(line, money, _discount_label(order)) for line in lines),
        buyer=_parse_buyer(order, extension),
        ship_to=_parse_address(shipping.address),
        bill_to=_parse_address(order.billing_address),
        payments=_parse_payments(order, money),
        fulfilled_by="channel" if all(line.is_virtual for line in lines) else "seller",
        marketplace=store or text_id(order.store_id),
        service_level=text(shipping.method) or text(order.shipping_description),
        labels=_labels(order, lines, extension),
        note=_note(extension),
        buyer_note=text(order.customer_note),
        gift_note=_gift_text(extension.gift_message),
        holds=standing.holds,
        replaces=(parent,) if parent and parent != external_id else (),
        cancel_requests=_dropped_units(lines, status),
    )


def _read_status(
    order: wire_order.Order, lines: list[Line], reading: Reading
) -> tuple[states.Standing, dto.OrderStatus]:
    if not text(order.state):
        raise Malformed("bad_state", path="$.state", reason="the order names no state")
    facts = states.OrderFacts(
        state=text(order.state),
        status=text(order.status) or "",
        payment_method=text(order.payment.method) if order.payment else None,
        state_before=text(order.hold_before_state),
    )
    standing = states.read_standing(facts, reading.rules)
    parcels = [line.progress for line in lines if not line.is_virtual]
    return standing, states.follow_parcels(standing.status, parcels, is_closed=facts.state == states.CLOSED)


def _shipping(extension: wire_order.Extension) -> wire_order.Shipping:
    """Return where the order goes: a shop sends an order to one address."""
    found = (assignment.shipping for assignment in extension.shipping_assignments or () if assignment.shipping)
    return next(found, wire_order.Shipping())


# --- lines ----------------------------------------------------------------------------------------------------------


def _parse_line(line: Line, money: OrderMoney, discount_label: str | None) -> dto.OrderLine:
    item, progress = line.item, line.progress
    parts = build_line(line.money, money.currency, is_tax_included=money.is_tax_included, label=discount_label)
    gift = (item.extension_attributes and item.extension_attributes.gift_message) or wire_order.GiftMessage()
    price = read_amount(item.price_incl_tax if money.is_tax_included else item.price, f"{line.path}.price")
    is_fixed_part = line.parent is not None and not price
    return dto.OrderLine(
        external_id=line.id,
        quantity=progress.ordered,
        sku=line.sku,
        external_product_id=line.product_id,
        title=line.title,
        unit_price=None if price is None or is_fixed_part else dto.Money(amount=price, currency=money.currency),
        gift_message=_gift_text(gift),
        quantity_shipped=min(progress.shipped, progress.ordered),
        **parts,
    )


def _dropped_units(lines: list[Line], status: dto.OrderStatus) -> tuple[dto.CancelRequest, ...]:
    """Return the units the shop cancelled or gave back before they were sent, while others still are."""
    if status == "cancelled":
        return ()
    units = tuple(
        dto.LineUnits(external_line_id=line.id, quantity=min(line.progress.dropped, line.progress.ordered))
        for line in lines
        if line.progress.dropped > 0
    )
    return (dto.CancelRequest(state="done", by="seller", lines=units),) if units else ()


def _discount_label(order: wire_order.Order) -> str | None:
    label = text(order.discount_description) or text(order.coupon_code)
    return shown(label, 80) if label else None


# --- people and payments --------------------------------------------------------------------------------------------


def _parse_buyer(order: wire_order.Order, extension: wire_order.Extension) -> dto.Buyer:
    billing = order.billing_address or wire_order.Address()
    names = (order.customer_firstname, order.customer_middlename, order.customer_lastname)
    company = extension.company_order_attributes and text(extension.company_order_attributes.company_name)
    return dto.Buyer(
        external_id=text_id(order.customer_id),
        name=_joined(names) or _full_name(billing),
        email=text(order.customer_email) or text(billing.email),
        company=company or text(billing.company),
        tax_number=_loose(order.customer_taxvat) or _loose(billing.vat_id),
        purchase_order=_loose(order.payment.po_number) if order.payment else None,
    )


def _parse_address(address: wire_order.Address | None) -> dto.Address | None:
    if address is None:
        return None
    streets = address.street if isinstance(address.street, list) else str(address.street or "").split("\n")
    streets = [line for street in streets if (line := _loose(street))]
    found = dto.Address(
        name=_full_name(address),
        company=text(address.company),
        street=streets[0] if streets else None,
        street2=streets[1] if len(streets) > 1 else None,
        street3=", ".join(streets[2:]) or None,
        city=text(address.city),
        state=text(address.region_code) or text(address.region),
        postal_code=_loose(address.postcode),
        country=text(address.country_id),
        phone=_loose(address.telephone),
    )
    return None if found == dto.Address() else found


def _full_name(address: wire_order.Address) -> str | None:
    return _joined((address.prefix, address.firstname, address.middlename, address.lastname, address.suffix))


def _joined(names: tuple[Any, ...]) -> str | None:
    return " ".join(name for part in names if (name := text(part))) or None


def _loose(value: Any) -> str | None:
    """Return a text that shops also write as a number: a postal code, a telephone."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def _parse_payments(order: wire_order.Order, money: OrderMoney) -> tuple[dto.Payment, ...]:
    """Return what was captured and what is authorised beyond that."""
    payment = order.payment
    if payment is None:
        return ()
    paid = read_amount(payment.amount_paid, "$.payment.amount_paid") or NIL
    held = (read_amount(payment.amount_authorized, "$.payment.amount_authorized") or NIL) - paid
    return tuple(
        dto.Payment(
            amount=dto.Money(amount=amount, currency=money.currency),
            is_captured=is_captured,
            method=text(payment.method),
            external_id=_loose(payment.last_trans_id),
        )
        for amount, is_captured in ((paid, True), (held, False))
        if amount > 0
    )


# --- flags and notes --------------------------------------------------------------------------------------------------


def _labels(order: wire_order.Order, lines: list[Line], extension: wire_order.Extension) -> tuple[str, ...]:
    flags: Mapping[str, bool] = {
        "virtual": any(line.is_virtual for line in lines),
        "gift": extension.gift_message is not None
        or any(line.item.extension_attributes and line.item.extension_attributes.gift_message for line in lines),
        "business": extension.company_order_attributes is not None,
        "closed": order.state == states.CLOSED,
        "edited": text_id(order.relation_parent_id) is not None,
        "store_pickup": text(extension.pickup_location_code) is not None,
    }
    return tuple(sorted(label for label, is_on in flags.items() if is_on))


def _note(extension: wire_order.Extension) -> str | None:
    """Return what the people who pack and send must know and no field holds."""
    pickup = text(extension.pickup_location_code)
    return f"Pickup: {pickup}" if pickup else None


def _gift_text(gift: wire_order.GiftMessage | None) -> str | None:
    gift = gift or wire_order.GiftMessage()
    people = " → ".join(name for part in (gift.sender, gift.recipient) if (name := text(part)))
    message = text(gift.message)
    return f"{people}: {message}" if people and message else message
