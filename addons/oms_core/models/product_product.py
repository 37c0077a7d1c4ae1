from odoo import api, models
from odoo.fields import Domain

from ..lib.likeness import likeness, stems

LEAST_LIKENESS = 0.3
LOOKED_AT = 300
STEMS = 6


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _oms_candidates(self, sku, title, limit=5):
        """Return products an unknown SKU of a channel may stand for, likeliest first.

        :param sku: the channel's SKU, or False
        :param title: what the channel calls it, or False
        :return: products with that reference or barcode, then those whose reference or name is like it
        """
        sku, title = sku or "", title or ""
        sold = Domain("sale_ok", "=", True)
        same = self.search(sold & (Domain("default_code", "=", sku) | Domain("barcode", "=", sku))) if sku else self
        like = Domain.OR(
            Domain("name", "ilike", stem) | Domain("default_code", "ilike", stem)
            for stem in [*stems(title)[:STEMS], *stems(sku)[:STEMS]]
        )
        scores = {
            product: max(likeness(sku, product.default_code or ""), likeness(title, product.name))
            for product in self.search(sold & like, limit=LOOKED_AT) - same
        }
        near = sorted(
            (product for product in scores if scores[product] >= LEAST_LIKENESS), key=scores.get, reverse=True
        )
        return (same + self.union(*near))[:limit]
