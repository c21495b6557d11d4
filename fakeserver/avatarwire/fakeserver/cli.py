"""The commands of the fake servers: ``avatarwire serve`` and ``avatarwire bad-days``.

Options and printing live here; what the first does is in `serving.py`. Nothing of the extras is
imported before a command runs, so that ``avatarwire --help`` works without them.

There is no ``from __future__ import annotations`` here: typer reads the annotations of the functions in `register`,
and they hold names that exist only there.
"""

import inspect
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from avatarwire.codecs.cli import EPILOG, fail, known, need
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.codecs.textform import printable
from avatarwire.fakeserver import vendors as registry
from avatarwire.fakeserver.cli_record import register_record
from avatarwire.fakeserver.cli_replay import ToReplay, tell_replayed, to_replay
from avatarwire.fakeserver.cli_trace import register_trace
from avatarwire.fakeserver.vendors import ServeOption, Vendor

if TYPE_CHECKING:
    import typer

    from avatarwire.fakeserver.authority import Authority
    from avatarwire.fakeserver.control import Control
    from avatarwire.fakeserver.control_options import ControlOptions
    from avatarwire.fakeserver.scenario import ServerTable
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["register"]

_LOOPBACK: Final = "127.0.0.1"
_TOKEN: Final = "AVATARWIRE_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
_SERVER_MODULES: Final = ("aiohttp", "yaml", "jwt")
_TLS_MODULES: Final = ("trustme",)


def register(app: "typer.Typer") -> None:
    """Adds the commands."""
    import typer

    register_trace(app)
    register_record(app)
    vendors_argument = typer.Argument(
        metavar="VENDOR", help=f"Of these: {', '.join(registry.VENDORS)}. All when left out.", show_default=False
    )
    host_option = typer.Option(help="Address to listen on.")

    def serve(
        vendors: Annotated[list[str] | None, vendors_argument] = None,
        host: Annotated[str, host_option] = _LOOPBACK,
        scenario: Annotated[
            Path | None, typer.Option(metavar="FILE", help="What the fakes do: TOML, YAML or JSON.")
        ] = None,
        ready_file: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="Written, for its owner only, once all accept connections: URLs and credentials by vendor, "
                "as JSON. Removed at the end.",
            ),
        ] = None,
        strict: Annotated[bool, typer.Option("--strict", help="Refuse what the documents forbid.")] = False,
        bad_day: Annotated[
            list[str] | None,
            typer.Option(metavar="NAME", help="What goes wrong, of avatarwire bad-days; more than once if you like."),
        ] = None,
        journal: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", help="All that crosses the wire, secrets masked, as NDJSON; written as it happens."
            ),
        ] = None,
        trace: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="A trace of all that crosses the wire: avatarwire trace shows it."),
        ] = None,
        with_secrets: Annotated[
            bool, typer.Option("--with-secrets", help="Secrets stay in the trace as they are.")
        ] = False,
        replay: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="A trace whose answers are given in the place of the fakes' own."),
        ] = None,
        verbose: Annotated[
            bool, typer.Option("--verbose", help="Print what crosses the wire, audio left out.")
        ] = False,
        advertise: Annotated[
            str | None,
            typer.Option(metavar="HOST[:PORT]", help="Where clients reach the fakes, in every URL that they tell."),
        ] = None,
        tls: Annotated[
            bool, typer.Option("--tls", help="Serve https, wss and mqtts, with certificates of a throwaway authority.")
        ] = False,
        ca_file: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", help="Where the authority's certificate is written, as PEM; removed at the end."
            ),
        ] = None,
        control: Annotated[
            bool, typer.Option("--control/--no-control", help="An endpoint by which other processes control the fakes.")
        ] = True,
        control_host: Annotated[
            str, typer.Option(metavar="ADDR", help=f"Address of control; beyond loopback it needs {_TOKEN} to be set.")
        ] = _LOOPBACK,
        control_port: Annotated[
            int, typer.Option(metavar="N", help="Port of control; 0: a free one.", min=0, max=65535)
        ] = 0,
        **options: int | str | None,
    ) -> None:
        """Run fake servers until Ctrl-C, SIGTERM, or the terminal is closed."""
        need(_SERVER_MODULES, "fakeserver", "avatarwire serve")
        replayed = None if replay is None else to_replay(replay)
        chosen = _chosen(vendors or (None if replayed is None else replayed.known_vendors))
        given = {
            vendor.name: {option.argument: options[_parameter(vendor, option)] for option in vendor.options}
            for vendor in chosen
        }
        from avatarwire.fakeserver.control_options import ControlOptions

        asked = ControlOptions(control, control_host, control_port, os.environ.get(_TOKEN, ""), advertise)
        days = bad_day or []
        if with_secrets and trace is None:
            fail("--with-secrets: there is no trace without --trace FILE")
        if tls:
            need(_TLS_MODULES, "tls", "avatarwire serve --tls")
        files = _Files(scenario, ready_file, journal, trace, with_secrets, ca_file, tls, replayed)
        _serve(chosen, host, given, files, asked, strict=strict, verbose=verbose, days=days)

    serve.__dict__["__signature__"] = _with_options(inspect.signature(serve))
    app.command(epilog=EPILOG)(serve)

    @app.command("bad-days", epilog=EPILOG)
    def bad_days(
        as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False,
    ) -> None:
        """List the bad days: what goes wrong together, by name, for --bad-day and for tests."""
        _bad_days(as_json=as_json)


def _chosen(names: list[str] | None) -> list[Vendor]:
    for name in names or ():
        known(name, registry.VENDORS, "vendor")
    return [registry.VENDORS[name] for name in dict.fromkeys(names or registry.VENDORS)]


# --- serve ---


def _parameter(vendor: Vendor, option: ServeOption) -> str:
    return f"{vendor.name}_{option.argument}"


def _with_options(signature: inspect.Signature) -> inspect.Signature:
    """The signature that typer reads: ``**options`` becomes the options of every vendor."""
    import typer

    options = [
        inspect.Parameter(
            _parameter(vendor, option),
            inspect.Parameter.KEYWORD_ONLY,
            default=option.default,
            annotation=Annotated[
                option.kind if option.default is not None else option.kind | None,
                typer.Option(option.flag, metavar=option.metavar, help=option.help, **option.limits),
            ],
        )
        for vendor in registry.VENDORS.values()
        for option in vendor.options
    ]
    kept = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    return signature.replace(parameters=[*kept, *options])


class _Files(NamedTuple):
    """Files that are named, and how they are read and written."""

    scenario: Path | None
    ready: Path | None
    journal: Path | None
    trace: Path | None
    with_secrets: bool
    ca: Path | None
    tls: bool
    replayed: "ToReplay | None"


def _serve(
    vendors: list[Vendor],
    host: str,
    options: Mapping[str, Mapping[str, int | str | None]],
    files: "_Files",
    asked: "ControlOptions",
    *,
    strict: bool,
    verbose: bool,
    days: list[str],
) -> None:
    from avatarwire.fakeserver.bad_days import by_vendor
    from avatarwire.fakeserver.control_options import shared_clock
    from avatarwire.fakeserver.fast_loop import loop_name, run
    from avatarwire.fakeserver.serving import serve

    scenario = files.scenario
    ready = None if files.ready is None else OutputFile(files.ready, "--ready-file")
    journal = None if files.journal is None else OutputFile(files.journal, "--journal")
    trace = None if files.trace is None else OutputFile(files.trace, "--trace")
    try:
        server = _server_table(scenario)
        authority = _authority(files, wanted=files.tls or server.tls)
        ca_file = None if authority is None else authority.file
        written = [output for output in (ready, journal, trace, ca_file) if output is not None]
        read = {"--scenario": scenario, "--replay": None if files.replayed is None else files.replayed.path}
        check_distinct(written, [OutputFile(path, option) for option, path in read.items() if path is not None])
        bad = by_vendor(days, [vendor.name for vendor in vendors])
        shared: dict[str, Any] = {"host": host, "seed": server.seed, "advertise": asked.advertise}
        shared["clock"] = shared_clock(server, str(scenario), controlled=asked.wanted)
        if authority is not None:
            shared["tls"] = authority
        if files.replayed is not None:
            shared["replay"] = files.replayed.trace
        if strict or server.strict:
            shared["strict"] = True
        fakes = {
            vendor.name: vendor.make(
                scenario=scenario,
                **shared,
                **options[vendor.name],
                **({"bad_day": bad[vendor.name]} if bad[vendor.name] else {}),
            )
            for vendor in vendors
        }
        control = asked.make(fakes)
        run(
            serve(
                fakes,
                started=lambda: _announce(fakes, control, *([loop_name()] if verbose else [])),
                control=control,
                ready=ready,
                journal=journal,
                trace=trace,
                with_secrets=files.with_secrets,
                watch=_show if verbose else None,
                troubled=_warn,
                authority=authority,
            )
        )
        if files.replayed is not None:
            tell_replayed(fakes)
    except AvatarwireError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _server_table(scenario: Path | None) -> "ServerTable":
    """What the scenario says to all fakes."""
    from avatarwire.fakeserver.scenario import server_table
    from avatarwire.fakeserver.scenario.settings import tables

    return server_table(scenario, others=tables())


def _authority(files: _Files, *, wanted: bool) -> "Authority | None":
    """The authority of all fakes; None for none."""
    from avatarwire.fakeserver.authority import Authority

    if wanted:
        return Authority(None if files.ca is None else OutputFile(files.ca, "--ca-file"))
    if files.ca is not None:
        fail("--ca-file: there is no authority without --tls")
    return None


def _announce(fakes: "Mapping[str, FakeServer]", control: "Control | None", loop: str = "") -> None:
    for name, fake in fakes.items():
        print(f"{name}: {registry.VENDORS[name].title}")
        for attribute, value in fake.ready.items():
            print(f"  {attribute:18} {value}")
    if control is not None:
        print("control: what tests have them do, from any language")
        print(f"  {'url':18} {control.url}")
        # One that was set is known already, and need not be in a log.
        print(f"  {'token':18} {f'as {_TOKEN} says' if os.environ.get(_TOKEN) else control.token}")
    exposed = dict.fromkeys(fake.exposure for fake in fakes.values() if fake.exposure and fake.default_credentials)
    for where in exposed:
        print(f"warning: listening on {where} with published default credentials", file=sys.stderr, flush=True)
    if loop:
        print(f"event loop: {loop}")
    print("Ctrl-C ends it.", flush=True)


def _warn(trouble: OutputError) -> None:
    print(f"warning: {trouble}; what happens from now on is not written", file=sys.stderr, flush=True)


def _show(vendor: str, line: str) -> None:
    print(f"{vendor} {printable(line)}", flush=True)


# --- bad days ---


def _bad_days(*, as_json: bool) -> None:
    from avatarwire.fakeserver.bad_days import BAD_DAYS

    if as_json:
        found = [
            {"name": each.name, "vendors": list(each.parts), "text": each.text, "advice": each.advice}
            for each in BAD_DAYS.values()
        ]
        print(json.dumps(found, indent=2))
        return
    width = max(map(len, BAD_DAYS))
    for each in BAD_DAYS.values():
        print(f"{each.name:{width}}  {', '.join(each.parts)}: {each.text}")
