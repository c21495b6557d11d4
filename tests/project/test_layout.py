"""The layout guards itself: what would silently break the namespace, the standard library or the layering."""

from __future__ import annotations

import ast
import codecs
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs import registry
from tests.project.tree import COMPONENTS, ROOT, files, module_name, portion, printed, shown

# Lines of a module: where to think of splitting it, and where to have done so. Tables of cases may be longer.
LINES: Final = {"code": (400, 450), "tests": (600, 700)}

# Written in halves, so that this file does not contain what it looks for.
UNWANTED: Final = {
    "a note to self": re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|\bX" r"XX\b"),
    "a path of one machine": re.compile(r"/wo" r"rk/|/ro" r"ot/|/home/[a-z]|/tmp/d" r"ev\b"),
    "a file outside the project": re.compile(r"\bshar" r"ed/spec|\bvendor-d" r"ocs/"),
    "the address of a package index": re.compile(r"\bpypi\." r"org|pythonhosted\." r"org"),
}

SOURCES: Final = [path for component in COMPONENTS for path in files(ROOT / component, ".py")]
OUR_PYTHON: Final = [*SOURCES, *files(ROOT / "tests", ".py"), *files(ROOT / "examples", ".py")]


def imported(path: Path) -> Iterator[str]:
    """Absolute names that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            # `from avatarwire import codecs` names the component in its second half.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# --- behaviour ---

VENDORS: Final = tuple(registry.VENDORS)
BEHAVIOUR: Final = [
    path
    for vendor in VENDORS
    for path in files(portion("fakeserver") / vendor, ".py")
    # What runs a fake has sockets; what breaks it reaches whatever it breaks.
    if path.name not in ("__init__.py", "server.py") and "mutants" not in (path.stem, path.parent.name)
]
INPUT_AND_OUTPUT: Final = re.compile(
    r"(asyncio|threading|concurrent|queue|time|datetime\.datetime\.now|socket|ssl|select|selectors|subprocess|http\.client"
    r"|urllib\.request|aiohttp|websockets|httpx|aiomqtt|amqtt|paho"
    r"|avatarwire\.fakeserver\.(clock|hub|schedule|server|threads|waiting|held|loop_thread|handover|serving|transports"
    r"|journal\.(journal|store|Journal)))(\.|$)"
)
"""What behaviour does without: it takes what was received and the time, and returns effects."""


@pytest.mark.parametrize("path", BEHAVIOUR, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_behaviour_has_no_clock_no_task_no_socket_and_no_carrier(path: Path) -> None:
    assert [name for name in imported(path) if INPUT_AND_OUTPUT.match(name)] == []


def test_behaviour_is_all_that_a_vendor_has_but_its_server() -> None:
    assert {path.parent.name for path in BEHAVIOUR} == set(VENDORS)


def test_only_the_hub_and_recordings_keep_what_crosses_the_wire() -> None:
    """Whoever writes into the journal elsewhere writes a note."""
    calls = re.compile(r"journal\.(add|frame|keep|record)\(\s*[^)]*?\"(in|out)\"", re.DOTALL)
    found = [path.name for path in files(portion("fakeserver"), ".py") if calls.search(path.read_text("utf-8"))]
    assert sorted(found) == ["notebook.py", "recorder.py"]


@pytest.mark.parametrize("component", ["codecs", "fakeserver", "conformance"])
def test_no_modules_import_each_other_not_even_for_types(component: str) -> None:
    modules = {module_name(path): path for path in files(portion(component), ".py")}
    arrows = {
        name: {
            found
            for target in imported(path)
            for found in (target, target.rpartition(".")[0])
            if found in modules and found != name and modules[found].name != "__init__.py"
        }
        for name, path in modules.items()
    }
    assert circle_in(arrows) == []


def circle_in(arrows: Mapping[str, set[str]]) -> list[str]:
    """Names that lead back to the first of them; none when there is no circle."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for target in sorted(arrows[name]):
            if found := walk(target, [*way, name]):
                return found
        done.add(name)
        return []

    circles = [found for name in sorted(arrows) if (found := walk(name, []))]
    return circles[0] if circles else []


# --- the namespace ---


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_init_file_hides_the_other_components(component: str) -> None:
    assert not (ROOT / component / "__init__.py").exists()
    assert not (ROOT / component / "avatarwire" / "__init__.py").exists()


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_component_is_one_typed_package(component: str) -> None:
    assert (portion(component) / "__init__.py").is_file()
    assert (portion(component) / "py.typed").is_file()
    assert shown(sorted((ROOT / component / "avatarwire").glob("[!_]*"))) == [f"{component}/avatarwire/{component}"]


def test_all_components_are_found_together(tmp_path: Path) -> None:
    code = "; ".join(f"import avatarwire.{component}" for component in COMPONENTS)
    assert printed(sys.executable, "-c", code, cwd=tmp_path) == ""


def test_commands_are_known_without_what_only_some_of_them_need(tmp_path: Path) -> None:
    names = ("asyncio", "aiohttp", "construct", "httpx", "hypothesis", "websockets", "yaml")
    code = f"import sys; from avatarwire.codecs import cli; cli.application(); print({{*{names}}} & {{*sys.modules}})"
    assert printed(sys.executable, "-c", code, cwd=tmp_path) == "set()\n"


def test_every_folder_of_tests_is_a_package() -> None:
    """Otherwise ``tests/codecs`` is taken for the standard library's module."""
    folders = {path.parent for path in files(ROOT / "tests", ".py")}
    assert shown(sorted(folder for folder in folders if not (folder / "__init__.py").is_file())) == []


# --- the standard library's `codecs` ---


def test_codecs_is_the_standard_librarys_while_testing() -> None:
    assert not hasattr(codecs, "__path__")
    assert codecs.lookup("utf-8").name == "utf-8"


@pytest.mark.parametrize("folder", [".", "codecs", "codecs/avatarwire", "codecs/avatarwire/codecs"])
def test_codecs_is_the_standard_librarys_in_every_folder(folder: str) -> None:
    code = "import codecs, json; print(hasattr(codecs, '__path__'), codecs.lookup('gbk').name)"
    assert printed(sys.executable, "-c", code, cwd=ROOT / folder) == "False gbk\n"


# --- modules ---


def test_every_module_says_what_may_live_in_it() -> None:
    # The packages of tests only hold tests.
    candidates = [path for path in OUR_PYTHON if path.name != "__init__.py" or ROOT / "tests" not in path.parents]
    silent = [path for path in candidates if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert shown(silent) == []


@pytest.mark.parametrize("kind", LINES)
def test_no_module_is_a_god_module(kind: str) -> None:
    soft, hard = LINES[kind]
    modules = [path for path in OUR_PYTHON if (path.relative_to(ROOT).parts[0] == "tests") == (kind == "tests")]
    lines = {shown([path])[0]: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    long = {name: count for name, count in lines.items() if count > soft}
    assert max(long.values(), default=0) <= hard, f"split these: {long}"


def test_no_file_name_has_two_meanings_in_the_codecs() -> None:
    """A name that stands twice is that of the same role with another vendor, never that of something shared."""
    places: dict[str, set[str]] = {}
    for path in files(portion("codecs"), ".py"):
        folder = path.parent.relative_to(portion("codecs")).as_posix()
        role = "/".join(part for part in folder.split("/") if part not in VENDORS)
        places.setdefault(path.name, set()).add(role if folder != role else f"shared: {folder}")
    # The registry of vendors, and the list of each.
    del places["__init__.py"], places["catalogue.py"]
    assert {name: folders for name, folders in places.items() if len(folders) > 1} == {}


def test_codecs_need_construct_and_msgspec_only() -> None:
    """Stricter than the import contract, which can only list what is forbidden."""
    allowed = {"avatarwire.codecs", "construct", "msgspec", *sys.stdlib_module_names}
    strays = {
        f"{shown([path])[0]}: {name}"
        for path in files(portion("codecs"), ".py")
        # The commands need the extra [cli], the drivers [client].
        if not path.name.startswith("cli") and "aio" not in path.parts
        for name in imported(path)
        if name.split(".")[0] not in allowed and ".".join(name.split(".")[:2]) not in allowed
    }
    assert strays == set()


# --- what no file should contain ---


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_contains(what: str) -> None:
    found: list[str] = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a recording
        found += [
            f"{shown([path])[0]}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if UNWANTED[what].search(line)
        ]
    assert found == []


def test_no_test_sleeps() -> None:
    """Time is handed in. Only ``sleep(0)``, which lets others run, is no wait; and where time jumps, nothing is.

    Clients that are judged in real time are no tests.
    """
    clients = {ROOT / "tests" / "conformance" / name for name in ("probing", "mutant_clients")}
    found = [
        f"{shown([path])[0]}:{node.lineno}"
        for path in files(ROOT / "tests", ".py")
        if not clients.intersection(path.parents)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sleep"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"anyio", "asyncio", "time"}
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]
    assert found == []
