"""What really happened here: every effect once, in order, never changed."""


class Ledger:
    """An append-only list of effects; each has `id`, `at`, `kind`, `key` and `body`."""

    def __init__(self, clock, disk):
        self._clock = clock
        self._disk = disk
        self._entries = []

    def append(self, kind, key, body):
        """Record one effect and return the entry."""
        entry = {
            "id": len(self._entries) + 1,
            "at": self._clock.now_text(),
            "kind": kind,
            "key": key,
            "body": body,
        }
        self._entries.append(entry)
        self._disk.put("ledger", str(entry["id"]), entry)
        return entry

    def entries(self, kind=None, key=None, after=0):
        """Return the entries with an id above `after`, of one kind and key if given."""
        return [
            entry for entry in self._entries[after:] if kind in (None, entry["kind"]) and key in (None, entry["key"])
        ]

    def restore(self, saved):
        """Take over the entries of an earlier run, as the disk gave them back."""
        self._entries = sorted(saved.values(), key=lambda entry: entry["id"])

    def clear(self):
        """Forget everything: only a reset of the whole sandbox does this."""
        self._entries = []
