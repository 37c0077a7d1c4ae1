"""Every kind of problem has its words, its severity, something to do, and an end of its own."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_open

from ..lib import dto, errors
from ..lib.reasons import REASONS
from ..models.oms_exception import REASON_LABELS
from ..models.problem_fixes import FIXES
from ..models.problem_texts import TEXTS
from .common import NOW
from .test_after_order import AfterCase, money

MESSAGES = ("shipment", "cancellation", "refund", "invoice")
# Shown to close themselves by a test of their own, where the whole way is walked.
ELSEWHERE = {
    "unmapped_sku": "test_import.py: test_unknown_sku_holds_the_order_and_linking_it_releases_all",
    "placeholder_line": "test_policies.py: test_a_placeholder_does_not_hold_up_the_rest_and_is_sent_once_linked",
    "unmapped_currency": "test_import.py: test_unknown_currency_waits_as_a_document_and_replays_after_the_fix",
    "unreadable": "test_import.py: test_bad_order_in_a_batch_stops_no_other_and_is_replayed",
    "import_failed": "test_import.py: test_bad_order_in_a_batch_stops_no_other_and_is_replayed",
    "changed_after_import": "test_changes.py: test_fewer_of_what_is_picked_waits_and_accepted_is_put_back",
    "replaced_after_pick": "test_policies.py: test_a_picked_one_holds_the_new_one_until_it_is_cancelled",
    "return_requested": "test_after_order.py: test_a_return_is_kept_once_and_its_question_closes_when_it_is_answered",
    "missing_here": "test_comparison.py: test_one_that_cannot_be_brought_here_is_listed_and_closes_itself",
    "missing_there": "test_comparison.py: test_an_order_that_is_only_here_is_asked_for_and_listed",
    "state_differs": "test_comparison.py: test_a_parcel_the_channel_does_not_show_is_listed_until_it_does",
    "awaiting_payment": "test_policies.py: test_reserve_keeps_stock_but_does_not_let_it_leave_and_paid_goes_on",
    "credential_ends": "test_hints.py: test_what_ends_is_announced_thirty_seven_and_one_days_before_each_once",
    "buyer_deleted": "test_hints.py: test_a_deleted_buyer_is_forgotten_and_the_amounts_stay",
    "refund_reported": "test_after_order.py: "
    "test_a_refund_on_the_channel_is_kept_once_with_a_draft_credit_note_of_the_same_amount",
    "held_by_channel": "test_after_order.py: test_what_the_channel_holds_is_not_confirmed_until_it_lets_go",
    "tracking_missing": "test_shipping.py: test_missing_tracking_is_asked_for_and_told_once_entered",
    "product_archived": "test_listings.py: test_an_archived_product_shows_none_and_keeps_its_link",
    "quantity_absurd": "test_listings.py: "
    "test_a_quantity_nobody_can_believe_is_not_sent_until_somebody_says_it_is_right",
}


@tagged("post_install", "-at_install")
class TestCatalogue(AfterCase):
    """The catalogue, row by row."""

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data())

    def list_problem(self, reason, cause="x", **values):
        entry = {"reason": reason, "order_id": self.order.id, "cause": cause}
        return self.env["oms.exception"]._open_problems([entry | values])

    def list_of_channel(self, reason, cause):
        entry = {"reason": reason, "channel_id": self.channel.id, "cause": cause}
        return self.env["oms.exception"]._open_problems([entry])

    def see_again(self, **values):
        """Let the channel show the order again, with other values."""
        data = self.order_data(updated_at=NOW + timedelta(hours=1), **values)
        self.order._apply_channel_update(data, self.order.oms_inbox_ids[:1])

    def test_every_reason_has_words_severity_and_something_to_do(self):
        self.assertEqual(set(REASONS), set(dict(REASON_LABELS)))
        self.assertEqual(set(REASONS), set(TEXTS))
        self.assertEqual(set(REASONS), set(FIXES))
        for reason in REASONS:
            with self.subTest(reason=reason):
                problem = self.list_problem(reason, cause="1")
                self.assertTrue(problem.severity and problem.summary and problem.advice)
                self.assertNotIn(reason, problem.summary + problem.advice)
                self.assertTrue(FIXES[reason].place or FIXES[reason].buttons)
                panel = problem.get_panel()
                self.assertTrue(panel["fix"] or panel["buttons"] or reason in ("cancel_untold", "refund_untold"))
                for button in panel["buttons"]:
                    self.assertTrue(button["label"] and hasattr(type(problem), button["method"]))

    def test_every_fix_in_place_has_its_component(self):
        text = ""
        for name in ("fixes", "fix_sku"):
            with file_open(f"oms_core/static/src/fixes/{name}.js") as source:
                text += source.read()
        drawn = {
            reason for names in re.findall(r"addFix\(\w+, \[(.*?)\]\)", text) for reason in re.findall(r"\w+", names)
        }
        self.assertEqual(drawn, {reason for reason, fix in FIXES.items() if fix.place})

    def test_every_reason_is_shown_to_close_itself(self):
        here = {name.removeprefix("_close_") for name in dir(self) if name.startswith("_close_")}
        messages = {f"{kind}_{end}" for kind in MESSAGES for end in ("refused", "unknown")}
        self.assertEqual(set(REASONS), here | set(ELSEWHERE) | messages)
        for reason in sorted(here):
            with self.subTest(reason=reason), self.env.cr.savepoint() as savepoint:
                problem = getattr(self, f"_close_{reason}")()
                self.assertEqual((problem.reason, problem.state), (reason, "closed"))
                savepoint.rollback()
                self.env.invalidate_all()

    # Each opens its problem, mends the cause, and returns the problem.

    def _close_signed_out(self):
        self.channel._sign_out("Signed out")
        problem = self.problems(reason="signed_out")
        self.channel._sign_in_again()
        return problem

    def _close_sync_failing(self):
        problem = self.list_of_channel("sync_failing", "orders")
        self.fetch()
        return problem

    def _close_stock_refused(self):
        listing = self.channel.listing_ids.filtered(lambda row: row.sku == "SKU-A")
        problem = self.list_of_channel("stock_refused", listing.sku)
        listing._note_accepted({listing.id: listing._as_stock_level()})
        return problem

    def _close_unmapped_country(self):
        return self._close_address_incomplete("unmapped_country")

    def _close_address_incomplete(self, reason="address_incomplete"):
        partner = self.order.partner_shipping_id
        partner.street = False
        problem = self.list_problem(reason)
        partner.street = "1 Main Street"
        return problem

    def _close_unmapped_tax(self):
        problem = self.list_problem("unmapped_tax", cause="US")
        tax = self.env["account.tax"].create({"name": "Sales tax", "amount": 5, "type_tax_use": "sale"})
        self.env["oms.channel.tax"].create(
            {"channel_id": self.channel.id, "country_id": self.env.ref("base.us").id, "tax_id": tax.id}
        )
        return problem

    def _close_total_differs(self):
        self.order.order_line.price_unit = 9
        self.order._settle_totals()
        problem = self.problems(order_id=self.order.id, reason="total_differs")
        self.order.order_line.price_unit = 10
        self.order._settle_totals()
        return problem

    def _close_stock_short(self, reason="stock_short"):
        problem = self.list_problem(reason, cause=str(self.order.id))
        self.order.picking_ids.action_assign()
        return problem

    def _close_oversold(self):
        return self._close_stock_short("oversold")

    def _close_cancelled_after_pick(self, reason="cancelled_after_pick"):
        problem = self.list_problem(reason)
        self.order._action_cancel()
        return problem

    def _close_cancelled_after_ship(self):
        return self._close_cancelled_after_pick("cancelled_after_ship")

    def _close_no_supplier(self):
        return self._close_cancelled_after_pick("no_supplier")

    def _close_cancel_requested(self):
        problem = self.list_problem("cancel_requested", params={"why": "changed my mind"})
        self.see_again()
        return problem

    def _close_shipped_elsewhere(self):
        return self._close_cancelled_after_pick("shipped_elsewhere")

    def _close_reopened(self):
        self.channel.cancel_policy = "never"
        self.order._action_cancel()
        problem = self.list_problem("reopened")
        self.order.action_draft()
        return problem

    def _close_unfulfillable(self):
        problem = self.list_problem("unfulfillable")
        self.see_again()
        return problem

    def _close_carrier_unmapped(self):
        picking = self.order.picking_ids
        carrier = self.env["delivery.carrier"].create(
            {"name": "DHL", "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        )
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "T1"})
        with patch.object(type(self.channel), "_shipment_carrier", side_effect=errors.Unmapped("carrier", "DHL")):
            picking.button_validate()
        problem = self.problems(order_id=self.order.id, reason="carrier_unmapped")
        problem.action_retry()
        return problem

    def _close_cancel_untold(self):
        self.order._action_cancel()
        problem = self.problems(order_id=self.order.id, reason="cancel_untold")
        self.see_again(status="cancelled")
        return problem

    def _close_refund_untold(self):
        refund = self.env["oms.refund"].create(
            {"order_id": self.order.id, "channel_id": self.channel.id, "adjustment": 4}
        )
        problem = self.list_problem("refund_untold", cause=str(refund.id))
        item = dto.RefundData(external_id="R9", order_external_id="100-1", amount=money("4.00"))
        self.env["oms.refund"]._take_over(self.channel, [item])
        return problem

    def _close_credit_note_failed(self):
        refund = self.env["oms.refund"].create(
            {"order_id": self.order.id, "channel_id": self.channel.id, "adjustment": 4}
        )
        problem = self.list_problem("credit_note_failed", cause=str(refund.id))
        self.channel._redraft_credit_notes()
        return problem

    def test_a_message_that_is_taken_at_last_closes_its_problem(self):
        for kind in MESSAGES:
            for state, reason in (("dead", f"{kind}_refused"), ("unknown", f"{kind}_unknown")):
                with self.subTest(reason=reason):
                    row = self.env["oms.outbox"].create(
                        {
                            "channel_id": self.channel.id,
                            "kind": kind,
                            "key": reason,
                            "order_id": self.order.id,
                            "state": state,
                            "answer": "No",
                        }
                    )
                    row._conclude()
                    problem = self.problems(outbox_id=row.id)
                    self.assertEqual(problem.reason, reason)
                    self.assertTrue(problem.get_panel()["buttons"])
                    row.write({"state": "done", "done_at": fields.Datetime.now()})
                    with patch.object(type(row), "_words", return_value={}):
                        row._conclude()
                    self.assertEqual(problem.state, "closed")
