from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

KEPT = 20
CAUSES = [
    ("stock", "Stock changed"),
    ("rule", "The listing, its product or the stock rule was changed"),
    ("read", "The channel showed something else"),
    ("compared", "The nightly comparison found something else"),
    ("asked", "All stock was sent"),
]


class OmsListingPush(models.Model):
    """What was sent for a listing and what the channel said: the last times, for people. Nothing is decided by it."""

    _name = "oms.listing.push"
    _description = "Push of a listing"
    _order = "id desc"
    _log_access = False

    listing_id = fields.Many2one("oms.listing", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    at = fields.Datetime(required=True)
    quantity = fields.Integer()
    quantity_before = fields.Integer()
    is_first = fields.Boolean(help="Nobody knew what the channel showed before.")
    price = fields.Float()
    refusal = fields.Char(help="Why the channel refused it; empty when it took it.")
    cause = fields.Selection(CAUSES)
    changed_by = fields.Char(help="Name of the person who caused it; empty for the system.")

    _listing_index = models.Index("(listing_id, id)")

    @api.model
    def _note(self, entries):
        """Keep what came of a push, in one statement for all its rows.

        :param entries: tuples of ``(listing id, quantity, quantity before, is first, price, refusal, cause, person)``
        """
        if not entries:
            return
        ids, quantities, before, firsts, prices, refusals, causes, people = map(list, zip(*entries, strict=True))
        self.env["oms.listing"].flush_model(["company_id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO oms_listing_push (listing_id, company_id, at, quantity, quantity_before, is_first, price,
                                              refusal, cause, changed_by)
                     SELECT listing.id, listing.company_id, %(now)s, sent.quantity, sent.before, sent.is_first,
                            sent.price, sent.refusal, sent.cause, sent.person
                       FROM unnest(%(ids)s::int[], %(quantities)s::int[], %(before)s::int[], %(firsts)s::bool[],
                                   %(prices)s::float[], %(refusals)s::varchar[], %(causes)s::varchar[],
                                   %(people)s::varchar[])
                            sent (id, quantity, before, is_first, price, refusal, cause, person)
                       JOIN oms_listing listing ON listing.id = sent.id
                """,
                now=fields.Datetime.now(),
                ids=ids,
                quantities=quantities,
                before=before,
                firsts=firsts,
                prices=prices,
                refusals=refusals,
                causes=causes,
                people=people,
            )
        )

    @api.model
    def _drop_old(self):
        """Keep the newest of each listing. Called once a day."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM oms_listing_push
                      WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY listing_id
                                                                                 ORDER BY id DESC) AS place
                                                     FROM oms_listing_push) ranked
                                    WHERE place > %s)
                """,
                KEPT,
            )
        )
        self.invalidate_model()


class OmsListing(models.Model):
    _inherit = "oms.listing"

    push_cause = fields.Selection(CAUSES, string="Changed because", readonly=True)
    push_changed_by = fields.Char(string="Changed by", readonly=True)

    def _prepare_cause(self, causes):
        """Return why this listing is to be sent: what happened to its product, or to a part of it.

        :param causes: ``{product id: (cause, name of the person or None)}``
        """
        found = next((causes[product.id] for product, _units in self._needs() if product.id in causes), None)
        cause, person = found or ("stock", None)
        return {"push_cause": cause, "push_changed_by": person}

    def _as_push(self, level, error=None):
        """Return what :meth:`OmsListingPush._note` keeps, before the answer is written on the listing."""
        is_first = not (self.pushed_at or self.read_at)
        price = float(level.price.amount) if level.price else None
        cause, person = self.push_cause or None, self.push_changed_by or None
        return self.id, level.quantity, self.qty_pushed, is_first, price, error, cause, person

    def _explain_history(self):
        """Return the last pushes, newest first, as the screen shows them."""
        causes = dict(self._fields["push_cause"]._description_selection(self.env))
        currency = self.currency_id
        return [
            {
                "id": push.id,
                "at": format_datetime(self.env, push.at, dt_format="medium"),
                "before": None if push.is_first else push.quantity_before,
                "quantity": push.quantity,
                "price": currency.format(push.price) if push.price and currency else "",
                "refusal": push.refusal or "",
                "cause": causes.get(push.cause, ""),
                "by": push.changed_by or "",
            }
            for push in self.env["oms.listing.push"].search([("listing_id", "=", self.id)], limit=KEPT)
        ]


def person_of(env):
    """Return the name of the person who acts, ``None`` when it is the system."""
    return env.user.name if env.uid != SUPERUSER_ID else None
