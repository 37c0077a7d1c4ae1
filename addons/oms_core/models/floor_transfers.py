"""Moving goods as somebody of the warehouse floor: Odoo values stock and counts what was delivered on the way."""

from markupsafe import Markup
from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, *args, **kwargs):
        """Confirm moves with the rights to compare their prices: alike ones are merged."""
        self.check_access("write")
        return super(StockMove, self._past_the_floor())._action_confirm(*args, **kwargs).with_env(self.env)

    def _action_done(self, *args, **kwargs):
        """Finish moves with the rights that valuing stock needs; who finishes them may write them."""
        self.check_access("write")
        done = super(StockMove, self._past_the_floor())._action_done(*args, **kwargs)
        return done.with_env(self.env)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Finish transfers likewise: what was put in beside the order becomes a line of it."""
        self.check_access("write")
        return super(StockPicking, self._past_the_floor())._action_done()

    def send_to_shipper(self):
        """Hand over to the carrier, whose prices the floor does not see."""
        self.check_access("write")
        picking = self._past_the_floor().with_context(oms_at_carrier=True)
        return super(StockPicking, picking).send_to_shipper()

    def message_post(self, *, body="", **kwargs):
        """Leave what the label cost out of the transfer's messages; it stands in a field of its own."""
        if self.env.context.get("oms_at_carrier") and isinstance(body, Markup):
            body = body.split(Markup("<br/>"))[0]
        return super().message_post(body=body, **kwargs)


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _create_return(self):
        """Make the transfer back, whose carrier's price is set to nothing."""
        self.env["stock.picking"].check_access("create")
        return super(StockReturnPicking, self._past_the_floor())._create_return().with_env(self.env)

    def _create_exchange(self, return_picking):
        """Make the transfer out again, likewise."""
        self.env["stock.picking"].check_access("create")
        wizard, back = self._past_the_floor(), return_picking._past_the_floor()
        return super(StockReturnPicking, wizard)._create_exchange(back).with_env(self.env)
