from . import oms_channel
from . import oms_channel_documents
from . import oms_channel_import
from . import oms_file_import
from . import oms_file_import_line
from . import oms_inbox
from . import res_partner
from . import sale_order
