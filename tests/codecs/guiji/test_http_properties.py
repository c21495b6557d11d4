"""What holds for any message of the HTTP operations, tried with strategies read from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.errors import CodecError, DecodeError, HttpError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation

from ..strategies import ANY_JSON, disturbed, fields_of, json_of
from .http_samples import enveloped

every = pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)
few = hypothesis.settings(max_examples=15, deadline=None)

TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
WORDS: Final = TEXT.filter(str.strip)
INT64: Final = st.integers(-(2**63), 2**63 - 1)
SETTING: Final = st.floats(-20, 20)
EMOTION: Final = st.integers(-20, 20)


def scenes(*, cover: bool, listed: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Scenes as a section has them: with the template video, or with all that 3.10 lists."""
    needed: dict[str, st.SearchStrategy[Any]] = {"sceneCode": TEXT, "sceneName": TEXT}
    spare: dict[str, st.SearchStrategy[Any]] = {"proportion": st.sampled_from(["16:9", "9:16"]), "exampleUrl": TEXT}
    shared = {"posture": st.sampled_from(["0", "1", "2"]), "duration": st.integers(0, 2**63 - 1)}
    (needed if listed else spare).update(shared)
    (needed if cover or listed else spare).update({"videoCoverUrl": TEXT})
    if listed:
        needed["sceneType"] = st.integers(0, 3)
        spare["coverUrl"] = TEXT
    return st.fixed_dictionaries(needed, optional=spare)


def robots(*, cover: bool = False, listed: bool = False) -> st.SearchStrategy[list[dict[str, Any]]]:
    needed = {"id": INT64, "robotCode": TEXT, "robotName": TEXT}
    with_scenes = {"sceneList": st.lists(scenes(cover=cover, listed=listed), max_size=2)}
    robot = st.fixed_dictionaries(
        {**needed, **({} if listed else with_scenes)},
        optional={"coverUrl": TEXT, "robotDesc": TEXT, **(with_scenes if listed else {})},
    )
    return st.lists(robot, max_size=2)


def pages(rows: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    count = st.integers(0, 2**63 - 1)
    return st.fixed_dictionaries(
        {"records": st.lists(rows, max_size=2), "total": count, "size": count},
        optional={"current": count, "pages": count},
    )


LIVES: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {"id": INT64}, optional={"cutinFlag": st.booleans(), "liveName": TEXT, "robotList": robots(cover=True)}
)
LIVES_WITH_DURATION: Final = LIVES.map(
    lambda live: {
        **live,
        "robotList": [
            {**robot, "sceneList": [{**scene, "duration": 1} for scene in robot["sceneList"]]}
            for robot in live.get("robotList", ())
        ],
    }
)

# What the rules between fields ask beyond the declarations.
RULED: Final[Mapping[str, st.SearchStrategy[dict[str, Any]]]] = {
    "createLive": st.fixed_dictionaries(
        {"cutinFlag": st.booleans(), "liveName": TEXT}, optional={"robotList": robots() | st.none()}
    ),
    "updateLive": st.fixed_dictionaries(
        {"id": INT64},
        optional={
            "cutinFlag": st.booleans() | st.none(),
            "liveName": TEXT | st.none(),
            "robotList": robots(cover=True) | st.none(),
        },
    ),
    "uploadMaterial": st.fixed_dictionaries(
        {
            "liveId": INT64,
            "materialType": st.just("TEXT"),
            "text": WORDS,
            "ttsSource": INT64,
            "ttsSpeaker": WORDS,
            "volume": SETTING | EMOTION,
            "intonation": SETTING,
            "speedRate": SETTING,
        },
        optional={"f0upKey": EMOTION, "changeVoiceSpeaker": TEXT, "materialUrl": TEXT, "materialDescription": TEXT},
    )
    | st.fixed_dictionaries(
        {
            "liveId": INT64,
            "materialType": st.just("AUDIO"),
            "materialUrl": TEXT.map(lambda rest: f"HTTPS://{rest}"),
        },
        optional={"text": TEXT, "ttsSource": INT64, "volume": SETTING, "f0upKey": EMOTION},
    ),
}
ANSWERED: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "queryLive": LIVES,
    "queryLivePage": pages(LIVES_WITH_DURATION),
    "queryMaterial": pages(fields_of(http.MaterialVo)),
    "listPlatformSpeakers": pages(fields_of(http.TtsModelVo).map(lambda voice: {**voice, "id": 1})),
    "getPullPath": fields_of(http.PathData).map(
        lambda held: {"message": "success", "ok": True, "info": "", "data": held}
    ),
    "listPlatformRobots": robots(listed=True),
    "listCustomizedRobots": robots(listed=True),
}


def requests(operation: Operation[Any, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return RULED.get(operation.id, fields_of(operation.request.type))


def answers(operation: Operation[Any, Any]) -> st.SearchStrategy[Any]:
    """Data of right answers, as JSON."""
    type_ = operation.response.type
    if operation.id in ANSWERED:
        return ANSWERED[operation.id]
    is_message = isinstance(type_, type) and issubclass(type_, Message)
    return fields_of(cast("type[Message]", type_)) if is_message else json_of(inspect.type_info(type_))


def body_of(data: Any) -> bytes:
    return enveloped(msgspec.json.encode(data).decode())


@every
@few
@hypothesis.given(data=st.data())
def test_a_request_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    request = msgspec.convert(data.draw(requests(operation)), operation.request.type)
    sent = operation.encode_request(request)

    decoded = operation.decode_request(sent.query, sent.body, strict=True)

    assert decoded.value == request
    assert decoded.unknown_fields() == {}
    assert request.replace() == request


@every
@few
@hypothesis.given(data=st.data())
def test_an_answer_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    value = msgspec.convert(data.draw(answers(operation)), operation.response.type)

    decoded = operation.decode_response(200, operation.encode_response(value), strict=True)

    assert decoded.value == value


@every
@few
@hypothesis.given(data=st.data())
def test_members_nobody_knows_survive(operation: Operation[Any, Any], data: st.DataObject) -> None:
    body = body_of(data.draw(answers(operation)))[:-1] + b',"x-later":[1,null]}'

    decoded = operation.decode_response(200, body)

    assert decoded.encode() == body
    assert decoded.unknown_fields() == {"x-later": [1, None]}
    assert decoded.deviations == ()


@every
@few
@hypothesis.given(data=st.data())
def test_a_disturbed_request_is_read_or_refused(operation: Operation[Any, Any], data: st.DataObject) -> None:
    body = msgspec.json.encode(data.draw(requests(operation).flatmap(disturbed)))
    with suppress(DecodeError):
        operation.request.decode(body)


@every
@few
@hypothesis.given(data=st.data(), status=st.sampled_from([200, 200, 201, 401, 403, 404]))
def test_any_answer_is_read_or_told(operation: Operation[Any, Any], data: st.DataObject, status: int) -> None:
    names = ["code", "msg", "message", "success", "data", "records", "list", "id", "ok", "playaddr", "robotList"]
    members = st.dictionaries(st.sampled_from(names), ANY_JSON, max_size=4)
    body = msgspec.json.encode(data.draw(members | members.map(lambda held: {"code": 200, "data": held})))
    with suppress(CodecError, HttpError):
        operation.decode_response(status, body)


@every
@few
@hypothesis.given(data=st.binary(max_size=40))
def test_any_bytes_are_read_or_told(operation: Operation[Any, Any], data: bytes) -> None:
    with suppress(CodecError):
        operation.decode_request(body=data)
    with suppress(CodecError, HttpError):
        operation.decode_response(200, data)


@few
@hypothesis.given(query=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_query_is_read_or_refused(query: str) -> None:
    with suppress(CodecError):
        http.GET_PULL_PATH.decode_request(query)
