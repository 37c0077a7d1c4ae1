"""Texts for logs and for people, without what must not be in them.

Names and postal addresses cannot be told from other words, so nothing here makes a buyer's document safe to log: log
ids and counts. This is for URLs, headers and the texts of errors, where secrets and contact data slip in.
"""

import logging
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

MASK = "***"

# Only headers known to be harmless are shown: the next vendor's secret header has a name nobody listed.
SHOWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "expires",
        "last-modified",
        "retry-after",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "x-request-id",
    }
)

_NAMES = r"(?:token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|signature|cookie|credential|authorization)"
_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(authorization[\"']?\s{0,5}[:=]\s{0,5})[^\r\n,;}]+", re.IGNORECASE)
_SCHEME = re.compile(r"\b((?i:bearer|basic))\s{1,5}(?=\S*[0-9A-Z=])[\w.~+/=|-]{8,}")  # "basic authentication" stays
_ASSIGNMENT = re.compile(
    rf"({_NAMES}[\w.-]{{0,40}}[\"']?\s{{0,5}}[:=]\s{{0,5}})(\"[^\"]*\"|'[^']*'|[^\s\"',;&)}}\]]+)", re.IGNORECASE
)
# A long run of letters of both cases and digits is a token, unless it stands inside a path or a host name.
_TOKEN = re.compile(r"(?<![\w/.+-])(?=[\w+/=|~-]*[a-z])(?=[\w+/=|~-]*[A-Z])(?=[\w+/=|~-]*\d)[\w|][\w+/=|~-]{19,}")
_PIECE = re.compile(r"(?<![\w+-])(?=[\w+=|~-]*[a-z])(?=[\w+=|~-]*[A-Z])(?=[\w+=|~-]*\d)[\w|][\w+=|~-]{19,}")
_HEX = re.compile(r"\b[0-9a-fA-F]{32,}\b")
_EMAIL = re.compile(r"[^\s@<>\"'(),;:/?=&]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CARD = re.compile(r"(?<![\w-])(?:\d{13,19}|\d{4}(?:[ -]\d{4}){2}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{5})(?![\w-])")
_PHONES = (
    re.compile(r"(?<![\w+])(?:\+|00)\d{1,3}[\s./()-]{0,3}\d(?:[\s./()-]{0,3}\d){6,12}(?!\d)"),
    re.compile(r"(?<![\w-])\(?\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}(?![\w-])"),
    re.compile(r"(?<![\w.,-])\(?0\d{1,5}\)?[ /-]{1,3}\d{2,}(?:[ /-]?\d{2,}){1,4}(?![\w-])"),
)


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with every value masked that is not known to be harmless."""
    return {name: value if name.lower() in SHOWN_HEADERS else MASK for name, value in headers.items()}


def redact_url(url: str) -> str:
    """Return the URL with ids in its path kept and user, query values and fragment masked."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        names = [name for name, _value in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return MASK
    user = f"{MASK}@" if "@" in parts.netloc else ""
    query = "&".join(f"{redact_text(name)}={MASK}" for name in names)
    path = _EMAIL.sub(MASK, _HEX.sub(MASK, _PIECE.sub(MASK, parts.path)))
    return urlunsplit((parts.scheme, user + host, path, query, MASK if parts.fragment else ""))


def redact_text(text: str, limit: int = 2000) -> str:
    """Return at most ``limit`` characters of ``text`` with tokens, secrets, e-mails, phones and card numbers masked."""
    # Masked before it is cut, because half a token is not recognised; cut once before, to bound the work.
    text = text[: 4 * limit]
    text = _URL.sub(lambda match: redact_url(match.group()), text)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _ASSIGNMENT.sub(rf"\1{MASK}", text)
    for pattern in (_TOKEN, _HEX, _EMAIL):
        text = pattern.sub(MASK, text)
    text = _CARD.sub(_mask_card, text)
    for pattern in _PHONES:
        text = pattern.sub(MASK, text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def is_card_number(digits: str) -> bool:
    """Tell whether ``digits`` could be a payment card: 13 to 19 digits, a known first digit, the Luhn sum right.

    Source: ISO/IEC 7812-1:2017, annex B (the sum) and clause 4 (first digits 2-6 are banks and travel).
    """
    if not (13 <= len(digits) <= 19 and digits[0] in "23456"):
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask_urls(record: logging.LogRecord) -> bool:
    """Filter for a logger of HTTP paths: mask the query of each argument that has one."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            redact_url(arg) if isinstance(arg, str) and ("?" in arg or "@" in arg) else arg for arg in record.args
        )
    return True


def _mask_card(match: re.Match) -> str:
    digits = re.sub(r"\D", "", match.group())
    return MASK if is_card_number(digits) else match.group()
