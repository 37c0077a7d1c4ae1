"""Take the pictures of the documentation against a running server: ``python -m tools.screenshots --url http://…``.

The pictures show whatever the server holds, so the demo shop of ``./oms run`` is the server to use. Each picture is one
function that goes to a screen and waits until it is drawn; a screen that never comes fails with its name.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, sync_playwright

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
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
    page.locator(".o_oms_card_name").first.click()
    page.wait_for_selector(".o_form_view .o_notebook")


def stock(page: Page, url: str) -> None:
    page.goto(f"{url}/odoo/oms-listings")
    page.wait_for_selector(".o_data_row .o_oms_tile")


PICTURES = (
    ("channels", channels, DESK),
    ("orders", orders, DESK),
    ("order", order, DESK),
    ("problems", problems, DESK),
    ("link-sku", link_sku, DESK),
    ("channel", channel, DESK),
    ("stock", stock, DESK),
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
