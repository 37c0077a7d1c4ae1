from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCase


class TypeCase(OmsCase):
    """A customer who orders by hand, beside the channel."""

    def setUp(self):
        super().setUp()
        self.types = self.env["oms.order.type"]
        self.retail = self.env.ref("oms_core.order_type_retail")
        self.wholesale = self.env.ref("oms_core.order_type_wholesale")
        self.clerk = new_test_user(self.env, "type-clerk", groups="oms_core.group_oms_clerk")
        self.picker = new_test_user(self.env, "type-picker", groups="stock.group_stock_user")
        self.customer = self.env["res.partner"].create({"name": "Corner Shop", "street": "2 Main Street"})

    def make_order(self, quantity=1, price=100.0, **values):
        """Return a quotation made by hand."""
        line = {"product_id": self.products[0].id, "product_uom_qty": quantity, "price_unit": price, "tax_ids": []}
        vals = {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        return self.env["sale.order"].create(vals | values)

    def told(self, order, kind):
        return [event.summary for event in order.oms_event_ids.filtered(lambda event: event.kind == kind).sorted("id")]


@tagged("post_install", "-at_install")
class TestTypes(TypeCase):
    """A type is chosen by rule, says what follows, and stays once goods are in somebody's hands."""

    def test_the_channel_goes_before_the_customer_and_retail_is_the_rest(self):
        self.assertEqual(self.make_order().oms_type_id, self.retail)
        self.customer.oms_type_id = self.wholesale
        self.assertEqual(self.make_order().oms_type_id, self.wholesale)
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.customer.id})
        self.assertEqual(self.make_order(partner_id=branch.id).oms_type_id, self.wholesale)
        self.assertEqual(self.import_orders(self.order_data("100-1")).oms_type_id, self.retail)
        self.channel.order_type_id = self.wholesale
        self.assertEqual(self.import_orders(self.order_data("100-2")).oms_type_id, self.wholesale)

    def test_another_customer_does_not_change_a_type_that_was_chosen(self):
        order = self.make_order(oms_type_id=self.wholesale.id)
        order.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(order.oms_type_id, self.wholesale)

    def test_an_order_type_of_a_person_waits_for_one(self):
        slow = self.types.create({"name": "Checked", "confirmation": "person"})
        self.channel.order_type_id = slow
        order = self.import_orders(self.order_data())
        self.assertEqual(order.state, "draft")
        order.with_user(self.clerk).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_new_orders_get_what_the_type_says(self):
        pricelist = self.env["product.pricelist"].create({"name": "Trade"})
        term = self.env["account.payment.term"].create({"name": "Net 30"})
        group = self.env["oms.tag.group"].create({"name": "Speed"})
        rush, slow = self.env["oms.tag"].create([{"name": name, "group_id": group.id} for name in ("Rush", "Slow")])
        self.wholesale.write(
            {
                "pricelist_id": pricelist.id,
                "payment_term_id": term.id,
                "tag_ids": [Command.set(rush.ids)],
                "priority": "1",
            }
        )
        order = self.make_order(oms_type_id=self.wholesale.id)
        self.assertEqual((order.pricelist_id, order.payment_term_id, order.oms_tag_ids), (pricelist, term, rush))
        self.assertEqual(order.picking_policy, "one")
        self.assertEqual(self.make_order(oms_type_id=self.wholesale.id, oms_tag_ids=slow.ids).oms_tag_ids, slow)
        order.action_confirm()
        self.assertEqual((order.picking_ids.priority, order.picking_ids.move_type), ("1", "one"))
        own = self.env["account.payment.term"].create({"name": "At once"})
        self.customer.property_payment_term_id = own
        self.assertEqual(self.make_order(oms_type_id=self.wholesale.id).payment_term_id, own)

    def test_an_order_of_a_channel_keeps_its_prices(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.wholesale.pricelist_id = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        self.channel.order_type_id = self.types.create({"name": "Checked", "confirmation": "person"})
        order = self.import_orders(self.order_data())
        order.with_user(self.clerk).oms_type_id = self.wholesale
        self.assertEqual((order.currency_id, order.amount_total), (self.usd, 10.0))
        self.assertEqual(order.oms_total_check, "equal")

    def test_a_change_takes_over_what_is_safe_and_is_on_record(self):
        self.wholesale.write({"priority": "1", "pricelist_id": self.env["product.pricelist"].create({"name": "T"}).id})
        order = self.make_order(price=80.0)
        order.action_confirm()
        before = order.pricelist_id
        order.with_user(self.clerk).oms_type_id = self.wholesale
        self.assertEqual(self.told(order, "type_changed"), ["Retail → Wholesale"])
        self.assertEqual((order.picking_ids.priority, order.picking_ids.move_type), ("1", "one"))
        self.assertEqual((order.pricelist_id, order.amount_total), (before, 80.0))

    def test_picked_it_keeps_its_type(self):
        order = self.make_order()
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        self.assertTrue(order.oms_is_type_fixed)
        with self.assertRaisesRegex(UserError, "keeps its type"):
            order.with_user(self.clerk).oms_type_id = self.wholesale
        order.with_user(self.clerk).write({"oms_type_id": self.retail.id})  # it is that already

    def test_who_may_change_what(self):
        order = self.make_order()
        with self.assertRaises(AccessError):
            order.with_user(self.picker).write({"oms_type_id": self.wholesale.id})
        self.assertEqual(self.wholesale.with_user(self.picker).name, "Wholesale")
        with self.assertRaises(AccessError):
            self.wholesale.with_user(self.clerk).name = "Other"
        manager = new_test_user(self.env, "type-manager", groups="oms_core.group_oms_manager")
        self.wholesale.with_user(manager).name = "Trade"

    def test_a_route_of_the_type_gets_the_goods(self):
        route = self.warehouse.delivery_route_id.copy({"name": "Special", "sale_selectable": True})
        self.wholesale.route_ids = route
        order = self.make_order(oms_type_id=self.wholesale.id)
        order.action_confirm()
        self.assertEqual(order.order_line.move_ids.rule_id.route_id, route)

    def test_retail_archived_the_next_of_its_kind_takes_over(self):
        self.retail.active = False
        other = self.types.create({"name": "Web", "kind": "retail"})
        self.assertEqual(self.make_order().oms_type_id, other)
