from odoo import Command
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import OmsCase

MAIL = "ann.canary@example.com"
PRICE, COST, SHIPPING = 7313.37, 4141.41, 5252.52
# What of a value gives it away, however it is written.
CANARIES = ("7313.37", "7,313.37", "4141.41", "4,141.41", "5252.52", "5,252.52", "ann.canary")
CONTEXTS = ({}, {"show_email": True}, {"show_email": True, "formatted_display_name": True})
MONEY_FIELDS = {
    "sale.order": ("amount_total", "amount_untaxed", "amount_tax", "oms_total", "tax_totals", "access_token"),
    "sale.order.line": ("price_unit", "price_subtotal", "price_total", "discount"),
    "product.product": ("list_price", "lst_price", "standard_price", "avg_cost", "total_value"),
    "product.template": ("list_price", "standard_price", "tax_string"),
    "product.supplierinfo": ("price",),
    "stock.move": ("price_unit", "value"),
    "stock.quant": ("value",),
    "stock.picking": ("carrier_price",),
    "delivery.carrier": ("fixed_price", "margin"),
    "res.partner": ("email", "email_normalized", "email_formatted"),
    "oms.return": ("refund_amount",),
    "oms.exception": ("params",),
}


@tagged("post_install", "-at_install")
class TestFloor(OmsCase):
    """Somebody who only moves goods sees no price, no cost and no e-mail address, wherever it stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = new_test_user(cls.env, "floor_picker", groups="stock.group_stock_user,base.group_allow_export")
        cls.both = new_test_user(cls.env, "floor_both", groups="stock.group_stock_user,sales_team.group_sale_salesman")
        cls.products.write({"list_price": PRICE, "standard_price": COST})
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor", "email": f"vendor.{MAIL}"})
        cls.env["product.supplierinfo"].create(
            {"partner_id": cls.vendor.id, "product_tmpl_id": cls.products[0].product_tmpl_id.id, "price": COST}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Post", "product_id": cls.products[1].id, "fixed_price": SHIPPING, "delivery_type": "fixed"}
        )

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data(total="9999.00", lines=[self.order_line(amount=str(PRICE))]))
        self.order.partner_id.email = MAIL
        self.order.message_post(body=f"Paid {PRICE}, thanks {MAIL}")
        self.order._portal_ensure_token()
        self.file = self.env["ir.attachment"].create(
            {"name": f"Quotation {PRICE}", "raw": b"%PDF", "res_model": "sale.order", "res_id": self.order.id}
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def readable(self):
        """Yield each model the picker may read, as the picker."""
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.picker)
            if not model._abstract and model.has_access("read"):
                yield model

    def test_no_canary_in_any_field_of_any_model(self):
        """Every value of every row that can be read is looked at: nothing of what was planted may be in it."""
        found, looked_at = [], 0
        for model in self.readable():
            names = [name for name, field in model._fields.items() if model._has_field_access(field, "read")]
            records = model.with_context(active_test=False).search([], limit=200)
            for name in names if records else ():
                looked_at += 1
                found += self.leaks(records, name)
        self.assertEqual(found, [])
        self.assertGreater(looked_at, 1000)

    def leaks(self, records, name):
        texts = []
        for context in CONTEXTS if name == "display_name" or records._fields[name].type == "many2one" else CONTEXTS[:1]:
            try:
                with self.env.cr.savepoint():
                    texts.append(repr(records.with_context(**context).read([name])))
            except AccessError:
                continue  # not for pickers, by another rule
        return [(records._name, name) for text in texts if any(canary in text for canary in CANARIES)]

    def test_what_is_hidden_cannot_be_asked_for(self):
        for name, names in MONEY_FIELDS.items():
            model = self.env[name].with_user(self.picker)
            record = self.order.partner_id if name == "res.partner" else self.env[name].search([], limit=1)
            record = record.with_user(self.picker)
            for field in names:
                with self.subTest(model=name, field=field):
                    self.ask_in_every_way(model, record, field)

    def ask_in_every_way(self, model, record, name):
        field = model._fields[name]
        self.assertNotIn(name, model.fields_get())
        self.refuses(lambda: record[name])
        if record:
            self.refuses(lambda: record.read([name]))
            self.refuses(lambda: record.web_read({name: {}}))
            self.refuses(lambda: record.export_data([name]))
        if field._description_searchable:
            self.refuses(lambda: model.search([(name, "!=", False)]))
            self.refuses(lambda: model.search_count([(name, "=", 1)]))
        if field.store:
            self.refuses(lambda: model.formatted_read_group([], [name], ["__count"]))
            self.refuses(lambda: model.formatted_read_group([], [], [f"{name}:count"]))
            bar = {"field": name, "colors": {"1": "success"}}
            self.refuses(lambda: model.read_progress_bar([], "create_date:day", bar))

    def refuses(self, ask):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ask()
            self.env.flush_all()

    def test_no_way_round_by_a_path_or_an_order(self):
        transfers = self.env["stock.picking"].with_user(self.picker)
        self.refuses(lambda: transfers.search([("sale_id.amount_total", ">", 1)]))
        self.refuses(lambda: transfers.search([("partner_id.email", "=like", "a%")]))
        self.refuses(lambda: transfers.search([("sale_id", "any", [("amount_total", ">", 1)])]))
        self.refuses(lambda: transfers.search([]).export_data(["sale_id/amount_total"]))
        self.refuses(lambda: transfers.search([]).mapped("partner_id.email"))
        orders = self.env["sale.order"].with_user(self.picker)
        partners = self.env["res.partner"].with_user(self.picker)
        for debts in ([("credit", ">", 1)], [("total_invoiced", ">", 1)], [("parent_id.credit", ">", 1)]):
            self.refuses(lambda debts=debts: partners.search(debts))
        self.refuses(lambda: transfers.search([("partner_id", "any", [("credit", ">", 1)])]))
        self.refuses(lambda: orders.search([("oms_any", "ilike", MAIL)]))
        by_total = orders._order_to_sql("amount_total desc", orders._search([]))
        self.assertFalse(by_total.code)

    def test_nobody_is_on_the_floor_before_signing_in(self):
        self.assertFalse(self.env["res.users"]._is_floor_only())

    def test_nobody_is_found_by_an_address(self):
        partners = self.env["res.partner"].with_user(self.picker)
        self.assertFalse(partners.name_search(MAIL))
        self.assertTrue(partners.name_search("Ann Buyer"))
        self.assertNotIn(MAIL, str(partners.get_mention_suggestions(MAIL)))
        self.assertFalse(self.env["res.users"].with_user(self.picker).name_search(MAIL))
        ours = self.picker.with_user(self.picker)
        self.assertTrue(ours.partner_id.email)
        self.assertTrue(ours.login)

    def test_messages_and_files_of_orders_are_not_for_them(self):
        messages = self.env["mail.message"].with_user(self.picker)
        self.assertFalse(messages.search([("model", "=", "sale.order"), ("res_id", "=", self.order.id)]))
        self.refuses(lambda: self.order.message_ids.with_user(self.picker).read(["body"]))
        files = self.env["ir.attachment"].with_user(self.picker)
        self.assertFalse(files.search([("res_model", "=", "sale.order")]))
        self.refuses(lambda: self.file.with_user(self.picker).read(["raw"]))
        self.refuses(lambda: self.order.with_user(self.picker).get_portal_url())
        self.refuses(
            lambda: (
                self.env["ir.actions.report"]
                .with_user(self.picker)
                ._render_qweb_html("sale.report_saleorder", self.order.ids)
            )
        )
        self.assertTrue(self.order.message_ids.with_user(self.both).read(["body"]))

    def test_what_a_screen_is_sent_beside_a_transfer(self):
        """Messages, followers and people to write to come past fields; the buyer follows the transfer here."""
        buyer = self.order.partner_id
        transfer = self.order.picking_ids[:1] or self.env["stock.picking"].search([], limit=1)
        transfer.message_subscribe(buyer.ids)
        transfer.with_user(self.both).message_post(body="Hello", partner_ids=buyer.ids, message_type="comment")
        transfer.message_post(body=f"Write me at {MAIL}", author_id=buyer.id, email_from=MAIL, message_type="email")
        seen = transfer.with_user(self.picker)
        for record in (seen, self.order.with_user(self.picker)):
            parts = ["activities", "attachments", "contact_fields", "followers", "suggestedRecipients"]
            store = Store().add(record, request_list=parts, fields=[], as_thread=True)
            found = record.env["mail.message"]._message_fetch(domain=None, thread=record)
            store.add(found["messages"]).add(buyer.with_user(self.picker))
            self.assertNotIn("ann.canary", str(store.get_result()))
        said = (
            self.env["mail.message"]
            .with_user(self.picker)
            .search([("model", "=", "stock.picking"), ("res_id", "=", transfer.id)])
        )
        self.assertIn("Hello", "".join(said.mapped("body")))
        seen.message_post(body="Packed in two boxes", message_type="comment", subtype_xmlid="mail.mt_comment")

    def test_an_order_is_read_and_not_written(self):
        order, line = self.order.with_user(self.picker), self.order.order_line[:1].with_user(self.picker)
        self.assertEqual(order.read(["name", "oms_external_number"])[0]["oms_external_number"], "100-1")
        for write in (
            lambda: line.write({"price_unit": 1}),
            lambda: line.write({"name": "x"}),
            lambda: line.web_save({"product_uom_qty": 9}, {"name": {}}),
            lambda: order.write({"order_line": [Command.update(line.id, {"price_unit": 1})]}),
            lambda: order.write({"note": "x"}),
            lambda: order.action_cancel(),
            lambda: order.copy(),
            lambda: order.unlink(),
            lambda: line.create({"order_id": order.id, "product_id": self.products[0].id}),
            lambda: order.message_post(body="x"),
            lambda: order.onchange({}, [], {"amount_total": {}}),
        ):
            self.refuses(write)
        self.assertEqual(self.order.order_line[:1].price_unit, PRICE)

    def test_who_sells_and_moves_goods_sees_all(self):
        order = self.order.with_user(self.both)
        order.user_id = self.both
        self.assertEqual(order.order_line[:1].price_unit, PRICE)
        self.assertEqual(order.partner_id.email, MAIL)
        order.order_line[:1].write({"name": "Other words"})

    def test_the_reason_of_a_hold_names_no_amount(self):
        self.assertIn("9,999.00", self.order.with_user(self.both).oms_hold_text)
        told = self.order.with_user(self.picker).oms_hold_text
        self.assertTrue(told)
        self.assertNotIn("9,999", told)
        self.assertNotIn("7,313", told)

        hold = self.order._put_on_hold("credit", f"owes {PRICE}")
        self.env.invalidate_all()
        self.assertIn(str(PRICE), self.order.with_user(self.both).oms_hold_text)
        self.assertNotIn(str(PRICE), self.order.with_user(self.picker).oms_hold_text)
        self.assertNotIn(str(PRICE), hold.with_user(self.picker).sentence)
        self.refuses(lambda: hold.with_user(self.picker).read(["note"]))

    def test_the_panel_of_a_problem_names_no_amount(self):
        problem = self.problems(order_id=self.order.id, reason="total_differs").with_user(self.picker)
        self.assertNotRegex(str(problem.get_panel()), "9,999|7,313")

    def test_changes_of_prices_are_not_for_them(self):
        change = self.env["oms.order.change"].create({"order_id": self.order.id})
        lines = self.env["oms.order.change.line"].create(
            [
                {"change_id": change.id, "kind": kind, "old": "1", "new": "2", "why": "picked"}
                for kind in ("amount", "quantity_up", "total")
            ]
        )
        visible = lines.with_user(self.picker).search([("change_id", "=", change.id)])
        self.assertEqual(visible.mapped("kind"), ["quantity_up"])
        self.assertEqual(len(lines.with_user(self.both).search([("change_id", "=", change.id)])), 3)

    def test_screens_ask_for_nothing_hidden(self):
        """Each screen a picker can open names only fields the picker may read, in conditions as well."""
        for model in (
            "stock.picking",
            "sale.order",
            "product.template",
            "product.product",
            "res.partner",
            "stock.quant",
        ):
            for kind in ("form", "list", "kanban", "search"):
                with self.subTest(model=model, kind=kind):
                    view = self.env[model].with_user(self.picker).get_views([(False, kind)])
                    arch = view["views"][kind]["arch"]
                    for name in MONEY_FIELDS.get(model, ()):
                        self.assertNotIn(f'name="{name}"', arch)
                        self.assertNotRegex(arch, rf"(invisible|readonly|required)=\"[^\"]*\b{name}\b")
        arch = self.env["sale.order"].with_user(self.picker).get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertNotIn('name="action_confirm"', arch)
        self.assertNotIn("partner_credit_warning", arch)
        whole = self.env["sale.order"].with_user(self.both).get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertIn('name="price_unit"', whole)
        self.assertIn('name="tax_totals"', whole)
