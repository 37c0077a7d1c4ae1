"""Amazon's own example exchanges: read without error, or refused with a clear reason.

The models name 226. Of these, 27 only say that an operation has a dynamic sandbox and hold no exchange; 199 do. Those
of the operations this channel uses are read with its code, and the others must never be taken for orders.
"""

import json
from decimal import Decimal

import pytest
from odoo.addons.oms_channel_amazon.lib import answers, const, mapper
from odoo.addons.oms_core.lib.errors import Malformed
from specs import examples, specs_root

SEARCH = ("GET", "/orders/2026-01-01/orders")
GET = ("GET", "/orders/2026-01-01/orders/{orderId}")
SHIP = ("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation")
ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"
USED = {
    SEARCH: lambda body: answers.parse_orders_page(body).items,
    GET: lambda body: (answers.parse_order_answer(body),),
    ("GET", "/listings/2021-08-01/items/{sellerId}"): lambda body: answers.parse_listings_page(
        body, ["ATVPDKIKX0DER"], answers.ListingsPlace()
    ),
    ("GET", ITEM): lambda body: answers.parse_listing(body, "ATVPDKIKX0DER"),
    ("PATCH", ITEM): lambda body: answers.parse_submission(body, "ref"),
    ("GET", "/sellers/v1/marketplaceParticipations"): lambda body: answers.parse_account(body, const.MARKETPLACE_BY_ID),
}


FILES = sorted((specs_root() / "amazon" / "examples").glob("*.json"))


def all_examples():
    return [example for path in FILES for example in examples("amazon", path.name.split(".")[0])]


ALL = all_examples()
OURS = [example for example in ALL if (example.method, example.template) in {*USED, SHIP}]
OTHERS = [example for example in ALL if example not in OURS]


def name_of(example):
    return f"{example.method} {example.template} {example.status}"


def body_of(example):
    return json.dumps(example.response).encode()


def test_none_is_forgotten():
    marks = [
        case for path in FILES for place in json.loads(path.read_text()).values() for case in place.get("dynamic", ())
    ]
    assert (len(ALL), len(marks)) == (199, 27)
    assert not any(marks)
    assert len(OURS) == 19
    assert {(example.method, example.template) for example in OURS} == {*USED, SHIP}


@pytest.mark.parametrize("example", OURS, ids=name_of)
def test_an_exchange_of_ours_is_read_or_refused(example):
    if example.status >= 400:
        code, words = answers.parse_refusal(body_of(example))
        assert code != "unknown"
        assert words
    elif (example.method, example.template) == SHIP:
        assert not example.response
    else:
        read = USED[example.method, example.template](body_of(example))
        assert read
        for raw in read if example.template.startswith(SEARCH[1]) else ():
            _check_order(raw)


def _check_order(raw):
    document = json.loads(raw.body)
    order = mapper.parse_order(raw.body)
    assert raw.external_id == order.external_id == document["orderId"]
    assert [line.external_id for line in order.lines] == [item["orderItemId"] for item in document["orderItems"]]
    assert [line.sku for line in order.lines] == [item["product"]["sellerSku"] for item in document["orderItems"]]
    assert order.total.amount == Decimal(document["proceeds"]["grandTotal"]["amount"])
    assert order.currency == document["proceeds"]["grandTotal"]["currencyCode"]
    taxes = [tax for line in order.lines for tax in line.taxes]
    parts = [line.amount.amount for line in order.lines]
    parts += [charge.amount.amount for line in order.lines for charge in line.charges]
    parts += [] if order.is_tax_included else [tax.amount.amount for tax in taxes]
    assert sum(parts) == order.total.amount
    assert order.ship_to.country == document["recipient"]["deliveryAddress"]["countryCode"]
    assert order.ship_to.street == document["recipient"]["deliveryAddress"]["addressLine1"]


def test_the_examples_refused_in_a_preview_say_why():
    issues = [
        answers.parse_submission(body_of(example), "ref")
        for example in OURS
        if example.method == "PATCH" and example.status == 200 and example.response["status"] == "INVALID"
    ]
    assert issues
    assert all(row.code and row.error for row in issues)


@pytest.mark.parametrize("example", OTHERS, ids=name_of)
def test_an_answer_that_is_not_ours_is_never_an_order(example):
    body = json.dumps(example.response).encode()
    with pytest.raises(Malformed) as caught:
        mapper.parse_order(body)
    assert caught.value.params["reason"]
    with pytest.raises(Malformed):
        answers.parse_orders_page(body)
