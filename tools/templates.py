"""Template databases: one with the modules of others that we build on, and on top of it one per set of our addons.

The first takes most of a minute to build, so a dump of it lies in the cache for every clone of the project. The others
are kept current: before each use, addons whose files changed are updated in a copy, which then replaces the old one.
"""

import tarfile

from tools import database as db
from tools.cache import build_once
from tools.locks import locked
from tools.odoo import change_addons, our_addons, run_script, with_dependencies
from tools.runtime import short_hash
from tools.shapes import addon_shape
from tools.steps import Problem, say, step

# Beside these, whatever our manifests name. The generic chart of accounts gives taxes and journals to test with.
BASE_MODULES = {
    "barcodes",
    "l10n_generic_coa",
    "purchase_stock",
    "queue_job",
    "sale_management",
    "sale_stock",
    "stock_account",
    "stock_delivery",
    "stock_picking_batch",
}
# For a database that is of no use before it is complete, a commit need not wait for the disk.
IN_A_HURRY = "-c synchronous_commit=off"
WARM_ASSETS = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"


class Templates:
    """The template databases on ``server``."""

    def __init__(self, runtime, server):
        self.runtime = runtime
        self.server = server
        self.lock = runtime.places.state / "templates.lock"
        self.addons = our_addons(runtime.places.code)

    def base(self):
        """Return the name of the database with the modules of others, building or restoring it if need be."""
        modules = self._modules_of_others()
        requirements = (self.runtime.places.code / "requirements.txt").read_text()
        key = short_hash(self.runtime.odoo_version, requirements, *modules)
        name = f"base_{key}"
        with locked(self.lock, "its template databases"):
            if not db.exists(name, server=self.server):
                dump = self.runtime.places.cache / "database" / key
                build_once(dump, "the template database", lambda target: self._build_dump(target, modules))
                with step("Restoring the template database"):
                    self._restore(dump, name)
        return name

    def with_addons(self, names, *, fresh=False):
        """Return a database with our addons ``names`` and what they need, brought up to date.

        :param fresh: install from nothing instead of updating
        :raise Problem: Odoo could not install them
        """
        wanted = with_dependencies(names, self.addons)
        base = self.base()
        if not wanted:
            return base
        shapes = {name: addon_shape(self.runtime.places.code / "addons" / name) for name in wanted}
        template = f"tpl_{short_hash(base, *wanted)}"
        with locked(self.lock, "its template databases"):
            known = {} if fresh else db.notes(template, server=self.server).get("shapes", {})
            if known == shapes:
                return template
            changed = sorted(name for name in wanted if known.get(name) != shapes[name])
            if known:
                with step(f"Updating {', '.join(changed)} in the template database"):
                    if self._replace(template, template, shapes, known):
                        return template
                say("the update failed, so all is installed from nothing")
            with step(f"Installing {', '.join(wanted)} in the template database"):
                self._replace(template, base, shapes, {})
        return template

    def warm_assets(self, template):
        """Build the web client's bundles in ``template`` once, so that no browser test has to wait."""
        mark = short_hash(*(f"{path}{path.stat().st_mtime_ns}" for path in sorted(self._static_files())))
        with locked(self.lock, "its template databases"):
            notes = db.notes(template, server=self.server)
            if notes.get("assets") == mark:
                return
            with step("Building the web client's assets in the template database"):
                work = db.clone(template, server=self.server)
                run_script(self.runtime, self.server, work, WARM_ASSETS)
                self._finish(work, template, {**notes, "assets": mark})

    def _static_files(self):
        return [path for path in (self.runtime.places.code / "addons").glob("*/static/**/*") if path.is_file()]

    def _modules_of_others(self):
        named = {name for manifest in self.addons.values() for name in manifest.get("depends", [])}
        return sorted((BASE_MODULES | named) - set(self.addons))

    def _replace(self, template, source, shapes, known):
        """Bring a copy of ``source`` to ``shapes`` and let it replace ``template``. Return whether it worked."""
        work = db.clone(source, server=self.server)
        install = [name for name in shapes if name not in known]
        update = [name for name in shapes if name in known and known[name] != shapes[name]]
        try:
            change_addons(self.runtime, self.server, work, install=install, update=update)
        except Problem:
            db.drop(work, server=self.server)
            if source == template:
                return False
            raise
        self._finish(work, template, {"shapes": shapes})
        return True

    def _finish(self, work, template, notes):
        db.set_notes(work, notes, server=self.server)
        db.seal(work, server=self.server)
        db.rename(work, template, server=self.server)

    def _build_dump(self, target, modules):
        name = db.fresh_name()
        with step(f"Building a template database with {len(modules)} modules of Odoo and what they need"):
            self.server.call("createdb", name, failure="the template database could not be created")
            try:
                change_addons(self.runtime, self.server, name, install=["base", "web", *modules])
                self.server.call(
                    "pg_dump",
                    "-Fc",
                    "-Z1",
                    "-f",
                    target / "dump",
                    "-d",
                    name,
                    failure="the template could not be dumped",
                )
                with tarfile.open(target / "filestore.tar", "w") as tar:
                    tar.add(self.server.filestore(name), arcname=".")
            finally:
                db.drop(name, server=self.server)

    def _restore(self, dump, name):
        work = db.fresh_name()
        self.server.call("createdb", work, failure="the template database could not be created")
        options = ["-j", "2", "--no-owner", "-d", work]
        failure = "the template database could not be restored"
        self.server.call("pg_restore", *options, dump / "dump", failure=failure, settings=IN_A_HURRY)
        filestore = self.server.filestore(work)
        db.as_account(self.server, ["mkdir", "-p", filestore])
        db.as_account(self.server, ["tar", "-C", filestore, "-xf", dump / "filestore.tar", "--no-same-owner"])
        self._finish(work, name, {})
