"""Documented variants of requests and answers: understood and told, refused by strict decoding."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from avatarwire.codecs.core.repairs import Reshape
from avatarwire.codecs.errors import DecodeError, HttpError, ValidationError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.http.repair_tables import RAW_RESPONSE_REPAIRS
from avatarwire.codecs.operation import Operation

from ..http_samples import (
    LISTED_SCENE_TEXT,
    LIVE,
    LIVE_TEXT,
    PATH_TEXT,
    SCENE_TEXT,
    VOICE_TEXT,
    enveloped,
    page_text,
    robot_text,
)


class Variant(NamedTuple):
    operation: Operation[Any, Any]
    right: str
    variant: str
    erratum: str
    path: str


def told(text: str, old: str, new: str) -> tuple[str, str]:
    assert old in text
    return text, text.replace(old, new)


ROW = '{"id":1,"speakerCode":"c","speakerName":"n","ttsAudition":"a"}'
RECORD = (
    '{"id":11,"liveName":"shop","modeName":"Lin","liveStatusName":"直播中","cropName":"c",'
    '"beginTime":"2026-03-01 08:00"}'
)
MATERIAL = '{"id":1,"liveId":2,"duration":0,"createdTime":"2026-03-01 08:00:00"}'
TOKEN = '{"token":"A","expirationTime":1,"startTime":"2026-01-01 00:00:00","endTime":"2027-01-01 00:00:00"}'
SOUND = '{"filePath":"http://127.0.0.1/s.wav","duration":3}'
LIVE_PAGE = page_text(LIVE_TEXT)
LISTED = f"[{robot_text(LISTED_SCENE_TEXT)}]"

ANSWERS = [
    Variant(http.GET_ACCESS_TOKEN, *told(TOKEN, "2026-01-01 00:00:00", "2026-01-01 00:00"), "GJ-E15", "data.startTime"),
    Variant(http.GET_ACCESS_TOKEN, *told(TOKEN, "2027-01-01 00:00:00", "2027-01-01 00:00"), "GJ-E15", "data.endTime"),
    Variant(
        http.QUERY_LIVE, *told(LIVE_TEXT, '"posture":"2"', '"posture":2'), "GJ-E20",
        "data.robotList[0].sceneList[0].posture",
    ),
    Variant(
        http.QUERY_LIVE_PAGE, *told(LIVE_PAGE, '"posture":"2"', '"posture":2'), "GJ-E20",
        "data.records[0].robotList[0].sceneList[0].posture",
    ),
    Variant(
        http.LIST_PLATFORM_ROBOTS, *told(LISTED, '"posture":"2"', '"posture":2'), "GJ-E20",
        "data[0].sceneList[0].posture",
    ),
    Variant(
        http.LIST_CUSTOMIZED_ROBOTS, *told(LISTED, '"posture":"2"', '"posture":2'), "GJ-E20",
        "data[0].sceneList[0].posture",
    ),
    Variant(http.QUERY_LIVE_PAGE, *told(LIVE_PAGE, '"size"', '"pageSize"'), "GJ-E26", "data.pageSize"),
    Variant(http.QUERY_LIVE_PAGE, *told(LIVE_PAGE, '"records"', '"list"'), "GJ-E25", "data.list"),
    Variant(http.QUERY_MATERIAL, *told(page_text(MATERIAL), '"size"', '"pageSize"'), "GJ-E26", "data.pageSize"),
    Variant(
        http.QUERY_MATERIAL, *told(page_text(MATERIAL), "08:00:00", "08:00"), "GJ-E15", "data.records[0].createdTime"
    ),
    Variant(
        http.LIST_PLATFORM_SPEAKERS, *told(page_text('{"id":61,' + VOICE_TEXT), '"size"', '"pageSize"'), "GJ-E26",
        "data.pageSize",
    ),
    Variant(http.LIST_CHANGE_VOICES, *told(page_text(ROW), '"id":1', '"id":"1"'), "GJ-E39", "data.records[0].id"),
    Variant(http.QUERY_LIVE_RECORDS, *told(page_text(RECORD), '"records"', '"list"'), "GJ-E25", "data.list"),
    Variant(http.QUERY_LIVE_RECORDS, *told(page_text(RECORD), '"size"', '"pageSize"'), "GJ-E26", "data.pageSize"),
    Variant(
        http.SYNTHESIZE_AND_CHANGE_VOICE, *told(SOUND, '"filePath"', '"filePath\\t"'), "GJ-E37", "data.filePath"
    ),
    Variant(http.SYNTHESIZE_AND_CHANGE_VOICE, *told(SOUND, '"filePath"', '"filePath\t"'), "GJ-E37", ""),
    Variant(
        http.GET_PULL_PATH, *told(PATH_TEXT, '"http_flv"', '"http-flv"'), "GJ-E48", "data.data.playaddr.http-flv"
    ),
    Variant(http.GET_PULL_PATH, *told(PATH_TEXT, '"ok":true,', ""), "GJ-E49", "data.ok"),
    Variant(
        http.GET_PULL_PATH, PATH_TEXT, PATH_TEXT.replace('{"playaddr":', "").replace("}}}}", "}}}"), "GJ-E47",
        "data.data",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: f"{case.operation.id}-{case.erratum}-{case.path}")
def test_a_variant_of_an_answer_is_understood_and_told(case: Variant) -> None:
    decoded = case.operation.decode_response(200, enveloped(case.variant))

    assert decoded.deviations == (case.erratum,)
    assert decoded.value == case.operation.decode_response(200, enveloped(case.right), strict=True).value
    assert decoded.encode() == enveloped(case.variant)
    assert decoded.unknown_fields() == {}
    with pytest.raises(ValidationError) as caught:
        case.operation.decode_response(200, enveloped(case.variant), strict=True)
    assert (caught.value.clause, caught.value.path) == (case.erratum, case.path)


def test_tabs_between_members_are_white_space() -> None:
    body = enveloped(SOUND).replace(b",", b",\t")
    assert http.SYNTHESIZE_AND_CHANGE_VOICE.decode_response(200, body, strict=True).deviations == ()


def test_tabs_do_not_make_json_of_what_is_none() -> None:
    with pytest.raises(DecodeError, match="not JSON"):
        http.SYNTHESIZE_AND_CHANGE_VOICE.decode_response(200, b'{\t"code" 200}')


def test_one_live_room_stands_for_a_page() -> None:
    decoded = http.QUERY_LIVE_PAGE.decode_response(200, enveloped(LIVE_TEXT))
    assert decoded.deviations == ("GJ-E22",)
    assert decoded.value == http.LivePage(records=(LIVE,), total=1, size=1, current=1, pages=1)
    with pytest.raises(ValidationError, match=r"data: data is one live room, not a page \[GJ-E22\]"):
        http.QUERY_LIVE_PAGE.decode_response(200, enveloped(LIVE_TEXT), strict=True)


def test_addresses_may_be_none_at_all() -> None:
    empty = '{"message":"success","ok":true,"info":"","data":{"playaddr":{}}}'
    decoded = http.GET_PULL_PATH.decode_response(200, enveloped(empty), strict=True)
    assert decoded.value.data.playaddr == http.PlayaddrVO()


def test_what_the_inner_flag_calls_a_failure_is_one() -> None:
    for told_as, text in (
        ('"message":"not started","info":"x",', "not started"),
        ('"message":"","info":"x",', "x"),
        ("", ""),
    ):
        with pytest.raises(HttpError) as caught:
            http.GET_PULL_PATH.decode_response(200, enveloped(f'{{{told_as}"ok":false}}'))
        error = caught.value
        assert (error.status, error.code, error.reason, error.clause) == (200, "200", text, "GJ-E49")


@pytest.mark.parametrize("head", ['"code":200,"msg":"ok"', '"code":"200","message":"ok","success":"true"'])
def test_an_answer_that_the_inner_flag_calls_a_failure_is_kept(head: str) -> None:
    body = f'{{{head},"data":{{"ok":false,"message":"not started"}}}}'.encode()
    with pytest.raises(HttpError, match=r"^HTTP 200 200: not started \[GJ-E49\]$") as caught:
        CATALOGUE.decode("getPullPath.response", body)
    received = caught.value.received
    assert (received.id, received.raw, caught.value.body) == ("Envelope", body, body)
    assert (received.value.code, received.value.msg) == (200, "ok")
    assert received.value.data == {"ok": False, "message": "not started"}


def test_the_inner_flag_counts_in_what_is_no_envelope_too() -> None:
    with pytest.raises(HttpError, match=r"^HTTP 200 200: no reason given \[GJ-E49\]$") as caught:
        CATALOGUE.decode("getPullPath.response", b'{"data":{"ok":false}}')
    assert caught.value.received is None


@pytest.mark.parametrize("data", ["{}", '{"data":{"later":1}}', '{"data":[]}', "7"])
def test_data_that_is_no_path_is_told_as_such(data: str) -> None:
    with pytest.raises(ValidationError, match=r"getPullPath.response: data"):
        http.GET_PULL_PATH.decode_response(200, enveloped(data))


def request(operation: Operation[Any, Any], body: dict[str, Any], *, strict: bool = False) -> Any:
    return operation.decode_request(body=json.dumps(body).encode(), strict=strict)


@pytest.mark.parametrize("operation", [http.CREATE_LIVE, http.UPDATE_LIVE], ids=lambda operation: operation.id)
def test_a_posture_may_be_a_number(operation: Operation[Any, Any]) -> None:
    scene = {**json.loads(SCENE_TEXT), "posture": 1}
    robot = {"id": 1, "robotCode": "c", "robotName": "n", "sceneList": [scene]}
    body = {"id": 1, "cutinFlag": True, "liveName": "x", "robotList": [robot]}
    decoded = request(operation, body)
    assert decoded.value.robot_list[0].scene_list[0].posture == "1"
    assert decoded.deviations == ("GJ-E20",)
    with pytest.raises(ValidationError, match=r"robotList\[0\]\.sceneList\[0\]\.posture: .* \[GJ-E20\]$"):
        request(operation, body, strict=True)


VOICE = {"ttsSource": 1, "ttsSpeaker": "s", "volume": 1, "intonation": 0, "speedRate": 2}


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (http.UPLOAD_MATERIAL, {"liveId": 1, "materialType": "TEXT", "text": "x", **VOICE}),
        (http.SYNTHESIZE_AND_CHANGE_VOICE, VOICE),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_a_voice_to_convert_to_may_be_a_number(operation: Operation[Any, Any], body: dict[str, Any]) -> None:
    decoded = request(operation, {**body, "changeVoiceSpeaker": 301})
    assert decoded.value.change_voice_speaker == "301"
    assert decoded.deviations == ("GJ-E32",)
    for wrong in (True, 1.5, 2**63):
        with pytest.raises(ValidationError, match=r"changeVoiceSpeaker: got .* \[GJ-R050\]$"):
            request(operation, {**body, "changeVoiceSpeaker": wrong})


RIGHT: dict[str, bytes] = {case.operation.id: enveloped(case.right) for case in ANSWERS}
SHOWN = [
    (operation, repair)
    for operation in http.OPERATIONS
    for repair in operation.response.repairs  # type: ignore[attr-defined]  # all are of envelopes
    if isinstance(repair, Reshape)
]


@pytest.mark.parametrize(("operation", "repair"), SHOWN, ids=lambda part: getattr(part, "id", None) or part.erratum)
def test_a_reshaped_variant_can_be_made_of_any_answer(operation: Operation[Any, Any], repair: Reshape) -> None:
    fields = json.loads(RIGHT[operation.id])
    assert repair.variant is not None
    repair.variant(fields)
    decoded = operation.decode_response(200, json.dumps(fields).encode())
    assert decoded.deviations == (repair.erratum,)
    assert decoded.findings[0].path == repair.path


def test_a_page_without_rooms_becomes_one_room_all_the_same() -> None:
    fields: dict[str, Any] = {"code": 200, "data": {"records": [], "total": 0, "size": 10}}
    repair = next(repair for _, repair in SHOWN if repair.erratum == "GJ-E22")
    assert repair.variant is not None
    repair.variant(fields)
    assert http.QUERY_LIVE_PAGE.decode_response(200, json.dumps(fields).encode()).deviations == ("GJ-E22",)


def test_a_tab_can_be_put_into_any_sound() -> None:
    [repair] = RAW_RESPONSE_REPAIRS["synthesizeAndChangeVoice"]
    body = repair.variant(enveloped(SOUND))
    assert http.SYNTHESIZE_AND_CHANGE_VOICE.decode_response(200, body).deviations == ("GJ-E37",)
    assert repair.to(body) == enveloped(SOUND)
