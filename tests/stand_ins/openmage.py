"""The side door of the OpenMage stand-in, for tests."""

from datetime import datetime, timezone
from decimal import Decimal

from tests.stand_in import Parcel, Seen, StandIn, cents, read_time

API_KEY = "oms-sandbox-key"
MARK = "OMS parcel "  # how a parcel carries our reference, as the addon's README says


def utc_now():
    """Return the current aware UTC time."""
    return datetime.now(timezone.utc)


class OpenMageStandIn(StandIn):
    """Talks to a running sandbox about its OpenMage shop."""

    name = "openmage"
    calls = {
        "search": "salesOrderList",
        "ship": "salesOrderShipmentCreate",
        "cancel": "salesOrderCancel",
        "refund": "salesOrderCreditmemoCreate",
        "stock": "catalogInventoryStockItemUpdate",
    }
    secrets = (API_KEY,)
    cannot = frozenset({"returns", "bulk", "prices"})
    kinds = ("standard", "discount", "tax_included", "tax_excluded", "configurable", "bundle", "guest") + (
        *("multi_currency", "unpaid", "holded", "cod", "rounding", "cancelled"),
    )
    plain = {"kind": "standard", "store": "default", "age_seconds": 600}

    # === THE ACCOUNT ===

    def account(self, call):
        """Return what a channel of ours is created with."""
        return {
            "magento_base_url": f"{self.url}/openmage",
            "openmage_username": "oms",
            "openmage_api_key": API_KEY,
        }

    def revoke(self):
        """Let the shop close the user."""
        self.control(revoke="oms", expire_access_tokens=True)

    def allow(self):
        """Let the shop open the user again."""
        self.control(allow="oms")

    # === THE OTHER SIDE ===

    def sell_cancellable(self):
        """Let a buyer place an order that is paid at the door; return its id."""
        return self.sell(kind="cod")[0]

    def change(self, number):
        """Let something about an order change there that we keep, at a moment that searches show already."""
        self._update(number, {"customer_note": "Please hurry"})

    def rename(self, number, sku):
        """Let the first line of an order have another SKU; return the line's id."""
        items = self.orders()[number]["items"]
        items[0]["sku"] = sku
        self._update(number, {"items": items})
        return items[0]["item_id"]

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
        item |= _both(line) | {"qty_ordered": str(units), "tax_percent": str(21)}
        self._update(number, {"items": [item], **_both(totals)})

    def cancel(self, number):
        """Let the shop's own staff cancel an order."""
        self.control(cancel_order=number)

    def refund(self, number):
        """Let the shop's own staff refund all of an order; return the amount."""
        self.control(refund_elsewhere=number)
        return cents(self.memos(number)[-1]["grand_total"])

    def _update(self, number, change):
        moment = {"updated_at": self.seconds_ago(125).replace("T", " ").rstrip("Z")}
        self.control(update_order={"increment_id": number, "set": {**change, **moment}})

    # === LOOKING ===

    def seen(self):
        """Return ``{order id: Seen}``."""
        return {number: _seen(order) for number, order in self.orders().items()}

    def searched(self):
        """Return the ids of the orders that were looked at one by one: a list here is of all orders of a time."""
        return {entry["key"] for entry in self.ledger("order_read")}

    def shipments(self, order_id):
        """Return the parcels of an order as the shop has them."""
        inner_id = self.orders()[order_id]["order_id"]
        return [entry for entry in self._all("shipments") if entry["order_id"] == inner_id]

    def memos(self, order_id):
        """Return the credit memos of an order as the shop has them."""
        inner_id = self.orders()[order_id]["order_id"]
        return [entry for entry in self._all("creditmemos") if entry["order_id"] == inner_id]

    def parcels(self, number=None):
        """Return the parcels that were made there, ``[(order id, Parcel)]``."""
        tracks = {}
        for entry in self.ledger("track_added", number):
            if "number" not in entry["body"]:
                continue
            tracks.setdefault(entry["body"]["shipment"], []).append(entry["body"]["number"])
        return [
            (
                entry["key"],
                Parcel(
                    entry["body"]["comment"].removeprefix(MARK),
                    ", ".join(tracks.get(entry["body"]["shipment"], ())),
                    {line: Decimal(units) for line, units in entry["body"]["items"].items()},
                ),
            )
            for entry in self.ledger("shipment_created", number)
            if "shipment" in entry["body"]  # the ledger is of all channels
        ]

    def cancelled(self, number):
        """Return how often we cancelled an order there."""
        return len(self.ledger("order_cancelled", number))

    def refunded(self, number):
        """Return the amounts we gave back for an order."""
        return [cents(entry["body"]["grand_total"]) for entry in self.ledger("creditmemo_created", number)]

    def quantity(self, sku):
        """Return how many units of a product the shop shows."""
        return int(Decimal(self.listings()[sku]["qty"]))

    def _all(self, kind):
        found = self.state()[kind]
        return list(found.values()) if isinstance(found, dict) else found


def _both(amounts):
    """Return amounts in the order's currency and in the shop's, which are the same here."""
    return {f"{prefix}{name}": str(amount) for prefix in ("", "base_") for name, amount in amounts.items()}


def _seen(order):
    items = order["items"]
    is_simple = all(item["product_type"] == "simple" and not item["parent_item_id"] for item in items)
    emails = {order.get("customer_email")} - {None}
    return Seen(
        changed_at=read_time(order["updated_at"].replace(" ", "T")),
        lines={item["item_id"]: (item["sku"], Decimal(item["qty_ordered"]), None) for item in items}
        if is_simple
        else None,
        total=(cents(order["grand_total"]), order["order_currency_code"]),
        is_unpaid=order["state"] in ("pending_payment", "payment_review"),
        is_cancelled=order["state"] == "canceled",
        emails=frozenset(emails),
    )
