"""The command ``avatarwire trace``: what a trace holds, how two differ, and the same for other tools.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in
`register_trace`, and they hold names that exist only there.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from avatarwire.codecs.cli import fail, known
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.codecs.textform import printable

if TYPE_CHECKING:
    import typer

    from avatarwire.fakeserver.trace import Trace

__all__ = ["register_trace"]

_KINDS: Final = ("har", "ndjson", "pcap")


def register_trace(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    group = typer.Typer(no_args_is_help=True, help="Show, compare and export what was recorded.")
    app.add_typer(group, name="trace")
    file_argument = typer.Argument(metavar="FILE", help="A trace, also one that is not complete.")
    message_option = typer.Option(metavar="ID", help="Only messages of this id; * stands for anything.")
    json_option = typer.Option("--json", help="Lines of JSON.")
    kind_argument = typer.Argument(metavar="KIND", help=f"One of: {', '.join(_KINDS)}.")
    output_option = typer.Option("-o", "--output", metavar="OUT", help="By default FILE with the kind behind it.")

    @group.command()
    def show(
        file: Annotated[Path, file_argument],
        message: Annotated[str, message_option] = "",
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        """Show what is in a trace, a line each."""
        from avatarwire.fakeserver.trace.showing import as_json as json_lines
        from avatarwire.fakeserver.trace.showing import lines, selected

        trace = _read(file)
        if message and not any(selected(trace, message)):
            ids = sorted({entry.message for entry in trace.entries if entry.message})
            known(message, ids, "message")
        _say(json_lines(trace, message) if as_json else map(printable, lines(trace, message)))

    @group.command(epilog="Exit codes: 0 no difference, 1 a difference, 2 a file that cannot be read.")
    def diff(
        one: Annotated[Path, typer.Argument(metavar="A", help="A trace.")],
        other: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    ) -> None:
        """Show how two traces differ, aligned by message and session."""
        from avatarwire.fakeserver.trace.comparing import compared

        result = compared(_read(one), _read(other))
        _say(map(printable, result.lines))
        _say([f"{len(result.lines)} differences, {result.same} messages the same, {len(result.mapped)} ids mapped"])
        raise typer.Exit(1 if result.lines else 0)

    @group.command()
    def export(
        kind: Annotated[str, kind_argument],
        file: Annotated[Path, file_argument],
        output: Annotated[Path | None, output_option] = None,
    ) -> None:
        """Write a trace in a form that other tools read."""
        from avatarwire.fakeserver.trace.exporting import EXPORTS

        known(kind, _KINDS, "kind")
        target = OutputFile(output or Path(f"{file}.{kind}"), "-o")
        try:
            check_distinct([target], [OutputFile(file)])
            target.check_writable()
            target.write_bytes(EXPORTS[kind](_read(file)))
        except OutputError as error:
            fail(str(error))
        _say([str(target.path)])


def _read(path: Path) -> "Trace":
    from avatarwire.fakeserver.trace import TraceError, read

    try:
        return read(path)
    except TraceError as error:
        fail(printable(str(error)))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
