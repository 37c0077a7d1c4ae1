"""What a Magento shop calls a carrier. The same in Magento 1, Magento 2 and OpenMage."""

# The carriers every shop has (module-ups, module-usps, module-fedex, module-dhl); all others are "custom" and known by
# their title (Magento 2.4 Sales REST documentation, "Create a shipment", seen 2026-11-26).
CARRIERS = ("ups", "usps", "fedex", "dhl")
CUSTOM = "custom"


def guess(name: str) -> tuple[str, str]:
    """Return ``(carrier code, title)`` for a delivery method, e.g. "DHL Paket" → ("dhl", "DHL Paket")."""
    first = name.split(maxsplit=1)[0].casefold() if name.strip() else ""
    return (first if first in CARRIERS else CUSTOM), name
