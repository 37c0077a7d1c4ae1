from datetime import timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

import msgspec
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto, errors
from .common import NOW
from .full_channel import FullCase


def money(amount, currency="USD"):
    return dto.Money(amount=Decimal(amount), currency=currency)


class AfterCase(FullCase):
    """Messages are sent at once; their cursor is the test's."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def send(self, row):
        self.env.flush_all()
        with trap_jobs() as jobs:
            row._job_send()
            self.env.invalidate_all()
            jobs.enqueued_jobs[:] = [job for job in jobs.enqueued_jobs if job.method_name == "_job_conclude"]
            jobs.perform_enqueued_jobs()

    def look(self, entity, *items):
        self.memory.pages[entity] = list(items)
        with trap_jobs() as jobs:
            self.channel._job_fetch_cases(entity)
            jobs.perform_enqueued_jobs()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()


@tagged("post_install", "-at_install")
class TestCancellation(AfterCase):
    """An order cancelled here is told to its channel as the account wants it."""

    def test_always_tells_at_once(self):
        self.channel.cancel_policy = "always"
        order = self.import_orders(self.order_data())
        order._action_cancel()
        row = order.oms_outbox_ids
        self.assertEqual((row.kind, row.state), ("cancellation", "new"))
        self.send(row)
        self.assertEqual(row.state, "done")
        [notice] = self.memory.cancelled
        self.assertEqual((notice.order_external_id, notice.reason, notice.request_id), ("100-1", "other", None))
        self.assertIn("cancellation_told", order.oms_event_ids.mapped("kind"))

    def test_ask_lists_a_problem_whose_button_tells_with_the_reason(self):
        order = self.import_orders(self.order_data())
        order._action_cancel()
        self.assertFalse(order.oms_outbox_ids)
        problem = self.problems(order_id=order.id, reason="cancel_untold")
        problem.cancel_reason = "out_of_stock"
        problem.action_tell_channel()
        self.send(order.oms_outbox_ids)
        self.assertEqual([notice.reason for notice in self.memory.cancelled], ["out_of_stock"])
        self.assertEqual(problem.state, "closed")

    def test_never_says_nothing(self):
        self.channel.cancel_policy = "never"
        order = self.import_orders(self.order_data())
        order._action_cancel()
        self.assertFalse(order.oms_outbox_ids)
        self.assertFalse(self.problems(order_id=order.id))

    def test_a_cancellation_of_the_channels_is_not_told_back(self):
        self.channel.cancel_policy = "always"
        order = self.import_orders(self.order_data())
        later = self.order_data().updated_at + timedelta(hours=1)
        self.import_orders(self.order_data(status="cancelled", updated_at=later))
        self.assertEqual((order.state, len(order.oms_outbox_ids)), ("cancel", 0))

    def test_a_lost_answer_is_looked_up_before_it_is_repeated(self):
        self.channel.cancel_policy = "always"
        order = self.import_orders(self.order_data())
        order._action_cancel()
        push = self.memory.push_cancellation
        lost = errors.RetryLater("answer_lost", after=timedelta(seconds=1), is_uncertain=True)

        def arrive_then_lose(adapter, notice):
            push(adapter, notice)
            raise lost

        with patch.object(self.memory, "push_cancellation", arrive_then_lose):
            self.send(order.oms_outbox_ids)
        self.memory.calls.clear()
        self.send(order.oms_outbox_ids)
        self.assertEqual(self.memory.calls, [("find_cancellation", str(order.id))])
        self.assertEqual(order.oms_outbox_ids.state, "done")

    def _ask(self):
        request = dto.CancelRequest(state="asked", by="buyer", external_id="C-7", reason="too slow")
        return self.order_data(cancel_requests=(request,), updated_at=self.order_data().updated_at + timedelta(hours=1))

    def test_the_buyers_wish_holds_the_order_and_yes_answers_it(self):
        order = self.import_orders(self.order_data())
        self.import_orders(self._ask())
        problem = self.problems(order_id=order.id, reason="cancel_requested")
        self.assertEqual(order.oms_hold, "ship")
        self.assertIn("too slow", problem.summary)
        problem.action_cancel_order()
        self.send(order.oms_outbox_ids)
        [notice] = self.memory.cancelled
        self.assertEqual((notice.request_id, notice.reason, notice.is_refused), ("C-7", "buyer_asked", False))
        self.assertEqual((order.state, problem.state), ("cancel", "closed"))

    def test_no_sends_the_order_on_and_tells_the_channel(self):
        order = self.import_orders(self.order_data())
        self.import_orders(self._ask())
        problem = self.problems(order_id=order.id, reason="cancel_requested")
        problem.action_refuse_request()
        self.send(order.oms_outbox_ids)
        [notice] = self.memory.cancelled
        self.assertEqual((notice.request_id, notice.is_refused), ("C-7", True))
        self.assertEqual((order.state, order.oms_hold, problem.state), ("sale", False, "ignored"))

    def test_a_wish_that_comes_after_the_parcel_left_is_answered_no(self):
        order = self.import_orders(self.order_data())
        order.picking_ids.carrier_tracking_ref = "T1"
        order.picking_ids.button_validate()
        self.import_orders(self._ask())
        row = order.oms_outbox_ids.filtered(lambda row: row.kind == "cancellation")
        self.send(row)
        self.assertTrue(self.memory.cancelled[0].is_refused)
        self.assertFalse(self.problems(order_id=order.id, reason="cancel_requested"))

    def test_what_the_channel_holds_is_not_confirmed_until_it_lets_go(self):
        order = self.import_orders(self.order_data(holds=("payment review",)))
        self.assertEqual((order.state, order.oms_hold), ("draft", "confirm"))
        self.assertIn("payment review", order.oms_hold_text)
        self.import_orders(self.order_data(updated_at=self.order_data().updated_at + timedelta(hours=1)))
        self.assertEqual((order.state, order.oms_hold), ("sale", False))

    def test_a_cancellation_is_a_hint_and_the_order_is_fetched(self):
        order = self.import_orders(self.order_data())
        self.put(self.order_data(status="cancelled", updated_at=self.order_data().updated_at + timedelta(hours=1)))
        hint = dto.CancellationData(external_id="C-1", order_external_id="100-1", updated_at=NOW, state="done")
        self.look("cancellations", hint)
        self.assertEqual(order.state, "cancel")
        self.assertIn(("fetch_order", "100-1"), self.memory.calls)


@tagged("post_install", "-at_install")
class TestRefund(AfterCase):
    """Money given back, from here and on the channel."""

    def order(self):
        return self.import_orders(
            self.order_data(
                total="26.00",
                lines=[
                    self.order_line("1", "SKU-A", 2, "20.00"),
                    self.order_line("2", "SKU-B", 1, "6.00"),
                ],
            )
        )

    def test_a_refund_from_here_goes_to_the_channel_once_and_becomes_a_draft_credit_note(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        self.assertEqual(refund.amount, 26.0)
        refund.line_ids[1].amount = 1.5
        refund.line_ids[1].quantity = 0
        refund.line_ids[0].unlink()
        refund.write({"reason": "damaged", "note": "a scratch"})
        refund.action_send()
        self.assertEqual(refund.state, "waiting")
        self.send(refund.outbox_id)
        [notice] = self.memory.refunded
        self.assertEqual((notice.amount, notice.reason, notice.note), (money("1.50"), "damaged", "a scratch"))
        self.assertEqual([(line.external_line_id, line.amount) for line in notice.lines], [("2", money("1.50"))])
        self.assertEqual((refund.state, refund.external_id), ("done", f"R{refund.id}"))
        self.assertEqual((refund.move_id.state, refund.move_id.amount_total), ("draft", 1.5))
        self.assertIn("refund_told", order.oms_event_ids.mapped("kind"))
        self.assertFalse(self.problems(order_id=order.id))

    def test_more_than_is_left_is_not_given_back(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.adjustment = 1.0
        with self.assertRaisesRegex(UserError, "26.00"):
            refund.action_send()
        refund.adjustment = 0.0
        refund.action_send()
        with self.assertRaises(UserError):
            order.action_oms_refund()
        with self.assertRaises(UserError):
            refund.with_user(self.env.ref("base.user_admin")).write({"note": "changed"})

    def test_a_lost_answer_without_a_way_to_look_is_for_a_person(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.action_send()
        self.memory.can_find = False
        self.memory.fails = [errors.RetryLater("answer_lost", after=timedelta(seconds=1), is_uncertain=True)]
        self.send(refund.outbox_id)
        self.assertEqual(refund.outbox_id.state, "retry")
        self.send(refund.outbox_id)
        self.assertEqual(refund.outbox_id.state, "unknown")
        self.assertEqual(self.memory.refunded, [], "money is never sent on trust")
        problem = self.problems(order_id=order.id, reason="refund_unknown")
        self.assertTrue(refund.outbox_id.answer, "the channel's words on where to look are kept")
        problem.action_settle_message()
        self.assertEqual((refund.state, refund.outbox_id.state, problem.state), ("done", "done", "closed"))

    def test_a_channel_that_decides_later_is_asked_until_it_has(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.action_send()
        self.memory.decisions[str(refund.id)] = False
        self.send(refund.outbox_id)
        row = refund.outbox_id
        self.assertEqual((row.state, refund.state), ("submitted", "waiting"))
        row._job_poll()
        self.assertEqual((row.state, row.polls), ("submitted", 1))
        self.memory.decisions[str(refund.id)] = True
        row._job_poll()
        self.assertEqual((row.state, refund.state), ("done", "done"))
        self.assertEqual(len(self.memory.refunded), 1)

    def test_a_channel_that_refuses_later_is_a_problem_and_may_be_sent_again(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.action_send()
        self.memory.decisions[str(refund.id)] = errors.Rejected("too_late", message="The window is over.")
        self.send(refund.outbox_id)
        refund.outbox_id._job_poll()
        self.assertEqual((refund.outbox_id.state, refund.state), ("dead", "failed"))
        problem = self.problems(order_id=order.id, reason="refund_refused")
        self.assertIn("The window is over.", problem.summary)
        del self.memory.decisions[str(refund.id)]
        problem.action_retry()
        self.send(refund.outbox_id)
        self.assertEqual((refund.state, problem.state), ("done", "closed"))

    def _told(self, amount="6.00", number="RF-1", **values):
        return dto.RefundData(
            external_id=number,
            order_external_id="100-1",
            amount=money(amount),
            refunded_at=NOW,
            updated_at=NOW,
            lines=(dto.RefundLine(external_line_id="2", amount=money("5.00"), quantity=Decimal(1)),),
            **values,
        )

    def test_a_refund_on_the_channel_is_kept_once_with_a_draft_credit_note_of_the_same_amount(self):
        order = self.order()
        self.look("refunds", self._told())
        self.look("refunds", self._told())
        refund = order.oms_refund_ids
        self.assertEqual((len(refund), refund.amount, refund.adjustment), (1, 6.0, 1.0))
        self.assertEqual((refund.move_id.move_type, refund.move_id.amount_total), ("out_refund", 6.0))
        problem = self.problems(order_id=order.id, reason="refund_reported")
        refund.move_id.action_post()
        self.assertEqual(problem.state, "closed")
        self.assertFalse(order.oms_outbox_ids, "what the channel did is not told back to it")

    def test_refunds_inside_an_order_are_kept_too_and_ours_is_recognised(self):
        order = self.order()
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.line_ids[0].unlink()
        refund.action_send()
        later = self.order_data().updated_at + timedelta(hours=1)
        data = self.order_data(
            total="26.00",
            updated_at=later,
            refunds=(self._told(),),
            lines=[self.order_line("1", "SKU-A", 2, "20.00"), self.order_line("2", "SKU-B", 1, "6.00")],
        )
        self.import_orders(data)
        self.assertEqual(order.oms_refund_ids, refund)
        self.assertEqual((refund.external_id, refund.state), ("RF-1", "done"))

    def _sent(self, order):
        """Give back all of an order, as the channel took it."""
        refund = self.env["oms.refund"].browse(order.action_oms_refund()["res_id"])
        refund.action_send()
        self.memory.decisions[str(refund.id)] = True
        self.send(refund.outbox_id)
        refund.external_id = False  # a channel that takes a message and numbers the refund later
        return refund

    def _part(self, sku, amount, number):
        line = dto.RefundLine(sku=sku, amount=money(amount))
        return dto.RefundData(
            external_id=number, order_external_id="100-1", amount=money(amount), refunded_at=NOW, lines=(line,)
        )

    def test_our_refund_that_the_channel_books_line_by_line_is_recognised(self):
        order = self.order()
        refund = self._sent(order)
        first, second = refund.line_ids
        parts = [self._part(row.order_line_id.oms_sku, str(row.amount), f"T-{row.id}") for row in (first, second)]
        self.look("refunds", *parts)
        self.look("refunds", *parts)
        self.assertEqual(order.oms_refund_ids, refund)
        self.assertEqual(set(refund.reported), {f"T-{first.id}", f"T-{second.id}"})
        self.look("refunds", self._part(first.order_line_id.oms_sku, "1.00", "T-9"))
        self.assertEqual(len(order.oms_refund_ids), 2, "money somebody gave back there is no part of ours")

    def test_a_refund_told_before_its_order_came_is_read_again(self):
        self.look("refunds", self._told())
        mark = self.channel._state("refunds").complete_until
        self.assertTrue(mark)
        placed = mark.replace(tzinfo=timezone.utc) - timedelta(days=2)
        self.channel.import_from = mark - timedelta(days=30)
        self.import_orders(self.order_data(placed_at=placed))
        self.assertLessEqual(self.channel._state("refunds").complete_until, placed.replace(tzinfo=None))
        self.look("refunds", self._told())
        self.assertEqual(self.env["oms.refund"].search([("channel_id", "=", self.channel.id)]).external_id, "RF-1")

    def test_a_refund_that_names_the_goods_by_sku(self):
        order = self.order()
        line = order.order_line.filtered(lambda row: row.oms_external_line_id == "2")
        self.look("refunds", self._part(line.oms_sku, str(line.price_total), "T-1"))
        told = order.oms_refund_ids.line_ids
        self.assertEqual((told.order_line_id, told.quantity), (line, line.product_uom_qty))
        self.look("refunds", self._part("OF-NOBODY", "1.00", "T-2"))
        self.assertEqual(order.oms_refund_ids.filtered(lambda refund: refund.external_id == "T-2").adjustment, 1.0)

    def test_tax_the_channel_kept_is_given_back_by_it(self):
        order = self.order()
        line = order.order_line.filtered(lambda row: row.oms_external_line_id == "2")
        gross = line.price_total + 0.40
        told = self._part(line.oms_sku, str(line.price_total), "T-1")
        told = msgspec.structs.replace(told, amount=money(f"{gross:.2f}"), channel_tax=money("0.40"))
        self.look("refunds", told)
        refund = order.oms_refund_ids
        self.assertEqual((refund.amount, refund.line_ids.amount), (line.price_total, line.price_total))
        order.order_line.filtered(lambda row: row.oms_external_line_id == "1").copy(
            {"order_id": order.id, "oms_kind": "channel_tax"}
        )
        self.look("refunds", msgspec.structs.replace(told, external_id="T-2"))
        later = order.oms_refund_ids - refund
        self.assertEqual((later.amount, later.line_ids.amount, later.adjustment), (gross, line.price_total, 0.4))

    def test_what_was_added_later_is_given_back_on_its_own_line(self):
        order = self.order()
        child = order.copy({"oms_parent_id": order.id})
        added = child.order_line[:1]
        added.write({"oms_external_line_id": "9", "oms_sku": "SKU-LATE"})
        line = dto.RefundLine(external_line_id="9", amount=money("3.00"))
        self.look("refunds", msgspec.structs.replace(self._told(amount="3.00"), lines=(line,)))
        self.assertEqual(order.oms_refund_ids.line_ids.order_line_id, added)
        self.assertEqual(order.oms_refund_ids.move_id.amount_total, 3.0)

    def test_a_posted_credit_note_is_given_back_through_the_channel_as_the_policy_says(self):
        order = self.order()
        order.picking_ids.carrier_tracking_ref = "T1"
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.action_post()
        for policy, kinds in (("never", []), ("ask", []), ("always", ["refund"])):
            self.channel.refund_policy = policy
            note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
            note.invoice_line_ids.filtered(lambda line: line.price_total > 10).unlink()
            note.action_post()
            rows = order.oms_outbox_ids.filtered(lambda row: row.kind == "refund")
            self.assertEqual(rows.mapped("kind"), kinds, policy)
            if policy == "ask":
                problem = self.problems(order_id=order.id, reason="refund_untold")
                self.assertTrue(problem.can_tell)
        self.send(rows)
        self.assertEqual(self.memory.refunded[0].amount, money("6.00"))

    def test_clerks_give_back_and_sales_staff_do_not(self):
        order = self.order()
        clerk = new_test_user(self.env, "refund-clerk", groups="oms_core.group_oms_clerk")
        seller = new_test_user(self.env, "refund-seller", groups="sales_team.group_sale_salesman_all_leads")
        refund = self.env["oms.refund"].browse(order.with_user(clerk).action_oms_refund()["res_id"])
        with self.assertRaises(UserError):
            refund.with_user(seller).action_send()
        with self.assertRaises(UserError):
            order.with_user(seller).action_oms_refund()
        refund.with_user(clerk).action_send()
        self.assertEqual(refund.state, "waiting")


@tagged("post_install", "-at_install")
class TestInvoice(AfterCase):
    """What left is invoiced on the channel where the account wants that."""

    def ship(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2)]))
        order.picking_ids.carrier_tracking_ref = "T1"
        order.picking_ids.button_validate()
        return order, order.oms_outbox_ids.filtered(lambda row: row.kind == "invoice")

    def test_not_unless_it_is_wanted(self):
        self.assertFalse(self.ship()[1])

    def test_with_the_parcel_its_units_and_once(self):
        self.channel.write({"invoice_policy": "ship", "is_payment_captured": True})
        order, row = self.ship()
        lost = errors.RetryLater("answer_lost", after=timedelta(seconds=1), is_uncertain=True)
        push = self.memory.push_invoice

        def arrive_then_lose(adapter, notice):
            push(adapter, notice)
            raise lost

        with patch.object(self.memory, "push_invoice", arrive_then_lose):
            self.send(row)
        self.send(row)
        [notice] = self.memory.invoices.values()
        self.assertEqual([(line.external_line_id, line.quantity) for line in notice.lines], [("1", 2)])
        self.assertTrue(notice.is_captured)
        self.assertEqual(row.state, "done")
        self.assertIn("invoice_told", order.oms_event_ids.mapped("kind"))


@tagged("post_install", "-at_install")
class TestReturns(AfterCase):
    """Returns as the channel tells them."""

    def _told(self, status="requested", hours=0):
        return dto.ReturnData(
            external_id="RT-1",
            order_external_id="100-1",
            updated_at=NOW + timedelta(hours=hours),
            status=status,
            number="RMA 5",
            lines=(dto.ReturnLine(external_line_id="1", quantity=Decimal(1), reason="too small"),),
        )

    def test_a_return_is_kept_once_and_its_question_closes_when_it_is_answered(self):
        order = self.import_orders(self.order_data())
        self.look("returns", self._told())
        self.look("returns", self._told())
        row = order.oms_return_ids
        self.assertEqual((row.name, row.status, row.line_ids.sku), ("RMA 5", "requested", "SKU-A"))
        problem = self.problems(order_id=order.id, reason="return_requested")
        self.assertIn("1 × SKU-A (too small)", problem.summary)
        self.look("returns", self._told("approved", hours=1))
        self.look("returns", self._told("requested", hours=0))
        self.assertEqual((row.status, problem.state), ("approved", "closed"), "older news change nothing")
        self.assertEqual(order.oms_event_ids.mapped("kind").count("return_reported"), 2)

    def test_returns_of_unknown_orders_and_trouble_on_the_line_harm_nothing(self):
        self.look("returns", self._told())
        self.assertFalse(self.env["oms.return"].search([("channel_id", "=", self.channel.id)]))
        self.memory.fails = [errors.RetryLater("unreachable", after=timedelta(minutes=5))]
        self.channel._job_fetch_cases("returns")
        state = self.channel._state("returns")
        self.assertEqual(state.health, "slow")
        self.assertEqual(self.channel._state("orders").health, "off", "another entity is not touched")
