"""What an answer of eBay's that is no success means."""

from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib.errors import NotFound, Rejected

from ..lib import const
from ..lib.answers import parse_refusal


def ensure_taken(response: Response) -> None:
    """Raise what a refusal means; return for anything else.

    :raise NotFound: eBay does not know the order
    :raise Rejected: eBay refuses
    """
    if response.status >= 300:
        raise name_refusal(response)


def name_refusal(response: Response) -> NotFound | Rejected:
    """Return the error a refusal is."""
    reference = response.headers.get(const.REQUEST_ID_HEADER)
    code, words = parse_refusal(response.body)
    if response.status == 404 or code in const.ORDER_UNKNOWN:
        return NotFound("not_found", reference=reference)
    return Rejected(code, message=words or code, reference=reference, status=response.status)
