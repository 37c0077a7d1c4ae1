"""The stand-ins for channels and carriers as a process (see `sandbox/`), for `./oms run` and for tests.

::

    from tools.sandbox import Sandbox

    with Sandbox(options=["--backlog", "20"]) as sandbox:
        print(sandbox.url)                       # http://127.0.0.1:41234
        sandbox.kill(); sandbox.start()          # on the same port; with a state file it remembers

It ends with the process that started it.
"""

import json
import os
import secrets
import time
from contextlib import suppress

from tools.processes import Program, end_group, last_lines, start
from tools.runtime import load_runtime
from tools.steps import Problem

READY_PATIENCE = 30


class Sandbox(Program):
    """The sandbox process.

    :param port: the port to listen on; by default a free one, kept over restarts
    :param state_file: where it keeps its memory over a restart; by default it forgets
    :param options: further command line options of ``python -m sandbox``
    :param log: file for its output; by default one of its own in the log folder
    """

    def __init__(self, *, port=0, state_file=None, options=(), log=None, runtime=None):
        self.runtime = runtime or load_runtime()
        self.port = port
        self.state_file = state_file
        self.options = options
        name = f"sandbox-{os.getpid()}-{secrets.token_hex(2)}"
        self.log = log or self.runtime.places.logs / f"{name}.log"
        # Its folder belongs to the account the sandbox runs as.
        self._port_file = self.runtime.places.state / f"{name}.json"

    @property
    def url(self):
        """The address without a slash at its end; channels have theirs below it, such as ``/amazon``."""
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start it and return when it listens. Returns the sandbox itself.

        :raise Problem: it ended or does not listen in time
        """
        self._port_file.unlink(missing_ok=True)
        command = [
            self.runtime.python,
            "-m",
            "sandbox",
            "--port",
            self.port,
            "--port-file",
            self._port_file,
            *self.options,
        ]
        if self.state_file:
            command += ["--state-file", self.state_file]
        places = self.runtime.places
        self.process = start(command, account=places.account, env=self.runtime.env(), cwd=places.code, log=self.log)
        deadline = time.monotonic() + READY_PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(FileNotFoundError):
                self.port = json.loads(self._port_file.read_text())["port"]
                self._port_file.unlink()
                return self
            time.sleep(0.05)
        self.stop()
        raise Problem(f"the sandbox did not start:\n{last_lines(self.log)}", f"see {self.log}")

    def stop(self):
        """Ask it to stop and wait for it."""
        if self.process:
            end_group(self.process, patience=5)
