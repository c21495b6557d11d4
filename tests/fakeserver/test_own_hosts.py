"""By which names a server is reached: those that nobody else can have led to it."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.control import Control
from avatarwire.fakeserver.own_hosts import OwnHosts, reachable

ALL = "0.0.0.0"  # noqa: S104 - what is tested
HERE = ("127.0.0.1", "127.0.0.1:80", "127.8.8.8", "localhost", "LOCALHOST:1", "localhost.", "a.localhost", "[::1]:5")
THERE = ("10.0.0.7:80", "[2001:db8::1]")
NEAR = ("avatar-fake:8080", "host.docker.internal", "fake.team.svc.cluster.local")
NEVER = (
    *("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "evillocalhost.example"),
    *("", ":80", "a@b", "localhost/x", "[", "[::1", "localhost:x", "evil..", "xn--evil.example", "10.0.0.7.example"),
)


@pytest.mark.parametrize(
    ("own", "fit"),
    [
        (OwnHosts("127.0.0.1"), (*HERE,)),
        (OwnHosts("127.0.0.1", private=True), (*HERE,)),
        (OwnHosts("::1", private=True), (*HERE,)),
        (OwnHosts(ALL), (*HERE, *THERE)),
        (OwnHosts("::"), (*HERE, *THERE)),
        (OwnHosts(ALL, private=True), (*HERE, *THERE, *NEAR)),
        (OwnHosts("10.0.0.7"), (*HERE, "10.0.0.7:80")),
        (OwnHosts("10.0.0.7", private=True), (*HERE, "10.0.0.7:80", *NEAR)),
        (
            OwnHosts("127.0.0.1", ("", "evil.example", "[2001:db8::1]")),
            (*HERE, "evil.example", "evil.example:80", THERE[1]),
        ),
    ],
)
def test_hosts_that_are_its_own(own: OwnHosts, fit: tuple[str, ...]) -> None:
    assert {host for host in (*HERE, *THERE, *NEAR, *NEVER) if host in own} == set(fit)


@pytest.mark.parametrize(
    ("address", "expected"),
    [(ALL, "127.0.0.1"), ("::", "::1"), ("127.0.0.1", "127.0.0.1"), ("10.0.0.7", "10.0.0.7"), ("::1", "::1")],
)
def test_where_somebody_here_reaches_an_address(address: str, expected: str) -> None:
    assert reachable(address) == expected


@pytest.mark.parametrize("make", [FakeAliyun, FakeGuiji, FakeSenseTime])
@pytest.mark.parametrize(("host", "told"), [(ALL, "127.0.0.1"), ("::", "[::1]")])
def test_no_url_names_every_interface(make: Any, host: str, told: str) -> None:
    with make(host=host) as fake:
        assert fake.exposure == "every interface"
        urls = {name: url for name, url in fake.ready.items() if name.endswith("_url") and url}
        assert urls
        assert {url.partition("://")[2].rpartition(":")[0] for url in urls.values()} == {told}


async def test_control_names_no_interface_that_is_every_one() -> None:
    control = Control({}, dict, host=ALL, token="a-token-of-the-test")
    await control.start()
    try:
        assert control.url == f"http://127.0.0.1:{control.port}"
    finally:
        await control.stop()
