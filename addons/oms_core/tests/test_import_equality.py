from contextlib import suppress
from decimal import Decimal

from odoo.tests import tagged

from ..lib import dto, importing
from .common import OmsCase
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
