"""The channels of the demo shop: one account on each stand-in of the sandbox, and one for files.

Runs inside ``odoo shell``, for :mod:`tools.demo_setup`. The credentials are known to everybody: they open nothing but
the stand-ins (``sandbox/*/README.md``).
"""

import json
from urllib.request import Request, urlopen

STORES = (
    "ATVPDKIKX0DER",  # US
    "A1F83G8C2ARO7P",  # GB
    "A1PA6795UKMFR9",  # DE
    "A1VC38T7YXB528",  # JP
    "A2Q3Y263D00KWC",  # BR
    "A33AVAJ2PDY3EV",  # TR
)
SITES = ("EBAY_US", "EBAY_GB", "EBAY_DE")
AMAZON = {
    "amazon_seller_id": "A1OMSSANDBOX",
    "amazon_client_id": "amzn1.application-oa2-client.sandbox",
    "amazon_client_secret": "amzn1.oa2-cs.v1.sandbox",
    "amazon_refresh_token": "Atzr|sandbox",
}
EBAY = {
    "ebay_client_id": "OmsSandbox-app",
    "ebay_ru_name": "Oms-Sandbox-RuName",
    "ebay_client_secret": "SBX-oms-cert",
    "ebay_refresh_token": "v^1.1#sandbox-refresh",
}
MAGENTO = {
    "magento_consumer_key": "omsconsumerkey0000000000000000000",
    "magento_consumer_secret": "omsconsumersecret00000000000000",
    "magento_access_token": "omsaccesstoken00000000000000000",
    "magento_access_token_secret": "omsaccesstokensecret0000000000",
}
OPENMAGE = {"openmage_username": "oms", "openmage_api_key": "oms-sandbox-key"}

# Name, minutes between two looks (Amazon allows 0.0056 searches a second), and credentials of each.
CHANNELS = {
    "amazon": ("Amazon", 3, AMAZON),
    "ebay": ("eBay", 2, EBAY),
    "magento": ("Magento shop", 2, MAGENTO),
    "openmage": ("OpenMage shop", 2, OPENMAGE),
}
# Per country, of prices that contain it. What is put on top elsewhere comes as a line of its own.
TAXES = {"DE": 19.0, "FR": 20.0, "GB": 20.0, "JP": 10.0}
SKU_NOBODY_KNOWS = "OLD-SKU-77"
# A phone order, an order of a known customer at the prices of the list, and one with errors.
FILE_CHANNEL = "Phone and wholesale"
SAMPLE_FILE = """Order number;Customer reference;Name;Street;City;Postal code;Country;SKU;Quantity;Unit price;Order type
P-1001;;Jana Lindner;Hauptstr. 5;Leipzig;04109;Germany;OMS-0001;1;24,90;phone
P-1001;;;;;;;OMS-0002;2;39,50;phone
W-2001;C-002;;;;;;OMS-0003;24;;wholesale
W-2001;C-002;;;;;;OMS-0004;12;;wholesale
W-2002;C-099;;;;;;OMS-0001;twelve;;wholesale
"""


def connect(env, sandbox_url):
    """Tie the demo shop's channels to the stand-ins of this run and go live. Safe to call at every start."""
    base = sandbox_url.rstrip("/")
    for channel_type in CHANNELS:
        channel = env["oms.channel"].search([("channel_type", "=", channel_type)], limit=1)
        if not channel:
            channel = _build(env, channel_type)
        channel.write(_credentials(env, channel_type, base))
        channel._ensure_endpoints()
        outside = channel.endpoint_ids.filtered(lambda endpoint: not endpoint.url.startswith(f"{base}/"))
        outside.url = f"{base}/{channel_type}"
        channel.action_go_live()


def _build(env, channel_type):
    company = env.company
    name, minutes, _credentials = CHANNELS[channel_type]
    return env["oms.channel"].create(
        {
            "name": name,
            "channel_type": channel_type,
            "company_id": company.id,
            "warehouse_ids": [(6, 0, env["stock.warehouse"].search([("company_id", "=", company.id)]).ids)],
            "poll_minutes": minutes,
            "is_stock_pushed": True,
            "tax_ids": [(0, 0, _tax_row(env, code, percent)) for code, percent in TAXES.items()],
        }
    )


def _tax_row(env, code, percent):
    """Return the row that maps a country to its tax, which all channels share."""
    name = f"{percent:g}% incl. ({code})"
    domain = [("name", "=", name), ("company_id", "=", env.company.id)]
    tax = env["account.tax"].search(domain, limit=1) or env["account.tax"].create(
        {
            "name": name,
            "amount": percent,
            "type_tax_use": "sale",
            "price_include_override": "tax_included",
            "company_id": env.company.id,
        }
    )
    return {"country_id": env["res.country"].search([("code", "=", code)]).id, "tax_id": tax.id}


def _credentials(env, channel_type, base):
    values = dict(CHANNELS[channel_type][2])
    if channel_type == "amazon":
        stores = env["oms.amazon.marketplace"].search([("code", "in", STORES)])
        values["amazon_marketplace_ids"] = [(6, 0, stores.ids)]
    elif channel_type == "ebay":
        sites = env["oms.ebay.marketplace"].search([("code", "in", SITES)])
        values["ebay_marketplace_ids"] = [(6, 0, sites.ids)]
    else:
        values["magento_base_url"] = f"{base}/{channel_type}"
    return values


def build_file_channel(env):
    """A channel for files, live, with a file somebody uploaded and looked through: it waits for "Import"."""
    pricelist = env["product.pricelist"].create(
        {
            "name": "Wholesale, 30 % off",
            "currency_id": env.company.currency_id.id,
            "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 30, "applied_on": "3_global"})],
        }
    )
    channel = env["oms.channel"].create(
        {
            "name": FILE_CHANNEL,
            "channel_type": "file",
            "warehouse_ids": [(6, 0, env["stock.warehouse"].search([], limit=1).ids)],
            "file_decimal": ",",
            "file_date_order": "dmy",
            "file_time_zone": "Europe/Berlin",
            "file_pricelist_id": pricelist.id,
            "poll_minutes": 60,
        }
    )
    channel.action_go_live()
    upload = env["oms.file.import"]._create_from_file(channel, "phone-and-wholesale.csv", SAMPLE_FILE.encode())
    upload.action_check()


def stage(sandbox_url):
    """Let happen on the other side what a new shop should see once: an SKU nobody knows, a wish to cancel, a return.

    Unpaid orders and those without an SKU are among what the stand-ins sell anyway. Does nothing where it was done.
    """
    state = _ask(f"{sandbox_url}/__state")
    if state["ebay"]["returns"]:
        return
    # Some minutes ago: searches leave out what may still be on its way, and returns are looked for twice an hour.
    _control(sandbox_url, "amazon", clock_offset=-600)
    try:
        _stage(sandbox_url, state)
    finally:
        _control(sandbox_url, "amazon", clock_offset=0)


def _stage(sandbox_url, state):
    amazon = [number for number, order in state["amazon"]["orders"].items() if _is_plain(order)]
    if amazon:
        items = state["amazon"]["orders"][amazon[0]]["orderItems"]
        items[0]["product"]["sellerSku"] = SKU_NOBODY_KNOWS
        _control(sandbox_url, "amazon", update_order={"orderId": amazon[0], "set": {"orderItems": items}})
    for number in amazon[1:2]:
        _control(sandbox_url, "amazon", cancel_order={"orderId": number, "by": "BUYER", "request_only": True})
    ebay = [number for number, order in state["ebay"]["orders"].items() if order["orderPaymentStatus"] == "PAID"]
    for number in ebay[:1]:
        line = state["ebay"]["orders"][number]["lineItems"][0]["lineItemId"]
        _control(sandbox_url, "ebay", ship_elsewhere={"orderId": number})
        wish = {"orderId": number, "lineItemId": line, "quantity": 1, "comment": "Too small"}
        _control(sandbox_url, "ebay", open_return=wish)


def _is_plain(order):
    return (
        order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        and order["fulfillment"]["fulfilledBy"] != "AMAZON"
        and order["orderItems"][0]["product"]["sellerSku"].startswith("OMS-")
    )


def _control(sandbox_url, channel, **wishes):
    body = json.dumps({"channel": channel, **wishes}).encode()
    return _ask(Request(f"{sandbox_url}/__control", body, method="POST"))  # noqa: S310 as below


def _ask(request):
    with urlopen(request, timeout=30) as answer:  # noqa: S310 the sandbox's address, given by whoever started it
        return json.loads(answer.read())
