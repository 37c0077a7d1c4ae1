"""The texts by which an order is found, and what of an order somebody typed. Pure.

A text is one line per value, each folded (see `fold`). There are two, words and numbers: three letters of a word are
rare, three digits are in every tenth order, and an index that mixes them finds far too many orders to look at. A line
that begins with "#" is a number an order is known by: only those are compared as a whole. They are also there without
separators, and where people leave them out without prefix and leading zeros.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Likeliest meant first. What people type to reach one order comes before what many orders share.
NUMBER_KINDS = (
    "name",
    "channel_number",
    "channel_id",
    "reference",
    "tracking",
    "transfer",
    "invoice",
)
KINDS = (*NUMBER_KINDS, "email", "buyer", "phone", "postcode", "city", "sku", "barcode")
# Numbers of transfers and invoices count from one, too: their short forms would be taken for orders.
SHORTENED = ("name", "channel_number", "reference")
WORD_KINDS = frozenset({"email", "buyer", "city", "sku"})
RANKS = {kind: rank for rank, kind in enumerate(KINDS)}

LEAST_LENGTH = 3  # what a trigram index can find
LONGEST_TERM = 200
LONGEST_VALUE = 120
MOST_WORDS = 8
LEAST_DIGITS = 5
# Letters that are no other letter with a mark, and what people type instead.
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "–": "-", "—": "-", "’": "'"}
)
NO_CONTROLS = str.maketrans(dict.fromkeys([*range(32), 127], " "))
NUMBERED = re.compile(r"([^\d]*)0*(\d+)")


@dataclass(frozen=True)
class Term:
    """What somebody typed.

    ``alternatives`` are sets of pieces; an order is found when its text holds all pieces of one of them.
    ``lines`` are the numbers that are this term as a whole.
    """

    text: str
    alternatives: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """Why an order was found: ``text[start:end]`` of a value of this kind, and whether it is the whole number."""

    kind: str
    text: str
    start: int
    end: int
    is_exact: bool
    is_as_typed: bool = False

    @property
    def part(self) -> str:
        """What to set in bold."""
        return self.text[self.start : self.end]

    @property
    def rank(self) -> tuple:
        """The likelier meant, the lower: whole numbers as they were typed first."""
        return (not self.is_exact, not self.is_as_typed, RANKS[self.kind] if self.is_exact else 0)


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents and control characters, with single spaces."""
    if text.isascii():  # nearly all are, and this is ten times faster
        return " ".join(text.lower().translate(NO_CONTROLS).split())
    return _folded(text)[0]


def squeeze(folded: str) -> str:
    """Return only letters and digits: "0034 0434-22" gives 0034043422."""
    return "".join(letter for letter in folded if letter.isalnum())


def short_forms(folded: str) -> tuple[str, str]:
    """Return a number without leading zeros and without prefix, too: "s04871" gives s4871 and 4871."""
    found = NUMBERED.fullmatch(folded)
    return (found[1] + found[2], found[2]) if found else ("", "")


def texts_of(values: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return the words and the numbers of one order.

    :param values: its ``(kind, value)``, in any order
    """
    words: dict[str, None] = {}
    numbers: dict[str, None] = {}
    for kind, value in sorted(values, key=lambda row: (RANKS[row[0]], row[1])):
        folded = fold(value)[:LONGEST_VALUE].strip()
        if folded:
            (words if kind in WORD_KINDS else numbers).update(dict.fromkeys(_lines(kind, folded)))
    return _text(words), _text(numbers)


def _text(lines):
    return "\n".join(["", *lines, ""]) if lines else ""


def _lines(kind, folded):
    if kind in NUMBER_KINDS:
        short = short_forms(folded) if kind in SHORTENED else ()
        return [f"#{number}" for number in (folded, squeeze(folded), *short) if number]
    folded = folded.lstrip("# ")  # which would make it the number of an order
    return [line for line in ((folded, squeeze(folded)) if kind == "phone" else (folded,)) if line]


def parse_term(typed: str) -> Term:
    """Return what was typed as something to look for; with no ``lines`` there was nothing."""
    folded = fold(str(typed)[:LONGEST_TERM]).removeprefix("#").strip()
    if not folded:
        return Term("", (), ())
    squeezed = squeeze(folded)
    lines = dict.fromkeys(line for line in (folded, squeezed, short_forms(folded)[0]) if line)
    return Term(folded, tuple(_alternatives(folded, squeezed)), tuple(lines))


def _alternatives(folded, squeezed):
    if len(folded) < LEAST_LENGTH:
        return
    words = folded.split(" ")[:MOST_WORDS]
    # "Li Wu" has no word long enough for the index, but the whole of it is.
    yield tuple(words) if any(len(word) >= LEAST_LENGTH for word in words) else (folded,)
    if squeezed != folded and sum(letter.isdigit() for letter in squeezed) >= LEAST_DIGITS:
        yield (squeezed,)
    # 030 1234 is +49 30 1234 to somebody who writes from abroad.
    local = squeezed.lstrip("0")
    if local != squeezed and local.isdigit() and len(local) >= LEAST_DIGITS and folded[0] in "0(":
        yield (local,)


def part_patterns(term: Term) -> list[list[str]]:
    """Return LIKE patterns: an order is found when for all patterns of one of these lists one of its texts fits."""
    return [[f"%{_literal(piece)}%" for piece in pieces] for pieces in term.alternatives]


def number_patterns(term: Term, *, is_beside_parts: bool = False) -> list[str]:
    """Return LIKE patterns: an order is known by the term as a whole number when its numbers fit one of them.

    :param is_beside_parts: leave out those that find nothing more than `part_patterns`
    """
    parts = {pieces[0] for pieces in term.alternatives if len(pieces) == 1} if is_beside_parts else set()
    return [f"%\n#{_literal(line)}\n%" for line in term.lines if line not in parts]


def _literal(piece):
    """Let LIKE's wildcards mean themselves."""
    return re.sub(r"([\\%_])", r"\\\1", piece)


def best_match(term: Term, values: Iterable[tuple[str, str]]) -> Match | None:
    """Return which value of an order answers a term best, or None when none does by itself."""
    matches = [match for kind, value in values if (match := _match(term, kind, value))]
    return min(
        matches, key=lambda match: (match.rank, match.start - match.end, RANKS[match.kind], match.text), default=None
    )


def _match(term, kind, value):
    folded, places = _folded(value)
    if kind in NUMBER_KINDS and _is_same_number(term.text, folded, is_shortened=kind in SHORTENED):
        start = folded.find(term.text)
        spot = (start, start + len(term.text)) if start >= 0 else (0, len(folded))
        return Match(kind, value, *_place(places, spot), is_exact=True, is_as_typed=term.text == folded)
    for pieces in term.alternatives:
        for piece in sorted(pieces, key=len, reverse=True):
            start = folded.find(piece)
            if start >= 0:
                return Match(kind, value, *_place(places, (start, start + len(piece))), is_exact=False)
    return _squeezed_match(term, kind, value, folded, places)


def _squeezed_match(term, kind, value, folded, places):
    """Find digits that are typed without the separators of the value, or with others."""
    kept = [index for index, letter in enumerate(folded) if letter.isalnum()]
    plain = squeeze(folded)
    for piece in (pieces[0] for pieces in term.alternatives if len(pieces) == 1):
        start = plain.find(piece)
        if start >= 0 and (kind == "phone" or kind in NUMBER_KINDS):
            spot = (kept[start], kept[start + len(piece) - 1] + 1)
            return Match(kind, value, *_place(places, spot), is_exact=False)
    return None


def _is_same_number(typed, number, *, is_shortened):
    """Whether these are one number: separators may be left out, of some also the prefix and leading zeros."""
    if typed == number or squeeze(typed) == squeeze(number):
        return True
    if not is_shortened:
        return False
    mine, theirs = NUMBERED.fullmatch(typed), NUMBERED.fullmatch(number)
    return bool(mine and theirs and mine[2] == theirs[2] and mine[1] in ("", theirs[1]))


def _place(places, spot):
    return places[spot[0]], places[spot[1] - 1] + 1


def _folded(text):
    """Return the folded text, and for each of its letters the place in ``text`` it comes from."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for plain in _plain(letter):
            if plain != " " or (letters and letters[-1] != " "):
                letters.append(plain)
                places.append(place)
    if letters and letters[-1] == " ":
        letters.pop()
    return "".join(letters), places


def _plain(letter):
    if letter.isascii():
        return letter.lower() if letter.isprintable() else " "
    if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
        return " "
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(" " if part.isspace() else part for part in decomposed if not unicodedata.combining(part)).translate(
        PLAIN_LETTERS
    )
