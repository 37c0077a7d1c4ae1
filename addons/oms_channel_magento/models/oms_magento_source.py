from odoo import fields, models


class OmsMagentoSource(models.Model):
    """Which inventory source of a shop a warehouse of ours is."""

    _name = "oms.magento.source"
    _description = "Inventory source of a Magento shop"
    _rec_name = "source_code"
    _order = "channel_id, warehouse_id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade", check_company=True)
    source_code = fields.Char(
        required=True, help="Code of the source in the shop: Stores, Inventory, Sources. A shop with one has “default”."
    )

    _warehouse_unique = models.UniqueIndex("(channel_id, warehouse_id)", "Each warehouse is one source of a shop.")
