"""An eBay adapter over a transport that writes down what it is asked and answers what the test says."""

import json
from datetime import datetime, timedelta, timezone

from ebay_documents import order
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import RetryLater
from requests.structures import CaseInsensitiveDict

from tests.tokens import Tokens

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
DATE = "Thu, 26 Nov 2026 12:00:00 GMT"
BUSY = RetryLater("throttled", after=timedelta(seconds=9))


def answer(status=200, body=None, **headers):
    """Return an answer; header names with _ for -."""
    named = {"Date": DATE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Response(status, CaseInsensitiveDict(named), b"" if body is None else json.dumps(body).encode())


def refused(status, code, message="no"):
    """Return a refusal as eBay writes it."""
    return answer(status, {"errors": [{"errorId": code, "message": message}]})


def page(*orders, total=None):
    """Return a page of orders."""
    return answer(body={"orders": list(orders), "total": len(orders) if total is None else total})


def numbered(number, **more):
    """Return an order with a number of its own."""
    return order(orderId=f"12-{number:05}-00000", **more)


class Script:
    """A transport that gives the answers of a list, in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def send(self, request):
        """Write the request down and give the next answer."""
        self.requests.append(request)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def body(self, place=-1):
        """Return the body of a request."""
        return json.loads(self.requests[place].body)

    def asked(self):
        """Return the operations asked for."""
        return [request.operation for request in self.requests]


def adapter(*answers, now=NOW, kept=True, secrets=None, **settings):
    """Return an adapter that is signed in, and its transport."""
    script = Script(*answers)
    known = {"ebay_user": ("v^1.1#t", NOW + timedelta(days=1)), "ebay_app": ("app", NOW + timedelta(days=1))}
    account = Account(
        id=1,
        channel_type="ebay",
        endpoints=const.HOSTS["production"],
        settings={
            "client_id": "App",
            "ru_name": "Ru-Name",
            "marketplaces": ["EBAY_US"],
            "is_signed": False,
            **settings,
        },
        secrets={const.CLIENT_SECRET: "Cert", const.REFRESH_TOKEN: "v^1.1#refresh", **(secrets or {})},
        tokens=Tokens(**known) if kept else Tokens(),
    )
    return EbayAdapter(account, script, lambda: now), script
