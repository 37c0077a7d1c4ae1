from odoo import api, models
from odoo.exceptions import AccessError

PREFIX = "oms_channel_"


class OmsChannel(models.Model):
    """Which kinds of channels there are, for the tiles that add one."""

    _inherit = "oms.channel"

    @api.model
    def get_channel_kinds(self):
        """Return the kinds of channels that can be connected, and those whose addon is not installed yet.

        :return: list of dicts: ``kind`` (a value of ``channel_type``, or False where the addon is missing), ``tile``
            (what the letter tile stands for), ``name``, ``hint``, ``module_id`` and ``can_open``: whether the reader
            may connect it, or install its addon
        :raise AccessError: the reader is no order desk clerk
        """
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise AccessError(self.env._("Ask an order desk clerk."))
        is_manager = self.env.user.has_group("oms_core.group_oms_manager")
        may_install = self.env.user.has_group("base.group_system")
        addons = self._channel_addons()
        homes = self._kind_addons()
        kinds = [
            {
                "kind": kind,
                "tile": kind,
                "name": label,
                "hint": addons[homes[kind]].summary or "" if homes.get(kind) in addons else "",
                "module_id": False,
                "can_open": is_manager,
            }
            for kind, label in self._fields["channel_type"]._description_selection(self.env)
        ]
        missing = [
            {
                "kind": False,
                "tile": name.removeprefix(PREFIX),
                "name": (addon.shortdesc or name).removeprefix("OMS: "),
                "hint": addon.summary or "",
                "module_id": addon.id,
                "can_open": may_install,
            }
            for name, addon in addons.items()
            if addon.state == "uninstalled"
        ]
        return kinds + missing

    def _channel_addons(self):
        """Return ``{technical name: addon}`` of all channel addons that are here, installed or not."""
        # sudo: which addons exist is no secret to those who may ask for one
        addons = self.env["ir.module.module"].sudo().search([("name", "=like", r"oms\_channel\_%")])
        return {addon.name: addon for addon in addons.sorted("name")}

    def _kind_addons(self):
        """Return ``{kind: technical name of the addon that adds it}``."""
        rows = (
            self.env["ir.model.fields.selection"]
            .sudo()
            .search(  # sudo: as above
                [("field_id.model", "=", "oms.channel"), ("field_id.name", "=", "channel_type")]
            )
        )
        names = rows.get_external_id()
        return {row.value: names[row.id].partition(".")[0] for row in rows if names[row.id]}
