"""Building a thing in the cache exactly once, whoever asks and however often a build is killed."""

import shutil

from tools.locks import locked

MARK = ".complete"


def is_built(target):
    """Return whether the folder ``target`` was built to its end."""
    return (target / MARK).exists()


def build_once(target, title, build):
    """Make folder ``target`` by ``build(target)`` unless that was done before.

    Others who want the same wait. A build that was killed left no mark, so it is removed and done again.
    The folder is built in its final place because virtual environments cannot be moved.
    """
    if is_built(target):
        return target
    with locked(target.parent / f".{target.name}.lock", title):
        if not is_built(target):
            if target.exists():
                shutil.rmtree(target)
            target.mkdir(parents=True)
            build(target)
            (target / MARK).touch()
    return target
