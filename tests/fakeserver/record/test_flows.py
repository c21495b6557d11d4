"""Whole talks through a recording: nobody notices it, and it has seen what the fake has seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config

from avatarwire.codecs.aliyun.aio import connect
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.record import Recording
from avatarwire.fakeserver.trace import read, tracing
from avatarwire.fakeserver.trace.comparing import compared
from tests.fakeserver.record.helpers import messages

Fake = FakeAliyun | FakeGuiji | FakeSenseTime


async def talk_aliyun(session: Any) -> None:
    assert (await session.say("Where is it?")).text == "You asked: Where is it?"
    await session.speak([b"\1\0" * 1600] * 2)
    assert (await session.say("And now?")).text == "You asked: And now?"


async def talk_guiji(session: Any) -> None:
    assert (await session.say("Where is it?")).text == "Where is it?"


async def talk_sensetime(session: Any) -> None:
    assert (await session.say("Where is it?")).text == "Where is it?"
    await session.speak([b"\1\0" * 1600] * 2)


TALKS: dict[type[Fake], tuple[dict[str, Any], Callable[[Any], Awaitable[None]]]] = {
    FakeAliyun: ({"polls_until_ready": 0}, talk_aliyun),
    FakeGuiji: ({}, talk_guiji),
    FakeSenseTime: ({}, talk_sensetime),
}


@pytest.mark.parametrize("kind", TALKS)
async def test_a_recording_and_the_trace_of_the_fake_say_the_same(kind: type[Fake], tmp_path: Path) -> None:
    settings, talk = TALKS[kind]
    fake: Any = kind(**settings)
    vendor = fake.journal.vendor
    opened: Any = import_module(f"avatarwire.codecs.{vendor}.aio").connect
    with tracing(tmp_path / "fake", fake):
        async with (
            fake,
            Recording(vendor, upstream=fake.http_url, ready=fake.ready, out=tmp_path / "proxy") as proxy,
            opened(proxy, timeout=60) as session,
        ):
            await talk(session)
    ours, theirs = read(tmp_path / "proxy"), read(tmp_path / "fake")
    assert compared(theirs, ours).lines == []
    assert (ours.complete, ours.meta.source, ours.meta.vendors) == (True, "record", (vendor,))
    # Those that answer are known, too.
    answers = [entry for entry in ours.entries if entry.message.endswith((".response", ".result"))]
    assert answers
    assert all(entry.reply_to for entry in answers if entry.transport != "ws" or vendor == "aliyun")
    assert [entry.message for entry in ours.entries if entry.violations] == [
        entry.message for entry in theirs.entries if entry.violations
    ]


def test_the_published_client_is_recorded_from_a_test_without_a_loop() -> None:
    with FakeAliyun() as fake, Recording("aliyun", upstream=fake.http_url, ready=fake.ready) as proxy:
        config = Config(access_key_id=fake.access_key_id, access_key_secret=fake.access_key_secret)
        config.endpoint, config.protocol = proxy.http_url.removeprefix("http://"), "http"
        request = models.StartAvatarSessionRequest(project_id=fake.project_id, request_id="rq-7")
        client: Any = Client(config)
        started = client.start_avatar_session(request).body
        asked = proxy.journal.expect_sync("StartAvatarSession.request")
        told = proxy.journal.expect_sync("StartAvatarSession.response")
    assert (asked.body.request_id, asked.violations) == ("rq-7", ())
    assert (told.body.session_id, told.reply_to) == (started.session_id, asked.seq)
    # The address of the socket is the proxy's, with the fake's token behind it.
    headers: Any = asked.meta["headers"]
    place = next(value for name, value in headers if name.lower() == "host")
    assert started.web_socket_url.startswith(f"ws://{place}/v1/interaction?")
    assert fake.journal.entries("StartAvatarSession.request")[0].violations == ()  # it was signed anew


async def test_several_clients_at_once_are_kept_apart(tmp_path: Path) -> None:
    async with (
        FakeAliyun(polls_until_ready=0) as fake,
        Recording("aliyun", upstream=fake.http_url, ready=fake.ready, out=tmp_path / "x") as proxy,
    ):

        async def talk(text: str) -> tuple[str, str]:
            async with connect(proxy, timeout=60) as session:
                return (await session.say(text)).text, text

        answers = await asyncio.gather(*(talk(f"question {number}") for number in range(4)))
        assert sorted(messages(proxy.journal)) == sorted(messages(fake.journal))
    assert all(answer == f"You asked: {text}" for answer, text in answers)
    trace = read(tmp_path / "x")
    asked = {entry.session: entry.body["text"] for entry in trace.entries if entry.message == "text_drive.request"}
    assert sorted(asked.values()) == [f"question {number}" for number in range(4)]
    told: dict[str, str] = {}
    for entry in trace.entries:
        if entry.message == "text_drive.response":
            told[entry.session] = told.get(entry.session, "") + entry.body["content"]
    assert told == {session: f"You asked: {text}" for session, text in asked.items()}
