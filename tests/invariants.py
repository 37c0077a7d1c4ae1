"""What must hold in a shop once trouble is over, whatever the trouble was. Each rule yields a sentence per breach.

The sandbox is the authority: its orders, its ledger of effects. A breach names what is wrong and where. Rules about a
channel are asked of every channel that was connected, in the words of its stand-in (`tests.stand_in.Seen`).
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from tests.stand_in import cents

# Searches show nothing younger (sandbox/world.py), and a poll may lie a few seconds back.
# A channel that knows parcels by their tracking number alone wants letters and digits only.
TRACKING = "regexp_replace(picking.carrier_tracking_ref, '[^A-Za-z0-9]', '', 'g')"
HIDDEN_FOR = timedelta(seconds=125)


def assert_invariants(shop):
    """Settle the shop, then fail with every breach there is.

    :param shop: a `tests.shop.Shop` whose sandbox is healed and whose channels have just been synchronised
    """
    shop.settle()
    breaches = [breach for rule in RULES for breach in rule(shop)]
    for channel, there in shop.channels.items():
        with shop.at(channel):
            breaches += [f"{there.name}: {breach}" for rule in CHANNEL_RULES for breach in rule(shop)]
    assert not breaches, "\n".join(breaches)


def assert_mark_is_behind(shop):
    """Fail if the channel's mark is ahead of what is stored. Holds at every moment, so ask it in the middle, too."""
    breaches = list(mark_is_behind_what_is_stored(shop))
    assert not breaches, "\n".join(breaches)


# === ORDERS ===


def every_order_is_here_once(shop):
    """One sale.order per channel and external id, although the database forbids more."""
    for channel, number, count in shop.sql(
        "SELECT oms_channel_id, lower(trim(oms_external_id)), count(*) FROM sale_order"
        " WHERE oms_external_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
    ):
        yield f"order {number} of channel {channel} is here {count} times"


def every_order_is_in_one_place(shop):
    """What the channel shows is an order here or a document set aside with a reason: never neither, never both."""
    orders = _ours(shop)
    quarantined = {
        number
        for (number,) in shop.sql(
            "SELECT external_id FROM oms_inbox WHERE channel_id = %s AND state = 'quarantined'", shop.channel
        )
    }
    for number in _shown(shop):
        places = [name for name, here in (("order", number in orders), ("document", number in quarantined)) if here]
        if len(places) != 1:
            yield f"order {number} is {' and '.join(places) or 'nowhere'}"
    for number, why in shop.sql(
        "SELECT external_id, reason FROM oms_inbox WHERE channel_id = %s AND"
        " (state = 'new' OR state = 'quarantined' AND coalesce(reason, '') = '')",
        shop.channel,
    ):
        yield f"document {number} waits or was set aside without a reason ({why})"


def every_order_says_what_the_channel_says(shop):
    """Lines, amounts, currency and total are the channel's."""
    theirs, ours = shop.there.seen(), _ours(shop)
    lines = _lines(shop)
    for number, (order_id, state, total, currency, fulfilment) in ours.items():
        order = theirs.get(number)
        if order is None or _is_decided_by_a_person(shop, order_id):
            continue
        is_over = order.is_cancelled and state == "cancel"  # some channels then count lines or total to nothing
        if not is_over and not _are_alike(lines.get(order_id, {}), order.lines):
            yield f"order {number} has lines {lines.get(order_id)}, the channel says {order.lines}"
        if order.is_unpaid:
            if state != "draft":
                yield f"order {number} is not paid but {state}"
            continue
        if not is_over and (total, currency) != order.total:
            yield f"order {number} has total {total} {currency}, the channel says {order.total}"
        if order.is_sent_by_channel and (fulfilment != "channel" or _has_transfer(shop, order_id)):
            yield f"order {number} is sent by the channel, but here it is sent by {fulfilment} or has a transfer"


def _ours(shop):
    """Return ``{external id: (id, state, total, currency, sent by)}`` of the channel's orders."""
    rows = shop.sql(
        "SELECT orders.oms_external_id, orders.id, orders.state, orders.amount_total, currency.name,"
        " orders.oms_fulfilment FROM sale_order orders JOIN res_currency currency ON currency.id = orders.currency_id"
        " WHERE orders.oms_channel_id = %s",
        shop.channel,
    )
    return {row[0]: (*row[1:3], cents(row[3]), *row[4:]) for row in rows}


def _shown(shop):
    """Return the ids of the orders the channel has shown, or would show to whoever asks now."""
    limit = shop.there.now() - HIDDEN_FOR
    return {number for number, order in shop.there.seen().items() if order.changed_at <= limit} | shop.there.searched()


def _lines(shop):
    """Return ``{order id: {external line id: (sku, quantity, amount of the goods)}}``; unpaid lines have no amount."""
    lines = {}
    for order_id, external_id, sku, quantity, price, status in shop.sql(
        "SELECT line.order_id, line.oms_external_line_id, line.oms_sku, line.product_uom_qty, line.price_unit,"
        " orders.oms_channel_status FROM sale_order_line line JOIN sale_order orders ON orders.id = line.order_id"
        " WHERE orders.oms_channel_id = %s AND line.oms_external_line_id IS NOT NULL",
        shop.channel,
    ):
        amount = None if status == "awaiting_payment" else cents(quantity * price)
        lines.setdefault(order_id, {})[external_id] = (sku, Decimal(str(quantity)), amount)
    return lines


def _are_alike(ours, theirs):
    """Whether our lines are the channel's; amounts are compared where both have one."""
    if theirs is None:
        return True
    return ours.keys() == theirs.keys() and all(
        ours[key][:2] == line[:2] and (None in (ours[key][2], line[2]) or ours[key][2] == line[2])
        for key, line in theirs.items()
    )


def _is_decided_by_a_person(shop, order_id):
    """Whether the order may differ: the list of problems says so, open or accepted."""
    reasons = ["total_differs", "changed_after_import", "import_failed"]
    return bool(
        shop.sql("SELECT 1 FROM oms_exception WHERE order_id = %s AND reason = ANY(%s) LIMIT 1", order_id, reasons)
    )


def _has_transfer(shop, order_id):
    return bool(shop.sql("SELECT 1 FROM stock_picking WHERE sale_id = %s LIMIT 1", order_id))


# === STOCK ===


def reserved_stock_is_what_transfers_hold(shop):
    """Reserved equals the open move lines, place by place, and is never more than is there."""
    for product, place, on_hand, reserved, held in shop.sql(
        """
        WITH held AS (
            SELECT line.product_id, line.location_id, SUM(line.quantity_product_uom) AS units
              FROM stock_move_line line
              JOIN stock_location location ON location.id = line.location_id AND location.usage = 'internal'
             WHERE line.state NOT IN ('done', 'cancel') GROUP BY 1, 2
        ), stock AS (
            SELECT quant.product_id, quant.location_id, SUM(quant.quantity) AS units,
                   SUM(quant.reserved_quantity) AS reserved
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
             GROUP BY 1, 2
        )
        SELECT product_id, location_id, coalesce(stock.units, 0), coalesce(stock.reserved, 0), coalesce(held.units, 0)
          FROM stock FULL JOIN held USING (product_id, location_id)
         WHERE coalesce(stock.reserved, 0) <> coalesce(held.units, 0) OR coalesce(stock.reserved, 0) > stock.units
        """
    ):
        yield f"product {product} at {place}: {on_hand} there, {reserved} reserved, {held} in open transfers"


# === EFFECTS ===


def every_parcel_is_confirmed_once(shop):
    """What the outbox calls done, the channel's ledger has exactly once, and nothing else is in the ledger."""
    effects = Counter((number, parcel.name) for number, parcel in shop.there.parcels())
    name = {"reference": "row.picking_id::text", "tracking": TRACKING}[shop.there.parcel_name]
    done = Counter(
        shop.sql(
            f"SELECT orders.oms_external_id, {name} FROM oms_outbox row"
            " JOIN sale_order orders ON orders.id = row.order_id"
            " JOIN stock_picking picking ON picking.id = row.picking_id"
            " WHERE row.channel_id = %s AND row.kind = 'shipment' AND row.state = 'done'",
            shop.channel,
        )
    )
    for (number, parcel), count in (effects | done).items():
        if effects[number, parcel] != 1 or done[number, parcel] != 1:
            yield (
                f"parcel {parcel} of order {number}: {effects[number, parcel]} confirmations on the channel,"
                f" {done[number, parcel]} messages done here ({count})"
            )


def no_message_hangs(shop):
    """No message is "being sent" longer than its lease."""
    for key, lease in shop.sql(
        "SELECT key, lease_until FROM oms_outbox WHERE state = 'sent' AND lease_until < now() AT TIME ZONE 'utc'"
    ):
        yield f"message {key} is being sent although its lease ended {lease}"


# === PROGRESS ===


def mark_is_behind_what_is_stored(shop):
    """Everything the channel changed before the mark is stored here, in its last state."""
    (mark, start), *_rest = shop.sql(
        "SELECT state.complete_until, channel.import_from FROM oms_channel_state state"
        " JOIN oms_channel channel ON channel.id = state.channel_id"
        " WHERE state.channel_id = %s AND state.entity = 'orders'",
        shop.channel,
    )
    if mark is None:
        return
    stored = dict(
        shop.sql("SELECT external_id, max(changed_at) FROM oms_inbox WHERE channel_id = %s GROUP BY 1", shop.channel)
    )
    for number, order in shop.there.seen().items():
        changed = order.changed_at.replace(tzinfo=None)
        if start <= changed <= mark and (stored.get(number) is None or stored[number] < changed):
            yield f"the mark is at {mark}, but order {number} of {changed} is stored as of {stored.get(number)}"


def no_job_failed(shop):
    """Trouble outside is no failure of ours."""
    for method, name, text in shop.sql(
        "SELECT method_name, exc_name, exc_message FROM queue_job WHERE state = 'failed'"
    ):
        yield f"job {method} failed: {name} {text}"


# === SECRETS ===


def nothing_secret_is_written_down(shop):
    """No secret, access token or buyer's e-mail in Odoo's log or in tables people read."""
    words = {word for there in shop.channels.values() for word in there.secrets}
    words |= {mail for there in shop.channels.values() for order in there.seen().values() for mail in order.emails}
    log = shop.odoo.read_log()
    for word in sorted(words):
        if word in log:
            yield f"{word} is in Odoo's log"
    for place, query in WRITTEN.items():
        for word in words:
            if shop.sql(query, f"%{word}%"):
                yield f"{word} is in {place}"


WRITTEN = {
    "the jobs": "SELECT 1 FROM queue_job WHERE concat(exc_info, exc_message, result, args, name) LIKE %s LIMIT 1",
    "the log table": "SELECT 1 FROM ir_logging WHERE message LIKE %s LIMIT 1",
    "the problems": "SELECT 1 FROM oms_exception WHERE concat(cause, params) LIKE %s LIMIT 1",
    "the channel states": "SELECT 1 FROM oms_channel_state WHERE message LIKE %s LIMIT 1",
    "the outbox": "SELECT 1 FROM oms_outbox WHERE concat(answer, payload) LIKE %s LIMIT 1",
}

RULES = (
    every_order_is_here_once,
    reserved_stock_is_what_transfers_hold,
    no_message_hangs,
    no_job_failed,
    nothing_secret_is_written_down,
)
CHANNEL_RULES = (
    every_order_is_in_one_place,
    every_order_says_what_the_channel_says,
    every_parcel_is_confirmed_once,
    mark_is_behind_what_is_stored,
)
