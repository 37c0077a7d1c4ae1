from . import oms_magento_carrier
from . import oms_magento_source
from . import oms_magento_status
from . import oms_channel
from . import oms_channel_openmage
