{
    "name": "OMS: files",
    "summary": "Orders from CSV and XLSX files: by upload, watched folder or API; wholesale and phone orders",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "OMS contributors",
    "website": "https://github.com/oms-odoo/oms",
    "category": "Sales/Sales",
    "depends": ["oms_core"],
    "external_dependencies": {"python": ["babel", "msgspec", "openpyxl"]},
    "data": [
        "security/ir.model.access.csv",
        "security/oms_file_rules.xml",
        "data/queue_data.xml",
        "views/oms_file_import_views.xml",
        "views/oms_channel_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "oms_channel_file/static/src/**/*",
        ],
        "web.assets_tests": [
            "oms_channel_file/static/tests/tours/**/*",
        ],
    },
}
