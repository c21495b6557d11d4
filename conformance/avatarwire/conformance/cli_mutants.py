"""The command ``avatarwire mutants``: fakes that are broken in one known way each, and which cases find that.

How a mutant is tried is in `mutants/`. Nothing of the extras is imported before the command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the function in
`register_mutants`, and they hold names that exist only there.
"""

import os
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from avatarwire.codecs.cli import FINE, INTERRUPTED, USAGE, WRONG_DATA, fail, known, need
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.codecs.textform import printable

from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .mutants.matrix import Matrix
    from .mutants.mutant import Mutant
    from .mutants.running import Tried

__all__ = ["register_mutants"]

_MODULES: Final = ("h11", "websockets")
_EPILOG: Final = (
    "Exit codes: 0 every mutant whose effect crossed the wire is found, 1 one is not, or a case finds none, 2 one "
    "could not be tried."
)


def register_mutants(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    def file_option(flag: str, text: str) -> Any:
        return typer.Option(flag, metavar="FILE", help=text)

    only_option = typer.Option(metavar="PREFIX", help="Mutants whose ids begin so; more than once if you like.")
    list_option = typer.Option("--list", help="List the mutants and try none.")
    time_option = typer.Option("--time", metavar="TIME", help="Begin none after that, such as 60s or 10m: a sample.")
    seed_option = typer.Option(metavar="N", min=0, help="Which sample.")
    jobs_option = typer.Option(metavar="N", min=1, max=64, help="Processes; by default what the machine has.")

    @app.command(epilog=_EPILOG)
    def mutants(
        vendor: options.Vendor,
        only: Annotated[list[str] | None, only_option] = None,
        listed: Annotated[bool, list_option] = False,
        duration: Annotated[str | None, time_option] = None,
        seed: Annotated[int, seed_option] = 0,
        jobs: Annotated[int | None, jobs_option] = None,
        json: Annotated[Path | None, file_option("--json", "The kill matrix, as JSON.")] = None,
        html: Annotated[Path | None, file_option("--html", "The kill matrix, as a page.")] = None,
        csv: Annotated[Path | None, file_option("--csv", "The kill matrix, a line for a mutant and a case.")] = None,
    ) -> None:
        """Judge the cases of conform: each has to find a fake that is broken in what it is about."""
        known(vendor, VENDOR_NAMES, "vendor")
        need(FAKE_MODULES, "fakeserver", "avatarwire mutants")
        need(_MODULES, "conformance", "avatarwire mutants")
        from .mutants.registry import found

        every = found(vendor)
        chosen = [it for it in every.values() if not only or any(it.id.startswith(prefix) for prefix in only)]
        for prefix in only or []:
            if not any(it.id.startswith(prefix) for it in chosen):
                fail(f"--only: no mutant of {vendor} begins with {prefix!r}, --list lists them")
        if listed:
            for it in chosen:
                print("\t".join((it.id, " ".join(it.clauses), it.title)))
            return
        given = {"json": json, "html": html, "csv": csv}
        outputs = {name: OutputFile(path, f"--{name}") for name, path in given.items() if path is not None}
        seconds = None if duration is None else options.seconds_of(duration)
        if seconds is not None:
            random.Random(seed).shuffle(chosen)  # noqa: S311 - nothing here is secret
        whole = seconds is None and len(chosen) == len(every)
        raise typer.Exit(_tried(vendor, chosen, jobs or os.cpu_count() or 1, seconds, whole, outputs))


def _tried(
    vendor: str,
    chosen: "list[Mutant]",
    jobs: int,
    seconds: float | None,
    whole: bool,
    outputs: Mapping[str, OutputFile],
) -> int:
    from .mutants.matrix import matrix_of
    from .mutants.registry import found, reasons
    from .mutants.reports import WRITERS
    from .mutants.running import carry_out
    from .suites import SUITES

    try:
        check_distinct(list(outputs.values()), [])
        for output in outputs.values():
            output.check_writable()
    except OutputError as error:
        fail(str(error), USAGE)
    end = None if seconds is None else time.monotonic() + seconds
    began = time.monotonic()
    order = {id_: number for number, id_ in enumerate(found(vendor))}
    try:
        tried = carry_out(chosen, jobs, _say, lambda: end is not None and time.monotonic() >= end)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    tried.sort(key=lambda it: order[it.id])
    matrix = matrix_of(vendor, tried, list(SUITES[vendor].server), reasons(vendor), whole=whole)
    try:
        for name, output in outputs.items():
            output.write_bytes(WRITERS[name](matrix))
    except OutputError as error:
        fail(str(error), USAGE)
    return _finish(matrix, time.monotonic() - began)


def _say(it: "Tried") -> None:
    """What there is to say of a mutant at once."""
    if it.error:
        print(printable(f"could not be tried {it.id}: {it.error}"))
    elif it.exercised and not it.killed:
        print(printable(f"survived {it.id}: {it.title}"))
        for case in it.cases:
            print(printable(f"  {case.id}: {case.verdict}: {case.observed}"))


def _finish(matrix: "Matrix", seconds: float) -> int:
    for case in matrix.blunt:
        print(f"fails on no mutant, and nobody says why: {case}")
    for it in matrix.idle:
        print(f"not exercised {it.id}: its effect crossed no wire")
    print(f"{matrix.vendor}: {matrix.counts}; {seconds:.1f} s")
    if matrix.broken:
        return USAGE
    return WRONG_DATA if matrix.survivors or matrix.blunt else FINE
