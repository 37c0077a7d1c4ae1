import json

from odoo.tests import tagged

from .common import DE, EbayCase, document, line, money


@tagged("post_install", "-at_install")
class TestOrders(EbayCase):
    """eBay's documents become orders with eBay's amounts, or wait with the reason."""

    def test_shipping_discount_and_collected_tax_make_ebays_total(self):
        tax = [{"amount": money("3.28"), "taxType": "STATE_SALES_TAX"}]
        sold = line(
            cost="40.00",
            total="40.28",
            quantity=2,
            discountedLineItemCost=money("32.00"),
            deliveryCost={"shippingCost": money("5.00")},
            ebayCollectAndRemitTaxes=tax,
            taxes=tax,
        )
        order = self.import_order("12-1-1", [sold], total="40.28")
        self.assertEqual((order.state, order.amount_total, order.oms_total_check), ("sale", 40.28, "equal"))
        amounts = {row.oms_kind: row.price_subtotal for row in order.order_line}
        self.assertEqual(amounts, {"goods": 40.0, "shipping": 5.0, "discount": -8.0, "channel_tax": 3.28})
        self.assertFalse(order.order_line.tax_ids)
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_german_prices_hold_the_tax_linked_for_germany(self):
        tax = self.env["account.tax"].create(
            {"name": "19 % incl.", "amount": 19, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        self.channel.tax_ids = [(0, 0, {"country_id": self.env.ref("base.de").id, "tax_id": tax.id})]
        berlin = {
            "fullName": "Bea Käuferin",
            "contactAddress": {
                "addressLine1": "Weg 1",
                "city": "Berlin",
                "postalCode": "10115",
                "countryCode": "DE",
            },
        }
        sold = line(cost="119.00", currency="EUR", purchaseMarketplaceId=DE)
        order = self.import_order("12-1-2", [sold], total="119.00", ship_to=berlin)
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual((order.amount_untaxed, order.amount_tax, order.amount_total), (100.0, 19.0, 119.0))

    def test_yen_come_whole(self):
        order = self.import_order("12-1-3", [line(cost="13960", quantity=2, currency="JPY")], total="13960")
        self.assertEqual((order.currency_id.name, order.amount_total), ("JPY", 13960.0))
        self.assertEqual(order.order_line.price_unit, 6980.0)

    def test_unpaid_orders_reserve_nothing_until_they_are_paid(self):
        order = self.import_order("12-1-4", paid="PENDING", total="20.00")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)
        paid = document("12-1-4", total="20.00", lastModifiedDate="2026-11-01T12:00:00.000Z")
        self.assertEqual(self.receive(paid).order_id, order)
        self.assertEqual((order.state, order.amount_total), ("sale", 20.0))

    def test_what_ebay_sends_never_enters_our_picking(self):
        by_ebay = [{"fulfillmentInstructionsType": "FULFILLED_BY_EBAY"}]
        order = self.import_order("12-1-5", fulfillmentStartInstructions=by_ebay, status="FULFILLED")
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.oms_fulfilment, "channel")

    def test_cancelled_before_picking_cancels(self):
        order = self.import_order("12-1-6")
        cancelled = document(
            "12-1-6",
            paid="FULLY_REFUNDED",
            cancelStatus={"cancelState": "CANCELED", "cancelRequests": []},
            lastModifiedDate="2026-11-01T12:00:00.000Z",
        )
        self.receive(cancelled)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_an_address_that_disappears_is_kept(self):
        order = self.import_order("12-1-7", total="20.00")
        street = order.partner_shipping_id.street
        self.assertEqual(street, "1 Main Street")
        bare = {"contactAddress": {"city": "Seattle", "countryCode": "US"}}
        later = document("12-1-7", total="20.00", ship_to=bare, buyer={}, lastModifiedDate="2027-02-01T12:00:00.000Z")
        self.receive(later)
        self.assertEqual(order.partner_shipping_id.street, street)
        self.assertEqual(order.state, "sale")

    def test_a_listing_without_an_sku_is_linked_by_its_number(self):
        nameless = line()
        del nameless["sku"]
        order = self.import_order("12-1-8", [{**nameless, "legacyVariationId": "77"}])
        listing = self.channel.listing_ids.filtered(lambda row: row.sku == "110000000000-77")
        self.assertEqual(listing.external_product_id, "110000000000")
        self.assertEqual(order.order_line.mapped("oms_kind"), ["goods"])

    def test_a_bad_document_waits_with_its_place_and_the_rest_comes_in(self):
        bad = document("12-2-1")
        bad["lineItems"][0]["quantity"] = -1
        rows = self.receive(document("12-2-0"), bad, b'{"orderId": "12-2-2", "x": NaN}', document("12-2-3"), b"17")
        self.assertEqual(rows.mapped("state"), ["done", "quarantined", "quarantined", "done", "quarantined"])
        self.assertEqual(rows.mapped("path"), [False, "$.lineItems[0].quantity", "$.x", False, "$"])
        self.assertTrue(all(row.reason for row in rows if row.state == "quarantined"))

    def test_texts_the_database_cannot_hold_wait_too(self):
        bodies = [
            json.dumps(document(f"12-3-{number}")).replace("Title of LAMP", text).encode("utf-8", "surrogatepass")
            for number, text in enumerate((r"\u0000", r"\ud83d", "\ud83d", "x" * 1_000_000))
        ]
        rows = self.receive(*bodies)
        self.assertEqual(set(rows.mapped("state")), {"quarantined"})
        self.assertEqual(set(rows.mapped("path")), {"$.lineItems[0].title"})

    def test_a_total_that_does_not_add_up_is_held(self):
        order = self.import_order("12-4-1", total="27.00")
        self.assertEqual((order.state, order.oms_hold, order.oms_total_check), ("sale", "ship", "differs"))

    def test_a_buyers_wish_to_cancel_stops_the_parcel(self):
        request = {"cancelRequestId": "5000000001", "cancelInitiator": "Buyer", "cancelRequestState": "REQUESTED"}
        order = self.import_order(
            "12-5-1", total="20.00", cancelStatus={"cancelState": "IN_PROGRESS", "cancelRequests": [request]}
        )
        problems = self.env["oms.exception"].search([("channel_id", "=", self.channel.id), ("state", "=", "open")])
        asked = problems.filtered(lambda problem: problem.reason == "cancel_requested")
        self.assertEqual(asked.order_id, order)

    def test_who_got_all_the_money_back_waits_for_a_person(self):
        order = self.import_order("12-5-2", paid="FULLY_REFUNDED", total="20.00")
        self.assertNotEqual(order.state, "sale")
        reasons = self.env["oms.exception"].search([("channel_id", "=", self.channel.id)]).mapped("reason")
        self.assertIn("held_by_channel", reasons)
