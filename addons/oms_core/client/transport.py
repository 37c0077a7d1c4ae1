"""The one HTTP door. Nothing else in the project may talk HTTP.

Whatever goes wrong comes out as one of the named errors of ``lib/errors.py``, and each says the one thing the caller
must know: whether the request may have had its effect. Nothing here retries, sleeps or follows a redirect.
"""

import logging
import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests
import urllib3

from ..lib import redact, strict_json
from ..lib.channel import Limits
from ..lib.errors import ChannelError, Malformed, Rejected, RetryLater
from .hosts import HostPolicy, Lookup, Target
from .limiter import BASE_DELAY, RateLimiter
from .pinned import Deadline, Opening

_logger = logging.getLogger(__name__)
# urllib3 writes whole URLs at DEBUG; a query may hold what must not be in a log.
logging.getLogger("urllib3.connectionpool").addFilter(redact.mask_urls)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
# All that may go to a host of ``HostPolicy.file_hosts``: its address itself is the permission, for minutes.
FILE_METHODS = frozenset({"GET", "PUT"})
FILE_HEADERS = frozenset({"accept", "content-type", "user-agent"})
MAX_BODY = 32 * 1024 * 1024
MAX_DELAY = timedelta(days=1)  # a channel that says "in a year" must not stop the account for a year
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Request:
    """One call.

    :param operation: its name in ``Limits.rates``
    :param is_repeatable: True when sending it twice has the effect of once: reads, and writes the channel deduplicates
    :param is_500_an_answer: True where the protocol says refusals with status 500, as SOAP does with every fault (SOAP
        1.1 §6.2, seen 2026-11-26); the caller then tells a refusal from a breakdown by :meth:`Transport.broke_down`
    """

    method: str
    url: str
    operation: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    is_repeatable: bool = False
    is_500_an_answer: bool = False

    def __repr__(self) -> str:
        return f"Request({self.method} {redact.redact_url(self.url)}, operation={self.operation!r})"


@dataclass(frozen=True)
class Response:
    """An answer with a status below 500 that is neither 429 nor a redirect. ``headers`` ignores case.

    Only a request that says ``is_500_an_answer`` may get one with status 500.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def answered_at(self) -> datetime | None:
        """When the answer was given by the channel's own clock, aware UTC; ``None`` where it does not say so."""
        return _date(self.headers.get("Date", ""))

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"

    def json(self) -> Any:
        """Return the body as JSON values, see ``strict_json.read``.

        :raise Malformed: with the JSON path of the first flaw and a plain reason
        """
        return strict_json.read(self.body, MAX_BODY)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Transport:
    """Sends requests for one account.

    :param policy: the hosts it may call
    :param limits: timeouts and the documented rates
    :param limiter: counts calls for all processes; offered as an attribute so that an adapter which reads the granted
        rate in a header can call ``limiter.set_rate``
    :param clock: current aware UTC time, for dates in ``Retry-After``
    :param ca_bundle: path of the certificates to trust in place of certifi's
    :param lookup: ``socket.getaddrinfo`` or a stand-in
    """

    def __init__(
        self,
        policy: HostPolicy,
        limits: Limits,
        limiter: RateLimiter,
        *,
        log: logging.Logger = _logger,
        clock: Callable[[], datetime] = _utc_now,
        ca_bundle: str | None = None,
        max_body: int = MAX_BODY,
        lookup: Lookup = socket.getaddrinfo,
    ):
        self.policy = policy
        self.limits = limits
        self.limiter = limiter
        self._log = log
        self._clock = clock
        self._ca_bundle = ca_bundle
        self._max_body = max_body
        self._lookup = lookup

    def send(self, request: Request) -> Response:
        """Send ``request`` once and return the answer, a refusal (4xx) included.

        :raise RetryLater: ``throttled``, ``unreachable``, ``tls_untrusted``, ``server_error`` or ``answer_lost``
        :raise Rejected: ``host_refused``, ``bad_request`` or ``redirected``: the set-up must change first
        :raise Malformed: the answer is too large, or in an encoding we did not ask for
        """
        target = self.policy.target(request.url)
        prepared = _prepare(request, target)
        self._take(request)
        started, told, size = time.monotonic(), "failed", 0
        try:
            addresses = self.policy.addresses(target, self._lookup)
            response = self._exchange(request, prepared, target, addresses)
            told, size = response.status, len(response.body)
        except ChannelError as error:
            told = error.code
            raise
        finally:
            self._note(request, told, time.monotonic() - started, size)
        return self._judge(request, response)

    # --- before ---------------------------------------------------------------------------------------------

    def _take(self, request: Request) -> None:
        rate = self.limits.rates.get(request.operation)
        wait = self.limiter.take(request.operation, rate) if rate else 0.0
        if wait > 0:
            raise RetryLater("throttled", after=timedelta(seconds=wait), operation=request.operation, by="us")

    # --- on the wire ----------------------------------------------------------------------------------------

    def _exchange(
        self, request: Request, prepared: requests.PreparedRequest, target: Target, addresses: tuple[str, ...]
    ) -> Response:
        with Deadline(self.limits.total_seconds) as deadline, _Session() as session:
            opening = Opening(addresses, self.limits.connect_seconds, deadline)
            session.verify = self._ca_bundle or True
            session.mount(f"{target.scheme}://", _PinnedAdapter(opening, self.limits))
            try:
                # A connection serves one call: one that the server closed meanwhile would look like a lost answer.
                with session.send(prepared, stream=True, allow_redirects=False) as answer:
                    body = _read(answer, self._max_body)
                failure = _lost(target, deadline) if deadline.is_over else None
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                failure = _named(error, target, opening)
        if failure:
            raise failure  # out here it has no __context__: requests' own texts hold URLs with their query
        return Response(answer.status_code, answer.headers, _plain(body, answer.headers, self._max_body))

    def _note(self, request: Request, told: Any, seconds: float, size: int) -> None:
        url = redact.redact_url(_full_url(request))
        millis = round(seconds * 1000)
        self._log.info("%s: %s %s -> %s in %d ms, %d bytes", request.operation, request.method, url, told, millis, size)

    # --- after ----------------------------------------------------------------------------------------------

    def _judge(self, request: Request, response: Response) -> Response:
        status = response.status
        if status == 429:
            raise self._throttled(request, response)
        if status > 500 or (status == 500 and not request.is_500_an_answer):
            raise self.broke_down(request, response)
        if 300 <= status < 400:
            raise Rejected("redirected", status=status, host=_pointed_to(request, response))
        if status < 200:
            raise Malformed("unexpected_status", status=status)
        return response

    def broke_down(self, request: Request, response: Response) -> RetryLater:
        """Return the error of an answer that only says that the channel failed."""
        after = self._retry_after(response) or BASE_DELAY
        is_uncertain = not request.is_repeatable
        return RetryLater("server_error", after=after, is_uncertain=is_uncertain, status=response.status)

    def _throttled(self, request: Request, response: Response) -> RetryLater:
        rate = self.limits.rates.get(request.operation)
        after = self._retry_after(response) or (timedelta(seconds=1 / rate.per_second) if rate else BASE_DELAY)
        after = min(after, MAX_DELAY)
        if rate:
            self.limiter.drain(request.operation, rate, after.total_seconds())
        return RetryLater("throttled", after=after, operation=request.operation, by="channel")

    def _retry_after(self, response: Response) -> timedelta | None:
        """Read ``Retry-After`` (RFC 9110 §10.2.3): seconds or a date, which is on the server's clock."""
        text = response.headers.get("Retry-After", "").strip()
        seconds = _seconds(text)
        if seconds is None:
            at = _date(text)
            if at is None:
                return None
            seconds = (at - (response.answered_at or self._clock())).total_seconds()
        return timedelta(seconds=min(max(seconds, 1.0), MAX_DELAY.total_seconds()))


class _Session(requests.Session):
    """A session for one call, deaf to the environment."""

    def __init__(self):
        super().__init__()
        self.trust_env = False  # no proxies, no .netrc credentials
        self.headers.clear()
        self.headers.update({"User-Agent": "oms", "Accept-Encoding": "gzip"})

    def get_redirect_target(self, resp):
        """Say that there is none: even when told not to follow, requests reads the body of a redirect without limit."""
        return None


class _PinnedAdapter(requests.adapters.HTTPAdapter):
    """Connects to checked addresses and always with timeouts."""

    def __init__(self, opening: Opening, limits: Limits):
        self._opening = opening
        self._timeout = urllib3.Timeout(connect=limits.connect_seconds, read=limits.read_seconds)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._opening.pool_classes()

    def send(self, request, **kwargs):
        kwargs["timeout"] = self._timeout
        return super().send(request, **kwargs)


def _full_url(request: Request) -> str:
    if not request.params:
        return request.url
    # %20 and not +: signatures over the query are defined on RFC 3986
    query = urlencode(request.params, quote_via=quote)
    return f"{request.url}{'&' if '?' in request.url else '?'}{query}"


def _prepare(request: Request, target: Target) -> requests.PreparedRequest:
    if request.method not in (FILE_METHODS if target.is_file_host else METHODS):
        raise Rejected("bad_request", part="method")
    for name, value in request.headers.items():
        # Checked here because requests would put the value, perhaps a secret, into the error's text.
        if not (name.isascii() and name.isprintable() and value.isascii() and value.isprintable()):
            raise Rejected("bad_request", part=f"header {redact.redact_text(name)}")
        if name.lower() == "host":
            raise Rejected("bad_request", part="header host")  # must be the host that was checked
        if target.is_file_host and name.lower() not in FILE_HEADERS:
            raise Rejected("bad_request", part=f"header {redact.redact_text(name)}")
    wanted = requests.Request(request.method, _full_url(request), headers=dict(request.headers), data=request.body)
    try:
        prepared = _Session().prepare_request(wanted)
        if urlsplit(prepared.url).hostname == target.host:
            return prepared
    except (requests.RequestException, ValueError):
        pass  # its text holds the URL
    raise Rejected("bad_request", part="url")


def _read(answer: requests.Response, limit: int) -> bytes:
    body = bytearray()
    for part in answer.raw.stream(_CHUNK, decode_content=False):
        body += part
        if len(body) > limit:
            raise Malformed("too_large", limit=limit)
    # Counted here too: urllib3 before version 2 takes a body that breaks off for a whole one.
    promised = answer.headers.get("Content-Length", "")
    if promised.isdigit() and len(body) < int(promised) and answer.request.method != "HEAD":
        raise urllib3.exceptions.ProtocolError("the body broke off")
    return bytes(body)


def _plain(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """Undo ``Content-Encoding``, bounded: a few KiB of gzip can hold gigabytes."""
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", "") or not body:
        return body
    if encoding != "gzip":
        raise Malformed("unknown_encoding", encoding=encoding[:40])
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        raise Malformed("bad_gzip") from None
    if len(plain) > limit:
        raise Malformed("too_large", limit=limit)
    if not stream.eof or stream.unused_data:
        raise Malformed("bad_gzip")
    return plain


def _named(error: Exception, target: Target, opening: Opening) -> ChannelError:
    """Name what happened by whether the request may have arrived."""
    if opening.is_open:
        return _lost(target, opening.deadline)
    if _is_untrusted(error):
        # Not final: it is often a certificate that ran out, and the queue may wait for the new one.
        return RetryLater("tls_untrusted", after=BASE_DELAY, host=target.host)
    return RetryLater("unreachable", after=BASE_DELAY, host=target.host, reason="no_connection")


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _lost(target: Target, deadline: Deadline) -> RetryLater:
    reason = "total_time" if deadline.is_over else "connection_lost"
    return RetryLater("answer_lost", after=BASE_DELAY, is_uncertain=True, host=target.host, reason=reason)


def _pointed_to(request: Request, response: Response) -> str | None:
    try:
        return urlsplit(urljoin(request.url, response.headers.get("Location", ""))).hostname
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
