"""Whatever happens to a document of a Magento shop on its way, reading it gives a value or says where it is wrong."""

import copy
import json
import random
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.addons.oms_channel_magento.lib import answers, pages, refunds
from odoo.addons.oms_channel_magento.lib.mapper import Reading, parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

from sandbox.magento.caller import MagentoCaller

BOUNDED = settings(max_examples=600, deadline=timedelta(seconds=2), suppress_health_check=list(HealthCheck))
KINDS = ("standard", "coupon_on_gross", "gift_card", "configurable", "bundle_fixed", "bundle_dynamic", "virtual", "kwd")
STORES = {"1": "default", "2": "de"}


def documents():
    """Return an order of each kind and a credit memo, as the stand-in writes them."""
    caller = MagentoCaller(moment=1795410000)
    for kind in KINDS:
        caller.control(generate={"count": 1, "kind": kind})
    orders = [caller.call("GET", f"/V1/orders/{number}").json for number in range(1, len(KINDS) + 1)]
    orders = [order for order in orders if "entity_id" in order]
    caller.control(refund_elsewhere={"entity_id": orders[0]["entity_id"]})
    memos = caller.call("GET", "/V1/creditmemos", {"searchCriteria[pageSize]": "5"}).json["items"]
    return orders, memos


DOCUMENTS, MEMOS = documents()
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "NaN", "1e400", "-1", "0", "9" * 30, "2026-02-30 00:00:00", "0000-00-00 00:00:00"]
        + ["9999-12-31 23:59:59", "2026-01-01 00:00:00", "US", "XXX", "JPY", "\u202e", "x" * 10_001, "bundle", "holded"]
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


def changed(whole):
    """Return a strategy for one of the documents with one to four places changed, removed or repeated."""
    known = [list(places(document))[1:] for document in whole]

    @st.composite
    def build(draw):
        number = draw(st.integers(0, len(whole) - 1))
        document = copy.deepcopy(whole[number])
        for path in draw(st.lists(st.sampled_from(known[number]), min_size=1, max_size=4)):
            _change(document, path, draw)
        return document

    return build()


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


def ensure_value_or_reason(read, body, kind):
    """Read a document; what comes out is a value the database can hold, or an error it can hold."""
    try:
        value = read(body)
    except Malformed as error:
        text = f"{error.code} {error.path} {error.params['reason']} {error}"
        assert error.path.startswith("$")
    else:
        assert isinstance(value, kind)
        if kind is dto.OrderData:
            _ensure_sound(value)
        text = msgspec.json.encode(value).decode()
    assert "\0" not in text
    text.encode("utf-8")
    assert len(text) < 2_000_000


def _ensure_sound(order):
    assert order.placed_at.utcoffset() == order.updated_at.utcoffset() == timedelta(0)
    assert len({line.external_id for line in order.lines}) == len(order.lines)
    for line in order.lines:
        assert Decimal(0) < line.quantity <= 1_000_000
        assert Decimal(0) <= line.quantity_shipped <= line.quantity
        for money in (line.amount, line.unit_price, *(charge.amount for charge in line.charges)):
            assert money is None or (money.amount.is_finite() and money.currency == order.currency)
    for charge in (*order.charges, *(charge for line in order.lines for charge in line.charges)):
        assert not (charge.kind in ("discount", "gift_card") and charge.amount.amount > 0)


@BOUNDED
@given(changed(DOCUMENTS), st.sampled_from(["auto", "included", "excluded"]))
def test_a_changed_order(document, mode):
    ensure_value_or_reason(
        lambda body: parse_order(body, Reading(tax_mode=mode)), json.dumps(document).encode(), dto.OrderData
    )


@settings(BOUNDED, max_examples=300)
@given(changed(MEMOS))
def test_a_changed_credit_memo(document):
    ensure_value_or_reason(refunds.parse_creditmemo, json.dumps(document).encode(), dto.RefundData)


@BOUNDED
@given(st.integers(0, len(DOCUMENTS) - 1), st.randoms(use_true_random=False))
def test_an_order_with_damaged_bytes(number, chance):
    body = bytearray(json.dumps(DOCUMENTS[number], ensure_ascii=chance.random() < 0.5).encode())
    for _damage in range(chance.randint(1, 5)):
        place = chance.randrange(len(body))
        if chance.random() < 0.5:
            body[place] = chance.randrange(256)
        else:
            del body[place : place + chance.randint(1, 40)]
    ensure_value_or_reason(parse_order, bytes(body), dto.OrderData)


@settings(BOUNDED, max_examples=300)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_anything(body):
    ensure_value_or_reason(parse_order, body, dto.OrderData)
    for read in (
        answers.parse_products,
        answers.parse_quantities,
        answers.parse_stores,
        answers.parse_price_problems,
        answers.parse_bulk_receipt,
        lambda body: answers.parse_bulk_status(body, [dto.StockLevel(ref="1", sku="A", quantity=1)]),
    ):
        try:
            read(body)
        except Malformed as error:
            assert error.path.startswith("$")
    code, words = answers.parse_refusal(body)
    assert isinstance(code, str) and len(words) < 1000


@settings(BOUNDED, max_examples=300)
@given(st.lists(changed(DOCUMENTS) | VALUES, max_size=4), VALUES)
def test_a_page_of_anything_is_cut_without_loss(entries, total):
    pieces = [json.dumps(entry).encode() for entry in entries]
    body = json.dumps({"items": entries, "search_criteria": {}, "total_count": total}).encode()
    try:
        cut = pages.cut_page(body)
    except Malformed as error:
        assert not (isinstance(total, int) and 0 <= total < 2**63) or isinstance(total, bool), error
        return
    assert [piece.body for piece in cut.pieces] == pieces
    for piece in cut.pieces:
        raw = pages.raw_order(piece, STORES)
        assert raw.external_id is None or raw.external_id.isdigit()
        assert raw.body == piece.body or pages.open_envelope(raw.body)[1] == piece.body
    try:
        cursor = pages.next_cursor(cut, None)
    except Malformed:
        return
    assert cursor is None or pages.read_place(cursor)


@settings(BOUNDED, max_examples=300)
@given(TEXTS)
def test_a_place_that_is_none_is_named(text):
    try:
        pages.read_place(text)
    except Rejected as error:
        assert error.code == "cursor_expired"


@pytest.mark.parametrize("seed", range(10))
def test_a_page_with_damaged_bytes(seed):
    chance = random.Random(seed)
    whole = json.dumps({"items": DOCUMENTS, "total_count": len(DOCUMENTS)}).encode()
    for _round in range(30):
        body = bytearray(whole)
        body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            cut = pages.cut_page(bytes(body))
        except Malformed:
            continue
        for piece in cut.pieces:
            raw = pages.raw_order(piece, STORES)
            ensure_value_or_reason(parse_order, raw.body, dto.OrderData)
