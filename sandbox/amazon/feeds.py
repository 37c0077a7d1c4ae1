"""The Feeds API 2021-06-30: a document is uploaded, a feed made from it, its result downloaded.

Model: feeds_2021-06-30.json. That feeds of listings in XML and flat files end FATAL since 2025-07-31 is from Amazon's
page "Listings feed type values"; their names are those of issue 811 of amzn/selling-partner-api-models. Seen
2026-11-26.
"""

from .bodies import Field, read_body
from .cancellations import cancel_by_feed
from .errors import invalid
from .jobs import Jobs, times_of
from .listings_feed import apply_listings_feed
from .marketplaces import ALL_IDS
from .parameters import Parameter, read_query
from .refunds import refund_by_feed

_DOCUMENT = {"contentType": Field("text", required=True)}
_FEED = {
    "feedType": Field("text", required=True),
    "marketplaceIds": Field("list", required=True, inner=Field("text")),
    "inputFeedDocumentId": Field("text", required=True),
    "feedOptions": Field("object"),
}
MOST_MARKETPLACES = 25
ENCODING = {"enableContentEncodingUrlHeader": Parameter("text", choices=("true", "false"))}
# What happens with the document: function of (world, seller, feed, bytes) that returns status and report.
_WORKERS = {
    "JSON_LISTINGS_FEED": apply_listings_feed,
    "POST_ORDER_ACKNOWLEDGEMENT_DATA": cancel_by_feed,
    "POST_PAYMENT_ADJUSTMENT_DATA": refund_by_feed,
}
_DEAD = (
    "POST_PRODUCT_DATA", "POST_INVENTORY_AVAILABILITY_DATA", "POST_PRODUCT_OVERRIDES_DATA", "POST_PRODUCT_PRICING_DATA",
    "POST_PRODUCT_IMAGE_DATA", "POST_PRODUCT_RELATIONSHIP_DATA", "POST_FLAT_FILE_INVLOADER_DATA",
    "POST_FLAT_FILE_LISTINGS_DATA", "POST_FLAT_FILE_BOOKLOADER_DATA", "POST_FLAT_FILE_CONVERGENCE_LISTINGS_DATA",
    "POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA", "POST_UIEE_BOOKLOADER_DATA",
)  # fmt: skip


class Feeds:
    """The six operations; each takes the seller, the request and its path parameters."""

    def __init__(self, world, documents, sellers, announce):
        """`sellers` finds a seller by id; `announce(feed)` tells those who asked to know when a feed ends."""
        self._world = world
        self._documents = documents
        self._seller_of = sellers
        self._announce = announce
        self.jobs = Jobs(world, "feed", self._work)

    def create_document(self, seller, call, _path):
        """Answer createFeedDocument with JSON values; raise ApiError 400 or 415."""
        read_query(call.query, {})
        content_type = read_body(call, _DOCUMENT)["contentType"]
        if "/" not in content_type:
            raise invalid("Invalid Input", f"Not a content type: {content_type}")
        document_id = self._documents.open(seller.seller_id, content_type)
        return {"feedDocumentId": document_id, "url": self._documents.address(call, "PUT", document_id)}

    def create(self, seller, call, _path):
        """Answer createFeed with JSON values; raise ApiError 400 or 415."""
        read_query(call.query, {})
        body = read_body(call, _FEED)
        if body["feedType"] not in (*_WORKERS, *_DEAD):
            raise invalid("Invalid Input", f"Unknown feed type: {body['feedType']}")
        ensure_marketplaces(body["marketplaceIds"])
        ensure_options(body.get("feedOptions", {}))
        self._documents.ensure_own(seller.seller_id, body["inputFeedDocumentId"])
        feed = self.jobs.add(
            seller.seller_id,
            type=body["feedType"],
            marketplaceIds=body["marketplaceIds"],
            input=body["inputFeedDocumentId"],
        )
        return {"feedId": feed["id"]}

    def get(self, seller, call, path):
        """Answer getFeed with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        return _view(self.jobs.find(seller.seller_id, path[0]))

    def search(self, seller, call, _path):
        """Answer getFeeds with a page as JSON values; raise ApiError 400."""
        page, token = self.jobs.search(seller.seller_id, call, "feedTypes")
        answer = {"feeds": [_view(feed) for feed in page]}
        return {**answer, "nextToken": token} if token else answer

    def cancel(self, seller, call, path):
        """Answer cancelFeed, which has no body; raise ApiError 400 or 404."""
        read_query(call.query, {})
        self._announce(self.jobs.cancel(seller.seller_id, path[0]))

    def get_document(self, seller, call, path):
        """Answer getFeedDocument with JSON values; raise ApiError 400 or 404."""
        is_unzipped = read_query(call.query, ENCODING).get("enableContentEncodingUrlHeader") == "true"
        described = self._documents.describe(call, seller.seller_id, path[0], is_unzipped)
        return {"feedDocumentId": path[0], **described}

    def _work(self, feed):
        """Do what a feed says; return its final status and the id of its result document."""
        body = self._documents.body_of(feed["input"])
        status, document_id = "FATAL", None
        if feed["type"] in _WORKERS and body is not None:
            worker = _WORKERS[feed["type"]]
            status, report = worker(self._world, self._seller_of(feed["seller"]), feed, body)
            if report is not None:
                is_zipped = bool(self._world.settings["gzip_results"])
                content_type = f"{'application/json' if feed['type'].startswith('JSON') else 'text/xml'}; charset=UTF-8"
                document_id = self._documents.add(feed["seller"], content_type, report, is_zipped)
        self._announce({**feed, "processingStatus": status, "documentId": document_id})
        return status, document_id


def ensure_marketplaces(ids):
    """Raise ApiError 400 unless there are 1 to 25 known marketplaces."""
    if not 1 <= len(ids) <= MOST_MARKETPLACES:
        raise invalid("Invalid Input", f"marketplaceIds takes 1 to {MOST_MARKETPLACES} values")
    for marketplace_id in ids:
        if marketplace_id not in ALL_IDS:
            raise invalid("Invalid Input", f"Unknown marketplace: {marketplace_id}")


def ensure_options(options):
    """Raise ApiError 400 unless all options are texts."""
    for name, value in options.items():
        if not isinstance(value, str):
            raise invalid("Invalid Input", f"The option {name} is not a text")


def _view(feed):
    shown = {"feedId": feed["id"], "feedType": feed["type"], **times_of(feed)}
    if feed.get("documentId"):
        shown["resultFeedDocumentId"] = feed["documentId"]
    return shown
