"""Keeps a private PostgreSQL server up while anyone uses it: ``python -m tools.keeper <cluster> <durable|fleeting>``.

Started by `tools.postgres.Cluster`; see there. It is a process of its own because users come and go in any order.
"""

import fcntl
import signal
import subprocess
import sys
import time

from tools.locks import open_lock, try_lock
from tools.postgres import STOP_PATIENCE, Cluster
from tools.processes import die_with_parent
from tools.runtime import load_runtime

LINGER = 0.5  # seconds without users before the server stops; covers the gap between two steps of one launcher


def keep(cluster):
    """Run the server of ``cluster`` until nobody uses it. Return the exit status."""
    keeper_lock = open_lock(cluster.keeper_lock)
    if not try_lock(keeper_lock):
        return 0  # another keeper was quicker
    cluster.prepare()
    # SIGINT is PostgreSQL's fast shutdown: it breaks connections and writes everything out.
    server = subprocess.Popen(cluster.server_command(), preexec_fn=die_with_parent(signal.SIGINT))
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, lambda number, frame: server.send_signal(signal.SIGINT))
    users_lock = open_lock(cluster.users_lock)
    unused_since = None
    while server.poll() is None:
        if try_lock(users_lock):
            fcntl.flock(users_lock, fcntl.LOCK_UN)
            unused_since = unused_since or time.monotonic()
            if time.monotonic() - unused_since > LINGER:
                break
        else:
            unused_since = None
        time.sleep(0.1)
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        server.wait(STOP_PATIENCE)
        return 0
    return server.returncode


if __name__ == "__main__":
    name, durability = sys.argv[1:]
    sys.exit(keep(Cluster(load_runtime(), name, durable=durability == "durable")))
