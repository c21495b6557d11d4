"""The commands ``ledger`` and ``explain``: what the documents say, clause by clause, and what holds it.

There is no ``from __future__ import annotations`` here, for the reason that `cli.py` has.
"""

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from textwrap import fill
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec

from . import catalogue, ladder, ledger_page, registry
from .citations import binding, citing, of_type, understood
from .cli import EPILOG, FINE, USAGE, WRONG_DATA, complain, fail, known
from .ladder import RUNGS, Standing
from .ledger import STANDARD_ID, STATES, TYPE_ID, Clause, no_such
from .textform import printable

if TYPE_CHECKING:
    import typer

__all__ = ["Form", "register", "snapshot"]

_SECTION: Final = "# "
_COLUMNS: Final = ("id", "level", "side", "state", "held by")
_JUDGED: Final = ("cases", "rung")
"""Further columns, where a component judges."""
_LISTS: Final = frozenset({"tunable", "options", "held_by", "rungs", "cases"})
"""Members with several words, which a table has in one cell."""
_CITING_SHOWN: Final = 12
_RULES_SHOWN: Final = 6
_WIDTH: Final = 10
_ID_HELP: Final = "Such as ALI-E15, or ALI-T-ListAnchor.response.list[].coverUrl, as errors name it; in any case."

_LEVELS: Final[Mapping[str, str]] = {
    "must": "the document demands it",
    "should": "the document advises it, or it follows from what the document says",
    "may": "the document allows it",
    "observed": "only a sample shows it",
    "ambiguous": "the document leaves it open",
}


class Form(StrEnum):
    """How the ledger is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    SNAPSHOT = "snapshot"


Standings: TypeAlias = Mapping[str, Mapping[str, Standing]]
"""By vendor and clause; empty where nobody judges."""


def register(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    vendor_argument = typer.Argument(metavar="VENDOR", help=f"One of: {', '.join(catalogue.VENDORS)}; all if left out.")
    check_option = typer.Option(
        "--check", metavar="SNAPSHOT", help="Compare with a file that --format snapshot wrote; exit 1 if it differs."
    )
    run_option = typer.Option(
        "--run", metavar="FILE", help="An NDJSON report of conform, in the place of the recorded run; repeatable."
    )

    @app.command(epilog=EPILOG)
    def ledger(
        vendor: Annotated[str | None, vendor_argument] = None,
        form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.TABLE,
        check: Annotated[Path | None, check_option] = None,
        run: Annotated[list[Path] | None, run_option] = None,
    ) -> None:
        """Print every rule and erratum of the documents, how it is ruled, whether the code holds it, who judges it."""
        if vendor is not None:
            known(vendor, catalogue.VENDORS, "vendor")
        vendors = list(catalogue.VENDORS) if vendor is None else [vendor]
        standings = _standings(vendors, run or [])
        if check is not None:
            raise typer.Exit(_check(vendors, check, standings))
        if form is Form.JSON:
            about = [_json(name, standings.get(name, {})) for name in vendors]
            document = about if vendor is None else about[0]
            print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        else:
            _WRITERS[form](vendors, standings)

    @app.command(epilog=EPILOG)
    def explain(clause_id: Annotated[str, typer.Argument(metavar="ID", help=_ID_HELP)]) -> None:
        """Say what a clause is: where the document has it, how it is ruled, what holds it, and what cites it."""
        clause_id = clause_id.strip()
        about_type = TYPE_ID.fullmatch(clause_id)
        prefix = about_type["prefix"].upper() if about_type else ""
        vendors = [known.name for known in registry.VENDORS.values() if known.prefix == prefix]
        if vendors:
            _explain_type(vendors[0], clause_id)
        else:
            _explain(clause_id.upper())


# --- ledger ---


def _clauses(vendor: str) -> Sequence[Clause]:
    return list(catalogue.vendor(vendor).clauses.values())


def _standings(vendors: Iterable[str], paths: Sequence[Path]) -> Standings:
    """Where clauses stand; nothing where no component judges."""
    sources = ladder.sources()
    if paths and not sources:
        fail('--run needs the extra conformance: pip install "avatarwire[conformance]"')
    runs: list[bytes] = []
    for path in paths:
        try:
            runs.append(path.read_bytes())
        except OSError as error:
            fail(f"{path}: {error.strerror}")
    try:
        return {
            vendor: ladder.gathered(vendor, catalogue.vendor(vendor).clauses, sources, runs)
            for vendor in vendors
            if sources
        }
    except ValueError as error:
        fail(f"--run: {error}")


def _json(vendor: str, standings: Mapping[str, Standing]) -> dict[str, Any]:
    """A ledger with every member of every clause, empty ones too."""
    return {"vendor": vendor, "clauses": [_members(clause, standings) for clause in _clauses(vendor)]}


def _members(clause: Clause, standings: Mapping[str, Standing]) -> dict[str, Any]:
    members = msgspec.structs.asdict(clause)
    if standings:
        standing = standings[clause.id]
        members |= {"rung": standing.rung, "rungs": (RUNGS[0], *standing.rungs), "cases": standing.cases}
    return members


def _write_table(vendors: Iterable[str], standings: Standings) -> None:
    rows = [
        (
            *(clause.id, clause.level, clause.side, clause.state, ", ".join(clause.held_by)),
            *_judged(clause, standings.get(vendor, {})),
            printable(clause.title),
        )
        for vendor in vendors
        for clause in _clauses(vendor)
    ]
    if not sys.stdout.isatty():
        print("\n".join("\t".join(row) for row in rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*_COLUMNS, *(_JUDGED if standings else ()), "title", box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False).print(table)
    print("\n".join(line for vendor in vendors for line in _counts(vendor, standings)))


def _judged(clause: Clause, standings: Mapping[str, Standing]) -> tuple[str, ...]:
    """How many cases judge a clause, and the highest rung that it has reached."""
    return (str(len(standings[clause.id].cases)), standings[clause.id].rung) if standings else ()


def _write_csv(vendors: Iterable[str], standings: Standings) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    more = ("rung", "rungs", "cases") if standings else ()
    writer.writerow(("vendor", *Clause.__struct_fields__, *more))
    for vendor in vendors:
        for clause in _clauses(vendor):
            members = _members(clause, standings.get(vendor, {})).items()
            writer.writerow((vendor, *(" ".join(value) if name in _LISTS else value for name, value in members)))


def _write_snapshot(vendors: Iterable[str], standings: Standings) -> None:
    print("\n".join(line for vendor in vendors for line in snapshot(vendor, standings)))


def _write_html(vendors: Iterable[str], standings: Standings) -> None:
    print(ledger_page.written({vendor: _clauses(vendor) for vendor in vendors}, standings).decode(), end="")


_WRITERS: Final = {
    Form.TABLE: _write_table, Form.CSV: _write_csv, Form.HTML: _write_html, Form.SNAPSHOT: _write_snapshot,
}  # fmt: skip


def _counts(vendor: str, standings: Standings) -> list[str]:
    """How many clauses are in each state and, by level, how many have reached each rung."""
    if vendor not in standings:
        return [_counted(vendor)]
    levels = ladder.counted(_clauses(vendor), standings[vendor])
    return [
        _counted(vendor),
        *(
            f"{vendor}: {level}: " + ", ".join(f"{count} {rung}" for rung, count in reached.items())
            for level, reached in sorted(levels.items(), key=lambda found: list(_LEVELS).index(found[0]))
        ),
    ]


def _counted(vendor: str) -> str:
    """How many clauses a vendor has in each state."""
    clauses = _clauses(vendor)
    states = Counter(clause.state for clause in clauses)
    return f"{vendor}: {len(clauses)} clauses: " + ", ".join(f"{states[state]} {state}" for state in STATES)


def snapshot(vendor: str, standings: Standings = MappingProxyType({})) -> list[str]:
    """A vendor's ledger in lines that change when a clause changes its level, its state, what holds it or its rung.

    The first lines count the states and the rungs; each of the others is one clause: id, level, state, what holds it
    and, where a component judges, how many cases do and the rung.
    """
    known = standings.get(vendor, {})
    lines = ["\t".join((c.id, c.level, c.state, " ".join(c.held_by), *_judged(c, known))) for c in _clauses(vendor)]
    return [*(_SECTION + line for line in _counts(vendor, standings)), *lines]


def _check(vendors: Sequence[str], path: Path, standings: Standings) -> int:
    try:
        kept = _sections(path.read_text(encoding="utf-8"))
    except OSError as error:
        return complain(f"{path}: {error.strerror}", USAGE)
    except UnicodeDecodeError:
        kept = {}
    if not kept:
        return complain(f"{path}: not a snapshot; `avatarwire ledger --format snapshot` writes one", USAGE)
    before = [line for vendor in vendors for line in kept.get(vendor, ())]
    after = [line for vendor in vendors for line in snapshot(vendor, standings)]
    changes = list(unified_diff(before, after, str(path), "the ledger", n=0, lineterm=""))
    if changes:
        print("\n".join(map(printable_line, changes)))
        return complain(f"{path} is not the ledger as it is", WRONG_DATA)
    return FINE


def printable_line(line: str) -> str:
    """A line of a file of somebody else, as a terminal may have it."""
    return "\t".join(printable(cell) for cell in line.split("\t"))


def _sections(text: str) -> dict[str, list[str]]:
    """The lines of a snapshot by vendor; empty for a text that is none."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(_SECTION):
            lines = sections.setdefault(line.removeprefix(_SECTION).partition(":")[0], [])
        lines.append(line)
    return sections


# --- explain ---


def _explain(clause_id: str) -> None:
    ledgers = {vendor: about.clauses for vendor, about in catalogue.VENDORS.items()}
    vendors = [vendor for vendor, clauses in ledgers.items() if clause_id in clauses]
    if not vendors:
        if STANDARD_ID.fullmatch(clause_id):
            print(f"{clause_id}  a clause of another standard, which is cited and in no ledger")
            return
        fail(no_such(clause_id, dict.fromkeys(id_ for clauses in ledgers.values() for id_ in clauses)))
    clause = ledgers[vendors[0]][clause_id]
    _print(f"{clause.id}  {clause.title}", _about(clause, vendors))


def _explain_type(vendor: str, clause_id: str) -> None:
    try:
        clause = of_type(catalogue.vendor(vendor), clause_id)
    except KeyError as error:
        fail(printable(error.args[0]))
    entry = clause.entry
    _print(
        f"{clause.id}  what the type of a member says, and no rule of the document",
        (
            ("vendor", vendor),
            ("message", f"{entry.id}, {entry.kind}, {entry.direction}: {entry.title}"),
            ("member", clause.path or "the whole"),
            *(("rule", text) for text in dict.fromkeys(rule.text for rule in clause.rules)),
            ("section", entry.section),
        ),
    )


def _print(title: str, about: Iterable[tuple[str, str]]) -> None:
    """A title and names with their texts; what has no text is left out."""
    print(fill(printable(title), _columns(), break_on_hyphens=False))
    for name, text in about:
        if text:
            indent = " " * (_WIDTH + 2)
            print(fill(printable(text), _columns(), initial_indent=f"  {name:{_WIDTH}}", subsequent_indent=indent,
                       break_on_hyphens=False, break_long_words=False))  # fmt: skip


def _columns() -> int:
    """Where lines end: at the edge of a terminal, nowhere for who reads by program."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def _about(clause: Clause, vendors: Sequence[str]) -> Iterable[tuple[str, str]]:
    """What a clause is, as names and texts."""
    cited = [place for vendor in vendors for place in citing(catalogue.vendor(vendor), clause.id)]
    state = clause.state if clause.held_by == ("none",) else f"{clause.state}, by {', '.join(clause.held_by)}"
    return (
        ("vendor", ", ".join(vendors) + ("; a ruling of ours" if clause.origin == "ours" else "")),
        ("level", f"{clause.level}: {_LEVELS[clause.level]}"),
        ("side", clause.side),
        ("kind", clause.kind),
        ("section", clause.section),
        ("document", clause.text),
        ("conflict", clause.conflict),
        ("ruling", clause.ruling),
        ("in full", clause.decision),
        ("tunables", ", ".join(clause.tunable)),
        ("options", ", ".join(clause.options)),
        ("state", state),
        ("reason", clause.reason),
        *_held(clause.id, vendors),
        ("cited by", _listed(cited)),
    )


def _held(clause_id: str, vendors: Sequence[str]) -> Iterable[tuple[str, str]]:
    """What is asked of members, and which variants are understood, with an example of each that a repair knows."""
    known_here = [catalogue.vendor(vendor) for vendor in vendors]
    rules = [(text, ids) for about in known_here for text, ids in binding(about, clause_id).items()]
    variants = [(variant, ids) for about in known_here for variant, ids in understood(about, clause_id).items()]
    for text, ids in rules[:_RULES_SHOWN]:
        yield "rule", f"{text}, in {_listed(ids)}"
    yield "", _more(rules)
    for variant, ids in variants[:_RULES_SHOWN]:
        yield "variant", f"{variant.text}, in {_listed(ids)}"
        yield "example", str(variant.example or "")
    yield "", _more(variants)


def _more(found: Sequence[object]) -> str:
    return f"and {len(found) - _RULES_SHOWN} more" if len(found) > _RULES_SHOWN else ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _CITING_SHOWN} more" if len(names) > _CITING_SHOWN else ""
    return ", ".join(names[:_CITING_SHOWN]) + more
