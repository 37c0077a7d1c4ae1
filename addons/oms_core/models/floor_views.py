"""Screens for the warehouse floor: without the fields kept from it, and without anything that asks for them."""

import ast
import re

from odoo import api, models

from ..lib.floor import MONEY_DOCUMENTS

# What an empty field of a kind is in a condition.
EMPTY = {"char": "", "text": "", "html": "", "float": 0, "integer": 0, "monetary": 0}
EXPRESSIONS = ("invisible", "readonly", "required", "column_invisible", "context", "domain")
IN_TEMPLATE = re.compile(r"\brecord\.(\w+)")
QUOTED = re.compile(r"['\"](\w+)['\"]")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """Keep the floor's screens apart from everybody else's."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.user._is_floor_only())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if self.env.user._is_floor_only() and self._name in self.env:
            if view_type == "form" and self._name in MONEY_DOCUMENTS:
                _drop_actions(arch)
            _strip(arch, self.sudo(False), parent=None)
        return arch, view


def _drop_actions(form):
    """Take the buttons off an order that the floor reads only; those that open something stay."""
    for button in form.xpath("//button[@type='object' or @type='action']"):
        inside = {f"{parent.tag} {parent.get('name', '')}" for parent in button.iterancestors()}
        if "div button_box" not in inside and not any(place.startswith("field ") for place in inside):
            _remove(button)


def _strip(node, model, parent):
    """Take out of a part of a screen what shows or needs a field kept from the reader.

    :param model: the model the part shows; ``parent`` the model around it, if any
    """
    kept = model._kept_names()
    around = parent._kept_names() if parent is not None else {}
    for child in list(node):
        if not isinstance(child.tag, str):
            continue
        if _shows_kept(child, kept):
            _remove(child)
            continue
        _silence(child, kept, around)
        field = model._fields.get(child.get("name")) if child.tag in ("field", "groupby") else None
        if field is not None and field.comodel_name in model.env and len(child):
            _strip(child, model.env[field.comodel_name], model)
        else:
            _strip(child, model, parent)


def _shows_kept(node, kept):
    """Whether the node is a field that is kept, its label, a filter on it or a piece of a card that prints it."""
    if node.tag == "field" and node.get("name") in kept:
        return True
    if node.tag == "label" and node.get("for") in kept:
        return True
    if node.tag == "filter":
        asked = f"{node.get('domain', '')} {node.get('context', '')} '{node.get('date', '')}'"
        return any(name.split(":")[0] in kept for name in QUOTED.findall(asked))
    texts = (text for name, text in node.attrib.items() if name.startswith("t-"))
    return any(name in kept for text in texts for name in IN_TEMPLATE.findall(text))


def _remove(node):
    """Remove a node; what stood for it if it was not shown is shown."""
    after = node.getnext()
    if "t-if" in node.attrib and after is not None:
        if "t-elif" in after.attrib:
            after.set("t-if", after.attrib.pop("t-elif"))
        after.attrib.pop("t-else", None)
    around, before = node.getparent(), node.getprevious()
    if node.tail and node.tail.strip():
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            around.text = (around.text or "") + node.tail
    around.remove(node)
    if around.tag in ("span", "div") and not len(around) and (around.text or "").strip().endswith(":"):
        around.getparent().remove(around)  # “Price:” of nothing


def _silence(node, kept, around):
    """Let the conditions of a node take what is kept for empty."""
    for name, text in list(node.attrib.items()):
        if name in EXPRESSIONS or name.startswith("decoration-"):
            node.set(name, _without(text, kept, around))
        elif name == "filter_domain" and any(quoted in kept for quoted in QUOTED.findall(text)):
            del node.attrib[name]


def _without(text, kept, around):
    """Return an expression in which the names that are kept read as empty."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return text
    rewriter = _Emptier(kept, around)
    tree = rewriter.visit(tree)
    return ast.unparse(tree) if rewriter.has_changed else text


class _Emptier(ast.NodeTransformer):
    """Puts what is empty where a kept name stands."""

    def __init__(self, kept, around):
        self.kept, self.around, self.has_changed = kept, around, False

    def visit_Name(self, node):
        return self._empty(node, self.kept[node.id]) if node.id in self.kept else node

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "parent" and node.attr in self.around:
            return self._empty(node, self.around[node.attr])
        return self.generic_visit(node)

    def _empty(self, node, kind):
        self.has_changed = True
        return ast.copy_location(ast.Constant(value=EMPTY.get(kind, False)), node)
