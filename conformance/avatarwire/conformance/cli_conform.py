"""The command ``avatarwire conform``: what it is asked, and what it says.

How cases are carried out is in `judge.py` and `engine/`, how reports look in `report/`. Nothing of the extras is
imported before the command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in `register`,
and they hold names that exist only there.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from avatarwire.codecs.cli import fail, known, need
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.codecs.textform import printable

if TYPE_CHECKING:
    import typer

    from .engine.case import Case, Suite
    from .engine.endpoint import Endpoint
    from .engine.result import Verdict
    from .judge import Outcome, Wanted
    from .report.table import LiveView

__all__ = ["register_conform"]

_MODULES: Final = ("h11", "websockets")
_EPILOG: Final = (
    "Exit codes: 0 as expected, 1 a conformance difference, 2 could not judge or bad usage, 3 an expectation is stale."
)
_LEVELS: Final = ("must", "should", "observed", "ambiguous")


@dataclass(frozen=True)
class _Options:
    """What the command was asked for, beside which cases and where."""

    yes: bool
    allow_invalid: bool
    compare: Path | None
    callbacks: tuple[str, int] | None
    expected: Path | None
    result_map: OutputFile | None
    reports: Mapping[str, OutputFile]
    timeout: float

    @property
    def outputs(self) -> list[OutputFile]:
        """Files that are written."""
        return [*self.reports.values(), *([] if self.result_map is None else [self.result_map])]


def register_conform(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    def file_option(flag: str, text: str) -> Any:
        return typer.Option(flag, metavar="FILE", help=text)

    target_option = typer.Option(metavar="URL", help="Where it is; credentials from AVATARWIRE_<VENDOR>_<KEY>.")
    yes_option = typer.Option("--yes", help="Do not ask before what is destructive or costs money.")
    invalid_option = typer.Option("--allow-invalid", help="Send a vendor what the documents forbid.")
    only_option = typer.Option(metavar="PREFIX", help="Cases whose ids begin so; more than once if you like.")
    level_option = typer.Option(metavar="LEVEL", help=f"Cases that bind so much or more: {', '.join(_LEVELS)}.")
    list_option = typer.Option("--list", help="List the cases and carry out none.")
    workers_option = typer.Option(metavar="N", min=1, max=64, help="Cases at once.")
    timeout_option = typer.Option(metavar="SECONDS", min=0.1, max=3600, help="Silence to bear.")
    strict_option = typer.Option("--strict", help="A should binds as a must does.")
    wire_option = typer.Option(metavar="FORMS", help="Forms of the wire that must not matter, or pairwise.")
    listen_option = typer.Option(metavar="HOST:PORT", help="Where callbacks of the endpoint are heard.")
    client_option = typer.Option("--client", help="Judge a client: COMMAND is run once a case, against a fake.")
    command_argument = typer.Argument(metavar="[-- COMMAND [ARG...]]", help="With --client: what runs it.")

    @app.command(epilog=_EPILOG)
    @options.with_reports
    def conform(
        vendor: options.Vendor,
        command: Annotated[list[str] | None, command_argument] = None,
        client: Annotated[bool, client_option] = False,
        ready: Annotated[Path | None, file_option("--ready", "Where it is, as avatarwire serve writes it.")] = None,
        target: Annotated[str | None, target_option] = None,
        compare: Annotated[Path | None, file_option("--compare", "Another endpoint: where the two differ.")] = None,
        yes: Annotated[bool, yes_option] = False,
        allow_invalid: Annotated[bool, invalid_option] = False,
        only: Annotated[list[str] | None, only_option] = None,
        level: Annotated[str, level_option] = "ambiguous",
        listed: Annotated[bool, list_option] = False,
        workers: Annotated[int, workers_option] = 4,
        timeout: Annotated[float, timeout_option] = 5.0,
        strict: Annotated[bool, strict_option] = False,
        callback_listen: Annotated[str | None, listen_option] = None,
        expected: Annotated[Path | None, file_option("--expected", "Verdicts that are expected, by case.")] = None,
        result_map: Annotated[Path | None, file_option("--result-map", "The verdicts, in the same form.")] = None,
        wire: Annotated[list[str] | None, wire_option] = None,
        *,
        reports: Mapping[str, OutputFile],
    ) -> None:
        """Judge an endpoint of a vendor's protocol, or a client of it, clause by clause."""
        known(vendor, VENDOR_NAMES, "vendor")
        need(_MODULES, "conformance", "avatarwire conform")
        from .engine.running import Plan
        from .suites import SUITES

        if client:
            of_servers = {
                "--ready": ready, "--target": target, "--compare": compare, "--callback-listen": callback_listen,
                "--wire": wire, "--yes": yes, "--allow-invalid": allow_invalid,
            }  # fmt: skip
            for option, value in of_servers.items():
                if value:
                    fail(f"{option}: a client is judged against fakes that this command starts: not with --client")
        elif command:
            fail(f"COMMAND: {command[0]}: a command is run with --client only")
        forms = _forms(wire or [])
        cases = _cases(vendor, SUITES[vendor].client if client else SUITES[vendor].server, only or [], level)
        if listed:
            for case in cases:
                print("\t".join((case.id, case.level, " ".join(case.clauses), case.title)))
            return
        asked = _Options(
            yes,
            allow_invalid,
            compare,
            None if callback_listen is None else _address(callback_listen),
            expected,
            None if result_map is None else OutputFile(result_map, "--result-map"),
            reports,
            timeout,
        )
        if client:
            plan = Plan(workers=workers, strict=strict, side="client")
            raise typer.Exit(_of_client(vendor, tuple(command or ()), cases, plan, asked))
        plan = Plan(workers=workers, wire=forms, strict=strict)
        raise typer.Exit(_conform(vendor, ready, target, cases, plan, asked))


# --- what was asked for ---


def _cases(vendor: str, suite: "Suite", only: Sequence[str], level: str) -> "list[Case[Any]]":
    from .engine.running import selected

    if level not in _LEVELS:
        fail(f"--level: expected one of {', '.join(_LEVELS)}, got {level!r}")
    for prefix in only:
        if not selected(suite.values(), only=[prefix], levels=_LEVELS):
            near = get_close_matches(prefix, _prefixes(suite), n=1)
            hint = f"; did you mean {near[0]}?" if near else ", --list lists them"
            fail(f"--only: no case of {vendor} begins with {prefix!r}{hint}")
    cases = selected(suite.values(), only=only, levels=_LEVELS[: _LEVELS.index(level) + 1])
    if not cases:
        fail(f"--only: no case that begins so has level {level} or binds more")
    return cases


def _prefixes(ids: Mapping[str, Any]) -> list[str]:
    parts = [case_id.split(".") for case_id in ids]
    return list(dict.fromkeys(".".join(each[:size]) for each in parts for size in range(1, len(each) + 1)))


def _forms(given: Sequence[str]) -> tuple[str, ...]:
    from .engine.wire_forms import FORMS, PAIRWISE

    names = [name for text in given for name in text.replace(",", " ").split()]
    for name in names:
        if name not in FORMS and name != PAIRWISE:
            near = get_close_matches(name, [*FORMS, PAIRWISE], n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(FORMS)}, {PAIRWISE}"
            fail(f"--wire: no form {name!r}{hint}")
    return tuple(names)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        fail(f"--callback-listen: expected HOST:PORT, got {text!r}")
    return host.strip("[]"), int(port)


def _endpoint(vendor: str, ready: Path | None, target: str | None, options: _Options) -> "Endpoint":
    from .engine.endpoint import BadEndpoint, from_environment, from_ready_file
    from .suites import SUITES

    if (ready is None) == (target is None):
        fail("say where the endpoint is: either --ready FILE or --target URL")
    try:
        endpoint = from_ready_file(vendor, ready) if ready is not None else from_environment(vendor, target or "")
        endpoint.check(SUITES[vendor].needs)
    except BadEndpoint as error:
        fail(str(error))
    # What a ready file has on this machine is a fake, or something else that was set up for this.
    invalid = options.allow_invalid or (ready is not None and endpoint.is_local)
    return endpoint.permitting(invalid=invalid, agreed=options.yes)


def _agreed(endpoint: "Endpoint", cases: "Sequence[Case[Any]]") -> "Endpoint":
    """The endpoint, if somebody agrees to what the run does to it."""
    from .suites import SUITES

    if "billable" in endpoint.permissions:
        return endpoint
    print(f"{endpoint.url} is not on this machine. A run of {len(cases)} cases")
    for line in SUITES[endpoint.vendor].costs:
        print(f"  - {line}")
    if not sys.stdin.isatty():
        fail("nobody can be asked whether that is wanted: --yes says that it is")
    if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        fail("not wanted")
    return endpoint.permitting(invalid=False, agreed=True)


# --- doing it ---


def _conform(
    vendor: str,
    ready: Path | None,
    target: str | None,
    cases: "Sequence[Case[Any]]",
    plan: Any,
    options: _Options,
) -> int:
    from .judge import Wanted, run
    from .suites import SUITES

    verdicts = _expected(SUITES[vendor].server, options, ready, options.compare)
    endpoint = _agreed(_endpoint(vendor, ready, target, options), cases)
    wanted = Wanted(endpoint, cases, plan, options.timeout, options.callbacks, verdicts)
    if options.compare is not None:
        other = _agreed(_endpoint(vendor, options.compare, None, options), cases)
        return _compared(wanted, replace(wanted, endpoint=other, expected={}), options)
    outcome = _ran(wanted.cases, lambda view: run(wanted, view))
    _report(outcome, options)
    return outcome.summary.exit_code


def _of_client(
    vendor: str, command: tuple[str, ...], cases: "Sequence[Case[Any]]", plan: Any, options: _Options
) -> int:
    """The same of a client."""
    from .fakes import FAKE_MODULES
    from .judge import WantedOfClient, run_client
    from .probing.adapter import BadClient
    from .probing.processes import check_words
    from .suites import SUITES

    if not command:
        fail("say what runs the client: avatarwire conform VENDOR --client -- COMMAND [ARG...]")
    need(FAKE_MODULES, "fakeserver", "avatarwire conform --client")
    try:
        check_words(command, "COMMAND")
    except BadClient as error:
        fail(str(error))
    verdicts = _expected(SUITES[vendor].client, options)
    wanted = WantedOfClient(vendor, command, cases, plan, options.timeout, verdicts)
    outcome = _ran(cases, lambda view: run_client(wanted, view))
    _report(outcome, options)
    return outcome.summary.exit_code


def _expected(suite: "Suite", options: _Options, *inputs: Path | None) -> "Mapping[str, Verdict]":
    """What the file of expectations says; all files are looked at before the run begins."""
    from .engine import expectations

    try:
        check_distinct(options.outputs, [OutputFile(path) for path in (*inputs, options.expected) if path is not None])
        for output in options.outputs:
            output.check()
        return {} if options.expected is None else expectations.read(options.expected, suite)
    except (OutputError, expectations.BadExpectations) as error:
        fail(str(error))


def _ran(cases: "Sequence[Case[Any]]", run: "Callable[[LiveView], Outcome]") -> "Outcome":
    """A run, shown as it goes."""
    from .engine.case import NotJudged
    from .report.table import LiveView

    view = LiveView(sys.stdout, len(cases))
    try:
        outcome = run(view)
    except NotJudged as error:
        fail(str(error))
    except OSError as error:
        fail(f"--callback-listen: {error.strerror or error}")
    finally:
        view.stop()
    view.finish(outcome.summary, outcome.results)
    return outcome


def _compared(one: "Wanted", other: "Wanted", options: _Options) -> int:
    """Runs at two endpoints; where they differ, clause by clause."""
    from .comparing import differences, lines
    from .judge import run

    first, second = (_ran(each.cases, partial(run, each)) for each in (one, other))
    found = differences(first.results, second.results)
    for line in lines(found, first.summary.endpoint, second.summary.endpoint):
        print(printable(line))
    _report(first, options)
    if first.summary.unjudged or second.summary.unjudged:
        return 2
    return 1 if found else first.summary.exit_code if one.expected else 0


def _report(outcome: "Outcome", options: _Options) -> None:
    from .engine import expectations
    from .report import WRITERS

    try:
        for name, output in options.reports.items():
            output.write_bytes(WRITERS[name](outcome.results, outcome.summary))
        if options.result_map is not None:
            options.result_map.write_bytes(expectations.written(outcome.results))
    except OutputError as error:
        fail(str(error))
