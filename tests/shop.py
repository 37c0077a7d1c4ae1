"""A whole shop of real processes for tests: a database of its own, the sandbox, Odoo with workers and job runner.

::

    with Shop(filled_database()) as shop:
        shop.connect()                      # Amazon; shop.connect("ebay") and so on open others beside it
        ids = shop.amazon.generate(3)
        shop.sync()
        shop.sql("SELECT name FROM sale_order WHERE oms_external_id = %s", ids[0])
        shop.kill()
        shop.start()
        assert_invariants(shop)             # tests.invariants

Work that the clock would start is off in it: `Shop.sync` is the button, `Shop.tick` the clock. Several channels may be
live at once; the shop speaks of the one that was connected last (`Shop.channel`, `Shop.there`), or of another for the
length of a block (`Shop.at`).
"""

import json
import os
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from xmlrpc.client import Fault

import psycopg2

from tests.rpc import Json2, XmlRpc
from tests.shop_setup import MARK
from tests.stand_ins import STAND_INS
from tools.database import clone, current_server, drop
from tools.odoo import run_script
from tools.runtime import load_runtime
from tools.sandbox import Sandbox
from tools.server import OdooServer

# Two jobs at a time, and a worker left for people.
WORKERS = 3
PATIENCE = 60
SECONDS_TO_RESTART = 6  # and queue_job's runner waits five more
# A job that waits longer than a conflict between two jobs takes waits for the channel, and is nobody's to wait for.
BUSY_JOBS = (
    "SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed', 'cancelled')"
    " AND (state <> 'pending' OR eta IS NULL OR eta < now() AT TIME ZONE 'utc' + interval '10 seconds')"
)
OTHER_PARTS = "SELECT entity FROM oms_channel_state WHERE channel_id = %s AND entity <> 'orders' AND entity <> ALL(%s)"
PUT_OFF = "UPDATE oms_channel_state SET next_at = '2999-01-01' WHERE channel_id = %s AND entity = ANY(%s)"
_filled = {}


def filled_database(units=0, template=None):
    """Return a database with the demo shop and users for tests, made once per run. Clone it, do not use it.

    :param units: on-hand quantity of every product; 0 keeps what the demo shop has
    :param template: the database it is made of; by default the one with all our addons
    """
    if (units, template) not in _filled:
        name = clone(template)
        script = (Path(__file__).parent / "shop_setup.py").read_text(encoding="utf-8")
        output = run_script(load_runtime(), current_server(), name, script, OMS_TEST_UNITS=units)
        keys = next(line for line in output.splitlines() if line.startswith(MARK))
        _filled[units, template] = Filled(name, json.loads(keys.removeprefix(MARK)))
    return _filled[units, template]


class Filled:
    """A database to clone, and the API keys of its users."""

    def __init__(self, name, api_keys):
        self.name = name
        self.api_keys = api_keys


class Shop:
    """One shop; use it as a context manager.

    :param filled: what `filled_database` returned
    """

    def __init__(self, filled):
        self._api_keys = filled.api_keys
        self._folder = tempfile.TemporaryDirectory(prefix="oms-shop-")
        self.database = clone(filled.name)
        self.sandbox = Sandbox(state_file=Path(self._folder.name) / "memory.jsonl")
        self.stand_ins = {name: stand_in(self.sandbox) for name, stand_in in STAND_INS.items()}
        self.amazon = self.stand_ins["amazon"]
        self.odoo = OdooServer(self.database, workers=WORKERS, env={"OMS_ALLOW_LOOPBACK": "1"})
        self.channel = None
        self.there = None
        # {channel: its stand-in} of those that were connected since `begin`
        self.channels = {}
        # {channel: the parts of it that are left alone}
        self._unwanted = {}
        self._begun = 0
        self._connection = None
        self._rpc = {}

    # === PROCESSES ===

    def __enter__(self):
        try:
            self.sandbox.start()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        self.odoo.stop()
        self.sandbox.stop()
        if self._connection:
            self._connection.close()
        drop(self.database)
        self._folder.cleanup()

    def start(self):
        """Start Odoo; after `kill` on the same port."""
        self.odoo.start()
        self._rpc.clear()

    def kill(self):
        """SIGKILL Odoo, its workers and its job runner at once, as a power cut would."""
        self.odoo.kill()

    def start_again(self):
        """Start Odoo some seconds after `kill`, as a supervisor would.

        queue_job takes a job for dead ten seconds after it was handed out, and looks when it starts and then once a
        minute. Started at once, it would miss the dead by seconds and every test would take that minute.
        """
        time.sleep(SECONDS_TO_RESTART)
        self.start()

    # === THE APIS ===

    def as_user(self, login):
        """Return an XML-RPC client signed in as ``login``, whose password is its login."""
        if login not in self._rpc:
            self._rpc[login] = XmlRpc(self.odoo.url, self.database, login, login)
        return self._rpc[login]

    def json2(self, login):
        """Return a JSON-2 client signed in with the API key of ``login``."""
        return Json2(self.odoo.url, self.database, self._api_keys[login])

    def call(self, model, method, *args, **kwargs):
        """Call a method as the administrator; ids are the first argument."""
        return self.as_user("admin").call(model, method, *args, **kwargs)

    # === THE CHANNEL ===

    def begin(self, name="amazon", **values):
        """Start over with a channel of its own, as far as that is possible without new processes.

        The sandbox forgets everything, other channels are paused, and jobs somebody left are cancelled.
        """
        if not self.sandbox.is_running():
            self.sandbox.start()
        if not self.odoo.is_running():
            self.start()
        self.execute("DELETE FROM oms_outbox WHERE state <> 'done'")
        self.execute("UPDATE oms_channel SET state = 'paused'")
        self.execute("UPDATE queue_job SET state = 'cancelled' WHERE state <> 'done'")
        self.amazon.seller = None
        self.amazon.control(reset="empty")
        self.amazon.loosen()
        self._begun += 1
        for stand_in in self.stand_ins.values():
            stand_in.seed = self._begun  # so that no two tests have orders of one number
        self.channels, self._unwanted = {}, {}
        self.connect(name, **values)

    def connect(self, name="amazon", *, stock=False, listings=False, seller=None, **values):
        """Open a live channel on the sandbox, and speak of that one from now on.

        :param name: which stand-in it is on, one of `tests.stand_ins.STAND_INS`
        :param stock: push quantities; ``listings``: read what is offered; both off so that tests see only theirs
        :param seller: which of Amazon's sellers it is of
        :param values: further values of the channel
        """
        there = self.stand_ins[name]
        if name == "amazon" and self._begun:
            seller = seller or f"A{self._begun:04d}TEST"
        warehouse = self.call("stock.warehouse", "search", [], order="sequence, id", limit=1)
        defaults = {
            "name": f"{name} {self._begun}",
            "channel_type": name,
            "warehouse_ids": [(6, 0, warehouse)],
            "is_stock_pushed": stock,
            "poll_minutes": 60,
            "state": "live",
            **(there.account(self.call, seller) if seller else there.account(self.call)),
        }
        self.channel = self.call("oms.channel", "create", [{**defaults, **values}])[0]
        self.there = self.channels[self.channel] = there
        self._move_addresses(name)
        asked_for = {"stock": stock, "listings": listings, "held": listings}
        self._unwanted[self.channel] = [entity for entity, is_wanted in asked_for.items() if not is_wanted]
        self._put_off_unwanted()
        return self.channel

    def _put_off_unwanted(self):
        """Let the clock never come to what a test does not ask for; a row that is not there would be made again."""
        for channel, entities in self._unwanted.items():
            self.execute(PUT_OFF, channel, entities)

    def _move_addresses(self, name):
        """Let a channel call the sandbox where it would call the marketplace; a shop has an address of its own."""
        endpoints = self.call("oms.channel.endpoint", "search_read", [("channel_id", "=", self.channel)], ["url"])
        away = [endpoint["id"] for endpoint in endpoints if not endpoint["url"].startswith(self.sandbox.url)]
        self.call("oms.channel.endpoint", "write", away, {"url": f"{self.sandbox.url}/{name}"})

    @contextmanager
    def at(self, channel):
        """Speak of another of the channels that are connected, as long as the block takes; give its stand-in."""
        before = self.channel, self.there
        self.channel, self.there = channel, self.channels[channel]
        try:
            yield self.there
        finally:
            self.channel, self.there = before

    def sync(self, wait=True):
        """Press "Sync now", or the arrow of each part that the test asks for; wait until every job it led to has ended.

        Reading all that is offered takes half a minute at the pace Amazon allows; few tests are about that.
        """
        unwanted = self._unwanted.get(self.channel)
        if not unwanted:
            self.call("oms.channel", "action_sync_now", [self.channel])
        else:
            self.call("oms.channel", "action_sync_entity", [self.channel], "orders")
            for [entity] in self.sql(OTHER_PARTS, self.channel, unwanted):
                with suppress(Fault):  # a part of which the channel is only told
                    self.call("oms.channel", "action_sync_entity", [self.channel], entity)
        if wait:
            self.settle()

    def tick(self):
        """Do at once what the clock starts every minute."""
        crons = self.sql("SELECT res_id FROM ir_model_data WHERE module = 'oms_core' AND name = 'cron_poll'")
        self.call("ir.cron", "method_direct_trigger", [crons[0][0]])

    def channel_card(self):
        """Return what the channel's card says: ``state``, ``health`` and ``health_text``."""
        names = ["state", "health", "health_text"]
        return self.call("oms.channel", "read", [self.channel], names)[0]

    def skip_waits(self):
        """Let the time pass after which something is tried again. What the channel forbids stays forbidden."""
        self.execute("UPDATE oms_outbox SET next_at = NULL WHERE next_at IS NOT NULL")
        self.execute("UPDATE queue_job SET eta = NULL WHERE state = 'pending'")
        self.execute("UPDATE oms_channel_state SET next_at = NULL WHERE channel_id = ANY(%s)", list(self.channels))
        self._put_off_unwanted()

    def recover(self):
        """Heal the sandbox, let the clock come round and look at the channel once more."""
        self.amazon.heal()
        self.skip_waits()
        self.tick()
        self.settle()
        self.sync()

    def settle(self, patience=PATIENCE):
        """Wait until no job runs or is due."""
        self.wait_until(lambda: self.sql(BUSY_JOBS)[0][0] == 0, "all jobs to end", patience)

    def ship(self, external_id, *, carrier="DHL", tracking="TRACK-1", only=()):
        """Send all of an order's parcels, as warehouse staff do, and return the transfers' ids.

        :param only: SKUs that go into this parcel; the rest waits for the next
        """
        pickings = [
            row[0]
            for row in self.sql(
                "SELECT picking.id FROM stock_picking picking JOIN sale_order orders ON orders.id = picking.sale_id"
                " WHERE orders.oms_external_id = %s AND orders.oms_channel_id = %s"
                " AND picking.state NOT IN ('done', 'cancel') ORDER BY picking.id",
                external_id,
                self.channel,
            )
        ]
        assert pickings, f"order {external_id} has nothing to send"
        carriers = self.call("delivery.carrier", "search", [("name", "=", carrier)])
        for picking in pickings:
            values = {"carrier_id": carriers[0], "carrier_tracking_ref": tracking}
            self.call("stock.picking", "write", [picking], values)
            if only:
                self._pick(picking, only)
            context = {"skip_backorder": True} if only else {}
            answer = self.call("stock.picking", "button_validate", [picking], context=context)
            assert answer is True, f"Odoo asked back: {answer}"
        return pickings

    def _pick(self, picking, skus):
        """Put the lines of these SKUs into the parcel and leave the others on the shelf."""
        moves = self.sql(
            "SELECT move.id, move.product_uom_qty, line.oms_sku FROM stock_move move"
            " JOIN sale_order_line line ON line.id = move.sale_line_id WHERE move.picking_id = %s",
            picking,
        )
        for move, units, sku in moves:
            values = {"quantity": float(units) if sku in skus else 0.0, "picked": sku in skus}
            self.call("stock.move", "write", [move], values)

    # === WHAT IS IN THE DATABASE ===

    def sql(self, query, *params):
        """Return the rows of a query, seen by a transaction of its own."""
        with self._cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    def execute(self, query, *params):
        """Run a statement in a transaction of its own and return how many rows it touched.

        A job may touch the same rows at that moment; who loses tries again.
        """
        while True:
            try:
                with self._cursor() as cursor:
                    cursor.execute(query, params)
                    return cursor.rowcount
            except psycopg2.errors.DeadlockDetected:
                continue

    def _cursor(self):
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
            self._connection.autocommit = True
        return self._connection.cursor()

    def _connect(self):
        return psycopg2.connect(dbname=self.database, connect_timeout=10, application_name="oms-test")

    @contextmanager
    def holding(self, statement, *params):
        """Keep the locks of ``statement`` for the length of the body: whoever needs them waits.

        ``holding("LOCK TABLE sale_order IN SHARE MODE")`` stops every transaction that writes an order.
        """
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(query=statement, vars=params)
                yield
        finally:
            connection.close()

    def waiting_backends(self, table=None):
        """Return the process ids of PostgreSQL's backends that wait for a lock in this database.

        :param table: count only those that wait for the whole of it
        """
        query = (
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name <> 'oms-test'"
        )
        if table is None:
            return [row[0] for row in self.sql(query)]
        of_table = " AND pid IN (SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass)"
        return [row[0] for row in self.sql(query + of_table, table)]

    # === WAITING ===

    def wait_until(self, condition, what, patience=PATIENCE):
        """Return the first true answer of ``condition()``.

        :param what: what is waited for, in words
        :raise AssertionError: it did not come in ``patience`` seconds
        """
        deadline = time.monotonic() + patience
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience} s for {what}\n{self.status()}")
            time.sleep(0.05)

    def status(self):
        """Return in words what the shop is busy with, for the message of a failed test."""
        jobs = self.sql(
            "SELECT state, method_name, count(*), max(retry), max(left(exc_message, 200)) FROM queue_job"
            " WHERE state <> 'done' GROUP BY 1, 2"
        )
        messages = self.sql("SELECT id, state, attempt, answer FROM oms_outbox WHERE state <> 'done'")
        states = self.sql("SELECT channel_id, entity, health, message FROM oms_channel_state WHERE message <> ''")
        log = "\n".join(self.odoo.read_log().splitlines()[-15:])
        return f"jobs: {jobs}\noutbox: {messages}\nchannels: {states}\nlog:\n{log}"


def is_started_by_oms():
    """Return whether ./oms started this run, so that there is a database server to use."""
    return "OMS_TEMPLATE" in os.environ
