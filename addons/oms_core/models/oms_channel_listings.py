from datetime import timedelta

from odoo import fields, models

from ..lib import errors
from .oms_job_mixin import repeats_on_twin

READ_EVERY = timedelta(days=1)


class OmsChannel(models.Model):
    """Reading what the channel offers: new SKUs are linked by reference or barcode, shown quantities noted."""

    _inherit = "oms.channel"

    @repeats_on_twin
    def _job_fetch_listings(self):
        """Read one page of the channel's listings and queue the next."""
        self.ensure_one()
        if self.state not in ("live", "setup"):
            return
        state = self._state("listings")
        try:
            page = self._adapter().fetch_listings(state.page or None)
        except errors.ChannelError as error:
            if state.page and error.code == "cursor_expired":
                state.page = False
            self._note_failure("listings", error)
            return
        self._apply_listings(page.items)
        state.page = page.next_cursor
        self._note_recovery("listings")
        state._note_success(count=len(page.items), next_at=fields.Datetime.now() + READ_EVERY)
        if page.next_cursor:
            self._queue_entity("listings")

    def _apply_listings(self, items):
        """Take over a page of ``dto.ListingData``. Links that a person made are never changed."""
        by_sku = {item.sku: item for item in items}
        listings = self.env["oms.listing"]._ensure(self, by_sku)
        unlinked = [sku for sku, listing in listings.items() if not listing.product_id]
        references = self._match_references(unlinked)
        barcodes = self._match_barcodes([by_sku[sku].barcode for sku in unlinked if by_sku[sku].barcode])
        for sku, listing in listings.items():
            product_id = references.get(sku) or barcodes.get(by_sku[sku].barcode)
            linked = {"product_id": product_id} if product_id and not listing.product_id else {}
            listing.write(listing._prepare_seen(by_sku[sku]) | linked)
        linked = [listing.product_id.id for listing in listings.values() if listing.product_id]
        self.env["oms.stock.dirty"]._mark(linked, "read")

    def _match_barcodes(self, barcodes):
        """Return ``{barcode: product id}``; Odoo keeps barcodes unique."""
        products = self.env["product.product"].search(
            [("barcode", "in", barcodes), ("company_id", "in", (False, self.company_id.id))]
        )
        return {product.barcode: product.id for product in products}


class OmsListing(models.Model):
    _inherit = "oms.listing"

    read_at = fields.Datetime(string="Read from the channel", readonly=True)
    barcode = fields.Char(string="Barcode there", readonly=True, help="The EAN, UPC or ISBN the channel tells.")

    def _prepare_seen(self, item):
        """Return the values a ``dto.ListingData`` tells us; what it does not say stays as it is."""
        told = {
            "title": item.title,
            "marketplace": item.marketplace,
            "barcode": item.barcode,
            "external_product_id": item.external_product_id,
            "offer_id": item.offer_id,
            "product_type": item.product_type,
            "is_fulfilled_by_channel": item.is_fulfilled_by_channel,
        }
        values = {name: value for name, value in told.items() if value is not None}
        if item.quantity is not None:
            values["qty_pushed"] = item.quantity
        if item.quantity is not None or item.is_fulfilled_by_channel:
            values["read_at"] = fields.Datetime.now()
        if item.price is not None and item.price.currency == self.currency_id.name:
            values["price_pushed"] = float(item.price.amount)
        return values
