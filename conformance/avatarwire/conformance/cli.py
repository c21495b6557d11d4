"""The command ``avatarwire conform``: what it is asked, and what it says.

How cases are carried out is in `judge.py` and `engine/`, how reports look in `report/`. Nothing of the extras is
imported before the command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in `register`,
and they hold names that exist only there.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from avatarwire.codecs.cli import USAGE, complain, fail, known, need

if TYPE_CHECKING:
    import typer

    from .engine.endpoint import Endpoint

__all__ = ["register"]

_MODULES: Final = ("h11", "websockets")
_EPILOG: Final = (
    "Exit codes: 0 as expected, 1 a conformance difference, 2 could not judge or bad usage, 3 an expectation is stale."
)
_LEVELS: Final = ("must", "should", "observed", "ambiguous")


def register(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    from .engine.wire_forms import FORMS, PAIRWISE
    from .suites import SUITES

    def path_option(flag: str, text: str) -> "typer.models.OptionInfo":
        option: typer.models.OptionInfo = typer.Option(flag, metavar="FILE", help=text)
        return option

    vendor_argument = typer.Argument(metavar="VENDOR", help=f"One of: {', '.join(SUITES)}.")
    target_option = typer.Option(metavar="URL", help="Where it is; credentials from AVATARWIRE_<VENDOR>_<KEY>.")
    yes_option = typer.Option("--yes", help="Do not ask before what is destructive or costs money.")
    invalid_option = typer.Option("--allow-invalid", help="Send a vendor what the documents forbid.")
    only_option = typer.Option(metavar="PREFIX", help="Cases whose ids begin so; more than once if you like.")
    level_option = typer.Option(metavar="LEVEL", help=f"Cases that bind so much or more: {', '.join(_LEVELS)}.")
    list_option = typer.Option("--list", help="List the cases and carry out none.")
    workers_option = typer.Option(metavar="N", min=1, max=64, help="Cases at once.")
    timeout_option = typer.Option(metavar="SECONDS", min=0.1, max=3600, help="Silence to bear.")
    strict_option = typer.Option("--strict", help="A should binds as a must does.")
    wire_option = typer.Option(metavar="FORM", help=f"Forms of the wire: {', '.join(FORMS)}, or {PAIRWISE}.")

    @app.command(epilog=_EPILOG)
    def conform(
        vendor: Annotated[str, vendor_argument],
        ready: Annotated[Path | None, path_option("--ready", "Where it is, as avatarwire serve says.")] = None,
        target: Annotated[str | None, target_option] = None,
        yes: Annotated[bool, yes_option] = False,
        allow_invalid: Annotated[bool, invalid_option] = False,
        only: Annotated[list[str] | None, only_option] = None,
        level: Annotated[str, level_option] = "ambiguous",
        listed: Annotated[bool, list_option] = False,
        workers: Annotated[int, workers_option] = 4,
        timeout: Annotated[float, timeout_option] = 5.0,
        strict: Annotated[bool, strict_option] = False,
        wire: Annotated[list[str] | None, wire_option] = None,
        ndjson: Annotated[Path | None, path_option("--ndjson", "One line a case.")] = None,
    ) -> None:
        """Judge an endpoint, clause by clause."""
        known(vendor, SUITES, "vendor")
        need(_MODULES, "conformance", "avatarwire conform")
        if level not in _LEVELS:
            fail(f"--level: expected one of {', '.join(_LEVELS)}, got {level!r}")
        from .engine.running import Plan, selected
        from .judge import Wanted, run
        from .report import WRITERS

        cases = selected(SUITES[vendor].server.values(), only=only or [], levels=_LEVELS[: _LEVELS.index(level) + 1])
        if not cases:
            fail(f"no case begins with {' or '.join(only or [])}")
        if listed:
            for case in cases:
                print("\t".join((case.id, case.level, " ".join(case.clauses), case.title)))
            return
        endpoint = _endpoint(vendor, ready, target, allow_invalid=allow_invalid, yes=yes)
        plan = Plan(workers=workers, wire=tuple(wire or ()), strict=strict)
        outcome = run(Wanted(endpoint, cases, plan, timeout))
        for result in outcome.results:
            if result.verdict != "ok":
                print(f"{result.verdict:14} {result.id}: {result.observed}")
        counts = ", ".join(f"{count} {verdict}" for verdict, count in outcome.summary.verdicts.items() if count)
        print(f"{vendor}: {outcome.summary.cases} cases: {counts}; {outcome.summary.seconds:.1f} s")
        reports: Mapping[str, Path | None] = {"ndjson": ndjson}
        for name, path in reports.items():
            if path is not None:
                path.write_bytes(WRITERS[name](outcome.results, outcome.summary))
        raise typer.Exit(outcome.summary.exit_code)


def _endpoint(vendor: str, ready: Path | None, target: str | None, *, allow_invalid: bool, yes: bool) -> "Endpoint":
    from .engine.endpoint import BadEndpoint, from_environment, from_ready_file

    if (ready is None) == (target is None):
        fail("say where the endpoint is: --ready FILE or --target URL")
    try:
        endpoint = from_ready_file(vendor, ready) if ready is not None else from_environment(vendor, target or "")
    except BadEndpoint as error:
        sys.exit(complain(str(error), USAGE))
    permissions = endpoint.permissions
    if allow_invalid or endpoint.is_local:
        permissions |= {"invalid"}
    if yes or endpoint.is_local:
        permissions |= {"destructive", "billable"}
    return replace(endpoint, permissions=permissions)
