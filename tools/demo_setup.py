"""The demo shop: a company, three warehouses, 200 products in stock, customers, carriers, and channels on the sandbox.

Runs inside ``odoo shell`` with ``OMS_SANDBOX_URL`` set: :func:`build` fills a fresh database once,
:func:`tools.demo_channels.connect` ties its channels to the stand-ins of this run. ``OMS_DEMO_PART`` says which:
``fill`` does both, ``connect`` only the second.
The shop sells the products the stand-ins know (:mod:`sandbox.catalogue`), so orders find their products.
"""

import os
from datetime import datetime, timedelta, timezone

from sandbox.catalogue import PRODUCTS
from tools import demo_channels

COMPANY = {
    "name": "Fernweg Outdoor",
    "street": "Warschauer Straße 70",
    "city": "Berlin",
    "zip": "10243",
    "email": "shop@fernweg.example",
    "phone": "+49 30 5550100",
}
WAREHOUSES = (
    ("Berlin", "BER", {"street": "Warschauer Straße 70", "city": "Berlin", "zip": "10243", "country": "DE"}),
    ("Lyon", "LYO", {"street": "12 Rue de la République", "city": "Lyon", "zip": "69002", "country": "FR"}),
    ("Reading", "REA", {"street": "Unit 7, Technology Park", "city": "Reading", "zip": "RG6 1AZ", "country": "GB"}),
)
# What one euro bought when the demo was written; good enough to see totals in one currency.
RATES = {"USD": 1.08, "GBP": 0.86, "JPY": 162.0, "BRL": 6.1, "TRY": 37.0}
CARRIERS = ("DHL", "UPS", "DPD", "Royal Mail", "FedEx")
# The products of the official Amazon example orders.
EXAMPLE_PRODUCTS = (
    ("ECHO-POP-US-BLK", "Smart speaker Pop, black", 39.99),
    ("ECHO-DOT-4-BR-PRETO", "Smart speaker Dot, black", 49.90),
    ("DELL-I15-BR-001", "Laptop 15 inch", 579.00),
    ("ECHO-DOT-4-UK-CHARCOAL-SINGLE", "Smart speaker Dot, charcoal", 39.90),
    ("ECHO-DOT-4-JP-CHARCOAL", "Smart speaker Dot, charcoal, JP plug", 39.90),
    ("FIRE-TV-4K-MAX-JP", "Streaming stick 4K", 44.90),
    ("FIRE-HD10-TR-BLK", "Tablet 10 inch, black", 129.00),
)
# Which carrier comes to which warehouse, and when on its own clock.
CUTOFFS = (
    ("BER", "DHL", 16.5, "Europe/Berlin"), ("BER", "DPD", 17.25, "Europe/Berlin"), ("LYO", "DPD", 15.0, "Europe/Paris"),
    ("LYO", "UPS", 16.0, "Europe/Paris"), ("REA", "Royal Mail", 17.0, "Europe/London"),
)  # fmt: skip
CUSTOMERS = (
    ("Alpenblick Sports", "München", "80331", "DE"), ("Hafen Outfitters", "Hamburg", "20457", "DE"),
    ("Rheintal Outdoor", "Köln", "50667", "DE"), ("Montagne & Cie", "Grenoble", "38000", "FR"),
    ("Sentier Bleu", "Nantes", "44000", "FR"), ("Peak District Supplies", "Sheffield", "S1 2BJ", "GB"),
    ("Lakeland Trail Shop", "Kendal", "LA9 4BN", "GB"), ("Polderpad", "Utrecht", "3511 CE", "NL"),
    ("Fjellheim Butikk", "Bergen", "5003", "NO"), ("Cumbre Norte", "Bilbao", "48001", "ES"),
)  # fmt: skip

SUPPLIERS = ("Weber & Söhne", "Nordic Supply AB")


def build(env):
    """Fill a fresh database: company, warehouses, products with stock, customers, carriers, taxes, a clerk."""
    warehouses = _build_company(env)
    _build_money(env)
    products = _build_products(env)
    _build_stock(env, products, warehouses)
    _build_customers(env)
    _build_purchases(env, products)
    _build_carriers(env)
    _build_cutoffs(env, warehouses)
    _build_users(env)


def _build_company(env):
    company = env.company
    countries = {code: env["res.country"].search([("code", "=", code)]) for code in ("DE", "FR", "GB")}
    company.write(COMPANY | {"country_id": countries["DE"].id, "currency_id": env.ref("base.EUR").id})
    warehouses = env["stock.warehouse"]
    for index, (name, code, address) in enumerate(WAREHOUSES):
        partner = env["res.partner"].create(
            {
                "name": f"{COMPANY['name']} {name}",
                "street": address["street"],
                "city": address["city"],
                "zip": address["zip"],
                "country_id": countries[address["country"]].id,
                "company_id": company.id,
            }
        )
        values = {"name": name, "code": code, "partner_id": partner.id, "sequence": index}
        if index:
            warehouses |= warehouses.create(values | {"company_id": company.id})
        else:
            first = warehouses.search([("company_id", "=", company.id)], limit=1)
            first.write(values)
            warehouses |= first
    return warehouses


def _build_money(env):
    for code, rate in RATES.items():
        currency = env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.active = True
        env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": rate, "name": "2026-01-01", "company_id": env.company.id}
        )


def _build_products(env):
    template = {"is_storable": True, "invoice_policy": "delivery", "taxes_id": [(5,)]}
    values = [
        template
        | {
            "name": product.name,
            "default_code": product.sku,
            "barcode": product.barcode,
            "weight": product.weight_grams / 1000,
            "list_price": float(product.price("EUR")),
            "standard_price": round(float(product.price("EUR")) * 0.45, 2),
        }
        for product in PRODUCTS
    ]
    values += [
        template | {"name": name, "default_code": sku, "list_price": price} for sku, name, price in EXAMPLE_PRODUCTS
    ]
    return env["product.product"].create(values)


def _build_stock(env, products, warehouses):
    """Count stock in: most in Berlin, some in Lyon and Reading, as inventory counts that stay on record."""
    first_quantities = {product.sku: product.first_quantity for product in PRODUCTS}
    counts = []
    for product in products:
        total = first_quantities.get(product.default_code, 25)
        shares = (total - 2 * (total // 4), total // 4, total // 4)
        for warehouse, quantity in zip(warehouses, shares, strict=True):
            counts.append(
                {"product_id": product.id, "location_id": warehouse.lot_stock_id.id, "inventory_quantity": quantity}
            )
    quants = env["stock.quant"].with_context(inventory_mode=True).create(counts)
    quants.action_apply_inventory()


def _build_customers(env):
    env["res.partner"].create(
        [
            {
                "name": name,
                "is_company": True,
                "ref": f"C-{number:03d}",
                "street": f"{number} Market Street",
                "city": city,
                "zip": postcode,
                "country_id": env["res.country"].search([("code", "=", country)]).id,
                "email": f"orders@{name.split()[0].lower()}.example",
            }
            for number, (name, city, postcode, country) in enumerate(CUSTOMERS, 1)
        ]
    )


def _build_purchases(env, products):
    """Have two suppliers, and one purchase order that comes soon beside one that is late."""
    if "purchase.order" not in env:
        return
    suppliers = env["res.partner"].create([{"name": name, "is_company": True} for name in SUPPLIERS])
    scarce = products.sorted("qty_available")[:20]
    scarce.seller_ids = [(0, 0, {"partner_id": suppliers[0].id, "price": 4.5, "delay": 5})]
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    for supplier, some, days in ((suppliers[0], scarce[:8], 4), (suppliers[1], scarce[8:12], -2)):
        lines = [
            {"product_id": product.id, "product_qty": 40, "price_unit": 4.5, "date_planned": now + timedelta(days=days)}
            for product in some
        ]
        order = env["purchase.order"].create(
            {"partner_id": supplier.id, "order_line": [(0, 0, line) for line in lines]}
        )
        order.button_confirm()


def _build_carriers(env):
    product = env.ref("oms_core.product_shipping")
    env["delivery.carrier"].create(
        [{"name": name, "product_id": product.id, "delivery_type": "fixed", "fixed_price": 4.95} for name in CARRIERS]
    )


def _build_cutoffs(env, warehouses):
    carriers = {carrier.name: carrier for carrier in env["delivery.carrier"].search([("name", "in", CARRIERS)])}
    places = {warehouse.code: warehouse for warehouse in warehouses}
    env["oms.cutoff"].create(
        [
            {"warehouse_id": places[code].id, "carrier_id": carriers[name].id, "time": hours, "tz": zone}
            for code, name, hours, zone in CUTOFFS
        ]
    )


def _build_users(env):
    clerk = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Order desk clerk",
                "login": "clerk",
                "password": "clerk",
                "group_ids": [(4, env.ref("oms_core.group_oms_clerk").id), (4, env.ref("stock.group_stock_user").id)],
            }
        )
    )
    return clerk


def _run(env):
    if os.environ["OMS_DEMO_PART"] == "fill":
        build(env)
        demo_channels.build_file_channel(env)
        demo_channels.stage(os.environ["OMS_SANDBOX_URL"])
    demo_channels.connect(env, os.environ["OMS_SANDBOX_URL"])
    env.cr.commit()  # odoo shell leaves it to its script


if "env" in globals():  # set by odoo shell
    _run(globals()["env"])
