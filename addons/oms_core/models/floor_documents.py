"""What the warehouse floor may do with orders, and what it reads beside their fields: messages, attachments, names."""

import functools

from odoo import api, models
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..lib.floor import MONEY_DOCUMENTS


def _refusal(records):
    return AccessError(records.env._("Orders are changed at the order desk. Ask somebody there."))


class Base(models.AbstractModel):
    _inherit = "base"

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Propose nobody to write to where the addresses are not shown."""
        if self.env.user._is_floor_only():
            return {record.id: [] for record in self}
        return super()._message_get_suggested_recipients_batch(*args, **kwargs)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Keep what was written on an order from whoever may not write the order: it speaks of money."""
        if self._name in MONEY_DOCUMENTS and self.env.user._is_floor_only():
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)


class PortalMixin(models.AbstractModel):
    _inherit = "portal.mixin"

    def _portal_ensure_token(self):
        """Hand out no key to the page of somebody outside, which shows prices."""
        if self._name in MONEY_DOCUMENTS and self.env.user._is_floor_only():
            raise _refusal(self)
        return super()._portal_ensure_token()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _check_access(self, operation):
        """Let the warehouse floor read orders only; what a transfer writes on them, the system writes."""
        if operation != "read" and not self.env.su and self.env.user._is_floor_only():
            return self, functools.partial(_refusal, self)
        return super()._check_access(operation)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _check_access(self, operation):
        """Let the warehouse floor read lines only; what a transfer writes on them, the system writes."""
        if operation != "read" and not self.env.su and self.env.user._is_floor_only():
            return self, functools.partial(_refusal, self)
        return super()._check_access(operation)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """Keep quotations, invoices and the like from the warehouse floor, where they hang on an order."""
        result = super()._check_access(operation)
        if self.env.su or not self.env.user._is_floor_only():
            return result
        allowed = self - result[0] if result else self
        forbidden = allowed.sudo().filtered(lambda file: file.res_model in MONEY_DOCUMENTS).sudo(False)
        if not forbidden:
            return result
        return forbidden | (result[0] if result else forbidden), functools.partial(_refusal, self)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access) and self.env.user._is_floor_only():
            domain = Domain(domain) & Domain("res_model", "not in", MONEY_DOCUMENTS)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _has_field_access(self, field, operation):
        """Show the addresses of colleagues and of the own company: no buyer is among them."""
        if super()._has_field_access(field, operation):
            return True
        return bool(
            operation == "read"
            and self
            and not field.groups
            and field.name.startswith("email")
            and self.env.user._is_floor_only()
            and all(self._are_colleagues())
        )

    def _are_colleagues(self):
        ours = self.env.companies.sudo().partner_id  # sudo: only whether it is one of us
        return (partner in ours or not partner.partner_share for partner in self.sudo())  # sudo: as above

    @property
    def _rec_names_search(self):
        """Find nobody by an address that is not shown."""
        return [name for name in super()._rec_names_search if name not in self._kept_names()]

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Leave e-mail addresses out of names, whatever the reader asks for."""
        if not (self.env.context.get("show_email") and self.env.user._is_floor_only()):
            return super()._compute_display_name()
        for partner in self:
            partner.display_name = partner.with_context(show_email=False).display_name

    @api.model
    def _get_mention_suggestions_domain(self, search):
        if self.env.user._is_floor_only():
            return Domain("name", "ilike", search) & Domain("active", "=", True)
        return super()._get_mention_suggestions_domain(search)

    def _to_store_defaults(self, target):
        names = super()._to_store_defaults(target)
        return [name for name in names if name != "email"] if self.env.user._is_floor_only() else names

    def _get_store_avatar_card_fields(self, target):
        names = super()._get_store_avatar_card_fields(target)
        return [name for name in names if name != "email"] if self.env.user._is_floor_only() else names


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model
    def _has_field_access(self, field, operation):
        """Let a message be written; whose address it came from or went to is not read."""
        return super()._has_field_access(field, operation) or (
            operation == "write" and not field.groups and self.env.user._is_floor_only()
        )

    def _get_forbidden_access(self, operation):
        """Keep what came in by e-mail from the floor: the writer's address stands in it."""
        forbidden = super()._get_forbidden_access(operation)
        if self.env.su or not self.env.user._is_floor_only():
            return forbidden
        return forbidden | self.sudo().filtered(lambda message: message.message_type == "email").sudo(False)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access) and self.env.user._is_floor_only():
            domain = Domain(domain) & Domain("message_type", "!=", "email")
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _to_store_defaults(self, target):
        """Send the screen no addresses of buyers; names are enough to talk about a transfer."""
        names = super()._to_store_defaults(target)
        if not self.env.user._is_floor_only():
            return names
        return [name for name in names if not _is_address(name)]


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _to_store_defaults(self, target):
        names = super()._to_store_defaults(target)
        return [name for name in names if name != "email"] if self.env.user._is_floor_only() else names


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _to_store_defaults(self, target):
        names = super()._to_store_defaults(target)
        if not self.env.user._is_floor_only():
            return names
        plain = [name for name in names if isinstance(name, str) and name != "mail_email_address"]
        return [*plain, Store.One("res_partner_id", ["name"])]


class OmsHold(models.Model):
    _inherit = "oms.hold"

    @api.depends_context("uid")
    def _compute_sentence(self):
        """Tell the floor why an order is held without the desk's own words, which may name amounts."""
        if not self.env.user._is_floor_only():
            return super()._compute_sentence()
        reasons = dict(self._fields["kind"]._description_selection(self.env))
        for hold in self:
            hold.sentence = f"{reasons.get(hold.kind, '')}. {hold._end_text()}"


def _is_address(name):
    """Whether this entry of a message for the screen is an e-mail address."""
    return getattr(name, "field_name", name) in ("email_from", "incoming_email_cc", "incoming_email_to")
