"""patchListingsItem of the Listings Items API 2021-08-01.

Model: listingsItems_2021-08-01.json. That `replace` loses the handling time and `merge` keeps it is from issue 515 of
amzn/selling-partner-api-sdk, the required fulfillment_channel_code from issue 4554 of amzn/selling-partner-api-models;
both seen 2026-11-23.
"""

import copy
import uuid

from .bodies import Field, read_body
from .errors import invalid
from .listings import ensure_own, find_listing
from .parameters import Parameter, read_query

_QUERY = {
    "marketplaceIds": Parameter("list", required=True),
    "includedData": Parameter("list", choices=("identifiers", "issues")),
    "mode": Parameter("text", choices=("VALIDATION_PREVIEW",)),
    "issueLocale": Parameter("text"),
}
_PATCH = {
    "op": Field("text", required=True, choices=("add", "replace", "merge", "delete")),
    "path": Field("text", required=True),
    "value": Field("list", inner=Field("object")),
}
_BODY = {
    "productType": Field("text", required=True),
    "patches": Field("list", required=True, inner=Field("object", inner=_PATCH)),
}
STOCK = "fulfillment_availability"
# Which field tells one entry of an attribute from another.
_SELECTORS = {STOCK: "fulfillment_channel_code"}
_DEFAULT_SELECTOR = "marketplace_id"
_KNOWN_ATTRIBUTES = (STOCK, "item_name", "condition_type", "purchasable_offer", "list_price", "brand")
_STOCK_FIELDS = (
    "fulfillment_channel_code", "quantity", "lead_time_to_ship_max_days", "restock_date",
    "is_inventory_available",
)  # fmt: skip
_OWN_CHANNEL = "DEFAULT"
_AMAZON_CHANNELS = ("AMAZON_NA", "AMAZON_EU", "AMAZON_JP")


def patch_listing(world, seller, call, path):
    """Answer patchListingsItem with JSON values; raise ApiError 400, 403, 404 or 415."""
    seller_id, sku = path
    values = read_query(call.query, _QUERY)
    ensure_own(seller, seller_id)
    is_preview = "mode" in values
    if "identifiers" in values.get("includedData", ()) and not is_preview:
        raise invalid("Invalid Input", "identifiers can only be asked for in a validation preview.")
    body = read_body(call, _BODY)
    _ensure_patches(body["patches"])
    submission = {"sku": sku, "submissionId": str(uuid.uuid4())}
    if sku not in seller.listings and world.settings["unknown_sku"] != "not_found":
        return _answer_unknown(world, submission)
    listing = find_listing(seller, sku, values["marketplaceIds"])
    issues = _issues_of(body, listing, values["marketplaceIds"])
    if is_preview:
        submission["status"] = "INVALID" if issues else "VALID"
        if "identifiers" in values.get("includedData", ()):
            submission["identifiers"] = _identifiers(listing, values["marketplaceIds"])
    else:
        submission["status"] = "INVALID" if issues else "ACCEPTED"
        if not issues:
            _apply(world, seller, listing, (body["patches"], values, submission))
    return {**submission, "issues": issues}


def _answer_unknown(world, submission):
    if world.settings["unknown_sku"] == "invalid":
        raise invalid("Invalid input", f"Unknown SKU: {submission['sku']}")
    return {**submission, "status": "ACCEPTED", "issues": []}


def _ensure_patches(patches):
    if not patches:
        raise invalid("Invalid Input", "patches must not be empty")
    for patch in patches:
        parts = patch["path"].split("/")
        if len(parts) != 3 or parts[:2] != ["", "attributes"] or not parts[2]:
            raise invalid("Invalid Input", f"Not the path of a top-level attribute: {patch['path']}")
        if patch["op"] != "delete" and not patch.get("value"):
            raise invalid("Invalid Input", f"{patch['op']} needs a value")
        if parts[2] == STOCK:
            for entry in patch.get("value", ()):
                if not isinstance(entry.get("fulfillment_channel_code"), str):
                    raise invalid("Invalid parameters provided.")


def _issues_of(body, listing, marketplace_ids):
    issues = []
    if body["productType"] not in ("PRODUCT", listing["productType"]):
        issues.append(("The product type is not that of the listing.", []))
    for patch in body["patches"]:
        name = patch["path"].split("/")[2]
        if name not in _KNOWN_ATTRIBUTES:
            issues.append(("The attributes are invalid.", [name]))
        elif name == STOCK and patch["op"] != "delete":
            issues.extend((problem, [STOCK]) for problem in _stock_problems(patch["value"]))
    return [
        {
            "code": "90000900",
            "message": message,
            "severity": "ERROR",
            "attributeNames": names,
            "categories": ["INVALID_ATTRIBUTE"],
            "marketplaceIds": list(marketplace_ids),
        }
        for message, names in issues
    ]


def _stock_problems(entries):
    codes = [entry["fulfillment_channel_code"] for entry in entries]
    if len(set(codes)) < len(codes):
        yield "A fulfillment channel is given twice."
    for entry in entries:
        code = entry["fulfillment_channel_code"]
        if code not in (_OWN_CHANNEL, *_AMAZON_CHANNELS):
            yield f"The fulfillment channel {code} does not exist."
        for name in sorted(set(entry) - set(_STOCK_FIELDS)):
            yield f"The attribute does not know {name}."
        for name in ("quantity", "lead_time_to_ship_max_days"):
            if name in entry and not _is_count(entry[name]):
                yield f"{name} must be a whole number of 0 or more."


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _apply(world, seller, listing, wish):
    patches, values, submission = wish
    before = copy.deepcopy(listing["attributes"].get(STOCK, []))
    for patch in patches:
        name = patch["path"].split("/")[2]
        selector = _SELECTORS.get(name, _DEFAULT_SELECTOR)
        listing["attributes"][name] = apply_patch(listing["attributes"].get(name, []), patch, selector)
    listing["lastUpdatedDate"] = world.clock.now_text()
    seller.put_listing(listing)
    touched_stock = any(patch["path"].endswith("/" + STOCK) for patch in patches)
    world.ledger.append(
        "stock_patched" if touched_stock else "listing_patched",
        listing["sku"],
        {
            "seller": seller.seller_id,
            "marketplaceIds": values["marketplaceIds"],
            "submissionId": submission["submissionId"],
            "patches": patches,
            "before": before,
            "after": copy.deepcopy(listing["attributes"].get(STOCK, [])),
        },
    )


def apply_patch(entries, patch, selector):
    """Return the entries of an attribute after one patch; entries are told apart by `selector`.

    `merge` changes the named fields of an entry; `add` and `replace` put the entry in whole, so fields that are
    not given are lost; `delete` takes out the named entries, or all if none is named.
    """
    given = {entry.get(selector): entry for entry in patch.get("value", ())}
    if patch["op"] == "delete":
        return [e for e in entries if given and e.get(selector) not in given]
    kept = {entry.get(selector): entry for entry in entries}
    for key, entry in given.items():
        old = kept.get(key, {}) if patch["op"] == "merge" else {}
        kept[key] = {**old, **entry}
    return list(kept.values())


def _identifiers(listing, marketplace_ids):
    return [{"marketplaceId": i, "asin": listing["asin"]} for i in marketplace_ids if i in listing["offers"]]
