"""Take the pictures of the documentation against a running server: ``python -m tools.screenshots --url http://…``.

The pictures show whatever the server holds, so the demo shop of ``./oms run`` is the server to use. Each picture is one
function that goes to a screen and waits until it is drawn; a screen that never comes fails with its name.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, sync_playwright

from tools.demo_channels import AMAZON

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SECOND = "Amazon, second account"  # set up for the pictures of the set-up; it stays there and never goes live
DRAWN_MS = 900  # after the last element came: fonts, fades and the first tick of the countdowns


def channels(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-channels")
    page.wait_for_selector(".o_oms_row")


def orders(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-orders")
    page.wait_for_selector(".o_data_row .o_oms_tile")


def problems(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-exceptions")
    page.wait_for_selector(".o_oms_problem_text")


def link_sku(page: Page, url: str) -> None:
    problems(page, url)
    page.locator(".o_kanban_group", has_text="SKU not linked").locator(".o_kanban_record").first.click()
    page.wait_for_selector(".o_oms_fix")


def order(page: Page, url: str) -> None:
    link_sku(page, url)
    page.click(".o_oms_problem_where button")
    page.wait_for_selector(".o_oms_event")


def channel(page: Page, url: str) -> None:
    channels(page, url)
    page.locator(".o_oms_card_name", has_text="Amazon").first.click()
    page.wait_for_selector(".o_form_view .o_notebook")


def stock(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-listings")
    page.wait_for_selector(".o_data_row .o_oms_tile")


def listing(page: Page, url: str) -> None:
    stock(page, url)
    page.fill(".o_searchview_input", "Canvas tote bag, red")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_facet_value")
    page.locator(".o_data_row", has_text="Canvas tote bag, red").first.locator("text=View").click()
    page.wait_for_selector(".o_oms_waterfall_picture")
    page.fill("#oms_try", "3")
    page.wait_for_selector(".o_oms_tried")


def fetch_order(page: Page, url: str) -> None:
    orders(page, url)
    page.fill(".o_searchview_input", "302-1234567-7654321")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_oms_fetch button")


def setup_account(page: Page, url: str) -> None:
    channels(page, url)
    page.locator(".o_oms_add .o_oms_kind", has_text="Amazon").click()
    page.wait_for_selector(".o_oms_step_now")


def setup_credentials(page: Page, url: str) -> None:
    address = _sandbox_address(page, url)
    setup_account(page, url)
    page.fill("[name=name] input", SECOND)
    _go_on(page)
    for field, value in AMAZON.items():
        page.fill(f"[name={field}]:visible input", value)
    page.locator("[name=amazon_marketplace_ids]:visible input").type("Amazon.de")
    page.locator(".o-autocomplete--dropdown-item", has_text="Amazon.de").click()
    page.click(".o_oms_details:visible summary")
    for row in page.locator("[name=endpoint_ids]:visible .o_data_row").all():
        row.locator("td[name=url]").click()
        page.fill("[name=endpoint_ids]:visible .o_selected_row td[name=url] input", address)
    page.click(".o_oms_details:visible summary")
    page.locator("button[name=action_check]:visible").click()
    answer = page.locator(".o_oms_panel_head:has(.o_oms_ok):visible").first
    answer.wait_for()
    answer.scroll_into_view_if_needed()
    page.wait_for_selector(".o_notification", state="detached")


def setup_step(label: str, selector: str):
    """Return a function that goes on with the second account up to the step named and waits for ``selector``."""

    def open_step(page: Page, url: str) -> None:
        channels(page, url)
        page.locator(".o_kanban_record", has_text=SECOND).locator("button", has_text="Continue set-up").click()
        page.wait_for_selector(".o_oms_step_now")
        while label not in page.text_content(".o_oms_step_now"):
            if (
                "Company" in page.text_content(".o_oms_step_now")
                and not page.locator("[name=warehouse_ids] .o_tag").count()
            ):
                page.locator("[name=warehouse_ids] input").type("Lyon")
                page.locator(".o-autocomplete--dropdown-item", has_text="Lyon").first.click()
            _go_on(page)
        page.wait_for_selector(selector)
        page.wait_for_selector(".fa-spinner", state="detached")

    return open_step


def _go_on(page: Page) -> None:
    now = page.text_content(".o_oms_step_now")
    page.keyboard.press("Alt+s")
    page.wait_for_function(
        "now => { const step = document.querySelector('.o_oms_step_now'); return step && step.textContent !== now; }",
        arg=now,
    )


def _sandbox_address(page: Page, url: str) -> str:
    """Return where the demo channel reaches the sandbox."""
    channel(page, url)
    page.click(".o_oms_details summary")
    return page.locator("[name=endpoint_ids] td[name=url]").first.inner_text().strip()


def overview(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-overview")
    page.wait_for_selector(".o_oms_channel svg")


PICTURES = (
    ("overview", overview, DESK),
    ("channels", channels, DESK),
    ("orders", orders, DESK),
    ("order", order, DESK),
    ("problems", problems, DESK),
    ("link-sku", link_sku, DESK),
    ("channel", channel, DESK),
    ("stock", stock, DESK),
    ("listing", listing, DESK),
    ("fetch-order", fetch_order, DESK),
    ("setup-account", setup_account, DESK),
    ("setup-credentials", setup_credentials, DESK),
    ("setup-mapping", setup_step("Taxes", "[name=delivery_ids] .o_data_row"), DESK),
    ("setup-listings", setup_step("Listings", ".o_oms_facts"), DESK),
    ("setup-policies", setup_step("Policies", "[name=unpaid_policy]"), DESK),
    ("setup-preview", setup_step("Preview", ".o_oms_preview_row"), DESK),
    ("orders-phone", lambda page, url: _open_on_phone(page, f"{url}/odoo/oms-orders"), PHONE),
)


def _open_on_phone(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".o_kanban_record .o_oms_tile")


def sign_in(page: Page, url: str, login: str, password: str) -> None:
    """Sign in and wait for the web client."""
    page.goto(f"{url}/web/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar", timeout=90_000)  # the first page of a fresh database builds its assets


def take(options: argparse.Namespace) -> list[str]:
    """Take the chosen pictures.

    :return: the names of those that could not be taken
    """
    failed = []
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for name, open_screen, size in PICTURES:
            if options.only and name not in options.only:
                continue
            page = browser.new_context(viewport=size, timezone_id="Europe/Berlin", has_touch=size is PHONE).new_page()
            try:
                sign_in(page, options.url, options.login, options.password)
                open_screen(page, options.url)
                page.wait_for_timeout(DRAWN_MS)
                page.screenshot(path=options.out / f"{name}.png")
                print(f"{name}: {options.out / name}.png")
            except TimeoutError as error:
                failed.append(name)
                print(f"{name}: did not come. {str(error).splitlines()[0]}")
            finally:
                page.context.close()
        browser.close()
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069", help="the running server")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="admin")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    parser.add_argument("--only", nargs="*", choices=[name for name, *_ in PICTURES], help="these pictures alone")
    parser.add_argument("--chromium", default=CHROMIUM, help="the browser's program")
    return 1 if take(parser.parse_args()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
