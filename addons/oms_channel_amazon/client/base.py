"""What all parts of the adapter know: the account, its stores and the ways to Amazon."""

from collections.abc import Mapping, Sequence
from typing import Any

from odoo.addons.oms_core.lib.channel import ChannelAdapter
from odoo.addons.oms_core.lib.errors import Rejected

from .client import AmazonClient
from .documents import Documents
from .queue import EventQueue


class AmazonBase(ChannelAdapter):
    """One Amazon seller account in one region; see ``adapter.py`` for what its settings hold."""

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        self._client = AmazonClient(account, transport, now)
        self._documents = Documents(self._client, transport)
        self._queue = EventQueue(account, transport, now)

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.account.settings

    @property
    def _seller(self) -> str:
        seller = self._settings.get("seller_id")
        if not seller:
            raise Rejected("seller_missing", message="the seller id is missing")
        return seller

    @property
    def _marketplaces(self) -> Sequence[str]:
        marketplaces = tuple(self._settings.get("marketplaces") or ())
        if not marketplaces:
            raise Rejected("marketplace_missing", message="no Amazon store is chosen for this channel")
        return marketplaces
