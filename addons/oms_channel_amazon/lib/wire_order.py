"""An order as Amazon sends it: what we read of it, strictly typed.

Source: orders_2026-01-01.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-23.
"""

from typing import Literal

import msgspec

from .wire import Instant, Money, Pagination, Wire


class Range(Wire):
    """A span of time, open at either end."""

    earliest_date_time: Instant | None = None
    latest_date_time: Instant | None = None


class Alias(Wire):
    """Another number the order is known by."""

    alias_id: str
    alias_type: str


class AssociatedOrder(Wire):
    """The order this one replaces."""

    order_id: str | None = None
    association_type: str | None = None


class SalesChannel(Wire):
    """Where the order was placed."""

    channel_name: str
    marketplace_id: str | None = None
    marketplace_name: str | None = None


class Buyer(Wire):
    """Who bought; absent without the right role."""

    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_company_name: str | None = None
    buyer_purchase_order_number: str | None = None


class ExtendedFields(Wire):
    """The parts of a Brazilian address."""

    neighborhood: str | None = None


class Address(Wire):
    """CustomerAddress."""

    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = msgspec.field(default=None, name="addressLine1")
    address_line2: str | None = msgspec.field(default=None, name="addressLine2")
    address_line3: str | None = msgspec.field(default=None, name="addressLine3")
    city: str | None = None
    district_or_county: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    extended_fields: ExtendedFields | None = None
    address_type: str | None = None


class DeliveryPreference(Wire):
    """What the buyer asks of the carrier."""

    drop_off_location: str | None = None
    address_instruction: str | None = None


class Recipient(Wire):
    """Where the order goes."""

    delivery_address: Address | None = None
    delivery_preference: DeliveryPreference | None = None


class OrderBreakdown(Wire):
    """One kind of money of the order as a whole."""

    type: str
    subtotal: Money
    status: str | None = None


class OrderProceeds(Wire):
    """What the seller receives for the order."""

    grand_total: Money | None = None
    breakdowns: list[OrderBreakdown] | None = None


class Fulfillment(Wire):
    """How far the order is and who sends it."""

    fulfillment_status: Literal[
        "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"
    ]
    fulfilled_by: Literal["AMAZON", "MERCHANT"]
    fulfillment_service_level: str | None = None
    ship_by_window: Range | None = None
    deliver_by_window: Range | None = None


class Price(Wire):
    """What one unit costs."""

    unit_price: Money | None = None


class Product(Wire):
    """What was bought."""

    asin: str | None = None
    title: str | None = None
    seller_sku: str | None = None
    price: Price | None = None


class Detail(Wire):
    """One part of a TAX or DISCOUNT breakdown."""

    subtype: str | None = None
    value: Money | None = None


class ItemBreakdown(Wire):
    """One kind of money of an item, for all its units."""

    type: str
    subtotal: Money
    detailed_breakdowns: list[Detail] | None = None


class ItemProceeds(Wire):
    """What the seller receives for an item."""

    proceeds_total: Money | None = None
    breakdowns: list[ItemBreakdown] | None = None


class PromotionBreakdown(Wire):
    """Names a promotion; Amazon gives no amount with it."""

    promotion_id: str | None = None


class Promotion(Wire):
    """The promotions of an item."""

    breakdowns: list[PromotionBreakdown] | None = None


class CancellationRequest(Wire):
    """The buyer asks not to get the item."""

    requester: str | None = None
    cancel_reason: str | None = None


class CancellationExecution(Wire):
    """The item was cancelled."""

    cancelled_by: str | None = None
    cancel_reason: str | None = None


class Cancellation(Wire):
    """Asked for, done, or both."""

    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class GiftOption(Wire):
    """How to wrap it and what to write."""

    gift_message: str | None = None
    gift_wrap_level: str | None = None


class Packing(Wire):
    """How the item is packed."""

    gift_option: GiftOption | None = None


class InternationalShipping(Wire):
    """What customs want to know."""

    ioss_number: str | None = None


class Shipping(Wire):
    """How the item travels."""

    international_shipping: InternationalShipping | None = None


class ItemFulfillment(Wire):
    """How far the item is."""

    quantity_fulfilled: int | None = None
    quantity_unfulfilled: int | None = None
    packing: Packing | None = None
    shipping: Shipping | None = None


class TaxScheme(Wire):
    """Under which scheme the tax was computed."""

    reporting_scheme: str | None = None


class TaxCollection(Wire):
    """Who pays the tax to the state."""

    model: str | None = None
    responsible_party: str | None = None


class ItemTax(Wire):
    """Tax facts of an item; the amounts are in its proceeds."""

    tax_calculation_breakdowns: list[TaxScheme] | None = None
    tax_collections: list[TaxCollection] | None = None


class OrderItem(Wire):
    """One line of the order."""

    order_item_id: str
    quantity_ordered: int
    product: Product
    programs: list[str] | None = None
    proceeds: ItemProceeds | None = None
    promotion: Promotion | None = None
    cancellation: Cancellation | None = None
    fulfillment: ItemFulfillment | None = None
    tax: ItemTax | None = None


class PackageItem(Wire):
    """Units of one item in a parcel."""

    order_item_id: str
    quantity: int


class Package(Wire):
    """A parcel Amazon knows of."""

    package_reference_id: str
    carrier: str | None = None
    ship_time: Instant | None = None
    tracking_number: str | None = None
    package_items: list[PackageItem] | None = None


class TaxRegistration(Wire):
    """A tax number of the buyer, the seller or Amazon."""

    entity_type: str | None = None
    legal_name: str | None = None
    tax_registration_number: str | None = None
    tax_registration_address: Address | None = None


class OrderTax(Wire):
    """Tax facts of the order."""

    tax_registrations: list[TaxRegistration] | None = None


class PaymentExecution(Wire):
    """One payment."""

    payment_method: str | None = None
    payment_amount: Money | None = None
    authorization_code: str | None = None


class OrderPayment(Wire):
    """How the order was paid."""

    payment_executions: list[PaymentExecution] | None = None


class Order(Wire):
    """One order.

    ``fulfillment`` is optional in the model but asked for in every call: without it nobody knows who sends the order.
    """

    order_id: str
    created_time: Instant
    last_updated_time: Instant
    sales_channel: SalesChannel
    order_items: list[OrderItem]
    fulfillment: Fulfillment
    order_aliases: list[Alias] | None = None
    programs: list[str] | None = None
    associated_orders: list[AssociatedOrder] | None = None
    buyer: Buyer | None = None
    recipient: Recipient | None = None
    proceeds: OrderProceeds | None = None
    payment: OrderPayment | None = None
    tax: OrderTax | None = None
    packages: list[Package] | None = None


class SearchOrdersEnvelope(Wire):
    """What a page says beside its orders."""

    pagination: Pagination | None = None
    last_updated_before: Instant | None = None


class PackagesOnly(Wire):
    """An order read for its parcels alone."""

    order_id: str
    packages: list[Package] | None = None
