"""What kinds of events belong together on a timeline, and a timeline as a file."""

import csv
import io

# Events by what they are about. People and the channel are told by who did it, see ``filters_of``.
MONEY = frozenset(
    {
        "payment_reported",
        "payment_authorised",
        "payment_captured",
        "payment_refunded",
        "payment_voided",
        "payment_settled",
        "invoice_posted",
        "credit_note_posted",
        "invoice_told",
        "invoice_refused",
        "refund_told",
        "refund_refused",
        "refund_reported",
        "unpaid_reserved",
        "unpaid_expired",
    }
)
STOCK = frozenset(
    {
        "reserved",
        "unreserved",
        "pick_line",
        "pick_short",
        "packed",
        "label_bought",
        "tracking_set",
        "shipped",
        "shipment_told",
        "shipment_refused",
        "routed",
        "return_reported",
    }
)
RULES = frozenset({"rule_run", "routed", "type_changed"})
FILTERS = ("people", "money", "stock", "channel", "rules")
HEADINGS = ("When (UTC)", "What happened", "In words", "From", "Who")
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def filters_of(kind, source):
    """Return the filters of a timeline that show an event of this kind from this source."""
    found = {"person": {"people"}, "channel": {"channel"}}.get(source, set())
    for name, kinds in (("money", MONEY), ("stock", STOCK), ("rules", RULES)):
        if kind in kinds:
            found = found | {name}
    return found


def count_filters(counts):
    """Return how many events each filter shows, and all of them as ``all``.

    :param counts: ``{(kind, source): number}``
    """
    found = dict.fromkeys(("all", *FILTERS), 0)
    for (kind, source), number in counts.items():
        for name in ("all", *filters_of(kind, source)):
            found[name] += number
    return found


def build_csv(rows):
    """Return a timeline as the text of a CSV file: what was said on it is no formula to whoever opens it.

    :param rows: dicts with ``at``, ``title``, ``summary``, ``source`` and ``actor``, in the order of the file
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow(_plain(row[name]) for name in ("at", "title", "summary", "source", "actor"))
    return text.getvalue()


def _plain(value):
    text = str(value or "")
    return f"'{text}" if text.startswith(FORMULA) else text
