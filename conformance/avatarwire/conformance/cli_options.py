"""Options that several commands have: the reports of a run, and how long and where something is looked for.

It imports typer, so that whoever registers a command imports it there, and no other.
"""

import functools
import inspect
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from avatarwire.codecs.cli import fail
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct

from .suites import VENDOR_NAMES

__all__ = ["Searching", "Vendor", "seconds_of", "with_reports", "with_searching"]

Vendor: TypeAlias = Annotated[str, typer.Argument(metavar="VENDOR", help=f"One of: {', '.join(VENDOR_NAMES)}.")]

_Command: TypeAlias = Callable[..., None]
_Options: TypeAlias = Mapping[str, tuple[Any, Any]]
"""By the names of parameters: their annotations and defaults."""


def _file(text: str) -> tuple[Any, None]:
    return Annotated[Path | None, typer.Option(metavar="FILE", help=text)], None


_REPORTS: Final[_Options] = {
    "junit": _file("Report: JUnit XML."),
    "ctrf": _file("Report: CTRF JSON."),
    "html": _file("Report: one page, with all evidence."),
    "ndjson": _file("Report: one line a case."),
    "sarif": _file("Report: SARIF 2.1.0."),
    "markdown": _file("Report: Markdown."),
}

_SEARCHING: Final[_Options] = {
    "duration": (
        Annotated[
            str | None,
            typer.Option("--time", metavar="TIME", help="How long, such as 60s, 20m or 1h; by default 60s."),
        ],
        None,
    ),
    "examples": (
        Annotated[int | None, typer.Option(metavar="N", min=1, help="Examples at most, in the place of a time.")],
        None,
    ),
    "seed": (
        Annotated[
            int | None, typer.Option(metavar="N", min=0, help="Of what is drawn; by default another one each time.")
        ],
        None,
    ),
    "jobs": (
        Annotated[
            int | None, typer.Option(metavar="N", min=1, max=64, help="Processes; by default what the machine has.")
        ],
        None,
    ),
    "save": (
        Annotated[Path, typer.Option(metavar="DIR", help="Where failures go.")],
        Path(".avatarwire/failures"),
    ),
    "corpus": (
        Annotated[str, typer.Option(metavar="DIR|URL", help="Where examples are kept: a folder, or redis://HOST.")],
        "",
    ),
    **_REPORTS,
}


def with_reports(command: _Command) -> _Command:
    """A command with the options of reports: its parameter `reports` is those that are asked for, by their names."""
    return _expanded(command, "reports", _REPORTS, _report_files)


def with_searching(command: _Command) -> _Command:
    """A command with the options of a search: its parameter `asked` is a `Searching`; what cannot be ends it."""
    return _expanded(command, "asked", _SEARCHING, _searching)


def _expanded(command: _Command, name: str, options: _Options, make: Callable[..., Any]) -> _Command:
    """A command that has some options in the place of one parameter, which is made of them.

    typer knows the options of a function by its signature.
    """

    @functools.wraps(command)
    def called(**given: Any) -> None:
        made = make(**{option: given.pop(option) for option in options})
        command(**given, **{name: made})

    own = [
        inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for option, (annotation, default) in options.items()
    ]
    given = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in inspect.signature(command).parameters.values()
    ]
    parameters = [each for it in given for each in (own if it.name == name else [it])]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _report_files(**paths: Path | None) -> Mapping[str, OutputFile]:
    return {name: OutputFile(path, f"--{name}") for name, path in paths.items() if path is not None}


# --- how long, and where, something is looked for ---

_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
_UNITS: Final = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_DEFAULT_SECONDS: Final = 60.0
_MOST_SECONDS: Final = 7 * 24 * 3600.0
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_STORES: Final = ("redis", "rediss", "unix")


@dataclass(frozen=True, kw_only=True)
class Searching:
    """How long, and where, something is looked for.

    Attributes:
        seconds: real time; None for no end but that of `examples`.
        examples: that are tried at most; None for no end but that of `seconds`.
        seed: of what is drawn.
        jobs: processes.
        save: folder for failures.
        corpus: where examples are kept; empty for nowhere.
        reports: that are asked for.
    """

    seconds: float | None
    examples: int | None
    seed: int
    jobs: int
    save: Path
    corpus: str
    reports: Mapping[str, OutputFile]


def _searching(
    *,
    duration: str | None,
    examples: int | None,
    seed: int | None,
    jobs: int | None,
    save: Path,
    corpus: str,
    **paths: Path | None,
) -> Searching:
    scheme = _SCHEME.match(corpus)
    if scheme is not None and scheme[1] not in _STORES:
        fail(f"--corpus: expected a folder, or a URL that begins with {'://, '.join(_STORES)}://, got {scheme[1]}://")
    seconds = None if examples is not None and duration is None else seconds_of(duration)
    _check_folder(save)
    reports = _report_files(**paths)
    try:
        check_distinct(list(reports.values()), [])
        for report in reports.values():
            report.check_writable()
    except OutputError as error:
        fail(str(error))
    return Searching(
        seconds=seconds,
        examples=examples,
        seed=int.from_bytes(os.urandom(4)) if seed is None else seed,
        jobs=jobs or os.cpu_count() or 1,
        save=save,
        corpus=corpus,
        reports=reports,
    )


def seconds_of(text: str | None) -> float:
    """Real seconds that ``--time`` says; what cannot be ends the command."""
    if text is None:
        return _DEFAULT_SECONDS
    match = _TIME.fullmatch(text)
    if match is None or not float(match[1]):
        fail(f"--time: expected a time such as 60s, 20m or 1h, got {text!r}")
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > _MOST_SECONDS:
        fail(f"--time: expected a week at most, {_MOST_SECONDS / 3600:g}h, got {text!r}")
    return seconds


def _check_folder(folder: Path) -> None:
    """Ends the command if nothing can be written to a folder, which need not be there yet."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        fail(f"--save {folder}: {place} is no folder")
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError:
        fail(f"--save {folder}: {place} cannot be written to")
