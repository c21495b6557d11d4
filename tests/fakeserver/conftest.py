"""Fixtures of the tests of fake servers."""

from __future__ import annotations

import gc
import logging
import os
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from avatarwire.fakeserver.cli import register
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.query import Way
from avatarwire.fakeserver.server import FakeServer
from tests.commands import Run, runner
from tests.fakeserver.echo import EchoServer


@dataclass(frozen=True)
class Tls:
    """A throwaway certificate for 127.0.0.1.

    Attributes:
        server, client: contexts of the two sides.
        ca_file: certificate of the authority, for clients that want a file.
    """

    server: ssl.SSLContext
    client: ssl.SSLContext
    ca_file: Path


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.create_default_context()
    certificate: Any = authority.issue_cert("127.0.0.1")  # its methods are typed for pyOpenSSL too, which is not here
    certificate.configure_cert(server)
    client.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return Tls(server, client, ca_file)


@pytest.fixture
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inner runs load the plugin by its name, and no other: whether it is installed makes no difference then."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def travels(entry: Entry, way: Way | None) -> bool:
    """Whether an entry is of how its messages travel.

    What a fake itself has to say may be about any, and what a client does wrong may be anything.
    """
    if way is None or entry.direction == "note" or (entry.direction == "in" and entry.violations):
        return True
    return (entry.transport, True) == (way.transport, entry.direction in way.directions)


@pytest.fixture(scope="session", autouse=True)
def every_message_is_known() -> Iterator[None]:
    """A search for any entry is possible, by its way too: its id is in the catalogue, or named by its fake."""
    before, unknown = FakeServer.stop, set[tuple[str, str]]()

    async def stop(self: FakeServer) -> None:
        known = self.journal.known_messages
        if known is not None:
            ids = known()
            unknown.update(
                (type(self).__name__, f"{entry.message} {entry.direction} by {entry.transport}")
                for entry in self.journal.entries()
                if entry.message and not (entry.message in ids and travels(entry, ids[entry.message]))
            )
        await before(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeServer, "stop", stop)
        yield
    assert unknown == set()


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


@pytest.fixture
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged by asyncio, aiohttp or anybody else, and nothing is left for the garbage collector to close."""
    caplog.set_level(logging.WARNING)
    yield
    gc.collect()
    assert caplog.record_tuples == []


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, standard output, lines of standard error."""
    return runner(capsys, register)
