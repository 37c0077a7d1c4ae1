import contextlib
import logging
import shutil
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, config

from ..lib.errors import AuthFailed, RetryLater
from ..lib.secrets import new_key
from ..models import oms_secret
from ..models.oms_secret import MASK, DbTokenStore, secret_field
from .fake_models import add_fake_models

CANARY = "Kanarie7SECRETvalueXYZ42"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


class KeyFile:
    """Puts a key file of its own in force for the length of a test."""

    def use_key_file(self, *keys):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.key_file = Path(folder) / "secret.key"
        self.key_file.write_text("\n".join(keys))
        self.startPatcher(patch.dict("os.environ", {"OMS_SECRET_KEY_FILE": str(self.key_file)}))


@tagged("post_install", "-at_install")
class TestSecret(KeyFile, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class OmsFakeAccount(models.Model):
            _name = "oms.fake.account"
            _description = "Account of a test"
            _inherit = ["mail.thread", "oms.secret.mixin"]

            name = fields.Char(tracking=True)
            client_secret = secret_field("Client secret", tracking=True)
            refresh_token = secret_field("Refresh token", help="From the channel's developer page")

        add_fake_models(cls, OmsFakeAccount)
        cls.env["ir.model.access"].create(
            {
                "name": "test",
                "model_id": cls.env["ir.model"]._get_id("oms.fake.account"),
                "group_id": cls.env.ref("base.group_user").id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
            }
        )
        cls.admin = cls.env.ref("base.user_admin")
        cls.env = cls.env(user=cls.admin)  # the most anybody can be over RPC

    def setUp(self):
        super().setUp()
        self.key = new_key()
        self.use_key_file(self.key)
        self.account = self.env["oms.fake.account"].create({"name": "A", "client_secret": CANARY})

    def stored(self, name="client_secret"):
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT value FROM oms_secret WHERE model = %s AND res_id = %s AND name = %s", *self.row_key(name))
        )
        return [value for (value,) in self.env.cr.fetchall()]

    def row_key(self, name):
        return self.account._name, self.account.id, name

    # === WRITING AND NOT READING ===

    def test_what_people_write_only_the_glue_can_read(self):
        self.assertEqual(self.account._secret("client_secret"), CANARY)
        for _round in range(2):
            self.assertEqual(self.account.client_secret, MASK)
            self.assertEqual(self.account.read(["client_secret"])[0]["client_secret"], MASK)
            self.assertIs(self.account.refresh_token, False)
            self.env.invalidate_all()

    def test_the_database_holds_ciphertext_only(self):
        (value,) = self.stored()
        self.assertTrue(value.startswith("gAAAA"))  # a Fernet token
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema = 'public'"
        )
        for (table,) in self.env.cr.fetchall():
            query = "SELECT count(*) FROM %s AS line WHERE line::text LIKE %s"
            self.env.cr.execute(SQL(query, SQL.identifier(table), f"%{CANARY}%"))
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_the_cache_forgets_the_text_at_once(self):
        self.account.write({"client_secret": f" {CANARY}2\n"})
        cached = [field._get_cache(self.env) for field in self.account._fields.values()]
        self.assertNotIn(CANARY, str([dict(values) for values in cached if isinstance(values, dict)]))
        self.assertEqual(self.account._secret("client_secret"), f"{CANARY}2")  # without pasted blanks

    def test_writing_the_mask_back_changes_nothing(self):
        before = self.stored()
        self.account.write({"name": "B", "client_secret": MASK, "refresh_token": False})
        self.assertEqual(self.stored(), before)

    def test_the_mask_is_never_a_secret(self):
        self.account.refresh_token = MASK
        self.assertEqual(self.stored("refresh_token"), [])
        with self.assertRaises(UserError):
            self.account.refresh_token = f"{MASK}abc"
        with self.assertRaises(UserError):
            self.env["oms.fake.account"].create({"refresh_token": "abc••••"})

    def test_nothing_forgets(self):
        for nothing in (False, "", "  "):
            self.account.client_secret = CANARY
            self.account.client_secret = nothing
            self.assertIs(self.account.client_secret, False)
            self.assertEqual(self.stored(), [])

    def test_writing_one_leaves_its_neighbour(self):
        self.account.refresh_token = "r1"
        for is_read_first in (False, True):
            self.env.invalidate_all()
            if is_read_first:
                self.account.read(["client_secret", "refresh_token"])
            self.account.client_secret = f"{CANARY}{is_read_first}"
            self.assertEqual(self.account.refresh_token, MASK)
            self.assertEqual(self.account._secret("refresh_token"), "r1")
        self.account.write({"client_secret": "c2", "refresh_token": "r2"})
        self.assertEqual([self.account._secret(name) for name in ("client_secret", "refresh_token")], ["c2", "r2"])

    def test_records_do_not_share(self):
        other, third = self.env["oms.fake.account"].create([{"client_secret": "other"}, {"name": "none"}])
        self.assertEqual((self.account + other + third).mapped("client_secret"), [MASK, MASK, False])
        (self.account + third).write({"client_secret": "same"})
        secrets = [account._secret("client_secret") for account in (self.account, other, third)]
        self.assertEqual(secrets, ["same", "other", "same"])

    def test_a_form_shows_the_mask_of_the_record_behind_it(self):
        self.assertEqual(self.account.new(origin=self.account).client_secret, MASK)
        self.assertIs(self.account.new({"name": "new"}).client_secret, False)

    # === NOBODY ===

    def test_nobody_may_touch_the_table(self):
        vault = self.env["oms.secret"]
        row = vault.sudo().search([("res_id", "=", self.account.id), ("model", "=", self.account._name)])
        self.assertTrue(row)
        row = row.with_env(self.env)
        attempts = [
            lambda: vault.search([]),
            lambda: vault.search_count([]),
            lambda: vault.search_read([], ["value"]),
            lambda: vault.formatted_read_group([], ["value"]),
            lambda: row.read(["value"]),
            lambda: row.export_data(["value"]),
            lambda: row.write({"value": "x"}),
            lambda: row.copy(),
            lambda: row.unlink(),
            lambda: vault.create({"model": "x", "res_id": 1, "name": "x", "value": "x"}),
        ]
        for attempt in attempts:
            with self.assertRaises(AccessError):
                attempt()

    def test_no_method_is_public(self):
        for model_class in (oms_secret.OmsSecret, oms_secret.OmsSecretMixin):
            own = {name for name, value in vars(model_class).items() if callable(value) and not name.startswith("_")}
            self.assertLessEqual(own, {"unlink"})

    def test_the_field_is_kept_out_of_exports_copies_searches_and_groups(self):
        self.assertFalse(self.account.fields_get(["client_secret"])["client_secret"]["exportable"])
        self.assertEqual(self.account.export_data(["client_secret"])["datas"], [[MASK]])
        copy = self.account.copy()
        self.assertIs(copy.client_secret, False)
        with self.assertRaises(AuthFailed):
            copy._secret("client_secret")
        with self.assertRaises(ValueError):
            self.env["oms.fake.account"].search([("client_secret", "=", CANARY)])
        with self.assertRaises(ValueError):
            self.env["oms.fake.account"].formatted_read_group([], ["client_secret"])

    def test_history_and_log_hold_no_secret(self):
        with self.assertLogs("odoo", logging.DEBUG) as logs:  # each SQL statement is a line of it
            self.account.write({"name": "B", "client_secret": f"{CANARY}3"})
            self.env.flush_all()
            self.env.cr.precommit.run()
            with contextlib.suppress(AuthFailed):
                self.account._secret("refresh_token")
        self.assertIn("oms_secret", "\n".join(logs.output))
        self.assertNotIn(CANARY, "\n".join(logs.output))
        told = self.account.message_ids
        self.assertTrue(told)
        self.assertNotIn(CANARY, str(told.mapped("body")))
        values = told.sudo().tracking_value_ids
        self.assertNotIn(CANARY, str(values.mapped(lambda line: (line.old_value_char, line.new_value_char))))

    # === LIFE AND DEATH ===

    def test_deleting_the_record_deletes_its_secrets(self):
        model, res_id = self.account._name, self.account.id
        other = self.env["oms.fake.account"].create({"client_secret": "other"})
        self.account.unlink()
        rows = self.env["oms.secret"].sudo().search([("model", "=", model)])
        self.assertEqual(rows.mapped("res_id"), [other.id])
        self.assertNotIn(res_id, rows.mapped("res_id"))

    def test_the_nightly_sweep_takes_what_no_record_owns_and_what_ran_out(self):
        vault = self.env["oms.secret"].sudo()
        long_ago, soon = fields.Datetime.now() - timedelta(days=2), fields.Datetime.now() + HOUR
        values = {"model": self.account._name, "res_id": self.account.id, "value": "x"}
        rows = vault.create(
            [
                {**values, "name": "orphan", "res_id": 2**31 - 1},
                {**values, "name": "old", "expires_at": long_ago},
                {**values, "name": "fresh", "expires_at": soon},
                {**values, "name": "addon not loaded", "model": "no.such.model"},
            ]
        )
        vault._gc_secrets()
        self.assertEqual(rows.exists().mapped("name"), ["fresh", "addon not loaded"])
        self.assertEqual(self.account._secret("client_secret"), CANARY)

    # === KEYS ===

    def test_without_key_nothing_is_stored_and_nothing_is_taken_for_empty(self):
        for environ in ({"OMS_SECRET_KEY_FILE": ""}, {"OMS_SECRET_KEY_FILE": "/no/such/file"}):
            with patch.dict("os.environ", environ), patch.dict(config.options, {"oms_secret_key_file": ""}):
                with self.assertRaisesRegex(UserError, "OMS_SECRET_KEY_FILE"):
                    self.account.refresh_token = "text"
                with self.assertRaises(AuthFailed) as caught:
                    self.account._secret("client_secret")
                self.assertEqual(caught.exception.code, "secret_key_missing")
                self.env.invalidate_all()
                self.assertEqual(self.account.client_secret, MASK)  # the form still opens
        self.assertEqual(self.account._secret("client_secret"), CANARY)

    def test_a_key_file_without_keys_is_a_missing_key(self):
        self.key_file.write_text("# nothing here\n")
        with self.assertRaises(AuthFailed) as caught:
            self.account._secret("client_secret")
        self.assertEqual(caught.exception.code, "secret_key_missing")

    def test_another_key_is_told(self):
        self.key_file.write_text(new_key())
        with self.assertRaises(AuthFailed) as caught:
            self.account._secret("client_secret")
        self.assertEqual(caught.exception.code, "secret_key_wrong")
        self.key_file.write_text("no key at all")
        with self.assertRaisesRegex(UserError, "no key"):
            self.account.client_secret = "text"

    def test_the_option_of_the_configuration_file_names_the_key_too(self):
        self.startPatcher(patch.dict("os.environ", {"OMS_SECRET_KEY_FILE": ""}))
        self.startPatcher(patch.dict(config.options, {"oms_secret_key_file": str(self.key_file)}))
        self.assertEqual(self.account._secret("client_secret"), CANARY)

    def test_a_secret_never_entered_is_told_by_name(self):
        with self.assertRaises(AuthFailed) as caught:
            self.account._secret("refresh_token")
        self.assertEqual(caught.exception.code, "secret_missing")
        self.assertEqual(caught.exception.params, {"name": "refresh_token"})

    def test_rotation_leaves_no_moment_without_a_key(self):
        newer = new_key()
        self.account.refresh_token = "r1"
        before = self.stored() + self.stored("refresh_token")
        self.key_file.write_text(f"{newer}\n{self.key}\n")
        self.assertEqual(self.account._secret("client_secret"), CANARY)
        self.assertGreaterEqual(self.env["oms.secret"]._rotate_secrets(), 2)
        self.assertFalse(set(before) & set(self.stored() + self.stored("refresh_token")))
        self.key_file.write_text(newer)
        self.assertEqual(self.account._secret("client_secret"), CANARY)
        self.assertEqual(self.account._secret("refresh_token"), "r1")

    def test_rotation_stops_at_a_secret_it_cannot_read_and_drops_a_token_it_cannot_read(self):
        vault = self.env["oms.secret"].sudo()
        token = vault.create(
            {"model": "x", "res_id": 1, "name": "token:x", "value": "x", "expires_at": fields.Datetime.now() + HOUR}
        )
        vault._rotate_secrets()
        self.assertFalse(token.exists())
        self.assertEqual(self.account._secret("client_secret"), CANARY)
        self.key_file.write_text(new_key())
        with self.assertRaises(AuthFailed):
            vault._rotate_secrets()


@tagged("post_install", "-at_install")
class TestTokenStore(KeyFile, TransactionCase):
    """With cursors of their own, as in a job: rows are really committed, and taken away afterwards."""

    def setUp(self):
        super().setUp()
        self.use_key_file(new_key())
        self.record = self.env["res.partner"].browse(2**31 - 7)
        self.store = DbTokenStore(self.record)
        self.addCleanup(self.sql, SQL("DELETE FROM oms_secret WHERE res_id = %s", self.record.id))

    def sql(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query)
            return cr.fetchall() if cr.description else None

    def test_a_token_is_shared_until_it_runs_out(self):
        self.assertIsNone(self.store.get("lwa", NOW))
        self.store.put("lwa", CANARY, NOW + HOUR)
        other = DbTokenStore(self.record)
        self.assertEqual(other.get("lwa", NOW), CANARY)
        self.assertEqual(other.get("lwa", NOW + HOUR - timedelta(seconds=1)), CANARY)
        self.assertIsNone(other.get("lwa", NOW + HOUR))
        self.assertIsNone(other.get("other", NOW))
        self.assertIsNone(DbTokenStore(self.record.browse(2**31 - 8)).get("lwa", NOW))

    def test_a_token_is_replaced_and_dropped(self):
        self.store.put("lwa", "old", NOW + HOUR)
        self.store.put("lwa", "new", NOW + 2 * HOUR)
        self.assertEqual(self.store.get("lwa", NOW + HOUR), "new")
        self.store.drop("lwa")
        self.store.drop("lwa")
        self.assertIsNone(self.store.get("lwa", NOW))

    def test_a_token_is_committed_whatever_becomes_of_the_job(self):
        self.store.put("lwa", CANARY, NOW + HOUR)
        rows = self.sql(SQL("SELECT value FROM oms_secret WHERE name = 'token:lwa' AND res_id = %s", self.record.id))
        self.assertEqual(len(rows), 1)  # seen from another transaction
        self.assertNotIn(CANARY, rows[0][0])

    def test_a_token_of_a_key_that_is_gone_is_fetched_anew(self):
        self.store.put("lwa", CANARY, NOW + HOUR)
        self.key_file.write_text(new_key())
        self.assertIsNone(self.store.get("lwa", NOW))

    def test_many_workers_refresh_once(self):
        fetched, seen, barrier = [], [], threading.Barrier(6)

        def work():
            store = DbTokenStore(self.record)
            barrier.wait()
            with store.refresh_lock("lwa"):
                token = store.get("lwa", NOW)
                if token is None:
                    fetched.append(threading.get_ident())
                    token = f"token {len(fetched)}"
                    store.put("lwa", token, NOW + HOUR)
            seen.append(token)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(len(fetched), 1)
        self.assertEqual(seen, ["token 1"] * 6)

    def test_locks_of_other_names_and_accounts_do_not_wait(self):
        other = DbTokenStore(self.record.browse(2**31 - 8))
        with self.store.refresh_lock("lwa"), self.store.refresh_lock("other"), other.refresh_lock("lwa"):
            self.assertIsNone(other.get("lwa", NOW))

    def test_the_lock_ends_with_a_failure_and_is_not_waited_for_without_end(self):
        with self.assertRaises(ZeroDivisionError), self.store.refresh_lock("lwa"):
            raise ZeroDivisionError
        with (
            self.store.refresh_lock("lwa"),
            patch.object(oms_secret, "REFRESH_LOCK_SECONDS", 0.1),
            self.assertRaises(RetryLater) as caught,
            self.store.refresh_lock("lwa"),
        ):
            self.fail("two workers hold the lock")
        self.assertEqual(caught.exception.code, "token_busy")
        with self.store.refresh_lock("lwa"):
            self.store.put("lwa", "works inside the lock", NOW + HOUR)

    def test_it_works_inside_a_test_transaction(self):
        with self.enter_registry_test_mode():
            with self.store.refresh_lock("lwa"):
                self.store.put("lwa", CANARY, NOW + HOUR)
            self.assertEqual(self.store.get("lwa", NOW), CANARY)
        self.assertEqual(self.sql(SQL("SELECT id FROM oms_secret WHERE res_id = %s", self.record.id)), [])
