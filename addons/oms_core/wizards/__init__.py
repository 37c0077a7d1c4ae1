from . import oms_exception_ignore
from . import oms_credit_override
from . import oms_resend
from . import oms_split
from . import oms_note_reading
