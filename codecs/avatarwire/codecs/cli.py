"""The command ``avatarwire``: what all its commands share, and ``decode``, ``encode``, ``schema`` and ``list``.

``ledger`` and ``explain`` are in `cli_ledger.py`; what ``decode`` and ``encode`` do is in `cli_messages.py`.

The other components add theirs by entry points. What is shared: how an error is reported, which exit codes there are,
how a missing extra is named. typer and rich are imported when a command runs, for the codecs install without them;
nothing else in the codecs imports this module.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in `register`,
and they hold names that exist only there.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeAlias

from . import catalogue, completion
from .core.entry import Catalogue, Sender
from .installed import installed_version
from .output_files import OutputFile
from .textform import printable

if TYPE_CHECKING:
    import typer
    from rich.console import Console

__all__ = [
    "EPILOG",
    "FINE",
    "USAGE",
    "WRONG_DATA",
    "application",
    "complain",
    "fail",
    "known",
    "main",
    "need",
    "new_console",
    "register",
    "run",
]

FINE: Final = 0
WRONG_DATA: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""What a shell has of a command that SIGPIPE ended."""
EPILOG: Final = "Exit codes: 0 everything is fine, 1 the data is wrong, 2 the command cannot be carried out as given."

COMPLETION: Final = "_AVATARWIRE_COMPLETE"
"""Variable by which a shell asks how a line may go on."""
_COMPLETION_OPTIONS: Final = ("--install-completion", "--show-completion")

GROUP: Final = "avatarwire.commands"
"""Entry points by which components add their commands: functions that are given the typer application."""

Register: TypeAlias = "Callable[[typer.Typer], None]"


class By(StrEnum):
    """Who sent a frame."""

    CLIENT = "client"
    SERVER = "server"


_SENDERS: Final[Mapping[By | None, Sender | None]] = {None: None, By.CLIENT: "client", By.SERVER: "server"}


# --- the command ---


def main() -> None:
    """Runs ``avatarwire`` with the arguments of the process, and ends the process."""
    if (reconfigure := getattr(sys.stdout, "reconfigure", None)) is not None:
        # What is piped on is UTF-8 whatever the locale; a terminal that lacks a character shows another.
        reconfigure(**{"errors": "replace"} if sys.stdout.isatty() else {"encoding": "utf-8"})
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output wants no more of it, as `head` does. Python would complain at its end once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    raise SystemExit(code)


def run(arguments: Sequence[str], registers: Iterable[Register] | None = None) -> int:
    """Runs ``avatarwire`` with some arguments and returns its exit code.

    Args:
        arguments: without the name of the command itself.
        registers: what adds commands to those of the codecs; None takes the entry points of all components.
    """
    if not all(find_spec(name) for name in ("typer", "rich")):
        return complain('the command needs the extra cli: pip install "avatarwire[cli]"', USAGE)
    from typer import Abort
    from typer.main import get_command

    found, lacking = _gathered() if registers is None else (registers, [])
    command: Any = get_command(application(found))
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    if lacking and asked is not None and asked not in command.commands:
        extras = ",".join(lacking)
        return complain(f'no command {asked!r} without its extra: pip install "avatarwire[{extras}]"', USAGE)
    try:
        code = command.main(args=list(arguments), prog_name="avatarwire", standalone_mode=False)
    except (Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit as end:
        # In this mode it ends the process for two things only: completion of lines was asked for, or nobody reads the
        # pipe any more.
        is_completion = COMPLETION in os.environ or (arguments and arguments[0] in _COMPLETION_OPTIONS)
        return int(end.code or FINE) if is_completion else BROKEN_PIPE
    except Exception as error:
        # typer has had its own copy of click's exceptions since 0.26; both give their message this way.
        told = getattr(error, "format_message", None)
        if told is None:
            raise
        return complain(told(), USAGE)
    return code if isinstance(code, int) else FINE


def application(registers: Iterable[Register] = ()) -> "typer.Typer":
    """The typer application: the commands of the codecs, and what `registers` add."""
    import typer

    app = typer.Typer(
        name="avatarwire",
        help="Codecs and fake servers for digital-human (avatar) services.",
        epilog=EPILOG,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if sys.stdout.isatty() else None,
    )

    @app.callback(invoke_without_command=True)
    def root(
        context: typer.Context,
        show_version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
    ) -> None:
        if show_version:
            print(f"avatarwire {installed_version(otherwise='(not installed)')}")
        elif context.invoked_subcommand is None:
            print(context.get_help())
            raise typer.Exit(USAGE)

    for add in (register, *registers):
        add(app)
    return app


def _gathered() -> tuple[list[Register], list[str]]:
    """What adds the commands of the other components, and the components that cannot be loaded."""
    own = f"avatarwire.codecs.cli:{register.__name__}"
    registers: list[Register] = []
    lacking: list[str] = []
    for point in entry_points(group=GROUP):
        if point.value == own:
            continue
        try:
            registers.append(point.load())
        except ModuleNotFoundError:
            lacking.append(point.name)
    return registers, lacking


# --- what all commands share ---


def complain(text: str, code: int) -> int:
    """Reports an error in one line on standard error, and gives back the exit code that goes with it."""
    print(f"error: {printable(' '.join(text.split()))}", file=sys.stderr)
    return code


def fail(text: str, code: int = USAGE) -> NoReturn:
    """Ends the command with an error in one line."""
    from typer import Exit

    raise Exit(complain(text, code))


def need(modules: Iterable[str], extra: str, what: str) -> None:
    """Ends the command with a line that names the extra, unless its modules are there."""
    if not all(map(_is_installed, modules)):
        fail(f'{what} needs the extra {extra}: pip install "avatarwire[{extra}]"')


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # somebody has put something in its place, or in its way
        return False


def known(name: str, names: Iterable[str], what: str) -> None:
    """Ends the command unless a name is one of those there are."""
    names = list(names)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        fail(f"no {what} {name!r}; " + (f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"))


# --- the commands of the codecs ---


def register(app: "typer.Typer") -> None:
    """Adds the commands of the codecs."""
    import typer

    vendor_argument = typer.Argument(
        metavar="VENDOR", help=f"One of: {', '.join(catalogue.VENDORS)}.", autocompletion=completion.vendors
    )
    as_option = typer.Option(
        "--as", metavar="ID", help="What it is; `avatarwire list VENDOR` lists the ids.", autocompletion=completion.ids
    )
    sender_option = typer.Option("--sender", help="Who sends the frames; taken from the frame when left out.")

    @app.command(epilog=EPILOG)
    def decode(
        vendor: Annotated[str, vendor_argument],
        frames: Annotated[
            list[str], typer.Argument(metavar="HEX|JSON|QUERY|FILE|-", help="Messages, files of messages, or -.")
        ],
        sender: Annotated[By | None, sender_option] = None,
        as_id: Annotated[str | None, as_option] = None,
        strict: Annotated[bool, typer.Option("--strict", help="Refuse every form but the ruled one.")] = False,
        as_json: Annotated[
            bool | None,
            typer.Option("--json/--pretty", help="One JSON object a line, or explained; JSON unless on a terminal."),
        ] = None,
        all_errors: Annotated[
            bool, typer.Option("--all-errors", help="Tell everything that is wrong with a message, a line for each.")
        ] = False,
    ) -> None:
        """Read frames, messages, and the bodies and queries of HTTP calls.

        A frame is hex, with or without spaces, colons and 0x; JSON and queries are given as they are. A file has one
        message on each line, # begins a comment among frames; a file that is not text is one frame, one that is one
        JSON text is one message. - is standard input.

        "id" says what each is. Where several fit, it is null and "ids" has them all: --as chooses.

        What cannot be read gives one line on standard error; in JSON, an object {"error": ...} in its place. With
        --all-errors each rule that it breaks has a line, and "findings" of that object has them all.
        """
        about = _catalogue(vendor, as_id)
        in_json = as_json if as_json is not None else not sys.stdout.isatty()
        raise typer.Exit(
            cli_messages.decode(about, frames, _SENDERS[sender], strict, as_id or "", in_json=in_json, every=all_errors)
        )

    @app.command(epilog=EPILOG)
    def encode(
        vendor: Annotated[str, vendor_argument],
        objects: Annotated[list[str], typer.Argument(metavar="JSON|FILE|-", help="Objects, files of objects, or -.")],
        sender: Annotated[By | None, sender_option] = None,
        as_id: Annotated[str | None, as_option] = None,
        raw: Annotated[str | None, typer.Option(metavar="FILE", help="Write the one frame as it is to FILE.")] = None,
        as_received: Annotated[
            bool, typer.Option("--as-received", help="Write what only lenient reading takes, too.")
        ] = False,
    ) -> None:
        """Write messages: the inverse of decode.

        An object is what decode prints, of which "message" and "body" are enough; with --as, the body alone. A file has
        one object on each line, or is one object. - is standard input. Each gives one line: hex where messages are
        binary, JSON or a query otherwise.

        What is written is what --strict reads. With --as-received, whatever decode has read is written back as it came;
        what was changed in its object since then is written in the form that it is understood to be.
        """
        output = None if raw is None else OutputFile(raw, "--raw")
        about = _catalogue(vendor, as_id)
        raise typer.Exit(
            cli_messages.encode(about, objects, _SENDERS[sender], as_id or "", output, strict=not as_received)
        )

    @app.command(epilog=EPILOG)
    def schema(
        vendor: Annotated[str | None, vendor_argument] = None,
        entry: Annotated[
            str | None,
            typer.Argument(
                metavar="ID",
                help="Only this one; `avatarwire list VENDOR` lists the ids.",
                autocompletion=completion.ids,
            ),
        ] = None,
    ) -> None:
        """Print the JSON Schema of all that travels, or list the vendors."""
        cli_catalogue.print_schema(vendor, entry)

    @app.command("list", epilog=EPILOG)
    def list_(
        vendor: Annotated[str | None, vendor_argument] = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """List all that travels, and in what: method and path, header, topic or code; or list the vendors."""
        cli_catalogue.print_list(vendor, as_json=as_json)

    # They need what is above, so that they cannot be imported before it.
    from . import cli_catalogue, cli_ledger, cli_messages

    cli_ledger.register(app)


def _catalogue(vendor: str, as_id: str | None) -> Catalogue:
    known(vendor, catalogue.VENDORS, "vendor")
    about = catalogue.vendor(vendor)
    if as_id is not None:
        known(as_id, about, f"message or type of {vendor}")
    return about


def new_console() -> "Console":
    """Where things are shown in colours, as far as the terminal has them."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


if __name__ == "__main__":
    main()
