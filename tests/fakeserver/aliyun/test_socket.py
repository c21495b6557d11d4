"""The interaction socket of a running fake: the documented flow, who is let in, answers, life of a session."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver.aliyun import Answer, FakeAliyun, Question
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.errors import FakeServerError
from tests.fakeserver.aliyun.running import LIMIT, SERIAL, AsyncLine, Serve, Started, packet, post, start, stop
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk, nothing_more, shown
from tests.fakeserver.wire import Response, Wire, frame

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_the_whole_documented_flow(serve: Serve) -> None:
    talk = Talk(serve, polls_until_ready=2, opening="Welcome!", transcripts=("how are you",), chunk_characters=0)
    with talk.line(ready=False) as line:
        session_id = line.session.id
        assert line.prepare() == ["INIT", "INIT", "READY"]

        line.say("opening.request")
        [opening] = line.answer("opening.response")
        assert opening.pop("messageId")
        assert opening == {
            "success": True,
            "sessionId": session_id,
            "content": "Welcome!",
            "finish": True,
            "relatedImages": [],
            "relatedVideos": [],
        }

        line.ask("what time is it", "m-1")
        assert line.answer() == [
            {
                "success": True,
                "sessionId": session_id,
                "content": "You asked: what time is it",
                "finish": True,
                "relatedImages": [],
                "relatedVideos": [],
                "messageId": "m-1",
            }
        ]

        line.ask("please stand back", "m-2", ask=2)
        [broadcast] = line.answer()
        assert (broadcast["messageId"], broadcast["finish"], broadcast["success"]) == ("m-2", True, True)

        for flag, text in (("START", "one "), ("CONTENT", "two "), ("END", "three")):
            line.ask(text, "m-3", ask=2, type="TEXT_STREAM", dataFlag=flag)
        [streamed] = line.answer()
        assert (streamed["messageId"], streamed["finish"]) == ("m-3", True)

        line.say("asr.start.request", type="startAsrAudio", askType=1)
        assert packet(line.hear("asr.start.response")) == {"sessionId": session_id, "success": True}
        for _ in range(3):
            line.socket.send(bytes.fromhex("000081") + SERIAL + bytes(1024))
        line.say("asr.end.request", type="endAsrAudio")
        result = packet(line.hear("asr.result"))
        assert (result["success"], result["content"], result["finish"]) == (True, "how are you", True)
        [spoken] = line.answer()
        assert (spoken["content"], spoken["messageId"]) == ("You asked: how are you", result["messageId"])

        for flag in ("START", "CONTENT", "END"):
            line.say("audio_drive.request", messageId="a-1", audio=bytes(640), type="AUDIO_STREAM", dataFlag=flag)
        line.say("interrupt.request")
        nothing_more(line)
        stop(talk.fake, line.session)
    assert talk.fake.journal.violations() == []


async def test_the_flow_in_an_event_loop(serve: Serve) -> None:
    talk = Talk(serve, opening=("Good ", "day"), chunk_seconds=0)
    session = start(talk.fake)
    async with asyncio.timeout(LIMIT), connect_async(session.url, proxy=None) as socket:
        line = AsyncLine(socket, session)
        assert await line.prepare() == ["READY"]
        await line.say("opening.request")
        assert shown(await line.answer("opening.response")) == [("Good ", False), ("day", True)]
        await line.say("text_drive.request", text="1", askType=1, messageId="m-1")
        await line.say("text_drive.request", text="2", askType=1, messageId="m-2")
        assert shown(await line.answer()) == [("You asked: 1", True)]
        assert shown(await line.answer()) == [("You asked: 2", True)]
        await line.say("asr.start.request", type="startAsrAudio", askType=2)
        await line.hear("asr.start.response")
        await line.send("asr.data.request", bytes(1024))
        await line.say("asr.end.request", type="endAsrAudio")
        [spoken] = await line.answer()  # a broadcast has no result, but what is spoken comes back
        assert spoken["content"] == "what is the weather like today"
        await asyncio.to_thread(stop, talk.fake, session)
    assert talk.fake.journal.violations() == []


async def test_a_fake_and_its_client_share_a_loop() -> None:
    async with (
        asyncio.timeout(LIMIT),
        FakeAliyun(clock=VirtualClock(), verify_signatures=False, polls_until_ready=0) as fake,
    ):
        session = await asyncio.to_thread(start, fake)
        async with connect_async(session.url, proxy=None) as socket:
            line = AsyncLine(socket, session)
            await line.prepare()
            await line.say("text_drive.request", text="hi", askType=1, messageId="m-1")
            first = packet(await line.hear("text_drive.response"))
            assert (first["content"], first["finish"]) == ("You asked: h", False)
            fake.advance(10)
            assert shown(await line.answer()) == [("i", True)]
            fake.force_close(session.id)
            await line.hear("session.force_close")
            await socket.wait_closed()
            assert socket.close_code == 1000


def test_serial_numbers_are_echoed(serve: Serve) -> None:
    talk = Talk(serve, chunk_characters=0)
    with talk.line() as line:
        line.say("opening.request", b"\x00\xff\x80\x7f\n\r\x1b\x01")
        assert line.raw()[:11] == bytes.fromhex("010100") + b"\x00\xff\x80\x7f\n\r\x1b\x01"


def test_before_the_channel_is_ready_drives_are_refused(serve: Serve) -> None:
    with Talk(serve).line(ready=False) as line:
        line.ask("too early")
        refused = packet(line.hear("general.message"))
        assert refused["code"] == 10000
        assert "ALI-R078" in refused["message"]
        assert line.prepare() == ["READY"]
        line.ask("now")
        assert line.hear("text_drive.response")


def parts(session: Started) -> tuple[str, str]:
    """Token and session id of a webSocketUrl."""
    query = parse_qs(urlsplit(session.url).query)
    return query["token"][0], query["sessionId"][0]


def jwt_part(fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def with_claims(token: str, **claims: Any) -> str:
    """The token with other claims and the signature it had."""
    header, payload, signature = token.split(".")
    padded = payload + "=" * (-len(payload) % 4)
    return f"{header}.{jwt_part({**json.loads(base64.urlsafe_b64decode(padded)), **claims})}.{signature}"


def alg_none(token: str, session_id: str) -> str:
    claims = {"sessionId": session_id, "exp": 4102444800, "aliyunMainId": "1"}
    return f"{jwt_part({'alg': 'none', 'typ': 'JWT'})}.{jwt_part(claims)}."


def last_changed(token: str) -> str:
    """The signature's last full character changed."""
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


UNINVITED: Final[dict[str, Callable[[str, str], str]]] = {
    "no query": lambda token, session: "",
    "no token": lambda token, session: f"sessionId={session}",
    "an empty token": lambda token, session: f"token=&sessionId={session}",
    "no session": lambda token, session: f"token={token}",
    "a token that is none": lambda token, session: f"token=garbage&sessionId={session}",
    "a token in three parts of garbage": lambda token, session: f"token=a.b.c&sessionId={session}",
    "a token that is no text": lambda token, session: f"token=%ff%fe&sessionId={session}",
    "two tokens": lambda token, session: f"token={token}&token={token}&sessionId={session}",
    "another session in the query": lambda token, session: f"token={token}&sessionId=other",
    "another session in the claims": lambda token, session: (
        f"token={with_claims(token, sessionId='other')}&sessionId=other"
    ),
    "a later end in the claims": lambda token, session: (
        f"token={with_claims(token, exp=4102444800)}&sessionId={session}"
    ),
    "another signature": lambda token, session: f"token={last_changed(token)}&sessionId={session}",
    "no signature": lambda token, session: f"token={token.rpartition('.')[0]}.&sessionId={session}",
    "no algorithm": lambda token, session: f"token={alg_none(token, session)}&sessionId={session}",
    "a query without end": lambda token, session: f"token={'a' * 20000}&sessionId={session}",
}


def handshake(fake: FakeAliyun, query: str) -> Response:
    with Wire(f"{fake.ws_url}?{query}") as wire:
        return wire.upgrade()


@pytest.mark.parametrize("case", UNINVITED)
def test_a_handshake_without_a_good_token_is_refused(serve: Serve, case: str) -> None:
    fake = Talk(serve).fake
    token, session_id = parts(start(fake))
    refused = handshake(fake, UNINVITED[case](token, session_id))
    assert (refused.status, refused.headers["content-type"]) == (401, "application/json;charset=utf-8")
    assert refused.json["code"] == 10001
    assert refused.json["message"]
    assert token not in refused.json["message"]
    assert handshake(fake, f"token={token}&sessionId={session_id}").status == 101


def test_a_token_expires_with_the_fakes_clock(serve: Serve) -> None:
    talk = Talk(serve, token_seconds=60)
    session = start(talk.fake)
    talk.advance(59.9)
    with talk.line(session):
        talk.advance(0.1)
        refused = handshake(talk.fake, urlsplit(session.url).query)
        assert (refused.status, refused.json["code"]) == (401, 10001)
        assert "expired" in refused.json["message"]
    with talk.line(start(talk.fake)) as line:  # a repeated start gives a fresh token for the same session
        assert line.session.id == session.id


def test_a_token_of_another_fake_is_refused(serve: Serve) -> None:
    one, other = Talk(serve, seed=5), Talk(serve, seed=5)
    token, session_id = parts(start(one.fake))
    assert parts(start(other.fake))[1] == session_id
    refused = handshake(other.fake, f"token={token}&sessionId={session_id}")
    assert (refused.status, refused.json["code"]) == (401, 10001)


def test_a_stopped_session_has_no_socket(serve: Serve) -> None:
    fake = Talk(serve).fake
    session = start(fake)
    post(fake, "stopAvatarSession", projectId=fake.project_id, sessionId=session.id)
    refused = handshake(fake, urlsplit(session.url).query)
    assert (refused.status, refused.json["code"]) == (401, 10001)
    assert "stopped" in refused.json["message"]


def test_a_client_library_sees_the_refusal(serve: Serve) -> None:
    fake = Talk(serve).fake
    with pytest.raises(InvalidStatus) as refused, connect_sync(f"{fake.ws_url}?token=x&sessionId=y", proxy=None):
        pass
    response = refused.value.response
    assert response.status_code == 401
    assert json.loads(bytes(response.body or b""))["code"] == 10001


NO_HANDSHAKE: Final = {
    "an ordinary request": "Connection: keep-alive",
    "no key": "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13",
    "a short key": "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: YWJj",
    "an old version": (
        "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 6\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    ),
}


@pytest.mark.parametrize("headers", NO_HANDSHAKE.values(), ids=NO_HANDSHAKE)
def test_what_is_no_handshake_is_refused(serve: Serve, headers: str) -> None:
    fake = Talk(serve).fake
    parts = urlsplit(start(fake).url)
    with Wire(fake.http_url) as wire:
        refused = wire.request(f"GET {parts.path}?{parts.query} HTTP/1.1\nHost: a\n{headers}")
        version = "Sec-WebSocket-Version: 6" in headers
        assert (refused.status, refused.json["code"]) == (426 if version else 400, 10000)
        clause = "RFC6455-4.2.1" if "Upgrade:" in headers else "ALI-R074"
        assert refused.json["message"].endswith(f"[{clause}]")
        again = wire.request(f"GET {parts.path} HTTP/1.1\nHost: a")
        assert again.status == 400  # the connection lives


def test_an_answer_is_paced_by_the_fakes_clock(serve: Serve) -> None:
    talk = Talk(serve, chunk_characters=2, chunk_seconds=1.0, first_chunk_seconds=5.0, answers={"?": "abcdef"})
    with talk.line() as line:
        line.ask("?")
        nothing_more(line)
        talk.advance(5)
        assert packet(line.hear())["content"] == "ab"
        nothing_more(line)
        talk.advance(1)
        assert packet(line.hear())["content"] == "cd"
        talk.advance(0.999)
        nothing_more(line)
        talk.advance(0.001)
        assert shown(line.answer()) == [("ef", True)]


def test_one_long_step_of_the_clock_brings_a_whole_answer(serve: Serve) -> None:
    talk = Talk(serve, chunk_characters=1, chunk_seconds=0.5, answers={"?": "x" * 100})
    with talk.line() as line:
        line.ask("?")
        line.hear("text_drive.response")
        before = talk.clock.now()
        talk.advance(60)
        assert len(line.answer()) == 99
        times = [entry.time - before for entry in talk.fake.journal.entries("text_drive.response")]
        assert times == pytest.approx([0.5 * number for number in range(100)])


def test_an_interrupt_stops_an_answer_in_flight(serve: Serve) -> None:
    talk = Talk(serve, chunk_characters=1, chunk_seconds=1.0, answers={"?": "abcdef"})
    with talk.line() as line:
        line.ask("?", "m-1")
        line.ask("?", "m-2")
        assert packet(line.hear())["content"] == "a"
        talk.advance(1)
        assert packet(line.hear())["content"] == "b"
        line.say("interrupt.request")
        for message_id in ("m-1", "m-2"):
            [end] = line.answer()
            assert (end["content"], end["finish"], end["messageId"]) == ("", True, message_id)
        talk.advance(100)
        nothing_more(line)
        line.ask("next", "m-3")
        assert packet(line.hear())["messageId"] == "m-3"


def test_a_function_answers(serve: Serve) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        return Answer(content=("It is ", "noon"), related_images=("http://img.example/clock.png",))

    talk = Talk(serve, answer=answer, chunk_seconds=0)
    with talk.line() as line:
        line.ask("what time is it", "m-7")
        first, last = line.answer()
        assert (first["content"], first["relatedImages"]) == ("It is ", [])
        assert (last["content"], last["relatedImages"]) == ("noon", ["http://img.example/clock.png"])
        assert asked == [
            Question("what time is it", line.session.id, talk.fake.project_id, asked[0].agent_id, "m-7", "text")
        ]


def test_an_async_function_answers_while_other_messages_are_answered(serve: Serve) -> None:
    release, asked = asyncio.Event(), threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def answer(question: Question) -> str:
        loops.append(asyncio.get_running_loop())
        asked.set()
        await release.wait()
        return f"after long thought: {question.text}"

    talk = Talk(serve, answer=answer, chunk_characters=0)
    with talk.line() as line:
        line.ask("?")
        assert asked.wait(LIMIT)
        nothing_more(line)
        loops[0].call_soon_threadsafe(release.set)
        assert shown(line.answer()) == [("after long thought: ?", True)]


def test_an_interrupt_ends_the_wait_for_an_async_function(serve: Serve) -> None:
    cancelled: list[str] = []
    asked = threading.Event()

    async def answer(question: Question) -> str:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(question.text)
        return "never"

    talk = Talk(serve, answer=answer)
    with talk.line() as line:
        line.ask("?", "m-1")
        assert asked.wait(LIMIT)
        line.say("interrupt.request")
        [end] = line.answer()
        assert (end["messageId"], end["content"]) == ("m-1", "")
        nothing_more(line)
        assert cancelled == ["?"]


def test_a_question_and_an_interrupt_in_one_packet_leave_no_coroutine_unawaited(serve: Serve) -> None:
    async def answer(question: Question) -> str:
        return question.text

    fake = Talk(serve, answer=answer).fake
    session = start(fake)
    with Wire(session.url) as wire:
        assert wire.upgrade().status == 101
        named = f'"sessionId":"{session.id}"'.encode()
        poll = frame(bytes.fromhex("000183") + SERIAL + b"{" + named + b"}")
        ask = frame(bytes.fromhex("000180") + SERIAL + b"{" + named + b',"text":"?","askType":1,"messageId":"m-1"}')
        interrupt = frame(bytes.fromhex("000102") + SERIAL + b"{" + named + b"}")
        wire.send(poll + ask + interrupt)
        assert b"READY" in wire.frame()[1]
        assert b'"content":"","finish":true' in wire.frame()[1]


def failing(question: Question) -> str:
    raise ValueError("secret of the user's code")


async def failing_later(question: Question) -> str:
    raise LookupError("secret of the user's code")


async def cancelling(question: Question) -> str:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(failing, "ValueError"), (failing_later, "LookupError"), (cancelling, "CancelledError")],
)
def test_a_function_that_fails_gives_a_refusal_and_nothing_dies(
    serve: Serve, answer: Callable[[Question], Any], kind: str
) -> None:
    with Talk(serve, answer=answer, chunk_characters=0).line() as line:
        for message_id in ("m-1", "m-2"):
            line.ask("?", message_id)
            [refused] = line.answer()
            assert (refused["success"], refused["messageId"]) == (False, message_id)
            assert kind in refused["content"]
            assert "secret" not in refused["content"]


def test_a_text_over_http_is_answered_on_the_socket_where_the_scenario_says_so(serve: Serve) -> None:
    talk = Talk(serve, http_text_on_socket=True, chunk_characters=0)
    with talk.line() as line:
        text = {"projectId": talk.fake.project_id, "sessionId": line.session.id, "requestId": "rq-9", "text": "hi"}
        assert post(talk.fake, "sendTextMsg", **text, type=1)["status"] == "SUCCESS"
        [answer] = line.answer()
        assert (answer["content"], answer["messageId"]) == ("You asked: hi", "rq-9")
        post(talk.fake, "sendTextMsg", **{**text, "requestId": "rq-10"}, type=2)
        [spoken] = line.answer()
        assert spoken["messageId"] == "rq-10"


def test_a_text_over_http_is_not_shown_on_the_socket_by_default(serve: Serve) -> None:
    talk = Talk(serve)
    with talk.line() as line:
        session = {"projectId": talk.fake.project_id, "sessionId": line.session.id}
        post(talk.fake, "sendTextMsg", **session, requestId="rq-9", text="hi", type=1)
        nothing_more(line)


@pytest.mark.parametrize(
    "heartbeat",
    [
        pytest.param(HEARTBEAT, id="a ping frame"),
        pytest.param(bytes.fromhex("0001ff") + SERIAL + b"{}", id="a control frame, as in the sample"),
    ],
)
def test_both_forms_of_a_heartbeat_are_answered_alike(serve: Serve, heartbeat: bytes) -> None:
    with Talk(serve).line(ready=False) as line:
        line.socket.send(heartbeat)
        assert line.raw() == HEARTBEAT_ANSWER


def test_a_silent_connection_is_closed_where_the_scenario_says_so(serve: Serve) -> None:
    talk = Talk(serve, heartbeat_seconds=30)
    with talk.line() as line:
        for _ in range(3):
            talk.advance(29)
            nothing_more(line)
        talk.advance(30)
        assert line.closed() == (1000, "no heartbeat")
    with talk.line(line.session):
        pass  # the session lives


def test_force_close_is_pushed_and_the_socket_closed(serve: Serve) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=1)
    with talk.line() as line:
        line.ask("?")
        line.hear("text_drive.response")
        talk.fake.force_close(line.session.id, "线路过期" * 40)
        pushed = line.raw()
        assert pushed[:3] == bytes.fromhex("010103")
        assert json.loads(pushed[11:]) == {"sessionId": line.session.id}
        # At most 123 bytes of a reason fit into a close frame: whole characters of three bytes.
        assert line.closed() == (1000, ("线路过期" * 40)[:41])
    assert handshake(talk.fake, urlsplit(line.session.url).query).status == 401
    with pytest.raises(FakeServerError, match="no session"):
        talk.fake.force_close("unknown")


def test_between_force_close_and_the_end_may_lie_time(serve: Serve) -> None:
    talk = Talk(serve, force_close_seconds=2.0)
    with talk.line() as line:
        talk.fake.force_close(line.session.id)
        line.hear("session.force_close")
        line.ask("too late")
        assert packet(line.hear("general.message"))["code"] == 10000
        nothing_more(line)
        talk.advance(2)
        assert line.closed() == (1000, "line expired")


def test_an_error_is_reported_on_command(serve: Serve) -> None:
    talk = Talk(serve)
    with talk.line() as line:
        talk.fake.report_error(line.session.id)
        assert packet(line.hear("general.message")) == {"code": 10000, "message": "system error"}
        talk.fake.commands["report_error"](session_id=line.session.id, error_code=10001, reason="no right")
        assert packet(line.hear("general.message")) == {"code": 10001, "message": "no right"}
        nothing_more(line)
    with pytest.raises(FakeServerError, match="no session"):
        talk.fake.report_error("unknown")


def test_recovering_is_pushed_and_the_channel_has_to_be_prepared_again(serve: Serve) -> None:
    talk = Talk(serve, polls_until_ready=1)
    with talk.line() as line:
        talk.fake.recover(line.session.id)
        pushed = line.raw()
        assert (pushed[:3], json.loads(pushed[11:])) == (bytes.fromhex("010104"), {"sessionId": line.session.id})
        line.ask("?")
        line.hear("general.message")
        assert line.prepare() == ["INIT", "READY"]
        line.ask("?")
        line.hear("text_drive.response")


def test_a_line_that_expires_ends_its_session(serve: Serve) -> None:
    talk = Talk(serve, line_seconds=600.0)
    with talk.line() as line:
        talk.advance(599)
        nothing_more(line)
        talk.advance(1)
        line.hear("session.force_close")
        assert line.closed() == (1000, "the line expired")


def test_a_session_in_which_nothing_is_said_ends_heartbeats_or_not(serve: Serve) -> None:
    talk = Talk(serve, idle_seconds=60.0)
    with talk.line() as line:
        talk.advance(59)
        line.ask("?")
        line.hear("text_drive.response")
        talk.advance(59.999)
        nothing_more(line)  # a heartbeat, which keeps the connection but is no talk
        talk.advance(0.001)
        line.hear("session.force_close")
        assert line.closed() == (1000, "nothing was said for 60 s")


def test_what_a_replaced_connection_was_saying_does_not_keep_its_session_alive(serve: Serve) -> None:
    replacing: dict[str, Any] = {"second_connection": "force_close", "force_close_seconds": 1000.0}
    talk = Talk(serve, idle_seconds=60.0, chunk_characters=1, chunk_seconds=500.0, **replacing)
    with talk.line() as old:
        old.ask("?")
        old.hear("text_drive.response")
        with talk.line(old.session, ready=False) as new:
            old.hear("session.force_close")
            talk.advance(59)
            nothing_more(old)
            old.ask("?")
            old.hear("general.message")
            talk.advance(1)
            new.hear("session.force_close")


def test_dropping_closes_the_connection_and_leaves_the_session(serve: Serve) -> None:
    talk = Talk(serve)
    with talk.line() as line:
        talk.fake.drop(line.session.id, 4001, "maintenance")
        assert line.closed() == (4001, "maintenance")
    noted = talk.fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert noted.meta["code"] == 4001
    with pytest.raises(FakeServerError, match="no socket is open"):
        talk.fake.drop(line.session.id)
    with talk.line(line.session) as line:
        nothing_more(line)


def test_stopping_over_http_closes_the_socket(serve: Serve) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=1)
    with talk.line() as line:
        line.ask("?")
        line.hear("text_drive.response")
        session = {"projectId": talk.fake.project_id, "sessionId": line.session.id}
        assert post(talk.fake, "stopAvatarSession", **session)["status"] == "Stopped"
        assert line.closed() == (1000, "stopped over HTTP")
    assert talk.clock.pending == 0


@pytest.mark.parametrize("pushed", [False, True])
def test_a_second_connection_replaces_the_first(serve: Serve, pushed: bool) -> None:
    """The session lives on, so that the first one hears of no end of it unless the scenario says so."""
    talk = Talk(serve, **({"second_connection": "force_close"} if pushed else {}))
    with talk.line() as old, talk.line(old.session, ready=False) as new:
        if pushed:
            old.hear("session.force_close")
        assert old.closed() == (1000, "replaced by a newer connection")
        assert new.prepare() == ["READY"]
        talk.fake.recover(new.session.id)
        new.hear("session.recovering")
    with talk.line(old.session) as line:
        nothing_more(line)


def test_a_second_connection_is_refused_where_the_scenario_says_so(serve: Serve) -> None:
    talk = Talk(serve, second_connection="refuse")
    with talk.line() as line:
        refused = handshake(talk.fake, urlsplit(line.session.url).query)
        assert (refused.status, refused.json["code"]) == (409, 10000)
        asked, answer = talk.fake.journal.entries("handshake.websocket")[-2:]
        assert (answer.direction, answer.status, answer.reply_to) == ("out", 409, asked.seq)
        assert asked.session == answer.session == line.session.id
        nothing_more(line)
    talk.fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    with talk.line(line.session) as line:
        nothing_more(line)
