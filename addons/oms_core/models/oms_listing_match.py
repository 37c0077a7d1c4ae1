from odoo import models
from odoo.exceptions import UserError

from ..lib.likeness import likeness

SURE = 100


class OmsListing(models.Model):
    """Saying which product a listing is: what is likely and why, one at a time or all that are sure at once."""

    _inherit = "oms.listing"

    def get_candidates(self):
        """Return what each of these listings may be, likeliest first.

        :return: ``{id of the listing as text: [dict]}``, each dict with ``id``, ``name`` and ``code`` of a product,
            ``score`` from 0 to 100, ``why`` it is one, and ``is_sure`` when its reference or barcode is the listing's
        """
        self.check_access("read")
        return {str(listing.id): listing._candidates() for listing in self if not listing.product_id}

    def _candidates(self):
        self.ensure_one()
        found = self.env["product.product"]._oms_candidates(self.sku, self.title, barcode=self.barcode, limit=4)
        rows = []
        for product in found:
            why, score = self._why(product)
            name = product.with_context(display_default_code=False).display_name
            row = {"id": product.id, "name": name, "code": product.default_code or ""}
            rows.append(row | {"why": why, "score": score, "is_sure": score == SURE})
        return rows

    def _why(self, product):
        """Return ``(reason in words, score from 0 to 100)`` for a candidate."""
        if product.default_code == self.sku:
            return self.env._("same SKU"), SURE
        if product.barcode and product.barcode in (self.barcode, self.sku):
            return self.env._("same barcode"), SURE
        named = likeness(self.title or "", product.name)
        coded = likeness(self.sku, product.default_code or "")
        score = min(int(100 * max(named, coded)), SURE - 1)
        if named >= coded:
            return self.env._("name alike, %s %%", score), score
        return self.env._("SKU alike, %s %%", score), score

    def link_product(self, product_id):
        """Link these listings to a product; orders that wait for them go on.

        :param product_id: id of a product
        :return: True
        :raise UserError: the caller is no clerk, or there is no such product
        """
        self._ensure_may_link()
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            raise UserError(self.env._("This product is gone. Choose another one."))
        self.write({"product_id": product.id})
        return True

    def action_link_sure(self):
        """Link the chosen listings whose SKU or barcode is that of exactly one product; without a choice, all."""
        return (self or self.search([("product_id", "=", False)]))._link_sure()

    def _link_sure(self):
        """Link what is sure and say how many that were."""
        self._ensure_may_link()
        linked = 0
        waiting = self.filtered(lambda listing: not listing.product_id)
        for channel, listings in waiting.grouped("channel_id").items():
            references = channel._match_references(listings.mapped("sku"))
            barcodes = channel._match_barcodes([code for row in listings for code in (row.barcode, row.sku) if code])
            for listing in listings:
                product_id = references.get(listing.sku) or barcodes.get(listing.barcode) or barcodes.get(listing.sku)
                if product_id:
                    listing.product_id = product_id
                    linked += 1
        left = len(waiting) - linked
        if not linked:
            message = self.env._("No SKU or barcode is equal to a product's. %s to link by hand.", left)
            return self.env["oms.channel"]._notify(message, "info")
        message = self.env._("%(linked)s linked by equal SKU or barcode, %(left)s left.", linked=linked, left=left)
        return self.env["oms.channel"]._notify(message)

    def _ensure_may_link(self):
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise UserError(self.env._("Ask an order desk clerk to do this."))
        self.check_access("write")
