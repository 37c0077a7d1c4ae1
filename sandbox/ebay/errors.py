"""Errors in eBay's shapes: ``{"errors": […]}`` of the REST APIs and ``{"error": […]}`` of the Post-Order API."""

from ..wire import json_answer


class ApiError(Exception):
    """An operation refuses: HTTP status, eBay's error id, message; ``parameters`` names what was wrong."""

    def __init__(self, status, error_id, message, **more):
        super().__init__(message)
        self.status = status
        self.error_id = error_id
        self.message = message
        self.domain = more.get("domain", "API_FULFILLMENT")
        self.category = more.get("category", "REQUEST")
        self.parameters = more.get("parameters", {})

    def entry(self):
        """Return the error as one entry of ``errors``."""
        entry = {
            "errorId": self.error_id,
            "domain": self.domain,
            "category": self.category,
            "message": self.message,
            "longMessage": self.message,
        }
        if self.parameters:
            entry["parameters"] = [{"name": name, "value": str(value)} for name, value in self.parameters.items()]
        return entry

    def answer(self, headers=None, *, is_post_order=False):
        """Return the refusal as an answer in the shape of the API that was called."""
        if not is_post_order:
            return json_answer(self.status, {"errors": [self.entry()]}, headers)
        entry = self.entry()
        entry["severity"] = "ERROR"
        entry["parameter"] = entry.pop("parameters", [])
        entry["inputRefIds"] = []
        entry["httpStatusCode"] = self.status
        return json_answer(self.status, {"error": [entry]}, headers)


def unauthorized(message, error_id=1001):
    """Return the error for a request without a live access token."""
    return ApiError(401, error_id, message, domain="OAuth")


def forbidden():
    """Return the error for a token that lacks the scope."""
    return ApiError(403, 1100, "Access denied: insufficient permissions to fulfill the request.", domain="ACCESS")


_FAILURES = {
    400: (2004, "Invalid request"),
    401: (1001, "Invalid access token"),
    403: (1100, "Access denied"),
    404: (2002, "Resource not found"),
    409: (2009, "The request conflicts with the state of the resource"),
    415: (2011, "Unsupported media type"),
    429: (2001, "Too many requests. The request limit has been reached for the resource."),
    503: (2003, "The service is temporarily unavailable"),
}


def failure(status):
    """Return the error that goes with an HTTP status, for planned faults and throttling."""
    error_id, message = _FAILURES.get(status, (2003, "There was a problem with an eBay internal system or process."))
    category = "APPLICATION" if status >= 500 else "REQUEST"
    return ApiError(status, error_id, message, domain="ACCESS", category=category)
