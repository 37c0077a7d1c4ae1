"""A watched folder and power cuts: a file is imported once, and moved away in the end, whenever the power was cut."""

import tempfile
from pathlib import Path

import pytest

RESUMED_WITHIN = 120
ROWS = 40
HEADINGS = "Order number;Name;Street;City;Country;SKU;Quantity;Unit price"
COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
COUNT_DOCUMENTS = "SELECT count(*), count(DISTINCT external_id) FROM oms_inbox WHERE channel_id = %s"


@pytest.fixture
def folder(shop):
    """The shop's server may watch folders below this one; it is started anew to know."""
    with tempfile.TemporaryDirectory(prefix="oms-files-") as name:
        shop.odoo.extra_env["OMS_FILE_ROOT"] = name
        shop.kill()
        shop.start_again()
        yield Path(name) / Path(name).name  # no other channel may watch it
        shop.execute("UPDATE oms_channel SET state = 'paused' WHERE channel_type = 'file'")
        del shop.odoo.extra_env["OMS_FILE_ROOT"]


def _open_channel(shop, folder):
    """Make a channel that watches the folder. It is live, and looks when it is told to."""
    values = {"name": f"Folder {folder.parent.name}", "channel_type": "file", "file_folder": folder.name}
    shop.channel = shop.call("oms.channel", "create", [{**values, "file_settle_seconds": 0, "poll_minutes": 1}])[0]
    shop.call("oms.channel", "action_go_live", [shop.channel])
    shop.settle()


def _put_file(folder):
    rows = [f"F-{number};Ann Buyer;1 Main Street;Kendal;GB;OMS-0001;1;9.90" for number in range(ROWS)]
    (folder / "in" / "fair.csv").write_text("\n".join([HEADINGS, *rows]))


@pytest.mark.parametrize("table", ["oms_inbox", "sale_order_line"])
def test_kill_while_a_file_is_taken(shop, folder, table):
    _open_channel(shop, folder)
    with shop.holding(f"LOCK TABLE {table} IN SHARE MODE"):
        _put_file(folder)
        shop.sync(wait=False)
        shop.wait_until(shop.waiting_backends, f"the look into the folder, or its import, to write {table}")
        shop.kill()
    shop.start_again()
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(ROWS,)], "the orders", RESUMED_WITHIN)
    shop.wait_until(lambda: not (folder / "in" / "fair.csv").exists(), "the file to be put away", RESUMED_WITHIN)
    assert [path.name.partition("Z_")[2] for path in (folder / "done").iterdir()] == ["fair.csv"]
    assert shop.sql(COUNT_DOCUMENTS, shop.channel) == [(ROWS, ROWS)]
    assert shop.sql("SELECT sum(amount_total) FROM sale_order WHERE oms_channel_id = %s", shop.channel) == [(396.0,)]
