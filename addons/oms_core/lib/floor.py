"""Which fields people of the warehouse floor do not see: what goods cost, and how a buyer is written to by e-mail.

The rule goes by what a field is, so that a field somebody adds tomorrow is kept from them as well; what must be named
is named here, in both directions, each with its reason.
"""

import re
from functools import cache

MONEY_WORD = re.compile(
    r"(^|_)(price|prices|cost|costs|margin|amount|discount|revenue|profit|credit|debit|balance)(_|$)"
)
EMAIL_WORD = re.compile(r"(^|_)email(_|$)")

# Documents about money: they are read, what was written on them and attached to them is not, and they are not changed.
MONEY_DOCUMENTS = ("sale.order", "purchase.order", "account.move")

# Kept from them beside what the rule finds: {model or "*": names}.
KEPT = {
    "*": {
        "tax_totals",  # all sums of a document as one value
    },
    "sale.order": {
        "access_token",  # opens the buyer's page of the order, with its prices
        "partner_credit_warning",  # says what the buyer owes
        "oms_payment_text",  # says what was paid
        "oms_total_check",  # compares the sums
        "invoice_ids",  # plain Odoo shows them an error instead of the order
        "invoice_count",
    },
    "sale.order.line": {
        "invoice_lines",  # as above
        "qty_invoiced_posted",
        "analytic_line_ids",
    },
    "purchase.order": {"access_token"},
    "product.template": {
        "tax_string",  # “= $ 11.50 with taxes”
    },
    "product.product": {"tax_string"},
    "product.supplierinfo": {"discount"},
    "delivery.price.rule": {
        "name",  # “if weight <= 5 then fixed price 10”
        "max_value",
    },
    "oms.hold": {"note", "release_note"},  # free words of the desk, such as what a buyer owes
    "oms.exception": {
        "params",  # the words of the sentence, amounts among them
    },
    "mail.message": {"reply_to"},
    "account.payment.term": {"example_preview", "example_preview_discount"},
    "res.partner": {
        "oms_match_key",  # a digest of the address among others: whoever guesses one could check it
    },
    "res.users": {
        "login",  # a buyer with a portal account signs in with the e-mail address
        "outgoing_mail_server_id",
        "outgoing_mail_server_type",
    },
}
# Shown to them although the rule finds it: {(model, name): why}.
SHOWN = {
    ("res.company", "email"): "our own",
    ("res.company", "email_formatted"): "our own",
    ("res.company", "catchall_email"): "our own",
    ("res.company", "bounce_email"): "our own",
    ("res.company", "default_from_email"): "our own",
    ("res.company", "email_primary_color"): "a colour",
    ("res.company", "email_secondary_color"): "a colour",
    ("mail.alias.domain", "bounce_email"): "our own",
    ("mail.alias.domain", "catchall_email"): "our own",
    ("mail.alias.domain", "default_from_email"): "our own",
    ("mail.compose.message", "email_from"): "the writer's own",
    ("mail.compose.message", "email_layout_xmlid"): "the name of a layout",
    ("mail.template", "email_from"): "how a template finds it",
    ("mail.template", "email_to"): "how a template finds it",
    ("mail.template", "email_cc"): "how a template finds it",
    ("mail.template", "email_layout_xmlid"): "the name of a layout",
    ("report.paperformat", "margin_top"): "of a sheet of paper",
    ("report.paperformat", "margin_bottom"): "of a sheet of paper",
    ("report.paperformat", "margin_left"): "of a sheet of paper",
    ("report.paperformat", "margin_right"): "of a sheet of paper",
    ("account.tax", "amount"): "a rate",
    ("account.payment.term", "discount_days"): "days",
    ("mail.message", "email_layout_xmlid"): "the name of a layout",
    ("mail.message", "incoming_email_to"): "empty: what came by e-mail is not shown to them",
    ("mail.message", "incoming_email_cc"): "empty, as above",
    ("mail.message", "email_add_signature"): "yes or no",
}
TEXTS = ("char", "text", "html")
NUMBERS = ("float", "integer")


@cache
def is_kept(model, name, kind, digits=None):
    """Return whether a field is kept from the warehouse floor.

    :param model: the model's name; ``name`` is the field's and ``kind`` its type
    :param digits: the name of its precision, where it has one
    """
    if (model, name) in SHOWN:
        return False
    if kind == "monetary" or name in KEPT["*"] or name in KEPT.get(model, ()):
        return True
    if kind in NUMBERS and (digits == "Product Price" or MONEY_WORD.search(name)):
        return True
    return kind in TEXTS and bool(EMAIL_WORD.search(name) or MONEY_WORD.search(name))
