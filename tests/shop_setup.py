"""Fills the database that the shops of a test run are copied from. Runs inside ``odoo shell``, started by `tests.shop`.

The demo shop with its 200 products, plus what tests need beside it: stock that does not run out, users of other groups,
API keys. Time-driven work is off: tests say when it is due, with `tests.shop.Shop.tick`.
"""

import json
import os
from datetime import timedelta

from odoo import fields

from tools import demo_setup

LOGINS = ("picker", "seller", "visitor")
MARK = "API keys: "


def fill(env, units):
    """Build the shop and print the API keys.

    :param units: on-hand quantity of every product in the first warehouse; 0 keeps what the demo shop has
    """
    demo_setup.build(env)
    if units:
        _add_stock(env, units)
    _add_users(env)
    env.ref("base.user_admin").email = "admin@fernweg.example"  # who is told when an account stops
    env["ir.cron"].search([]).active = False
    keys = {login: _api_key(env, login) for login in ("admin", "clerk", *LOGINS)}
    env.cr.commit()  # odoo shell leaves it to its script
    print(f"{MARK}{json.dumps(keys)}")  # noqa: T201 read by tests.shop


def _add_stock(env, units):
    place = env["stock.warehouse"].search([], order="sequence, id", limit=1).lot_stock_id
    products = env["product.product"].search([("is_storable", "=", True)])
    counts = [{"product_id": product.id, "location_id": place.id, "inventory_quantity": units} for product in products]
    env["stock.quant"].with_context(inventory_mode=True).create(counts).action_apply_inventory()


def _add_users(env):
    groups = {
        "picker": "stock.group_stock_user",
        "seller": "sales_team.group_sale_salesman",
        "visitor": "base.group_portal",
    }
    for login, group in groups.items():
        values = {"name": login.title(), "login": login, "password": login, "group_ids": [(6, 0, [env.ref(group).id])]}
        if login != "visitor":
            values["group_ids"] = [(4, env.ref(group).id)]
        env["res.users"].with_context(no_reset_password=True).create(values)


def _api_key(env, login):
    user = env["res.users"].search([("login", "=", login)])
    expires = fields.Datetime.now() + timedelta(days=1)
    return env(user=user)["res.users.apikeys"].sudo()._generate("rpc", "tests", expires)


if "env" in globals():  # set by odoo shell
    fill(globals()["env"], int(os.environ["OMS_TEST_UNITS"]))
