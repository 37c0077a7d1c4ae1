"""Whatever happens to an order document on its way, reading it gives an order or says where it is wrong."""

import copy
import json
import random
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.addons.oms_channel_amazon.lib import answers
from odoo.addons.oms_channel_amazon.lib.mapper import parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from specs import examples

BOUNDED = settings(max_examples=1500, deadline=timedelta(seconds=2), suppress_health_check=list(HealthCheck))


def documents():
    """Return the example orders of the model."""
    found = []
    for example in examples("amazon", "orders_2026-01-01"):
        answer = example.response or {}
        found += answer.get("orders", []) + ([answer["order"]] if "order" in answer else [])
    return found


DOCUMENTS = documents()
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "NaN", "1e400", "-1", "0", "9" * 30, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]
        + ["9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "US", "XXX", "\u202e", "x" * 10_001]
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


PLACES = [list(places(document)) for document in DOCUMENTS]


@st.composite
def changed_documents(draw):
    """Return an example with one to four places changed, removed or repeated."""
    number = draw(st.integers(0, len(DOCUMENTS) - 1))
    document = copy.deepcopy(DOCUMENTS[number])
    for path in draw(st.lists(st.sampled_from(PLACES[number][1:]), min_size=1, max_size=4)):
        _change(document, path, draw)
    return document


def _change(document, path, draw):
    place = document
    for step in path[:-1]:
        try:
            place = place[step]
        except (KeyError, IndexError, TypeError):
            return
    if not isinstance(place, (dict, list)):
        return
    try:
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
    assert len({line.external_id for line in order.lines}) == len(order.lines)
    for line in order.lines:
        assert Decimal(0) <= line.quantity <= 1_000_000
        for money in (line.amount, line.unit_price, *(charge.amount for charge in line.charges)):
            assert money is None or (money.amount.is_finite() and money.currency == order.currency)
        for charge in line.charges:
            assert (charge.amount.amount < 0) is (charge.kind == "discount")


@BOUNDED
@given(changed_documents())
def test_a_changed_document(document):
    ensure_order_or_reason(json.dumps(document).encode())


@BOUNDED
@given(st.integers(0, len(DOCUMENTS) - 1), st.randoms(use_true_random=False))
def test_a_document_with_damaged_bytes(number, chance):
    body = bytearray(json.dumps(DOCUMENTS[number], ensure_ascii=chance.random() < 0.5).encode())
    for _damage in range(chance.randint(1, 5)):
        place = chance.randrange(len(body))
        if chance.random() < 0.5:
            body[place] = chance.randrange(256)
        else:
            del body[place : place + chance.randint(1, 40)]
    ensure_order_or_reason(bytes(body))


@settings(BOUNDED, max_examples=500)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_anything(body):
    ensure_order_or_reason(body)


@settings(BOUNDED, max_examples=500)
@given(st.lists(changed_documents() | VALUES, max_size=4), st.none() | TEXTS)
def test_a_page_of_anything_is_cut_without_loss(entries, token):
    page = {"orders": entries, "pagination": {"nextToken": token}}
    pieces = [json.dumps(entry) for entry in entries]
    try:
        found = answers.parse_orders_page(json.dumps(page).encode())
    except Malformed as error:
        assert token is not None and error.path.startswith("$")
        return
    assert [raw.body.decode() for raw in found.items] == pieces
    for raw in found.items:
        assert raw.external_id is None or raw.external_id.isascii()


@pytest.mark.parametrize("seed", range(20))
def test_a_page_with_damaged_bytes(seed):
    chance = random.Random(seed)
    whole = json.dumps({"orders": DOCUMENTS, "pagination": {}}).encode()
    for _round in range(50):
        body = bytearray(whole)
        body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            found = answers.parse_orders_page(bytes(body))
        except Malformed:
            continue
        for raw in found.items:
            ensure_order_or_reason(raw.body)
