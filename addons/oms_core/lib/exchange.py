"""What we and a channel said to each other, in a form people may look at: no secret and nothing of the buyer in it.

Names and streets cannot be told from other words, so a value is shown only where the name of its field is known to be
harmless and its form fits; every other value is masked. The names of the fields stay: they show what was there.
"""

import json
import re

from .redact import MASK, redact_text

MOST_CHARACTERS = 20000
MOST_FIELDS = 2000

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TAGS = re.compile(r"(<[^>]*>)")
_TAG_NAME = re.compile(r"</?\s*([\w:.-]+)")
# One word without blanks: a code, an id, a day, an amount. Sentences and names of people have blanks.
_CODE = re.compile(r"[\w.,:/+#-]{1,80}\Z")
_AMOUNT = re.compile(r"-?\d{1,9}[.,]\d{1,6}\Z")

# Whatever lies below a field with one of these words is about a person, or a secret.
_PERSONAL_TEXT = """
    account address addresses addressee bill billing birth buyer card city comment comments company contact
    country customer district dob email fax firstname gift house iban instructions ip key lastname login mail
    message middlename mobile name note notes passport password payer person phone phones pobox post postal
    postcode prefix province recipient region secret sender shipto signature street suffix telephone text
    token user username vat zip zipcode
"""
_PERSONAL_PAIRS = ({"tax", "number"}, {"tax", "identifier"}, {"ship", "to"})
_SHOWN_TEXT = """
    amount asin at attempt attempts available barcode base code cost count created currency date day deadline
    deliver discount ean fee fulfillment fulfilment generation grand has id ids increment is kind latest line
    lines marketplace method modified net placed position price qty quantity rate reason ref reference
    refunded row service shipped sku sold state status store subtotal tax time title total tracking type unit
    units until updated upc version weight
"""
_PERSONAL, _SHOWN = frozenset(_PERSONAL_TEXT.split()), frozenset(_SHOWN_TEXT.split())
_SENTENCES = frozenset({"title"})  # of the goods
_FIRST = frozenset({"carrier", "tracking"})  # wherever they stand, they are about a parcel


def mask_document(body: bytes, words: tuple[str, ...] = ()) -> str:
    """Return a document of a channel with every value masked that is not known to be harmless.

    :param body: UTF-8 JSON or XML
    :param words: what the buyer is known by here; masked wherever it occurs
    """
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return _cut(_mask_xml(text, words))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return mask_value(value, words)


def mask_value(value: object, words: tuple[str, ...] = ()) -> str:
    """Return a JSON-able value as indented text, masked as :func:`mask_document` does."""
    masked = _Masker(words).mask(value, "", is_personal=False)
    return _cut(json.dumps(masked, indent=2, ensure_ascii=False))


def mask_text(text: str, words: tuple[str, ...] = ()) -> str:
    """Return a sentence without secrets, contact data and what the buyer is known by."""
    text = redact_text(text)
    for word in sorted(filter(None, words), key=len, reverse=True):
        if len(word) > 2:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", MASK, text, flags=re.IGNORECASE)
    return text


def is_personal(name: str) -> bool:
    """Whether a field of this name, and all below it, is about a person or a secret."""
    words = _words(name)
    if words & _FIRST:
        return False
    return bool(words & _PERSONAL) or any(words >= pair for pair in _PERSONAL_PAIRS)


def is_shown(name: str, text: str) -> bool:
    """Whether a value may be shown, by the name of its field and its own form."""
    words = _words(name)
    if words & _SENTENCES:
        return True
    if words == {"value"}:
        return bool(_AMOUNT.match(text))
    return bool(words & (_SHOWN | _FIRST)) and bool(_CODE.match(text))


class _Masker:
    """Walks one value; stops after so many fields, so that a huge document costs little."""

    def __init__(self, words):
        self.words = words
        self.left = MOST_FIELDS

    def mask(self, value, name, *, is_personal):
        self.left -= 1
        if self.left < 0:
            return "…"
        if isinstance(value, dict):
            return {
                mask_text(str(key), self.words): self.mask(part, str(key), is_personal=is_personal or _is_about(key))
                for key, part in list(value.items())[: max(self.left, 0)]
            }
        if isinstance(value, list):
            return [self.mask(part, name, is_personal=is_personal) for part in value[: max(self.left, 0)]]
        if value is None or isinstance(value, bool):
            return value
        if is_personal or not is_shown(name, str(value)):
            return MASK
        return value if isinstance(value, int | float) else mask_text(value, self.words)


def _is_about(key):
    return is_personal(str(key))


def _mask_xml(text, words):
    """Keep the tags without their attributes, and the text between them where its tag is known to be harmless."""
    shown, path, left = [], [], MOST_FIELDS
    for piece in _TAGS.split(text):
        left -= 1
        if left < 0:
            break
        if not piece.startswith("<"):
            shown.append(_mask_between(piece, path, words))
            continue
        name = _TAG_NAME.match(piece)
        if not name:
            continue  # a declaration or a comment
        tag = name.group(1)
        if piece.startswith("</"):
            if tag in path:
                del path[len(path) - 1 - path[::-1].index(tag) :]
            shown.append(f"</{tag}>")
        elif piece.endswith("/>"):
            shown.append(f"<{tag}/>")
        else:
            path.append(tag)
            shown.append(f"<{tag}>")
    return "".join(shown)


def _mask_between(text, path, words):
    if not text.strip():
        return text
    name = path[-1].rpartition(":")[2] if path else ""
    if any(is_personal(tag.rpartition(":")[2]) for tag in path) or not is_shown(name, text.strip()):
        return MASK
    return mask_text(text, words)


def _words(name):
    return {word.lower() for word in _WORDS.findall(name)}


def _cut(text):
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "\n…"
