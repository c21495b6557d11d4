"""The command ``avatarwire replay``: failures that were found, done again.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the function in
`register_replay`, and they hold names that exist only there.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from avatarwire.codecs.cli import fail, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.textform import printable

from .cli_probe import ADVERSARY_MODULES
from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

__all__ = ["register_replay"]

_NOTHING: Final = 0
_FAILED: Final = 1
_UNABLE: Final = 2
_EPILOG: Final = "Exit codes: 0 none fails, 1 one fails, 2 an error."


def register_replay(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    file_argument = typer.Argument(metavar="FILE|DIR", help="A failure file, or a folder of them.")
    keep_option = typer.Option("--keep", help="Leave files whose failure is gone.")
    remove_option = typer.Option("--remove", help="Remove them wherever they are.")
    other_option = typer.Option("--client", metavar="MODULE:CLASS", help="Another client than the file names.")

    @app.command(epilog=_EPILOG)
    def replay(
        path: Annotated[str, file_argument] = ".avatarwire/failures",
        keep: Annotated[bool, keep_option] = False,
        remove: Annotated[bool, remove_option] = False,
        client: Annotated[str | None, other_option] = None,
    ) -> None:
        """Do failures again: FIXED, and the file is removed where `avatarwire fuzz` puts it, FAILED, or ERROR."""
        if keep and remove:
            fail("--keep and --remove contradict each other")
        if not path:
            fail("expected a failure file, or a folder of them, got nothing")
        need(ADVERSARY_MODULES, "conformance", "avatarwire replay")
        raise typer.Exit(_replay(Path(path), keep=keep, remove=remove, client=client))


def _replay(path: Path, *, keep: bool, remove: bool, client: str | None) -> int:
    from .failure_files import FOLDER, BadFailure, files

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
    import asyncio

    from .failure_files import read
    from .fuzzing.failure import CodecFailure
    from .probing.failure import Failure
    from .probing.looking import nature_of
    from .probing.plan import FINE, Client
    from .probing.replaying import replayed, tried_again

    try:
        failure = read(path)
        if not isinstance(failure, CodecFailure):
            need(FAKE_MODULES, "fakeserver", "avatarwire replay")
        if not isinstance(failure, Failure):
            tried = asyncio.run(tried_again(failure))
            if tried.unable:
                return "ERROR", tried.unable
            same = tried.broken == failure.oracle
            found = f"{tried.broken}{'' if same else f' (it was {failure.oracle})'}: {tried.detail}"
            return ("FAILED", found) if tried.broken else ("FIXED", "")
        tried_one = failure.client if client is None else Client(name=client)
        if not tried_one.command:
            nature_of(tried_one.name)  # one that cannot be imported would be taken for one that does not end
        ended = asyncio.run(replayed(failure, tried_one))
    except AvatarwireError as error:
        return "ERROR", str(error).removeprefix(f"{path}: ")
    if ended.unable:
        return "ERROR", ended.unable
    if ended.outcome in FINE:
        return "FIXED", ""
    same = ended.outcome == failure.oracle
    return "FAILED", f"{ended.outcome}{'' if same else f' (it was {failure.oracle})'}: {ended.detail}"
