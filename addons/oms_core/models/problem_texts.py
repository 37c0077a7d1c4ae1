"""What each problem is called and what to do about it. The only place that words them; codes never reach a screen."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# reason: (what is so, what to do). The words come from the problem's params, and ``channel`` is its channel's name.
TEXTS = {
    "unmapped_sku": (
        _lt("“%(sku)s” on %(channel)s is not linked to a product."),
        _lt("Choose the product it is. All orders with this SKU go on at once."),
    ),
    "unmapped_currency": (
        _lt("The order is in %(currency)s, a currency that is not active here."),
        _lt("Activate the currency and set its rate, then retry."),
    ),
    "unmapped_country": (
        _lt("The address names a country we do not know: “%(country)s”."),
        _lt("Correct the country on the delivery address, then retry."),
    ),
    "unmapped_tax": (
        _lt("No tax is set for orders of %(channel)s to %(country)s."),
        _lt("Set it on the channel under Taxes. The total is right and the order goes on."),
    ),
    "address_incomplete": (
        _lt("The delivery address lacks: %(missing)s."),
        _lt("Complete the address, then retry."),
    ),
    "total_differs": (
        _lt("%(channel)s says %(theirs)s, the lines add up to %(ours)s."),
        _lt("Compare the lines. Accept the difference or correct the order, then retry."),
    ),
    "unreadable": (
        _lt("Document %(number)s could not be read: %(why)s (at %(path)s)."),
        _lt("It is kept as it came. Read it again when the cause is mended."),
    ),
    "import_failed": (
        _lt("Order %(number)s was refused here: %(why)s"),
        _lt("Mend the cause, then retry."),
    ),
    "no_supplier": (
        _lt("%(product)s should be bought for this order, and has no supplier."),
        _lt("Enter a supplier on the product, then retry."),
    ),
    "stock_short": (
        _lt("%(qty)s of %(asked)s units could be reserved."),
        _lt("Receive stock or send from another warehouse."),
    ),
    "oversold": (
        _lt("%(asked)s ordered, %(qty)s there: we showed %(pushed)s of “%(sku)s” at %(pushed_at)s, sold %(sold_at)s."),
        _lt("Receive stock, send from another warehouse, or cancel what cannot be sent."),
    ),
    "cancelled_after_pick": (
        _lt("Cancelled on %(channel)s after picking began here."),
        _lt("Stop the parcel, put the goods back, then cancel the order."),
    ),
    "cancelled_after_ship": (
        _lt("Cancelled on %(channel)s after the parcel left here."),
        _lt("Ask the carrier to bring it back, or wait for the return. Give the money back, then accept."),
    ),
    "cancel_requested": (
        _lt("The buyer asks to cancel: %(why)s"),
        _lt("Cancel the order, or ignore with a reason and send it."),
    ),
    "changed_after_import": (
        _lt("Changed on %(channel)s after import: %(what)s."),
        _lt("Decide line by line. The order does not leave before that."),
    ),
    "shipped_elsewhere": (
        _lt("%(channel)s says this order was already sent, fully or in part."),
        _lt("Check what left, cancel or correct the transfer, then accept."),
    ),
    "reopened": (
        _lt("Cancelled here, but %(channel)s says it is to be sent."),
        _lt("Set the order back to quotation and confirm it, or cancel it on the channel."),
    ),
    "unfulfillable": (
        _lt("%(channel)s says this order cannot be fulfilled."),
        _lt("Look it up on the channel."),
    ),
    "tracking_missing": (
        _lt("%(transfer)s left without a tracking number; the channel needs one."),
        _lt("Enter the tracking number on the transfer. The channel is told at once."),
    ),
    "carrier_unmapped": (
        _lt("The channel has no name for carrier “%(carrier)s”."),
        _lt("Give the carrier its channel name, then retry."),
    ),
    "shipment_refused": (
        _lt("%(channel)s refused the parcel: %(text)s"),
        _lt("Mend the cause, then retry."),
    ),
    "shipment_unknown": (
        _lt("It is not known whether %(channel)s has the parcel notice."),
        _lt("Look on the channel, then retry or ignore."),
    ),
    "cancellation_refused": (
        _lt("%(channel)s refused the cancellation: %(text)s"),
        _lt("Cancel it on the channel, or send the order after all."),
    ),
    "cancellation_unknown": (
        _lt("It is not known whether %(channel)s has the cancellation."),
        _lt("Look on the channel, then retry or take it for done."),
    ),
    "cancel_untold": (
        _lt("Cancelled here, but %(channel)s still expects the order."),
        _lt("Tell the channel, or ignore with a reason if somebody cancels it there."),
    ),
    "invoice_refused": (
        _lt("%(channel)s refused the invoice: %(text)s"),
        _lt("Invoice it on the channel, or mend the cause and retry."),
    ),
    "invoice_unknown": (
        _lt("It is not known whether %(channel)s has made the invoice."),
        _lt("Look on the channel, then retry or take it for done."),
    ),
    "refund_refused": (
        _lt("%(channel)s refused the refund: %(text)s"),
        _lt("Mend the cause and retry, or give the money back on the channel."),
    ),
    "refund_unknown": (
        _lt("It is not known whether %(channel)s has given the money back."),
        _lt("Look on the channel first: sent twice, the buyer gets it twice. Then retry or take it for done."),
    ),
    "refund_untold": (
        _lt("A credit note of %(amount)s was posted, but %(channel)s has not given the money back."),
        _lt("Give it back through the channel, or ignore with a reason if the buyer got it another way."),
    ),
    "refund_reported": (
        _lt("%(amount)s was given back on %(channel)s. A draft credit note waits."),
        _lt("Check the credit note and post it. Goods are taken back only when they arrive."),
    ),
    "credit_note_failed": (
        _lt("%(amount)s was given back, but the credit note could not be drafted: %(why)s"),
        _lt("Mend the cause in accounting, then retry."),
    ),
    "return_requested": (
        _lt("The buyer wants to send back %(what)s."),
        _lt("Decide on the channel. The answer appears on the return by itself."),
    ),
    "held_by_channel": (
        _lt("%(channel)s holds this order itself: %(why)s."),
        _lt("It goes on by itself once the channel lets it go. Look there if that takes long."),
    ),
    "awaiting_payment": (
        _lt("Not paid yet; its stock is kept until %(until)s."),
        _lt("Nothing to do. Paid, it goes on by itself; not paid, the stock is set free."),
    ),
    "quantity_absurd": (
        _lt("“%(sku)s” would show %(qty)s units on %(channel)s. That was not sent."),
        _lt("Check count and unit of measure. Press “It is right” if it is; then it is sent."),
    ),
    "product_archived": (
        _lt("%(channel)s still offers “%(sku)s”, but %(product)s is archived. It shows none."),
        _lt("End the listing on the channel, link it to another product, or bring the product back."),
    ),
    "credential_ends": (
        _lt("%(channel)s: %(what)s ends on %(on)s, in %(days)s days."),
        _lt("Renew it before then. Afterwards nothing comes in or goes out."),
    ),
    "replaced_after_pick": (
        _lt("It stands for %(order)s, whose goods are picked or gone already."),
        _lt("Put the goods back and cancel %(order)s; this order then goes on. Or cancel this one, if they are right."),
    ),
    "placeholder_line": (
        _lt("“%(sku)s” is not linked to a product. The rest of the order goes on without it."),
        _lt("Choose the product it is; the line is then sent, too."),
    ),
    "missing_here": (
        _lt("Order %(number)s is on %(channel)s and could not be brought here."),
        _lt("Look under received documents what stands in its way, then compare again."),
    ),
    "missing_there": (
        _lt("%(channel)s does not know order %(number)s."),
        _lt("Look it up there. If it is gone, cancel it here before it is sent."),
    ),
    "state_differs": (
        _lt("%(channel)s says %(theirs)s, here it is: %(ours)s."),
        _lt("Look it up on the channel, and correct the side that is wrong."),
    ),
    "buyer_deleted": (
        _lt("%(channel)s asks to forget a buyer who has open orders."),
        _lt("Finish or cancel the orders. The buyer's data is removed by itself after that."),
    ),
    "stock_refused": (
        _lt("%(channel)s refused the stock of “%(sku)s”: %(text)s"),
        _lt("Check the listing on the channel."),
    ),
    "signed_out": (
        _lt("%(channel)s: %(message)s"),
        _lt("Enter the credentials again. Nothing is lost; what waits goes out after that."),
    ),
    "sync_failing": (
        _lt("%(channel)s: %(message)s"),
        _lt("We keep trying. Nothing is lost."),
    ),
}

# What the warehouse floor reads instead, where the sentence may name amounts.
FLOOR_TEXTS = {
    "total_differs": _lt("The totals of %(channel)s and here differ."),
    "changed_after_import": _lt("Changed on %(channel)s after import."),
    "import_failed": _lt("Order %(number)s was refused here."),
    "cancel_requested": _lt("The buyer asks to cancel."),
    "shipment_refused": _lt("%(channel)s refused the parcel."),
    "cancellation_refused": _lt("%(channel)s refused the cancellation."),
    "invoice_refused": _lt("%(channel)s refused the invoice."),
    "refund_refused": _lt("%(channel)s refused the refund."),
    "refund_untold": _lt("%(channel)s has not given the money back."),
    "refund_reported": _lt("Money was given back on %(channel)s."),
    "credit_note_failed": _lt("The credit note could not be drafted."),
    "held_by_channel": _lt("%(channel)s holds this order itself."),
    "state_differs": _lt("%(channel)s and we do not agree on the state of the order."),
}


class Words(dict):
    """The words of a sentence; one that is missing reads as a dash, so that an old row never breaks a list."""

    def __missing__(self, name):
        return "–"
