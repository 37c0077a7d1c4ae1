from random import randint

from odoo import fields, models


class OmsTag(models.Model):
    """A label on orders that everyone at the desk and in the warehouse may read.

    Odoo's own order tags (``crm.tag``) are hidden from stock users, so the desk has tags of its own.
    """

    _name = "oms.tag"
    _description = "Order tag"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Set on tags that the system itself sets; leave it empty on your own tags.", copy=False)
    color = fields.Integer(default=lambda self: randint(1, 11))  # noqa: S311 a colour
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: the tag is shared by all companies.")

    _code_unique = models.UniqueIndex("(code) WHERE code IS NOT NULL", "Two tags cannot have the same code.")

    def _ensure_codes(self, names_by_code):
        """Return ``{code: tag}`` for all codes, creating the missing ones.

        :param names_by_code: code to the name a new tag gets
        """
        tags = self.with_context(active_test=False).search([("code", "in", list(names_by_code))])
        found = {tag.code: tag for tag in tags}
        missing = [{"code": code, "name": name} for code, name in names_by_code.items() if code not in found]
        for tag in self.create(missing):
            found[tag.code] = tag
        return found
