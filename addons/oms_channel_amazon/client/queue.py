"""The account's queue of hints: Amazon SQS over the one transport.

Its JSON protocol is two signed calls, so a client library of AWS would bring its own HTTP, its own retries and its own
way to find credentials for nothing. Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-making-api-requests-json.html and the service model of Amazon SQS 2012-11-05, seen 2026-11-26.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.strict_json import read, shown

from ..lib import const, sigv4

PER_CALL = 10  # the most SQS gives at once
# How long others do not see what we got: time enough to store it and delete it.
HIDDEN_SECONDS = 120


class EventQueue:
    """The queue of one account."""

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._now = now

    @property
    def is_set(self) -> bool:
        """Whether the account has a queue and the keys to it."""
        secrets = self._account.secrets
        return bool(self._url and const.QUEUE in self._account.endpoints and all(map(secrets.get, const.QUEUE_SECRETS)))

    def receive(self) -> bytes:
        """Return the answer to "what is there": up to ten messages, without waiting for any.

        :raise Rejected: ``queue_denied`` or ``queue_unknown``; the account itself goes on
        """
        wish = {
            "QueueUrl": self._url,
            "MaxNumberOfMessages": PER_CALL,
            "WaitTimeSeconds": 0,
            "VisibilityTimeout": HIDDEN_SECONDS,
        }
        return self._call("ReceiveMessage", wish).body

    def delete(self, receipts: Sequence[str]) -> None:
        """Take messages off the queue. One that stays comes again and is known by its id then.

        :raise Rejected: as :meth:`receive`
        """
        for receipt in receipts:
            self._call("DeleteMessage", {"QueueUrl": self._url, "ReceiptHandle": receipt})

    # --- the call itself ----------------------------------------------------------------------------------------------

    @property
    def _url(self) -> str | None:
        return self._account.settings.get("queue_url")

    def _call(self, action: str, wish: Mapping[str, Any]) -> Response:
        address = self._account.endpoints[const.QUEUE].rstrip("/")
        url = address if urlsplit(address).path else f"{address}/"  # what is signed is the path as it is sent
        body = msgspec.json.encode(wish)
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": const.USER_AGENT,
            "X-Amz-Target": f"AmazonSQS.{action}",
        }
        signed = sigv4.sign("POST", url, headers, body, credentials=self._credentials(), at=self._now())
        # Asked twice, messages come twice; deleted twice, they are gone once.
        request = Request("POST", url, f"sqs{action}", headers=signed, body=body, is_repeatable=True)
        response = self._transport.send(request)
        if response.status >= 300:
            raise _refusal(response)
        return response

    def _credentials(self) -> sigv4.Credentials:
        secrets, settings = self._account.secrets, self._account.settings
        region = settings.get("aws_region") or region_of(self._account.endpoints[const.QUEUE])
        return sigv4.Credentials(secrets[const.QUEUE_KEY_ID], secrets[const.QUEUE_KEY], region, "sqs")


def region_of(url: str) -> str:
    """Return the AWS region in the host of a queue's address, such as ``eu-central-1``; empty when there is none."""
    parts = (urlsplit(url).hostname or "").split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "sqs" else ""


def _refusal(response: Response) -> Rejected:
    """Name a refusal. It never means the Amazon account: the queue has keys of its own."""
    try:
        tree = read(response.body)
    except Malformed:
        tree = {}
    tree = tree if isinstance(tree, dict) else {}
    code = shown(str(tree.get("__type", "")).rpartition("#")[2] or "unknown")
    words = shown(str(tree.get("message") or tree.get("Message") or code), 300)
    if code == "QueueDoesNotExist" or "NonExistentQueue" in code:
        return Rejected("queue_unknown", message=f"the queue does not exist: {words}", status=response.status)
    if response.status in (401, 403) or "Signature" in code or "AccessDenied" in code:
        return Rejected("queue_denied", message=f"the queue refuses our key: {words}", status=response.status)
    return Rejected(code, message=words, status=response.status)
