"""From the Apps screen to the first imported order, as a person connects a channel: install, sign in, test, go live."""

import re

import pytest

from tests.screens import take_picture


@pytest.fixture(scope="module")
def shop(fresh_shop):
    """The shop of this file: only Amazon's addon is installed in it."""
    return fresh_shop


def test_ebay_from_the_apps_screen_to_its_first_order(shop, page):
    there = shop.stand_ins["ebay"]
    [number] = there.sell()
    _install(shop, page, "OMS: eBay", "oms_channel_ebay")
    channel = _begin(shop, page, "eBay", "eBay of the test")
    _move_addresses(shop, page, channel, "ebay")
    for site in ("eBay.com", "eBay.co.uk", "eBay.de"):
        _choose(page, "ebay_marketplace_ids", site)
    account = there.account(lambda *_arguments, **_options: [])
    _fill(page, {name: value for name, value in account.items() if isinstance(value, str)})
    _test_and_go_live(shop, page, channel, "connect-ebay")
    _see_the_order(shop, page, number, "connect-ebay-order")


def test_magento_from_the_apps_screen_to_its_first_order(shop, page):
    there = shop.stand_ins["magento"]
    [number] = there.sell()
    _install(shop, page, "OMS: Magento and OpenMage", "oms_channel_magento")
    channel = _begin(shop, page, "Magento 2", "Magento of the test")
    _fill(page, there.account(None))
    _test_and_go_live(shop, page, channel, "connect-magento")
    _see_the_order(shop, page, there.orders()[number]["increment_id"], "connect-magento-order")


def test_openmage_to_its_first_order(shop, page):
    """The addon is there since Magento's test; a shop of the older kind is one more tile."""
    there = shop.stand_ins["openmage"]
    [number] = there.sell()
    channel = _begin(shop, page, "OpenMage / Magento 1", "OpenMage of the test")
    _fill(page, there.account(None))
    _test_and_go_live(shop, page, channel, "connect-openmage")
    _see_the_order(shop, page, number, "connect-openmage-order")


def _install(shop, page, title, name):
    """Press "Activate" on the addon's card in Apps and wait until the new server answers."""
    page.goto(f"{shop.odoo.url}/odoo/apps")
    page.wait_for_selector(".o_kanban_record")
    page.click(".o_facet_remove")  # our addons are no apps of their own
    page.wait_for_selector(".o_searchview_facet", state="detached")
    page.fill(".o_searchview_input", name)
    page.wait_for_selector(".o_searchview_autocomplete")
    page.keyboard.press("Enter")
    card = page.locator(".o_kanban_record", has_text=title).first
    card.wait_for()
    take_picture(page, f"apps-{name}")
    with page.expect_navigation(timeout=120_000):
        card.locator("button[name=button_immediate_install]").click()
    sql = "SELECT state FROM ir_module_module WHERE name = %s"
    shop.wait_until(lambda: shop.sql(sql, name) == [("installed",)], f"{title} to be installed", 120)
    page.wait_for_selector(".o_web_client", timeout=120_000)


def _begin(shop, page, kind, name):
    """Go through the first step of setting a channel up; return the channel."""
    page.goto(f"{shop.odoo.url}/odoo/oms-channels/new")
    page.wait_for_selector(".o_form_view")
    page.fill(".o_field_widget[name=name] input", name)
    page.locator(".o_field_widget[name=channel_type]").get_by_text(kind).first.click()
    page.click("button[name=action_setup_next]:visible")
    [[channel]] = shop.wait_until(lambda: shop.sql("SELECT id FROM oms_channel WHERE name = %s", name), "the channel")
    shop.wait_until(lambda: _step(shop, channel) == "credentials", "the step of the credentials")
    return channel


def _step(shop, channel):
    return shop.sql("SELECT setup_step FROM oms_channel WHERE id = %s", channel)[0][0]


def _choose(page, field, text):
    box = page.locator(f".o_field_widget[name={field}] input")
    box.fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def _fill(page, values):
    for name, value in values.items():
        page.fill(f".o_field_widget[name={name}] input", value)


def _move_addresses(shop, page, channel, name):
    """Let the channel call the sandbox instead of the marketplace. No person does this, so it is done by the API."""
    endpoints = shop.call("oms.channel.endpoint", "search", [("channel_id", "=", channel)])
    shop.call("oms.channel.endpoint", "write", endpoints, {"url": f"{shop.sandbox.url}/{name}"})
    page.goto(f"{shop.odoo.url}/odoo/oms-channels/{channel}")
    page.wait_for_selector(".o_form_view")


def _test_and_go_live(shop, page, channel, picture):
    """Test the connection, accept what the other steps propose, and go live."""
    page.click("button[name=action_check]:visible")
    checked = "SELECT check_state, check_message FROM oms_channel WHERE id = %s"
    shop.wait_until(lambda: shop.sql(checked, channel)[0][0], "the answer to the test")
    assert shop.sql(checked, channel)[0][0] == "ok", shop.sql(checked, channel)
    page.locator(".o_field_widget[name=check_message]:visible").first.wait_for()
    take_picture(page, f"{picture}-sign-in")
    while (step := _step(shop, channel)) != "preview":
        if step == "place" and not page.locator(".o_field_widget[name=warehouse_ids] .o_tag:visible").count():
            _choose(page, "warehouse_ids", "Berlin")
        page.click("button[name=action_setup_next]:visible")
        shop.wait_until(lambda before=step: _step(shop, channel) != before, f"the step after {step}")
    # The totals there and here; a tax that is not linked yet is a question and stops nothing.
    page.get_by_text(re.compile("^(Equal|Goes on, needs you)$")).first.wait_for()
    page.get_by_text("Fetching the last orders").wait_for(state="detached")
    take_picture(page, f"{picture}-preview")
    page.click("button[name=action_go_live]:visible")
    page.wait_for_selector("button[name=action_sync_now]:visible")


def _see_the_order(shop, page, number, picture):
    sql = "SELECT 1 FROM sale_order WHERE oms_external_number = %s"
    shop.wait_until(lambda: shop.sql(sql, number), "the first order")
    page.goto(f"{shop.odoo.url}/odoo/oms-orders")
    page.fill(".o_searchview_input", number)
    page.wait_for_selector(".o_searchview_autocomplete")  # one that opens after "Enter" stays open
    page.keyboard.press("Enter")
    page.locator(".o_data_row", has=page.get_by_text(number, exact=True)).wait_for()
    page.wait_for_selector(".o_searchview_autocomplete", state="detached")
    take_picture(page, picture)
    shop.settle()
