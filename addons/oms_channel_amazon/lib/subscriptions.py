"""Asking Amazon to put notifications into a queue. Pure.

Source: notifications.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, and
developer-docs.amazon.com/sp-api/docs/notifications-api-v1-use-case-guide; seen 2026-11-26.
"""

import re
from urllib.parse import urlsplit

from .wire import Wire

KIND, VERSION = "ORDER_CHANGE", "1.0"
# Calls about destinations are the application's own, not a seller's: they take a token of this scope.
SCOPE = "sellingpartnerapi::notifications"
NAME = "Odoo order desk"
_QUEUE = re.compile(r"/(?P<account>[0-9]{12})/(?P<name>[A-Za-z0-9_-]{1,80})", re.ASCII)


class SqsResource(Wire):
    """A queue."""

    arn: str


class Resource(Wire):
    """Where notifications go: a queue, or something we do not use."""

    sqs: SqsResource | None = None


class Destination(Wire):
    """A queue Amazon knows of."""

    destination_id: str
    resource: Resource = Resource()


class Destinations(Wire):
    """The answer to getDestinations."""

    payload: list[Destination] = []


class CreatedDestination(Wire):
    """The answer to createDestination."""

    payload: Destination


class Subscription(Wire):
    """What is told to which destination."""

    subscription_id: str
    destination_id: str


class FoundSubscription(Wire):
    """The answer to getSubscription."""

    payload: Subscription


def queue_arn(url: str, region: str) -> str | None:
    """Return AWS's name of the queue at an address, ``None`` when the address does not tell.

    It is ``arn:aws:sqs:<region>:<account>:<name>`` (docs.aws.amazon.com/AWSSimpleQueueService, "Queue and message
    identifiers").
    """
    found = _QUEUE.fullmatch(urlsplit(url).path)
    return f"arn:aws:sqs:{region}:{found['account']}:{found['name']}" if found and region else None
