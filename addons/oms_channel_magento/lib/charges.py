"""Money of a Magento order beside its goods: which totals there are, and what each of them is called.

Names of totals: Swagger document of Magento 2.4.9 (``sales-data-order-interface`` and its extension), seen 2026-11-26.
What extensions of a shop add has no list; :func:`explain` finds it by its amount, so that no money is dropped.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import read, shown

from .amounts import NIL, plain, read_amount
from .wire import text

# What is paid with, off the grand total already: (name in extension_attributes, label).
PAID_WITH = (
    ("gift_cards_amount", "gift card"),
    ("customer_balance_amount", "store credit"),
    ("reward_currency_amount", "reward points"),
)
# Gift wrapping: (name without tax, its tax, label).
WRAPPING = (
    ("gw_price", "gw_tax_amount", "gift wrap of the order"),
    ("gw_items_price", "gw_items_tax_amount", "gift wrap"),
    ("gw_card_price", "gw_card_tax_amount", "printed card"),
)
FIXED_TAX = "fixed product tax"
# Words of an extension's own money. What an order was charged with, not what was invoiced, refunded or is in the books'
# currency; and not the amounts every order has.
_EXTRA = re.compile(
    r"fee|surcharge|cod|charge|insurance|deposit|donation|tip|extra|amount|total|handling", re.IGNORECASE
)
_NOT_EXTRA = re.compile(
    r"^base_|_base_|invoiced|refunded|cance|_tax|tax_|^gw_|paid|due|qty|count|weight|percent|rate|_id$|^subtotal|^grand_total"
    r"|^shipping|^discount|^total_|authoriz|^adjustment|balance|^reward|^gift_cards",
    re.IGNORECASE,
)
_COD = re.compile(r"cod|cash_?on_?delivery", re.IGNORECASE)
_MOST_EXTRAS = 12
_MOST_TOGETHER = 3


class Stated(NamedTuple):
    """What lines and charges hold of the two sums every order states."""

    tax: Decimal
    discount: Decimal


class Seal(NamedTuple):
    """What all amounts of an order have in common."""

    currency: str
    is_tax_included: bool

    def money(self, amount: Decimal) -> dto.Money:
        """Return an amount as money."""
        return dto.Money(amount=plain(amount), currency=self.currency)

    def taxes(self, amount: Decimal) -> tuple[dto.TaxAmount, ...]:
        """Return a tax, nothing for none."""
        return (dto.TaxAmount(amount=self.money(amount)),) if amount else ()

    def charge(self, kind: dto.ChargeKind, amount: Decimal, *, tax: Decimal = NIL, label: str | None = None):
        """Return a charge; ``amount`` is in the order's tax mode."""
        return dto.Charge(kind=kind, amount=self.money(amount), label=label, taxes=self.taxes(tax))


def worth(charge: dto.Charge, is_tax_included: bool) -> Decimal:
    """Return what the buyer pays for a charge, its taxes in it."""
    taxes = NIL if is_tax_included else sum((tax.amount.amount for tax in charge.taxes), NIL)
    return charge.amount.amount + taxes


def order_charges(tree: Mapping[str, Any], seal: Seal) -> list[dto.Charge]:
    """Return the charges of the order that Magento has names for.

    :raise Malformed: an amount that is none
    """
    extension = _extension(tree)
    found = _shipping(tree, seal)
    for net_name, tax_name, label in WRAPPING:
        net, tax = (_amount(extension, name, _EXTENSION) for name in (net_name, tax_name))
        if net or tax:
            found.append(seal.charge("gift_wrap", net + tax if seal.is_tax_included else net, tax=tax, label=label))
    found += [
        seal.charge(
            _kind(name), _amount(fee, "custom_fee_amount", path), label=text(fee.get("custom_fee_label")) or name
        )
        for fee, name, path in _custom_fees(extension)
        if _amount(fee, "custom_fee_amount", path)
    ]
    for name, label in PAID_WITH:
        paid = abs(_amount(extension, name, _EXTENSION))
        if paid:
            found.append(seal.charge("gift_card", -paid, label=label))
    return found


def fixed_taxes(applied: Any, amount: Decimal) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return ``(label, without tax, with tax)`` of the fixed product taxes of an item.

    :param applied: ``weee_tax_applied``, JSON in a text: ``[{"title", "row_amount", "row_amount_incl_tax"}]``
    :param amount: ``weee_tax_applied_row_amount``, which counts where the list is not there or says something else
    """
    if not amount:
        return ()
    try:
        rows = [_fixed_tax(row) for row in read(applied.encode())] if isinstance(applied, str) and applied else []
    except (Malformed, AttributeError, TypeError, UnicodeEncodeError):
        rows = []
    if sum((net for _label, net, _gross in rows), NIL) == amount:
        return tuple(row for row in rows if row[1])
    return ((FIXED_TAX, amount, amount),)


def _fixed_tax(row: Mapping[str, Any]) -> tuple[str, Decimal, Decimal]:
    net = read_amount(row.get("row_amount"), "$") or NIL
    gross = read_amount(row.get("row_amount_incl_tax"), "$")
    return shown(text(row.get("title")) or FIXED_TAX, 60), net, net if gross is None else gross


def explain(tree: Mapping[str, Any], missing: Decimal, stated: Stated, seal: Seal) -> list[dto.Charge]:
    """Return the charges that explain what the grand total holds beyond lines and known charges.

    Looked at are the order's own sums of tax and discount, which its lines may not give in full, and every amount an
    extension added. Only what explains all that is missing counts; else nothing is invented, and the core sees that the
    totals differ.
    """
    if not missing:
        return []
    known = _left_over(tree, stated)
    extras = [(_kind(name), amount, name) for name, amount in _extras(tree)]
    for size in range(1, _MOST_TOGETHER + 1):
        for chosen in combinations([*known, *extras][:_MOST_EXTRAS], size):
            if sum(amount for _kind_, amount, _label in chosen) == missing:
                return [_built(seal, *part) for part in chosen]
    return []


# --- what the order states ------------------------------------------------------------------------------------------

_EXTENSION = "$.extension_attributes"


def _shipping(tree: Mapping[str, Any], seal: Seal) -> list[dto.Charge]:
    """Return what sending costs and the discount on it, by the rule of lines."""
    net, tax, discount, compensation = (
        _amount(tree, name, "$")
        for name in (
            "shipping_amount",
            "shipping_tax_amount",
            "shipping_discount_amount",
            "shipping_discount_tax_compensation_amount",
        )
    )
    paid = net + tax - abs(discount) + compensation
    before = net
    if seal.is_tax_included:
        before = read_amount(tree.get("shipping_incl_tax"), "$.shipping_incl_tax")
        before = net + tax + compensation if before is None else before
    off = (paid if seal.is_tax_included else paid - tax) - before
    if not discount or off > 0:
        before, off = before + off, NIL
    found = [seal.charge("shipping", before, tax=tax, label=text(tree.get("shipping_description")))]
    found += [seal.charge("discount", off, label="discount on shipping")] if off else []
    return found if before or off or tax else []


def _custom_fees(extension: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    fees = extension.get("custom_fees")
    for place, fee in enumerate(fees if isinstance(fees, list) else ()):
        if isinstance(fee, dict):
            name = text(fee.get("custom_fee_code")) or "fee"
            yield fee, shown(name, 60), f"{_EXTENSION}.custom_fees[{place}]"


def _extension(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    found = tree.get("extension_attributes")
    return found if isinstance(found, dict) else {}


def _amount(tree: Mapping[str, Any], name: str, path: str) -> Decimal:
    return read_amount(tree.get(name), f"{path}.{name}") or NIL


def _kind(name: str) -> dto.ChargeKind:
    return "cod" if _COD.search(name) else "other"


# --- what nobody named ----------------------------------------------------------------------------------------------


def _left_over(tree: Mapping[str, Any], stated: Stated) -> list[tuple[str, Decimal, str]]:
    """Return the parts of the order's tax and discount that no line and no charge holds."""
    tax = _amount(tree, "tax_amount", "$") - stated.tax
    shipping = abs(_amount(tree, "shipping_discount_amount", "$"))
    discount = abs(_amount(tree, "discount_amount", "$")) - stated.discount - shipping
    found = [("tax", tax, "tax of the order")] if tax else []
    return found + ([("discount", -discount, "discount on the order")] if discount else [])


def _built(seal: Seal, kind: str, amount: Decimal, label: str) -> dto.Charge:
    if kind == "tax":
        return seal.charge("other", amount if seal.is_tax_included else NIL, tax=amount, label=label)
    if kind == "discount" and amount > 0:
        kind = "other"
    return seal.charge("discount" if amount < 0 else kind, amount, label=label)


def _extras(tree: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield ``(label, amount)`` of all that may be money an extension added to the total."""
    rest = {name: value for name, value in tree.items() if name != "extension_attributes"}
    seen: set[tuple[str, Decimal]] = set()
    for name, value in (*_extension(tree).items(), *rest.items()):
        if name in _READ_ALREADY:
            continue
        for label, amount in _amounts_in(name, value):
            if amount and (label, amount) not in seen:
                seen.add((label, amount))
                yield label, amount


def _amounts_in(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Decimal]]:
    if isinstance(value, dict) and depth < 4:
        if "amount" in value and (
            label := text(value.get("label")) or text(value.get("title")) or text(value.get("code"))
        ):
            yield from _amounts_in(f"{label} amount", value["amount"], 4)
            return
        for inner_name, inner in value.items():
            yield from _amounts_in(inner_name, inner, depth + 1)
    elif isinstance(value, list) and depth < 4:
        for inner in value[:50]:
            yield from _amounts_in(name, inner, depth + 1)
    elif isinstance(value, (int, str, Decimal)) and _EXTRA.search(name) and not _NOT_EXTRA.search(name):
        try:
            amount = read_amount(value, "$")
        except Malformed:
            return
        if amount is not None and not isinstance(value, bool):
            yield shown(name.removesuffix(" amount").removesuffix("_amount").replace("_", " "), 60), amount


_READ_ALREADY = frozenset(
    {
        "items",
        "payment",
        "billing_address",
        "status_histories",
        "shipping_assignments",
        "applied_taxes",
        "item_applied_taxes",
        "taxes",
        "additional_itemized_taxes",
        "gift_cards",
        "gift_message",
        "payment_additional_info",
        "custom_fees",
        "company_order_attributes",
        "coupon_discounts",
        "coupon_codes",
    }
)
