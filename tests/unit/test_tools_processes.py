"""What the launcher does with processes: it starts, bounds and ends its own, and only its own."""

import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tools.front import Front, is_websocket
from tools.locks import locked, open_lock, try_lock
from tools.processes import Register, end_group, run, start, started_at
from tools.server import free_port, port_is_free
from tools.steps import Problem, say, show_problem, step
from tools.suites import Totals, plan_suites

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def _gone(pid, patience=5.0):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if started_at(pid) is None:
            return True
        time.sleep(0.02)
    return False


def test_failure_tells_what_and_shows_the_end_of_the_output():
    with pytest.raises(Problem, match=r"it broke \(status 3\)\n    last words") as raised:
        run([sys.executable, "-c", "print('last words'); raise SystemExit(3)"], failure="it broke", fix="mend it")
    assert raised.value.fix == "mend it"


def test_log_takes_the_output(tmp_path):
    log = tmp_path / "log"
    assert run(["echo", "hello"], failure="no", log=log) == ""
    assert log.read_text() == "hello\n"
    assert run(["cat"], failure="no", stdin="given") == "given"


def test_program_without_an_end_is_ended():
    started = time.monotonic()
    with pytest.raises(Problem, match="no end after 0.3 s"):
        run(SLEEP, failure="it hangs", timeout=0.3)
    assert time.monotonic() - started < 10


def test_children_end_with_their_starter(tmp_path):
    script = (
        "import sys, time; from tools.processes import start; "
        f"p = start({SLEEP!r}); print(p.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    child = int(starter.stdout.readline())
    assert started_at(child) is not None
    starter.kill()  # no chance to clean up
    starter.wait(5)
    starter.stdout.close()
    assert _gone(child)


def test_end_group_ends_grandchildren_that_ignore_the_request():
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    command = ["sh", "-c", f'trap "" TERM; {sys.executable} -c "{stubborn}" & echo $!; wait']
    process = start(command, stdout=subprocess.PIPE, text=True)
    grandchild = int(process.stdout.readline())
    assert process.stdout.readline() == "up\n"
    end_group(process, patience=0.3)
    process.stdout.close()
    assert process.poll() is not None
    assert _gone(grandchild)


def test_register_ends_leftovers_but_never_a_stranger(tmp_path):
    path = tmp_path / "processes.json"
    mine, stranger = start(SLEEP), start(SLEEP)
    try:
        Register(path).add("mine", mine)
        entries = json.loads(path.read_text())
        # The number of a program that ended is used again by another one, which started at another time.
        entries.append({"name": "stranger", "pid": stranger.pid, "started_at": started_at(stranger.pid) - 1})
        path.write_text(json.dumps(entries))
        reaper = threading.Thread(target=mine.wait, daemon=True)
        reaper.start()
        assert Register(path).end_leftovers() == ["mine"]
        assert mine.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        assert Register(path).end_leftovers() == []
    finally:
        end_group(mine, patience=0)
        end_group(stranger, patience=0)


def test_damaged_register_is_an_empty_one(tmp_path):
    path = tmp_path / "processes.json"
    path.write_text("[{")
    assert Register(path).end_leftovers() == []


def test_lock_goes_with_its_holder(tmp_path):
    path = tmp_path / "lock"
    holder = "import sys, time; from pathlib import Path; from tools.locks import *; l = open_lock(Path(sys.argv[1])); "
    holder += "print(try_lock(l), flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", holder, path], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "True\n"
    descriptor = open_lock(path)
    assert not try_lock(descriptor)
    process.kill()
    process.wait(5)
    process.stdout.close()
    assert try_lock(descriptor)
    os.close(descriptor)
    with locked(path):
        pass


def test_child_of_a_killed_launcher_still_holds_the_lock(tmp_path):
    path = tmp_path / "lock"
    ignoring = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    script = (
        "import sys, time; from pathlib import Path; from tools.locks import *; from tools.processes import start\n"
    )
    script += "with locked(Path(sys.argv[1])):\n"
    script += f"    print(start({[sys.executable, '-c', ignoring]!r}).pid, flush=True); time.sleep(60)"
    launcher = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    child = int(launcher.stdout.readline())
    assert launcher.stdout.readline() == "up\n"
    launcher.kill()
    launcher.wait(5)
    launcher.stdout.close()
    descriptor = open_lock(path)
    assert not try_lock(descriptor)
    os.kill(child, signal.SIGKILL)
    assert _gone(child)
    assert try_lock(descriptor)
    os.close(descriptor)


def test_ports():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert free_port(port) != port
    with pytest.raises(Problem, match="not a port"):
        port_is_free(70000)


class _Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.server.name} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def answering():
    """Start little servers by name; each answers with its name and the path it was asked for."""
    servers = []

    def answer_as(name):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
        server.name = name
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield answer_as
    for server in servers:
        server.shutdown()
        server.server_close()


def test_front_tells_websockets_from_pages(answering):
    front = Front(free_port(), answering("pages"), answering("sockets")).start()
    try:
        answers = []
        for path in ("/web", "/websocket?version=19.0", "/websocket/health", "/odoo"):
            with urllib.request.urlopen(f"http://127.0.0.1:{front.port}{path}", timeout=10) as answer:
                answers.append(answer.read().decode())
        assert answers == ["pages /web", "sockets /websocket?version=19.0", "pages /websocket/health", "pages /odoo"]
        with pytest.raises(OSError, match="in use"):
            Front(front.port, 1, 2).start()
    finally:
        front.stop()
    assert not is_websocket(b"GET\r\n")


def test_front_survives_a_dead_server(answering):
    front = Front(free_port(), free_port(), answering("sockets")).start()
    try:
        with pytest.raises(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{front.port}/web", timeout=10)
        with urllib.request.urlopen(f"http://127.0.0.1:{front.port}/websocket", timeout=10) as answer:
            assert answer.status == 200
    finally:
        front.stop()


def test_steps_show_their_time_and_problems_their_cure(capsys):
    with pytest.raises(Problem), step("Outer"):
        with step("Inner"):
            pass
        say("a word")
        raise Problem("it broke", "mend it")
    show_problem(Problem("it broke", "mend it"))
    out, err = capsys.readouterr()
    lines = re.sub(r"\d+\.\d", "0.0", out).splitlines()
    assert lines == ["- Outer ...", "  - Inner ... 0.0 s", "  a word", "  Outer: failed after 0.0 s"]
    assert err == "\nFailed: it broke\nTo do:  mend it\n"


@pytest.fixture
def project(tmp_path):
    """A project with one addon and one test file."""
    (tmp_path / "addons" / "oms_x" / "tests").mkdir(parents=True)
    (tmp_path / "addons" / "oms_x" / "__manifest__.py").touch()
    (tmp_path / "addons" / "oms_x" / "tests" / "test_y.py").touch()
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "unit" / "test_x.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("targets", "plan"),
    [
        (["unit"], {"unit": ["tests/unit"]}),
        (["oms_x"], {"addons": ["addons/oms_x"]}),
        (["oms_x", "unit"], {"unit": ["tests/unit"], "addons": ["addons/oms_x"]}),
        (["tests/unit/test_x.py::test_a"], {"unit": ["tests/unit/test_x.py::test_a"]}),
        (["./tests/unit/"], {"unit": ["tests/unit"]}),
        (["addons/oms_x/tests/test_y.py"], {"addons": ["addons/oms_x/tests/test_y.py"]}),
    ],
)
def test_targets(project, targets, plan):
    assert plan_suites(targets, project) == plan


@pytest.mark.parametrize("target", ["oms_z", "tests/unit/test_z.py", "../elsewhere", "."])
def test_unknown_target_is_a_problem(project, target):
    with pytest.raises(Problem, match="no suite, addon or test file"):
        plan_suites([target], project)


def test_no_target_means_every_suite(project):
    assert list(plan_suites([], project)) == ["unit", "contract", "addons", "e2e", "faults"]


def test_totals_fail_on_nothing_at_all(capsys):
    totals = Totals()
    totals.add("unit", {"passed": 0, "failed": 0, "expected_skips": []})
    assert totals.conclude("word", 1.0) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed (1 s)"


def test_totals_add_up(capsys):
    totals = Totals()
    totals.add("unit", {"passed": 3, "failed": 0, "expected_skips": ["test_a: needs the official specs"]})
    totals.add("addons", {"passed": 2, "failed": 0, "expected_skips": []})
    assert totals.conclude(None, 1.0) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "1 not run: needs the official specs",
        "5 passed, 0 failed (1 s)",
    ]


GUARDED = """
import logging, unittest, pytest
def test_good(): pass
def test_specs(): pytest.skip("needs the official specs beside the project")
def test_other(): {other}
"""


@pytest.mark.parametrize(
    ("other", "ci", "counts", "status"),
    [
        ("pass", False, (2, 0, 1), 0),
        ("pass", True, (2, 1, 0), 1),
        ("pytest.skip('no browser')", False, (1, 1, 1), 1),
        ("raise unittest.SkipTest('no browser')", False, (1, 1, 1), 1),
        ("assert False", False, (1, 1, 1), 1),
        ("logging.getLogger('odoo.modules').warning('module x: not installable, skipped')", False, (2, 1, 1), 1),
    ],
)
def test_guard_lets_nothing_be_left_out(tmp_path, other, ci, counts, status):
    (tmp_path / "test_it.py").write_text(GUARDED.format(other=other))
    env = {name: value for name, value in os.environ.items() if name != "CI"}
    env |= {"PYTHONPATH": str(ROOT), "OMS_TEST_REPORT": str(tmp_path / "report"), **({"CI": "1"} if ci else {})}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:odoo",
        "-p",
        "no:cacheprovider",
        "-p",
        "tools.pytest_guard",
    ]
    done = subprocess.run([*command, str(tmp_path)], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    report = json.loads((tmp_path / "report").read_text())
    assert (report["passed"], report["failed"], len(report["expected_skips"])) == counts, done.stdout
    assert done.returncode == status
