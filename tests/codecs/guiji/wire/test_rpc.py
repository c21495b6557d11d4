"""Payloads to typed bodies and back: every message, its envelope, what is unknown in it, and what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.guiji.messages.notifications import HeartBeat, HeartBeatParams
from avatarwire.codecs.guiji.messages.replies import PushPlayListManagerResult, Result
from avatarwire.codecs.guiji.resources import UnknownResource
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.message import Message
from tests.codecs.guiji.rpc_samples import (
    ANY_RESULT,
    CLOSED,
    CREATE,
    CREATED,
    DESTROY,
    ERROR,
    HEARTBEAT,
    HEARTBEAT_REPLY,
    INSERT,
    LISTED,
    PLAYING,
    RESULTS,
    SAMPLES,
    SET_PUSH,
    SHOWN,
    SWITCH,
    TOPIC,
    Sample,
    at,
    changed,
)

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.message}-{len(sample.text)}")


def answers(sample: Sample) -> str:
    """The request that a result answers."""
    return sample.message.replace(".result", ".request") if sample in RESULTS else ""


@each
def test_a_message_is_written_as_it_is_read(sample: Sample) -> None:
    packet = rpc.decode(sample.data, sample.sender, answers=answers(sample))
    assert (packet.message, packet.body) == (sample.message, sample.body)
    assert (packet.deviations, packet.unknown_fields()) == ((), {})
    assert rpc.encode(sample.body) == packet.encode() == sample.data


@each
def test_strict_reading_takes_the_ruled_form(sample: Sample) -> None:
    packet = rpc.decode(sample.data, sample.sender, answers=answers(sample), strict=True)
    assert packet.body == sample.body


@each
def test_the_sender_need_not_be_told(sample: Sample) -> None:
    packet = rpc.decode(sample.data, answers=answers(sample))
    assert (packet.message, packet.body) == (sample.message, sample.body)


@each
def test_bytes_may_come_in_any_dress(sample: Sample) -> None:
    for dress in (bytearray, memoryview):
        packet = rpc.decode(dress(sample.data), sample.sender, answers=answers(sample))
        assert (packet.body, packet.raw) == (sample.body, sample.data)
        assert rpc.peek(dress(sample.data)) == packet.head


@pytest.mark.parametrize(
    ("sample", "head"),
    [
        (CREATE, (9, "CreateNewSession", "8f0a", TOPIC, "request")),
        (CLOSED, (11, "", "8f0a", "", "result")),
        (ERROR, (9, "", "8f0a", "", "error")),
        (HEARTBEAT, (15, "HeartBeat", "8f0a", "", "notification")),
        (HEARTBEAT_REPLY, (15, "", "8f0a", TOPIC, "result")),
        (SHOWN, (75, "SessionState", "8f0a", "", "notification")),
    ],
    ids=lambda value: value.message if isinstance(value, Sample) else "",
)
def test_the_envelope_is_at_hand(sample: Sample, head: tuple[object, ...]) -> None:
    packet = rpc.decode(sample.data, sample.sender)
    assert (packet.id, packet.method, packet.session_id, packet.sender, packet.kind) == head
    assert rpc.peek(sample.data) == packet.head == head


# --- results ---


def test_a_result_does_not_say_what_it_answers() -> None:
    packet = rpc.decode(CREATED.data, "server")
    assert (packet.message, type(packet.body)) == ("result", Result)


@pytest.mark.parametrize("asked", ["pushPlayListManager", "pushPlayListManager.request"])
def test_a_result_is_read_as_one_of_its_request(asked: str) -> None:
    packet = rpc.decode(LISTED.data, "server", answers=asked)
    assert (packet.message, type(packet.body)) == ("pushPlayListManager.result", PushPlayListManagerResult)


def test_a_result_that_is_not_as_those_of_its_method_is_read_all_the_same() -> None:
    packet = rpc.decode(CLOSED.data, "server", answers="CreateNewSession")
    assert (packet.message, type(packet.body)) == ("CreateNewSession.result", Result)
    assert packet.deviations == ("GJ-E82",)
    assert isinstance(packet.body, Result)
    assert packet.body.text == "close sess ok"
    with pytest.raises(ValidationError, match=r"result.message: required field is missing.*\[GJ-E82\]"):
        rpc.decode(CLOSED.data, "server", answers="CreateNewSession", strict=True)


def test_a_result_with_more_than_those_of_its_method_deviates() -> None:
    packet = rpc.decode(ANY_RESULT.data, "server", answers="DestroySession")
    assert packet.deviations == ("GJ-E82",)
    assert [item.path for item in packet.findings] == ["result.data", "result.message"]


# --- what the document does not know ---


@pytest.mark.parametrize("sender", ["client", "server", None])
def test_an_unknown_method_survives(sender: Any) -> None:
    data = b'{"id":7,"method":"MakeSession","sessionId":"8f0a","params":{"x":1},"sender":"t"}'
    packet = rpc.decode(data, sender, strict=True)
    assert isinstance(packet.body, rpc.Unknown)
    assert (packet.message, packet.body.method, packet.id, packet.session_id) == ("", "MakeSession", 7, "8f0a")
    assert packet.body.fields["params"] == {"x": 1}
    assert (packet.deviations, packet.unknown_fields(), packet.encode()) == ((), {}, data)


def test_an_unknown_state_survives() -> None:
    packet = rpc.decode(b'{"id":7,"method":"SessionState","params":{"sessionId":"8f0a","state":"Paused"}}', "server")
    assert isinstance(packet.body, rpc.Unknown)
    assert (packet.message, packet.kind) == ("", "notification")


def test_unknown_members_survive() -> None:
    data = changed(CREATE, lambda fields: (fields.update(trace=1), fields["params"]["resList"][2].update(glow=True)))
    packet = rpc.decode(data, "client", strict=True)
    assert packet.unknown_fields() == {"trace": 1, "params.resList[2].glow": True}
    assert packet.body == CREATE.body
    assert packet.encode() == data


@pytest.mark.parametrize("order", [1, -1])
def test_no_digital_human_may_use_a_scene_that_is_not_there(order: int) -> None:
    fields = CREATE.fields
    humans = [element for element in fields["params"]["resList"] if element["resOptions"]["type"] == "dthuman"]
    lost = json.loads(json.dumps(humans[0]))
    lost["resOptions"]["audioDriven"]["udCodeUsed"] = "9"
    fields["params"]["resList"] = [humans[0], lost][::order]
    with pytest.raises(ValidationError, match=r"audioDriven\.udCodeUsed: got '9', .*\[GJ-R094\]"):
        rpc.decode(json.dumps(fields).encode(), "client")


def test_a_digital_human_may_begin_with_any_of_its_scenes() -> None:
    fields = CREATE.fields
    driven = next(
        element["resOptions"]["audioDriven"]
        for element in fields["params"]["resList"]
        if element["resOptions"]["type"] == "dthuman"
    )
    driven["templates"].insert(0, {"udCode": "9"})
    assert rpc.decode(json.dumps(fields).encode(), "client").findings == ()


@pytest.mark.parametrize("wrong", [[], {}, 1.5])
@pytest.mark.parametrize(
    ("sample", "path"), [(SHOWN, "params.type"), (PLAYING, "params.type"), (INSERT, "params.action")]
)
def test_what_is_no_text_is_refused_where_a_spelling_is_looked_up(sample: Sample, path: str, wrong: object) -> None:
    with pytest.raises(ValidationError, match=path):
        rpc.decode(changed(sample, at(path, wrong)), sample.sender)


def test_an_unknown_kind_of_resource_survives_beside_the_known_ones() -> None:
    sticker = {"type": "sticker", "name": "star", "points": 5}
    data = changed(CREATE, at("params.resList[3].resOptions", sticker))
    packet = rpc.decode(data, "client", strict=True)
    assert isinstance(packet.body, r.CreateNewSession)
    kinds = [type(element.res_options).__name__ for element in packet.body.params.res_list]
    assert kinds == ["RtmpOutput", "AiVoiceDistort", "DtHuman", "UnknownResource", "Player", "Image"]
    star = packet.body.params.res_list[3].res_options
    assert star == UnknownResource(sticker)
    assert star.name == "star"
    assert (packet.message, packet.deviations) == ("CreateNewSession.request", ())
    assert packet.unknown_fields() == {"params.resList[3].resOptions": sticker}
    # It can be sent on as well.
    assert json.loads(rpc.encode(packet.body)) == json.loads(data)


def test_an_unknown_command_survives_but_is_never_sent() -> None:
    data = changed(SWITCH, at("params.executeList[0].options", {"method": "startrtmp", "args": {"x": 1}}))
    packet = rpc.decode(data, "client")
    assert isinstance(packet.body, r.ExecSessionResList)
    command = packet.body.params.execute_list[0]
    assert (command.method, command.options) == ("startrtmp", {"method": "startrtmp", "args": {"x": 1}})
    assert (packet.message, packet.deviations, packet.kind) == ("", ("GJ-E77",), "request")
    assert rpc.request_id(packet.body) == ""
    with pytest.raises(ValidationError, match=r"startrtmp.*GJ-E77"):
        rpc.decode(data, "client", strict=True)
    with pytest.raises(ValidationError, match=r"GJ-E77"):
        rpc.encode(packet.body)


# --- what is wrong ---


def test_bytes_that_are_no_json_are_told_by_their_place() -> None:
    commented = b'{"id":9, -- the request\n"method":"DestroySession"}'
    with pytest.raises(DecodeError) as caught:
        rpc.decode(commented, "client")
    assert (caught.value.offset, caught.value.clause) == (9, "GJ-R124")
    assert "JSON object in UTF-8" in caught.value.expected


@pytest.mark.parametrize("data", [b"", b"{", b'{"id":1,}', b"\xff{}", b"[" * 100_000, b"{'id':1}"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        rpc.decode(data)
    assert caught.value.clause == "GJ-R124"
    assert rpc.peek(data) == rpc.Head()


@pytest.mark.parametrize("data", [b"[]", b"7", b"null", b'"text"'])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError, match=r"expected a JSON object \[GJ-R124\]"):
        rpc.decode(data)
    assert rpc.peek(data) == rpc.Head()


def test_only_bytes_are_read() -> None:
    nothing: Any = None
    with pytest.raises(DecodeError, match="got NoneType, expected bytes"):
        rpc.decode(nothing)
    assert rpc.peek(nothing) == rpc.Head()


def test_a_payload_may_be_too_large() -> None:
    size = len(DESTROY.data)
    assert rpc.decode(DESTROY.data, max_size=size).body == DESTROY.body
    with pytest.raises(DecodeError, match=rf"byte {size - 1}: {size} bytes, expected at most {size - 1} bytes"):
        rpc.decode(DESTROY.data, max_size=size - 1)


def test_skipped_members_are_json_too_where_reading_is_strict() -> None:
    data = DESTROY.data[:-1] + b',"trace":"\xff"}'
    packet = rpc.decode(data, "client")
    assert packet.body == DESTROY.body
    assert packet.unknown_fields() == {"trace": "�"}
    assert packet.deviations == ()
    with pytest.raises(DecodeError, match="not UTF-8 text"):
        rpc.decode(data, "client", strict=True)


@pytest.mark.parametrize(
    ("sample", "path", "value", "told"),
    [
        (CREATE, "id", ..., "id: required field is missing, expected an integer of 64 bits [GJ-R079]"),
        (CREATE, "id", "9", "id: got text, expected an integer of 64 bits [GJ-R079]"),
        (CREATE, "id", True, "id: got true or false, expected an integer of 64 bits [GJ-R079]"),
        (CREATE, "sender", ..., "sender: required field is missing, expected text that is not empty [GJ-R075]"),
        (CREATE, "params", ..., "params: required field is missing, expected an object [GJ-R085]"),
        (CREATE, "liveId", 1.5, "liveId: got a number with decimals, expected an integer of 64 bits [GJ-R085]"),
        (CREATE, "params.rule", "Any", "params.rule: got 'Any', expected DTHumanLivestreamWithAudioRelay [GJ-R088]"),
        (CREATE, "params.mode", ..., "params.mode: required field is missing, expected checkheartbeat [GJ-R088]"),
        (CREATE, "params.videoSize", 1080, "params.videoSize: got an integer, expected an object [GJ-E67]"),
        (
            CREATE, "params.videoSize.width", 0,
            "params.videoSize.width: value out of range, expected an integer of at least 1 [GJ-E67]",
        ),
        (CREATE, "params.resList", 6, "params.resList: got an integer, expected a list [GJ-E66]"),
        (CREATE, "params.resList[2]", ..., "params.resList: no digital human, expected an element of kind dthuman"),
        (CREATE, "params.playlist", ..., "params.playlist: required field is missing"),
        (CREATE, "params.playlist", [], "params.playlist: value out of range, expected a list of at least 1 items"),
        (CREATE, "params.playlist[1]", "x", "params.playlist[1]: got text, expected an integer of 64 bits [GJ-R052]"),
        (SWITCH, "params.executeList", [], "params.executeList: value out of range"),
        (
            SWITCH, "params.executeList[0].options.method", ...,
            "params.executeList[0].options.method: required field is missing, "
            "expected switchTemplate, setpushstreams or closepushstreams [GJ-E77]",
        ),
        (
            SWITCH, "params.executeList[0].options.args.audioDriven.udCode", 7,
            "params.executeList[0].options.args.audioDriven.udCode: got an integer, "
            "expected text that is not empty [GJ-R106]",
        ),
        (
            SET_PUSH, "params.executeList[0].options.args.pushurls", [],
            "params.executeList[0].options.args.pushurls: value out of range, "
            "expected a list of at least 1 items [GJ-R108]",
        ),
        (
            SET_PUSH, "params.executeList[0].options.args.pushurls[1]", "http://b.test",
            "params.executeList[0].options.args.pushurls[1]: wrong form, expected text matching ^rtmps?://. [GJ-E83]",
        ),
        (INSERT, "params.action", "sortPlayList", "params.action: got 'sortPlayList', expected addPlayList, insert"),
        (INSERT, "params.action", 6, "params.action: got an integer, expected addPlayList"),
        (INSERT, "params.pcmIds", 6, "params.pcmIds: got an integer, expected a list [GJ-R111]"),
        (ERROR, "error.code", ..., "error.code: required field is missing, expected an integer of 64 bits [GJ-E62]"),
        (ERROR, "error", 1, "error: got an integer, expected an object [GJ-R080]"),
        (CREATED, "result", [], "result: got a list, expected an object [GJ-R080]"),
        (HEARTBEAT, "id", ..., "id: required field is missing, expected an integer of 64 bits [GJ-R116]"),
        (PLAYING, "params.status", "pause", "params.status: got 'pause', expected begin or end [GJ-R121]"),
        (PLAYING, "params.nowPcmId", ...,
         "params.nowPcmId: required field is missing, expected an integer of 64 bits [GJ-E69]"),
        (PLAYING, "params.playList", "[9,", "params.playList: got '[9,', expected a JSON array of integers, in a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_place_and_clause(sample: Sample, path: str, value: object, told: str) -> None:
    data = changed(sample, at(path, value))
    with pytest.raises(ValidationError) as caught:
        rpc.decode(data, sample.sender)
    assert told in str(caught.value)
    assert str(caught.value).startswith(f"guiji {caught.value.message}: ")
    # What is wrong further in leaves the envelope readable.
    if path not in ("id", "sender"):
        assert rpc.peek(data) == rpc.peek(sample.data)


def test_a_member_of_a_kind_is_told_as_that_kind_has_it() -> None:
    data = changed(CREATE, at("params.resList[2].resOptions.name", "anchor"))
    with pytest.raises(
        ValidationError, match=r"resList\[2\].resOptions.name: got 'anchor', expected dthuman \[GJ-R090"
    ):
        rpc.decode(data, "client")


def test_peek_reads_what_it_can() -> None:
    assert rpc.peek(b'{"id":1.5,"method":7,"params":[],"sessionId":3,"topicSub":"t"}') == (None, "", "", "t", "request")
    assert rpc.peek(b'{"id":true,"error":{"sessionId":"s"}}') == (None, "", "s", "", "error")
    assert rpc.peek(b"{}") == rpc.Head()


# --- writing ---


def test_the_second_token_may_be_left_out() -> None:
    data = rpc.encode(CREATE.body, token_in_params=False)
    assert data == CREATE.data.replace(b'"token":"7F3C","resList"', b'"resList"')
    packet = rpc.decode(data, "client")
    assert (packet.body, packet.deviations) == (CREATE.body, ("GJ-E65",))
    assert rpc.encode(DESTROY.body, token_in_params=False) == DESTROY.data


@pytest.mark.parametrize("body", [None, b"", HeartBeatParams(session_id=":---:s"), rpc.Unknown("x", {})])
def test_only_messages_are_written(body: Any) -> None:
    with pytest.raises(EncodeError, match="is not a body to send"):
        rpc.encode(body)


def test_what_was_received_in_another_form_is_not_written_in_it() -> None:
    packet = rpc.decode(changed(DESTROY, at("params.sessionId", "other")), "client")
    assert packet.deviations == ("GJ-E57",)
    assert isinstance(packet.body, Message)
    with pytest.raises(ValidationError, match=r"guiji DestroySession.request: params.sessionId: .* \[GJ-E57\]"):
        rpc.encode(packet.body)


def test_what_json_cannot_hold_is_told() -> None:
    body = r.DestroySession.trusted(
        id=1, session_id="s", sender="t", params=r.DestroyParams.trusted(session_id="s", cause="\ud800")
    )
    with pytest.raises(EncodeError, match=r"guiji DestroySession.request: a text holds half a surrogate pair"):
        rpc.encode(body)


@pytest.mark.parametrize("prefix", [":---:", ""])
def test_a_heartbeat_is_answered_as_it_came(prefix: str) -> None:
    heartbeat = HeartBeat.trusted(id=15, params=HeartBeatParams.trusted(session_id=f"{prefix}8f0a"))
    assert rpc.answer_heartbeat(heartbeat, TOPIC) == HEARTBEAT_REPLY.data.replace(b":---:", prefix.encode())


def test_a_whole_number_is_an_integer_whichever_result_it_is_read_as() -> None:
    other = b'{"id":1.0,"sessionId":"s-1","result":{"sessionId":"s-1","data":[1]}}'
    packet = rpc.decode(other, "server", answers="CreateNewSession.request")
    assert packet.deviations == ("AW-INTEGERS", "GJ-E82")
    assert isinstance(packet.body, Result)
    assert type(packet.body.id) is int
