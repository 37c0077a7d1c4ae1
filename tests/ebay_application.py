"""A shop's endpoint on this machine, as eBay's Notification API wants it: answers challenges, verifies messages."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from sandbox.ebay.caller import EbayCaller
from tests.ebay_calls import NOTIFICATION

TOKEN = "0123456789abcdef0123456789abcdef"
PAYLOAD = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}


class Application:
    """What a shop's endpoint does: answers challenges, keeps messages, and fetches the public key meanwhile."""

    def __init__(self, caller, token):
        self.caller = caller
        self.token = token
        self.url = None
        self.received = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.method == "GET":
            text = request.args["challenge_code"] + self.token + self.url
            answer = json.dumps({"challengeResponse": hashlib.sha256(text.encode()).hexdigest()})
            return Response(answer, 200, content_type="application/json")(environ, start_response)
        body = request.get_data()
        self.received.append((request.headers.get("X-EBAY-SIGNATURE"), body))
        return Response("", 204 if self.is_genuine(*self.received[-1]) else 412)(environ, start_response)

    def is_genuine(self, header, body):
        """Check a message as eBay's own library does; the call for the key goes to the sandbox that is posting."""
        try:
            claim = json.loads(base64.b64decode(header or ""))
        except ValueError:
            return False
        answer = self.caller.call("GET", f"{NOTIFICATION}/public_key/{claim['kid']}")
        if answer.status_code != 200:
            return False
        pem = answer.json["key"]
        for mark in ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"):
            pem = pem.replace(mark, f"\n{mark}\n")
        key = serialization.load_pem_public_key(pem.strip().encode())
        assert isinstance(key.curve, ec.SECP256R1) and answer.json["algorithm"] == "ECDSA"
        digest = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}[claim["digest"]]
        try:
            key.verify(base64.b64decode(claim["signature"]), body, ec.ECDSA(digest()))
        except InvalidSignature:
            return False
        return True


@contextmanager
def application(caller, token=TOKEN):
    app = Application(EbayCaller(caller.sandbox), token)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.log = lambda *_arguments: None
    app.url = f"http://127.0.0.1:{server.server_port}/ebay/notifications"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def destination(app, **more):
    delivery = {"endpoint": app.url, "verificationToken": TOKEN}
    return {"name": "shop", "status": "ENABLED", "deliveryConfig": delivery, **more}
