"""One method per endpoint: values of Python in, eBay's answer out, nothing understood on the way.

Paths and parameters: sell_fulfillment v1.20.7, sell_inventory 1.18.0, commerce_identity_v1 and commerce_notification
v1.2.0 of eBay's OpenAPI 3 documents, and the Post-Order reference 2.8.0; seen 2026-11-26.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.addons.oms_core.client.transport import Response

from ..lib import const
from ..lib.bodies import build_window, format_time
from .http import Caller, segment

_ORDERS = "/sell/fulfillment/v1/order"
_INVENTORY = "/sell/inventory/v1"
_CANCELLATIONS = "/post-order/v2/cancellation"
_RETURNS = "/post-order/v2/return"
_MESSAGES = "/commerce/notification/v1"


class EbayClient:
    """eBay's APIs for one account; see :class:`.http.Caller` for what every method returns and raises."""

    def __init__(self, caller: Caller):
        self._caller = caller

    # --- orders -------------------------------------------------------------------------------------------------------

    def get_orders(self, since: datetime, until: datetime, offset: int) -> Response:
        """Ask for a page of orders changed from ``since`` to ``until``."""
        params = {
            "filter": build_window(since, until),
            "fieldGroups": const.TAX_BREAKDOWN,
            "limit": str(const.ORDERS_PER_PAGE),
            "offset": str(offset),
        }
        return self._caller.get("getOrders", const.API, _ORDERS, params)

    def get_order(self, order_id: str) -> Response:
        """Ask for one order."""
        path = f"{_ORDERS}/{segment(order_id)}"
        return self._caller.get("getOrder", const.API, path, {"fieldGroups": const.TAX_BREAKDOWN})

    def get_shipping_fulfillments(self, order_id: str) -> Response:
        """Ask for the parcels of an order."""
        path = f"{_ORDERS}/{segment(order_id)}/shipping_fulfillment"
        return self._caller.get("getShippingFulfillments", const.API, path)

    def create_shipping_fulfillment(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Tell eBay of a parcel. An answer that got lost is looked up, not repeated blindly."""
        path = f"{_ORDERS}/{segment(order_id)}/shipping_fulfillment"
        return self._post("createShippingFulfillment", path, body)

    def issue_refund(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Give money back for an order."""
        path = f"{_ORDERS}/{segment(order_id)}/issue_refund"
        return self._post("issueRefund", path, body, is_signed=True)

    # --- listings -----------------------------------------------------------------------------------------------------

    def get_inventory_items(self, offset: int) -> Response:
        """Ask for a page of SKUs."""
        params = {"limit": str(const.LISTINGS_PER_PAGE), "offset": str(offset)}
        return self._caller.get("getInventoryItems", const.API, f"{_INVENTORY}/inventory_item", params)

    def get_offers(self, sku: str) -> Response:
        """Ask for the offers of a SKU."""
        return self._caller.get("getOffers", const.API, f"{_INVENTORY}/offer", {"sku": sku})

    def bulk_update_price_quantity(self, body: Mapping[str, Any]) -> Response:
        """Set quantities and prices. They are absolute, so sending them twice has the effect of once."""
        path = f"{_INVENTORY}/bulk_update_price_quantity"
        request = self._caller.request("POST", "bulkUpdatePriceQuantity", const.API, path, body=body)
        return self._caller.send(replace(request, is_repeatable=True))

    # --- cancellations ------------------------------------------------------------------------------------------------

    def search_cancellations(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        order_id: str | None = None,
        offset: int = 0,
    ) -> Response:
        """Ask for cancellations opened from ``since`` to ``until``, or of one order."""
        params = {**_span(since, until), "legacy_order_id": order_id, "role": "SELLER", **_page(offset)}
        return self._caller.get("searchCancellations", const.API, f"{_CANCELLATIONS}/search", params)

    def get_cancellation(self, cancel_id: str) -> Response:
        """Ask for one cancellation."""
        return self._caller.get("getCancellation", const.API, f"{_CANCELLATIONS}/{segment(cancel_id)}")

    def check_cancellation_eligibility(self, order_id: str) -> Response:
        """Ask whether an order may be cancelled."""
        body = {"legacyOrderId": order_id}
        path = f"{_CANCELLATIONS}/check_eligibility"
        request = self._caller.request("POST", "checkCancellationEligibility", const.API, path, body=body)
        return self._caller.send(replace(request, is_repeatable=True))

    def create_cancellation(self, body: Mapping[str, Any], marketplace: str | None) -> Response:
        """Cancel an order."""
        return self._post("createCancellation", _CANCELLATIONS, body, is_signed=True, marketplace=marketplace)

    def approve_cancellation(self, cancel_id: str, marketplace: str | None) -> Response:
        """Agree to a buyer's wish; eBay then pays the buyer back."""
        path = f"{_CANCELLATIONS}/{segment(cancel_id)}/approve"
        return self._post("approveCancellationRequest", path, {}, is_signed=True, marketplace=marketplace)

    def reject_cancellation(self, cancel_id: str, marketplace: str | None) -> Response:
        """Refuse a buyer's wish: the goods are on their way."""
        path = f"{_CANCELLATIONS}/{segment(cancel_id)}/reject"
        return self._post("rejectCancellationRequest", path, {}, marketplace=marketplace)

    # --- returns ------------------------------------------------------------------------------------------------------

    def search_returns(self, since: datetime, until: datetime, offset: int) -> Response:
        """Ask for returns opened from ``since`` to ``until``."""
        params = {**_span(since, until), "role": "SELLER", **_page(offset)}
        return self._caller.get("searchReturns", const.API, f"{_RETURNS}/search", params)

    def get_return(self, return_id: str) -> Response:
        """Ask for the summary of one return."""
        path = f"{_RETURNS}/{segment(return_id)}"
        return self._caller.get("getReturn", const.API, path, {"fieldgroups": "SUMMARY"})

    def issue_return_refund(self, return_id: str, body: Mapping[str, Any], marketplace: str | None) -> Response:
        """Give money back for a return."""
        path = f"{_RETURNS}/{segment(return_id)}/issue_refund"
        return self._post("issueReturnRefund", path, body, is_signed=True, marketplace=marketplace)

    # --- the account --------------------------------------------------------------------------------------------------

    def get_user(self) -> Response:
        """Ask who the account is."""
        return self._caller.get("getUser", const.APIZ, "/commerce/identity/v1/user/")

    def get_public_key(self, key_id: str) -> Response:
        """Ask for a key with which eBay signs what it tells us."""
        return self._of_application("GET", "getPublicKey", f"public_key/{segment(key_id)}")

    # --- messages -----------------------------------------------------------------------------------------------------

    def get_config(self) -> Response:
        """Ask where eBay tells of messages it could not bring."""
        return self._of_application("GET", "getConfig", "config")

    def update_config(self, body: Mapping[str, Any]) -> Response:
        """Say where eBay shall tell of them."""
        return self._of_application("PUT", "updateConfig", "config", body)

    def get_destinations(self) -> Response:
        """Ask which addresses of ours eBay knows."""
        return self._of_application("GET", "getDestinations", "destination")

    def create_destination(self, body: Mapping[str, Any]) -> Response:
        """Name an address of ours, which eBay tests at once."""
        return self._of_application("POST", "createDestination", "destination", body)

    def get_subscriptions(self) -> Response:
        """Ask what we are told of."""
        return self._caller.get("getSubscriptions", const.API, f"{_MESSAGES}/subscription")

    def create_subscription(self, body: Mapping[str, Any]) -> Response:
        """Ask to be told of a topic."""
        return self._post("createSubscription", f"{_MESSAGES}/subscription", body)

    def update_subscription(self, subscription_id: str, body: Mapping[str, Any]) -> Response:
        """Have a topic told to another address of ours, or again."""
        path = f"{_MESSAGES}/subscription/{segment(subscription_id)}"
        request = self._caller.request("PUT", "updateSubscription", const.API, path, body=body)
        return self._caller.send(replace(request, is_repeatable=True))

    # --- the call itself ----------------------------------------------------------------------------------------------

    def _of_application(
        self, method: str, operation: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Response:
        request = self._caller.request(method, operation, const.API, f"{_MESSAGES}/{path}", body=body)
        return self._caller.send(replace(request, is_repeatable=method != "POST"), is_app=True)

    def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        *,
        is_signed: bool = False,
        marketplace: str | None = None,
    ) -> Response:
        request = self._caller.request("POST", operation, const.API, path, body=body, marketplace=marketplace)
        return self._caller.send_signed(request) if is_signed else self._caller.send(request)


def _span(since: datetime | None, until: datetime | None) -> dict[str, str | None]:
    return {
        "creation_date_range_from": format_time(since) if since else None,
        "creation_date_range_to": format_time(until) if until else None,
    }


def _page(offset: int) -> dict[str, str]:
    return {"limit": str(const.CASES_PER_PAGE), "offset": str(offset)}
