"""An order as eBay sends it: what we read of it, strictly typed.

Source: sell_fulfillment v1.20.7 of eBay's OpenAPI 3 documents, seen 2026-11-26.
"""

from typing import Literal

import msgspec

from .wire import Instant, Money, Wire


class Phone(Wire):
    """A telephone number."""

    phone_number: str | None = None


class Address(Wire):
    """A postal address. Its lines are gone 90 days after the order."""

    address_line1: str | None = msgspec.field(default=None, name="addressLine1")
    address_line2: str | None = msgspec.field(default=None, name="addressLine2")
    city: str | None = None
    state_or_province: str | None = None
    county: str | None = None
    postal_code: str | None = None
    country_code: str | None = None


class Contact(Wire):
    """Somebody with an address. The e-mail is gone after 14 days, name and telephone after 90."""

    full_name: str | None = None
    company_name: str | None = None
    email: str | None = None
    primary_phone: Phone | None = None
    contact_address: Address | None = None


class TaxIdentifier(Wire):
    """The buyer's tax number; only in getOrder, and for Italy and Spain."""

    taxpayer_id: str | None = None


class Buyer(Wire):
    """Who bought. For some US buyers ``username`` is an id that never changes."""

    username: str | None = None
    buyer_registration_address: Contact | None = None
    tax_identifier: TaxIdentifier | None = None


class CancelRequest(Wire):
    """A wish to cancel; getOrders leaves these out."""

    cancel_request_id: str | None = None
    cancel_initiator: str | None = None
    cancel_reason: str | None = None
    cancel_requested_date: Instant | None = None
    cancel_request_state: str | None = None


class CancelStatus(Wire):
    """Whether the order is, or shall be, cancelled."""

    cancel_state: str | None = None
    cancel_requests: list[CancelRequest] | None = None


class PickupStep(Wire):
    """The shop where the buyer fetches the goods."""

    merchant_location_key: str | None = None


class ShippingStep(Wire):
    """Where and how the goods travel. ``ship_to_reference_id`` must be on the label of a hub shipment."""

    ship_to: Contact | None = None
    ship_to_reference_id: str | None = None
    shipping_service_code: str | None = None


class Instruction(Wire):
    """How the order is fulfilled. ``ebay_supported_fulfillment``: the parcel goes to a hub of eBay's first."""

    fulfillment_instructions_type: str | None = None
    ebay_supported_fulfillment: bool | None = None
    final_destination_address: Address | None = None
    max_estimated_delivery_date: Instant | None = None
    pickup_step: PickupStep | None = None
    shipping_step: ShippingStep | None = None


class Promotion(Wire):
    """A discount of a line; the amount is already in ``discountedLineItemCost``."""

    description: str | None = None
    promotion_id: str | None = None


class DeliveryCost(Wire):
    """What sending the line costs."""

    shipping_cost: Money | None = None
    handling_cost: Money | None = None
    discount_amount: Money | None = None
    import_charges: Money | None = None
    shipping_intermediation_fee: Money | None = None


class TaxReference(Wire):
    """The number eBay pays the tax under: IOSS, OSS, ABN …"""

    name: str | None = None
    value: str | None = None


class CollectedTax(Wire):
    """Tax eBay collects and pays itself."""

    amount: Money | None = None
    tax_type: str | None = None
    ebay_reference: TaxReference | None = None


class Tax(Wire):
    """Tax or fee of a line; tax eBay collects is listed here, too."""

    amount: Money | None = None
    tax_type: str | None = None


class LineRefund(Wire):
    """Money given back for a line."""

    amount: Money | None = None
    refund_date: Instant | None = None
    refund_id: str | None = None
    refund_reference_id: str | None = None


class LineInstructions(Wire):
    """When the line must be sent."""

    ship_by_date: Instant | None = None
    max_estimated_delivery_date: Instant | None = None


class Gift(Wire):
    """What is written for the person who gets a digital gift."""

    message: str | None = None


class LineItem(Wire):
    """One line of the order. ``total`` holds the tax eBay collects only when asked with TAX_BREAKDOWN."""

    line_item_id: str
    quantity: int
    line_item_cost: Money
    legacy_item_id: str | None = None
    legacy_variation_id: str | None = None
    sku: str | None = None
    title: str | None = None
    discounted_line_item_cost: Money | None = None
    delivery_cost: DeliveryCost | None = None
    applied_promotions: list[Promotion] | None = None
    ebay_collect_and_remit_taxes: list[CollectedTax] | None = None
    taxes: list[Tax] | None = None
    total: Money | None = None
    refunds: list[LineRefund] | None = None
    purchase_marketplace_id: str | None = None
    listing_marketplace_id: str | None = None
    line_item_fulfillment_status: str | None = None
    line_item_fulfillment_instructions: LineInstructions | None = None
    gift_details: Gift | None = None


class Payment(Wire):
    """One payment."""

    amount: Money | None = None
    payment_date: Instant | None = None
    payment_method: str | None = None
    payment_reference_id: str | None = None
    payment_status: str | None = None


class Refund(Wire):
    """Money given back for the order; the tax eBay collected is not in ``amount``."""

    amount: Money | None = None
    refund_date: Instant | None = None
    refund_id: str | None = None
    refund_reference_id: str | None = None
    refund_status: str | None = None


class PaymentSummary(Wire):
    """What was paid and given back."""

    payments: list[Payment] | None = None
    refunds: list[Refund] | None = None


class PricingSummary(Wire):
    """What the order costs. Discounts are negative numbers."""

    total: Money | None = None
    adjustment: Money | None = None
    fee: Money | None = None
    price_discount: Money | None = None
    delivery_discount: Money | None = None


class Program(Wire):
    """Programs the order takes part in; only whether they are there is read."""

    authenticity_verification: dict | None = None
    ebay_vault: dict | None = None
    ebay_shipping: dict | None = None
    ebay_international_shipping: dict | None = None
    fulfillment_program: dict | None = None


class Order(Wire):
    """One order."""

    order_id: str
    creation_date: Instant
    last_modified_date: Instant
    order_fulfillment_status: Literal["NOT_STARTED", "IN_PROGRESS", "FULFILLED"]
    order_payment_status: Literal["PENDING", "FAILED", "PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"]
    line_items: list[LineItem]
    sales_record_reference: str | None = None
    buyer: Buyer | None = None
    buyer_checkout_notes: str | None = None
    cancel_status: CancelStatus | None = None
    fulfillment_hrefs: list[str] | None = None
    fulfillment_start_instructions: list[Instruction] | None = None
    payment_summary: PaymentSummary | None = None
    pricing_summary: PricingSummary | None = None
    program: Program | None = None


class OrdersEnvelope(Wire):
    """What a page of orders says beside them."""

    total: int
    next: str | None = None


class Sketch(Wire):
    """What of an order tells whether its detail must be asked for."""

    cancel_status: CancelStatus | None = None
    line_items: list["SketchLine"] | None = None


class SketchLine(Wire):
    """The marketplace of a line."""

    purchase_marketplace_id: str | None = None


class ShippedLine(Wire):
    """Units of a line in a parcel."""

    line_item_id: str
    quantity: int | None = None


class Fulfillment(Wire):
    """A parcel eBay knows of."""

    fulfillment_id: str
    line_items: list[ShippedLine] | None = None
    shipment_tracking_number: str | None = None
    shipped_date: Instant | None = None
    shipping_carrier_code: str | None = None


class Fulfillments(Wire):
    """The parcels of an order."""

    fulfillments: list[Fulfillment] | None = None


class RefundAnswer(Wire):
    """What issueRefund says."""

    refund_id: str | None = None
    refund_status: str | None = None
