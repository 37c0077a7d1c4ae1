"""Magento 2 as a sales channel: the contract of ``oms_core``, kept with the client and the pure code."""

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import ChannelAdapter
from odoo.addons.oms_core.lib.errors import NotSupported


class MagentoAdapter(ChannelAdapter):
    """One Magento 2 shop."""

    def check(self) -> dto.AccountInfo:
        """Test the connection."""
        raise NotSupported("check")

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders."""
        raise NotSupported("fetch_orders")

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order."""
        raise NotSupported("fetch_order")

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Tell the shop of a parcel."""
        raise NotSupported("push_shipment")

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier."""
        raise NotSupported("parse_order")
