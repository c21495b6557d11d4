"""Reading a scenario file: TOML, YAML or JSON into plain Python values, nothing more.

Only the reading may live here; what the values mean is checked in ``table.py``. All three formats end up alike: keys
are strings, no key appears twice, no value is built from code or from a reference to another value.

Each format has limits, because its reader has none: the time that it takes has to be explained by the size of a file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

__all__ = ["MAX_DEPTH", "MAX_KEY_PARTS", "MAX_SIZE", "MAX_VALUES", "FileFault", "read"]

MAX_SIZE: Final = 1024 * 1024
"""Bytes of a file beyond which it is not read."""
MAX_KEY_PARTS: Final = 32
"""Parts that a key of a TOML file may have: its reader takes as many steps as the square of them."""
MAX_VALUES: Final = 20_000
"""Values that a file may have: in YAML each takes its reader a tenth of a millisecond, and half a kilobyte."""
MAX_DEPTH: Final = 64
"""Tables, lists and mappings that may stand in one another."""


class FileFault(Exception):
    """A file cannot be read; the text says why in one line. Turned into a ``ScenarioError`` by the caller."""


def read(path: Path) -> object:
    """The content of a scenario file, in the format its suffix names; None for an empty YAML file.

    Raises:
        FileFault: no such file, unknown suffix, larger than `MAX_SIZE`, not UTF-8, broken syntax, a key given twice,
            more than `MAX_VALUES`, a TOML key of more than `MAX_KEY_PARTS`.
    """
    parse = _FORMATS.get(path.suffix.lower())
    if parse is None:
        raise FileFault(f"unknown format {path.suffix or path.name!r}, expected one of {', '.join(_FORMATS)}")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as fault:  # a path that no system knows, such as one with a NUL in it
        raise FileFault(f"cannot be read: {getattr(fault, 'strerror', None) or fault}") from None
    if len(data) > MAX_SIZE:
        raise FileFault(f"larger than {MAX_SIZE} bytes")
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise FileFault(f"not UTF-8 at byte {fault.start}") from None
    except RecursionError:
        raise FileFault(f"nested too deeply, at most {MAX_DEPTH} levels are read") from None


_TEXT: Final = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|"(?:[^"\\\n]|\\.)*+(?:"|\n|\Z)'''
    r"""|'''(?:[^']|'(?!''))*+(?:'''|\Z)|'[^'\n]*+(?:'|\n|\Z)|#[^\n]*+""",
    re.DOTALL,
)
"""Texts and comments of TOML, and texts of JSON; one without an end reaches to where it has to have one."""
_LONG_NUMBER: Final = re.compile(r"(?<![0-9_])[0-9_]{4301}")
"""More digits than Python makes an integer of; only to find that out takes the reader a hundred bytes for each."""
_TOO_MANY: Final = f"more than {MAX_VALUES} values"
_LONG_KEY: Final = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MAX_KEY_PARTS}}}")


def _toml(text: str) -> object:
    bare = _TEXT.sub("_", text)
    if sum(map(bare.count, "=,[")) > MAX_VALUES:
        raise FileFault(_TOO_MANY)
    if _LONG_NUMBER.search(bare):
        raise FileFault("not TOML: a number has more than 4300 digits")
    if found := _LONG_KEY.search(bare):
        raise FileFault(f"not TOML: a key has more than {MAX_KEY_PARTS} parts, it begins with {found[0][:20]}")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise FileFault(f"not TOML: {fault}") from None
    except ValueError as fault:  # an integer of thousands of digits, an impossible date
        raise FileFault(f"not TOML: {_first_words(fault)}") from None


def _json(text: str) -> object:
    commas = text.count(",")
    if commas >= MAX_VALUES and commas - sum(found[0].count(",") for found in _TEXT.finditer(text)) >= MAX_VALUES:
        raise FileFault(_TOO_MANY)

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        table = dict(items)
        if len(table) != len(items):
            counts = Counter(name for name, _ in items)
            twice = next(name for name, count in counts.items() if count > 1)
            raise FileFault(f"key {_shortened(twice)!r} is given twice")
        return table

    def constant(name: str) -> NoReturn:
        raise FileFault(f"not JSON: {name} is not a number")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as fault:
        raise FileFault(f"not JSON: {fault}") from None
    except ValueError as fault:  # an integer of thousands of digits
        raise FileFault(f"not JSON: {_first_words(fault)}") from None


class _YamlLoader(yaml.SafeLoader):
    """The safe loader, without the traps: keys are text and unique, and nothing refers to something else."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._values = self._depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        loader: Any = self  # its methods have no types
        if loader.check_event(yaml.AliasEvent):
            mark = loader.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not read, write the value out", problem_mark=mark)
        self._values += 1
        self._depth += 1
        if self._values > MAX_VALUES:
            raise FileFault(_TOO_MANY)
        if self._depth > MAX_DEPTH:
            raise RecursionError
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        loader: Any = self  # its methods have no types
        table: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key has to be text", problem_mark=key.start_mark)
            if key.value in table:
                name = _shortened(key.value)
                raise yaml.MarkedYAMLError(problem=f"key {name!r} is given twice", problem_mark=key.start_mark)
            table[key.value] = loader.construct_object(value, deep)
        return table


def _yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=_YamlLoader)  # noqa: S506 - a SafeLoader, it builds plain values only
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        line = "" if mark is None else f"line {mark.line + 1}: "
        raise FileFault(f"not YAML: {line}{fault.problem}") from None
    except (yaml.YAMLError, ValueError) as fault:  # bad characters; an impossible date
        raise FileFault(f"not YAML: {_first_words(fault)}") from None


def _first_words(fault: Exception) -> str:
    """The first line of an error, without the advice to the programmer in it."""
    return str(fault).splitlines()[0].partition("; use sys.")[0]


def _shortened(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"


_SHOWN: Final = 60


_FORMATS: Final[Mapping[str, Callable[[str], object]]] = {
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
}
