import hashlib

from odoo import api, fields, models

from ..lib import importing

# What makes one address another, see ``dto.Address``.
ADDRESS_PARTS = (
    "name",
    "company",
    "street",
    "street2",
    "street3",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
)

# What of a customer follows from the address alone, see ``_prepare_oms_customer``.
MADE_FROM_ADDRESS = ("street", "street2", "city", "zip", "country_id", "state_id", "phone")


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_match_key = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Digest of account, buyer and address. Equal keys are one customer.",
    )

    _oms_match_key_index = models.Index("(oms_match_key) WHERE oms_match_key IS NOT NULL")

    @api.model
    def _oms_customers(self, channel, plans):
        """Return one partner per plan, in order.

        A known buyer at a known address is found again. An order without a name or a street never is: hidden data must
        not merge two people into one.
        """
        keys = [_match_key(channel.id, plan.order) for plan in plans]
        found = {
            partner.oms_match_key: partner
            for partner in self.search([("oms_match_key", "in", [key for key in keys if key])])
        }
        states = self._oms_states(plans)
        todo = {}
        for index, (key, plan) in enumerate(zip(keys, plans, strict=True)):
            if key not in found:
                todo.setdefault(
                    key or index, dict(self._prepare_oms_customer(channel, plan, states), oms_match_key=key)
                )
        created = dict(zip(todo, self.create(list(todo.values())), strict=True))
        return [found.get(key) or created[key or index] for index, key in enumerate(keys)]

    def _prepare_oms_customer(self, channel, plan, states):
        order = plan.order
        address = order.ship_to
        name = (address and (address.name or address.company)) or order.buyer.name
        vals = {
            "name": name
            or self.env._("%(channel)s customer %(number)s", channel=channel.name, number=order.external_number),
            "email": order.buyer.email,
            "company_id": channel.company_id.id,
            "company_name": (address and address.company) or order.buyer.company,
            "lang": self.env.lang or "en_US",
            "customer_rank": 1,
        }
        if address is None:
            return vals
        state_id = states.get((plan.country_id, (address.state or "").casefold()))
        extra = [address.street2, address.street3, None if state_id else address.state]
        return dict(
            vals,
            street=address.street,
            street2=", ".join(part for part in extra if part) or False,
            city=address.city,
            zip=address.postal_code,
            country_id=plan.country_id,
            state_id=state_id,
            phone=address.phone,
        )

    def _oms_is_made_of(self, channel, data):
        """Whether this customer's address is what an order's address makes, so that nobody changed it here."""
        self.ensure_one()
        plan = importing.plan_order(data, channel._address_snapshot([data]))
        made = self._prepare_oms_customer(channel, plan, self._oms_states([plan]))
        names = ("name", *MADE_FROM_ADDRESS)
        mine = {name: self[name].id if self._fields[name].relational else self[name] for name in names}
        return all((mine[name] or False) == (made.get(name) or False) for name in names)

    def _oms_states(self, plans):
        """Return ``{(country id, code or name in lower case): state id}`` for the countries of these plans."""
        countries = {plan.country_id for plan in plans if plan.country_id}
        found = {}
        for state in self.env["res.country.state"].search([("country_id", "in", list(countries))]):
            found[state.country_id.id, state.name.casefold()] = state.id
            found[state.country_id.id, state.code.casefold()] = state.id
        return found


def _match_key(channel_id, order):
    """Return the digest by which a buyer is found again, or None when too little is known."""
    address, buyer = order.ship_to, order.buyer
    if address is None or not (address.name and address.street) or not (buyer.external_id or buyer.email):
        return None
    parts = (
        channel_id,
        buyer.external_id,
        buyer.email,
        *(getattr(address, name) for name in ADDRESS_PARTS),
    )
    text = "\x1f".join("" if part is None else str(part).strip().casefold() for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()
