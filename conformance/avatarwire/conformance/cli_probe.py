"""The command ``avatarwire probe``: a client, and what each deviation of a vendor does to it.

How a client is tried is in `probing/`. Nothing of the extras is imported before the command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the function in
`register_probe`, and they hold names that exist only there.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from avatarwire.codecs.cli import FINE, INTERRUPTED, USAGE, WRONG_DATA, complain, fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.codecs.textform import printable

from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .probing.matrix import Matrix
    from .probing.probe import Wanted

__all__ = ["ADVERSARY_MODULES", "client_of", "is_real", "register_probe"]

ADVERSARY_MODULES: Final = ("h11", "hypothesis", "time_machine", "websockets")
_EPILOG: Final = "Exit codes: 0 every cell ok or reported, 1 a cell that is neither, 2 could not run."
_LINES: Final = 40
"""Lines of a story that are shown with an error, the last ones."""
_REAL_JOBS: Final = 8
"""Runs at once in real time, most of which is waiting."""


def register_probe(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    def file_option(flag: str, text: str) -> Any:
        return typer.Option(flag, metavar="FILE", help=text)

    client_option = typer.Option(metavar="MODULE:CLASS", help="An adapter of your client, for asyncio.")
    exec_option = typer.Option("--exec", metavar="COMMAND", help="A program that takes orders as lines of JSON.")
    fault_option = typer.Option(metavar="NAME", help="Only this deviation, or this kind; more than once if you like.")
    flow_option = typer.Option(metavar="NAME", help="What is talked of.")
    pairs_option = typer.Option("--pairs", help="Then deviations two at a time, by a covering array.")
    patience_option = typer.Option(
        metavar="SECONDS", min=0.01, max=1e6, help="A call may last so long; 300 of jumping time, 5 of real time."
    )
    delay_option = typer.Option(
        metavar="SECONDS", min=0.001, max=1e6, help="A late message is so late; 40 of jumping time, 2 of real time."
    )
    cell_option = typer.Option(metavar="CELL", help="Only this cell, such as text_drive.response#2:drop; its story.")
    jobs_option = typer.Option(metavar="N", min=1, max=64, help="Runs at once; by default what the machine has.")
    engine_option = typer.Option(metavar="MODULE:NAME", help="Another loop for client and fake, such as a simulator's.")

    @app.command(epilog=_EPILOG)
    def probe(
        vendor: options.Vendor,
        client: Annotated[str | None, client_option] = None,
        program: Annotated[str | None, exec_option] = None,
        fault: Annotated[list[str] | None, fault_option] = None,
        flow: Annotated[str, flow_option] = "documented",
        pairs: Annotated[bool, pairs_option] = False,
        patience: Annotated[float | None, patience_option] = None,
        delay: Annotated[float | None, delay_option] = None,
        cell: Annotated[list[str] | None, cell_option] = None,
        jobs: Annotated[int | None, jobs_option] = None,
        engine: Annotated[str, engine_option] = "",
        json: Annotated[Path | None, file_option("--json", "The table, as JSON.")] = None,
        html: Annotated[Path | None, file_option("--html", "The table, as a page.")] = None,
        csv: Annotated[Path | None, file_option("--csv", "The table, a line a cell.")] = None,
        baseline: Annotated[Path | None, file_option("--baseline", "A table as JSON: what has changed since.")] = None,
    ) -> None:
        """Try what each deviation of a vendor does to a client of yours: lost, late, doubled, refused, changed.

        The talk goes once as documented, then once for each message and each deviation of it.
        """
        known(vendor, VENDOR_NAMES, "vendor")
        need(FAKE_MODULES, "fakeserver", "avatarwire probe")
        need(ADVERSARY_MODULES, "conformance", "avatarwire probe")
        from .probing.freedoms import freedoms_of
        from .probing.probe import Wanted, usual

        known(flow, freedoms_of(vendor).flows, "flow")
        chosen = client_of(client, program, engine)
        real = is_real(chosen)
        usual_patience, usual_delay = usual(real=real)
        wanted = Wanted(
            vendor=vendor,
            client=chosen,
            flow=flow,
            faults=_faults(vendor, fault or []),
            cells=tuple(cell or ()),
            pairs=pairs,
            patience=usual_patience if patience is None else patience,
            delay=usual_delay if delay is None else delay,
            jobs=jobs or (_REAL_JOBS if real else os.cpu_count() or 1),
            real=real,
        )
        given = {"json": json, "html": html, "csv": csv}
        outputs = {name: OutputFile(path, f"--{name}") for name, path in given.items() if path is not None}
        raise typer.Exit(_probe(wanted, outputs, baseline))


def client_of(client: str | None, program: str | None, engine: str = "") -> Any:
    """The client that two options name, of which one has to be given."""
    from .probing.plan import Client

    if client is not None and not client.strip():
        fail("--client: expected MODULE:CLASS, got nothing")
    if (client is None) == (program is None):
        fail("say which client: either --client MODULE:CLASS or --exec COMMAND")
    if program is not None and not program.strip():
        fail("--exec: no command is given")
    if program is not None and engine:
        fail("--engine: a program has a loop of its own, if any")
    return Client(name=client or "", command=program or "", engine=engine)


def is_real(client: Any) -> bool:
    """Whether a client needs real time, which is said once; one that is not there ends the command."""
    from .probing.looking import nature_of

    if client.command:
        return True
    try:
        nature = nature_of(client.name)
    except AvatarwireError as error:
        fail(printable(str(error)))
    if nature.text:
        print(nature.text, file=sys.stderr)
    return bool(nature.blocking)


def _faults(vendor: str, names: Sequence[str]) -> tuple[str, ...]:
    """Deviations that are wanted; those that no vendor has are refused before anything runs."""
    from .probing.freedoms import freedoms_of
    from .probing.matrix import COLUMNS, column_of

    pushes = freedoms_of(vendor).pushes
    for name in names:
        known(column_of(name), COLUMNS, "fault")
        if name.startswith("push:"):
            known(name.removeprefix("push:"), pushes, "push")
    return tuple(names)


def _probe(wanted: "Wanted", outputs: Mapping[str, OutputFile], baseline: Path | None) -> int:
    import asyncio

    from .probing.matrix import changes, read
    from .probing.matrix_reports import WRITERS
    from .probing.matrix_view import MatrixView
    from .probing.probe import CouldNotRun, probe

    view = MatrixView(sys.stdout, sys.stderr, with_stories=bool(wanted.cells))
    try:
        inputs = [] if baseline is None else [OutputFile(baseline, "--baseline")]
        check_distinct(list(outputs.values()), inputs)
        for output in outputs.values():
            output.check_writable()
        before = None if baseline is None else read(baseline, "--baseline")
        if before is not None and (before.vendor, before.flow) != (wanted.vendor, wanted.flow):
            fail(f"--baseline {baseline}: it is about {before.vendor}, flow {before.flow}")
        matrix: Matrix = asyncio.run(probe(wanted, view.begin, view.tried))
        view.finish(matrix)
        for name, output in outputs.items():
            output.write_bytes(WRITERS[name](matrix))
    except KeyboardInterrupt:
        view.stop()
        print(view.interrupted, file=sys.stderr)
        return INTERRUPTED
    except CouldNotRun as error:
        view.stop()
        code = complain(str(error), USAGE)
        for line in error.story[-_LINES:]:
            print(f"  {printable(line)}", file=sys.stderr)
        return code
    except (AvatarwireError, OutputError) as error:
        fail(str(error), USAGE)
    finally:
        view.stop()
    if before is not None:
        for line in changes(before, matrix) or ["nothing has changed"]:
            print(printable(line))
    return WRONG_DATA if matrix.bad else FINE
