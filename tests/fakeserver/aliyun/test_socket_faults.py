"""The interaction socket of a running fake: bad frames, limits, the WebSocket protocol, many connections, TLS."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver.aliyun import FakeAliyun, ProjectFixture
from avatarwire.fakeserver.errors import FakeServerError
from tests.fakeserver.aliyun.running import LIMIT, SERIAL, AsyncLine, Line, Serve, Started, packet, post, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk, nothing_more, shown
from tests.fakeserver.conftest import Tls
from tests.fakeserver.wire import BINARY, CLOSE, PING, PONG, TEXT, Wire, close_frame, frame

pytestmark = pytest.mark.usefixtures("no_proxy")


def json_frame(payload: bytes, head: str = "000180") -> bytes:
    return bytes.fromhex(head) + SERIAL + payload


def drive(**members: Any) -> bytes:
    """A text drive with other members; one that is None is left out."""
    fields = {"sessionId": "s", "text": "hi", "askType": 1, "messageId": "m-1", **members}
    return json_frame(json.dumps({name: value for name, value in fields.items() if value is not None}).encode())


MALFORMED: Final = {
    "empty": b"",
    **{f"{size} bytes": bytes(size) for size in range(1, 11)},
    **{f"data type {value}": json_frame(b"{}", f"00{value:02x}80") for value in (2, 3, 128, 255)},
    **{f"business type {value}": json_frame(b"{}", f"0001{value:02x}") for value in (1, 5, 127, 132, 133, 135, 254)},
    "a pong": json_frame(b"{}", "0f01ff"),
    "an error message": json_frame(b'{"code":10000,"message":"no"}', "0201ff"),
    "a push": json_frame(b'{"sessionId":"s"}', "010103"),
    "no payload": json_frame(b""),
    "no JSON": json_frame(b"hello"),
    "cut JSON": drive()[:-1],
    "two values": drive() + b"{}",
    "an array": json_frame(b"[]"),
    "null": json_frame(b"null"),
    "a number": json_frame(b"1"),
    "a string": json_frame(b'"text"'),
    "single quotes": json_frame(b"{'sessionId':'s'}"),
    "NaN": json_frame(b'{"sessionId":"s","text":"hi","askType":NaN,"messageId":"m-1"}'),
    "a comment": json_frame(b'{/**/"sessionId":"s"}'),
    "UTF-16": json_frame('{"sessionId":"s"}'.encode("utf-16")),
    "no UTF-8": json_frame(b'{"sessionId":"s","text":"\xff","askType":1,"messageId":"m-1"}'),
    "half a surrogate pair": json_frame(b'{"sessionId":"s","text":"\\ud800","askType":1,"messageId":"m-1"}'),
    "100,000 levels": json_frame(b"[" * 100_000),
    "levels in an unknown member": json_frame(
        b'{"sessionId":"s","text":"hi","askType":1,"messageId":"m","x":' + b"[" * 90_000
    ),
    "a number of 5,000 digits": drive()[:-1] + b',"askType":' + b"9" * 5000 + b"}",
    "no text": drive(text=None),
    "a text that is a number": drive(text=5),
    "no askType": drive(askType=None),
    "askType 3": drive(askType=3),
    "an askType that is a word": drive(askType="ask"),
    "a session that is a list": drive(sessionId=["s"]),
    "an unknown type": drive(type="SONG"),
    "a stream without a flag": drive(type="TEXT_STREAM", askType=2),
    "an unknown flag": drive(type="TEXT_STREAM", askType=2, dataFlag="MIDDLE"),
    "neither start nor end of speech": json_frame(b'{"sessionId":"s","type":"pauseAsrAudio"}', "000182"),
    "audio that is no Base64": json_frame(
        b'{"sessionId":"s","messageId":"a","audio":"***","dataFlag":"START"}', "000186"
    ),
    "audio that is a number": json_frame(b'{"sessionId":"s","messageId":"a","audio":1,"dataFlag":"START"}', "000186"),
}


UNKNOWN_FRAME_TYPES: Final = {
    f"frame type {value}": json_frame(b"{}", f"{value:02x}01ff") for value in (3, 4, 13, 16, 128, 255)
}
"""The business type tells what is meant, so only strict mode refuses them (ALI-E13)."""


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_each_malformed_frame_gets_one_error_message_and_the_connection_lives(serve: Serve, strict: bool) -> None:
    talk = Talk(serve, strict=strict)
    with talk.line() as line:
        for name, data in {**MALFORMED, **(UNKNOWN_FRAME_TYPES if strict else {})}.items():
            mark = talk.fake.journal.mark()
            line.socket.send(data)
            refused = line.raw()
            assert refused[:3] == bytes.fromhex("0201ff"), name
            fields = json.loads(refused[11:])
            assert (set(fields), fields["code"]) == ({"code", "message"}, 10000), name
            assert "ALI-" in fields["message"], name
            if len(data) >= 11:
                assert refused[3:11] == data[3:11], name
            nothing_more(line)
            assert talk.fake.journal.violations(level="error", since=mark), name


def test_random_bytes_never_silence_a_connection(serve: Serve) -> None:
    talk = Talk(serve)
    with talk.line() as line:
        for seed in range(300):
            line.socket.send(bytes((seed * 7 + number * number * 31) % 256 for number in range(seed % 40)))
        line.socket.send(HEARTBEAT)
        while line.raw() != HEARTBEAT_ANSWER:
            pass


def test_a_text_message_is_refused_and_the_connection_lives(serve: Serve) -> None:
    with Talk(serve).line() as line:
        line.socket.send('{"sessionId":"s"}')
        refused = packet(line.hear("general.message"))
        assert refused["code"] == 10000
        assert "ALI-R085" in refused["message"]
        line.socket.send("")
        line.hear("general.message")
        nothing_more(line)


@pytest.mark.parametrize(("data", "code"), [(b"\x00", 1007), ("text", 1003)], ids=["short", "text"])
def test_strict_mode_closes_after_a_bad_frame_where_the_scenario_says_so(
    serve: Serve, data: bytes | str, code: int
) -> None:
    with Talk(serve, strict=True, close_on_bad_frame=True).line() as line:
        line.socket.send(data)
        line.hear("general.message")
        assert line.closed() == (code, "bad frame")


@contextmanager
def opened(fake: FakeAliyun) -> Generator[Wire]:
    """A socket by hand."""
    with Wire(start(fake).url) as wire:
        assert wire.upgrade().status == 101
        yield wire


def test_a_message_as_large_as_the_limit_is_taken(serve: Serve) -> None:
    fake = Talk(serve, max_frame_bytes=2048).fake
    with opened(fake) as wire:
        wire.send(frame(bytes.fromhex("000081") + SERIAL + bytes(2037)))
        wire.send(frame(HEARTBEAT))
        opcode, refused = wire.frame()
        assert (opcode, refused[:3]) == (BINARY, bytes.fromhex("0201ff"))  # no channel yet, but no closing either
        assert wire.frame() == (BINARY, HEARTBEAT_ANSWER)


def test_a_message_beyond_the_limit_closes_with_1009(serve: Serve) -> None:
    talk = Talk(serve, max_frame_bytes=2048)
    session = start(talk.fake)
    with Wire(session.url) as wire:
        wire.upgrade()
        wire.send(frame(bytes(2049)))
        assert wire.close_code()[0] == 1009
        assert wire.ends()
    noted = talk.fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert noted.meta["code"] == 1009
    assert "2049" in str(noted.meta["fault"])
    with talk.line(session) as line:
        nothing_more(line)


def test_a_frame_that_only_says_it_is_large_closes_with_1009(serve: Serve) -> None:
    with opened(Talk(serve).fake) as wire:
        wire.send(bytes([0x82, 0xFF]) + (2**62).to_bytes(8, "big") + bytes(4))
        assert wire.close_code()[0] == 1009


def test_a_fragmented_message_without_end_closes_with_1009(serve: Serve) -> None:
    with opened(Talk(serve, max_frame_bytes=2048).fake) as wire:
        wire.send(frame(bytes(100), final=False))
        for _ in range(200):  # ten times as much as the server takes: it has to see the end of this all the same
            wire.send(frame(bytes(100), 0, final=False))
        assert wire.close_code()[0] == 1009


def test_a_large_message_over_a_client_library_closes_with_1009(serve: Serve) -> None:
    with Talk(serve, max_frame_bytes=2048).line() as line:
        line.socket.send(bytes(1_000_000))
        assert line.closed()[0] == 1009


def test_a_fragmented_message_is_one_message(serve: Serve) -> None:
    fake = Talk(serve).fake
    with opened(fake) as wire:
        wire.send(frame(HEARTBEAT[:3], final=False))
        wire.send(frame(b"between", PING))
        wire.send(frame(HEARTBEAT[3:7], 0, final=False))
        wire.send(frame(HEARTBEAT[7:], 0))
        assert wire.frame() == (PONG, b"between")
        assert wire.frame() == (BINARY, HEARTBEAT_ANSWER)
    assert len(fake.journal.entries("heartbeat.ping")) == 1


def test_a_ping_is_answered_with_its_payload_and_a_pong_with_nothing(serve: Serve) -> None:
    with opened(Talk(serve).fake) as wire:
        wire.send(frame(b"unasked", PONG) + frame(bytes(125), PING) + frame(b"", PING))
        assert wire.frame() == (PONG, bytes(125))
        assert wire.frame() == (PONG, b"")


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 3000, 4999])
def test_a_close_is_answered_by_the_same_code(serve: Serve, code: int) -> None:
    fake = Talk(serve).fake
    with opened(fake) as wire:
        wire.send(close_frame(code, "bye"))
        assert wire.close_code()[0] == code
        assert wire.ends()
    noted = fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert noted.meta["code"] == code


def test_a_close_without_code_is_answered_by_one_without_code(serve: Serve) -> None:
    fake = Talk(serve).fake
    with opened(fake) as wire:
        wire.send(frame(b"", CLOSE))
        assert wire.frame() == (CLOSE, b"")
        assert wire.ends()
    noted = fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert noted.meta["code"] == 1005


def test_a_connection_that_is_cut_is_noted_as_such(serve: Serve) -> None:
    fake = Talk(serve).fake
    with opened(fake):
        pass
    noted = fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert noted.meta["code"] == 1006


VIOLATIONS: Final = {
    "a reserved bit": (bytes([0xC2, 0x80]) + bytes(4), 1002),
    "an unknown opcode": (bytes([0x83, 0x80]) + bytes(4), 1002),
    "a continuation of nothing": (frame(b"x", 0), 1002),
    "a new message within another": (frame(b"x", final=False) + frame(b"y"), 1002),
    "a fragmented ping": (frame(b"x", PING, final=False), 1002),
    "a large ping": (frame(bytes(126), PING), 1002),
    "a close frame of one byte": (frame(b"\x03", CLOSE), 1002),
    "a close code that must not be sent": (close_frame(1005), 1002),
    "an abnormal close code": (close_frame(1006), 1002),
    "a close reason that is no text": (frame(b"\x03\xe8\xff", CLOSE), 1007),
    "a text that is none": (frame(b"\xff", TEXT), 1007),
}


@pytest.mark.parametrize(("data", "code"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_what_is_no_websocket_closes_the_connection(serve: Serve, data: bytes, code: int) -> None:
    with opened(Talk(serve).fake) as wire:
        wire.send(data)
        assert wire.close_code()[0] == code
        assert wire.ends()


def test_what_is_sent_after_the_servers_close_frame_is_dropped(serve: Serve) -> None:
    talk = Talk(serve)
    session = start(talk.fake)
    with Wire(session.url) as wire:
        wire.upgrade()
        talk.fake.drop(session.id, 4000)
        wire.send(frame(HEARTBEAT) * 100)  # the server goes on reading, or this would reset the connection
        assert wire.frame() == (CLOSE, (4000).to_bytes(2, "big"))
        wire.send(frame(HEARTBEAT) + close_frame(4000))
        assert wire.ends()
    talk.fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    talk.fake.journal.expect_none("heartbeat.ping")


def test_extensions_and_subprotocols_are_not_taken_up(serve: Serve) -> None:
    with Wire(start(Talk(serve).fake).url) as wire:
        answer = wire.upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
        assert answer.status == 101
        assert "sec-websocket-extensions" not in answer.headers
        wire.send(frame(HEARTBEAT))
        assert wire.frame() == (BINARY, HEARTBEAT_ANSWER)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_a_thousand_connections_leave_nothing(serve: Serve) -> None:
    talk = Talk(serve, heartbeat_seconds=30, idle_seconds=3600.0)
    session = start(talk.fake)
    asked = {"projectId": talk.fake.project_id, "sessionId": session.id}
    pending, before = talk.clock.pending, descriptors()
    for number in range(1000):
        with Wire(session.url) as wire:
            wire.send(b"")
            assert wire.upgrade().status == 101
            wire.send(frame(HEARTBEAT) + (close_frame(1000) if number % 2 else b""))
            assert wire.frame() == (BINARY, HEARTBEAT_ANSWER)
    talk.fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected", count=1000)
    assert post(talk.fake, "checkSession", **asked)["status"] == "FREE"
    assert talk.clock.pending == pending
    # The server's end of the last HTTP call may still be closing.
    assert descriptors() <= before + 1


async def test_a_hundred_sessions_at_once_do_not_disturb_each_other(serve: Serve) -> None:
    talk = Talk(serve, chunk_characters=4, chunk_seconds=0)

    async def converse(number: int) -> str:
        session = await asyncio.to_thread(start, talk.fake, f"rq-{number}")
        async with connect_async(session.url, proxy=None) as socket:
            line = AsyncLine(socket, session)
            await line.prepare()
            await line.say("text_drive.request", text=f"number {number}", askType=1, messageId=f"m-{number}")
            packets = await line.answer()
        assert {each["messageId"] for each in packets} == {f"m-{number}"}
        assert {each["sessionId"] for each in packets} == {session.id}
        return "".join(each["content"] for each in packets)

    async with asyncio.timeout(LIMIT):
        answers = await asyncio.gather(*(converse(number) for number in range(100)))
    assert answers == [f"You asked: number {number}" for number in range(100)]


def test_two_fakes_in_one_process_share_nothing(serve: Serve) -> None:
    one, other = Talk(serve, polls_until_ready=1, opening="one"), Talk(serve, opening="other")
    assert one.fake.port != other.fake.port
    with one.line() as first, other.line() as second:
        for line, text in ((first, "one"), (second, "other")):
            line.say("opening.request")
            assert shown(line.answer("opening.response")) == [(text, True)]
        one.fake.force_close(first.session.id)
        first.hear("session.force_close")
        nothing_more(second)
        with pytest.raises(FakeServerError, match="no session"):
            other.fake.force_close(first.session.id)
        one.advance(100)
        assert one.clock.now() - other.clock.now() == 100
    assert {entry.session for entry in one.fake.journal.entries(transport="ws")} == {first.session.id}
    assert {entry.session for entry in other.fake.journal.entries(transport="ws")} == {second.session.id}


def test_https_and_wss(serve: Serve, tls: Tls) -> None:
    fake = Talk(serve, ssl_context=tls.server, projects=(ProjectFixture(id="1"),)).fake
    with Wire(fake.http_url, context=tls.client) as wire:
        body = b'{"projectId":"1","requestId":"rq-1"}'
        started = wire.request(
            "POST /yic/yic-console/openService/v1/avatar/project/startAvatarSession HTTP/1.1\n"
            f"Host: 127.0.0.1:{fake.port}\nContent-Length: {len(body)}",
            body,
        ).json
    assert fake.http_url.startswith("https://127.0.0.1:")
    assert started["webSocketUrl"].startswith(f"wss://127.0.0.1:{fake.port}/")
    session = Started(started["sessionId"], started["webSocketUrl"])
    with connect_sync(session.url, ssl=tls.client, proxy=None) as socket:
        line = Line(socket, session)
        assert line.prepare() == ["READY"]
        line.ask("x" * 100_000)
        line.hear("text_drive.response")
        fake.force_close(session.id)
        while line.hear().message != "session.force_close":
            pass
        assert line.closed() == (1000, "line expired")


def test_a_message_beyond_the_limit_closes_with_1009_over_tls_too(serve: Serve, tls: Tls) -> None:
    fake = Talk(serve, ssl_context=tls.server, max_frame_bytes=2048).fake
    with Wire(fake.http_url, context=tls.client) as wire:
        body = json.dumps({"projectId": fake.project_id}).encode()
        started = wire.request(
            "POST /yic/yic-console/openService/v1/avatar/project/startAvatarSession HTTP/1.1\n"
            f"Host: 127.0.0.1:{fake.port}\nContent-Length: {len(body)}",
            body,
        ).json
    session = Started(started["sessionId"], started["webSocketUrl"])
    with connect_sync(session.url, ssl=tls.client, proxy=None) as socket:
        socket.send(bytes(5000))
        assert Line(socket, session).closed()[0] == 1009
