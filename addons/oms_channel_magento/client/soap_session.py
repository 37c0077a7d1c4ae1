"""Signing in: a user and its API key in, a session id out (Mage/Api/Model/Session.php, seen 2026-11-26)."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime

from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed

from ..lib import soap_const

TOKEN_NAME = "openmage_session"  # noqa: S105 (the name it is kept under)
MAX_SESSION_ID = 256


class Session:
    """Keeps the session id in the account's token store, or for its own lifetime without one.

    :param log_in: asks the shop for a session, given a user and its key
    """

    def __init__(self, account: Account, now: Callable[[], datetime], log_in: Callable[[str, str], object]):
        self._account = account
        self._now = now
        self._log_in = log_in
        self._own: tuple[str, datetime] | None = None

    def kept(self) -> str | None:
        """Return the session of an earlier login, if it is still good."""
        now = self._now()
        if self._account.tokens is not None:
            return self._account.tokens.get(TOKEN_NAME, now)
        return self._own[0] if self._own and self._own[1] > now else None

    def new(self, refused: str | None = None) -> str:
        """Return a session other than ``refused``: of another worker that was faster, else by logging in.

        :raise AuthFailed: the shop refuses user or key, or one of them is missing
        :raise RetryLater: no answer
        """
        lock = nullcontext() if self._account.tokens is None else self._account.tokens.refresh_lock(TOKEN_NAME)
        with lock:
            kept = self.kept()
            return kept if kept and kept != refused else self._open()

    def forget(self) -> None:
        """Drop the kept session: the shop no longer takes it."""
        self._own = None
        if self._account.tokens is not None:
            self._account.tokens.drop(TOKEN_NAME)

    def credentials(self) -> tuple[str, str]:
        """Return user and key.

        :raise AuthFailed: one of them is missing
        """
        user = self._account.settings.get("username")
        key = self._account.secrets.get(soap_const.API_KEY)
        missing = [name for name, value in (("username", user), (soap_const.API_KEY, key)) if not value]
        if missing:
            raise AuthFailed("credentials_missing", missing=", ".join(missing))
        return user, key

    def _open(self) -> str:
        # What is kept counts from before the question, so that it never outlives the session.
        expires_at = self._now() + soap_const.SESSION - soap_const.SESSION_MARGIN
        session = self._log_in(*self.credentials())
        if not isinstance(session, str) or not 0 < len(session) <= MAX_SESSION_ID or not session.isprintable():
            raise Malformed("wrong_shape", reason="the shop gave no session")
        if self._account.tokens is not None:
            self._account.tokens.put(TOKEN_NAME, session, expires_at)
        else:
            self._own = (session, expires_at)
        return session
