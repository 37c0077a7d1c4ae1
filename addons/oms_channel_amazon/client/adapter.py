"""Amazon as a sales channel: the contract of ``oms_core``, kept with the client and the pure code."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability, Limits
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, Rejected, RetryLater
from odoo.addons.oms_core.lib.rates import Rate

from ..lib import answers, bodies, const, feeds, mapper, notifications
from .afterwards import Afterwards
from .client import ensure_taken, name_refusal
from .offers import Offers
from .subscriptions import Subscriptions

# One job sends so many quantities; the rate of patchListingsItem lets them through in a few seconds.
STOCK_BATCH = 20
# From so many on a feed is done sooner than single calls: those take five a second, a feed some minutes (…/docs/
# building-listings-management-workflows-guide, seen 2026-11-26).
BULK_FROM = 1000


class AmazonAdapter(Offers, Afterwards):
    """One Amazon seller account in one region.

    ``account.settings`` needs ``client_id``, ``seller_id`` and ``marketplaces`` (ids, the first is the main store);
    ``account.secrets`` the names of ``const.SECRETS``; ``account.endpoints`` the families of ``const.FAMILIES``.
    An account with a queue of hints has ``queue_url`` and ``aws_region`` beside it, the names of
    ``const.QUEUE_SECRETS`` and the family ``const.QUEUE``. ``twins`` are other channels of the same seller account.
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
            Capability.ASYNC,
            Capability.LISTINGS,
            Capability.RETURNS,
            Capability.HELD,
            Capability.EVENTS,
        }
    )
    limits: ClassVar[Limits] = Limits(
        page=const.ORDERS_PER_PAGE,
        batch=STOCK_BATCH,
        bulk=feeds.FEED_MESSAGES,
        bulk_from=BULK_FROM,
        recheck_shipments=timedelta(minutes=30),
        overlap=timedelta(minutes=10),
        rates={name: Rate(per_second, burst) for name, (per_second, burst) in const.RATES.items()},
    )

    file_hosts: ClassVar[tuple[str, ...]] = const.FILE_HOSTS

    # --- always -------------------------------------------------------------------------------------------------------

    def check(self) -> dto.AccountInfo:
        """Log in, ask for the stores of the account, and try what each role allows with a call that costs nothing.

        :raise AuthFailed: the credentials are refused
        """
        info = self._ask_stores()
        return msgspec.structs.replace(info, permissions=(*info.permissions, *self._try_roles()))

    def _ask_stores(self) -> dto.AccountInfo:
        try:
            response = self._client.get_marketplace_participations()
        except Rejected as error:
            if error.code != "access_denied":
                raise
            # Logging in worked; only the role "Selling Partner Insights" is missing, which nothing else needs.
            insight = dto.Permission(name="account", is_granted=False, detail=error.message or None)
            return dto.AccountInfo(name=self._seller, permissions=(insight,))
        return answers.parse_account(ensure_taken(response).body, self._marketplaces)

    def _try_roles(self) -> Iterator[dto.Permission]:
        """Yield what each role allows. Documents nobody has are asked for: "not found" means that we may ask."""
        main = self._marketplaces[0]
        client, documents = self._client, self._documents
        calls: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("orders", "orders and parcels", lambda: client.get_order(const.NO_ORDER, ("PACKAGES",))),
            ("listings", "quantities and prices", lambda: client.get_listings_item(self._seller, const.NO_SKU, main)),
            ("feeds", "bulk quantities, cancellations and refunds", lambda: documents.fetch_feed("0")),
            ("reports", "returns", lambda: documents.fetch_report("0")),
            ("finances", "refunds made at Amazon", lambda: client.list_transactions(None, None, None, const.NO_ORDER)),
            ("inventory", "stock at Amazon", lambda: client.get_inventory_summaries(main, None, const.NO_SKU)),
        )
        for name, what, call in calls:
            yield dto.Permission(name=name, is_granted=_is_allowed(call), detail=what)
        twins = self._settings.get("twins")
        if twins:
            words = (
                f"also used by {', '.join(twins)}: two channels would set the quantity of one SKU against each other"
            )
            yield dto.Permission(name="one channel for this seller account", is_granted=False, detail=words)

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders changed within ``window``, each with the bytes Amazon sent.

        :raise Rejected: ``cursor_expired`` when the page token no longer works; read the window again from its start
        :raise Malformed: the page cannot be read as a whole
        """
        until = window.until
        if until is not None and until > self.now() - timedelta(seconds=const.SEARCH_DELAY_SECONDS):
            until = None  # Amazon refuses an end this close and ends there by itself
        response = self._client.search_orders(self._marketplaces, window.since, until, cursor)
        if cursor is not None and 400 <= response.status < 500:
            # The same question was answered for the first page, so what is refused now is the token.
            raise name_refusal(response, code="cursor_expired")
        return answers.parse_orders_page(ensure_taken(response).body)

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now.

        :raise NotFound: Amazon does not know it
        """
        response = self._client.get_order(external_id)
        return answers.parse_order_answer(ensure_taken(response).body)

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier, see :func:`..lib.mapper.parse_order`."""
        return mapper.parse_order(body)

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Confirm a parcel. The same notice again finds it there and changes nothing.

        :raise Rejected: Amazon refuses it, and does not have it yet
        :raise NotFound: Amazon does not know the order
        """
        body = bodies.build_shipment(notice, self._marketplace_of(notice))
        response = self._client.confirm_shipment(notice.order_external_id, body)
        if response.status < 300:
            return dto.Receipt(reference=notice.reference, external_id=notice.reference)
        if response.status == 404:
            raise name_refusal(response)
        # "PackageToUpdateNotFound … order already fulfilled" is also what a repeated notice gets, so look before
        # failing (github.com/amzn/selling-partner-api-models issue 5037).
        known = self.find_shipment(notice)
        if known is None:
            raise name_refusal(response)
        return known

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Return a receipt if Amazon has this very parcel; ``None`` if it has not, or an earlier state of it."""
        response = self._client.get_order(notice.order_external_id, ("PACKAGES",))
        for package in answers.parse_known_packages(ensure_taken(response).body):
            if bodies.is_same_parcel(package, notice):
                return dto.Receipt(
                    reference=notice.reference, external_id=package.reference, detail="already confirmed"
                )
        return None

    # --- hints --------------------------------------------------------------------------------------------------------

    def fetch_events(self) -> tuple[dto.ChannelEvent, ...]:
        """Return what waits in the account's queue; nothing where it has none.

        :raise Rejected: ``queue_denied`` or ``queue_unknown``
        """
        return notifications.parse_messages(self._queue.receive()) if self._queue.is_set else ()

    def drop_events(self, receipts: Sequence[str]) -> None:
        """Take hints off the queue, once they are stored."""
        if self._queue.is_set:
            self._queue.delete(receipts)

    def set_up_hints(self, arn: str) -> None:
        """Ask Amazon to put a hint into a queue whenever an order changes. No part of the contract.

        :param arn: AWS's name of the queue, see :func:`..lib.subscriptions.queue_arn`
        :raise Rejected: Amazon refuses; most often it may not write into the queue
        """
        Subscriptions(self._client).ensure(arn)

    def _marketplace_of(self, notice: dto.ShipmentNotice) -> str:
        return notice.marketplace or self._marketplaces[0]


def _is_allowed(call: Callable[[], object]) -> bool | None:
    """Return whether a call is allowed; ``None`` when it could not be found out now."""
    try:
        call()
    except (RetryLater, Malformed):
        return None
    except NotFound:
        return True
    except Rejected as error:
        return error.code != "access_denied"
    return True
