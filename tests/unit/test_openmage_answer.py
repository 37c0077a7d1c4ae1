"""Reading SOAP answers: both flavours give the same values, and what is no answer is named."""

import pytest
from odoo.addons.oms_channel_magento.lib.soap_answer import Fault, read_answer
from odoo.addons.oms_core.lib.errors import Malformed
from openmage_documents import SOAP, envelope, fault

RPC = envelope(
    '<n:salesOrderInfoResponse><result i:type="n:salesOrderEntity"><increment_id i:type="x">1</increment_id>'
    '<parent_id i:nil="true"/><items c:arrayType="n:salesOrderItemEntity[1]"><item><sku>A &amp; B</sku></item></items>'
    "<total>63.4800</total></result></n:salesOrderInfoResponse>"
)
WSI = envelope(
    "<n:salesOrderInfoResponseParam><result><increment_id>1</increment_id>"
    "<items><complexObjectArray><sku>A &amp; B</sku></complexObjectArray></items>"
    "<total>63.4800</total></result></n:salesOrderInfoResponseParam>"
)


def test_both_flavours_give_the_same():
    expected = {"increment_id": "1", "items": [{"sku": "A & B"}], "total": "63.4800"}
    assert read_answer(WSI) == expected
    assert read_answer(RPC) == {**expected, "parent_id": None}


def test_plain_results_and_empty_ones():
    assert read_answer(envelope("<n:r><loginReturn>abc</loginReturn></n:r>")) == "abc"
    assert read_answer(envelope('<n:r><result c:arrayType="n:x[0]"/></n:r>')) == []
    assert read_answer(envelope("<n:r><result/></n:r>")) == ""
    assert read_answer(envelope("<n:r/>")) is None


def test_an_element_named_once_is_found_by_its_name():
    body = envelope(
        '<n:r><result c:arrayType="n:x[2]"><item href="#one"/><item href="#one"/></result></n:r>'
        '<m id="one"><sku>A</sku></m>'
    )
    assert read_answer(body) == [{"sku": "A"}, {"sku": "A"}]


def test_names_that_point_at_each_other_end():
    body = envelope('<n:r><result href="#one"/></n:r><m id="one" href="#two"/><m id="two" href="#one"/>')
    with pytest.raises(Malformed) as caught:
        read_answer(body)
    assert caught.value.code == "too_deep"


@pytest.mark.parametrize(("code", "read"), [("5", "5"), ("SOAP-ENV:Server", "Server"), (" 102 ", "102")])
def test_a_fault_has_its_code_and_words(code, read):
    assert read_answer(fault(code, "Session expired.")) == Fault(read, "Session expired.")


def test_blank_lines_and_a_mark_before_the_text_do_no_harm():
    assert read_answer(b"\xef\xbb\xbf\n\n" + WSI) == read_answer(WSI)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_xml"),
        (b"<html><body>busy</body></html>", "wrong_shape"),
        (b'{"a": 1}', "not_xml"),
        (WSI[:-20], "not_xml"),
        (WSI.replace(b"A &amp; B", b"A \x00 B"), "not_xml"),
        (WSI.replace(b"A &amp; B", b"&#0;"), "not_xml"),
        (WSI.replace(b"A &amp; B", b"&#xD83D;"), "not_xml"),
        (WSI.replace(b"A &amp; B", b"\xed\xa0\xbd"), "not_xml"),
        (f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(), "wrong_shape"),
        (f'<e:Envelope xmlns:e="{SOAP}"/>'.encode(), "wrong_shape"),
        (envelope("<n:r><result><a>1</a><a>2</a></result></n:r>"), "duplicate_key"),
        (envelope(f"<n:r><result>{'<a>' * 40}{'</a>' * 40}</result></n:r>"), "too_deep"),
        (b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + WSI.partition(b"?>")[2], "bad_xml"),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + WSI.partition(b"?>")[2].replace(b"A &amp; B", b"&a;"),
            "bad_xml",
        ),
    ],
)
def test_what_is_no_answer_is_named(body, code):
    with pytest.raises(Malformed) as caught:
        read_answer(body)
    assert caught.value.code == code
    assert caught.value.params["reason"]
    assert "passwd" not in str(caught.value)
