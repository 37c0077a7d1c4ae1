"""JSON_LISTINGS_FEED: many listings in one document, each message with an outcome of its own.

Schemas: listings-feed-schema-v2.json and listings-feed-processing-report-schema-v2.json (schemas/feeds of
selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-26). Codes 90220 and 99022 are those of the official
example report; the others are ours.
"""

import json
from dataclasses import dataclass, field

from .listing_patches import apply_patches, problems_of
from .listings import DATA_SETS, render

MOST_MESSAGES = 25_000
_HIGHEST_ID = 2_147_483_647
_OPS = ("add", "replace", "merge", "delete")
_REQUIREMENTS = ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")
# What each operation needs and may not have.
_OPERATIONS = {
    "UPDATE": (("productType", "attributes"), ("patches",)),
    "PARTIAL_UPDATE": (("productType", "attributes"), ("requirements", "patches")),
    "PATCH": (("productType", "patches"), ("requirements", "attributes")),
    "DELETE": ((), ("requirements", "attributes", "productType", "patches")),
}


class Unreadable(Exception):
    """The document as a whole cannot be used; the message says why."""


@dataclass
class Outcome:
    """What has come of a feed so far: issues, counts, and the SKUs that were changed."""

    issues: list = field(default_factory=list)
    accepted: int = 0
    invalid: int = 0
    skus: dict = field(default_factory=dict)


def apply_listings_feed(world, seller, feed, body):
    """Apply a feed's document; return its final status and the processing report as bytes.

    With the setting `fatal_after` n the feed dies after n messages, which are applied, and leaves no report.
    """
    outcome = Outcome()
    header = {}
    try:
        header, messages = _read_document(body, seller)
    except Unreadable as problem:
        outcome.issues.append({"code": "4000001", "severity": "ERROR", "message": str(problem)})
        return "FATAL", _report(seller, feed, header, outcome)
    limit = world.settings["fatal_after"]
    seen = set()
    for place, message in enumerate(messages):
        if limit is not None and place >= limit:
            return "FATAL", None
        problems = list(_apply(world, seller, feed, (message, seen)))
        outcome.issues.extend(_issue(message, code, text, name) for code, text, name in problems)
        outcome.invalid += bool(problems)
        outcome.accepted += not problems
        if not problems:
            outcome.skus[message["sku"]] = None
    return "DONE", _report(seller, feed, header, outcome)


def _read_document(body, seller):
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unreadable("The feed is not JSON in UTF-8.") from None
    if not isinstance(document, dict) or not isinstance(document.get("header"), dict):
        raise Unreadable("The feed has no header.")
    header, messages = document["header"], document.get("messages")
    if header.get("version") != "2.0":
        raise Unreadable("header.version must be 2.0.")
    if header.get("sellerId") != seller.seller_id:
        raise Unreadable("header.sellerId is not the seller of this feed.")
    if not isinstance(header.get("issueLocale", ""), str):
        raise Unreadable("header.issueLocale is not a text.")
    _ensure_report_wish(header.get("report"))
    if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
        raise Unreadable(f"messages must be a list of 1 to {MOST_MESSAGES} messages.")
    return header, messages


def _ensure_report_wish(wish):
    if wish is None:
        return
    is_known = isinstance(wish, dict) and wish.get("apiVersion") == "2021-08-01"
    included = wish.get("includedData") if is_known else None
    if not isinstance(included, list) or not included or any(name not in DATA_SETS for name in included):
        raise Unreadable("header.report needs apiVersion 2021-08-01 and known includedData.")


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def _apply(world, seller, feed, turn):
    """Yield (code, text, attribute) for each problem of a message; apply it when there is none."""
    message, seen = turn
    problems = list(_shape_problems(message))
    if not problems:
        if message["messageId"] in seen:
            problems.append(("4000003", "messageId is not unique in this feed.", None))
        seen.add(message["messageId"])
    if problems:
        yield from problems
        return
    sku, kind = message["sku"], message["operationType"]
    listing = seller.listings.get(sku)
    if listing is None or not set(feed["marketplaceIds"]) & set(listing["offers"]):
        if world.settings["unknown_sku"] != "accept":
            yield "4000013", f"SKU {sku} does not exist in the marketplaces of this feed.", None
        return
    source = {"marketplaceIds": feed["marketplaceIds"], "feedId": feed["id"], "messageId": message["messageId"]}
    if kind == "DELETE":
        seller.remove_listing(sku)
        world.ledger.append("listing_deleted", sku, {"seller": seller.seller_id, **source})
        return
    patches = _patches_of(message, listing)
    found = list(problems_of(message["productType"], patches, listing))
    if not found:
        apply_patches(world, seller, listing, (patches, source))
    yield from (("99022", text, names[0] if names else None) for text, names in found)


def _patches_of(message, listing):
    """Return what a message does as patches: UPDATE also takes away what it does not name."""
    if message["operationType"] == "PATCH":
        return message["patches"]
    given = message["attributes"]
    patches = [{"op": "replace", "path": f"/attributes/{name}", "value": value} for name, value in given.items()]
    if message["operationType"] == "UPDATE":
        lost = [name for name in listing["attributes"] if name not in given]
        cleared = [{"op": "delete", "path": f"/attributes/{name}"} for name in (*lost, *given)]
        return [*cleared, *patches]
    return patches


def _shape_problems(message):
    """Yield where a message is not what the schema says."""
    if not isinstance(message, dict):
        yield "4000002", "A message is not an object.", None
        return
    number, sku = message.get("messageId"), message.get("sku")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _HIGHEST_ID:
        yield "4000002", f"messageId must be a whole number from 1 to {_HIGHEST_ID}.", None
    if not isinstance(sku, str) or not sku:
        yield "4000002", "sku is required.", None
    kind = message.get("operationType")
    if not isinstance(kind, str) or kind not in _OPERATIONS:
        yield "4000002", f"operationType must be one of {', '.join(_OPERATIONS)}.", None
        return
    needed, barred = _OPERATIONS[kind]
    for name in needed:
        if name not in message:
            yield "90220", f"'{name}' is required but not supplied.", None
    for name in barred:
        if name in message:
            yield "4000002", f"'{name}' does not go with {kind}.", None
    if not isinstance(message.get("productType", "x"), str) or message.get("productType") == "":
        yield "4000002", "productType must be a text.", None
    if message.get("requirements", "LISTING") not in _REQUIREMENTS:
        yield "4000002", f"requirements must be one of {', '.join(_REQUIREMENTS)}.", None
    yield from _content_problems(message)


def _content_problems(message):
    attributes, patches = message.get("attributes", {"x": []}), message.get("patches", [{"op": "add", "path": ""}])
    if not isinstance(attributes, dict) or not attributes:
        yield "4000002", "attributes must be an object with at least one attribute.", None
    elif not all(_is_entries(value) for value in attributes.values()):
        yield "4000002", "An attribute must be a list of objects.", None
    if not isinstance(patches, list) or not patches:
        yield "4000002", "patches must be a list with at least one patch.", None
        return
    for patch in patches:
        is_patch = isinstance(patch, dict) and patch.get("op") in _OPS and isinstance(patch.get("path"), str)
        if not is_patch or not _is_entries(patch.get("value", [])):
            yield "4000002", "A patch needs op, path and a value that is a list of objects.", None


def _is_entries(value):
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _issue(message, code, text, attribute):
    issue = {"code": code, "severity": "ERROR", "message": text}
    message = message if isinstance(message, dict) else {}
    number, sku = message.get("messageId"), message.get("sku")
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        issue["messageId"] = number
    if isinstance(sku, str) and sku:
        issue["sku"] = sku
    if attribute:
        issue["attributeName"] = attribute
    return issue


def _report(seller, feed, header, outcome):
    report = {
        "header": {"sellerId": seller.seller_id, "version": "2.0", "feedId": feed["id"]},
        "issues": outcome.issues,
        "summary": {
            "errors": len(outcome.issues),
            "warnings": 0,
            "messagesProcessed": outcome.accepted + outcome.invalid,
            "messagesAccepted": outcome.accepted,
            "messagesInvalid": outcome.invalid,
        },
    }
    wish = header.get("report")
    if wish:
        listings = [seller.listings[sku] for sku in outcome.skus if sku in seller.listings]
        report["header"]["report"] = {"includedData": wish["includedData"], "apiVersion": "2021-08-01"}
        report["items"] = [render(each, feed["marketplaceIds"], wish["includedData"]) for each in listings]
        report["summary"]["itemSummary"] = {"items": len(listings), "errors": 0, "warnings": 0}
    return json.dumps(report, ensure_ascii=False).encode("utf-8", "surrogatepass")
