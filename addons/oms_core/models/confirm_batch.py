"""What is collected while a batch of orders is confirmed, to be done once for all of them."""

KEY = "oms_confirm_batch"


class ConfirmBatch:
    """The memory of one batched confirmation. It travels in the context and ends with the call.

    Odoo confirms many orders in one call, but inside it searches, creates and posts once per order or line. Where the
    context holds a batch, our overrides in ``stock_rule.py``, ``stock_transfer.py`` and ``stock_allocation.py`` do that
    work once; everywhere else Odoo's own way is untouched.

    :ivar rules: the stock rules found so far, see ``stock.rule._get_rule``
    :ivar transfers: ids of the transfers whose confirmation waits for the end
    :ivar origins: transfer id to the record it came from, for the note on the transfer
    :ivar reserved: units reserved by the move lines being created, by product and place; None while nobody counts
    """

    def __init__(self):
        self.rules = {}
        self.transfers = []
        self.origins = {}
        self.reserved = None

    def conclude(self, env):
        """Do for all transfers of the batch at once what waited for its end."""
        env["stock.picking"]._note_origins(self.origins)
        env["stock.picking"].browse(dict.fromkeys(self.transfers)).action_confirm()


def batch_of(records):
    """Return the :class:`ConfirmBatch` these records are confirmed in, or None."""
    return records.env.context.get(KEY)
