"""The operations that are played: method and path from the models' `paths`, usage plans from their descriptions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One documented operation; None in `segments` is a path parameter."""

    name: str
    method: str
    segments: tuple
    rate: float | None = None
    burst: int | None = None
    statuses_without_limit: tuple = (403, 413, 415, 429, 500, 503)

    def is_at(self, method, segments):
        """Say whether a request goes to this operation."""
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(own in (None, given) for own, given in zip(self.segments, segments, strict=True))
            and "" not in segments
        )

    def parameters_in(self, segments):
        """Return the decoded path parameters in their order."""
        return [given for own, given in zip(self.segments, segments, strict=True) if own is None]


_ORDERS = ("orders", "2026-01-01", "orders")
_ITEMS = ("listings", "2021-08-01", "items")

TOKEN = Operation("token", "POST", ("auth", "o2", "token"))
# Rate in requests per second and burst: the "Usage Plan" tables of the models, seen 2026-11-23.
OPERATIONS = (
    TOKEN,
    Operation("searchOrders", "GET", _ORDERS, 0.0056, 20),
    Operation("getOrder", "GET", (*_ORDERS, None), 0.5, 30),
    Operation(
        "confirmShipment", "POST", ("orders", "v0", "orders", None, "shipmentConfirmation"), 2, 10
    ),
    Operation("searchListingsItems", "GET", (*_ITEMS, None), 5, 5),
    Operation("getListingsItem", "GET", (*_ITEMS, None, None), 5, 10),
    Operation("patchListingsItem", "PATCH", (*_ITEMS, None, None), 5, 5),
    Operation(
        "getMarketplaceParticipations", "GET", ("sellers", "v1", "marketplaceParticipations"), 0.016, 15
    ),
)  # fmt: skip


def find_operation(method, segments):
    """Return the operation at a path below /amazon, or None."""
    return next((op for op in OPERATIONS if op.is_at(method, segments)), None)
