"""A watched folder on a real disk as a channel under test: its other side is who puts files in and takes files out."""

import csv
import io
import tempfile
import time
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import msgspec
from odoo.addons.oms_channel_file.client.adapter import FolderAdapter, finished_files
from odoo.addons.oms_channel_file.lib.values import Meaning
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
HEADINGS = ("Order number", "Name", "Street", "City", "Country", "Purchase order", "SKU", "Quantity", "Unit price",
            "Shipping", "Discount", "Tax %")  # fmt: skip
PER_FILE = 10


class ShortPages(FolderAdapter):
    """The adapter with pages that a test can fill."""

    limits = msgspec.structs.replace(FolderAdapter.limits, page=100)


class FileChannel:
    """The adapter of a watched folder, and the folder seen by its other side. There is no network in it."""

    name = "file"
    adapter_class = FolderAdapter
    # No network that fails, no logins, no secrets. A file does not change by what is told, nobody refuses what is, and
    # no column asks not to be sent an order. What is told is there at once.
    cannot = frozenset(
        {"network", "log_in", "secrets", "end_places", "listings", "refuse", "show_state", "show_parcels"}
        | {"ask_to_cancel", "take_long"}
    )
    known_sku, unknown_sku = "OMS-0001", "NO-SUCH-SKU"
    unknown_order = "W-NONE"

    def __init__(self, sandbox):
        self.sandbox = sandbox  # of the other channels; this one has none
        self._place = tempfile.TemporaryDirectory()
        self._base = Path(self._place.name) / "orders"
        self._sold = 0

    def can(self, what):
        """Return whether the channel has what a promise is about."""
        return what not in self.cannot

    def adapter(self, *, limits=None, **_secrets):
        """Return an adapter for the folder; a file counts as complete at once, so that tests need not wait."""
        settings = {
            "root": self._place.name,
            "folder": "orders",
            "settle_seconds": 0,
            "meaning": msgspec.to_builtins(Meaning(currency="EUR")),
        }
        account = Account(id=1, channel_type="file", endpoints={}, settings=settings, secrets={})
        return ShortPages(account, None, lambda: datetime.now(timezone.utc))

    # --- the other side -----------------------------------------------------------------------------------------------

    def sell(self, count, kind="standard", lines=None, **_wish):
        """Put files with orders into the folder; return their numbers. The first half was taken before, as is usual."""
        numbers = [f"W-{self._sold + index}" for index in range(1, count + 1)]
        self._sold += count
        half = numbers[: count // 2]
        # Few orders come one by one, many by the file.
        size = 1 if count <= PER_FILE else PER_FILE
        for part in (half, numbers[len(half) :]):
            for start in range(0, len(part), size):
                rows = [row for number in part[start : start + size] for row in self._rows(number, kind, lines)]
                self._put(f"{part[start]}.csv", rows)
            if part is half:
                self._take_all()
        return numbers

    def _rows(self, number, kind, quantities):
        ordinal = int(number.partition("-")[2])
        for position, quantity in enumerate(quantities or [1 + ordinal % 3], 1):
            is_mixed = kind == "mixed" and ordinal % 2
            yield {
                "Order number": number,
                "Name": "Ann Buyer",
                "Street": "1 Main Street",
                "City": "Kendal",
                "Country": "GB",
                "SKU": f"OMS-{position:04d}",
                "Quantity": str(quantity),
                "Unit price": f"{9 + ordinal % 5}.9{ordinal % 10}",
                "Shipping": "4,95" if is_mixed else "",
                "Discount": "10 %" if is_mixed or kind == "discount" else "",
                "Tax %": "20" if ordinal % 3 else "",
            }

    def _put(self, name, rows):
        """Write a file under another name first, as who writes it should."""
        folder = self._base / "in"
        folder.mkdir(parents=True, exist_ok=True)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, HEADINGS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
        beside = folder / f"{name}.part"
        beside.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
        beside.rename(folder / name)
        time.sleep(0.005)  # the disk's clock moves on in steps of some milliseconds

    def _take_all(self):
        """Take what waits, as the order desk does."""
        adapter = self.adapter()
        for name, arrived_at in finished_files(adapter.fetch_orders(dto.Window(since=LONG_AGO))):
            adapter.put_away(name, arrived_at, "")

    def change(self, order_id, at=None):
        """Put a file into the folder that says something else about an order."""
        stamp = f"PO {time.monotonic_ns()}"
        self._put(
            f"change-{stamp}.csv", [row | {"Purchase order": stamp} for row in self._rows(order_id, "standard", None)]
        )

    def spoil(self, order_id, flaw):
        """Put a file into the folder in place of the one of an order, with something wrong in it; return the place."""
        flaws = {
            "NUL": ({"Name": "a\x01b"}, "row 2, Name (B)"),
            "half a character": ({"Name": "x" * 5_001}, "row 2, Name (B)"),
            "a megabyte": ({"Name": "x" * 100_000}, "row 2, Name (B)"),
            "NaN": ({"Unit price": "NaN"}, "row 2, Unit price (I)"),
            "no price": ({"Unit price": ""}, "row 2, Unit price (I)"),
        }
        change, place = flaws[flaw]
        for old in self._base.glob(f"*/*{order_id}.csv"):
            old.unlink()
        self._put(f"{order_id}.csv", [row | change for row in self._rows(order_id, "standard", None)])
        return place

    # --- effects ------------------------------------------------------------------------------------------------------

    def notice(self, order_id, reference="17", tracking="1Z999AA10123456784", lines=None):
        """Return a notice for a parcel with all of an order, or with ``lines``."""
        order = self.adapter().parse_order(self.adapter().fetch_order(order_id).body)
        whole = (dto.ShipmentLine(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines)
        return dto.ShipmentNotice(
            order_external_id=order_id,
            reference=reference,
            carrier_code="UPS",
            tracking=tracking,
            shipped_at=datetime.now(timezone.utc),
            lines=lines or tuple(whole),
        )

    def parcels(self, order_id):
        """Return the parcels in ``out``, as ``(reference, tracking, {line: quantity})``."""
        found = []
        for rows in self._told("parcel", order_id):
            lines = {row["Line id"]: Decimal(row["Quantity"]) for row in rows}
            found.append((rows[0]["Reference"], rows[0]["Tracking number"], lines))
        return found

    def cancel_notice(self, order_id, reason="out_of_stock", lines=(), **more):
        """Return a notice that an order, or some of its lines, is not sent."""
        reference = f"C{order_id}"
        return dto.CancelNotice(order_external_id=order_id, reference=reference, reason=reason, lines=lines, **more)

    def cancelled(self, order_id):
        """Return ``{line: reason}`` of each cancellation in ``out``; the line of a whole order is empty."""
        return [{row["Line id"]: row["Reason"] for row in rows} for rows in self._told("cancellation", order_id)]

    def _told(self, kind, order_id):
        """Return the rows of each file about an order in ``out``, the oldest file first."""
        paths = (self._base / "out").glob(f"{kind}-{order_id}-*.csv")
        for path in sorted(paths, key=lambda path: path.stat().st_mtime):
            yield list(csv.DictReader(io.StringIO(path.read_text())))

    def quantity(self, sku):
        """Return what the stock file says of an SKU."""
        rows = csv.DictReader(io.StringIO((self._base / "out" / "stock.csv").read_text()))
        return {row["SKU"]: int(row["Quantity"]) for row in rows}[sku]
