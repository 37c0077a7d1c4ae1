"""What one cell says: numbers, dates and words as people in several countries write them.

Each function takes a cell that is not empty and raises :class:`BadValue` with the reason, which people read beside the
row and the column.
"""

import functools
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.strict_json import shown

from .reason import BadValue
from .table import Cell

DateOrder = Literal["iso", "dmy", "mdy"]
LARGEST = Decimal(10) ** 12
# Day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1: the 1900 date base with its leap year that never was).
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 a cell has no zone
SERIALS = range(25569, 73051)  # 1970 to 2099: other numbers are hardly meant as days
YES = {"yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "o", "vrai", "gross", "brutto", "ttc"}
NO = {"no", "n", "false", "0", "nein", "falsch", "non", "faux", "net", "netto", "ht"}
STATUSES = {
    "open": {"open", "new", "to ship", "neu", "ouvert", "nouveau", "à expédier"},
    "unpaid": {"unpaid", "not paid", "pending", "awaiting payment", "unbezahlt", "nicht bezahlt", "impayé"} | NO,
    "paid": {"paid", "bezahlt", "payé", "payée", "paye", "captured"} | YES,
    "shipped": {"shipped", "sent", "fulfilled", "versendet", "versandt", "expédié", "expédiée"},
    "cancelled": {"cancelled", "canceled", "storniert", "annulé", "annulée"},
}
TYPES = {
    "retail": {"retail", "b2c", "einzelhandel", "détail", "detail"},
    "wholesale": {"wholesale", "b2b", "großhandel", "grosshandel", "gros", "en gros"},
    "phone": {"phone", "telephone", "telefon", "telefonisch", "téléphone"},
}
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "zł": "PLN"}
# What people write beside the names and codes of ISO 3166.
COUNTRY_WORDS = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB", "usa": "US",
                 "u.s.a.": "US", "holland": "NL", "brd": "DE", "großbritannien": "GB",
                 "grande-bretagne": "GB"}  # fmt: skip

_ISO_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_LOCAL_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9.,]*[0-9]", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+"),
    ",": re.compile(r"[0-9]{1,3}(,[0-9]{3})+"),
}


def read_number(cell: Cell, decimal: str = ".") -> Decimal:
    """Return a number. Both separators are understood; ``decimal`` decides what ``1.234`` and ``1,234`` are."""
    if isinstance(cell, Decimal):
        return _bounded(cell, cell)
    if not isinstance(cell, str):
        raise BadValue("not_a_number", value=shown(str(cell)))
    text = re.sub(r"(?<=[0-9])[\s'’\u202f](?=[0-9])", "", cell.replace("−", "-")).strip()
    if not _NUMBER.fullmatch(text):
        raise BadValue("not_a_number", value=shown(cell))
    return _bounded(Decimal(_with_point(text.lstrip("+-"), decimal, cell)) * (-1 if text[0] == "-" else 1), cell)


def read_money(cell: Cell, decimal: str = ".") -> Decimal:
    """Return an amount; a currency beside it is left out, since it has a column of its own."""
    if isinstance(cell, str):
        bare = re.sub(r"^(?:[A-Za-z]{3}|[€$£¥]|zł)\s*(?=[0-9+−.,-])|(?<=[0-9])\s*(?:[A-Za-z]{3}|[€$£¥]|zł)$", "", cell)
        return read_number(bare.strip() or cell, decimal)
    return read_number(cell, decimal)


def read_percent(cell: Cell, decimal: str = ".") -> Decimal:
    """Return a rate in percent: ``20``, ``20 %`` and ``7,7%``."""
    rate = read_number(cell.rstrip("% ") if isinstance(cell, str) else cell, decimal)
    if not 0 <= rate <= 100:
        raise BadValue("not_a_rate", value=_shown(cell))
    return rate


def read_date(cell: Cell, order: DateOrder, zone: str) -> tuple[datetime, bool]:
    """Return an aware UTC instant, and whether the cell names a time of day; without a zone it is one of ``zone``."""
    if isinstance(cell, Decimal) and int(cell) in SERIALS:
        cell = DAY_ZERO + timedelta(seconds=round(float(cell) * 86400))
    if isinstance(cell, datetime):
        return _in_utc(cell, zone), bool(cell.hour or cell.minute or cell.second)
    text = str(cell)
    try:
        if found := _ISO_DATE.fullmatch(text):
            year, month, day, *clock, offset = found.groups()
            moment = _moment(year, month, day, clock)
            return _in_utc(moment, zone, offset), clock[0] is not None
        if found := _LOCAL_DATE.fullmatch(text):
            first, dot, second, year, *clock = found.groups()
            if order != "iso" or dot == ".":  # points stand between day and month only where the day is first
                day, month = (second, first) if order == "mdy" and dot != "." else (first, second)
                moment = _moment(year if len(year) == 4 else f"20{year}", month, day, clock)
                return _in_utc(moment, zone), clock[0] is not None
    except (ValueError, OverflowError):
        raise BadValue("no_such_day", value=shown(text)) from None
    wanted = {"iso": "2026-11-26", "dmy": "26.11.2026, 26/11/2026", "mdy": "11/26/2026"}[order]
    raise BadValue("not_a_date", value=shown(text), wanted=wanted)


def read_yes_no(cell: Cell) -> bool:
    """Return what a yes or a no says."""
    word = _word(cell)
    if word in YES or word in NO:
        return word in YES
    raise BadValue("not_yes_or_no", value=_shown(cell))


def read_status(cell: Cell) -> str:
    """Return the status: ``open``, ``unpaid``, ``paid``, ``shipped`` or ``cancelled``."""
    return _find_word(cell, STATUSES)


def read_type(cell: Cell) -> str:
    """Return the order type: ``retail``, ``wholesale`` or ``phone``."""
    return _find_word(cell, TYPES)


def read_currency(cell: Cell) -> str:
    """Return a currency's three letters."""
    text = str(cell).strip()
    if re.fullmatch(r"[A-Za-z]{3}", text):
        return text.upper()
    if text in CURRENCY_SIGNS:
        return CURRENCY_SIGNS[text]
    raise BadValue("not_a_currency", value=_shown(cell))


def read_country(cell: Cell) -> str:
    """Return a country's two letters, from them or from its English, German or French name."""
    text = str(cell).strip()
    if re.fullmatch(r"[A-Za-z]{2}", text) and text.upper() in _country_codes():
        return text.upper()
    code = COUNTRY_WORDS.get(text.casefold()) or _country_names().get(text.casefold())
    if code:
        return code
    raise BadValue("not_a_country", value=_shown(cell))


def read_email(cell: Cell) -> str:
    """Return an email address."""
    text = str(cell)
    if re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", text):
        return text
    raise BadValue("not_an_email", value=_shown(cell))


def read_text(cell: Cell) -> str:
    """Return a text; a number is written as the spreadsheet shows it."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.hour or cell.minute else cell.date().isoformat()
    return str(cell)


def minor_digits(currency: str | None) -> int:
    """Return how many digits after the point a currency has (ISO 4217 list one, 2026-01-01)."""
    if currency in {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
                    "XOF", "XPF"}:  # fmt: skip
        return 0
    return 3 if currency in {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"} else 2


def _with_point(digits: str, decimal: str, cell: str) -> str:
    """Return unsigned digits with a point where the fraction begins, and nothing between the thousands."""
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _mark, fraction = digits.rpartition(last)
    other = "," if last == "." else "."
    if other in whole:
        if last not in whole and _GROUPED[other].fullmatch(whole):
            return f"{whole.replace(other, '')}.{fraction}"
    elif len(marks) > 1:
        if _GROUPED[last].fullmatch(digits):
            return digits.replace(last, "")
    elif len(fraction) == 3 and whole.strip("0") and last != decimal and len(whole) <= 3:
        return whole + fraction
    else:
        return f"{whole or '0'}.{fraction}"
    raise BadValue("not_a_number", value=shown(cell))


def _bounded(number: Decimal, cell: Cell) -> Decimal:
    if not number.is_finite() or abs(number) >= LARGEST:
        raise BadValue("value_too_large", value=_shown(cell))
    if number.as_tuple().exponent < -8:
        raise BadValue("too_many_digits", value=_shown(cell))
    return number


def _moment(year, month, day, clock) -> datetime:
    moment = datetime(int(year), int(month), int(day), *(int(part or 0) for part in clock))  # noqa: DTZ001 set below
    if not 1990 <= moment.year <= 2199:
        raise ValueError
    return moment


def _in_utc(moment: datetime, zone: str, offset: str | None = None) -> datetime:
    if offset in (None, ""):
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
    if offset in ("Z", "UTC"):
        return moment.replace(tzinfo=timezone.utc)
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    delta = timedelta(minutes=minutes if offset[0] == "+" else -minutes)
    return moment.replace(tzinfo=timezone(delta)).astimezone(timezone.utc)


def _word(cell: Cell) -> str:
    return read_text(cell).strip().casefold() if cell is not None else ""


def _find_word(cell: Cell, words: dict[str, set[str]]) -> str:
    word = _word(cell)
    for meaning, known in words.items():
        if word in known:
            return meaning
    raise BadValue("none_of", value=_shown(cell), words=", ".join(words))


def _shown(cell: Cell) -> str:
    return shown(read_text(cell))


@functools.cache
def _country_codes() -> frozenset[str]:
    return frozenset(code for code in Locale("en").territories if len(code) == 2 and code.isalpha())


@functools.cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "de", "fr"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(name.casefold(), code)
    return names


class Meaning(dto.Value, omit_defaults=False):
    """How the cells of a file are to be understood, as set on its channel.

    All of it is written down, defaults too: a default that changes must not change what was stored. And msgspec leaves
    out what *is* the default, not what equals it, so that equal values would have differed in their bytes.

    :param decimal: what stands before the cents where a number alone does not tell, ``.`` or ``,``
    :param time_zone: of dates without a zone, as ``Europe/Berlin``
    :param has_price_list: an empty price is looked up there
    """

    date_order: DateOrder = "iso"
    decimal: Literal[".", ","] = "."
    time_zone: str = "UTC"
    currency: str | None = None
    is_tax_included: bool = True
    order_type: str | None = None
    has_price_list: bool = False
