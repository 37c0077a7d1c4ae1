"""The documents as an OpenMage shop sends them: what we read of them. Everything on this wire is text.

Field names: ``salesOrderEntity``, ``salesOrderListEntity`` and their parts in the WSDLs named in ``soap_const``. An
array without entries comes as an empty text from a WS-I server, so every array may be one.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all documents. Fields we do not read are not listed; unknown ones are let through."""


class Address(Wire):
    """``salesOrderAddressEntity``: ``street`` holds up to four lines."""

    firstname: str | None = None
    middlename: str | None = None
    lastname: str | None = None
    company: str | None = None
    vat_id: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country_id: str | None = None
    telephone: str | None = None


class Item(Wire):
    """``salesOrderItemEntity``. The WSDL names no ``parent_item_id``; a few shops add it."""

    item_id: str
    qty_ordered: str
    parent_item_id: str | None = None
    product_id: str | None = None
    product_type: str | None = None
    product_options: str | None = None
    is_virtual: str | None = None
    sku: str | None = None
    name: str | None = None
    price: str | None = None
    original_price: str | None = None
    row_total: str | None = None
    tax_amount: str | None = None
    tax_percent: str | None = None
    discount_amount: str | None = None
    weee_tax_applied_row_amount: str | None = None
    qty_canceled: str | None = None
    qty_refunded: str | None = None
    qty_shipped: str | None = None
    qty_invoiced: str | None = None
    gift_message: str | None = None


class Payment(Wire):
    """``salesOrderPaymentEntity``."""

    payment_id: str | None = None
    method: str | None = None
    po_number: str | None = None


class OrderRow(Wire):
    """``salesOrderListEntity``: what only the list tells of an order."""

    order_id: str | None = None
    shipping_tax_amount: str | None = None
    shipping_incl_tax: str | None = None
    shipping_discount_amount: str | None = None
    hidden_tax_amount: str | None = None
    shipping_hidden_tax_amount: str | None = None
    hold_before_state: str | None = None
    coupon_code: str | None = None
    discount_description: str | None = None
    customer_note: str | None = None
    customer_taxvat: str | None = None
    relation_parent_real_id: str | None = None
    gift_cards_amount: str | None = None
    reward_currency_amount: str | None = None
    customer_balance_amount: str | None = None


class OrderDocument(Wire):
    """``salesOrderEntity``, and what the list tells besides; see ``soap_documents``."""

    increment_id: str
    state: str
    created_at: str
    updated_at: str
    items: list[Item] | str | None
    list_row: OrderRow
    order_currency_code: str | None = None
    total_paid: str | None = None
    order_id: str | None = None
    store_id: str | None = None
    status: str | None = None
    shipping_description: str | None = None
    customer_id: str | None = None
    customer_is_guest: str | None = None
    customer_email: str | None = None
    customer_firstname: str | None = None
    customer_lastname: str | None = None
    gift_message: str | None = None
    shipping_address: Address | str | None = None
    billing_address: Address | str | None = None
    payment: Payment | str | None = None


class Comment(Wire):
    """A comment on a parcel or a credit memo."""

    comment: str | None = None


class ShipmentItem(Wire):
    """Units of an order line in a parcel."""

    order_item_id: str
    qty: str


class Track(Wire):
    """A tracking number."""

    track_id: str | None = None
    carrier_code: str | None = None
    title: str | None = None
    number: str | None = None


class Shipment(Wire):
    """``salesOrderShipmentEntity``; the list leaves items, tracks and comments out."""

    increment_id: str
    items: list[ShipmentItem] | str | None = None
    tracks: list[Track] | str | None = None
    comments: list[Comment] | str | None = None


class Invoice(Wire):
    """``salesOrderInvoiceEntity``: what we read of it. ``state``: 1 open, 2 paid, 3 cancelled."""

    increment_id: str
    state: str | None = None
    comments: list[Comment] | str | None = None


class MemoItem(Wire):
    """One line of a credit memo."""

    order_item_id: str
    qty: str | None = None
    row_total: str | None = None
    tax_amount: str | None = None
    hidden_tax_amount: str | None = None
    discount_amount: str | None = None


class Memo(Wire):
    """``salesOrderCreditmemoEntity``; the list leaves items and comments out."""

    increment_id: str
    order_id: str | None = None
    state: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    order_currency_code: str | None = None
    grand_total: str | None = None
    shipping_amount: str | None = None
    shipping_tax_amount: str | None = None
    adjustment: str | None = None
    adjustment_positive: str | None = None
    adjustment_negative: str | None = None
    items: list[MemoItem] | str | None = None
    comments: list[Comment] | str | None = None


class Product(Wire):
    """``catalogProductEntity``."""

    product_id: str
    sku: str | None = None
    name: str | None = None
    type: str | None = None


class StockItem(Wire):
    """``catalogInventoryStockItemEntity``."""

    product_id: str | None = None
    sku: str | None = None
    qty: str | None = None
    is_in_stock: str | None = None


class Store(Wire):
    """``storeEntity``."""

    store_id: str
    code: str | None = None
    name: str | None = None
    is_active: str | None = None


class Info(Wire):
    """``magentoInfoEntity``; OpenMage adds its own version."""

    magento_version: str | None = None
    magento_edition: str | None = None
    openmage_version: str | None = None


def convert(tree: Any, shape: type[T]) -> T:
    """Return read values as a value of ``shape``.

    :raise Malformed: with the path of the first thing wrong
    """
    try:
        return msgspec.convert(tree, shape)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        reason = shown(found["reason"].replace("`", "“", 1).replace("`", "”", 1), 160)
        raise Malformed("wrong_shape", path=found["path"] or "$", reason=reason) from None


def rows(value: Sequence[T] | str | None, path: str) -> Sequence[T]:
    """Return the entries of an array, none for one that came as an empty text.

    :raise Malformed: there is a text in its place
    """
    if isinstance(value, str) and value.strip():
        raise Malformed("wrong_shape", path=path, reason="a text where a list belongs")
    return () if value is None or isinstance(value, str) else value
