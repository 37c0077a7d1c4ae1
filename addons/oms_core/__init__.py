from . import controllers, models
from . import wizards
