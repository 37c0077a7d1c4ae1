from . import test_account, test_carriers, test_hints, test_orders
