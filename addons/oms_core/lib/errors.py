"""What can go wrong between us and a channel, named by what happens next.

An error carries data (code, params, external reference). `oms.exception` turns it into a sentence for people;
nothing here is shown to them as it is.
"""

from datetime import timedelta
from typing import Any


class ChannelError(Exception):
    """Base of all named outcomes.

    :param code: our short code, also the key of the sentence shown to people
    :param params: values the sentence needs; never secrets or buyer data
    :param reference: the channel's own id of the request or document, for its support desk
    """

    def __init__(self, code: str, *, reference: str | None = None, **params: Any):
        self.code = code
        self.params = params
        self.reference = reference
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}({details})")


class RetryLater(ChannelError):
    """Nothing is wrong for good: ask again after ``after``.

    :param is_uncertain: True when the request may have had its effect (a lost answer), so look before repeating it
    """

    def __init__(self, code: str, *, after: timedelta, is_uncertain: bool = False, **params: Any):
        super().__init__(code, **params)
        self.after = after
        self.is_uncertain = is_uncertain


class AuthFailed(ChannelError):
    """The channel no longer takes our credentials: stop this account, say so, keep the queue."""


class Rejected(ChannelError):
    """The channel refused and will refuse again: a person must act. ``message`` is the channel's own text."""

    def __init__(self, code: str, *, message: str = "", **params: Any):
        super().__init__(code, message=message, **params)
        self.message = message


class Unmapped(ChannelError):
    """A value of the channel's has no counterpart here: hold, and offer "map it"."""

    def __init__(self, kind: str, value: str, **params: Any):
        super().__init__(f"unmapped_{kind}", kind=kind, value=value, **params)
        self.kind = kind
        self.value = value


class NotFound(ChannelError):
    """The channel does not know the document."""


class NotSupported(ChannelError):
    """The channel's API has no such call. Asking is a mistake of ours, or a choice of the user's to explain."""


class Malformed(ChannelError):
    """An answer that cannot be read: truncated, not JSON, not the documented shape.

    :param path: JSON path of the first thing wrong
    """

    def __init__(self, code: str, *, path: str = "$", **params: Any):
        super().__init__(code, path=path, **params)
        self.path = path
