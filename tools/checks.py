"""`./oms lint`: style, structure, manifests and container files. Each check runs even if another failed."""

import subprocess

from tools.manifests import check_manifests
from tools.places import ROOT
from tools.runtime import ensure_runtime
from tools.steps import Problem, say, step

ARCHITECTURE_TEST = "tests/unit/test_architecture.py"


def lint(options):
    """Run all checks. Return 0 only if none found anything."""
    with step("Runtime"):
        runtime = ensure_runtime()
    python = str(runtime.python)
    addons = sorted(str(path.parent.relative_to(ROOT)) for path in ROOT.glob("addons/*/__manifest__.py"))
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "--no-cache", "."],
        "ruff format": [python, "-m", "ruff", "format", "--no-cache", "--check", "."],
        "pylint-odoo": [python, "-m", "pylint", *addons],
        "architecture": [python, "-m", "pytest", "-q", "-p", "no:odoo", ARCHITECTURE_TEST],
        "container files": [python, "-m", "tools.containers"],
    }
    failed = [name for name, command in checks.items() if not _passes(runtime, name, command)]
    try:
        with step("manifests"):
            check_manifests(runtime)
    except Problem as problem:
        say(problem.what)
        failed.append("manifests")
    say()
    if failed:
        raise Problem(f"lint: {', '.join(failed)}", "see above; “ruff format” puts the format right")
    say("lint: nothing found")
    return 0


def _passes(runtime, name, command):
    places = runtime.places
    with step(name):
        done = subprocess.run(
            command,
            cwd=places.code,
            env=runtime.env(PYLINTHOME=places.state / "home" / "pylint"),
            capture_output=True,
            text=True,
            check=False,
            **places.account.popen_options(),
        )
    if done.returncode:
        say((done.stdout + done.stderr).strip())
    return done.returncode == 0
