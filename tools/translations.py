"""`./oms pot`: the texts of each addon, as translators take them."""

import re

from tools import database as db
from tools.odoo import conf_for, odoo_command
from tools.places import ROOT
from tools.postgres import Cluster, ensure_binaries
from tools.processes import run
from tools.runtime import ensure_runtime
from tools.steps import Problem, say, step
from tools.templates import Templates

# They would change with every export and tell nothing that the history does not.
DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date: .*\n', re.MULTILINE)


def pot(options):
    """Write ``i18n/<addon>.pot`` of the addons named by ``options.names``, or of all. Return 0."""
    with step("Runtime"):
        runtime = ensure_runtime()
        ensure_binaries()
    with Cluster(runtime, "test", durable=False).in_use() as cluster:
        server = db.server_of(cluster)
        templates = Templates(runtime, server)
        names = sorted(options.names or templates.addons)
        unknown = [name for name in names if name not in templates.addons]
        if unknown:
            raise Problem(f"no addon “{' '.join(unknown)}”", f"there are: {', '.join(sorted(templates.addons))}")
        with db.scratch_database(templates.with_addons(list(templates.addons)), server=server) as database:
            for name in names:
                text = _export(runtime, server, database, name)
                changed = _write(ROOT / "addons" / name / "i18n" / f"{name}.pot", text)
                say(f"{name}: {'written' if changed else 'as it was'}")
    return 0


def _export(runtime, server, database, name):
    folder = runtime.places.state / "pot"
    runtime.places.account.own_directory(folder)
    target = folder / f"{name}.pot"
    run(
        odoo_command(runtime, "i18n export", conf_for(runtime, server), name, "-d", database, "-o", target),
        failure=f"the texts of {name} could not be exported",
        account=runtime.places.account,
        env=runtime.env(),
        cwd=runtime.places.code,
    )
    return DATES.sub("", target.read_text())


def _write(path, text):
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return True
