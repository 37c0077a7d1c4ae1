"""What the tests of purchases share: a supplier, and the job that works promises out."""

from odoo import Command, fields
from odoo.addons.oms_core.tests.full_channel import FullCase

SOON, LATER = map(fields.Datetime.to_datetime, ("2036-11-25 12:00:00", "2036-12-02 12:00:00"))


class PurchaseCase(FullCase):
    """The shop of `FullCase` with a supplier for both products and none of them in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Mill"})
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, -100)
        cls.products.seller_ids = [Command.create({"partner_id": cls.supplier.id, "price": 3.0, "delay": 4})]
        cls.products.route_ids = [Command.clear()]
        cls.customer = cls.env["res.partner"].create({"name": "Corner Shop", "street": "2 Main Street"})

    def order(self, quantity=1, product=None, **values):
        """Return a confirmed order made by hand."""
        line = {"product_id": (product or self.products[0]).id, "product_uom_qty": quantity, "price_unit": 10.0}
        vals = {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        order = self.env["sale.order"].create(vals | values)
        order.action_confirm()
        return order

    def buy(self, quantity, at=SOON, product=None, *, is_confirmed=True):
        """Return a purchase order."""
        line = {
            "product_id": (product or self.products[0]).id,
            "product_qty": quantity,
            "price_unit": 3.0,
            "date_planned": at,
        }
        purchase = self.env["purchase.order"].create(
            {"partner_id": self.supplier.id, "order_line": [Command.create(line)]}
        )
        if is_confirmed:
            purchase.button_confirm()
        return purchase

    def refresh(self):
        """Work out what changed, as the job does."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["oms.promise"]._job_refresh()

    def receive(self, purchase, quantity=None):
        """Take in what a purchase order brings, all or so many units of it."""
        picking = purchase.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.refresh()

    def promised(self, order):
        return [(row.units, row.expected_at, row.purchase_id) for row in order.oms_promise_ids.sorted("id")]

    def told(self, order, kind):
        return [event.summary for event in order.oms_event_ids.filtered(lambda event: event.kind == kind).sorted("id")]
