from . import channels
from . import queue_job
from . import portal
