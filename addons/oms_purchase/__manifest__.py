{
    "name": "OMS: purchases",
    "summary": "Orders bought for, dropship and back-to-back; purchase orders in the desk and what waits for them",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "OMS contributors",
    "website": "https://github.com/oms-odoo/oms",
    "category": "Sales/Sales",
    "depends": ["oms_core", "stock_dropshipping"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "data/oms_order_type_data.xml",
        "views/purchase_order_views.xml",
        "views/sale_order_views.xml",
    ],
}
