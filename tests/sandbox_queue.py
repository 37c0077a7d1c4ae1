"""Reading a queue of the Amazon stand-in as a consumer does: signed requests in the AWS JSON protocol."""

import json

from sandbox.amazon.queues import KEYS, sign
from sandbox.wire import Call

ARN = "arn:aws:sqs:us-east-2:444455556666:orders"
PATH = "/amazon/sqs/orders"
URL = f"http://localhost{PATH}"
NOTIFICATIONS = "/notifications/v1"
SCOPE = "20261123/us-east-2/sqs/aws4_request"
NAMES = "content-type;host;x-amz-date;x-amz-target"


def authorization(method, path, headers, body, key="AKIAOMSSANDBOX"):
    """Return the header that signs a request to a queue with a key of the stand-in."""
    call = Call(method, path, tuple(path.split("/")[1:]), (), headers, body)
    signature = sign(call, KEYS["AKIAOMSSANDBOX"], SCOPE, NAMES)
    return f"AWS4-HMAC-SHA256 Credential={key}/{SCOPE}, SignedHeaders={NAMES}, Signature={signature}"


def act(caller, action, path=PATH, headers=None, **wish):
    """Send one action to a queue; `headers` go over the right ones. Return the response."""
    body = json.dumps({"QueueUrl": URL, **wish}).encode()
    sent = {
        "content-type": "application/x-amz-json-1.0",
        "host": "localhost",
        "x-amz-date": "20261123T050000Z",
        "x-amz-target": f"AmazonSQS.{action}",
    }
    sent["authorization"] = authorization("POST", path, sent, body)
    return caller.send("POST", path, body=body, headers={**sent, **(headers or {})})


def data_of(response):
    """Return the JSON values of an answer, whose content type is one of AWS."""
    assert response.headers["Content-Type"] == "application/x-amz-json-1.0"
    return json.loads(response.data)


def receive(caller, **wish):
    """Return the messages that a queue gives, at most ten."""
    return data_of(act(caller, "ReceiveMessage", **{"MaxNumberOfMessages": 10, **wish})).get("Messages", [])


def subscribe(caller, kind="ORDER_CHANGE", version="1.0", **more):
    """Make the destination if there is none, and subscribe to a kind of message; return the subscription."""
    wish = {"name": "orders", "resourceSpecification": {"sqs": {"arn": ARN}}}
    caller.call_grantless("POST", f"{NOTIFICATIONS}/destinations", body=wish)
    [destination] = caller.call_grantless("GET", f"{NOTIFICATIONS}/destinations").json["payload"]
    body = {"payloadVersion": version, "destinationId": destination["destinationId"], **more}
    answer = caller.call("POST", f"{NOTIFICATIONS}/subscriptions/{kind}", body=body)
    assert answer.status_code == 200
    return answer.json["payload"]
