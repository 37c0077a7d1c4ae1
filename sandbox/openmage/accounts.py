"""API users, what they may do, and their sessions (Mage_Api: Session, User, Acl)."""

import secrets
from datetime import timedelta

from ..clock import from_text, to_text
from .errors import ACCESS_DENIED, MISSING_PARAMETER, SESSION_EXPIRED, SoapFault

DEFAULT_ACCOUNT = {"username": "oms", "api_key": "oms-sandbox-key"}
LIFETIME_SECONDS = 3600  # api/config/session_timeout as it comes; counted from the last call


class Accounts:
    """All API users by name and all sessions; every change goes to the disk at once."""

    def __init__(self, world):
        self._world = world
        self.clear()

    def clear(self):
        """Forget users and sessions."""
        self.users = {}
        self._sessions = {}

    def restore(self, kept):
        """Take over users and sessions of an earlier run."""
        self.users = dict(kept.get("openmage_user", {}))
        self._sessions = dict(kept.get("openmage_session", {}))

    def add(self, account):
        """Let one more user log in: {"username", "api_key"} and maybe "dropped", resources that it may not use."""
        user = {"username": account["username"], "api_key": account["api_key"], "is_active": True}
        self._keep_user(user | {"dropped": list(account.get("dropped", ()))})
        return user["username"]

    def log_in(self, username, api_key):
        """Return the id of a new session; raise SoapFault 2 or 6."""
        if not username or not api_key:
            raise SoapFault(MISSING_PARAMETER)
        user = self.users.get(username)
        if (
            user is None
            or not user["is_active"]
            or not secrets.compare_digest(user["api_key"].encode(), api_key.encode())
        ):
            raise SoapFault(ACCESS_DENIED)
        session_id = self.new_session_id()
        self._keep_session(session_id, username)
        self._world.ledger.append("session_started", username, {})
        return session_id

    @staticmethod
    def new_session_id():
        """Return an id that no session has."""
        return secrets.token_hex(16)

    def end(self, session_id):
        """End a session; one that nobody knows is no error."""
        entry = self._sessions.pop(session_id, None)
        self._world.disk.put("openmage_session", session_id or "", None)
        if entry:
            self._world.ledger.append("session_ended", entry["username"], {})

    def user_of(self, session_id):
        """Return the user of a live session, which lives on from now; raise SoapFault 5."""
        entry = self._sessions.get(session_id)
        now = self._world.clock.now()
        if entry is None or now - from_text(entry["seen_at"]) > timedelta(seconds=LIFETIME_SECONDS):
            raise SoapFault(SESSION_EXPIRED)
        if entry["seen_at"] != to_text(now):
            self._keep_session(session_id, entry["username"])
        return self.users[entry["username"]]

    def known_user_of(self, session_id):
        """Return the name of a session's user, whether it has ended or not, or None."""
        return self._sessions.get(session_id, {}).get("username")

    def ensure_right(self, user, right):
        """Raise SoapFault 2 when a user has lost a resource, or one above it."""
        if any(right == dropped or right.startswith(f"{dropped}/") for dropped in user["dropped"]):
            raise SoapFault(ACCESS_DENIED)

    def expire(self, session_id):
        """Let one session have been idle for too long."""
        if session_id in self._sessions:
            ended = self._world.clock.now() - timedelta(seconds=LIFETIME_SECONDS + 1)
            self._keep_session(session_id, self._sessions[session_id]["username"], ended)

    def expire_all(self, username=None):
        """Let the sessions of one user, or of all, end now; return how many there were."""
        ending = [key for key, entry in self._sessions.items() if username in (None, entry["username"])]
        for session_id in ending:
            self.expire(session_id)
        return len(ending)

    def revoke(self, username):
        """Deactivate a user: no log-in any more, and all sessions end. Return how many there were."""
        self._keep_user(self.users[username] | {"is_active": False})
        return self.expire_all(username)

    def allow(self, username):
        """Make a user active again, with all rights."""
        self._keep_user(self.users[username] | {"is_active": True, "dropped": []})
        return username

    def drop_right(self, username, right):
        """Take a resource such as sales/order/shipment, with all below it, from a user."""
        user = self.users[username]
        self._keep_user(user | {"dropped": [*user["dropped"], right]})
        return right

    def _keep_user(self, user):
        self.users[user["username"]] = user
        self._world.disk.put("openmage_user", user["username"], user)

    def _keep_session(self, session_id, username, seen_at=None):
        entry = {"username": username, "seen_at": to_text(seen_at or self._world.clock.now())}
        self._sessions[session_id] = entry
        self._world.disk.put("openmage_session", session_id, entry)
