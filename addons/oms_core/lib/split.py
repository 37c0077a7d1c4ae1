"""Cut a JSON answer into the documents it holds without reading them.

One unreadable order must not take the other ninety-nine of its page with it: a lone surrogate or a ``NaN``
makes any JSON decoder refuse the whole answer. So the page is cut along its brackets, and each order is read on its own
later. The cut keeps every byte as the channel sent it.
"""

import re
from collections.abc import Iterator

from .errors import Malformed

# A string (closed, or running to the end), or one structural character.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[{}\[\],:]', re.DOTALL)
_SPACE = b" \t\r\n"
_CLOSERS = {b"{": b"}", b"[": b"]"}


def members(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the members of a JSON object as ``(name, value)``, both as the bytes that were sent.

    :raise Malformed: the text is no object, or ends too early
    """
    text = body.strip(_SPACE)
    for start, end, colon in _parts(text, b"{"):
        name = text[start : max(start, colon)].strip(_SPACE)
        if len(name) < 2 or name[:1] != b'"' or name[-1:] != b'"':
            raise Malformed("not_json", reason="a field without a name or a value")
        yield name[1:-1], text[colon + 1 : end].strip(_SPACE)


def entries(body: bytes) -> Iterator[bytes]:
    """Yield the entries of a JSON array as the bytes that were sent.

    :raise Malformed: the text is no array, or ends too early
    """
    text = body.strip(_SPACE)
    for start, end, _colon in _parts(text, b"["):
        yield text[start:end].strip(_SPACE)


def _parts(text: bytes, opener: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield ``(start, end, place of the first colon or -1)`` of what the commas of the outermost bracket separate."""
    if text[:1] != opener:
        kind = "an object" if opener == b"{" else "a list"
        raise Malformed("wrong_shape", reason=f"the answer is not {kind}")
    depth, start, colon = 0, 1, -1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                if token != _CLOSERS[opener] or match.end() != len(text):
                    raise Malformed("not_json", reason="there is more text after the end of the answer")
                if colon >= 0 or text[start : match.start()].strip(_SPACE):
                    yield start, match.start(), colon
                return
        elif depth == 1 and token == b",":
            yield start, match.start(), colon
            start, colon = match.end(), -1
        elif depth == 1 and token == b":" and colon < 0:
            colon = match.start()
    raise Malformed("truncated", reason="the answer ends too early")
