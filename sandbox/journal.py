"""The record of recent requests, with secrets taken out."""

import re
from urllib.parse import parse_qsl, urlencode

SECRET_HEADERS = ("x-amz-access-token", "authorization", "cookie")
SECRET_FIELDS = ("client_secret", "refresh_token", "code")
# Integrations of Magento may put what they sign with into the query instead of the header.
SECRET_QUERY = (*SECRET_FIELDS, "oauth_token", "oauth_signature", "oauth_consumer_key")
# In JSON bodies, however deep.
SECRET_NAMES = ("privateKey", "verificationToken", "password", "client_secret", "refresh_token")
HIDDEN = "(hidden)"
# In XML bodies: what stands in these elements, with whatever prefix and attributes, up to the next tag that is none of
# their own contents.
_SECRET_ELEMENTS = re.compile(
    r"(<(?:[\w.-]+:)?(?:apiKey|sessionId)(?:\s[^>]*)?(?<!/)>)(?:[^<]|<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))*",
    re.DOTALL,
)
_SECRET_VALUE = re.compile(rf'("(?:{"|".join(SECRET_NAMES)})"\s*:\s*)"(?:[^"\\]|\\.)*"')
# Documents of feeds have megabytes; thousands of requests are kept.
MOST_BODY = 100_000


def describe_call(call, facts, faults, clock):
    """Return one request as JSON values, for /__requests; `status` is filled in when it is known."""
    return {
        "at": clock.now_text(),
        "channel": facts.get("channel"),
        "operation": facts.get("operation"),
        "method": call.method,
        "path": call.path,
        "query": [[name, HIDDEN if name in SECRET_QUERY else value] for name, value in call.query],
        "headers": {name: HIDDEN if name in SECRET_HEADERS else value for name, value in call.headers.items()},
        "body": _readable_body(call),
        "faults": [fault.fault for fault in faults],
        "status": None,
    }


def _readable_body(call):
    text = call.body[:MOST_BODY].decode("utf-8", "replace")
    if call.content_type() != "application/x-www-form-urlencoded":
        text = _SECRET_ELEMENTS.sub(rf"\1{HIDDEN}", text)
        return _SECRET_VALUE.sub(rf'\1"{HIDDEN}"', text)
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(name, HIDDEN if name in SECRET_FIELDS else value) for name, value in pairs], safe="()")
