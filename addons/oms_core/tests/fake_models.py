"""Models that exist for one test class only: `odoo-test-helper` made to work on Odoo 19.

`odoo-test-helper` 2.1.3 (the newest on PyPI, seen 2026-11-23) does not import on Odoo 19: the class attribute it reads
at import was renamed, and its three methods call registry functions that were renamed or are gone. Its interface
stays: `FakeModelLoader` below is its class with those methods on 19's own functions (`odoo/orm/model_classes.py`,
`odoo/orm/registry.py`).
"""

from odoo import models
from odoo.orm.model_classes import add_to_registry

if not hasattr(models.MetaModel, "module_to_models"):
    # Read by odoo_test_helper when it is imported; 19 calls it _module_to_models__.
    models.MetaModel.module_to_models = models.MetaModel._module_to_models__

import odoo_test_helper  # the attribute must be there first


class FakeModelLoader(odoo_test_helper.FakeModelLoader):
    """Adds model classes to the registry and takes them away again. Each class needs an explicit ``_name``."""

    def backup_registry(self):
        """Remember nothing yet: what changes is noted when it changes."""
        self._undo = []

    def update_registry(self, odoo_models):
        """Add these model classes, new ones or extensions of existing models."""
        registry, cr = self.env.registry, self.env.cr
        self.env.flush_all()
        names = list({model._name for model in odoo_models})
        new = [name for name in names if name not in registry]
        for name in names:
            if name not in new:
                self._undo.append((setattr, registry[name], "_base_classes__", registry[name]._base_classes__))
        for model in odoo_models:
            add_to_registry(registry, model)
        registry._setup_models__(cr, names)
        registry.init_models(cr, names, {"models_to_check": True})
        self._undo += [(registry.__delitem__, name) for name in new]
        self._extended = [name for name in names if name not in new]

    def restore_registry(self):
        """Take the classes away again."""
        for call, *arguments in self._undo:
            call(*arguments)
        self.env.registry._setup_models__(self.env.cr, self._extended)


def add_fake_models(case, *odoo_models):
    """Add model classes for the length of a test class.

    :param case: the test class, from ``setUpClass``
    :param odoo_models: classes defined inside ``setUpClass``
    """
    loader = FakeModelLoader(case.env, case.__module__)
    loader.backup_registry()
    loader.update_registry(odoo_models)
    case.addClassCleanup(loader.restore_registry)
