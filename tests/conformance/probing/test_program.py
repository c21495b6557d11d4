"""A client that is a program: whatever it does, it is said what that was, and nothing of it is left."""

from __future__ import annotations

import asyncio
import gc
import os
import shlex
import sys
from pathlib import Path
from typing import Final

import pytest

from avatarwire.conformance.probing.adapter import BadClient, given_to
from avatarwire.conformance.probing.program import Failed, Program, ProgramDied
from tests.conformance.probing import a_program

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="programs are ended with their group"),
    pytest.mark.filterwarnings("error::ResourceWarning"),
]

SECONDS: Final = 30.0


def program(way: str) -> Program:
    return Program(shlex.join([sys.executable, str(Path(a_program.__file__)), way]))


async def asked(client: Program, reported: list[str], *texts: str) -> str:
    """How a talk with a program ends: what it raised, and what is wrong with how it has left."""
    errors: list[str] = []
    place = given_to("aliyun", {"http_url": "http://127.0.0.1:1"}, reported.append)
    calls = [lambda: client.start(place), *(lambda text=text: client.say(text) for text in texts), client.stop]
    try:
        async with asyncio.timeout(SECONDS):
            for call in calls:
                try:
                    await call()
                except (Failed, ProgramDied) as error:
                    errors.append(f"{type(error).__name__}: {error}")
        if not await client.leave(SECONDS):
            errors.append("has not left")
    finally:
        await client.end()
    return errors[0] if errors else client.died


def talk(way: str, reported: list[str] | None = None) -> str:
    ended = asyncio.run(asked(program(way), [] if reported is None else reported, "Good morning"))
    gc.collect()  # what was left open would warn now
    return ended


@pytest.mark.parametrize("way", ["fine", "chatty", "nameless", "floating", "flood_of_errors"])
def test_answers(way: str) -> None:
    """With an id or without, between lines of a log, with much on stderr."""
    assert talk(way) == ""


@pytest.mark.parametrize(
    ("way", "ended"),
    [
        ("complain", "Failed: quota ?"),
        ("die", "ProgramDied: it has ended with exit code 1: no such project"),
        ("killed", "ProgramDied: signal SIGKILL has ended it"),
        ("leave_a_child", "ProgramDied: it has ended with exit code 4"),
        ("flood", "ProgramDied: it has printed more than 1048576 bytes on its stdout that are no answers"),
        ("one_line", "ProgramDied: it has printed a line of more than 1048576 bytes"),
        ("deaf", "ProgramDied: it has closed its stdout"),
        (
            "unasked",
            'ProgramDied: it has answered what nobody asked, or has asked before: {"id": 71, "ok": true}',
        ),
        (
            "unclear",
            'ProgramDied: expected "ok": true or an "error", got {"id": 1, "result": "ok"}',
        ),
        ("late_error", "it has ended with exit code 3"),
        ("unsupported", "ProgramDied: it has ended with exit code 127"),
    ],
)
def test_what_is_wrong_is_said(way: str, ended: str) -> None:
    assert talk(way) == ended


def test_a_second_answer_is_wrong_when_it_comes() -> None:
    assert "it has answered what nobody asked" in talk("twice")


def test_events_are_reported() -> None:
    reported: list[str] = []
    assert talk("eventful", reported) == ""
    assert reported == ["trouble with start", "trouble with say", "trouble with stop"]


def test_interrupt_comes_while_a_text_is_said_and_may_be_what_cannot_be_done() -> None:
    async def interrupted() -> tuple[str, str]:
        client = program("without_interrupt")
        try:
            await client.start(given_to("aliyun", {}, lambda _: None))
            saying = asyncio.ensure_future(client.say("A long story"))
            await asyncio.sleep(0)
            with pytest.raises(ProgramDied):
                await client.interrupt()
            with pytest.raises(ProgramDied):
                await saying
        finally:
            await client.end()
        return client.lacking, client.died

    assert asyncio.run(interrupted()) == ("interrupt", "it has ended with exit code 127")


async def hanging(way: str) -> Program:
    client = program(way)
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await client.start(given_to("aliyun", {}, lambda _: None))
        assert client.cpu_seconds > 0.0
        assert not await client.leave(0.1)
    finally:
        await client.end()
    return client


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not say what a process computes")
@pytest.mark.parametrize("way", ["wait_for_ever", "spin"])
def test_one_that_does_not_end_is_ended(way: str) -> None:
    client = asyncio.run(hanging(way))
    assert client.cpu_seconds == 0.0  # nobody of its group is there any more
    assert client.died == ""  # it was we


def test_one_that_stays_when_its_stdin_has_ended_is_ended() -> None:
    async def staying() -> bool:
        client = program("stay")
        try:
            await client.start(given_to("aliyun", {}, lambda _: None))
            await client.stop()
            return await client.leave(0.1)
        finally:
            await client.end()

    assert asyncio.run(staying()) is False


def test_several_at_once() -> None:
    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(asked(program("fine"), [], "Good morning") for _ in range(8)))

    assert asyncio.run(all_of_them()) == [""] * 8


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("", "--exec: no command is given"),
        ("'half", '--exec: "\'half": no closing quotation'),
        ("no-such-command-anywhere --x", "--exec: no-such-command-anywhere: command not found"),
        (str(Path(__file__)), f"--exec: {Path(__file__)}: not executable"),
    ],
)
def test_what_cannot_be_started_is_said_before(command: str, error: str) -> None:
    with pytest.raises(BadClient) as raised:
        Program(command)
    assert str(raised.value) == error


def test_a_file_that_the_system_cannot_run(tmp_path: Path) -> None:
    file = tmp_path / "client"
    file.write_bytes(b"\x00\x01\x02")
    file.chmod(0o755)
    client = Program(str(file))

    async def started() -> None:
        await client.start(given_to("aliyun", {}, lambda _: None))

    with pytest.raises(ProgramDied):
        asyncio.run(started())
    assert client.unable == f"--exec: {file}: Exec format error"


def test_no_order_before_the_start() -> None:
    with pytest.raises(ProgramDied, match="not been started"):
        asyncio.run(program("fine").stop())
