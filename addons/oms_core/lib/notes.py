"""Notes on orders: whom they are for, at which step somebody must read them, and what a channel's order brings."""

from .dto_base import Value
from .dto_order import OrderData

AUDIENCES = ("office", "picker", "packer", "label")
FLOOR = frozenset(AUDIENCES) - {"office"}
# At which step of the way out a note for somebody of the warehouse is shown and must have been read.
AT_STEP = {
    "pick": frozenset({"picker"}),
    "pack": frozenset({"packer"}),
    "out": frozenset({"packer", "label"}),
    "all": FLOOR,
}
LONGEST = 4000


class NotePlan(Value):
    """A note that comes with an order."""

    kind: str
    text: str
    audience: frozenset[str]
    source: str = "buyer"


def read_audience(value):
    """Return whom a note is for, in one order and each once.

    :param value: one name or several, in any case: office, picker, packer, label
    :raise ValueError: nobody, or a name that is none; its argument is what was not understood
    """
    names = [value] if isinstance(value, str) else list(value or ())
    read = {str(name).strip().lower() for name in names}
    unknown = sorted(read - set(AUDIENCES))
    if unknown or not read:
        raise ValueError(", ".join(unknown))
    return tuple(name for name in AUDIENCES if name in read)


def plan_notes(order: OrderData) -> tuple[NotePlan, ...]:
    """Return the notes an order of a channel brings: the buyer's words, gift texts, where to leave the parcel."""
    found = (
        ("message", order.buyer_note, {"office", "packer", "label"}, "buyer"),
        ("gift", order.gift_note, {"packer"}, "buyer"),
        ("delivery", order.delivery_note, {"packer", "label"}, "buyer"),
        ("note", order.note, {"packer", "label"}, "channel"),
    )
    return tuple(
        NotePlan(kind=kind, text=text.strip()[:LONGEST], audience=frozenset(audience), source=source)
        for kind, text, audience, source in found
        if text and text.strip()
    )
