"""Variants of requests and replies: what arrives, what is read, and which erratum says so."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.http.repair_tables import REQUEST_REPAIRS, RESPONSE_REPAIRS
from avatarwire.codecs.core.repairs import Reshape
from avatarwire.codecs.errors import ValidationError

from ..http_samples import CREATE, as_json, changed

# --- requests ---


@pytest.mark.parametrize(
    ("query", "ids", "deviations"),
    [
        ("projectIdList=1%2C2", ("1", "2"), ()),
        ("projectIdList=1,2", ("1", "2"), ()),
        ("projectIdList=1&projectIdList=2", ("1", "2"), ()),
        ('projectIdList=["1","2"]', ("1", "2"), ("ALI-E68",)),
        ("projectIdList=[]", (), ("ALI-E68",)),
    ],
)
def test_a_list_in_a_query(query: str, ids: tuple[str, ...], deviations: tuple[str, ...]) -> None:
    decoded = http.LIST_AVATAR_PROJECT.decode_request(query)
    assert (decoded.value.project_id_list, decoded.deviations) == (ids, deviations)


@pytest.mark.parametrize(
    ("body", "ids", "deviations"),
    [
        (b'{"projectIdList":["1","2"]}', ("1", "2"), ()),
        (b'{"projectIdList":"1,2"}', ("1", "2"), ("ALI-E68",)),
        (b'{"projectIdList":"[\\"1\\"]"}', ("1",), ("ALI-E68",)),
        (b'{"projectIdList":""}', (), ("ALI-E68",)),
    ],
)
def test_a_list_in_json(body: bytes, ids: tuple[str, ...], deviations: tuple[str, ...]) -> None:
    decoded = http.LIST_AVATAR_PROJECT.request.decode(body)
    assert (decoded.value.project_id_list, decoded.deviations) == (ids, deviations)


@pytest.mark.parametrize("query", ["projectIdList=[1", "projectIdList=[1,2]", 'projectIdList=["1",2]'])
def test_a_list_that_cannot_be_read(query: str) -> None:
    with pytest.raises(ValidationError, match=r"projectIdList.*\[ALI-R008\]"):
        http.LIST_AVATAR_PROJECT.decode_request(query)
    with pytest.raises(ValidationError, match="projectIdList: got an integer, expected a list"):
        http.LIST_AVATAR_PROJECT.request.decode(b'{"projectIdList":7}')


@pytest.mark.parametrize("query", ["projectId=p&statusList=STARTED", "projectId=p&statusList=STARTED&pageNo="])
def test_the_page_may_be_missing(query: str) -> None:
    decoded = http.QUERY_SESSION_INFO.decode_request(query)
    assert (decoded.value.page_no, decoded.deviations) == (1, ("ALI-E64",))
    with pytest.raises(ValidationError, match=r"pageNo is missing.*\[ALI-E64\]"):
        http.QUERY_SESSION_INFO.decode_request(query, strict=True)


def test_the_kind_of_a_text_may_be_a_digit_in_text() -> None:
    body = b'{"projectId":"p","sessionId":"s","requestId":"r","text":"hi","type":"2"}'
    decoded = http.SEND_TEXT_MSG.decode_request(body=body)
    assert (decoded.value.type, decoded.deviations) == (2, ("ALI-E98",))
    with pytest.raises(ValidationError, match=r"type is a text of digits \[ALI-E98\]"):
        http.SEND_TEXT_MSG.decode_request(body=body, strict=True)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("frames[0].layers[1].positionY", 700.9, "ALI-E83"),
        ("frames[0].videoScript.speedRate", 1, "ALI-E82"),
        ("frames[0].videoScript.speedRate", 0.8, "ALI-E82"),
    ],
)
def test_a_deviation_inside_a_scene_names_its_path(path: str, value: object, told: str) -> None:
    body = as_json(changed(CREATE, path, value))
    assert http.SAVE_AVATAR_PROJECT.decode_request(body=body).deviations == (told,)
    with pytest.raises(ValidationError) as caught:
        http.SAVE_AVATAR_PROJECT.decode_request(body=body, strict=True)
    assert (caught.value.path, caught.value.clause) == (path, told)


def test_a_number_is_written_with_one_decimal() -> None:
    body = as_json(changed(CREATE, "frames[0].videoScript.speedRate", 1))
    assert http.SAVE_AVATAR_PROJECT.decode_request(body=body).value.frames[0].video_script.speed_rate == "1.0"


@pytest.mark.parametrize(
    "frames", ["null", "{}", "[7]", '[{"layers":7}]', '[{"layers":[7]}]', '[{"layers":[{"type":[]}]}]']
)
def test_other_shapes_are_left_to_the_strict_type(frames: str) -> None:
    with pytest.raises(ValidationError) as caught:
        http.SAVE_AVATAR_PROJECT.decode_request(body=f'{{"operateType":"EDIT","frames":{frames}}}'.encode())
    assert caught.value.path.startswith("frames")


def test_only_the_layer_that_says_so_is_repaired() -> None:
    # The figure's own width counts, the background's does not (ALI-R016).
    body = changed(CREATE, "frames[0].layers[0].width", "wide")
    assert http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body)).deviations == ("ALI-R016",)
    body = changed(CREATE, "frames[0].layers[1].width", "wide")
    with pytest.raises(ValidationError, match=r"frames\[0\]\.layers\[1\]\.width: got text"):
        http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body))


# --- replies ---


@pytest.mark.parametrize(
    ("operation", "answer", "repaired", "told", "path"),
    [
        (
            http.LIST_AVATAR_PROJECT,
            b'{"queryAvatarProjectResultList":[{"status":"DRAFT"},{"status":"deployed"}]}',
            b'{"queryAvatarProjectResultList":[{"status":"DRAFT"},{"status":"DEPLOYED"}]}',
            "ALI-E95",
            "queryAvatarProjectResultList[1].status",
        ),
        (http.QUERY_AVATAR_PROJECT, b'{"status":"Offline"}', b'{"status":"OFFLINE"}', "ALI-E95", "status"),
        (
            http.QUERY_AVATAR_PROJECT,
            b'{"frames":[{"layers":[{"positionX":470.5}]}]}',
            b'{"frames":[{"layers":[{"positionX":470}]}]}',
            "ALI-E83",
            "frames[0].layers[0].positionX",
        ),
        (
            http.QUERY_AVATAR_PROJECT,
            b'{"frames":[{"videoScript":{"speedRate":1.2}}]}',
            b'{"frames":[{"videoScript":{"speedRate":"1.2"}}]}',
            "ALI-E82",
            "frames[0].videoScript.speedRate",
        ),
        (
            http.QUERY_AVATAR_PROJECT,
            b'{"frames":[{"videoScript":{"volume":"50"}}]}',
            b'{"frames":[{"videoScript":{"volume":50}}]}',
            "ALI-E117",
            "frames[0].videoScript.volume",
        ),
        (
            http.START_AVATAR_SESSION,
            b'{"channelToken":{"channelId":"c","expireTime":600}}',
            b'{"channelToken":"{\\"channelId\\":\\"c\\",\\"expireTime\\":600}"}',
            "ALI-E56",
            "channelToken",
        ),
        (http.STOP_AVATAR_SESSION, b'{"status":"STOPPED"}', b'{"status":"Stopped"}', "ALI-E95", "status"),
        (http.STOP_AVATAR_SESSION, b'{"status":"stoppedFail"}', b'{"status":"StoppedFail"}', "ALI-E95", "status"),
        (http.SAVE_AVATAR_PROJECT, b'{"status":"deploy_fail"}', b'{"status":"DEPLOY_FAIL"}', "ALI-E95", "status"),
        (
            http.QUERY_SESSION_INFO,
            b'{"querySessionInfoList":[{"sessionId":"s"}]}',
            b'{"queryResourceInfoList":[{"sessionId":"s"}]}',
            "ALI-E60",
            "querySessionInfoList",
        ),
        (http.QUERY_SESSION_INFO, b'{"total":"12"}', b'{"total":12}', "ALI-E92", "total"),
        (
            http.QUERY_SESSION_INFO,
            b'{"queryResourceInfoList":[{"status":"busy"}]}',
            b'{"queryResourceInfoList":[{"status":"BUSY"}]}',
            "ALI-E95",
            "queryResourceInfoList[0].status",
        ),
        (
            http.LIST_ANCHOR,
            b'{"list":[{"coverWidth":540}]}',
            b'{"list":[{"coverWeight":540}]}',
            "ALI-E59",
            "list[0].coverWidth",
        ),
        (
            http.LIST_ANCHOR,
            b'{"list":[{"supportBgChange":true},{"supportBgChange":false}]}',
            b'{"list":[{"supportBgChange":1},{"supportBgChange":0}]}',
            "ALI-E93",
            "list[0].supportBgChange",
        ),
        (http.LIST_ANCHOR, b'{"list":[{"status":"USABLE"}]}', b'{"list":[{"status":"Usable"}]}', "ALI-E95",
         "list[0].status"),
        (http.LIST_ANCHOR, b'{"total":"0"}', b'{"total":0}', "ALI-E92", "total"),
        (
            http.LIST_VOICE_MODELS,
            b'{"list":[{"voiceId":"9007199254740993"}]}',
            b'{"list":[{"voiceId":9007199254740993}]}',
            "ALI-E92",
            "list[0].voiceId",
        ),
        (http.CHECK_SESSION, b'{"status":"Free"}', b'{"status":"FREE"}', "ALI-E95", "status"),
        (http.SEND_TEXT_MSG, b'{"status":"success"}', b'{"status":"SUCCESS"}', "ALI-E95", "status"),
    ],
)  # fmt: skip
def test_a_variant_of_a_reply_is_understood(
    operation: Any, answer: bytes, repaired: bytes, told: str, path: str
) -> None:
    decoded = operation.decode_response(200, answer)
    assert decoded.deviations == (told,)
    assert operation.encode_response(decoded.value) == repaired
    assert decoded.encode() == answer

    with pytest.raises(ValidationError) as caught:
        operation.decode_response(200, answer, strict=True)
    assert (caught.value.message, caught.value.path, caught.value.clause) == (
        f"{operation.id}.response", path, told,
    )  # fmt: skip


def test_the_known_name_wins_over_its_alias() -> None:
    answer = b'{"list":[{"coverWeight":540,"coverWidth":1}]}'
    decoded = http.LIST_ANCHOR.decode_response(200, answer)
    assert decoded.value.items is not None
    assert (decoded.value.items[0].cover_width, decoded.deviations) == (540, ())
    assert decoded.unknown_fields() == {"list[0].coverWidth": 1}


@pytest.mark.parametrize("total", ['"1e3"', '"+1"', '"١"', '""', '"99999999999999999999"', "1.5", "true"])
def test_other_numbers_in_text_are_refused(total: str) -> None:
    with pytest.raises(ValidationError, match=r"total: got .*, expected an integer of 64 bits \[ALI-R053\]"):
        http.QUERY_SESSION_INFO.decode_response(200, f'{{"total":{total}}}'.encode())


def test_variants_are_listed_for_operations_that_exist() -> None:
    known = {operation.id for operation in http.OPERATIONS}
    assert set(REQUEST_REPAIRS) <= known
    assert set(RESPONSE_REPAIRS) <= known


RIGHT: dict[str, dict[str, Any]] = {
    "ListAvatarProject": {"projectIdList": ["1", "2"]},
    "StartAvatarSession": {"projectId": "1", "requestId": "r"},
    "QuerySessionInfo": {"projectId": "1", "statusList": ["STARTED"], "pageNo": 1},
}


@pytest.mark.parametrize("operation", RIGHT)
def test_what_shows_a_variant_is_understood_and_reported(operation: str) -> None:
    codec = CATALOGUE[f"{operation}.request"].codec
    for repair in REQUEST_REPAIRS[operation]:
        assert isinstance(repair, Reshape)
        assert repair.variant is not None
        fields: dict[str, Any] = deepcopy(RIGHT[operation])
        repair.variant(fields)
        assert codec.decode(as_json(fields)).deviations == (repair.erratum,)
