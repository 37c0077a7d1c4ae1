"""What a shop says of itself, and what the role of our user allows: found by trying what costs nothing."""

from collections.abc import Callable
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import NotFound, NotSupported, Rejected

from ..lib import soap_wire
from ..lib.wire import text
from .soap_client import OpenMageClient, equal

# No document has this number, so the answer is an empty list.
_NOTHING = "0"


def read_account(client: OpenMageClient) -> dto.AccountInfo:
    """Return name, store views and permissions.

    :raise AuthFailed: the shop refuses user or key
    """
    info, stores = _tried(client.read_info), _tried(client.list_stores)
    shown = soap_wire.convert(info, soap_wire.Info) if isinstance(info, dict) else None
    found = soap_wire.convert(list(stores), list[soap_wire.Store]) if isinstance(stores, list) else []
    probes: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("orders", lambda: client.list_orders(equal("increment_id", _NOTHING))),
        ("parcels", lambda: client.list_shipments(equal("order_id", _NOTHING))),
        ("refunds", lambda: client.list_memos(equal("order_id", _NOTHING))),
        ("products", lambda: client.list_products(equal("product_id", _NOTHING))),
        ("stock", lambda: client.list_stock((_NOTHING,))),
    )
    permissions = [_permission(name, probe) for name, probe in probes]
    permissions.append(
        dto.Permission(name="changes", is_granted=None, detail="the shop says so only when something is changed")
    )
    return dto.AccountInfo(
        name=_name(shown),
        marketplaces=tuple(
            (store.store_id, text(store.name) or store.store_id) for store in found if store.store_id != "0"
        ),
        permissions=tuple(permissions),
    )


def _tried(call: Callable[[], Any]) -> Any:
    """Return the answer, ``None`` where the role or the shop does not offer it: nothing else needs it."""
    try:
        return call()
    except (NotSupported, NotFound):
        return None
    except Rejected as error:
        if error.code != "access_denied":
            raise
        return None


def _permission(name: str, probe: Callable[[], Any]) -> dto.Permission:
    try:
        probe()
    except NotFound:
        pass
    except NotSupported:
        return dto.Permission(name=name, is_granted=False, detail="this shop's interface has no such call")
    except Rejected as error:
        if error.code != "access_denied":
            return dto.Permission(name=name, is_granted=None, detail=error.message or None)
        return dto.Permission(name=name, is_granted=False, detail="the role of our user does not allow it")
    return dto.Permission(name=name, is_granted=True)


def _name(info: soap_wire.Info | None) -> str:
    if info is None:
        return "OpenMage"
    if version := text(info.openmage_version):
        return f"OpenMage {version}"
    edition, version = text(info.magento_edition), text(info.magento_version)
    return " ".join(filter(None, ("Magento", edition, version)))
