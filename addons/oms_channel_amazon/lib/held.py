"""What lies in Amazon's own warehouses (Fulfillment by Amazon). Pure.

Source: fbaInventory.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-26.
"""

from collections.abc import Iterable

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members

from .mapper import text
from .wire import Pagination, Wire, decode


class Unfulfillable(Wire):
    """Units nobody can buy: damaged, defective, expired."""

    total_unfulfillable_quantity: int | None = None


class InventoryDetails(Wire):
    """The units of one SKU by what they are."""

    fulfillable_quantity: int | None = None
    inbound_working_quantity: int | None = None
    inbound_shipped_quantity: int | None = None
    inbound_receiving_quantity: int | None = None
    unfulfillable_quantity: Unfulfillable | None = None


class InventorySummary(Wire):
    """One SKU."""

    seller_sku: str | None = None
    inventory_details: InventoryDetails | None = None


class _Paged(Wire):
    pagination: Pagination | None = None


class HeldPlace(dto.Value):
    """Where the walk through the stores is: ``store`` were read, ``token`` is the next page of the present one."""

    store: int = 0
    token: str | None = None


def read_held_place(cursor: str | None) -> HeldPlace:
    """Return the place a cursor of ours stands for.

    :raise Rejected: ``cursor_expired`` when it is none
    """
    return read_place(cursor, HeldPlace) if cursor else HeldPlace()


def parse_held_page(body: bytes, stores: Iterable[str], place: HeldPlace) -> dto.Page[dto.HeldStock]:
    """Return one page of the stock one store sees. An entry that cannot be read fails the page: 0 would be believed.

    :param stores: ids of the stores that are walked through
    :raise Malformed: the page cannot be read
    """
    stores = tuple(stores)
    fields = dict(members(body))
    payload = dict(members(fields.get(b"payload", b"")))
    if b"inventorySummaries" not in payload:
        raise Malformed("wrong_shape", reason="the answer holds no inventory")
    pagination = fields.get(b"pagination", b"null")
    paged = decode(b'{"pagination":' + pagination + b"}", _Paged)
    token = text(paged.pagination.next_token) if paged.pagination else None
    following = HeldPlace(store=place.store, token=token) if token else HeldPlace(store=place.store + 1)
    summaries = (decode(piece, InventorySummary) for piece in entries(payload[b"inventorySummaries"]))
    return dto.Page(
        items=tuple(
            _held(summary, stores[place.store])
            for summary in summaries
            if text(summary.seller_sku) and summary.inventory_details
        ),
        next_cursor=write_place(following) if following.store < len(stores) else None,
    )


def _held(summary: InventorySummary, store: str) -> dto.HeldStock:
    details = summary.inventory_details
    coming = (details.inbound_working_quantity, details.inbound_shipped_quantity, details.inbound_receiving_quantity)
    unfit = details.unfulfillable_quantity.total_unfulfillable_quantity if details.unfulfillable_quantity else None
    return dto.HeldStock(
        sku=summary.seller_sku,
        quantity=max(0, details.fulfillable_quantity or 0),
        quantity_coming=sum(max(0, units or 0) for units in coming),
        quantity_unfit=max(0, unfit or 0),
        marketplace=store,
    )
