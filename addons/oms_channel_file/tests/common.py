"""What the tests of the file channel share: a live channel, products in stock, files, and a folder on the disk."""

import base64
import os
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

RIGHT = {
    "Order number": "W-1",
    "Name": "Ann Buyer",
    "Email": "",
    "Street": "1 Main Street",
    "City": "Kendal",
    "Postal code": "LA9 4BN",
    "Country": "GB",
    "SKU": "SOCK",
    "Quantity": "2",
    "Unit price": "9.90",
}
SKUS = ("SOCK", "STOVE")


def csv_of(*rows):
    """Return a CSV file as bytes; each row is a dict of what differs from the right one."""
    headings = list(dict.fromkeys([*RIGHT, *(name for row in rows for name in row)]))
    lines = [headings, *([str((RIGHT | row).get(name, "")) for name in headings] for row in rows)]
    return "\n".join(";".join(line) for line in lines).encode()


class FileCase(TransactionCase):
    """A company with two products in stock, a live file channel and a clerk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.sock, cls.stove = cls.env["product.product"].create(
            [{"name": f"Product {sku}", "default_code": sku, "is_storable": True, "list_price": 20} for sku in SKUS]
        )
        for product in cls.sock | cls.stove:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 10_000)
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "Phone and wholesale",
                "channel_type": "file",
                "file_time_zone": "UTC",
                "file_currency_id": cls.env.company.currency_id.id,
                "warehouse_ids": [Command.set(cls.warehouse.ids)],
            }
        )
        cls.channel.state = "live"
        groups = "base.group_user,oms_core.group_oms_clerk"
        cls.clerk = new_test_user(cls.env, "file_clerk", groups=groups)
        cls.manager = new_test_user(cls.env, "file_manager", groups="base.group_user,oms_core.group_oms_manager")

    def run_jobs(self, start):
        """Call ``start`` and run each job it queues, as the runner would; return its answer."""
        with trap_jobs() as jobs:
            answer = start()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return answer

    def upload(self, content, name="orders.csv", user=None):
        """Choose a file as a person does and look it through."""
        upload = (
            self.env["oms.file.import"]
            .with_user(user or self.clerk)
            .create({"channel_id": self.channel.id, "name": name, "upload": base64.b64encode(content)})
        )
        upload.action_check()
        return upload

    def import_file(self, content, **more):
        """Upload a file, import it and run the jobs."""
        upload = self.upload(content, **more)
        self.run_jobs(upload.action_import)
        upload.invalidate_recordset()
        return upload

    def orders(self, *numbers):
        """Return our orders with these numbers, in their order."""
        found = self.env["sale.order"]._find_external(self.channel, list(numbers))
        return self.env["sale.order"].union(*(found[number] for number in numbers if number in found))


class FolderCase(FileCase):
    """The channel watches a folder on the disk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        patcher = patch.dict(os.environ, {"OMS_FILE_ROOT": folder.name})
        patcher.start()
        cls.addClassCleanup(patcher.stop)
        cls.channel.write({"file_folder": "wholesale", "file_settle_seconds": 0})

    def setUp(self):
        super().setUp()
        self.base = self.root / "wholesale"
        for part in ("in", "done", "failed", "out", ".told"):
            (self.base / part).mkdir(parents=True, exist_ok=True)
            for entry in (self.base / part).iterdir():
                entry.unlink()

    def put(self, name, content):
        """Put a file into the folder."""
        (self.base / "in" / name).write_bytes(content)
        time.sleep(0.02)

    def names(self, part):
        """Return the names of the files in a part of the folder, without the moments before them."""
        found = sorted(entry.name for entry in (self.base / part).iterdir() if not entry.name.startswith("."))
        return [name.partition("Z_")[2] or name for name in found]

    def poll(self):
        """Look into the folder as the scheduler does, until there are no more pages, and run all jobs."""
        self.run_jobs(self.channel._job_fetch_orders)
