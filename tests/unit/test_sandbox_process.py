"""The sandbox as a process of its own: where it listens, when it ends, what survives kill -9."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.sandbox_calls import make_notice, shipment_path
from tests.sandbox_process import start_sandbox


@pytest.fixture
def started(tmp_path):
    processes = []

    def begin(*arguments, **options):
        process, facts = start_sandbox(tmp_path, "--max-seconds", "60", *arguments, **options)
        processes.append(process)
        return process, facts

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def post(url, data):
    with urllib.request.urlopen(url, json.dumps(data).encode(), timeout=10) as response:
        return json.load(response)


def is_gone(pid, seconds):
    """Wait until a process that is not our child has ended; say whether it has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_port_file_says_where_it_listens(started):
    process, facts = started()
    assert facts["pid"] == process.pid
    assert facts["url"] == f"http://127.0.0.1:{facts['port']}"
    assert len(get(facts["url"] + "/__state")["amazon"]["orders"]) == 8


def test_only_loopback_is_listened_on(started):
    _process, facts = started()
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        if not address.startswith("127."):
            with pytest.raises(OSError):
                socket.create_connection((address, facts["port"]), timeout=1).close()
    listening = Path(f"/proc/{facts['pid']}/net/tcp").read_text()
    assert f"0100007F:{facts['port']:04X}" in listening
    assert f"00000000:{facts['port']:04X}" not in listening


def test_ends_when_its_time_is_over(started):
    process, _facts = started("--max-seconds", "1")
    assert process.wait(timeout=10) == 0


def test_ends_when_its_parent_has_gone(started):
    # The shell stays the parent because a second command follows.
    parent, facts = started(through=("sh", "-c", '"$@"; true', "sh"))
    assert facts["pid"] != parent.pid
    parent.kill()
    parent.wait()
    assert is_gone(facts["pid"], 10)


def test_killed_sandbox_remembers_when_started_again(started, tmp_path):
    state = ("--state-file", str(tmp_path / "state.jsonl"), "--backlog", "5")
    process, facts = started(*state)
    ids = post(facts["url"] + "/__control", {"generate": {"count": 20, "seed": 3}})["generate"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    _process, facts = started(*state)
    orders = get(facts["url"] + "/__state")["amazon"]["orders"]
    assert set(ids) <= set(orders)
    assert len(orders) == 8 + 5 + 20


@pytest.mark.parametrize(("fault", "confirmed"), [("crash_before", 0), ("crash_after", 1)])
def test_crash_around_an_effect(started, tmp_path, fault, confirmed):
    state = ("--state-file", str(tmp_path / "state.jsonl"))
    process, facts = started(*state)
    token = log_in(facts["url"])
    post(facts["url"] + "/__control", {"faults": [{"fault": fault, "match": {"operation": "confirmShipment"}}]})
    with pytest.raises(OSError):
        ship(facts["url"], token)
    assert process.wait(timeout=10) == 70
    _process, facts = started(*state)
    assert get(facts["url"] + "/__ledger?kind=shipment_confirmed")["count"] == confirmed
    ship(facts["url"], token)
    assert get(facts["url"] + "/__ledger?kind=shipment_confirmed")["count"] == 1


def log_in(url):
    form = (
        b"grant_type=refresh_token&client_id=amzn1.application-oa2-client.sandbox"
        b"&client_secret=amzn1.oa2-cs.v1.sandbox&refresh_token=Atzr%7Csandbox"
    )
    with urllib.request.urlopen(url + "/amazon/auth/o2/token", form, timeout=10) as response:
        return json.load(response)["access_token"]


def ship(url, token):
    headers = {"x-amz-access-token": token, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/amazon{shipment_path()}", json.dumps(make_notice()).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 204


def test_orders_keep_coming(started):
    _process, facts = started("--orders-per-minute", "1200", "--seed", "8")
    deadline = time.monotonic() + 10
    while len(get(facts["url"] + "/__state")["amazon"]["orders"]) < 12:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_throttle_switch_answers_429(started):
    _process, facts = started("--throttle")
    token = log_in(facts["url"])
    url = facts["url"] + "/amazon/orders/2026-01-01/orders?lastUpdatedAfter=2020-01-01T00:00:00Z"
    statuses = []
    for _turn in range(21):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers={"x-amz-access-token": token})) as answer:
                statuses.append(answer.status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()
    assert statuses == [200] * 20 + [429]
