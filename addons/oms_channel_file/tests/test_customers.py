from odoo.tests import tagged

from .common import FileCase, csv_of

NO_ADDRESS = {"Name": "", "Street": "", "City": "", "Postal code": "", "Country": ""}


@tagged("post_install", "-at_install")
class TestCustomers(FileCase):
    """Customers we have are found again; what a file says about an address is kept beside what we know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        britain = cls.env.ref("base.uk").id
        cls.shop = cls.env["res.partner"].create(
            {
                "name": "Lakeland Trail Shop",
                "is_company": True,
                "ref": "C-204",
                "email": "orders@lakeland.example",
                "street": "9 Stock Street",
                "city": "Kendal",
                "zip": "LA9 4BN",
                "country_id": britain,
            }
        )
        cls.bills = cls.env["res.partner"].create(
            {"name": "Accounts", "type": "invoice", "parent_id": cls.shop.id, "street": "1 Bill Street"}
        )

    def import_one(self, **row):
        self.import_file(csv_of({"Order number": "1"} | row))
        return self.orders("1")

    def test_by_reference_without_an_address(self):
        order = self.import_one(**NO_ADDRESS, **{"Customer reference": "C-204"})
        self.assertEqual((order.partner_id, order.partner_shipping_id), (self.shop, self.shop))
        self.assertEqual(order.partner_invoice_id, self.bills)
        self.assertEqual((order.state, order.oms_hold), ("sale", False))

    def test_by_reference_to_another_address(self):
        order = self.import_one(**{"Customer reference": "C-204"})
        self.assertEqual(order.partner_id, self.shop)
        self.assertEqual((order.partner_shipping_id.parent_id, order.partner_shipping_id.type), (self.shop, "delivery"))
        self.assertEqual(
            (order.partner_shipping_id.street, order.partner_shipping_id.name), ("1 Main Street", "Ann Buyer")
        )
        self.assertEqual(order.partner_invoice_id, self.bills)
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)
        self.import_file(csv_of({"Order number": "2", "Customer reference": "C-204"}))
        self.assertEqual(self.orders("2").partner_shipping_id, order.partner_shipping_id)

    def test_by_email_and_by_company(self):
        self.assertEqual(self.import_one(Email="Orders@Lakeland.example").partner_id, self.shop)
        self.import_file(csv_of({"Order number": "2", "Company": "Lakeland Trail Shop"}))
        self.assertEqual(self.orders("2").partner_id, self.shop)

    def test_two_that_fit_are_none(self):
        self.shop.copy({"name": self.shop.name, "ref": "C-204"})
        order = self.import_one(**{"Customer reference": "C-204"})
        self.assertNotEqual(order.partner_id.commercial_partner_id, self.shop)
        upload = self.upload(csv_of({"Order number": "2", "Customer reference": "C-204"} | NO_ADDRESS))
        self.assertIn("no customer has the reference “C-204”", upload.line_ids.reason)

    def test_strangers_become_customers_and_are_found_again(self):
        order = self.import_one(Email="ann@example.com")
        self.assertEqual((order.partner_id.name, order.partner_id.email), ("Ann Buyer", "ann@example.com"))
        self.import_file(csv_of({"Order number": "2", "Email": "ann@example.com"}))
        self.assertEqual(self.orders("2").partner_id, order.partner_id)

    def test_customers_of_other_companies_are_not_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.bills.unlink()
        self.shop.company_id = other
        order = self.import_one(**{"Customer reference": "C-204"})
        self.assertNotEqual(order.partner_id, self.shop)

    def test_a_quotation_that_is_built_anew_keeps_customer_and_address_apart(self):
        row = {"Customer reference": "C-204", "Status": "unpaid"}
        order = self.import_one(**row)
        self.assertEqual(order.state, "draft")
        self.import_file(csv_of({"Order number": "1"} | row | {"Status": "paid"}))
        self.assertEqual((order.state, order.partner_id, order.partner_invoice_id), ("sale", self.shop, self.bills))
        self.assertEqual(order.partner_shipping_id.parent_id, self.shop)
