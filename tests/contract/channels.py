"""The channels that have a stand-in, each behind the same few verbs, for the promises every channel keeps.

A new channel adds one class here and its name to ``CHANNELS``; the tests stay as they are.
"""

import contextlib
import tempfile
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import msgspec
from ebay_channel import EbayChannel
from magento_channel import MagentoChannel
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from openmage_channel import OpenMageChannel, OpenMageWsiChannel

from tests.sandbox_process import start_sandbox
from tests.stand_in import StandIn
from tests.tokens import Tokens

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def utc_now():
    """Return the current aware UTC time."""
    return datetime.now(timezone.utc)


@contextlib.contextmanager
def running_sandbox():
    """Run the stand-ins for as long as the block takes; give their side door."""
    with tempfile.TemporaryDirectory() as folder:
        process, facts = start_sandbox(folder, "--max-seconds", "900")
        try:
            yield StandIn(SimpleNamespace(url=facts["url"]))
        finally:
            process.terminate()
            process.wait(10)


class AmazonChannel:
    """Amazon's adapter over the real transport, against Amazon's stand-in."""

    name = "amazon"
    adapter_class = AmazonAdapter
    cannot = frozenset()
    models = {
        "searchOrders": "orders_2026-01-01",
        "getOrder": "orders_2026-01-01",
        "confirmShipment": "ordersV0",
        "searchListingsItems": "listingsItems_2021-08-01",
        "getListingsItem": "listingsItems_2021-08-01",
        "patchListingsItem": "listingsItems_2021-08-01",
        "getMarketplaceParticipations": "sellers",
    }
    # The names the tests use for calls, and what they are called here.
    calls = {
        "log_in": "token",
        "search": "searchOrders",
        "read": "getOrder",
        "ship": "confirmShipment",
        "stock": "patchListingsItem",
        "listings": "searchListingsItems",
        "check": "getMarketplaceParticipations",
    }
    secrets = ("amzn1.oa2-cs.v1.sandbox", "Atzr|sandbox", "Atza|")
    unknown_order = "999-9999999-9999999"
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.tokens = Tokens()

    def can(self, what):
        """Return whether the channel has what a promise is about."""
        return what not in self.cannot

    def adapter(self, *, limits=None, **secrets):
        """Return an adapter with a transport and counters of its own; ``secrets`` replace those that work."""
        base = f"{self.sandbox.url}/amazon"
        account = Account(
            id=1,
            channel_type="amazon",
            endpoints=dict.fromkeys(const.FAMILIES, base),
            settings={
                "client_id": "amzn1.application-oa2-client.sandbox",
                "seller_id": "A1OMSSANDBOX",
                "marketplaces": [
                    "ATVPDKIKX0DER",
                    "A1F83G8C2ARO7P",
                    "A1PA6795UKMFR9",
                    "A1VC38T7YXB528",
                    "A2Q3Y263D00KWC",
                    "A33AVAJ2PDY3EV",
                ],
            },
            secrets={const.CLIENT_SECRET: "amzn1.oa2-cs.v1.sandbox", const.REFRESH_TOKEN: "Atzr|sandbox", **secrets},
            tokens=self.tokens,
        )
        policy = HostPolicy(allowed_hosts=frozenset({"127.0.0.1"}), allow_loopback=True)
        transport = Transport(policy, limits or AmazonAdapter.limits, MemoryLimiter())
        return AmazonAdapter(account, transport, utc_now)

    def wrong_secrets(self):
        """Return secrets the channel refuses, each with a name for the test."""
        return {"secret": {const.CLIENT_SECRET: "no"}, "refresh token": {const.REFRESH_TOKEN: "Atzr|no"}}

    def missing_secret(self):
        """Return secrets of which one is missing."""
        return {const.REFRESH_TOKEN: None}

    # --- the other side -----------------------------------------------------------------------------------------------

    def sell(self, count, kind="standard", **wish):
        """Let buyers place orders; return their ids, oldest update first."""
        return self.sandbox.control(generate={"count": count, "kind": kind, "age_seconds": 600, **wish})["generate"]

    def change(self, order_id, at=None):
        """Let something about an order change there; it counts as updated ``at``."""
        note = {"buyer": {"buyerPurchaseOrderNumber": f"PO {time.monotonic_ns()}"}}
        moment = at or utc_now() - timedelta(seconds=180)
        self.sandbox.control(
            update_order={
                "orderId": order_id,
                "set": {**note, "lastUpdatedTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")},
            }
        )

    def spoil(self, order_id, flaw):
        """Make the document of an order unreadable there; return the path of the flaw."""
        order = self.sandbox.orders()[order_id]
        flaws = {
            "NUL": ({"title": "a\0b"}, "$.orderItems[0].product.title"),
            "half a character": ({"title": "\ud83d"}, "$.orderItems[0].product.title"),
            "a megabyte": ({"title": "x" * 1_000_000}, "$.orderItems[0].product.title"),
            "NaN": ({"price": float("nan")}, "$.orderItems[0].product.price"),
            "no price": ({"price": {"unitPrice": {"amount": "NaN", "currencyCode": "USD"}}}, None),
        }
        change, path = flaws[flaw]
        order["orderItems"][0]["product"].update(change)
        self.sandbox.control(add_orders=[order])
        return path or "$.orderItems[0].product.price.unitPrice.amount"

    def fault(self, name, call, **options):
        """Plan a fault for one kind of call."""
        self.sandbox.control(faults=[{"fault": name, "match": {"operation": self.calls[call]}, **options}])

    def throttle(self, call, per_second, burst):
        """Let the channel count calls of one kind."""
        self.sandbox.control(throttle=True, rates={self.calls[call]: [per_second, burst]})

    def end_tokens(self):
        """Let every access token end."""
        self.sandbox.control(expire_access_tokens=True)

    def revoke(self):
        """Let the seller withdraw the authorisation."""
        self.sandbox.control(revoke_refresh_token="Atzr|sandbox")

    def asked(self, call):
        """Return how often a call arrived there."""
        return len(self.sandbox.requests(self.calls[call]))

    # --- effects ------------------------------------------------------------------------------------------------------

    def notice(self, order_id, reference="17", tracking="1Z999AA10123456784", lines=None):
        """Return a notice for a parcel with all of an order, or with ``lines``."""
        order = self.adapter().parse_order(self.adapter().fetch_order(order_id).body)
        return dto.ShipmentNotice(
            order_external_id=order_id,
            reference=reference,
            carrier_code="UPS",
            tracking=tracking,
            shipped_at=utc_now(),
            marketplace=order.marketplace,
            lines=lines
            or tuple(
                dto.ShipmentLine(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines
            ),
        )

    def parcels(self, order_id):
        """Return the parcels that were confirmed there, as ``(reference, tracking, {line: quantity})``."""
        return [
            (
                entry["body"]["packageReferenceId"],
                entry["body"]["trackingNumber"],
                {item["orderItemId"]: Decimal(item["quantity"]) for item in entry["body"]["orderItems"]},
            )
            for kind in ("shipment_confirmed", "shipment_edited")
            for entry in self.sandbox.ledger(kind, order_id)
        ]

    def offered(self):
        """Return the SKUs there are in our stores."""
        return set(self.sandbox.listings())

    def quantity(self, sku):
        """Return what the channel shows of a listing."""
        return self.sandbox.quantity(sku)


CHANNELS = {
    channel.name: channel
    for channel in (AmazonChannel, EbayChannel, MagentoChannel, OpenMageChannel, OpenMageWsiChannel)
}


def short_limits(adapter_class, seconds):
    """Return the limits of a channel with little patience."""
    limits = adapter_class.limits
    return msgspec.structs.replace(limits, connect_seconds=seconds, read_seconds=seconds, total_seconds=seconds)


def unlimited(adapter_class):
    """Return the limits of a channel without its rates, for tests that must not wait for them."""
    return msgspec.structs.replace(adapter_class.limits, rates={})
