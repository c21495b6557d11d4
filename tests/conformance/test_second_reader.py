"""The second readers: they share nothing with the codecs, agree with them about what is right, and can disagree."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry
from avatarwire.conformance import second_reader, strategies
from avatarwire.conformance.second_reader import Read, Reading, agreement, reader

READING: Final = [path for path in Path(second_reader.__file__).parent.glob("*.py") if path.name != "__init__.py"]

TRAVELLING: Final = [
    (vendor, entry.id)
    for vendor in catalogue.VENDORS
    for entry in catalogue.vendor(vendor).values()
    if entry.kind != "type" or entry.carrier.kind == "callback"
]

CHANNEL: Final = bytes([0, 1, 131]) + b'00000001{"sessionId":"7"}'


def reads(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    """Every vendor has another second reader."""

    def found(_vendor: str) -> Read:
        return read

    monkeypatch.setattr(second_reader, "reader", found)


def transport(entry: Entry) -> str:
    return entry.carrier.transport or "http"


@pytest.mark.parametrize("path", READING, ids=lambda path: path.stem)
def test_a_reader_imports_the_standard_library_alone(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module).partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert names <= {"__future__", "collections", "dataclasses", "json", "reading", "struct", "typing", "urllib"}


@pytest.mark.unmeasured
@pytest.mark.parametrize(("vendor", "id_"), TRAVELLING)
def test_both_read_what_is_right_alike(vendor: str, id_: str) -> None:
    entry = catalogue.vendor(vendor)[id_]
    direction = "out" if entry.sender == "client" else "in"

    @settings(
        max_examples=5,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(strategies.messages(vendor, id_))
    def alike(sample: strategies.Sample) -> None:
        assert agreement(vendor, id_, transport(entry), direction, sample.data) is True

    alike()


@pytest.mark.parametrize(
    ("reading", "agreed"),
    [
        (Reading({"sessionId": "7"}), True),
        (Reading({"sessionId": "7", "more": 1}), True),
        (Reading({"sessionId": "8"}), False),
        (Reading({"sessionId": 7}), False),
        (Reading({}), False),
        (Reading([]), False),
        (Reading({"sessionId": "7"}, frozenset({"opening.request"})), False),
        (Reading({"sessionId": "7"}, header={"bizType": 131, "serialNumber": "3030303030303031"}), True),
        (Reading({"sessionId": "7"}, header={"bizType": 130}), False),
    ],
)
def test_they_disagree_about_another_value_header_or_message(
    monkeypatch: pytest.MonkeyPatch, reading: Reading, agreed: bool
) -> None:
    def read(*_: object) -> Reading:
        return reading

    reads(monkeypatch, read)
    assert agreement("aliyun", "channel_ready.request", "ws", "out", CHANNEL) is agreed


def test_a_reader_that_reads_nothing_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Reading:
        raise ValueError("no frame")

    reads(monkeypatch, refuse)
    assert agreement("aliyun", "channel_ready.request", "ws", "out", CHANNEL) is False


@pytest.mark.parametrize(
    ("id_", "data"),
    [
        ("channel_ready.request", b"\x00\x01"),
        ("channel_ready.request", bytes([0, 1, 131]) + b'00000001{"sessionId":"7"} \xef\xbb\xbf'),
        ("general.message", bytes([2, 1, 255]) + b'00000001{"code":"1","message":""}'),
        ("nobody.knows", CHANNEL),
    ],
)
def test_there_is_nothing_to_compare_in_what_the_codec_does_not_read_or_repairs(id_: str, data: bytes) -> None:
    assert agreement("aliyun", id_, "ws", "out", data) is None


@pytest.mark.parametrize(
    ("vendor", "transport", "direction", "data", "messages"),
    [
        ("aliyun", "ws", "out", bytes([0, 1, 130]) + b'00000001{"type":"endAsrAudio"}', {"asr.end.request"}),
        ("aliyun", "ws", "out", bytes([9, 1, 130]) + b"00000001{}", set[str]()),
        ("guiji", "mqtt", "in", b'{"method":"SessionState","params":{"state":"Show"}}', {"SessionState.Show"}),
        ("guiji", "mqtt", "in", b'{"id":1,"error":{}}', {"error"}),
        ("guiji", "mqtt", "out", b'{"id":1,"result":{}}', {"HeartBeat.reply"}),
        ("sensetime", "ws", "in", b'{"code":18}', {"microphone.takeover_finished"}),
        ("sensetime", "ws", "out", b"\x00\x01", {"microphone.audio"}),
        ("sensetime", "ws", "in", b'{"service":"asr","type":"eof","status":"fail"}', {"interactive.asr.fail"}),
        ("sensetime", "ws", "in", b'{"service":"asr","type":"text"}', {"interactive.asr.text"}),
        ("sensetime", "callback", "in", b"{}", {"CallbackBody"}),
    ],
)
def test_readers_say_which_message_it_can_be(
    vendor: str, transport: str, direction: str, data: bytes, messages: set[str]
) -> None:
    read = reader(vendor)
    assert read is not None
    assert read(transport, direction, data).messages == messages


@pytest.mark.parametrize(
    ("vendor", "transport", "data"),
    [
        ("aliyun", "ws", b"\x00\x01"),
        ("aliyun", "ws", bytes([0, 1, 131]) + b"00000001[]"),
        ("guiji", "http", b"[]"),
        ("guiji", "mqtt", b'{"id": NaN}'),
        ("sensetime", "ws", b"[" * 100_000),
        ("sensetime", "http", b"\xff"),
    ],
)
def test_readers_refuse_what_is_no_message(vendor: str, transport: str, data: bytes) -> None:
    read = reader(vendor)
    assert read is not None
    with pytest.raises(ValueError, match=r"."):
        read(transport, "in", data)


def test_a_query_is_compared_as_text() -> None:
    def agreed(data: bytes, seen: Any) -> bool | None:
        return agreement("aliyun", "QuerySessionInfo.request", "http", seen, data)

    assert agreed(b"projectId=0&statusList=STARTED,STOPPED&pageNo=1", "out") is True
    # The same bytes as an answer are no JSON.
    assert agreed(b"projectId=0&statusList=STARTED,STOPPED&pageNo=1", "in") is False


@pytest.mark.parametrize(
    ("vendor", "id_", "data"),
    [
        ("aliyun", "http.error", b'{"Code":"InvalidProject.NotFound","Message":"none","RequestId":"1"}'),
        ("guiji", "getAccessToken.response", b'{"code":500,"msg":"no","success":false}'),
    ],
)
def test_a_refusal_is_read_alike(vendor: str, id_: str, data: bytes) -> None:
    assert agreement(vendor, id_, "http", "in", data) is True


def test_a_vendor_without_a_second_reader() -> None:
    assert reader("nobody") is None
    assert agreement("nobody", "x", "http", "in", b"{}") is None
