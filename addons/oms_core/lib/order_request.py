"""What a program asks for over the API, an order, a shipment, a return: values, or plain words about what is wrong."""

import hashlib
import re
from decimal import Decimal
from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=500)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
MOST = Decimal(1_000_000_000)


class Flaw(Exception):
    """What was asked for cannot be read. ``path`` says where, ``reason`` why, in words of a program's author."""

    def __init__(self, path: str, reason: str):
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: a name nobody knows is refused rather than left out."""


class Customer(_Asked):
    """Who buys, or where it goes. ``country`` is the ISO code of two letters; ``id`` a customer that is here."""

    id: int | None = None
    name: Name | None = None
    company: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    street: Text | None = None
    street2: Text | None = None
    city: Text | None = None
    zip: Text | None = None
    state: Text | None = None
    country: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2}$")] | None = None


class Line(_Asked):
    """Units of a product. Without ``price`` (of one unit) the pricelist has the word."""

    quantity: Decimal
    sku: Name | None = None
    product_id: int | None = None
    price: Decimal | None = None
    discount: Decimal = Decimal(0)
    description: Text | None = None


class Order(_Asked):
    """An order as a program writes it. Moments are UTC, as ``2026-11-27 09:00:00``."""

    lines: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=1000)]
    customer: Customer
    ship_to: Customer | None = None
    reference: Text | None = None
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] | None = None
    shipping: Decimal | None = None
    type: Name | None = None
    warehouse: Name | None = None
    tags: tuple[Name, ...] = ()
    note: Text | None = None
    placed_at: str | None = None
    ship_by_at: str | None = None


class Part(_Asked):
    """Units of one line of an order, named by its id or by its SKU."""

    quantity: Decimal
    line_id: int | None = None
    sku: Name | None = None
    reason: Text | None = None


def read_order(asked: dict[str, Any]) -> Order:
    """Return the order that is asked for.

    :raise Flaw: a value is missing, unknown, or none of its kind
    """
    order = _convert(asked, Order)
    if order.customer.id is None and not order.customer.name:
        raise Flaw("customer.name", "a customer has a name, or the id of one that is here")
    for index, line in enumerate(order.lines):
        if (line.sku is None) == (line.product_id is None):
            raise Flaw(f"lines[{index}]", "name the product by sku or by product_id, one of them")
        _ensure_between(f"lines[{index}].quantity", line.quantity, Decimal(0), MOST)
        _ensure_between(f"lines[{index}].price", line.price, -MOST, MOST)
        _ensure_between(f"lines[{index}].discount", line.discount, Decimal(-1), Decimal(100))
        if line.discount < 0:
            raise Flaw(f"lines[{index}].discount", "a discount is not below 0")
    _ensure_between("shipping", order.shipping, -MOST, MOST)
    return order


def read_parts(asked: Any) -> tuple[Part, ...]:
    """Return the units of lines that are asked for.

    :raise Flaw: as above
    """
    parts = _convert(asked or (), tuple[Part, ...], "lines")
    for index, part in enumerate(parts):
        if (part.sku is None) == (part.line_id is None):
            raise Flaw(f"lines[{index}]", "name the line by line_id or by sku, one of them")
        _ensure_between(f"lines[{index}].quantity", part.quantity, Decimal(0), MOST)
    return parts


def digest(order: Order) -> str:
    """Return a digest of all that was asked for: the same key with another order is a mistake of the caller."""
    return hashlib.sha256(msgspec.json.encode(order, order="sorted")).hexdigest()


def _ensure_between(path, value, low, high):
    if value is not None and not (value.is_finite() and low < value <= high):
        raise Flaw(path, f"a number > {low:f} and at most {high:f} is needed")


def _convert(asked, kind, root=""):
    try:
        return msgspec.convert(_plain(asked), kind, strict=False)
    except msgspec.ValidationError as error:
        text, _at, path = str(error).partition(" - at ")
        where = path.strip("`").removeprefix("$").lstrip(".") or "order"
        where = f"{root}{where}" if root and where.startswith("[") else where
        raise Flaw(where, _words(text)) from error


def _plain(value):
    """Return what a client sends without what its language cannot leave out: XML-RPC has False or nil for nothing."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items() if item is not None and item is not False}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return str(Decimal(repr(value))) if abs(value) != float("inf") and value == value else "not a number"
    return value


def _words(text):
    replaced = re.sub(r"Object missing required field `(\w+)`", r"\1 is missing", text)
    replaced = re.sub(r"Object contains unknown field `(\w+)`", r"there is no field \1", replaced)
    return replaced[:1].lower() + replaced[1:].replace("`", "")
