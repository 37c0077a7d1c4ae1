{
    "name": "OMS: eBay",
    "summary": "eBay orders in; parcels, stock, prices, cancellations and refunds out",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "OMS contributors",
    "website": "https://github.com/oms-odoo/oms",
    "category": "Sales/Sales",
    "depends": ["oms_core"],
    "external_dependencies": {"python": ["cryptography", "msgspec"]},
    "data": [
        "security/ir.model.access.csv",
        "security/oms_ebay_rules.xml",
        "data/marketplaces.xml",
        "data/queue_data.xml",
        "views/oms_channel_views.xml",
        "views/oms_ebay_carrier_views.xml",
    ],
}
