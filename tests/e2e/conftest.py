"""A shop of real processes with the official example orders in its sandbox, and a browser to look at it."""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests.shop import Shop, filled_database
from tools.browser import find_browser
from tools.demo_channels import STORES

# Chromium would ask its maker's hosts for updates; a test talks to this machine only.
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="session")
def shop():
    """The demo shop, connected, with everything the sandbox had at its start imported."""
    with Shop(filled_database()) as shop:
        stores = shop.call("oms.amazon.marketplace", "search", [("code", "in", STORES)])
        warehouses = shop.call("stock.warehouse", "search", [])
        values = {"amazon_marketplace_ids": [(6, 0, stores)], "warehouse_ids": [(6, 0, warehouses)]}
        shop.connect(stock=True, listings=True, **values)
        shop.sync()
        yield shop


@pytest.fixture(scope="module")
def fresh_shop():
    """A shop where nobody has installed a channel but Amazon yet, and none is connected."""
    with Shop(filled_database(template=os.environ["OMS_TEMPLATE_AT_FIRST"])) as shop:
        yield shop


@pytest.fixture(scope="session")
def browser():
    """A headless browser."""
    path = find_browser()
    assert path, "no browser: run ./oms test e2e, which installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def signed_in(browser, shop, login):
    """Lend a page of ``login``, whose password is its login. It ends with an error when the page logged one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(30_000)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{shop.odoo.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client")
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def page(browser, shop):
    """A signed-in administrator's page. The test fails when the page logged an error."""
    with signed_in(browser, shop, "admin") as page:
        yield page


@pytest.fixture
def picker_page(browser, shop):
    """A page of somebody of the warehouse. The test fails when the page logged an error."""
    with signed_in(browser, shop, "picker") as page:
        yield page
