"""Odoo's command line: its configuration file, its commands, installing and updating addons."""

import ast
import os
import re
import secrets
from pathlib import Path

from tools.processes import last_lines, run
from tools.steps import Problem
from tools.venv import ODOO_PROGRAM

# Loaded before any database. Odoo's own three, and queue_job, whose runner starts only if it is among them.
SERVER_WIDE = "base,rpc,web,queue_job"
# What Odoo logs without failing, although the result is not what was asked for.
WARNING_SIGNS = re.compile(
    r"manifest not found|not installable|missing dependency|of 0 tests|tour skipped|external dependency is not met"
    r"|Unmet python dependenc|invalid addons directory|Some modules are not loaded|inconsistent states",
    re.IGNORECASE,
)
JOB_CHANNELS = "root:2"


def write_conf(runtime, server, path, *, channels=JOB_CHANNELS):
    """Write an Odoo configuration file for the databases of ``server``. Return its path.

    Time limits are wide: a first page load on a cold machine builds all assets.
    """
    options = {
        "addons_path": ",".join(map(str, runtime.addons_paths)),
        "data_dir": server.data_dir,
        "db_host": server.socket_folder,
        "db_port": server.port,
        "db_user": server.role,
        "http_interface": "127.0.0.1",
        "list_db": False,
        "admin_passwd": secrets.token_hex(16),
        "server_wide_modules": SERVER_WIDE,
        "limit_time_cpu": 600,
        "limit_time_real": 1200,
    }
    lines = ["[options]", *(f"{name} = {value}" for name, value in options.items())]
    # Tests, which run as the account, write their servers' files here, too.
    runtime.places.account.own_directory(path.parent)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text("\n".join([*lines, "", "[queue_job]", f"channels = {channels}", ""]))
    fresh.replace(path)
    return path


def conf_for(runtime, server):
    """Return the configuration file for ``server``, made if it is missing or older than what it names."""
    return write_conf(runtime, server, runtime.places.state / "conf" / f"{server.data_dir.name}.conf")


def odoo_command(runtime, subcommand, conf, *arguments):
    """Return the command line of an Odoo command such as ``server``, ``shell`` or ``i18n export``."""
    program = runtime.python.parent / ODOO_PROGRAM
    return [str(runtime.python), str(program), *subcommand.split(), "-c", str(conf), *map(str, arguments)]


def change_addons(runtime, server, database, *, install=(), update=()):
    """Install and update addons in ``database``.

    :raise Problem: Odoo failed, or did not fail but says that something was left out
    """
    log = runtime.places.logs / f"addons-{database}.log"
    log.unlink(missing_ok=True)
    options = ["-d", database, "--stop-after-init", "--no-http", "--max-cron-threads", "0"]
    options += ["-i", ",".join(sorted(install))] if install else []
    options += ["-u", ",".join(sorted(update))] if update else []
    run(
        odoo_command(runtime, "server", conf_for(runtime, server), *options),
        failure=f"Odoo could not install or update {', '.join(sorted([*install, *update]))}; all of it is in {log}",
        log=log,
        account=runtime.places.account,
        env=runtime.env(),
        cwd=runtime.places.code,
    )
    ensure_clean(log)


def run_script(runtime, server, database, script, *, timeout=600, **env):
    """Run Python text ``script`` in ``odoo shell`` on ``database``; it commits what is to be kept.

    :param env: further environment variables for the script
    :return: what it printed
    :raise Problem: it raised
    """
    # The shell prints the traceback of a script and ends with status 0 all the same.
    guarded = f"import sys, traceback\ntry:\n    exec(compile({script!r}, 'script', 'exec'), globals())\n"
    guarded += "except BaseException:\n    traceback.print_exc()\n    sys.stdout.flush()\n    import os; os._exit(1)\n"
    return run(
        odoo_command(runtime, "shell", conf_for(runtime, server), "-d", database, "--no-http", "--log-level", "warn"),
        failure=f"a script failed on database “{database}”",
        account=runtime.places.account,
        env=runtime.env(**env),
        cwd=runtime.places.code,
        stdin=guarded,
        timeout=timeout,
    )


def ensure_clean(log):
    """Raise `Problem` if an Odoo log has a line that says something was left out."""
    with open(log, encoding="utf-8", errors="replace") as lines:
        found = [line.strip() for line in lines if WARNING_SIGNS.search(line)]
    if found:
        raise Problem(f"Odoo left something out:\n    {found[0]}", f"see {log}")


def read_manifest(addon):
    """Return the manifest of the addon in folder ``addon`` as a dict.

    :raise Problem: it is missing or is not a plain Python literal
    """
    path = Path(addon) / "__manifest__.py"
    try:
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Problem(f"{path} is missing", "add it, or remove the folder") from None
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{path} cannot be read: {error}", "it must be one literal dict") from error
    if not isinstance(manifest, dict):
        raise Problem(f"{path} is not a dict", "it must be one literal dict")
    return manifest


def our_addons(code):
    """Return ``{name: manifest}`` of the addons in this project."""
    folder = code / "addons"
    names = (
        sorted(entry.name for entry in folder.iterdir() if (entry / "__manifest__.py").exists())
        if folder.is_dir()
        else []
    )
    return {name: read_manifest(folder / name) for name in names}


def with_dependencies(names, addons):
    """Return ``names`` and all of our ``addons`` they depend on, as a sorted list."""
    found, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name in addons and name not in found:
            found.add(name)
            queue += addons[name].get("depends", [])
    return sorted(found)


def log_tail(runtime, database):
    """Return the end of the last log of `change_addons` on ``database``."""
    return last_lines(runtime.places.logs / f"addons-{database}.log")
