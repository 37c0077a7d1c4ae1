import json

from odoo.tests import tagged

from .common import DE, JP, AmazonCase, document, item, money

FACILITATED = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]}


@tagged("post_install", "-at_install")
class TestOrders(AmazonCase):
    """Amazon's documents become orders with Amazon's amounts, or wait with the reason."""

    def test_charges_discounts_and_tax_on_top_make_amazons_total(self):
        parts = (("ITEM", "40.00"), ("SHIPPING", "5.00"), ("GIFT_WRAP", "3.00"), ("DISCOUNT", "8.00"), ("TAX", "4.00"))
        order = self.import_order("1-1", [item(parts=parts, total="44.00", quantity=2, tax=FACILITATED)], total="44.00")
        self.assertEqual((order.state, order.amount_total, order.oms_total_check), ("sale", 44.0, "equal"))
        amounts = {line.oms_kind: line.price_subtotal for line in order.order_line}
        self.assertEqual(
            amounts, {"goods": 40.0, "shipping": 5.0, "gift_wrap": 3.0, "discount": -8.0, "channel_tax": 4.0}
        )
        self.assertFalse(order.order_line.tax_ids)
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_tax_amazon_keeps_is_no_part_of_the_order(self):
        parts = (("ITEM", "40.00"), ("TAX", "3.20"))
        order = self.import_order("1-2", [item(parts=parts, total="40.00", tax=FACILITATED)], total="40.00")
        self.assertEqual((order.amount_total, order.oms_total_check), (40.0, "equal"))
        self.assertEqual(order.order_line.mapped("oms_kind"), ["goods"])

    def test_german_prices_hold_the_tax_linked_for_germany(self):
        tax = self.env["account.tax"].create(
            {"name": "19 % incl.", "amount": 19, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        self.channel.tax_ids = [(0, 0, {"country_id": self.env.ref("base.de").id, "tax_id": tax.id})]
        parts = (("ITEM", "119.00"), ("TAX", "19.00"))
        items = [item(parts=parts, total="119.00", currency="EUR")]
        german = document("1-3", items, store=DE)
        german["recipient"]["deliveryAddress"] |= {"countryCode": "DE", "stateOrRegion": "Berlin"}
        order = self.receive(german).order_id
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual((order.amount_untaxed, order.amount_tax, order.amount_total), (100.0, 19.0, 119.0))

    def test_yen_come_whole(self):
        order = self.import_order(
            "1-4", [item(parts=(("ITEM", "13960"),), total="13960", quantity=2, currency="JPY")], store=JP
        )
        self.assertEqual((order.currency_id.name, order.amount_total), ("JPY", 13960.0))
        self.assertEqual(order.order_line.price_unit, 6980.0)

    def test_prices_that_do_not_divide_keep_the_total(self):
        for number, (quantity, amount) in enumerate(((3, "10.00"), (7, "33.33"), (96, "100.00"))):
            order = self.import_order(f"3-{number}", [item(parts=(("ITEM", amount),), total=amount, quantity=quantity)])
            self.assertEqual((order.amount_total, order.oms_hold), (float(amount), False), f"{quantity} for {amount}")

    def test_unpaid_orders_reserve_nothing_until_they_are_paid(self):
        unpaid = document("1-5", status="PENDING")
        del unpaid["orderItems"][0]["proceeds"], unpaid["buyer"], unpaid["recipient"]
        order = self.receive(unpaid).order_id
        self.assertEqual((order.state, order.amount_total), ("draft", 0.0))
        self.assertFalse(order.picking_ids)
        paid = document("1-5", total="20.00", lastUpdatedTime="2026-11-01T12:00:00Z")
        self.assertEqual(self.receive(paid).order_id, order)
        self.assertEqual((order.state, order.amount_total), ("sale", 20.0))

    def test_orders_amazon_sends_never_enter_our_picking(self):
        order = self.import_order("1-6", by="AMAZON", status="SHIPPED")
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.oms_fulfilment, "channel")

    def test_cancelled_before_picking_cancels(self):
        order = self.import_order("1-7")
        done = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "No longer needed"}}
        cancelled = document("1-7", [item(quantity=0, cancellation=done)], status="CANCELLED")
        cancelled["lastUpdatedTime"] = "2026-11-01T12:00:00Z"
        self.receive(cancelled)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_an_order_first_seen_cancelled_reserves_nothing(self):
        done = {"cancellationExecution": {"cancelledBy": "BUYER"}}
        order = self.import_order("1-8", [item(quantity=0, cancellation=done)], status="CANCELLED")
        self.assertNotEqual(order.state, "sale")
        self.assertFalse(order.picking_ids)

    def test_buyers_without_a_name_are_never_the_same_customer(self):
        numbers = ("1-9", "1-10")
        orders = [self.import_order(number, buyer=None) for number in numbers]
        self.assertNotEqual(orders[0].partner_id, orders[1].partner_id)
        nameless = [document(number, buyer=None, recipient=None) for number in ("1-11", "1-12")]
        rows = self.receive(*nameless)
        self.assertEqual(len(rows.order_id.partner_id), 2)

    def test_a_bad_document_waits_with_its_place_and_the_rest_comes_in(self):
        bad = document("1-14")
        bad["orderItems"][0]["quantityOrdered"] = -1
        rows = self.receive(document("1-13"), bad, b'{"orderId": "1-15", "x": NaN}', document("1-16"), b"17")
        self.assertEqual(rows.mapped("state"), ["done", "quarantined", "quarantined", "done", "quarantined"])
        self.assertEqual(rows.mapped("path"), [False, "$.orderItems[0].quantityOrdered", "$.x", False, "$"])
        self.assertEqual(rows[1].reason, "-1 is not a quantity that can be ordered")
        self.assertTrue(all(row.reason for row in rows if row.state == "quarantined"))

    def test_texts_the_database_cannot_hold_wait_too(self):
        bodies = [
            json.dumps(document(f"2-{number}")).replace("Title of LAMP", text).encode("utf-8", "surrogatepass")
            for number, text in enumerate((r"\u0000", r"\ud83d", "\ud83d", "x" * 1_000_000))
        ]
        rows = self.receive(*bodies)
        self.assertEqual(set(rows.mapped("state")), {"quarantined"})
        self.assertEqual(set(rows.mapped("path")), {"$.orderItems[0].product.title"})

    def test_a_total_that_does_not_add_up_is_held(self):
        order = self.import_order("1-17", total="27.00")
        self.assertEqual((order.state, order.oms_hold, order.oms_total_check), ("sale", "ship", "differs"))

    def test_a_currency_nobody_knows_waits(self):
        rows = self.receive(document("1-18", [item(currency="ZZZ")], proceeds={"grandTotal": money("20.00", "ZZZ")}))
        self.assertEqual(rows.state, "quarantined")
        self.assertFalse(rows.order_id)
