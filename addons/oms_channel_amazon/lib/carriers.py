"""What Amazon calls a carrier."""

from . import const


def guess(name: str) -> tuple[str, str | None]:
    """Return ``(carrierCode, carrierName)`` for a delivery method named ``name``, e.g. "DHL Paket" → ("DHL", None).

    A name Amazon's list does not begin to cover becomes "Other" with the name beside it
    (github.com/amzn/selling-partner-api-docs #772, seen 2026-11-23).
    """
    wanted = f"{name.casefold()} "
    for prefix, code in const.CARRIERS:
        if wanted.startswith(f"{prefix} "):
            return code, None
    return const.OTHER_CARRIER, name
