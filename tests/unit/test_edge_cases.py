"""The cases users of such systems complain about most, each with the tests that are about it.

The numbers are those of the project's list of edge cases. A test that is renamed or taken away shows here.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = {
    "E2 totals differ: tax inside or on top, rounding, discounts": [
        "addons/oms_core/tests/test_import.py::test_total_off_by_cents_becomes_one_rounding_line",
        "addons/oms_core/tests/test_import.py::test_total_off_by_more_reserves_stock_but_may_not_leave",
        "tests/contract/test_magento_pushes.py::test_every_kind_of_order_adds_up",
        "tests/contract/test_channel_contract.py::test_generated_orders_add_up",
    ],
    "E3 orders missing: local time, overlap, clocks": [
        "addons/oms_core/tests/test_import.py::test_a_change_told_in_another_time_zone_is_not_an_older_one",
        "tests/faults/test_paging.py::test_clock_of_the_channel_is_wrong",
        "tests/contract/test_channel_contract.py::test_the_mark_is_the_channels_own_time",
        "addons/oms_core/tests/test_comparison.py::test_an_order_that_is_only_there_is_brought_here",
    ],
    "E4 throttling": [
        "tests/faults/test_trouble.py::test_too_many_requests_waits_as_long_as_it_was_told",
        "tests/contract/test_channel_contract.py::test_after_being_asked_to_wait_nothing_is_sent_in_vain",
    ],
    "E5 refund or return made on the other side": [
        "addons/oms_core/tests/test_after_order.py::"
        "test_a_refund_on_the_channel_is_kept_once_with_a_draft_credit_note_of_the_same_amount",
        "addons/oms_core/tests/test_after_order.py::test_a_return_is_kept_once_and_its_question_closes_when_it_is_answered",
        "tests/contract/test_channel_refunds.py::test_a_lost_answer_to_a_refund_never_pays_twice",
    ],
    "E6 an order twice": [
        "tests/faults/test_import_twice.py::test_every_job_delivered_twice",
        "tests/faults/test_import_twice.py::test_window_read_again_changes_nothing",
    ],
    "E7 cancelled after import, at every stage": [
        "addons/oms_core/tests/test_import.py::test_cancelled_before_picking_cancels",
        "addons/oms_core/tests/test_import.py::test_cancelled_after_picking_asks_a_person",
        "addons/oms_core/tests/test_after_order.py::test_a_wish_that_comes_after_the_parcel_left_is_answered_no",
        "addons/oms_core/tests/test_after_order.py::test_the_buyers_wish_holds_the_order_and_yes_answers_it",
    ],
    "E8 several parcels": [
        "tests/contract/test_channel_effects.py::test_a_parcel_told_twice_is_one_parcel",
        "tests/contract/test_magento_pushes.py::test_two_parcels_alike_are_two",
        "addons/oms_core/tests/test_shipping.py::test_missing_tracking_is_asked_for_and_told_once_entered",
    ],
    "E9 an SKU nobody knows": [
        "addons/oms_core/tests/test_import.py::test_unknown_sku_holds_the_order_and_linking_it_releases_all",
        "addons/oms_core/tests/test_listings.py::test_a_pack_takes_its_units_and_is_told_as_the_channel_counts",
        "tests/faults/test_bad_orders.py::test_unknown_sku_waits_until_it_is_linked",
    ],
    "E10 kits and bundles": [
        "addons/oms_core/tests/test_listings.py::test_a_kit_is_priced_once_and_told_when_all_of_it_has_left",
        "tests/unit/test_magento_money.py::test_a_bundle_with_a_price_of_its_own_is_cut_among_its_parts",
        "tests/contract/test_magento_pushes.py::test_a_bundle_leaves_whole_by_its_parent",
    ],
    "E11 two transactions at once": [
        "tests/faults/test_import_twice.py::test_two_importers_with_two_versions_of_each_order",
        "tests/faults/test_shipments.py::test_two_senders_of_one_message",
    ],
    "E12 edited after import": [
        "addons/oms_core/tests/test_changes.py::test_quantities_lines_charges_and_total_follow",
        "addons/oms_core/tests/test_changes.py::test_each_line_has_its_own_decision",
        "addons/oms_core/tests/test_changes.py::test_a_hand_edit_is_kept_and_a_change_of_the_same_is_asked",
    ],
    "E13 credentials end": [
        "addons/oms_core/tests/test_hints.py::test_what_ends_is_announced_thirty_seven_and_one_days_before_each_once",
        "tests/faults/test_sign_in.py::test_revoked_sign_in_keeps_the_queue_and_catches_up",
        "tests/contract/test_channel_contract.py::test_a_token_that_ended_is_renewed_unseen",
    ],
    "E16 stock in the channel's warehouses": [
        "addons/oms_core/tests/test_stock.py::test_stock_the_channel_keeps_is_never_touched",
        "addons/oms_core/tests/test_listings.py::test_lots_are_not_asked_for_and_stop_no_other_order",
        "addons/oms_core/tests/test_listings.py::"
        "test_an_order_the_channel_sent_leaves_that_place_and_never_enters_picking",
    ],
    "E17 buyer data missing or gone": [
        "addons/oms_core/tests/test_changes.py::test_vanished_data_blanks_nothing_and_is_no_change",
        "addons/oms_core/tests/test_import.py::test_missing_buyer_data_never_merges_customers",
        "addons/oms_channel_ebay/tests/test_orders.py::test_an_address_that_disappears_is_kept",
    ],
    "E18 several currencies": [
        "tests/unit/test_magento_money.py::test_the_order_currency_is_the_truth",
        "addons/oms_core/tests/test_changes.py::test_another_currency_is_never_taken_over",
        "addons/oms_core/tests/test_import.py::test_unknown_currency_waits_as_a_document_and_replays_after_the_fix",
    ],
    "E19 customers doubled or merged wrongly": [
        "addons/oms_core/tests/test_import.py::test_same_buyer_at_the_same_address_is_one_customer",
        "addons/oms_channel_amazon/tests/test_orders.py::test_buyers_without_a_name_are_never_the_same_customer",
    ],
    "E20 combined orders": [
        "tests/unit/test_ebay_order.py::test_lines_of_a_combined_order_stand_for_the_orders_they_were",
        "addons/oms_core/tests/test_policies.py::test_orders_not_picked_are_cancelled_quietly",
        "addons/oms_core/tests/test_policies.py::test_a_picked_one_holds_the_new_one_until_it_is_cancelled",
    ],
    "E21 not paid yet": [
        "addons/oms_core/tests/test_policies.py::test_skip_leaves_it_out_until_it_is_paid",
        "addons/oms_core/tests/test_policies.py::test_reserve_keeps_stock_but_does_not_let_it_leave_and_paid_goes_on",
        "addons/oms_core/tests/test_policies.py::test_not_paid_in_time_it_is_a_quotation_again_until_it_is_paid",
    ],
    "E22 sent on the channel by hand": [
        "addons/oms_core/tests/test_shipping.py::test_echo_of_our_own_shipment_is_no_problem",
        "addons/oms_core/tests/test_import.py::test_order_shipped_before_import_is_not_sent_again",
    ],
    "E23 charges beside the goods": [
        "tests/unit/test_magento_money.py::test_charges_have_kind_and_label",
        "tests/unit/test_magento_money.py::test_what_is_paid_with_is_a_negative_charge",
        "addons/oms_channel_amazon/tests/test_orders.py::test_charges_discounts_and_tax_on_top_make_amazons_total",
    ],
    "E24 tax the marketplace collects": [
        "addons/oms_core/tests/test_import.py::test_tax_the_channel_collected_is_its_own_line",
        "addons/oms_channel_ebay/tests/test_orders.py::test_shipping_discount_and_collected_tax_make_ebays_total",
        "addons/oms_channel_amazon/tests/test_orders.py::test_tax_amazon_keeps_is_no_part_of_the_order",
    ],
    "E25 one SKU on two lines": [
        "addons/oms_core/tests/test_changes.py::test_the_same_sku_on_two_lines_changes_the_right_one",
    ],
    "E26 a state that flaps": [
        "addons/oms_core/tests/test_changes.py::test_a_state_that_flaps_needs_a_person",
    ],
    "E27 one bad order": [
        "tests/faults/test_bad_orders.py::test_unreadable_orders_wait_alone_and_come_right",
        "addons/oms_core/tests/test_import.py::test_bad_order_in_a_batch_stops_no_other_and_is_replayed",
        "tests/contract/test_channel_contract.py::test_an_order_that_cannot_be_read_leaves_the_others",
    ],
    "E31 one SKU shared by several stores": [
        "addons/oms_channel_amazon/tests/test_keys.py::test_two_channels_of_a_seller_account_know_of_each_other",
        "tests/unit/test_amazon_adapter.py::test_stock_goes_through_the_first_store_that_lists_the_sku",
    ],
    "E40 an absurd quantity": [
        "addons/oms_core/tests/test_listings.py::"
        "test_a_quantity_nobody_can_believe_is_not_sent_until_somebody_says_it_is_right",
        "tests/unit/test_availability.py::test_nothing_shows_less_than_none_or_more_than_is_free",
    ],
    "E41 a product archived while it is on sale": [
        "addons/oms_core/tests/test_listings.py::test_an_archived_product_shows_none_and_keeps_its_link",
    ],
    "E44 a buyer is deleted": [
        "addons/oms_core/tests/test_hints.py::test_a_deleted_buyer_is_forgotten_and_the_amounts_stay",
        "addons/oms_channel_ebay/tests/test_hints.py::test_a_message_with_a_known_key_is_taken",
        "addons/oms_channel_ebay/tests/test_hints.py::test_the_test_of_our_address_needs_the_token",
    ],
    "E47 paging by counting rows": [
        "tests/contract/test_channel_contract.py::test_an_order_that_changes_between_two_pages_is_not_lost",
        "tests/faults/test_paging.py::test_order_that_changes_while_the_list_is_read",
    ],
}


def names_in(path):
    """Return the names of the test functions in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_its_tests(case):
    for place in CASES[case]:
        path, _colons, name = place.partition("::")
        assert name in names_in(path), place


def test_no_case_is_left_out():
    wanted = {*range(2, 14), *range(16, 28), 31, 40, 41, 44, 47}
    assert {int(re.match(r"E(\d+) ", case).group(1)) for case in CASES} == wanted
