"""Whatever a shop sends in place of an order, reading it gives an order or says where it is wrong."""

import copy
import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.addons.oms_channel_magento.lib.mapper import Reading
from odoo.addons.oms_channel_magento.lib.soap_answer import Fault, read_answer
from odoo.addons.oms_channel_magento.lib.soap_documents import build_order
from odoo.addons.oms_channel_magento.lib.soap_order import parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from openmage_documents import envelope, item, order

BOUNDED = settings(max_examples=600, deadline=timedelta(seconds=2), suppress_health_check=list(HealthCheck))
PART = 's:27:"bundle_selection_attributes";'
DOCUMENTS = [
    order(),
    order(row={"hidden_tax_amount": "1.0000"}, discount_amount="-5.0000"),
    order([item("11", product_type="configurable"), item("12", row_total="0.0000"), item("13", "DESK")]),
    order([item("11", product_type="bundle"), item("12", product_options=PART), item("13", product_options=PART)]),
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "NaN", "-Infinity", "1e400", "1E-5", "-1", "0", "9" * 30, "0000-00-00 00:00:00"]
        + ["2026-02-30 00:00:00", "EUR", "XXX", "\u202e", "x" * 10_001, "bundle", "configurable", "0.00000000001"]
    ),
)
VALUES = st.recursive(
    st.none() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
READINGS = [Reading(tax_mode=mode) for mode in ("auto", "included", "excluded")]


def places(value, path=()):
    """Yield the path of everything in a document."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def put(document, path, value):
    """Return a copy of a document with one place changed."""
    changed = copy.deepcopy(document)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return changed


def is_sound(body, reading):
    """Read a document; return whether it gave an order, which must then be whole."""
    try:
        data = parse_order(body, reading)
    except Malformed as error:
        assert error.path.startswith("$")
        assert error.params["reason"]
        str(error).encode()
        return False
    assert msgspec.convert(msgspec.to_builtins(data), dto.OrderData) == data
    assert data == parse_order(body, reading)
    assert all(line.quantity > 0 and line.amount.amount.is_finite() for line in data.lines)
    assert data.placed_at.utcoffset() == data.updated_at.utcoffset() == timedelta(0)
    return True


@BOUNDED
@given(st.data())
def test_a_document_with_one_place_changed(data):
    document = data.draw(st.sampled_from(DOCUMENTS))
    path = data.draw(st.sampled_from([path for path in places(document) if path]))
    changed = put(document, path, data.draw(VALUES))
    row = changed.pop("list_row", {})
    try:
        body = build_order(changed, row if isinstance(row, dict) else {})
    except UnicodeEncodeError:
        return  # half a character cannot come out of XML
    is_sound(body, data.draw(st.sampled_from(READINGS)))


@BOUNDED
@given(st.binary(max_size=200) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_that_are_no_document(body):
    assert not is_sound(body, READINGS[0])
    assert not is_sound(b"<" + body, READINGS[0])


@pytest.mark.parametrize("place", range(len(DOCUMENTS)))
def test_documents_cut_and_bent(place):
    document = copy.deepcopy(DOCUMENTS[place])
    row = document.pop("list_row")
    body = build_order(document, row)
    assert is_sound(body, READINGS[0])
    chance = random.Random(place)
    for _attempt in range(300):
        at = chance.randrange(len(body))
        is_sound(body[:at] + bytes([chance.randrange(256)]) + body[at + chance.randrange(3) :], READINGS[0])


@BOUNDED
@given(st.data())
def test_envelopes_cut_and_bent(data):
    whole = envelope(
        '<n:r><result c:arrayType="n:x[1]"><item><a>1</a><b href="#q"/></item></result></n:r><m id="q"><c>2</c></m>'
    )
    at = data.draw(st.integers(0, len(whole)))
    body = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 4)) :]
    try:
        found = read_answer(body)
    except Malformed as error:
        assert error.params["reason"]
        return
    assert found is None or isinstance(found, (Fault, str, list, dict))
