"""Which stock each need takes: a pure decision over what lies where."""

from collections.abc import Mapping, Sequence

from .dto import Value


class Need(Value):
    """Units of one product that one transfer line still lacks."""

    key: int
    product_id: int
    quantity: float


class Bin(Value):
    """Free units of one product in one place, as one stock record counts them."""

    key: int
    free: float


class Take(Value):
    """Units a need takes from a bin."""

    need: int
    bin: int
    quantity: float


def plan_takes(
    needs: Sequence[Need], bins: Mapping[int, Sequence[Bin]], steps: Mapping[int, float]
) -> tuple[Take, ...]:
    """Decide what every need takes: first come, first served, each from the bins of its product in their order.

    A need that cannot be met in full takes what is there.

    :param needs: in the order in which they may take
    :param bins: product id to its bins, in the order in which they are emptied
    :param steps: product id to the smallest quantity that counts
    """
    left = {bin_.key: bin_.free for product_bins in bins.values() for bin_ in product_bins}
    takes = []
    for need in needs:
        missing, step = need.quantity, steps[need.product_id]
        for bin_ in bins.get(need.product_id, ()):
            taken = min(missing, left[bin_.key])
            if taken < step / 2:
                continue
            takes.append(Take(need=need.key, bin=bin_.key, quantity=taken))
            left[bin_.key] -= taken
            missing -= taken
            if missing < step / 2:
                break
    return tuple(takes)
