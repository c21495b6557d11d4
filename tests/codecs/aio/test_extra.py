"""A library that is not installed: the error names the extra."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from avatarwire.codecs.aio.extra import explained
from tests.project.tree import run

IMPORT = """
import sys
sys.modules[{library!r}] = None
try:
    import {driver}
except ImportError as error:
    print(error, error.name)
"""


@pytest.mark.parametrize(
    ("library", "vendor"), [("websockets", "aliyun"), ("aiomqtt", "guiji"), ("httpx", "sensetime")]
)
def test_a_driver_says_what_to_install(library: str, vendor: str, tmp_path: Path) -> None:
    driver = f"avatarwire.codecs.{vendor}.aio"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = run(sys.executable, "-c", IMPORT.format(library=library, driver=driver), cwd=tmp_path, env=env)
    assert done.stdout == f"{driver} needs {library}: pip install 'avatarwire[client]' {library}\n"


def test_an_error_about_another_module_stays_as_it_is() -> None:
    error = ModuleNotFoundError("No module named 'other'", name="other")
    assert explained("avatarwire.codecs.aliyun.aio", error) is error
