"""getInventorySummaries of the FBA Inventory API v1: what the marketplace stores of the seller's goods.

Model: fbaInventory.json, seen 2026-11-26. It does not say how many summaries a page has; 50 is ours.
"""

import base64
import hashlib
from datetime import timedelta

from ..clock import from_text, to_text
from .errors import invalid
from .parameters import Parameter, read_query

_QUERY = {
    "details": Parameter("text", choices=("true", "false")),
    "granularityType": Parameter("text", required=True, choices=("Marketplace",)),
    "granularityId": Parameter("text", required=True),
    "startDateTime": Parameter("time"),
    "sellerSkus": Parameter("list", most=50),
    "sellerSku": Parameter("text"),
    "nextToken": Parameter("text"),
    "marketplaceIds": Parameter("list", required=True, most=1),
}
PAGE = 50
_TOKEN_LIFETIME = timedelta(seconds=30)
_OLDEST = timedelta(days=548)  # "no earlier than 18 months"


def get_inventory_summaries(world, seller, call):
    """Answer getInventorySummaries with JSON values; raise ApiError 400."""
    values = read_query(call.query, _QUERY)
    [marketplace_id] = values["marketplaceIds"]
    if values["granularityId"] != marketplace_id:
        raise invalid("Invalid Input", "granularityId must be the marketplace of marketplaceIds.")
    now = world.clock.now()
    if "startDateTime" in values and values["startDateTime"] < now - _OLDEST:
        raise invalid("Invalid Input", "startDateTime lies more than 18 months back.")
    start = _read_token(values.get("nextToken"), values, now)
    found = [listing for listing in seller.listings.values() if _is_wanted(listing, marketplace_id, values)]
    found.sort(key=lambda listing: listing["sku"])
    page = found[start : start + PAGE]
    is_detailed = values.get("details") == "true"
    answer = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": marketplace_id},
            "inventorySummaries": [_summary(listing, is_detailed) for listing in page],
        }
    }
    if start + PAGE < len(found):
        answer["pagination"] = {"nextToken": _write_token(start + PAGE, values, now)}
    return answer


def _is_wanted(listing, marketplace_id, values):
    if "fba" not in listing or marketplace_id not in listing["offers"]:
        return False
    # Each parameter beats the next one, as the model says.
    if "startDateTime" in values:
        return from_text(listing["fba"]["updated"]) >= values["startDateTime"]
    if "sellerSkus" in values:
        return listing["sku"] in values["sellerSkus"]
    return values.get("sellerSku", listing["sku"]) == listing["sku"]


def _summary(listing, is_detailed):
    stored = listing["fba"]["quantity"]
    summary = {
        "asin": listing["asin"],
        "fnSku": "X00" + hashlib.sha256(listing["sku"].encode()).hexdigest()[:7].upper(),
        "sellerSku": listing["sku"],
        "condition": "NewItem",
        "lastUpdatedTime": listing["fba"]["updated"],
        "productName": listing["title"],
        "totalQuantity": stored,
        "stores": [],
    }
    if is_detailed:
        summary["inventoryDetails"] = _details(stored)
    return summary


def _details(stored):
    """Return the finer figures: everything that is stored can be sold, nothing is on its way."""
    return {
        "fulfillableQuantity": stored,
        "inboundWorkingQuantity": 0,
        "inboundShippedQuantity": 0,
        "inboundReceivingQuantity": 0,
        "reservedQuantity": {
            "totalReservedQuantity": 0,
            "pendingCustomerOrderQuantity": 0,
            "pendingTransshipmentQuantity": 0,
            "fcProcessingQuantity": 0,
        },
        "researchingQuantity": {"totalResearchingQuantity": 0, "researchingQuantityBreakdown": []},
        "unfulfillableQuantity": {
            "totalUnfulfillableQuantity": 0,
            "customerDamagedQuantity": 0,
            "warehouseDamagedQuantity": 0,
            "distributorDamagedQuantity": 0,
            "carrierDamagedQuantity": 0,
            "defectiveQuantity": 0,
            "expiredQuantity": 0,
        },
    }


def _write_token(start, values, now):
    return base64.urlsafe_b64encode(f"{start} {to_text(now + _TOKEN_LIFETIME)} {_asked(values)}".encode()).decode()


def _read_token(text, values, now):
    if text is None:
        return 0
    try:
        start, until, asked = base64.urlsafe_b64decode(text).decode().split(" ")
        ends = from_text(until)
    except ValueError:
        start, ends, asked = "", None, ""
    if not start.isdigit() or ends is None or asked != _asked(values):
        raise invalid("Invalid Input", "nextToken is not one of ours, or other parameters have changed.")
    if now > ends:
        raise invalid("Invalid Input", "nextToken has expired; it lives for 30 seconds.")
    return int(start)


def _asked(values):
    rest = sorted((name, str(value)) for name, value in values.items() if name != "nextToken")
    return hashlib.sha256(repr(rest).encode()).hexdigest()
