"""Times as Magento writes them: UTC, without a zone. The same in Magento 1, Magento 2 and OpenMage."""

from datetime import datetime, timezone

from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

# github.com/magento/magento2 issue 28181 (seen 2026-11-26): the interfaces give UTC where the admin shows local time.
FORMAT = "%Y-%m-%d %H:%M:%S"


def parse_time(text: str | None, path: str) -> datetime | None:
    """Return ``2026-11-01 10:00:00`` as an aware UTC time; ``None`` for nothing and for a date of zeros.

    :raise Malformed: the text is no such time
    """
    if not text or text.startswith("0000-00-00"):
        return None
    try:
        return datetime.strptime(text, FORMAT).replace(tzinfo=timezone.utc)
    except ValueError:
        raise Malformed("bad_time", path=path, reason=f"“{shown(text)}” is not a time") from None


def format_time(moment: datetime) -> str:
    """Return an instant as Magento writes and reads it: whole seconds of UTC, no zone.

    :raise ValueError: the time has no zone
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(timezone.utc).strftime(FORMAT)
