"""The Magento stand-in over real HTTP: addresses with a port, what survives kill -9, crashes around an effect."""

import json
import signal
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from sandbox.magento.oauth import DEFAULT_ACCOUNT
from sandbox.magento.signature import METHOD, sign, write_authorization
from tests.sandbox_process import start_sandbox


@pytest.fixture
def started(tmp_path):
    processes = []

    def begin(*arguments):
        process, facts = start_sandbox(tmp_path, "--max-seconds", "60", "--selling", "magento", *arguments)
        processes.append(process)
        return process, facts["url"]

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def ask(url, path, query=(), body=None):
    """Send one signed request; return the decoded answer."""
    method = "GET" if body is None else "POST"
    values = {
        "oauth_consumer_key": DEFAULT_ACCOUNT["consumer_key"],
        "oauth_token": DEFAULT_ACCOUNT["access_token"],
        "oauth_signature_method": METHOD,
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": str(time.monotonic_ns()),
    }
    secrets = (DEFAULT_ACCOUNT["consumer_secret"], DEFAULT_ACCOUNT["access_token_secret"])
    address = f"{url}/magento/rest/default{path}"
    values["oauth_signature"] = sign(method, address, [*query, *values.items()], secrets)
    headers = {"Authorization": write_authorization(values), "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}?{urlencode(query)}", data, headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def control(url, **wishes):
    body = json.dumps({"channel": "magento", **wishes}).encode()
    with urllib.request.urlopen(f"{url}/__control", body, timeout=10) as response:
        return json.load(response)


def count_of(url, kind):
    with urllib.request.urlopen(f"{url}/__ledger?kind={kind}", timeout=10) as response:
        return json.load(response)["count"]


def test_backlog_is_found_and_remembered_after_a_kill(started, tmp_path):
    state = ("--state-file", str(tmp_path / "state.jsonl"), "--backlog", "5")
    process, url = started(*state)
    query = [("searchCriteria[pageSize]", "4"), ("fields", "items[entity_id],total_count")]
    before = ask(url, "/V1/orders", query)
    assert (before["total_count"], len(before["items"])) == (8 + 5, 4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _process, url = started(*state)
    assert ask(url, "/V1/orders", query) == before


@pytest.mark.parametrize(("fault", "shipped"), [("crash_before", 0), ("crash_after", 1)])
def test_crash_around_a_shipment(started, tmp_path, fault, shipped):
    state = ("--state-file", str(tmp_path / "state.jsonl"))
    process, url = started(*state)
    [entity_id] = control(url, generate={"count": 1, "kind": "standard"})["generate"]
    control(url, faults=[{"fault": fault, "match": {"operation": "PostV1OrderOrderIdShip"}}])
    with pytest.raises(OSError):
        ask(url, f"/V1/order/{entity_id}/ship", body={"tracks": []})
    assert process.wait(timeout=10) == 70
    _process, url = started(*state)
    assert count_of(url, "shipment_created") == shipped
    if shipped:
        # Nothing tells the two apart but a look at what is there: Magento has no idempotency key.
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ask(url, f"/V1/order/{entity_id}/ship", body={"tracks": []})
    else:
        assert ask(url, f"/V1/order/{entity_id}/ship", body={"tracks": []}) == 1
    assert count_of(url, "shipment_created") == 1
