"""The parameter `fields`, which lets an answer have some of its fields only: items[increment_id,entity_id]."""

import re

_PART = re.compile(r"[\[\],]|[^\[\],\s]+")


def select(data, text):
    """Return the part of decoded JSON that `fields` names; all of it when the text names nothing."""
    tree, _rest = _read(_PART.findall(text or ""))
    return _cut(data, tree) if tree else data


def _read(parts):
    tree, name = {}, None
    while parts:
        part = parts.pop(0)
        if part == "]":
            break
        if part == "[":
            tree[name], parts = _read(parts)
        elif part != ",":
            name = part
            tree[name] = {}
    return tree, parts


def _cut(data, tree):
    if not tree:
        return data
    if isinstance(data, list):
        return [_cut(part, tree) for part in data]
    if not isinstance(data, dict):
        return data
    return {name: _cut(data[name], inner) for name, inner in tree.items() if name in data}
