"""eBay's adapter over the real transport, against eBay's stand-in."""

from datetime import datetime, timezone
from decimal import Decimal

import msgspec
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account

from tests.stand_ins.ebay import EbayStandIn
from tests.tokens import Tokens

# What eBay has not: pages that end by themselves, a way to correct a parcel, parcels shown inside the order; orders are
# cancelled as a whole only, and a return says when it was opened and not when it changed.
CANNOT = frozenset({"end_places", "correct_parcels", "show_parcels", "cancel_lines", "date_returns"})


class EbayChannel:
    """What the promises of every channel need to know of eBay."""

    name = "ebay"
    adapter_class = EbayAdapter
    cannot = CANNOT
    # The names the tests use for calls, and what they are called here.
    calls = {
        "log_in": "token",
        "search": "getOrders",
        "read": "getOrder",
        "ship": "createShippingFulfillment",
        "stock": "bulkUpdatePriceQuantity",
        "listings": "getInventoryItems",
        "check": "getUser",
        "cancel": "createCancellation",
        "refund": "issueRefund",
    }
    secrets = ("SBX-oms-cert", "v^1.1#sandbox-refresh", "v^1.1#i^1")
    unknown_order = "99-99999-99999"
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"
    store, price = "EBAY_US", dto.Money(amount=Decimal("19.90"), currency="USD")
    wrong_price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    buyer_reason = "ORDER_MISTAKE"  # a cancellation the buyer asked for keeps the buyer's own reason

    def __init__(self, sandbox):
        self.sandbox = EbayStandIn(sandbox.sandbox)
        self.tokens = Tokens()
        self._references = {}

    def can(self, what):
        """Return whether eBay has what a promise is about."""
        return what not in CANNOT

    def account(self, *, settings=None, **secrets):
        """Return the account the adapter works for."""
        return Account(
            id=1,
            channel_type="ebay",
            endpoints=dict.fromkeys(const.FAMILIES, f"{self.sandbox.url}/ebay"),
            settings={
                "client_id": "OmsSandbox-app",
                "ru_name": "Oms-Sandbox-RuName",
                "marketplaces": ["EBAY_US", "EBAY_GB", "EBAY_DE"],
                "is_signed": True,
                **(settings or {}),
            },
            secrets={const.CLIENT_SECRET: "SBX-oms-cert", const.REFRESH_TOKEN: "v^1.1#sandbox-refresh", **secrets},
            tokens=self.tokens,
        )

    def adapter(self, *, limits=None, settings=None, **secrets):
        """Return an adapter with a transport and counters of its own; ``secrets`` replace those that work."""
        policy = HostPolicy(allowed_hosts=frozenset({"127.0.0.1"}), allow_loopback=True)
        transport = Transport(policy, limits or EbayAdapter.limits, MemoryLimiter())
        return EbayAdapter(self.account(settings=settings, **secrets), transport, lambda: datetime.now(timezone.utc))

    def wrong_secrets(self):
        """Return secrets the channel refuses, each with a name for the test."""
        return {"secret": {const.CLIENT_SECRET: "no"}, "refresh token": {const.REFRESH_TOKEN: "no"}}

    def missing_secret(self):
        """Return secrets of which one is missing."""
        return {const.REFRESH_TOKEN: None}

    # --- the other side -----------------------------------------------------------------------------------------------

    def sell(self, count, kind="standard", **wish):
        """Let buyers place orders; return their ids, oldest update first."""
        return self.sandbox.control(generate={"count": count, "kind": kind, "age_seconds": 600, **wish})["generate"]

    def change(self, order_id):
        """Let something about an order change there, now; and let some minutes pass, so that it can be read."""
        now = datetime.now(timezone.utc)
        change = {"buyerCheckoutNotes": f"Changed at {now}", "lastModifiedDate": now.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        self.sandbox.control(update_order={"orderId": order_id, "set": change}, clock_offset=300)

    def spoil(self, order_id, flaw):
        """Make the document of an order unreadable there; return the path of the flaw."""
        order = self.sandbox.orders()[order_id]
        title, cost = "$.lineItems[0].title", "$.lineItems[0].lineItemCost"
        flaws = {
            "NUL": ({"title": "a\0b"}, title),
            "half a character": ({"title": "\ud83d"}, title),
            "a megabyte": ({"title": "x" * 1_000_000}, title),
            "NaN": ({"lineItemCost": float("nan")}, cost),
            "no price": ({"lineItemCost": {"value": "NaN", "currency": "USD"}}, f"{cost}.value"),
        }
        change, path = flaws[flaw]
        order["lineItems"][0].update(change)
        self.sandbox.control(add_orders=[order])
        return path

    def fault(self, name, call, **options):
        """Plan a fault for one kind of call."""
        match = {"channel": "ebay", "operation": self.calls.get(call, call)}
        self.sandbox.control(faults=[{"fault": name, "match": match, **options}])

    def throttle(self, call, per_second, burst):
        """Let the channel count calls of one kind."""
        self.sandbox.control(throttle=True, rates={self.calls[call]: [per_second, burst]})

    def end_tokens(self):
        """Let every access token end."""
        self.sandbox.control(expire_access_tokens=True)

    def revoke(self):
        """Let the seller withdraw the authorisation."""
        self.sandbox.control(revoke_refresh_token="v^1.1#sandbox-refresh")

    def asked(self, call):
        """Return how often a call arrived there."""
        return len(self.sandbox.requests(self.calls.get(call, call)))

    # --- effects ------------------------------------------------------------------------------------------------------

    def order(self, order_id):
        """Return an order as we read it."""
        return self.adapter().parse_order(self.adapter().fetch_order(order_id).body)

    def notice(self, order_id, reference="17", tracking="1Z999AA10123456784", lines=None):
        """Return a notice for a parcel with all of an order, or with ``lines``."""
        order = self.order(order_id)
        self._references[tracking] = reference
        return dto.ShipmentNotice(
            order_external_id=order_id,
            reference=reference,
            carrier_code="UPS",
            tracking=tracking,
            shipped_at=datetime.now(timezone.utc),
            marketplace=order.marketplace,
            lines=lines
            or tuple(
                dto.ShipmentLine(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines
            ),
        )

    def parcels(self, order_id):
        """Return the parcels that were confirmed there, as ``(reference, tracking, {line: quantity})``.

        eBay keeps no reference of ours; the tracking number stands for it.
        """
        return [
            (
                self._references.get(entry["body"]["shipmentTrackingNumber"]),
                entry["body"]["shipmentTrackingNumber"],
                {line["lineItemId"]: Decimal(line["quantity"]) for line in entry["body"]["lineItems"]},
            )
            for entry in self.sandbox.ledger("shipment_confirmed", order_id)
        ]

    def offered(self):
        """Return the SKUs there are."""
        return set(self.sandbox.listings())

    def quantity(self, sku):
        """Return what the channel shows of a listing."""
        return self.sandbox.listings()[sku]

    def shown_price(self, sku):
        """Return what a listing costs in ``store``."""
        return Decimal(self.sandbox.state()["prices"][sku]["value"])

    # --- what is told later -------------------------------------------------------------------------------------------

    def take_long(self, seconds):
        """Let money take its time to go back; a cancellation is over when the money is back."""
        self.sandbox.control(refund_delay_seconds=seconds)

    def let_pass(self, seconds):
        """Let time go by there."""
        self.sandbox.control(clock_offset=seconds)

    def cancel_notice(self, order_id, reason="out_of_stock", lines=(), **more):
        """Return a notice that an order, or some of its lines, is not sent."""
        return dto.CancelNotice(
            order_external_id=order_id, reference=f"C{order_id}", reason=reason, lines=lines, **more
        )

    def ask_to_cancel(self, order_id):
        """Let the buyer ask not to get an order; return the wish's id."""
        return self.sandbox.control(cancel_order={"orderId": order_id, "request_only": True})["cancel_order"]

    def cancelled(self, order_id):
        """Return ``{line: reason}`` of what was cancelled there, each time it was."""
        entries = self.sandbox.ledger("order_cancelled", order_id)
        known = self.sandbox.state()["cancellations"]
        found = [known[entry["body"]["cancelId"]] for entry in entries]
        return [{line["transactionId"]: case["cancelReason"] for line in case["lineItems"]} for case in found]

    def ship(self, order_id):
        """Let an order be on its way."""
        self.adapter(limits=self.patient()).push_shipment(self.notice(order_id))

    def refund_notice(self, order_id, share=1, **more):
        """Return a notice that gives a part of each line back."""
        order = self.order(order_id)
        lines = tuple(
            dto.RefundLine(external_line_id=line.external_id, quantity=line.quantity, amount=_share(line.amount, share))
            for line in order.lines
        )
        values = {
            "reason": "returned",
            "amount": dto.Money(amount=sum(line.amount.amount for line in lines), currency=order.currency),
            "lines": lines,
            "marketplace": order.marketplace,
        }
        return dto.RefundNotice(order_external_id=order_id, reference=f"R{order_id}", **{**values, **more})

    def refunded(self, order_id):
        """Return ``(line, amount)`` of all that was given back there; the line is ``None`` for the order as a whole."""
        order = self.sandbox.orders()[order_id]
        lines = [(line["lineItemId"], part) for line in order["lineItems"] for part in line["refunds"]]
        whole = [(None, part) for part in order["paymentSummary"]["refunds"] if "refundId" in part]
        return [(line, Decimal(part["amount"]["value"])) for line, part in lines + whole if "refundDate" in part]

    def send_back(self, order_id):
        """Let the buyer ask to send the first unit of an order back, some minutes ago; return the return's id."""
        line = self.sandbox.orders()[order_id]["lineItems"][0]["lineItemId"]
        wish = {"orderId": order_id, "lineItemId": line, "quantity": 1}
        # eBay is asked for what is two minutes old.
        return self.sandbox.control(open_return=wish, clock_offset=300)["open_return"]

    def close_return(self, order_id, return_id):
        """Let a return be over: the seller gives all of the money for it back."""
        money = self.sandbox.state()["returns"][return_id]["sellerTotalRefund"]["estimatedRefundAmount"]
        amount = dto.Money(amount=Decimal(str(money["value"])), currency=money["currency"])
        notice = self.refund_notice(order_id, lines=(), amount=amount, return_id=return_id)
        self.adapter(limits=self.patient()).push_refund(notice)

    def patient(self):
        """Return the limits without the rates."""
        return msgspec.structs.replace(EbayAdapter.limits, rates={})


def _share(money, share):
    return dto.Money(amount=(money.amount * share).quantize(Decimal("0.01")), currency=money.currency)
