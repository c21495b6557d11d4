"""What crossed the wire: decoded, masked, and judged by its declaration."""

from __future__ import annotations

from avatarwire.conformance.engine.evidence import Timeline
from avatarwire.conformance.engine.secrets import Secrets

FRAME = b"\x01\x01\x83SERIAL01" + b'{"sessionId":"s","status":"READY"}'


def timeline(vendor: str = "aliyun") -> Timeline:
    times = iter(float(number) for number in range(10, 100))
    return Timeline(vendor, lambda: next(times), Secrets())


def test_a_frame_is_taken_apart() -> None:
    seen = timeline()
    seen.add("ws-1", "ws", "in", FRAME, message="channel_ready.response")
    (item,) = seen.reported()
    assert (item.time, item.connection, item.transport, item.direction) == (1.0, "ws-1", "ws", "in")
    assert item.body == {"sessionId": "s", "status": "READY"}
    assert (item.raw, item.size) == (FRAME.hex(), len(FRAME))
    assert [(name, start, end) for name, start, end, _ in item.spans[:4]] == [
        ("frameType", 0, 1), ("dataType", 1, 2), ("bizType", 2, 3), ("serialNumber", 3, 11),
    ]  # fmt: skip
    assert item.invalid == ()


def test_a_message_that_breaks_its_declaration_is_found_whatever_a_case_is_about() -> None:
    seen = timeline()
    seen.add(
        "ws-1", "ws", "in", FRAME.replace(b'"status":"READY"', b'"state":"READY"'), message="channel_ready.response"
    )
    ((item, error),) = seen.invalid()
    assert item.message == "channel_ready.response"
    assert error.path == "status"
    assert "status" in seen.reported()[0].invalid[0]


def test_one_of_the_judge_itself_is_not_and_neither_is_a_failure_or_what_nobody_knows() -> None:
    seen = timeline()
    seen.add("http-1", "http", "out", b"{}", message="StartAvatarSession.request")
    failure = b'{"Code":"InvalidProject.NotFound","Message":"no","RequestId":"r"}'
    seen.add("http-1", "http", "in", failure, message="StartAvatarSession.response")
    seen.add("http-1", "http", "in", b"\xff\xfe")
    assert seen.invalid() == []
    assert seen.reported()[2].body is None


def test_a_secret_is_masked_in_what_came_before_it_was_known_too() -> None:
    seen = timeline()
    seen.add("http-1", "http", "out", b'{"text":"abcdefgh"}', text="GET /abcdefgh")
    seen.add("http-1", "http", "in", b'{"accessToken":"abcdefgh"}')
    first, second = seen.reported()
    assert first.text == "GET /<8 characters masked>"
    assert first.body == {"text": "<8 characters masked>"}
    assert bytes.fromhex(second.raw) == b'{"accessToken":"********"}'


def test_a_note_crosses_no_wire() -> None:
    seen = timeline()
    seen.note("time passes")
    (item,) = seen.reported()
    assert (item.transport, item.text, item.size) == ("note", "time passes", 0)


def test_of_something_long_the_beginning_is_shown() -> None:
    seen = timeline()
    seen.add("http-1", "http", "in", b"x" * 10_000, text="y" * 10_000)
    (item,) = seen.reported()
    assert (len(item.raw), item.size, len(item.text)) == (2 * 4096, 10_000, 2000)
