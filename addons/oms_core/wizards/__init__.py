from . import oms_exception_ignore
