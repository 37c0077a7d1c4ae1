"""The two APIs, with real clients: what integrations may do, and what nobody may read."""

import base64
import xmlrpc.client

import pytest

from tests.rpc import JsonRefused
from tests.stand_ins.amazon import CANARIES

# odoo/addons/rpc/controllers/xmlrpc.py, RPC_FAULT_CODE_*: a person is told why, a program fails with 1 and a traceback.
WARNING, ACCESS_ERROR = 2, 4
SECRETS = ["amazon_client_secret", "amazon_refresh_token"]
DUMPS = ("SELECT * FROM oms_channel", "SELECT * FROM oms_secret", "SELECT * FROM queue_job", "SELECT * FROM ir_logging")
NUMBER = "114-9876543-1234567"  # an official example order in US dollars


def test_xml_rpc_reads_orders_and_their_timeline(shop):
    clerk = shop.as_user("clerk")
    order = clerk.call(
        "sale.order", "search_read", [("oms_external_number", "=", NUMBER)], ["amount_total", "currency_id", "state"]
    )[0]
    assert (order["amount_total"], order["currency_id"][1]) == (49.99, "USD")
    kinds = [event["kind"] for event in clerk.call("sale.order", "get_oms_timeline", [order["id"]])]
    assert kinds[-1] == "imported"


def test_json_2_reads_the_same(shop):
    clerk = shop.json2("clerk")
    order = clerk.call(
        "sale.order", "search_read", domain=[["oms_external_number", "=", NUMBER]], fields=["amount_total"]
    )[0]
    assert order["amount_total"] == 49.99
    events = clerk.call("sale.order", "get_oms_timeline", ids=[order["id"]], limit=2)
    assert len(events) == 2
    assert {"id", "at", "kind", "source", "actor", "summary"} <= set(events[0])


def test_an_order_is_fetched_by_its_channel_number(shop):
    number = shop.amazon.generate(1, kind="standard")[0]
    assert shop.json2("clerk").call("oms.channel", "fetch_order", ids=[shop.channel], external_id=number) is True
    shop.settle()
    assert shop.sql("SELECT count(*) FROM sale_order WHERE oms_external_id = %s", number) == [(1,)]


def test_an_sku_is_linked_by_an_integration(shop):
    clerk = shop.as_user("clerk")
    problem = clerk.call(
        "oms.exception", "search_read", [("reason", "=", "unmapped_sku"), ("state", "=", "open")], ["cause"]
    )[0]
    product = clerk.call("product.product", "search", [("default_code", "=", "OMS-0001")])[0]
    assert clerk.call("oms.exception", "link_sku", [problem["id"]], product) is True
    left = clerk.call("oms.exception", "search_count", [("cause", "=", problem["cause"]), ("state", "=", "open")])
    assert left == 0


@pytest.mark.parametrize("login", ["picker", "seller", "visitor"])
@pytest.mark.parametrize(
    ("model", "method", "arguments"),
    [
        ("oms.channel", "action_sync_now", {}),
        ("oms.channel", "action_pause", {}),
        ("oms.channel", "write", {"vals": {"amazon_seller_id": "SOMEBODY"}}),
        ("oms.exception", "link_sku", {"product_id": 1}),
        ("oms.exception", "get_exchange", {}),
        ("oms.exception", "assign", {"user_id": 2}),
        ("oms.inbox", "read", {"fields": ["digest"]}),
        ("oms.inbox", "action_replay", {}),
        ("oms.outbox", "action_retry", {}),
        ("oms.secret", "read", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_has_no_part_in_it_is_refused(shop, login, model, method, arguments):
    record = shop.sql(f"SELECT max(id) FROM {model.replace('.', '_')}")[0][0] or 1
    before = shop.sql("SELECT state, amazon_seller_id FROM oms_channel")
    with pytest.raises(JsonRefused) as refusal:
        shop.json2(login).call(model, method, ids=[record], **arguments)
    assert refusal.value.status in (403, 422), refusal.value
    assert refusal.value.name in ("odoo.exceptions.AccessError", "odoo.exceptions.UserError"), refusal.value
    assert shop.sql("SELECT state, amazon_seller_id FROM oms_channel") == before


def test_the_overview_is_one_read_whose_numbers_can_be_counted_again(shop):
    boxes = shop.json2("clerk").call("oms.overview", "get_overview")["boxes"]
    assert not [name for name, box in boxes.items() if "error" in box]
    clerk = shop.as_user("clerk")
    assert set(clerk.call("oms.overview", "get_overview", ["figures"])["boxes"]) == {"figures"}
    for figure in boxes["figures"]["rows"]:
        model = {"oms_core.oms_exception_action": "oms.exception", "oms_core.oms_return_action": "oms.return"}
        found = clerk.call(model.get(figure["action"], "sale.order"), "search_count", figure["domain"])
        assert found == figure["count"], figure


@pytest.mark.parametrize("login", ["picker", "seller", "visitor"])
def test_the_overview_is_for_the_order_desk(shop, login):
    with pytest.raises(JsonRefused) as refusal:
        shop.json2(login).call("oms.overview", "get_overview")
    assert refusal.value.status == 403, refusal.value


def test_a_problem_tells_all_about_itself_and_nothing_of_the_buyer(shop):
    clerk = shop.as_user("clerk")
    [problem] = clerk.call("oms.exception", "search", [("reason", "=", "unmapped_sku")], limit=1)
    panel = clerk.call("oms.exception", "get_panel", [problem])
    assert panel["fix"] is False or "candidates" in panel["fix"]
    exchange = clerk.call("oms.exception", "get_exchange", [problem])
    assert exchange["answer"]
    [buyer] = shop.sql(
        "SELECT partner.name, partner.email, partner.street, partner.phone FROM oms_exception problem"
        " JOIN sale_order ON sale_order.id = problem.order_id"
        " JOIN res_partner partner ON partner.id = sale_order.partner_shipping_id WHERE problem.id = %s",
        problem,
    )
    for word in (*CANARIES.values(), *filter(None, buyer)):
        assert word not in str(exchange) + str(panel)


@pytest.mark.parametrize("login", ["picker", "visitor"])
def test_who_sells_nothing_may_not_fetch_orders(shop, login):
    with pytest.raises(xmlrpc.client.Fault) as refusal:
        shop.as_user(login).call("oms.channel", "fetch_order", [shop.channel], NUMBER)
    assert refusal.value.faultCode in (ACCESS_ERROR, WARNING)


@pytest.mark.parametrize("method", ["_job_fetch_orders", "_account", "_secret", "_adapter"])
def test_private_methods_are_closed(shop, method):
    with pytest.raises(xmlrpc.client.Fault, match="rivate method"):
        shop.call("oms.channel", method, [shop.channel])


@pytest.mark.parametrize("method", ["action_sync_now", "action_check", "action_pause", "action_go_live"])
def test_buttons_answer_integrations_too(shop, method):
    """XML-RPC has no word for nothing, so a method that returns nothing cannot be called through it."""
    client = shop.as_user("admin")
    client.call("oms.channel", method, [shop.channel])
    client.call("oms.channel", "action_go_live", [shop.channel])
    shop.settle()
    assert client.call("oms.channel", "read", [shop.channel], ["state"])[0]["state"] == "live"


def test_secrets_are_written_and_never_read(shop):
    channel = shop.call("oms.channel", "read", [shop.channel])[0]
    exported = shop.call("oms.channel", "export_data", [shop.channel], ["name", *SECRETS])
    for name in SECRETS:
        assert "stored" in channel[name]
    assert not shop.call("oms.channel", "copy_data", [shop.channel])[0].get(SECRETS[0])
    written = "".join(map(repr, (channel, exported, *map(shop.sql, DUMPS)))) + shop.odoo.read_log()
    for name in ("client_secret", "refresh_token"):
        assert CANARIES[name] not in written


def test_secrets_are_not_even_masked_for_clerks(shop):
    for name in SECRETS:
        with pytest.raises(xmlrpc.client.Fault) as refusal:
            shop.as_user("clerk").call("oms.channel", "read", [shop.channel], [name])
        assert refusal.value.faultCode == ACCESS_ERROR
    for login in ("clerk", "admin"):
        with pytest.raises(JsonRefused) as refused:
            shop.json2(login).call("oms.secret", "search_read", domain=[], fields=["value"])
        assert refused.value.status == 403


def test_nobody_searches_for_a_secret(shop):
    """A search that guesses would tell a secret letter by letter."""
    for name in SECRETS:
        with pytest.raises(xmlrpc.client.Fault):
            shop.call("oms.channel", "search", [(name, "like", "A%")])


def test_the_timeline_cannot_be_rewritten(shop):
    event = shop.sql("SELECT max(id) FROM oms_order_event")[0][0]
    for method, arguments in (("write", [{"kind": "confirmed"}]), ("unlink", []), ("copy", [])):
        with pytest.raises(xmlrpc.client.Fault):
            shop.call("oms.order.event", method, [event], *arguments)
    row = {"order_id": 1, "kind": "confirmed", "source": "person", "at": "2026-11-23 12:00:00", "company_id": 1}
    with pytest.raises(xmlrpc.client.Fault):
        shop.call("oms.order.event", "create", [row])
    loaded = shop.call("oms.order.event", "load", ["kind", "source"], [["Confirmed", "A person"]])
    assert loaded["ids"] is False
    assert shop.sql("SELECT max(id) FROM oms_order_event") == [(event,)]


ORDER_FILE = b"""Order number;Name;Street;City;Country;SKU;Quantity;Unit price
API-1;Ann Buyer;1 Main Street;Kendal;GB;OMS-0001;2;9.90
API-2;Ann Buyer;1 Main Street;Kendal;GB;OMS-0001;two;9.90
"""


def test_orders_come_in_by_a_file_once(shop):
    admin, content = shop.as_user("admin"), base64.b64encode(ORDER_FILE).decode()
    values = {"name": "Files by API", "channel_type": "file", "file_decimal": "."}
    channel = admin.call("oms.channel", "create", values)
    admin.call("oms.channel", "action_go_live", [channel])
    clerk, arguments = shop.as_user("clerk"), {"name": "orders.csv", "content_base64": content}
    preview = clerk.call("oms.channel", "import_order_file", [channel], "orders.csv", content, True)
    assert [order["state"] for order in preview["orders"]] == ["new", "error"]
    assert preview["errors"] == [
        {"order": "API-2", "row": 3, "column": "Quantity", "message": "“two” is not a number"},
    ]
    assert shop.sql("SELECT count(*) FROM oms_inbox WHERE channel_id = %s", channel) == [(0,)]
    answers = [shop.json2("clerk").call("oms.channel", "import_order_file", ids=[channel], **arguments) for _ in "12"]
    assert [answer["orders"][0]["state"] for answer in answers] == ["new", "unchanged"]
    shop.settle()
    assert shop.sql("SELECT oms_external_id, amount_total FROM sale_order WHERE oms_channel_id = %s", channel) == [
        ("API-1", 19.8)
    ]
    lines = clerk.call("oms.file.import.line", "search_read", [("import_id", "=", answers[0]["id"])], ["result"])
    assert [line["result"] for line in lines] == ["created", "failed"]
    for login in ("picker", "visitor"):
        with pytest.raises(JsonRefused):
            shop.json2(login).call("oms.channel", "import_order_file", ids=[channel], **arguments)
    admin.call("oms.channel", "action_pause", [channel])
    admin.call("oms.channel", "write", [channel], {"active": False})
