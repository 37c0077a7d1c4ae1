"""File locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
import os
from contextlib import contextmanager

from tools.steps import say


def open_lock(path):
    """Return a file descriptor for lock file ``path``, creating it readable for everyone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # made by root; reading is enough to lock it
    return descriptor


def try_lock(descriptor, *, shared=False):
    """Lock without waiting. Return whether it worked."""
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(path):
    """Return whether nobody holds lock file ``path``."""
    if not path.exists():
        return True
    descriptor = open_lock(path)
    try:
        return try_lock(descriptor)
    finally:
        os.close(descriptor)


_held = set()


def held_locks():
    """Return the descriptors of the exclusive locks that this process holds, for its children to hold as well."""
    return tuple(_held)


@contextmanager
def locked(path, waiting_for=""):
    """Hold ``path`` exclusively. Says what it waits for when another process has it.

    Programs that `tools.processes` starts meanwhile hold it too. So when we are killed, the next one waits until what
    we started has ended, instead of working in the same folder with it.
    """
    descriptor = open_lock(path)
    try:
        if not try_lock(descriptor):
            if waiting_for:
                say(f"waiting for another ./oms that is busy with {waiting_for}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _held.add(descriptor)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


@contextmanager
def shared_lock(path):
    """Hold ``path`` together with other readers."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor
    finally:
        os.close(descriptor)
