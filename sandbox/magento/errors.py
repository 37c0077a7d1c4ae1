"""Errors in the shape of Magento's REST API: {"message", "parameters", "errors"}.

Messages keep their placeholders (%fieldName); the values stand beside them, as Magento sends them.
"""

from ..wire import json_answer


class ApiError(ValueError):
    """An operation refuses; status, message, parameters and errors go to the caller.

    A ValueError, so that a command that runs into the shop's own rules is told so by the control endpoint.
    """

    def __init__(self, status, message, parameters=None, errors=()):
        super().__init__(message)
        self.status = status
        self.message = message
        self.parameters = parameters
        self.errors = list(errors)

    def body(self):
        """Return the refusal as JSON values."""
        body = {"message": self.message}
        if self.errors:
            body["errors"] = [{"message": message, "parameters": []} for message in self.errors]
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body

    def answer(self, headers=None):
        """Return the refusal as an answer."""
        return json_answer(self.status, self.body(), headers)

    def sentence(self):
        """Return the message with its values filled in, as results of asynchronous operations have it."""
        text = self.message
        given = self.parameters or {}
        pairs = given.items() if isinstance(given, dict) else enumerate(given, 1)
        for name, value in pairs:
            text = text.replace(f"%{name}", str(value))
        return "\n".join([text, *self.errors])


def invalid(message, parameters=None, errors=()):
    """Return the error for a request that breaks a rule."""
    return ApiError(400, message, parameters, errors)


def missing(name):
    """Return the error for a required field that is not there."""
    return ApiError(400, '"%fieldName" is required. Enter and try again.', {"fieldName": name})


def not_authorized(resource):
    """Return the error for a consumer without a resource of the ACL (401, not 403, in Magento)."""
    return ApiError(401, "The consumer isn't authorized to access %resources.", {"resources": resource})


def not_found(message="The entity that was requested doesn't exist. Verify the entity and try again."):
    """Return the error for an entity that does not exist."""
    return ApiError(404, message)


def document_error(document, problems):
    """Return the error with which ship, invoice and refund refuse: one line for each problem."""
    return ApiError(400, "\n".join([f"{document} Document Validation Error(s):", *problems]))


def internal_error():
    """Return what Magento says about an exception it does not explain."""
    return ApiError(500, "Internal Error. Details are available in Magento log file. Report ID: webapi-5f0c8a1b2d3e4")


_FAILURES = {
    400: "Request does not match any route.",
    401: "The consumer isn't authorized to access %resources.",
    403: "Forbidden",
    404: "Request does not match any route.",
    429: "Too Many Requests",
    503: "Service Temporarily Unavailable",
}


def failure(status):
    """Return the error that goes with an HTTP status, for planned faults and throttling."""
    return ApiError(status, _FAILURES[status]) if status in _FAILURES else ApiError(status, internal_error().message)
