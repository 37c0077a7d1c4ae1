"""Which fields the warehouse floor does not see, by name and kind."""

import pytest
from odoo.addons.oms_core.lib.floor import KEPT, SHOWN, is_kept


@pytest.mark.parametrize(
    ("model", "name", "kind", "digits"),
    [
        ("sale.order", "amount_total", "monetary", None),
        ("any.model.of.tomorrow", "worth", "monetary", None),
        ("sale.order.line", "price_unit", "float", "Product Price"),
        ("any.model.of.tomorrow", "worth", "float", "Product Price"),
        ("stock.move", "price_unit", "float", None),
        ("delivery.carrier", "fixed_price", "float", None),
        ("product.pricelist.item", "price", "char", None),
        ("res.partner", "email", "char", None),
        ("res.partner", "email_normalized", "char", None),
        ("mail.followers", "email", "char", None),
        ("sale.order", "tax_totals", "binary", None),
        ("sale.order", "access_token", "char", None),
        ("res.users", "login", "char", None),
        ("oms.exception", "params", "json", None),
    ],
)
def test_money_and_addresses_are_kept(model, name, kind, digits):
    assert is_kept(model, name, kind, digits)


@pytest.mark.parametrize(
    ("model", "name", "kind", "digits"),
    [
        ("stock.move", "quantity", "float", "Product Unit"),
        ("sale.order.line", "product_uom_qty", "float", "Product Unit"),
        ("stock.picking", "shipping_weight", "float", "Stock Weight"),
        ("stock.picking", "carrier_tracking_ref", "char", None),
        ("res.partner", "phone", "char", None),
        ("res.partner", "street", "char", None),
        ("res.company", "email", "char", None),
        ("product.template", "cost_method", "selection", None),
        ("sale.order", "pricelist_id", "many2one", None),
        ("report.paperformat", "margin_top", "float", None),
    ],
)
def test_what_the_work_needs_is_shown(model, name, kind, digits):
    assert not is_kept(model, name, kind, digits)


def test_each_exception_has_a_reason_and_none_is_said_twice():
    assert all(SHOWN.values())
    assert not {(model, name) for model, names in KEPT.items() for name in names} & SHOWN.keys()
