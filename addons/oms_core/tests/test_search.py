from odoo import Command
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto
from ..models import oms_order_search
from .common import OmsCase


class SearchCase(OmsCase):
    """An order with everything written on it that people look for, and somebody to look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk_groups = "oms_core.group_oms_clerk,stock.group_stock_user,account.group_account_invoice"
        cls.clerk = new_test_user(cls.env, "search-clerk", groups=clerk_groups)
        cls.picker = new_test_user(cls.env, "search-picker", groups="stock.group_stock_user")
        cls.env["oms.listing"].create(
            {"channel_id": cls.channel.id, "sku": "SKU-A", "product_id": cls.products[0].id, "title": "A"}
        )
        cls.products[0].write({"default_code": "OURS-77", "barcode": "4006381333931", "invoice_policy": "order"})

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data("302-5520981-17", buyer=self.buyer(), ship_to=self.address()))

    def buyer(self, **values):
        return dto.Buyer(**{"name": "Zoë Müller", "email": "zoe@mail.example", "purchase_order": "PO-9", **values})

    def address(self, **values):
        defaults = {
            "name": "Zoë Müller",
            "street": "Main Street 1",
            "city": "Łódź",
            "postal_code": "90-001",
            "country": "US",
            "phone": "+48 (42) 555-01 23",
        }
        return dto.Address(**{**defaults, **values})

    def found(self, term, user=None):
        """Return the orders a term finds in the box; the list's field must find the same ones."""
        orders = self.env["sale.order"].with_user(user or self.clerk)
        hits = orders.oms_search(term, limit=50)
        found = orders.browse([hit["id"] for hit in hits])
        if len(str(term)) > 2:
            self.assertEqual(orders.search([("oms_any", "ilike", term)]), found.sorted())
        return found.with_env(self.env)

    def ship(self, order, tracking):
        picking = order.picking_ids
        picking.carrier_tracking_ref = tracking
        picking.move_ids.picked = True
        picking.button_validate()
        return picking


@tagged("post_install", "-at_install")
class TestSearch(SearchCase):
    """One box finds an order by whatever is written on it, and says why."""

    def test_scenario_8_one_box_finds_postcode_fragment_tracking_and_external_id(self):
        self.ship(self.order, "0034 0434 1122 2207")
        for term, field in (("0-001", "postcode"), ("003404341122220", "tracking"), ("5520981", "channel_number")):
            with self.subTest(term=term):
                hit, *others = self.env["sale.order"].with_user(self.clerk).oms_search(term)
                self.assertEqual((hit["id"], hit["field"], others), (self.order.id, field, []))

    def test_every_value_is_found_and_named(self):
        picking = self.ship(self.order, "1Z 999 AA1 0123")
        invoice = self.order._create_invoices()
        invoice.action_post()
        for term, field, match, is_exact in (
            (self.order.name, "name", self.order.name, True),
            ("302-5520981-17", "channel_number", "302-5520981-17", True),
            ("po-9", "reference", "PO-9", True),
            ("1z999aa10123", "tracking", "1Z 999 AA1 0123", True),
            (picking.name, "transfer", picking.name, True),
            (invoice.name.lower(), "invoice", invoice.name, True),
            ("zoe@mail", "email", "zoe@mail", False),
            ("MULLER", "buyer", "Müller", False),
            ("müller zoë", "buyer", "Müller", False),
            ("425550", "phone", "42) 555-0", False),
            ("90-001", "postcode", "90-001", False),
            ("lodz", "city", "Łódź", False),
            ("sku-a", "sku", "SKU-A", False),
            ("ours-77", "sku", "OURS-77", False),
            ("4006381333931", "barcode", "4006381333931", False),
        ):
            with self.subTest(term=term):
                self.assertEqual(self.found(term), self.order)
                hit = self.env["sale.order"].with_user(self.clerk).oms_search(term)[0]
                self.assertEqual((hit["field"], hit["match"], hit["is_exact"]), (field, match, is_exact))
                self.assertEqual(hit["text"][hit["start"] :][: len(match)], match)
                self.assertTrue(hit["label"])
                self.assertEqual(hit["channel"], "Memory")

    def test_the_number_is_found_without_prefix_and_zeros(self):
        self.order.name = "S04871"
        other = self.import_orders(self.order_data("302-4871190-66"))
        orders = self.env["sale.order"].with_user(self.clerk)
        self.assertEqual([hit["id"] for hit in orders.oms_search("4871")], [self.order.id, other.id])
        self.assertEqual([hit["is_exact"] for hit in orders.oms_search("4871")], [True, False])
        for typed in ("S04871", "s4871", "04871", "#4871", " 4871 ", 4871):
            self.assertEqual(orders.oms_search(typed)[0]["id"], self.order.id, typed)
        self.assertEqual(orders.search([("oms_any", "ilike", "0004871")]).ids, [self.order.id])

    def test_two_characters_find_whole_numbers_only(self):
        self.order.name = "S00042"
        self.assertEqual(self.found("42"), self.order)
        self.assertFalse(self.found("55"))
        self.assertFalse(self.found("zo"))
        self.assertFalse(self.env["sale.order"].with_user(self.clerk).oms_search("  "))

    def test_all_words_must_be_found(self):
        other = self.import_orders(self.order_data("9-1", ship_to=self.address(name="Zoë Schmidt")))
        self.assertEqual(self.found("zoë lodz"), self.order | other)
        self.assertEqual(self.found("müller sku-a zo"), self.order)
        self.assertFalse(self.found("müller schmidt"))

    def test_wildcards_and_sql_are_letters(self):
        self.order.client_order_ref = r"50%_off\o'x;--"
        for term in (r"50%_off\o'x;--", "50%_", r"f\o'", "'x;--"):
            with self.subTest(term=term):
                self.assertEqual(self.found(term), self.order)
        for term in ("%%%", "___", r"\\\\", "5_%_off", "') OR 1=1 --", "zo%ller", "\ud800abc", "zo\x00e"):
            with self.subTest(term=term):
                self.assertFalse(self.found(term))
        self.assertFalse(self.env["sale.order"].with_user(self.clerk).oms_search("\x00\x00\x00"))

    def test_what_is_no_term_is_refused_in_words(self):
        orders = self.env["sale.order"].with_user(self.clerk)
        for term in (None, False, True, ["S1"], {"a": 1}, 1.5):
            with self.subTest(term=term), self.assertRaisesRegex(UserError, "as text"):
                orders.oms_search(term)
        for limit in (None, "5", 2.5, True):
            with self.subTest(limit=limit), self.assertRaisesRegex(UserError, "as a number"):
                orders.oms_search("zoe", limit=limit)
        self.assertEqual(len(orders.oms_search("zoe", limit=-3)), 1)
        self.assertFalse(orders.oms_search("x" * 5000))

    def test_the_lists_field_can_be_joined_and_turned_around(self):
        other = self.import_orders(self.order_data("9-1"))
        orders = self.env["sale.order"].with_user(self.clerk)
        ours = [("id", "in", (self.order | other).ids)]
        self.assertEqual(orders.search([*ours, ("oms_any", "ilike", "zoe"), ("oms_any", "ilike", "lodz")]), self.order)
        self.assertEqual(orders.search([*ours, ("oms_any", "not ilike", "zoe")]), other)
        self.assertEqual(
            orders.search([*ours, "|", ("oms_any", "=", "zoe"), ("oms_any", "=", "9-1")]), self.order | other
        )
        self.assertEqual(orders.search([*ours, ("oms_any", "ilike", "")]), self.order | other)
        self.assertEqual(
            self.env["sale.order.line"].search([("order_id.oms_any", "ilike", "zoe")]).order_id, self.order
        )


@tagged("post_install", "-at_install")
class TestSearchUpkeep(SearchCase):
    """The text follows whatever is written, and is visible at once."""

    def test_the_order_itself(self):
        self.order.write({"name": "X-1", "client_order_ref": "REF-2"})
        self.assertEqual(self.found("x-1"), self.order)
        self.assertEqual(self.found("ref-2"), self.order)
        self.assertFalse(self.found("po-9"))

    def test_an_order_without_a_channel(self):
        partner = self.env["res.partner"].create({"name": "Walk-in Willy"})
        line = Command.create({"product_id": self.products[1].id})
        order = self.env["sale.order"].create({"partner_id": partner.id, "order_line": [line]})
        self.assertEqual(self.found("willy"), order)
        order.partner_id = self.env["res.partner"].create({"name": "Wholesale Wanda"})
        self.assertFalse(self.found("willy"))
        self.assertEqual(self.found("wanda"), order)

    def test_the_customer(self):
        self.order.partner_id.write({"name": "Zora Neu", "email": "neu@x.example", "phone": "0911 77", "zip": "11111"})
        for term in ("zora", "neu@x", "091177", "11111"):
            self.assertEqual(self.found(term), self.order, term)
        self.assertFalse(self.found("müller"))
        self.order.partner_shipping_id = self.env["res.partner"].create({"name": "Neighbour Ned", "zip": "22222"})
        self.assertEqual(self.found("ned 22222 zora"), self.order)
        self.order.partner_shipping_id.zip = "33333"
        self.assertEqual(self.found("33333"), self.order)

    def test_the_company_of_the_customer(self):
        company = self.env["res.partner"].create({"name": "Fernweg Retail", "is_company": True})
        self.order.partner_id.parent_id = company
        self.assertEqual(self.found("fernweg retail"), self.order)
        company.name = "Other Traders"
        self.assertEqual(self.found("other traders"), self.order)

    def test_merged_customers(self):
        twin = self.env["res.partner"].create({"name": "Zoë Twin"})
        self.found("zoe")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.order.partner_id | twin).ids, twin, extra_checks=False)
        self.assertEqual(self.order.partner_id, twin)
        self.assertEqual(self.found("twin"), self.order)
        self.assertFalse(self.found("müller"))

    def test_lines(self):
        order = self.env["sale.order"].create({"partner_id": self.order.partner_id.id})
        extra = self.env["product.product"].create({"name": "Stove", "default_code": "ST-GAS", "barcode": "777001"})
        line = self.env["sale.order.line"].create({"order_id": order.id, "product_id": extra.id})
        self.assertEqual(self.found("st-gas"), order)
        self.assertEqual(self.found("777001"), order)
        line.product_id = self.products[0]
        self.assertFalse(self.found("st-gas"))
        line.unlink()
        self.assertEqual(self.found("ours-77"), self.order)

    def test_the_product(self):
        self.products[0].default_code = "NEW-88"
        self.products[0].product_tmpl_id.barcode = "5000000000012"
        self.assertEqual(self.found("new-88"), self.order)
        self.assertEqual(self.found("5000000000012"), self.order)
        self.assertFalse(self.found("ours-77"))

    def test_tracking_and_invoices(self):
        self.ship(self.order, "TR-1")
        self.assertEqual(self.found("tr-1"), self.order)
        self.order.picking_ids.carrier_tracking_ref = "TR-2"
        self.assertFalse(self.found("tr-1"))
        self.assertEqual(self.found("tr-2"), self.order)
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.assertEqual(self.found(invoice.name), self.order)
        invoice.button_draft()
        invoice.name = "RE-5/77"
        self.assertEqual(self.found("re-5/77"), self.order)

    def test_a_rolled_back_change_leaves_no_words(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.order.client_order_ref = "GONE-1"
            self.assertEqual(self.found("gone-1"), self.order)
            raise ZeroDivisionError
        self.assertFalse(self.found("gone-1"))
        self.assertEqual(self.found("po-9"), self.order)

    def test_a_record_of_very_many_orders_is_followed_by_a_job(self):
        orders = self.order.concat(*(self.import_orders(self.order_data(f"9-{number}")) for number in range(3)))
        self.found("ours-77")
        self.patch(oms_order_search, "AT_ONCE", 2)
        self.patch(oms_order_search, "FILLED_BY_ONE_JOB", 1)
        with trap_jobs() as jobs:
            self.products[0].default_code = "NEW-88"
            self.assertEqual(self.found("new-88"), orders[-2:])
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        self.assertEqual(self.found("new-88"), orders)
        self.assertFalse(self.found("ours-77"))

    def test_orders_from_before_get_their_texts(self):
        others = self.import_orders(self.order_data("9-1"), self.order_data("9-2"))
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.execute("DELETE FROM oms_order_search")
        self.assertFalse(self.found("ours-77"))
        self.patch(oms_order_search, "FILLED_BY_ONE_JOB", 2)
        with trap_jobs() as jobs:
            self.env["oms.order.search"]._cron_refresh()
            self.env.cr.execute("DELETE FROM oms_order_search")
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        self.assertEqual(self.found("ours-77"), self.order | others)
        self.env["oms.order.search"]._queue_fill()
        with trap_jobs() as jobs:
            self.env["oms.order.search"]._queue_fill()
            self.assertFalse(jobs.enqueued_jobs)

    def test_the_text_goes_with_its_order(self):
        order = self.env["sale.order"].create({"partner_id": self.order.partner_id.id})
        self.found("zoe")
        order.unlink()
        self.assertEqual(self.found("zoe"), self.order)


@tagged("post_install", "-at_install")
class TestSearchPrivacy(SearchCase):
    """Buyers' data in the texts is for those who may see it."""

    def test_a_forgotten_buyer_is_not_found(self):
        self.ship(self.order, "TR-1")
        self.found("zoe")
        self.order._forget("the channel asked for it")
        for term in ("zoe", "müller", "zoe@mail", "425550", "90-001", "lodz"):
            self.assertFalse(self.found(term), term)
        self.assertEqual(self.found("302-5520981-17"), self.order)
        self.env.cr.execute("SELECT words || numbers FROM oms_order_search WHERE id = %s", [self.order.id])
        self.assertNotIn("zoe", self.env.cr.fetchone()[0])

    def test_another_company_finds_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "search-other",
            groups="oms_core.group_oms_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for term in (self.order.name, "302-5520981-17", "zoe"):
            self.assertFalse(self.found(term, user), term)

    def test_a_salesman_finds_his_own_and_free_orders(self):
        user = new_test_user(self.env, "search-sales", groups="sales_team.group_sale_salesman")
        self.assertEqual(self.found("zoe", user), self.order)
        self.order.user_id = self.clerk
        self.assertFalse(self.found("zoe", user))

    def test_warehouse_staff_cannot_search_by_buyers(self):
        orders = self.env["sale.order"].with_user(self.picker)
        with self.assertRaises(AccessError):
            orders.oms_search("zoe")
        with self.assertRaises(AccessError):
            orders.search([("oms_any", "ilike", "zoe")])
        with self.assertRaises(AccessError):
            self.env["oms.order.search"].with_user(self.picker).search([])
        with self.assertRaises(AccessError):
            self.env["oms.order.search"].with_user(self.env.ref("base.user_admin")).search([])
        self.assertNotIn("oms_any", orders.fields_get())

    def test_portal_and_employees_cannot(self):
        for name, group in (("search-portal", "base.group_portal"), ("search-employee", "base.group_user")):
            user = new_test_user(self.env, name, groups=group)
            with self.assertRaises(AccessError):
                self.env["sale.order"].with_user(user).oms_search("zoe")
