"""The order, its parcels, invoices and credit memos as Magento 2 writes them. See ``wire`` for the source."""

from typing import Any

from .wire import Wire


class Address(Wire):
    """A postal address."""

    firstname: str | None = None
    middlename: str | None = None
    lastname: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    company: str | None = None
    street: Any = None
    city: str | None = None
    region: str | None = None
    region_code: str | None = None
    postcode: Any = None
    country_id: str | None = None
    telephone: Any = None
    email: str | None = None
    vat_id: Any = None


class GiftMessage(Wire):
    """What the buyer writes to the recipient."""

    sender: str | None = None
    recipient: str | None = None
    message: str | None = None


class ItemExtension(Wire):
    """What extensions add to an item."""

    gift_message: GiftMessage | None = None


class Item(Wire):
    """One line of an order. Configurables and bundles are a line with further lines below it."""

    item_id: Any = None
    parent_item_id: Any = None
    product_id: Any = None
    product_type: str | None = None
    sku: str | None = None
    name: str | None = None
    is_virtual: Any = None
    qty_ordered: Any = None
    qty_shipped: Any = None
    qty_invoiced: Any = None
    qty_refunded: Any = None
    qty_canceled: Any = None
    price: Any = None
    price_incl_tax: Any = None
    original_price: Any = None
    row_total: Any = None
    row_total_incl_tax: Any = None
    discount_amount: Any = None
    discount_tax_compensation_amount: Any = None
    tax_amount: Any = None
    weee_tax_applied: Any = None
    weee_tax_applied_row_amount: Any = None
    extension_attributes: ItemExtension | None = None


class Payment(Wire):
    """How the order is paid."""

    method: str | None = None
    amount_authorized: Any = None
    amount_paid: Any = None
    last_trans_id: Any = None
    po_number: Any = None


class Shipping(Wire):
    """Where and how it is sent."""

    address: Address | None = None
    method: str | None = None


class Assignment(Wire):
    """A part of the order with one address; shops have one."""

    shipping: Shipping | None = None


class CompanyOrder(Wire):
    """The company an order of Adobe Commerce B2B is for."""

    company_name: str | None = None


class Extension(Wire):
    """What extensions add to an order, as far as it is not money (see ``proceeds``)."""

    shipping_assignments: list[Assignment] | None = None
    gift_message: GiftMessage | None = None
    company_order_attributes: CompanyOrder | None = None
    pickup_location_code: str | None = None


class Order(Wire):
    """An order, as far as it is not money (see ``proceeds``)."""

    entity_id: Any
    items: list[Item]
    increment_id: Any = None
    created_at: str | None = None
    updated_at: str | None = None
    state: str | None = None
    status: str | None = None
    hold_before_state: str | None = None
    is_virtual: Any = None
    store_id: Any = None
    relation_parent_id: Any = None
    coupon_code: str | None = None
    discount_description: str | None = None
    customer_id: Any = None
    customer_email: str | None = None
    customer_firstname: str | None = None
    customer_middlename: str | None = None
    customer_lastname: str | None = None
    customer_taxvat: Any = None
    customer_note: str | None = None
    shipping_description: str | None = None
    billing_address: Address | None = None
    payment: Payment | None = None
    extension_attributes: Extension | None = None


# === Parcels, invoices, credit memos ===============================================================================


class Comment(Wire):
    """A remark on a document."""

    comment: str | None = None


class Track(Wire):
    """A tracking number of a parcel."""

    entity_id: Any = None
    track_number: Any = None
    title: str | None = None
    carrier_code: str | None = None


class UnitsOf(Wire):
    """Units of an order's line in another document."""

    order_item_id: Any = None
    qty: Any = None


class Shipment(Wire):
    """A parcel the shop knows."""

    entity_id: Any
    order_id: Any = None
    increment_id: Any = None
    created_at: str | None = None
    items: list[UnitsOf] | None = None
    tracks: list[Track] | None = None
    comments: list[Comment] | None = None


class Invoice(Wire):
    """A claim on the buyer. ``state`` 2 is paid, ``transaction_id`` the payment provider's."""

    entity_id: Any
    order_id: Any = None
    state: Any = None
    transaction_id: Any = None
    grand_total: Any = None
    base_total_refunded: Any = None
    items: list[UnitsOf] | None = None
    comments: list[Comment] | None = None


class CreditmemoItem(Wire):
    """Money given back for a line."""

    order_item_id: Any = None
    qty: Any = None
    row_total: Any = None
    row_total_incl_tax: Any = None
    discount_amount: Any = None
    discount_tax_compensation_amount: Any = None
    tax_amount: Any = None


class Creditmemo(Wire):
    """Money given back. ``state``: 1 open, 2 refunded, 3 cancelled."""

    entity_id: Any
    order_id: Any = None
    state: Any = None
    created_at: str | None = None
    updated_at: str | None = None
    order_currency_code: str | None = None
    grand_total: Any = None
    shipping_amount: Any = None
    shipping_incl_tax: Any = None
    shipping_tax_amount: Any = None
    adjustment_positive: Any = None
    adjustment_negative: Any = None
    items: list[CreditmemoItem] | None = None
    comments: list[Comment] | None = None
