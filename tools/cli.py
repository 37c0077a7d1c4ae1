"""The verbs of ./oms and their options."""

import argparse
import os
import signal
import sys

from tools.steps import Problem, say, show_problem

VERBS = {
    "run": "start everything with demo data and a sandbox, and print where it is",
    "test": "run tests: all, or the suites, addons or files named",
    "bench": "run the benchmarks",
    "lint": "check style, structure and manifests",
    "pot": "write the texts of our addons anew, as translators take them",
    "shell": "open Odoo's Python shell on the database of ./oms run",
    "reset": "drop databases and state of this clone; downloads stay cached",
    "doctor": "show versions, paths and what is missing",
}


def main(arguments):
    """Run one verb. Return the exit status: 0 well, 1 a failure that was explained, 2 wrong usage, 130 interrupted."""
    parser = _parser()
    if not arguments:
        _list_verbs()
        return 0
    options = parser.parse_args(arguments)
    # A stop from outside cleans up just as Ctrl-C does, which itself is ignored in a background job unless asked for.
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, _interrupt)
    # What root makes here is read by an unprivileged account; what nobody else may read says so itself.
    os.umask(0o022)
    try:
        return _run_verb(options)
    except Problem as problem:
        show_problem(problem)
        return 1
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    except BrokenPipeError:  # our output went to a program that has seen enough, such as head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _interrupt(number, frame):
    raise KeyboardInterrupt


def _list_verbs():
    print("Usage: ./oms <verb> [options]      ./oms <verb> --help tells more\n")
    for verb, purpose in VERBS.items():
        print(f"  {verb:<8}{purpose}")


def _run_verb(options):
    # Each verb's module is read only when it is asked for: the first word on the screen should come at once.
    match options.verb:
        case "run":
            from tools.stack import run as verb
        case "shell":
            from tools.stack import shell as verb
        case "test":
            from tools.suites import test as verb
        case "bench":
            from tools.suites import bench as verb
        case "lint":
            from tools.checks import lint as verb
        case "pot":
            from tools.translations import pot as verb
        case "reset":
            from tools.upkeep import reset as verb
        case "doctor":
            from tools.upkeep import doctor as verb
    return verb(options)


def _parser():
    parser = argparse.ArgumentParser(prog="./oms", description="The launcher of the OMS.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    parsers = {
        verb: verbs.add_parser(verb, help=purpose, description=purpose.capitalize()) for verb, purpose in VERBS.items()
    }
    parsers["run"].add_argument("--empty", action="store_true", help="a clean database with nothing connected")
    parsers["run"].add_argument("--port", type=int, help="listen on this port; by default 8069 or the next free one")
    parsers["shell"].add_argument("--empty", action="store_true", help="on the database of ./oms run --empty")
    parsers["shell"].add_argument("options", nargs="*", help="further options of odoo shell, after --")
    parsers["pot"].add_argument("names", nargs="*", help="addons, by default all of ours")
    parsers["bench"].add_argument(
        "names", nargs="*", help="benchmarks in bench/, by default all; options for them after --"
    )
    _add_test_options(parsers["test"])
    return parser


def _add_test_options(parser):
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="target",
        help="unit, contract, addons, e2e, faults, an addon, or a test file (with ::test); by default all",
    )
    parser.add_argument("-k", dest="word", metavar="word", help="only tests whose name matches, as pytest -k")
    parser.add_argument("-x", dest="stop", action="store_true", help="stop at the first failure")
    parser.add_argument("--fresh", action="store_true", help="install the addons from nothing instead of updating them")
    parser.add_argument("--durations", action="store_true", help="show the slowest tests")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
