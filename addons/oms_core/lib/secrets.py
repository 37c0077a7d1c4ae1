"""Encryption of what the database may hold but not know.

Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec, read 2026-11-23). The keys come from outside the
database; the file they stand in has one key per line. The first encrypts, all decrypt: to rotate, put a new key on top,
rotate what is stored, and only then take the old key away.
"""

import contextlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import AuthFailed


class KeyRing:
    """The keys in force. Neither its repr nor its errors show them.

    :raise AuthFailed: ``secret_key_missing`` without a key, ``secret_key_wrong`` when one cannot be a key
    """

    def __init__(self, keys: Sequence[str]):
        if not keys:
            raise AuthFailed("secret_key_missing")
        self._ring = None
        with contextlib.suppress(ValueError):  # told below, where the key is not in the context of the error
            self._ring = MultiFernet([Fernet(key) for key in keys])
        if self._ring is None:
            raise AuthFailed("secret_key_wrong")

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read a key file: one key per line, blank lines and lines starting with ``#`` left out."""
        lines = (line.strip() for line in text.splitlines())
        return cls([line for line in lines if line and not line.startswith("#")])

    def encrypt(self, plain: bytes) -> bytes:
        """Return ``plain`` as a Fernet token under the first key."""
        return self._ring.encrypt(plain)

    def decrypt(self, token: bytes) -> bytes:
        """Return what ``token`` holds.

        :raise AuthFailed: ``secret_key_wrong``: none of the keys made it, or it was changed since
        """
        try:
            return self._ring.decrypt(token)
        except InvalidToken:
            raise AuthFailed("secret_key_wrong") from None

    def rotate(self, token: bytes) -> bytes:
        """Return ``token`` encrypted again under the first key.

        :raise AuthFailed: ``secret_key_wrong``
        """
        try:
            return self._ring.rotate(token)
        except InvalidToken:
            raise AuthFailed("secret_key_wrong") from None


def new_key() -> str:
    """Return a fresh random key, as it stands in the key file."""
    return Fernet.generate_key().decode()
