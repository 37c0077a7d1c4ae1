from odoo import SUPERUSER_ID, Command
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCase

MODELS = (
    "oms.channel",
    "oms.channel.endpoint",
    "oms.channel.state",
    "oms.channel.tax",
    "oms.exception",
    "oms.inbox",
    "oms.listing",
    "oms.order.event",
    "oms.outbox",
    "oms.tag",
)


@tagged("post_install", "-at_install")
class TestAccess(OmsCase):
    """Each group may do what its work needs and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "portal": new_test_user(cls.env, "oms_portal", groups="base.group_portal"),
            "employee": new_test_user(cls.env, "oms_employee", groups="base.group_user"),
            "picker": new_test_user(cls.env, "oms_picker", groups="stock.group_stock_user"),
            "clerk": new_test_user(cls.env, "oms_clerk", groups="oms_core.group_oms_clerk,stock.group_stock_user"),
            "manager": new_test_user(cls.env, "oms_manager", groups="oms_core.group_oms_manager"),
        }

    def may(self, who, model, operation):
        return self.env[model].with_user(self.users[who]).has_access(operation)

    def test_nobody_without_a_reason_sees_anything(self):
        for model in MODELS:
            for who in ("portal", "employee"):
                self.assertFalse(self.may(who, model, "read"), f"{who} reads {model}")

    def test_pickers_see_names_and_problems_and_change_nothing(self):
        readable = {model for model in MODELS if self.may("picker", model, "read")}
        self.assertEqual(readable, {"oms.channel", "oms.exception", "oms.tag"})
        for model in MODELS:
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.may("picker", model, operation), f"picker may {operation} {model}")

    def test_clerks_read_all_and_write_links_and_tags(self):
        for model in MODELS:
            self.assertTrue(self.may("clerk", model, "read"), model)
        writable = {model for model in MODELS if self.may("clerk", model, "write")}
        self.assertEqual(writable - {"oms.exception"}, {"oms.listing", "oms.tag"})
        self.assertFalse([model for model in MODELS if self.may("clerk", model, "unlink")])

    def test_only_managers_change_channels(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.users["clerk"]).poll_minutes = 1
        self.channel.with_user(self.users["manager"]).poll_minutes = 1

    def test_clerk_works_a_held_order_to_its_confirmation(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="NEW")]))
        problem = self.problems(order_id=order.id).with_user(self.users["clerk"])
        problem.link_sku(self.products[0].id)
        self.assertEqual(order.state, "sale")
        event = order.oms_event_ids.filtered(lambda event: event.kind == "linked")
        self.assertEqual((event.source, event.actor), ("person", self.users["clerk"].name))

    def test_a_job_does_the_systems_work_whoever_asked(self):
        with trap_jobs() as jobs:
            self.channel.with_user(self.users["clerk"]).action_sync_now()
        self.assertTrue(jobs.enqueued_jobs)
        self.assertEqual({job.recordset.env.uid for job in jobs.enqueued_jobs}, {SUPERUSER_ID})

    def test_pickers_cannot_solve_problems_or_synchronise(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="NEW")]))
        problem = self.problems(order_id=order.id).with_user(self.users["picker"])
        for action in (problem.action_retry, problem.action_accept, problem.action_link_product):
            with self.assertRaises(UserError):
                action()
        with self.assertRaises(UserError):
            self.channel.with_user(self.users["picker"]).action_sync_now()

    def test_timeline_cannot_be_changed_by_any_group(self):
        event = self.import_orders(self.order_data()).oms_event_ids[0]
        for user in (*self.users.values(), self.env.ref("base.user_admin"), self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                event.with_user(user).write({"params": {}})
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()
        with self.assertRaises(AccessError):
            event.sudo().unlink()

    def test_document_bodies_are_ciphertext_and_hidden(self):
        self.import_orders(self.order_data())
        row = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])
        stored = bytes(row.sudo().body_encrypted)
        self.assertNotIn(b"Ann Buyer", stored)
        self.assertIn(b"Ann Buyer", row._body())
        with self.assertRaises(AccessError):
            row.with_user(self.users["clerk"]).read(["body_encrypted"])

    def test_another_company_sees_nothing(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="NEW")]))
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "oms_other",
            groups="oms_core.group_oms_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in MODELS:
            if model == "oms.tag":
                continue
            found = self.env[model].with_user(user).search([])
            self.assertFalse(found.filtered(lambda record: record.company_id == self.env.company), model)
        with self.assertRaises(AccessError):
            order.with_user(user).get_oms_timeline()
        with self.assertRaises(AccessError):
            self.channel.with_user(user).fetch_order("100-1")

    def test_copied_database_is_silent(self):
        self.import_orders(self.order_data())
        self.env.flush_all()
        from odoo.tools import file_open

        with file_open("oms_core/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.channel.state, "paused")
