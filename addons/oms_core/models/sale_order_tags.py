from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """Tags of an order: one of each group, with an end where the tag has one, and each change on the timeline."""

    _inherit = "sale.order"

    oms_tag_end_ids = fields.One2many("oms.tag.end", "order_id", string="Ends of tags")
    oms_tag_ends = fields.Char(string="Until", compute="_compute_oms_tag_ends", compute_sudo=True)

    @api.depends("oms_tag_end_ids.ends_at")
    def _compute_oms_tag_ends(self):
        for order in self:
            ends = order.oms_tag_end_ids.sorted("ends_at")
            order.oms_tag_ends = ", ".join(
                self.env._("%(tag)s until %(day)s", tag=end.tag_id.name, day=fields.Date.to_string(end.ends_at.date()))
                for end in ends
            )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        tagged = orders.filtered("oms_tag_ids")
        if tagged:
            tagged._settle_tags(dict.fromkeys(tagged, self.env["oms.tag"]), is_told=False)
        return orders

    def write(self, vals):
        if "oms_tag_ids" not in vals:
            return super().write(vals)
        self._ensure_office()
        before = {order: order.oms_tag_ids for order in self}
        result = super().write(vals)
        self._settle_tags(before)
        return result

    def _ensure_office(self):
        """Refuse warehouse staff, whom plain Odoo lets write orders.

        :raise AccessError: they read orders only
        """
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            raise AccessError(self.env._("This is done at the order desk. Ask somebody there."))

    def _settle_tags(self, before, *, is_told=True):
        """Take off what a new tag of the same group replaces, note ends, and tell the timeline.

        :param before: ``{order: its tags before}``
        :raise UserError: two new tags of one group
        """
        replaced = {}
        for order, tags in before.items():
            added = order.oms_tag_ids - tags
            for group, same in added.filtered("group_id").grouped("group_id").items():
                if len(same) > 1:
                    names = ", ".join(same.mapped("name"))
                    raise UserError(
                        self.env._(
                            "An order has one tag of the group %(group)s. Choose one of %(tags)s.",
                            group=group.name,
                            tags=names,
                        )
                    )
                for tag in (order.oms_tag_ids - added).filtered(lambda tag, group=group: tag.group_id == group):
                    replaced[tag] = replaced.get(tag, self.browse()) | order
        for tag, orders in replaced.items():
            # Past our own write, which would settle the same once more.
            super(SaleOrder, orders).write(  # pylint: disable=super-method-mismatch
                {"oms_tag_ids": [Command.unlink(tag.id)]}
            )
        self._note_tag_ends(before)
        entries = []
        for order, tags in before.items() if is_told else ():
            added, removed = order.oms_tag_ids - tags, tags - order.oms_tag_ids
            entries += [(order, "tagged", {"tags": ", ".join(added.mapped("name"))})] if added else []
            entries += [(order, "untagged", {"tags": ", ".join(removed.mapped("name"))})] if removed else []
        self.env["oms.order.event"]._log(entries)

    def _note_tag_ends(self, before):
        ends = self.env["oms.tag.end"].sudo()  # sudo: bookkeeping of the system
        now = fields.Datetime.now()
        vals_list = [
            {"order_id": order.id, "tag_id": tag.id, "ends_at": now + timedelta(days=tag.days)}
            for order, tags in before.items()
            for tag in order.oms_tag_ids - tags
            if tag.days
        ]
        gone = {(order.id, tag.id) for order, tags in before.items() for tag in tags - order.oms_tag_ids if tag.days}
        if gone:
            domain = [("order_id", "in", [pair[0] for pair in gone]), ("tag_id", "in", [pair[1] for pair in gone])]
            ends.search(domain).filtered(lambda end: (end.order_id.id, end.tag_id.id) in gone).unlink()
        ends.create(vals_list)

    def oms_change_tags(self, add=(), remove=()):
        """Put tags on orders and take others off.

        :param add: ids, codes or names of tags; ``remove`` likewise
        :return: for each order ``{id, name, is_done, why}``; ``why`` says why nothing was to be done
        :raise UserError: there is no such tag
        :raise AccessError: whoever asks may not change these orders
        """
        self._ensure_desk()
        tags = self.env["oms.tag"]
        added, removed = tags._find(add), tags._find(remove)
        todo = self.filtered(lambda order: added - order.oms_tag_ids or removed & order.oms_tag_ids)
        commands = [*map(Command.link, added.ids), *map(Command.unlink, removed.ids)]
        if todo and commands:
            todo.write({"oms_tag_ids": commands})
        return self._answers(todo, dict.fromkeys(self - todo, self.env._("It was so already.")))
