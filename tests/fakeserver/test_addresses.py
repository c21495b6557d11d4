"""Addresses to listen on: one has to be named, and one that others can reach is noted."""

from __future__ import annotations

from typing import Any, Final

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServerError, VirtualClock
from avatarwire.fakeserver.addresses import is_everywhere, is_loopback
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker
from tests.fakeserver.echo import EchoServer
from tests.fakeserver.mqtt.running import Echo
from tests.fakeserver.server_help import get

FAKES: Final = (FakeAliyun, FakeGuiji, FakeSenseTime, EchoServer)
REFUSED: Final = r"host: expected an address to listen on, got .*; 127.0.0.1 for this machine alone, 0.0.0.0 for every"


@pytest.mark.parametrize("make", FAKES)
@pytest.mark.parametrize("host", ["", " ", "\t\n", None, 0, b"127.0.0.1", ["127.0.0.1"]])
def test_no_address_is_not_every_address(make: Any, host: object) -> None:
    with pytest.raises(FakeServerError, match=REFUSED):
        make(host=host)


def test_the_broker_asks_for_an_address_too() -> None:
    clock = VirtualClock()
    with pytest.raises(FakeServerError, match=REFUSED):
        EmbeddedBroker(Echo(), Hub(clock, Journal(clock, vendor="echo")), host="")


@pytest.mark.parametrize("host", ["a\x00b", "half \ud83d", "x" * 64 + ".example"])
def test_an_address_that_no_resolver_takes_is_told(host: str) -> None:
    server = EchoServer(host=host)
    with pytest.raises(FakeServerError, match=r"the fake echo server cannot listen on .* port 0: "):
        server.__enter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "0", "0.0", "00.0.0.0"])  # noqa: S104 - what is noted
def test_listening_everywhere_is_noted_whatever_form_the_address_has(host: str) -> None:
    with EchoServer(host=host) as server:
        assert (server.exposure, server.default_credentials) == ("every interface", False)
        assert get(server) == 200
    [note] = server.journal.entries(transport="note")
    assert (note.body, note.meta) == ("listening on every interface", {"default_credentials": False})


@pytest.mark.parametrize("host", ["::", "::0", "0:0:0:0:0:0:0:0", "::ffff:0.0.0.0"])
def test_so_it_is_by_ipv6(host: str) -> None:
    try:
        with EchoServer(host=host) as server:
            assert server.exposure == "every interface"
    except FakeServerError:
        pytest.skip("no IPv6 here")


def test_loopback_is_not_noted() -> None:
    for host in ("127.0.0.1", "localhost", "127.0.0.2"):
        with EchoServer(host=host) as server:
            assert server.exposure == ""
        assert server.journal.entries() == []


OWN: Final[dict[str, tuple[type[Any], list[Any]]]] = {
    "aliyun": (FakeAliyun, [{"access_key_id": "a", "access_key_secret": "own"}]),
    "guiji": (FakeGuiji, [{"app_id": "a", "app_secret": "own"}]),
    "sensetime": (FakeSenseTime, [{"app_id": "a", "app_key": "own"}]),
}


@pytest.mark.parametrize(("make", "accounts"), OWN.values(), ids=OWN)
def test_credentials_are_the_default_ones_until_every_account_has_its_own(make: Any, accounts: list[Any]) -> None:
    default = make()
    assert default.default_credentials
    assert not make(accounts=accounts).default_credentials
    assert make(accounts=[*accounts, default.scenario.accounts[0]]).default_credentials


@pytest.mark.parametrize(
    ("address", "everywhere", "loopback"),
    [
        ("0.0.0.0", True, False),  # noqa: S104 - what is asked about
        ("::", True, False),
        ("::ffff:0.0.0.0", True, False),
        ("::%lo", True, False),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("192.0.2.1", False, False),
        ("localhost", False, False),
        ("", False, False),
    ],
)
def test_how_far_addresses_reach(address: str, everywhere: bool, loopback: bool) -> None:
    assert (is_everywhere(address), is_loopback(address)) == (everywhere, loopback)
