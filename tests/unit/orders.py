"""Orders for tests of pure decisions: right in every way, each test changes what it is about."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_core.lib import dto, importing

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def money(amount, currency="EUR"):
    """Return ``Money``."""
    return dto.Money(amount=Decimal(amount), currency=currency)


def line(external_id="1", sku="A", quantity="1", amount="10.00", **values):
    """Return an ``OrderLine``."""
    return dto.OrderLine(
        external_id=external_id,
        sku=sku,
        quantity=Decimal(quantity),
        amount=money(amount) if amount is not None else None,
        **values,
    )


def order(**values):
    """Return an ``OrderData``."""
    defaults = {
        "external_id": "1",
        "external_number": "1",
        "status": "to_ship",
        "placed_at": NOW,
        "updated_at": NOW,
        "currency": "EUR",
        "total": money("10.00"),
        "lines": (line(),),
        "ship_to": dto.Address(name="Ann", street="1 Road", city="Bonn", country="DE"),
    }
    return dto.OrderData(**{**defaults, **values})


def snapshot(**values):
    """Return a ``Snapshot`` that knows SKU A, the euro and Germany."""
    goods = {"A": importing.Goods(product_id=7)}
    defaults = {"products": goods, "currencies": {"EUR": Decimal("0.01")}, "countries": {"DE": 57}}
    return importing.Snapshot(**{**defaults, **values})
