import os
from contextlib import contextmanager
from datetime import timedelta, timezone
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config
from psycopg2.errors import LockNotAvailable

from ..lib.errors import AuthFailed, RetryLater
from ..lib.secrets import KeyRing
from .own_cursor import in_own_cursor

MASK = "•••••••• stored"
REFRESH_LOCK_SECONDS = 65  # longer than one refresh may take, see ``Limits.total_seconds``


def load_key_ring():
    """Read the keys that protect secrets, from ``OMS_SECRET_KEY_FILE`` or the option ``oms_secret_key_file``.

    The file is read each time: a new key is in force at once, in every process, and nothing keeps the keys.

    :raise AuthFailed: ``secret_key_missing`` or ``secret_key_wrong``. The job that asked pauses its channel
    """
    path = os.environ.get("OMS_SECRET_KEY_FILE") or config.get("oms_secret_key_file")
    if not path:
        raise AuthFailed("secret_key_missing", reason="not_configured")
    try:
        text = Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = None
    if text is None:
        raise AuthFailed("secret_key_missing", reason="not_readable", path=path)
    return KeyRing.parse(text)


class OmsSecret(models.Model):
    """Ciphertext of what an account needs to sign in. No group has access to it and no method is public."""

    _name = "oms.secret"
    _description = "Encrypted secret"
    _rec_name = "name"

    model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    name = fields.Char(required=True)
    value = fields.Text(required=True)
    expires_at = fields.Datetime(index="btree_not_null")

    _owner_unique = models.UniqueIndex("(model, res_id, name)", "A record keeps one secret of each name.")

    @api.model
    def _rotate_secrets(self):
        """Encrypt everything again under the first key, after which older keys may leave the key file.

        :return: how many were rotated
        :raise AuthFailed: ``secret_key_wrong`` when a secret was made with a key that is not in the file; the caller's
            transaction must then be rolled back, and nothing has changed
        """
        ring = load_key_ring()
        secrets = self.sudo().search([], order="id")  # sudo: nobody has access by right
        unreadable = secrets.browse()
        for secret in secrets:
            try:
                secret.value = ring.rotate(secret.value.encode()).decode()
            except AuthFailed:
                if not secret.expires_at:
                    raise
                unreadable += secret
        unreadable.unlink()  # short-lived tokens only: each is fetched anew when it is missed
        return len(secrets) - len(unreadable)

    @api.autovacuum
    def _gc_secrets(self):
        """Forget tokens that ran out and secrets of records that are gone, however they went."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        vault = self.sudo()  # sudo: nobody has access by right
        vault.search([("expires_at", "<", yesterday)]).unlink()
        for model, ids in vault._read_group([], ["model"], ["res_id:array_agg"]):
            if model in self.env:  # else its addon is not loaded, which need not be for ever
                gone = set(ids) - set(self.env[model].sudo().browse(ids).exists().ids)
                vault.search([("model", "=", model), ("res_id", "in", list(gone))]).unlink()

    @api.model
    def _stored_names(self, model, ids):
        """Return the ``(record id, name)`` pairs that have a secret."""
        domain = [("model", "=", model), ("res_id", "in", ids)]
        rows = self.sudo().search_fetch(domain, ["res_id", "name"])  # sudo: tells that there is one, not what it is
        return {(row.res_id, row.name) for row in rows}

    @api.model
    def _find(self, record, name):
        # sudo: the caller is a private method of the record that owns the secret
        return self.sudo().search([("model", "=", record._name), ("res_id", "=", record.id), ("name", "=", name)])

    @api.model
    def _store(self, record, name, text):
        """Keep ``text`` as the secret ``name`` of ``record``; an empty text forgets it.

        :raise AuthFailed: the key is missing or cannot be read
        """
        row = self._find(record, name)
        if not text:
            row.unlink()
            return
        value = load_key_ring().encrypt(text.encode()).decode()
        if row:
            row.value = value
        else:
            row.create({"model": record._name, "res_id": record.id, "name": name, "value": value})


class Secret(fields.Char):
    """A text people may write and nobody may read. See ``secret_field``."""

    def __init__(self, string, **options):
        super().__init__(string, compute="_", inverse="_", copy=False, exportable=False, **options)

    def _get_attrs(self, model_class, name):
        # Each field has functions of its own. With shared ones Odoo reads the neighbours of a field being written as
        # False, and they would be forgotten.
        attrs = super()._get_attrs(model_class, name)

        def _compute_mask(records):
            records._compute_secret(name)

        def _inverse_secret(records):
            records._inverse_secret(name)

        return {**attrs, "compute": _compute_mask, "inverse": _inverse_secret}


def secret_field(string, **options):
    """Return a field for a secret, for models that inherit ``oms.secret.mixin``.

    Reading it gives a mask or False. Writing a text stores it encrypted, writing the mask changes nothing, writing
    False or ``""`` forgets it. It is not copied, exported, searched, grouped or tracked.

    :param options: ``help``, ``groups`` and other attributes of a Char that concern its looks
    """
    return Secret(string, **options)


class OmsSecretMixin(models.AbstractModel):
    _name = "oms.secret.mixin"
    _description = "Record with secrets"

    def unlink(self):
        model, ids = self._name, self.ids
        result = super().unlink()
        # sudo: whoever may delete the record may delete what only it could use
        self.env["oms.secret"].sudo().search([("model", "=", model), ("res_id", "in", ids)]).unlink()
        return result

    def _secret(self, name):
        """Return the secret ``name`` in clear, for an adapter. Never log, store or return it to a user.

        :raise AuthFailed: ``secret_missing`` (never an empty text), ``secret_key_missing`` or ``secret_key_wrong``
        """
        self.ensure_one()
        row = self.env["oms.secret"]._find(self, name)
        if not row:
            raise AuthFailed("secret_missing", name=name)
        return load_key_ring().decrypt(row.value.encode()).decode()

    def _compute_secret(self, name):
        stored = self.env["oms.secret"]._stored_names(self._name, self._origin.ids)
        for record in self:
            record[name] = MASK if (record._origin.id, name) in stored else False

    def _inverse_secret(self, name):
        for record in self:
            text = (record[name] or "").strip()
            if text == MASK:
                continue
            if "•" in text:
                raise UserError(self.env._("Replace the whole text: a stored secret cannot be edited."))
            try:
                self.env["oms.secret"]._store(record, name, text)
            except AuthFailed as error:
                raise UserError(self._explain_key(error)) from None
        stored = self.env["oms.secret"]._stored_names(self._name, self.ids)
        for record in self:  # from here on the cache must not hold the text either
            record._update_cache({name: MASK if (record.id, name) in stored else False})

    def _explain_key(self, error):
        if error.code == "secret_key_missing":
            return self.env._(
                "The key that protects secrets is missing on this server, so nothing was stored. "
                "Set OMS_SECRET_KEY_FILE to a file with a key and try again."
            )
        return self.env._(
            "The key file of this server holds something that is no key, so nothing was stored. "
            "Correct it and try again."
        )


class DbTokenStore:
    """A ``TokenStore`` (``lib/channel.py``) in ``oms.secret``, shared by all processes.

    Everything happens in cursors of its own. A token the channel has given out must outlive a rollback of the job that
    fetched it, and the job's own transaction, which reads a snapshot, could not see what another worker stored since.
    """

    def __init__(self, record):
        self._registry = record.env.registry
        self._model = record._name
        self._id = record.id

    def get(self, name, now):
        """Return the token stored under ``name`` if it is still good at ``now``, else None."""
        query = SQL(
            "SELECT value FROM oms_secret WHERE model = %s AND res_id = %s AND name = %s AND expires_at > %s",
            *self._key(name),
            _naive(now),
        )
        row = self._run(query)
        if not row:
            return None
        ring = load_key_ring()
        try:
            return ring.decrypt(row[0].encode()).decode()
        except AuthFailed:
            return None  # made with a key that is gone: fetching a new one costs one call

    def put(self, name, token, expires_at):
        """Remember ``token`` until ``expires_at``."""
        value = load_key_ring().encrypt(token.encode()).decode()
        self._run(
            SQL(
                """
                INSERT INTO oms_secret (model, res_id, name, value, expires_at, create_date, write_date)
                     VALUES (%s, %s, %s, %s, %s, now() at time zone 'utc', now() at time zone 'utc')
                ON CONFLICT (model, res_id, name) DO UPDATE
                        SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at, write_date = EXCLUDED.write_date
                  RETURNING id
                """,
                *self._key(name),
                value,
                _naive(expires_at),
            )
        )

    def drop(self, name):
        """Forget the token stored under ``name``: the channel refused it."""
        self._run(
            SQL("DELETE FROM oms_secret WHERE model = %s AND res_id = %s AND name = %s RETURNING id", *self._key(name))
        )

    @contextmanager
    def refresh_lock(self, name):
        """Let one worker at a time refresh ``name``. Inside, look with ``get`` again: another may just have done it.

        It is an advisory lock held by a transaction of its own. A row lock would make ``put`` wait for ourselves, and a
        session lock could go back to the connection pool still held. This one ends with the ``with`` block, or with the
        process. It stays open for the one call that fetches the token, which ``Limits.total_seconds`` bounds.

        :raise RetryLater: ``token_busy``, another worker has been at it for longer than one call can take
        """
        with self._registry.cursor() as cr:
            try:
                cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", f"{REFRESH_LOCK_SECONDS}s"))
                owner = ",".join(str(part) for part in ("oms.secret", *self._key(name)))
                cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", owner), log_exceptions=False)
            except LockNotAvailable:
                raise RetryLater("token_busy", after=timedelta(seconds=5), name=name) from None
            yield

    def _key(self, name):
        # Apart from the secrets people type in, which share the table.
        return self._model, self._id, f"token:{name}"

    def _run(self, query):
        def work(cr):
            cr.execute(query, log_exceptions=False)
            return cr.fetchone()

        return in_own_cursor(self._registry, work)


def _naive(instant):
    """Return an aware instant as the database keeps it."""
    return instant.astimezone(timezone.utc).replace(tzinfo=None)
