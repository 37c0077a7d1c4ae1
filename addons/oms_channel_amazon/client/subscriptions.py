"""Setting up what fills the queue of hints: a destination of the application, a subscription of the seller."""

from ..lib import const, subscriptions, wire
from .client import AmazonClient, ensure_taken, path_segment

_ROOT = "/notifications/v1"


class Subscriptions:
    """The notifications of one account."""

    def __init__(self, client: AmazonClient):
        self._client = client

    def ensure(self, arn: str) -> None:
        """Let Amazon put a hint into the queue whenever an order changes. Done twice it changes nothing.

        :raise Rejected: Amazon refuses; most often it may not write into the queue
        """
        destination = self._ensure_destination(arn)
        current = self._find_subscription()
        if current is not None and current.destination_id == destination:
            return
        if current is not None:
            self._delete(current)
        path = f"{_ROOT}/subscriptions/{subscriptions.KIND}"
        wish = {"payloadVersion": subscriptions.VERSION, "destinationId": destination}
        ensure_taken(self._client.post("createSubscription", const.NOTIFICATIONS, path, wish))

    def _ensure_destination(self, arn: str) -> str:
        path = f"{_ROOT}/destinations"
        answer = self._client.send_grantless("GET", "getDestinations", path, subscriptions.SCOPE)
        for known in wire.decode(ensure_taken(answer).body, subscriptions.Destinations).payload:
            if known.resource.sqs is not None and known.resource.sqs.arn == arn:
                return known.destination_id
        wish = {"name": subscriptions.NAME, "resourceSpecification": {"sqs": {"arn": arn}}}
        answer = self._client.send_grantless("POST", "createDestination", path, subscriptions.SCOPE, body=wish)
        return wire.decode(ensure_taken(answer).body, subscriptions.CreatedDestination).payload.destination_id

    def _find_subscription(self) -> subscriptions.Subscription | None:
        path = f"{_ROOT}/subscriptions/{subscriptions.KIND}"
        answer = self._client.get(
            "getSubscription", const.NOTIFICATIONS, path, {"payloadVersion": subscriptions.VERSION}
        )
        if answer.status == 404:
            return None
        return wire.decode(ensure_taken(answer).body, subscriptions.FoundSubscription).payload

    def _delete(self, subscription: subscriptions.Subscription) -> None:
        path = f"{_ROOT}/subscriptions/{subscriptions.KIND}/{path_segment(subscription.subscription_id)}"
        ensure_taken(self._client.send_grantless("DELETE", "deleteSubscriptionById", path, subscriptions.SCOPE))
