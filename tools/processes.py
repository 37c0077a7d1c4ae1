"""Starting programs so that they end with us, and ending the ones a crashed launcher left behind."""

import ctypes
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tools.locks import held_locks
from tools.steps import Problem

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
TAIL_LINES = 25
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig=signal.SIGTERM):
    """Return a ``preexec_fn``: the kernel sends ``sig`` to the child when the thread that started it ends.

    It must run after a change of user, which clears the setting; `subprocess` does it in that order.
    """
    parent = os.getpid()

    def arrange():
        _libc.prctl(PR_SET_PDEATHSIG, sig)
        if os.getppid() != parent:  # the parent died before the setting was made
            os._exit(1)

    return arrange


def start(command, *, account=None, env=None, cwd=None, log=None, **popen):
    """Start ``command`` in a process group of its own that ends with us.

    :param account: run as this `Account` if it is not ours already
    :param log: file that takes its output, appended
    :return: the `subprocess.Popen`
    """
    if log is not None:
        with open(log, "ab") as stream:
            popen = {"stdout": stream, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, **popen}
            return start(command, account=account, env=env, cwd=cwd, **popen)
    options = account.popen_options() if account else {}
    command = [str(part) for part in command]
    popen = {"start_new_session": True, "pass_fds": held_locks(), **popen}
    return subprocess.Popen(command, env=env, cwd=cwd, preexec_fn=die_with_parent(), **options, **popen)


def run(command, *, failure, fix="", log=None, stdin=None, timeout=900, **options):
    """Run ``command`` to its end.

    :param failure: the sentence for `Problem` when it fails; ``fix`` is what to do about it
    :param log: file that takes its output; without one the output is returned
    :param stdin: text for its standard input
    :param options: ``account``, ``env``, ``cwd`` as in `start`
    :return: the output as text, or ``""`` with a log
    :raise Problem: it ended with a status other than 0 or did not end in ``timeout`` seconds
    """
    target = open(log, "ab+") if log else subprocess.PIPE  # noqa: SIM115 closed below, after the program
    try:
        source = {"stdin": subprocess.DEVNULL} if stdin is None else {"stdin": subprocess.PIPE}
        process = start(command, stdout=target, stderr=subprocess.STDOUT, **source, **options)
        try:
            output, _ = process.communicate(stdin.encode() if stdin is not None else None, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Problem(f"{failure}: no end after {timeout} s", fix) from None
        finally:
            end_group(process, patience=0)
        text = (output or b"").decode(errors="replace")
        if process.returncode:
            details = last_lines(log, 2 * TAIL_LINES) if log else text
            raise Problem(f"{failure} (status {process.returncode})\n{_indented(details)}", fix)
        return text
    finally:
        if log:
            target.close()


def last_lines(path, count=TAIL_LINES):
    """Return the last ``count`` lines of a log file as text."""
    with open(path, "rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - 20000))
        return "\n".join(stream.read().decode(errors="replace").splitlines()[-count:])


def _indented(text):
    telling = [line for line in text.strip().splitlines() if " INFO " not in line]
    return "\n".join(f"    {line}" for line in telling[-TAIL_LINES:])


def end_group(process, *, sig=signal.SIGTERM, patience=10):
    """End a program and all it started: ``sig`` first, SIGKILL to the group after ``patience`` seconds."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(sig if patience else signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience or 5)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)


class Program:
    """A program with a process group of its own, for ``with`` blocks. A subclass says how to `start` and `stop`."""

    process = None

    def kill(self):
        """Kill it and all it started at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def is_running(self):
        """Return whether the program lives; what it started may live longer."""
        return self.process is not None and self.process.poll() is None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()


def started_at(pid):
    """Return when process ``pid`` started, in clock ticks since boot, or None if there is none (or a zombie).

    With the number of the process this names one process for good, while numbers alone are used again.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])  # proc(5): field 3 is the state, 22 the start time


class Register:
    """A file that names the programs of one launcher, for the next one to end what a crash left running."""

    def __init__(self, path):
        self.path = path
        self.entries = []

    def add(self, name, process):
        """Note a program that has just been started."""
        self.entries.append({"name": name, "pid": process.pid, "started_at": started_at(process.pid)})
        self._write()

    def end_leftovers(self):
        """End the programs of the last launcher that still run. Return their names."""
        try:
            entries = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            entries = []
        ended = [entry for entry in entries if _end_leftover(entry)]
        self.clear()
        return [entry["name"] for entry in ended]

    def clear(self):
        """Forget all programs."""
        self.entries = []
        self._write()

    def _write(self):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.entries))
        fresh.replace(self.path)


def _end_leftover(entry):
    pid = entry["pid"]
    if entry["started_at"] is None or started_at(pid) != entry["started_at"]:
        return False
    for sig, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 3)):
        with suppress(ProcessLookupError):
            os.killpg(pid, sig)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and started_at(pid) == entry["started_at"]:
            time.sleep(0.1)
    return True
