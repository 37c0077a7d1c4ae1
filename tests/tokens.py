"""A token store for tests of adapters."""

import contextlib


class Tokens:
    """A token store in memory, as `TokenStore` describes it; ``kept`` are ``(token, when it runs out)`` by name."""

    def __init__(self, **kept):
        self.kept = kept

    def get(self, name, now):
        """Return the token if it is still good."""
        token, expires_at = self.kept.get(name, (None, now))
        return token if expires_at > now else None

    def put(self, name, token, expires_at):
        """Keep a token."""
        self.kept[name] = (token, expires_at)

    def drop(self, name):
        """Forget a token."""
        self.kept.pop(name, None)

    def refresh_lock(self, name):
        """Let one worker at a time fetch a token; here there is only one."""
        return contextlib.nullcontext()
