from datetime import timedelta
from decimal import Decimal

import msgspec
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import dto
from .test_changes import ChangeCase, money


@tagged("post_install", "-at_install")
class TestReplaced(ChangeCase):
    """The channel made one order of several."""

    def combined(self, *numbers):
        lines = [self.order_line("9", "SKU-A", 3, "30.00")]
        return self.order_data("200-1", lines, "30.00", replaces=numbers)

    def test_orders_not_picked_are_cancelled_quietly(self):
        self.channel.cancel_policy = "always"
        old = self.import_orders(self.order_data("100-1"), self.order_data("100-2"))
        new = self.import_orders(self.combined("100-1", "100-2"))
        self.assertEqual((old.mapped("state"), new.state), (["cancel", "cancel"], "sale"))
        self.assertFalse(old.oms_outbox_ids)
        self.assertFalse(self.problems())
        self.assertEqual(new.oms_replaces_ids, old)
        self.assertIn("replaced", self.kinds(old[0]))
        self.assertIn("replaces", self.kinds(new))
        self.change(self.order_data("100-1"), 30, note="still to ship, says the channel")
        self.assertFalse(self.problems())

    def test_a_picked_one_holds_the_new_one_until_it_is_cancelled(self):
        old = self.import_orders(self.order_data("100-1"))
        old.picking_ids.move_ids.picked = True
        new = self.import_orders(self.combined("100-1"))
        self.assertEqual((old.state, new.state, new.oms_hold), ("sale", "draft", "confirm"))
        self.assertEqual(self.problems().mapped("reason"), ["replaced_after_pick"])
        old.picking_ids.move_ids.picked = False
        old._action_cancel()
        self.assertEqual((new.state, self.problems()), ("sale", self.env["oms.exception"]))


@tagged("post_install", "-at_install")
class TestUnpaid(ChangeCase):
    """Orders that are not paid yet, as the account wants them."""

    def unpaid(self, **values):
        return self.order_data(status="awaiting_payment", **values)

    def test_skip_leaves_it_out_until_it_is_paid(self):
        self.channel.unpaid_policy = "skip"
        self.assertFalse(self.import_orders(self.unpaid()))
        document = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(document.state, "unchanged")
        order = self.change(self.order_data())
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "assigned"))

    def test_reserve_keeps_stock_but_does_not_let_it_leave_and_paid_goes_on(self):
        self.channel.unpaid_policy = "reserve"
        order = self.import_orders(self.unpaid(ship_to=None))
        self.assertEqual((order.state, order.picking_ids.state, order.oms_hold), ("sale", "assigned", "ship"))
        self.assertEqual(self.problems(order_id=order.id).reason, "awaiting_payment")
        with self.assertRaisesRegex(UserError, "may not leave"):
            order.picking_ids.button_validate()
        self.change(self.order_data(lines=[self.order_line(amount="11.00")], total="11.00"))
        self.assertEqual((order.oms_hold, order.amount_total, order.oms_total_check), (False, 11.0, "equal"))
        self.assertEqual(order.picking_ids.partner_id.street, "1 Main Street")
        self.assertFalse(self.problems())

    def test_a_currency_nobody_knew_before_it_was_paid(self):
        self.channel.unpaid_policy = "reserve"
        self.env.ref("base.EUR").active = True
        bare = dto.OrderLine(external_id="1", sku="SKU-A", quantity=Decimal(2))
        order = self.import_orders(self.unpaid(currency=None, total=None, lines=[bare]))
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "assigned"))
        line = msgspec.structs.replace(bare, amount=money("8.00", "EUR"))
        self.change(self.order_data(), lines=(line,), currency="EUR", total=money("8.00", "EUR"))
        self.assertEqual((order.currency_id.name, order.amount_total, order.oms_hold), ("EUR", 8.0, False))
        self.assertEqual(self.reserved(order), {"SKU-A": (2, 2)})

    def test_not_paid_in_time_it_is_a_quotation_again_until_it_is_paid(self):
        self.channel.unpaid_policy = "reserve"
        order = self.import_orders(self.unpaid())
        self.env["sale.order"]._expire_unpaid()
        self.assertEqual(order.state, "sale")
        order.oms_unpaid_until -= timedelta(hours=49)
        self.channel._job_expire_unpaid()
        self.assertEqual((order.state, order.picking_ids.state), ("draft", "cancel"))
        self.assertFalse(self.problems(order_id=order.id))
        self.assertIn("unpaid_expired", self.kinds(order))
        free = self.env["stock.quant"]._get_available_quantity(self.products[0], self.warehouse.lot_stock_id)
        self.assertEqual(free, 100)
        self.change(self.unpaid(), 10, note="still not paid")
        self.assertEqual(order.state, "draft")
        self.change(self.order_data(), 20)
        self.assertEqual((order.state, self.reserved(order)), ("sale", {"SKU-A": (1, 1)}))

    def test_cancelled_unpaid_frees_its_stock(self):
        self.channel.unpaid_policy = "reserve"
        order = self.import_orders(self.unpaid())
        self.change(self.order_data(status="cancelled"))
        self.assertEqual((order.state, self.problems()), ("cancel", self.env["oms.exception"]))


@tagged("post_install", "-at_install")
class TestUnknownSku(ChangeCase):
    """An SKU nobody knows, as the account wants it."""

    def test_a_placeholder_does_not_hold_up_the_rest_and_is_sent_once_linked(self):
        self.channel.unknown_sku_policy = "placeholder"
        lines = [self.order_line("1", "SKU-A"), self.order_line("2", "NEW")]
        order = self.import_orders(self.order_data(lines=lines, total="20.00"))
        self.assertEqual((order.state, self.reserved(order)), ("sale", {"SKU-A": (1, 1)}))
        self.assertFalse(order.oms_hold)
        problem = self.problems(reason="placeholder_line")
        self.ship(order.picking_ids)
        problem.product_id = self.products[1]
        problem.action_link_product()
        waiting = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual((waiting.move_ids.product_id, waiting.state), (self.products[1], "assigned"))
        self.assertEqual((problem.state, order.amount_total), ("closed", 20.0))

    def test_create_makes_the_product(self):
        self.channel.unknown_sku_policy = "create"
        order = self.import_orders(self.order_data(lines=[self.order_line("1", "NEW")]))
        self.assertEqual((order.state, order.order_line.product_id.default_code), ("sale", "NEW"))

    def test_an_unknown_sku_added_later_holds_the_order_and_linking_sends_it(self):
        order = self.import_orders(self.order_data())
        lines = (self.order_line(), self.order_line("2", "NEW"))
        self.change(self.order_data(), lines=lines, total=money("20.00"))
        self.assertEqual((order.state, order.oms_hold), ("sale", "confirm"))
        problem = self.problems(reason="unmapped_sku")
        problem.product_id = self.products[1]
        problem.action_link_product()
        self.assertEqual(self.reserved(order), {"SKU-A": (1, 1), "SKU-B": (1, 1)})
        self.assertFalse(order.oms_hold)
