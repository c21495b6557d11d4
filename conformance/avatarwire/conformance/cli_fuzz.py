"""The commands ``avatarwire fuzz`` and ``avatarwire replay``: what they are asked, and what they say.

How it is searched is in `probing/`. Nothing of the extras is imported before a command runs.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in
`register_fuzz`, and they hold names that exist only there.
"""

import asyncio
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from avatarwire.codecs.cli import fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.textform import printable

from .cli_probe import ADVERSARY_MODULES, client_of, is_real
from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .probing.failure import Failure
    from .probing.hunting import Findings
    from .probing.worker import Search

__all__ = ["register_fuzz"]

_NOTHING: Final = 0
_FAILED: Final = 1
_UNABLE: Final = 2
_EPILOG: Final = "Exit codes: 0 nothing found, 1 a failure, whose file was written, 2 could not run."
_REPLAY_EPILOG: Final = "Exit codes: 0 none fails, 1 one fails, 2 an error."
_ALLOWED: Final = ("documented", "errata", "faults", "hostile")
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
_UNITS: Final = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_DEFAULT_SECONDS: Final = 60.0


def register_fuzz(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    from .suites import VENDOR_NAMES

    group = typer.Typer(no_args_is_help=True, help="Look for what breaks a client.")
    app.add_typer(group, name="fuzz")

    vendor_argument = typer.Argument(metavar="VENDOR", help=f"One of: {', '.join(VENDOR_NAMES)}.")
    client_option = typer.Option(metavar="MODULE:CLASS", help="An adapter of your client, for asyncio.")
    exec_option = typer.Option("--exec", metavar="COMMAND", help="A program that takes orders as lines of JSON.")
    allow_option = typer.Option(metavar="LEVEL", help=f"What the vendor may do: {', '.join(_ALLOWED)}.")
    time_option = typer.Option("--time", metavar="TIME", help="How long, such as 60s, 20m or 1h.")
    examples_option = typer.Option(metavar="N", min=1, help="Talks at most, in the place of a time.")
    seed_option = typer.Option(metavar="N", min=0, help="Of what is drawn; by default another one each time.")
    jobs_option = typer.Option(metavar="N", min=1, max=64, help="Processes; by default what the machine has.")
    save_option = typer.Option(metavar="DIR", help="Where failures go.")
    corpus_option = typer.Option(metavar="DIR|URL", help="Where examples are kept: a folder, or redis://HOST.")
    patience_option = typer.Option(metavar="SECONDS", min=0.01, max=1e6, help="A call may last so long.")
    engine_option = typer.Option(metavar="MODULE:NAME", help="Another loop for client and fake.")

    @group.command(epilog=_EPILOG)
    def client(
        vendor: Annotated[str, vendor_argument],
        client: Annotated[str | None, client_option] = None,
        program: Annotated[str | None, exec_option] = None,
        allow: Annotated[str, allow_option] = "faults",
        duration: Annotated[str | None, time_option] = None,
        examples: Annotated[int | None, examples_option] = None,
        seed: Annotated[int | None, seed_option] = None,
        jobs: Annotated[int | None, jobs_option] = None,
        save: Annotated[Path, save_option] = Path(".avatarwire/failures"),
        corpus: Annotated[str, corpus_option] = "",
        patience: Annotated[float | None, patience_option] = None,
        engine: Annotated[str, engine_option] = "",
    ) -> None:
        """Draw what a vendor does, and what a client is told to do, until something breaks the client."""
        known(vendor, VENDOR_NAMES, "vendor")
        known(allow, _ALLOWED, "level")
        need(FAKE_MODULES, "fakeserver", "avatarwire fuzz")
        need(ADVERSARY_MODULES, "conformance", "avatarwire fuzz")
        from .probing.probe import usual
        from .probing.worker import Search

        chosen = client_of(client, program, engine)
        usual_patience, delay = usual(real=is_real(chosen))
        _check_folder(save)
        seconds = None if examples is not None and duration is None else _seconds(duration)
        search = Search(
            vendor=vendor,
            client=chosen,
            allowed=allow,  # type: ignore[arg-type]
            patience=usual_patience if patience is None else patience,
            delay=delay,
            seconds=seconds,
            examples=examples,
            seed=int.from_bytes(os.urandom(4)) if seed is None else seed,
            corpus=corpus,
            box="",
        )
        raise typer.Exit(_fuzz(search, jobs or os.cpu_count() or 1, save))

    file_argument = typer.Argument(metavar="FILE|DIR", help="A failure file, or a folder of them.")
    keep_option = typer.Option("--keep", help="Leave files whose failure is gone.")
    remove_option = typer.Option("--remove", help="Remove them wherever they are.")
    other_option = typer.Option("--client", metavar="MODULE:CLASS", help="Another client than the file names.")

    @app.command(epilog=_REPLAY_EPILOG)
    def replay(
        path: Annotated[Path, file_argument] = Path(".avatarwire/failures"),
        keep: Annotated[bool, keep_option] = False,
        remove: Annotated[bool, remove_option] = False,
        client: Annotated[str | None, other_option] = None,
    ) -> None:
        """Do failures again: FIXED, and the file is removed where `avatarwire fuzz` puts it, FAILED, or ERROR."""
        if keep and remove:
            fail("--keep and --remove contradict each other")
        need(FAKE_MODULES, "fakeserver", "avatarwire replay")
        need(ADVERSARY_MODULES, "conformance", "avatarwire replay")
        raise typer.Exit(_replay(path, keep=keep, remove=remove, client=client))


def _seconds(text: str | None) -> float:
    if text is None:
        return _DEFAULT_SECONDS
    match = _TIME.fullmatch(text)
    if match is None or not float(match[1]):
        fail(f"--time: expected a time such as 60s, 20m or 1h, got {text!r}")
    return float(match[1]) * _UNITS[match[2]]


def _check_folder(folder: Path) -> None:
    """Ends the command if nothing can be written to a folder, which need not be there yet."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        fail(f"--save {folder}: {place} is no folder")
    if not os.access(place, os.W_OK):
        fail(f"--save {folder}: {place} cannot be written to")


def _fuzz(search: "Search", jobs: int, save: Path) -> int:
    from .probing.failure import written
    from .probing.hunting import hunt_at_once

    view = _View()
    began = time.perf_counter()
    try:
        findings = asyncio.run(hunt_at_once(search, jobs, view.progress))
        view.stop()
        paths = [(failure, written(failure, save)) for failure in findings.failures]
    except (AvatarwireError, OSError) as error:
        view.stop()
        fail(str(error))
    for failure, path in paths:
        _tell(failure, path)
    seconds = time.perf_counter() - began
    for text in findings.unsteady:
        print(printable(f"did not come again: {text}"))
    print(f"{_counted(findings)} in {seconds:.1f} s, {findings.runs / seconds:.1f} a second, seed {search.seed}")
    return _FAILED if findings.failures else _NOTHING


def _tell(failure: "Failure", path: Path) -> None:
    print(printable(f"{failure.oracle}: {failure.detail}"))
    for line in failure.story:
        print(f"  {printable(line)}")
    print(f"  avatarwire replay {path}")


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


def _replay(path: Path, *, keep: bool, remove: bool, client: str | None) -> int:
    from .probing.failure import FOLDER, BadFailure, files

    try:
        paths = files(path)
    except BadFailure as error:
        fail(str(error))
    code = _NOTHING
    for file in paths:
        word, text = _replayed(file, client)
        print(printable(f"{word}  {file}{f': {text}' if text else ''}"))
        if word == "FIXED" and not keep and (remove or FOLDER.resolve() in file.resolve().parents):
            file.unlink()
        code = max(code, {"FIXED": _NOTHING, "FAILED": _FAILED, "ERROR": _UNABLE}[word])
    return code


def _replayed(path: Path, client: str | None) -> tuple[str, str]:
    """What became of a failure, in Schemathesis's words, and why."""
    from .probing.failure import BadFailure, read
    from .probing.plan import FINE, Client
    from .probing.replaying import replayed

    try:
        failure = read(path)
        ended: Any = asyncio.run(replayed(failure, None if client is None else Client(name=client)))
    except (BadFailure, AvatarwireError) as error:
        return "ERROR", str(error).removeprefix(f"{path}: ")
    if ended.unable:
        return "ERROR", ended.unable
    if ended.outcome in FINE:
        return "FIXED", ""
    same = ended.outcome == failure.oracle
    return "FAILED", f"{ended.outcome}{'' if same else f' (it was {failure.oracle})'}: {ended.detail}"
