"""Reading a scenario file: TOML, YAML or JSON into plain Python values, nothing more.

Only the reading may live here; what the values mean is checked in ``scenario.py``. All three formats end up
alike: keys are strings, no key appears twice, no value is built from code or from a reference to another
value.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

__all__ = ["MAX_SIZE", "FileFault", "read"]

MAX_SIZE: Final = 1024 * 1024
"""Bytes of a file beyond which it is not read."""


class FileFault(Exception):
    """A file cannot be read; the text says why in one line. Turned into a ``ScenarioError`` by the caller."""


def read(path: Path) -> object:
    """The content of a scenario file, in the format its suffix names; None for an empty YAML file.

    Raises:
        FileFault: no such file, unknown suffix, larger than 1 MiB, not UTF-8, broken syntax, a key given
            twice.
    """
    parse = _FORMATS.get(path.suffix.lower())
    if parse is None:
        raise FileFault(f"unknown format {path.suffix or path.name!r}, expected one of {', '.join(_FORMATS)}")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except OSError as fault:
        raise FileFault(f"cannot be read: {fault.strerror}") from None
    if len(data) > MAX_SIZE:
        raise FileFault(f"larger than {MAX_SIZE} bytes")
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise FileFault(f"not UTF-8 at byte {fault.start}") from None
    except RecursionError:
        raise FileFault("nested too deeply") from None


def _toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise FileFault(f"not TOML: {fault}") from None


def _json(text: str) -> object:
    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        table = dict(items)
        if len(table) != len(items):
            names = [name for name, _ in items]
            raise FileFault(f"key {next(name for name in names if names.count(name) > 1)!r} is given twice")
        return table

    def constant(name: str) -> NoReturn:
        raise FileFault(f"not JSON: {name} is not a number")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as fault:
        raise FileFault(f"not JSON: {fault}") from None
    except ValueError as fault:  # an integer of thousands of digits
        raise FileFault(f"not JSON: {fault}") from None


class _YamlLoader(yaml.SafeLoader):
    """The safe loader, without the traps: keys are text and unique, and nothing refers to something else."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        loader: Any = self  # its methods have no types
        if loader.check_event(yaml.AliasEvent):
            mark = loader.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not read, write the value out", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        loader: Any = self  # its methods have no types
        table: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key has to be text", problem_mark=key.start_mark)
            if key.value in table:
                raise yaml.MarkedYAMLError(problem=f"key {key.value!r} is given twice", problem_mark=key.start_mark)
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
        raise FileFault(f"not YAML: {str(fault).splitlines()[0]}") from None


_FORMATS: Final[Mapping[str, Callable[[str], object]]] = {
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
}
