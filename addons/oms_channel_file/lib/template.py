"""The columns a file of orders may have: what each means, how it is called in three languages, an example.

The downloadable template, the documentation, the search for headings and the words of errors all come from here.
"""

import re
from collections.abc import Sequence
from typing import Literal

from odoo.addons.oms_core.lib import dto

from .table import Cell, Row

Kind = Literal["text", "number", "money", "percent", "discount", "date", "yes_no", "status", "type", "country"]
HEADING_ROWS = 10  # a heading may stand below a title and an address, not further down
HEADING_MATCHES = 3  # as many headings make a row the heading row


class Column(dto.Value):
    """One column.

    :param is_of_order: one value for the whole order: it may stand in its first row only, and must not differ
    :param names: further headings that mean it, in English, German and French
    """

    key: str
    title: str
    about: str
    example: str
    kind: Kind = "text"
    is_required: bool = False
    is_of_order: bool = True
    names: tuple[str, ...] = ()


def _line(key: str, title: str, about: str, example: str, **more) -> Column:
    return Column(key=key, title=title, about=about, example=example, is_of_order=False, **more)


COLUMNS = (
    Column(key="number", title="Order number", about="Rows with the same number are one order", example="W-1001",
           is_required=True,
           names=("order", "order no", "order id", "order ref", "order reference", "bestellnummer", "auftragsnummer",
                  "auftrag", "bestell nr", "auftrags nr", "numéro de commande", "n° de commande", "commande")),
    Column(key="date", title="Order date", about="When it was ordered; empty: when the file came", example="2026-11-26",
           kind="date", names=("date", "ordered at", "bestelldatum", "auftragsdatum", "datum", "date de commande")),
    Column(key="status", title="Status", about="open, unpaid, paid, shipped or cancelled; empty: open", example="open",
           kind="status", names=("paid", "payment status", "zustand", "bezahlt", "zahlungsstatus", "statut",
                                 "payé", "état")),
    Column(key="type", title="Order type", about="retail, wholesale or phone; becomes a tag", example="wholesale",
           kind="type", names=("type", "kind", "auftragsart", "auftragstyp", "art", "type de commande")),
    Column(key="customer_ref", title="Customer reference",
           about="Reference of a customer you have; his address is taken where the file has none", example="C-204",
           names=("customer", "customer no", "customer number", "customer id", "kundennummer", "kunden nr",
                  "numéro client", "n° client", "référence client")),
    Column(key="purchase_order", title="Purchase order", about="The customer's own number for it", example="PO 7788",
           names=("po", "po number", "your reference", "bestellzeichen", "ihre referenz", "ihr zeichen",
                  "bon de commande", "votre référence")),
    Column(key="name", title="Name", about="Who gets it; required without a customer reference", example="Jane Doe",
           names=("buyer", "buyer name", "customer name", "recipient", "ship to name", "full name", "kunde",
                  "kundenname", "empfänger", "käufer", "nom", "nom du client", "destinataire")),
    Column(key="company", title="Company", about="Company of the address", example="Outdoor Ltd",
           names=("organisation", "organization", "firma", "unternehmen", "société", "entreprise")),
    Column(key="email", title="Email", about="Known customers are found by it", example="jane@outdoor.example",
           names=("e-mail", "mail", "email address", "e-mail-adresse", "courriel", "adresse e-mail")),
    Column(key="phone", title="Phone", about="For the carrier", example="+44 1539 555010",
           names=("telephone", "mobile", "telefon", "handy", "tel", "téléphone", "portable")),
    Column(key="street", title="Street", about="Street and house number; required without a customer reference",
           example="4 Mill Lane",
           names=("address", "address 1", "address line 1", "street address", "straße", "strasse", "adresse",
                  "adresse 1", "rue")),
    Column(key="street2", title="Street 2", about="Further line of the address", example="Unit 2",
           names=("address 2", "address line 2", "adresszusatz", "adresse 2", "complément d'adresse")),
    Column(key="city", title="City", about="Town", example="Kendal", names=("town", "ort", "stadt", "ville")),
    Column(key="postal_code", title="Postal code", about="As text, so that leading zeros stay", example="LA9 4BN",
           names=("postcode", "zip", "zip code", "plz", "postleitzahl", "code postal", "cp")),
    Column(key="state", title="State", about="State or province, where addresses have one", example="",
           names=("province", "region", "county", "bundesland", "kanton", "région", "état fédéral")),
    Column(key="country", title="Country", about="Two letters (GB) or the English, German or French name",
           example="GB", kind="country", names=("country code", "land", "pays")),
    Column(key="currency", title="Currency", about="Three letters; empty: the channel's", example="GBP",
           names=("currency code", "währung", "devise")),
    _line("sku", "SKU", "Your reference of the product", "OMS-0001", is_required=True,
          names=("item", "item no", "item number", "article", "product code", "part number", "artikelnummer",
                 "artikel", "art nr", "artikel nr", "référence", "réf", "code article")),
    _line("title", "Title", "Name of the product as it was sold", "Merino socks M",
          names=("product", "product name", "description", "item name", "bezeichnung", "produkt", "artikelbezeichnung",
                 "désignation", "produit")),
    _line("quantity", "Quantity", "Units, more than 0", "12", kind="number", is_required=True,
          names=("qty", "units", "pieces", "menge", "anzahl", "stück", "quantité", "qté")),
    _line("price", "Unit price", "Price of one unit; empty: from the channel's price list", "9.90", kind="money",
          names=("price", "price each", "einzelpreis", "preis", "stückpreis", "prix unitaire", "prix")),
    Column(key="is_tax_included", title="Price includes tax", about="yes or no; empty: as set on the channel",
           example="no", kind="yes_no",
           names=("tax included", "gross", "includes vat", "brutto", "inkl mwst", "ttc", "prix ttc")),
    _line("tax", "Tax %", "Tax rate of the row", "20", kind="percent",
          names=("tax", "tax rate", "vat", "vat %", "vat rate", "mwst", "mwst %", "ust", "steuer", "steuersatz", "tva",
                 "taux de tva", "tva %")),
    _line("discount", "Discount", "Off the row: an amount, or a rate with the sign %", "5 %", kind="discount",
          names=("rebate", "reduction", "rabatt", "nachlass", "remise")),
    Column(key="shipping", title="Shipping", about="Delivery cost of the order", example="4.95", kind="money",
           names=("shipping cost", "delivery cost", "freight", "postage", "versand", "versandkosten", "fracht",
                  "frais de port", "livraison")),
    Column(key="total", title="Order total", about="What the order must add up to; checked where given", example="",
           kind="money", names=("total", "grand total", "gesamt", "gesamtbetrag", "summe", "montant total")),
    Column(key="ship_by", title="Ship by", about="Latest day to send it", example="2026-11-30", kind="date",
           names=("ship by date", "latest ship date", "versenden bis", "versand bis", "liefertermin", "expédier avant",
                  "à expédier avant")),
    Column(key="note", title="Note", about="For the people who send it", example="Ring the bell",
           names=("notes", "comment", "remark", "remarks", "notiz", "bemerkung", "hinweis", "remarque",
                  "commentaire")),
    _line("gift_message", "Gift message", "Goes with the goods", "Happy birthday!",
          names=("gift note", "gift text", "grußbotschaft", "geschenknachricht", "message cadeau")),
    _line("line_id", "Line id", "Names the row within its order; needed to change the order of rows later", "1",
          names=("line", "line no", "line number", "position", "pos", "positionsnummer", "ligne", "n° de ligne")),
    Column(key="tags", title="Tags", about="Tags of the order, with commas between them", example="VIP",
           names=("tag", "labels", "schlagworte", "etiketten", "étiquettes")),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
REQUIRED = tuple(column for column in COLUMNS if column.is_required)


class Heading(dto.Value):
    """Where the columns of a file are.

    :param row_number: the row of the headings
    :param places: key of the column to its index in the row
    :param unknown: headings nobody knows; their columns are left out
    :param twice: headings that mean a column that was there before; left out, too
    """

    row_number: int
    places: dict[str, int]
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of the columns no order can do without."""
        return tuple(column.title for column in REQUIRED if column.key not in self.places)


def find_heading(rows: Sequence[Row]) -> Heading | None:
    """Return the headings: the first of the upper rows in which some are known; ``None`` for an empty table."""
    first = None
    for row in rows[:HEADING_ROWS]:
        heading = _read_heading(row)
        if len(heading.places) >= HEADING_MATCHES:
            return heading
        first = first or heading
    return first


def _read_heading(row: Row) -> Heading:
    places: dict[str, int] = {}
    unknown, twice = [], []
    for index, cell in enumerate(row.cells):
        if not isinstance(cell, str):
            continue
        key = _KEYS.get(plain_heading(cell))
        if key is None:
            unknown.append(cell)
        elif key in places:
            twice.append(cell)
        else:
            places[key] = index
    return Heading(row_number=row.number, places=places, unknown=tuple(unknown), twice=tuple(twice))


def plain_heading(text: str) -> str:
    """Return a heading without what does not count in it: case, stars, dots, hyphens, underscores, brackets."""
    words = re.sub(r"[\s_*.:()\[\]#/-]+", " ", text.casefold())
    return words.strip()


def _index_names() -> dict[str, str]:
    keys: dict[str, str] = {}
    for column in COLUMNS:
        for name in (column.key, column.title, *column.names):
            keys.setdefault(plain_heading(name), column.key)
    return keys


_KEYS = _index_names()


def example_rows() -> tuple[tuple[str, ...], ...]:
    """Return the rows of the template: headings, with a star where a value is needed, and an order of two rows."""
    headings = tuple(f"{column.title}*" if column.is_required else column.title for column in COLUMNS)
    first = tuple(column.example for column in COLUMNS)
    second = {"number": "W-1001", "sku": "OMS-0002", "title": "Gas stove compact", "quantity": "2", "price": "39.50",
              "tax": "20", "line_id": "2"}  # fmt: skip
    return headings, first, tuple(second.get(column.key, "") for column in COLUMNS)


def cell_text(cell: Cell) -> str:
    """Return a cell as a person would write it, for a message."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else str(cell)
