"""One method per endpoint: values of Python in, the shop's answer out, nothing understood on the way.

Paths and parameters: Swagger document of Magento 2.4.9 (github.com/AdobeDocs/commerce-webapi, commit e2275b5623d4, seen
2026-11-26). Operations are called as there. Bulks are not in it: developer.adobe.com/commerce/webapi/rest/use-rest/
bulk-endpoints.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected, RetryLater

from ..lib import const, oauth1
from ..lib.answers import parse_refusal
from ..lib.pages import Params

OPERATIONS = (
    "GetV1Orders",
    "GetV1OrdersId",
    "GetV1Shipments",
    "PostV1OrderOrderIdShip",
    "PostV1ShipmentTrack",
    "DeleteV1ShipmentTrackId",
    "PostV1OrdersIdCancel",
    "GetV1Invoices",
    "PostV1OrderOrderIdInvoice",
    "GetV1Creditmemos",
    "PostV1OrderOrderIdRefund",
    "PostV1InvoiceInvoiceIdRefund",
    "GetV1Products",
    "GetV1InventorySourceitems",
    "PostV1InventorySourceitems",
    "PostV1ProductsBaseprices",
    "AsyncBulkPostV1InventorySourceitems",
    "AsyncBulkPostV1ProductsBaseprices",
    "GetV1BulkBulkUuidDetailedstatus",
    "GetV1StoreStoreViews",
    "GetV1StoreStoreConfigs",
)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class MagentoClient:
    """The REST interface of one shop.

    Every method returns the answer with a status below 500 as it came, except 401 and 403. It raises ``RetryLater`` as
    the transport does, ``AuthFailed`` when the shop refuses the account, and ``Rejected("access_denied")`` when only
    the one call is refused.
    """

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._now = now

    # --- orders and what belongs to them ------------------------------------------------------------------------------

    def search_orders(self, params: Params) -> Response:
        """Ask for a page of orders."""
        return self._get("GetV1Orders", "/V1/orders", params)

    def get_order(self, order_id: str) -> Response:
        """Ask for one order."""
        return self._get("GetV1OrdersId", f"/V1/orders/{_number(order_id)}")

    def search_shipments(self, params: Params) -> Response:
        """Ask for parcels."""
        return self._get("GetV1Shipments", "/V1/shipments", params)

    def ship_order(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Tell the shop of a parcel. An answer that got lost is looked up, not repeated blindly."""
        return self._post("PostV1OrderOrderIdShip", f"/V1/order/{_number(order_id)}/ship", body)

    def add_track(self, body: Mapping[str, Any]) -> Response:
        """Add a tracking number to a parcel."""
        return self._post("PostV1ShipmentTrack", "/V1/shipment/track", body)

    def delete_track(self, track_id: str) -> Response:
        """Take a tracking number off its parcel. Gone is gone, so twice has the effect of once."""
        path = f"/V1/shipment/track/{_number(track_id)}"
        return self._call(self._request("DELETE", "DeleteV1ShipmentTrackId", path, is_repeatable=True))

    def cancel_order(self, order_id: str) -> Response:
        """Cancel an order."""
        return self._post("PostV1OrdersIdCancel", f"/V1/orders/{_number(order_id)}/cancel", None)

    def search_invoices(self, params: Params) -> Response:
        """Ask for invoices."""
        return self._get("GetV1Invoices", "/V1/invoices", params)

    def invoice_order(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Ask the shop to invoice items of an order."""
        return self._post("PostV1OrderOrderIdInvoice", f"/V1/order/{_number(order_id)}/invoice", body)

    def search_creditmemos(self, params: Params) -> Response:
        """Ask for credit memos."""
        return self._get("GetV1Creditmemos", "/V1/creditmemos", params)

    def refund_order(self, order_id: str, body: Mapping[str, Any]) -> Response:
        """Record that money was given back."""
        return self._post("PostV1OrderOrderIdRefund", f"/V1/order/{_number(order_id)}/refund", body)

    def refund_invoice(self, invoice_id: str, body: Mapping[str, Any]) -> Response:
        """Let the shop give money back through its payment provider."""
        path = f"/V1/invoice/{_number(invoice_id)}/refund"
        return self._post("PostV1InvoiceInvoiceIdRefund", path, {**body, "isOnline": True})

    # --- catalogue and stock ------------------------------------------------------------------------------------------

    def search_products(self, params: Params) -> Response:
        """Ask for a page of the catalogue."""
        return self._get("GetV1Products", "/V1/products", params)

    def search_source_items(self, params: Params) -> Response:
        """Ask for quantities."""
        return self._get("GetV1InventorySourceitems", "/V1/inventory/source-items", params)

    def set_source_items(self, body: Mapping[str, Any]) -> Response:
        """Set quantities. They are absolute, so sending them twice has the effect of once."""
        return self._post("PostV1InventorySourceitems", "/V1/inventory/source-items", body, is_repeatable=True)

    def set_base_prices(self, body: Mapping[str, Any]) -> Response:
        """Set prices, as quantities."""
        return self._post("PostV1ProductsBaseprices", "/V1/products/base-prices", body, is_repeatable=True)

    def queue_source_items(self, bodies: Sequence[Mapping[str, Any]]) -> Response:
        """Hand over many bodies of ``set_source_items`` at once."""
        path = "/async/bulk/V1/inventory/source-items"
        return self._post("AsyncBulkPostV1InventorySourceitems", path, bodies, is_repeatable=True)

    def queue_base_prices(self, bodies: Sequence[Mapping[str, Any]]) -> Response:
        """Hand over many bodies of ``set_base_prices`` at once."""
        path = "/async/bulk/V1/products/base-prices"
        return self._post("AsyncBulkPostV1ProductsBaseprices", path, bodies, is_repeatable=True)

    def get_bulk(self, bulk_id: str) -> Response:
        """Ask what became of a bulk."""
        path = f"/V1/bulk/{quote(bulk_id, safe='')}/detailed-status"
        return self._get("GetV1BulkBulkUuidDetailedstatus", path)

    # --- the shop itself ----------------------------------------------------------------------------------------------

    def get_store_views(self) -> Response:
        """Ask for the store views."""
        return self._get("GetV1StoreStoreViews", "/V1/store/storeViews")

    def get_store_configs(self) -> Response:
        """Ask what the store views are set up with."""
        return self._get("GetV1StoreStoreConfigs", "/V1/store/storeConfigs")

    # --- the call itself ----------------------------------------------------------------------------------------------

    def _get(self, operation: str, path: str, params: Params = ()) -> Response:
        return self._call(self._request("GET", operation, path, params=tuple(params), is_repeatable=True))

    def _post(self, operation: str, path: str, body: Any, *, is_repeatable: bool = False) -> Response:
        return self._call(self._request("POST", operation, path, body=body, is_repeatable=is_repeatable))

    def _request(
        self,
        method: str,
        operation: str,
        path: str,
        *,
        params: tuple[tuple[str, str], ...] = (),
        body: Any = None,
        is_repeatable: bool = False,
    ) -> Request:
        base = (self._account.endpoints.get(const.REST) or "").rstrip("/")
        if not base:
            raise Rejected("address_missing", message="the address of the shop is missing")
        store = quote(self._account.settings.get("store_code") or const.ALL_STORES, safe="")
        headers = {"Accept": "application/json", "User-Agent": const.USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            method=method,
            url=f"{base}/rest/{store}{path}",
            operation=operation,
            params=params,
            headers=headers,
            body=None if body is None else _ENCODER.encode(body),
            is_repeatable=is_repeatable,
        )

    def _call(self, request: Request) -> Response:
        headers = {**request.headers, "Authorization": self._authorization(request)}
        response = self._transport.send(replace(request, headers=headers))
        if response.status in (401, 403):
            raise self._denied(request, response)
        return response

    def _authorization(self, request: Request) -> str:
        """Return what signs a request, new for each.

        :raise AuthFailed: a credential is missing, or can be in no header
        """
        known, settings = self._account.secrets, self._account.settings
        is_bearer = settings.get("auth") == "bearer"
        needed = {const.ACCESS_TOKEN: known.get(const.ACCESS_TOKEN)}
        if not is_bearer:
            needed |= {
                "consumer_key": settings.get("consumer_key"),
                const.CONSUMER_SECRET: known.get(const.CONSUMER_SECRET),
                const.ACCESS_TOKEN_SECRET: known.get(const.ACCESS_TOKEN_SECRET),
            }
        missing = sorted(name for name, value in needed.items() if not value)
        if missing:
            raise AuthFailed("credentials_missing", missing=", ".join(missing))
        if is_bearer:
            token = needed[const.ACCESS_TOKEN].strip()
            if not token.isascii() or not token.isprintable():
                raise AuthFailed("token_unusable")
            return f"Bearer {token}"
        credentials = oauth1.Credentials(
            needed["consumer_key"].strip(),
            needed[const.CONSUMER_SECRET].strip(),
            needed[const.ACCESS_TOKEN].strip(),
            needed[const.ACCESS_TOKEN_SECRET].strip(),
        )
        moment = oauth1.Moment(secrets.token_hex(16), int(self._now().timestamp()))
        return oauth1.build_header(credentials, moment, request.method, request.url, request.params)

    def _denied(self, request: Request, response: Response) -> AuthFailed | Rejected | RetryLater:
        """Name a refusal: a permission the integration lacks, a number used twice, or the account itself.

        Only orders are a permission the account cannot live without.
        """
        message, words = parse_refusal(response.body)
        reference = response.headers.get(const.REQUEST_ID_HEADER)
        if response.status == 403 and not message:
            # No answer of Magento's: a firewall before the shop, which says nothing about our credentials.
            return Rejected("access_denied", message=words, reference=reference, operation=request.operation)
        if "nonce" in message.lower():
            return RetryLater("nonce_used", after=timedelta(seconds=5), operation=request.operation)
        if const.NO_PERMISSION in message and not request.operation.startswith("GetV1Orders"):
            return Rejected("access_denied", message=words, reference=reference, operation=request.operation)
        code = "access_denied" if const.NO_PERMISSION in message else "token_refused"
        return AuthFailed(code, reference=reference, operation=request.operation)


def _number(id_: str) -> str:
    """Return an id as one segment of a path; the shop's ids are numbers.

    :raise NotFound: it is none, so no document can have it
    """
    if not (id_.isascii() and id_.isdigit() and int(id_) > 0):
        raise NotFound("not_found")
    return id_
