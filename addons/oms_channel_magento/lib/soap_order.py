"""From a stored OpenMage order to the values of the channel contract. Pure: the same bytes give the same value."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import soap_wire
from .soap_documents import read_order
from .soap_lines import Goods, read_goods
from .soap_money import LineMoney, OrderMoney, build_charges, read_money
from .soap_wire import number, plain
from .states import Facts, StatusRule, follow_parcels, read_standing
from .times import parse_time

MAX_ID = 50
_ZERO = Decimal(0)
PRODUCT_TAX = "Fixed product tax"


def parse_order(body: bytes, rules: Iterable[StatusRule] = (), *, is_tax_included: bool = False) -> dto.OrderData:
    """Read one order document, see ``soap_documents``.

    :param rules: what the shop's own statuses mean
    :param is_tax_included: whether lines shall hold their tax, as the prices in the shop do
    :raise Malformed: with the JSON path of the first thing wrong and a plain reason
    """
    document = read_order(body)
    order, row = document.order, document.row
    _ensure_id(order.increment_id)
    goods = read_goods(soap_wire.rows(order.items, "$.order.items"))
    money = read_money(document, goods)
    standing = read_standing(_facts(document), rules, path="$.order.state")
    status = follow_parcels(standing, [_sendable(line) for line in goods if line.is_sent])
    label = plain(row.discount_description) or plain(row.coupon_code)
    return dto.OrderData(
        external_id=order.increment_id,
        external_number=order.increment_id,
        status=status,
        placed_at=_time(order.created_at, "$.order.created_at"),
        updated_at=_time(order.updated_at, "$.order.updated_at"),
        currency=money.currency,
        total=_money(money.total, money.currency),
        is_tax_included=is_tax_included,
        charges=build_charges(money, label, is_tax_included=is_tax_included),
        lines=tuple(
            _line(line, part, money.currency, label, is_tax_included)
            for line, part in zip(goods, money.lines, strict=True)
        ),
        buyer=_buyer(document),
        ship_to=_address(order.shipping_address, "$.order.shipping_address")
        or _address(order.billing_address, "$.order.billing_address"),
        bill_to=_address(order.billing_address, "$.order.billing_address"),
        payments=_payments(order, money),
        marketplace=plain(order.store_id),
        service_level=plain(order.shipping_description),
        note=_note(document),
        holds=standing.holds,
        replaces=_replaced(document),
        cancel_requests=_cancelled(goods) if status != "cancelled" else (),
        shop_total=_shop_total(order, money),
    )


def sellable_units(line: Goods) -> Decimal:
    """Return how many units of a line are not cancelled or given back unsent."""
    item, place = line.item, line.place
    cancelled = number(item.qty_canceled, f"{place}.qty_canceled")
    refunded = number(item.qty_refunded, f"{place}.qty_refunded")
    # Units that were sent and came back stay sent; those refunded before they were sent never will be.
    unsent = max(line.quantity - cancelled - line.quantity_shipped, _ZERO)
    return line.quantity - cancelled - min(refunded, unsent)


def _sendable(line: Goods) -> tuple[Decimal, Decimal]:
    return sellable_units(line), line.quantity_shipped


def _facts(document: soap_wire.OrderDocument) -> Facts:
    order = document.order
    payment = order.payment if isinstance(order.payment, soap_wire.Payment) else soap_wire.Payment()
    return Facts(
        state=order.state,
        status=order.status or "",
        payment_method=plain(payment.method),
        state_before=plain(document.row.hold_before_state),
    )


# --- lines --------------------------------------------------------------------------------------------------------


def _line(line: Goods, part: LineMoney, currency: str, label: str | None, is_tax_included: bool) -> dto.OrderLine:
    item = line.item
    inside = part.tax + part.hidden if is_tax_included else _ZERO
    discount = part.discount + (part.hidden if is_tax_included else _ZERO)
    charges = []
    if discount:
        charges.append(dto.Charge(kind="discount", amount=_money(-discount, currency), label=label))
    if part.product_tax:
        charges.append(dto.Charge(kind="other", amount=_money(part.product_tax, currency), label=PRODUCT_TAX))
    return dto.OrderLine(
        external_id=item.item_id,
        quantity=line.quantity,
        sku=line.sku,
        external_product_id=plain(item.product_id),
        title=plain(item.name),
        unit_price=_money(number(item.price, f"{line.place}.price"), currency),
        amount=_money(part.net + inside, currency),
        charges=tuple(charges),
        taxes=(dto.TaxAmount(amount=_money(part.tax, currency)),) if part.tax else (),
        gift_message=plain(item.gift_message),
        quantity_shipped=line.quantity_shipped,
    )


def _cancelled(goods: Sequence[Goods]) -> tuple[dto.CancelRequest, ...]:
    """Return what was cancelled of an order that goes on."""
    lines = tuple(
        dto.LineUnits(external_line_id=line.item.item_id, quantity=units)
        for line in goods
        if (units := number(line.item.qty_canceled, f"{line.place}.qty_canceled")) > 0
    )
    return (dto.CancelRequest(state="done", by="seller", lines=lines),) if lines else ()


# --- people -------------------------------------------------------------------------------------------------------


def _buyer(document: soap_wire.OrderDocument) -> dto.Buyer:
    order = document.order
    billing = order.billing_address if isinstance(order.billing_address, soap_wire.Address) else soap_wire.Address()
    payment = order.payment if isinstance(order.payment, soap_wire.Payment) else soap_wire.Payment()
    own_name = _joined(order.customer_firstname, order.customer_lastname)
    customer = plain(order.customer_id)
    return dto.Buyer(
        external_id=customer if customer not in (None, "0") and order.customer_is_guest != "1" else None,
        name=own_name or _joined(billing.firstname, billing.middlename, billing.lastname),
        email=plain(order.customer_email),
        company=plain(billing.company),
        tax_number=plain(document.row.customer_taxvat) or plain(billing.vat_id),
        purchase_order=plain(payment.po_number),
    )


def _address(address: soap_wire.Address | str | None, path: str) -> dto.Address | None:
    if isinstance(address, str) and address.strip():
        raise Malformed("wrong_shape", path=path, reason="a text where an address belongs")
    if not isinstance(address, soap_wire.Address):
        return None
    streets = [line.strip() for line in (address.street or "").splitlines() if line.strip()]
    found = dto.Address(
        name=_joined(address.firstname, address.middlename, address.lastname),
        company=plain(address.company),
        street=streets[0] if streets else None,
        street2=streets[1] if len(streets) > 1 else None,
        street3=", ".join(streets[2:]) or None,
        city=plain(address.city),
        state=plain(address.region),
        postal_code=plain(address.postcode),
        country=plain(address.country_id),
        phone=plain(address.telephone),
    )
    return found if found != dto.Address() else None


def _joined(*names: str | None) -> str | None:
    return " ".join(name.strip() for name in names if name and name.strip()) or None


def _note(document: soap_wire.OrderDocument) -> str | None:
    """Return what the buyer wrote, for those who pack: the note and the message for the whole order."""
    texts = (plain(document.row.customer_note), plain(document.order.gift_message))
    return "\n".join(dict.fromkeys(text for text in texts if text)) or None


# --- the order ----------------------------------------------------------------------------------------------------


def _payments(order: soap_wire.Order, money: OrderMoney) -> tuple[dto.Payment, ...]:
    paid = number(order.total_paid, "$.order.total_paid")
    if not paid:
        return ()
    payment = order.payment if isinstance(order.payment, soap_wire.Payment) else soap_wire.Payment()
    return (
        dto.Payment(
            amount=_money(paid, money.currency), method=plain(payment.method), external_id=plain(payment.payment_id)
        ),
    )


def _replaced(document: soap_wire.OrderDocument) -> tuple[str, ...]:
    """Return the order this one was edited from; the shop cancelled that one."""
    parent = plain(document.row.relation_parent_real_id)
    return (parent,) if parent and parent != document.order.increment_id else ()


def _shop_total(order: soap_wire.Order, money: OrderMoney) -> dto.Money | None:
    code = plain(order.base_currency_code)
    if code is None or code == money.currency or plain(order.base_grand_total) is None:
        return None
    return _money(number(order.base_grand_total, "$.order.base_grand_total"), code)


def _money(amount: Decimal, currency: str) -> dto.Money:
    return dto.Money(amount=amount, currency=currency)


def _time(text: str, path: str):
    moment = parse_time(text, path)
    if moment is None:
        raise Malformed("bad_time", path=path, reason="the time is missing")
    return moment


def _ensure_id(value: str) -> None:
    if not 0 < len(value) <= MAX_ID or not value.isprintable() or value != value.strip():
        raise Malformed("bad_id", path="$.order.increment_id", reason=f"“{shown(value)}” is not an order number")
