"""A shop with very many orders, written straight into the tables: customers, orders, lines and transfers.

One order is made by the import; all others are copies of its rows with values of their own, so that a column that some
addon adds later is there, too.
"""

from dataclasses import dataclass

from bench.odoo_process import environment

FIRST_NAMES = (
    *("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Karla", "Leo", "Marie"),
    *("Nils", "Olivia", "Paul", "Romy", "Simon", "Thea", "Udo", "Vera", "Willi", "Zoë", "Jürgen", "François"),
    *("Łukasz", "Agnieszka", "Giulia", "Marco", "Sofía", "Álvaro", "Chloé", "Lucas", "Inès", "Noah", "Freja"),
)
NAME_BEGINNINGS = (
    *("Acker", "Berg", "Brink", "Dorn", "Eich", "Falk", "Gold", "Hart", "Holz", "Kalt", "Kirsch", "Lind", "Mühl"),
    *("Nieder", "Ober", "Rosen", "Sand", "Schön", "Stein", "Wald", "Weiss", "Wolf", "Zeller", "Fisch", "Grün"),
)
NAME_ENDINGS = (
    "bach",
    "baum",
    "berger",
    "dorf",
    "feld",
    "hofer",
    "mann",
    "meier",
    "müller",
    "schmidt",
    "stein",
    "vogel",
)
CITIES = (
    *("Berlin", "Hamburg", "München", "Köln", "Frankfurt", "Stuttgart", "Düsseldorf", "Leipzig", "Dortmund", "Essen"),
    *("Lyon", "Marseille", "Lille", "Nantes", "Strasbourg", "Bordeaux", "Wien", "Graz", "Linz", "Salzburg"),
    *("Warszawa", "Kraków", "Łódź", "Gdańsk", "Milano", "Torino"),
)
MAIL_HOSTS = ("mail.example", "web.example", "post.example", "inbox.example", "online.example")

ORDERS_PER_CUSTOMER = 2
OPEN_STATES = ("to_route", "waiting_stock", "to_pick", "to_pick", "to_pick", "to_pack", "to_ship", "held")
OPEN_EVERY = 50  # every fiftieth order is still open: 2 %
# Spread over a year, the newest now.
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Wanted:
    """One order that is looked for: what of it is typed into the box."""

    order_id: int
    terms: dict


def write_orders(database, count):
    """Write ``count`` orders beside the one that is there. Return nothing; the tables are analysed afterwards."""
    with environment(database) as env:
        cr = env.cr
        # Only for a superuser, and only for speed: the rows are right.
        cr.execute("SET LOCAL session_replication_role = replica")
        order = env["sale.order"].search([("oms_channel_id", "!=", False)], limit=1)
        cr.execute("SELECT coalesce(max(id), 0) FROM res_partner")
        first_partner = cr.fetchone()[0] + 1
        customers = max(1, count // ORDERS_PER_CUSTOMER)
        _write_customers(cr, order, first_partner, customers)
        _write_sales(cr, order, count, first_partner, customers)
        _write_lines(cr, order)
        _write_transfers(cr, order)
        _write_problems(cr)
        for table in ("res_partner", "sale_order", "sale_order_line", "stock_picking"):
            cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def _copy(cr, table, source_id, changes, rows):
    """Insert copies of a row with other values.

    :param changes: ``{column: SQL expression over the aliases of rows}``
    :param rows: what follows FROM
    """
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    )
    columns = [name for (name,) in cr.fetchall()]
    changes = {name: value for name, value in changes.items() if name in columns}
    values = [changes.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {rows} JOIN {table} t ON t.id = {source_id}"
    )


def _mixed(number, factor, size):
    """Return SQL that spreads ``number`` over ``size`` values without a pattern that anybody would notice."""
    return f"(({number})::bigint * {factor} % 1000003 % {size})"


def _pick(names, index):
    return f"(ARRAY[{', '.join(repr(name) for name in names)}])[1 + {index}]"


def _write_customers(cr, order, first, count):
    first_name = _pick(FIRST_NAMES, _mixed("g.n", 7919, len(FIRST_NAMES)))
    begin = _pick(NAME_BEGINNINGS, _mixed("g.n", 104729, len(NAME_BEGINNINGS)))
    end = _pick(NAME_ENDINGS, _mixed("g.n", 15485863, len(NAME_ENDINGS)))
    name = f"{first_name} || ' ' || {begin} || {end}"
    mail_host = _pick(MAIL_HOSTS, _mixed("g.n", 31, len(MAIL_HOSTS)))
    changes = {
        "id": f"{first} + g.n",
        "name": name,
        "complete_name": name,
        "email": f"lower({begin}) || g.n || '@' || {mail_host}",
        "email_normalized": f"lower({begin}) || g.n || '@' || {mail_host}",
        "phone": f"'+49 ' || (30 + {_mixed('g.n', 17, 900)}) || ' ' || (1000000 + {_mixed('g.n', 999983, 8999999)})",
        "zip": f"lpad((1000 + {_mixed('g.n', 48611, 98000)})::text, 5, '0')",
        "city": _pick(CITIES, _mixed("g.n", 611953, len(CITIES))),
        "commercial_partner_id": f"{first} + g.n",
        "oms_match_key": "NULL",
    }
    _copy(cr, "res_partner", order.partner_id.id, changes, f"generate_series(0, {count - 1}) g (n)")


def _write_sales(cr, order, count, first_partner, customers):
    partner = f"{first_partner} + g.n::bigint * 7919 % {customers}"
    is_open = f"g.n % {OPEN_EVERY} = 0"
    number = "lpad((g.n * 7919::bigint % 10000019)::text, 7, '0')"
    external = f"(300 + g.n % 99) || '-' || {number} || '-' || lpad((g.n::bigint * 15485863 % 9999991)::text, 7, '0')"
    placed = f"now() at time zone 'UTC' - make_interval(secs => (g.n::float8 / {count}) * {YEAR_SECONDS})"
    changes = {
        "id": f"{order.id} + g.n",
        "name": f"'S' || lpad(({count} - g.n + 1000000)::text, 8, '0')",
        "partner_id": partner,
        "partner_invoice_id": partner,
        "partner_shipping_id": partner,
        "oms_external_id": external,
        "oms_external_number": external,
        "client_order_ref": f"CASE WHEN g.n % 10 = 0 THEN 'PO-' || {number} ELSE {external} END",
        "date_order": placed,
        "create_date": placed,
        "oms_ship_by_at": f"{placed} + interval '2 days'",
        "state": f"CASE WHEN {is_open} THEN 'sale' WHEN g.n % 40 = 1 THEN 'cancel' ELSE 'sale' END",
        "delivery_status": f"CASE WHEN {is_open} THEN 'pending' ELSE 'full' END",
        "oms_channel_status": f"CASE WHEN {is_open} THEN 'to_ship' ELSE 'shipped' END",
        "oms_status": f"CASE WHEN {is_open} THEN {_pick(OPEN_STATES, _mixed('g.n', 13, len(OPEN_STATES)))}"
        " WHEN g.n % 40 = 1 THEN 'cancelled' ELSE 'delivered' END",
        "oms_shipped_at": f"CASE WHEN NOT {is_open} AND g.n % 40 <> 1 THEN {placed} + interval '1 hour' END",
        "oms_ship_state": f"CASE WHEN {is_open} THEN 'none' ELSE 'delivered' END",
        "access_token": "NULL",
        "oms_buyer_key": "NULL",
    }
    _copy(cr, "sale_order", order.id, changes, f"generate_series(1, {count}) g (n)")


def _write_lines(cr, order):
    """Write two or three lines each, of whatever products there are."""
    cr.execute(
        "SELECT array_agg(id ORDER BY id) FROM product_product WHERE default_code IS NOT NULL AND barcode IS NOT NULL"
    )
    products = cr.fetchone()[0]
    line = order.order_line[0]
    cr.execute(
        "CREATE TEMPORARY TABLE bench_product ON COMMIT DROP AS SELECT n - 1 AS n, id, default_code"
        " FROM unnest(%s) WITH ORDINALITY AS listed (product, n) JOIN product_product ON id = product",
        [products],
    )
    changes = {
        "id": f"{line.id} + 10 * o.id + g.n",
        "order_id": "o.id",
        "order_partner_id": "o.partner_id",
        "product_id": "p.id",
        "oms_sku": "p.default_code",
        "oms_external_line_id": "g.n::text",
    }
    rows = (
        "sale_order o CROSS JOIN LATERAL generate_series(1, 2 + o.id % 2) g (n)"
        f" JOIN bench_product p ON p.n = {_mixed('o.id * 3 + g.n', 7919, len(products))}"
    )
    _copy(cr, "sale_order_line", line.id, changes, f"{rows} AND o.id > {order.id}")


def _write_transfers(cr, order):
    """Write one transfer each; what left has a tracking number."""
    picking = order.picking_ids[0]
    done = "o.delivery_status = 'full'"
    tracking = "'00340434' || lpad((o.id::bigint * 982451653 % 999999999989)::text, 12, '0')"
    changes = {
        "id": f"{picking.id} + o.id",
        "name": "'WH/OUT/' || lpad(o.id::text, 8, '0')",
        "sale_id": "o.id",
        "partner_id": "o.partner_id",
        "origin": "o.name",
        "state": f"CASE WHEN {done} THEN 'done' ELSE 'assigned' END",
        "carrier_tracking_ref": f"CASE WHEN {done} THEN {tracking} END",
        "date_done": f"CASE WHEN {done} THEN o.date_order END",
    }
    _copy(cr, "stock_picking", picking.id, changes, f"sale_order o JOIN (SELECT) one ON o.id > {order.id}")


def _write_problems(cr):
    """Give every tenth open order a problem, and as many old ones a solved one."""
    cr.execute(
        """
        INSERT INTO oms_exception (reason, state, severity, order_id, channel_id, company_id, cause, opened_at)
        SELECT CASE WHEN id % 3 = 0 THEN 'unmapped_sku' ELSE 'stock_short' END,
               CASE WHEN delivery_status = 'pending' THEN 'open' ELSE 'closed' END,
               '1_high', id, oms_channel_id, company_id, id::text, date_order
          FROM sale_order
         WHERE oms_channel_id IS NOT NULL AND id % 10 = 0 AND (delivery_status = 'pending' OR id % 50 = 0)
        """
    )


def write_texts(database):
    """Write the search texts with the code that the shop runs."""
    with environment(database) as env:
        env.cr.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'oms_order_search' AND indexdef LIKE '%gin%'"
        )
        indexes = env.cr.fetchall()
        for name, _definition in indexes:
            # Built much faster at once than word by word; the import measures the latter.
            env.cr.execute(f"DROP INDEX {name}")
    write_missing_texts(database)
    with environment(database) as env:
        env.cr.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for _name, definition in indexes:
            env.cr.execute(definition)


def write_missing_texts(database, slice_size=20_000):
    """Write the texts of orders that have none."""
    is_done = False
    while not is_done:
        with environment(database) as env:
            texts = env["oms.order.search"]
            order_ids = texts._missing(slice_size)
            texts._refresh(order_ids)
            is_done = len(order_ids) < slice_size


def wanted_orders(database, count):
    """Return orders spread over all ages, and what of each is typed into the box."""
    with environment(database) as env:
        env.cr.execute("SELECT min(id), max(id) FROM sale_order WHERE delivery_status = 'full'")
        low, high = env.cr.fetchone()
        step = (high - low) // (count + 1)
        found = []
        for position in range(1, count + 1):
            order = env["sale.order"].search(
                [("id", ">", low + position * step), ("delivery_status", "=", "full")], order="id", limit=1
            )
            partner, line = order.partner_id, order.order_line[:1]
            found.append(
                Wanted(
                    order.id,
                    {
                        "reference": order.name,
                        "channel number": order.oms_external_number,
                        "name": partner.name,
                        "e-mail": partner.email,
                        "SKU": line.oms_sku,
                        "postcode": partner.zip,
                        "tracking": order.picking_ids.carrier_tracking_ref,
                    },
                )
            )
    return found
