"""How each change of a channel's is said, and what it means for whoever decides. The only place that words them."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# kind of change: what changed, old → new
CHANGE_TEXTS = {
    "line_added": _lt("%(what)s: %(new)s added"),
    "quantity_up": _lt("%(what)s: %(old)s → %(new)s"),
    "quantity_down": _lt("%(what)s: %(old)s → %(new)s"),
    "line_cancelled": _lt("%(what)s: %(old)s → none, cancelled"),
    "product": _lt("Another article: %(old)s → %(new)s"),
    "amount": _lt("Price of %(what)s: %(old)s → %(new)s"),
    "charge": _lt("%(label)s: %(old)s → %(new)s"),
    "tax": _lt("%(label)s: %(old)s → %(new)s"),
    "total": _lt("Total: %(old)s → %(new)s"),
    "address": _lt("Delivery address: %(old)s → %(new)s"),
    "delivery": _lt("%(label)s: %(old)s → %(new)s"),
    "gift": _lt("Gift note of %(what)s: %(old)s → %(new)s"),
    "currency": _lt("Currency: %(old)s → %(new)s"),
}
LABELS = {
    "shipping": _lt("Shipping"),
    "gift_wrap": _lt("Gift wrap"),
    "cod": _lt("Cash on delivery fee"),
    "discount": _lt("Discount"),
    "gift_card": _lt("Gift card or credit"),
    "other": _lt("Other charge"),
    "channel_tax": _lt("Tax the channel collected"),
    "seller_tax": _lt("Tax as the channel states it"),
    "service_level": _lt("Service level"),
    "ship_by_at": _lt("Ship by"),
    "deliver_by_at": _lt("Deliver by"),
}
# Said on timelines, which nobody can shorten: nothing of the buyer's.
IMPERSONAL = {
    "address": _lt("Delivery address changed"),
    "gift": _lt("Gift note of %(what)s changed"),
}
# (kind of change, why a person is asked): what accepting does. ``None``: every other kind.
ADVICE = {
    ("line_added", "picked"): _lt("Picking began. Accepted, it becomes an order and a parcel of its own."),
    ("line_added", "shipped"): _lt("The order left. Accepted, it becomes an order and a parcel of its own."),
    ("quantity_up", "picked"): _lt("Picking began. Accepted, the rest becomes an order and a parcel of its own."),
    ("quantity_up", "shipped"): _lt("The order left. Accepted, the rest becomes an order and a parcel of its own."),
    ("address", "picked"): _lt("Picking began. Accepted, what has not left goes to the new address."),
    ("address", "shipped"): _lt("The parcel left. Ask the carrier to hold or redirect it."),
    (None, "picked"): _lt("Picked already. Put the goods back, then accept."),
    (None, "shipped"): _lt("It left already. Ask for it back or give the money back; accepting changes no parcel."),
    (None, "edited"): _lt("Somebody changed this here. Accepted, the channel's word replaces it."),
    (None, "currency"): _lt("An order cannot change its currency. Cancel it here and let the channel send a new one."),
    (None, "together"): _lt("Decided together with the rest, or the total is wrong in between."),
}
