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
from .offers import PRICE, follow_prices, price_problems
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
_SELECTORS = {STOCK: "fulfillment_channel_code"}
_DEFAULT_SELECTOR = "marketplace_id"
_KNOWN_ATTRIBUTES = (STOCK, "item_name", "condition_type", PRICE, "list_price", "brand")
_STOCK_FIELDS = (
    "fulfillment_channel_code", "quantity", "lead_time_to_ship_max_days", "restock_date",
    "is_inventory_available",
)  # fmt: skip
_OWN_CHANNEL = "DEFAULT"
AMAZON_CHANNELS = ("AMAZON_NA", "AMAZON_EU", "AMAZON_JP")


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
    issues = [
        {
            "code": "90000900",
            "message": message,
            "severity": "ERROR",
            "attributeNames": names,
            "categories": ["INVALID_ATTRIBUTE"],
            "marketplaceIds": list(values["marketplaceIds"]),
        }
        for message, names in problems_of(body["productType"], body["patches"], listing)
    ]
    if is_preview:
        submission["status"] = "INVALID" if issues else "VALID"
        if "identifiers" in values.get("includedData", ()):
            submission["identifiers"] = _identifiers(listing, values["marketplaceIds"])
    else:
        submission["status"] = "INVALID" if issues else "ACCEPTED"
        if not issues:
            source = {"marketplaceIds": values["marketplaceIds"], "submissionId": submission["submissionId"]}
            apply_patches(world, seller, listing, (body["patches"], source))
    return {**submission, "issues": issues}


def _answer_unknown(world, submission):
    if world.settings["unknown_sku"] == "invalid":
        raise invalid("Invalid input", f"Unknown SKU: {submission['sku']}")
    return {**submission, "status": "ACCEPTED", "issues": []}


def _ensure_patches(patches):
    if not patches:
        raise invalid("Invalid Input", "patches must not be empty")
    for patch in patches:
        if attribute_of(patch) is None:
            raise invalid("Invalid Input", f"Not the path of a top-level attribute: {patch['path']}")
        if patch["op"] != "delete" and not patch.get("value"):
            raise invalid("Invalid Input", f"{patch['op']} needs a value")
        if attribute_of(patch) == STOCK:
            for entry in patch.get("value", ()):
                if not isinstance(entry.get("fulfillment_channel_code"), str):
                    raise invalid("Invalid parameters provided.")


def attribute_of(patch):
    """Return the name of the attribute a patch is about, or None: only whole attributes can be patched."""
    parts = patch["path"].split("/")
    return parts[2] if len(parts) == 3 and parts[:2] == ["", "attributes"] and parts[2] else None


def selector_of(name):
    """Return the field that tells one entry of an attribute from another."""
    return _SELECTORS.get(name, _DEFAULT_SELECTOR)


def problems_of(product_type, patches, listing):
    """Yield (what is wrong, names of attributes) for patches of a listing; nothing if they can be applied."""
    if product_type not in ("PRODUCT", listing["productType"]):
        yield "The product type is not that of the listing.", []
    for patch in patches:
        name, entries = attribute_of(patch), patch.get("value") or []
        if name not in _KNOWN_ATTRIBUTES:
            yield "The attributes are invalid.", [name or patch["path"]]
        elif not all(isinstance(entry.get(selector_of(name), ""), str) for entry in entries):
            yield f"{selector_of(name)} is not a text.", [name]
        elif patch["op"] != "delete":
            if not entries:
                yield f"{patch['op']} needs a value.", [name]
            elif name == STOCK:
                yield from ((problem, [STOCK]) for problem in _stock_problems(entries))
            elif name == PRICE:
                yield from ((problem, [PRICE]) for problem in price_problems(entries, patch["op"] != "merge"))


def _stock_problems(entries):
    codes = [entry.get("fulfillment_channel_code") for entry in entries]
    if any(codes.count(code) > 1 for code in codes):
        yield "A fulfillment channel is given twice."
    for entry, code in zip(entries, codes, strict=True):
        if code not in (_OWN_CHANNEL, *AMAZON_CHANNELS):
            yield f"The fulfillment channel {code} does not exist."
        for name in sorted(set(entry) - set(_STOCK_FIELDS)):
            yield f"The attribute does not know {name}."
        for name in ("quantity", "lead_time_to_ship_max_days"):
            if name in entry and not _is_count(entry[name]):
                yield f"{name} must be a whole number of 0 or more."


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def apply_patches(world, seller, listing, wish):
    """Change a listing by patches that have no problems; `wish` is the patches and what the ledger says about them."""
    patches, source = wish
    before = copy.deepcopy(listing["attributes"].get(STOCK, []))
    prices = dict(listing["offers"])
    names = [attribute_of(patch) for patch in patches]
    for name, patch in zip(names, patches, strict=True):
        entries = listing["attributes"].get(name, [])
        listing["attributes"][name] = apply_patch(entries, patch, selector_of(name))
    if PRICE in names:
        follow_prices(listing)
    listing["lastUpdatedDate"] = world.clock.now_text()
    seller.put_listing(listing)
    changed = {"patches": patches, "before": before, "after": copy.deepcopy(listing["attributes"].get(STOCK, []))}
    body = {"seller": seller.seller_id, **source, **changed}
    if PRICE in names:
        offers = {"before": prices, "after": dict(listing["offers"])}
        world.ledger.append("price_patched", listing["sku"], {**body, "offers": offers})
    if STOCK in names:
        world.ledger.append("stock_patched", listing["sku"], body)
    elif PRICE not in names:
        world.ledger.append("listing_patched", listing["sku"], body)


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
