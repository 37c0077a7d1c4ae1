from datetime import timedelta

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_added_later import AddedCase


@tagged("post_install", "-at_install")
class TestReplacedLate(AddedCase):
    """The order that stands for others is here before them."""

    def setUp(self):
        super().setUp()
        self.channel.cancel_policy = "always"

    def new(self, *numbers, number="050-1", **values):
        lines = [self.order_line("9", "SKU-A", 3, "30.00")]
        return self.order_data(number, lines, "30.00", replaces=numbers, **values)

    def assert_stands_back(self, old, new):
        self.assertEqual((old.state, old.oms_replaced_by_id), ("cancel", new))
        self.assertFalse(old.picking_ids)
        self.assertFalse(old.oms_outbox_ids)
        self.assertIn("replaced", self.kinds(old))
        self.assertIn("replaces", self.kinds(new))
        self.assertNotIn("confirmed", self.kinds(old))

    def test_old_ones_that_come_later_are_on_record_only(self):
        new = self.import_orders(self.new("100-1", "100-2", "100-3"))
        old = self.import_orders(self.order_data("100-1"), self.order_data("100-2"))
        for order in old:
            self.assert_stands_back(order, new)
        self.assertEqual((new.state, self.reserved(new)), ("sale", {"SKU-A": (3, 3)}))
        self.assertEqual(self.free(self.products[0]), 97)
        self.assertFalse(self.problems())
        self.change(self.order_data("100-1"), 30, note="still to ship, says the channel")
        self.assertEqual((old[0].state, self.problems()), ("cancel", self.env["oms.exception"]))

    def test_on_one_page_and_on_two(self):
        for place, count in (("one", 0), ("two", 3)):
            with self.subTest(pages=place), self.env.cr.savepoint() as point:
                between = [self.order_data(f"060-{number}") for number in range(count)]
                new, *_others, old = self.import_orders(self.new("100-1"), *between, self.order_data("100-1"))
                self.assertEqual((old.state, old.oms_replaced_by_id, new.state), ("cancel", new, "sale"))
                self.assertFalse(old.picking_ids)
                point.rollback()
                self.env.invalidate_all()
                self.memory.reset()

    def test_a_document_set_aside_and_read_again(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "NZD")])
        currency.active = False
        self.assertFalse(self.import_orders(self.order_data("100-1", currency="NZD")))
        new = self.import_orders(self.new("100-1"))
        currency.active = True
        self.problems(reason="unmapped_currency").action_retry()
        self.env["oms.inbox"].search([("state", "=", "new")])._job_import()
        old = self.env["sale.order"]._find_external(self.channel, ["100-1"])["100-1"]
        self.assert_stands_back(old, new)

    def test_what_is_wrong_with_an_old_one_is_nobodys_problem(self):
        new = self.import_orders(self.new("100-1"))
        old = self.import_orders(self.order_data("100-1", [self.order_line(sku="NEW")], "99.00"))
        self.assert_stands_back(old, new)
        self.assertFalse(self.problems())

    def test_one_that_names_it_only_later(self):
        new = self.import_orders(self.new())
        self.import_orders(self.new("100-1", updated_at=self.order_data().updated_at + timedelta(minutes=5)))
        self.assert_stands_back(self.import_orders(self.order_data("100-1")), new)

    def test_one_that_left_before_holds_the_new_one(self):
        new = self.import_orders(self.new("100-1"))
        old = self.import_orders(self.order_data("100-1", status="partly_shipped"))
        self.assertEqual((old.oms_replaced_by_id, old.oms_fulfilment), (new, "elsewhere"))
        self.assertFalse(old.picking_ids)
        problem = self.problems()
        self.assertEqual((problem.order_id, problem.reason), (new, "replaced_after_pick"))
        with self.assertRaisesRegex(UserError, "may not leave"):
            new.picking_ids.button_validate()
        old._action_cancel()
        self.assertEqual((new.oms_hold, problem.state), (False, "closed"))

    def test_a_chain_in_any_order_sends_its_last_one(self):
        first, second = self.order_data("006"), self.new("006", number="007")
        last = self.new("007", number="008")
        for number, chain in enumerate([(last, first, second), (last, second, first), (second, last, first)]):
            with self.subTest(number=number), self.env.cr.savepoint() as point:
                found = {data.external_id: self.import_orders(data) for data in chain}
                self.assertEqual([found[name].state for name in ("006", "007", "008")], ["cancel", "cancel", "sale"])
                self.assertEqual(found["006"].oms_replaced_by_id, found["007"])
                self.assertEqual(found["007"].oms_replaced_by_id, found["008"])
                self.assertFalse(self.problems())
                self.assertEqual(self.free(self.products[0]), 97)
                point.rollback()
                self.env.invalidate_all()
                self.memory.reset()

    def test_a_chain_whose_first_is_picked_holds_the_last(self):
        first = self.import_orders(self.order_data("006"))
        self.pick(first)
        last = self.import_orders(self.new("007", number="008"))
        second = self.import_orders(self.new("006", number="007"))
        self.assertEqual((first.state, second.state, last.oms_hold), ("sale", "cancel", "confirm"))
        self.assertEqual(self.problems().order_id, last)
        first.picking_ids.move_ids.picked = False
        first._action_cancel()
        self.assertFalse(self.problems())
        self.assertFalse(last.oms_hold)

    def test_two_that_name_each_other_leave_one(self):
        new = self.import_orders(self.new("100-1"))
        old = self.import_orders(self.new("050-1", number="100-1"))
        self.assertEqual((new.state, old.state, old.oms_replaced_by_id), ("sale", "cancel", new))

    def test_a_replacement_that_was_cancelled_leaves_the_question_to_a_person(self):
        new = self.import_orders(self.new("100-1", status="cancelled"))
        old = self.import_orders(self.order_data("100-1"))
        self.assert_stands_back(old, new)
        self.assertEqual((self.problems().order_id, self.problems().reason), (old, "reopened"))

    def test_nobody_confirms_it_by_hand(self):
        self.import_orders(self.new("100-1"))
        old = self.import_orders(self.order_data("100-1"))
        old.action_draft()
        with self.assertRaisesRegex(UserError, "stands for it"):
            old.action_confirm()

    def test_what_was_added_to_a_replaced_one_ends_with_it(self):
        old, child = self.added(is_shipped=True)
        new = self.import_orders(self.new("100-1"))
        self.assertEqual((old.state, child.state, new.oms_hold), ("sale", "cancel", "confirm"))
        self.assertFalse(child.oms_outbox_ids.filtered(lambda row: row.kind == "cancellation"))

    def test_what_was_added_and_is_picked_holds_the_new_one(self):
        old, child = self.added()
        self.pick(child)
        old.picking_ids.move_ids.picked = False
        new = self.import_orders(self.new("100-1"))
        self.assertEqual((old.state, child.state, new.oms_hold), ("cancel", "sale", "confirm"))
        child.picking_ids.move_ids.picked = False
        child._action_cancel()
        self.assertEqual((new.state, new.oms_hold, self.problems()), ("sale", False, self.env["oms.exception"]))

    def test_an_order_of_another_channel_has_its_own_ids(self):
        self.import_orders(self.new("100-1"))
        other = self.channel.copy({"name": "Other"})
        other.state = "live"
        self.memory.orders.clear()
        self.put(self.order_data("100-1"))
        with trap_jobs() as jobs:
            other._job_fetch_orders()
            jobs.perform_enqueued_jobs()
        order = self.env["sale.order"]._find_external(other, ["100-1"])["100-1"]
        self.assertEqual((order.state, order.oms_replaced_by_id), ("sale", self.env["sale.order"]))

    def test_one_that_is_asked_for_by_its_id(self):
        new = self.import_orders(self.new("100-1"))
        self.put(self.order_data("100-1"))
        with trap_jobs() as jobs:
            self.channel._job_fetch_order("100-1")
            jobs.perform_enqueued_jobs()
        self.assert_stands_back(self.env["sale.order"]._find_external(self.channel, ["100-1"])["100-1"], new)
