from . import test_bought
from . import test_promises
