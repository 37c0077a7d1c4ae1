"""Run the sandbox: `python -m sandbox --port 0 --port-file FILE`."""

import argparse
import contextlib
import itertools
import json
import os
import sys
import threading
import time

from .disk import Disk
from .server import Sandbox, make_http_server
from .world import World

TWELVE_HOURS = 12 * 3600


def read_arguments(arguments):
    """Return the command line as a namespace."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", help="where to write port, url and pid as JSON")
    parser.add_argument("--seed", type=int, default=1, help="of the generated orders")
    parser.add_argument("--orders-per-minute", type=float, default=0.0)
    parser.add_argument("--backlog", type=int, default=0, help="generated orders to begin with")
    parser.add_argument("--selling", default="amazon", help="the stand-ins that sell, separated by commas")
    parser.add_argument("--throttle", action="store_true", help="answer 429 by the documented rates")
    parser.add_argument("--seed-times", choices=("recent", "original"), default="recent")
    parser.add_argument("--state-file", help="keeps the memory over a restart")
    parser.add_argument("--max-seconds", type=float, default=TWELVE_HOURS)
    return parser.parse_args(arguments)


def write_port_file(path, port):
    """Write where the sandbox listens; the file appears complete or not at all."""
    facts = {"port": port, "url": f"http://127.0.0.1:{port}", "pid": os.getpid()}
    draft = f"{path}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    os.replace(draft, path)


def wait_for_the_end(parent, seconds):
    """Return when the process that started us has gone, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and os.getppid() == parent:
        time.sleep(0.5)


def bring_orders(sandbox, names, per_minute):
    """Keep selling: one generated order after another, at each of these stand-ins in turn, for ever."""
    for name in itertools.cycle(names):
        time.sleep(60.0 / per_minute)
        with sandbox.world.lock:
            sandbox.channels[name].sell_one()


def main(arguments=None):
    """Serve until the parent process ends, the time is over or Ctrl-C."""
    options = read_arguments(arguments)
    parent = os.getppid()
    world = World(disk=Disk(options.state_file))
    sandbox = Sandbox(world, seed=options.seed, seed_times=options.seed_times)
    if options.throttle:
        world.settings["throttle"] = True
    selling = options.selling.split(",")
    if options.backlog and not sandbox.is_restored:
        for name in selling:
            sandbox.channels[name].fill_backlog(options.backlog)
    server = make_http_server(sandbox, options.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if options.orders_per_minute > 0:
        threading.Thread(target=bring_orders, args=(sandbox, selling, options.orders_per_minute), daemon=True).start()
    if options.port_file:
        write_port_file(options.port_file, server.server_port)
    print(f"sandbox: http://127.0.0.1:{server.server_port}/amazon", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        wait_for_the_end(parent, options.max_seconds)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
