"""The data of HTTP answers: pages, rules of rows, what single sections require."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.codecs.core.entry import Catalogue
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.operation import Operation

from ..http_samples import (
    LISTED_SCENE,
    LIVE,
    LIVE_TEXT,
    SCENE,
    SCENE_TEXT,
    VOICE,
    VOICE_TEXT,
    enveloped,
    page_text,
    robot,
    schema_accepts,
)

CATALOGUE = Catalogue.of("guiji", operations=http.OPERATIONS)


def decode(operation: Operation[Any, Any], data: str, *, strict: bool = False) -> Any:
    return operation.decode_response(200, enveloped(data), strict=strict)


# --- pages ---


def test_a_page_is_cut_out_of_all_rows() -> None:
    rows = [http.MaterialCategoryVO(id=number, name="n", code="c") for number in range(5)]
    second = http.PageVO.of(rows, 2, 2)
    assert [row.id for row in second.records] == [2, 3]
    assert (second.total, second.size, second.current, second.pages) == (5, 2, 2, 3)
    past = http.PageVO.of(rows, 9, 2)
    assert (past.records, past.total, past.pages) == ((), 5, 3)
    shown = http.PageVO.of([1, 2], 1, 10, str)
    assert (shown.records, shown.pages, http.PageVO.of([], 1, 10).pages) == (("1", "2"), 1, 0)


def test_the_number_of_pages_is_reckoned_where_it_is_not_told() -> None:
    assert http.PageVO(records=(), total=21, size=10).page_count == 3
    assert http.PageVO(records=(), total=21, size=10, pages=4).page_count == 4
    assert http.PageVO(records=(), total=2, size=0).page_count == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"total":0,"size":1}', r"data.records: required field is missing, expected a list \[GJ-E25\]"),
        ('{"records":[],"size":1}', r"data.total: required .* \[GJ-R041\]"),
        ('{"records":[],"total":0}', r"data.size: required .* \[GJ-E26\]"),
        ('{"records":[],"total":-1,"size":1}', r"data.total: .* at least 0 \[GJ-R041\]"),
        ('{"records":[{}],"total":1,"size":1}', r"data.records\[0\]\.id: required .*"),
        ("[]", r"data: got a list, expected an object \[GJ-R021\]"),
    ],
)
def test_a_page_has_rows_total_and_size(data: str, told: str) -> None:
    with pytest.raises(ValidationError, match=rf"^guiji queryLiveRecords.response: {told}$"):
        decode(http.QUERY_LIVE_RECORDS, data)


def test_rows_of_a_page_are_judged_where_they_stand() -> None:
    row = '{"id":1,"materialType":"TEXT","liveId":2,"duration":7}'
    decoded = decode(http.QUERY_MATERIAL, page_text(row))
    assert decoded.deviations == ("GJ-R054",)
    with pytest.raises(ValidationError, match=r"data\.records\[0\]\.duration: got 7, expected 0 \[GJ-R054\]"):
        decode(http.QUERY_MATERIAL, page_text(row), strict=True)
    with pytest.raises(ValidationError, match=r"^MaterialVo: duration: got 7, expected 0"):
        http.MaterialVo(id=1, material_type="TEXT", live_id=2, duration=7)


def test_a_kind_of_material_that_nobody_knows_survives() -> None:
    row = '{"id":1,"materialType":"VIDEO","liveId":2,"duration":7,"later":[1]}'
    decoded = decode(http.QUERY_MATERIAL, page_text(row), strict=True)
    assert decoded.value.records[0].material_type == "VIDEO"
    assert decoded.unknown_fields() == {"data.records[0].later": [1]}


# --- what single sections require ---

SPARSE = '{"id":1,"robotList":[{"robotCode":"c","robotName":"n"}]}'
SHORT = LIVE_TEXT.replace('"duration":60,', "")


@pytest.mark.parametrize(
    ("operation", "data", "errata", "path"),
    [
        (http.QUERY_LIVE, SPARSE, ("GJ-E16", "GJ-E19"), "data.robotList[0].id"),
        (http.QUERY_LIVE_PAGE, page_text(SPARSE), ("GJ-E16", "GJ-E19"), "data.records[0].robotList[0].id"),
        (http.QUERY_LIVE, SHORT, (), ""),
        (
            http.QUERY_LIVE_PAGE,
            page_text(SHORT),
            ("GJ-E19",),
            "data.records[0].robotList[0].sceneList[0].duration",
        ),
        (http.LIST_PLATFORM_ROBOTS, '[{"robotCode":"c","robotName":"n"}]', ("GJ-E16",), "data[0].id"),
        (
            http.LIST_CUSTOMIZED_ROBOTS,
            '[{"id":1,"robotCode":"c","robotName":"n","sceneList":[' + SCENE_TEXT + "]}]",
            ("GJ-E21",),
            "data[0].sceneList[0].sceneType",
        ),
        (
            http.LIST_PLATFORM_ROBOTS,
            '[{"id":1,"robotCode":"c","robotName":"n","sceneList":[{"sceneCode":"1","sceneName":"s"}]}]',
            ("GJ-E19", "GJ-E21"),
            "data[0].sceneList[0].posture",
        ),
        (
            http.QUERY_LIVE,
            LIVE_TEXT.replace("9:16", "1:1").replace('"posture":"2"', '"posture":"3"'),
            ("GJ-R036", "GJ-R037"),
            "data.robotList[0].sceneList[0].proportion",
        ),
    ],
)
def test_what_a_section_requires_may_be_missing(
    operation: Operation[Any, Any], data: str, errata: tuple[str, ...], path: str
) -> None:
    assert decode(operation, data).deviations == errata
    if errata:
        with pytest.raises(ValidationError) as caught:
            decode(operation, data, strict=True)
        assert (caught.value.clause, caught.value.path) == (errata[0], path)
    # The schema says what strict reading takes.
    schema = CATALOGUE.schema_of(f"{operation.id}.response")["schema"]
    assert schema_accepts(schema, json.loads(enveloped(data))) == (errata == ())


def test_what_is_written_is_as_the_sections_require() -> None:
    with pytest.raises(ValidationError, match=r"data\.robotList\[0\]\.id: .* as 3.4 requires \[GJ-E16\]$"):
        http.QUERY_LIVE.encode_response(LIVE.replace(robot_list=(robot(SCENE).replace(id=None),)))
    with pytest.raises(ValidationError, match=r"sceneType has no place in 3.5 \[GJ-E21\] \(and 1 more\)$"):
        http.QUERY_LIVE_PAGE.encode_response(http.LivePage.of([LIVE.replace(robot_list=(robot(LISTED_SCENE),))], 1, 10))
    with pytest.raises(ValidationError, match=r"sceneType: .* as 3.10 requires \(GJ-R038\) \[GJ-E21\]$"):
        http.LIST_PLATFORM_ROBOTS.encode_response((robot(SCENE),))
    # The sample of 3.5 lacks the duration that its table requires: what a room was made with is returned.
    short = LIVE.replace(robot_list=(robot(SCENE.replace(duration=None)),))
    assert b"duration" not in http.QUERY_LIVE_PAGE.encode_response(http.LivePage.of([short], 1, 10))


def test_a_room_may_have_no_presenters() -> None:
    assert decode(http.QUERY_LIVE, '{"id":1,"robotList":null}', strict=True).value == http.LiveInfoVO(id=1)
    assert decode(http.QUERY_LIVE_PAGE, page_text('{"id":1}'), strict=True).value.records == (http.LiveInfoVO(id=1),)


def test_voices_of_the_platform_have_ids() -> None:
    with pytest.raises(ValidationError, match=r"listPlatformSpeakers.response: data\.records\[0\]\.id: required .*"):
        decode(http.LIST_PLATFORM_SPEAKERS, page_text("{" + VOICE_TEXT))
    with pytest.raises(ValidationError, match=r"^SpeakerPage: records\[0\]\.id: required"):
        http.SpeakerPage.of([VOICE], 1, 10)


# --- secrets, and values that survive as they are ---


def test_secrets_stay_out_of_sight() -> None:
    token = http.TokenVO(
        token="AB12",
        expiration_time=1,
        start_time="2026-01-01 00:00:00",
        end_time="2027-01-01 00:00:00",
        mqtt_user="user-1",
        mqtt_password="pass-1",
    )
    assert "user-1" in repr(token)
    assert "AB12" not in repr(token)
    assert "pass-1" not in repr(token)


def test_mqtt_credentials_may_be_absent() -> None:
    data = '{"token":"A","expirationTime":1,"startTime":"2026-01-01 00:00:00","endTime":"2027-01-01 00:00:00"}'
    decoded = decode(http.GET_ACCESS_TOKEN, data, strict=True)
    assert (decoded.value.mqtt_user, decoded.value.mqtt_password) == (None, None)
    with pytest.raises(ValidationError, match=r"data\.startTime: wrong form, .* \[GJ-E15\]$"):
        decode(http.GET_ACCESS_TOKEN, data.replace("2026-01-01 00:00:00", "2026-01-01T00:00:00Z"))


def test_values_are_never_trimmed() -> None:
    assert decode(http.QUERY_LIVE, LIVE_TEXT).value.robot_list[0].robot_name == " Lin"


def test_a_path_that_has_failed_is_not_written_as_a_success() -> None:
    with pytest.raises(ValidationError, match=r"^PathVO: ok: ok is false where the code says success \[GJ-E49\]$"):
        http.PathVO(message="m", ok=False, info="", data=http.PathData(playaddr=http.PlayaddrVO()))
