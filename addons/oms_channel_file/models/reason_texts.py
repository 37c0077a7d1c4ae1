"""What each reason is called: the only place that words them. The codes are given in ``lib`` and ``client``."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Counts that are written as the reader's language groups digits; other numbers are places in the file.
COUNTS = ("most", "size", "rows", "count")
TEXTS = {
    "said": _lt("%(text)s"),  # stored as a sentence, before reasons had codes
    # --- the file as a whole ---
    "empty_file": _lt("The file is empty."),
    "no_text": _lt("The file holds characters no text has. Save it as CSV (UTF-8) or XLSX and try again."),
    "row_unreadable": _lt("Row %(row)s cannot be read (%(why)s). Look for a quotation mark too many there."),
    "too_many_bytes": _lt("The file has %(size)s bytes, more than %(most)s. Split it."),
    "too_many_rows": _lt("The file has more than %(most)s rows. Split it."),
    "too_many_columns": _lt("Row %(row)s has more than %(most)s columns. Delete those that are not needed."),
    "not_utf16": _lt("The file begins like UTF-16 and is not. Save it as CSV (UTF-8)."),
    "old_workbook": _lt("This is an XLS file or a workbook with a password. Save it as XLSX without one."),
    "not_workbook": _lt(
        "The file is no XLSX workbook that can be read. Open it in your spreadsheet and save it as XLSX again."
    ),
    "no_sheet": _lt("The workbook has no sheet with cells that is shown."),
    "unpacked_too_large": _lt("The workbook is far larger unpacked than it may be. Copy the orders into a new one."),
    "declarations": _lt("The workbook holds declarations no spreadsheet writes. It was not read."),
    "may_not_read": _lt("The server may not read this file; its permissions are too narrow."),
    "columns_missing": _lt(
        "There is no column %(missing)s. The first row must hold the headings of the template;"
        " row %(row)s has %(found)s."
    ),
    "columns_missing_others": _lt(
        "There is no column %(missing)s. The first row must hold the headings of the template; row %(row)s has others."
    ),
    "no_orders": _lt("There is no order below the headings."),
    "no_rows": _lt("There are no rows."),
    "order_too_long": _lt("Order %(number)s has %(rows)s rows, more than %(most)s."),
    # --- a cell ---
    "cell_unreadable": _lt("the cell cannot be read"),
    "text_too_long": _lt("the text is longer than %(most)s characters"),
    "text_not_storable": _lt("the text holds characters that cannot be stored"),
    "no_stored_value": _lt("the formula has no stored value; copy the cell as a value"),
    "spreadsheet_error": _lt("the spreadsheet shows %(shown)s"),
    "number_too_large": _lt("the number is too large"),
    "not_a_number": _lt("“%(value)s” is not a number"),
    "value_too_large": _lt("“%(value)s” is too large"),
    "too_many_digits": _lt("“%(value)s” has too many digits after the point"),
    "not_a_rate": _lt("“%(value)s” is not a rate between 0 and 100 %%"),
    "no_such_day": _lt("“%(value)s” is no day there ever is"),
    "not_a_date": _lt("“%(value)s” is not a date like %(wanted)s; the channel says how dates are written"),
    "not_yes_or_no": _lt("“%(value)s” is neither yes nor no"),
    "not_a_currency": _lt("“%(value)s” is not a currency; write its three letters, as EUR"),
    "not_a_country": _lt("“%(value)s” is not a country we know; write its two letters, as GB"),
    "not_an_email": _lt("“%(value)s” is not an email address"),
    "none_of": _lt("“%(value)s” is none of %(words)s"),
    # --- an order ---
    "empty": _lt("is empty"),
    "empty_unknown_customer": _lt("is empty; no customer has the reference “%(value)s”"),
    "number_missing": _lt("is missing, or longer than %(most)s characters"),
    "no_currency": _lt("is empty, and the channel names none"),
    "other_in_order": _lt("“%(value)s” is not what row %(other)s says about the same order"),
    "twice_in_order": _lt("“%(value)s” is there twice in this order"),
    "not_more_than_zero": _lt("“%(value)s” is not more than 0"),
    "price_below_zero": _lt("“%(value)s” is below 0; use the column Discount"),
    "not_in_price_list": _lt("is empty, and the price list has no price for “%(sku)s”"),
    "no_price_list": _lt("is empty, and the channel has no price list"),
    "discount_too_large": _lt("“%(value)s” is more than the row is worth"),
    # --- what is good to know about the reading ---
    "read_as_western": _lt(
        "The file is not UTF-8 (line %(line)s), so it was read as Western European (Windows-1252)."
        " Look whether names with accents are right."
    ),
    "one_sheet": _lt("Only the sheet “%(sheet)s” was read; the workbook has %(count)s."),
    "columns_unused": _lt("Columns that are not used: %(columns)s."),
    "columns_twice": _lt("Columns that are there twice; the first was used: %(columns)s."),
}
