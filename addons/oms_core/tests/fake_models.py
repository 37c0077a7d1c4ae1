"""Models that exist for one test class only.

`odoo-test-helper` 2.1.3 cannot do this on Odoo 19: the registry methods it calls were renamed. This is the same idea
on 19's own functions (`odoo/orm/model_classes.py` and `odoo/orm/registry.py`, read 2026-11-23).
"""

from odoo.orm.model_classes import add_to_registry


def add_fake_models(case, *model_defs):
    """Add model classes to the registry and take them away after the test class.

    :param case: the test class, from ``setUpClass``
    :param model_defs: classes defined inside ``setUpClass``, each with an explicit ``_name``
    """
    registry = case.registry
    touched = {model._name for model in model_defs}
    new = {name for name in touched if name not in registry}
    for name in touched - new:
        model_class = registry[name]
        case.addClassCleanup(registry._setup_models__, case.env.cr, [name])
        case.addClassCleanup(setattr, model_class, "_base_classes__", model_class._base_classes__)
    for model_def in model_defs:
        add_to_registry(registry, model_def)
    registry._setup_models__(case.env.cr, list(touched))
    registry.init_models(case.env.cr, list(touched), {"models_to_check": True})
    for name in new:
        case.addClassCleanup(registry.__delitem__, name)
