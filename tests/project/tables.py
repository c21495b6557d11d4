"""The tables of the documentation that repeat a declaration: ``python -m tests.project.tables README.md docs/*.md``.

In a text such a table stands between two comments::

    <!-- table: messages -->
    | message | from | header | what the fake does |
    | --- | --- | --- | --- |
    ...
    <!-- end of table -->

The columns that `TABLES` declares are written anew, row by row; all others are written by hand and stay with their
row, which is known by its first column. Only the tables live here; what else the documentation has to keep to is in
`test_docs.py`.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec
import typer
from msgspec import UNSET
from typer.main import get_command

from avatarwire.codecs import catalogue
from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.aliyun.wire import table as wire
from avatarwire.codecs.aliyun.wire.header import BIZ_TYPES, DATA_TYPES, FRAME_TYPES, HEADER_CODEC
from avatarwire.codecs.aliyun.wire.layout import message_layouts
from avatarwire.codecs.guiji import http as guiji_http
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.wire import table as guiji_wire
from avatarwire.codecs.ledger import CLAUSE_ID, Clause, clauses
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http as sensetime_http
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.conformance.fuzzing import codec, properties
from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.aliyun import (
    AccountFixture,
    AliyunScenario,
    AnchorFixture,
    Answer,
    ProjectFixture,
    ResourceFixture,
    Transcript,
    VoiceFixture,
)
from avatarwire.fakeserver.aliyun.errors import OWN_CODES, VENDOR_CODES
from avatarwire.fakeserver.aliyun.projects import ALLOWED
from avatarwire.fakeserver.bad_days import BAD_DAYS
from avatarwire.fakeserver.cli import register
from avatarwire.fakeserver.commands import Argument
from avatarwire.fakeserver.control.bodies import AnyArguments
from avatarwire.fakeserver.control.problems import KINDS
from avatarwire.fakeserver.control.routes import ROUTES
from avatarwire.fakeserver.faults import ACTIONS, Fault
from avatarwire.fakeserver.faults.rule import Action
from avatarwire.fakeserver.guiji import scenario as guiji
from avatarwire.fakeserver.scenario import ScenarioTable, ServerTable, Tunable, tunables
from avatarwire.fakeserver.sensetime import scenario as sensetime
from avatarwire.fakeserver.sensetime.errors import FAILURES
from avatarwire.fakeserver.snapshotting import SnapshotBody
from avatarwire.fakeserver.toxics import Toxic
from tests.fakeserver.faults.matrix import PLACES, refusal
from tests.project.roles import ROLES, role_rows
from tests.project.rule_tables import rules, variants
from tests.project.tree import PYPROJECT, folder_names

__all__ = ["CLAUSE", "TABLES", "Block", "Table", "blocks", "rewritten"]

CLAUSE: Final = CLAUSE_ID
"""Id of a rule, an erratum or a ruling of ours."""

VENDORS: Final = tuple(catalogue.VENDORS)

_LONGEST: Final = 60
"""Characters of a default value that are shown."""

_BLOCK: Final = re.compile(
    r"(?P<head><!-- table: (?P<name>[a-z -]+) -->\n)(?P<table>(?:\|.*\n)*)(?P<foot><!-- end of table -->)"
)
_BAR: Final = re.compile(r"(?<!\\)\|")
_TOLD_CLAUSES: Final = re.compile(rf" ?\((?:{CLAUSE.pattern})(?:, (?:{CLAUSE.pattern}))*\)")


@dataclass(frozen=True, slots=True)
class Table:
    """What a declaration has to say.

    Attributes:
        columns: their headings; the first one names the row.
        rows: cells in the order of the columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A table as it stands in a text.

    Attributes:
        name: of the declaration, in `TABLES`.
        columns: headings, those written by hand included.
        rows: cells by heading, by first cell.
    """

    name: str
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]]


# --- the declarations ---


def _code(text: object) -> str:
    """A value as code, unless there is nothing to show."""
    return f"`{text}`" if f"{text}" else ""


def _operations(operations: Iterable[Operation[Any, Any]], base_path: str) -> Table:
    rows = [(_code(op.id), op.method, _code(op.path.removeprefix(base_path)), op.parameters_in) for op in operations]
    return Table(("operation", "method", "path", "parameters"), tuple(rows))


def _roles() -> Table:
    names = {(vendor, role.component): folder_names(vendor, role.component) for vendor in VENDORS for role in ROLES}
    return Table(("role", "what is in it", *VENDORS), tuple(role_rows(names)))


def _commands(vendor: vendors.Vendor) -> Table:
    """What a test can have a fake do, as it is written there."""
    rows = [
        (_code(f"fake.{told.name}({', '.join(_arguments(told.arguments))})"), told.title)
        for told in vendor.make().commands.values()
    ]
    return Table(("command", "what it does"), tuple(rows))


def _arguments(known: Iterable[Argument]) -> Iterator[str]:
    """As a signature shows them: those that have to be named come after an asterisk."""
    after = False
    for argument in known:
        if argument.keyword_only and not after:
            after = True
            yield "*"
        yield _argument(argument)


def _argument(argument: Argument) -> str:
    default = argument.default
    shown = int(default) if isinstance(default, IntEnum) else default
    return argument.parameter if argument.required else f"{argument.parameter}={shown!r}"


def _header() -> Table:
    rows = [(_code(member.name), str(member.offset), str(member.size), member.about) for member in HEADER_CODEC.members]
    return Table(("member", "offset", "bytes", "meaning"), tuple(rows))


def _code_points(known: Mapping[Any, str]) -> Table:
    def row(point: IntEnum, meaning: str) -> tuple[str, ...]:
        return str(int(point)), _code(point.name), meaning

    return Table(("value", "name", "meaning"), tuple(row(point, meaning) for point, meaning in known.items()))


def _messages() -> Table:
    rows = [
        (
            _code(row.id),
            row.sender,
            f"{row.frame_type:d} {row.data_type:d} {row.biz_type:d}",
            ", ".join((row.payload, *(f"{name} {_code(value)}" for name, value in row.marks.items()))),
            wire.BY_ID[row.id].section,
        )
        for row in message_layouts()
    ]
    return Table(("message", "from", "header", "payload", "section"), tuple(rows))


def _guiji_messages() -> Table:
    rows = [(_code(row.id), row.sender, row.section, row.title) for row in guiji_wire.MESSAGES]
    return Table(("message", "from", "section", "what it is"), tuple(rows))


def _microphone() -> Table:
    rows = [(_code(row.id), row.sender, row.title) for row in microphone.MESSAGES]
    return Table(("message", "from", "what it is"), tuple(rows))


def _interactive() -> Table:
    rows = [(_code(row.id), row.title) for row in interactive.MESSAGES]
    return Table(("message", "what it is"), tuple(rows))


def _failures() -> Table:
    return Table(("code", "when"), tuple((str(int(failure)), meaning) for failure, meaning in FAILURES.items()))


def _codes(codes: type[IntEnum]) -> Table:
    return Table(("code", "name"), tuple((str(int(code)), _code(code.name)) for code in codes))


def _http_errors() -> Table:
    vendors = [(_code(code), str(status), "vendor's") for code, status in VENDOR_CODES.items()]
    ours = [(_code(code), str(status), "ours") for code, status in OWN_CODES.items()]
    return Table(("code", "status", "whose"), (*vendors, *ours))


def _project_actions() -> Table:
    rows = [(action, ", ".join(sorted(state.value for state in states))) for action, states in ALLOWED.items()]
    return Table(("action", "allowed in"), tuple(rows))


def _scenario(table: type[ScenarioTable]) -> Table:
    return Table(
        ("key", "type", "default", "what it says", "clause"),
        tuple(_tunable(row) for row in tunables(table)),
    )


def _tunable(row: Tunable) -> tuple[str, ...]:
    clauses = ", ".join(CLAUSE.findall(row.description))
    told = _TOLD_CLAUSES.sub("", row.description)
    kind = row.type
    for pattern, words in _KINDS:
        kind = re.sub(pattern, words, kind)
    return _code(row.name), kind, _default(row.default), told, clauses


_KINDS: Final = (
    (r"^Any$", "function"),
    (r"tuple\[(.*), \.\.\.\]", r"list of \1"),
    (r"Mapping\[str, (.*)\]", r"table of \1"),
    (r"dict\[str, Any\]", "table"),
    (r"\bstr length 1\.\.", "text, not empty"),
    (r" length 1\.\.", ", not empty"),
    (r"\bstr\b", "text"),
    (r"\bfloat\b", "number"),
    (r"\bint\b", "integer"),
    (r"\bbool\b", "true or false"),
    (r" \| ", " or "),
    (r" >= 1 <= 9223372036854775807", ", 1 to 2^63 - 1"),
    (r" (>=?) ", r", \1 "),
)
"""Type annotations in the words of a scenario file."""


def _default(value: object) -> str:
    if value is UNSET:
        return "required"
    if value is None:
        return "none"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{len(value)} of them"  # pyright: ignore[reportUnknownArgumentType]  # from JSON, of any kind
    text = json.dumps(value, ensure_ascii=False)
    return _code(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _client_options() -> Table:
    rows = [
        (_code(field.name), _code(field.default if field.default is None else json.dumps(field.default)))
        for field in dataclasses.fields(ClientOptions)
    ]
    return Table(("option", "default"), tuple(rows))


def _rulings(vendor: str) -> Table:
    """The errata that a fake holds, and the rulings of ours about this vendor alone."""
    known = [clause for clause in clauses(vendor).values() if clause.id not in SHARED]
    return _ruled(clause for clause in known if clause.origin == "ours" or (clause.kind and "fake" in clause.held_by))


def _ruled(known: Iterable[Clause]) -> Table:
    def row(clause: Clause) -> tuple[str, ...]:
        ruling = clause.ruling
        if clause.state == "contradicted":
            ruling += f". **Not yet so:** {clause.reason}"
        return clause.id, clause.title, ruling, ", ".join(map(_code, clause.tunable)) or "none"

    return Table(("clause", "question", "ruling", "tunable"), tuple(map(row, known)))


def _rules(vendor: str) -> Table:
    return Table(("object", "rule", "clause", "a message that breaks it is"), rules(catalogue.vendor(vendor)))


def _variants(vendor: str) -> Table:
    return Table(("message", "member", "variant", "clause"), variants(catalogue.vendor(vendor)))


SHARED: Final = frozenset(id_ for id_ in clauses(VENDORS[0]) if all(id_ in clauses(vendor) for vendor in VENDORS))
"""Ids of rulings that are the same for all vendors."""


def _shared() -> Table:
    return _ruled(clause for clause in clauses(VENDORS[0]).values() if clause.id in SHARED)


def _extras() -> Table:
    project: dict[str, Any] = PYPROJECT["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    known = {"avatarwire": project["dependencies"]}
    known |= {f"avatarwire[{name}]": requirements for name, requirements in extras.items()}
    rows = [(_code(name), ", ".join(sorted(map(_distribution, wanted)))) for name, wanted in known.items()]
    return Table(("install", "brings"), tuple(rows))


def _properties(known: Mapping[str, str]) -> Table:
    return Table(("property", "what is asked"), tuple((_code(name), text) for name, text in known.items()))


def _distribution(requirement: str) -> str:
    own = re.fullmatch(r"avatarwire\[(.+)\]", requirement)
    return f"the extras {own[1].replace(',', ', ')}" if own else re.split(r"[<>=~! ]", requirement)[0]


def _control_calls() -> Table:
    """The calls of the control endpoint."""
    rows = [
        (
            _code(f"{route.method} {route.path}"),
            route.title,
            ", ".join(_code(field.encode_name) for field in msgspec.structs.fields(route.query))
            or _members(route.declared or route.body),
            "a JSON object" if route.answer is AnyArguments else _members(route.answer),
        )
        for route in ROUTES
    ]
    return Table(("call", "what it does", "takes", "gives"), tuple(rows))


def _serve_options() -> Table:
    """The options of ``avatarwire serve``, as the command itself has them."""
    app = typer.Typer()
    register(app)
    group: Any = get_command(app)
    rows = [
        (_code(_flags(option)), _unless_given(option.default), option.help)
        for option in group.commands["serve"].params
        if option.opts[0].startswith("--")
    ]
    return Table(("option", "default", "what it does"), tuple(rows))


def _flags(option: Any) -> str:
    flags = "/".join((*option.opts, *option.secondary_opts))
    return flags if option.is_flag else f"{flags} {option.metavar or 'TEXT'}"


def _unless_given(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else _code(value)


def _members(kind: Any) -> str:
    """The members of a body; of those that have many, what they are."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return "" if kind is None else "arguments by name"
    if kind is Fault:
        return "a rule"
    if kind is Toxic:
        return "a toxic"
    if kind is SnapshotBody:
        return "a snapshot"
    return ", ".join(_code(field.encode_name) for field in msgspec.structs.fields(kind))


def _control_problems() -> Table:
    """What the control endpoint refuses a call with."""
    rows = [(_code(kind), str(status), title) for kind, (status, title) in KINDS.items() if kind != "internal"]
    return Table(("kind", "status", "what it says"), tuple(rows))


def _actions() -> Table:
    def keys(action: Action) -> str:
        needed = {key for keys in action.needed for key in keys.split("|")}
        return ", ".join(f"**{_code(key)}**" if key in needed else _code(key) for key in action.keys)

    return Table(
        ("action", "what it does", "keys of its own"),
        tuple((_code(do), action.text, keys(action)) for do, action in ACTIONS.items()),
    )


def _fault_keys() -> Table:
    every = {key for action in ACTIONS.values() for key in action.keys}
    rows = [_tunable(row) for row in tunables(Fault) if row.name not in every]
    short = [(key, "an action" if key == "`do`" else kind, default, text) for key, kind, default, text, _ in rows]
    return Table(("key", "type", "default", "what it says"), tuple(short))


def _fault_matrix() -> Table:
    rows = [(_code(do), *("no" if refusal(place, do) else "yes" for place in PLACES)) for do in ACTIONS]
    return Table(("action", *PLACES), tuple(rows))


def _bad_days() -> Table:
    rows = [(_code(day.name), ", ".join(day.parts), day.text, day.advice) for day in BAD_DAYS.values()]
    return Table(("name", "vendors", "what goes wrong", "what a good client does"), tuple(rows))


TABLES: Final[Mapping[str, Callable[[], Table]]] = MappingProxyType(
    {
        "roles": _roles,
        **{f"commands of {name}": partial(_commands, vendor) for name, vendor in vendors.VENDORS.items()},
        "operations": lambda: _operations(http.OPERATIONS, http.BASE_PATH),
        "header": _header,
        "frame types": lambda: _code_points(FRAME_TYPES),
        "data types": lambda: _code_points(DATA_TYPES),
        "business types": lambda: _code_points(BIZ_TYPES),
        "messages": _messages,
        "http errors": _http_errors,
        "project actions": _project_actions,
        "tunables": lambda: _scenario(AliyunScenario),
        "account": lambda: _scenario(AccountFixture),
        "project": lambda: _scenario(ProjectFixture),
        "anchor": lambda: _scenario(AnchorFixture),
        "voice": lambda: _scenario(VoiceFixture),
        "resource": lambda: _scenario(ResourceFixture),
        "answer": lambda: _scenario(Answer),
        "transcript": lambda: _scenario(Transcript),
        "server": lambda: _scenario(ServerTable),
        "serve options": _serve_options,
        "actions": _actions,
        "fault keys": _fault_keys,
        "fault matrix": _fault_matrix,
        "bad days": _bad_days,
        "client options": _client_options,
        "extras": _extras,
        "codec properties": lambda: _properties(codec.PROPERTIES),
        "fake properties": lambda: _properties(properties.PROPERTIES),
        "shared rulings": _shared,
        "control calls": _control_calls,
        "control problems": _control_problems,
        **{f"{vendor} rules": partial(_rules, vendor) for vendor in catalogue.VENDORS},
        **{f"{vendor} variants": partial(_variants, vendor) for vendor in catalogue.VENDORS},
        **{f"{vendor} rulings": partial(_rulings, vendor) for vendor in VENDORS},
        "sensetime operations": lambda: _operations(sensetime_http.OPERATIONS, ""),
        "sensetime failures": _failures,
        "sensetime microphone": _microphone,
        "sensetime interactive": _interactive,
        "sensetime tunables": lambda: _scenario(sensetime.SenseTimeScenario),
        "sensetime account": lambda: _scenario(sensetime.AccountFixture),
        "guiji operations": lambda: _operations(guiji_http.OPERATIONS, "/live-manager"),
        "guiji codes": lambda: _codes(guiji_http.ErrorCode),
        "guiji messages": _guiji_messages,
        "guiji rpc codes": lambda: _codes(RpcErrorCode),
        "guiji tunables": lambda: _scenario(guiji.GuijiScenario),
        "guiji account": lambda: _scenario(guiji.AccountFixture),
        "guiji room": lambda: _scenario(guiji.RoomFixture),
        "guiji speaker": lambda: _scenario(guiji.SpeakerFixture),
        "guiji change voice": lambda: _scenario(guiji.ChangeVoiceFixture),
        "guiji presenter": lambda: _scenario(guiji.RobotFixture),
        "guiji scene": lambda: _scenario(guiji.SceneFixture),
        "guiji category": lambda: _scenario(guiji.CategoryFixture),
        "guiji public material": lambda: _scenario(guiji.PublicMaterialFixture),
    }
)
"""Every table that repeats a declaration, by the name it is asked for."""


# --- the texts ---


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(line.strip())[1:-1]]


def blocks(text: str) -> Iterator[Block]:
    """The tables of a text that stand between the comments, declared or not."""
    for match in _BLOCK.finditer(text):
        yield _block(match)


def _block(match: re.Match[str]) -> Block:
    lines = [_cells(line) for line in match["table"].splitlines()]
    columns = tuple(lines[0]) if lines else ()
    rows = {cells[0]: dict(zip(columns, cells, strict=True)) for cells in lines[2:]}
    return Block(match["name"], columns, rows)


def rewritten(text: str) -> str:
    """The text with every declared column of every declared table as the declaration has it.

    Raises:
        KeyError: a table that `TABLES` does not have.
    """
    return _BLOCK.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    block = _block(match)
    table = TABLES[block.name]()
    # A table that is not there yet is written with the declared columns alone.
    columns = block.columns or table.columns
    lines = [_line(columns), _line("---" for _ in columns)]
    for row in table.rows:
        declared = dict(zip(table.columns, row, strict=True))
        cells = {**block.rows.get(row[0], {}), **declared}
        lines.append(_line(cells.get(column, "") for column in columns))
    return f"{match['head']}{''.join(lines)}{match['foot']}"


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"


def main(*paths: str) -> None:
    """Rewrites the tables of some files."""
    for path in map(Path, paths):
        text = path.read_text(encoding="utf-8")
        path.write_text(rewritten(text), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
