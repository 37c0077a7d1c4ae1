"""The Notifications API v1: destinations and subscriptions, and what is sent when something happens.

Model: notifications.json, seen 2026-11-26. Operations on destinations, and those on a subscription by its id, are
grantless: they take a token of the application, not of a seller.
"""

import json
import uuid

from .bodies import Field, read_body
from .errors import ApiError, invalid
from .order_messages import build_feed_finished, build_order_change, condition_of
from .parameters import Parameter, read_query

VERSIONS = {"ORDER_CHANGE": "1.0", "FEED_PROCESSING_FINISHED": "2020-09-04"}
_SQS = {"arn": Field("text", required=True)}
_BRIDGE = {"region": Field("text", required=True), "accountId": Field("text", required=True)}
_RESOURCE = {"sqs": Field("object", inner=_SQS), "eventBridge": Field("object", inner=_BRIDGE)}
_DESTINATION = {
    "resourceSpecification": Field("object", required=True, inner=_RESOURCE),
    "name": Field("text", required=True),
}
_FILTER = {
    "eventFilterType": Field("text", required=True, choices=("ORDER_CHANGE",)),
    "marketplaceIds": Field("list", inner=Field("text")),
    "orderChangeTypes": Field(
        "list", inner=Field("text", choices=("OrderStatusChange", "BuyerRequestedChange", "DeliveryTipChange"))
    ),
}
_SUBSCRIPTION = {
    "payloadVersion": Field("text", required=True),
    "destinationId": Field("text", required=True),
    "processingDirective": Field("object", inner={"eventFilter": Field("object", inner=_FILTER)}),
}


class Notifications:
    """Destinations by application, subscriptions by seller; `queues` takes what is sent."""

    def __init__(self, world, queues, application_of):
        """`application_of(call)` names the application whose token a request carries."""
        self._world = world
        self._queues = queues
        self._application_of = application_of
        self._destinations = {}
        self._subscriptions = {}
        # What the last message about an order was sent for.
        self._conditions = {}

    def restore(self, kept):
        """Take over the destinations and subscriptions of an earlier run."""
        self._destinations = dict(kept.get("amazon_destination", {}))
        self._subscriptions = dict(kept.get("amazon_subscription", {}))

    def create_destination(self, application, call, _path):
        """Answer createDestination with JSON values; raise ApiError 400, 409 or 415."""
        read_query(call.query, {})
        body = read_body(call, _DESTINATION)
        resource = body["resourceSpecification"]
        parts = resource.get("sqs", {}).get("arn", "").split(":")
        if len(resource) != 1 or "sqs" not in resource:
            raise invalid("Invalid Input", "Give exactly one resource; this sandbox plays SQS only.")
        if len(parts) != 6 or parts[:3] != ["arn", "aws", "sqs"] or not all(parts) or " " in resource["sqs"]["arn"]:
            raise invalid("Invalid Input", f"Not the ARN of a queue: {resource['sqs']['arn']}")
        if len(resource["sqs"]["arn"]) > 1000 or not 0 < len(body["name"]) <= 256:
            raise invalid("Invalid Input", "The name or the ARN is too long, or the name is empty.")
        for known in self._destinations.values():
            if known["application"] == application and known["resource"] == resource:
                raise ApiError(409, "Conflict", "A destination with this resource exists already.")
        destination = {"destinationId": str(uuid.uuid4()), "name": body["name"], "resource": resource}
        self._queues.open(parts[5])
        self._keep("destination", destination["destinationId"], {**destination, "application": application})
        return {"payload": destination}

    def list_destinations(self, application, call, _path):
        """Answer getDestinations with JSON values; raise ApiError 400."""
        read_query(call.query, {})
        own = [each for each in self._destinations.values() if each["application"] == application]
        return {"payload": [_shown(each) for each in own]}

    def get_destination(self, application, call, path):
        """Answer getDestination with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        return {"payload": _shown(self._find("destination", path[0], application))}

    def delete_destination(self, application, call, path):
        """Answer deleteDestination with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        self._find("destination", path[0], application)
        if any(each["destinationId"] == path[0] for each in self._subscriptions.values()):
            raise invalid("Invalid Input", "The destination still has subscriptions.")
        self._keep("destination", path[0], None)
        return {}

    def subscribe(self, seller, call, path):
        """Answer createSubscription with JSON values; raise ApiError 400, 404, 409 or 415."""
        read_query(call.query, {})
        kind = _known_type(path[0])
        body = read_body(call, _SUBSCRIPTION)
        if body["payloadVersion"] != VERSIONS[kind]:
            raise invalid("Invalid Input", f"The payload version of {kind} is {VERSIONS[kind]}.")
        if "processingDirective" in body and kind != "ORDER_CHANGE":
            raise invalid("Invalid Input", f"{kind} takes no processing directive.")
        application = self._application_of(call)
        destination = self._destinations.get(body["destinationId"])
        if destination is None or destination["application"] != application:
            raise invalid("Invalid Input", f"Unknown destination: {body['destinationId']}")
        if self._of(seller.seller_id, kind):
            raise ApiError(409, "Conflict", f"There is a subscription to {kind} already.")
        subscription = {"subscriptionId": str(uuid.uuid4()), **body}
        owner = {"application": application, "seller": seller.seller_id, "type": kind}
        self._keep("subscription", subscription["subscriptionId"], {**subscription, **owner})
        return {"payload": subscription}

    def get_subscription(self, seller, call, path):
        """Answer getSubscription with JSON values; raise ApiError 400 or 404."""
        version = read_query(call.query, {"payloadVersion": Parameter("text")}).get("payloadVersion")
        found = self._of(seller.seller_id, _known_type(path[0]))
        if not found or version not in (None, found[0]["payloadVersion"]):
            raise ApiError(404, "NotFound", "The specified resource does not exist.", path[0])
        return {"payload": _shown(found[0])}

    def get_subscription_by_id(self, application, call, path):
        """Answer getSubscriptionById with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        _known_type(path[0])
        return {"payload": _shown(self._find("subscription", path[1], application))}

    def unsubscribe(self, application, call, path):
        """Answer deleteSubscriptionById with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        _known_type(path[0])
        self._find("subscription", path[1], application)
        self._keep("subscription", path[1], None)
        return {}

    def order_known(self, seller, order):
        """Remember how an order of an earlier run was left."""
        self._conditions[seller.seller_id, order["orderId"]] = condition_of(order)

    def order_changed(self, seller, order):
        """Send a message if the order is new, has another status, or its buyer now asks to cancel."""
        condition = condition_of(order)
        before = self._conditions.get((seller.seller_id, order["orderId"]), (None, False))
        self._conditions[seller.seller_id, order["orderId"]] = condition
        if condition == before:
            return
        is_request = condition[0] == before[0] and condition[1]
        self.send_order(seller, order, "BuyerRequestedChange" if is_request else "OrderStatusChange")

    def send_order(self, seller, order, change_type):
        """Send a message about an order to those who subscribed to it; return how many there were."""
        sent = 0
        for subscription in self._of(seller.seller_id, "ORDER_CHANGE"):
            now = self._world.clock.now_text()
            message = build_order_change(seller.seller_id, order, change_type, subscription, now)
            if message is not None and _is_wanted(message, subscription):
                self._send(subscription, message)
                sent += 1
        return sent

    def feed_ended(self, feed):
        """Send a message about a feed to those who subscribed to it."""
        for subscription in self._of(feed["seller"], "FEED_PROCESSING_FINISHED"):
            self._send(subscription, build_feed_finished(feed, subscription, self._world.clock.now_text()))

    def _send(self, subscription, message):
        arn = self._destinations[subscription["destinationId"]]["resource"]["sqs"]["arn"]
        self._queues.send(arn.rpartition(":")[2], json.dumps(message, ensure_ascii=False))

    def _of(self, seller_id, kind):
        return [s for s in self._subscriptions.values() if (s["seller"], s["type"]) == (seller_id, kind)]

    def _table(self, kind):
        return self._destinations if kind == "destination" else self._subscriptions

    def _find(self, kind, key, application):
        entry = self._table(kind).get(key)
        if entry is None or entry["application"] != application:
            raise ApiError(404, "NotFound", "The specified resource does not exist.", key)
        return entry

    def _keep(self, kind, key, entry):
        if entry is None:
            del self._table(kind)[key]
        else:
            self._table(kind)[key] = entry
        self._world.disk.put(f"amazon_{kind}", key, entry)


def _known_type(kind):
    if kind not in VERSIONS:
        raise invalid("Invalid Input", f"Unknown notification type: {kind}; there are {', '.join(VERSIONS)}")
    return kind


def _shown(entry):
    hidden = ("application", "seller", "type")
    return {name: value for name, value in entry.items() if name not in hidden}


def _is_wanted(message, subscription):
    wish = subscription.get("processingDirective", {}).get("eventFilter", {})
    change = message["Payload"]["OrderChangeNotification"]
    marketplaces, types = wish.get("marketplaceIds"), wish.get("orderChangeTypes")
    return change["Summary"]["MarketplaceId"] in (marketplaces or [change["Summary"]["MarketplaceId"]]) and change[
        "OrderChangeType"
    ] in (types or [change["OrderChangeType"]])
