"""eBay's own time, as its answers carry it."""

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from odoo.addons.oms_core.client.transport import Response

from ..lib import const


def end_by_date(response: Response) -> datetime | None:
    """Return the end of what may be asked for by the time of an answer, ``None`` if it carries none."""
    try:
        at = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError, IndexError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc) - const.SEARCH_DELAY
