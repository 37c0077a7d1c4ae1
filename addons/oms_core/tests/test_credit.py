from odoo import Command, fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_types import TypeCase


class CreditCase(TypeCase):
    """A wholesale customer who may owe 1000."""

    def setUp(self):
        super().setUp()
        self.manager = new_test_user(self.env, "credit-manager", groups="oms_core.group_oms_manager")
        self.terms = self.env["account.payment.term"].create(
            {"name": "Net 30", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})]}
        )
        self.wholesale.write({"picking_policy": "direct", "payment_term_id": self.terms.id})
        self.customer.write({"oms_type_id": self.wholesale.id, "credit_limit": 1000.0})

    def confirmed(self, price=600.0, **values):
        order = self.make_order(price=price, **values)
        order.action_confirm()
        return order

    def invoice(self, order):
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        order.order_line.product_id.invoice_policy = "order"
        move = order._create_invoices()
        move.action_post()
        return move

    def pay(self, invoice, amount=None):
        """Register a payment as an accountant does, and do the jobs it asks for."""
        with trap_jobs() as jobs:
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            wizard.create({"amount": amount or invoice.amount_residual})._create_payments()
            self.env.flush_all()
            jobs.perform_enqueued_jobs()

    def holds(self, order):
        return order.oms_hold_ids.filtered(lambda hold: hold.state == "open").mapped("kind")


@tagged("post_install", "-at_install")
class TestCredit(CreditCase):
    """Orders over the limit are held with their stock, and go on once money comes in or a manager says so."""

    def test_scenario_7_wholesale_over_the_limit_is_held_with_its_stock_until_a_payment(self):
        first = self.confirmed()
        self.assertFalse(first.oms_hold)
        invoice = self.invoice(first)
        second = self.confirmed()
        hold = second.oms_open_hold_ids
        self.assertEqual((hold.kind, hold.keeps_stock, second.oms_hold), ("credit", True, "ship"))
        self.assertIn("1,200.00", hold.note)
        self.assertIn("200.00 over the limit of", hold.note)
        self.assertEqual(second.oms_stock_state, "reserved")
        with self.assertRaisesRegex(UserError, "may not leave"), self.env.cr.savepoint():
            second.picking_ids.button_validate()
        self.pay(invoice, 100.0)
        self.assertEqual(self.holds(second), ["credit"])
        self.pay(invoice, 100.0)
        self.assertFalse(second.oms_hold)
        self.assertIn("within the credit limit", self.told(second, "hold_ended")[-1])
        second.picking_ids.button_validate()
        self.assertEqual(second.picking_ids.state, "done")

    def test_the_balance_of_orders_leaves_out_what_is_invoiced(self):
        self.wholesale.credit_mode = "order"
        first = self.confirmed()
        self.invoice(first)
        second = self.confirmed()
        self.assertFalse(second.oms_hold)
        third = self.confirmed()
        self.assertEqual(self.holds(third), ["credit"])

    def test_what_is_paid_on_the_order_counts_no_more(self):
        first = self.confirmed()
        second = self.confirmed()
        self.assertEqual(self.holds(second), ["credit"])
        with trap_jobs() as jobs:
            payment = {
                "order_id": first.id,
                "company_id": first.company_id.id,
                "kind": "captured",
                "amount": first.amount_total,
                "currency_id": first.currency_id.id,
                "paid_at": fields.Datetime.now(),
                "key": "1",
            }
            self.env["oms.payment"].sudo().create(payment)
            self.env.flush_all()
            jobs.perform_enqueued_jobs()
        self.assertFalse(self.holds(second))

    def test_a_higher_limit_lets_the_oldest_go_first(self):
        self.confirmed()
        second, third = self.confirmed(), self.confirmed()
        self.assertEqual((self.holds(second), self.holds(third)), (["credit"], ["credit"]))
        with trap_jobs() as jobs:
            self.customer.credit_limit = 1300.0
            self.env.flush_all()
            jobs.perform_enqueued_jobs()
        self.assertEqual((self.holds(second), self.holds(third)), ([], ["credit"]))

    def test_the_screen_warns_before_and_a_type_may_only_warn(self):
        self.confirmed()
        draft = self.make_order(price=600.0)
        self.assertIn("200.00 over the limit", draft.oms_credit_warning)
        self.wholesale.credit_action = "warn"
        draft.action_confirm()
        self.assertFalse(draft.oms_hold)
        self.assertEqual(len(self.told(draft, "credit_warned")), 1)
        self.wholesale.credit_mode = "off"
        draft.invalidate_recordset(["oms_credit_warning"])
        self.assertFalse(draft.oms_credit_warning)

    def test_only_whom_the_type_trusts_lets_it_go(self):
        self.confirmed()
        second = self.confirmed()
        with self.assertRaises(AccessError):
            second.with_user(self.clerk).oms_override_credit("They always pay")
        with self.assertRaises(AccessError):
            second.with_user(self.clerk).oms_release_hold("They always pay")
        with self.assertRaises(UserError):
            second.with_user(self.manager).oms_override_credit(" ")
        self.assertFalse(second.with_user(self.clerk).oms_can_override_credit)
        second.with_user(self.manager).oms_override_credit("They always pay")
        self.assertFalse(second.oms_hold)
        self.assertIn("They always pay", self.told(second, "hold_ended")[-1])
        second.order_line.product_uom_qty = 2
        self.assertFalse(second.oms_hold)
        with self.assertRaisesRegex(UserError, "not held for credit"):
            second.with_user(self.manager).oms_override_credit("Again")
        third = self.confirmed()
        self.wholesale.credit_override = "clerk"
        third.with_user(self.clerk).oms_override_credit("A small one")
        self.assertFalse(third.oms_hold)

    def test_an_order_that_grows_meets_the_limit_again(self):
        order = self.confirmed()
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.holds(order), ["credit"])

    def test_without_a_limit_nothing_is_held(self):
        self.customer.credit_limit = 0
        self.assertFalse(self.confirmed(price=99999.0).oms_hold)


@tagged("post_install", "-at_install")
class TestGates(CreditCase):
    """What a type asks for before goods leave."""

    def test_on_terms_it_leaves_unpaid_and_without_terms_it_waits(self):
        self.assertFalse(self.confirmed(price=10.0).oms_hold)
        self.wholesale.payment_term_id = False
        order = self.confirmed(price=10.0)
        self.assertEqual((self.holds(order), order.oms_hold), (["payment"], "ship"))
        self.assertEqual(order.oms_stock_state, "reserved")
        self.pay(self.invoice(order))
        self.assertFalse(order.oms_hold)

    def test_authorised_is_enough_where_the_type_says_so(self):
        preorder = self.env.ref("oms_core.order_type_preorder")
        order = self.confirmed(price=10.0, oms_type_id=preorder.id)
        self.assertEqual(self.holds(order), ["payment"])
        with trap_jobs() as jobs:
            payment = {
                "order_id": order.id,
                "company_id": order.company_id.id,
                "kind": "authorised",
                "amount": 10.0,
                "currency_id": order.currency_id.id,
                "paid_at": fields.Datetime.now(),
                "key": "1",
            }
            self.env["oms.payment"].sudo().create(payment)
            self.env.flush_all()
            jobs.perform_enqueued_jobs()
        self.assertFalse(order.oms_hold)

    def test_a_preorder_waits_for_stock_and_goes_on_with_it(self):
        preorder = self.env.ref("oms_core.order_type_preorder")
        preorder.payment_gate = "none"
        order = self.confirmed(price=10.0, quantity=150, oms_type_id=preorder.id)
        self.assertEqual((self.holds(order), order.oms_hold), (["stock"], "ship"))
        self.assertFalse(self.problems(order_id=order.id))
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.warehouse.lot_stock_id.id,
        }
        move = places | {"product_id": self.products[0].id, "product_uom_qty": 60}
        receipt = self.env["stock.picking"].create(
            places | {"picking_type_id": self.warehouse.in_type_id.id, "move_ids": [Command.create(move)]}
        )
        receipt.action_confirm()
        receipt.move_ids.write({"quantity": 60, "picked": True})
        receipt.button_validate()
        self.assertFalse(order.oms_hold)
        self.assertEqual(order.picking_ids.state, "assigned")
