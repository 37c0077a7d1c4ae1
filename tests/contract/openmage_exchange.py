"""Our SOAP client with the official WSDL, talking to the stand-in in the same process; every request is kept."""

from datetime import datetime, timezone

from odoo.addons.oms_channel_magento.client.soap_adapter import OpenMageAdapter
from odoo.addons.oms_channel_magento.lib import soap_const
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Response, Transport
from odoo.addons.oms_core.lib.channel import Account

from sandbox.caller import Caller
from tests.sandbox_calls import MOMENT
from tests.tokens import Tokens

BASE = "http://localhost/openmage/index.php/api/v2_soap/index/"


class InProcess(Transport):
    """Answers with the official WSDL, and with what the stand-in says to everything else."""

    def __init__(self, caller, wsdl):
        super().__init__(None, OpenMageAdapter.limits, MemoryLimiter())
        self._caller = caller
        self._wsdl = wsdl
        self.sent = []

    def send(self, request):
        """Return an answer, judged as the real transport judges it."""
        if request.method == "GET":
            return Response(200, {}, self._wsdl)
        self.sent.append((request.operation, request.body))
        path = request.url.removeprefix("http://localhost")
        answered = self._caller.send("POST", path, body=request.body, headers=dict(request.headers))
        return self._judge(request, Response(answered.status_code, answered.headers, answered.data))


def make_shop(wsdl, *, is_wsi):
    """Return ``(side door of the stand-in, transport, adapter)``."""
    caller = Caller(moment=MOMENT)
    caller.control(reset="empty")
    caller.control(channel="openmage", wsi=is_wsi)
    transport = InProcess(caller, wsdl)
    account = Account(
        id=1,
        channel_type="openmage",
        endpoints={soap_const.SOAP: BASE},
        settings={"username": "oms"},
        secrets={soap_const.API_KEY: "oms-sandbox-key"},
        tokens=Tokens(),
    )
    adapter = OpenMageAdapter(account, transport, lambda: datetime.fromtimestamp(MOMENT, timezone.utc))
    return caller, transport, adapter
