"""Checks on addon manifests that Odoo itself only warns about, or not at all."""

from pathlib import Path

from tools.odoo import our_addons, read_manifest
from tools.processes import run
from tools.steps import Problem

REQUIRED = ("name", "summary", "version", "license", "author", "depends")
LICENCE = "LGPL-3"
SERIES = "19.0."
# Tells which of the names given as arguments are neither a module nor a distribution.
IMPORTABLE = """
import importlib.metadata, importlib.util, sys
for name in sys.argv[1:]:
    try:
        found = importlib.util.find_spec(name.replace("-", "_")) or importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        print(name)
"""


def check_manifests(runtime):
    """Check every manifest of ours.

    :raise Problem: lists all that is wrong
    """
    code = runtime.places.code
    addons = our_addons(code)
    if not addons:
        raise Problem("there is no addon in addons/", "each needs a __manifest__.py")
    others = {}
    faults = [f"addons/{path.name}: no __manifest__.py" for path in _without_manifest(code / "addons")]
    for name, manifest in addons.items():
        faults += [f"{name}: {fault}" for fault in manifest_faults(code / "addons" / name, manifest)]
        for dependency in manifest.get("depends", []):
            if dependency not in addons:
                others[dependency] = name
    faults += _faults_of_others(runtime, others)
    faults += _missing_modules(runtime, addons)
    if faults:
        raise Problem(
            "manifests:\n    " + "\n    ".join(faults), "correct them; Odoo would only warn and leave things out"
        )


def _without_manifest(folder):
    return [
        path for path in folder.iterdir() if (path / "__init__.py").exists() and not (path / "__manifest__.py").exists()
    ]


def manifest_faults(folder, manifest):
    """Return what is wrong with one manifest, as sentences."""
    faults = [f"no “{key}”" for key in REQUIRED if not manifest.get(key)]
    if manifest.get("license") != LICENCE:
        faults.append(f"licence is {manifest.get('license')}, not {LICENCE}")
    if not str(manifest.get("version", "")).startswith(SERIES):
        faults.append(f"version {manifest.get('version')} does not start with {SERIES}")
    if manifest.get("installable") is False:
        faults.append("not installable")
    files = [*manifest.get("data", []), *manifest.get("demo", [])]
    faults += [f"{file} does not exist" for file in files if not (folder / file).is_file()]
    for bundle, entries in manifest.get("assets", {}).items():
        patterns = [entry for entry in entries if isinstance(entry, str)]
        own = [pattern for pattern in patterns if pattern.startswith(f"{folder.name}/")]
        faults += [f"{bundle}: nothing matches {pattern}" for pattern in own if not any(folder.parent.glob(pattern))]
    if not (folder / "README.md").is_file():
        faults.append("no README.md")
    return faults


def _faults_of_others(runtime, others):
    """Addons of others that we need must exist and must not force a stricter licence on ours."""
    faults, seen, queue = [], set(), list(others.items())
    while queue:
        name, wanted_by = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        folder = _find_addon(runtime, name)
        if folder is None:
            faults.append(f"{wanted_by}: depends on {name}, which is not there")
            continue
        manifest = read_manifest(folder)
        if "AGPL" in str(manifest.get("license")) or "OEEL" in str(manifest.get("license")):
            faults.append(f"{wanted_by}: depends on {name}, whose licence is {manifest['license']}")
        queue += [(dependency, name) for dependency in manifest.get("depends", [])]
    return faults


def _find_addon(runtime, name):
    site = runtime.python.parent.parent / "lib"
    folders = [*runtime.addons_paths, *site.glob("python3.*/site-packages/odoo/addons")]
    return next((folder / name for folder in folders if (Path(folder) / name / "__manifest__.py").exists()), None)


def _missing_modules(runtime, addons):
    named = sorted(
        {name for manifest in addons.values() for name in manifest.get("external_dependencies", {}).get("python", [])}
    )
    if not named:
        return []
    failure = "the Python dependencies in the manifests could not be checked"
    output = run([runtime.python, "-W", "ignore", "-c", IMPORTABLE, *named], failure=failure, cwd="/")
    return [f"Python package {name} is named in a manifest but not in requirements.txt" for name in output.split()]
