"""The documents as Magento 2 sends them: what we read of them, typed. The order itself is in ``wire_order``.

Field names: the Swagger document of Magento 2.4.9 (github.com/AdobeDocs/commerce-webapi, commit e2275b5623d4, seen
2026-11-26). Fields we do not read are not listed, and fields unknown to us are let through: every extension of a shop
adds some. Numbers are read by ``amounts``, as shops write them as numbers and as texts.
"""

import re
from typing import Any, TypeVar

import msgspec
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import read, shown

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
MAX_ID = 64


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all documents; Magento writes snake_case."""


def decode(body: bytes, shape: type[T]) -> T:
    """Return ``body`` as a value of ``shape``.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    return convert(read(body), shape)


def convert(tree: Any, shape: type[T]) -> T:
    """Return an already decoded document as a value of ``shape``.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    try:
        return msgspec.convert(_without_empty_lists(tree), shape)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        reason = shown(found["reason"].replace("`", "“", 1).replace("`", "”", 1), 160)
        raise Malformed("wrong_shape", path=found["path"] or "$", reason=reason) from None


def read_id(value: Any, path: str) -> str:
    """Return an id, which is a positive number, as text.

    :raise Malformed: it is none
    """
    found = text_id(value)
    if found is None:
        raise Malformed("bad_id", path=path, reason=f"“{shown(value)}” is not an id")
    return found


def text_id(value: Any) -> str | None:
    """Return an id as text, ``None`` for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    found = str(value).strip()
    is_number = found.isascii() and found.isdigit() and 0 < len(found) <= 20 and int(found) > 0
    return str(int(found)) if is_number else None


def text(value: Any) -> str | None:
    """Return a text without the space around it; what is empty or no text is unknown."""
    return value.strip() or None if isinstance(value, str) else None


def _without_empty_lists(tree: Any) -> Any:
    """Return the tree without ``"extension_attributes": []``: PHP writes an object with nothing in it as a list."""
    if isinstance(tree, list):
        return [_without_empty_lists(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        name: _without_empty_lists(part)
        for name, part in tree.items()
        if not (part == [] and name.endswith("extension_attributes"))
    }


# === Errors =====================================================================================================


class Refusal(Wire):
    """Why the shop refused. ``parameters`` fill the ``%1`` and ``%name`` of the message; a list or an object."""

    message: str
    parameters: Any = None
    errors: Any = None


# === Stores =====================================================================================================


class Store(Wire):
    """A store view."""

    id: Any
    code: str
    name: str | None = None


class StoreConfig(Wire):
    """What a store view is set up with."""

    id: Any
    code: str
    base_currency_code: str | None = None
    base_url: str | None = None
    secure_base_url: str | None = None


# === Catalogue and stock ==========================================================================================


class Attribute(Wire):
    """A value of a product under a name of the shop's own."""

    attribute_code: str
    value: Any = None


class Product(Wire):
    """A product of the catalogue."""

    sku: str
    id: Any = None
    name: str | None = None
    price: Any = None
    status: Any = None
    type_id: str | None = None
    custom_attributes: list[Attribute] | None = None


class SourceItem(Wire):
    """How much of a SKU lies at a source."""

    sku: str
    source_code: str
    quantity: Any = None
    status: Any = None


class SourceItems(Wire):
    """A page of source items."""

    items: list[SourceItem] | None = None
    total_count: int = 0


class PriceProblem(Wire):
    """Why one price was not taken."""

    message: str
    parameters: Any = None


class BulkReceipt(Wire):
    """What the shop says when it takes a bulk."""

    bulk_uuid: str
    errors: bool = False


class BulkOperation(Wire):
    """What became of one row of a bulk."""

    id: Any = None
    status: Any = None
    result_message: str | None = None
    serialized_data: str | None = None


class BulkStatus(Wire):
    """What became of a bulk so far."""

    operations_list: list[BulkOperation]
    operation_count: int | None = None
