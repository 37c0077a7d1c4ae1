"""Magento 2 as a sales channel: the contract of ``oms_core``, kept with the client and the pure code."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability, ChannelAdapter, Limits
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed, NotFound, NotSupported, Rejected
from odoo.addons.oms_core.lib.rates import Rate

from ..lib import answers, bodies, const, mapper, pages, wire, wire_order
from ..lib.bundles import read_lines
from .client import OPERATIONS, MagentoClient
from .invoicing import Invoicing
from .refunding import Refunding
from .shipping import Shipping
from .stocking import Stocking

# Magento documents no rates. A shop's own server does all the work, so it is asked gently; and a rate is what remembers
# that a shop asked us to wait.
GENTLE = Rate(0.5, 120)


class MagentoAdapter(Shipping, Invoicing, Refunding, Stocking, ChannelAdapter):
    """One Magento 2 shop.

    ``account.settings`` may hold ``store_code`` (of the interface), ``stores`` (codes of the stores whose orders come),
    ``auth``, ``consumer_key``, ``source``, ``is_buyer_told``, ``online_methods`` and ``barcode``; ``account.secrets``
    the names of ``const.SECRETS``; ``account.endpoints`` the shop's address. How orders are read and how many rows a
    call takes is of the class, because documents are read without an account: see :meth:`set_up`.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.ORDERS,
            Capability.STOCK,
            Capability.PRICE,
            Capability.BULK,
            Capability.CANCEL,
            Capability.REFUND,
            Capability.REFUNDS,
            Capability.INVOICE,
            Capability.LISTINGS,
        }
    )
    limits: ClassVar[Limits] = Limits(
        page=const.ORDERS_PER_PAGE,
        batch=const.ROWS_PER_CALL,
        bulk=const.ROWS_PER_BULK,
        bulk_from=5 * const.ROWS_PER_CALL,
        history=timedelta(days=3650),
        overlap=timedelta(minutes=10),
        counts_own_orders=True,
        rates=dict.fromkeys(OPERATIONS, GENTLE),
        read_seconds=60.0,
        total_seconds=90.0,
    )
    reading: ClassVar[mapper.Reading] = mapper.Reading()

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        self._client = MagentoClient(account, transport, now)
        self._known_stores: Mapping[str, str] | None = None

    @classmethod
    def set_up(
        cls, reading: mapper.Reading, *, is_input_limited: bool = False, is_bulk_used: bool = True
    ) -> type["MagentoAdapter"]:
        """Return this class for one shop: how its orders are read, whether it limits what a call may hold."""
        limits = cls.limits
        if is_input_limited:
            limits = msgspec.structs.replace(limits, batch=const.ROWS_WHERE_LIMITED)
        if not is_bulk_used:
            limits = msgspec.structs.replace(limits, bulk=0)
        return type(cls.__name__, (cls,), {"reading": reading, "limits": limits, "__doc__": cls.__doc__})

    # --- the account --------------------------------------------------------------------------------------------------

    def check(self) -> dto.AccountInfo:
        """Sign a call for the stores, then read one document of each kind to see what is allowed.

        :raise AuthFailed: the credentials are refused, or allow nothing at all
        """
        permissions, stores, configs = [], (), ()
        try:
            stores = answers.parse_stores(self._taken(self._client.get_store_views()).body)
            configs = answers.parse_store_configs(self._taken(self._client.get_store_configs()).body)
            permissions.append(dto.Permission(name="stores", is_granted=True))
        except Rejected as error:
            permissions.append(dto.Permission(name="stores", is_granted=False, detail=error.message or None))
        one = pages.build_search((), (), 1)
        for name, ask in (
            ("orders", self._client.search_orders),
            ("products", self._client.search_products),
            ("quantities by source", self._client.search_source_items),
            ("invoices", self._client.search_invoices),
            ("parcels", self._client.search_shipments),
            ("credit memos", self._client.search_creditmemos),
        ):
            permissions.append(self._try_read(name, ask, one))
        if not any(permission.is_granted for permission in permissions):
            # Magento takes whoever shows a token it does not want for a guest, and guests may read nothing.
            raise AuthFailed("access_denied")
        permissions += [
            dto.Permission(name=name, is_granted=None, detail="the shop says so only when it is used")
            for name in ("shipping", "cancelling", "refunding", "changing quantities and prices")
        ]
        return dto.AccountInfo(
            name=answers.shop_name(configs, "Magento"),
            marketplaces=tuple((store.code, store.name or store.code) for store in stores),
            permissions=tuple(permissions),
        )

    def _try_read(self, name: str, ask, params) -> dto.Permission:
        """Ask for one document of a kind; say whether that is allowed."""
        try:
            pages.cut_page(self._taken(ask(params)).body)
        except (Rejected, NotFound) as error:
            words = getattr(error, "message", "") or "the shop has no such list"
            return dto.Permission(name=name, is_granted=False, detail=words)
        except AuthFailed as error:
            if error.code != "access_denied":
                raise
            return dto.Permission(
                name=name, is_granted=False, detail="the integration lacks it, and nothing goes without"
            )
        return dto.Permission(name=name, is_granted=True)

    # --- orders -------------------------------------------------------------------------------------------------------

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders changed within ``window``, each with the bytes the shop sent.

        :raise Rejected: ``cursor_expired`` for a place that is none of ours
        :raise Malformed: the page cannot be read as a whole
        """
        place = pages.read_place(cursor)
        stores = self._stores()
        params = pages.build_window_search(window, place, self.limits.page, self._wanted_stores(stores))
        cut, following, covered = self._read_page(self._client.search_orders, params, place)
        return dto.Page(
            items=tuple(pages.raw_order(piece, stores) for piece in cut.pieces),
            next_cursor=following,
            covered_until=covered,
        )

    def _read_page(self, ask, params, place: pages.Place | None):
        """Return a page of a list that is read by update time: its pieces, the next cursor, how far it is complete."""
        response = self._taken(ask(params))
        cut = pages.cut_page(response.body)
        covered = None if place is not None else response.answered_at or _newest(cut)
        return cut, pages.next_cursor(cut, place), covered

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now.

        :raise NotFound: the shop does not know it
        """
        piece = self._order_piece(external_id)
        return pages.raw_order(piece, self._stores())

    def fetch_order_by_number(self, number: str) -> dto.RawOrder:
        """Return one order by the number people see. Where stores count alike, the newest with it.

        :raise NotFound: the shop does not know it
        """
        group = [pages.Filter("increment_id", "eq", number.strip())]
        params = pages.build_search([group], ("entity_id",), const.MOST_DOCUMENTS_OF_ORDER)
        pieces = pages.cut_page(self._taken(self._client.search_orders(params)).body).pieces
        if not pieces:
            raise NotFound("not_found")
        return pages.raw_order(pieces[-1], self._stores())

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier, see :func:`..lib.mapper.parse_order`."""
        return mapper.parse_order(body, cls.reading)

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """Cancel an order. The same notice again finds it cancelled.

        :raise Rejected: only a part is to be cancelled, or the shop no longer lets it go
        :raise NotSupported: it is the answer no to a buyer
        """
        if notice.is_refused:
            raise NotSupported(
                "no_requests", message="a Magento shop knows no requests to cancel that could be answered"
            )
        known = self.find_cancellation(notice)
        if known is not None:
            return known
        order = self.parse_order(self._order_piece(notice.order_external_id).body)
        waiting = {line.external_id: line.quantity - line.quantity_shipped for line in order.lines}
        if not bodies.is_whole_order(notice, waiting):
            raise Rejected(
                "partial_cancel", message="a Magento shop cancels whole orders only; refund the lines that are not sent"
            )
        response = self._taken(self._client.cancel_order(notice.order_external_id))
        if response.body.strip() != b"true":
            message = "the shop does not cancel an order that is paid or partly sent; refund what is not sent"
            raise Rejected("cancel_refused", message=message)
        return dto.Receipt(reference=notice.reference, external_id=notice.order_external_id)

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """Return a receipt if the order is cancelled there."""
        order = wire.decode(pages.without_unread(self._order_piece(notice.order_external_id).body), wire_order.Order)
        if order.state != "canceled":
            return None
        return dto.Receipt(reference=notice.reference, external_id=notice.order_external_id, detail="already cancelled")

    # --- what the other parts need ------------------------------------------------------------------------------------

    def _order_piece(self, order_id: str) -> pages.Piece:
        piece = pages.look_at(self._taken(self._client.get_order(order_id)).body)
        if piece.id is None:
            raise Malformed("wrong_shape", path="$.entity_id", reason="the answer holds no order")
        return piece

    def _order_lines(self, piece: pages.Piece):
        """Return the order of a piece and its lines as the shop counts them."""
        order = wire.decode(pages.without_unread(piece.body), wire_order.Order)
        return order, read_lines(order.items, self.parse_order(piece.body).currency)

    def _of_order(self, ask, order_id: str, shape):
        """Return the documents of one kind that belong to an order."""
        group = [pages.Filter("order_id", "eq", order_id)]
        params = pages.build_search([group], ("entity_id",), const.MOST_DOCUMENTS_OF_ORDER)
        cut = pages.cut_page(self._taken(ask(params)).body)
        return [pages.decode_known(piece.body, shape) for piece in cut.pieces]

    def _stores(self) -> Mapping[str, str]:
        """Return ``{store id: code}``; nothing where the integration may not read stores."""
        if self._known_stores is None:
            try:
                stores = answers.parse_stores(self._taken(self._client.get_store_views()).body)
            except Rejected as error:
                if error.code != "access_denied":
                    raise
                stores = ()
            self._known_stores = {str(store.id): store.code for store in stores}
        return self._known_stores

    def _wanted_stores(self, stores: Mapping[str, str]) -> list[str]:
        """Return the ids of the stores whose orders come, none for all.

        :raise Rejected: a code that is no store of the shop
        """
        wanted = self.account.settings.get("stores") or ()
        ids = {code: id_ for id_, code in stores.items()}
        unknown = [code for code in wanted if code not in ids]
        if unknown:
            raise Rejected("store_unknown", message=f"the shop has no store view “{unknown[0]}”")
        return [ids[code] for code in wanted]

    def _taken(self, response: Response) -> Response:
        if response.status >= 300:
            raise self._refusal(response)
        return response

    def _refusal(self, response: Response) -> NotFound | Rejected:
        reference = response.headers.get(const.REQUEST_ID_HEADER)
        _message, words = answers.parse_refusal(response.body)
        if response.status == 404:
            return NotFound("not_found", reference=reference)
        return Rejected("refused", message=words, reference=reference, status=response.status)

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.account.settings


def _newest(cut: pages.Cut) -> datetime | None:
    """Return up to when a page shows all, where its answer names no time: the last change on it."""
    return max((piece.updated_at for piece in cut.pieces if piece.updated_at), default=None)
