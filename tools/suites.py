"""`./oms test` and `./oms bench`: what a target means, what each suite needs, and the sum of it all."""

import itertools
import json
import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools import database as db
from tools.browser import ensure_browser
from tools.manifests import check_manifests
from tools.odoo import conf_for, our_addons
from tools.places import ROOT
from tools.postgres import Cluster, ensure_binaries
from tools.processes import end_group, start
from tools.runtime import ensure_runtime
from tools.steps import Problem, say, show_problem, step
from tools.templates import Templates

FOLDERS = {
    "unit": "tests/unit",
    "contract": "tests/contract",
    "addons": "addons",
    "e2e": "tests/e2e",
    "faults": "tests/faults",
}
NEEDS_DATABASE = {"addons", "e2e", "faults"}
NEEDS_BROWSER = {"addons", "e2e"}
SUITE_MINUTES = 30
# Browser tests also need a shop where the other channels are still to be installed from the Apps screen.
FIRST_ADDON = "oms_channel_amazon"
NO_TESTS = 5  # pytest's exit status


def test(options):
    """Run the tests named by ``options.targets``. Return 0 only if there were some and all of them passed."""
    started = time.monotonic()
    plan = plan_suites(options.targets, ROOT)
    with step("Runtime"):
        runtime = ensure_runtime()
    totals = Totals()
    if not options.targets:
        _run_manifest_check(runtime, totals)
    with _databases(runtime, plan, options) as (server, env):
        runner = Runner(runtime, options, server, env)
        for suite, paths in plan.items():
            say()
            say(f"=== {suite} ===")
            totals.add(suite, runner.run(suite, paths))
            if options.stop and totals.failed:
                break
    return totals.conclude(options.word, time.monotonic() - started)


@dataclass
class Totals:
    """The sum over suites."""

    passed: int = 0
    failed: int = 0
    expected_skips: list = field(default_factory=list)
    bad_suites: list = field(default_factory=list)

    def add(self, suite, counts):
        """Add the counts of one suite."""
        self.passed += counts["passed"]
        self.failed += counts["failed"]
        self.expected_skips += counts["expected_skips"]
        if counts["failed"]:
            self.bad_suites.append(suite)

    def conclude(self, word, seconds):
        """Print the sum. Return the exit status."""
        say()
        if self.expected_skips:
            say(f"{len(self.expected_skips)} not run: {self.expected_skips[0].partition(': ')[2]}")
        if not self.passed and not self.failed:
            self.failed = 1
            say(f"No test matches “{word}”.")
        if self.bad_suites:
            say(f"Failed: {', '.join(self.bad_suites)}")
        say(f"{self.passed} passed, {self.failed} failed ({seconds:.0f} s)")
        return 1 if self.failed else 0


def _failure():
    return {"passed": 0, "failed": 1, "expected_skips": []}


def _run_manifest_check(runtime, totals):
    try:
        with step("Manifests"):
            check_manifests(runtime)
    except Problem as problem:
        show_problem(problem)
        totals.add("manifests", _failure())


def plan_suites(targets, root):
    """Return ``{suite: [what pytest is to run]}`` for the targets of the command line; all suites for none.

    :raise Problem: a target is no suite, addon or file
    """
    if not targets:
        return {suite: [folder] for suite, folder in FOLDERS.items()}
    plan = {}
    for target in targets:
        suite, path = _place_of(target.rstrip("/"), root)
        plan.setdefault(suite, []).append(path)
    return {suite: plan[suite] for suite in FOLDERS if suite in plan}


def _place_of(target, root):
    if target in FOLDERS:
        return target, FOLDERS[target]
    if (root / "addons" / target / "__manifest__.py").exists():
        return "addons", f"addons/{target}"
    path, colons, test_name = target.partition("::")
    inside = (root / path).resolve()
    if inside.exists():
        for suite, folder in FOLDERS.items():
            if inside.is_relative_to(root / folder):
                return suite, f"{inside.relative_to(root)}{colons}{test_name}"
    wanted = f"name one of {', '.join(FOLDERS)}, an addon, or a file below tests/ or addons/"
    raise Problem(f"“{target}” is no suite, addon or test file", wanted)


@contextmanager
def _databases(runtime, plan, options):
    """While the body runs, have what ``plan`` needs. Gives the database server and the variables for tests."""
    if not NEEDS_DATABASE & set(plan):
        yield None, {}
        return
    ensure_binaries()
    if NEEDS_BROWSER & set(plan):
        ensure_browser()
    with Cluster(runtime, "test", durable=False).in_use() as cluster:
        server = db.server_of(cluster)
        db.sweep(server)
        templates = Templates(runtime, server)
        template = templates.with_addons(_addons_of(plan, templates.addons), fresh=options.fresh)
        if _has_browser_tests(plan, options, runtime.places.code):
            templates.warm_assets(template)
        env = {"OMS_TEMPLATE": template}
        if "e2e" in plan:
            env["OMS_TEMPLATE_AT_FIRST"] = at_first = templates.with_addons([FIRST_ADDON])
            templates.warm_assets(at_first)
        yield server, {**db.server_env(server), **env}


def _addons_of(plan, addons):
    """Return the addons to install: those under test, or all where a suite tests them together."""
    paths = plan.get("addons", [])
    named = [path.split("/")[1] for path in paths if "/" in path]
    only_named = set(plan) & NEEDS_DATABASE == {"addons"} and len(named) == len(paths)
    return named if only_named else list(addons)


def _has_browser_tests(plan, options, code):
    if {"e2e", "faults"} & set(plan):
        return True
    if options.word:
        return False  # the inner loop: building assets costs more than it saves
    files = [file for path in plan["addons"] for file in (code / path.partition("::")[0]).rglob("test_*.py")]
    return any("HttpCase" in file.read_text(encoding="utf-8") for file in files)


class Runner:
    """Runs one suite after the other with the same options."""

    def __init__(self, runtime, options, server, env):
        self.runtime = runtime
        self.options = options
        self.server = server
        self.env = env

    def run(self, suite, paths):
        """Run ``paths`` of a suite. Return the counts that `tools.pytest_guard` reports."""
        code = self.runtime.places.code
        missing = [path for path in paths if not (code / path.partition("::")[0]).exists()]
        if missing:
            say(f"there is no {missing[0]}")
            return _failure()
        if suite != "addons":
            # pytest-odoo would load Odoo before the first test.
            return self._pytest(["-p", "no:odoo", *paths])
        with db.scratch_database(self.env["OMS_TEMPLATE"], server=self.server) as name:
            conf = conf_for(self.runtime, self.server)
            plugin = [f"--odoo-config={conf}", f"--odoo-database={name}", "--odoo-http", "--odoo-log-level=warn"]
            return self._pytest([*plugin, *_test_folders(paths, code)])

    def _pytest(self, arguments):
        with tempfile.TemporaryDirectory(prefix="oms-test-") as folder:
            os.chmod(folder, 0o777)  # noqa: S103 the unprivileged account writes there, and only during this run
            report = Path(folder) / "report.json"
            env = self.runtime.env(**self.env, OMS_TEST_REPORT=report)
            command = [self.runtime.python, "-m", "pytest", "-q", "-p", "tools.pytest_guard", *arguments]
            status = run_on_terminal(self.runtime, [*command, *self._pytest_options()], env)
            counts = json.loads(report.read_text()) if report.exists() else _failure()
        if status == NO_TESTS and self.options.word:
            return counts
        if status and not counts["failed"]:
            say("there are no tests" if status == NO_TESTS else f"pytest ended with status {status}")
            counts["failed"] = 1
        return counts

    def _pytest_options(self):
        options = [f"--rootdir={self.runtime.places.code}"]
        options += ["-k", self.options.word] if self.options.word else []
        options += ["-x"] if self.options.stop else []
        return options + (["--durations=15"] if self.options.durations else [])


def _test_folders(paths, code):
    if FOLDERS["addons"] in paths:
        paths = [f"addons/{name}" for name in our_addons(code)]
    return [f"{path}/tests" if (code / path / "tests").is_dir() else path for path in paths]


def run_on_terminal(runtime, command, env):
    """Run ``command`` with its output on this terminal. Return its status; one that never ends is ended, with -1."""
    process = start(command, account=runtime.places.account, env=env, cwd=runtime.places.code)
    try:
        return process.wait(SUITE_MINUTES * 60)
    except subprocess.TimeoutExpired:
        say(f"no end after {SUITE_MINUTES} minutes")
        return -1
    finally:
        end_group(process, patience=5)


def bench(options):
    """Run the benchmarks named by ``options.names``, or all. Return 0 if all ended well."""
    found = {path.stem.removeprefix("bench_"): path for path in sorted((ROOT / "bench").glob("bench_*.py"))}
    words = list(itertools.takewhile(lambda word: not word.startswith("-"), options.names))
    extra = options.names[len(words) :]
    names = [Path(name).stem.removeprefix("bench_") for name in words] or list(found)
    unknown = [name for name in names if name not in found]
    if unknown or not names:
        raise Problem(f"no benchmark “{' '.join(unknown)}”", f"there are: {', '.join(found) or 'none yet'}")
    with step("Runtime"):
        runtime = ensure_runtime()
        ensure_binaries()
    # Figures should be what a shop would see, so commits are written to disk as they are there.
    with Cluster(runtime, "bench", durable=True).in_use() as cluster:
        server = db.server_of(cluster)
        db.sweep(server)
        templates = Templates(runtime, server)
        env = runtime.env(**db.server_env(server), OMS_TEMPLATE=templates.with_addons(list(templates.addons)))
        failed = []
        for name in names:
            say()
            say(f"=== {name} ===")
            if run_on_terminal(runtime, [runtime.python, found[name].relative_to(ROOT), *extra], env):
                failed.append(name)
    if failed:
        raise Problem(f"failed: {', '.join(failed)}", "see above")
    return 0
