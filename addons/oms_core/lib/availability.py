"""What a channel should show: one formula, used by the push and by the screen that explains it."""

import math


def offered(free: float, buffer: int) -> int:
    """Return the quantity to show for ``free`` unreserved units, holding back ``buffer``. Never below zero."""
    if not math.isfinite(free):
        return 0
    return max(0, math.floor(free + 1e-6) - buffer)
