"""AWS Signature Version 4: which headers make a request to AWS believable. Pure.

Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, seen 2026-11-26; tried on
AWS's own test vectors in tests/unit/test_amazon_queue.py.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import NamedTuple
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """An access key of an AWS account and where it is used."""

    key_id: str
    secret: str
    region: str
    service: str

    def __repr__(self) -> str:
        return f"Credentials(region={self.region!r}, service={self.service!r})"


def sign(
    method: str, url: str, headers: Mapping[str, str], body: bytes, *, credentials: Credentials, at: datetime
) -> dict[str, str]:
    """Return ``headers`` with ``X-Amz-Date`` and ``Authorization``. All of them, and the host, are signed.

    :param url: as it goes on the wire: its host, path and query are signed, the query with what is encoded in it
    :param at: now; AWS takes no request older than five minutes
    """
    moment = at.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    named = {**headers, "X-Amz-Date": moment}
    lowered = {name.lower(): " ".join(value.split()) for name, value in named.items()}
    lowered["host"] = urlsplit(url).netloc
    signed = ";".join(sorted(lowered))
    canonical = "\n".join(
        [
            method,
            _canonical_path(url),
            _canonical_query(url),
            *(f"{name}:{lowered[name]}" for name in sorted(lowered)),
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{moment[:8]}/{credentials.region}/{credentials.service}/aws4_request"
    text = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(_signing_key(credentials, moment[:8]), text.encode(), hashlib.sha256).hexdigest()
    authorization = (
        f"{ALGORITHM} Credential={credentials.key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )
    return {**named, "Authorization": authorization}


def _canonical_path(url: str) -> str:
    return quote(urlsplit(url).path, safe="/-_.~%") or "/"


def _canonical_query(url: str) -> str:
    pairs = [part.partition("=") for part in urlsplit(url).query.split("&") if part]
    return "&".join(f"{name}={value}" for name, _equals, value in sorted(pairs))


def _signing_key(credentials: Credentials, day: str) -> bytes:
    key = f"AWS4{credentials.secret}".encode()
    for part in (day, credentials.region, credentials.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
