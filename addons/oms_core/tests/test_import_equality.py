from contextlib import suppress
from decimal import Decimal
from unittest.mock import patch

import msgspec
from odoo.tests import tagged

from ..lib import dto, importing
from .common import NOW, OmsCase
from .rows import differences, rows_of, stock_of

# What somebody who knows the channel's amounts hands to Odoo for a line; Odoo works out all the rest.
PLAIN_LINE = ("sequence", "product_id", "product_uom_qty", "price_unit", "tax_ids", "name")


class Undo(Exception):
    """Raised to take back what was done since a savepoint."""


@tagged("post_install", "-at_install")
class TestImportEquality(OmsCase):
    """The batched way leaves the same rows as one customer, one order, one confirmation after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tax = cls.env["account.tax"].create(
            {"name": "VAT 20% incl.", "amount": 20, "price_include_override": "tax_included", "type_tax_use": "sale"}
        )
        cls.channel.tax_ids = [(0, 0, {"tax_id": tax.id})]
        cls.pricelist = cls.channel._pricelists({"USD"})["USD"]

    def setUp(self):
        super().setUp()
        limits = msgspec.structs.replace(self.memory.limits, page=50)
        self.startPatcher(patch.object(self.memory, "limits", limits))  # all orders of a test in one batch

    # === THE TWO WAYS ===

    def make_plainly(self, datas):
        """Hand the same values to Odoo order by order. Return what each order left, and the stock."""
        found = []
        with suppress(Undo), self.env.cr.savepoint():
            snapshot = self.channel._snapshot(datas)
            orders = self.env["sale.order"]
            for data in datas:
                plan = importing.plan_order(data, snapshot)
                order = self.env["sale.order"].create(self.plain_values(plan))
                order.with_context(oms_keep_order_date=True).action_confirm()
                orders |= order
            found = [rows_of(orders), stock_of(self.products)]
            raise Undo
        self.env.invalidate_all()
        return found

    def plain_values(self, plan):
        states = self.env["res.partner"]._oms_states([plan])
        customer = self.env["res.partner"].create(
            self.env["res.partner"]._prepare_oms_customer(self.channel, plan, states)
        )
        sales = self.env["sale.order"]
        header = sales._prepare_oms_header(plan)
        return {
            "partner_id": customer.id,
            "company_id": self.channel.company_id.id,
            "warehouse_id": self.warehouse.id,
            "pricelist_id": self.pricelist.id,
            "client_order_ref": plan.order.external_number,
            "origin": self.channel.name,
            "user_id": False,
            "team_id": False,
            "fiscal_position_id": False,
            "require_signature": False,
            "date_order": header["date_order"],
            "commitment_date": header["commitment_date"],
            "order_line": [
                (0, 0, {name: line[name] for name in PLAIN_LINE}) for line in sales._prepare_oms_lines(plan)
            ],
        }

    def make_batched(self, datas):
        orders = self.import_orders(*datas)
        self.assertEqual(len(orders), len(datas))
        return [rows_of(orders), stock_of(self.products)]

    def check(self, *datas):
        """Make the orders both ways and fail on the first differences."""
        plain_rows, plain_stock = self.make_plainly(datas)
        rows, stock = self.make_batched(datas)
        self.assertEqual(differences(rows, plain_rows)[:20], [])
        self.assertEqual(stock, plain_stock)

    def order(self, number, *lines, **values):
        """Return order data whose total is right, to be shipped by a day."""
        charges = [charge.amount.amount for line in lines for charge in line.charges]
        total = sum((line.amount.amount for line in lines), Decimal(0)) + sum(charges, Decimal(0))
        defaults = {"is_tax_included": True, "ship_by_at": self.ship_by, "total": str(total)}
        return self.order_data(number, lines, **{**defaults, **values})

    @property
    def ship_by(self):
        return self.order_data().placed_at.replace(hour=22)

    # === CASES ===

    def test_plain_orders(self):
        self.check(
            self.order("100-1", self.order_line(quantity=3, amount="19.95")),
            self.order(
                "100-2", self.order_line("1", amount="0.99"), self.order_line("2", "SKU-B", quantity=7, amount="69.93")
            ),
        )

    def test_shipping_gift_wrap_and_discount(self):
        charges = tuple(
            dto.Charge(kind=kind, amount=dto.Money(amount=Decimal(amount), currency="USD"))
            for kind, amount in (("shipping", "4.95"), ("gift_wrap", "3.33"), ("discount", "-1.11"))
        )
        self.check(self.order("100-1", self.order_line(quantity=2, amount="20.01", charges=charges)))

    def test_same_product_on_several_lines(self):
        lines = [self.order_line(str(number), quantity=number, amount="10.00") for number in (1, 2, 3)]
        self.check(self.order("100-1", *lines), self.order("100-2", *lines))

    def test_stock_that_runs_out_goes_to_the_first(self):
        lines = [self.order_line("1", quantity=60, amount="600.00"), self.order_line("2", "SKU-B", amount="5.00")]
        self.check(*(self.order(f"100-{number}", *lines) for number in range(3)))

    def test_orders_without_tax(self):
        self.channel.tax_ids.unlink()
        self.check(self.order("100-1", self.order_line(quantity=3, amount="10.00")))

    def test_tax_on_top_of_the_price(self):
        self.channel.tax_ids.tax_id.price_include_override = "tax_excluded"
        self.check(
            self.order("100-1", self.order_line(quantity=3, amount="9.99"), is_tax_included=False, total="11.99")
        )

    def test_no_day_to_ship_by(self):
        self.check(self.order("100-1", self.order_line(), ship_by_at=None))

    # === WHAT IS NOT PLAIN, AND GOES THROUGH ODOO'S OWN CODE ===

    def place(self, product, quantity, location, **values):
        """Put stock somewhere."""
        self.env["stock.quant"]._update_available_quantity(product, location, quantity, **values)

    def shelf(self, name):
        return self.env["stock.location"].create({"name": name, "location_id": self.warehouse.lot_stock_id.id})

    def orders_of_both(self):
        lines = [self.order_line("1", quantity=4, amount="40.00"), self.order_line("2", "SKU-B", amount="5.00")]
        return [self.order(f"100-{number}", *lines) for number in range(3)]

    def test_stock_on_several_shelves_in_each_order_of_emptying(self):
        product = self.products[0]
        self.place(product, -97, self.warehouse.lot_stock_id)
        for name in ("B", "A", "C"):
            self.place(product, 3, self.shelf(name))
        for method in ("fifo", "lifo", "closest"):
            with self.subTest(method=method), suppress(Undo), self.env.cr.savepoint():
                strategy = self.env["product.removal"].search([("method", "=", method)])
                product.categ_id = self.env["product.category"].create(
                    {"name": method, "removal_strategy_id": strategy.id}
                )
                self.check(*self.orders_of_both())
                raise Undo
            self.env.invalidate_all()

    def test_lots(self):
        product = self.env["product.product"].create(
            {"name": "Lots", "default_code": "SKU-LOT", "is_storable": True, "tracking": "lot"}
        )
        self.products |= product
        for name in ("L1", "L2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": product.id})
            self.place(product, 5, self.warehouse.lot_stock_id, lot_id=lot)
        line = self.order_line("1", "SKU-LOT", quantity=3, amount="30.00")
        self.check(*(self.order(f"100-{number}", line, self.order_line("2")) for number in range(4)))

    def test_packages_and_owners(self):
        product, other = self.products
        package = self.env["stock.package"].create({"name": "PACK-1"})
        self.place(product, 2, self.warehouse.lot_stock_id, package_id=package)
        self.place(other, 2, self.warehouse.lot_stock_id, owner_id=self.env.user.partner_id)
        self.check(*self.orders_of_both())

    def test_more_promised_than_there_is(self):
        self.place(self.products[0], -120, self.warehouse.lot_stock_id)
        self.place(self.products[0], 5, self.shelf("A"))
        self.check(*self.orders_of_both())

    def test_several_steps(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps), suppress(Undo), self.env.cr.savepoint():
                self.warehouse.delivery_steps = steps
                self.check(*self.orders_of_both())
                raise Undo
            self.env.invalidate_all()

    def test_products_that_leave_by_another_route(self):
        delivery = self.warehouse.delivery_route_id
        shelf = self.shelf("Bulky")
        self.place(self.products[1], 5, shelf)
        for owner in ("product_selectable", "product_categ_selectable"):
            with self.subTest(owner=owner), suppress(Undo), self.env.cr.savepoint():
                route = delivery.copy({"name": "Bulky", owner: True, "sequence": 0, "rule_ids": []})
                delivery.rule_ids.filtered(lambda rule: rule.location_dest_id.usage == "customer").copy(
                    {"route_id": route.id, "location_src_id": shelf.id}
                )
                if owner == "product_selectable":
                    self.products[1].route_ids = route
                else:
                    self.products[1].categ_id = self.env["product.category"].create(
                        {"name": "Bulky", "route_ids": [(6, 0, route.ids)]}
                    )
                orders = self.orders_of_both()
                self.check(*orders)
                found = self.env["sale.order"]._find_external(self.channel, [orders[0].external_id])
                places = found[orders[0].external_id].order_line.move_ids.location_id
                self.assertEqual(places, self.warehouse.lot_stock_id | shelf)
                raise Undo
            self.env.invalidate_all()

    def test_reservation_by_hand_or_by_day(self):
        for method in ("manual", "by_date"):
            with self.subTest(method=method), suppress(Undo), self.env.cr.savepoint():
                self.warehouse.out_type_id.reservation_method = method
                self.check(*self.orders_of_both())
                raise Undo
            self.env.invalidate_all()

    def test_goods_that_are_not_counted(self):
        self.env["product.product"].create({"name": "Uncounted", "default_code": "SKU-C", "type": "consu"})
        lines = [self.order_line("1", "SKU-C", quantity=2, amount="4.00"), self.order_line("2")]
        self.check(self.order("100-1", *lines), self.order("100-2", *lines))

    def test_analytic_accounts_by_rule(self):
        plan = self.env["account.analytic.plan"].create({"name": "Sales"})
        account = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {"product_id": self.products[0].id, "analytic_distribution": {str(account.id): 100}}
        )
        self.check(*self.orders_of_both())

    def test_reordering_rules_are_triggered(self):
        rule = {"product_min_qty": 0, "product_max_qty": 10, "trigger": "auto", "warehouse_id": self.warehouse.id}
        self.env["stock.warehouse.orderpoint"].create(
            dict(rule, product_id=self.products[1].id, location_id=self.warehouse.lot_stock_id.id)
        )
        calls = []
        orderpoints = type(self.env["stock.warehouse.orderpoint"])
        with patch.object(
            orderpoints,
            "_procure_orderpoint_confirm",
            lambda records, **kwargs: calls.append(records.product_id.default_code),
        ):
            self.import_orders(*self.orders_of_both())
        self.assertEqual(calls, ["SKU-B"])

    # === WHAT THE BATCH IS FOR ===

    def test_a_larger_page_takes_hardly_more_statements(self):
        self.memory_page_of(1)
        few, many = self.memory_page_of(5), self.memory_page_of(40)
        self.assertLess(many, few * 1.25)

    def memory_page_of(self, count):
        """Import a page of so many orders in one job. Return the number of database statements."""
        self.orders_made = getattr(self, "orders_made", 0) + count
        raws = []
        for number in range(self.orders_made - count, self.orders_made):
            data = self.order(f"200-{number}", self.order_line("1"), self.order_line("2", "SKU-B", quantity=2))
            raws.append(dto.RawOrder(external_id=data.external_id, updated_at=NOW, body=msgspec.json.encode(data)))
        rows = self.env["oms.inbox"]._store_orders(self.channel, raws)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows._job_import()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
