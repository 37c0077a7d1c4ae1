import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..lib import outgoing, workbook
from .common import FileCase, csv_of


@tagged("post_install", "-at_install")
class TestUpload(FileCase):
    """What a person sees before anything is written, and what is there afterwards."""

    def test_the_preview_says_what_would_be_and_writes_nothing(self):
        before = (self.env["sale.order"].search_count([]), self.env["oms.inbox"].search_count([]))
        listings = self.env["oms.listing"].search_count([])
        upload = self.upload(
            csv_of(
                {"Order number": "1"}, {"Order number": "1", "SKU": "STOVE"}, {"Order number": "2", "Quantity": "two"}
            )
        )
        self.assertEqual(upload.state, "checked")
        self.assertEqual(
            [(line.number, line.state, line.rows, line.line_count, line.total) for line in upload.line_ids],
            [("1", "new", "2–3", 2, 39.6), ("2", "error", "4", 1, 0.0)],
        )
        self.assertEqual(upload.line_ids[1].reason, "Row 4, Quantity (I): “two” is not a number")
        self.assertEqual((upload.new_count, upload.error_count, upload.import_count), (1, 1, 1))
        self.assertEqual((self.env["sale.order"].search_count([]), self.env["oms.inbox"].search_count([])), before)
        self.assertEqual(self.env["oms.listing"].search_count([]), listings)

    def test_orders_without_errors_are_imported_although_others_have_some(self):
        upload = self.import_file(csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}))
        order = self.orders("1")
        self.assertEqual((order.state, order.amount_total, order.oms_total_check), ("sale", 19.8, "equal"))
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertFalse(self.orders("2"))
        self.assertEqual(upload.line_ids.mapped("result"), ["created", "failed"])
        self.assertEqual(upload.line_ids[0].order_id, order)
        self.assertIn("“two” is not a number", upload.line_ids[1].result_reason)

    def test_the_same_file_again_changes_nothing(self):
        content = csv_of({"Order number": "1"}, {"Order number": "2"})
        self.import_file(content)
        documents = self.env["oms.inbox"].search_count([])
        again = self.upload(content, name="other name.csv")
        self.assertEqual(again.line_ids.mapped("state"), ["unchanged", "unchanged"])
        self.assertEqual(again.import_count, 0)
        self.run_jobs(again.action_import)
        self.assertEqual(self.env["oms.inbox"].search_count([]), documents)
        self.assertEqual(len(self.orders("1", "2")), 2)

    def test_a_corrected_file_brings_what_was_missing(self):
        self.import_file(csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}))
        corrected = self.import_file(csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "3"}))
        self.assertEqual(corrected.line_ids.mapped("state"), ["unchanged", "new"])
        self.assertEqual(corrected.line_ids.mapped("result"), ["unchanged", "created"])
        self.assertEqual(self.orders("2").order_line.product_uom_qty, 3)

    def test_a_changed_order_says_so_and_follows_while_nothing_is_picked(self):
        self.import_file(csv_of({"Order number": "1"}))
        changed = self.import_file(csv_of({"Order number": "1", "Quantity": "3"}))
        self.assertEqual((changed.line_ids.state, changed.line_ids.result), ("changed", "updated"))
        order = self.orders("1")
        self.assertEqual((order.state, order.order_line.product_uom_qty), ("sale", 3))
        self.assertFalse(self.env["oms.exception"].search([("order_id", "=", order.id), ("state", "=", "open")]))
        back = self.upload(csv_of({"Order number": "1"}))
        self.assertEqual(back.line_ids.state, "changed", "the newest file counts, though an older one was the same")

    def test_unpaid_orders_reserve_nothing_until_a_file_says_they_are_paid(self):
        self.import_file(csv_of({"Order number": "1", "Status": "unpaid"}))
        order = self.orders("1")
        self.assertEqual((order.state, order.picking_ids.ids), ("draft", []))
        self.import_file(csv_of({"Order number": "1", "Status": "paid"}))
        self.assertEqual(order.state, "sale")

    def test_a_cancelled_row_cancels(self):
        self.import_file(csv_of({"Order number": "1"}))
        self.import_file(csv_of({"Order number": "1", "Status": "cancelled"}))
        self.assertEqual(self.orders("1").state, "cancel")

    def test_types_and_tags_are_tags(self):
        self.import_file(csv_of({"Order number": "1", "Order type": "wholesale", "Tags": "VIP,Big fair"}))
        self.assertEqual(self.orders("1").oms_tag_ids.mapped("code"), ["wholesale", "vip", "big_fair"])

    def test_taxes_in_and_on_top_of_prices(self):
        tax_in, tax_on = self.env["account.tax"].create(
            [
                {"name": f"20 % {kind}", "amount": 20, "type_tax_use": "sale", "price_include_override": kind}
                for kind in ("tax_included", "tax_excluded")
            ]
        )
        britain = self.env.ref("base.uk")
        self.channel.tax_ids = [(0, 0, {"country_id": britain.id, "tax_id": tax_in.id})]
        self.import_file(csv_of({"Order number": "1", "Tax %": "20", "Shipping": "6"}))
        order = self.orders("1")
        self.assertEqual((order.amount_total, order.amount_tax, order.oms_hold), (25.8, 4.3, False))
        self.channel.tax_ids.tax_id = tax_on
        rows = [{"Order number": "2", "Tax %": "20", "Shipping": "6"}, {"Order number": "3"}]
        self.import_file(csv_of(*(row | {"Price includes tax": "no"} for row in rows)))
        for order, total in zip(self.orders("2", "3"), (30.96, 23.76), strict=True):
            self.assertEqual((order.amount_total, order.oms_hold), (total, False))

    def test_an_empty_price_comes_from_the_price_list(self):
        self.channel.file_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Wholesale",
                "currency_id": self.channel.file_currency_id.id,
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", "percent_price": 25, "applied_on": "3_global"}),
                    (0, 0, {"compute_price": "fixed", "fixed_price": 12.345, "min_quantity": 10,
                            "applied_on": "1_product", "product_tmpl_id": self.sock.product_tmpl_id.id}),
                ],
            }
        )  # fmt: skip
        upload = self.import_file(
            csv_of(
                {"Order number": "1", "Unit price": ""},
                {"Order number": "2", "Unit price": "", "Quantity": "10"},
                {"Order number": "3", "Unit price": "7"},
                {"Order number": "4", "Unit price": "", "SKU": "NOBODY"},
            )
        )
        self.assertEqual([order.amount_total for order in self.orders("1", "2", "3")], [30.0, 123.45, 14.0])
        self.assertEqual(upload.line_ids[3].state, "error")
        self.assertIn("the price list has no price for “NOBODY”", upload.line_ids[3].reason)
        again = self.upload(csv_of({"Order number": "1", "Unit price": ""}))
        self.assertEqual(again.line_ids.state, "unchanged")

    def test_a_price_of_the_list_is_in_the_currency_of_the_order(self):
        other = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        other.active = True
        rate = {"currency_id": other.id, "rate": 150, "name": "2020-01-01", "company_id": self.env.company.id}
        other.rate_ids.unlink()
        self.env["res.currency.rate"].create(rate)
        self.channel.file_pricelist_id = self.env["product.pricelist"].create(
            {"name": "List", "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 50})]}
        )
        self.import_file(csv_of({"Order number": "1", "Unit price": "", "Currency": "JPY"}))
        self.assertEqual((self.orders("1").currency_id, self.orders("1").amount_total), (other, 3000.0))

    def test_prices_that_were_agreed_stay_when_an_order_is_read_again(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "List", "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 50})]}
        )
        self.channel.file_pricelist_id = pricelist
        self.import_file(csv_of({"Order number": "1", "Unit price": ""}))
        pricelist.item_ids.percent_price = 0
        document = self.orders("1").oms_inbox_ids
        data = self.channel._adapter_class().parse_order(document._body())
        self.assertEqual(str(data.total.amount), "20.00")
        self.run_jobs(document.action_replay)
        self.assertEqual((document.state, self.orders("1").amount_total), ("unchanged", 20.0))

    def test_an_sku_nobody_knows_waits_for_its_product(self):
        self.import_file(csv_of({"Order number": "1", "SKU": "NEW"}))
        order = self.orders("1")
        self.assertEqual((order.state, order.oms_hold), ("draft", "confirm"))
        problem = self.env["oms.exception"].search([("order_id", "=", order.id), ("reason", "=", "unmapped_sku")])
        problem.link_sku(self.sock.id)
        self.assertEqual((order.state, order.amount_total), ("sale", 19.8))

    def test_nothing_is_imported_before_the_channel_is_live(self):
        self.channel.state = "setup"
        upload = self.upload(csv_of({"Order number": "1"}))
        self.assertEqual((upload.import_count, upload.is_live), (1, False))
        with self.assertRaisesRegex(UserError, "Go live"):
            upload.action_import()

    def test_an_upload_is_imported_once(self):
        upload = self.import_file(csv_of({"Order number": "1"}))
        with self.assertRaises(UserError):
            upload.action_import()
        with self.assertRaises(UserError):
            upload.upload = base64.b64encode(csv_of({"Order number": "2"}))

    def test_a_file_that_is_none_is_one_line_that_says_why(self):
        for content, words in (
            (b"\0\1", "characters no text has"),
            (b"a,b\n1,2", "There is no column"),
            (b" ", "empty"),
        ):
            line = self.upload(content).line_ids
            self.assertEqual((line.state, line.number), ("error", False))
            self.assertIn(words, line.reason)

    def test_another_file_may_be_chosen_after_looking_through(self):
        upload = self.upload(csv_of({"Order number": "1", "Quantity": "two"}))
        upload.upload = base64.b64encode(csv_of({"Order number": "1"}))
        self.assertEqual((upload.state, upload.line_ids.ids), ("new", []))
        upload.action_check()
        self.assertEqual(upload.line_ids.state, "new")

    def test_workbooks_are_read_and_the_template_is_one(self):
        upload = self.import_file(outgoing.build_template_xlsx(), name="orders.xlsx")
        self.assertEqual((upload.line_ids.number, upload.line_ids.state), ("W-1001", "new"))
        with patch.object(workbook, "MAX_UNPACKED", 100):
            self.assertIn("far larger", self.upload(outgoing.build_template_xlsx()).line_ids.reason)

    def test_the_file_is_kept_encrypted_and_shown_to_nobody(self):
        upload = self.upload(csv_of({"Order number": "1", "Name": "Very Secret Buyer"}))
        upload.flush_recordset()
        self.env.cr.execute("SELECT body_encrypted FROM oms_file_import WHERE id = %s", [upload.id])
        stored = bytes(self.env.cr.fetchone()[0])
        self.assertTrue(stored)
        for text in (stored, base64.b64decode(stored)):
            self.assertNotIn(b"Secret", text)
        upload.invalidate_recordset()
        self.assertFalse(upload.upload)
        attachments = self.env["ir.attachment"].sudo().search([("res_model", "=", "oms.file.import")])
        self.assertFalse(attachments)

    def test_a_new_upload_knows_the_only_channel(self):
        form = Form(self.env["oms.file.import"].with_user(self.clerk))
        self.assertEqual(form.channel_id, self.channel)

    def test_errors_can_be_taken_home_and_run_nothing(self):
        upload = self.upload(csv_of({"Order number": "=1+1", "Quantity": "two", "Country": "X"}))
        text = upload._build_error_list().decode("utf-8-sig")
        self.assertEqual(text.splitlines()[0], "Order number,Rows,What is wrong")
        self.assertEqual(len(text.splitlines()), 3)
        self.assertTrue(all(line.startswith("'=1+1,2,") for line in text.splitlines()[1:]))

    def test_five_thousand_rows_take_few_statements(self):
        content = csv_of(*({"Order number": f"B-{row // 2}", "SKU": ("SOCK", "STOVE")[row % 2]} for row in range(5000)))
        self.upload(content[:2000])
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        upload = self.upload(content)
        self.env.flush_all()
        self.assertEqual(len(upload.line_ids), 2500)
        self.assertLess(self.env.cr.sql_log_count - start, 120)
        start = self.env.cr.sql_log_count
        upload._import()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - start, 400)
        self.assertEqual(self.env["oms.inbox"].search_count([("channel_id", "=", self.channel.id)]), 2500)
