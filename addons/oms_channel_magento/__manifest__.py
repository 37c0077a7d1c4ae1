{
    "name": "OMS: Magento and OpenMage",
    "summary": "Orders of Magento 2 and OpenMage shops in; parcels, stock, cancellations and refunds out",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "OMS contributors",
    "website": "https://github.com/oms-odoo/oms",
    "category": "Sales/Sales",
    "depends": ["oms_core"],
    "external_dependencies": {"python": ["msgspec", "lxml", "zeep"]},
    "data": [
        "security/ir.model.access.csv",
        "security/oms_magento_rules.xml",
        "views/oms_channel_views.xml",
        "views/oms_channel_openmage_views.xml",
        "views/oms_magento_carrier_views.xml",
    ],
}
