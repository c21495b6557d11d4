"""How a recording reads the messages of each vendor: which they are, what they break, what answers what."""

from __future__ import annotations

import json

import pytest

from avatarwire.codecs import aliyun, catalogue
from avatarwire.codecs.aliyun import messages as bodies
from avatarwire.fakeserver.record.upstream import Origin, RecordError, broker_of, credentials_of, trust
from avatarwire.fakeserver.vendors import ALIYUN, GUIJI, SENSETIME


def test_the_answer_to_speech_is_told_from_the_answer_to_a_text() -> None:
    [socket] = ALIYUN.recorded({}).sockets.values()
    hear = socket.listen()
    about = {"success": True, "session_id": "s-7", "content": "x", "finish": True}

    def answered(serial: bytes, message_id: str) -> tuple[str, str]:
        body = bodies.TextDriveResponse(message_id=message_id, **about)  # type: ignore[arg-type]
        known = hear(aliyun.encode(body, serial), "server")
        return known.message, known.answers

    text = bodies.TextDriveRequest(session_id="s-7", text="Hi", ask_type=bodies.AskType.ASK, message_id="m-1")
    start = bodies.AsrStartRequest(session_id="s-7", ask_type=bodies.AskType.ASK)
    assert answered(b"serial-0", "m-0")[0] == "text_drive.response"  # nobody has spoken
    asked = hear(aliyun.encode(text, b"serial-1"), "client")
    hear(aliyun.encode(start, b"serial-2"), "client")
    assert answered(b"serial-1", "m-9") == ("text_drive.response", *asked.asks)
    assert answered(b"serial-9", "m-1")[0] == "text_drive.response"
    assert answered(b"serial-2", "m-2")[0] == "asr.drive_reply"
    assert socket.listen()(aliyun.encode(text, b"serial-1"), "client").violations == ()
    assert socket.session("token=x&sessionId=s-7") == "s-7"
    assert socket.session("") == ""


def test_a_frame_that_cannot_be_read_says_why() -> None:
    [socket] = ALIYUN.recorded({}).sockets.values()
    for data in (b"", b"\0\1", "text", b"\0\1\x80serial-1[]", b"\0\1\x80serial-1{"):
        for sender in ("client", "server"):
            known = socket.listen()(data, sender)
            assert known.violations, (data, sender)
            assert known.body is None, (data, sender)
    assert socket.listen()(b"\0\1\x80serial-1{", "client").message == "text_drive.request"


def test_a_result_is_told_by_what_it_answers_whoever_gets_it() -> None:
    hear = GUIJI.recorded({}).delivery
    assert hear is not None
    request = {"method": "DestroySession", "id": 4, "sessionId": "s-7", "sender": "1/topicSendClient2"}
    asked = hear(json.dumps({**request, "params": {"sessionId": "s-7"}}), "client")
    result = b'{"id":4,"sessionId":"s-7","result":{"sessionId":"s-7","message":"bye"}}'
    told = hear(result, "server")
    assert (asked.message, told.message) == ("DestroySession.request", "DestroySession.result")
    assert (asked.asks, told.session) == ((told.answers,), "s-7")
    other = hear(result.replace(b"s-7", b"s-8"), "server")
    assert (other.message, other.session, other.answers == told.answers) == ("result", "s-8", False)
    # Ids of the two sides have nothing to do with each other.
    beat = hear(b'{"id":4,"method":"HeartBeat","params":{"sessionId":":---:s-7","state":"Running"}}', "server")
    assert (beat.message, beat.session, set(beat.asks) & set(asked.asks)) == ("HeartBeat", "s-7", set())


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"id":1}'])
def test_a_payload_that_cannot_be_read_says_why(data: bytes) -> None:
    hear = GUIJI.recorded({}).delivery
    assert hear is not None
    assert hear(data, "client").violations


def test_messages_of_the_microphone_and_of_pages_are_read() -> None:
    wire = SENSETIME.recorded({})
    microphone, page = (wire.sockets[wire.socket_keys[key]].listen() for key in ("ws_url", "interactive_url"))
    begin, speech = microphone('{"code":0,"message":"begin"}', "client"), microphone(b"\0\0", "client")
    ready, failed = microphone('{"code":2,"message":"x"}', "server"), microphone('{"code":5,"message":"x"}', "server")
    assert [it.message for it in (begin, speech, ready, failed)] == [
        "microphone.begin", "microphone.audio", "microphone.ready", "microphone.send_failed",
    ]  # fmt: skip
    assert (begin.asks, speech.asks, ready.answers, failed.answers) == (
        ("begin", "message"), ("message",), "begin", "message",
    )  # fmt: skip
    assert (speech.audio, begin.audio) == (True, False)
    for data, sender in (("{", "client"), (b"\0", "server"), ('{"code":"x"}', "server")):
        assert microphone(data, sender).violations  # type: ignore[arg-type]
    assert page('{"text":"Hi"}', "client").message == "interactive.typed"
    said = {"service": "asr", "type": "text", "status": "ok", "trace": "t-1", "data": "Hi"}
    pushed = catalogue.vendor("sensetime").encode("interactive.asr.text", said, strict=False)
    assert page(pushed.decode(), "server").message == "interactive.asr.text"
    for data, sender in ((b"\0", "client"), ("{", "client"), ("[]", "server")):
        assert page(data, sender).violations  # type: ignore[arg-type]


def test_what_is_named_by_a_ready_file_is_read_or_refused() -> None:
    assert credentials_of({"guiji": {"a": 1}}, "guiji", "--ready x") == {"a": 1}
    wrong: tuple[object, ...] = ([], {}, {"guiji": 5})
    for content in wrong:
        with pytest.raises(RecordError, match="--ready x: it says nothing of guiji"):
            credentials_of(content, "guiji", "--ready x")
    assert broker_of({}) is None
    assert trust({}).check_hostname
    for url, origin in (
        ("https://h/x", "https://h"), ("ws://h:81", "http://h:81"), ("http://[::1]:80/", "http://[::1]"),
        ("wss://h:443?x", "https://h"),
    ):  # fmt: skip
        assert Origin.parse(url, "--upstream").url == origin
