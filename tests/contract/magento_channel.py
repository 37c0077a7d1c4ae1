"""Magento's adapter over the real transport against the Magento stand-in, behind the verbs of the tests."""

import json
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec
from odoo.addons.oms_channel_magento.client.adapter import MagentoAdapter
from odoo.addons.oms_channel_magento.lib import const
from odoo.addons.oms_channel_magento.lib.mapper import Reading
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account

from tests.tokens import Tokens

CONSUMER_KEY = "omsconsumerkey0000000000000000000"
SECRETS = {
    const.CONSUMER_SECRET: "omsconsumersecret00000000000000",
    const.ACCESS_TOKEN: "omsaccesstoken00000000000000000",
    const.ACCESS_TOKEN_SECRET: "omsaccesstokensecret0000000000",
}


class MagentoChannel:
    """Magento's adapter over the real transport, against the Magento stand-in."""

    name = "magento"
    adapter_class = MagentoAdapter
    # The names the tests use for calls, and what they are called here.
    calls = {
        "search": "GetV1Orders",
        "read": "GetV1OrdersId",
        "ship": "PostV1OrderOrderIdShip",
        "stock": "PostV1InventorySourceitems",
        "listings": "GetV1Products",
        "check": "GetV1StoreStoreViews",
        "bulk": "AsyncBulkPostV1InventorySourceitems",
        "result": "GetV1BulkBulkUuidDetailedstatus",
        "cancel": "PostV1OrdersIdCancel",
        "refund": "PostV1InvoiceInvoiceIdRefund",
        "refund offline": "PostV1OrderOrderIdRefund",
        "invoice": "PostV1OrderOrderIdInvoice",
    }
    # Requests are signed and not logged in for, a place in a list is ours and never ends, an order does not name its
    # parcels, answers have no number of their own, only whole orders are cancelled and nobody can ask for it, a refund
    # is one sum, and a bulk does not stop half-way.
    cannot = frozenset(
        {"log_in", "end_places", "show_parcels", "name_requests"}
        | {"cancel_lines", "ask_to_cancel", "refund_lines", "stop_bulks"}
    )
    secrets = (*SECRETS.values(),)
    unknown_order = "999999"
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"
    store, price = None, dto.Money(amount=Decimal("19.90"), currency="USD")
    wrong_price = dto.Money(amount=Decimal("19.90"), currency="JPY")

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.tokens = Tokens()
        self.settings = {"consumer_key": CONSUMER_KEY, "store_code": "default"}

    def can(self, what):
        """Return whether the channel has what a promise is about."""
        return what not in self.cannot

    def adapter(self, *, limits=None, **secrets):
        """Return an adapter with a transport and counters of its own; ``secrets`` replace those that work."""
        account = Account(
            id=1,
            channel_type="magento",
            endpoints={const.REST: f"{self.sandbox.url}/magento"},
            settings=self.settings,
            secrets={**SECRETS, **secrets},
            tokens=self.tokens,
        )
        policy = HostPolicy(allowed_hosts=frozenset({"127.0.0.1"}), allow_loopback=True)
        transport = Transport(policy, limits or MagentoAdapter.limits, MemoryLimiter())
        return MagentoAdapter(account, transport, _utc_now)

    def reader(self, mode):
        """Return the adapter's class for a shop of which a person says how prices are."""
        return MagentoAdapter.set_up(Reading(tax_mode=mode))

    def wrong_secrets(self):
        """Return secrets the channel refuses, each with a name for the test."""
        return {"secret": {const.CONSUMER_SECRET: "no"}, "token": {const.ACCESS_TOKEN: "no"}}

    def missing_secret(self):
        """Return secrets of which one is missing."""
        return {const.ACCESS_TOKEN_SECRET: None}

    # --- the other side -----------------------------------------------------------------------------------------------

    def control(self, **wishes):
        """Change something in the shop."""
        return self.sandbox.control(channel="magento", **wishes)

    def sell(self, count, kind="authorized", **wish):
        """Let buyers place orders, not yet invoiced; return their ids, oldest update first."""
        ids = self.control(generate={"count": count, "kind": kind, "age_seconds": 600, **wish})["generate"]
        return [str(id_) for id_ in ids]

    def change(self, order_id, at=None):
        """Let something about an order change there; it counts as updated ``at``."""
        moment = at or _utc_now() - timedelta(seconds=180)
        change = {"customer_note": f"note {time.monotonic_ns()}", "updated_at": moment.strftime("%Y-%m-%d %H:%M:%S")}
        self.control(update_order={"entity_id": int(order_id), "set": change})

    def spoil(self, order_id, flaw):
        """Make the document of an order unreadable there; return the path of the flaw."""
        order = self.state()["orders"][order_id]
        flaws = {
            "NUL": ({"name": "a\0b"}, "$.items[0].name"),
            "half a character": ({"name": "\ud83d"}, "$.items[0].name"),
            "a megabyte": ({"name": "x" * 1_000_000}, "$.items[0].name"),
            "NaN": ({"price": float("nan")}, "$.items[0].price"),
            "no price": ({"row_total": "NaN"}, "$.items[0].row_total"),
        }
        change, path = flaws[flaw]
        order["items"][0].update(change)
        self.control(add_orders=[order])
        return path

    def fault(self, name, call, **options):
        """Plan a fault for one kind of call."""
        self.sandbox.control(faults=[{"fault": name, "match": {"operation": self.calls[call]}, **options}])

    def throttle(self, call, per_second, burst):
        """Let the channel count calls of one kind."""
        self.sandbox.control(throttle=True, rates={self.calls[call]: [per_second, burst]})

    def revoke(self):
        """Let the shop withdraw the authorisation."""
        self.control(revoke=SECRETS[const.ACCESS_TOKEN])

    def asked(self, call):
        """Return how often a call arrived there."""
        return len(self.sandbox.requests(self.calls[call]))

    def state(self):
        """Return all that the shop has there as it is now."""
        with urllib.request.urlopen(f"{self.sandbox.url}/__state", timeout=60) as answer:
            return json.loads(answer.read())["magento"]

    # --- effects ------------------------------------------------------------------------------------------------------

    def notice(self, order_id, reference="17", tracking="1Z999AA10123456784", lines=None):
        """Return a notice for a parcel with all of an order, or with ``lines``."""
        order = self.adapter().parse_order(self.adapter().fetch_order(order_id).body)
        return dto.ShipmentNotice(
            order_external_id=order_id,
            reference=reference,
            carrier_code="ups",
            carrier_name="UPS",
            tracking=tracking,
            shipped_at=_utc_now(),
            marketplace=order.marketplace,
            lines=lines
            or tuple(
                dto.ShipmentLine(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines
            ),
        )

    def parcels(self, order_id):
        """Return the parcels that were made there, as ``(reference, tracking, {line: quantity})``."""
        return [
            (
                shipment["comments"][0]["comment"].removeprefix("OMS parcel "),
                shipment["tracks"][-1]["track_number"],
                {str(item["order_item_id"]): Decimal(str(item["qty"])) for item in shipment["items"]},
            )
            for shipment in self.state()["shipments"].values()
            if str(shipment["order_id"]) == order_id
        ]

    def offered(self):
        """Return the SKUs there are in the shop."""
        return set(self.state()["quantities"])

    def quantity(self, sku):
        """Return what lies of a listing at our source."""
        return self.state()["quantities"][sku]["default"]

    def shown_price(self, sku):
        """Return what a listing costs."""
        [listing] = [item for item in self._all_listings() if item.sku == sku]
        return listing.price.amount

    def _all_listings(self):
        adapter, place = self.adapter(), None
        while True:
            page = adapter.fetch_listings(place)
            yield from page.items
            place = page.next_cursor
            if place is None:
                return

    # --- what is told later -------------------------------------------------------------------------------------------

    def take_long(self, seconds):
        """Let the shop take its time with bulks."""
        self.sandbox.control(bulk_delay_seconds=seconds)

    def let_pass(self, seconds):
        """Let time go by there."""
        self.sandbox.control(clock_offset=seconds)

    def cancel_notice(self, order_id, reason="out_of_stock", lines=(), **more):
        """Return a notice that an order, or some of its lines, is not sent."""
        return dto.CancelNotice(
            order_external_id=order_id, reference=f"C{order_id}", reason=reason, lines=lines, **more
        )

    def cancelled(self, order_id):
        """Return what was cancelled there, each time it was."""
        return [entry["body"] for entry in self.sandbox.ledger("order_cancelled", order_id)]

    def ship(self, order_id):
        """Let an order be on its way, and so paid."""
        self.adapter().push_shipment(self.notice(order_id))
        self.invoice_elsewhere(order_id)

    def refund_notice(self, order_id, share=1, **more):
        """Return a notice that gives a part of each line back."""
        order = self.adapter().parse_order(self.adapter().fetch_order(order_id).body)
        lines = tuple(
            dto.RefundLine(
                external_line_id=line.external_id, quantity=line.quantity, amount=_share(_paid(order, line), share)
            )
            for line in order.lines
        )
        amount = dto.Money(amount=sum(line.amount.amount for line in lines), currency=order.currency)
        return dto.RefundNotice(
            order_external_id=order_id, reference=f"R{order_id}", reason="returned", amount=amount, lines=lines, **more
        )

    def refunded(self, order_id):
        """Return the amounts that were given back there."""
        memos = self.state()["creditmemos"].values()
        return [Decimal(str(memo["grand_total"])) for memo in memos if str(memo["order_id"]) == order_id]

    def invoice_notice(self, order_id, reference="17", lines=None, **more):
        """Return a notice that all of an order, or ``lines``, is to be invoiced."""
        lines = lines or self.notice(order_id).lines
        return dto.InvoiceNotice(order_external_id=order_id, reference=reference, lines=lines, **more)

    def invoiced(self, order_id):
        """Return ``{line: quantity}`` of each invoice that we had made there."""
        return [
            {line: Decimal(str(quantity)) for line, quantity in entry["body"]["items"].items()}
            for entry in self.sandbox.ledger("invoice_created", order_id)
        ]

    def invoice_elsewhere(self, order_id):
        """Let the shop invoice all of an order by itself."""
        self.control(invoice_elsewhere={"entity_id": int(order_id)})

    def left(self, order_id):
        """Return what of the payment was not given back yet."""
        order = self.state()["orders"][order_id]
        return [Decimal(str(order["total_paid"])), -Decimal(str(order.get("total_refunded") or 0))]

    def patient(self):
        """Return the limits without the rates."""
        return msgspec.structs.replace(MagentoAdapter.limits, rates={})


def _paid(order, line):
    """Return what the buyer pays for a line, its discounts and tax in it."""
    taxes = Decimal(0) if order.is_tax_included else sum(tax.amount.amount for tax in line.taxes)
    charges = sum(charge.amount.amount for charge in line.charges)
    return dto.Money(amount=line.amount.amount + charges + taxes, currency=order.currency)


def _share(money, share):
    return dto.Money(amount=(money.amount * share).quantize(Decimal("0.01")), currency=money.currency)


def _utc_now():
    return datetime.now(timezone.utc)
