from odoo import api, fields, models

from ..lib import comparing


class OmsComparison(models.Model):
    """The quantities a channel shows, compared with those it took from us; what differs is sent again."""

    _inherit = "oms.comparison"

    def _step_listings(self):
        """Compare one page of listings. What differs is on its way until the channel says that it took it."""
        channel = self.channel_id
        page = channel._adapter().fetch_listings(self.page or None)
        shown = {item.sku: item.quantity for item in page.items}
        listings = self.env["oms.listing"].search(
            [("channel_id", "=", channel.id), ("sku", "in", list(shown)), ("is_stock_pushed", "=", True)]
        )
        drifted = listings.filtered(lambda row: row._has_drifted(shown[row.sku]))
        taken = {listing: listing.qty_pushed for listing in drifted}
        for listing in drifted:
            listing.qty_pushed = shown[listing.sku]
        channel._refresh_targets(drifted, dict.fromkeys(drifted.product_id.ids, ("compared", None)))
        self.env["oms.comparison.row"].create(
            [
                {
                    "comparison_id": self.id,
                    "kind": "stock_drift",
                    "external_id": listing.sku,
                    "listing_id": listing.id,
                    "ours": str(taken[listing]),
                    "theirs": str(listing.qty_pushed),
                    "outcome": listing._drift_outcome(),
                }
                for listing in drifted
            ]
        )
        if page.next_cursor is None:
            self._next_step("asking")
        else:
            self.page = page.next_cursor


class OmsComparisonRow(models.Model):
    _inherit = "oms.comparison.row"

    @api.model
    def _note_pushed(self, taken, refused):
        """Say of quantities that differed what the channel answered: put right, or open again.

        :param taken: listings of which it took the quantity
        :param refused: those of which it refused it; a later push may still put them right
        """
        self._open_drifts(taken).outcome = "repaired"
        self._open_drifts(refused).outcome = "listed"

    @api.model
    def _note_not_sent(self, listings):
        """Say of quantities that differed and are not to be sent any more whether the two sides agree now."""
        for row in self._open_drifts(listings):
            row.outcome = row.listing_id._drift_outcome()

    @api.model
    def _open_drifts(self, listings):
        # sudo: whoever has stock sent may not write what a comparison found
        return self.sudo().search(
            [
                ("listing_id", "in", listings.ids),
                ("kind", "=", "stock_drift"),
                ("outcome", "in", ("sending", "listed")),
            ]
        )


class OmsListing(models.Model):
    _inherit = "oms.listing"

    def _has_drifted(self, quantity):
        """Whether the channel shows another quantity than the one it took from us.

        :param quantity: what it shows, ``None`` when it does not say
        """
        self.ensure_one()
        overlap = self.channel_id._adapter_class().limits.overlap
        return (
            bool(self.product_id and self.pushed_at)
            and not self.is_fulfilled_by_channel
            and comparing.compare_quantity(
                quantity,
                self.qty_pushed,
                is_waiting=self.is_stale,
                is_settled=bool(self.pushed_at) and self.pushed_at <= fields.Datetime.now() - overlap,
            )
        )

    def _drift_outcome(self):
        """Return what became of a quantity that differed: sent, right by now, or held back for a person."""
        if self.is_stale:
            return "sending"
        return "agrees" if self.qty_target == self.qty_pushed else "listed"
