"""Products and stock of the OpenMage stand-in, through zeep in both flavours."""

import pytest
from zeep.exceptions import Fault

from sandbox.caller import Caller
from tests.sandbox_calls import MOMENT
from tests.soap_client import Shop


@pytest.fixture(params=[False, True], ids=["rpc", "wsi"])
def shop(request):
    caller = Caller(moment=MOMENT)
    caller.control(channel="openmage", wsi=request.param)
    shop = Shop(caller, is_wsi=request.param)
    shop.caller = caller
    return shop


def fault_of(call, *arguments, **parts):
    with pytest.raises(Fault) as caught:
        call(*arguments, **parts)
    return caught.value.code


def stock(shop, *wanted):
    name = "productIds" if shop.is_wsi else "products"
    rows = shop.rows(shop.ask("catalogInventoryStockItemList", **{name: shop.list_of("ArrayOfString", list(wanted))}))
    return [(row.sku, row.qty, row.is_in_stock) for row in rows]


def update(shop, product, **data):
    name = "productId" if shop.is_wsi else "product"
    kind = shop.type("catalogInventoryStockItemUpdateEntity")
    return shop.ask("catalogInventoryStockItemUpdate", **{name: product}, data=kind(**data))


def update_many(shop, rows):
    return shop.ask(
        "catalogInventoryStockItemMultiUpdate",
        productIds=shop.list_of("ArrayOfString", [sku for sku, _data in rows]),
        productData=shop.list_of("catalogInventoryStockItemUpdateEntityArray", [data for _sku, data in rows]),
    )


def test_catalogue_is_listed_with_configurables_and_bundles(shop):
    products = shop.rows(shop.ask("catalogProductList", filters=shop.filters()))
    kinds = [product.type for product in products]
    assert (len(products), kinds.count("simple"), kinds.count("configurable"), kinds.count("bundle")) == (
        225, 200, 20, 5
    )  # fmt: skip
    assert (products[0].product_id, products[0].sku, products[0].name) == ("1", "OMS-0001", "Cotton T-shirt, black")
    sets = shop.rows(shop.ask("catalogProductList", filters=shop.filters(("type", "in", "bundle"))))
    assert [product.sku for product in sets][:2] == ["OMS-SET-01", "OMS-SET-02"]
    one = shop.rows(shop.ask("catalogProductList", filters=shop.filters(product_id="7")))
    assert [product.sku for product in one] == ["OMS-0007"]


def test_product_is_found_by_sku_or_id_and_shows_what_is_asked_for(shop):
    product = shop.ask("catalogProductInfo", productId="OMS-0003")
    assert (product.name, product.status, product.product_id) == ("Wool scarf, black", "1", "3")
    assert shop.ask("catalogProductInfo", productId="3").sku == "OMS-0003"
    assert fault_of(shop.ask, "catalogProductInfo", productId="3", identifierType="sku") == "101"
    wanted = shop.type("catalogProductRequestAttributes")(
        attributes=shop.list_of("ArrayOfString", ["name"]), additional_attributes=shop.list_of("ArrayOfString", ["ean"])
    )
    short = shop.ask("catalogProductInfo", productId="OMS-0003", attributes=wanted)
    assert (short.name, short.price) == ("Wool scarf, black", None)
    assert [entry.value for entry in shop.rows(short.additional_attributes)] == ["2900000000032"]
    assert fault_of(shop.ask, "catalogProductInfo", productId="NOPE") == "101"
    name = "store" if shop.is_wsi else "storeView"
    assert fault_of(shop.ask, "catalogProductInfo", productId="OMS-0003", **{name: "moon"}) == "100"


def test_stock_is_listed_by_sku_or_id_and_unknown_ones_are_left_out(shop):
    assert stock(shop, "OMS-0002", "1", "NOPE") == [("OMS-0001", "33.0000", "1"), ("OMS-0002", "46.0000", "1")]
    assert stock(shop) == []


def test_stock_is_set_to_what_is_sent(shop):
    assert update(shop, "OMS-0001", qty="7") == 1
    assert update(shop, "2", qty="0.5") == 1
    assert stock(shop, "OMS-0001", "OMS-0002") == [("OMS-0001", "7.0000", "1"), ("OMS-0002", "0.5000", "1")]
    assert [entry["key"] for entry in shop.caller.ledger("stock_updated")] == ["OMS-0001", "OMS-0002"]
    assert fault_of(update, shop, "NOPE", qty="1") == "101"
    assert fault_of(update, shop, "OMS-0001", qty="many") == "102"


def test_sold_out_stays_out_of_stock_until_it_is_told_otherwise(shop):
    update(shop, "OMS-0001", qty="0", is_in_stock=1)
    assert stock(shop, "OMS-0001") == [("OMS-0001", "0.0000", "0")]
    update(shop, "OMS-0001", qty="5")
    assert stock(shop, "OMS-0001") == [("OMS-0001", "5.0000", "0")]
    update(shop, "OMS-0001", qty="5", is_in_stock=1)
    assert stock(shop, "OMS-0001") == [("OMS-0001", "5.0000", "1")]


def test_many_are_set_one_after_the_other_until_one_is_refused(shop):
    assert update_many(shop, [("OMS-0001", {"qty": "1"}), ("OMS-0002", {"qty": "2", "is_in_stock": 1})]) is True
    assert [quantity for _sku, quantity, _is in stock(shop, "OMS-0001", "OMS-0002")] == ["1.0000", "2.0000"]
    rows = [("OMS-0003", {"qty": "3"}), ("NOPE", {"qty": "4"}), ("OMS-0005", {"qty": "5"})]
    assert fault_of(update_many, shop, rows) == "101"
    assert [quantity for _sku, quantity, _is in stock(shop, "OMS-0003")] == ["3.0000"]
    assert [entry["key"] for entry in shop.caller.ledger("stock_updated")] == ["OMS-0001", "OMS-0002", "OMS-0003"]


def test_lists_of_different_length_change_nothing(shop):
    ids = shop.list_of("ArrayOfString", ["OMS-0001", "OMS-0002"])
    data = shop.list_of("catalogInventoryStockItemUpdateEntityArray", [{"qty": "1"}])
    wish = {"productIds": ids, "productData": data}
    assert fault_of(shop.ask, "catalogInventoryStockItemMultiUpdate", **wish) == "103"
    assert shop.caller.ledger("stock_updated") == []


def test_commands_set_stock_and_remove_products(shop):
    shop.caller.control(channel="openmage", set_quantity={"sku": "OMS-0009", "quantity": 3}, remove_product="OMS-0010")
    assert stock(shop, "OMS-0009", "OMS-0010") == [("OMS-0009", "3.0000", "1")]
    assert fault_of(update, shop, "OMS-0010", qty="1") == "101"
