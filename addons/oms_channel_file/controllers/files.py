from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from ..lib import outgoing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Files(http.Controller):
    """Files that people take home: the template to fill in, and the parcels that left."""

    @http.route("/oms_file/template.csv", type="http", auth="user", methods=["GET"])
    def template_csv(self):
        """The template as CSV."""
        return _download("orders-template.csv", "text/csv; charset=utf-8", outgoing.build_template_csv())

    @http.route("/oms_file/template.xlsx", type="http", auth="user", methods=["GET"])
    def template_xlsx(self):
        """The template as a workbook that explains its columns."""
        return _download("orders-template.xlsx", XLSX, outgoing.build_template_xlsx())

    @http.route("/oms_file/parcels/<int:channel_id>", type="http", auth="user", methods=["GET"])
    def parcels(self, channel_id):
        """The parcels of a channel that left in the last weeks, with their tracking numbers."""
        channel = request.env["oms.channel"].browse(channel_id)
        try:
            content = channel._build_parcel_list()
        except (AccessError, MissingError):
            raise request.not_found() from None
        return _download(f"parcels-{channel_id}.csv", "text/csv; charset=utf-8", content)

    @http.route("/oms_file/errors/<int:import_id>", type="http", auth="user", methods=["GET"])
    def errors(self, import_id):
        """What was wrong with an uploaded file, a row for each thing, to work through beside the file."""
        upload = request.env["oms.file.import"].browse(import_id)
        try:
            content = upload._build_error_list()
        except (AccessError, MissingError):
            raise request.not_found() from None
        return _download(f"errors-{import_id}.csv", "text/csv; charset=utf-8", content)


def _download(name, kind, content):
    headers = [
        ("Content-Type", kind),
        ("Content-Disposition", content_disposition(name)),
        ("Cache-Control", "no-store"),
    ]
    return request.make_response(content, headers=headers)
