{
    "name": "OMS: Amazon",
    "summary": "Amazon orders in, parcels and stock out, by the Selling Partner API",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "OMS contributors",
    "website": "https://github.com/oms-odoo/oms",
    "category": "Sales/Sales",
    "depends": ["oms_core"],
    "external_dependencies": {"python": ["lxml", "msgspec"]},
    "data": [
        "security/ir.model.access.csv",
        "security/oms_amazon_rules.xml",
        "data/stores.xml",
        "data/queue_data.xml",
        "views/oms_channel_views.xml",
    ],
}
