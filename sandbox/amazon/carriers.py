"""Carrier codes that the marketplace recognises, written exactly so; others need "Other" with a name.

The published models hold no list of carrier codes. This one gathers codes that connectors are known to send; it is
not Amazon's own and not complete (2026-11-23).
"""

OTHER = "Other"
KNOWN = frozenset(
    (
        "Amazon Shipping", "Asendia", "Australia Post", "BRT", "Blue Package", "Canada Post", "Chronopost",
        "City Link", "Colissimo", "Correios", "Correos", "DB Schenker", "DHL", "DHL Express", "DHL Global Mail",
        "DHL eCommerce", "DPD", "Deutsche Post", "Endopack", "Evri", "FEDEX_JP", "Fastway", "FedEx",
        "FedEx SmartPost", "GLS", "GO!", "Hermes", "Hermes Logistik Gruppe", "InPost", "JapanPost", "La Poste",
        "Lasership", "Newgistics", "NipponExpress", "OSM", "OnTrac", "Parcelforce", "Poste Italiane", "PostNL",
        "PostNord", "Purolator", "Royal Mail", "SDA", "SEUR", "SagawaExpress", "Streamlite", "TNT", "UPS",
        "UPS Mail Innovations", "USPS", "UK MAIL", "YAMATO", "YamatoTransport", "Yodel", OTHER,
    )
)  # fmt: skip
