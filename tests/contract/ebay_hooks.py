"""A server that takes eBay's messages as ours would, and its test of an address."""

import http.server
import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from urllib.parse import parse_qsl, urlsplit

from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.lib import dto


@contextmanager
def listening(token=""):
    """Listen for requests; give the address, and a list of what came as the contract's values.

    :param token: with which eBay's test of the address is answered
    """
    calls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _take(self):
            calls.append(
                dto.WebhookCall(
                    method=self.command,
                    url=f"{url}{urlsplit(self.path).path}",
                    headers={name.lower(): value for name, value in self.headers.items()},
                    query=tuple(parse_qsl(urlsplit(self.path).query)),
                    body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
                    received_at=datetime.now(timezone.utc),
                )
            )
            answer = EbayAdapter.answer_challenge(calls[-1], {const.VERIFICATION_TOKEN: token}) or b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _take

        def log_message(self, *args):
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield url, calls
    finally:
        server.shutdown()
        server.server_close()
