"""The side door of the eBay stand-in, for tests."""

from decimal import Decimal

from tests.stand_in import Parcel, Seen, StandIn, cents, read_time

SELLER = "oms-seller"
SECRET, TOKEN = "SBX-oms-cert", "v^1.1#sandbox-refresh"


class EbayStandIn(StandIn):
    """Talks to a running sandbox about its eBay seller."""

    name = "ebay"
    calls = {
        "search": "getOrders",
        "ship": "createShippingFulfillment",
        "cancel": "createCancellation",
        "refund": "issueRefund",
        "stock": "bulkUpdatePriceQuantity",
    }
    secrets = (SECRET, TOKEN, "v^1.1#i^1")
    parcel_name = "tracking"
    cannot = frozenset({"bulk"})
    kinds = ("standard", "discount", "multi_qty", "us_tax", "eu_vat", "no_sku", "unpaid", "gsp", "converted") + (
        "cancelled",
        "jpy",
    )
    plain = {"kind": "standard", "marketplace_id": "EBAY_DE", "age_seconds": 600}
    price_currency = "USD"

    # === THE ACCOUNT ===

    def account(self, call):
        """Return what a channel of ours is created with."""
        sites = call("oms.ebay.marketplace", "search", [("code", "in", ("EBAY_US", "EBAY_GB", "EBAY_DE"))])
        return {
            "ebay_marketplace_ids": [(6, 0, sites)],
            "ebay_client_id": "OmsSandbox-app",
            "ebay_ru_name": "Oms-Sandbox-RuName",
            "ebay_client_secret": SECRET,
            "ebay_refresh_token": TOKEN,
        }

    def revoke(self):
        """Let the seller withdraw the consent."""
        self.control(revoke_refresh_token=TOKEN)

    def allow(self):
        """Let the seller consent again."""
        self.control(allow_refresh_token=TOKEN)

    # === THE OTHER SIDE ===

    def change(self, number):
        """Let something about an order change there that we keep, at a moment that searches show already."""
        self._update(number, {"buyerCheckoutNotes": "Please hurry"})

    def rename(self, number, sku):
        """Let the first line of an order have another SKU; return the line's id."""
        lines = self.orders()[number]["lineItems"]
        lines[0]["sku"] = sku
        self._update(number, {"lineItems": lines})
        return lines[0]["lineItemId"]

    def reprice(self, number, units, price):
        """Let the only line of an order be so many units at this price, tax in it; nothing else is paid."""
        line = self.orders()[number]["lineItems"][0]
        total, free = ({"value": str(value), "currency": "EUR"} for value in (units * Decimal(price), "0.0"))
        line |= {"quantity": units, "lineItemCost": total, "total": total, "deliveryCost": {"shippingCost": free}}
        line |= {"appliedPromotions": [], "taxes": []}
        summary = {"priceSubtotal": total, "deliveryCost": free, "total": total}
        payment = {"paymentMethod": "EBAY", "paymentStatus": "PAID", "amount": total}
        paid = {"payments": [payment], "totalDueSeller": total}
        self._update(number, {"lineItems": [line], "pricingSummary": summary, "paymentSummary": paid})

    def cancel(self, number):
        """Let the buyer cancel an order, and the money be given back."""
        self.control(cancel_order={"orderId": number, "by": "BUYER"})
        self._update(number, {})

    def refund(self, number):
        """Let all that was paid for an order be given back on eBay's own pages; return the amount."""
        total = self.orders()[number]["pricingSummary"]["total"]
        self.control(refund_elsewhere={"orderId": number, "amount": total["value"]})
        self._update(number, {})
        return cents(total["value"])

    def open_return(self, number):
        """Let the buyer ask to send the first line of an order back; return the return's id."""
        line = self.orders()[number]["lineItems"][0]["lineItemId"]
        return self.control(open_return={"orderId": number, "lineItemId": line, "quantity": 1})["open_return"]

    def _update(self, number, change):
        moment = {"lastModifiedDate": f"{self.seconds_ago(125)[:-1]}.000Z"}
        self.control(update_order={"orderId": number, "set": {**change, **moment}})

    # === LOOKING ===

    def seen(self):
        """Return ``{order id: Seen}``."""
        return {number: _seen(order) for number, order in self.orders().items()}

    def searched(self):
        """Return the ids of the orders that searches have shown."""
        return {number for entry in self.ledger("orders_searched", SELLER) for number in entry["body"]["orderIds"]}

    def parcels(self, number=None):
        """Return the parcels that were confirmed there, ``[(order id, Parcel)]``, named by their tracking number."""
        return [
            (entry["key"], _parcel(entry["body"]))
            for entry in self.ledger("shipment_confirmed", number)
            if "shipmentTrackingNumber" in entry["body"]  # the ledger is of all channels
        ]

    def cancelled(self, number):
        """Return how often we cancelled an order there."""
        kinds = ("cancellation_created", "cancellation_approved")
        entries = [entry for kind in kinds for entry in self.ledger(kind)]
        return len([entry for entry in entries if entry["body"]["orderId"] == number])

    def refunded(self, number):
        """Return the amounts we gave back for an order."""
        self.state()  # refunds that are due come to their end
        refunds = self.orders()[number]["paymentSummary"]["refunds"]
        return [cents(refund["amount"]["value"]) for refund in refunds]

    def quantity(self, sku):
        """Return how many units are for sale."""
        return self.listings()[sku]

    def price(self, sku):
        """Return what a listing costs."""
        return cents(self.state()["prices"][sku]["value"])


def _seen(order):
    lines = order["lineItems"]
    total = order["pricingSummary"]["total"]
    contact = (order["buyer"].get("buyerRegistrationAddress") or {}).get("email")
    is_simple = all("sku" in line and "convertedFromValue" not in line["lineItemCost"] for line in lines)
    return Seen(
        changed_at=read_time(order["lastModifiedDate"]),
        lines={
            line["lineItemId"]: (line["sku"], Decimal(line["quantity"]), cents(line["lineItemCost"]["value"]))
            for line in lines
        }
        if is_simple
        else None,
        total=(cents(total["value"]), total["currency"]),
        is_unpaid=order["orderPaymentStatus"] == "PENDING",
        is_cancelled=order["cancelStatus"]["cancelState"] == "CANCELED",
        emails=frozenset({contact} if contact else ()),
    )


def _parcel(body):
    lines = {line["lineItemId"]: Decimal(line["quantity"]) for line in body["lineItems"]}
    return Parcel(body["shipmentTrackingNumber"], body["shipmentTrackingNumber"], lines)
