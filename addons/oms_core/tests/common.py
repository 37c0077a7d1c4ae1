"""What the tests of the order desk share: a shop, a channel that answers from memory, and orders to send through it."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec
from odoo import fields, models
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import TransactionCase

from ..lib import dto, errors
from ..lib.channel import Capability, ChannelAdapter, Limits
from .fake_models import add_fake_models

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


class MemoryAdapter(ChannelAdapter):
    """The smallest channel: its wire format is the contract's own values as JSON, its memory a class attribute."""

    capabilities = frozenset({Capability.ORDERS, Capability.STOCK})
    limits = Limits(page=2, batch=50, overlap=timedelta(minutes=10))
    orders: dict[str, bytes] = {}
    shipments: dict[str, dto.ShipmentNotice] = {}
    stock: dict[str, int] = {}
    fails: list[Exception] = []
    calls: list[tuple] = []

    @classmethod
    def reset(cls):
        """Forget everything."""
        cls.orders, cls.shipments, cls.stock, cls.fails, cls.calls = {}, {}, {}, [], []

    def _trip(self, *call):
        self.calls.append(call)
        if self.fails:
            raise self.fails.pop(0)

    def check(self):
        self._trip("check")
        return dto.AccountInfo(name="Memory", marketplaces=(("M1", "Memory lane"),))

    def fetch_orders(self, window, cursor=None):
        self._trip("fetch_orders", window, cursor)
        start = int(cursor or 0)
        names = sorted(self.orders)
        page = names[start : start + self.limits.page]
        items = tuple(self.fetch_raw(name) for name in page)
        more = start + self.limits.page < len(names)
        return dto.Page(items=items, next_cursor=str(start + self.limits.page) if more else None, covered_until=NOW)

    def fetch_raw(self, name):
        return dto.RawOrder(external_id=name, updated_at=NOW, body=self.orders[name])

    def fetch_order(self, external_id):
        self._trip("fetch_order", external_id)
        if external_id not in self.orders:
            raise errors.NotFound("order_unknown")
        return self.fetch_raw(external_id)

    def push_shipment(self, notice):
        self._trip("push_shipment", notice.reference)
        self.shipments[notice.reference] = notice
        return dto.Receipt(reference=notice.reference)

    def find_shipment(self, notice):
        self.calls.append(("find_shipment", notice.reference))
        return dto.Receipt(reference=notice.reference) if notice.reference in self.shipments else None

    def push_stock(self, levels):
        self._trip("push_stock", len(levels))
        self.stock.update({level.sku: level.quantity for level in levels})
        return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))

    @classmethod
    def parse_order(cls, body):
        try:
            return msgspec.json.decode(body, type=dto.OrderData)
        except msgspec.DecodeError as error:
            text, _at, path = str(error).partition(" - at ")
            raise errors.Malformed("bad_document", path=path.strip("`") or "$", reason=text) from error


class OmsCase(TransactionCase):
    """A company with two products in stock and a live channel that answers from memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class OmsChannel(models.Model):
            _name = "oms.channel"
            _inherit = "oms.channel"

            channel_type = fields.Selection(selection_add=[("memory", "Memory")], ondelete={"memory": "cascade"})

            def _adapter_class(self):
                return MemoryAdapter if self.channel_type == "memory" else super()._adapter_class()

            def _default_endpoints(self):
                return (
                    {"api": "https://memory.example"} if self.channel_type == "memory" else super()._default_endpoints()
                )

        add_fake_models(cls, OmsChannel)
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.usd = cls.env.ref("base.USD")
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Product {code}", "default_code": code, "is_storable": True, "list_price": 999}
                for code in ("SKU-A", "SKU-B")
            ]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 100)
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "Memory",
                "channel_type": "memory",
                "warehouse_ids": [(6, 0, cls.warehouse.ids)],
                "is_stock_pushed": True,
            }
        )
        cls.channel.state = "live"

    def setUp(self):
        super().setUp()
        MemoryAdapter.reset()
        self.memory = MemoryAdapter

    # === ORDERS ===

    def order_line(self, external_id="1", sku="SKU-A", quantity=1, amount="10.00", **values):
        """Return an ``OrderLine`` of goods."""
        money = dto.Money(amount=Decimal(amount), currency="USD")
        return dto.OrderLine(
            external_id=external_id, sku=sku, title=f"Title {sku}", quantity=Decimal(quantity), amount=money, **values
        )

    def order_data(self, number="100-1", lines=None, total="10.00", **values):
        """Return an ``OrderData`` that is right in every way; ``values`` replace what a test is about."""
        defaults = {
            "external_id": number,
            "external_number": number,
            "status": "to_ship",
            "placed_at": NOW - timedelta(hours=2),
            "updated_at": NOW - timedelta(hours=1),
            "currency": "USD",
            "total": dto.Money(amount=Decimal(total), currency="USD") if total else None,
            "lines": tuple(lines) if lines else (self.order_line(),),
            "buyer": dto.Buyer(name="Ann Buyer", email=f"{number}@example.com"),
            "ship_to": dto.Address(
                name="Ann Buyer",
                street="1 Main Street",
                city="Seattle",
                state="WA",
                postal_code="98101",
                country="US",
                phone="206 555 0100",
            ),
        }
        return dto.OrderData(**{**defaults, **values})

    def put(self, *orders):
        """Place orders on the channel."""
        for order in orders:
            self.memory.orders[order.external_id] = msgspec.json.encode(order)

    def fetch(self):
        """Look at the channel and import what it has, running each job as the runner would."""
        with trap_jobs() as jobs:
            self.channel._job_fetch_orders()
            jobs.perform_enqueued_jobs()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()

    def import_orders(self, *orders):
        """Place orders on the channel, fetch them and return ours, in the same order."""
        self.put(*orders)
        self.fetch()
        found = self.env["sale.order"]._find_external(self.channel, [order.external_id for order in orders])
        return self.env["sale.order"].union(
            *(found[order.external_id] for order in orders if order.external_id in found)
        )

    def problems(self, **values):
        """Return the open problems with these values."""
        return self.env["oms.exception"].search(
            [("state", "=", "open"), *((name, "=", value) for name, value in values.items())]
        )
