"""Requests and answers as the stand-ins see them: values, no sockets."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_BODY = 16 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """One request: `path` as it came, `segments` split before decoding, so that %2F stays inside one."""

    method: str
    path: str
    segments: tuple
    query: tuple
    headers: dict
    body: bytes

    def header(self, name):
        """Return a header by its lower-case name, or None."""
        return self.headers.get(name)

    def content_type(self):
        """Return the media type of the body without its parameters, in lower case."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()


@dataclass
class Answer:
    """One response before it goes on the wire."""

    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)

    def data(self):
        """Return the decoded JSON body, or None when the body is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def json_answer(status, data, headers=None):
    """Return an answer with a JSON body."""
    body = json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


def read_call(environ):
    """Return the request in a WSGI environment as a `Call`; a body over the limit is cut off."""
    # PATH_INFO is already decoded, which would turn a SKU's %2F into a path separator.
    target = urlsplit("//host" + environ.get("RAW_URI", environ["PATH_INFO"]))
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return Call(
        method=environ["REQUEST_METHOD"],
        path=target.path,
        segments=tuple(unquote(part) for part in target.path.split("/")[1:]),
        query=tuple(parse_qsl(target.query, keep_blank_values=True)),
        headers=headers,
        body=_read_body(environ),
    )


def _read_body(environ):
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read(MAX_BODY)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return environ["wsgi.input"].read(min(length, MAX_BODY)) if length > 0 else b""
