"""Which items of an order are one line of goods. Pure.

An order lists a configurable product and the variant that was bought, a bundle and what is in it. The WSDL does not say
which item belongs to which, but the items stand in the order they were bought in, parents first
(Mage/Sales/Model/Convert/Quote.php and Service/Quote.php, seen 2026-11-26), and the item of a bundle's part carries
"bundle_selection_attributes" in its options (Mage/Bundle/Model/Product/Type.php).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.strict_json import shown

from . import soap_wire
from .soap_wire import number

MAX_QUANTITY = 1_000_000
_PART_MARK = '"bundle_selection_attributes"'
# "shipment_type" of a bundle: 0 its parts leave together, 1 each for itself (Mage_Catalog_Model_Product_Type_Abstract).
_SEPARATELY = re.compile(r'"shipment_type";(?:i:1;|s:1:"1";)')
_ITEM_ID = re.compile(r"\d{1,18}")
_ZERO = Decimal(0)


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """One line: the item with its id and money, and what is sent for it.

    :param item: the item the line is made of
    :param place: its path in the document
    :param sku: of what is sent
    :param parcel_items: item ids a shipment must name, each with its units for one unit of the line
    :param sent_by: the item whose ``qty_shipped`` counts, and its units for one unit of the line
    """

    item: soap_wire.Item
    place: str
    sku: str | None
    parcel_items: tuple[tuple[str, Decimal], ...]
    sent_by: tuple[tuple[soap_wire.Item, Decimal], ...]

    @property
    def quantity(self) -> Decimal:
        """How many units were bought."""
        return number(self.item.qty_ordered, f"{self.place}.qty_ordered")

    @property
    def quantity_shipped(self) -> Decimal:
        """How many whole units were sent."""
        shares = [number(item.qty_shipped, f"{self.place}.qty_shipped") / each for item, each in self.sent_by if each]
        return min(shares, default=_ZERO).quantize(Decimal("0.0001"), ROUND_FLOOR).normalize() + 0

    @property
    def is_sent(self) -> bool:
        """Whether it goes into a parcel at all."""
        return self.item.is_virtual != "1"


def read_goods(items: Sequence[soap_wire.Item], path: str = "$.order.items") -> list[Goods]:
    """Return the lines of goods of an order.

    :raise Malformed: an item without an id, or with a quantity that cannot be
    """
    families = _families([(item, f"{path}[{place}]") for place, item in enumerate(items)])
    lines: list[Goods] = []
    for (parent, place), parts in families:
        lines += _bundle(parent, place, parts) if parent.product_type == "bundle" else [_single(parent, place, parts)]
    seen: set[str] = set()
    for line in lines:
        _ensure_sound(line, seen)
    return lines


def plan_parcel(goods: Iterable[Goods], lines: Iterable[dto.LineUnits]) -> Mapping[str, Decimal]:
    """Return ``{item id: units}`` a shipment must name for these lines.

    :raise Rejected: ``line_unknown``: the order has no such line
    """
    known = {line.item.item_id: line for line in goods}
    units: dict[str, Decimal] = {}
    for wanted in lines:
        if wanted.external_line_id not in known:
            line_id = wanted.external_line_id
            raise Rejected("line_unknown", message=f"the order has no line {line_id}", reference=line_id)
        for item_id, each in known[wanted.external_line_id].parcel_items:
            units[item_id] = max(units.get(item_id, _ZERO), wanted.quantity * each)
    return units


def _families(items):
    """Yield ``((parent, place), parts)`` for everything that was bought."""
    families: list[tuple[tuple[soap_wire.Item, str], list]] = []
    for item, place in items:
        parent = _parent_of(item, place, families)
        if parent is None:
            families.append(((item, place), []))
        else:
            parent.append((item, place))
    return families


def _parent_of(item: soap_wire.Item, place: str, families: list) -> list | None:
    """Return the parts of the item this one belongs to, ``None`` for an item of its own."""
    if soap_wire.plain(item.parent_item_id):
        return next((parts for (other, _at), parts in families if other.item_id == item.parent_item_id), None)
    if not families:
        return None
    (last, _at), parts = families[-1]
    if last.product_type == "bundle":
        return parts if _PART_MARK in (item.product_options or "") else None
    is_variant = (
        last.product_type == "configurable"
        and not parts
        and item.product_type in ("simple", "virtual", "downloadable")
        and item.sku == last.sku
        and not number(item.row_total, f"{place}.row_total")
    )
    return parts if is_variant else None


def _single(item: soap_wire.Item, place: str, parts) -> Goods:
    """A simple product, or a configurable: the parent has the money and is shipped, the variant says what it is."""
    skus = [soap_wire.plain(part.sku) for part, _at in parts] + [soap_wire.plain(item.sku)]
    one = Decimal(1)
    return Goods(
        item=item,
        place=place,
        sku=next((sku for sku in skus if sku), None),
        parcel_items=((item.item_id, one),),
        sent_by=((item, one),),
    )


def _bundle(parent: soap_wire.Item, place: str, parts) -> list[Goods]:
    """A bundle: with prices of its own it is one line; priced by its parts, each part is.

    Where its parts leave together a shipment names the parent, else the parts (Mage/Sales/Model/Order/Item.php,
    ``isDummy``).
    """
    bought = number(parent.qty_ordered, f"{place}.qty_ordered")
    shares = [(part, at, _share(part, at, bought)) for part, at in parts]
    leaves_together = not parts or not _SEPARATELY.search(parent.product_options or "")
    if not any(number(part.row_total, f"{at}.row_total") for part, at in parts):
        each = tuple((part, share) for part, _at, share in shares)
        own = ((parent, Decimal(1)),)
        sent_by = own if leaves_together else each
        return [
            Goods(
                item=parent,
                place=place,
                sku=soap_wire.plain(parent.sku),
                parcel_items=tuple((item.item_id, share) for item, share in sent_by),
                sent_by=sent_by,
            )
        ]
    return [
        Goods(
            item=part,
            place=at,
            sku=soap_wire.plain(part.sku),
            parcel_items=((parent.item_id, 1 / share),) if leaves_together and share else ((part.item_id, Decimal(1)),),
            sent_by=((parent, 1 / share),) if leaves_together and share else ((part, Decimal(1)),),
        )
        for part, at, share in shares
    ]


def _share(part: soap_wire.Item, place: str, bought: Decimal) -> Decimal:
    units = number(part.qty_ordered, f"{place}.qty_ordered")
    return units / bought if bought else _ZERO


def _ensure_sound(line: Goods, seen: set[str]) -> None:
    item_id = line.item.item_id
    if not _ITEM_ID.fullmatch(item_id):
        raise Malformed("bad_id", path=f"{line.place}.item_id", reason=f"“{shown(item_id)}” is not an id")
    if item_id in seen:
        raise Malformed("bad_id", path=f"{line.place}.item_id", reason=f"two lines with the id {item_id}")
    seen.add(item_id)
    if not 0 < line.quantity <= MAX_QUANTITY:
        reason = f"{shown(line.item.qty_ordered)} is not a quantity that can be ordered"
        raise Malformed("bad_quantity", path=f"{line.place}.qty_ordered", reason=reason)
