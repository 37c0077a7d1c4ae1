"""The eBay stand-in over real HTTP: what survives kill -9, and that the application it posts to may call back."""

import base64
import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest

from tests.ebay_calls import ORDERS
from tests.sandbox_process import start_sandbox


@pytest.fixture
def started(tmp_path):
    processes = []

    def begin(*arguments):
        process, facts = start_sandbox(tmp_path, "--max-seconds", "60", *arguments)
        processes.append(process)
        return process, facts["url"]

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def send(method, url, body=None, **headers):
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"{}")


def control(url, **wishes):
    return send("POST", f"{url}/__control", {"channel": "ebay", **wishes})


def log_in(url):
    form = urlencode({"grant_type": "refresh_token", "refresh_token": "v^1.1#sandbox-refresh"}).encode()
    basic = "Basic " + base64.b64encode(b"OmsSandbox-app:SBX-oms-cert").decode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = send("POST", f"{url}/ebay/identity/v1/oauth2/token", form, Authorization=basic, **kind)
    return {"Authorization": "Bearer " + answer["access_token"]}


def test_answered_parcel_survives_kill(started, tmp_path):
    kept = ("--state-file", str(tmp_path / "state.jsonl"), "--selling", "ebay", "--backlog", "3")
    process, url = started(*kept)
    bearer = log_in(url)
    [order_id] = control(url, generate={"count": 1, "kind": "standard", "lines": [1, 1]})["generate"]
    order = send("GET", f"{url}/ebay{ORDERS}/{order_id}", **bearer)
    line = order["lineItems"][0]
    parcel = {
        "lineItems": [{"lineItemId": line["lineItemId"], "quantity": line["quantity"]}],
        "shippingCarrierCode": "UPS",
        "trackingNumber": "1Z999",
    }
    send("POST", f"{url}/ebay{ORDERS}/{order_id}/shipping_fulfillment", parcel, **bearer)
    process.kill()
    process.wait()
    _process, url = started(*kept)
    parcels = send("GET", f"{url}/ebay{ORDERS}/{order_id}/shipping_fulfillment", **bearer)
    assert [entry["shipmentTrackingNumber"] for entry in parcels["fulfillments"]] == ["1Z999"]
    assert len(send("GET", f"{url}/__state")["ebay"]["orders"]) == 4


def test_application_may_call_back_while_it_is_called(started):
    _process, url = started()
    bearer = log_in(url)
    seen = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            key_id = json.loads(base64.b64decode(self.headers["X-EBAY-SIGNATURE"]))["kid"]
            seen.append(send("GET", f"{url}/ebay/commerce/notification/v1/public_key/{key_id}", **bearer))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        target = f"http://127.0.0.1:{server.server_port}/hook"
        wish = {"topic": "MARKETPLACE_ACCOUNT_DELETION", "url": target}
        assert control(url, notify=wish)["notify"] == 200
    finally:
        server.shutdown()
        server.server_close()
    assert seen[0]["key"].startswith("-----BEGIN PUBLIC KEY-----")
