"""The side door of the Magento stand-in, for tests."""

from decimal import Decimal

from tests.stand_in import Parcel, Seen, StandIn, cents, read_time

SECRETS = {
    "magento_consumer_secret": "omsconsumersecret00000000000000",
    "magento_access_token": "omsaccesstoken00000000000000000",
    "magento_access_token_secret": "omsaccesstokensecret0000000000",
}
SHOP = "main"
MARK = "OMS parcel "  # how a parcel carries our reference, as the addon's README says


class MagentoStandIn(StandIn):
    """Talks to a running sandbox about its Magento shop."""

    name = "magento"
    calls = {
        "search": "GetV1Orders",
        "ship": "PostV1OrderOrderIdShip",
        "cancel": "PostV1OrdersIdCancel",
        "refund": "PostV1*Refund",
        "stock": "PostV1InventorySourceitems",
        "bulk": "AsyncBulkPostV1InventorySourceitems",
    }
    secrets = tuple(SECRETS.values())
    cannot = frozenset({"returns"})
    kinds = (
        "standard",
        "authorized",
        "cod",
        "unpaid",
        "fraud",
        "holded",
        "cancelled",
        "discount",
        "coupon_on_gross",
    ) + (
        *("gift_card", "tax_included", "tax_excluded", "shipping_tax", "rounding", "configurable", "bundle_fixed"),
        *("bundle_dynamic", "virtual", "guest", "multi_currency", "kwd", "jpy"),
    )
    plain = {"kind": "standard", "store": "default", "age_seconds": 600}
    price_currency = "USD"

    # === THE ACCOUNT ===

    def account(self, call):
        """Return what a channel of ours is created with."""
        return {
            "magento_base_url": f"{self.url}/magento",
            "magento_consumer_key": "omsconsumerkey0000000000000000000",
            **SECRETS,
        }

    def revoke(self):
        """Let the shop withdraw the access token."""
        self.control(revoke=True)

    def allow(self):
        """Let the shop accept the access token again."""
        self.control(allow=True)

    # === THE OTHER SIDE ===

    def sell_cancellable(self):
        """Let a buyer place an order that is authorized and not yet invoiced; return its id."""
        return self.sell(kind="authorized")[0]

    def change(self, number):
        """Let something about an order change there that we keep, at a moment that searches show already."""
        self._update(number, {"customer_note": "Please hurry"})

    def rename(self, number, sku):
        """Let the first line of an order have another SKU; return the line's id."""
        items = self.orders()[number]["items"]
        items[0]["sku"] = sku
        self._update(number, {"items": items})
        return str(items[0]["item_id"])

    def reprice(self, number, units, price):
        """Let the only line of an order be so many units at this price with 21 % tax; nothing else is paid.

        The shop rounds each unit's tax, as Magento does where it calculates tax by unit.
        """
        item = self.orders()[number]["items"][0]
        net = cents(Decimal(price) / Decimal("1.21"))
        unit_tax = Decimal(price) - net
        line = {
            **{"price": net, "price_incl_tax": Decimal(price), "row_total": units * net},
            **{"row_total_incl_tax": units * Decimal(price), "tax_amount": units * unit_tax},
        }
        totals = {
            **{"subtotal": units * net, "subtotal_incl_tax": units * Decimal(price), "tax_amount": units * unit_tax},
            **{"shipping_amount": 0, "shipping_tax_amount": 0, "shipping_incl_tax": 0},
            **dict.fromkeys(("grand_total", "total_paid", "total_invoiced"), units * Decimal(price)),
        }
        item |= _both(line) | {"qty_ordered": float(units), "tax_percent": float(21)}
        self._update(number, {"items": [item], **_both(totals)})

    def cancel(self, number):
        """Let an administrator cancel an order."""
        self.control(cancel_order={"entity_id": int(number)})

    def refund(self, number):
        """Let an administrator refund all of an order; return the amount."""
        memo = self.control(refund_elsewhere={"entity_id": int(number)})["refund_elsewhere"]
        return cents(self.state()["creditmemos"][str(memo)]["grand_total"])

    def _update(self, number, change):
        moment = {"updated_at": self.seconds_ago(125).replace("T", " ").rstrip("Z")}
        self.control(update_order={"entity_id": int(number), "set": {**change, **moment}})

    # === LOOKING ===

    def seen(self):
        """Return ``{order id: Seen}``."""
        return {number: _seen(order) for number, order in self.orders().items()}

    def searched(self):
        """Return the ids of the orders that searches have shown."""
        return {str(number) for entry in self.ledger("orders_searched", SHOP) for number in entry["body"]["ids"]}

    def parcels(self, number=None):
        """Return the parcels that were made there, ``[(order id, Parcel)]``."""
        # The ledger is of all channels: parcels of an OpenMage shop are "shipment_created", too.
        made = {str(entry["body"].get("shipment_id")) for entry in self.ledger("shipment_created", number)}
        found = []
        for key, shipment in self.state()["shipments"].items():
            if key in made:
                lines = {str(item["order_item_id"]): Decimal(str(item["qty"])) for item in shipment["items"]}
                name = shipment["comments"][0]["comment"].removeprefix(MARK)
                found.append((str(shipment["order_id"]), Parcel(name, shipment["tracks"][-1]["track_number"], lines)))
        return found

    def cancelled(self, number):
        """Return how often we cancelled an order there."""
        return len(self.ledger("order_cancelled", number))

    def refunded(self, number):
        """Return the amounts we gave back for an order."""
        return [cents(entry["body"]["grand_total"]) for entry in self.ledger("creditmemo_created", number)]

    def quantity(self, sku):
        """Return what can be bought: what lies at our source, less what the shop has promised to its own orders."""
        state = self.state()
        promised = sum(Decimal(str(units.get(sku, 0))) for units in state["reserved"].values())
        return int(Decimal(str(state["quantities"][sku]["default"])) - promised)

    def price(self, sku):
        """Return the price last set for a listing."""
        return cents(self.ledger("price_saved", sku)[-1]["body"]["price"])

    def bulks(self):
        """Return how many lots of quantities were handed over at once and worked on."""
        return len(self.ledger("bulk_finished"))


def _both(amounts):
    """Return amounts in the order's currency and in the shop's, which are the same here."""
    return {f"{prefix}{name}": float(amount) for prefix in ("", "base_") for name, amount in amounts.items()}


def _seen(order):
    items = order["items"]
    is_simple = all(item.get("product_type") == "simple" and not item.get("parent_item_id") for item in items)
    emails = {order.get("customer_email")} - {None}
    return Seen(
        changed_at=read_time(order["updated_at"].replace(" ", "T")),
        lines={str(item["item_id"]): (item["sku"], Decimal(str(item["qty_ordered"])), None) for item in items}
        if is_simple
        else None,
        total=(cents(order["grand_total"]), order["order_currency_code"]),
        is_unpaid=order["state"] in ("pending_payment", "payment_review"),
        is_cancelled=order["state"] == "canceled",
        emails=frozenset(emails),
    )
