from collections import Counter

from odoo import api, models

SAME_PLACE = ("street", "zip", "city", "country_id")


class ResPartner(models.Model):
    """Customers of files are mostly customers we have: found by reference, email or company."""

    _inherit = "res.partner"

    @api.model
    def _oms_by_reference(self, channel, references):
        """Return ``{reference: partner}`` for references that exactly one customer has."""
        return self._oms_unique(channel, "ref", references)

    @api.model
    def _oms_customers(self, channel, plans):
        """Override of `oms_core` to take customers we have; an address that is new becomes one of theirs."""
        if channel.channel_type != "file":
            return super()._oms_customers(channel, plans)
        buyers = [plan.order.buyer for plan in plans]
        by_reference = self._oms_by_reference(channel, {buyer.external_id for buyer in buyers} - {None})
        by_email = self._oms_unique(
            channel, "email_normalized", {buyer.email.lower() for buyer in buyers if buyer.email}
        )
        by_company = self._oms_unique(channel, "name", {buyer.company for buyer in buyers} - {None}, is_company=True)
        known = [
            by_reference.get(buyer.external_id)
            or by_email.get((buyer.email or "").lower())
            or by_company.get(buyer.company)
            or self.browse()
            for buyer in buyers
        ]
        strangers = [plan for plan, partner in zip(plans, known, strict=True) if not partner]
        made = iter(super()._oms_customers(channel, strangers) if strangers else ())
        contacts = iter(self._oms_contacts(channel, [pair for pair in zip(plans, known, strict=True) if pair[1]]))
        return [next(contacts) if partner else next(made) for partner in known]

    @api.model
    def _oms_unique(self, channel, name, wanted, **conditions):
        """Return ``{value: partner}`` for values of field ``name`` that exactly one partner of the company has."""
        if not wanted:
            return {}
        domain = [(name, "in", list(wanted)), ("company_id", "in", (False, channel.company_id.id))]
        # What a channel order made is found by its own key; here customers that people keep are looked for.
        domain += [("type", "!=", "delivery"), *((key, "=", value) for key, value in conditions.items())]
        partners = self.search(domain)
        counts = Counter(partner[name] for partner in partners)
        return {partner[name]: partner for partner in partners if counts[partner[name]] == 1}

    def _oms_contacts(self, channel, pairs):
        """Return the contact that gets the goods, for each ``(plan, customer)``: himself, or an address of his."""
        customers = self.union(*(customer for _plan, customer in pairs))
        children = self.search([("parent_id", "in", customers.ids), ("type", "in", ("delivery", "contact", "other"))])
        places = {
            (contact.parent_id.id or contact.id, _place(contact._read_place())): contact
            for contact in (*children, *customers)
        }
        plain = [plan for plan, _customer in pairs]
        states = self._oms_states(plain)
        contacts = []
        for plan, customer in pairs:
            vals = self._prepare_oms_customer(channel, plan, states)
            key = (customer.id, _place(vals))
            if plan.order.ship_to is None or not vals.get("street"):
                contacts.append(customer)
                continue
            if key not in places:
                places[key] = self.create(
                    dict(vals, parent_id=customer.id, type="delivery", company_name=False, customer_rank=0)
                )
            contacts.append(places[key])
        return contacts

    def _read_place(self):
        self.ensure_one()
        return {"street": self.street, "zip": self.zip, "city": self.city, "country_id": self.country_id.id}


def _place(vals):
    return tuple(str(vals.get(name) or "").strip().casefold() for name in SAME_PLACE)
