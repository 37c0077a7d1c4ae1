from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FileCase, csv_of


@tagged("post_install", "-at_install")
class TestAccess(FileCase):
    """Who sees what."""

    def test_clerks_work_with_uploads_and_do_not_write_their_outcome(self):
        upload = self.upload(csv_of({"Order number": "1"}))
        with self.assertRaises(AccessError):
            upload.line_ids.write({"state": "unchanged"})
        with self.assertRaises(AccessError):
            upload.unlink()
        with self.assertRaises(AccessError):
            upload.read(["body_encrypted"])
        self.assertTrue(upload.with_user(self.manager).unlink())

    def test_the_folder_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.clerk).read(["file_folder"])
        self.channel.file_folder = "wholesale"
        self.assertIn("stock", {capability.value for capability in
                                self.channel.with_user(self.clerk)._adapter_class().capabilities})  # fmt: skip

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "file_stranger",
            groups="base.group_user,oms_core.group_oms_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        upload = self.upload(csv_of({"Order number": "1"}))
        self.assertFalse(self.env["oms.file.import"].with_user(stranger).search([]))
        self.assertFalse(self.env["oms.file.import.line"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            upload.with_user(stranger).action_check()
        with self.assertRaises(AccessError):
            self.channel.with_user(stranger).import_order_file("a.csv", "YQ==", dry_run=True)

    def test_old_uploads_are_forgotten(self):
        upload = self.upload(csv_of({"Order number": "1"}))
        self.env.cr.execute("UPDATE oms_file_import SET create_date = '2020-01-01' WHERE id = %s", [upload.id])
        upload.invalidate_recordset()
        self.env["oms.file.import"]._gc_old()
        self.assertFalse(upload.exists())


@tagged("post_install", "-at_install")
class TestDownloads(HttpCase, FileCase):
    """Files over HTTP."""

    def test_the_template_is_for_those_who_are_signed_in(self):
        self.authenticate("file_clerk", "file_clerk")
        workbook = self.url_open("/oms_file/template.xlsx")
        self.assertEqual((workbook.status_code, workbook.content[:2]), (200, b"PK"))
        text = self.url_open("/oms_file/template.csv")
        self.assertTrue(text.content.startswith(b"\xef\xbb\xbfOrder number*,"))
        self.assertIn("attachment", text.headers["Content-Disposition"])
        self.authenticate(None, None)
        self.assertNotIn(b"Order number", self.url_open("/oms_file/template.csv").content)

    def test_lists_are_for_those_who_may_read_them(self):
        upload = self.upload(csv_of({"Order number": "1", "Quantity": "two"}))
        self.authenticate("file_clerk", "file_clerk")
        self.assertIn("is not a number", self.url_open(f"/oms_file/errors/{upload.id}").content.decode())
        self.assertIn(b"Tracking number", self.url_open(f"/oms_file/parcels/{self.channel.id}").content)
        new_test_user(self.env, "file_visitor", groups="base.group_user")
        self.authenticate("file_visitor", "file_visitor")
        for path in (
            f"/oms_file/errors/{upload.id}",
            f"/oms_file/parcels/{self.channel.id}",
            "/oms_file/errors/99999999",
        ):
            self.assertIn(self.url_open(path).status_code, (403, 404, 422), path)
