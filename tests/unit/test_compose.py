"""The container files, read without a container engine: against the rules of the format, and against the project."""

import ast
import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sandbox.__main__ import read_arguments
from tools.containers import compose_faults, dockerfile_faults
from tools.demo_channels import CHANNELS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
ADDONS = {path.parent.name: ast.literal_eval(path.read_text()) for path in ROOT.glob("addons/*/__manifest__.py")}


def _instructions(name):
    """Return what follows each instruction ``name`` of the Dockerfile."""
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    return [line.partition(" ")[2].strip() for line in lines if line.split(" ")[0] == name]


def _image_env():
    return dict(pair.split("=", 1) for line in _instructions("ENV") for pair in line.split())


def _conf():
    conf = configparser.ConfigParser(interpolation=None)
    conf.read(ROOT / "docker" / "odoo.conf")
    return conf


def _packages(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0].strip().lower() for line in lines if line and not line.startswith("#")}


def _mounts(service):
    return dict(entry.split(":")[:2] for entry in SERVICES[service].get("volumes", []))


def test_both_files_keep_to_their_format():
    assert compose_faults(COMPOSE_TEXT, ROOT) == []
    assert dockerfile_faults(DOCKERFILE, ROOT) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("image: postgres:16", "imagee: postgres:16"),
        ("condition: service_healthy", "condition: healthy"),
        ("- db:/var/lib", "- dbb:/var/lib"),
        ('"127.0.0.1:8069:8069"', '"127.0.0.1:http:8069"'),
        ("      sandbox:\n        condition", "      sandbx:\n        condition"),
        ("build: .", "build: ./elsewhere"),
    ],
)
def test_a_slip_in_the_compose_file_is_found(right, wrong):
    assert right in COMPOSE_TEXT
    assert compose_faults(COMPOSE_TEXT.replace(right, wrong, 1), ROOT)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("FROM odoo:19", "FROM odoo"), ("COPY addons", "COPY addon"), ("USER odoo\n", "USER root\n"), ("RUN", "RUM")],
)
def test_a_slip_in_the_dockerfile_is_found(right, wrong):
    assert right in DOCKERFILE
    assert dockerfile_faults(DOCKERFILE.replace(right, wrong, 1), ROOT)


def test_the_images_are_those_the_addons_are_made_for():
    series = {manifest["version"].split(".")[0] for manifest in ADDONS.values()}
    assert [f"odoo:{version}" for version in series] == _instructions("FROM")
    assert SERVICES["db"]["image"] == "postgres:16"


def test_the_image_has_every_python_package_a_manifest_names():
    named = {
        name for manifest in ADDONS.values() for name in manifest.get("external_dependencies", {}).get("python", [])
    }
    assert "-r /opt/oms/requirements.txt" in _instructions("RUN")[0]
    # What Odoo itself needs is in its image already.
    assert named <= _packages("requirements.txt") | _packages("tools/odoo-requirements.txt")


def test_every_dependency_is_pinned():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines if line and not line.startswith("#"))


def test_the_job_runner_starts_and_leaves_a_worker_for_people():
    conf = _conf()
    assert {"base", "rpc", "web", "queue_job"} <= set(conf["options"]["server_wide_modules"].split(","))
    jobs_at_once = int(conf["queue_job"]["channels"].rpartition(":")[2])
    assert int(conf["options"]["workers"]) > jobs_at_once > 0


def test_there_is_one_database_and_no_list_of_others():
    options = _conf()["options"]
    assert options["dbfilter"] == f"^{options['db_name']}$"
    assert options["list_db"] == "False"


def test_odoo_finds_the_addons_and_installs_ones_that_exist():
    assert "addons /opt/oms/addons" in _instructions("COPY")
    assert _conf()["options"]["addons_path"] == "/opt/oms/addons"
    [init] = [word for word in SERVICES["odoo"]["command"] if word.startswith("--init=")]
    assert set(init.removeprefix("--init=").split(",")) <= set(ADDONS)
    assert {f"oms_channel_{name}" for name in CHANNELS} - set(init.removeprefix("--init=").split(",")) == {
        "oms_channel_openmage"  # part of oms_channel_magento
    }


def test_python_finds_what_was_copied_and_installed():
    assert "--target /opt/oms/lib " in _instructions("RUN")[0]
    assert _image_env()["PYTHONPATH"].split(":") == ["/opt/oms/lib", "/opt/oms"]
    copied = [line.split()[-1] for line in _instructions("COPY")]
    assert {"/opt/oms/sandbox", "/opt/oms/tools/", "/opt/oms/docker/"} <= set(copied)


def test_what_is_copied_reaches_the_builder():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    kept = {line.removeprefix("!") for line in lines if line.startswith("!")}
    sources = {word for line in _instructions("COPY") for word in line.split()[:-1]}
    assert lines[0] == "*"
    assert {source for source in sources if not {source, source.split("/")[0]} & kept} == set()


def test_the_key_is_outside_the_database_and_the_same_for_all():
    folder = str(Path(_image_env()["OMS_SECRET_KEY_FILE"]).parent)
    volumes = {name: volume for name in SERVICES for volume, place in _mounts(name).items() if place == folder}
    assert set(volumes) == {"odoo", "demo"}
    assert len(set(volumes.values())) == 1
    assert not set(volumes.values()) & set(_mounts("db"))


def test_only_variables_that_somebody_reads_are_set():
    ours = {name for service in SERVICES.values() for name in service.get("environment", {}) if name.startswith("OMS_")}
    ours |= {name for name in _image_env() if name.startswith("OMS_")}
    readers = [*ROOT.glob("addons/**/*.py"), *ROOT.glob("docker/*.py")]
    read = "".join(path.read_text(encoding="utf-8") for path in readers)
    assert ours == {name for name in ours if f'"{name}"' in read}


def test_ports_are_open_to_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_all_that_runs_on_says_whether_it_is_well():
    assert [name for name, service in SERVICES.items() if "restart" in service and "healthcheck" not in service] == []


def test_nothing_of_the_demo_starts_unasked():
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]} == {"sandbox", "demo"}
    assert [name for name, service in SERVICES.items() if set(service.get("depends_on", ())) & {"sandbox"}] == ["demo"]
    # The loopback is opened by whoever starts the demo, and by nothing else.
    assert SERVICES["odoo"]["environment"]["OMS_ALLOW_LOOPBACK"] == "${OMS_ALLOW_LOOPBACK:-0}"


def test_the_sandbox_is_where_the_demo_looks_for_it():
    options = read_arguments(SERVICES["sandbox"]["command"])
    assert SERVICES["demo"]["environment"]["OMS_SANDBOX_URL"] == f"http://127.0.0.1:{options.port}"
    assert options.selling.split(",") == list(CHANNELS)
    assert SERVICES["sandbox"]["network_mode"] == "service:odoo"
    assert SERVICES["sandbox"]["healthcheck"]["test"][-1].startswith(f"http://127.0.0.1:{options.port}/")
    assert str(Path(options.state_file).parent) in _mounts("sandbox").values()


def test_the_entrypoint_makes_one_key_and_keeps_it(tmp_path):
    script = (ROOT / "docker" / "entrypoint.sh").read_text(encoding="utf-8")
    assert os.access(ROOT / "docker" / "entrypoint.sh", os.X_OK)
    assert _instructions("ENTRYPOINT") == ['["/opt/oms/docker/entrypoint.sh"]']
    copy = tmp_path / "entrypoint.sh"
    copy.write_text(script.replace("/entrypoint.sh", "echo"))
    key = tmp_path / "secret.key"
    texts = []
    for _start in range(2):
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "OMS_SECRET_KEY_FILE": str(key)}
        done = subprocess.run(["sh", copy, "odoo", "-x"], env=env, capture_output=True, text=True, check=True)
        assert done.stdout == "odoo -x\n"
        texts.append(key.read_text())
    assert texts[0] == texts[1]
    assert re.fullmatch(r"[\w=-]{44}\n", texts[0])
    assert key.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entrypoint.sh", "secret.key"]
