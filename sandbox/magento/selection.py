"""The parameter `fields`, which lets an answer have some of its fields only: items[increment_id,entity_id]."""

import re

_TOKEN = re.compile(r"[\[\],]|[^\[\],\s]+")


def select(data, text):
    """Return the part of decoded JSON that `fields` names; all of it when the text names nothing."""
    tree, _rest = _read(_TOKEN.findall(text or ""))
    return _cut(data, tree) if tree else data


def _read(tokens):
    tree, name = {}, None
    while tokens:
        token = tokens.pop(0)
        if token == "]":
            break
        if token == "[":
            tree[name], tokens = _read(tokens)
        elif token != ",":
            name = token
            tree[name] = {}
    return tree, tokens


def _cut(data, tree):
    if not tree:
        return data
    if isinstance(data, list):
        return [_cut(part, tree) for part in data]
    if not isinstance(data, dict):
        return data
    return {name: _cut(data[name], inner) for name, inner in tree.items() if name in data}
