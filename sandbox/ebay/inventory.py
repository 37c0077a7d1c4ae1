"""Inventory items, offers, and bulkUpdatePriceQuantity of the Inventory API."""

from decimal import Decimal, InvalidOperation

from .errors import ApiError
from .reading import Field, Refusal, address_of, read_body, read_query, read_whole
from .store import for_sale

_PAGES = Refusal(25706, "API_INVENTORY", "You have provided invalid pagination values")
_BAD_VALUE = Refusal(25709, "API_INVENTORY", "Invalid value")
_TIME = {"unit": Field("text"), "value": Field("whole")}
_PLACE = {
    "merchantLocationKey": Field("text"),
    "quantity": Field("whole"),
    "fulfillmentTime": Field("object", inner=_TIME),
}
_AVAILABILITY = {
    "quantity": Field("whole"),
    "availabilityDistributions": Field("list", inner=Field("object", inner=_PLACE)),
}
_OFFER = {
    "offerId": Field("text", required=True),
    "availableQuantity": Field("whole"),
    "price": Field("object", inner={"value": Field("text"), "currency": Field("text")}),
}
_ROW = {
    "sku": Field("text"),
    "shipToLocationAvailability": Field("object", inner=_AVAILABILITY),
    "offers": Field("list", inner=Field("object", inner=_OFFER)),
}
_BULK = {"requests": Field("list", required=True, inner=Field("object", inner=_ROW))}
_MOST_ROWS = 25
# "Each listing can be revised up to 250 times in one calendar day."
REVISIONS_PER_DAY = 250


def list_items(seller, call):
    """Answer getInventoryItems with a page as JSON values; raise ApiError 400."""
    page, offers = _page(seller, call, ("limit", "offset"), (25, 200))
    return {**page, "inventoryItems": [_item(offer) for offer in offers]}


def get_item(seller, call, sku):
    """Answer getInventoryItem with JSON values; raise ApiError 400 or 404."""
    read_query(call.query, (), _BAD_VALUE)
    if sku not in seller.offers:
        raise ApiError(404, 25710, "We didn't find the resource/entity you are requesting.", domain="API_INVENTORY")
    return _item(seller.offers[sku])


def list_offers(seller, call):
    """Answer getOffers with a page as JSON values; raise ApiError 400 or 404."""
    page, offers = _page(seller, call, ("limit", "offset", "sku", "marketplace_id", "format"), (100, 200))
    sku = dict(call.query).get("sku")
    if sku is not None and sku not in seller.offers:
        raise ApiError(404, 25713, f"This Offer is not available : {sku}.", domain="API_INVENTORY")
    return {**page, "offers": [_offer(offer) for offer in offers]}


def get_offer(seller, call, offer_id):
    """Answer getOffer with JSON values; raise ApiError 400 or 404."""
    read_query(call.query, (), _BAD_VALUE)
    offer = _offer_by_id(seller, offer_id)
    if offer is None:
        raise ApiError(404, 25713, f"This Offer is not available : {offer_id}.", domain="API_INVENTORY")
    return _offer(offer)


def update_in_bulk(ebay, seller, call):
    """Take quantities and prices; return status (200, or 207 where a row was refused) and the rows.

    Raise ApiError 400 or 415 when the request as a whole is refused.
    """
    read_query(call.query, (), _BAD_VALUE)
    requests = read_body(call, _BULK, _BAD_VALUE)["requests"]
    most = 1 if ebay.settings["one_sku_per_call"] else _MOST_ROWS
    if not 1 <= len(requests) <= most:
        raise _BAD_VALUE.error(f"requests takes 1 to {most} entries", fieldName="requests")
    rows = [row for request in requests for row in _update(ebay, seller, request)]
    status = 200 if all(row["statusCode"] == 200 for row in rows) else 207
    return status, {"responses": rows}


def _update(ebay, seller, request):
    """Return the rows that answer one entry of the request."""
    rows = []
    if "shipToLocationAvailability" in request or not request.get("offers"):
        rows.append(_row({"sku": request.get("sku", "")}, lambda: _update_item(ebay, seller, request)))
    seen = set()
    for wish in request.get("offers", []):
        is_twice = wish["offerId"] in seen
        seen.add(wish["offerId"])
        names = {"offerId": wish["offerId"]}
        if "sku" in request:
            names["sku"] = request["sku"]
        rows.append(_row(names, lambda wish=wish, twice=is_twice: _update_offer(ebay, seller, request, (wish, twice))))
    return rows


def _row(names, update):
    try:
        update()
    except ApiError as refusal:
        return {**names, "statusCode": refusal.status, "errors": [refusal.entry()]}
    return {**names, "statusCode": 200}


def _update_item(ebay, seller, request):
    sku = request.get("sku", "")
    availability = request.get("shipToLocationAvailability")
    if availability is None or "quantity" not in availability:
        raise _BAD_VALUE.error("shipToLocationAvailability needs a quantity", fieldName="quantity")
    quantity = _quantity(availability["quantity"])
    offer = seller.offers.get(sku)
    if offer is None and ebay.settings["unknown_sku"] == "accept":
        return
    if offer is None:
        message = f"{sku} could not be found or is not available in the system."
        raise ApiError(400, 25702, message, domain="API_INVENTORY", parameters={"sku": sku})
    _revise(ebay, offer)
    offer["quantity"] = quantity
    seller.put_offer(offer)
    body = {"seller": seller.seller_id, "sku": sku, "quantity": quantity, "for_sale": for_sale(offer)}
    ebay.world.ledger.append("stock_updated", sku, body)


def _update_offer(ebay, seller, request, wished):
    wish, is_twice = wished
    if is_twice:
        raise _BAD_VALUE.error("the offerId is given twice", offerId=wish["offerId"])
    offer = _offer_by_id(seller, wish["offerId"])
    if offer is None:
        message = f"This Offer is not available : {wish['offerId']}."
        raise ApiError(404, 25713, message, domain="API_INVENTORY", parameters={"offerId": wish["offerId"]})
    if request.get("sku", offer["sku"]) != offer["sku"]:
        raise _BAD_VALUE.error("the offer belongs to another SKU", offerId=wish["offerId"])
    quantity = _quantity(wish["availableQuantity"]) if "availableQuantity" in wish else None
    price = _price(wish["price"], offer) if "price" in wish else None
    if quantity is None and price is None:
        raise _BAD_VALUE.error("give availableQuantity or price", offerId=wish["offerId"])
    _revise(ebay, offer)
    body = {"seller": seller.seller_id, "sku": offer["sku"], "offerId": offer["offerId"]}
    if quantity is not None:
        offer["availableQuantity"] = quantity
        ebay.world.ledger.append(
            "stock_updated", offer["sku"], {**body, "availableQuantity": quantity, "for_sale": for_sale(offer)}
        )
    if price is not None:
        offer["price"] = price
        ebay.world.ledger.append("price_updated", offer["sku"], {**body, "price": price})
    seller.put_offer(offer)


def _revise(ebay, offer):
    """Count one revision of the listing; raise ApiError 400 when the day's are used up."""
    today = ebay.world.clock.now().date().isoformat()
    if offer["revisions"]["day"] != today:
        offer["revisions"] = {"day": today, "count": 0}
    if offer["revisions"]["count"] >= ebay.settings["revisions_per_day"]:
        message = f"A user error has occurred. The listing {offer['listingId']} was revised too often today."
        raise ApiError(400, 25002, message, domain="API_INVENTORY", parameters={"listingId": offer["listingId"]})
    offer["revisions"]["count"] += 1


def _quantity(number):
    if not 0 <= number < 10**9:
        raise _BAD_VALUE.error("a quantity is zero or more", fieldName="quantity")
    return number


def _price(price, offer):
    try:
        value = Decimal(price.get("value", ""))
        is_fine = value.is_finite() and value > 0 and value == round(value, 2)
    except InvalidOperation:
        is_fine = False
    if not is_fine or price.get("currency") != offer["price"]["currency"]:
        raise _BAD_VALUE.error("a price is above zero, in the currency of the listing", fieldName="price")
    return {"value": price["value"], "currency": price["currency"]}


def _offer_by_id(seller, offer_id):
    return next((offer for offer in seller.offers.values() if offer["offerId"] == offer_id), None)


def _page(seller, call, known, limits):
    """Return the paging fields and the offers of one page; the offset counts pages here, not entries."""
    values = read_query(call.query, known, _PAGES)
    default, most = limits
    limit = read_whole(values.get("limit", str(default)), 1, most, _PAGES)
    number = read_whole(values.get("offset", "0"), 0, 10**6, _PAGES)
    found = [offer for sku, offer in sorted(seller.offers.items()) if _is_wanted(offer, values)]
    start = number * limit
    address = address_of(call)
    page = {"href": f"{address}?limit={limit}&offset={number}", "limit": limit, "total": len(found)}
    if start + limit < len(found):
        page["next"] = f"{address}?limit={limit}&offset={number + 1}"
    if number:
        page["prev"] = f"{address}?limit={limit}&offset={number - 1}"
    offers = found[start : start + limit]
    return {**page, "size": len(offers)}, offers


def _is_wanted(offer, values):
    return (
        values.get("sku", offer["sku"]) == offer["sku"]
        and values.get("marketplace_id", offer["marketplaceId"]) == offer["marketplaceId"]
        and values.get("format", "FIXED_PRICE") == "FIXED_PRICE"
    )


def _item(offer):
    return {
        "sku": offer["sku"],
        "locale": "en_US",
        "condition": "NEW",
        "product": {"title": offer["title"], "ean": [offer["ean"]]},
        "availability": {"shipToLocationAvailability": {"quantity": offer["quantity"]}},
    }


def _offer(offer):
    return {
        "offerId": offer["offerId"],
        "sku": offer["sku"],
        "marketplaceId": offer["marketplaceId"],
        "format": "FIXED_PRICE",
        "availableQuantity": for_sale(offer),
        "pricingSummary": {"price": offer["price"]},
        "listingDuration": "GTC",
        "status": "PUBLISHED",
        "listing": {"listingId": offer["listingId"], "listingStatus": "ACTIVE" if for_sale(offer) else "OUT_OF_STOCK"},
    }
