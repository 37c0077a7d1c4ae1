from . import oms_amazon_marketplace
from . import oms_amazon_carrier
from . import oms_channel
