"""Items that are made of others: configurables and bundles. Which lines we import, and what is sent for them.

A configurable is one line: the money is the parent's, the SKU is the variant's (which Magento writes into the parent,
too), and parcels name the parent. A bundle is the lines of its parts, because those are what lies on the shelf; with a
price of its own (fixed) that is cut among them, with a price by parts (dynamic) each part has its own. Sources:
github.com/magento/magento2 issue 22562; Magento\\Sales\\Model\\Order\\Item::isDummy of 2.4; seen 2026-11-26.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.strict_json import shown

from .amounts import NIL, read_amount
from .proceeds import LineMoney, read_line, split_line
from .states import LineProgress
from .wire import read_id, text, text_id
from .wire_order import Item

CONFIGURABLE, BUNDLE = "configurable", "bundle"
VIRTUAL_TYPES = frozenset({"virtual", "downloadable"})
MAX_QUANTITY = 1_000_000


class Line(NamedTuple):
    """One line we import.

    :param item: what is sold, with name and SKU; ``path``: where it stands
    :param progress: units ordered, sent, taken back
    :param parent_id: of a part of a bundle, the bundle's item; ``per_parent``: units of it in one bundle;
        ``has_own_price``: it is paid and refunded on its own, not with the bundle
    """

    id: str
    item: Item
    path: str
    money: LineMoney
    progress: LineProgress
    title: str | None
    sku: str | None
    product_id: str | None
    is_virtual: bool = False
    parent: Item | None = None
    parent_id: str | None = None
    per_parent: Decimal = Decimal(1)
    has_own_price: bool = True


def read_lines(items: Sequence[Item], currency: str) -> list[Line]:
    """Return the lines of an order.

    :raise Malformed: an item without id or quantity, or two of one id
    """
    paths = [f"$.items[{place}]" for place in range(len(items))]
    ids = [read_id(item.item_id, f"{path}.item_id") for item, path in zip(items, paths, strict=True)]
    if len(set(ids)) != len(ids):
        twice = next(id_ for place, id_ in enumerate(ids) if id_ in ids[:place])
        raise Malformed("duplicate_line", path="$.items", reason=f"item {twice} is listed twice")
    known = set(ids)
    parts: dict[str, list[tuple[str, Item, str]]] = {}
    for id_, item, path in zip(ids, items, paths, strict=True):
        parent = text_id(item.parent_item_id)
        if parent in known and parent != id_:
            parts.setdefault(parent, []).append((id_, item, path))
    lines = []
    for id_, item, path in zip(ids, items, paths, strict=True):
        parent = text_id(item.parent_item_id)
        if parent in known and parent != id_:
            continue
        if item.product_type == BUNDLE and id_ in parts:
            lines += _read_bundle(id_, item, path, parts[id_], currency)
        else:
            lines.append(_read_single(id_, item, path, parts.get(id_, ())))
    return lines


def read_progress(item: Item, path: str) -> LineProgress:
    """Return the units of an item.

    :raise Malformed: a quantity nobody could order, or none
    """
    ordered, shipped, refunded, cancelled = (
        read_amount(getattr(item, name), f"{path}.{name}")
        for name in ("qty_ordered", "qty_shipped", "qty_refunded", "qty_canceled")
    )
    if ordered is None or not 0 < ordered <= MAX_QUANTITY:
        reason = f"{shown(item.qty_ordered)} is not a quantity that can be ordered"
        raise Malformed("bad_quantity", path=f"{path}.qty_ordered", reason=reason)
    counts = [count or NIL for count in (shipped, refunded, cancelled)]
    if min(counts) < 0 or max(counts) > MAX_QUANTITY:
        raise Malformed("bad_quantity", path=path, reason="a quantity that was sent or taken back cannot be right")
    return LineProgress(ordered.normalize() + 0, *(count.normalize() + 0 for count in counts))


def _read_single(id_: str, item: Item, path: str, parts: Sequence[tuple[str, Item, str]]) -> Line:
    """Return a line of its own: a simple product, or a configurable with its variant."""
    variant = parts[0][1] if parts else item
    return Line(
        id=id_,
        item=item,
        path=path,
        money=read_line(item, path),
        progress=read_progress(item, path),
        title=text(variant.name) or text(item.name),
        sku=text(variant.sku) or text(item.sku),
        product_id=text_id(variant.product_id),
        is_virtual=_is_virtual(variant),
    )


def _read_bundle(
    id_: str, parent: Item, path: str, parts: Sequence[tuple[str, Item, str]], currency: str
) -> list[Line]:
    whole = read_line(parent, path)
    own = [read_line(item, part_path) for _id, item, part_path in parts]
    is_dynamic = _is_dynamic(whole, own)
    weights = [
        money.net if is_dynamic else _weight(item, at) for money, (_id, item, at) in zip(own, parts, strict=True)
    ]
    monies = split_line(whole, weights, currency)
    monies = _own_monies(whole, own, monies) if is_dynamic else monies
    progress = read_progress(parent, path)
    lines = []
    for (part_id, item, part_path), money in zip(parts, monies, strict=True):
        mine = read_progress(item, part_path)
        per_parent = mine.ordered / progress.ordered
        # Sent or taken back together, the shop may count on the bundle alone.
        seen = (max(own, bundle * per_parent) for own, bundle in zip(mine[1:], progress[1:], strict=True))
        lines.append(
            Line(
                id=part_id,
                item=item,
                path=part_path,
                money=money,
                progress=LineProgress(mine.ordered, *seen),
                title=": ".join(filter(None, (text(parent.name), text(item.name)))) or None,
                sku=text(item.sku),
                product_id=text_id(item.product_id),
                is_virtual=_is_virtual(item),
                parent=parent,
                parent_id=id_,
                per_parent=per_parent,
                has_own_price=is_dynamic,
            )
        )
    return lines


def _is_dynamic(whole: LineMoney, own: Sequence[LineMoney]) -> bool:
    """Whether the parts state the bundle's price; where it is fixed they cost nothing, or repeat a list price."""
    stated = sum((money.net for money in own), NIL)
    return bool(stated) and stated in (whole.net, whole.net or stated)


def _own_monies(whole: LineMoney, own: Sequence[LineMoney], shared: Sequence[LineMoney]) -> list[LineMoney]:
    """Return the money of parts that have a price each; a discount or tax that stands on the bundle alone is shared."""
    found = list(own)
    for names in (("off", "discount"), ("tax", "gross")):
        if getattr(whole, names[0]) and not any(getattr(money, names[0]) for money in own):
            found = [
                money._replace(**{name: getattr(part, name) for name in names})
                for money, part in zip(found, shared, strict=True)
            ]
    return found


def _weight(item: Item, path: str) -> Decimal:
    listed = read_amount(item.original_price, f"{path}.original_price") or NIL
    return max(listed, NIL) * (read_amount(item.qty_ordered, f"{path}.qty_ordered") or NIL)


def _is_virtual(item: Item) -> bool:
    return item.product_type in VIRTUAL_TYPES or item.is_virtual in (1, "1", True)


# === what is sent for them =======================================================================================


def plan_units(wanted: Mapping[str, Decimal], lines: Sequence[Line], separate: frozenset[str]) -> dict[str, Decimal]:
    """Return ``{item id: units}`` as the shop counts them, for units of our lines.

    :param wanted: line id to units
    :param separate: ids of the bundles whose parts the shop sends one by one
    :raise Rejected: units of a bundle that is sent in one piece, and they make no whole one
    """
    by_id = {line.id: line for line in lines}
    found: dict[str, Decimal] = {}
    bundles: dict[str, dict[str, Decimal]] = {}
    for id_, units in wanted.items():
        line = by_id.get(id_)
        if line is None or line.parent_id is None or line.parent_id in separate:
            found[id_] = found.get(id_, NIL) + units
        else:
            bundles.setdefault(line.parent_id, {})[id_] = units
    for parent_id, units in bundles.items():
        found[parent_id] = _whole_bundles(parent_id, units, lines)
    return found


def units_to_invoice(notice: dto.InvoiceNotice, lines: Sequence[Line]) -> dict[str, Decimal]:
    """Return the units to invoice by item: a bundle with a price of its own as one, its parts where those have it.

    :raise Rejected: the order has no such line
    """
    wanted: dict[str, Decimal] = {}
    for line in notice.lines:
        wanted[line.external_line_id] = wanted.get(line.external_line_id, NIL) + line.quantity
    unknown = set(wanted) - {line.id for line in lines}
    if unknown:
        raise Rejected("bad_line", message=f"“{min(unknown)}” is no item of the order")
    by_parts = frozenset(line.parent_id for line in lines if line.parent_id and line.has_own_price)
    return plan_units(wanted, lines, by_parts)


def _whole_bundles(parent_id: str, units: Mapping[str, Decimal], lines: Sequence[Line]) -> Decimal:
    """Return how many bundles these units are, the part that is there least deciding."""
    parts = [line for line in lines if line.parent_id == parent_id and not line.is_virtual]
    counts = [units.get(line.id, NIL) // line.per_parent for line in parts]
    whole = min(counts, default=NIL)
    if whole <= 0:
        name = shown(text(parts[0].parent.name) or parent_id, 80) if parts else parent_id
        raise Rejected(
            "bundle_incomplete",
            message=f"the shop sends the bundle “{name}” in one piece, and this parcel holds only a part of it",
        )
    return whole
