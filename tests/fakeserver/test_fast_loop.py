"""The loop of ``avatarwire serve``: uvloop where it is installed, and everything that is served runs on it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from avatarwire.codecs.aliyun import aio as aliyun
from avatarwire.codecs.guiji import aio as guiji
from avatarwire.codecs.output_files import OutputFile
from avatarwire.codecs.sensetime import aio as sensetime
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServerError, fast_loop
from avatarwire.fakeserver.serving import serve

on_uvloop = pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop for Windows")


async def name_of_the_loop() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


@on_uvloop
def test_what_is_installed_is_taken() -> None:
    assert fast_loop.run(name_of_the_loop()) == "uvloop"
    assert fast_loop.loop_name() == f"uvloop {version('uvloop')}"


def test_without_it_the_loop_is_that_of_asyncio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert fast_loop.run(name_of_the_loop()) == "asyncio"
    assert fast_loop.loop_name() == "asyncio"


def test_what_goes_wrong_comes_out() -> None:
    async def fail() -> None:
        raise FakeServerError("no such thing")

    with pytest.raises(FakeServerError, match="no such thing"):
        fast_loop.run(fail())


@on_uvloop
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_is_served(number: signal.Signals, tmp_path: Path) -> None:
    fakes: dict[str, Any] = {"aliyun": FakeAliyun(), "guiji": FakeGuiji(), "sensetime": FakeSenseTime()}
    ready = tmp_path / "ready.json"

    def started() -> None:
        assert ready.exists()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    fast_loop.run(serve(fakes, started=started, ready=OutputFile(ready)))
    assert [fake.running for fake in fakes.values()] == [False, False, False]
    assert not ready.exists()


async def say(fake: Any, connect: Any) -> str:
    """What a digital human answers to a question, by way of the vendor's driver."""
    async with fake, connect(fake, timeout=10.0) as session:
        answer = await session.say("Where is the library?")
        return str(answer.text)


@on_uvloop
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    ("fake", "connect", "text"),
    [
        (FakeAliyun, aliyun.connect, "You asked: Where is the library?"),
        (FakeGuiji, guiji.connect, "Where is the library?"),
        (FakeSenseTime, sensetime.connect, "Where is the library?"),
    ],
)
def test_each_vendor_is_served_on_it(fake: Any, connect: Any, text: str, *, tls: bool) -> None:
    assert fast_loop.run(say(fake(tls=tls), connect)) == text


@on_uvloop
def test_a_port_that_is_down_refuses_and_comes_back() -> None:
    async def reach(port: int) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True

    async def meet() -> list[bool]:
        async with FakeAliyun() as fake:
            met = [await reach(fake.port)]
            with fake.toxics.add(type="down"):
                met.append(await reach(fake.port))
            met.append(await reach(fake.port))
            return met

    assert fast_loop.run(meet()) == [True, False, True]


@on_uvloop
@pytest.mark.parametrize("options", [{"port": 65536}, {"port": -1}, {"host": "203.0.113.1"}])
def test_an_address_that_cannot_be_had_is_told(options: dict[str, Any]) -> None:
    async def start() -> None:
        await FakeAliyun(**options).start()

    with pytest.raises(FakeServerError, match=r"cannot listen on .* port"):
        fast_loop.run(start())


@on_uvloop
def test_a_port_that_is_taken_is_told() -> None:
    async def start() -> None:
        async with FakeAliyun() as first:
            await FakeAliyun(port=first.port).start()

    with pytest.raises(FakeServerError, match="in use"):
        fast_loop.run(start())
