"""What is each vendor's own in a snapshot: tokens that tell their end, messages that are owed, callbacks, questions."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from avatarwire.codecs.aliyun import http, signature
from avatarwire.codecs.sensetime.messages import callbacks
from avatarwire.codecs.sensetime.tokens import LoginRequest, TokenReply
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from avatarwire.fakeserver.snapshot import SnapshotError
from tests.fakeserver.aliyun.running import LIMIT, Line, start
from tests.fakeserver.mqtt.raw import Raw, publish
from tests.fakeserver.mqtt.raw import connect as mqtt_connect
from tests.fakeserver.sensetime.running import Customer, receiving
from tests.fakeserver.snapshots.changing import changed, plain
from tests.fakeserver.snapshots.talks import GUIJI, Client, GuijiClient, SenseTimeClient

LATER = 500_000_000.0


# --- Aliyun ---


def _opens(fake: FakeAliyun, url: str) -> bool:
    try:
        with connect(url.replace(urlsplit(url).netloc, f"{fake.host}:{fake.port}"), proxy=None):
            return True
    except InvalidStatus:
        return False


def test_the_token_of_a_socket_is_good_for_as_long_as_it_was() -> None:
    changes: Any = {"verify_signatures": False, "token_seconds": 100.0}
    with FakeAliyun(clock=VirtualClock(), **changes) as one:
        begun = start(one)
        one.advance(60.0)
        taken = one.snapshot()
        with FakeAliyun(clock=VirtualClock(one.clock.now() + LATER), **changes) as other:
            assert not _opens(other, begun.url)
            other.restore(taken)
            other.advance(30.0)
            assert _opens(other, begun.url)
            # One that is issued now ends by the clock that is here now, and both outlive another snapshot.
            fresh = start(other)
            other.restore(other.snapshot())
            assert _opens(other, begun.url)
            assert _opens(other, fresh.url)
            other.advance(10.0)
            assert not _opens(other, begun.url)
            assert _opens(other, fresh.url)
        one.advance(30.0)
        assert _opens(one, begun.url)


def test_a_nonce_that_was_used_stays_used() -> None:
    def call(fake: FakeAliyun) -> Any:
        request = http.QUERY_AVATAR_RESOURCE.encode_request(http.QueryAvatarResourceRequest())
        headers = signature.sign(
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            access_key_id=fake.access_key_id,
            access_key_secret=fake.access_key_secret,
            action=http.QUERY_AVATAR_RESOURCE.id,
            host="fake",
            date=fake.clock.now(),
            nonce="7f" * 16,
        )
        return Client(fake, {}).call(request.method, f"{request.path}?{request.query}".rstrip("?"), None, headers)

    with FakeAliyun(clock=VirtualClock()) as one, FakeAliyun(clock=VirtualClock()) as other:
        assert "Code" not in call(one)
        other.restore(one.snapshot())
        assert call(other)["Code"] == "SignatureNonceUsed"


def test_what_is_said_on_a_socket_is_cut() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, polls_until_ready=0, chunk_seconds=5.0) as fake:
        begun = start(fake)
        with connect(begun.url, proxy=None) as socket:
            line = Line(socket, begun)
            line.prepare()
            line.ask("Tell me everything about it, please")
            line.hear("text_drive.response")
            assert [it.state for it in fake.said()] == ["speaking"]
            fake.restore(fake.snapshot())
        assert [it.state for it in fake.said()] == ["cut"]


# --- Guiji ---


def _begun(fake: FakeGuiji, steps: int) -> GuijiClient:
    client = GuijiClient(fake, {})
    for step in GUIJI[:steps]:
        step(client)
    return client


def test_a_client_that_keeps_its_session_gets_what_it_is_owed() -> None:
    changes: Any = {"heartbeat_seconds": None}
    with FakeGuiji(clock=VirtualClock(), **changes) as one, FakeGuiji(clock=VirtualClock(), **changes) as other:
        client = _begun(one, 2)
        topic, session = client.known["opened"]["topicSub"], client.known["opened"]["sessionId"]
        login: Any = {"user": one.mqtt_user, "password": one.mqtt_password, "clean": False}
        with Raw(one.mqtt_port) as first:
            first.login("keeper", (topic, 1), **login)
        one.journal.expect_sync(where=lambda it: it.body == "disconnected", timeout=LIMIT)
        one.destroy(session, "done with")
        other.restore(one.snapshot())
        with Raw(other.mqtt_port) as again:
            again.send(mqtt_connect("keeper", **login))
            assert again.packet() == b"\x20\x02\x01\x00"  # its session is there
            assert b"done with" in again.packet()


def test_what_was_answered_is_answered_the_same_when_it_comes_again() -> None:
    with GuijiClient.new_fake() as one, GuijiClient.new_fake() as other:
        client = _begun(one, 7)
        asked = client.talking().request("pushPlayListManager", {"action": "getPlayList"})
        data = json.dumps({**asked, "id": 50}).encode()
        client.talking().send(data)
        [answer] = client.hear(1)
        client.lose()
        other.restore(one.snapshot())
        other.advance(0.5)
        with Raw(other.mqtt_port) as again:
            again.login(
                "again", (client.known["opened"]["topicSub"], 1), user=one.mqtt_user, password=one.mqtt_password
            )
            again.send(publish(client.known["opened"]["topicPub"], data, 1, 9, flags=8))
            heard = [again.packet() for _ in range(2)]
        assert any(json.dumps(answer).replace(" ", "").encode() in packet for packet in heard)


def test_an_end_in_the_middle_of_a_preparation_is_answered() -> None:
    with GuijiClient.new_fake() as one, GuijiClient.new_fake() as other:
        client = _begun(one, 3)
        client.lose()
        other.restore(one.snapshot())
        there = GuijiClient(other, client.known)
        there.talking()
        other.destroy(client.known["opened"]["sessionId"], "no more")
        heard = there.hear(2)
        there.lose()
    assert [it.get("id") for it in heard] == [1, 1]
    assert "the session has ended: no more" in json.dumps(heard)


_TALK = "state.conversations.0"


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (f"{_TALK}.session", "x", "state.conversations[0].session"),
        (f"{_TALK}.pending.data", "e30=", "state.conversations[0].pending.data"),
        (f"{_TALK}.playback.playing", 9, "state.conversations[0].playback.playing"),
        (
            f"{_TALK}.elements.+",
            {"id": "x", "resource": {}, "ud_code": ""},
            "state.conversations[0].elements[6].resource.type",
        ),
        ("state.sessions.0.live_id", 1, "state.sessions[0].live_id"),
        ("state.sessions.0.stage", "destroyed", "state.destroyed"),
        ("state.destroyed.+", "x", "state.destroyed[0]"),
        ("state.rooms.0.robots", [{"id": "x"}], "state.rooms[0].robots[0].id"),
        ("state.rooms.0.materials.0.request", {}, "state.rooms[0].materials[0].request.liveId"),
        ("state.tokens.0.app_id", "x", "state.tokens[0].app_id"),
        ("carriers.subscriptions.+", {"client": 3, "topic": "t", "qos": 1}, "carriers.subscriptions[0].client"),
    ],
)
def test_what_does_not_fit_together_at_guiji(path: str, value: Any, key: str) -> None:
    with GuijiClient.new_fake() as fake:
        client = _begun(fake, 3)
        client.lose()
        with pytest.raises(SnapshotError) as wrong:
            fake.restore(changed(fake.snapshot(), path, value))
        assert wrong.value.key == key
        fake.restore(fake.snapshot())


@pytest.mark.parametrize("part", ["sessions", "rooms"])
def test_nothing_is_there_twice_at_guiji(part: str) -> None:
    with GuijiClient.new_fake() as fake:
        _begun(fake, 2).lose()
        taken = fake.snapshot()
        with pytest.raises(SnapshotError, match="there are two of this id"):
            fake.restore(changed(taken, f"state.{part}.+", taken["state"][part][0]))


# --- SenseTime ---


async def test_callbacks_that_are_not_delivered_go_out_from_the_other_fake() -> None:
    async with receiving() as (url, got):
        nowhere = "http://127.0.0.1:9/hook"
        account: Any = {"app_id": "fake-app-id", "app_key": "fake-app-key", "auth_key": "secret"}
        changes: Any = {"accounts": [account], "callback_delay": 30.0, "seed": 5}
        async with FakeSenseTime(callback_url=nowhere, clock=VirtualClock(), **changes) as one:
            created = await asyncio.to_thread(SenseTimeClient(one, {}).create)
            one.advance(10.0)
            taken = plain(one.snapshot())
        [waiting] = taken["carriers"]["callbacks"]
        assert (waiting["session"], waiting["due"], waiting["attempt"]) == (
            created["data"]["sessionId"],
            one.clock.now() + 20.0,
            1,
        )
        async with FakeSenseTime(callback_url=url, clock=VirtualClock(), **changes) as other:
            other.restore(taken)
            other.advance(19.0)
            assert got.empty()
            other.advance(2.0)
            body = await asyncio.wait_for(got.get(), LIMIT)
            post = await other.journal.expect("CallbackBody", transport="callback", timeout=LIMIT)
            assert (body["sessionId"], body["status"]) == (created["data"]["sessionId"], 35)
            # It is signed as it would have been.
            sent: Any = post.meta["headers"]
            assert {callbacks.TIMESTAMP.lower(), callbacks.SIGNATURE.lower()} <= {name.lower() for name, _ in sent}
            for path, value, key in (
                ("account", "x", "carriers.callbacks[0].account"),
                ("data", "e30", "carriers.callbacks[0].data"),
                ("attempt", 0, "carriers.callbacks[0].attempt"),
            ):
                with pytest.raises(SnapshotError) as wrong:
                    other.restore(changed(taken, f"carriers.callbacks.0.{path}", value))
                assert wrong.value.key == key


async def test_a_callback_that_failed_is_tried_when_it_would_have_been() -> None:
    nowhere = "http://127.0.0.1:9/hook"
    async with receiving() as (url, got):
        changes: Any = {"callback_retries": (40.0, 40.0), "seed": 5}
        async with FakeSenseTime(callback_url=nowhere, clock=VirtualClock(), **changes) as one:
            await asyncio.to_thread(SenseTimeClient(one, {}).create)
            await one.journal.expect("CallbackBody.failed", timeout=LIMIT)
            taken = one.snapshot()
        assert [it["attempt"] for it in taken["carriers"]["callbacks"]] == [2]
        async with FakeSenseTime(callback_url=url, clock=VirtualClock(), **changes) as other:
            other.restore(taken)
            other.advance(40.0)
            await asyncio.wait_for(got.get(), LIMIT)


async def test_a_question_that_waits_for_its_answer_is_asked_once_more() -> None:
    asked: list[str] = []

    async def never(question: Any) -> str:
        asked.append(question.text)
        await asyncio.Event().wait()
        return ""

    async def at_once(question: Any) -> str:
        asked.append(question.text)
        return "We open at nine."

    changes: Any = {"clock": VirtualClock(), "seed": 5}
    async with FakeSenseTime(answer=never, **changes) as one, FakeSenseTime(answer=at_once, **changes) as other:
        async with httpx.AsyncClient(trust_env=False) as calls:
            there = Customer(one, calls)
            session, token = await there.started()
            async with there.socket(session, token, page=True) as page:
                await page.say('{"text":"When do you open?"}')
                for _ in range(3):
                    await page.hear()
                taken = one.snapshot()
            assert asked == ["When do you open?"]
            other.restore(taken)
            await asyncio.sleep(0)
            async with Customer(other, calls).socket(session, token, page=True) as page:
                await page.say('{"text":"And then?"}')
                heard = [(await page.hear())["service"] for _ in range(3)]
        assert asked == ["When do you open?", "When do you open?", "And then?"]
        assert heard == ["asr", "asr", "record"] or "nlp" in heard
        # Where no function answers, the table does.
    async with FakeSenseTime(interactive_answers={"When do you open?": "At nine."}, **changes) as third:
        third.restore(taken)
        assert taken["state"]["dialogues"][0]["asked"][0]["text"] == "When do you open?"
        assert third.snapshot()["state"]["dialogues"][0]["asked"] == []


def test_somebody_who_speaks_is_cut_off() -> None:
    async def main() -> None:
        async with FakeSenseTime(clock=VirtualClock(), seed=1) as fake, httpx.AsyncClient(trust_env=False) as calls:
            there = Customer(fake, calls)
            session, token = await there.started()
            async with there.socket(session, token) as microphone:
                await microphone.say('{"code":0,"message":"begin"}')
                assert await microphone.codes(1) == [2]
                assert fake.live(session).speaking
                fake.restore(fake.snapshot())
                assert (await microphone.closed())[0] == 1012
            assert not fake.live(session).speaking
            assert [it.state for it in fake.said()] == ["cut"]
            async with there.socket(session, token) as microphone:
                await microphone.say('{"code":0,"message":"begin"}')
                assert await microphone.codes(1) == [2]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("state.lives.0.app_id", "x", "state.lives[0].app_id"),
        ("state.lives.0.script", "{", "state.lives[0].script"),
        ("state.running", [], "state.running"),
        ("state.running.+", "x", "state.running[1]"),
        ("state.ended.+", "x", "state.ended[0]"),
        ("state.lives.0.status", 5, "state.running"),
        ("state.lives.0.status", 4711, "state.lives[0].status"),
        ("state.dialogues.0.live", "x", "state.dialogues[0].live"),
        ("state.tokens.access.0.app_id", "x", "state.tokens.access[0].app_id"),
    ],
)
def test_what_does_not_fit_together_at_sensetime(path: str, value: Any, key: str) -> None:
    with SenseTimeClient.new_fake(initialising_seconds=0.0) as fake:
        client = SenseTimeClient(fake, {})
        client.create()
        client.on("startLive")
        client.typed("Hello?", 5)
        client.lose()
        taken = fake.snapshot()
        with pytest.raises(SnapshotError) as wrong:
            fake.restore(changed(taken, path, value))
        assert wrong.value.key == key
        with pytest.raises(SnapshotError, match="two of this id"):
            fake.restore(changed(taken, "state.lives.+", taken["state"]["lives"][0]))
        fake.restore(taken)


def test_refresh_tokens_stay_good() -> None:
    with FakeSenseTime(clock=VirtualClock(), seed=2) as one:
        request = LoginRequest.signed(one.app_id, one.app_key, one.clock.now())
        first: list[TokenReply] = []
        one.tell(lambda it: first.append(it.state.tokens.login(request)))
        one.advance(20_000.0)
        taken = one.snapshot()
    with FakeSenseTime(clock=VirtualClock(LATER)) as other:
        other.restore(taken)
        again: list[TokenReply] = []
        other.tell(lambda it: again.append(it.state.tokens.refresh(one.app_id, first[0].refresh_token)))
        assert again[0].access_token != first[0].access_token
        assert other.state.tokens.account_of(again[0].access_token) is other.scenario.accounts[0]


# --- real time ---


def test_real_time_goes_on_too() -> None:
    with FakeAliyun(verify_signatures=False, line_seconds=0.3) as fake:
        begun = start(fake)
        fake.restore(fake.snapshot())
        over = threading.Event()
        sessions: Any = fake.state.sessions
        sessions._happened = lambda *_: over.set()  # pyright: ignore[reportUnknownLambdaType]
        assert over.wait(LIMIT)
        assert [(it["session"], it["over"]) for it in fake.sessions()] == [(begun.id, True)]
