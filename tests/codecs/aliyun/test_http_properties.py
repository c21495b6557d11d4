"""What holds for any message of the HTTP operations, tried with strategies read from the declarations."""

from __future__ import annotations

import enum
from contextlib import suppress
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http_enums import ScaleType
from avatarwire.codecs.errors import CodecError, DecodeError, ValidationError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation

from .http_samples import ANCHOR, BACKGROUND

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
POSITION = st.integers(-5000, 5000)


def of(info: inspect.Type) -> st.SearchStrategy[Any]:
    """Right values of one declaration, as JSON."""
    match info:
        case inspect.Metadata():
            return of(info.type)
        case inspect.UnionType():
            return st.one_of(*(of(part) for part in info.types if not isinstance(part, inspect.NoneType)))
        case inspect.StrType(pattern=str() as pattern):
            return st.from_regex(pattern.removesuffix("$") + (r"\Z" if pattern.endswith("$") else ""))
        case inspect.StrType():
            return TEXT.filter(lambda text: len(text) >= (info.min_length or 0))
        case inspect.IntType():
            return st.integers(-(2**63) if info.ge is None else info.ge, 2**63 - 1)
        case inspect.BoolType():
            return st.booleans()
        case inspect.EnumType():
            members: list[enum.Enum] = list(info.cls)
            return st.sampled_from([member.value for member in members])
        case inspect.VarTupleType():
            return st.lists(of(info.item_type), min_size=info.min_length or 0, max_size=3)
        case inspect.StructType():
            required = {field.encode_name: of(field.type) for field in info.fields if field.required}
            optional = {field.encode_name: of(field.type) for field in info.fields if not field.required}
            return st.fixed_dictionaries(required, optional=optional)
        case _:
            raise AssertionError(info)


def fields_of(cls: type[Message]) -> st.SearchStrategy[dict[str, Any]]:
    return of(inspect.type_info(cls))


def scenes(scale: ScaleType) -> st.SearchStrategy[list[dict[str, Any]]]:
    width, height = scale.canvas
    figure = st.fixed_dictionaries(
        {
            "type": st.just("ANCHOR"),
            "positionX": POSITION,
            "positionY": POSITION,
            "width": st.integers(1, width),
            "height": st.integers(1, height),
            "material": st.just(ANCHOR["material"]),
        }
    )
    speed = st.integers(8, 20).map(lambda tenths: f"{tenths / 10:.1f}")
    voice = st.fixed_dictionaries({"voiceTemplateId": TEXT.filter(bool), "speedRate": speed})
    layers = st.lists(st.just(BACKGROUND), max_size=1).flatmap(
        lambda behind: figure.flatmap(lambda front: st.permutations([*behind, front]))
    )
    return st.lists(st.fixed_dictionaries({"layers": layers, "videoScript": voice}), min_size=1, max_size=3)


# What the rules between fields ask beyond the declarations.
RULED: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "StartAvatarSession": fields_of(http.StartAvatarSessionRequest).map(
        lambda fields: {"requestId": "rq-1", **fields, "customPushUrl": "rtmp://127.0.0.1/live/a"}
    ),
    "ListAvatarProject": fields_of(http.ListAvatarProjectRequest).filter(lambda fields: fields["projectIdList"]),
    "QuerySessionInfo": fields_of(http.QuerySessionInfoRequest).filter(lambda fields: fields["statusList"]),
    "OperateAvatarProject": fields_of(http.OperateAvatarProjectRequest)
    .map(lambda fields: {"resType": "FREE", **fields})
    .filter(lambda fields: not {"resChannelNum", "resChannelNumber"} <= set(fields)),
    "ListAnchor": fields_of(http.ListAnchorRequest).filter(
        lambda fields: fields.get("digitalHumanType") != "dynamicReality"
    ),
    "SendTextMsg": fields_of(http.SendTextMsgRequest).map(lambda fields: {**fields, "text": f"a{fields['text']}b"}),
    "SaveAvatarProject": st.sampled_from(ScaleType).flatmap(
        lambda scale: st.fixed_dictionaries(
            {
                "operateType": st.just("CREATE"),
                "projectName": TEXT.filter(bool),
                "scaleType": st.just(scale.value),
                "resSpecType": st.sampled_from(["STANDARD", "ADVANCED"]),
                "frames": scenes(scale),
            },
            optional={"agentId": TEXT, "resolution": TEXT},
        )
    ),
}

every = pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)
few = hypothesis.settings(max_examples=40, deadline=None)


def requests(operation: Operation[Any, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return RULED.get(operation.id, fields_of(operation.request.type))


@every
@few
@hypothesis.given(data=st.data())
def test_a_request_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    fields = data.draw(requests(operation))
    request = msgspec.convert(fields, operation.request.type)
    sent = operation.encode_request(request)

    decoded = operation.decode_request(sent.query, sent.body, strict=True)

    assert decoded.value == request
    assert decoded.unknown_fields() == {}


@every
@few
@hypothesis.given(data=st.data())
def test_a_made_request_equals_a_received_one(operation: Operation[Any, Any], data: st.DataObject) -> None:
    received = msgspec.convert(data.draw(requests(operation)), operation.request.type)
    assert received.replace() == received


@every
@few
@hypothesis.given(data=st.data())
def test_a_reply_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    fields = data.draw(fields_of(operation.response.type))
    reply = msgspec.convert(fields, operation.response.type)

    decoded = operation.decode_response(200, operation.encode_response(reply))

    # A drawn status may be a documented one in other letters.
    if not decoded.deviations:
        assert decoded.value == reply


@every
@few
@hypothesis.given(data=st.data())
def test_fields_nobody_knows_survive(operation: Operation[Any, Any], data: st.DataObject) -> None:
    fields = data.draw(fields_of(operation.response.type))
    answered = msgspec.json.encode({"x-later": [1, None], **fields})

    decoded = operation.decode_response(200, answered)

    assert decoded.encode() == answered
    assert decoded.unknown_fields() == {"x-later": [1, None]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@every
@few
@hypothesis.given(data=st.data())
def test_anything_else_is_our_error(operation: Operation[Any, Any], data: st.DataObject) -> None:
    names = operation.request.type.__struct_encode_fields__ + operation.response.type.__struct_encode_fields__
    body = msgspec.json.encode(data.draw(st.dictionaries(st.sampled_from(names), JSON, max_size=4)))
    for decode in (operation.request.decode, operation.response.decode):
        with suppress(DecodeError):
            decode(body)


@every
@few
@hypothesis.given(query=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_query_is_read_or_refused(operation: Operation[Any, Any], query: str) -> None:
    with suppress(CodecError):
        operation.decode_request(query)


@few
@hypothesis.given(st.sampled_from(ScaleType).flatmap(lambda scale: st.tuples(st.just(scale), scenes(scale))))
def test_a_figure_one_pixel_too_wide_is_found(drawn: tuple[ScaleType, list[dict[str, Any]]]) -> None:
    scale, frames = drawn
    layers: list[dict[str, Any]] = frames[-1]["layers"]
    index = next(i for i, layer in enumerate(layers) if layer["type"] == "ANCHOR")
    layers[index] = {**layers[index], "width": scale.canvas[0] + 1}
    with pytest.raises(ValidationError) as caught:
        http.check_canvas(msgspec.convert(frames, list[http.SaveFrame]), scale)
    assert caught.value.path == f"frames[{len(frames) - 1}].layers[{index}].width"
