"""The Amazon stand-in's Finances: what was posted, in windows and pages, with parts that add up."""

from decimal import Decimal

import pytest

from sandbox.caller import Caller
from tests.sandbox_calls import EXAMPLE_ID, EXAMPLE_ITEM, make_notice, shipment_path

PATH = "/finances/2024-06-19/transactions"
LONG_AGO = {"postedAfter": "2026-11-01T00:00:00Z"}
MINUTES_LATER = 600
OF_THE_ORDER = {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": EXAMPLE_ID}


@pytest.fixture
def caller():
    caller = Caller()
    assert caller.call("POST", shipment_path(), body=make_notice()).status_code == 204
    return caller


def give_back(caller, amount=None):
    wish = {"orderId": EXAMPLE_ID, "orderItemId": EXAMPLE_ITEM, **({"amount": amount} if amount else {})}
    given = caller.control(refund_elsewhere=wish)["refund_elsewhere"]
    caller.control(clock_offset=MINUTES_LATER)
    return Decimal(given["amount"])


def listed(caller, **query):
    answer = caller.call("GET", PATH, {**LONG_AGO, **OF_THE_ORDER, **query})
    assert answer.status_code == 200, answer.json
    return answer.json["payload"]


def leaves(breakdowns):
    for row in breakdowns:
        yield from leaves(row["breakdowns"]) if row.get("breakdowns") else [row]


def worth(rows):
    return sum(Decimal(str(row["breakdownAmount"]["currencyAmount"])) for row in rows)


@pytest.mark.parametrize("amount", [None, "7.77"])
def test_a_refund_takes_what_the_buyer_gets_and_returns_a_part_of_the_fee(caller, amount):
    given = give_back(caller, amount)
    _sale, refund = listed(caller)["transactions"]
    assert refund["transactionType"] == "Refund"
    [item] = refund["items"]
    parts = list(leaves(item["breakdowns"]))
    fees = [row for row in parts if row["breakdownType"] in ("Commission", "RefundCommission")]
    assert -(worth(parts) - worth(fees)) == given
    assert worth(fees) > 0
    assert Decimal(str(refund["totalAmount"]["currencyAmount"])) == worth(parts)
    assert item["contexts"][0]["contextType"] == "ProductContext"


def test_windows_pages_and_filters(caller):
    give_back(caller)
    sale, refund = listed(caller)["transactions"]
    caller.control(transactions_per_page=1)
    first = listed(caller)
    assert first["transactions"] == [sale]
    second = listed(caller, nextToken=first["nextToken"])
    assert second["transactions"] == [refund] and "nextToken" not in second
    assert listed(caller, postedBefore=sale["postedDate"])["transactions"] == []
    assert listed(caller, transactionStatus="DEFERRED")["transactions"] == []
    assert caller.call("GET", PATH, OF_THE_ORDER).json["payload"]["transactions"] == [sale]
    assert len(caller.call("GET", PATH, LONG_AGO).json["payload"]["transactions"]) == 1
    assert listed(caller, postedAfter="2026-01-01T00:00:00Z")["transactions"] == []  # more than 180 days
    assert caller.call("GET", PATH).status_code == 400
    assert caller.call("GET", PATH, {**LONG_AGO, "nextToken": first["nextToken"] + "x"}).status_code == 400
    assert caller.call("GET", PATH, {"postedAfter": "2099-01-01T00:00:00Z"}).status_code == 400


def test_money_is_listed_late_and_a_deferred_refund_twice(caller):
    caller.control(finance_seconds=2 * 86400)
    give_back(caller)
    assert listed(caller)["transactions"] == []
    caller.control(finance_seconds=0, refund_status="DEFERRED_RELEASED")
    found = {
        row["transactionStatus"]: row for row in listed(caller)["transactions"] if row["transactionType"] == "Refund"
    }
    names = {
        row["relatedIdentifierName"]: row["relatedIdentifierValue"] for row in found["RELEASED"]["relatedIdentifiers"]
    }
    assert names["DEFERRED_TRANSACTION_ID"] == found["DEFERRED_RELEASED"]["transactionId"]
    assert [row["transactionId"] for row in listed(caller)["transactions"]] == [
        row["transactionId"] for row in listed(caller)["transactions"]
    ]
