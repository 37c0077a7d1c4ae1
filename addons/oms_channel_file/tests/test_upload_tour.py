from odoo.tests import HttpCase, tagged

from .common import FileCase


@tagged("post_install", "-at_install")
class TestUploadTour(HttpCase, FileCase):
    """The upload in a real browser, from the menu to the result."""

    def test_upload(self):
        self.start_tour("/odoo/oms-uploads", "oms_file_upload", login="file_clerk")
        upload = self.env["oms.file.import"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual((upload.state, upload.create_uid), ("imported", self.clerk))
        self.assertEqual(upload.line_ids.mapped("state"), ["new", "error"])
        document = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(document.external_id, "T-1")
