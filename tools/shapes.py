"""Whether an addon must be updated in a database: a hash over everything that an update would read.

Method bodies are left out, because Odoo runs them from the files and an update would change nothing; so after most
edits the tests start at once. Tests and static files are left out too.
"""

import ast
import hashlib

SKIPPED = {"tests", "static", "__pycache__", "readme"}
# Odoo runs these while it updates, so their bodies count.
BODIES_THAT_COUNT = {
    "init",
    "_auto_init",
    "_init_column",
    "migrate",
    "post_init_hook",
    "pre_init_hook",
    "uninstall_hook",
}


def addon_shape(folder):
    """Return a hash of what an update of the addon in ``folder`` depends on."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or SKIPPED & set(inside.parts) or path.suffix in {".md", ".pyc"}:
            continue
        content = path.read_bytes()
        digest.update(f"{inside}\0".encode())
        digest.update(python_shape(content) if path.suffix == ".py" and "migrations" not in inside.parts else content)
    return digest.hexdigest()[:16]


def python_shape(source):
    """Return the structure of Python ``source``, a bytes text without function bodies and docstrings."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    return ast.dump(_Bodies().visit(tree)).encode()


class _Bodies(ast.NodeTransformer):
    def visit_FunctionDef(self, node):
        if node.name not in BODIES_THAT_COUNT:
            node.body = []
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            del node.body[0]
        return node
