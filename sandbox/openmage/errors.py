"""Faults with the numbers and the words of Magento: the faults in the `etc/api.xml` of each module."""

# Faults of the API itself: Mage_Api/etc/api.xml, seen 2026-11-26.
_GENERAL = {
    0: "Unknown Error",
    1: "Internal Error. Please see log for details.",
    2: "Access denied.",
    3: "Invalid api path.",
    4: "Resource path is not callable.",
    5: "Session expired. Try to relogin.",
    6: 'Required parameter is missing, for more details see "exception.log".',
}
INTERNAL, ACCESS_DENIED, SESSION_EXPIRED, MISSING_PARAMETER = 1, 2, 5, 6


class SoapFault(Exception):
    """An operation refuses; `code` is a number of Magento's, or one of SOAP's own words."""

    def __init__(self, code, message=None):
        super().__init__(message or _GENERAL.get(code, ""))
        self.code = str(code)
        self.message = message or _GENERAL.get(code, "")


def bad_request(message="Bad Request"):
    """Return the fault for a body that is no SOAP request, as PHP's own SOAP server words it."""
    return SoapFault("SOAP-ENV:Client", message)


def not_present(name):
    """Return the fault for an operation that is not in the WSDL."""
    return SoapFault("SOAP-ENV:Server", f"Procedure '{name}' not present")
