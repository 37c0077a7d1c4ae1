"""What eBay calls a carrier."""

from . import const


def guess(name: str) -> tuple[str, str | None]:
    """Return ``(shippingCarrierCode, None)`` for a delivery method named ``name``: "DHL Paket" → ("DHL", None).

    A name the list does not begin to cover becomes "Other" with the name beside it, which people see and eBay does not.
    """
    wanted = f"{name.casefold()} "
    for prefix, code in const.CARRIERS:
        if wanted.startswith(f"{prefix} "):
            return code, None
    return const.OTHER_CARRIER, name
