"""OpenMage's adapter for the promises of every channel, against its stand-in, once for each flavour of its WSDL."""

import copy
from datetime import timedelta
from decimal import Decimal

from odoo.addons.oms_channel_magento.client.soap_adapter import OpenMageAdapter
from odoo.addons.oms_channel_magento.lib import soap_const
from odoo.addons.oms_channel_magento.lib.soap_answer import ENVELOPE
from odoo.addons.oms_channel_magento.lib.times import format_time
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account

from tests.stand_ins.openmage import OpenMageStandIn, utc_now
from tests.tokens import Tokens


class OpenMageChannel:
    """OpenMage's adapter over the real transport, against OpenMage's stand-in, by RPC/encoded."""

    name = "openmage"
    adapter_class = OpenMageAdapter
    is_wsi = False
    calls = {
        "log_in": "login",
        "search": "salesOrderList",
        "read": "salesOrderInfo",
        # The second of the two calls a parcel takes; what happens between them is in test_openmage_effects.
        "ship": "salesOrderShipmentAddTrack",
        "stock": "catalogInventoryStockItemUpdate",
        "listings": "catalogProductList",
        "check": "magentoInfo",
        "cancel": "salesOrderCancel",
        "refund": "salesOrderCreditmemoCreate",
        "invoice": "salesOrderInvoiceCreate",
    }
    secrets = ("oms-sandbox-key",)
    unknown_order = "999999999"
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"
    # A place in a list is ours and never ends, a shop counts no calls, neither an order's parcels nor a product's price
    # come without a call of their own, only whole orders are cancelled and nobody can ask for it, a refund is one sum,
    # and all is decided at once.
    cannot = frozenset(
        {"end_places", "count_calls", "show_parcels", "show_prices"}
        | {"cancel_lines", "ask_to_cancel", "refund_lines", "take_long"}
    )

    def __init__(self, sandbox):
        self.sandbox = OpenMageStandIn(sandbox)
        self.sandbox.control(wsi=self.is_wsi)
        self.tokens = Tokens()

    def can(self, what):
        """Return whether the channel has what a promise is about."""
        return what not in self.cannot

    def adapter(self, *, limits=None, **changes):
        """Return an adapter with a transport and counters of its own; ``changes`` replace user and key."""
        account = Account(
            id=1,
            channel_type="openmage",
            endpoints={soap_const.SOAP: f"{self.sandbox.url}/openmage{soap_const.SOAP_PATH}"},
            settings={"username": changes.pop("username", "oms")},
            secrets={soap_const.API_KEY: "oms-sandbox-key", **changes},
            tokens=self.tokens,
        )
        policy = HostPolicy(allowed_hosts=frozenset({"127.0.0.1"}), allow_loopback=True)
        transport = Transport(policy, limits or OpenMageAdapter.limits, MemoryLimiter())
        return OpenMageAdapter(account, transport, utc_now)

    def wrong_secrets(self):
        """Return secrets the channel refuses, each with a name for the test."""
        return {"key": {soap_const.API_KEY: "no"}, "user": {"username": "nobody"}}

    def missing_secret(self):
        """Return secrets of which one is missing."""
        return {soap_const.API_KEY: None}

    # --- the other side -----------------------------------------------------------------------------------------------

    def sell(self, count, kind="cod", **wish):
        """Let buyers place orders, to be paid at the door; return their ids, oldest update first."""
        return self.sandbox.generate(count, kind=kind, age_seconds=wish.pop("age_seconds", 600), **wish)

    def change(self, order_id, at=None):
        """Let something about an order change there; it counts as updated ``at``."""
        moment = at or utc_now() - timedelta(seconds=180)
        note = {"customer_note": f"Note of {moment.isoformat()}", "updated_at": format_time(moment)}
        self.sandbox.control(update_order={"increment_id": order_id, "set": note})

    def spoil(self, order_id, flaw):
        """Make the document of an order unreadable there; return the path of the flaw."""
        if flaw in ("NUL", "half a character"):
            return self._break(order_id, {"NUL": "&#0;", "half a character": "&#xD83D;"}[flaw])
        order = self.sandbox.orders()[order_id]
        items = copy.deepcopy(order["items"])
        name, value = {
            "a megabyte": ("name", "x" * 1_000_000),
            "NaN": ("row_total", "NaN"),
            "no price": ("price", "none"),
        }[flaw]
        items[0][name] = value
        change = {"items": items, "updated_at": order["updated_at"]}
        self.sandbox.control(update_order={"increment_id": order_id, "set": change})
        return f"$.items[0].{name}"

    def _break(self, order_id, character):
        """Let the answer about an order hold what XML cannot, so that all of it is no XML."""
        inside = f"<e:Body><r><result><sku>a{character}b</sku></result></r></e:Body>"
        body = f'<e:Envelope xmlns:e="{ENVELOPE}">{inside}</e:Envelope>'
        orders = self.sandbox.orders()
        place = sorted(orders, key=lambda name: orders[name]["updated_at"]).index(order_id)
        self.fault("garbage", "read", body=body, content_type="text/xml", skip=place)
        return "$"

    def fault(self, name, call, **options):
        """Plan a fault for one kind of call."""
        match = {"channel": "openmage", "operation": self.calls[call]}
        self.sandbox.control(faults=[{"fault": name, "match": match, **options}])

    def end_tokens(self):
        """Let every session end."""
        self.sandbox.control(expire_access_tokens=True)

    def revoke(self):
        """Let the shop close the user."""
        self.sandbox.control(revoke="oms")

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
            carrier_code="ups",
            carrier_name="UPS Standard",
            tracking=tracking,
            shipped_at=utc_now(),
            lines=lines
            or tuple(
                dto.ShipmentLine(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines
            ),
        )

    def parcels(self, order_id):
        """Return the parcels that are complete there, as ``(reference, tracking, {line: quantity})``."""
        found = []
        for shipment in self.sandbox.shipments(order_id):
            comment = shipment["comments"][0]["comment"]
            units = {item["order_item_id"]: Decimal(item["qty"]) for item in shipment["items"]}
            found += [(comment.removeprefix("OMS parcel "), track["number"], units) for track in shipment["tracks"]]
        return found

    def ship(self, order_id):
        """Let an order be on its way, and paid."""
        self.adapter().push_shipment(self.notice(order_id))
        self.invoice_elsewhere(order_id)

    def cancel_notice(self, order_id, reason="out_of_stock", lines=(), **more):
        """Return a notice that an order, or some of its lines, is not sent."""
        reference = f"C{order_id}"
        return dto.CancelNotice(order_external_id=order_id, reference=reference, reason=reason, lines=lines, **more)

    def cancelled(self, order_id):
        """Return what was cancelled there, each time it was."""
        return [entry["body"] for entry in self.sandbox.ledger("order_cancelled", order_id)]

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
        reference = f"R{order_id}"
        return dto.RefundNotice(
            order_external_id=order_id, reference=reference, reason="returned", amount=amount, lines=lines, **more
        )

    def refunded(self, order_id):
        """Return the amounts that were given back there."""
        return [Decimal(memo["grand_total"]) for memo in self.sandbox.memos(order_id)]

    def invoice_notice(self, order_id, reference="17", lines=None, **more):
        """Return a notice that all of an order, or ``lines``, is to be invoiced."""
        lines = lines or self.notice(order_id).lines
        return dto.InvoiceNotice(order_external_id=order_id, reference=reference, lines=lines, **more)

    def invoiced(self, order_id):
        """Return ``{line: quantity}`` of each invoice that we had made there."""
        numbers = [entry["body"]["invoice"] for entry in self.sandbox.ledger("invoice_created", order_id)]
        invoices = self.sandbox.state()["invoices"]
        return [
            {item["order_item_id"]: Decimal(item["qty"]) for item in invoices[number]["items"] if Decimal(item["qty"])}
            for number in numbers
        ]

    def invoice_elsewhere(self, order_id):
        """Let the money of an order come in there, which the shop invoices by itself."""
        self.sandbox.control(pay_order=order_id)

    def let_pass(self, seconds):
        """Let time go by there."""
        self.sandbox.control(clock_offset=seconds)

    def offered(self):
        """Return the SKUs there are in the shop."""
        return set(self.sandbox.listings())

    def quantity(self, sku):
        """Return what the shop shows of a product."""
        return self.sandbox.quantity(sku)


class OpenMageWsiChannel(OpenMageChannel):
    """The same by WS-I document/literal."""

    name = "openmage-wsi"
    is_wsi = True


def _paid(order, line):
    """Return what the buyer pays for a line, its discounts and tax in it."""
    taxes = Decimal(0) if order.is_tax_included else sum(tax.amount.amount for tax in line.taxes)
    return line.amount.amount + sum(charge.amount.amount for charge in line.charges) + taxes, order.currency


def _share(paid, share):
    amount, currency = paid
    return dto.Money(amount=(amount * share).quantize(Decimal("0.01")), currency=currency)
