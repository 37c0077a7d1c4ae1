from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OmsCase


class TestApi(OmsCase):
    """What programs ask for: orders with a key, their state, parcels, returns, what can be promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = new_test_user(cls.env, "api_program", groups="oms_core.group_oms_clerk")
        cls.picker = new_test_user(cls.env, "api_picker", groups="stock.group_stock_user")

    def asked(self, **values):
        """Return an order as a program writes it."""
        lines = [{"sku": "SKU-A", "quantity": 2, "price": "12.50"}, {"sku": "SKU-B", "quantity": 1, "price": 5}]
        return {
            "customer": {
                "name": "Ann Example",
                "email": "ann@example.org",
                "street": "Main 1",
                "city": "Bern",
                "country": "CH",
            },
            "lines": lines,
            "reference": "PO 77",
            **values,
        }

    def place(self, key="k-1", **values):
        """Write an order as the program."""
        options = {name: values.pop(name) for name in ("confirm", "source") if name in values}
        orders = self.env["sale.order"].with_user(self.program)
        return orders.oms_create_order(key=key, order=self.asked(**values), **options)

    def order(self, answer):
        """Return the order of an answer, as the program sees it."""
        return self.env["sale.order"].with_user(self.program).browse(answer["id"])

    def test_an_order_is_written_and_confirmed_once(self):
        first = self.place()
        self.assertEqual((first["is_new"], first["why"], first["status"]), (True, "", "to_pick"))
        self.assertEqual([line["price"] for line in first["lines"]], [12.5, 5.0])
        again = self.place()
        self.assertEqual((again["id"], again["is_new"]), (first["id"], False))
        self.assertEqual(self.env["sale.order"].search_count([("oms_source_key", "=", "k-1")]), 1)
        self.assertEqual(self.place(source="shop")["is_new"], True)
        order = self.order(first)
        self.assertEqual(order.partner_id, self.order(self.place("k-2")).partner_id)
        self.assertEqual(order.oms_event_ids.sorted("id")[0].summary, "Written by api")
        with self.assertRaisesRegex(UserError, f"stands for order {order.name}"):
            self.place(reference="PO 78")

    def test_it_goes_where_it_is_told(self):
        ship_to = {"name": "Depot", "street": "Ramp 2", "city": "Basel", "country": "ch", "phone": "+41 61"}
        answer = self.place(ship_to=ship_to, shipping="4.90", ship_by_at="2026-12-01 12:00:00", note="Ring twice")
        order = self.order(answer)
        self.assertEqual(
            (order.partner_shipping_id.name, order.partner_shipping_id.parent_id), ("Depot", order.partner_id)
        )
        self.assertEqual(answer["ship_by_at"], "2026-12-01 12:00:00")
        self.assertIn(4.9, [line["price"] for line in answer["lines"]])

    def test_what_cannot_be_written_is_said_and_leaves_nothing(self):
        before = self.env["sale.order"].search_count([])
        people = self.env["res.partner"].search_count([])
        for values, words in (
            ({"lines": [{"sku": "NOPE", "quantity": 1}, {"sku": "NIX", "quantity": 1}]}, "NOPE.*\n.*NIX"),
            ({"lines": []}, "lines"),
            ({"currency": "XTS"}, "currency"),
            ({"warehouse": "moon"}, "warehouse"),
            ({"type": "whim"}, "type"),
            ({"ship_by_at": "soon"}, "2026-11-27"),
            ({"customer": {"id": 999999}}, "customer.id"),
            ({"tags": ["Nobody's"]}, "no tag"),
            ({"colour": "red"}, "no field colour"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self.place("bad", **values)
        for key in ("", "  ", "x" * 101, 7, None):
            with self.subTest(key=key), self.assertRaises(UserError):
                self.place(key)
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        self.assertEqual(self.env["res.partner"].search_count([]), people)

    def test_a_quotation_waits_and_is_found_by_its_number(self):
        answer = self.place(confirm=False)
        self.assertEqual(answer["status"], "quotation")
        orders = self.env["sale.order"].with_user(self.program)
        self.assertEqual(orders.oms_find_state(answer["name"])["id"], answer["id"])
        self.assertEqual(orders.oms_find_state(answer["id"])["name"], answer["name"])
        for nobodys in ("S99999999", "", False, True, 99999999):
            with self.subTest(number=nobodys), self.assertRaises(UserError):
                orders.oms_find_state(nobodys)

    def test_sent_in_two_parcels_and_each_told_once(self):
        order = self.order(self.place())
        first = order.oms_fulfil(lines=[{"sku": "SKU-A", "quantity": 1}], tracking="T-1")
        self.assertEqual((first["is_new"], first["units"], first["status"]), (True, 1.0, "part_shipped"))
        self.assertEqual(order.oms_fulfil(lines=[{"sku": "SKU-A", "quantity": 1}], tracking="T-1")["is_new"], False)
        with self.assertRaisesRegex(UserError, "2 asked for, 1 reserved"):
            order.oms_fulfil(lines=[{"sku": "SKU-A", "quantity": 2}], tracking="T-2")
        with self.assertRaisesRegex(UserError, "is not on"):
            order.oms_fulfil(lines=[{"sku": "SKU-Z", "quantity": 2}], tracking="T-2")
        with self.assertRaisesRegex(UserError, "no delivery method"):
            order.oms_fulfil(carrier="Pigeon", tracking="T-2")
        last = order.oms_fulfil(tracking="T-2")
        self.assertEqual((last["units"], last["status"]), (2.0, "shipped"))
        self.assertEqual([parcel["tracking"] for parcel in order.oms_get_state()[0]["parcels"]], ["T-1", "T-2"])
        with self.assertRaisesRegex(UserError, "Nothing of"):
            order.oms_fulfil(tracking="T-3")

    def test_three_steps_are_one_for_a_program(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.order(self.place())
        self.assertEqual(order.oms_fulfil(tracking="T-1")["status"], "shipped")

    def test_a_channels_order_is_told_to_the_channel(self):
        order = self.import_orders(self.order_data()).with_user(self.program)
        order.oms_fulfil(carrier="", tracking="T-9")
        self.assertEqual(order.oms_sync_state, "sending")
        self.assertEqual(order.sudo().oms_outbox_ids.payload["tracking"], "T-9")

    def test_what_is_held_does_not_leave(self):
        order = self.order(self.place())
        self.assertTrue(order.oms_put_on_hold("buyer", note="moves house")[0]["is_done"])
        with self.assertRaisesRegex(UserError, "moves house"):
            order.oms_fulfil(tracking="T")
        state = order.oms_get_state()[0]
        self.assertEqual((state["status"], state["holds"][0]["reason"]), ("held", "buyer"))
        order.oms_release_hold()
        self.assertEqual(order.oms_fulfil(tracking="T")["status"], "shipped")

    def test_goods_are_asked_back_once(self):
        order = self.order(self.place())
        with self.assertRaisesRegex(UserError, "0 were sent"):
            order.oms_request_return(lines=[{"sku": "SKU-A", "quantity": 1}], reason="too small")
        order.oms_fulfil(tracking="T")
        asked = {"lines": [{"sku": "SKU-A", "quantity": 1}], "reason": "too small", "key": "r-1"}
        answer = order.oms_request_return(**asked)
        self.assertEqual((answer["is_new"], answer["status"]), (True, "requested"))
        self.assertEqual(order.oms_request_return(**asked), answer | {"is_new": False})
        with self.assertRaisesRegex(UserError, "2 asked back, 1 were sent"):
            order.oms_request_return(lines=[{"sku": "SKU-A", "quantity": 2}])
        with self.assertRaisesRegex(UserError, "what comes back"):
            order.oms_request_return(lines=[])
        self.assertEqual(self.problems(order_id=order.id).reason, "return_requested")

    def test_cancelled_with_the_reason(self):
        order = self.order(self.place())
        self.assertEqual(order.oms_cancel("changed my mind")[0]["is_done"], True)
        self.assertEqual(order.oms_cancel()[0]["why"], "It is cancelled already.")

    def test_what_can_be_promised(self):
        self.place()
        products = self.env["product.product"].with_user(self.program)
        rows = products.oms_availability(skus=["SKU-A", "SKU-B", "NOPE"])
        self.assertEqual(
            [(row["free"], row["on_hand"], row["is_known"]) for row in rows],
            [(98, 100, True), (99, 100, True), (0, 0, False)],
        )
        self.assertEqual(products.oms_availability(skus=["SKU-A"], warehouse=self.warehouse.code)[0]["free"], 98)
        for values in ({"skus": "SKU-A"}, {"skus": [7]}, {"skus": ["A"], "warehouse": "moon"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                products.oms_availability(**values)

    def test_warehouse_staff_have_no_part_in_it(self):
        order = self.env["sale.order"].browse(self.place()["id"]).with_user(self.picker)
        for call in (
            lambda: order.oms_create_order(key="p", order=self.asked()),
            order.oms_get_state,
            order.oms_cancel,
            order.oms_confirm,
            lambda: order.oms_fulfil(tracking="T"),
            lambda: order.oms_request_return(lines=[{"sku": "SKU-A", "quantity": 1}]),
        ):
            with self.assertRaises(AccessError):
                call()
