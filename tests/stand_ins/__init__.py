"""The channels whose stand-ins tests talk to, each behind the verbs of `tests.stand_in.StandIn`.

A new channel adds a file here and its class to ``STAND_INS``. Beside the verbs of the base class it has:

- ``account(call)``: what a channel of ours is created with; ``revoke`` and ``allow`` its credentials
- ``seen()``: ``{order id: Seen}``; ``searched()``: the ids it has shown to searches
- ``parcels(number)``, ``cancelled(number)``, ``refunded(number)``: effects, from the ledger
- ``change``, ``rename``, ``reprice``, ``cancel``, ``refund``, ``open_return``: what happens on the other side
- ``quantity(sku)``, ``price(sku)``: what buyers see
"""

from tests.stand_ins.amazon import AmazonStandIn
from tests.stand_ins.ebay import EbayStandIn
from tests.stand_ins.magento import MagentoStandIn
from tests.stand_ins.openmage import OpenMageStandIn

STAND_INS = {each.name: each for each in (AmazonStandIn, EbayStandIn, MagentoStandIn, OpenMageStandIn)}
