from datetime import timedelta, timezone
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import dto
from .common import NOW, OmsCase


def money(amount, currency="USD"):
    return dto.Money(amount=Decimal(amount), currency=currency)


@tagged("post_install", "-at_install")
class TestImport(OmsCase):
    def test_order_is_created_with_the_channels_amounts_confirmed_and_reserved(self):
        charge = dto.Charge(kind="shipping", amount=money("4.95"))
        line = self.order_line(quantity=3, amount="30.00", charges=(charge,), gift_message="Happy birthday")
        order = self.import_orders(self.order_data(lines=[line], total="34.95"))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 34.95)
        self.assertEqual(order.oms_total_check, "equal")
        self.assertEqual(order.order_line.mapped("oms_kind"), ["goods", "shipping"])
        goods = order.order_line[0]
        self.assertEqual((goods.product_id, goods.product_uom_qty, goods.price_unit), (self.products[0], 3, 10.0))
        self.assertEqual(goods.oms_gift_message, "Happy birthday")
        self.assertEqual(order.partner_shipping_id.street, "1 Main Street")
        self.assertEqual(order.partner_shipping_id.state_id.code, "WA")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(order.date_order, (NOW - timedelta(hours=2)).replace(tzinfo=None))
        self.assertFalse(order.oms_exception_ids)
        self.assertEqual(set(order.oms_event_ids.mapped("kind")), {"imported", "confirmed", "reserved"})

    def test_same_document_twice_changes_nothing(self):
        order = self.import_orders(self.order_data())
        events = len(order.oms_event_ids)
        again = self.import_orders(self.order_data())
        self.assertEqual(again, order)
        self.assertEqual(len(order.oms_event_ids), events)
        self.assertEqual(self.env["oms.inbox"].search_count([("channel_id", "=", self.channel.id)]), 1)

    def test_mark_moves_only_when_the_last_page_is_stored(self):
        self.put(*(self.order_data(f"100-{number}") for number in range(5)))
        state = self.channel._state("orders")
        before = state.complete_until
        self.channel._job_fetch_orders()
        self.assertEqual(state.complete_until or before, before or state.complete_until)
        self.assertEqual(state.page, "2")
        self.channel._job_fetch_orders()
        self.channel._job_fetch_orders()
        self.assertEqual(state.complete_until, NOW.replace(tzinfo=None))
        self.assertFalse(state.page)
        self.assertEqual(len(self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])), 5)

    def test_unknown_sku_holds_the_order_and_linking_it_releases_all(self):
        orders = self.import_orders(
            self.order_data("100-1", [self.order_line(sku="NEW")]),
            self.order_data("100-2", [self.order_line(sku="NEW")]),
            self.order_data("100-3"),
        )
        self.assertEqual(orders.mapped("state"), ["draft", "draft", "sale"])
        problems = self.problems(reason="unmapped_sku")
        self.assertEqual(len(problems), 2)
        self.assertIn("NEW", problems[0].summary)
        problems[0].product_id = self.products[1]
        problems[0].action_link_product()
        self.assertEqual(orders.mapped("state"), ["sale", "sale", "sale"])
        self.assertEqual(orders[0].order_line.product_id, self.products[1])
        self.assertEqual(orders[0].order_line.price_unit, 10.0)
        self.assertEqual(orders[0].order_line.name, "Title NEW")
        self.assertEqual(orders[0].order_line.oms_external_line_id, "1")
        self.assertEqual(orders[0].picking_ids.state, "assigned")
        self.assertFalse(self.problems(reason="unmapped_sku"))

    def test_total_off_by_cents_becomes_one_rounding_line(self):
        order = self.import_orders(self.order_data(total="10.02"))
        self.assertEqual(order.amount_total, 10.02)
        self.assertEqual(order.order_line.filtered(lambda line: line.oms_kind == "rounding").price_unit, 0.02)
        self.assertEqual(order.state, "sale")

    def test_total_off_by_more_reserves_stock_but_may_not_leave(self):
        order = self.import_orders(self.order_data(total="12.50"))
        self.assertEqual((order.state, order.oms_hold), ("sale", "ship"))
        self.assertEqual(order.picking_ids.state, "assigned")
        problem = self.problems(reason="total_differs")
        self.assertIn("12.50", problem.summary)
        with self.assertRaisesRegex(Exception, "may not leave"):
            order.picking_ids.button_validate()
        problem.action_accept()
        self.assertFalse(order.oms_hold)
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")

    def test_awaiting_payment_is_a_quotation_until_it_is_paid(self):
        line = dto.OrderLine(external_id="1", sku="SKU-A", quantity=Decimal(2))
        order = self.import_orders(self.order_data(lines=[line], total=None, status="awaiting_payment", ship_to=None))
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)
        with self.assertRaisesRegex(UserError, "not paid yet"):
            order.action_confirm()
        paid = self.order_data(lines=[self.order_line(quantity=2, amount="20.00")], total="20.00", updated_at=NOW)
        self.assertEqual(self.import_orders(paid), order)
        self.assertEqual((order.state, order.amount_total), ("sale", 20.0))
        self.assertEqual(order.partner_shipping_id.city, "Seattle")

    def test_cancelled_before_picking_cancels(self):
        order = self.import_orders(self.order_data())
        self.import_orders(self.order_data(status="cancelled", updated_at=NOW))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_a_change_told_in_another_time_zone_is_not_an_older_one(self):
        order = self.import_orders(self.order_data())
        there = NOW.astimezone(timezone(timedelta(hours=-5)))
        self.import_orders(self.order_data(status="cancelled", updated_at=there))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.oms_changed_at, NOW.replace(tzinfo=None))

    def test_cancelled_before_we_saw_it_is_on_record_and_asks_nothing(self):
        order = self.import_orders(self.order_data(status="cancelled", lines=[self.order_line(sku="NEW")]))
        self.assertEqual((order.state, order.amount_total), ("cancel", 10.0))
        self.assertFalse(order.oms_exception_ids)

    def test_cancelled_before_we_saw_it_need_not_add_up(self):
        order = self.import_orders(self.order_data(status="cancelled", total="999.00"))
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self.problems(order_id=order.id))

    def test_cancelled_after_picking_asks_a_person(self):
        order = self.import_orders(self.order_data())
        order.picking_ids.move_ids.picked = True
        self.import_orders(self.order_data(status="cancelled", updated_at=NOW))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.problems(order_id=order.id).reason, "cancelled_after_pick")
        with self.assertRaisesRegex(Exception, "may not leave"):
            order.picking_ids.button_validate()

    def test_order_sent_by_the_channel_never_enters_our_picking(self):
        order = self.import_orders(self.order_data(status="shipped", fulfilled_by="channel"))
        self.assertEqual((order.state, order.oms_fulfilment), ("sale", "channel"))
        self.assertFalse(order.picking_ids)

    def test_order_shipped_before_import_is_not_sent_again(self):
        order = self.import_orders(self.order_data(status="shipped"))
        self.assertEqual((order.state, order.oms_fulfilment), ("sale", "elsewhere"))
        self.assertFalse(order.picking_ids)

    def test_missing_buyer_data_never_merges_customers(self):
        hidden = {"buyer": dto.Buyer(), "ship_to": dto.Address(city="Seattle", country="US", street="1 Main Street")}
        orders = self.import_orders(self.order_data("100-1", **hidden), self.order_data("100-2", **hidden))
        self.assertEqual(len(orders.partner_id), 2)

    def test_same_buyer_at_the_same_address_is_one_customer(self):
        buyer = dto.Buyer(name="Ann Buyer", email="ann@example.com")
        orders = self.import_orders(self.order_data("100-1", buyer=buyer), self.order_data("100-2", buyer=buyer))
        self.assertEqual(len(orders.partner_id), 1)

    def test_unreadable_document_is_quarantined_and_the_rest_imported(self):
        self.memory.orders["100-0"] = b'{"external_id": "100-0", "lines": '
        orders = self.import_orders(self.order_data("100-1"), self.order_data("100-2"))
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
        row = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id), ("state", "=", "quarantined")])
        self.assertEqual(row.external_id, "100-0")
        self.assertEqual(self.problems(reason="unreadable").inbox_id, row)

    def test_bad_order_in_a_batch_stops_no_other_and_is_replayed(self):
        bad = self.order_data("100-0", buyer=dto.Buyer(name="nul\x00", email="x@example.com"), ship_to=None)
        orders = self.import_orders(bad, self.order_data("100-1"))
        self.assertEqual(orders.mapped("oms_external_id"), ["100-1"])
        self.assertEqual(self.problems(reason="import_failed").cause, "100-0")
        self.assertEqual(self.import_orders(self.order_data("100-0", updated_at=NOW)).state, "sale")

    def test_unknown_currency_waits_as_a_document_and_replays_after_the_fix(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "NZD")])
        currency.active = False
        data = self.order_data(currency="NZD", lines=[self.order_line(quantity=1, amount="10.00")])
        self.assertFalse(self.import_orders(data))
        problem = self.problems(reason="unmapped_currency")
        self.assertEqual(problem.cause, "NZD")
        currency.active = True
        problem.action_retry()
        self.env["oms.inbox"].search([("state", "=", "new")])._job_import()
        order = self.env["sale.order"]._find_external(self.channel, ["100-1"])["100-1"]
        self.assertEqual((order.currency_id.name, order.state), ("NZD", "sale"))
        self.assertEqual(problem.state, "closed")

    def test_unknown_country_reserves_but_may_not_leave(self):
        address = dto.Address(name="A", street="1 Road", city="Nowhere", country="ZZ")
        order = self.import_orders(self.order_data(ship_to=address))
        self.assertEqual((order.state, order.oms_hold), ("sale", "ship"))
        order.partner_shipping_id.country_id = self.env.ref("base.nl")
        self.problems(order_id=order.id).action_retry()
        self.assertFalse(order.oms_hold)

    def test_tax_the_channel_collected_is_its_own_line(self):
        tax = dto.TaxAmount(amount=money("0.83"), collected_by="channel")
        order = self.import_orders(self.order_data(lines=[self.order_line(taxes=(tax,))], total="10.83"))
        line = order.order_line.filtered(lambda line: line.oms_kind == "channel_tax")
        self.assertEqual((line.price_unit, order.amount_total), (0.83, 10.83))
        self.assertFalse(order.oms_exception_ids)

    def test_tax_of_ours_without_a_tax_here_keeps_the_total_and_says_so(self):
        tax = dto.TaxAmount(amount=money("0.83"))
        order = self.import_orders(self.order_data(lines=[self.order_line(taxes=(tax,))], total="10.83"))
        self.assertEqual((order.amount_total, order.state), (10.83, "sale"))
        self.assertEqual(self.problems(order_id=order.id).reason, "unmapped_tax")

    def test_linked_tax_is_applied_inside_the_price(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT 20% incl.", "amount": 20, "price_include_override": "tax_included", "type_tax_use": "sale"}
        )
        self.channel.tax_ids = [(0, 0, {"tax_id": tax.id})]
        order = self.import_orders(
            self.order_data(lines=[self.order_line(quantity=3, amount="19.95")], total="19.95", is_tax_included=True)
        )
        self.assertEqual((order.amount_total, order.amount_tax), (19.95, 3.33))

    def test_discount_is_a_line_of_its_own(self):
        discount = dto.Charge(kind="discount", amount=money("-2.00"))
        order = self.import_orders(
            self.order_data(lines=[self.order_line(charges=(discount,), promotions=("SUMMER",))], total="8.00")
        )
        line = order.order_line.filtered(lambda line: line.oms_kind == "discount")
        self.assertEqual((line.price_unit, line.name, order.amount_total), (-2.0, "SUMMER", 8.0))

    def test_channel_order_cannot_be_deleted(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="NEW")]))
        with self.assertRaisesRegex(Exception, "cannot be deleted"):
            order.unlink()
