"""The command ``avatarwire fuzz``: what it is asked, and what it says.

How it is searched is in `probing/` and `fuzzing/`. Nothing of the extras is imported before a command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in
`register_fuzz`, and they hold names that exist only there.
"""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from avatarwire.codecs.cli import fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.textform import printable

from .cli_probe import ADVERSARY_MODULES, client_of, is_real
from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .cli_options import Searching
    from .failure_files import AnyFailure
    from .probing.hunting import AnySearch, Findings
    from .report.searches import Searched

__all__ = ["register_fuzz"]

_NOTHING: Final = 0
_FAILED: Final = 1
_EPILOG: Final = "Exit codes: 0 nothing found, 1 a failure, whose file was written, 2 could not run."
_ALLOWED: Final = ("documented", "errata", "faults", "hostile")
_CODEC_MODULES: Final = ("hypothesis", "jsonschema", "construct")
_TARGETS: Final[Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]]] = {
    "codec": (
        "Give the decoders of a vendor any bytes, and compare what they read with what others read.",
        {"conformance": _CODEC_MODULES},
    ),
    "fake": (
        "Have clients send a fake anything, in any order, and look whether it stays well.",
        {"fakeserver": FAKE_MODULES, "conformance": (*_CODEC_MODULES, *ADVERSARY_MODULES)},
    ),
}
"""What is searched beside clients: what is done, and the modules that it needs, by extra."""


def register_fuzz(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    group = typer.Typer(no_args_is_help=True, help="Look for what breaks codecs, a fake, or a client of yours.")
    app.add_typer(group, name="fuzz")

    client_option = typer.Option(metavar="MODULE:CLASS", help="An adapter of your client, for asyncio.")
    exec_option = typer.Option("--exec", metavar="COMMAND", help="A program that takes orders as lines of JSON.")
    allow_option = typer.Option(metavar="LEVEL", help=f"What the vendor may do: {', '.join(_ALLOWED)}.")
    given_option = typer.Option("--allow", metavar="LEVEL", help=f"What it is given: {', '.join(_ALLOWED)}.")
    patience_option = typer.Option(metavar="SECONDS", min=0.01, max=1e6, help="A call may last so long.")
    engine_option = typer.Option(metavar="MODULE:NAME", help="Another loop for client and fake.")

    for kind, (text, extras) in _TARGETS.items():
        group.command(kind, epilog=_EPILOG, help=text)(_of_target(kind, extras, given_option))

    @group.command(epilog=_EPILOG)
    @options.with_searching
    def client(
        vendor: options.Vendor,
        client: Annotated[str | None, client_option] = None,
        program: Annotated[str | None, exec_option] = None,
        allow: Annotated[str, allow_option] = "faults",
        patience: Annotated[float | None, patience_option] = None,
        engine: Annotated[str, engine_option] = "",
        *,
        asked: "Searching",
    ) -> None:
        """Draw what a vendor does, and what a client is told to do, until something breaks the client."""
        known(vendor, VENDOR_NAMES, "vendor")
        known(allow, _ALLOWED, "level")
        need(FAKE_MODULES, "fakeserver", "avatarwire fuzz")
        need(ADVERSARY_MODULES, "conformance", "avatarwire fuzz")
        from .probing.freedoms import freedoms_of
        from .probing.oracles import PROPERTIES
        from .probing.probe import usual
        from .probing.situations import situations
        from .probing.worker import Search

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
        seen = situations(search.allowed, freedoms_of(vendor))
        raise typer.Exit(_fuzz(search, asked, _Subject("client", chosen.text, PROPERTIES, "talks", seen)))


def _of_target(kind: str, extras: Mapping[str, tuple[str, ...]], given_option: Any) -> Callable[..., None]:
    """The command that searches one kind of target."""
    import typer

    from . import cli_options as options
    from .suites import VENDOR_NAMES

    @options.with_searching
    def command(vendor: options.Vendor, allow: Annotated[str, given_option] = "hostile", *, asked: "Searching") -> None:
        known(vendor, VENDOR_NAMES, "vendor")
        known(allow, _ALLOWED, "level")
        for extra, modules in extras.items():
            need(modules, extra, "avatarwire fuzz")
        raise typer.Exit(_fuzz_target(kind, vendor, allow, asked))

    return command


class _Subject:
    """What is searched, in words.

    Args:
        kind: client, codec or fake.
        name: of it.
        properties: what is asked of it.
        examples: what it is given.
        situations: what has to come about sometimes.
    """

    def __init__(
        self, kind: Any, name: str, properties: Mapping[str, str], examples: str, situations: Mapping[str, str]
    ) -> None:
        self.kind: Final = kind
        self.name: Final = name
        self.properties: Final = properties
        self.examples: Final = examples
        self.situations: Final = situations


def _fuzz_target(kind: Any, vendor: str, allow: Any, asked: "Searching") -> int:
    from .fuzzing.search import Fuzz
    from .fuzzing.target import ALIVE, ALIVE_TEXT, target

    try:
        searched = target(kind, vendor, allow)
    except AvatarwireError as error:
        fail(str(error))
    search = Fuzz(
        kind=kind,
        vendor=vendor,
        allowed=allow,
        seconds=asked.seconds,
        examples=asked.examples,
        seed=asked.seed,
        corpus=asked.corpus,
        box="",
    )
    properties = {ALIVE: ALIVE_TEXT, **searched.properties}
    subject = _Subject(kind, f"the {kind} of {vendor}", properties, "examples", searched.situations)
    return _fuzz(search, asked, subject)


def _fuzz(search: "AnySearch", asked: "Searching", subject: _Subject) -> int:
    import asyncio

    from .failure_files import written
    from .probing.hunting import hunt_at_once
    from .report.searches import Searched

    view = _View(subject)
    since, began = datetime.now(UTC), time.perf_counter()
    try:
        try:
            findings = asyncio.run(hunt_at_once(search, asked.jobs, view.progress))
        except KeyboardInterrupt:
            view.stop()
            print(f"interrupted: {view.told}, seed {search.seed}", file=sys.stderr)
            raise
        view.stop()
        seconds = time.perf_counter() - began
        paths: list[tuple[AnyFailure, Path]] = []
        for failure in findings.failures:
            _tell(failure)
            paths.append((failure, written(failure, asked.save)))
            print(f"  {_again(paths[-1][1])}")
        searched = Searched(
            command=f"fuzz {subject.kind}",
            vendor=search.vendor,
            side=_SIDES[subject.kind],
            subject=subject.name,
            properties=subject.properties,
            situations={name: (text, findings.reached.get(name, 0)) for name, text in subject.situations.items()},
            began=since,
            seconds=seconds,
        )
        _report(searched, asked, paths)
    except (AvatarwireError, OSError) as error:
        view.stop()
        fail(str(error))
    for text in findings.unsteady:
        print(printable(f"did not come again: {text}"))
    for line in _situations(findings, subject):
        print(printable(line))
    print(f"{_counted(findings, subject)} in {seconds:.1f} s, {_speed(findings, seconds)}, seed {search.seed}")
    return _FAILED if findings.failures else _NOTHING


_SIDES: Final[Mapping[str, Any]] = {"client": "client", "fake": "server", "codec": "codec"}


def _report(searched: "Searched", asked: "Searching", paths: "list[tuple[AnyFailure, Path]]") -> None:
    """Writes the reports that are asked for."""
    from .report import WRITERS
    from .report.searches import Broken, reported

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


def _tell(failure: "AnyFailure") -> None:
    print(printable(f"{failure.oracle}: {failure.detail}"))
    for line in failure.story:
        print(f"  {printable(line)}")


def _situations(findings: "Findings", subject: _Subject) -> list[str]:
    """The situations that must have been reached sometimes, and how often each was."""
    lines = [f"  {findings.reached.get(name, 0):8}  {text}" for name, text in subject.situations.items()]
    missing = sum(not findings.reached.get(name) for name in subject.situations)
    if not lines:
        return []
    seen = f"sometimes: {len(lines) - missing} of {len(lines)} situations were reached"
    if subject.kind == "client":
        return [seen, *lines]
    others = f"{len(findings.clauses)} clauses were varied or broken, {findings.pairs} pairs of state and message tried"
    return [f"{seen}; {others}", *lines]


_PARTS: Final[Mapping[str, str]] = {"codec": "inputs", "fake": "steps"}
"""What an example consists of."""


def _speed(findings: "Findings", seconds: float) -> str:
    return f"{(findings.count or findings.runs) / seconds:.1f} a second"


def _counted(findings: "Findings", subject: _Subject) -> str:
    ends = sorted(findings.outcomes.items(), key=lambda item: -item[1])
    if subject.kind != "client":
        return f"{findings.runs} {subject.examples}, {findings.count} {_PARTS[subject.kind]}"
    counts = ", ".join(f"{count} {outcome}" for outcome, count in ends) or "none"
    others = findings.runs - sum(findings.outcomes.values())
    return f"{findings.runs} {subject.examples}: {counts}{f', and {others} to make it simpler' if others else ''}"


class _View:
    """One line of a terminal that says how far a search is; nothing where there is no terminal."""

    def __init__(self, subject: _Subject) -> None:
        self._subject: Final = subject
        self._shown = False
        self.told = "nothing was tried yet"

    def progress(self, findings: "Findings") -> None:
        self.told = _counted(findings, self._subject)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{_counted(findings, self._subject)}")
            sys.stderr.flush()
            self._shown = True

    def stop(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            self._shown = False
