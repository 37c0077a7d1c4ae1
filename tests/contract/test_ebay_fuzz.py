"""Whatever happens to a document of eBay's on its way, reading it gives a value or says where it is wrong."""

import copy
import json
import random
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.addons.oms_channel_ebay.lib import answers, cases
from odoo.addons.oms_channel_ebay.lib.mapper import parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

from sandbox.ebay.generator import KINDS, Wish, generate_order

BOUNDED = settings(max_examples=600, deadline=timedelta(seconds=2), suppress_health_check=list(HealthCheck))
MOMENT = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
# The documents show no example of an order, so the stand-in's are taken: one of each kind.
DOCUMENTS = [generate_order(7, number, MOMENT, Wish(kind=kind))[0] for number, kind in enumerate(KINDS)]
RETURN = {
    "returnId": "5100000001",
    "orderId": "12-34567-89012",
    "state": "ITEM_SHIPPED",
    "status": "ITEM_SHIPPED",
    "creationInfo": {
        "item": {"itemId": "110", "transactionId": "100", "returnQuantity": 1},
        "reason": "DEFECTIVE_ITEM",
        "comments": {"content": "It hums."},
        "creationDate": {"value": "2026-11-01T10:00:00.000Z"},
    },
    "buyerTotalRefund": {"estimatedRefundAmount": {"value": 12.5, "currency": "USD"}},
}
CANCELLATION = {
    "cancelId": "5000000001",
    "legacyOrderId": "12-34567-89012",
    "cancelState": "CLOSED",
    "cancelStatus": "CANCEL_CLOSED_WITH_REFUND",
    "cancelRequestDate": {"value": "2026-11-01T10:00:00.000Z"},
}
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "NaN", "1e400", "-1", "0", "9" * 30, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]
        + ["9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "US", "XXX", "\u202e", "x" * 10_001, "http://[", "1.00"]
    ),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def places(value, path=()):
    """Yield the path of everything in a document."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


@st.composite
def changed(draw, documents):
    """Return a document with one to four places changed, removed or repeated."""
    document = copy.deepcopy(draw(st.sampled_from(documents)))
    known = list(places(document))[1:]
    for path in draw(st.lists(st.sampled_from(known), min_size=1, max_size=4)):
        _change(document, path, draw)
    return document


def _change(document, path, draw):
    place = document
    try:
        for step in path[:-1]:
            place = place[step]
        how = draw(st.sampled_from(["replace", "remove", "repeat"]))
        if how == "replace":
            place[path[-1]] = draw(VALUES)
        elif how == "remove":
            del place[path[-1]]
        elif isinstance(place, list):
            place.append(copy.deepcopy(place[path[-1]]))
    except (KeyError, IndexError, TypeError):
        return


def ensure_order_or_reason(body):
    """Read a document; what comes out is a value the database can hold, or an error it can hold."""
    try:
        order = parse_order(body)
    except Malformed as error:
        text = f"{error.code} {error.path} {error.params['reason']} {error}"
        assert error.path.startswith("$")
    else:
        assert isinstance(order, dto.OrderData)
        _ensure_sound(order)
        text = msgspec.json.encode(order).decode()
    assert "\0" not in text
    text.encode("utf-8")
    assert len(text) < 2_000_000


def _ensure_sound(order):
    assert order.placed_at.utcoffset() == order.updated_at.utcoffset() == timedelta(0)
    assert len({line.external_id for line in order.lines}) == len(order.lines) > 0
    for line in order.lines:
        assert Decimal(0) < line.quantity <= 1_000_000
        for money in (line.amount, line.unit_price, *(charge.amount for charge in line.charges)):
            assert money is None or (money.amount.is_finite() and money.currency == order.currency)
    for charge in (*order.charges, *(charge for line in order.lines for charge in line.charges)):
        assert (charge.amount.amount < 0) is (charge.kind == "discount")


@pytest.mark.parametrize("document", DOCUMENTS, ids=list(KINDS))
def test_each_kind_can_be_read(document):
    order = parse_order(json.dumps(document).encode())
    assert order.external_id == document["orderId"]


@BOUNDED
@given(changed(DOCUMENTS))
def test_a_changed_document(document):
    ensure_order_or_reason(json.dumps(document).encode())


@BOUNDED
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_a_document_with_damaged_bytes(document, chance):
    body = bytearray(json.dumps(document, ensure_ascii=chance.random() < 0.5).encode())
    for _damage in range(chance.randint(1, 5)):
        place = chance.randrange(len(body))
        if chance.random() < 0.5:
            body[place] = chance.randrange(256)
        else:
            del body[place : place + chance.randint(1, 40)]
    ensure_order_or_reason(bytes(body))


@settings(BOUNDED, max_examples=300)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_anything(body):
    ensure_order_or_reason(body)


@settings(BOUNDED, max_examples=300)
@given(st.lists(changed(DOCUMENTS) | VALUES, max_size=4))
def test_a_page_of_anything_is_cut_without_loss(entries):
    page = {"orders": entries, "total": len(entries)}
    found = answers.parse_orders_page(json.dumps(page).encode())
    assert [piece.decode() for piece in found.pieces] == [json.dumps(entry) for entry in entries]
    for piece in found.pieces:
        raw = answers.raw_order(piece)
        assert raw.external_id is None or raw.external_id.isascii()
        assert answers.lacks_detail(piece) in (True, False)


@pytest.mark.parametrize("seed", range(20))
def test_a_page_with_damaged_bytes(seed):
    chance = random.Random(seed)
    whole = json.dumps({"orders": DOCUMENTS[:3], "total": 3}).encode()
    for _round in range(50):
        body = bytearray(whole)
        body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            found = answers.parse_orders_page(bytes(body))
        except Malformed:
            continue
        for piece in found.pieces:
            ensure_order_or_reason(piece)


def _read(parse, document):
    """Read a document; return what came out as text, or the error as text."""
    try:
        return repr(parse(json.dumps(document).encode()))
    except Malformed as error:
        assert error.path.startswith("$")
        return f"{error.code} {error.path} {error}"


@settings(BOUNDED, max_examples=300)
@given(changed([{"members": [RETURN], "total": 1}]))
def test_returns(document):
    _read(lambda body: cases.parse_returns(body, 0, 100), document)


@settings(BOUNDED, max_examples=300)
@given(changed([{"cancellations": [CANCELLATION], "total": 1}]))
def test_cancellations(document):
    def parse(body):
        return [cases.as_cancellation(found) for found in cases.parse_cancellations(body, 0, 100).items]

    _read(parse, document)


@settings(BOUNDED, max_examples=300)
@given(VALUES)
def test_answers_of_all_kinds(value):
    levels = [dto.StockLevel(ref="1", sku="A", quantity=1)]
    parsers = (
        answers.parse_parcels,
        answers.parse_offers,
        answers.parse_refusal,
        cases.parse_eligibility,
        lambda body: answers.parse_listings_page(body, 0),
        lambda body: answers.parse_push(body, levels),
        lambda body: answers.parse_account(body, ["EBAY_US"], []),
    )
    for parse in parsers:
        _read(parse, value)
