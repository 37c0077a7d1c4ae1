from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..client.folder import Folder
from .common import FolderCase, csv_of


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@tagged("post_install", "-at_install")
class TestFolder(FolderCase):
    """The folder is polled like any channel; a file is imported once, whatever happens in between."""

    def test_a_file_is_imported_and_put_away(self):
        self.put("a.csv", csv_of({"Order number": "1"}, {"Order number": "2"}))
        self.poll()
        self.assertEqual(self.orders("1", "2").mapped("state"), ["sale", "sale"])
        self.assertEqual((self.names("in"), self.names("done"), self.names("failed")), ([], ["a.csv"], []))
        self.assertEqual(self.channel._state("orders").health, "ok")

    def test_what_is_wrong_is_listed_here_and_beside_the_file(self):
        self.put("a.csv", csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}))
        self.poll()
        self.assertEqual(self.orders("1").state, "sale")
        self.assertEqual((self.names("done"), self.names("failed")), ([], ["a.csv", "a.csv.txt"]))
        [path] = (self.base / "failed").glob("*.txt")
        self.assertIn("Row 3, Quantity (I): “two” is not a number", path.read_text())
        row = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id), ("state", "=", "quarantined")])
        self.assertEqual((row.external_id, row.path, row.reason), ("2", "row 3, Quantity (I)", "“two” is not a number"))
        problem = self.env["oms.exception"].search([("inbox_id", "=", row.id)])
        self.assertEqual(problem.reason, "unreadable")
        self.put("b.csv", csv_of({"Order number": "2"}))
        self.poll()
        self.assertEqual((row.state, problem.state, self.orders("2").state), ("superseded", "closed", "sale"))

    def test_a_crash_before_the_commit_leaves_all_to_the_next_look(self):
        self.put("a.csv", csv_of({"Order number": "1"}))
        with self.assertRaises(Killed), self.env.cr.savepoint(), trap_jobs():
            self.channel._job_fetch_orders()
            raise Killed
        self.assertEqual(self.names("in"), ["a.csv"])
        self.poll()
        self.assertEqual((len(self.orders("1")), self.names("done")), (1, ["a.csv"]))

    def test_a_crash_after_the_commit_imports_nothing_twice(self):
        self.put("a.csv", csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}))
        with trap_jobs() as jobs:
            self.channel._job_fetch_orders()  # stored; the process ends before any job of it ran
            self.assertEqual(len(jobs.enqueued_jobs), 2)
        domain = [("channel_id", "=", self.channel.id)]
        stored = self.env["oms.inbox"].search(domain)
        self.poll()
        self.poll()
        self.assertEqual(self.env["oms.inbox"].search(domain), stored)
        self.assertEqual(self.names("failed"), ["a.csv", "a.csv.txt"])
        self.run_jobs(stored._job_import)
        self.assertEqual(len(self.orders("1")), 1)

    def test_a_file_that_cannot_be_moved_is_tried_again(self):
        self.put("a.csv", csv_of({"Order number": "1"}))
        (self.base / "done").chmod(0o500)
        self.addCleanup((self.base / "done").chmod, 0o700)
        with trap_jobs() as jobs:
            self.channel._job_fetch_orders()
            [put_away] = [job for job in jobs.enqueued_jobs if job.method_name == "_job_put_away"]
            with self.assertRaisesRegex(RetryableJobError, "Permission denied"):
                put_away.perform()
            (self.base / "done").chmod(0o700)
            put_away.perform()
        self.assertEqual((self.names("in"), self.names("done")), ([], ["a.csv"]))

    def test_a_folder_that_is_gone_is_said_on_the_card(self):
        self.channel.file_folder = "gone/away"
        (self.root / "gone").write_bytes(b"a file, no folder")
        self.addCleanup((self.root / "gone").unlink)
        self.poll()
        self.assertIn("only real folders are followed", self.channel._state("orders").message)

    def test_many_pages(self):
        self.put("a.csv", csv_of(*({"Order number": str(number)} for number in range(1200))))
        with trap_jobs() as jobs:
            self.channel._job_fetch_orders()
            self.assertFalse([job for job in jobs.enqueued_jobs if job.method_name == "_job_put_away"])
        self.channel._job_fetch_orders()
        with trap_jobs() as jobs:
            self.channel._job_fetch_orders()
            self.assertEqual(len([job for job in jobs.enqueued_jobs if job.method_name == "_job_put_away"]), 1)
        self.assertEqual(self.env["oms.inbox"].search_count([("channel_id", "=", self.channel.id)]), 1200)

    def test_parcels_go_out_once(self):
        self.put("a.csv", csv_of({"Order number": "1"}))
        self.poll()
        picking = self.orders("1").picking_ids
        picking.carrier_id = self.env["delivery.carrier"].create(
            {"name": "DHL", "product_id": self.env.ref("oms_core.product_shipping").id}
        )
        picking.carrier_tracking_ref = "JD0001"
        picking.move_ids.quantity = 2
        with trap_jobs():
            picking.with_context(skip_sms=True).button_validate()
        message = self.env["oms.outbox"].search([("channel_id", "=", self.channel.id), ("kind", "=", "shipment")])
        adapter = self.channel._adapter()
        for _attempt in range(2):
            adapter.push_shipment(message._as_notice())
        [name] = self.names("out")
        self.assertIn(b"1,SOCK,2,DHL,JD0001,", (self.base / "out" / name).read_bytes())
        text = self.channel.with_user(self.clerk)._build_parcel_list().decode("utf-8-sig")
        self.assertIn("1,SOCK,2,DHL,JD0001,", text)

    def test_one_order_is_fetched_from_the_files(self):
        self.put("a.csv", csv_of({"Order number": "1"}, {"Order number": "2"}))
        self.run_jobs(lambda: self.channel.fetch_order("2"))
        self.assertEqual((len(self.orders("1")), len(self.orders("2"))), (0, 1))

    def test_prices_of_the_list_are_known_in_the_folder_too(self):
        self.channel.file_pricelist_id = self.env["product.pricelist"].create(
            {"name": "List", "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 50})]}
        )
        self.put("a.csv", csv_of({"Order number": "1", "Unit price": ""}))
        self.poll()
        self.assertEqual((self.orders("1").amount_total, self.names("done")), (20.0, ["a.csv"]))

    def test_only_plain_paths_are_taken(self):
        for path in ("../etc", "/etc", "a/../b", ".ssh"):
            with self.assertRaises(ValidationError):
                self.channel.file_folder = path

    def test_a_channel_with_a_folder_tells_stock_and_cancellations(self):
        self.assertEqual(
            set(self.channel.state_ids.mapped("entity")), {"orders", "shipments", "cancellations", "stock"}
        )
        self.assertTrue(self.channel.can_cancel)

    def test_the_folder_is_checked_like_any_connection(self):
        self.run_jobs(self.channel.action_check)
        self.assertEqual(self.channel.check_state, "ok")
        self.assertIn("wholesale", self.channel.check_message)

    def test_a_copied_database_forgets_the_folder(self):
        script = self.env["ir.module.module"]._get("oms_channel_file")
        self.assertTrue(script)
        path = __file__.rpartition("/tests/")[0] + "/data/neutralize.sql"
        with open(path, encoding="utf-8") as file:
            self.env.cr.execute(file.read())
        self.channel.invalidate_recordset()
        self.assertFalse(self.channel.file_folder)

    def test_reading_stops_at_what_the_folder_holds_now(self):
        """What is put there while a page is read waits for the next look: the mark does not pass it."""
        self.put("a.csv", csv_of({"Order number": "1"}))
        folder = Folder(str(self.root), "wholesale", 60)
        _waiting, complete_until = folder.waiting(folder.now())
        stamp = (self.base / "in" / "a.csv").stat().st_ctime
        self.assertLess(complete_until.timestamp(), stamp)
