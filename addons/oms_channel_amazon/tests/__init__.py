from . import test_account, test_carriers, test_keys, test_orders
