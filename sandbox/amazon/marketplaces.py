"""The Amazon stores: identifiers from Amazon's page "Marketplace IDs", seen 2026-11-23."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Marketplace:
    """One store as getMarketplaceParticipations describes it."""

    id: str
    country: str
    name: str
    currency: str
    language: str
    domain: str


US = Marketplace("ATVPDKIKX0DER", "US", "Amazon.com", "USD", "en_US", "www.amazon.com")
UK = Marketplace("A1F83G8C2ARO7P", "GB", "Amazon.co.uk", "GBP", "en_GB", "www.amazon.co.uk")
DE = Marketplace("A1PA6795UKMFR9", "DE", "Amazon.de", "EUR", "de_DE", "www.amazon.de")
FR = Marketplace("A13V1IB3VIYZZH", "FR", "Amazon.fr", "EUR", "fr_FR", "www.amazon.fr")
IT = Marketplace("APJ6JRA9NG5V4", "IT", "Amazon.it", "EUR", "it_IT", "www.amazon.it")
ES = Marketplace("A1RKKUPIHCS9HS", "ES", "Amazon.es", "EUR", "es_ES", "www.amazon.es")
JP = Marketplace("A1VC38T7YXB528", "JP", "Amazon.co.jp", "JPY", "ja_JP", "www.amazon.co.jp")
BR = Marketplace("A2Q3Y263D00KWC", "BR", "Amazon.com.br", "BRL", "pt_BR", "www.amazon.com.br")
TR = Marketplace("A33AVAJ2PDY3EV", "TR", "Amazon.com.tr", "TRY", "tr_TR", "www.amazon.com.tr")

# Where the played seller sells: the seven of the generator, and two for the official examples.
SOLD_IN = (US, UK, DE, JP, BR, TR, FR, IT, ES)
BY_ID = {marketplace.id: marketplace for marketplace in SOLD_IN}

_OTHERS = (
    "A2EUQ1WTGCTBG2 A1AM78C64UM0Y8 A28R8C7NBKEWEA AMEN7PMS3EDWL "
    "A1805IZSGTT6HS A2NODRKZP88ZB9 AE08WJ6YKNBMC A1C3SOZRARQ6R3 ARBP9OOSHTCHU "
    "A17E79C6D8DWNP A2VIGQ35RCS4UG A21TJRUUN4KGV A19VAU5U5O7RUS A39IBJ37TRP1C6"
)
# Every store there is; an identifier outside is a mistake in the request.
ALL_IDS = frozenset(BY_ID) | frozenset(_OTHERS.split())
