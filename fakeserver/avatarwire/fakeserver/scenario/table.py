"""Scenarios: how a fake server is told what to do, by a file, a mapping or keywords.

A scenario is one table for each vendor, declared by the vendor as a :class:`ScenarioTable`. This module
loads, checks, changes and lists any such table and knows none of them. Every mistake is one line that names
the file, the full path of the key, what is wrong, and the key that was probably meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, cast

import msgspec
from msgspec import Meta

from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.fakeserver.journal.masking import MASK, is_secret
from avatarwire.fakeserver.scenario.file import MAX_DEPTH, FileFault, read
from avatarwire.fakeserver.scenario.shown import shown_value
from avatarwire.fakeserver.scenario.types import (
    Hint,
    branch,
    children,
    choices,
    fields_of,
    joined,
    mapping,
    method_of,
    nearest,
    struct_of,
    tag_of,
    type_text,
    without_none,
)

__all__ = [
    "ClockKind",
    "ScenarioError",
    "ScenarioTable",
    "ServerTable",
    "Source",
    "Tunable",
    "checked_table",
    "dump",
    "load",
    "override",
    "resolve",
    "server_table",
    "tunables",
]

Source: TypeAlias = str | Path | Mapping[str, object] | None
"""A path, a mapping of the same shape as a file (one key for each table), or None for the defaults."""

ClockKind: TypeAlias = Literal["real", "virtual", "jump"]
"""The clocks that a scenario can name."""

_SHOWN: Final = 60
_LISTED: Final = 12
_KEYWORDS: Final = "keywords"
_MAPPING: Final = "scenario"
_POSITION: Final = re.compile(r" - at .*\Z", re.DOTALL)


class ScenarioTable(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """Base of every table of a scenario: what a vendor's fake can be told, each field with its default.

    Fields say their range and meaning by ``Annotated[..., Meta(ge=..., description=...)]``. A subclass
    repeats ``kw_only=True, frozen=True``: the first is not inherited, the second is what type checkers want
    to see. Its representation has no secrets.
    """

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [(name, shown_value(name, getattr(self, name))) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        shown = ", ".join([f"{name}={value!r}" for name, value in self.__rich_repr__()])
        return f"{type(self).__name__}({shown})"


class ServerTable(ScenarioTable, kw_only=True, frozen=True):
    """What every fake server can be told, as table ``[server]``."""

    seed: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="seed of the ids that are made; none: others every time")
    ] = None
    clock: Annotated[
        ClockKind,
        Meta(description="wall time, time that only advance() moves, or that jumps when nothing is under way"),
    ] = "real"
    strict: Annotated[bool, Meta(description="refuse what the documents forbid, even if it can be understood")] = False
    tls: Annotated[bool, Meta(description="serve https, wss and mqtts, with a throwaway certificate")] = False


class ScenarioError(AvatarwireError, ValueError):
    """A scenario is wrong.

    Attributes:
        file: path of the file, ``keywords`` for keyword arguments, ``scenario`` for a mapping.
        path: full path of the key, such as ``aliyun.anchors[2].name``; empty for the whole.
        reason: what is wrong, one sentence.
        suggestion: what was probably meant, empty when nothing comes near.
    """

    def __init__(self, file: str, path: str, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.file = file
        self.path = path
        self.reason = reason
        self.suggestion = suggestion

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.file, self.path, self.reason) if part)
        return f"{text}; did you mean {self.suggestion}?" if self.suggestion else text


class Tunable(msgspec.Struct, frozen=True):
    """One thing a scenario can say, for the documentation.

    Attributes:
        name: path within the table, such as ``latency.first_chunk``.
        type: type and range in words, such as ``int >= 0``.
        default: plain value that holds when nothing is said; ``UNSET`` for a key that has to be given.
        description: what it does.
    """

    name: str
    type: str
    default: object
    description: str


Table = TypeVar("Table", bound=ScenarioTable)


def load(
    source: Source, tables: Mapping[str, type[ScenarioTable]], *, others: Collection[str] = ()
) -> dict[str, ScenarioTable]:
    """Load the tables of a scenario; those the source does not mention get their defaults.

    Args:
        source: see :data:`Source`. The suffix says the format: ``.toml``, ``.yaml``, ``.yml`` or ``.json``.
        tables: the tables wanted, by name.
        others: names of tables that may be there too and are not looked at, such as those of other vendors.

    Raises:
        ScenarioError: an unreadable file, an unknown table or key, a wrong type, a value out of range.
    """
    file, content = _content(source)
    _check_tables(content, {*tables, *others}, file)
    return {name: checked_table(content.get(name, {}), table, file, name) for name, table in tables.items()}


def resolve(
    source: Table | Source,
    name: str,
    table: type[Table],
    changes: Mapping[str, object] | None = None,
    *,
    others: Collection[str] = (),
) -> Table:
    """The one table a fake server runs on, from what its constructor was given.

    Args:
        source: a table, which is checked again, or anything that :func:`load` takes.
        name: name of the table in a file.
        table: type of the table.
        changes: keyword arguments that go before the source, as in :func:`override`.
        others: names of tables in a file that are not looked at.

    Raises:
        ScenarioError: as for :func:`load` and :func:`override`.
    """
    if isinstance(source, ScenarioTable):
        if not isinstance(source, table):
            reason = f"expected {table.__name__}, got {type(source).__name__}"
            raise ScenarioError(_MAPPING, name, reason)
        chosen = source
    else:
        file, content = _content(source)
        _check_tables(content, {name, *others}, file)
        chosen = checked_table(content.get(name, {}), table, file, name)
    return override(chosen, **(changes or {}))


def server_table(source: object, *, others: Collection[str]) -> ServerTable:
    """Table ``[server]`` of whatever a fake server was given as its scenario; the defaults where it has none.

    Raises:
        ScenarioError: as for :func:`load`.
    """
    if source is None or isinstance(source, ScenarioTable):
        return ServerTable()
    return resolve(cast("Source", source), "server", ServerTable, others=others)


def override(scenario: Table, /, **changes: object) -> Table:
    """A copy of a table with other values, checked as if all of it came from a file.

    A mapping given for a nested table changes only the keys it names: ``override(s, latency={"first_chunk":
        0.2})``.

    Raises:
        ScenarioError: an unknown key, a wrong type, a value out of range, in the table or in the changes.
    """
    kind = type(scenario)
    merged = _merge(cast("dict[str, object]", _plain(scenario)), changes, kind)
    return checked_table(merged, kind, _KEYWORDS, "")


def dump(scenario: ScenarioTable | Mapping[str, ScenarioTable]) -> dict[str, object]:
    """A table, or several by name, as plain values, defaults written out; :func:`load` reads them back."""
    return cast("dict[str, object]", _json_values(scenario))


def tunables(table: type[ScenarioTable]) -> list[Tunable]:
    """Everything a table can say, nested tables included, in the order of declaration."""
    return _tunables(table, None, "")


def _tunables(table: type[msgspec.Struct], defaults: object, prefix: str) -> list[Tunable]:
    rows: list[Tunable] = []
    for field in fields_of(table):
        name = prefix + field.encode_name
        default = field.default if defaults is None else getattr(defaults, field.name)
        if default is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        nested = struct_of(field.type)
        if nested is not None and isinstance(default, nested):
            rows += _tunables(nested, default, name + ".")
            continue
        shown = msgspec.UNSET if default is msgspec.NODEFAULT else _json_values(default)
        text, description = type_text(field.type)
        rows.append(Tunable(name, text, shown, description))
    return rows


def _json_values(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=_name_of))


def _name_of(value: object) -> str:
    """What has no plain form, such as a function that answers, is named."""
    return str(getattr(value, "__qualname__", type(value).__qualname__))


# -- from values to tables -----------------------------------------------------------------------------------


def _content(source: Source) -> tuple[str, Mapping[str, object]]:
    """Where a scenario comes from, in words, and its tables."""
    if source is None:
        return _MAPPING, {}
    if isinstance(source, Mapping):
        return _MAPPING, source
    file = str(source)
    try:
        content = read(Path(source))
    except FileFault as fault:
        raise ScenarioError(file, "", str(fault)) from None
    if content is None:
        return file, {}
    if not isinstance(content, dict):
        raise ScenarioError(file, "", "expected one table for each vendor at the top")
    return file, cast("dict[str, object]", content)


def _check_tables(content: Mapping[str, object], known: Collection[str], file: str) -> None:
    for name in content:
        if name not in known:
            reason = f"unknown table, known are {', '.join(sorted(known))}"
            raise ScenarioError(file, str(name), reason, nearest(str(name), known))


def checked_table(value: object, table: type[Table], file: str, path: str) -> Table:
    """A table made of a mapping, or the same table again, all of it checked.

    Args:
        value: a mapping, or a table.
        table: what it is to be.
        file, path: where it stands, for the error.

    Raises:
        ScenarioError: an unknown key, a wrong type, a value out of range, a text that is none, more than `MAX_DEPTH`
            values in one another.
    """
    try:
        plain = _plain(value)
    except _TooDeep:
        raise ScenarioError(file, path, f"nested too deeply, at most {MAX_DEPTH} levels are read") from None
    _check_keys(plain, table, file, path)
    _check_values(plain, file, path)
    try:
        return convert(plain, table, str_keys=True)
    except msgspec.ValidationError as fault:
        raise _located(plain, table, file, path, fault) from None


class _TooDeep(Exception):
    """There are more values in one another than are read."""


def _plain(value: object, depth: int = 0) -> object:
    """Tables inside the value as mappings, so that all of it is checked; whatever else there is stays."""
    if depth > MAX_DEPTH:
        raise _TooDeep
    depth += 1
    if isinstance(value, msgspec.Struct):
        fields = fields_of(type(value))
        given = ((field.encode_name, getattr(value, field.name)) for field in fields)
        return tag_of(type(value)) | {name: _plain(item, depth) for name, item in given if item is not msgspec.UNSET}
    if (items := mapping(value)) is not None:
        return {key: _plain(item, depth) for key, item in items.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth) for item in cast("list[object]", value)]
    return value


def _merge(old: dict[str, object], changes: Mapping[str, object], table: type[msgspec.Struct]) -> dict[str, object]:
    hints = {field.encode_name: field.type for field in fields_of(table)}
    merged = dict(old)
    for key, new in changes.items():
        before = old.get(key)
        nested = struct_of(branch(hints.get(key), before))
        if nested is not None and isinstance(before, dict) and isinstance(new, Mapping):
            inner = _merge(cast("dict[str, object]", before), cast("Mapping[str, object]", new), nested)
            # another member of a tagged union replaces the one before instead of being mixed with it
            merged[key] = inner if struct_of(branch(hints[key], inner)) is nested else new
        else:
            merged[key] = new
    return merged


def _check_keys(value: object, hint: Hint, file: str, path: str) -> None:
    """Find the first key that no table knows; types are judged afterwards, as a wrong key explains more."""
    table = struct_of(branch(hint, value))
    items = mapping(value)
    if table is not None and items is not None:
        names = [*tag_of(table), *(field.encode_name for field in fields_of(table))]
        for key in items:
            if key not in names:
                raise _unknown_key(str(key), names, table, file, path)
    for child, child_hint, child_path in children(value, hint, path):
        _check_keys(child, child_hint, file, child_path)
    method = method_of(hint)
    if method and value is not None and not callable(getattr(value, method, None)):
        what = "a function" if method == "__call__" else f"an object with a method {method}"
        raise ScenarioError(file, path, f"expected {what}, as only code can give one, got {_shown(value, path)}")


def _check_values(value: object, file: str, path: str) -> None:
    """Find the first text or number that nothing could be sent with, wherever it stands, keys included."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ScenarioError(file, path, f"expected a finite number, got {value}")
    if isinstance(value, str) and not _is_text(value):
        raise ScenarioError(file, path, f"expected text, got half a surrogate pair in {_shown(value, path)}")
    if (items := mapping(value)) is not None:
        for key, item in items.items():
            _check_values(key, file, path)
            _check_values(item, file, joined(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            _check_values(item, file, f"{path}[{index}]")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unknown_key(key: str, names: list[str], table: type[msgspec.Struct], file: str, path: str) -> ScenarioError:
    meant = nearest(key, names)
    if not meant:  # the right key, but in the wrong table
        inner = [row.name for row in _tunables(table, None, "")]
        meant = next((name for name in inner if name.rpartition(".")[2] == key), "")
    known = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
    reason = "unknown key" if meant else f"unknown key, known are {known}"
    return ScenarioError(file, joined(path, key), reason, meant)


def _located(value: object, hint: Hint, file: str, path: str, fault: msgspec.ValidationError) -> ScenarioError:
    """The innermost value that does not convert, and why."""
    for child, child_hint, child_path in children(value, hint, path):
        try:
            convert(child, child_hint, str_keys=True)
        except msgspec.ValidationError as inner:
            return _located(child, child_hint, file, child_path, inner)
    if isinstance(own := fault.__cause__, ScenarioError):  # what a table says of its keys together
        return ScenarioError(file, ".".join(part for part in (path, own.path) if part), own.reason, own.suggestion)
    allowed = choices(without_none(hint))
    if allowed:
        reason = f"expected one of {', '.join(map(str, allowed))}"
        return ScenarioError(file, path, f"{reason}, got {_shown(value, path)}", nearest(str(value), map(str, allowed)))
    text = _POSITION.sub("", str(fault)).replace("`", "")
    reason = text[:1].lower() + text[1:]
    if reason.startswith("expected") and ", got " not in reason:
        reason += f", got {_shown(value, path)}"
    return ScenarioError(file, path, reason)


def _shown(value: object, path: str) -> str:
    if is_secret(path.rpartition(".")[2]):
        return MASK
    text = repr(shown_value("", value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
