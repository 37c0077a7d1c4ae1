"""Keeps the sandbox's memory over a restart: one line of JSON for each change.

An answered effect must survive kill -9, so a line is handed to the operating system before the
answer leaves. Appending keeps that cheap; the file is rewritten to its last values at each start.
"""

import json
import os
import threading


class Disk:
    """A table of kind and key, in a file of JSON lines; with no path it keeps nothing."""

    def __init__(self, path=None):
        self._path = path
        self._lock = threading.Lock()
        self._file = None

    def load(self):
        """Return what was kept, as {kind: {key: value}}, and open the file for further changes."""
        if not self._path:
            return {}
        kept = self._read()
        draft = f"{self._path}.new"
        with open(draft, "w", encoding="utf-8") as file:
            for kind, table in kept.items():
                for key, value in table.items():
                    file.write(json.dumps([kind, key, value]) + "\n")
        os.replace(draft, self._path)
        self._open("ab")
        return kept

    def put(self, kind, key, value):
        """Keep `value`; None removes what was kept."""
        if self._file:
            line = json.dumps([kind, key, value]) + "\n"
            with self._lock:
                self._file.write(line.encode())

    def clear(self):
        """Forget everything."""
        if self._file:
            with self._lock:
                self._open("wb")

    def close(self):
        """Close the file; later changes are not kept."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def _open(self, mode):
        if self._file:
            self._file.close()
        # Unbuffered, so that a line is with the operating system when write returns.
        self._file = open(self._path, mode, buffering=0)  # noqa: SIM115 - stays open for the run

    def _read(self):
        kept = {}
        if not os.path.exists(self._path):
            return kept
        with open(self._path, encoding="utf-8") as file:
            for line in file:
                try:
                    kind, key, value = json.loads(line)
                except ValueError:
                    # A kill in the middle of the last write leaves half a line: that change never happened.
                    break
                table = kept.setdefault(kind, {})
                if value is None:
                    table.pop(key, None)
                else:
                    table[key] = value
        return kept
