"""The demo shop's channels: their credentials are those of the stand-ins, and what is staged there is staged once."""

import json
from urllib.request import urlopen

import pytest

from sandbox.amazon import auth as amazon
from sandbox.ebay import auth as ebay
from sandbox.magento import oauth as magento
from sandbox.openmage import accounts as openmage
from sandbox.server import STAND_INS
from tests.sandbox_process import start_sandbox
from tools import demo_channels


@pytest.fixture
def url(tmp_path):
    selling = ("--selling", ",".join(demo_channels.CHANNELS), "--backlog", "20", "--max-seconds", "60")
    process, facts = start_sandbox(tmp_path, *selling)
    yield facts["url"]
    process.terminate()
    process.wait(10)


def look(url, path):
    with urlopen(f"{url}{path}", timeout=10) as answer:
        return json.loads(answer.read())


def test_every_stand_in_has_a_channel_in_the_demo():
    assert list(demo_channels.CHANNELS) == list(STAND_INS)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("amazon", amazon.DEFAULT_ACCOUNT),
        ("ebay", {name: value for name, value in ebay.DEFAULT_ACCOUNT.items() if name != "seller_id"}),
        ("magento", {name: value for name, value in magento.DEFAULT_ACCOUNT.items() if name != "shop"}),
        ("openmage", openmage.DEFAULT_ACCOUNT),
    ],
)
def test_the_credentials_are_those_of_the_stand_in(name, account):
    _label, _minutes, credentials = demo_channels.CHANNELS[name]
    assert credentials == {f"{name}_{field}": value for field, value in account.items()}


def test_what_is_staged_is_staged_once(url):
    for _start in range(2):
        demo_channels.stage(url)
        state = look(url, "/__state")
        assert len(state["ebay"]["returns"]) == 1
        items = [item for order in state["amazon"]["orders"].values() for item in order["orderItems"]]
        skus = [item["product"]["sellerSku"] for item in items]
        assert skus.count(demo_channels.SKU_NOBODY_KNOWS) == 1
        wishes = [order for order in state["amazon"]["orders"].values() if _is_unwanted(order)]
        assert len(wishes) == 1


def _is_unwanted(order):
    is_open = order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    return is_open and any("cancellationRequest" in item.get("cancellation", {}) for item in order["orderItems"])


def test_each_stand_in_begins_with_a_backlog(url):
    state = look(url, "/__state")
    assert all(len(state[name]["orders"]) >= 20 for name in demo_channels.CHANNELS)
