"""A watched folder on a real disk: what is read, when, what is moved, and what a bad neighbour may put there."""

import os
import threading
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest
from odoo.addons.oms_channel_file.client.adapter import FileAdapter, FolderAdapter, finished_files
from odoo.addons.oms_channel_file.client.folder import Folder, split_path
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, NotSupported, Rejected, RetryLater
from order_files import MEANING, csv_of

WINDOW = dto.Window(since=datetime(2020, 1, 1, tzinfo=timezone.utc))
PATH = "wholesale/orders"


@pytest.fixture
def place(tmp_path):
    """A folder below a root, its adapter, and short ways to both."""

    def adapter(path=PATH, settle=0, root=tmp_path):
        settings = {
            "root": str(root), "folder": path, "settle_seconds": settle, "meaning": msgspec.to_builtins(MEANING)
        }  # fmt: skip
        account = Account(id=1, channel_type="file", endpoints={}, settings=settings, secrets={})
        return FolderAdapter(account, None, lambda: datetime.now(timezone.utc))

    def put(name, content):
        (base / "in").mkdir(parents=True, exist_ok=True)
        (base / "in" / name).write_bytes(content)
        time.sleep(0.02)  # so that the next file comes later, by the clock of the disk

    base = tmp_path / "wholesale" / "orders"
    return SimpleNamespace(base=base, root=tmp_path, adapter=adapter, put=put)


def orders(*numbers):
    return csv_of(*({"Order number": number} for number in numbers))


def ids(page):
    return [raw.external_id for raw in page.items]


def put_away(adapter, page, errors=""):
    return [adapter.put_away(name, arrived_at, errors) for name, arrived_at in finished_files(page)]


def names(folder):
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


# === reading =================================================================================================


def test_files_come_oldest_first(place):
    place.put("z.csv", orders("1", "2"))
    place.put("a.csv", orders("3"))
    page = place.adapter().fetch_orders(WINDOW)
    assert (ids(page), page.next_cursor) == (["1", "2", "3"], None)
    assert [raw.updated_at for raw in page.items] == sorted(raw.updated_at for raw in page.items)


def test_what_is_not_finished_waits_and_holds_the_mark(place):
    place.put("orders.csv.part", orders("1"))
    place.put(".hidden.csv", orders("2"))
    place.put("~$orders.xlsx", b"x")
    place.put("fresh.csv", orders("3"))
    (place.base / "in" / "folder").mkdir()
    adapter = place.adapter(settle=60)
    page = adapter.fetch_orders(WINDOW)
    assert page.items == ()
    arrived_at = datetime.fromtimestamp((place.base / "in" / "fresh.csv").stat().st_ctime, timezone.utc)
    assert page.covered_until < arrived_at
    assert ids(place.adapter().fetch_orders(WINDOW)) == ["3"]


def test_a_file_with_an_old_date_still_came_now(place):
    place.put("old.csv", orders("1"))
    os.utime(place.base / "in" / "old.csv", (1_000_000_000, 1_000_000_000))
    page = place.adapter().fetch_orders(dto.Window(since=datetime.now(timezone.utc)))
    assert ids(page) == ["1"]
    assert page.items[0].updated_at > datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_a_file_is_taken_again_until_it_is_put_away_with_the_same_bytes(place):
    place.put("a.csv", orders("1", "2"))
    adapter = place.adapter()
    first, second = adapter.fetch_orders(WINDOW), adapter.fetch_orders(WINDOW)
    assert first.items == second.items
    assert put_away(adapter, first) == [True]
    assert put_away(adapter, first) == [False]
    assert names(place.base / "in") == []
    assert [name.partition("_")[2] for name in names(place.base / "done")] == ["a.csv"]
    assert adapter.fetch_orders(WINDOW).items == first.items
    later = dto.Window(since=datetime.now(timezone.utc))
    assert adapter.fetch_orders(later).items == ()


def test_a_file_that_was_replaced_meanwhile_is_not_put_away(place):
    place.put("a.csv", orders("1"))
    adapter = place.adapter()
    page = adapter.fetch_orders(WINDOW)
    place.put("a.csv", orders("2"))
    assert put_away(adapter, page) == [False]
    assert ids(adapter.fetch_orders(WINDOW)) == ["2"]


def test_a_file_with_errors_lies_in_failed_beside_its_text(place):
    place.put("a.csv", orders("1"))
    adapter = place.adapter()
    put_away(adapter, adapter.fetch_orders(WINDOW), errors="Row 2: something")
    assert [name.partition("_")[2] for name in names(place.base / "failed")] == ["a.csv", "a.csv.txt"]
    assert ids(adapter.fetch_orders(WINDOW)) == ["1"]


def test_pages_go_on_where_they_ended_though_files_move(place, monkeypatch):
    monkeypatch.setattr(FolderAdapter, "limits", msgspec.structs.replace(FolderAdapter.limits, page=4))
    place.put("a.csv", orders("1", "2", "3"))
    place.put("b.csv", orders("4", "5", "6"))
    adapter = place.adapter()
    first = adapter.fetch_orders(WINDOW)
    assert (ids(first), [name for name, _at in finished_files(first)]) == (["1", "2", "3", "4"], ["a.csv"])
    put_away(adapter, first)
    second = adapter.fetch_orders(WINDOW, first.next_cursor)
    assert (ids(second), second.next_cursor) == (["5", "6"], None)
    assert [name for name, _at in finished_files(second)] == ["b.csv"]
    (place.base / "in" / "b.csv").unlink()
    with pytest.raises(Rejected) as caught:
        adapter.fetch_orders(WINDOW, first.next_cursor)
    assert caught.value.code == "cursor_expired"


def test_a_file_that_is_no_table_is_a_document_that_says_why(place):
    place.put("photo.csv", b"\0\1\2")
    page = place.adapter().fetch_orders(WINDOW)
    with pytest.raises(Malformed) as caught:
        FolderAdapter.parse_order(page.items[0].body)
    assert caught.value.params["reason"] == "no_text"
    assert [name for name, _at in finished_files(page)] == ["photo.csv"]


def test_one_order_is_found_in_the_newest_file_that_has_it(place):
    place.put("a.csv", orders("1", "2"))
    adapter = place.adapter()
    put_away(adapter, adapter.fetch_orders(WINDOW))
    place.put("b.csv", csv_of({"Order number": "2", "Quantity": "9"}))
    assert adapter.parse_order(adapter.fetch_order("2").body).lines[0].quantity == 9
    assert adapter.fetch_order("1").external_id == "1"
    with pytest.raises(NotFound):
        adapter.fetch_order("3")


@pytest.mark.parametrize("name", [b"caf\xe9.csv", b"a\nb.csv", b"x" * 240 + b".csv", b"\xff"])
def test_names_nobody_can_show_are_made_plain_and_taken(place, name):
    place.put("a.csv", orders("1"))
    with open(os.fsencode(place.base / "in") + b"/" + name, "wb") as file:
        file.write(orders("2"))
    adapter = place.adapter()
    adapter.fetch_orders(WINDOW)
    page = adapter.fetch_orders(WINDOW)
    assert ids(page) == ["1", "2"]
    assert put_away(adapter, page, errors="something") == [True, True]
    assert names(place.base / "in") == []


# === who may lead us where ===================================================================================


@pytest.mark.parametrize(
    "path",
    ["", "/etc", "../x", "a/../b", "a//b", "a/", ".hidden", "a/.b", "a\0b", "a\nb", "a/b.", " a", "x" * 201, "a\\b"],
)
def test_paths_that_are_not_plain(path):
    assert split_path(path) is None


@pytest.mark.parametrize("path", ["orders", "Wholesale orders/2026", "a/b/c-1_2.x"])
def test_paths_that_are_plain(path):
    assert split_path(path) == tuple(path.split("/"))


def test_without_a_root_no_folder_is_allowed(place):
    for root in ("", "relative"):
        with pytest.raises(Rejected) as caught:
            place.adapter(root=root).check()
        assert "OMS_FILE_ROOT" in caught.value.message


def test_a_root_that_is_gone_is_tried_again(place):
    with pytest.raises(RetryLater) as caught:
        place.adapter(root=place.root / "gone").check()
    assert caught.value.code == "folder_unusable"


@pytest.mark.parametrize("link", ["wholesale", "wholesale/orders", "wholesale/orders/in", "wholesale/orders/out"])
def test_links_are_not_followed(place, link, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_bytes(orders("1"))
    (place.root / link).parent.mkdir(parents=True, exist_ok=True)
    (place.root / link).symlink_to(outside)
    adapter = place.adapter()
    with pytest.raises(Rejected) as caught:
        adapter.push_stock([]) if link.endswith("out") else adapter.fetch_orders(WINDOW)
    assert caught.value.code == "folder_linked"
    assert names(outside) == ["secret.csv"]


def test_a_file_that_is_a_link_or_a_pipe_is_not_read(place):
    place.put("real.csv", orders("1"))
    (place.root / "secret.csv").write_bytes(orders("2"))
    (place.base / "in" / "link.csv").symlink_to(place.root / "secret.csv")
    os.mkfifo(place.base / "in" / "pipe.csv")
    (place.base / "in" / ".clock").unlink(missing_ok=True)
    assert ids(place.adapter().fetch_orders(WINDOW)) == ["1"]


def test_a_clock_that_is_a_link_moves_no_other_file(place):
    place.adapter().check()
    other = place.root / "other"
    other.write_bytes(b"")
    os.utime(other, (0, 0))
    (place.base / "in" / ".clock").unlink()
    (place.base / "in" / ".clock").symlink_to(other)
    with pytest.raises(RetryLater):
        place.adapter().check()
    assert other.stat().st_mtime == 0


def test_a_file_swapped_for_a_link_between_looking_and_reading_is_not_read(place):
    place.put("a.csv", orders("1"))
    folder = Folder(str(place.root), PATH, 0)
    [source], _until = folder.waiting(folder.now())
    (place.base / "in" / "a.csv").rename(place.root / "b.csv")
    (place.base / "in" / "a.csv").symlink_to(place.root / "b.csv")
    with pytest.raises(RetryLater):
        folder.read_source(source)
    assert folder.put_away(source.name, source.arrived_at, "") is False


def test_a_file_we_may_not_read_does_not_stop_the_others(place):
    place.put("a.csv", orders("1"))
    place.put("b.csv", orders("2"))
    (place.base / "in" / "a.csv").chmod(0)
    page = place.adapter().fetch_orders(WINDOW)
    assert ids(page) == ["2", None]  # its new permissions made it the newer one
    with pytest.raises(Malformed) as caught:
        FolderAdapter.parse_order(page.items[1].body)
    assert caught.value.params["reason"] == "may_not_read"


def test_a_folder_we_may_not_open_is_tried_again(place):
    place.put("a.csv", orders("1"))
    (place.base / "in").chmod(0)
    with pytest.raises(RetryLater) as caught:
        place.adapter().fetch_orders(WINDOW)
    (place.base / "in").chmod(0o700)
    assert caught.value.params["why"] == "Permission denied"


# === telling =================================================================================================


def notice(**values):
    line = dto.ShipmentLine(external_line_id="A-1", quantity=Decimal(2))
    fixed = datetime(2026, 11, 26, 9, 0, tzinfo=timezone.utc)
    defaults = {
        "order_external_id": "W-1",
        "reference": "17",
        "carrier_code": "UPS",
        "tracking": "1Z",
        "lines": (line,),
    }
    return dto.ShipmentNotice(shipped_at=fixed, **{**defaults, **values})


def test_a_parcel_is_a_file_and_stays_told_when_it_was_taken_away(place):
    adapter = place.adapter()
    assert adapter.find_shipment(notice()) is None
    adapter.push_shipment(notice())
    [name] = names(place.base / "out")
    assert (place.base / "out" / name).read_bytes() == (
        b"Order number,Line id,Quantity,Carrier,Tracking number,Shipped at,Reference\r\n"
        b"W-1,A-1,2,UPS,1Z,2026-11-26T09:00:00+00:00,17\r\n"
    )
    (place.base / "out" / name).unlink()
    adapter.push_shipment(notice())
    assert names(place.base / "out") == []
    assert adapter.find_shipment(notice()) is not None
    corrected = notice(tracking="1Y")
    assert adapter.find_shipment(corrected) is None
    adapter.push_shipment(corrected)
    assert names(place.base / "out") == [name]


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


class Killer:
    """Ends the process before or after one of its steps on the disk: what was done stays done."""

    def __init__(self, monkeypatch, step, *, is_after):
        self.left, self.is_after = step, is_after
        for name in ("open", "write", "fsync", "rename"):
            self._watch(monkeypatch, name, getattr(os, name))

    def _watch(self, monkeypatch, name, original):
        def call(*arguments, **options):
            self.left -= 1
            is_now = self.left == 0
            if is_now and not self.is_after:
                raise Killed
            try:
                return original(*arguments, **options)
            finally:
                if is_now:
                    raise Killed

        monkeypatch.setattr(os, name, call)


def _take_away(place):
    """Read what is in ``out`` and take it away, as a program does that looks every moment."""
    found = []
    for path in (place.base / "out").glob("parcel-*.csv"):
        found.append((path.name, path.read_bytes()))
        path.unlink()
    return found


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("told", [{}, {"tracking": "1Y"}], ids=["new", "corrected"])
def test_a_crash_anywhere_shows_a_parcel_to_its_reader_once(place, monkeypatch, told, is_after):
    """After a crash the channel is asked first, and the parcel told again where it does not know."""
    crashes = 0
    for step in range(1, 200):
        reference = f"{step}"
        if told:
            place.adapter().push_shipment(notice(reference=reference))
            _take_away(place)
        wanted = notice(reference=reference, **told)
        with monkeypatch.context() as patched:
            Killer(patched, step, is_after=is_after)
            try:
                place.adapter().push_shipment(wanted)
            except Killed:
                crashes += 1
            else:
                break
        seen = _take_away(place)
        if place.adapter().find_shipment(wanted) is None:
            place.adapter().push_shipment(wanted)
        seen += _take_away(place)
        assert len(seen) == 1, (step, seen)
        assert place.adapter().find_shipment(wanted) is not None
    assert crashes > 10


def test_a_crash_before_it_is_remembered_writes_the_same_file_again(place):
    adapter = place.adapter()
    adapter.push_shipment(notice())
    for entry in (place.base / ".told").iterdir():
        entry.unlink()
    adapter.push_shipment(notice())
    assert len(names(place.base / "out")) == 1


def test_orders_with_strange_numbers_have_files_of_their_own(place):
    adapter = place.adapter()
    for number in ("../../etc/passwd", "W/1", "W-1", "Ö", "é", "a" * 300, ".."):
        adapter.push_shipment(notice(order_external_id=number))
    found = names(place.base / "out")
    assert len(found) == 7
    assert all(name.startswith("parcel-") and len(name) < 120 for name in found)
    assert names(place.root) == ["wholesale"]


def test_a_cancellation_is_a_file(place):
    adapter = place.adapter()
    told = dto.CancelNotice(order_external_id="W-1", reference="c1", reason="out_of_stock")
    assert adapter.find_cancellation(told) is None
    adapter.push_cancellation(told)
    adapter.push_cancellation(told)
    [name] = names(place.base / "out")
    assert b"W-1,,,out_of_stock,c1\r\n" in (place.base / "out" / name).read_bytes()
    assert adapter.find_cancellation(told).reference == "c1"
    # There is nothing that could take a no: nobody refused it, and a person reads what to do instead.
    with pytest.raises(NotSupported) as caught:
        adapter.push_cancellation(msgspec.structs.replace(told, is_refused=True))
    assert "yourself" in caught.value.params["message"]
    assert names(place.base / "out") == [name]


def test_stock_is_one_file_that_is_never_half_written(place):
    adapter = place.adapter()
    levels = [dto.StockLevel(ref=str(number), sku=f"SKU-{number}", quantity=number) for number in range(500)]
    adapter.push_stock(levels)
    seen, is_over = [], threading.Event()

    def look():
        while not is_over.is_set():
            seen.append((place.base / "out" / "stock.csv").read_bytes().count(b"\n"))

    reader = threading.Thread(target=look)
    reader.start()
    for _round in range(20):
        rows = adapter.push_stock(levels).rows
    is_over.set()
    reader.join()
    assert {row.error for row in rows} == {None}
    assert set(seen) == {501}


def test_without_a_folder_there_is_nobody_to_ask(place):
    account = Account(id=1, channel_type="file", endpoints={}, settings={}, secrets={})
    now = datetime(2026, 11, 26, tzinfo=timezone.utc)
    adapter = FileAdapter(account, None, lambda: now)
    assert adapter.check().name
    assert adapter.fetch_orders(WINDOW) == dto.Page(items=(), covered_until=now)
    assert adapter.push_shipment(notice()).reference == "17"
    with pytest.raises(NotFound):
        adapter.fetch_order("1")


def test_the_clock_is_the_disks(place):
    folder = Folder(str(place.root), PATH, 0)
    place.put("a.csv", orders("1"))
    stamp = datetime.fromtimestamp((place.base / "in" / "a.csv").stat().st_ctime, timezone.utc)
    assert timedelta(0) <= folder.now() - stamp < timedelta(seconds=5)
