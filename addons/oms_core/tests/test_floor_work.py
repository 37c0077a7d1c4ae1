from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .common import OmsCase


@tagged("post_install", "-at_install")
class TestFloorWork(OmsCase):
    """What a picker does all day goes on as before: pick, pack, send, send in parts, take back, count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = new_test_user(cls.env, "work_picker", groups="stock.group_stock_user")
        cls.carrier = cls.env.ref("delivery.free_delivery_carrier")
        cls.products.write({"standard_price": 4.0})
        cls.products.categ_id.write({"property_cost_method": "average"})

    def setUp(self):
        super().setUp()
        lines = [self.order_line("1", "SKU-A", 3, "30.00"), self.order_line("2", "SKU-B", 1, "5.00")]
        self.order = self.import_orders(self.order_data(total="35.00", lines=lines))
        self.env.flush_all()
        self.env.invalidate_all()

    def transfers(self):
        return self.order.picking_ids.filtered(lambda row: row.state not in ("done", "cancel")).with_user(self.picker)

    def validate(self, transfer, **context):
        return transfer.with_context(**context).button_validate()

    def test_one_step(self):
        transfer = self.transfers()
        transfer.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "T-1"})
        self.assertIs(self.validate(transfer), True)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [3, 1])
        self.assertEqual(self.order.delivery_status, "full")

    def test_three_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.order = self.import_orders(self.order_data("100-2"))
        for step in ("pick", "pack", "out"):
            transfer = self.transfers()
            self.assertEqual(len(transfer), 1, step)
            transfer.action_assign()
            if step == "out":
                transfer.write({"carrier_tracking_ref": "T-2"})
            self.assertIs(self.validate(transfer), True, step)
        self.assertEqual(order.delivery_status, "full")

    def test_in_parts_with_the_dialogs_of_the_web_client(self):
        transfer = self.transfers()
        transfer.move_ids[0].quantity = 1
        transfer.move_ids.picked = True
        answer = self.validate(transfer)
        self.assertEqual(answer["res_model"], "stock.backorder.confirmation")
        wizard = Form(self.env[answer["res_model"]].with_user(self.picker).with_context(**answer["context"])).save()
        wizard.process()
        self.assertEqual(self.order.order_line[0].qty_delivered, 1)
        rest = self.transfers()
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        rest.do_unreserve()
        rest.action_assign()
        self.assertIs(self.validate(rest), True)
        self.assertEqual(self.order.order_line[0].qty_delivered, 3)

    def test_taken_back(self):
        transfer = self.transfers()
        transfer.carrier_tracking_ref = "T-3"
        self.validate(transfer)
        context = {"active_id": transfer.id, "active_ids": transfer.ids, "active_model": "stock.picking"}
        wizard = Form(self.env["stock.return.picking"].with_user(self.picker).with_context(**context)).save()
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"]).with_user(self.picker)
        back.action_assign()
        self.assertIs(self.validate(back), True)
        self.assertEqual(self.order.order_line[0].qty_delivered, 2)

    def test_stopped(self):
        transfer = self.transfers()
        transfer.action_cancel()
        self.assertEqual(transfer.state, "cancel")

    def test_something_extra_in_the_parcel(self):
        extra = self.env["product.product"].create({"name": "Extra", "is_storable": True, "invoice_policy": "delivery"})
        self.env["stock.quant"]._update_available_quantity(extra, self.warehouse.lot_stock_id, 5)
        transfer = self.transfers()
        transfer.carrier_tracking_ref = "T-4"
        transfer.write(
            {
                "move_ids": [
                    Command.create(
                        {
                            "product_id": extra.id,
                            "product_uom_qty": 1,
                            "quantity": 1,
                            "location_id": transfer.location_id.id,
                            "location_dest_id": transfer.location_dest_id.id,
                        }
                    )
                ]
            }
        )
        transfer.move_ids.picked = True
        self.assertIs(self.validate(transfer), True)
        self.assertIn(extra, self.order.order_line.product_id)

    def test_counted_scrapped_and_received(self):
        quants = self.env["stock.quant"].with_user(self.picker)
        quant = quants.search(
            [("product_id", "=", self.products[0].id), ("location_id.usage", "=", "internal")], limit=1
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 50
        quant.action_apply_inventory()
        self.assertEqual(quant.quantity, 50)
        scrap = (
            self.env["stock.scrap"].with_user(self.picker).create({"product_id": self.products[0].id, "scrap_qty": 1})
        )
        scrap.action_validate()
        self.assertEqual(scrap.state, "done")
        kind = self.warehouse.in_type_id
        form = Form(self.env["stock.picking"].with_user(self.picker).with_context(default_picking_type_id=kind.id))
        form.partner_id = self.order.partner_id
        with form.move_ids.new() as move:
            move.product_id = self.products[1]
            move.product_uom_qty = 2
        receipt = form.save()
        receipt.action_confirm()
        self.assertIs(self.validate(receipt), True)

    def test_the_delivery_slip_is_printed_without_money(self):
        report = self.env["ir.actions.report"].with_user(self.picker)
        html = report._render_qweb_html("stock.report_deliveryslip", self.transfers().ids)[0].decode()
        self.assertIn("Ann Buyer", html)
        self.assertNotIn("@example.com", html)
