"""Asking eBay to tell us of new orders at once: an address for alerts, our own address, a subscription to a topic.

Source: commerce_notification v1.2.0, seen 2026-11-26. eBay tests our address while it takes it.
"""

from odoo.addons.oms_core.lib.errors import Rejected

from ..lib import answers, bodies, const, wire
from .client import EbayClient
from .refusals import ensure_taken


class Messages:
    """The subscriptions of one account's application."""

    def __init__(self, client: EbayClient):
        self._client = client

    def subscribe(self, endpoint: str, token: str, email: str) -> None:
        """Let eBay send messages of new orders to ``endpoint``. What is set up already stays as it is.

        :param token: with which our address answers eBay's test
        :param email: where eBay tells of messages it could not bring
        :raise Rejected: eBay refuses, for one because our address gave no answer
        """
        self._ensure_alerts(email)
        destination = self._find_destination(endpoint) or self._create_destination(endpoint, token)
        response = self._client.get_subscriptions()
        ensure_taken(response)
        listed = wire.decode(response.body, wire.Subscriptions).subscriptions or ()
        known = next((entry for entry in listed if entry.topic_id == const.ORDER_TOPIC), None)
        body = bodies.build_subscription(destination)
        if known is None:
            ensure_taken(self._client.create_subscription({"topicId": const.ORDER_TOPIC, **body}))
        elif (known.destination_id, known.status) != (destination, "ENABLED"):
            ensure_taken(self._client.update_subscription(known.subscription_id, body))

    def _ensure_alerts(self, email: str) -> None:
        response = self._client.get_config()
        if response.status == 404:
            response = self._client.update_config({"alertEmail": email})
        ensure_taken(response)

    def _find_destination(self, endpoint: str) -> str | None:
        response = self._client.get_destinations()
        ensure_taken(response)
        listed = wire.decode(response.body, wire.Destinations).destinations or ()
        return next((entry.destination_id for entry in listed if _endpoint(entry) == endpoint), None)

    def _create_destination(self, endpoint: str, token: str) -> str:
        response = self._client.create_destination(bodies.build_destination(endpoint, token))
        ensure_taken(response)
        made = answers.parse_location(response.headers.get("Location"))
        if not made:
            raise Rejected("no_answer", message="eBay did not say under which name it keeps our address")
        return made


def _endpoint(found: wire.Destination) -> str | None:
    """Return the address of a destination: the documents call it a text, and an object with it."""
    config = found.delivery_config
    return config.get("endpoint") if isinstance(config, dict) else config
