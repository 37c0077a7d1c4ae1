"""The money of a Magento order: from its many totals to lines, charges and taxes that add up to its grand total.

Magento states each amount with and without tax. For a line, ``row_total - discount + discount_tax_compensation + tax``
is what the buyer pays in every setting of a shop: prices with or without tax, discounts on either, tax before or after
them (Magento\\Tax and Magento\\SalesRule of 2.4; github.com/OCA/connector-magento issues 109 and 116 tell what goes
wrong otherwise; seen 2026-11-26). So that sum is kept, and only its parts differ by the tax mode. What gift cards,
store credit and points pay is already off ``grand_total``: they are negative charges, and the total is what was left.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

from . import charges
from .amounts import NIL, plain, read_amount, read_currency, share, smallest_step
from .wire_order import Item

TaxMode = Literal["auto", "included", "excluded"]


class LineMoney(NamedTuple):
    """The money of one line, each part without the others.

    :param net: the goods without tax; ``gross``: the goods with tax, before discounts
    :param off: what is off the net, as Magento's ``discount_amount - discount_tax_compensation_amount``
    :param fixed: a fixed product tax (FPT, WEEE) with its label, without and with tax
    """

    net: Decimal
    gross: Decimal
    off: Decimal
    tax: Decimal
    discount: Decimal = NIL
    fixed: tuple[tuple[str, Decimal, Decimal], ...] = ()

    @property
    def paid(self) -> Decimal:
        """What the buyer pays for the goods, tax and discounts in it, fixed product taxes not."""
        return self.net - self.off + self.tax


class OrderMoney(NamedTuple):
    """What an order costs."""

    currency: str
    total: dto.Money
    shop_total: dto.Money | None
    is_tax_included: bool
    charges: tuple[dto.Charge, ...]


def read_line(item: Item, path: str) -> LineMoney:
    """Return the money of one item as the shop states it.

    :raise Malformed: an amount that is none, or a negative price
    """
    net, gross, discount, compensation, tax, fixed = (
        read_amount(getattr(item, name), f"{path}.{name}")
        for name in (
            "row_total",
            "row_total_incl_tax",
            "discount_amount",
            "discount_tax_compensation_amount",
            "tax_amount",
            "weee_tax_applied_row_amount",
        )
    )
    if (net or NIL) < 0 or (gross or NIL) < 0:
        raise Malformed("bad_money", path=f"{path}.row_total", reason="the price is negative")
    net, tax, compensation, discount = net or NIL, tax or NIL, compensation or NIL, abs(discount or NIL)
    return LineMoney(
        net=net,
        gross=net + tax + compensation if gross is None else gross,
        off=discount - compensation,
        tax=tax,
        discount=discount,
        fixed=charges.fixed_taxes(item.weee_tax_applied, fixed or NIL),
    )


def split_line(money: LineMoney, weights: Sequence[Decimal], currency: str) -> list[LineMoney]:
    """Cut the money of a bundle into that of its parts; the parts add up to the whole."""
    step = smallest_step(currency)
    columns = [share(getattr(money, name), weights, step) for name in ("net", "gross", "off", "tax", "discount")]
    parts = [LineMoney(*column) for column in zip(*columns, strict=True)]
    return [parts[0]._replace(fixed=money.fixed), *parts[1:]] if parts else []


def build_line(money: LineMoney, currency: str, *, is_tax_included: bool, label: str | None) -> dict[str, Any]:
    """Return amount, charges and taxes of an order line, in the order's tax mode."""
    seal = charges.Seal(currency, is_tax_included)
    before = money.gross if is_tax_included else money.net
    after = money.paid if is_tax_included else money.net - money.off
    off = after - before
    if not money.discount or off > 0:  # a trace of rounding, and no discount anybody gave
        before, off = after, NIL
    found = [seal.charge("discount", off, label=label)] if off else []
    found += [
        seal.charge("other", gross if is_tax_included else net, tax=gross - net, label=name)
        for name, net, gross in money.fixed
    ]
    return {"amount": seal.money(before), "charges": tuple(found), "taxes": seal.taxes(money.tax)}


def parse_order_money(tree: Mapping[str, Any], lines: Sequence[LineMoney], mode: TaxMode, habits: Iterable[bool]):
    """Return what the order costs beside its lines.

    :param tree: the decoded order document
    :param habits: for each item that tells, whether its price holds tax
    :return: :class:`OrderMoney`
    :raise Malformed: no total or no currency, or an amount that is none
    """
    currency = read_currency(tree.get("order_currency_code"), "$.order_currency_code")
    total = read_amount(tree.get("grand_total"), "$.grand_total")
    if currency is None or total is None:
        name = "grand_total" if currency else "order_currency_code"
        raise Malformed("bad_money", path=f"$.{name}", reason="the order names no total or no currency")
    is_tax_included = mode == "included" or (mode == "auto" and _is_tax_in_prices(lines, habits))
    found = charges.order_charges(tree, charges.Seal(currency, is_tax_included))
    paid = sum((line.paid + sum(gross for _name, _net, gross in line.fixed) for line in lines), NIL)
    paid += sum((charges.worth(charge, is_tax_included) for charge in found), NIL)
    found += charges.explain(tree, plain(total - paid), _stated(lines, found), charges.Seal(currency, is_tax_included))
    return OrderMoney(
        currency=currency,
        total=dto.Money(amount=total, currency=currency),
        shop_total=_shop_total(tree, currency),
        is_tax_included=is_tax_included,
        charges=tuple(found),
    )


def _stated(lines: Sequence[LineMoney], found: Sequence[dto.Charge]) -> charges.Stated:
    """Return the taxes and discounts that lines and charges hold already."""
    tax = sum((line.tax + sum(gross - net for _name, net, gross in line.fixed) for line in lines), NIL)
    tax += sum((tax.amount.amount for charge in found for tax in charge.taxes), NIL)
    return charges.Stated(tax=tax, discount=sum((line.discount for line in lines), NIL))


def habit(item: Item, path: str) -> bool | None:
    """Say whether the shop enters its prices with tax, as far as one item tells.

    ``original_price`` is the price as it stands in the catalogue, so it equals one of the two the order shows.
    """
    listed, net, gross = (
        read_amount(getattr(item, name), f"{path}.{name}") for name in ("original_price", "price", "price_incl_tax")
    )
    if None in (listed, net, gross) or net == gross or listed not in (net, gross):
        return None
    return listed == gross


def _is_tax_in_prices(lines: Sequence[LineMoney], habits: Iterable[bool]) -> bool:
    """Say whether prices hold tax. Magento states a compensation only where discounts are taken off such prices."""
    if any(line.discount and line.off != line.discount for line in lines):
        return True
    votes = [vote for vote in habits if vote is not None]
    return sum(votes) * 2 > len(votes)


def _shop_total(tree: Mapping[str, Any], currency: str) -> dto.Money | None:
    own = read_currency(tree.get("base_currency_code"), "$.base_currency_code")
    total = read_amount(tree.get("base_grand_total"), "$.base_grand_total")
    if own in (None, currency) or total is None:
        return None
    return dto.Money(amount=total, currency=own)
