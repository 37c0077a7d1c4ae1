import os

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError
from odoo.tools import config

from ..client.adapter import FileAdapter, FolderAdapter
from ..client.folder import split_path
from ..lib.values import Meaning


class OmsChannel(models.Model):
    """Files as a channel: how their cells are meant, and the folder they may come by."""

    _inherit = "oms.channel"

    channel_type = fields.Selection(selection_add=[("file", "Files")], ondelete={"file": "cascade"})
    file_folder = fields.Char(
        string="Watched folder",
        copy=False,
        groups="oms_core.group_oms_manager",
        help="Below the folder the server's administrator allows. Empty: orders come by upload and API only.",
    )
    file_settle_seconds = fields.Integer(
        string="Complete after (seconds)",
        default=30,
        required=True,
        help="A file that did not change for so long is taken to be complete.",
    )
    file_date_order = fields.Selection(
        [("iso", "2026-11-26"), ("dmy", "26.11.2026, 26/11/2026"), ("mdy", "11/26/2026")],
        string="Dates",
        default="iso",
        required=True,
        help="Dates as 2026-11-26, and day cells of a workbook, are understood in any case.",
    )
    file_decimal = fields.Selection(
        [(".", "1,234.50"), (",", "1.234,50")],
        string="Numbers",
        default=".",
        required=True,
        help="Decides only what “1.234” and “1,234” are; all other numbers tell themselves.",
    )
    file_time_zone = fields.Selection(_tz_get, string="Time zone", default=lambda self: self.env.user.tz or "UTC")
    file_currency_id = fields.Many2one("res.currency", string="Currency where the file has none")
    file_is_tax_included = fields.Selection(
        [("yes", "With tax"), ("no", "Without tax")],
        string="Prices",
        default="yes",
        required=True,
        help="Where the file has no column “Price includes tax”.",
    )
    file_order_type = fields.Selection(
        [("retail", "Retail"), ("wholesale", "Wholesale"), ("phone", "Phone")],
        string="Order type where the file has none",
        help="Becomes a tag of the order.",
    )
    file_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price list",
        check_company=True,
        help="Where a row has no price, it is the price of this list. A price in the file is taken as it is.",
    )
    file_is_watched = fields.Boolean(compute="_compute_file_is_watched", string="Watches a folder")
    file_root_hint = fields.Char(compute="_compute_file_root_hint", groups="oms_core.group_oms_manager")

    _file_folder_unique = models.UniqueIndex(
        "(file_folder) WHERE file_folder IS NOT NULL", "Another channel watches this folder."
    )
    _file_settle_positive = models.Constraint("CHECK(file_settle_seconds >= 0)", "A time cannot be negative.")

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return the adapter of files: one with another side where a folder is watched."""
        if self.channel_type != "file":
            return super()._adapter_class()
        return FolderAdapter if self.sudo().file_folder else FileAdapter  # sudo: the path is for managers

    def _adapter_settings(self):
        """Override of `oms_core` to tell the adapter its folder, and how cells are meant."""
        if self.channel_type != "file":
            return super()._adapter_settings()
        return {
            "root": _allowed_root(),
            "folder": self.sudo().file_folder or "",  # sudo: the path is for managers
            "settle_seconds": self.file_settle_seconds,
            "meaning": self._file_meaning(),
        }

    @api.model
    def _explain(self, error):
        """Override of `oms_core` to say what is the matter with a folder."""
        words = {"folder": error.params.get("folder", ""), "why": error.params.get("why", "")}
        sentences = {
            "folder_unusable": lambda: self.env._("The folder “%(folder)s” cannot be used: %(why)s.", **words),
            "folder_no_root": lambda: self.env._("No folder is allowed on this server: OMS_FILE_ROOT is not set."),
            "folder_refused": lambda: self.env._("“%(folder)s” is no folder below OMS_FILE_ROOT.", **words),
            "folder_linked": lambda: self.env._(
                "“%(folder)s” leads over a link or a file; only real folders are followed.", **words
            ),
            "file_not_answered": lambda: self.env._("A file cannot be answered; tell the customer yourself."),
        }
        return sentences[error.code]() if error.code in sentences else super()._explain(error)

    def _file_meaning(self):
        """Return how cells of this channel's files are to be understood."""
        self.ensure_one()
        return Meaning(
            date_order=self.file_date_order,
            decimal=self.file_decimal,
            time_zone=self.file_time_zone or "UTC",
            currency=(self.file_currency_id or self.company_id.currency_id).name,
            is_tax_included=self.file_is_tax_included == "yes",
            order_type=self.file_order_type or None,
            has_price_list=bool(self.file_pricelist_id),
        )

    # === THE FOLDER ===

    @api.depends("file_folder")
    def _compute_file_is_watched(self):
        for channel in self:
            channel.file_is_watched = bool(channel.sudo().file_folder)  # sudo: the path is for managers

    def _compute_file_root_hint(self):
        root = _allowed_root()
        for channel in self:
            if root:
                channel.file_root_hint = self.env._("Below %s on the server.", root)
            else:
                channel.file_root_hint = self.env._(
                    "The server's administrator allows no folder yet: set OMS_FILE_ROOT, see the documentation."
                )

    @api.constrains("file_folder")
    def _check_file_folder(self):
        for channel in self.filtered("file_folder"):
            if split_path(channel.file_folder) is None:
                raise ValidationError(
                    self.env._(
                        "“%s” is no folder that can be watched. Write names of letters, digits, spaces, points and"
                        " hyphens with a slash between them, as wholesale/orders.",
                        channel.file_folder,
                    )
                )

    def write(self, vals):
        """Give a channel that gets a folder what can be told by it."""
        result = super().write(vals)
        if "file_folder" in vals:
            for channel in self.filtered(lambda channel: channel.channel_type == "file"):
                channel._ensure_states()
        return result


def _allowed_root():
    """Return the folder below which channels may watch folders; only the server's administrator can set it."""
    return os.environ.get("OMS_FILE_ROOT") or config.get("oms_file_root") or ""
