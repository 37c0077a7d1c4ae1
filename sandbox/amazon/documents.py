"""Documents of feeds and reports, behind presigned addresses on this sandbox, as S3 gives them out.

That an address ends after five minutes is in feeds_2021-06-30.json and reports_2021-06-30.json. That the content type
of an upload is signed, and what S3 answers when a signature does not fit, is from "Authenticating Requests: Using
Query Parameters" and "Error responses" of the Amazon S3 API reference. Seen 2026-11-26.
"""

import base64
import gzip
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from ..wire import Answer
from .errors import ApiError, invalid

LIFETIME_SECONDS = 300
FOLDER = "documents"
_DATE = "%Y%m%dT%H%M%SZ"
# Keeps callers from building addresses themselves; nothing is secret here.
_KEY = b"sandbox documents"


class Documents:
    """What was uploaded and what is there for download, by id."""

    def __init__(self, world):
        self._world = world
        self._documents = {}

    def restore(self, kept):
        """Take over the documents of an earlier run."""
        self._documents = dict(kept.get("amazon_document", {}))

    def open(self, seller_id, content_type):
        """Make room for an upload with this content type; return the document's id."""
        return self._keep(seller_id, {"content_type": content_type, "body": None, "compression": None})

    def add(self, seller_id, content_type, body, is_zipped=False):
        """Store a finished document, compressed with GZIP if wanted; return its id."""
        document = {"content_type": content_type, "compression": "GZIP" if is_zipped else None}
        # The same moment each time, so that the same report gives the same bytes.
        stored = gzip.compress(body, mtime=0) if is_zipped else body
        return self._keep(seller_id, {**document, "body": base64.b64encode(stored).decode()})

    def body_of(self, document_id):
        """Return the bytes that were uploaded, or None if nothing came."""
        text = self._documents[document_id]["body"]
        return None if text is None else base64.b64decode(text)

    def ensure_own(self, seller_id, document_id):
        """Raise ApiError 400 unless the seller has such a document."""
        if self._documents.get(document_id, {}).get("seller") != seller_id:
            raise invalid("Invalid Input", f"Unknown document: {document_id}")

    def describe(self, call, seller_id, document_id, is_unzipped_by_client=False):
        """Return address and compression of a document; raise ApiError 400 or 404."""
        if not document_id.startswith("amzn1.tortuga."):
            raise invalid("Invalid Input", f"Not the id of a document: {document_id}")
        document = self._documents.get(document_id)
        if document is None or document["seller"] != seller_id or document["body"] is None:
            raise ApiError(404, "NotFound", "The specified resource does not exist.", document_id)
        encoding = "gzip" if is_unzipped_by_client and document["compression"] else "identity"
        described = {"url": self.address(call, "GET", document_id, encoding)}
        if document["compression"]:
            described["compressionAlgorithm"] = document["compression"]
        return described

    def address(self, call, method, document_id, encoding="identity"):
        """Return an address that is good for one method and five minutes, at the host of the request."""
        given = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": self._world.clock.now().strftime(_DATE),
            "X-Amz-SignedHeaders": "content-type;host" if method == "PUT" else "host",
            "X-Amz-Expires": str(LIFETIME_SECONDS),
        }
        if method == "GET":
            given["response-content-encoding"] = encoding
        content_type = self._documents[document_id]["content_type"] if method == "PUT" else ""
        given["X-Amz-Signature"] = _signature(method, document_id, given, content_type)
        host = call.header("host") or "127.0.0.1"
        return f"http://{host}/{call.segments[0]}/{FOLDER}/{document_id}?{urlencode(given)}"

    def answer(self, call, document_id):
        """Take an upload or give a download, or refuse as S3 does."""
        document = self._documents.get(document_id)
        refusal = self._refusal(call, document_id, document)
        if refusal is not None:
            return refusal
        if call.method == "GET":
            return self._send(dict(call.query), document)
        document["body"] = base64.b64encode(call.body).decode()
        self._world.disk.put("amazon_document", document_id, document)
        digest = hashlib.md5(call.body, usedforsecurity=False).hexdigest()
        self._world.ledger.append("document_uploaded", document_id, {"seller": document["seller"], "md5": digest})
        return Answer(200, b"", {"ETag": f'"{digest}"'})

    def _refusal(self, call, document_id, document):
        if call.header("authorization"):
            return _error(400, "InvalidArgument", "Only one auth mechanism allowed; use the query string alone.")
        given = dict(call.query)
        signature = given.pop("X-Amz-Signature", "")
        if document is None or not signature or len(given) != len(call.query) - 1:
            return _error(403, "AccessDenied", "Access Denied")
        content_type = (call.header("content-type") or "") if call.method == "PUT" else ""
        if not hmac.compare_digest(signature, _signature(call.method, document_id, given, content_type)):
            message = "The request signature we calculated does not match the signature you provided."
            return _error(403, "SignatureDoesNotMatch", message)
        begun = datetime.strptime(given["X-Amz-Date"], _DATE).replace(tzinfo=timezone.utc)
        if self._world.clock.now() >= begun + timedelta(seconds=LIFETIME_SECONDS):
            return _error(403, "AccessDenied", "Request has expired")
        return None

    @staticmethod
    def _send(given, document):
        headers = {"Content-Type": document["content_type"]}
        if document["compression"]:
            headers["Content-Type"] = "application/octet-stream"
        if given["response-content-encoding"] == "gzip":
            headers["Content-Encoding"] = "gzip"
        return Answer(200, base64.b64decode(document["body"]), headers)

    def _keep(self, seller_id, document):
        document_id = f"amzn1.tortuga.4.na.{uuid.uuid4()}"
        self._documents[document_id] = {"seller": seller_id, **document}
        self._world.disk.put("amazon_document", document_id, self._documents[document_id])
        return document_id


def _signature(method, document_id, given, content_type):
    text = "\n".join([method, document_id, urlencode(sorted(given.items())), content_type])
    return hmac.new(_KEY, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _error(status, code, message):
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, body.encode(), {"Content-Type": "application/xml"})
