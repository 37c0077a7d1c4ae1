import json
from decimal import Decimal

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..lib import dto
from .full_channel import FullAdapter, FullCase
from .screen_users import add_desk_users, run_jobs_at_once


class SetupCase(FullCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)
        # What an addon of a channel does to the form.
        cls.env["ir.ui.view"].create(
            {
                "name": "oms.channel.form.full",
                "model": "oms.channel",
                "inherit_id": cls.env.ref("oms_core.oms_channel_view_form").id,
                "arch": """
                    <group name="credentials" position="inside">
                        <group string="Sign-in" invisible="channel_type != 'full'">
                            <field name="full_secret" required="channel_type == 'full'" placeholder="The secret"/>
                        </group>
                    </group>""",
            }
        )

    def told(self):
        """Let the channel say what the account may do."""
        permissions = (
            dto.Permission(name="Orders", is_granted=True, detail="read"),
            dto.Permission(name="Refunds", is_granted=False, detail="tick it there"),
        )
        info = dto.AccountInfo(name="Memory", marketplaces=(("M1", "Lane"),), permissions=permissions)
        self.patch(FullAdapter, "check", lambda _adapter: info)


@tagged("post_install", "-at_install")
class TestSetupFacts(SetupCase):
    """What the set-up screens ask for, who may ask, and that a browser can read the answer."""

    def test_credentials_are_asked_for_on_their_step_and_not_before(self):
        form = Form(self.env["oms.channel"].with_user(self.manager))
        form.channel_type = "full"
        self.assertEqual(form.name, "Full")
        form.name = "Another"
        channel = form.save()
        self.assertEqual((channel.state, channel.setup_step, channel.full_secret), ("setup", "account", False))
        channel.setup_step = "credentials"
        form = Form(channel.with_user(self.manager))
        with self.assertRaisesRegex(AssertionError, "full_secret"):
            form.save()
        channel.write({"state": "live", "setup_step": "preview"})
        form = Form(channel.with_user(self.manager))
        with self.assertRaisesRegex(AssertionError, "full_secret"):
            form.save()

    def test_the_kinds_of_channels_and_who_may_add_them(self):
        kinds = self.env["oms.channel"].with_user(self.manager).get_channel_kinds()
        self.assertEqual([(row["name"], row["can_open"]) for row in kinds if row["kind"] == "full"], [("Full", True)])
        for_clerks = self.env["oms.channel"].with_user(self.clerk).get_channel_kinds()
        self.assertFalse(any(row["can_open"] for row in for_clerks))
        with self.assertRaises(AccessError):
            self.env["oms.channel"].with_user(self.picker).get_channel_kinds()
        self.assertEqual(json.loads(json.dumps(kinds)), kinds)

    def test_a_kind_whose_addon_is_missing_leads_to_apps(self):
        addon = self.env["ir.module.module"].create(
            {
                "name": "oms_channel_nowhere",
                "shortdesc": "OMS: Nowhere",
                "summary": "Sells nothing",
                "state": "uninstalled",
            }
        )
        admin = self.env.ref("base.user_admin")
        rows = {row["tile"]: row for row in self.env["oms.channel"].with_user(admin).get_channel_kinds()}
        found = rows["nowhere"]
        self.assertEqual((found["kind"], found["module_id"], found["can_open"]), (False, addon.id, True))
        self.assertEqual((found["name"], found["hint"]), ("Nowhere", "Sells nothing"))
        rows = {row["tile"]: row for row in self.env["oms.channel"].with_user(self.manager).get_channel_kinds()}
        self.assertFalse(rows["nowhere"]["can_open"])

    def test_one_part_is_looked_at_alone(self):
        channel = self.channel.with_user(self.clerk)
        with trap_jobs() as jobs:
            channel.action_sync_entity("returns")
            jobs.assert_jobs_count(1, only=self.channel._job_fetch_cases)
        with self.assertRaises(UserError):
            channel.action_sync_entity("shipments")
        with self.assertRaises(UserError):
            channel.action_sync_entity("nonsense")
        with self.assertRaises(UserError):
            self.channel.with_user(self.picker).action_sync_entity("returns")
        self.channel.state = "paused"
        with self.assertRaises(UserError):
            channel.action_sync_entity("returns")

    def test_a_row_offers_sync_only_where_there_is_something_to_look_at(self):
        can = {state.entity: state.can_sync for state in self.channel.state_ids}
        self.assertEqual((can["orders"], can["returns"], can["stock"], can["shipments"]), (True, True, True, False))
        self.channel.is_stock_pushed = False
        self.assertFalse(self.channel._state("stock").can_sync)

    def test_what_an_addon_has_learned_since_gets_its_row_by_itself(self):
        self.channel._state("returns").unlink()
        self.channel.invalidate_recordset()
        with trap_jobs() as jobs:
            self.env["oms.channel"]._cron_poll()
            queued = [(call.method.__self__, call.method.__name__, call.args) for call in jobs.calls]
        self.assertIn((self.channel, "_job_fetch_cases", ("returns",)), queued)
        self.assertTrue(self.channel._state("returns"))

    def test_reading_of_listings_is_seen_until_the_last_page(self):
        self.channel.state = "setup"
        self.assertFalse(self.channel.is_reading_listings)
        with trap_jobs() as jobs:
            self.channel.action_read_listings()
            self.assertTrue(self.channel.is_reading_listings)
            jobs.perform_enqueued_jobs()
        self.assertFalse(self.channel.is_reading_listings)

    def test_nothing_readable_is_the_one_reason_not_to_go_live(self):
        self.channel.write({"state": "setup", "setup_step": "preview"})
        unreadable = {"number": "1", "state": "unreadable", "problems": ["no"]}
        held = {"number": "2", "state": "held", "problems": ["unknown SKU"]}
        self.channel.preview = [unreadable]
        with self.assertRaisesRegex(UserError, "can be read"):
            self.channel.action_go_live()
        self.channel.preview = [unreadable, held]
        self.channel.action_go_live()
        self.assertEqual(self.channel.state, "live")

    def test_the_checklist_stays_until_it_is_done_or_not_wanted(self):
        self.channel.write({"is_stock_pushed": True, "alert_user_ids": [(6, 0, self.manager.ids)]})
        self.channel.last_hint_at = fields.Datetime.now()
        self.assertFalse(self.channel.checklist)
        self.env["oms.listing"].create({"channel_id": self.channel.id, "sku": "NEW"})
        self.channel.invalidate_recordset()
        left = [row["label"] for row in self.channel.checklist if not row["is_done"]]
        self.assertEqual(left, ["Link listings: 1 left"])
        self.assertTrue(self.channel.with_user(self.clerk).checklist)
        with self.assertRaises(AccessError):
            self.channel.with_user(self.clerk).action_close_checklist()
        self.channel.with_user(self.manager).action_close_checklist()
        self.channel.invalidate_recordset()
        self.assertFalse(self.channel.checklist)

    def test_the_preview_says_by_how_much_a_total_differs(self):
        self.channel.state = "setup"
        self.put(self.order_data("200-2", total="11.00"))
        with trap_jobs() as jobs:
            self.channel.action_fetch_sample()
            self.assertFalse(self.channel.preview_at)
            jobs.perform_enqueued_jobs()
        self.assertIn("1.00", self.channel.preview[0]["difference"])
        self.assertTrue(self.channel.preview_at)


@tagged("post_install", "-at_install")
class TestSetupTours(HttpCase, SetupCase):
    """Setting a channel up in a real browser. Jobs are done at once, as there is no job runner here."""

    def setUp(self):
        super().setUp()
        run_jobs_at_once(self)

    def test_from_a_new_channel_to_going_live(self):
        self.told()
        self.env["product.product"].create(
            {"name": "Merino socks M, grey", "default_code": "SK-MER", "is_storable": True}
        )
        self.env["delivery.carrier"].create(
            {"name": "DHL Express", "product_id": self.env.ref("oms_core.product_shipping").id}
        )
        self.memory.offers = [
            dto.ListingData(sku="SKU-A", title="Product A", quantity=3),
            dto.ListingData(sku="FW-MER", title="Merino socks M grey"),
        ]
        self.put(
            self.order_data("100-1", service_level="DHL express 12:00"),
            self.order_data("100-2", lines=[self.order_line(sku="NEVER-SEEN")]),
        )
        self.memory.orders["100-3"] = b"{"
        tax = dto.TaxAmount(amount=dto.Money(amount=Decimal("1.00"), currency="USD"))
        self.put(self.order_data("100-4", lines=[self.order_line(taxes=(tax,))], total="11.00", is_tax_included=False))
        self.start_tour("/odoo/oms-channels", "oms_setup", login=self.manager.login)
        channel = self.env["oms.channel"].search([("name", "=", "Second shop")])
        self.assertEqual((channel.state, channel.full_secret, channel.is_stock_pushed), ("live", "s3cret", False))
        self.assertEqual(channel.linked_percent, 66)
        self.assertEqual(self.memory.stock, {})
        orders = self.env["sale.order"].search([("oms_channel_id", "=", channel.id)])
        self.assertEqual(set(orders.mapped("oms_external_number")), {"100-1", "100-2", "100-4"})

    def test_each_line_of_what_is_left_opens_the_part_it_names(self):
        self.channel.write({"is_stock_pushed": False, "alert_user_ids": False, "last_hint_at": False})
        self.env["oms.listing"].create({"channel_id": self.channel.id, "sku": "NEVER-SEEN"})
        self.start_tour("/odoo/oms-channels", "oms_checklist_parts", login=self.manager.login)

    def test_a_problem_mended_on_the_channel_opens_its_page(self):
        entry = {"reason": "unmapped_tax", "channel_id": self.channel.id, "cause": "DE", "params": {"country": "DE"}}
        problem = self.env["oms.exception"]._open_problems([entry])
        self.start_tour(f"/odoo/oms-exceptions/{problem.id}", "oms_tax_problem", login=self.manager.login)

    def test_sync_one_part_from_the_card(self):
        self.memory.calls.clear()
        self.start_tour("/odoo/oms-channels", "oms_sync_one_part", login=self.clerk.login)
        self.assertEqual([call[0] for call in self.memory.calls], ["fetch_returns"])

    def test_fetch_an_order_that_is_not_here_by_its_number(self):
        self.put(self.order_data("171-1234567"))
        self.patch(FullAdapter, "fetch_order_by_number", lambda adapter, number: adapter.fetch_order(number))
        self.start_tour("/odoo/oms-orders", "oms_fetch_by_number", login=self.clerk.login)
        found = self.env["sale.order"].search([("oms_external_number", "=", "171-1234567")])
        self.assertEqual(found.oms_channel_id, self.channel)

    def test_fetch_an_order_from_the_menu_of_the_list(self):
        """Orders are found, only not the one that is wanted."""
        self.import_orders(self.order_data("171-1234567-01"))
        self.put(self.order_data("171-1234567"))
        self.patch(FullAdapter, "fetch_order_by_number", lambda adapter, number: adapter.fetch_order(number))
        self.start_tour("/odoo/oms-orders", "oms_fetch_from_menu", login=self.clerk.login)
        found = self.env["sale.order"].search([("oms_external_number", "=", "171-1234567")])
        self.assertEqual(found.oms_channel_id, self.channel)
