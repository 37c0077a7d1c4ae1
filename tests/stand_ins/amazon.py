"""The side door of the Amazon stand-in, for tests."""

from decimal import Decimal

from tests.stand_in import Parcel, Seen, StandIn, cents, read_time, where_readable

UNPAID = ("PENDING", "PENDING_AVAILABILITY")
GERMANY = "A1PA6795UKMFR9"
# They open nothing but a sandbox, and no log may ever show them.
CANARIES = {
    "client_id": "amzn1.application-oa2-client.test",
    "client_secret": "amzn1.oa2-cs.v1.canary-0c1f7d62",
    "refresh_token": "Atzr|canary-5b7e90aa",
}
ACCESS_TOKEN_START = "Atza|"


class AmazonStandIn(StandIn):
    """Talks to a running sandbox about one Amazon seller."""

    name = "amazon"
    calls = {
        "search": "searchOrders",
        "ship": "confirmShipment",
        "cancel": "createFeed",
        "refund": "createFeed",
        "stock": "patchListingsItem",
        "bulk": "createFeed",
    }
    secrets = (CANARIES["client_secret"], CANARIES["refresh_token"], ACCESS_TOKEN_START)
    cannot = frozenset()
    kinds = ("standard", "gift", "discount", "business", "pending", "fba", "no_pii", "cancelled", "jpy", "eu") + (
        "facilitator",
        "gift_wrap",
    )
    plain = {"kind": "standard", "marketplace_id": GERMANY, "age_seconds": 600}
    price_currency = "EUR"

    # === THE ACCOUNT ===

    def account(self, call, seller="A1OMSSANDBOX"):
        """Let our application in for a seller and return what a channel of ours is created with.

        :param call: calls a method of a model, as `tests.shop.Shop.call`
        """
        self.control(add_account={**CANARIES, "seller_id": seller})
        self.seller = seller
        stores = call("oms.amazon.marketplace", "search", [])
        return {
            "name": f"Amazon {seller}",
            "amazon_seller_id": seller,
            "amazon_marketplace_ids": [(6, 0, stores)],
            **{f"amazon_{name}": value for name, value in CANARIES.items()},
        }

    def loosen(self):
        """Grant as many calls as tests make: Amazon's own rates would make every test wait for them."""
        plenty = (
            "searchOrders",
            "getInventorySummaries",
            "createReport",
            "getReportDocument",
            "createFeed",
            "listTransactions",
        )
        self.control(rates=dict.fromkeys(plenty, [100, 100]))

    def revoke(self):
        """Let the seller withdraw the authorisation."""
        self.control(revoke_refresh_token=CANARIES["refresh_token"])

    def allow(self):
        """Let the seller authorise us again."""
        self.control(allow_refresh_token=CANARIES["refresh_token"])

    # === THE OTHER SIDE ===

    def change(self, number):
        """Let something about an order change there that we keep, at a moment that searches show already."""
        change = {"programs": ["PRIME"], "lastUpdatedTime": self.seconds_ago(125)}
        self.control(update_order={"orderId": number, "set": change})

    def rename(self, number, sku):
        """Let the first line of an order have another SKU; return the line's id."""
        items = self.orders()[number]["orderItems"]
        items[0]["product"]["sellerSku"] = sku
        self._update(number, {"orderItems": items})
        return items[0]["orderItemId"]

    def reprice(self, number, units, price):
        """Let the only line of an order be so many units at this price, tax in it; nothing else is paid."""
        item = self.orders()[number]["orderItems"][0]
        total = {"amount": str(units * Decimal(price)), "currencyCode": "EUR"}
        item |= {"quantityOrdered": units, "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": units}}
        item["product"]["price"] = {"unitPrice": {"amount": price, "currencyCode": "EUR"}}
        item["proceeds"] = {"proceedsTotal": total, "breakdowns": [{"type": "ITEM", "subtotal": total}]}
        self._update(number, {"orderItems": [item], "proceeds": {"grandTotal": total}})

    def cancel(self, number):
        """Let the buyer cancel an order."""
        self.control(cancel_order={"orderId": number, "by": "BUYER"})
        self._update(number, {})

    def open_return(self, number):
        """Let the buyer ask to send the first line of an order back; return the return's id."""
        item = self.orders()[number]["orderItems"][0]["orderItemId"]
        return self.control(open_return={"orderId": number, "orderItemId": item, "quantity": 1})["open_return"]

    def _update(self, number, change):
        moment = {"lastUpdatedTime": self.seconds_ago(125)}
        self.control(update_order={"orderId": number, "set": {**change, **moment}})

    # === LOOKING ===

    def seen(self):
        """Return ``{order id: Seen}``."""
        return {number: self._seen(order) for number, order in self.orders().items()}

    def _seen(self, order):
        status = order["fulfillment"]["fulfillmentStatus"]
        email = (order.get("buyer") or {}).get("buyerEmail")
        return Seen(
            changed_at=read_time(order["lastUpdatedTime"]),
            lines=where_readable(lambda: _lines(order)),
            total=where_readable(lambda: _total(order)),
            is_unpaid=status in UNPAID,
            is_cancelled=status == "CANCELLED",
            is_sent_by_channel=order["fulfillment"]["fulfilledBy"] == "AMAZON",
            emails=frozenset({email} if email else ()),
        )

    def searched(self):
        """Return the ids of the orders that searches have shown."""
        return {number for entry in self.ledger("orders_searched", self.seller) for number in entry["body"]["orderIds"]}

    def parcels(self, number=None):
        """Return the parcels that were confirmed there, ``[(order id, Parcel)]``."""
        return [
            (entry["key"], _parcel(entry["body"]))
            for entry in self.ledger("shipment_confirmed", number)
            if entry["body"].get("seller") == self.seller and "packageReferenceId" in entry["body"]
        ]

    def cancelled(self, number):
        """Return how often we cancelled an order there."""
        return len(self.ledger("order_cancelled", number))

    def refund(self, number):
        """Let all that was paid for an order be given back in Seller Central; return the amount."""
        return cents(self.control(refund_elsewhere={"orderId": number})["refund_elsewhere"]["amount"])

    def refunded(self, number):
        """Return the amounts we gave back for an order."""
        refunds = self.state()["refunds"].get(number, [])
        return [sum(cents(refund["amount"]["amount"]) for refund in refunds)] if refunds else []

    def quantity(self, sku):
        """Return how many units the seller offers of a listing."""
        offers = self.listings()[sku]
        return next(offer["quantity"] for offer in offers if offer["fulfillment_channel_code"] == "DEFAULT")

    def price(self, sku):
        """Return what a listing costs in Germany."""
        return cents(self.state()["offers"][sku][GERMANY])

    def bulks(self):
        """Return how many lots of quantities were handed over at once and worked on."""
        return len(self.ledger("feed_done"))


def _parcel(body):
    lines = {item["orderItemId"]: Decimal(item["quantity"]) for item in body["orderItems"]}
    return Parcel(body["packageReferenceId"], body["trackingNumber"], lines)


def _total(order):
    money = order["proceeds"]["grandTotal"]
    return cents(money["amount"]), money["currencyCode"]


def _lines(order):
    is_unpaid = order["fulfillment"]["fulfillmentStatus"] in UNPAID
    return {
        item["orderItemId"]: (
            item["product"]["sellerSku"],
            Decimal(item["quantityOrdered"]),
            None if is_unpaid else _goods_amount(item),
        )
        for item in order["orderItems"]
        if item["quantityOrdered"]
    }


def _goods_amount(item):
    parts = [Decimal(part["subtotal"]["amount"]) for part in item["proceeds"]["breakdowns"] if part["type"] == "ITEM"]
    return cents(sum(parts))
