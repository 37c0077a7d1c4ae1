from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import tagged

from ..lib import dto, errors
from ..lib.channel import Limits
from ..models.oms_channel_state import aware_utc
from .full_channel import FullCase


class ListingCase(FullCase):
    """A channel whose listings have been read once."""

    def setUp(self):
        super().setUp()
        self.channel.is_stock_pushed = True
        self.channel._apply_listings([dto.ListingData(sku=sku, quantity=1) for sku in ("SKU-A", "SKU-B")])
        self.a, self.b = self.channel.listing_ids.sorted("sku")

    def allow(self, **limits):
        self.patch(self.memory, "limits", Limits(page=2, batch=50, **limits))

    def settle(self):
        """Run what a commit would run, and push."""
        with trap_jobs() as jobs:
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env["oms.stock.dirty"]._job_refresh()
            self.channel._job_push_stock()
            jobs.enqueued_jobs.clear()
        return self.memory.stock

    def set_stock(self, product, quantity):
        quant = self.env["stock.quant"]._gather(product, self.warehouse.lot_stock_id)
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, quantity - sum(quant.mapped("quantity"))
        )


@tagged("post_install", "-at_install")
class TestStockRule(ListingCase):
    """How much of what is free is shown."""

    def test_scenario_buffer_share_most_and_end(self):
        self.channel.write({"stock_buffer": 2, "stock_percent": 50, "stock_most": 3, "stock_end_when": 1})
        for free, shown in ((10, 3), (3, 0), (8, 3), (6, 2)):
            self.set_stock(self.products[0], free)
            self.assertEqual(self.settle()["SKU-A"], shown, free)

    def test_a_listing_may_have_a_rule_of_its_own(self):
        self.channel.stock_buffer = 90
        self.b.write({"has_own_rule": True, "stock_buffer": 1})
        self.assertEqual(self.settle(), {"SKU-A": 10, "SKU-B": 99})

    def test_a_quantity_nobody_can_believe_is_not_sent_until_somebody_says_it_is_right(self):
        self.set_stock(self.products[0], 541413)
        self.assertNotIn("SKU-A", self.settle())
        problem = self.problems(reason="quantity_absurd", channel_id=self.channel.id)
        self.assertIn("541413", problem.summary)
        self.assertEqual(self.memory.stock["SKU-B"], 100, "the others are sent")
        self.a.action_believe()
        self.assertEqual(self.settle()["SKU-A"], 541413)
        self.assertEqual(problem.state, "closed")

    def test_an_archived_product_shows_none_and_keeps_its_link(self):
        self.settle()
        self.products[0].active = False
        self.assertEqual(self.settle()["SKU-A"], 0)
        problem = self.problems(reason="product_archived", channel_id=self.channel.id)
        self.assertEqual(self.a.product_id, self.products[0])
        self.products[0].active = True
        self.assertEqual(self.settle()["SKU-A"], 100)
        self.assertEqual(problem.state, "closed")

    def test_the_changes_of_a_day_are_not_used_up_and_the_last_is_kept_for_selling_out(self):
        self.allow(revisions_per_day=3)
        for quantity in (50, 49, 48, 47):
            self.set_stock(self.products[0], quantity)
            self.settle()
        self.assertEqual((self.memory.stock["SKU-A"], self.a.pushed_count), (49, 2))
        self.set_stock(self.products[0], 0)
        self.assertEqual(self.settle()["SKU-A"], 0)
        self.set_stock(self.products[0], 5)
        self.settle()
        self.assertEqual(self.memory.stock["SKU-A"], 0, "none left today")
        self.a.pushed_on = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertEqual(self.settle()["SKU-A"], 5)

    def test_a_channel_that_counts_its_own_orders_off_is_told_what_they_wait_for_too(self):
        self.allow(counts_own_orders=True)
        self.import_orders(self.order_data(lines=[self.order_line(quantity=3, amount="10.00")]))
        self.assertEqual(self.settle()["SKU-A"], 100)
        order = self.env["sale.order"]._find_external(self.channel, ["100-1"])["100-1"]
        order.picking_ids.carrier_tracking_ref = "T"
        order.picking_ids.button_validate()
        self.assertEqual(self.settle()["SKU-A"], 97)

    def test_prices_follow_the_price_list_where_the_account_wants_it(self):
        pricelist = self.env["product.pricelist"].create({"name": "Shop", "currency_id": self.usd.id})
        self.products[0].list_price = 12.5
        seen = {}

        def note(_adapter, levels):
            seen.update({level.sku: level.price for level in levels})
            return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))

        self.patch(self.memory, "push_stock", note)
        self.settle()
        self.assertEqual(set(seen.values()), {None})
        self.channel.write({"is_price_pushed": True, "price_pricelist_id": pricelist.id})
        self.settle()
        self.assertEqual(seen["SKU-A"], dto.Money(amount=Decimal("12.50"), currency="USD"))
        seen.clear()
        self.settle()
        self.assertEqual(seen, {}, "nothing is sent twice")

    def test_a_channel_that_keeps_stock_by_place_is_told_what_lies_where(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.env["stock.quant"]._update_available_quantity(self.products[0], other.lot_stock_id, 30)
        self.channel.warehouse_ids = self.warehouse | other
        places = {self.warehouse.id: "main", other.id: "second"}
        self.patch(type(self.channel), "_stock_places", lambda channel: places)
        seen = {}

        def note(_adapter, levels):
            seen.update({level.sku: {row.place: row.quantity for row in level.places} for level in levels})
            return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))

        self.patch(self.memory, "push_stock", note)
        self.channel.stock_buffer = 10
        self.settle()
        self.assertEqual(seen["SKU-A"], {"main": 100, "second": 20})
        seen.clear()
        self.settle()
        self.assertEqual(seen, {})
        self.env["stock.quant"]._update_available_quantity(self.products[0], other.lot_stock_id, 5)
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, -5)
        self.settle()
        self.assertEqual(seen["SKU-A"], {"main": 95, "second": 25}, "the sum is the same, the places are not")


@tagged("post_install", "-at_install")
class TestPacksAndKits(ListingCase):
    """A listing may stand for several units, several listings for one product, and a kit for several products."""

    def test_a_pack_takes_its_units_and_is_told_as_the_channel_counts(self):
        self.a.units = 6
        self.assertEqual(self.settle()["SKU-A"], 16)
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2, amount="30.00")], total="30.00"))
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.price_total, order.amount_total), (12, 30.0, 30.0))
        order.picking_ids.carrier_tracking_ref = "T"
        order.picking_ids.button_validate()
        self.assertEqual(order.oms_outbox_ids.payload["lines"], [{"external_line_id": "1", "quantity": "2"}])
        self.assertEqual(self.settle()["SKU-A"], 14)

    def test_several_listings_of_one_product_share_its_stock(self):
        self.b.write({"product_id": self.products[0].id, "units": 10})
        self.assertEqual(self.settle(), {"SKU-A": 100, "SKU-B": 10})
        self.import_orders(self.order_data(lines=[self.order_line(sku="SKU-B", quantity=1)]))
        self.assertEqual(self.settle(), {"SKU-A": 90, "SKU-B": 9})

    def kit(self):
        self.set_stock(self.products[0], 9)
        self.set_stock(self.products[1], 3)
        self.a.write({"units": 2, "part_ids": [(0, 0, {"product_id": self.products[1].id, "units": 1})]})

    def test_scenario_kit_of_two_a_and_one_b(self):
        self.kit()
        self.assertEqual(self.settle()["SKU-A"], 3)
        self.set_stock(self.products[0], 8)
        self.assertEqual(self.settle()["SKU-A"], 3)
        self.set_stock(self.products[1], 2)
        self.assertEqual(self.settle()["SKU-A"], 2)

    def test_a_kit_is_priced_once_and_told_when_all_of_it_has_left(self):
        self.kit()
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2, amount="50.00")], total="50.00"))
        self.assertEqual(
            [(line.product_id, line.product_uom_qty, line.price_total) for line in order.order_line],
            [(self.products[0], 4, 50.0), (self.products[1], 2, 0.0)],
        )
        picking = order.picking_ids
        picking.carrier_tracking_ref = "T1"
        for move in picking.move_ids:
            move.quantity = 4 if move.product_id == self.products[0] else 1
            move.picked = True
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=[])._action_done()
        self.assertEqual(order.oms_outbox_ids.payload["lines"], [{"external_line_id": "1", "quantity": "1"}])
        rest = order.picking_ids - picking
        rest.carrier_tracking_ref = "T2"
        rest.button_validate()
        self.assertEqual(
            [row.payload["lines"] for row in order.oms_outbox_ids.sorted("id")],
            [[{"external_line_id": "1", "quantity": "1"}]] * 2,
        )

    def test_linking_a_kit_later_mends_the_orders_that_wait(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="KIT", quantity=2, amount="10.00")]))
        self.assertEqual(order.oms_hold, "confirm")
        listing = self.channel.listing_ids.filtered(lambda row: row.sku == "KIT")
        part = {"product_id": self.products[1].id, "units": 3}
        listing.write({"product_id": self.products[0].id, "units": 2, "part_ids": [(0, 0, part)]})
        self.assertEqual((order.state, order.amount_total), ("sale", 10.0))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 6])

    def test_an_unknown_sku_goes_on_or_gets_a_product_where_the_account_wants_that(self):
        self.channel.unknown_sku_policy = "placeholder"
        order = self.import_orders(
            self.order_data(lines=[self.order_line(), self.order_line("2", "NEW", amount="0.00")])
        )
        self.assertEqual((order.state, order.oms_hold), ("sale", False))
        self.assertEqual(order.picking_ids.move_ids.product_id, self.products[0])
        self.channel.unknown_sku_policy = "create"
        other = self.import_orders(self.order_data("100-2", lines=[self.order_line(sku="NEWER", amount="10.00")]))
        product = other.order_line.product_id
        self.assertEqual((product.default_code, product.name, product.list_price), ("NEWER", "Title NEWER", 10.0))
        self.assertEqual(other.state, "sale")


@tagged("post_install", "-at_install")
class TestBulk(ListingCase):
    """A great many quantities at once."""

    def setUp(self):
        super().setUp()
        self.allow(bulk=10, bulk_from=2)
        self.settle()
        self.row = self.env["oms.bulk"].search([("channel_id", "=", self.channel.id)])

    def look(self):
        with trap_jobs() as jobs:
            self.row._job_look()
            jobs.enqueued_jobs.clear()

    def test_it_is_answered_later_and_what_changed_meanwhile_goes_out_after_it(self):
        self.assertEqual((self.row.state, self.row.row_count, self.memory.stock), ("running", 2, {}))
        self.set_stock(self.products[0], 7)
        self.settle()
        self.assertEqual(len(self.memory.bulks), 1, "nothing else is sent while the channel works on it")
        self.look()
        self.assertEqual((self.row.state, self.row.polls), ("running", 1))
        self.memory.decisions["B1"] = True
        self.look()
        self.assertEqual((self.row.state, self.memory.stock), ("done", {"SKU-A": 100, "SKU-B": 100}))
        self.assertEqual((self.a.is_stale, self.b.is_stale), (True, False))
        self.assertEqual(self.settle(), {"SKU-A": 7, "SKU-B": 100})

    def test_one_refused_as_a_whole_is_sent_again_in_small_batches(self):
        self.memory.decisions["B1"] = errors.Rejected("fatal", message="broken")
        self.look()
        self.assertEqual((self.row.state, self.row.answer), ("failed", "The channel refused: broken"))
        self.assertEqual(self.settle(), {"SKU-A": 100, "SKU-B": 100})

    def test_trouble_on_the_line_waits(self):
        self.memory.fails = [errors.RetryLater("unreachable", after=self.memory.limits.overlap)]
        self.look()
        self.assertEqual(self.row.state, "running")
        self.assertGreater(self.row.next_at, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestHeldStock(ListingCase):
    """What lies in the channel's own warehouses."""

    def count(self, *rows):
        self.memory.held = [dto.HeldStock(sku=sku, quantity=quantity) for sku, quantity in rows]
        self.channel._job_fetch_held()
        place = self.channel.held_location_id
        quants = self.env["stock.quant"].search([("location_id", "=", place.id), ("quantity", "!=", 0)])
        return {quant.product_id.default_code: quant.quantity for quant in quants}

    def test_it_is_counted_in_a_place_of_its_own_that_is_not_offered(self):
        self.assertEqual(self.count(("SKU-A", 7), ("SKU-B", 3)), {"SKU-A": 7, "SKU-B": 3})
        self.assertEqual(self.count(("SKU-A", 5)), {"SKU-A": 5}, "what is not named is gone")
        self.assertEqual(self.settle(), {"SKU-A": 100, "SKU-B": 100})

    def test_units_that_several_stores_count_are_counted_once(self):
        self.assertEqual(self.count(("SKU-A", 7), ("SKU-A", 3)), {"SKU-A": 7})
        self.assertEqual(self.count(("SKU-A", 3), ("SKU-A", 6)), {"SKU-A": 6})
        self.channel._count_held((dto.HeldStock(sku="SKU-A", quantity=4),))  # another page of the same reading
        listing = self.channel.listing_ids.filtered(lambda row: row.sku == "SKU-A")
        self.assertEqual(listing.qty_held, 6)

    def test_an_order_the_channel_sent_leaves_that_place_and_never_enters_picking(self):
        self.count(("SKU-A", 7))
        data = self.order_data(status="to_ship", fulfilled_by="channel", lines=[self.order_line(quantity=2)])
        order = self.import_orders(data)
        self.assertFalse(order.picking_ids)
        later = aware_utc(fields.Datetime.now()) + timedelta(hours=1)
        self.import_orders(
            self.order_data(
                status="shipped", fulfilled_by="channel", updated_at=later, lines=[self.order_line(quantity=2)]
            )
        )
        self.assertEqual((order.order_line.qty_delivered, order.order_line.move_ids.state), (2, "done"))
        self.assertFalse(order.picking_ids)
        quant = self.env["stock.quant"]._gather(self.products[0], self.channel.held_location_id)
        self.assertEqual(quant.quantity, 5)
        self.assertFalse(order.oms_outbox_ids, "the channel is not told of what it sent itself")

    def test_a_count_made_after_the_parcel_left_is_not_lowered_by_it(self):
        self.count(("SKU-A", 7))
        self.import_orders(self.order_data(status="shipped", fulfilled_by="channel"))
        quants = self.env["stock.quant"]._gather(self.products[0], self.channel.held_location_id)
        self.assertEqual(sum(quants.mapped("quantity")), 7)

    def test_what_was_never_counted_is_not_less_than_nothing(self):
        order = self.import_orders(self.order_data(status="shipped", fulfilled_by="channel"))
        quants = self.env["stock.quant"]._gather(self.products[0], self.channel.held_location_id)
        self.assertEqual((sum(quants.mapped("quantity")), order.order_line.qty_delivered), (0, 1))

    def test_lots_are_not_asked_for_and_stop_no_other_order(self):
        self.products[0].tracking = "lot"
        order = self.import_orders(self.order_data(status="shipped", fulfilled_by="channel"))
        self.assertEqual(order.order_line.qty_delivered, 1)
