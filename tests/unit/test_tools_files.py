"""What the launcher does with files: the cache, the copy of the code, manifests, shapes, container files, mirrors."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.cache import build_once, is_built
from tools.containers import compose_faults, dockerfile_faults
from tools.debian import choose_mirror, dangling_links
from tools.manifests import manifest_faults
from tools.odoo import WARNING_SIGNS, our_addons, read_manifest, with_dependencies
from tools.places import copy_changes
from tools.shapes import addon_shape, python_shape
from tools.steps import Problem

ROOT = Path(__file__).resolve().parents[2]


def test_killed_build_is_done_again(tmp_path):
    target = tmp_path / "thing"

    def killed(folder):
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_once(target, "a thing", killed)
    assert not is_built(target)
    build_once(target, "a thing", lambda folder: (folder / "whole").write_text("whole"))
    assert is_built(target)
    assert not (target / "half").exists(), "what the killed build left must be gone"
    build_once(target, "a thing", killed)  # built: not called again


SLOW_BUILDER = """
import os, sys, time
from pathlib import Path
from tools.cache import build_once

def build(folder):
    (folder / f"by-{os.getpid()}").touch()
    time.sleep(0.3)

build_once(Path(sys.argv[1]), "a thing", build)
"""


def test_two_builders_build_once(tmp_path):
    target = tmp_path / "thing"
    command = [sys.executable, "-c", SLOW_BUILDER, target]
    builders = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [builder.wait(20) for builder in builders] == [0, 0, 0]
    assert len(list(target.glob("by-*"))) == 1


def test_copy_follows_changes_and_removals(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "addons" / "a").mkdir(parents=True)
    (source / ".git").mkdir()
    (source / ".git" / "config").touch()
    (source / "addons" / "a" / "x.py").write_text("one")
    (source / "run").write_text("#!/bin/sh\n")
    (source / "run").chmod(0o700)
    copy_changes(source, target)
    assert (target / "addons" / "a" / "x.py").read_text() == "one"
    assert (target / "run").stat().st_mode & 0o777 == 0o755, "others must be able to read and run it"
    assert not (target / ".git").exists()

    kept = (target / "run").stat().st_ino
    (source / "addons" / "a" / "x.py").write_text("changed")
    (source / "addons" / "a" / "y.py").write_text("new")
    copy_changes(source, target)
    assert (target / "addons" / "a" / "x.py").read_text() == "changed"
    (source / "addons" / "a" / "y.py").unlink()
    copy_changes(source, target)
    assert sorted(path.name for path in (target / "addons" / "a").iterdir()) == ["x.py"]
    assert (target / "run").stat().st_ino == kept


def test_shape_is_deaf_to_bodies_and_hears_fields():
    before = b"class A(models.Model):\n    'Doc.'\n    x = fields.Char()\n\n    def m(self):\n        return 1\n"
    body = before.replace(b"return 1", b"return self.env.cr")
    assert python_shape(before) == python_shape(body)
    assert python_shape(before) != python_shape(before.replace(b"Char", b"Text"))
    assert python_shape(before) != python_shape(before.replace(b"def m(self)", b"@api.depends('x')\n    def m(self)"))
    assert python_shape(b"def init(self):\n    a()") != python_shape(b"def init(self):\n    b()")
    assert python_shape(b"STATES = ['a']") != python_shape(b"STATES = ['b']")


def test_shape_of_an_addon_leaves_out_tests_and_static(tmp_path):
    for folder in ("models", "tests", "static", "views"):
        (tmp_path / folder).mkdir()
    before = addon_shape(tmp_path)
    (tmp_path / "tests" / "test_x.py").write_text("x")
    (tmp_path / "static" / "x.js").write_text("x")
    assert addon_shape(tmp_path) == before
    (tmp_path / "views" / "x.xml").write_text("<odoo/>")
    assert addon_shape(tmp_path) != before


@pytest.mark.parametrize(
    ("lines", "mirror"),
    [
        ("http://mirror.test/debian/ bookworm bookworm Debian", "http://mirror.test/debian/"),
        ("http://mirror.test/debian bookworm  ", "http://mirror.test/debian"),
        ("http://other.test/apt stable stable Other\nhttp://m.test/d/ sid sid Debian", "http://m.test/d/"),
        ("http://security.test/debian-security/ bookworm-security x Debian", None),
        ("http://other.test/apt stable stable Other", None),
        ("", None),
    ],
)
def test_mirror_is_the_machines_own(lines, mirror):
    assert choose_mirror(lines) == mirror


def test_dangling_links_are_found(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "good").symlink_to("file")
    (tmp_path / "bad").symlink_to("gone")
    assert dangling_links(tmp_path) == [tmp_path / "bad"]


GOOD_MANIFEST = {
    "name": "X",
    "summary": "It does x.",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The authors",
    "depends": ["sale"],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, None),
        ({"license": "AGPL-3"}, "licence"),
        ({"version": "18.0.1.0.0"}, "version"),
        ({"summary": ""}, "summary"),
        ({"data": ["views/gone.xml"]}, "views/gone.xml"),
        ({"assets": {"web.assets_backend": ["oms_x/static/gone/**/*"]}}, "nothing matches"),
        ({"installable": False}, "not installable"),
    ],
)
def test_manifest_faults(tmp_path, change, says):
    addon = tmp_path / "oms_x"
    addon.mkdir()
    (addon / "README.md").touch()
    faults = manifest_faults(addon, {**GOOD_MANIFEST, **change})
    assert [says in fault for fault in faults] == ([True] if says else [])


def test_unreadable_manifest_is_a_problem(tmp_path):
    (tmp_path / "addons" / "oms_x").mkdir(parents=True)
    path = tmp_path / "addons" / "oms_x" / "__manifest__.py"
    for text in ("{'name': ", "{'name': x}", "['name']"):
        path.write_text(text)
        with pytest.raises(Problem, match="manifest"):
            our_addons(tmp_path)
    path.write_text("{'name': 'X'}")
    assert our_addons(tmp_path) == {"oms_x": {"name": "X"}}
    with pytest.raises(Problem, match="missing"):
        read_manifest(tmp_path)


def test_dependencies_are_followed_inside_the_project():
    addons = {"a": {"depends": ["sale"]}, "b": {"depends": ["a"]}, "c": {"depends": ["b", "stock"]}, "d": {}}
    assert with_dependencies(["c"], addons) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "line",
    [
        "WARNING db odoo.modules.module: module hello: manifest not found",
        "WARNING db odoo.modules.graph: module hello: not installable, skipped",
        "0 failed, 0 error(s) of 0 tests when loading database",
    ],
)
def test_warning_signs(line):
    assert WARNING_SIGNS.search(line)
    assert not WARNING_SIGNS.search("INFO db odoo.modules.loading: 76 modules loaded in 0.37s")


COMPOSE = """
services:
  db:
    image: postgres:16
    volumes: [data:/var/lib/postgresql/data]
  odoo:
    build: .
    depends_on: {db: {condition: service_healthy}}
    ports: ["127.0.0.1:8069:8069"]
volumes:
  data:
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", None),
        ("image: postgres:16", "imagee: postgres:16", "imagee"),
        ("{db:", "{database:", "database"),
        ("service_healthy", "service_well", "service_well"),
        ("data:/var", "date:/var", "date"),
        ("build: .", "build: ./gone", "gone"),
        ("127.0.0.1:8069:8069", "eighty", "eighty"),
        ("services:", "service:", "no services"),
        ("services:", "services: [", "not YAML"),
    ],
)
def test_compose_faults(tmp_path, old, new, says):
    (tmp_path / "Dockerfile").touch()
    faults = compose_faults(COMPOSE.replace(old, new), tmp_path)
    assert any(says in fault for fault in faults) if says else not faults


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FROM odoo:19\nCOPY addons /mnt\nUSER odoo\n", None),
        ("FROM odoo:19\nRUN a && \\\n  b\n", None),
        ("FROM odoo\n", "no version"),
        ("FROM odoo:19\nCOPPY a b\n", "COPPY"),
        ("FROM odoo:19\nCOPY gone /mnt\n", "gone"),
        ("FROM odoo:19\nUSER root\n", "root"),
        ("RUN a\n", "FROM"),
    ],
)
def test_dockerfile_faults(tmp_path, text, says):
    (tmp_path / "addons").mkdir()
    faults = dockerfile_faults(text, tmp_path)
    assert any(says in fault for fault in faults) if says else not faults
