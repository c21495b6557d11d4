"""The command ``avatarwire fuzz``: what it is asked, and what it says.

How it is searched is in `probing/`. Nothing of the extras is imported before a command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in
`register_fuzz`, and they hold names that exist only there.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from avatarwire.codecs.cli import fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.textform import printable

from .cli_probe import ADVERSARY_MODULES, client_of, is_real
from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .cli_options import Searching
    from .probing.failure import Failure
    from .probing.hunting import Findings
    from .probing.worker import Search

__all__ = ["register_fuzz"]

_NOTHING: Final = 0
_FAILED: Final = 1
_EPILOG: Final = "Exit codes: 0 nothing found, 1 a failure, whose file was written, 2 could not run."
_ALLOWED: Final = ("documented", "errata", "faults", "hostile")
_FAILURES: Final = Path(".avatarwire/failures")


def register_fuzz(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    group = typer.Typer(no_args_is_help=True, help="Look for what breaks a client.")
    app.add_typer(group, name="fuzz")

    client_option = typer.Option(metavar="MODULE:CLASS", help="An adapter of your client, for asyncio.")
    exec_option = typer.Option("--exec", metavar="COMMAND", help="A program that takes orders as lines of JSON.")
    allow_option = typer.Option(metavar="LEVEL", help=f"What the vendor may do: {', '.join(_ALLOWED)}.")
    patience_option = typer.Option(metavar="SECONDS", min=0.01, max=1e6, help="A call may last so long.")
    engine_option = typer.Option(metavar="MODULE:NAME", help="Another loop for client and fake.")

    @group.command(epilog=_EPILOG)
    def client(
        vendor: options.Vendor,
        client: Annotated[str | None, client_option] = None,
        program: Annotated[str | None, exec_option] = None,
        allow: Annotated[str, allow_option] = "faults",
        duration: options.Time = None,
        examples: options.Examples = None,
        seed: options.Seed = None,
        jobs: options.Jobs = None,
        save: options.Save = _FAILURES,
        corpus: options.Corpus = "",
        patience: Annotated[float | None, patience_option] = None,
        engine: Annotated[str, engine_option] = "",
        junit: options.Junit = None,
        ctrf: options.Ctrf = None,
        html: options.Html = None,
        ndjson: options.Ndjson = None,
        sarif: options.Sarif = None,
        markdown: options.Markdown = None,
    ) -> None:
        """Draw what a vendor does, and what a client is told to do, until something breaks the client."""
        known(vendor, VENDOR_NAMES, "vendor")
        known(allow, _ALLOWED, "level")
        need(FAKE_MODULES, "fakeserver", "avatarwire fuzz")
        need(ADVERSARY_MODULES, "conformance", "avatarwire fuzz")
        from .probing.probe import usual
        from .probing.worker import Search

        reports = options.report_files(junit=junit, ctrf=ctrf, html=html, ndjson=ndjson, sarif=sarif, markdown=markdown)
        asked = options.searching(
            duration=duration, examples=examples, seed=seed, jobs=jobs, save=save, corpus=corpus, reports=reports
        )
        chosen = client_of(client, program, engine)
        usual_patience, delay = usual(real=is_real(chosen))
        search = Search(
            vendor=vendor,
            client=chosen,
            allowed=allow,  # type: ignore[arg-type]
            patience=usual_patience if patience is None else patience,
            delay=delay,
            seconds=asked.seconds,
            examples=asked.examples,
            seed=asked.seed,
            corpus=asked.corpus,
            box="",
        )
        raise typer.Exit(_fuzz(search, asked))


def _fuzz(search: "Search", asked: "Searching") -> int:
    from .probing.failure import written
    from .probing.hunting import hunt_at_once

    view = _View()
    since, began = datetime.now(UTC), time.perf_counter()
    try:
        findings = asyncio.run(hunt_at_once(search, asked.jobs, view.progress))
        view.stop()
        seconds = time.perf_counter() - began
        paths = [(failure, written(failure, asked.save)) for failure in findings.failures]
        for failure, path in paths:
            _tell(failure, path)
        _report(search, asked, paths, since, seconds)
    except (AvatarwireError, OSError) as error:
        view.stop()
        fail(str(error))
    for text in findings.unsteady:
        print(printable(f"did not come again: {text}"))
    print(f"{_counted(findings)} in {seconds:.1f} s, {findings.runs / seconds:.1f} a second, seed {search.seed}")
    return _FAILED if findings.failures else _NOTHING


def _report(
    search: "Search", asked: "Searching", paths: "list[tuple[Failure, Path]]", began: datetime, seconds: float
) -> None:
    """Writes the reports that are asked for."""
    from .probing.oracles import PROPERTIES
    from .report import WRITERS
    from .report.searches import Broken, Searched, reported

    searched = Searched(
        command="fuzz client",
        vendor=search.vendor,
        side="client",
        subject=search.client.text,
        properties=PROPERTIES,
        began=began,
        seconds=seconds,
    )
    broken = [
        Broken(
            name=failure.oracle,
            clause=failure.clause,
            observed=failure.detail,
            story=(*failure.story, *failure.excerpt),
            replay=_again(path),
        )
        for failure, path in paths
    ]
    results, summary = reported(searched, broken)
    for name, output in asked.reports.items():
        output.write_bytes(WRITERS[name](results, summary))


def _again(path: Path) -> str:
    return f"avatarwire replay {path}"


def _tell(failure: "Failure", path: Path) -> None:
    print(printable(f"{failure.oracle}: {failure.detail}"))
    for line in failure.story:
        print(f"  {printable(line)}")
    print(f"  {_again(path)}")


def _counted(findings: "Findings") -> str:
    ends = sorted(findings.outcomes.items(), key=lambda item: -item[1])
    return f"{findings.runs} talks: " + (", ".join(f"{count} {outcome}" for outcome, count in ends) or "none")


class _View:
    """One line of a terminal that says how far a search is; nothing where there is no terminal."""

    def __init__(self) -> None:
        self._shown = False

    def progress(self, findings: "Findings") -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{_counted(findings)}")
            sys.stderr.flush()
            self._shown = True

    def stop(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            self._shown = False
