"""Reading of JSON bodies as Magento's service input processor does it.

Names may be written in camelCase or in snake_case; numbers may come as text. A field that the interface does not
have is refused inside an object and passed over at the top, where it is only a parameter nobody asked for.
"""

import json
import re
from dataclasses import dataclass

from .errors import invalid, missing

TOP = "parameters"


@dataclass(frozen=True)
class Field:
    """One field of a body; `kind` is int, float, boolean, string, object or list (of `inner`)."""

    kind: str
    required: bool = False
    inner: "dict | Field | None" = None


INT, FLOAT, BOOLEAN, STRING = Field("int"), Field("float"), Field("boolean"), Field("string")
NEEDED_INT, NEEDED_STRING = Field("int", required=True), Field("string", required=True)
ANYTHING = Field("anything")


def make_object(required=False, **fields):
    """Return the field for an object with these fields."""
    return Field("object", required, fields)


def make_list(inner, required=False):
    """Return the field for a list of `inner`."""
    return Field("list", required, inner)


_QUANTITIES = make_list(
    make_object(order_item_id=NEEDED_INT, qty=Field("float", required=True), extension_attributes=ANYTHING)
)
_COMMENT = make_object(comment=NEEDED_STRING, is_visible_on_front=NEEDED_INT, extension_attributes=ANYTHING)
_DOCUMENT = {"items": _QUANTITIES, "notify": BOOLEAN, "append_comment": BOOLEAN, "comment": _COMMENT}
_TRACK = {"track_number": NEEDED_STRING, "title": NEEDED_STRING, "carrier_code": NEEDED_STRING}
SHIP = {
    **_DOCUMENT,
    "tracks": make_list(make_object(**_TRACK, extension_attributes=ANYTHING)),
    "packages": ANYTHING,
    "arguments": make_object(extension_attributes=make_object(source_code=STRING)),
}
INVOICE = {**_DOCUMENT, "capture": BOOLEAN, "arguments": ANYTHING}
REFUND = {
    **_DOCUMENT,
    "is_online": BOOLEAN,
    "arguments": make_object(
        shipping_amount=FLOAT,
        adjustment_positive=FLOAT,
        adjustment_negative=FLOAT,
        extension_attributes=make_object(return_to_stock_items=make_list(INT)),
    ),
}
COMMENT = {
    "status_history": make_object(
        required=True,
        comment=STRING,
        created_at=STRING,
        entity_id=INT,
        entity_name=STRING,
        is_customer_notified=INT,
        is_visible_on_front=INT,
        parent_id=INT,
        status=STRING,
        extension_attributes=ANYTHING,
    )
}
TRACK = {
    "entity": make_object(
        required=True,
        **_TRACK,
        order_id=NEEDED_INT,
        parent_id=NEEDED_INT,
        weight=FLOAT,
        qty=FLOAT,
        description=STRING,
        entity_id=INT,
        created_at=STRING,
        updated_at=STRING,
        extension_attributes=ANYTHING,
    )
}
SOURCE_ITEMS = {
    "source_items": make_list(
        make_object(sku=STRING, source_code=STRING, quantity=FLOAT, status=INT, extension_attributes=ANYTHING),
        required=True,
    )
}
LINKS = {
    "links": make_list(
        make_object(stock_id=NEEDED_INT, source_code=NEEDED_STRING, priority=INT, extension_attributes=ANYTHING),
        required=True,
    )
}
PRICES = {
    "prices": make_list(
        make_object(
            price=Field("float", required=True),
            store_id=NEEDED_INT,
            sku=NEEDED_STRING,
            extension_attributes=ANYTHING,
        ),
        required=True,
    )
}
SKUS = {"skus": make_list(STRING, required=True)}


def read_json(call):
    """Return the decoded JSON of a request, {} for an empty body; raise ApiError 400."""
    if not call.body:
        return {}
    if call.content_type() != "application/json":
        raise invalid("Server cannot understand Content-Type HTTP header media type %1", [call.content_type()])
    try:
        return json.loads(call.body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid("Decoding error: \nSyntax error") from None


def read_body(data, fields):
    """Return the parameters of an operation with snake_case names; raise ApiError 400 for what does not fit."""
    if not isinstance(data, dict):
        raise invalid("Decoding error: \nSyntax error")
    known = {snake(name): value for name, value in data.items() if snake(name) in fields}
    return _read_object(known, fields, TOP)


def snake(name):
    """Return a name in snake_case."""
    return re.sub(r"(?<=\w)(?=[A-Z])", "_", name).lower()


def _read_object(value, fields, where):
    if not isinstance(value, dict):
        raise _wrong_type(value, where)
    read = {}
    for given, part in value.items():
        name = snake(given)
        if name not in fields:
            raise invalid(
                'Error occurred during "%fieldName" processing. Property "%value" does not have accessor method.',
                {"fieldName": where, "value": given},
            )
        if part is not None:
            read[name] = _read(part, fields[name], name)
    for name, field in fields.items():
        if field.required and name not in read:
            raise missing(_camel(name) if where == TOP else name)
    return read


def _read(value, field, where):
    if field.kind == "anything":
        return value
    if field.kind == "object":
        return _read_object(value, field.inner, where)
    if field.kind == "list":
        if not isinstance(value, list):
            raise _wrong_type(value, where)
        return [_read(part, field.inner, where) for part in value]
    read = _READERS[field.kind](value)
    if read is None:
        raise _wrong_type(value, field.kind)
    return read


def _read_int(value):
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return int(value) if re.fullmatch(r"-?\d{1,18}", str(value)) else None


def _read_float(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    return float(value) if re.fullmatch(r"-?\d{1,18}(\.\d+)?([eE][+-]?\d{1,2})?", str(value)) else None


def _read_boolean(value):
    return {True: True, False: False, "true": True, "false": False, "1": True, "0": False}.get(
        value if isinstance(value, (bool, str, int)) else None
    )


def _read_string(value):
    if isinstance(value, (dict, list)):
        return None
    return str(value)


_READERS = {"int": _read_int, "float": _read_float, "boolean": _read_boolean, "string": _read_string}


def _wrong_type(value, expected):
    shown = value if isinstance(value, (str, int, float)) else type(value).__name__
    return invalid(
        'The "%value" value\'s type is invalid. The "%type" type was expected. Verify and try again.',
        {"value": str(shown), "type": expected},
    )


def _camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")
