from . import test_account
from . import test_openmage
from . import test_orders
