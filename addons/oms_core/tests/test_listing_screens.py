import json

import msgspec
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..lib import dto
from .full_channel import FullAdapter, FullCase
from .screen_users import add_desk_users, run_jobs_at_once


class ListingCase(FullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)
        cls.sock, cls.stove = cls.env["product.product"].create(
            [
                {"name": "Merino socks M, grey", "default_code": "SK-MER-M-GRY", "is_storable": True},
                {"name": "Gas stove", "default_code": "ST-GAS", "barcode": "4006381333931", "is_storable": True},
            ]
        )
        cls.env["stock.quant"]._update_available_quantity(cls.sock, cls.warehouse.lot_stock_id, 24)
        cls.env["stock.quant"]._update_available_quantity(cls.stove, cls.warehouse.lot_stock_id, 10)

    def listing(self, sku, product=None, **values):
        found = {
            "channel_id": self.channel.id,
            "sku": sku,
            "product_id": product and product.id,
            "read_at": "2026-11-23",
        }
        return self.env["oms.listing"].create(found | values)

    def target(self, listing):
        """Return what the push computes."""
        self.channel._refresh_targets(listing)
        return listing.qty_target


@tagged("post_install", "-at_install")
class TestListingExplanation(ListingCase):
    """The picture shows the numbers of the push, whatever the listing is."""

    def test_the_steps_lead_from_what_is_on_hand_to_what_is_pushed(self):
        self.channel.write({"stock_buffer": 2, "stock_percent": 50, "stock_most": 9})
        listing = self.listing("SK-MER-M-GRY", self.sock)
        self.import_orders(self.order_data(lines=[self.order_line(sku="SK-MER-M-GRY", quantity=3, amount="10.00")]))
        facts = listing.with_user(self.clerk).get_stock_explanation()
        self.assertEqual(
            [(step["term"], step["change"], step["left"]) for step in facts["steps"]],
            [
                ("on_hand", 24, 24),
                ("reserved", -3, 21),
                ("free", 21, 21),
                ("buffer", -2, 19),
                ("percent", -9.5, 9.5),
                ("most", -0.5, 9),
                ("shown", 9, 9),
            ],
        )
        self.assertEqual((facts["target"], self.target(listing)), (9, 9))
        self.assertEqual(json.loads(json.dumps(facts)), facts)

    def test_a_pack_and_a_rule_of_its_own(self):
        listing = self.listing("PACK", self.sock, units=5, has_own_rule=True, stock_end_when=4, stock_percent=100)
        facts = listing.get_stock_explanation()
        self.assertEqual([step["term"] for step in facts["steps"]], ["on_hand", "free", "units", "whole", "shown"])
        listing.stock_end_when = 5
        facts = listing.get_stock_explanation()
        self.assertEqual([step["term"] for step in facts["steps"]][-2:], ["end_when", "shown"])
        self.assertEqual((facts["target"], self.target(listing)), (0, 0))
        self.assertIn("this listing", facts["rule"][0]["where"])

    def test_the_scarcest_part_of_a_kit_is_named(self):
        part = {"product_id": self.stove.id, "units": 4}
        listing = self.listing("KIT", self.sock, part_ids=[(0, 0, part)])
        facts = listing.get_stock_explanation()
        self.assertEqual((facts["limited_by"], facts["target"]), (self.stove.display_name, 2))
        self.assertEqual(self.target(listing), 2)

    def test_stock_elsewhere_is_shown_and_not_counted(self):
        other = self.env["stock.warehouse"].create({"name": "Far away", "code": "FAR"})
        self.env["stock.quant"]._update_available_quantity(self.sock, other.lot_stock_id, 7)
        facts = self.listing("SK-MER-M-GRY", self.sock).get_stock_explanation()
        places = {place["name"]: (place["on_hand"], place["is_counted"]) for place in facts["places"]}
        self.assertEqual(places, {self.warehouse.name: (24, True), "Far away": (7, False)})
        self.assertEqual(facts["target"], 24)

    def test_where_stock_is_kept_by_place_each_sale_is_from_one_place(self):
        other, apart = self.env["stock.warehouse"].create(
            [{"name": "Other", "code": "OTH"}, {"name": "No place there", "code": "NOP"}]
        )
        for warehouse, units in ((other, 3), (apart, 50)):
            self.env["stock.quant"]._update_available_quantity(self.sock, warehouse.lot_stock_id, units)
        self.channel.warehouse_ids = self.warehouse | other | apart
        places = {self.warehouse.id: "main", other.id: "second"}
        self.patch(type(self.channel), "_stock_places", lambda channel: places)
        listing = self.listing("PACK", self.sock, units=5)
        facts = listing.get_stock_explanation()
        terms = [(step["term"], step["left"]) for step in facts["steps"]]
        self.assertEqual(terms, [("on_hand", 27), ("free", 27), ("units", 5.4), ("places", 4), ("shown", 4)])
        self.assertEqual((facts["target"], self.target(listing)), (4, 4))

    def test_its_own_orders_are_free_where_the_channel_takes_them_off(self):
        listing = self.listing("SK-MER-M-GRY", self.sock)
        self.import_orders(self.order_data(lines=[self.order_line(sku="SK-MER-M-GRY", quantity=3, amount="10.00")]))
        limits = msgspec.structs.replace(FullAdapter.limits, counts_own_orders=True)
        self.patch(FullAdapter, "limits", limits)
        facts = listing.get_stock_explanation()
        self.assertEqual([step["term"] for step in facts["steps"]], ["on_hand", "reserved", "own", "free", "shown"])
        self.assertEqual((facts["target"], self.target(listing)), (24, 24))

    def test_an_archived_product_shows_none(self):
        listing = self.listing("SK-MER-M-GRY", self.sock)
        self.sock.active = False
        facts = listing.get_stock_explanation()
        self.assertEqual((facts["target"], self.target(listing)), (0, 0))

    def test_what_is_not_linked_or_not_ours_says_so(self):
        self.assertEqual(self.listing("NEW").get_stock_explanation()["state"], "unlinked")
        theirs = self.listing("FBA", self.sock, is_fulfilled_by_channel=True)
        self.assertEqual(theirs.get_stock_explanation()["state"], "channel")

    def test_trying_a_number_stores_nothing(self):
        self.channel.write({"stock_buffer": 2, "stock_percent": 50})
        listing = self.listing("SK-MER-M-GRY", self.sock)
        before = listing.read()
        tried = listing.with_user(self.clerk).try_rule(3)
        self.assertEqual((tried["shown"], listing.try_rule(12)["shown"]), (0, 5))
        self.assertIn("3 → 1", tried["text"])
        self.assertEqual(listing.read(), before)
        for wrong in (-1, "many", None, float("nan"), float("inf"), 1e30):
            with self.assertRaises(UserError):
                listing.try_rule(wrong)

    def test_only_those_who_may_read_listings_are_told(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        listing = self.listing("SK-MER-M-GRY", self.sock).with_user(stranger)
        for call in (listing.get_stock_explanation, listing.get_candidates, lambda: listing.try_rule(1)):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install")
class TestPushHistory(ListingCase):
    """The last pushes of a listing: when, how many, at what price, what the channel said, and why it was sent."""

    def setUp(self):
        super().setUp()
        self.channel.is_stock_pushed = True
        self.row = self.listing("SK-MER-M-GRY", self.sock)

    def send(self):
        """Do what waits: compute what the listings should show, and send it."""
        self.env.cr.precommit.run()
        with trap_jobs():
            self.env["oms.stock.dirty"]._job_refresh()
            self.channel._job_push_stock()

    def history(self):
        return self.row.with_user(self.clerk).get_stock_explanation()["pushes"]["history"]

    def test_each_push_is_kept_with_its_cause_and_who_caused_it(self):
        self.send()
        self.env["stock.quant"].with_user(self.picker).sudo()._update_available_quantity(
            self.sock, self.warehouse.lot_stock_id, -4
        )
        self.send()
        self.row.with_user(self.clerk).write({"has_own_rule": True, "stock_most": 5})
        self.send()
        with trap_jobs():
            self.row.qty_pushed = 99
            self.channel.with_user(self.manager).action_push_all_stock()
            self.channel._job_push_stock()
        found = [(row["before"], row["quantity"], row["cause"], row["by"]) for row in self.history()]
        self.assertEqual(
            found,
            [
                (99, 5, "All stock was sent", self.manager.name),
                (20, 5, "The listing, its product or the stock rule was changed", self.clerk.name),
                (24, 20, "Stock changed", self.picker.name),
                (0, 24, "The listing, its product or the stock rule was changed", ""),
            ],
        )
        self.assertEqual({row["refusal"] for row in self.history()}, {""})

    def test_a_refused_push_is_kept_with_the_channels_words(self):
        def refuse(_adapter, levels):
            return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref, error="Offer ended") for level in levels))

        self.patch(self.memory, "push_stock", refuse)
        self.send()
        self.assertEqual([(row["quantity"], row["refusal"]) for row in self.history()], [(24, "Offer ended")])

    def test_a_batch_of_pushes_is_kept_by_one_statement(self):
        self.listing("ST-GAS", self.stove)
        entries = []
        known = type(self.env["oms.listing.push"])._note

        def note(pushes, found):
            entries.append(len(found))
            return known(pushes, found)

        self.patch(self.env.registry["oms.listing.push"], "_note", note)
        self.send()
        self.assertEqual(entries, [2])

    def test_only_the_newest_stay(self):
        other = self.listing("ST-GAS", self.stove)
        pushes = self.env["oms.listing.push"]
        for number in range(25):
            pushes._note([(self.row.id, number, 0, False, None, None, "stock", None)])
        pushes._note([(other.id, 7, 0, True, 9.9, "no", "stock", None)])
        pushes._drop_old()
        self.assertEqual(sorted(pushes.search([("listing_id", "=", self.row.id)]).mapped("quantity")), [*range(5, 25)])
        self.assertEqual(pushes.search([("listing_id", "=", other.id)]).company_id, self.channel.company_id)

    def test_people_read_the_history_and_nobody_writes_it(self):
        self.send()
        push = self.env["oms.listing.push"].search([("listing_id", "=", self.row.id)])
        with self.assertRaises(AccessError):
            push.with_user(self.manager).write({"quantity": 1})
        with self.assertRaises(AccessError):
            push.with_user(self.picker).read(["quantity"])


@tagged("post_install", "-at_install")
class TestListingMatch(ListingCase):
    """Which product a listing likely is, and why."""

    def test_candidates_say_why_and_how_alike(self):
        by_sku = self.listing("ST-GAS")
        by_barcode = self.listing("X-1", barcode="4006381333931")
        by_name = self.listing("X-2", title="Merino socks M grey")
        linked = self.listing("X-3", self.sock)
        rows = (by_sku | by_barcode | by_name | linked).with_user(self.clerk).get_candidates()
        self.assertEqual(set(rows), {str(row.id) for row in (by_sku, by_barcode, by_name)})
        first = {key: (row[0]["id"], row[0]["why"], row[0]["is_sure"]) for key, row in rows.items()}
        self.assertEqual(first[str(by_sku.id)], (self.stove.id, "same SKU", True))
        self.assertEqual(first[str(by_barcode.id)], (self.stove.id, "same barcode", True))
        self.assertEqual(first[str(by_name.id)], (self.sock.id, "name alike, 99 %", False))
        self.assertEqual(json.loads(json.dumps(rows)), rows)

    def test_all_sure_ones_are_linked_and_counted(self):
        sure = self.listing("ST-GAS") | self.listing("X-1", barcode="4006381333931")
        unsure = self.listing("X-2", title="Merino socks M grey")
        answer = self.env["oms.listing"].with_user(self.clerk).action_link_sure()
        self.assertEqual(sure.product_id, self.stove)
        self.assertFalse(unsure.product_id)
        self.assertIn("2 linked", answer["params"]["message"])
        answer = self.channel.with_user(self.manager).action_link_sure()
        self.assertIn("1 to link by hand", answer["params"]["message"])

    def test_two_products_with_one_reference_are_not_sure(self):
        self.env["product.product"].create({"name": "Twin", "default_code": "ST-GAS"})
        listing = self.listing("ST-GAS")
        listing.action_link_sure()
        self.assertFalse(listing.product_id)

    def test_linking_lets_orders_go_on_and_is_for_clerks(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="X-2")]))
        listing = self.env["oms.listing"].search([("sku", "=", "X-2")])
        self.assertEqual(order.oms_hold, "confirm")
        with self.assertRaises(UserError):
            listing.with_user(self.picker).link_product(self.sock.id)
        with self.assertRaises(UserError):
            listing.with_user(self.clerk).link_product(0)
        listing.with_user(self.clerk).link_product(self.sock.id)
        self.assertEqual((order.oms_hold, order.state), (False, "sale"))

    def test_the_barcode_the_channel_tells_is_kept(self):
        self.channel._apply_listings([dto.ListingData(sku="X-9", barcode="4006381333931")])
        listing = self.env["oms.listing"].search([("sku", "=", "X-9")])
        self.assertEqual((listing.barcode, listing.product_id), ("4006381333931", self.stove))

    def test_several_listings_of_a_product_are_counted_and_opened(self):
        listings = self.listing("A", self.sock) | self.listing("B", self.sock)
        self.assertEqual(listings.mapped("same_product_count"), [1, 1])
        self.assertEqual((self.sock.oms_listing_count, self.sock.product_tmpl_id.oms_listing_count), (2, 2))
        for action in (listings[0].action_view_same_product(), self.sock.product_tmpl_id.action_view_oms_listings()):
            self.assertEqual(self.env["oms.listing"].search(action["domain"]), listings)


@tagged("post_install", "-at_install")
class TestProblemPlaces(ListingCase):
    """Each problem opens where it is mended."""

    def problem(self, reason, cause, **values):
        entry = {"reason": reason, "channel_id": self.channel.id, "cause": cause, "params": {}}
        return self.env["oms.exception"]._open_problems([entry | values])

    def test_problems_of_a_listing_open_the_listing(self):
        listing = self.listing("SK-MER-M-GRY", self.sock)
        for reason in ("stock_refused", "quantity_absurd", "product_archived"):
            problem = self.problem(reason, listing.sku)
            action = problem.with_user(self.clerk).action_open_place()
            self.assertEqual((action["res_model"], action["res_id"]), ("oms.listing", listing.id))
            self.assertFalse(problem.can_retry)

    def test_a_quantity_that_is_right_is_believed_from_its_problem(self):
        listing = self.listing("SK-MER-M-GRY", self.sock, credible=5)
        self.channel._refresh_targets(listing)
        problem = self.problems(reason="quantity_absurd", cause=listing.sku)
        self.assertFalse(listing.is_stale)
        problem.with_user(self.clerk).action_believe_quantity()
        self.channel._refresh_targets(listing)
        self.assertEqual((problem.state, listing.is_stale, listing.qty_target), ("closed", True, 24))

    def test_ends_of_credentials_open_the_channel(self):
        action = self.problem("credential_ends", "The token").action_open_place()
        self.assertEqual((action["res_model"], action["res_id"]), ("oms.channel", self.channel.id))

    def test_what_a_refund_waits_for_is_opened(self):
        order = self.import_orders(self.order_data())
        refund = self.env["oms.refund"].create(
            {"order_id": order.id, "channel_id": self.channel.id, "origin": "channel"}
        )
        problem = self.problem("refund_untold", str(refund.id), order_id=order.id)
        self.assertEqual(problem.action_open_place()["res_id"], refund.id)
        refund.move_id = self.env["account.move"].create({"move_type": "out_refund", "partner_id": order.partner_id.id})
        action = self.problem("refund_reported", str(refund.id), order_id=order.id).action_open_place()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", refund.move_id.id))

    def test_a_return_that_is_asked_for_is_opened(self):
        order = self.import_orders(self.order_data())
        found = {"order_id": order.id, "channel_id": self.channel.id, "name": "R-1", "external_id": "R-1"}
        row = self.env["oms.return"].create(found | {"status": "requested"})
        action = self.problem("return_requested", "R-1", order_id=order.id).action_open_place()
        self.assertEqual((action["res_model"], action["res_id"]), ("oms.return", row.id))


@tagged("post_install", "-at_install")
class TestListingTours(HttpCase, ListingCase):
    """Listings in a real browser."""

    def setUp(self):
        super().setUp()
        run_jobs_at_once(self)

    def test_link_what_is_likely_and_what_is_sure(self):
        likely = self.listing("X-2", title="Merino socks M grey")
        sure = self.listing("ST-GAS", title="Stove")
        self.start_tour("/odoo/oms-listings", "oms_match_listings", login=self.clerk.login)
        self.assertEqual((likely.product_id, sure.product_id), (self.sock, self.stove))

    def test_why_a_listing_shows_what_it_shows(self):
        self.channel.write({"stock_buffer": 2, "stock_percent": 50})
        listing = self.listing("SK-MER-M-GRY", self.sock, title="Socks")
        self.channel._refresh_targets(listing)
        self.start_tour(f"/odoo/oms-listings/{listing.id}", "oms_waterfall", login=self.clerk.login)
        self.assertTrue(listing.has_own_rule)
