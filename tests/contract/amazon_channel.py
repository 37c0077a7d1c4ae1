"""Amazon's adapter over the real transport against Amazon's stand-in, behind the verbs of the tests."""

import time
from datetime import timedelta
from decimal import Decimal

import msgspec
from moments import utc_now
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account

from tests.tokens import Tokens

QUEUE = "oms-hints"


class AmazonChannel:
    """Amazon's adapter over the real transport, against Amazon's stand-in."""

    name = "amazon"
    adapter_class = AmazonAdapter
    models = {
        "searchOrders": "orders_2026-01-01",
        "getOrder": "orders_2026-01-01",
        "confirmShipment": "ordersV0",
        "searchListingsItems": "listingsItems_2021-08-01",
        "getListingsItem": "listingsItems_2021-08-01",
        "patchListingsItem": "listingsItems_2021-08-01",
        "getMarketplaceParticipations": "sellers",
        "createFeedDocument": "feeds_2021-06-30",
        "createFeed": "feeds_2021-06-30",
        "getFeed": "feeds_2021-06-30",
        "getFeeds": "feeds_2021-06-30",
        "getFeedDocument": "feeds_2021-06-30",
        "createReport": "reports_2021-06-30",
        "getReport": "reports_2021-06-30",
        "getReportDocument": "reports_2021-06-30",
        "getInventorySummaries": "fbaInventory",
        "listTransactions": "finances_2024-06-19",
        **dict.fromkeys(
            ("getDestinations", "createDestination", "getSubscription", "createSubscription", "deleteSubscriptionById"),
            "notifications",
        ),
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
        "bulk": "createFeed",
        "cancel": "createFeed",
        "refund": "createFeed",
        "result": "getFeedDocument",
        "returns": "createReport",
        "held": "getInventorySummaries",
        "refunds": "listTransactions",
        "events": "sqs",
    }
    secrets = ("amzn1.oa2-cs.v1.sandbox", "Atzr|sandbox", "Atza|", "oms-sandbox-secret")
    unknown_order = "999-9999999-9999999"
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"
    held_sku = "OMS-0200"
    store, price = "A1PA6795UKMFR9", dto.Money(amount=Decimal("19.90"), currency="EUR")
    buyer_reason = "BuyerCanceled"  # what a cancellation the buyer asked for is called
    wrong_price = dto.Money(amount=Decimal("19.90"), currency="USD")

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.tokens = Tokens()

    def adapter(self, *, limits=None, **secrets):
        """Return an adapter with a transport and counters of its own; ``secrets`` replace those that work."""
        base = f"{self.sandbox.url}/amazon"
        account = Account(
            id=1,
            channel_type="amazon",
            endpoints={**dict.fromkeys(const.FAMILIES, base), const.QUEUE: f"{base}/sqs"},
            settings={
                "client_id": "amzn1.application-oa2-client.sandbox",
                "seller_id": "A1OMSSANDBOX",
                "queue_url": f"{base}/sqs/{QUEUE}",
                "aws_region": "eu-central-1",
                "marketplaces": [
                    "ATVPDKIKX0DER",
                    "A1F83G8C2ARO7P",
                    "A1PA6795UKMFR9",
                    "A1VC38T7YXB528",
                    "A2Q3Y263D00KWC",
                    "A33AVAJ2PDY3EV",
                ],
            },
            secrets={
                const.CLIENT_SECRET: "amzn1.oa2-cs.v1.sandbox",
                const.REFRESH_TOKEN: "Atzr|sandbox",
                const.QUEUE_KEY_ID: "AKIAOMSSANDBOX",
                const.QUEUE_KEY: "oms-sandbox-secret",
                **secrets,
            },
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

    def can(self, what):
        """Return whether the channel has what a promise is about; Amazon has all of it."""
        return True

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

    def shown_price(self, sku):
        """Return what a listing costs in ``store``."""
        return Decimal(self.sandbox.state()["offers"][sku][self.store])

    # --- what is told later -------------------------------------------------------------------------------------------

    def take_long(self, seconds):
        """Let the channel take its time with what it decides later."""
        self.sandbox.control(feed_seconds=seconds, report_seconds=seconds)

    def let_pass(self, seconds):
        """Let time go by there."""
        self.sandbox.control(clock_offset=seconds)

    def stop_after(self, count):
        """Let the next bulk push end after ``count`` rows, without a word about them."""
        self.sandbox.control(fatal_after=count)

    def cancel_notice(self, order_id, reason="out_of_stock", lines=(), **more):
        """Return a notice that an order, or some of its lines, is not sent."""
        return dto.CancelNotice(
            order_external_id=order_id, reference=f"C{order_id}", reason=reason, lines=lines, **more
        )

    def ask_to_cancel(self, order_id):
        """Let the buyer ask not to get an order."""
        self.sandbox.control(cancel_order={"orderId": order_id, "request_only": True})

    def cancelled(self, order_id):
        """Return ``{line: reason}`` of what was cancelled there, each time it was."""
        return [entry["body"]["items"] for entry in self.sandbox.ledger("order_cancelled", order_id)]

    def ship(self, order_id):
        """Let an order be on its way."""
        self.adapter(limits=self.patient()).push_shipment(self.notice(order_id))

    def refund_notice(self, order_id, share=1, **more):
        """Return a notice that gives a part of each line back."""
        order = self.adapter().parse_order(self.adapter().fetch_order(order_id).body)
        lines = tuple(
            dto.RefundLine(external_line_id=line.external_id, quantity=line.quantity, amount=_share(line.amount, share))
            for line in order.lines
        )
        amount = dto.Money(amount=sum(line.amount.amount for line in lines), currency=order.currency)
        return dto.RefundNotice(
            order_external_id=order_id,
            reference=f"R{order_id}",
            reason="returned",
            amount=amount,
            lines=lines,
            marketplace=order.marketplace,
            **more,
        )

    def refunded(self, order_id):
        """Return ``(line, amount)`` of all that was given back there."""
        refunds = self.sandbox.state()["refunds"].get(order_id, [])
        return [(refund["orderItemId"], Decimal(refund["amount"]["amount"])) for refund in refunds]

    def send_back(self, order_id, **more):
        """Let the buyer ask to send the first unit of an order back; return the return's id."""
        item = self.sandbox.orders()[order_id]["orderItems"][0]
        return self.sandbox.control(
            open_return={"orderId": order_id, "orderItemId": item["orderItemId"], "quantity": 1, **more}
        )["open_return"]

    def close_return(self, order_id, return_id):
        """Let a return be over."""
        self.send_back(order_id, rma=return_id, status="Closed")

    def hold(self, sku, quantity):
        """Let so many units of a SKU lie in the channel's warehouse."""
        self.sandbox.control(set_fba_quantity={"sku": sku, "quantity": quantity})

    def hint(self, order_id):
        """Let the channel put a hint about an order into the account's queue."""
        notice = {"OrderChangeNotification": {"AmazonOrderId": order_id, "SellerId": "A1OMSSANDBOX"}}
        self.hint_text(
            msgspec.json.encode(
                {
                    "NotificationType": "ORDER_CHANGE",
                    "EventTime": "2026-11-26T10:00:00Z",
                    "Payload": notice,
                    "NotificationMetadata": {"NotificationId": f"hint {order_id}"},
                }
            ).decode()
        )

    def hint_text(self, text):
        """Put any text into the account's queue."""
        self.sandbox.control(notify={"queue": QUEUE, "body": text})

    def waiting_hints(self):
        """Return how many messages lie in the queue."""
        return len(self.sandbox.state()["queues"].get(QUEUE, ()))

    def patient(self):
        """Return the limits without the rates."""
        return msgspec.structs.replace(AmazonAdapter.limits, rates={})


def _share(money, share):
    amount = (money.amount * share).quantize(money.amount)
    return dto.Money(amount=amount, currency=money.currency)
