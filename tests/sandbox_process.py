"""The sandbox as a process of its own, for tests that need no Odoo (those that do have `tools.sandbox`)."""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_PATIENCE = 30


def start_sandbox(folder, *options, through=()):
    """Start a sandbox; return the process and what its port file says.

    :param folder: where the port file may be written
    :param options: command line options; among them ``--max-seconds``, so that it ends by itself
    :param through: the start of a command line that runs the rest of it
    """
    port_file = Path(folder) / f"port-{time.monotonic_ns()}.json"
    command = [*through, sys.executable, "-m", "sandbox", "--port-file", str(port_file), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + START_PATIENCE
    try:
        while not port_file.exists():
            assert process.poll() is None, "the sandbox ended while it started"
            assert time.monotonic() < deadline, "the sandbox did not start in time"
            time.sleep(0.02)
    except AssertionError:
        process.kill()
        process.wait()
        raise
    return process, json.loads(port_file.read_text())
