"""Errors in the shape of the Selling Partner API: {"errors": [{code, message, details}]}."""

from ..wire import json_answer


class ApiError(Exception):
    """An operation refuses; `status` and the three texts go to the caller."""

    def __init__(self, status, code, message, details=""):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details

    def answer(self, headers=None):
        """Return the refusal as an answer."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return json_answer(self.status, {"errors": [error]}, headers)


def invalid(message, details=""):
    """Return the error for a request that breaks the model or a documented rule."""
    return ApiError(400, "InvalidInput", message, details)


def forbidden(details):
    """Return the error for a request without a usable access token or to no known resource."""
    return ApiError(403, "Unauthorized", "Access to requested resource is denied.", details)


_FAILURES = {
    400: ("InvalidInput", "Invalid Input"),
    403: ("Unauthorized", "Access to requested resource is denied."),
    404: ("NotFound", "The specified resource does not exist."),
    413: ("RequestTooLarge", "The request size exceeds the maximum accepted size."),
    415: ("UnsupportedMediaType", "The request payload is in an unsupported format."),
    429: ("QuotaExceeded", "You exceeded your quota for the requested resource."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
}


def failure(status):
    """Return the error that goes with an HTTP status, for planned faults and throttling."""
    code, message = _FAILURES.get(status, ("InternalFailure", "An internal error occurred."))
    return ApiError(status, code, message)
