from . import test_access
from . import test_import
from . import test_import_equality
from . import test_rate_bucket
from . import test_screens
from . import test_secret
from . import test_shipping
from . import test_stock
