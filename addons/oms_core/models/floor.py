"""People of the warehouse floor: who they are, and which fields are not for them.

Plain Odoo lets whoever moves stock read and write orders, with prices and the buyer's e-mail address. Here a person who
has only warehouse rights sees neither: not in a list, not by a search that guesses, not through the API. The rule is in
``lib/floor.py``; it holds for every model, so that what another addon brings is kept from them as well.
"""

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.floor import is_kept

# Whoever has one of these works with money or with buyers, and sees all.
OFFICE_GROUPS = (
    "sales_team.group_sale_salesman",
    "account.group_account_invoice",
    "account.group_account_readonly",
    "account.group_account_basic",
    "purchase.group_purchase_user",
    "point_of_sale.group_pos_user",
    "stock.group_stock_manager",
    "base.group_system",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    @tools.ormcache("self.id")
    def _is_floor_only(self):
        """Whether this person moves stock and does nothing else: no sales, accounts, purchases or set-up."""
        if not self:
            return False  # nobody has signed in yet: Odoo is just about to
        self.ensure_one()
        return self.has_group("stock.group_stock_user") and not any(map(self.has_group, OFFICE_GROUPS))

    def _has_field_access(self, field, operation):
        """Show how colleagues sign in and are written to; buyers with an account are none."""
        if super()._has_field_access(field, operation):
            return True
        return bool(
            operation == "read"
            and self
            and not field.groups
            and (field.name == "login" or field.name.startswith("email"))
            and self.env.user._is_floor_only()
            and not any(user.share for user in self.sudo())  # sudo: only whether it is one of us
        )

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find colleagues by their names: a buyer with an account signs in with the address."""
        if not self.env.user._is_floor_only():
            return super().name_search(name, domain, operator, limit)
        users = self.search(Domain("name", operator, name) & Domain(domain or Domain.TRUE), limit=limit)
        return [(user.id, user.display_name) for user in users]


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _has_field_access(self, field, operation):
        """Keep money and e-mail addresses from the warehouse floor.

        Reading, searching, sorting, grouping, exporting and the fields a screen is told of all ask here.
        """
        if not super()._has_field_access(field, operation):
            return False
        return self.env.su or not self.env.user._is_floor_only() or not self._is_kept_from_floor(field)

    @api.model
    def _is_kept_from_floor(self, field):
        """Whether a field is not for the warehouse floor, itself or as another name for one that is not."""
        while field:
            digits = getattr(field, "_digits", None) or getattr(field, "_min_display_digits", None)
            if is_kept(field.model_name, field.name, field.type, digits if isinstance(digits, str) else None):
                return True
            field = field.related_field
        return False

    @api.model
    def _kept_names(self):
        """Return ``{name: kind}`` of this model's fields that the user does not see, being of the floor alone."""
        if self.env.su or not self.env.user._is_floor_only():
            return {}
        return {name: field.type for name, field in self._fields.items() if self._is_kept_from_floor(field)}

    @api.model
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Leave what is kept out of an order: price lists of vendors are sorted by price by default."""
        if not self.env.su and field_name.split(".")[0] in self._kept_names():
            return SQL()
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Refuse to look for what is kept: Odoo does not ask for fields that are searched in a way of their own."""
        if not (self.env.su or bypass_access) and self.env.user._is_floor_only():
            self._ensure_asks_nothing_kept(Domain(domain))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _ensure_asks_nothing_kept(self, domain):
        for condition in domain.iter_conditions():
            model = self
            for name in condition.field_expr.split("."):
                field = model._fields.get(name)
                if field is None:
                    break
                model._check_field_access(field, "read")
                if not field.relational:
                    break
                model = model.env[field.comodel_name]
            if condition.operator in ("any", "not any") and isinstance(condition.value, Domain | list | tuple):
                model._ensure_asks_nothing_kept(Domain(condition.value))

    def copy_data(self, default=None):
        """Leave what is kept out of a copy that the floor makes, such as a transfer back."""
        kept = self._kept_names().keys() - (default or {}).keys()
        if not kept:
            return super().copy_data(default)
        rows = super().copy_data({**dict.fromkeys(kept, False), **(default or {})})
        return [row and {name: value for name, value in row.items() if name not in kept} for row in rows]

    def _past_the_floor(self):
        """Return these records with the rights that moving goods needs: Odoo values stock and counts deliveries.

        Whoever calls this has checked that the user may do what follows.
        """
        if self.env.su or not self.env.user._is_floor_only():
            return self
        return self.sudo()  # sudo: see above
