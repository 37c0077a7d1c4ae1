"""Odoo inside the benchmark's own process, on databases that are dropped again."""

from contextlib import contextmanager

from tools.database import clone, current_server, drop
from tools.runtime import load_runtime


def load_odoo():
    """Configure Odoo for the database server that ./oms bench started. Once, before anything of Odoo is used."""
    from odoo.tools import config

    server, runtime = current_server(), load_runtime()
    config.parse_config(
        [
            f"--addons-path={','.join(map(str, runtime.addons_paths))}",
            f"--data-dir={server.data_dir}",
            f"--db_host={server.socket_folder}",
            f"--db_port={server.port}",
            f"--db_user={server.role}",
            "--load=base,rpc,web,queue_job",
            "--max-cron-threads=0",
            "--http-interface=127.0.0.1",
            "--log-level=warn",
        ]
    )


@contextmanager
def copies(count, template=None):
    """Lend ``count`` databases that are equal, and drop them afterwards."""
    names = []
    try:
        for _number in range(count):
            names.append(clone(template))
        yield names
    finally:
        for name in names:
            forget(name)
            drop(name)


def forget(database):
    """Close all connections to a database, so that it can be copied or dropped."""
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db

    Registry.delete(database)
    close_db(database)


@contextmanager
def environment(database):
    """Open a transaction as the system's own user, who runs our jobs; it is committed at the end."""
    from odoo import SUPERUSER_ID
    from odoo.api import Environment
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})
