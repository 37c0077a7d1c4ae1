"""What we send to Amazon: values of the contract turned into request bodies. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from . import const

_CENT = Decimal("0.01")
_JSON = msgspec.json.Encoder(decimal_format="number")
# "Only positive numeric values are supported", PackageReferenceId, ordersV0.json, seen 2026-11-23.
_REFERENCE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def build_shipment(notice: dto.ShipmentNotice, marketplace: str) -> dict[str, Any]:
    """Return the body of confirmShipment (Orders v0).

    The reference names the parcel for good: sent again, Amazon takes it as a correction of the same parcel.

    :param marketplace: the store, where the notice names none
    :raise Rejected: the notice holds something Amazon is known to refuse
    """
    if not _REFERENCE.fullmatch(notice.reference):
        raise Rejected(
            "bad_reference", message=f"the parcel's reference must be a positive number, not {notice.reference}"
        )
    if not notice.tracking.strip():
        raise Rejected("tracking_missing", message="Amazon takes no parcel without a tracking number")
    if notice.carrier_code == const.OTHER_CARRIER and not notice.carrier_name:
        raise Rejected("carrier_name_missing", message="a carrier Amazon does not list needs its name")
    if not notice.lines:
        raise Rejected("no_lines", message="the parcel holds nothing of the order")
    package: dict[str, Any] = {
        "packageReferenceId": notice.reference,
        "carrierCode": notice.carrier_code,
        "trackingNumber": notice.tracking.strip(),
        "shipDate": format_time(notice.shipped_at),
        "orderItems": [{"orderItemId": line.external_line_id, "quantity": _whole(line)} for line in notice.lines],
    }
    if notice.carrier_name:
        package["carrierName"] = notice.carrier_name
    if notice.service:
        package["shippingMethod"] = notice.service
    return {"marketplaceId": notice.marketplace or marketplace, "packageDetail": package}


def is_same_parcel(package: dto.Package, notice: dto.ShipmentNotice) -> bool:
    """Whether a parcel Amazon knows is the one of the notice, with nothing left to correct.

    Amazon may show another reference than ours (its own examples do), so the tracking number decides, and the
    contents where it shows them.
    """
    if _bare(package.tracking) != _bare(notice.tracking):
        return False
    sent = {line.external_line_id: line.quantity for line in notice.lines}
    return not package.items or dict(package.items) == sent


def build_stock(level: dto.StockLevel, store: str | None = None) -> dict[str, Any]:
    """Return the body of patchListingsItem that sets the quantity the seller can send, and the price if there is one.

    ``merge`` leaves the handling time alone, which ``replace`` sets back (github.com/amzn/selling-partner-api-sdk
    issue 515; PatchOperation in listingsItems_2021-08-01.json, seen 2026-11-23). A price is put in whole: Amazon merges
    nothing else of an offer but its quantity discounts (developer-docs.amazon.com/sp-api/docs/listings-items-api, told
    in github.com/amzn/selling-partner-api-models issue 5235, seen 2026-11-26), so a sale price set there by hand ends.

    :param store: whose price it is; needed where there is one
    :raise ValueError: a quantity below zero, or a price that store cannot have
    """
    if level.quantity < 0:
        raise ValueError(f"quantity {level.quantity} of {level.sku} is below zero")
    value = {"fulfillment_channel_code": const.SELLER_STOCK, "quantity": level.quantity}
    patches = [{"op": "merge", "path": const.STOCK_PATH, "value": [value]}]
    if level.price is not None:
        patches.append({"op": "replace", "path": const.PRICE_PATH, "value": [_build_price(level, store)]})
    return {"productType": level.product_type or const.ANY_PRODUCT_TYPE, "patches": patches}


def build_offer(level: dto.StockLevel, stores: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return ``(body, store)`` of a level for a call or feed that names its store.

    :param stores: of the account, the main one first
    :raise ValueError: as :func:`build_stock`
    """
    store = plan_stores(level, stores)[0]
    return build_stock(level, store), store


def fault_code(level: dto.StockLevel) -> str:
    """Return the code of what a ``ValueError`` of :func:`build_offer` is about."""
    return "bad_quantity" if level.quantity < 0 else "bad_price"


def plan_stores(level: dto.StockLevel, stores: Sequence[str]) -> Sequence[str]:
    """Return the stores through which a level may be set, best first: its own; a price goes to those of its currency.

    :raise ValueError: no store of the account has the price's currency
    """
    if level.marketplace:
        return (level.marketplace,)
    if level.price is None:
        return stores
    fitting = [store for store in stores if _currency(store) in (None, level.price.currency)]
    if not fitting:
        raise ValueError(f"no store of this account has prices in {level.price.currency}")
    return fitting


def _build_price(level: dto.StockLevel, store: str | None) -> dict[str, Any]:
    if store is None:
        raise ValueError(f"the price of {level.sku} needs a store")
    price = level.price
    if price.amount <= 0:
        raise ValueError(f"the price of {level.sku} must be above zero, not {price.amount}")
    if price.amount != price.amount.quantize(_CENT):
        raise ValueError(f"the price of {level.sku} has more than two decimals: {price.amount}")
    if _currency(store) not in (None, price.currency):
        raise ValueError(
            f"{const.MARKETPLACE_BY_ID[store].name} has prices in {_currency(store)}, not in {price.currency}"
        )
    # The words of the attribute: github.com/amzn/selling-partner-api-docs issue 2167; audience: models issue 4539.
    return {
        "marketplace_id": store,
        "audience": const.EVERYONE,
        "currency": price.currency,
        "our_price": [{"schedule": [{"value_with_tax": price.amount}]}],
    }


def _currency(store: str) -> str | None:
    known = const.MARKETPLACE_BY_ID.get(store)
    return known.currency if known else None


def encode_json(value: Any) -> bytes:
    """Return a body as it goes out; amounts are numbers, digit by digit as they are."""
    return _JSON.encode(value)


def format_time(moment: datetime) -> str:
    """Return an instant the way Amazon reads it without fail: UTC, whole seconds, ``Z``.

    An offset such as ``+09:00`` was answered with InvalidInput (github.com/amzn/selling-partner-api-docs issue 3324).

    :raise ValueError: the time has no zone
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(line: dto.ShipmentLine) -> int:
    if line.quantity != line.quantity.to_integral_value() or line.quantity <= 0:
        raise Rejected("bad_quantity", message=f"Amazon counts whole units, not {line.quantity}")
    return int(line.quantity)


def _bare(tracking: str | None) -> str:
    return "".join((tracking or "").split()).upper()
