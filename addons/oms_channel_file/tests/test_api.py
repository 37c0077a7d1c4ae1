import base64

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import FileCase, csv_of


def encoded(*rows):
    """Return a file as the API takes it."""
    return base64.b64encode(csv_of(*rows)).decode()


@tagged("post_install", "-at_install")
class TestApi(FileCase):
    """What a program may hand over, and what it is told."""

    def test_a_dry_run_answers_and_keeps_nothing(self):
        channel = self.channel.with_user(self.clerk)
        answer = channel.import_order_file(
            "orders.csv", encoded({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}), dry_run=True
        )
        currency = self.channel.file_currency_id.name
        self.assertEqual(
            answer,
            {
                "orders": [
                    {
                        "number": "1",
                        "state": "new",
                        "buyer": "Ann Buyer",
                        "lines": 1,
                        "total": "19.80",
                        "currency": currency,
                    },
                    {"number": "2", "state": "error", "buyer": False, "lines": 1, "total": False, "currency": False},
                ],
                "errors": [{"order": "2", "row": 3, "column": "Quantity", "message": "“two” is not a number"}],
                "notes": [],
            },
        )
        self.assertFalse(self.env["oms.file.import"].search([("channel_id", "=", self.channel.id)]))
        self.assertFalse(self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)]))

    def test_the_same_call_twice_has_the_effect_of_once(self):
        channel, content = self.channel.with_user(self.clerk), encoded({"Order number": "1"})
        first = self.run_jobs(lambda: channel.import_order_file("a.csv", content))
        second = self.run_jobs(lambda: channel.import_order_file("b.csv", content))
        self.assertEqual([answer["orders"][0]["state"] for answer in (first, second)], ["new", "unchanged"])
        self.assertEqual(len(self.orders("1")), 1)
        upload = self.env["oms.file.import"].browse(first["id"])
        self.assertEqual((upload.create_uid, upload.name, upload.line_ids.result), (self.clerk, "a.csv", "created"))

    def test_twice_before_the_import_ran(self):
        channel, content = self.channel.with_user(self.clerk), encoded({"Order number": "1"})

        def call_twice():
            return [channel.import_order_file("a.csv", content) for _call in range(2)]

        answers = self.run_jobs(call_twice)
        self.assertEqual([answer["orders"][0]["state"] for answer in answers], ["new", "unchanged"])
        self.assertEqual(len(self.orders("1")), 1)

    def test_what_is_refused(self):
        channel = self.channel.with_user(self.clerk)
        for content in ("***", "A"):
            with self.assertRaisesRegex(UserError, "base64"):
                channel.import_order_file("a.csv", content)
        with self.assertRaisesRegex(UserError, "larger than"):
            channel.import_order_file("a.csv", base64.b64encode(b"x" * 10_000_001).decode())
        self.channel.state = "paused"
        with self.assertRaisesRegex(UserError, "not live"):
            channel.import_order_file("a.csv", encoded({"Order number": "1"}))
        self.assertTrue(channel.import_order_file("a.csv", encoded({"Order number": "1"}), dry_run=True)["orders"])

    def test_who_sells_nothing_may_not_hand_over_orders(self):
        picker = new_test_user(self.env, "file_picker", groups="base.group_user,stock.group_stock_user")
        with self.assertRaises(UserError):  # an AccessError is one, too
            self.channel.with_user(picker).import_order_file("a.csv", encoded({"Order number": "1"}), dry_run=True)
