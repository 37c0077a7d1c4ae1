"""From a stored OpenMage order to the values of the channel contract. Pure: the same bytes give the same value."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import states
from .amounts import NIL, plain, read_amount, read_currency
from .bundles import Line
from .mapper import Reading
from .proceeds import OrderMoney, build_line, habit, parse_order_money
from .soap_documents import read_order
from .soap_items import Goods, money_tree, read_goods
from .soap_wire import Address, OrderDocument, Payment, rows
from .times import parse_time
from .wire import text, text_id

MAX_ID = 50


def parse_order(body: bytes, reading: Reading = Reading()) -> dto.OrderData:  # noqa: B008 (it is frozen)
    """Read one order document, see ``soap_documents``.

    :raise Malformed: with the JSON path of the first thing wrong and a plain reason
    """
    document, tree = read_order(body)
    goods = goods_of(document)
    money = _read_money(document, tree, goods, reading)
    standing, status = _read_status(document, goods.lines, reading)
    label = text(document.list_row.discount_description) or text(document.list_row.coupon_code)
    row = document.list_row
    return dto.OrderData(
        external_id=document.increment_id,
        external_number=document.increment_id,
        status=status,
        placed_at=_time(document.created_at, "$.created_at"),
        updated_at=_time(document.updated_at, "$.updated_at"),
        currency=money.currency,
        total=money.total,
        shop_total=money.shop_total,
        is_tax_included=money.is_tax_included,
        charges=money.charges,
        lines=tuple(_parse_line(line, money, shown(label, 80) if label else None) for line in goods.lines),
        buyer=_buyer(document),
        ship_to=_address(document.shipping_address, "$.shipping_address")
        or _address(document.billing_address, "$.billing_address"),
        bill_to=_address(document.billing_address, "$.billing_address"),
        payments=_payments(document, money.currency),
        fulfilled_by="channel" if all(line.is_virtual for line in goods.lines) else "seller",
        marketplace=text(document.store_id),
        service_level=text(document.shipping_description),
        labels=_labels(document, goods.lines),
        buyer_note=text(row.customer_note),
        gift_note=text(document.gift_message),
        holds=standing.holds,
        replaces=_replaced(document),
        cancel_requests=_dropped_units(goods.lines) if status != "cancelled" else (),
    )


def goods_of(document: OrderDocument) -> Goods:
    """Return the lines of an order.

    :raise Malformed: it has none, or one that cannot be right
    """
    number = document.increment_id
    if not 0 < len(number) <= MAX_ID or not number.isprintable() or number != number.strip():
        raise Malformed("bad_id", path="$.increment_id", reason=f"“{shown(number)}” is not an order number")
    if not rows(document.items, "$.items"):
        raise Malformed("no_lines", path="$.items", reason="the order has no items")
    return read_goods(document, currency_of(document))


def currency_of(document: OrderDocument) -> str:
    """Return the currency the order is in.

    :raise Malformed: it names none
    """
    currency = read_currency(document.order_currency_code, "$.order_currency_code")
    if currency is None:
        raise Malformed("bad_money", path="$.order_currency_code", reason="the order names no currency")
    return currency


def _read_money(document: OrderDocument, tree: dict[str, Any], goods: Goods, reading: Reading) -> OrderMoney:
    for place, item in enumerate(goods.items):
        read_amount(item.price, f"$.items[{place}].price")  # not needed for the total, and yet it must be one
    habits = [habit(item, f"$.items[{place}]") for place, item in enumerate(goods.items)]
    lines = [line.money for line in goods.lines]
    return parse_order_money(money_tree(document, tree), lines, reading.tax_mode, habits)


def _read_status(
    document: OrderDocument, lines: Sequence[Line], reading: Reading
) -> tuple[states.Standing, dto.OrderStatus]:
    facts = states.OrderFacts(
        state=document.state,
        status=text(document.status) or "",
        payment_method=text(_payment(document).method),
        state_before=text(document.list_row.hold_before_state),
    )
    standing = states.read_standing(facts, reading.rules)
    parcels = [line.progress for line in lines if not line.is_virtual]
    return standing, states.follow_parcels(standing.status, parcels, is_closed=facts.state == states.CLOSED)


# --- lines --------------------------------------------------------------------------------------------------------


def _parse_line(line: Line, money: OrderMoney, label: str | None) -> dto.OrderLine:
    item = line.item
    parts = build_line(line.money, money.currency, is_tax_included=money.is_tax_included, label=label)
    price = read_amount(item.price_incl_tax if money.is_tax_included else item.price, f"{line.path}.price")
    is_part_of_a_price = line.parent is not None and not price
    gift = item.extension_attributes.gift_message.message if item.extension_attributes else None
    return dto.OrderLine(
        external_id=line.id,
        quantity=line.progress.ordered,
        sku=line.sku,
        external_product_id=line.product_id,
        title=line.title,
        unit_price=None if price is None or is_part_of_a_price else dto.Money(amount=price, currency=money.currency),
        gift_message=gift,
        quantity_shipped=min(line.progress.shipped, line.progress.ordered),
        **parts,
    )


def _dropped_units(lines: Sequence[Line]) -> tuple[dto.CancelRequest, ...]:
    """Return the units the shop cancelled, or gave back before they were sent, while others still are."""
    units = tuple(
        dto.LineUnits(external_line_id=line.id, quantity=min(line.progress.dropped, line.progress.ordered))
        for line in lines
        if line.progress.dropped > 0
    )
    return (dto.CancelRequest(state="done", by="seller", lines=units),) if units else ()


# --- people and payments ------------------------------------------------------------------------------------------


def _buyer(document: OrderDocument) -> dto.Buyer:
    billing = document.billing_address if isinstance(document.billing_address, Address) else Address()
    is_guest = document.customer_is_guest == "1"
    return dto.Buyer(
        external_id=None if is_guest else text_id(document.customer_id),
        name=_joined(document.customer_firstname, document.customer_lastname) or _full_name(billing),
        email=text(document.customer_email),
        company=text(billing.company),
        tax_number=text(document.list_row.customer_taxvat) or text(billing.vat_id),
        purchase_order=text(_payment(document).po_number),
    )


def _address(address: Address | str | None, path: str) -> dto.Address | None:
    if isinstance(address, str) and address.strip():
        raise Malformed("wrong_shape", path=path, reason="a text where an address belongs")
    if not isinstance(address, Address):
        return None
    streets = [line.strip() for line in (address.street or "").splitlines() if line.strip()]
    found = dto.Address(
        name=_full_name(address),
        company=text(address.company),
        street=streets[0] if streets else None,
        street2=streets[1] if len(streets) > 1 else None,
        street3=", ".join(streets[2:]) or None,
        city=text(address.city),
        state=text(address.region),
        postal_code=text(address.postcode),
        country=text(address.country_id),
        phone=text(address.telephone),
    )
    return found if found != dto.Address() else None


def _full_name(address: Address) -> str | None:
    return _joined(address.firstname, address.middlename, address.lastname)


def _joined(*names: str | None) -> str | None:
    return " ".join(name for part in names if (name := text(part))) or None


def _payment(document: OrderDocument) -> Payment:
    return document.payment if isinstance(document.payment, Payment) else Payment()


def _payments(document: OrderDocument, currency: str) -> tuple[dto.Payment, ...]:
    """Return what was paid; the interface does not tell what is only authorised."""
    paid = read_amount(document.total_paid, "$.total_paid") or NIL
    if paid <= 0:
        return ()
    payment = _payment(document)
    money = dto.Money(amount=plain(paid), currency=currency)
    return (dto.Payment(amount=money, method=text(payment.method), external_id=text(payment.payment_id)),)


# --- the order ----------------------------------------------------------------------------------------------------


def _labels(document: OrderDocument, lines: Sequence[Line]) -> tuple[str, ...]:
    flags = {
        "virtual": any(line.is_virtual for line in lines),
        "gift": bool(text(document.gift_message)) or any(line.item.extension_attributes for line in lines),
        "closed": document.state == states.CLOSED,
        "edited": bool(_replaced(document)),
    }
    return tuple(sorted(label for label, is_on in flags.items() if is_on))


def _replaced(document: OrderDocument) -> tuple[str, ...]:
    """Return the order this one was edited from, by its number; the shop cancelled that one."""
    parent = text(document.list_row.relation_parent_real_id)
    return (parent,) if parent and parent != document.increment_id else ()


def _time(value: str, path: str) -> datetime:
    moment = parse_time(value, path)
    if moment is None:
        raise Malformed("bad_time", path=path, reason="the time is missing")
    return moment
