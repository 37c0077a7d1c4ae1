"""A small SQS: the two actions a consumer of notifications needs, in the AWS JSON 1.0 protocol.

Protocol, fields and errors: Amazon SQS API reference, ReceiveMessage and DeleteMessage, and "Interpreting Amazon SQS
JSON API responses". Signature: "Create a signed AWS API request" (Signature Version 4) of the AWS reference. Seen
2026-11-26.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
import uuid
from datetime import timedelta
from urllib.parse import quote

from ..clock import from_text, to_text
from ..wire import Answer

FOLDER = "sqs"
# Who may read the queues; AWS keys are no part of a seller's account.
KEYS = {"AKIAOMSSANDBOX": "oms-sandbox-secret"}
LONGEST_WAIT_SECONDS = 1.0
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,]+)/(?P<scope>\d{8}/[\w-]+/sqs/aws4_request), ?"
    r"SignedHeaders=(?P<names>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})\Z"
)
_LISTS = ("AttributeNames", "MessageSystemAttributeNames", "MessageAttributeNames")
# Fields of the actions, with the limits of those that are numbers.
_RECEIVE = {
    "QueueUrl": None, "MaxNumberOfMessages": (1, 10), "VisibilityTimeout": (0, 43200), "WaitTimeSeconds": (0, 20),
    **dict.fromkeys(_LISTS),
}  # fmt: skip
_DELETE = {"QueueUrl": None, "ReceiptHandle": None}


class SqsError(Exception):
    """An action is refused; carries status, type and message."""

    def __init__(self, status, kind, message):
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


class Queues:
    """Queues by name, each a list of messages in the order they were sent."""

    def __init__(self, world):
        self._world = world
        self._queues = {}
        self._handles = {}
        self._arrived = threading.Condition(world.lock)

    def restore(self, kept):
        """Take over the queues of an earlier run."""
        self._queues = {name: {} for name in kept.get("amazon_queue", {})}
        for message in kept.get("amazon_message", {}).values():
            self._queues[message["queue"]][message["id"]] = message
            if "handle" in message:
                self._handles[message["handle"]] = message["id"]

    def open(self, name):
        """Let there be a queue with this name."""
        if name not in self._queues:
            self._queues[name] = {}
            self._world.disk.put("amazon_queue", name, True)

    def send(self, name, body):
        """Put a text into a queue, twice with the setting `notify_twice`."""
        self.open(name)
        for _copy in range(2 if self._world.settings["notify_twice"] else 1):
            sent = self._world.clock.now_text()
            message = {"id": str(uuid.uuid4()), "queue": name, "body": body, "sent": sent, "visible": sent, "count": 0}
            self._keep(message)
            self._world.ledger.append("message_sent", name, {"messageId": message["id"], "body": body})
        with self._arrived:
            self._arrived.notify_all()

    def state(self):
        """Return the bodies of the messages that lie in each queue."""
        return {name: [message["body"] for message in queue.values()] for name, queue in self._queues.items()}

    def answer(self, call):
        """Answer one action; refusals have the shape of SQS."""
        headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": str(uuid.uuid4())}
        try:
            ensure_signed(call)
            data = self._perform(call)
        except SqsError as refusal:
            headers["x-amzn-query-error"] = f"AWS.SimpleQueueService.{refusal.kind.partition('#')[2]};Sender"
            error = {"__type": refusal.kind, "message": refusal.message}
            return Answer(refusal.status, json.dumps(error).encode(), headers)
        body = b"" if data is None else json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Answer(200, body, headers)

    def _perform(self, call):
        actions = {
            "AmazonSQS.ReceiveMessage": (self._receive, _RECEIVE),
            "AmazonSQS.DeleteMessage": (self._delete, _DELETE),
        }
        target = call.header("x-amz-target") or ""
        if target not in actions:
            raise SqsError(
                400, "com.amazonaws.sqs#UnsupportedOperation", f"This sandbox does not play {target or 'nothing'}."
            )
        if call.content_type() != "application/x-amz-json-1.0":
            raise SqsError(400, "com.amazonaws.sqs#UnsupportedOperation", "The content type is not supported.")
        action, fields = actions[target]
        wish = _read_wish(call, fields)
        named = wish["QueueUrl"].rpartition("/")[2]
        if named not in self._queues or (len(call.segments) > 2 and call.segments[-1] not in ("", named)):
            raise SqsError(400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
        return action(self._queues[named], wish)

    def _receive(self, queue, wish):
        end = time.monotonic() + min(wish.get("WaitTimeSeconds", 0), LONGEST_WAIT_SECONDS)
        found = self._visible(queue)
        while not found and (left := end - time.monotonic()) > 0:
            # Lets go of the lock, so that a message can arrive.
            self._arrived.wait(left)
            found = self._visible(queue)
        found = found[: wish.get("MaxNumberOfMessages", 1)]
        until = to_text(self._world.clock.now() + timedelta(seconds=wish.get("VisibilityTimeout", 30)))
        shown = [self._hand_out(message, until, wish) for message in found]
        return {"Messages": shown} if shown else {}

    def _visible(self, queue):
        now = self._world.clock.now()
        found = [message for message in queue.values() if from_text(message["visible"]) <= now]
        return found[::-1] if self._world.settings["notify_reordered"] else found

    def _hand_out(self, message, until, wish):
        handle = secrets.token_urlsafe(24)
        message["visible"], message["handle"] = until, handle
        message["count"] += 1
        self._handles[handle] = message["id"]
        self._keep(message)
        self._world.ledger.append("message_received", message["queue"], {"messageId": message["id"]})
        shown = {
            "MessageId": message["id"],
            "ReceiptHandle": handle,
            "MD5OfBody": hashlib.md5(
                message["body"].encode("utf-8", "surrogatepass"), usedforsecurity=False
            ).hexdigest(),
            "Body": message["body"],
        }
        asked = {*(wish.get("AttributeNames") or ()), *(wish.get("MessageSystemAttributeNames") or ())}
        known = {
            "ApproximateReceiveCount": str(message["count"]),
            "SentTimestamp": str(int(from_text(message["sent"]).timestamp() * 1000)),
        }
        attributes = {name: text for name, text in known.items() if {name, "All"} & asked}
        return {**shown, "Attributes": attributes} if attributes else shown

    def _delete(self, queue, wish):
        message_id = self._handles.get(wish["ReceiptHandle"])
        if message_id is None:
            raise SqsError(400, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        message = queue.get(message_id)
        # The handle of an earlier reading is answered, but does not delete.
        if message is not None and message.get("handle") == wish["ReceiptHandle"]:
            del queue[message_id]
            self._world.disk.put("amazon_message", message_id, None)
            self._world.ledger.append("message_deleted", message["queue"], {"messageId": message_id})

    def _keep(self, message):
        self._queues[message["queue"]][message["id"]] = message
        self._world.disk.put("amazon_message", message["id"], message)


def _read_wish(call, fields):
    """Return the decoded body of an action; raise SqsError for what it does not know."""
    try:
        wish = json.loads(call.body)
    except (ValueError, RecursionError):
        wish = None
    if not isinstance(wish, dict) or set(wish) - set(fields):
        raise SqsError(400, "com.amazon.coral.service#SerializationException", "The body is not what the action takes.")
    for name in set(_LISTS) & set(wish):
        if not isinstance(wish[name], list) or not all(isinstance(value, str) for value in wish[name]):
            raise SqsError(400, "com.amazonaws.sqs#InvalidParameterValue", f"{name} is not a list of texts.")
    for name, limits in fields.items():
        value = wish.get(name, limits[0] if limits else "")
        if limits and (not isinstance(value, int) or isinstance(value, bool) or not limits[0] <= value <= limits[1]):
            text = (
                f"Value {value} for parameter {name} is invalid. Reason: Must be between {limits[0]} and {limits[1]}."
            )
            raise SqsError(400, "com.amazonaws.sqs#InvalidParameterValue", text)
    for name in ("QueueUrl", "ReceiptHandle"):
        if name in fields and not (isinstance(wish.get(name), str) and wish[name]):
            text = f"The request must contain the parameter {name}."
            raise SqsError(400, "com.amazonaws.sqs#MissingParameter", text)
    return wish


def ensure_signed(call):
    """Raise SqsError 403 or 400 unless the request carries a right Signature Version 4 of a known key."""
    given = call.header("authorization")
    if not given:
        raise SqsError(403, "com.amazonaws.sqs#MissingAuthenticationToken", "Missing Authentication Token")
    match = _AUTHORIZATION.match(given)
    if match is None or not {"host", "x-amz-date"} <= set(match["names"].split(";")):
        raise SqsError(400, "com.amazonaws.sqs#IncompleteSignature", "The Authorization header is not complete.")
    if match["key"] not in KEYS:
        text = "The security token included in the request is invalid."
        raise SqsError(403, "com.amazonaws.sqs#UnrecognizedClientException", text)
    expected = sign(call, KEYS[match["key"]], match["scope"], match["names"])
    if not hmac.compare_digest(expected, match["signature"]):
        text = "The request signature we calculated does not match the signature you provided."
        raise SqsError(403, "com.amazonaws.sqs#SignatureDoesNotMatch", text)


def sign(call, secret, scope, names):
    """Return the Signature Version 4 of a request, over its `names` headers; `scope` is that of the credential."""
    query = "&".join(sorted(f"{quote(name, '-_.~')}={quote(value, '-_.~')}" for name, value in call.query))
    headers = "".join(f"{name}:{' '.join((call.header(name) or '').split())}\n" for name in names.split(";"))
    body = hashlib.sha256(call.body).hexdigest()
    canonical = "\n".join([call.method, quote(call.path, "/-_.~%"), query, headers, names, body])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", call.header("x-amz-date") or "", scope, digest])
    key = ("AWS4" + secret).encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()
