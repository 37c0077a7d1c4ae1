"""Checks docker-compose.yml and the Dockerfile without a container engine: ``python -m tools.containers``.

The keys are those of the Compose Specification (compose-spec.io, seen 2026-11-23) that this project uses; a key outside
the list is more likely a slip than a wish, so it must be added here on purpose.
"""

import re
import sys
from pathlib import Path

import yaml

TOP_KEYS = {"name", "services", "volumes", "networks", "secrets", "configs"}
SERVICE_KEYS = {
    "build",
    "command",
    "configs",
    "depends_on",
    "entrypoint",
    "environment",
    "env_file",
    "expose",
    "healthcheck",
    "image",
    "init",
    "network_mode",
    "networks",
    "ports",
    "profiles",
    "read_only",
    "restart",
    "secrets",
    "stop_grace_period",
    "user",
    "volumes",
    "working_dir",
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
INSTRUCTIONS = {
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "USER",
    "VOLUME",
    "WORKDIR",
}


def compose_faults(text, folder):
    """Return what is wrong with the compose file ``text``; the paths it names are looked up in ``folder``."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"not YAML: {error}"]
    if not isinstance(content, dict) or not isinstance(content.get("services"), dict):
        return ["no services"]
    faults = [f"unknown key “{key}”" for key in content if key not in TOP_KEYS and not key.startswith("x-")]
    for name, service in content["services"].items():
        faults += [f"{name}: {fault}" for fault in _service_faults(service, content, folder)]
    return faults


def _service_faults(service, content, folder):
    faults = [f"unknown key “{key}”" for key in service if key not in SERVICE_KEYS]
    if not {"image", "build"} & set(service):
        faults.append("neither image nor build")
    build = service.get("build")
    context = build.get("context", ".") if isinstance(build, dict) else build
    if build is not None:
        file = build.get("dockerfile", "Dockerfile") if isinstance(build, dict) else "Dockerfile"
        faults += [] if (folder / context / file).is_file() else [f"{context}/{file} does not exist"]
    depends = service.get("depends_on", {})
    for other in depends:
        faults += [] if other in content["services"] else [f"depends on “{other}”, which is not there"]
        condition = depends[other].get("condition") if isinstance(depends, dict) else "service_started"
        faults += [] if condition in CONDITIONS else [f"unknown condition “{condition}”"]
    for kind in ("volumes", "secrets", "configs"):
        faults += _reference_faults(kind, service, content, folder)
    return faults + _port_faults(service)


def _reference_faults(kind, service, content, folder):
    faults = []
    for entry in service.get(kind, []):
        source = entry.get("source") if isinstance(entry, dict) else str(entry).partition(":")[0]
        if source is None or (kind == "volumes" and isinstance(entry, str) and ":" not in entry):
            continue
        if kind == "volumes" and source.startswith((".", "/", "~", "$")):
            if source.startswith("./") and not (folder / source).exists():
                faults.append(f"{source} does not exist")
        elif source not in (content.get(kind) or {}):
            faults.append(f"{kind} “{source}” is not declared")
    return faults


def _port_faults(service):
    pattern = re.compile(r"^(\S+:)?(\d+|\$\{\w+(:-\d+)?\}):\d+(/(tcp|udp))?$|^\d+$")
    return [f"port “{port}” cannot be read" for port in service.get("ports", []) if not pattern.match(str(port))]


def dockerfile_faults(text, folder):
    """Return what is wrong with the Dockerfile ``text``; the files it copies are looked up in ``folder``."""
    lines = [
        line for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    words = [line.split() for line in lines]
    faults = [f"unknown instruction “{line[0]}”" for line in words if line[0].upper() not in INSTRUCTIONS]
    if not words or words[0][0].upper() not in ("FROM", "ARG"):
        faults.append("does not begin with FROM")
    for line in words:
        if line[0].upper() == "FROM" and (":" not in line[1] or line[1].endswith(":latest")):
            faults.append(f"{line[1]} names no version")
        if line[0].upper() == "COPY" and not any(word.startswith("--from") for word in line):
            sources = [word for word in line[1:-1] if not word.startswith("--")]
            faults += [f"{source} does not exist" for source in sources if not any(folder.glob(source.rstrip("/")))]
    users = [line[1] for line in words if line[0].upper() == "USER"]
    if users and users[-1] in ("root", "0"):
        faults.append("runs as root in the end")
    return faults


def main(folder):
    """Print all faults of the two files in ``folder``. Return 0 if there are none."""
    faults = []
    for name, check in (("docker-compose.yml", compose_faults), ("Dockerfile", dockerfile_faults)):
        path = folder / name
        found = check(path.read_text(encoding="utf-8"), folder) if path.is_file() else ["missing"]
        faults += [f"{name}: {fault}" for fault in found]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
