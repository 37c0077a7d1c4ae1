"""The Notification API: topics, destinations, subscriptions, the public key, the address for alerts."""

from urllib.parse import urlsplit

from ..clock import from_text
from .errors import ApiError
from .operations import scope
from .reading import Field, Refusal, address_of, read_body, read_query, read_whole
from .store import stamp
from .webhooks import Notary, build_message, challenge

_DOMAIN = "API_NOTIFICATION"
_LIMIT = Refusal(195004, _DOMAIN, "Invalid limit. Supported ranges 10 - 100")
_QUERY = Refusal(195005, _DOMAIN, "Invalid query or continuation token")
_NAME = Refusal(195016, _DOMAIN, "Invalid destination")
_SUBSCRIPTION = Refusal(195006, _DOMAIN, "Invalid subscription")
_EMAIL = Refusal(195025, _DOMAIN, "Invalid or missing email")
_DESTINATION = {
    "name": Field("text"),
    "status": Field("text"),
    "deliveryConfig": Field("object", inner={"endpoint": Field("text"), "verificationToken": Field("text")}),
}
_PAYLOAD = {"format": Field("text"), "schemaVersion": Field("text"), "deliveryProtocol": Field("text")}
_UPDATE = {"status": Field("text"), "payload": Field("object", inner=_PAYLOAD), "destinationId": Field("text")}
_CREATE = {"topicId": Field("text"), **_UPDATE}
# Topic: description, scope of the subscription, context.
TOPICS = {
    "MARKETPLACE_ACCOUNT_DELETION": ("A user asked for the deletion of personal data.", "APPLICATION", "USER"),
    "ORDER_CONFIRMATION": ("A buyer has completed the checkout of a line item.", "USER", "ORDER"),
    "ITEM_MARKED_SHIPPED": ("A line item was marked as shipped.", "USER", "ORDER"),
}


class Notifications:
    """Destinations and subscriptions of the applications, by their ids."""

    def __init__(self, ebay):
        self._ebay = ebay
        self._world = ebay.world
        self.notary = Notary(ebay.world)
        self._tables = {"destination": {}, "subscription": {}, "config": {}}

    def restore(self, kept):
        """Take over what an earlier run kept."""
        self.notary.restore(kept)
        self._tables = {name: dict(kept.get(f"ebay_{name}", {})) for name in self._tables}

    def _put(self, table, key, value):
        if value is None:
            self._tables[table].pop(key, None)
        else:
            self._tables[table][key] = value
        self._world.disk.put(f"ebay_{table}", key, value)

    def public_key(self, call, _client_id, key_id):
        """Answer getPublicKey with JSON values; raise ApiError 404."""
        read_query(call.query, (), _QUERY)
        if key_id != self.notary.ready().key_id:
            raise ApiError(404, 195001, "The specified key id is invalid.", domain=_DOMAIN)
        return self.notary.public_key()

    def topics(self, call, _client_id):
        """Answer getTopics with JSON values; raise ApiError 400."""
        return _page(call, "topics", [_topic(topic_id) for topic_id in TOPICS])

    def topic(self, call, _client_id, topic_id):
        """Answer getTopic with JSON values; raise ApiError 404."""
        read_query(call.query, (), _QUERY)
        if topic_id not in TOPICS:
            raise ApiError(404, 195002, "Invalid or missing topic id.", domain=_DOMAIN)
        return _topic(topic_id)

    def config(self, call, client_id):
        """Answer getConfig with JSON values; raise ApiError 404 before updateConfig."""
        read_query(call.query, (), _QUERY)
        if client_id not in self._tables["config"]:
            raise ApiError(404, 195026, "Configuration Not Found.", domain=_DOMAIN, category="APPLICATION")
        return self._tables["config"][client_id]

    def set_config(self, call, client_id):
        """Keep the address for alerts; raise ApiError 400."""
        read_query(call.query, (), _EMAIL)
        body = read_body(call, {"alertEmail": Field("text", required=True)}, _EMAIL)
        if "@" not in body["alertEmail"]:
            raise _EMAIL.error("alertEmail")
        self._put("config", client_id, body)

    def destinations(self, call, client_id):
        """Answer getDestinations with JSON values; raise ApiError 400."""
        own = [kept["shown"] for kept in self._tables["destination"].values() if kept["client_id"] == client_id]
        return _page(call, "destinations", own)

    def destination(self, call, client_id, destination_id):
        """Answer getDestination with JSON values; raise ApiError 404."""
        read_query(call.query, (), _QUERY)
        return self._destination(client_id, destination_id)["shown"]

    def create_destination(self, call, client_id):
        """Challenge an endpoint and keep it; return its address for Location. Raise ApiError 400 or 409."""
        read_query(call.query, (), _NAME)
        body = self._read_destination(call, client_id, None)
        destination_id = f"dest-{len(self._tables['destination']) + 1:06d}-{self._ebay.next_number()}"
        self._keep_destination(client_id, destination_id, body)
        kept = {"client_id": client_id, "endpoint": body["deliveryConfig"]["endpoint"]}
        self._world.ledger.append("destination_created", destination_id, kept)
        return f"{address_of(call)}/{destination_id}"

    def update_destination(self, call, client_id, destination_id):
        """Challenge an endpoint and keep it instead of another; raise ApiError 400, 404 or 409."""
        read_query(call.query, (), _NAME)
        self._destination(client_id, destination_id)
        self._keep_destination(client_id, destination_id, self._read_destination(call, client_id, destination_id))

    def delete_destination(self, call, client_id, destination_id):
        """Forget a destination; raise ApiError 404, or 409 while a subscription uses it."""
        read_query(call.query, (), _NAME)
        self._destination(client_id, destination_id)
        if any(s["shown"]["destinationId"] == destination_id for s in self._tables["subscription"].values()):
            raise ApiError(409, 195024, "Destination is in use and cannot be deleted.", domain=_DOMAIN)
        self._put("destination", destination_id, None)

    def _read_destination(self, call, client_id, own_id):
        body = read_body(call, _DESTINATION, _NAME)
        if not 0 < len(body.get("name", "")) <= 64 or "<" in body["name"]:
            raise _NAME.error("Markups or lengths greater than 64 not supported")
        if body.get("status") not in ("ENABLED", "DISABLED"):
            raise ApiError(400, 195018, "Invalid or missing destination status.", domain=_DOMAIN)
        delivery = body.get("deliveryConfig", {})
        endpoint, token = delivery.get("endpoint", ""), delivery.get("verificationToken", "")
        if urlsplit(endpoint).scheme not in ("https", "http") or not urlsplit(endpoint).netloc:
            raise ApiError(400, 195017, "Invalid or missing endpoint.", domain=_DOMAIN)
        if not (32 <= len(token) <= 80 and all(sign.isalnum() or sign in "_-" for sign in token)):
            message = "Invalid or missing verification token for this endpoint."
            raise ApiError(400, 195019, message, domain=_DOMAIN)
        for key, kept in self._tables["destination"].items():
            if key != own_id and kept["client_id"] == client_id and kept["secret"]["endpoint"] == endpoint:
                raise ApiError(409, 195021, "Destination exists for this endpoint", domain=_DOMAIN)
        if not challenge(self._world, endpoint, token):
            raise ApiError(409, 195020, "Challenge verification failed for requested endpoint", domain=_DOMAIN)
        return body

    def _keep_destination(self, client_id, destination_id, body):
        shown = {"destinationId": destination_id, "name": body["name"], "status": body["status"]}
        # The document calls deliveryConfig of an answer a text, and an object of a request: the address alone is shown.
        shown["deliveryConfig"] = body["deliveryConfig"]["endpoint"]
        kept = {"client_id": client_id, "shown": shown, "secret": body["deliveryConfig"]}
        self._put("destination", destination_id, kept)

    def _destination(self, client_id, destination_id):
        kept = self._tables["destination"].get(destination_id)
        if kept is None or kept["client_id"] != client_id:
            raise ApiError(404, 195022, "Invalid or missing destination id.", domain=_DOMAIN)
        return kept

    def subscriptions(self, call, client_id):
        """Answer getSubscriptions with JSON values; raise ApiError 400."""
        own = [kept["shown"] for kept in self._tables["subscription"].values() if kept["client_id"] == client_id]
        return _page(call, "subscriptions", own)

    def subscription(self, call, client_id, subscription_id):
        """Answer getSubscription with JSON values; raise ApiError 404."""
        read_query(call.query, (), _QUERY)
        return self._subscription(client_id, subscription_id)["shown"]

    def create_subscription(self, call, client_id):
        """Keep a subscription; return its address for Location. Raise ApiError 400 or 409."""
        read_query(call.query, (), _SUBSCRIPTION)
        body = read_body(call, _CREATE, _SUBSCRIPTION)
        if body.get("topicId") not in TOPICS:
            raise ApiError(400, 195027, "Invalid or missing topic id.", domain=_DOMAIN)
        self._ensure_subscribable(client_id, body)
        for kept in self._tables["subscription"].values():
            if kept["client_id"] == client_id and kept["shown"]["topicId"] == body["topicId"]:
                raise ApiError(409, 195012, "Subscription already exists", domain=_DOMAIN)
        subscription_id = f"sub-{self._ebay.next_number():06d}"
        created = {"subscriptionId": subscription_id, "creationDate": stamp(self._world.clock.now())}
        self._put("subscription", subscription_id, {"client_id": client_id, "shown": {**created, **body}})
        self._world.ledger.append("subscription_created", subscription_id, {"topicId": body["topicId"]})
        return f"{address_of(call)}/{subscription_id}"

    def update_subscription(self, call, client_id, subscription_id):
        """Change a subscription; raise ApiError 400, 404 or 409."""
        read_query(call.query, (), _SUBSCRIPTION)
        kept = self._subscription(client_id, subscription_id)
        body = read_body(call, _UPDATE, _SUBSCRIPTION)
        self._ensure_subscribable(client_id, body)
        self._put("subscription", subscription_id, {**kept, "shown": {**kept["shown"], **body}})

    def delete_subscription(self, call, client_id, subscription_id):
        """Forget a subscription; raise ApiError 404."""
        read_query(call.query, (), _SUBSCRIPTION)
        self._subscription(client_id, subscription_id)
        self._put("subscription", subscription_id, None)

    def enable_subscription(self, call, client_id, subscription_id):
        """Let messages of a subscription flow; raise ApiError 404, or 409 while its destination is disabled."""
        self._switch(call, client_id, subscription_id, "ENABLED")

    def disable_subscription(self, call, client_id, subscription_id):
        """Hold the messages of a subscription back; raise ApiError 404."""
        self._switch(call, client_id, subscription_id, "DISABLED")

    def _switch(self, call, client_id, subscription_id, status):
        read_query(call.query, (), _SUBSCRIPTION)
        kept = self._subscription(client_id, subscription_id)
        self._ensure_destination_fits(client_id, {**kept["shown"], "status": status})
        self._put("subscription", subscription_id, {**kept, "shown": {**kept["shown"], "status": status}})

    def test_subscription(self, call, client_id, subscription_id):
        """Send a test message to the destination of a subscription; raise ApiError 404."""
        read_query(call.query, (), _SUBSCRIPTION)
        shown = self._subscription(client_id, subscription_id)["shown"]
        endpoint = self._destination(client_id, shown["destinationId"])["secret"]["endpoint"]
        now = self._world.clock.now()
        dates = (now, now, f"test-{self._ebay.next_number()}")
        self._ebay.deliver(endpoint, build_message(shown["topicId"], {}, dates), {"topic": shown["topicId"]})

    def _subscription(self, client_id, subscription_id):
        kept = self._tables["subscription"].get(subscription_id)
        if kept is None or kept["client_id"] != client_id:
            raise ApiError(404, 195013, "Invalid subscription Id.", domain=_DOMAIN)
        return kept

    def _ensure_subscribable(self, client_id, body):
        if body.get("status") not in ("ENABLED", "DISABLED"):
            raise ApiError(400, 195006, "Invalid or missing subscription status.", domain=_DOMAIN)
        payload = body.get("payload", {})
        if payload.get("schemaVersion") != "1.0":
            raise ApiError(400, 195008, "Invalid or missing schema version.", domain=_DOMAIN)
        if payload.get("format") != "JSON":
            raise ApiError(400, 195009, "Specified format is not supported for the topic.", domain=_DOMAIN)
        if payload.get("deliveryProtocol") != "HTTPS":
            raise ApiError(400, 195010, "Invalid or missing protocol", domain=_DOMAIN)
        kept = self._tables["destination"].get(body.get("destinationId"))
        if kept is None or kept["client_id"] != client_id:
            raise ApiError(400, 195007, "Invalid or missing destination id.", domain=_DOMAIN)
        if client_id not in self._tables["config"]:
            message = "Please provide configurations required for notifications. Refer to /config"
            raise ApiError(409, 195003, message, domain=_DOMAIN)
        self._ensure_destination_fits(client_id, body)

    def _ensure_destination_fits(self, client_id, body):
        destination = self._destination(client_id, body["destinationId"])
        if body["status"] == "ENABLED" and destination["shown"]["status"] != "ENABLED":
            message = "The subscription cannot be enabled since the destination is not enabled."
            raise ApiError(409, 195015, message, domain=_DOMAIN)


def _topic(topic_id):
    description, reach, context = TOPICS[topic_id]
    payload = {"format": ["JSON"], "schemaVersion": "1.0", "deliveryProtocol": "HTTPS", "deprecated": False}
    return {
        "topicId": topic_id,
        "description": description,
        "authorizationScopes": [scope()],
        "status": "ENABLED",
        "context": context,
        "scope": reach,
        "supportedPayloads": [payload],
    }


def _page(call, name, entries):
    values = read_query(call.query, ("limit", "continuation_token"), _QUERY)
    limit = read_whole(values.get("limit", "20"), 10, 100, _LIMIT)
    start = read_whole(values.get("continuation_token", "0"), 0, 10**6, _QUERY)
    address = address_of(call)
    page = {"total": len(entries), "href": f"{address}?limit={limit}", "limit": limit}
    if start + limit < len(entries):
        page["next"] = f"{address}?limit={limit}&continuation_token={start + limit}"
    return {**page, name: entries[start : start + limit]}


def read_moment(text, otherwise):
    """Return the instant of a control command's text, or another one where it gives none; ValueError if misshapen."""
    if text is None:
        return otherwise
    moment = from_text(text)
    if moment is None:
        raise ValueError(f"not an ISO 8601 date-time: {text}")
    return moment
