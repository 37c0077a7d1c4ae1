"""A watched folder on this server: the only place where files are read, written and moved.

::

    <root>/<folder>/in       files that wait; people and programs put them here
    <root>/<folder>/done     files that were taken, with the moment they came before their name
    <root>/<folder>/failed   files of which something was wrong, each with a text that says what
    <root>/<folder>/out      what we tell: parcels, cancellations, stock
    <root>/<folder>/.told    our own record of what was told

Every path is walked from the root, step by step, and a symbolic link ends the walk: whoever may write into a folder
must not lead us to another.
"""

import errno
import hashlib
import itertools
import os
import re
import stat
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected, RetryLater

from ..lib.table import MAX_BYTES, Unusable

IN, DONE, FAILED, OUT, TOLD = "in", "done", "failed", "out", ".told"
PARTS = (IN, DONE, FAILED, OUT, TOLD)
# What programs call a file they have not finished writing, and what editors leave beside it.
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")
CLOCK = ".clock"
MAX_NAME = 180  # bytes: a moment and an ending are added to it, and 255 are allowed
RETRY_AFTER = timedelta(minutes=5)
MAX_WAITING = 5_000  # files looked at in one go; the others have their turn once these are put away
_PART = re.compile(r"[\w][\w .-]*", re.ASCII)
_STAMP = re.compile(r"(\d{8}T\d{6}\d{6}Z)_(.+)", re.ASCII | re.DOTALL)
_STAMP_FORMAT = "%Y%m%dT%H%M%S%fZ"


class Source(dto.Value):
    """One file of orders.

    :param name: as it was put there
    :param arrived_at: when, by the clock of the file system
    :param place: the part of the folder it is in, and ``stored_as`` its name there
    """

    name: str
    arrived_at: datetime
    place: str
    stored_as: str

    @property
    def key(self) -> tuple[datetime, str]:
        """What names it wherever it is moved, and sorts the oldest first."""
        return self.arrived_at, self.name


def split_path(path: str) -> tuple[str, ...] | None:
    """Return the parts of a path below the root; ``None`` for one that is not plain: with ``..``, a slash first."""
    parts = tuple(path.split("/"))
    is_plain = all(_PART.fullmatch(part) and not part.endswith((".", " ")) for part in parts)
    return parts if is_plain and len(path) <= 200 else None


class Folder:
    """A watched folder.

    :param root: what the administrator of the server allows, an absolute path
    :param path: the channel's own folder below it
    :param settle_seconds: how long a file must not have changed before it counts as complete
    """

    def __init__(self, root: str, path: str, settle_seconds: float):
        self._root = root
        self._path = path
        self._settle = timedelta(seconds=settle_seconds)

    # === READING ===

    def now(self) -> datetime:
        """Return the time by the clock that stamps the files, which is another server's where the folder is shared."""
        with self._opened(IN) as folder:
            handle = os.open(CLOCK, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o640, dir_fd=folder)
            try:
                os.utime(handle)
                return _moment(os.fstat(handle).st_mtime_ns)
            finally:
                os.close(handle)

    def waiting(self, now: datetime) -> tuple[list[Source], datetime]:
        """Return the complete files that wait, oldest first, and the moment up to which none is missing."""
        found, complete_until = [], now - self._settle
        with self._opened(IN) as folder:
            for entry in _entries(folder, MAX_WAITING):
                if entry.name.startswith((".", "~")) or entry.name.casefold().endswith(UNFINISHED):
                    continue
                facts = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(facts.st_mode):
                    continue
                if entry.name != _plain_name(entry.name):
                    _rename_plainly(folder, entry.name)  # it came again by that, and is taken at the next look
                    continue
                arrived_at = _moment(facts.st_ctime_ns)
                if now - max(arrived_at, _moment(facts.st_mtime_ns, until=now)) < self._settle:
                    complete_until = min(complete_until, arrived_at)
                    continue
                found.append(Source(name=entry.name, arrived_at=arrived_at, place=IN, stored_as=entry.name))
        return sorted(found, key=lambda source: source.key), complete_until

    def taken(self, since: datetime) -> list[Source]:
        """Return the files that were taken and came at or after ``since``, oldest first."""
        found = []
        for place in (DONE, FAILED):
            with self._opened(place) as folder:
                for entry in _entries(folder):
                    source = _taken_source(entry.name, place)
                    if source is not None and source.arrived_at >= since:
                        found.append(source)
        return sorted(found, key=lambda source: source.key)

    def read_source(self, source: Source) -> bytes | None:
        """Return the bytes of a file, ``None`` when it is gone or became another. One too large comes cut.

        :raise Unusable: this one file may not be read; the others may
        """
        with self._opened(source.place) as folder:
            try:
                return _read_file(folder, source.stored_as, source.arrived_at if source.place == IN else None)
            except FileNotFoundError:
                return None
            except PermissionError:
                raise Unusable("may_not_read") from None

    # === MOVING ===

    def put_away(self, name: str, arrived_at: datetime, errors: str) -> bool:
        """Move a file that was taken out of the way; one that is gone or was replaced meanwhile is left alone.

        :param errors: what was wrong with it; with nothing it goes to ``done``
        """
        stored_as = f"{arrived_at.strftime(_STAMP_FORMAT)}_{name}"
        place = FAILED if errors else DONE
        with self._opened(IN) as folder, self._opened(place) as target:
            try:
                facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                return False
            if not stat.S_ISREG(facts.st_mode) or _moment(facts.st_ctime_ns) != arrived_at:
                return False
            if errors:
                _write_file(target, f"{stored_as}.txt", errors.encode())
            os.rename(name, stored_as, src_dir_fd=folder, dst_dir_fd=target)
            return True

    # === TELLING ===

    def tell_once(self, name: str, content: bytes) -> None:
        """Let a file appear in ``out`` once: told again with the same content it does not appear again.

        Whoever reads it may take it away at once; what was told is remembered in ``.told``. It lies complete beside
        its place before it is remembered, and is moved there after that: while it lies there it has not appeared, and
        once it does not, it has. So wherever a crash falls, telling it again shows it to a reader once.
        """
        with self._opened(TOLD) as told, self._opened(OUT) as out:
            if _content(told, name) != content:
                if _content(out, name) != content:
                    _write_beside(out, name, content)
                _write_file(told, name, content)
            if _content(out, _beside(name)) == content:
                _move_into_place(out, name)

    def was_told(self, name: str, content: bytes) -> bool:
        """Tell whether exactly this was told."""
        with self._opened(TOLD) as told, self._opened(OUT) as out:
            return _content(told, name) == content and _content(out, _beside(name)) != content

    def read_out(self, name: str) -> bytes:
        """Return a file of ``out`` as it is now; empty when there is none."""
        with self._opened(OUT) as out:
            return _content(out, name) or b""

    def write_out(self, name: str, content: bytes) -> None:
        """Replace a file of ``out``; a reader finds the old one or the new one, never half of one."""
        with self._opened(OUT) as out:
            _write_file(out, name, content)

    # === WALKING ===

    @contextmanager
    def _opened(self, part: str):
        """Open one part of the folder for as long as the block takes; what is missing below the root is made.

        :raise Rejected: the path is not one the administrator allows
        :raise RetryLater: it is allowed and cannot be used now
        """
        handle = self._walk(part)
        try:
            yield handle
        except FileNotFoundError:
            raise  # one file is gone; whoever asked for it knows what that means
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        finally:
            os.close(handle)

    def _walk(self, part: str) -> int:
        parts = split_path(self._path)
        if not self._root or not os.path.isabs(self._root):
            raise Rejected("folder_no_root", message="No folder is allowed on this server: OMS_FILE_ROOT is not set.")
        if parts is None:
            message = f"“{self._path}” is no folder below OMS_FILE_ROOT."
            raise Rejected("folder_refused", message=message, folder=self._path)
        try:
            handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
            for step in (*parts, part):
                handle = _step_into(handle, step)
            return handle
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                message = f"“{self._path}” leads over a link or a file; only real folders are followed."
                raise Rejected("folder_linked", message=message, folder=self._path) from None
            raise self._unusable(error.strerror or str(error)) from None

    def _unusable(self, why: str) -> RetryLater:
        return RetryLater("folder_unusable", after=RETRY_AFTER, folder=self._path, why=why)


def _step_into(handle: int, name: str) -> int:
    """Return the folder ``name`` inside an open one, made where it is missing, and close the outer one."""
    try:
        try:
            return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
        except FileNotFoundError:
            os.mkdir(name, 0o770, dir_fd=handle)
            return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
    finally:
        os.close(handle)


def _entries(handle: int, most: int | None = None) -> list[os.DirEntry]:
    with os.scandir(handle) as entries:
        return list(itertools.islice(entries, most))


def _plain_name(name: str) -> str:
    """Return a file's name as it can be shown and stored: bytes that are no text are not, nor is a name too long."""
    text = "".join(char if char.isprintable() else "_" for char in name)
    return text.encode()[-MAX_NAME:].decode(errors="ignore")


def _rename_plainly(folder: int, name: str) -> None:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    os.rename(name, f"{digest}-{_plain_name(name)}"[-MAX_NAME:], src_dir_fd=folder, dst_dir_fd=folder)


def _taken_source(stored_as: str, place: str) -> Source | None:
    found = _STAMP.fullmatch(stored_as)
    if found is None or (place == FAILED and stored_as.endswith(".txt") and found.group(2).count(".") > 1):
        return None
    arrived_at = datetime.strptime(found.group(1), _STAMP_FORMAT).replace(tzinfo=timezone.utc)
    return Source(name=found.group(2), arrived_at=arrived_at, place=place, stored_as=stored_as)


def _moment(nanoseconds: int, until: datetime | None = None) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=nanoseconds // 1000)
    return min(moment, until) if until else moment


def _read_file(folder: int, name: str, arrived_at: datetime | None) -> bytes | None:
    # Not following and not waiting: a link or a pipe put in place of the file is not read.
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or (arrived_at and _moment(facts.st_ctime_ns) != arrived_at):
            return None
        return file.read(MAX_BYTES + 1)


def _content(folder: int, name: str) -> bytes | None:
    try:
        return _read_file(folder, name, None)
    except FileNotFoundError:
        return None


def _write_file(folder: int, name: str, content: bytes) -> None:
    """Write a file as a whole: beside its place first, on the disk, then moved over whatever was there."""
    _write_beside(folder, name, content)
    _move_into_place(folder, name)


def _beside(name: str) -> str:
    """Return the name a file has until it is complete; readers leave such names alone."""
    return f".{name}.part"


def _write_beside(folder: int, name: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    handle = os.open(_beside(name), flags, 0o660, dir_fd=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    os.fsync(folder)


def _move_into_place(folder: int, name: str) -> None:
    os.rename(_beside(name), name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)
