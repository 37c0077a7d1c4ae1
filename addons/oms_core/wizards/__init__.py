from . import oms_exception_ignore
from . import oms_resend
from . import oms_tagging
