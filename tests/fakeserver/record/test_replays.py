"""What a recording has written is replayed as what the fake has written itself."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.record import Recording
from avatarwire.fakeserver.replay import recording
from avatarwire.fakeserver.trace import read, tracing
from avatarwire.fakeserver.trace.comparing import compared
from tests.fakeserver.record.helpers import signed, started
from tests.fakeserver.record.test_callbacks import Receiver, receiving
from tests.fakeserver.trace.recorded import CALL, trace

LIVE = "/api/2dvh/v1/material/live/channel"
CREATE = "/api/2dvh/v2/material/live/channel/create"
STARTS = {
    FakeAliyun: "StartAvatarSession.request",
    FakeGuiji: "createLiveSession.request",
    FakeSenseTime: "createLive.request",
}


def begun(path: Path, vendor: str) -> list[tuple[str, bool, bool]]:
    """What a replay makes of the calls of a trace: their ids, and whether they have a session, and begin it."""
    return [
        (it.entry.message, bool(it.session), it.starts)
        for it in recording.Recording(read(path), vendor).exchanges
        if it.key[0] == "http"
    ]


@pytest.mark.parametrize("kind", STARTS)
async def test_the_call_that_begins_a_session_belongs_to_it_as_in_the_trace_of_the_fake(
    kind: type[Any], tmp_path: Path
) -> None:
    fake = kind()
    vendor = fake.journal.vendor
    opened = import_module(f"avatarwire.codecs.{vendor}.aio").connect
    ours, theirs = tmp_path / "proxy", tmp_path / "fake"
    with tracing(theirs, fake):
        async with (
            fake,
            Recording(vendor, upstream=fake.http_url, ready=fake.ready, out=ours) as proxy,
            opened(proxy, timeout=60) as session,
        ):
            await session.say("Where is it?")
    assert begun(ours, vendor) == begun(theirs, vendor)
    assert (STARTS[kind], True, True) in begun(ours, vendor)
    assert compared(read(theirs), read(ours)).lines == []


async def talked(url: str, headers: dict[str, str], body: dict[str, Any], receiver: Receiver) -> list[int]:
    """The states of the callbacks of a live that is created, and closed as soon as its URL was called back."""
    receiver.got.clear()
    receiver.came.clear()
    receiver.closed.clear()
    async with httpx.AsyncClient(base_url=url, trust_env=False, headers=headers, timeout=60) as client:
        created = (await client.post(CREATE, json=body)).json()["data"]
        await asyncio.wait_for(receiver.came.wait(), 60)
        await client.post(f"{LIVE}/close", json={"sessionId": created["sessionId"]})
        await asyncio.wait_for(receiver.closed.wait(), 60)
    return [json.loads(data)["status"] for _, data, _ in receiver.got]


async def test_the_callback_of_a_live_that_was_created_is_replayed_from_both_traces(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiving(receiver) as url:
        async with Recording(
            "sensetime", upstream="http://127.0.0.1:1", callback_listen="127.0.0.1:0", callback_url=url
        ) as probe:
            listen = probe.callback_listen
        fake = FakeSenseTime(callback_url=listen)
        with tracing(tmp_path / "fake", fake):
            async with (
                fake,
                Recording(
                    "sensetime", upstream=fake.http_url, ready=fake.ready, out=tmp_path / "proxy",
                    callback_listen=listen.removeprefix("http://").rstrip("/"), callback_url=url,
                ) as proxy,
            ):  # fmt: skip
                headers = {"Authorization": f"Bearer {proxy.ready['access_token']}"}
                body = {"param": proxy.ready["param"], "userData": "mine"}
                assert await talked(proxy.http_url, headers, body, receiver) == [35, 5]
        for name in ("fake", "proxy"):
            async with FakeSenseTime(replay=tmp_path / name, callback_url=url) as again:
                headers = {"Authorization": f"Bearer {again.ready['access_token']}"}
                assert await talked(again.http_url, headers, body, receiver) == [35, 5], name


def test_a_callback_may_come_before_the_answer_that_names_the_session(tmp_path: Path) -> None:
    call = {**CALL, "path": CREATE}
    done = trace(
        tmp_path / "x",
        {"transport": "http", "direction": "in", "connection": "c1", "message": "createLive.request", "meta": call},
        {"transport": "callback", "direction": "out", "connection": "c2", "message": "CallbackBody", "session": "s-7",
         "body": {"sessionId": "s-7", "status": 35}},
        {"transport": "http", "direction": "out", "connection": "c1", "message": "createLive.response", "status": 200,
         "session": "s-7", "body": {"sessionId": "s-7"}, "reply_to": 1},
        vendors=("sensetime",),
    )  # fmt: skip
    [created] = recording.Recording(done, "sensetime").exchanges
    assert (created.session, created.starts) == ("s-7", True)
    assert [said.entry.message for said in created.follows] == ["CallbackBody"]


async def test_a_socket_that_the_client_has_closed_is_not_closed_by_a_replay(tmp_path: Path) -> None:
    async with (
        FakeAliyun(polls_until_ready=0) as fake,
        Recording("aliyun", upstream=fake.http_url, ready=fake.ready, out=tmp_path / "x") as proxy,
    ):
        key, secret, project = fake.access_key_id, fake.access_key_secret, fake.project_id
        answer = await started(proxy.http_url, *signed(proxy.http_url.removeprefix("http://"), key, secret, project))
        async with connect(answer.json()["webSocketUrl"]) as socket:
            await socket.close(4001, "bye")
        await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
    exchanges = recording.Recording(read(tmp_path / "x"), "aliyun").exchanges
    assert [said.close for it in exchanges for said in it.follows if said.close] == []
