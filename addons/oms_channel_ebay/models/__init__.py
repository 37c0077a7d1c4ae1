from . import oms_ebay_marketplace
from . import oms_ebay_carrier
from . import oms_ebay_key
from . import oms_channel
from . import oms_channel_messages
