"""The image, where no engine runs: its commands are run as they stand, and its parts fit each other."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from tests.fakeserver.control.serving import SECONDS, started
from tests.project.tree import ROOT

TOKEN: Final = "AVATARWIRE_CONTROL_TOKEN"


class Instruction(NamedTuple):
    """One line of a Dockerfile, continuations joined."""

    name: str
    text: str


def instructions() -> list[Instruction]:
    """Those of the Dockerfile."""
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(" ", 1)) for line in joined.splitlines() if line.strip()]


def last(name: str) -> str:
    """The last instruction of a name, which is the one of the image."""
    return [each.text for each in instructions() if each.name == name][-1]


def listed(name: str) -> list[str]:
    """The same, in its form as a list."""
    command: list[str] = json.loads(last(name))
    return command


def ports() -> Mapping[str, int]:
    """Fixed ports of the entry point, by option."""
    entry = listed("ENTRYPOINT")
    return {option: int(entry[at + 1]) for at, option in enumerate(entry) if "port" in option}


def test_the_image_is_not_root_and_says_its_ports() -> None:
    assert last("USER") not in ("root", "0")
    names = [each.name for each in instructions()]
    assert names.index("ENTRYPOINT") > names.index("USER")
    assert sorted(ports()) == ["--control-port", "--mqtt-port", "--port-aliyun", "--port-guiji", "--port-sensetime"]
    assert [int(port) for port in last("EXPOSE").split()] == sorted(ports().values())
    assert len(set(ports().values())) == 5


def test_only_what_is_copied_is_let_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for each in instructions()
        if each.name == "COPY" and not each.text.startswith("--from")
        for source in each.text.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_extras_of_the_image_are_some_that_there_are() -> None:
    (extras,) = re.findall(r"avatarwire-\*\.whl\)\[([a-z,]+)\]", "\n".join(each.text for each in instructions()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])


@pytest.mark.slow
def test_the_wheel_is_made_from_what_is_copied_alone(tmp_path: Path) -> None:
    copies = [each.text.split() for each in instructions() if each.name == "COPY" and "--from" not in each.text]
    for *sources, target in copies:
        for source in sources:
            place = tmp_path / target / (source if target == "./" else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, place)
    (build,) = (each.text for each in instructions() if each.name == "RUN" and "-m build" in each.text)
    command = build.replace("python", sys.executable).replace("/wheels", str(tmp_path / "wheels")).split()
    subprocess.run([*command, "--no-isolation"], cwd=tmp_path, check=True, capture_output=True, timeout=300)  # noqa: S603
    (wheel,) = os.listdir(tmp_path / "wheels")
    assert wheel.startswith("avatarwire-")
    assert wheel.endswith(".whl")


def free(port: int) -> bool:
    """Whether somebody could listen there."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("0.0.0.0", port))  # noqa: S104 - as the image does
        except OSError:
            return False
    return True


def test_its_commands_run_as_they_stand() -> None:
    taken = [port for port in ports().values() if not free(port)]
    if taken:
        pytest.skip(f"ports {taken} are in use on this machine")
    entry = listed("ENTRYPOINT")
    assert entry[0] == "avatarwire"
    process = started([*entry[1:], *listed("CMD")], {TOKEN: "a-token-of-the-test"})
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line == "Ctrl-C ends it.\n":
                break
        urls = [line.split()[1] for line in said if "_url" in line and len(line.split()) > 1]
        assert all("://localhost:" in url for url in urls), said
        check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
        assert check[0] == "python"
        subprocess.run([sys.executable, *check[1:]], check=True, timeout=SECONDS)  # noqa: S603 - the image's own
        process.terminate()
        process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        failing = subprocess.run([sys.executable, *check[1:]], capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        assert failing.returncode != 0
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_without_a_token_the_image_does_not_start() -> None:
    process = started([*listed("ENTRYPOINT")[1:], *listed("CMD")], {TOKEN: ""})
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert TOKEN in err


def loaded(name: str) -> Any:
    """A YAML file among the examples."""
    return yaml.safe_load((ROOT / "examples" / "container" / name).read_text("utf-8"))


def test_the_compose_file_fits_the_image() -> None:
    services = loaded("compose.yaml")["services"]
    fakes = services["avatarwire"]
    assert (ROOT / "examples" / "container" / fakes["build"]["context"]).resolve() == ROOT
    assert fakes["command"] == ["--advertise", "avatarwire"]
    assert TOKEN in fakes["environment"]
    published = {int(port) for each in fakes["ports"] for port in numbers(each.rpartition(":")[2])}
    assert published == set(ports().values())
    control = services["tests"]["environment"]["AVATARWIRE_CONTROL_URL"]
    assert control == f"http://avatarwire:{ports()['--control-port']}"
    (mounted,) = services["tests"]["volumes"]
    assert (ROOT / "examples" / "container" / mounted.partition(":")[0]).resolve().is_file()


def numbers(text: str) -> range:
    """The ports of ``7001`` or ``7001-7004``."""
    first, _, end = text.partition("-")
    return range(int(first), int(end or first) + 1)


def test_the_service_container_fits_the_image() -> None:
    job = loaded("github-actions.yml")["jobs"]["tests"]
    service = job["services"]["avatarwire"]
    assert {int(port) for each in service["ports"] for port in each.split(":")} == set(ports().values())
    (step,) = [each for each in job["steps"] if "env" in each]
    assert step["env"][TOKEN] == service["env"][TOKEN]
    assert step["env"]["AVATARWIRE_CONTROL_URL"] == f"http://localhost:{ports()['--control-port']}"
