"""How a channel's order becomes one of ours: pure decisions over a snapshot of what we know.

The channel's amounts are the truth. Nothing here looks at a price list.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from . import dto

LineKind = Literal[
    "goods",
    "part",
    "shipping",
    "gift_wrap",
    "cod",
    "discount",
    "gift_card",
    "other",
    "channel_tax",
    "seller_tax",
    "rounding",
]
# Countries whose addresses may name no city of their own: the prefecture or the country itself is enough.
CITY_IN_STREET = frozenset({"HK", "JP", "MO", "SG"})


class Problem(dto.Value):
    """A named problem the plan found. ``reason`` is a key of :data:`.reasons.REASONS`."""

    reason: str
    cause: str
    params: Mapping[str, Any] = {}


class Goods(dto.Value):
    """What one sale of an SKU is: ``units`` of a product, and of a kit's further products.

    :param parts: ``(product id, units)`` of each further part
    """

    product_id: int
    units: float = 1.0
    parts: tuple[tuple[int, float], ...] = ()


class LinePlan(dto.Value):
    """One line to create. ``amount`` is for all units, in the order's tax mode; ``None`` while it is not known.

    :param quantity: as the channel counts; ``units`` of the product make one of them
    :param part_of: for a further part of a kit: the channel's id of the line whose price it is in
    """

    kind: LineKind
    amount: Decimal | None
    quantity: Decimal = Decimal(1)
    units: Decimal = Decimal(1)
    part_of: str | None = None
    external_id: str | None = None
    product_id: int | None = None
    sku: str | None = None
    title: str | None = None
    gift_message: str | None = None
    gift_wrap: str | None = None
    is_taxed: bool = True


class Snapshot(dto.Value):
    """What we know when the plan is made, for all orders of a batch.

    :param products: SKU to what it stands for, ``None`` for a listing nobody linked yet
    :param may_pass_unlinked: whether an SKU nobody linked lets its order go on
    :param currencies: code of each active currency to its smallest step
    :param countries: ISO code to country id
    :param taxes: country id (``None``: any other) to ``(tax id, is price included)``
    """

    products: Mapping[str, Goods | None]
    currencies: Mapping[str, Decimal]
    countries: Mapping[str, int]
    taxes: Mapping[int | None, tuple[int, bool]] = {}
    may_pass_unlinked: bool = False


class OrderPlan(dto.Value):
    """What to create for one order and what is wrong with it.

    :param tax_id: the tax of every taxed line, ``None`` for none
    """

    order: dto.OrderData
    lines: tuple[LinePlan, ...]
    problems: tuple[Problem, ...] = ()
    country_id: int | None = None
    tax_id: int | None = None

    @property
    def is_awaiting_payment(self) -> bool:
        """Whether the channel has not got the buyer's money yet."""
        return self.order.status == "awaiting_payment"


def plan_order(order: dto.OrderData, snapshot: Snapshot) -> OrderPlan:
    """Decide the lines of one order and name what stands in its way."""
    country_id = _country_id(order, snapshot)
    tax = snapshot.taxes.get(country_id, snapshot.taxes.get(None))
    tax_id = tax[0] if tax and tax[1] == order.is_tax_included else None
    goods = tuple(part for line in order.lines for part in _plan_goods(line, snapshot))
    lines = goods + _plan_charges(order) + _plan_taxes(order, has_tax=tax_id is not None)
    if order.status == "cancelled":
        return OrderPlan(
            order=order, lines=lines, problems=tuple(_money_problems(order, snapshot)), country_id=country_id
        )
    problems = (
        *_sku_problems(goods, "placeholder_line" if snapshot.may_pass_unlinked else "unmapped_sku"),
        *_money_problems(order, snapshot),
        *_address_problems(order, snapshot),
        *_tax_problems(order, tax_id),
        *_status_problems(order),
        *_hold_problems(order),
    )
    return OrderPlan(order=order, lines=lines, problems=problems, country_id=country_id, tax_id=tax_id)


def settle(theirs: Decimal | None, ours: Decimal, step: Decimal, tolerance_steps: int) -> tuple[Decimal, bool]:
    """Compare the channel's total with ours.

    :return: the rounding line needed (0 when equal or when it would be too large) and whether the totals then agree
    """
    if theirs is None:
        return Decimal(0), True
    difference = (theirs - ours).quantize(step)
    if difference == 0:
        return Decimal(0), True
    if abs(difference) <= step * tolerance_steps:
        return difference, True
    return Decimal(0), False


def stated_rate(order: dto.OrderData) -> Decimal | None:
    """Return the percentage that the seller's stated taxes are of the goods they are stated for, ``None`` for none."""
    base = tax = Decimal(0)
    for line in order.lines:
        ours = sum((part.amount.amount for part in line.taxes if part.collected_by == "seller"), Decimal(0))
        if ours and line.amount:
            tax += ours
            base += line.amount.amount
    return 100 * tax / base if tax and base else None


# --- lines ----------------------------------------------------------------------------------------------------


def _plan_goods(line: dto.OrderLine, snapshot: Snapshot):
    """Yield the line itself, and for a kit a line without a price for each further part."""
    goods = snapshot.products.get(line.sku or "")
    yield LinePlan(
        kind="goods",
        amount=line.amount.amount if line.amount else None,
        quantity=line.quantity,
        units=dto.to_decimal(goods.units) if goods else Decimal(1),
        external_id=line.external_id,
        product_id=goods.product_id if goods else None,
        sku=line.sku,
        title=line.title,
        gift_message=line.gift_message,
        gift_wrap=line.gift_wrap,
    )
    for product_id, units in goods.parts if goods else ():
        yield LinePlan(
            kind="part",
            amount=Decimal(0),
            quantity=line.quantity,
            units=dto.to_decimal(units),
            product_id=product_id,
            part_of=line.external_id,
            is_taxed=False,
        )


def _plan_charges(order: dto.OrderData) -> tuple[LinePlan, ...]:
    """Sum each kind of charge over the order, so a five-line order shows one shipping line; two if one is untaxed."""
    sums: dict[tuple[str, bool], Decimal] = {}
    labels: dict[str, list[str]] = {}
    for charge in _charges(order):
        key = charge.kind, _is_taxed(order, charge)
        sums[key] = sums.get(key, Decimal(0)) + charge.amount.amount
        if charge.label and charge.label not in labels.setdefault(charge.kind, []):
            labels[charge.kind].append(charge.label)
    for line in order.lines:
        for promotion in line.promotions:
            if promotion not in labels.setdefault("discount", []):
                labels["discount"].append(promotion)
    return tuple(
        LinePlan(kind=kind, amount=amount, title=", ".join(labels.get(kind, ())) or None, is_taxed=is_taxed)
        for (kind, is_taxed), amount in sums.items()
        if amount
    )


def _is_taxed(order: dto.OrderData, charge: dto.Charge) -> bool:
    """Return whether our tax is due on a charge: on top of a price only where the channel states some for it.

    A discount makes the taxed goods cheaper; a gift card pays, it is no part of the price.
    """
    if charge.kind == "gift_card":
        return False
    if order.is_tax_included or charge.kind == "discount":
        return True
    return any(tax.collected_by == "seller" and tax.amount.amount for tax in charge.taxes)


def _plan_taxes(order: dto.OrderData, *, has_tax: bool) -> tuple[LinePlan, ...]:
    """Turn taxes the channel states on top of its prices into lines.

    Tax the channel collected is a line of its own and never our tax. Ours is a line only while none is linked here.
    """
    if order.is_tax_included:
        return ()
    sums = {"channel": Decimal(0), "seller": Decimal(0)}
    for tax in _taxes(order):
        sums[tax.collected_by] += tax.amount.amount
    lines = []
    if sums["channel"]:
        lines.append(LinePlan(kind="channel_tax", amount=sums["channel"], is_taxed=False))
    if sums["seller"] and not has_tax:
        lines.append(LinePlan(kind="seller_tax", amount=sums["seller"], is_taxed=False))
    return tuple(lines)


def _charges(order: dto.OrderData):
    yield from order.charges
    for line in order.lines:
        yield from line.charges


def _taxes(order: dto.OrderData):
    for charge in _charges(order):
        yield from charge.taxes
    for line in order.lines:
        yield from line.taxes


# --- problems -------------------------------------------------------------------------------------------------


def _sku_problems(goods: tuple[LinePlan, ...], reason: str):
    unlinked = [line for line in goods if line.kind == "goods" and line.product_id is None and line.quantity]
    for sku in dict.fromkeys(line.sku or "" for line in unlinked):
        yield Problem(reason=reason, cause=sku, params={"sku": sku or "–"})


def _money_problems(order: dto.OrderData, snapshot: Snapshot):
    if order.currency is not None and order.currency not in snapshot.currencies:
        yield Problem(reason="unmapped_currency", cause=order.currency, params={"currency": order.currency})


def _address_problems(order: dto.OrderData, snapshot: Snapshot):
    address = order.ship_to
    if order.fulfilled_by != "seller" or order.status not in ("to_ship", "partly_shipped"):
        return
    if address is not None and address.country and address.country not in snapshot.countries:
        yield Problem(reason="unmapped_country", cause=address.country, params={"country": address.country})
        return
    missing = _missing_parts(address)
    if missing:
        yield Problem(reason="address_incomplete", cause=order.external_id, params={"missing": ", ".join(missing)})


def _missing_parts(address: dto.Address | None) -> list[str]:
    """Return what no carrier can do without. Japan and Singapore, for one, have a postal code in place of a city."""
    if address is None:
        return ["street", "city", "country"]
    missing = [name for name in ("street", "country") if not getattr(address, name)]
    has_place = address.city or address.postal_code or (address.state and address.country in CITY_IN_STREET)
    return missing if has_place else [*missing, "city"]


def _tax_problems(order: dto.OrderData, tax_id: int | None):
    """Only a tax that is ours to pay needs one of our taxes."""
    if tax_id is not None:
        return
    ours = sum((tax.amount.amount for tax in _taxes(order) if tax.collected_by == "seller"), Decimal(0))
    if ours:
        country = (order.ship_to and order.ship_to.country) or "–"
        yield Problem(reason="unmapped_tax", cause=country, params={"country": country})


def _status_problems(order: dto.OrderData):
    if order.fulfilled_by != "seller":
        return
    if order.status == "partly_shipped":
        yield Problem(reason="shipped_elsewhere", cause=order.external_id)
    if order.status == "unfulfillable":
        yield Problem(reason="unfulfillable", cause=order.external_id)
    asked = asked_to_cancel(order)
    if asked is not None and order.status == "to_ship":
        yield Problem(reason="cancel_requested", cause=order.external_id, params=asked)


def _hold_problems(order: dto.OrderData):
    """What the channel itself holds, for a payment or fraud check, is not confirmed until it lets go."""
    if order.holds and order.status in ("awaiting_payment", "to_ship"):
        yield Problem(reason="held_by_channel", cause=order.external_id, params={"why": ", ".join(order.holds)})


def asked_to_cancel(order: dto.OrderData) -> dict[str, str] | None:
    """Return why the buyer asks to cancel, and the channel's id of the request; ``None`` when nobody asks."""
    requests = [request for request in order.cancel_requests if request.state == "asked"]
    reasons = [request.reason or "–" for request in requests]
    reasons += [line.cancel_reason or "–" for line in order.lines if line.is_cancel_requested]
    if not reasons:
        return None
    ids = [request.external_id for request in requests if request.external_id]
    return {"why": "; ".join(dict.fromkeys(reasons)), **({"request": ids[0]} if ids else {})}


def _country_id(order: dto.OrderData, snapshot: Snapshot) -> int | None:
    return snapshot.countries.get((order.ship_to and order.ship_to.country) or "")
