"""Showing work on the terminal: a line per step with its time, and problems as "what failed" and "what to do"."""

import sys
import time
from contextlib import contextmanager


class Problem(Exception):
    """A failure a person can act on: ``what`` says what failed, ``fix`` what to do about it."""

    def __init__(self, what, fix=""):
        super().__init__(what)
        self.what = what
        self.fix = fix


class _Screen:
    """Remembers which step lines are still open, so that a step inside a step starts on a line of its own."""

    def __init__(self):
        self.open_titles = []
        self.line_is_open = False

    def write(self, text, *, end="\n"):
        sys.stdout.write(text + end)
        sys.stdout.flush()

    def break_line(self):
        if self.line_is_open:
            self.write("")
            self.line_is_open = False


_screen = _Screen()


@contextmanager
def step(title):
    """Print ``title`` while the body runs and the seconds it took when it is over."""
    _screen.break_line()
    indent = "  " * len(_screen.open_titles)
    _screen.write(f"{indent}- {title} ...", end="")
    _screen.line_is_open = True
    _screen.open_titles.append(title)
    started = time.monotonic()
    outcome = "failed after "
    try:
        yield
        outcome = ""
    finally:
        _screen.open_titles.pop()
        if not _screen.line_is_open:
            _screen.write(f"{indent}  {title}:", end="")
        _screen.write(f" {outcome}{time.monotonic() - started:.1f} s")
        _screen.line_is_open = False


def say(text=""):
    """Print a line of its own, below whatever step is open."""
    _screen.break_line()
    _screen.write("  " * len(_screen.open_titles) + text if text else "")


def show_problem(problem):
    """Print a `Problem` to standard error."""
    _screen.break_line()
    sys.stdout.flush()
    sys.stderr.write(f"\nFailed: {problem.what}\n")
    if problem.fix:
        sys.stderr.write(f"To do:  {problem.fix}\n")
