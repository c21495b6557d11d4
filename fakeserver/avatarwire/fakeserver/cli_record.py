"""The command ``avatarwire record``: a proxy before any endpoint, which writes a trace of what passes.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the function in
`register_record`, and they hold names that exist only there.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from avatarwire.codecs.cli import fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.output_files import OutputFile, check_distinct
from avatarwire.codecs.textform import printable
from avatarwire.fakeserver import vendors as registry

if TYPE_CHECKING:
    import typer

    from avatarwire.fakeserver.record import Recording

__all__ = ["register_record"]

_MODULES: Final = ("aiohttp", "yaml", "jwt")
_CONTROL: Final = "control"
_LARGEST: Final = 1024 * 1024
"""Bytes of a ready file that are read."""


def register_record(app: "typer.Typer") -> None:
    """Adds the command."""
    import typer

    vendor_argument = typer.Argument(metavar="VENDOR", help=f"One of: {', '.join(registry.VENDORS)}.")
    port: dict[str, Any] = {"metavar": "N", "min": 0, "max": 65535}

    @app.command(epilog="Exit codes: 0 it was ended by a signal, 2 the command cannot be carried out as given.")
    def record(
        vendor: Annotated[str, vendor_argument],
        upstream: Annotated[str, typer.Option(metavar="URL", help="The endpoint that answers: its HTTP.")],
        out: Annotated[Path, typer.Option(metavar="FILE", help="The trace; FILE.part until the end.")],
        ready: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="A ready file, or one written by hand: credentials, with which calls are signed anew, the MQTT "
                "broker, other sockets, ca_file.",
            ),
        ] = None,
        ready_file: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="Written, for its owner only, once it accepts connections: its URLs, and the credentials of "
                "--ready. Removed at the end.",
            ),
        ] = None,
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        http_port: Annotated[int, typer.Option("--port", help="Port of HTTP; 0: a free one.", **port)] = 0,
        mqtt_port: Annotated[int, typer.Option(help="Port of MQTT; 0: a free one.", **port)] = 0,
        callback_listen: Annotated[
            str, typer.Option(metavar="HOST:PORT", help="Where the endpoint posts its callbacks.", show_default=False)
        ] = "",
        callback_url: Annotated[
            str, typer.Option(metavar="URL", help="Where those are passed on to.", show_default=False)
        ] = "",
        with_secrets: Annotated[
            bool, typer.Option("--with-secrets", help="Secrets stay in the trace as they are.")
        ] = False,
    ) -> None:
        """Record what passes between clients and an endpoint, until Ctrl-C or SIGTERM."""
        known(vendor, registry.VENDORS, "vendor")
        need(_MODULES, "fakeserver", "avatarwire record")
        import asyncio

        from avatarwire.fakeserver.record import Recording
        from avatarwire.fakeserver.record.running import run

        announced = None if ready_file is None else OutputFile(ready_file, "--ready-file")
        try:
            content = {} if ready is None else _content(ready)
            outputs = [OutputFile(out, "--out"), *([] if announced is None else [announced])]
            check_distinct(outputs, [] if ready is None else [OutputFile(ready, "--ready")])
            given = _part(content, vendor, ready)
            recording = Recording(
                vendor,
                upstream=upstream,
                out=out,
                ready=given,
                host=host,
                port=http_port,
                mqtt_port=mqtt_port,
                callback_listen=callback_listen,
                callback_url=callback_url,
                with_secrets=with_secrets,
                option="--out",
                warn=_warn,
            )
            more = {_CONTROL: content[_CONTROL]} if _CONTROL in content else {}
            asyncio.run(run(recording, announced, more, started=lambda: _announce(recording)))
        except AvatarwireError as error:
            fail(printable(str(error)))
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _content(path: Path) -> dict[str, Any]:
    """What a ready file says."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            fail(f"--ready {path}: larger than the {_LARGEST} bytes that are read")
        return msgspec.json.decode(data, type=dict[str, Any])
    except OSError as error:
        fail(f"--ready {path}: {error.strerror or error}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fail(printable(f"--ready {path}: no ready file: {error}"))


def _part(content: Mapping[str, Any], vendor: str, path: Path | None) -> Mapping[str, Any]:
    from avatarwire.fakeserver.record.upstream import credentials_of

    return {} if path is None else credentials_of(content, vendor, f"--ready {path}")


def _announce(recording: "Recording") -> None:
    lines = [f"{recording.vendor}: {registry.VENDORS[recording.vendor].title}, recorded"]
    lines += [printable(f"  {key:18} {value}") for key, value in recording.ready.items()]
    lines += [printable(f"  {local} stands for {other}") for local, other in recording.addresses.items()]
    for warning in recording.lacking:
        _warn(warning)
    sys.stdout.write("\n".join([*lines, "Ctrl-C ends it.\n"]))
    sys.stdout.flush()


def _warn(text: str) -> None:
    sys.stderr.write(printable(f"warning: {text}") + "\n")
    sys.stderr.flush()
