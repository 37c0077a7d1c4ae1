"""Clients of Odoo's two documented APIs, as an integration would write them."""

import json
import urllib.error
import urllib.request
import xmlrpc.client


class XmlRpc:
    """Odoo's external API over XML-RPC, signed in with login and password."""

    def __init__(self, url, database, login, password):
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self._uid = common.authenticate(database, login, password, {})
        if not self._uid:
            raise PermissionError(f"{login} cannot sign in")
        self._account = (database, self._uid, password)
        self._models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)

    def call(self, model, method, *args, **kwargs):
        """Call ``model.method(*args, **kwargs)``; the ids of records are the first argument.

        :raise xmlrpc.client.Fault: Odoo refused; ``faultString`` holds the message
        """
        return self._models.execute_kw(*self._account, model, method, args, kwargs)


class JsonRefused(Exception):
    """Odoo refused a JSON-2 call. ``status`` is the HTTP status, ``name`` the class of the exception, if told."""

    def __init__(self, status, body):
        self.status = status
        self.name = body.get("name", "")
        super().__init__(f"{status} {self.name}: {body.get('message', '')}")


class Json2:
    """Odoo's external API over JSON (``/json/2``), signed in with an API key."""

    def __init__(self, url, database, key):
        self._url = f"{url}/json/2"
        self._headers = {
            "Authorization": f"bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": database,
        }

    def call(self, model, method, ids=(), **kwargs):
        """Call ``model.method(**kwargs)`` on the records ``ids``; every argument has its name.

        :raise JsonRefused: Odoo refused
        """
        body = json.dumps({**({"ids": list(ids)} if ids else {}), **kwargs}).encode()
        request = urllib.request.Request(f"{self._url}/{model}/{method}", body, self._headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise JsonRefused(error.code, _json_or_empty(error.read())) from None


def _json_or_empty(body):
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
