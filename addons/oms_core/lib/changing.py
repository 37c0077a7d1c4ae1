"""What a channel changed on an order we have: a comparison of three sides, and who may decide. Pure decisions.

``before`` is what the channel said when we last took its word, ``theirs`` what it says now, ``ours`` what we hold.
Only what the channel changed is a change; what a person changed here is theirs to keep.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from . import dto
from .updating import Stage

ChangeKind = Literal[
    "line_added",
    "quantity_up",
    "quantity_down",
    "line_cancelled",
    "product",
    "amount",
    "charge",
    "tax",
    "total",
    "address",
    "delivery",
    "gift",
    "currency",
]
Rule = Literal["apply", "ask"]
Why = Literal["edited", "picked", "shipped", "currency", "together"]

GOODS = frozenset({"line_added", "quantity_up", "quantity_down", "line_cancelled", "product"})
MONEY = GOODS | {"amount", "charge", "tax", "total"}
# Their texts name the buyer or are the buyer's own: they stay out of histories that cannot be shortened.
PERSONAL = frozenset({"address", "gift"})
FROM_ADDRESS = ("name", "company", "street", "street2", "street3", "city", "state", "postal_code", "country", "phone")


class HeldLine(dto.Value):
    """One line of the channel's as we hold it, counted as the channel counts.

    :param amount: for all units, in the order's tax mode; ``slack`` is what rounding may have made of it
    :param picked: units taken from the shelf that have not left; ``shipped``: units that left
    :param later: units on the shelf, of those that were added once picking began and are sent on their own
    """

    external_id: str
    quantity: Decimal
    amount: Decimal | None = None
    slack: Decimal = Decimal(0)
    picked: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    later: Decimal = Decimal(0)
    gift: str | None = None


class Held(dto.Value):
    """What we hold of an order.

    :param charges: kind to our sum of it
    :param total: what all of it is worth here
    :param currency: the order's own, which never changes
    :param address: the channel's own words where our customer is what those words make, else what the customer says
    """

    stage: Stage
    lines: tuple[HeldLine, ...]
    charges: Mapping[str, Decimal] = {}
    total: Decimal | None = None
    currency: str | None = None
    address: dto.Address | None = None
    service_level: str | None = None
    ship_by_at: datetime | None = None
    deliver_by_at: datetime | None = None


class Change(dto.Value):
    """One thing the channel changed.

    :param key: the channel's line id, or the kind of a charge; "" for the order as a whole
    :param rule: "apply" needs nobody; "ask" waits for a person, because of ``why``
    """

    kind: ChangeKind
    key: str = ""
    what: str | None = None
    old: str | None = None
    new: str | None = None
    rule: Rule = "apply"
    why: Why | None = None


def plan_changes(before: dto.OrderData, theirs: dto.OrderData, ours: Held) -> tuple[Change, ...]:
    """Name what the channel changed since ``before`` and we do not hold yet, each with who decides."""
    held = {line.external_id: line for line in ours.lines}
    goods = [*_line_changes(before, theirs, ours.stage, held), *_removed(before, theirs, ours.stage, held)]
    money = [] if ours.stage == "shipped" else _money_changes(before, theirs, ours, goods)
    rest = [*_address_changes(before, theirs, ours), *_delivery_changes(before, theirs, ours)]
    rest += _gift_changes(before, theirs, ours, held)
    currency = ours.currency or before.currency
    is_foreign = bool(currency and theirs.currency and theirs.currency != currency)
    if is_foreign and theirs.currency != before.currency:
        rest.append(Change(kind="currency", old=currency, new=theirs.currency, rule="ask", why="currency"))
    return (*_together(goods + money, is_foreign=is_foreign), *rest)


def find_edits(before: dto.OrderData, ours: Held) -> frozenset[str]:
    """Return what a person changed here since the channel's word was taken: ``"address"`` and ids of lines."""
    held = {line.external_id: line for line in ours.lines}
    lines = {
        line.external_id
        for line in before.lines
        if _is_edited(line, held.get(line.external_id)) or _is_repriced(line, held.get(line.external_id))
    }
    return frozenset(lines | ({"address"} if _is_moved(before.ship_to, ours.address) else set()))


# --- values that vanish ---------------------------------------------------------------------------------------


def keep_known(before: dto.OrderData, theirs: dto.OrderData) -> dto.OrderData:
    """Return ``theirs`` with what the channel no longer says filled from ``before``.

    Channels hide buyers after a while, and amounts while a payment is looked at. That is not a change of the order.
    """
    lines = {line.external_id: line for line in before.lines}
    kept = {"ship_to": keep_address(before.ship_to, theirs.ship_to), "bill_to": theirs.bill_to or before.bill_to}
    kept["buyer"] = _filled(before.buyer, theirs.buyer, theirs.buyer.__struct_fields__)
    names = ("currency", "total", "service_level", "ship_by_at", "deliver_by_at", "marketplace")
    names += ("note", "buyer_note", "gift_note", "delivery_note")
    kept |= {name: getattr(theirs, name) or getattr(before, name) for name in names}
    if theirs.total is None and before.total is not None:
        kept["charges"] = before.charges
    kept["lines"] = tuple(_keep_line(lines.get(line.external_id), line) for line in theirs.lines) or before.lines
    return replace(theirs, **kept)


def keep_address(before: dto.Address | None, theirs: dto.Address | None) -> dto.Address | None:
    """Return the address the channel means: without a street it is hidden, and a flat number belongs to its street."""
    if before is None or theirs is None:
        return theirs or before
    if not theirs.street and before.street:
        return before
    is_same_street = _folded(theirs.street) == _folded(before.street)
    return _filled(before, theirs, FROM_ADDRESS if is_same_street else ("name", "phone"))


def _keep_line(before: dto.OrderLine | None, line: dto.OrderLine) -> dto.OrderLine:
    if before is None:
        return line
    names = ["sku", "title", "gift_message", "gift_wrap", "unit_price"]
    if line.amount is None and before.amount is not None:
        names += ["amount", "charges", "taxes"]
    return _filled(before, line, names)


def _filled(before, now, names):
    return replace(now, **{name: getattr(before, name) for name in names if not getattr(now, name)})


# --- lines ----------------------------------------------------------------------------------------------------


def _line_changes(before, theirs, stage, held):
    known = {line.external_id: line for line in before.lines}
    for line in theirs.lines:
        mine = held.get(line.external_id)
        old = known.get(line.external_id)
        if old is None:
            if line.quantity and mine is None:
                yield _line_change("line_added", line, (None, line.quantity), _rule_of_more(stage, is_edited=False))
            continue
        if _folded(old.sku) != _folded(line.sku):
            rule = _rule_of_less(stage, mine, Decimal(0), is_edited=_is_edited(old, mine))
            yield Change(kind="product", key=line.external_id, what=line.title, old=old.sku, new=line.sku, **rule)
        elif old.quantity != line.quantity and _quantity_here(mine) != line.quantity:
            yield _quantity_change(old, line, stage, mine)


def _quantity_change(old, line, stage, mine):
    is_edited = _is_edited(old, mine)
    if line.quantity > old.quantity:
        return _line_change("quantity_up", line, (old.quantity, line.quantity), _rule_of_more(stage, is_edited))
    kind = "quantity_down" if line.quantity else "line_cancelled"
    rule = _rule_of_less(stage, mine, line.quantity, is_edited=is_edited)
    return _line_change(kind, line, (old.quantity, line.quantity), rule)


def _removed(before, theirs, stage, held):
    there = {line.external_id for line in theirs.lines}
    for line in before.lines:
        mine = held.get(line.external_id)
        if line.external_id in there or not line.quantity or not _quantity_here(mine):
            continue
        rule = _rule_of_less(stage, mine, Decimal(0), is_edited=_is_edited(line, mine))
        yield _line_change("line_cancelled", line, (line.quantity, Decimal(0)), rule)


def _line_change(kind, line, quantities, rule):
    old, new = (None if quantity is None else f"{quantity.normalize():f}" for quantity in quantities)
    return Change(kind=kind, key=line.external_id, what=line.sku or line.title, old=old, new=new, **rule)


def _rule_of_more(stage, is_edited):
    """More goods on an order whose picking began are a parcel of their own, which a person starts."""
    if is_edited:
        return {"rule": "ask", "why": "edited"}
    if stage in ("picking", "shipped"):
        return {"rule": "ask", "why": "shipped" if stage == "shipped" else "picked"}
    return {"rule": "apply"}


def _rule_of_less(stage, mine, left, *, is_edited):
    """Fewer goods need nobody while enough of them are still on the shelf.

    Of an order that left, those are what was added to it later.
    """
    if is_edited:
        return {"rule": "ask", "why": "edited"}
    if mine is not None and left < mine.shipped:
        return {"rule": "ask", "why": "shipped"}
    if mine is not None and left < mine.shipped + mine.picked:
        return {"rule": "ask", "why": "picked"}
    if stage == "shipped" and (mine is None or mine.quantity - left > mine.later):
        return {"rule": "ask", "why": "shipped"}
    return {"rule": "apply"}


def _is_edited(old, mine):
    """Whether a person changed the quantity here. A line that is gone here was taken out by a person."""
    return _quantity_here(mine) != old.quantity


def _quantity_here(mine):
    return mine.quantity if mine is not None else Decimal(0)


def _is_repriced(old, mine):
    if mine is None or mine.amount is None or old.amount is None or _is_edited(old, mine):
        return False
    return abs(mine.amount - old.amount.amount) > mine.slack


# --- money ----------------------------------------------------------------------------------------------------


def _money_changes(before, theirs, ours, goods):
    known = {line.external_id: line for line in before.lines}
    held = {line.external_id: line for line in ours.lines}
    moved = {change.key for change in goods}
    changes = []
    for line in theirs.lines:
        old, mine = known.get(line.external_id), held.get(line.external_id)
        if old is None or mine is None or line.external_id in moved or line.amount is None or line.amount == old.amount:
            continue
        if mine.amount is None or abs(mine.amount - line.amount.amount) > mine.slack:
            rule = _rule_of_money(ours.stage, goods, is_edited=_is_repriced(old, mine))
            words = (_money(old.amount), _money(line.amount))
            changes.append(
                Change(
                    kind="amount", key=line.external_id, what=line.sku or line.title, old=words[0], new=words[1], **rule
                )
            )
    changes += _charge_changes(before, theirs, ours, goods)
    if theirs.total is not None and theirs.total != before.total and not changes and not goods:
        is_equal = ours.total == theirs.total.amount  # somebody was here before the channel
        rule = {"rule": "apply"} if is_equal else _rule_of_money(ours.stage, goods, is_edited=False)
        changes.append(Change(kind="total", old=_money(before.total), new=_money(theirs.total), **rule))
    return changes


def _charge_changes(before, theirs, ours, goods):
    old, new = charge_sums(before), charge_sums(theirs)
    for kind in dict.fromkeys([*old, *new]):
        was, will = old.get(kind, Decimal(0)), new.get(kind, Decimal(0))
        mine = ours.charges.get(kind, Decimal(0))
        if was == will or (mine == will and kind not in ("channel_tax", "seller_tax")):
            continue
        is_tax = kind in ("channel_tax", "seller_tax")
        rule = _rule_of_money(ours.stage, goods, is_edited=not is_tax and mine != was)
        currency = theirs.currency or before.currency
        words = (f"{was} {currency}", f"{will} {currency}")
        yield Change(kind="tax" if is_tax else "charge", key=kind, old=words[0], new=words[1], **rule)


def charge_sums(order: dto.OrderData) -> dict[str, Decimal]:
    """Return each kind of charge summed over the order, and the taxes that stand beside its prices."""
    sums: dict[str, Decimal] = {}
    charges = [*order.charges, *(charge for line in order.lines for charge in line.charges)]
    for charge in charges:
        sums[charge.kind] = sums.get(charge.kind, Decimal(0)) + charge.amount.amount
    if not order.is_tax_included:
        taxes = [tax for charge in charges for tax in charge.taxes]
        for tax in [*taxes, *(tax for line in order.lines for tax in line.taxes)]:
            kind = f"{tax.collected_by}_tax"
            sums[kind] = sums.get(kind, Decimal(0)) + tax.amount.amount
    return sums


def _rule_of_money(stage, goods, *, is_edited):
    """Amounts follow their goods; alone, they need nobody until picking begins."""
    if is_edited:
        return {"rule": "ask", "why": "edited"}
    if stage == "picking" and not (goods and all(change.rule == "apply" for change in goods)):
        return {"rule": "ask", "why": "picked"}
    return {"rule": "apply"}


def _together(changes, *, is_foreign):
    """Let all that makes up the total be decided together, or the total is wrong in between."""
    why = "currency" if is_foreign else "together"
    if not is_foreign and all(change.rule == "apply" for change in changes):
        return changes
    return [change if change.rule == "ask" else replace(change, rule="ask", why=why) for change in changes]


def _money(money):
    return f"{money.amount} {money.currency}" if money is not None else None


# --- where to and by when -------------------------------------------------------------------------------------


def _address_changes(before, theirs, ours):
    if not _is_moved(before.ship_to, theirs.ship_to) or not _is_moved(ours.address, theirs.ship_to):
        return
    rule = {"rule": "apply"}
    if ours.stage in ("picking", "shipped"):
        rule = {"rule": "ask", "why": "shipped" if ours.stage == "shipped" else "picked"}
    elif before.ship_to is not None and _is_moved(before.ship_to, ours.address):
        rule = {"rule": "ask", "why": "edited"}
    old, new = (one_line(here, other) for here, other in _both_ways(ours.address, theirs.ship_to))
    yield Change(kind="address", old=old, new=new, **rule)


def _delivery_changes(before, theirs, ours):
    if ours.stage == "shipped":
        return
    for name in ("service_level", "ship_by_at", "deliver_by_at"):
        was, will, mine = getattr(before, name), getattr(theirs, name), getattr(ours, name)
        if will is None or will in (was, mine):
            continue
        rule = {"rule": "ask", "why": "edited"} if mine != was else {"rule": "apply"}
        yield Change(kind="delivery", key=name, old=_spoken(mine), new=_spoken(will), **rule)


def _gift_changes(before, theirs, ours, held):
    if ours.stage == "shipped":
        return
    known = {line.external_id: line for line in before.lines}
    for line in theirs.lines:
        old, mine = known.get(line.external_id), held.get(line.external_id)
        if old is None or mine is None or gift_text(line) in (gift_text(old), mine.gift or None):
            continue
        rule = {"rule": "ask", "why": "picked"} if ours.stage == "picking" else {"rule": "apply"}
        yield Change(
            kind="gift", key=line.external_id, what=line.sku or line.title, old=mine.gift, new=gift_text(line), **rule
        )


def gift_text(line: dto.OrderLine) -> str | None:
    """Return what the buyer wants said and wrapped, in one text."""
    return " · ".join(part for part in (line.gift_message, line.gift_wrap) if part) or None


def one_line(address: dto.Address | None, other: dto.Address | None = None) -> str | None:
    """Return an address as one line, without the parts that ``other`` has the same."""
    if address is None:
        return None
    names = [
        name
        for name in FROM_ADDRESS
        if other is None or _folded(getattr(address, name)) != _folded(getattr(other, name))
    ]
    return ", ".join(getattr(address, name) for name in names if getattr(address, name)) or None


def _both_ways(one, other):
    return (one, other), (other, one)


def _is_moved(one, other):
    """Whether two addresses differ in anything that is written on a parcel."""
    if one is None or other is None:
        return one is not other
    return any(_folded(getattr(one, name)) != _folded(getattr(other, name)) for name in FROM_ADDRESS)


def _folded(text):
    return " ".join((text or "").split()).casefold()


def _spoken(value):
    return value.strftime("%Y-%m-%d %H:%M UTC") if isinstance(value, datetime) else value
