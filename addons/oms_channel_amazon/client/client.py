"""One method per endpoint: values of Python in, Amazon's answer out, nothing understood on the way.

Paths and parameters: orders_2026-01-01.json, ordersV0.json, listingsItems_2021-08-01.json, finances_2024-06-19.json and
sellers.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-23 and 2026-11-26.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected

from ..lib import const
from ..lib.answers import parse_refusal
from ..lib.bodies import encode_json, format_time
from .auth import Login


class AmazonClient:
    """The Selling Partner API of one account.

    Every method returns the answer with a status below 500 as it came, except 401 and 403. It raises ``RetryLater``
    as the transport does, ``AuthFailed`` when Amazon refuses the account, and ``Rejected("access_denied")`` when only
    the one call is refused.
    """

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._login = Login(account, transport, now)

    # --- orders -------------------------------------------------------------------------------------------------------

    def search_orders(
        self, marketplaces: Sequence[str], since: datetime, until: datetime | None, token: str | None
    ) -> Response:
        """Ask for a page of orders changed from ``since`` on. Every page repeats the question of the first."""
        params = {
            "lastUpdatedAfter": format_time(since),
            "lastUpdatedBefore": format_time(until) if until else None,
            "marketplaceIds": ",".join(marketplaces),
            "maxResultsPerPage": str(const.ORDERS_PER_PAGE),
            "includedData": ",".join(const.ORDER_DATA),
            "paginationToken": token,
        }
        return self.get("searchOrders", const.ORDERS, "/orders/2026-01-01/orders", params)

    def get_order(self, order_id: str, data: Sequence[str] = const.ORDER_DATA) -> Response:
        """Ask for one order."""
        path = f"/orders/2026-01-01/orders/{path_segment(order_id)}"
        return self.get("getOrder", const.ORDERS, path, {"includedData": ",".join(data)})

    def confirm_shipment(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Tell Amazon of a parcel. An answer that got lost is looked up, not repeated blindly."""
        path = f"/orders/v0/orders/{path_segment(order_id)}/shipmentConfirmation"
        return self._call(self._request("POST", "confirmShipment", const.ORDERS, path, body=body))

    # --- listings -----------------------------------------------------------------------------------------------------

    def get_listings_item(self, seller: str, sku: str, marketplace: str) -> Response:
        """Ask for one listing."""
        params = {"marketplaceIds": marketplace, "includedData": ",".join(const.LISTING_DATA)}
        return self.get("getListingsItem", const.LISTINGS, _item_path(seller, sku), params)

    def search_listings_items(
        self, seller: str, marketplace: str, since: datetime | None, token: str | None
    ) -> Response:
        """Ask for a page of listings, oldest first."""
        params = {
            "marketplaceIds": marketplace,
            "includedData": ",".join(const.LISTING_DATA),
            "createdAfter": format_time(since) if since else None,
            "sortBy": "createdDate",
            "sortOrder": "ASC",
            "pageSize": str(const.LISTINGS_PER_PAGE),
            "pageToken": token,
        }
        return self.get(
            "searchListingsItems", const.LISTINGS, f"/listings/2021-08-01/items/{path_segment(seller)}", params
        )

    def patch_listings_item(self, seller: str, sku: str, marketplace: str, body: Mapping[str, Any]) -> Response:
        """Change one listing. The change is absolute, so sending it twice has the effect of once."""
        params = {"marketplaceIds": marketplace, "issueLocale": const.ISSUE_LOCALE}
        request = self._request(
            "PATCH", "patchListingsItem", const.LISTINGS, _item_path(seller, sku), params=params, body=body
        )
        return self._call(replace(request, is_repeatable=True))

    # --- stock in Amazon's warehouses ---------------------------------------------------------------------------------

    def get_inventory_summaries(self, marketplace: str, token: str | None, sku: str | None = None) -> Response:
        """Ask for a page of what lies in Amazon's warehouses, as one store sees it. A page token lives 30 seconds."""
        params = {
            "details": "true",
            "granularityType": "Marketplace",
            "granularityId": marketplace,
            "marketplaceIds": marketplace,
            "sellerSku": sku,
            "nextToken": token,
        }
        return self.get("getInventorySummaries", const.INVENTORY, "/fba/inventory/v1/summaries", params)

    # --- money --------------------------------------------------------------------------------------------------------

    def list_transactions(
        self, since: datetime | None, until: datetime | None, token: str | None, order_id: str | None = None
    ) -> Response:
        """Ask for a page of what was booked from ``since`` on and before ``until``, or for all of one order.

        No store is named: then orders that sellers sent themselves in the United States come, too (the model says so).
        """
        params = {
            "postedAfter": format_time(since) if since else None,
            "postedBefore": format_time(until) if until else None,
            "relatedIdentifierName": "ORDER_ID" if order_id else None,
            "relatedIdentifierValue": order_id,
            "nextToken": token,
        }
        return self.get("listTransactions", const.FINANCES, "/finances/2024-06-19/transactions", params)

    # --- the account --------------------------------------------------------------------------------------------------

    def get_marketplace_participations(self) -> Response:
        """Ask for the stores of the account."""
        return self.get("getMarketplaceParticipations", const.SELLERS, "/sellers/v1/marketplaceParticipations", {})

    # --- the call itself ----------------------------------------------------------------------------------------------

    def get(self, operation: str, family: str, path: str, params: Mapping[str, str | None]) -> Response:
        """Ask for something. What has no value is left out of ``params``."""
        request = self._request("GET", operation, family, path, params=params)
        return self._call(replace(request, is_repeatable=True))

    def post(
        self, operation: str, family: str, path: str, body: Mapping[str, Any], *, is_repeatable: bool = True
    ) -> Response:
        """Send something.

        :param is_repeatable: sent twice it has the effect of once
        """
        return self._call(
            replace(self._request("POST", operation, family, path, body=body), is_repeatable=is_repeatable)
        )

    def send_grantless(
        self, method: str, operation: str, path: str, scope: str, *, body: Mapping[str, Any] | None = None
    ) -> Response:
        """Make a call of the application's own, without any seller. Sent twice it has the effect of once."""
        request = self._request(method, operation, const.NOTIFICATIONS, path, body=body)
        response = self._send(replace(request, is_repeatable=True), self._login.grantless_token(scope))
        if response.status in (401, 403):
            _code, words = parse_refusal(response.body)
            reference = response.headers.get(const.REQUEST_ID_HEADER)
            raise Rejected("access_denied", message=words, reference=reference, operation=operation)
        return response

    def _request(
        self,
        method: str,
        operation: str,
        family: str,
        path: str,
        *,
        params: Mapping[str, str | None] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Request:
        headers = {"Accept": "application/json", "User-Agent": const.USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            method=method,
            url=self._account.endpoints[family].rstrip("/") + path,
            operation=operation,
            params=tuple((name, value) for name, value in (params or {}).items() if value is not None),
            headers=headers,
            body=None if body is None else encode_json(body),
        )

    def _call(self, request: Request) -> Response:
        """Send with a token; log in once more when Amazon refuses one we kept."""
        kept = self._login.kept_token()
        response = self._send(request, kept or self._login.new_token())
        if kept and response.status in (401, 403):
            response = self._send(request, self._login.new_token(refused=kept))
        if response.status in (401, 403):
            raise self._denied(request, response)
        return response

    def _send(self, request: Request, token: str) -> Response:
        headers = {**request.headers, "x-amz-access-token": token}
        response = self._transport.send(replace(request, headers=headers))
        granted = _granted_rate(response)
        if granted is not None and request.operation in const.RATES:
            self._transport.limiter.set_rate(request.operation, granted)
        return response

    def _denied(self, request: Request, response: Response) -> AuthFailed | Rejected:
        """Name a refusal of a token that is minutes old at most.

        Words about the token mean the account; anything else is a role the application lacks, and only searchOrders
        is a call the account cannot live without. Texts: github.com/amzn/selling-partner-api-docs issues 2147 and
        2336.
        """
        _code, words = parse_refusal(response.body)
        reference = response.headers.get(const.REQUEST_ID_HEADER)
        if response.status == 401 or "access token" in words.lower():
            self._login.forget_token()
            return AuthFailed("token_refused", reference=reference, operation=request.operation)
        if request.operation == "searchOrders":
            return AuthFailed("access_denied", reference=reference, operation=request.operation)
        return Rejected("access_denied", message=words, reference=reference, operation=request.operation)


def _granted_rate(response: Response) -> float | None:
    """Return the rate Amazon grants this account, where it says so; it may be above the documented one."""
    try:
        rate = float(response.headers.get(const.RATE_HEADER, ""))
    except ValueError:
        return None
    return rate if math.isfinite(rate) and rate > 0 else None


def path_segment(text: str) -> str:
    """Return ``text`` as one segment of a path.

    :raise NotFound: dots alone, which are steps in a path however they are written (RFC 3986 §5.2.4)
    """
    if text in ("", ".", ".."):
        raise NotFound("not_found")
    return quote(text, safe="")


def ensure_taken(response: Response) -> Response:
    """Return the answer if Amazon did what it was asked.

    :raise NotFound: it does not know the document
    :raise Rejected: it refuses, with its words
    """
    if response.status >= 300:
        raise name_refusal(response)
    return response


def name_refusal(response: Response, code: str | None = None) -> NotFound | Rejected:
    """Return the error a refusal stands for; ``code`` says more than Amazon's own does."""
    reference = response.headers.get(const.REQUEST_ID_HEADER)
    amazon_code, words = parse_refusal(response.body)
    if response.status == 404 and code is None:
        return NotFound("not_found", reference=reference)
    return Rejected(code or amazon_code, message=words or amazon_code, reference=reference, status=response.status)


def _item_path(seller: str, sku: str) -> str:
    return f"/listings/2021-08-01/items/{path_segment(seller)}/{path_segment(sku)}"
