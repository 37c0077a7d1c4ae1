"""Everything an order left in the database, in a form in which two orders made in different ways can be compared."""

import re

# Stored fields that may differ, by model, each for the reason above it.
ALL_MODELS = {"id", "create_uid", "create_date", "write_uid", "write_date"}
MAY_DIFFER = {
    "sale.order": {
        # random
        "access_token",
    },
    # the moment the row was made
    "stock.picking": {"date"},
    "stock.move.line": {"date"},
    # the customer's key to a document, and the moment of a change
    "res.partner": {"signup_token", "calendar_last_notif_ack"},
}  # fmt: skip
# Keys of stock.move.procurement_values that hold ids.
ID_KEYS = {
    "reference_ids": "stock.reference",
    "sale_line_id": "sale.order.line",
    "partner_id": "res.partner",
    "orderpoint_id": "stock.warehouse.orderpoint",
}


def rows_of(orders):
    """Return, for each order, ``{label of a row: {field: value}}`` of the order and of all that was made for it.

    Rows are named by what they are (``line 2``, ``move 1``) and refer to each other by these names, never by an id, so
    the same order made twice gives equal values. Fields of ours (``oms_…``) are left out: the other way has none.
    """
    orders.env.flush_all()
    orders.env.invalidate_all()
    return [_Rows(order).all() for order in orders]


def stock_of(products):
    """Return ``{(product, place): (quantity, reserved quantity)}`` of these products, as the database has it."""
    products.env.flush_all()
    products.env.invalidate_all()
    quants = products.env["stock.quant"].search([("product_id", "in", products.ids)])
    return {
        (quant.product_id.default_code, quant.location_id.complete_name, quant.lot_id.name): (
            quant.quantity,
            quant.reserved_quantity,
        )
        for quant in quants
    }


def differences(left, right):
    """Return one sentence per value in which two lists of ``rows_of`` differ."""
    found = [] if len(left) == len(right) else [f"{len(left)} orders and {len(right)} orders"]
    for number, (ours, theirs) in enumerate(zip(left, right, strict=False)):
        for label in sorted(ours.keys() | theirs.keys()):
            if label not in ours or label not in theirs:
                found.append(f"order {number}: {label} only on the {'left' if label in ours else 'right'}")
                continue
            mine, other = ours[label], theirs[label]
            found += [
                f"order {number}: {label}.{name}: {mine.get(name)!r} and {other.get(name)!r}"
                for name in sorted(mine.keys() | other.keys())
                if mine.get(name) != other.get(name)
            ]
    return found


class _Rows:
    """The rows of one order and their names."""

    def __init__(self, order):
        lines = order.order_line.sorted(lambda line: (line.sequence, line.id))
        moves = lines.move_ids.sorted(lambda move: (move.sale_line_id.sequence, move.id))
        groups = {
            "order": order,
            "customer": order.partner_id,
            "line": lines,
            "reference": order.stock_reference_ids.sorted("id"),
            "transfer": moves.picking_id.sorted("id"),
            "move": moves,
            "move line": moves.move_line_ids.sorted(lambda row: (row.move_id.id, row.location_id.complete_name)),
            # What says where a transfer comes from; that it was created needs no note, it is there.
            "note": moves.picking_id.message_ids.filtered(lambda note: order.name in (note.body or "")).sorted("id"),
        }
        self.records = {
            f"{name} {number}": record for name, records in groups.items() for number, record in enumerate(records)
        }
        self.labels = {(record._name, record.id): label for label, record in self.records.items()}
        numbered = order | order.env["sale.order"]
        self.words = {record.name: label for label, record in self.records.items() if record._name == "stock.picking"}
        self.words |= {numbered.name: "ORDER"}

    def all(self):
        """Return ``{label: {field: value}}``."""
        return {
            label: self._note(record) if record._name == "mail.message" else self._row(record)
            for label, record in self.records.items()
        }

    def _note(self, message):
        """Return what a note says and of which kind it is; who wrote it when is not compared."""
        body = re.sub(r'data-oe-id="\d+"', "", str(message.body))
        return {"body": self._text(body), "subtype": message.subtype_id.name, "author": message.author_id.name}

    def _row(self, record):
        ignored = ALL_MODELS | MAY_DIFFER.get(record._name, set())
        return {
            name: self._value(field, record[name])
            for name, field in record._fields.items()
            if field.store and name not in ignored and not name.startswith("oms_") and field.type != "one2many"
        }

    def _value(self, field, value):
        if field.relational:
            return sorted(self._label(record) for record in value)
        if field.type == "json" and isinstance(value, dict):
            return {key: self._json(key, part) for key, part in value.items()}
        return self._text(value) if isinstance(value, str) else value

    def _json(self, key, value):
        if key not in ID_KEYS or not value:
            return self._text(value) if isinstance(value, str) else value
        ids = value if isinstance(value, list) else [value]
        return [self.labels.get((ID_KEYS[key], id_), id_) for id_ in ids]

    def _label(self, record):
        return self.labels.get((record._name, record.id)) or f"{record._name} {record.id}"

    def _text(self, text):
        for word, label in self.words.items():
            if word:
                text = text.replace(word, label)
        return text
