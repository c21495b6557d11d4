"""A trace for other tools: HAR, lines of JSON, and a capture that is read here by hand."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from avatarwire.fakeserver.trace.exporting import EXPORTS
from avatarwire.fakeserver.trace.showing import as_json, lines

from .recorded import talk, trace


def test_har_has_the_messages_of_sockets(tmp_path: Path) -> None:
    log = json.loads(EXPORTS["har"](talk(tmp_path / "a")))["log"]
    start, handshake = log["entries"]
    assert (log["version"], start["response"]["status"]) == ("1.2", 200)
    assert "_webSocketMessages" not in start
    assert handshake["_webSocketMessages"] == [
        {"type": "send", "time": 103.0, "opcode": 1, "data": '{"text":"hello"}', "_message": "text_drive.request"},
        {"type": "receive", "time": 104.0, "opcode": 2, "data": "AAE=", "_message": "text_drive.response"},
    ]


def test_ndjson_has_a_line_for_each(tmp_path: Path) -> None:
    head, *rest = [json.loads(line) for line in EXPORTS["ndjson"](talk(tmp_path / "a")).splitlines()]
    assert head["format"] == "avtrace/1"
    assert [it["seq"] for it in rest] == [1, 2, 3, 4, 5, 6]


def packets(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """Source port, target port, flags and payload of each packet of a capture."""
    magic, *_, link = struct.unpack("<IHHiIII", data[:24])
    assert (magic, link) == (0xA1B2C3D4, 101)
    found, at = list[tuple[int, int, int, bytes]](), 24
    while at < len(data):
        *_, size, whole = struct.unpack("<IIII", data[at : at + 16])
        packet, at = data[at + 16 : at + 16 + size], at + 16 + size
        assert size == whole == int.from_bytes(packet[2:4], "big")
        assert summed(packet[:20]) == summed(packet[12:20] + struct.pack(">HH", 6, size - 20) + packet[20:]) == 0xFFFF
        source, target, _, _, _, flags = struct.unpack(">HHIIBB", packet[20:34])
        found.append((source, target, flags, packet[40:]))
    return found


def summed(data: bytes) -> int:
    """The ones' complement sum of a header with its checksum, all ones where that is right (RFC 1071)."""
    total = sum(int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_a_handshake_is_one_for_who_reads_the_capture(tmp_path: Path) -> None:
    asks = {"method": "GET", "path": "/ws", "headers": [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="]]}
    found = packets(
        EXPORTS["pcap"](
            trace(
                tmp_path / "a",
                {"transport": "http", "direction": "in", "connection": "c1", "meta": asks},
                {"transport": "http", "direction": "out", "connection": "c1", "status": 101, "reply_to": 1},
            )
        )
    )
    assert found[-1][3].split(b"\r\n") == [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        b"",
        b"",
    ]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_no_length(tmp_path: Path, status: int) -> None:
    answer = {"transport": "http", "direction": "out", "connection": "c1", "status": status}
    assert b"Content-Length" not in packets(EXPORTS["pcap"](trace(tmp_path / "a", answer)))[-1][3]


def test_a_capture_has_a_stream_for_each_connection(tmp_path: Path) -> None:
    found = packets(EXPORTS["pcap"](talk(tmp_path / "a")))
    assert [flags for _, _, flags, _ in found[:3]] == [0x02, 0x12, 0x10]
    payloads = [payload for *_, payload in found if payload]
    assert payloads[0] == (
        b'POST /start HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'
    )
    assert payloads[1].startswith(b"HTTP/1.1 200 OK\r\n")
    asked, answered = payloads[-2:]
    mask = asked[2:6]
    assert asked[:2] == bytes((0x81, 0x80 | 16))
    assert bytes(byte ^ mask[at % 4] for at, byte in enumerate(asked[6:])) == b'{"text":"hello"}'
    assert answered == b"\x82\x02\x00\x01"
    assert {target for source, target, *_ in found if source >= 40_000} == {80}
    assert len({source for source, *_ in found if source >= 40_000}) == 2


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536, 150_000])
def test_frames_of_any_length(tmp_path: Path, size: int) -> None:
    entry = {"transport": "ws", "direction": "out", "connection": "c", "data": b"\x00" * size}
    found = b"".join(payload for *_, payload in packets(EXPORTS["pcap"](trace(tmp_path / "a", entry))))
    head = {125: b"\x82\x7d", 126: b"\x82\x7e\x00\x7e", 65_535: b"\x82\x7e\xff\xff"}.get(size)
    head = head or b"\x82\x7f" + size.to_bytes(8, "big")
    assert found == head + b"\x00" * size


def test_mqtt_is_a_publish(tmp_path: Path) -> None:
    entry = {"transport": "mqtt", "direction": "in", "connection": "c", "data": b"{}", "meta": {"topic": "a/b"}}
    *_, (_, target, _, payload) = packets(EXPORTS["pcap"](trace(tmp_path / "a", entry)))
    assert (target, payload) == (1883, b"\x30\x07\x00\x03a/b{}")


def test_of_a_callback_the_fake_is_the_client(tmp_path: Path) -> None:
    meta = {"method": "POST", "path": "http://127.0.0.1/cb"}
    sent = {"transport": "callback", "direction": "out", "session": "s", "data": b"{}", "meta": meta}
    *_, (source, target, _, _) = packets(EXPORTS["pcap"](trace(tmp_path / "a", sent)))
    assert source >= 40_000
    assert target == 8080


def test_a_trace_in_lines(tmp_path: Path) -> None:
    head, *rest = lines(talk(tmp_path / "a"))
    assert head == "aliyun, by code, 6 entries"
    assert rest[3].startswith("#4 +3.000s ws in ")
    assert all(word in rest[3] for word in ("@c2", "text_drive.request", "session=s-1111111", '{"text":"hello"}'))
    assert len(list(lines(talk(tmp_path / "b"), "text_drive.*"))) == 3
    assert [json.loads(line)["seq"] for line in as_json(talk(tmp_path / "c"), "start.*")] == [1, 2]


def test_a_fault_and_what_is_broken_are_shown(tmp_path: Path) -> None:
    violation = {"clause": "ALI-R022", "path": "projectId", "reason": "is missing"}
    found = trace(
        tmp_path / "a",
        {"transport": "http", "direction": "in", "message": "m", "violations": (violation,)},
        {"transport": "note", "direction": "note", "body": "rule f1: drop m", "fault": {"rule": "f1"}},
        title="a test",
        vendors=("aliyun", "guiji"),
    )
    head, broken, fault = lines(found)
    assert head == "a test, aliyun guiji, by code, 2 entries"
    assert "[ALI-R022 error: projectId: is missing]" in broken
    assert broken.endswith("(aliyun)")
    assert "fault" in fault
