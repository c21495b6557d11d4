"""The command ``avatarwire demo``: the documented flow of each vendor with a fake of it, and all that crosses the wire.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the function in `register_demo`,
and they hold names that exist only there.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from avatarwire.codecs.cli import EPILOG, FINE, WRONG_DATA, fail, known, need
from avatarwire.codecs.errors import AvatarwireError

from . import suites
from .fakes import FAKE_MODULES

if TYPE_CHECKING:
    import typer

    from .flow import Tell

__all__ = ["register_demo"]

_FLOW_MODULES: Final = ("aiomqtt", "h11", "httpx", "websockets")


def register_demo(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    vendors_argument = typer.Argument(
        metavar="VENDOR", help=f"Of these: {', '.join(suites.SUITES)}. All when left out.", show_default=False
    )
    host_option = typer.Option(help="Address to listen on.")
    json_option = typer.Option("--json", help="One JSON object a line, the last one sums up.")

    @app.command(epilog=EPILOG)
    def demo(
        vendors: Annotated[list[str] | None, vendors_argument] = None,
        as_json: Annotated[bool, json_option] = False,
        host: Annotated[str, host_option] = "127.0.0.1",
        trace: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="A trace of all that crosses the wire, of one vendor."),
        ] = None,
    ) -> None:
        """Hold a whole documented conversation with a fake server, and show all that crosses the wire.

        The exit code is 0 only if every step did what the document says.
        """
        for name in vendors or ():
            known(name, suites.SUITES, "vendor")
        need(FAKE_MODULES, "fakeserver", "avatarwire demo")
        need(_FLOW_MODULES, "conformance", "avatarwire demo")
        chosen = list(dict.fromkeys(vendors or suites.SUITES))
        if trace is not None and len(chosen) > 1:
            fail(f"--trace is of one vendor: name it, such as avatarwire demo {chosen[0]} --trace {trace}")
        raise typer.Exit(_demo(chosen, host, trace, as_json=as_json))


def _demo(vendors: list[str], host: str, trace: Path | None, *, as_json: bool) -> int:
    import asyncio

    from .demonstration import demonstrate
    from .timeline_view import JsonView, TimelineView

    tell: Tell = JsonView(sys.stdout) if as_json else TimelineView(sys.stdout)
    fine = True
    for vendor in vendors:
        try:
            summary = asyncio.run(demonstrate(vendor, suites.SUITES[vendor].flows, tell, host=host, trace=trace))
        except (AvatarwireError, OSError) as error:
            fail(str(error))
        fine = fine and summary.ok
    return FINE if fine else WRONG_DATA
