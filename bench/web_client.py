"""The calls of Odoo's web client over HTTP, timed."""

import http.client
import json
import time
from urllib.parse import urlsplit
from xml.etree import ElementTree

PAGE = 80
COUNT_LIMIT = 10001  # web/static/src/model/relational_model/relational_model.js
PATIENCE = 600


class WebClient:
    """A signed-in session on one connection that stays open, as a browser's."""

    def __init__(self, url, database, login, password):
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self._headers = {"Content-Type": "application/json"}
        self._post("/web/session/authenticate", {"db": database, "login": login, "password": password})

    def call(self, model, method, *args, **kwargs):
        """Return what ``model.method`` answers.

        :raise RuntimeError: Odoo refused
        """
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def timed(self, model, method, *args, **kwargs):
        """Return ``(seconds, answer)``."""
        started = time.perf_counter()
        answer = self.call(model, method, *args, **kwargs)
        return time.perf_counter() - started, answer

    def _post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        self._connection.request("POST", path, body, self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if cookie := response.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]


class OrderList:
    """The list of orders as the web client reads it: the columns of its view, a page and the count."""

    def __init__(self, client, view_id):
        self._client = client
        views = client.call("sale.order", "get_views", [[view_id, "list"]])
        self._columns = _specification(views["views"]["list"]["arch"], views["models"]["sale.order"]["fields"])

    def page(self, domain):
        """Read the first page. Return ``(seconds, answer)``."""
        return self._client.timed(
            "sale.order",
            "web_search_read",
            domain=domain,
            specification=self._columns,
            limit=PAGE,
            order="date_order desc, id desc",
            count_limit=COUNT_LIMIT,
        )


def _specification(arch, fields):
    """Return what the web client asks for with these columns."""
    columns = {}
    for node in ElementTree.fromstring(arch).iter("field"):
        name = node.get("name")
        kind = fields[name]["type"]
        related = {"display_name": {}} if kind in ("many2one", "many2many") else {}
        if node.get("widget") == "oms_channel_badge":
            related["channel_type"] = {}
        if kind == "many2many":
            related["color"] = {}
        columns[name] = {"fields": related} if related else {}
    return columns
