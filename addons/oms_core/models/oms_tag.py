from random import randint

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


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
    group_id = fields.Many2one("oms.tag.group", string="Group", ondelete="set null", index="btree_not_null")
    days = fields.Integer(string="Days", help="After so many days the tag is taken off again. 0: it stays.")
    company_id = fields.Many2one("res.company", help="Empty: the tag is shared by all companies.")

    _days_positive = models.Constraint("CHECK(days >= 0)", "A tag cannot end before it is set.")
    _code_unique = models.UniqueIndex("(code) WHERE code IS NOT NULL", "Two tags cannot have the same code.")

    @api.model
    def _find(self, names):
        """Return the tags of these ids, codes or names; upper and lower case are the same.

        :raise UserError: there is no such tag
        """
        names = [names] if isinstance(names, str | int) else names
        known = {
            key: tag for tag in self.search([]) for key in (tag.id, tag.code and tag.code.lower(), tag.name.lower())
        }
        # True is no id, though it is an int to Python.
        keys = [name if type(name) is int else str(name).strip().lower() for name in names]
        missing = [str(name) for name, key in zip(names, keys, strict=True) if key not in known]
        if missing:
            raise UserError(self.env._("There is no tag “%s”. Make it under Configuration, Tags.", ", ".join(missing)))
        return self.union(*(known[key] for key in keys))

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


class OmsTagGroup(models.Model):
    """Tags of which an order has one at most, such as Rush, Normal and Can wait."""

    _name = "oms.tag.group"
    _description = "Group of tags"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    tag_ids = fields.One2many("oms.tag", "group_id", string="Tags")
    company_id = fields.Many2one("res.company", help="Empty: the group is shared by all companies.")


class OmsTagEnd(models.Model):
    """When a tag is taken off an order again."""

    _name = "oms.tag.end"
    _description = "End of a tag"
    _log_access = False

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)
    tag_id = fields.Many2one("oms.tag", required=True, ondelete="cascade")
    ends_at = fields.Datetime(required=True, index=True)

    _once = models.UniqueIndex("(order_id, tag_id)", "A tag of an order has one end.")

    @api.model
    def _cron_end(self):
        """Take off what is over; the timeline says so."""
        over = self.search([("ends_at", "<=", fields.Datetime.now())])
        for tag, rows in over.grouped("tag_id").items():
            rows.order_id.write({"oms_tag_ids": [Command.unlink(tag.id)]})
        over.exists().unlink()
