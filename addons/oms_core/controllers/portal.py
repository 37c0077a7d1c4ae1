from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError
from odoo.http import request

from ..lib.floor import MONEY_DOCUMENTS


class FloorPortal(CustomerPortal):
    """The buyer's page of an order shows prices to whoever may read the order."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Show no priced page to the warehouse floor.

        :raise AccessError: it would be one
        """
        if model_name in MONEY_DOCUMENTS and request.env.user._is_floor_only():
            raise AccessError(request.env._("This page shows prices. Ask somebody at the order desk."))
        return super()._document_check_access(model_name, document_id, access_token)
