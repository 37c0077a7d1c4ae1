"""The quantities of a new document, as the requests carry them."""

from decimal import Decimal


def read_quantities(entries):
    """Return {item id: Decimal} of a list of {"order_item_id", "qty"}; what lacks one of them is passed over."""
    quantities = {}
    for entry in entries or ():
        if entry and entry.get("order_item_id") is not None and entry.get("qty") is not None:
            quantities[str(entry["order_item_id"])] = max(Decimal(entry["qty"]), Decimal(0))
    return quantities
