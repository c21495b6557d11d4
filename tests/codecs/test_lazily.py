"""The names of the vendors' packages: all there, typed, and imported when they are first asked for."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pickle  # noqa: TID251 - reads what was just written
import sys
import types
import typing
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs import registry
from avatarwire.codecs.lazily import lazily
from tests.project.tree import printed_by

PACKAGES: Final = [vendor.package for vendor in registry.VENDORS.values()]
WITH_LAZY_NAMES: Final = [
    *PACKAGES,
    *(f"{package}.client" for package in PACKAGES),
    "avatarwire.codecs.aliyun.wire.header",
]
each = pytest.mark.parametrize("package", PACKAGES)


# --- the table ---


def seen_by_type_checkers(module: str) -> dict[str, tuple[str, str]]:
    """Where each name below ``TYPE_CHECKING`` comes from: module, and name in it; empty for a module itself."""
    path = importlib.import_module(module).__file__ or ""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    package = importlib.import_module(module).__package__ or ""
    found: dict[str, tuple[str, str]] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 1
        origin = f"{package}.{node.module}" if node.module else package
        for alias in node.names:
            assert alias.asname is None
            is_module = (Path(importlib.import_module(origin).__file__ or "").name == "__init__.py") and isinstance(
                getattr(importlib.import_module(origin), alias.name, None), types.ModuleType
            )
            found[alias.name] = (f"{origin}.{alias.name}", "") if is_module else (origin, alias.name)
    return found


@pytest.mark.parametrize("module", WITH_LAZY_NAMES)
def test_type_checkers_see_what_is_there(module: str) -> None:
    loaded = importlib.import_module(module)
    for name, (origin, there) in seen_by_type_checkers(module).items():
        expected = importlib.import_module(origin)
        assert getattr(loaded, name) is (getattr(expected, there) if there else expected), name


@pytest.mark.parametrize("module", WITH_LAZY_NAMES)
def test_the_table_has_no_other_names(module: str) -> None:
    loaded = importlib.import_module(module)
    closure = inspect.getclosurevars(loaded.__getattr__).nonlocals
    assert {*closure["places"], *closure["parts"]} == {*seen_by_type_checkers(module)}


# --- the packages ---


@each
def test_every_public_name_is_there_in_a_new_process(package: str) -> None:
    names: list[str] = importlib.import_module(package).__all__
    code = f"import {package} as it; print(*(n for n in it.__all__ if getattr(it, n, None) is not None))"
    assert printed_by(code).split() == names


@each
def test_dir_lists_what_is_not_imported_yet(package: str) -> None:
    code = f"import {package} as it; print(set(it.__all__) <= set(dir(it)), dir(it) == sorted(set(dir(it))))"
    assert printed_by(code) == "True True\n"


@each
def test_a_star_imports_everything(package: str) -> None:
    code = f"import {package} as it\nfrom {package} import *\nprint(set(it.__all__) - set(globals()))"
    assert printed_by(code) == "set()\n"


@each
def test_a_misspelt_name_is_told_as_python_does(package: str) -> None:
    it: Any = importlib.import_module(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Ecno'") as missing:
        it.Ecno  # noqa: B018 - asking is the test
    assert (missing.value.name, missing.value.obj) == ("Ecno", it)
    with pytest.raises(ImportError, match=f"cannot import name 'Ecno' from '{package}'"):
        exec(f"from {package} import Ecno", {})  # noqa: S102 - literal


@each
def test_a_name_is_looked_up_once(package: str) -> None:
    it: Any = importlib.import_module(package)
    assert it.CATALOGUE is it.CATALOGUE
    assert "CATALOGUE" in vars(it)


@each
def test_client_is_the_same_whatever_is_imported_first(package: str) -> None:
    for first in (f"import {package}.aio.talk", f"import {package}.client.states", "pass"):
        code = f"{first}\nimport {package} as it\nprint(it.client.__name__, *it.client.__all__)"
        name, *listed = printed_by(code).split()
        assert (name, listed) == (f"{package}.client", importlib.import_module(f"{package}.client").__all__)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        (
            "from avatarwire.codecs.aliyun import TextDriveRequest, decode, encode; "
            "decode(encode(TextDriveRequest(session_id='s', text='t', ask_type=1, message_id='m')))",
            "construct avatarwire.codecs.aliyun.http avatarwire.codecs.aliyun.client "
            "avatarwire.codecs.aliyun.catalogue avatarwire.codecs.aliyun.events avatarwire.codecs.aliyun.signature",
        ),
        (
            "from avatarwire.codecs.guiji import decode; "
            'decode(b\'{"id":1,"method":"HeartBeat","params":{"sessionId":":---:s"}}\')',
            "construct avatarwire.codecs.guiji.http avatarwire.codecs.guiji.client avatarwire.codecs.guiji.catalogue",
        ),
        (
            "from avatarwire.codecs.sensetime import faults_of; faults_of('{}', 'live')",
            "construct avatarwire.codecs.sensetime.http avatarwire.codecs.sensetime.client "
            "avatarwire.codecs.sensetime.catalogue avatarwire.codecs.sensetime.wire.microphone",
        ),
        (
            "from avatarwire.codecs import catalogue; catalogue.VENDORS['aliyun']['text_drive.request'].decode",
            "construct avatarwire.codecs.guiji avatarwire.codecs.sensetime avatarwire.codecs.aliyun.client",
        ),
    ],
    ids=["aliyun", "guiji", "sensetime", "catalogue"],
)
def test_only_what_is_needed_is_imported(code: str, absent: str) -> None:
    assert printed_by(f"import sys; {code}; print(*(n for n in {absent.split()!r} if n in sys.modules))") == "\n"


@each
def test_each_module_may_be_imported_first(package: str) -> None:
    """What is imported later than its neighbours must not need them to have been imported before."""
    paths = {origin for origin, _ in seen_by_type_checkers(package).values()}
    code = f"""
import importlib, sys
for path in {sorted(paths)!r}:
    for name in [name for name in sys.modules if name.startswith("avatarwire")]:
        del sys.modules[name]
    importlib.import_module(path)
"""
    assert printed_by(code) == ""


def test_threads_that_ask_at_once_get_the_same() -> None:
    code = """
import threading, sys
sys.setswitchinterval(1e-6)
import avatarwire.codecs.aliyun as aliyun, avatarwire.codecs.guiji as guiji, avatarwire.codecs.sensetime as sensetime
asked = [(it, name) for it in (aliyun, guiji, sensetime) for name in it.__all__]
gate, found = threading.Barrier(8), [[] for _ in range(8)]
def ask(number):
    gate.wait()
    order = asked if number % 2 else asked[::-1]
    got = {(it.__name__, name): getattr(it, name) for it, name in order}
    found[number] = [id(got[it.__name__, name]) for it, name in asked]
threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(asked) == len(found[0]), all(each == found[0] for each in found))
"""
    assert printed_by(code) == "True True\n"


@each
def test_classes_are_pickled_and_copied_under_their_own_names(package: str) -> None:
    it: Any = importlib.import_module(package)
    classes = [found for name in it.__all__ if isinstance(found := getattr(it, name), type)]
    assert len(classes) > 20
    for cls in classes:
        assert pickle.loads(pickle.dumps(cls)) is cls  # noqa: S301 - what was just written
        assert copy.deepcopy(cls) is cls


@each
def test_hints_of_classes_can_be_read(package: str) -> None:
    it: Any = importlib.import_module(package)
    for name in it.__all__:
        if isinstance(cls := getattr(it, name), type):
            assert isinstance(typing.get_type_hints(cls, include_extras=True), dict)


# --- the function ---


def test_a_module_may_have_no_modules_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = types.ModuleType("avatarwire.codecs.somewhere")
    module.__package__ = "avatarwire.codecs"
    monkeypatch.setitem(sys.modules, module.__name__, module)
    look_up, names = lazily(module.__name__, {"errors": "DecodeError EncodeError"}, {"spans": "core.spans"})
    assert {"DecodeError", "EncodeError", "spans"} <= set(names())
    assert look_up("DecodeError") is importlib.import_module("avatarwire.codecs.errors").DecodeError
    assert look_up("spans") is importlib.import_module("avatarwire.codecs.core.spans")
    assert (module.DecodeError, module.spans) == (look_up("DecodeError"), look_up("spans"))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        look_up("Nothing")
