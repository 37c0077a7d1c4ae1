"""Cancellations and refunds as XML, and what Amazon's processing report says of them."""

from decimal import Decimal

import msgspec
import pytest
from amazon_documents import DE, JP, US, item, order, parse, part
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from odoo.addons.oms_channel_amazon.lib import order_feeds
from odoo.addons.oms_channel_amazon.lib.mapper import parse_cancelled
from odoo.addons.oms_channel_amazon.lib.xml_document import read_xml
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

ORDER = "111-0000001-0000001"


def eur(amount):
    return dto.Money(amount=Decimal(amount), currency="EUR")


def line(number, amount, *, tax=None, shipping=None):
    return dto.RefundLine(
        external_line_id=f"1000000000000{number}",
        amount=eur(amount),
        quantity=Decimal(1),
        tax=eur(tax) if tax else None,
        shipping=eur(shipping) if shipping else None,
    )


def refund(amount, *lines, **more):
    return dto.RefundNotice(order_external_id=ORDER, reference="7", amount=eur(amount), lines=lines, **more)


def parts(notice, store):
    """Return ``[{component: amount}]`` of the feed, item by item."""
    root = etree.fromstring(order_feeds.build_refund(notice, "A1", store))
    return [
        {part.findtext("Type"): part.findtext("Amount") for part in adjusted.iter("Component")}
        for adjusted in root.iter("AdjustedItem")
    ]


def shape(element):
    """Return an element as ``(tag, children or text)``."""
    return element.tag, [shape(child) for child in element] or element.text


# === cancelling ==============================================================================================


def test_a_cancellation_as_amazon_wants_it():
    notice = dto.CancelNotice(order_external_id=ORDER, reference="1", reason="out_of_stock")
    body = order_feeds.build_cancellation(notice, "A1&B", ["1", "2"])
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    items = [("Item", [("AmazonOrderItemCode", code), ("CancelReason", "NoInventory")]) for code in ("1", "2")]
    assert shape(etree.fromstring(body)) == (
        "AmazonEnvelope",
        [
            ("Header", [("DocumentVersion", "1.01"), ("MerchantIdentifier", "A1&B")]),
            ("MessageType", "OrderAcknowledgement"),
            (
                "Message",
                [
                    ("MessageID", "1"),
                    ("OrderAcknowledgement", [("AmazonOrderID", ORDER), ("StatusCode", "Failure"), *items]),
                ],
            ),
        ],
    )


def test_every_reason_of_ours_has_a_word_of_amazons():
    assert set(order_feeds.CANCEL_REASONS) == set(dto.CancelReason.__args__)
    assert set(order_feeds.REFUND_REASONS) == set(dto.RefundReason.__args__)


def test_the_answer_to_a_buyers_request_says_that_the_buyer_asked():
    notice = dto.CancelNotice(order_external_id=ORDER, reference="1", reason="other", request_id="r")
    assert b"BuyerCanceled" in order_feeds.build_cancellation(notice, "A1", ["1"])


def two_items(**more):
    items = [item(number, parts=[part("ITEM", "20.00")], total="20.00", quantity=2) for number in (1, 2)]
    items[0].update(more)
    return order(*items)


def plan(notice, document):
    body = msgspec.json.encode(document)
    return order_feeds.plan_cancellation(notice, parse(document), parse_cancelled(body))


def cancel(*units):
    lines = tuple(dto.LineUnits(external_line_id=f"1000000000000{n}", quantity=Decimal(q)) for n, q in units)
    return dto.CancelNotice(order_external_id=ORDER, reference="1", lines=lines)


def test_no_lines_are_all_lines():
    assert plan(cancel(), two_items()) == ("10000000000001", "10000000000002")


def test_what_is_cancelled_is_not_cancelled_again():
    done = {"cancellation": {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "x"}}}
    assert plan(cancel(), two_items(**done)) == ("10000000000002",)
    assert plan(cancel((1, 2)), two_items(**done)) == ()
    assert plan(cancel((1, 1)), two_items(**done)) == ()
    assert (
        plan(cancel(), {**two_items(), "fulfillment": {"fulfillmentStatus": "CANCELLED", "fulfilledBy": "MERCHANT"}})
        == ()
    )


def test_a_request_is_no_cancellation_yet():
    asked = {"cancellation": {"cancellationRequest": {"requester": "BUYER", "cancelReason": "x"}}}
    assert plan(cancel((1, 2)), two_items(**asked)) == ("10000000000001",)


@pytest.mark.parametrize(("units", "code"), [([(1, 1)], "partial_quantity"), ([(9, 1)], "line_unknown")])
def test_what_amazon_cannot_cancel_is_named(units, code):
    with pytest.raises(Rejected) as caught:
        plan(cancel(*units), two_items())
    assert caught.value.code == code and caught.value.message


# === money back ==============================================================================================


def test_tax_is_apart_only_where_prices_are_without_it():
    notice = refund("23.80", line(1, "23.80", tax="3.80"))
    assert parts(notice, US) == [{"Principal": "20.00", "Tax": "3.80"}]
    assert parts(notice, DE) == [{"Principal": "23.80"}]
    assert parts(notice, "A-NEW-STORE") == [{"Principal": "23.80"}]


def test_what_belongs_to_no_line_goes_with_the_first():
    notice = refund(
        "38.50", line(1, "20.00", shipping="1.50"), line(2, "10.00"), shipping=eur("4.00"), adjustment=eur("3.00")
    )
    assert parts(notice, DE) == [{"Principal": "20.00", "Shipping": "5.50", "Goodwill": "3.00"}, {"Principal": "10.00"}]


def test_a_fee_lowers_the_refund():
    notice = refund("15.00", line(1, "20.00"), adjustment=eur("-5.00"))
    assert parts(notice, DE) == [{"Principal": "20.00", "RestockingFee": "-5.00"}]


def test_a_refund_carries_our_reference_its_currency_and_its_reason():
    body = order_feeds.build_refund(refund("5", line(1, "5"), reason="returned"), "A1", DE)
    [adjusted] = etree.fromstring(body).iter("AdjustedItem")
    assert [child.tag for child in adjusted] == [
        "AmazonOrderItemCode",
        "MerchantAdjustmentItemID",
        "AdjustmentReason",
        "ItemPriceAdjustments",
    ]
    assert adjusted.findtext("MerchantAdjustmentItemID") == "7-1"
    assert adjusted.findtext("AdjustmentReason") == "CustomerReturn"
    assert adjusted.find("ItemPriceAdjustments/Component/Amount").get("currency") == "EUR"


def test_amounts_are_written_without_exponent():
    yen = dto.Money(amount=Decimal("2E+3"), currency="JPY")
    lines = (dto.RefundLine(external_line_id="1", amount=yen),)
    notice = dto.RefundNotice(order_external_id=ORDER, reference="7", amount=yen, lines=lines)
    assert parts(notice, JP) == [{"Principal": "2000"}]


def test_amounts_have_two_decimals_at_most():
    assert parts(refund("5.0000", line(1, "5.0000")), DE) == [{"Principal": "5.00"}]
    with pytest.raises(Rejected) as caught:
        parts(refund("5.001", line(1, "5.001")), DE)
    assert caught.value.code == "bad_amount"


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        (refund("5", adjustment=eur("5")), "no_lines"),
        (refund("6", line(1, "5")), "bad_amount"),
        (refund("0", line(1, "0")), "bad_amount"),
        (refund("-5", line(1, "-5")), "bad_amount"),
        (refund("5", line(1, "5", tax="6")), "bad_amount"),
        (refund("5", line(1, "5"), line(2, "0")), "bad_amount"),
        (refund("6", line(1, "5"), shipping=dto.Money(amount=Decimal(1), currency="USD")), "mixed_currency"),
    ],
)
def test_a_refund_that_cannot_be_right_is_not_built(notice, code):
    with pytest.raises(Rejected) as caught:
        order_feeds.build_refund(notice, "A1", DE)
    assert caught.value.code == code and caught.value.message


@given(
    st.lists(st.decimals(Decimal("0.01"), Decimal(9999), places=2), min_size=1, max_size=5), st.sampled_from([US, DE])
)
def test_the_parts_of_every_refund_make_its_amount(amounts, store):
    lines = [line(number, str(amount), tax="0.01") for number, amount in enumerate(amounts)]
    found = parts(refund(str(sum(amounts)), *lines), store)
    assert sum(Decimal(amount) for adjusted in found for amount in adjusted.values()) == sum(amounts)


# === reports =================================================================================================


def report(results="", successful="1"):
    return (
        f"<?xml version='1.0'?><AmazonEnvelope><Header/><MessageType>ProcessingReport</MessageType><Message>"
        f"<MessageID>1</MessageID><ProcessingReport><StatusCode>Complete</StatusCode><ProcessingSummary>"
        f"<MessagesProcessed>1</MessagesProcessed><MessagesSuccessful>{successful}</MessagesSuccessful>"
        f"</ProcessingSummary>{results}</ProcessingReport></Message></AmazonEnvelope>"
    ).encode()


def test_a_report_of_success():
    warned = "<Result><ResultCode>Warning</ResultCode><ResultDescription>late</ResultDescription></Result>"
    assert order_feeds.parse_order_report(report(warned)) == order_feeds.OrderFeedReport(successful=1)


def test_a_report_of_refusal():
    results = (
        "<Result><MessageID>1</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>18028</ResultMessageCode>"
        f"<ResultDescription>shipped</ResultDescription><AdditionalInfo><AmazonOrderID>{ORDER}</AmazonOrderID>"
        "</AdditionalInfo></Result><Result><ResultCode>Error</ResultCode></Result>"
    )
    found = order_feeds.parse_order_report(report(results, "0"))
    assert found.successful == 0
    assert found.errors[0] == order_feeds.Finding(code="18028", message="shipped", order_id=ORDER)
    assert found.errors[1] == order_feeds.Finding(code="unknown", message="Amazon gave no reason")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<a/>", b"<a", report(successful=""), report(successful="many"), b"\xff\xfe"]
)
def test_what_is_no_report_is_named(body):
    with pytest.raises(Malformed):
        order_feeds.parse_order_report(body)


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
FILE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
REMOTE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>'


@pytest.mark.parametrize("body", [BOMB, FILE, REMOTE])
def test_a_document_may_not_bring_a_dtd(body):
    with pytest.raises(Malformed) as caught:
        read_xml(body)
    assert "root:" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(body):
    try:
        order_feeds.parse_order_report(body)
    except Malformed as error:
        assert error.params["reason"]
