"""API users of the OpenMage stand-in: sessions, rights, several shops, and what survives a restart."""

import pytest
from zeep.exceptions import Fault

from sandbox.caller import Caller
from sandbox.clock import Clock
from sandbox.disk import Disk
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import MOMENT
from tests.soap_client import Shop


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def control(caller, **wishes):
    return caller.control(channel="openmage", **wishes)


def code_of(call, *arguments, **parts):
    with pytest.raises(Fault) as caught:
        call(*arguments, **parts)
    return caught.value.code


@pytest.mark.parametrize("key", [("oms", "wrong"), ("nobody", "oms-sandbox-key")])
def test_wrong_key_and_unknown_user_are_denied(caller, key):
    assert code_of(Shop, caller, user=key[0], key=key[1]) == "2"


def test_login_without_a_key_lacks_a_parameter(caller):
    assert code_of(Shop, caller, key="") == "6"


def test_session_ends_after_an_hour_of_silence(caller):
    shop = Shop(caller)
    for offset in (3600, 7200):
        control(caller, clock_offset=offset)
        assert len(Shop.rows(shop.ask("storeList"))) == 3
    control(caller, clock_offset=7200 + 3601)
    assert code_of(shop.ask, "storeList") == "5"
    shop.session = Shop(caller).session
    assert shop.ask("storeInfo", storeId="uk").store_id == 2


def test_sessions_end_by_command_and_by_themselves(caller):
    one, other = Shop(caller), Shop(caller)
    assert one.session != other.session
    assert one.ask("endSession") is True
    assert code_of(one.ask, "storeList") == "5"
    assert other.ask("magentoInfo").magento_edition == "Community"
    assert control(caller, expire_access_tokens=True)["expire_access_tokens"] == 1
    assert code_of(other.ask, "storeList") == "5"
    assert one.ask("endSession") is True


def test_started_session_opens_nothing(caller):
    shop = Shop(caller)
    shop.session = shop.call("startSession")
    assert code_of(shop.ask, "storeList") == "5"
    control(caller, wsi=True)
    wsi = Shop(caller, is_wsi=True)
    wsi.session = wsi.call("startSession")
    assert code_of(wsi.ask, "storeList") == "5"


def test_revoked_user_is_out_until_allowed_again(caller):
    shop = Shop(caller)
    control(caller, revoke="oms")
    assert code_of(shop.ask, "storeList") == "5"
    assert code_of(Shop, caller) == "2"
    control(caller, allow="oms")
    assert len(Shop.rows(Shop(caller).ask("storeList"))) == 3


@pytest.mark.parametrize("right", ["sales/order/shipment/create", "sales/order/shipment", "sales"])
def test_right_that_was_dropped_is_denied(caller, right):
    number = control(caller, generate={"count": 1, "seed": 1, "kind": "standard"})["generate"][0]
    shop = Shop(caller)
    control(caller, drop_resource=right)
    wish = {"orderIncrementId": number, "itemsQty": shop.list_of("orderItemIdQtyArray", [])}
    assert code_of(shop.ask, "salesOrderShipmentCreate", **wish) == "2"
    assert caller.ledger("shipment_created") == []
    if right == "sales/order/shipment/create":
        assert shop.order(number).increment_id == number
        assert shop.ask("salesOrderShipmentGetCarriers", orderIncrementId=number)
    assert shop.ask("storeInfo", storeId="1").code == "default"
    control(caller, allow="oms")
    assert shop.ask("salesOrderShipmentCreate", **wish)


def test_every_user_has_a_shop_of_its_own(caller):
    control(caller, add_account={"username": "second", "api_key": "key"})
    control(caller, seller="second", generate={"count": 2, "seed": 1})
    second = Shop(caller, user="second", key="key")
    assert len(second.orders()) == 2
    assert Shop(caller).orders() == []
    assert len(caller.send("GET", "/__state", {"seller": "second"}).json["openmage"]["orders"]) == 2
    caller.control(faults=[{"fault": "status", "status": 503, "match": {"seller": "second"}}])
    assert Shop(caller).orders() == []
    with pytest.raises(Fault):
        second.orders()
    assert caller.send("GET", "/__requests").json["requests"][-1]["status"] == 503


def restart(path):
    return Caller(Sandbox(World(clock=Clock(lambda: MOMENT), disk=Disk(str(path)))))


def test_restart_remembers_everything(tmp_path):
    path = tmp_path / "state.jsonl"
    caller = restart(path)
    numbers = control(caller, generate={"count": 4, "seed": 2, "kind": "standard", "store": "uk"})["generate"]
    shop = Shop(caller)
    wish = {"orderIncrementId": numbers[0], "itemsQty": shop.list_of("orderItemIdQtyArray", [])}
    shipment = shop.ask("salesOrderShipmentCreate", **wish)
    shop.ask("salesOrderShipmentAddTrack", shipmentIncrementId=shipment, carrier="ups", title="UPS", trackNumber="1Z")
    control(caller, drop_resource="cataloginventory")
    before = caller.send("GET", "/__state").json["openmage"]

    caller = restart(path)
    assert caller.send("GET", "/__state").json["openmage"] == before
    again = Shop(caller)
    again.session = shop.session
    found = again.ask("salesOrderShipmentInfo", shipmentIncrementId=shipment)
    assert [track.number for track in Shop.rows(found.tracks)] == ["1Z"]
    assert code_of(again.ask, "catalogInventoryStockItemList", products=again.list_of("ArrayOfString", [])) == "2"
    new = control(caller, generate={"count": 1, "seed": 2, "kind": "standard", "store": "uk"})["generate"]
    assert not set(new) & set(numbers)


def test_reset_brings_the_first_shop_back(caller):
    control(caller, generate={"count": 3, "seed": 1}, revoke="oms")
    control(caller, reset="empty")
    shop = Shop(caller)
    assert shop.orders() == []
    assert caller.send("GET", "/__state").json["openmage"]["listings"]["OMS-0001"]["qty"] == "33.0000"


@pytest.mark.parametrize(
    "wishes",
    [
        {"generate": {"count": 1, "kind": "odd"}},
        {"generate": {"count": 1, "colour": "red"}},
        {"generate": {"count": 1, "store": "moon"}},
        {"cancel_order": "100000009"},
        {"set_quantity": {"sku": "OMS-0001", "quantity": "many"}},
        {"remove_product": "NOPE"},
        {"drop_resource": "sales", "seller": "nobody"},
        {"unknown": 1},
    ],
)
def test_command_that_makes_no_sense_is_refused(caller, wishes):
    with pytest.raises(ValueError):
        control(caller, **wishes)
