"""getListingsItem and searchListingsItems of the Listings Items API 2021-08-01."""

import base64

from ..clock import from_text
from .errors import ApiError, invalid
from .marketplaces import BY_ID
from .parameters import Parameter, read_query

DATA_SETS = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement",
    "relationships", "productTypes",
)  # fmt: skip
_STATUSES = ("BUYABLE", "DISCOVERABLE")
_MARKETPLACES = Parameter("list", required=True)
_GET = {
    "marketplaceIds": _MARKETPLACES,
    "issueLocale": Parameter("text"),
    "includedData": Parameter("list", choices=DATA_SETS),
}
_SEARCH = {
    **_GET,
    "identifiers": Parameter("list", most=20),
    "identifiersType": Parameter(
        "text", choices=("ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")
    ),
    "variationParentSku": Parameter("text"),
    "packageHierarchySku": Parameter("text"),
    "createdAfter": Parameter("time"),
    "createdBefore": Parameter("time"),
    "lastUpdatedAfter": Parameter("time"),
    "lastUpdatedBefore": Parameter("time"),
    "withIssueSeverity": Parameter("list", choices=("WARNING", "ERROR")),
    "withStatus": Parameter("list", choices=_STATUSES),
    "withoutStatus": Parameter("list", choices=_STATUSES),
    "sortBy": Parameter("text", choices=("sku", "createdDate", "lastUpdatedDate")),
    "sortOrder": Parameter("text", choices=("ASC", "DESC")),
    "pageSize": Parameter("whole", low=1, high=20),
    "pageToken": Parameter("text"),
}
# "The maximum number of items (SKUs) that can be returned and paged through is limited to 1,000."
_MOST_RESULTS = 1000


def ensure_own(seller, seller_id):
    """Raise ApiError 403 unless the path names the seller of the access token."""
    if seller_id != seller.seller_id:
        raise ApiError(403, "Unauthorized", "Access to requested resource is denied.")


def find_listing(seller, sku, marketplace_ids):
    """Return a listing that exists in one of the marketplaces; raise ApiError 404 otherwise."""
    listing = seller.listings.get(sku)
    if listing is None or not set(marketplace_ids) & set(listing["offers"]):
        where = ", ".join(marketplace_ids)
        raise ApiError(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {where}")
    return listing


def get_listing(seller, call, path):
    """Answer getListingsItem with JSON values; raise ApiError 400, 403 or 404."""
    seller_id, sku = path
    values = read_query(call.query, _GET)
    ensure_own(seller, seller_id)
    listing = find_listing(seller, sku, values["marketplaceIds"])
    return render(listing, values["marketplaceIds"], values.get("includedData", ["summaries"]))


def search_listings(seller, call, path):
    """Answer searchListingsItems with a page as JSON values; raise ApiError 400 or 403."""
    values = read_query(call.query, _SEARCH)
    ensure_own(seller, path[0])
    _ensure_allowed_together(values)
    found = [listing for listing in seller.listings.values() if _is_wanted(listing, values)]
    field = values.get("sortBy", "lastUpdatedDate")
    found.sort(key=lambda listing: listing["sku"])
    found.sort(key=lambda x: x[field], reverse=values.get("sortOrder", "DESC") == "DESC")
    found = found[:_MOST_RESULTS]
    size = values.get("pageSize", 10)
    start = _read_token(values.get("pageToken"))
    included = values.get("includedData", ["summaries"])
    answer = {
        "numberOfResults": len(found),
        "items": [render(listing, values["marketplaceIds"], included) for listing in found[start : start + size]],
    }
    pagination = {}
    if start + size < len(found):
        pagination["nextToken"] = _write_token(start + size)
    if start > 0:
        pagination["previousToken"] = _write_token(max(0, start - size))
    if pagination:
        answer["pagination"] = pagination
    return answer


def render(listing, marketplace_ids, included):
    """Return the data sets of a listing that a caller asked for."""
    here = [i for i in marketplace_ids if i in listing["offers"]]
    builders = {
        "summaries": lambda: [_summary(listing, i) for i in here],
        "attributes": lambda: listing["attributes"],
        "issues": lambda: listing["issues"],
        "offers": lambda: [_offer(listing, i) for i in here if listing["offers"][i] is not None],
        "fulfillmentAvailability": lambda: _availability(listing),
        "relationships": lambda: [{"marketplaceId": i, "relationships": []} for i in here],
        "productTypes": lambda: [{"marketplaceId": i, "productType": listing["productType"]} for i in here],
    }
    # Procurement belongs to vendors; a seller's listing has none.
    shown = {name: builders[name]() for name in included if name in builders}
    return {"sku": listing["sku"], **shown}


def is_buyable(listing):
    """Say whether a shopper can buy: something is in stock, here or with the marketplace."""
    return any(entry.get("quantity", 1) > 0 for entry in listing["attributes"].get("fulfillment_availability", []))


def _statuses(listing):
    return ["BUYABLE", "DISCOVERABLE"] if is_buyable(listing) else ["DISCOVERABLE"]


def _summary(listing, marketplace_id):
    return {
        "marketplaceId": marketplace_id,
        "asin": listing["asin"],
        "productType": listing["productType"],
        "conditionType": "new_new",
        "status": _statuses(listing),
        "itemName": listing["title"],
        "createdDate": listing["createdDate"],
        "lastUpdatedDate": listing["lastUpdatedDate"],
    }


def _offer(listing, marketplace_id):
    return {
        "marketplaceId": marketplace_id,
        "offerType": "B2C",
        "price": {
            "currencyCode": BY_ID[marketplace_id].currency,
            "amount": listing["offers"][marketplace_id],
        },
        "audience": {"value": "ALL", "displayName": "Sell on Amazon"},
    }


def _availability(listing):
    shown = []
    for entry in listing["attributes"].get("fulfillment_availability", []):
        available = {"fulfillmentChannelCode": entry["fulfillment_channel_code"]}
        if "quantity" in entry:
            available["quantity"] = entry["quantity"]
        shown.append(available)
    return shown


def _ensure_allowed_together(values):
    if ("identifiers" in values) != ("identifiersType" in values):
        raise invalid("Invalid Input", "identifiers and identifiersType go together.")
    if sum(n in values for n in ("identifiers", "variationParentSku", "packageHierarchySku")) > 1:
        raise invalid("Invalid Input", "Search by identifiers, parent or hierarchy, not by several.")


def _is_wanted(listing, values):
    if not set(values["marketplaceIds"]) & set(listing["offers"]):
        return False
    if "variationParentSku" in values or "packageHierarchySku" in values:
        return False  # No listing here is part of a family.
    if "identifiers" in values:
        own = {"SKU": listing["sku"], "ASIN": listing["asin"], "EAN": listing.get("barcode")}
        if own.get(values["identifiersType"]) not in values["identifiers"]:
            return False
    severities = {issue["severity"] for issue in listing["issues"]}
    statuses = set(_statuses(listing))
    if "withIssueSeverity" in values and not severities & set(values["withIssueSeverity"]):
        return False
    if "withStatus" in values and not statuses & set(values["withStatus"]):
        return False
    if statuses & set(values.get("withoutStatus", ())):
        return False
    return _is_in_time(listing, values)


def _is_in_time(listing, values):
    for field, name in (("createdDate", "created"), ("lastUpdatedDate", "lastUpdated")):
        moment = from_text(listing[field])
        if f"{name}After" in values and moment < values[f"{name}After"]:
            return False
        if f"{name}Before" in values and moment > values[f"{name}Before"]:
            return False
    return True


def _write_token(start):
    return base64.urlsafe_b64encode(f"items-from-{start}".encode()).decode()


def _read_token(text):
    if text is None:
        return 0
    try:
        name, _dash, start = base64.urlsafe_b64decode(text).decode().rpartition("-")
    except ValueError:
        name, start = "", ""
    if name != "items-from" or not start.isdigit():
        raise invalid("Invalid Input", "The page token is not one of ours.")
    return int(start)
