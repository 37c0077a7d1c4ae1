"""PHP's serialize(), for the options of order lines, which Magento hands out as they are in the database."""


def serialize(value):
    """Return a str, int, None, or dict of such as PHP would serialize it; lengths count bytes."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, dict):
        entries = "".join(serialize(key) + serialize(entry) for key, entry in value.items())
        return f"a:{len(value)}:{{{entries}}}"
    return f's:{len(value.encode())}:"{value}";'
