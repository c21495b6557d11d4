"""The table of messages, and every documented variant of them: understood, told by its erratum, refused when strict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.table import BY_BODY, BY_ID, EXECUTE, MESSAGES
from tests.codecs.guiji.rpc_samples import (
    CREATE,
    CREATED,
    CUT_IN,
    DESTROY,
    ERROR,
    HEARTBEAT,
    HEARTBEAT_REPLY,
    INSERT,
    MODIFY,
    PLAYING,
    SAMPLES,
    SHOWN,
    STREAM,
    SWITCH,
    Sample,
    at,
    changed,
)

Change = Callable[[dict[str, Any]], object]


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda fields: [change(fields) for change in changes]


def moved(path: str, to: str) -> Change:
    """A member of the message under another name in the same place."""

    def change(fields: dict[str, Any]) -> None:
        *outer, name = path.split(".")
        holder: Any = fields
        for step in outer:
            holder = holder[step]
        holder[to] = holder.pop(name)

    return change


VARIANTS: list[tuple[str, Sample, Change, dict[str, Any]]] = [
    ("GJ-E06", CREATE, moved("sender", "topicSub"), {}),
    ("GJ-E06", HEARTBEAT_REPLY, moved("sender", "topicSub"), {}),
    ("GJ-E48", STREAM, moved("params.playaddr.http-flv", "http_flv"), {}),
    ("GJ-E56", DESTROY, at("sessionId", ...), {}),
    ("GJ-E56", DESTROY, at("params.sessionId", ...), {}),
    ("GJ-E56", CREATED, at("result.sessionId", ...), {}),
    ("GJ-E56", ERROR, at("error.sessionId", ...), {}),
    ("GJ-E56", HEARTBEAT_REPLY, at("sessionId", ...), {}),
    ("GJ-E56", SHOWN, at("params.sessionId", ...), {}),
    ("GJ-E57", DESTROY, at("params.sessionId", "other"), {"params.session_id": "other"}),
    ("GJ-E57", CREATED, at("result.sessionId", "other"), {"result.session_id": "other"}),
    ("GJ-E60", CREATE, at("jsonrpc", "2.0"), {}),
    ("GJ-E60", HEARTBEAT, at("jsonrpc", "2.0"), {}),
    ("GJ-E60", CREATED, at("jsonrpc", 2.0), {}),
    ("GJ-E62", ERROR, at("error.code", 7), {"error.code": 7}),
    ("GJ-E65", CREATE, at("params.token", ...), {}),
    ("GJ-E65", CREATE, at("token", ...), {}),
    ("GJ-E65", CREATE, at("params.token", "other"), {"params.token": "other"}),
    ("GJ-E69", CREATE, moved("params.playlist", "playList"), {}),
    ("GJ-E69", PLAYING, moved("params.playList", "playlist"), {}),
    ("GJ-E70", CREATE, at("params.resList[1].resOptions", {
        "type": "aivoicedistort", "name": "aivoicedistort", "distortState": False, "speakerId": 0,
    }), {}),
    ("GJ-E72", CREATE, at("params.resList[2].drawOptions.width", 1080.4), {}),
    ("GJ-E72", CREATE, at("params.resList[2].drawOptions.x", 0.4), {}),
    ("GJ-E72", MODIFY, at("params.addRes.resList[0].drawOptions.zidx", -1.2), {}),
    ("GJ-E72", SWITCH, at("params.executeList[0].options.args.drawOptions.y", 0.1), {}),
    ("GJ-E73", CREATE, at("params.resList[4].resOptions.loop", -7), {"params.res_list.4.res_options.loop": -7}),
    ("GJ-E79", CUT_IN, at("params.action", 5), {}),
    ("GJ-E79", INSERT, at("params.action", "2"), {}),
    ("GJ-E80", CUT_IN, both(at("params.action", "addPlayList"), at("params.index", 1)), {"params.index": 1}),
    ("GJ-E84", HEARTBEAT, at("params.sessionId", "8f0a"), {"params.session_id": "8f0a"}),
    ("GJ-E84", HEARTBEAT_REPLY, at("result.sessionId", "8f0a"), {"result.session_id": "8f0a"}),
    ("GJ-E87", PLAYING, at("params.type", "playlist"), {}),
    ("GJ-E87", PLAYING, at("params.type", "insertList"), {"params.type": "insertlis"}),
    ("GJ-E87", PLAYING, at("params.type", "insertlist"), {"params.type": "insertlis"}),
    ("GJ-E88", PLAYING, at("params.playList", [9, 12]), {}),
    ("GJ-E89", SHOWN, at("params.type", "imge"), {"params.type": "image"}),
    ("GJ-R086", CREATE, at("livePlatform", 1), {"live_platform": 1}),
    ("GJ-R100", CREATE, at("params.resList[5].resOptions.exclusive", ...), {}),
    ("GJ-R100", MODIFY, at("params.addRes.resList[0].type", "center"), {}),
]  # fmt: skip


each = pytest.mark.parametrize(
    ("erratum", "sample", "change", "read"),
    VARIANTS,
    ids=[f"{erratum}-{sample.message}-{index}" for index, (erratum, sample, _, _) in enumerate(VARIANTS)],
)


def value_at(body: Any, path: str) -> Any:
    for step in path.split("."):
        body = body[int(step)] if step.isdigit() else getattr(body, step)
    return body


@each
@pytest.mark.parametrize("told_sender", [True, False])
def test_a_documented_variant_is_understood_and_told(
    erratum: str, sample: Sample, change: Change, read: dict[str, Any], told_sender: bool
) -> None:
    data = changed(sample, change)
    answers = sample.message if sample is CREATED else ""
    packet = rpc.decode(data, sample.sender if told_sender else None, answers=answers.replace("result", "request"))
    assert packet.message == sample.message
    assert packet.deviations == (erratum,)
    assert packet.encode() == data
    for path, value in read.items():
        assert value_at(packet.body, path) == value
    if not read and erratum != "GJ-R100":
        assert packet.body == sample.body
    assert packet.session_id == "8f0a"
    assert packet.sender == (sample.fields.get("sender", ""))


@each
def test_strict_reading_refuses_a_documented_variant(
    erratum: str, sample: Sample, change: Change, read: dict[str, Any]
) -> None:
    del read
    with pytest.raises(ValidationError) as caught:
        rpc.decode(changed(sample, change), sample.sender, strict=True)
    assert (caught.value.clause, caught.value.vendor) == (erratum, "guiji")


@pytest.mark.parametrize(
    ("sample", "change"),
    [
        (DESTROY, both(at("sessionId", ...), at("params.sessionId", ...))),
        (DESTROY, both(at("sessionId", ...), at("params.sessionId", 5))),
        (CREATE, both(at("token", ...), at("params.token", ...))),
        (CREATE, at("params.resList[2].drawOptions.width", "wide")),
        (CREATE, at("jsonrpc", "2.0")),
        (INSERT, at("params.action", True)),
        (INSERT, at("params.action", 0)),
        (INSERT, at("params.action", "6")),
        (INSERT, at("params", None)),
        (PLAYING, at("params.type", "other")),
        (PLAYING, at("params.type", 5)),
        (PLAYING, at("params.playList", {"0": 9})),
        (HEARTBEAT_REPLY, both(at("sessionId", ...), at("result", ...), at("error", {}))),
    ],
    ids=lambda value: value.message if isinstance(value, Sample) else "",
)
def test_what_no_document_explains_is_refused(sample: Sample, change: Change) -> None:
    with pytest.raises(ValidationError):
        rpc.decode(changed(sample, change), sample.sender, strict=True)


# --- the table ---


def test_every_message_has_a_sample() -> None:
    assert {sample.message for sample in SAMPLES} == set(BY_ID)


def test_ids_and_codecs_go_together() -> None:
    for row in (*MESSAGES, EXECUTE):
        assert (row.codec.message, row.codec.vendor, row.codec.type) == (row.id, "guiji", row.body)
        assert row.title
        assert row.section.startswith("4.2.")
    assert EXECUTE.id not in BY_ID


def test_a_body_leads_to_its_first_row() -> None:
    assert {BY_BODY[row.body] for row in MESSAGES} <= set(MESSAGES)
    assert BY_BODY[EXECUTE.body].id == "ExecSessionResList.switchTemplate.request"


def test_the_command_says_which_message_it_is() -> None:
    other = BY_ID["ExecSessionResList.setpushstreams.request"].codec
    told = r"options.method: got 'switchTemplate', expected setpushstreams, as the first \[GJ-R108\]$"
    with pytest.raises(ValidationError, match=told):
        other.decode(SWITCH.data)
    own = BY_ID[SWITCH.message].codec
    assert own.decode(SWITCH.data).deviations == own.decode(SWITCH.data, strict=True).deviations == ()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.message}-{len(sample.text)}")
def test_the_codec_of_a_row_reads_its_samples(sample: Sample) -> None:
    assert BY_ID[sample.message].codec.decode(sample.data, strict=True).value == sample.body


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("message", "data", "told"),
    [
        ("HeartBeat", b'{"id":1,"params":{"sessionId":"s","state":"Running"}}', "method: .*, expected HeartBeat"),
        ("SessionState.Show", b'{"method":"SessionState","params":{}}', r"params\.state: .*, expected Show"),
        ("DestroySession.request", b"{}", "method: required field is missing, expected DestroySession"),
    ],
)
def test_what_tells_messages_apart_has_to_be_there(message: str, data: bytes, told: str, strict: bool) -> None:
    with pytest.raises(ValidationError, match=told):
        BY_ID[message].codec.decode(data, strict=strict)
