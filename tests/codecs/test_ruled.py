"""Fields with a ruled value: required on the wire, yet whoever makes a message need not name them."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message, doc, ruled


class Signal(Message):
    kind_code: Annotated[int, doc("which it is", "X-1")]
    note: str | UnsetType = UNSET


class Start(Signal):
    kind_code: Annotated[Literal[1], doc("it begins", "X-1")] = ruled(default=1)
    text: Annotated[str, doc("in words", "X-2")] = ruled(default="start")


class LoudStart(Start):
    text: Annotated[str, doc("in words", "X-2")] = ruled(default="START")


CODEC = JsonCodec(Start, vendor="acme", message="start")


def test_a_maker_need_not_name_them() -> None:
    assert Start().to_dict() == {"kindCode": 1, "text": "start"}
    assert Start(text="begin", note="n").to_dict() == {"kindCode": 1, "note": "n", "text": "begin"}
    assert Start.trusted(note="n") == Start(note="n")
    assert Start(note="n").replace(text="begin").text == "begin"
    assert copy.deepcopy(Start()) == Start()


def test_what_is_inherited_is_ruled_too() -> None:
    assert LoudStart().to_dict() == {"kindCode": 1, "text": "START"}
    assert (Signal.ruled_members(), LoudStart.ruled_members()) == ({}, {"kindCode": 1, "text": "START"})


@pytest.mark.parametrize(
    ("data", "path", "clause"), [(b'{"text":"a"}', "kindCode", "X-1"), (b'{"kindCode":1}', "text", "X-2")]
)
def test_a_sender_does(data: bytes, path: str, clause: str) -> None:
    with pytest.raises(ValidationError, match="required field is missing") as caught:
        CODEC.decode(data)
    assert (caught.value.path, caught.value.clause) == (path, clause)
    assert CODEC.decode(CODEC.encode(Start()), strict=True).value == Start()


def test_so_says_the_schema() -> None:
    definition: dict[str, Any] = msgspec.json.schema(Start)["$defs"]["Start"]
    assert definition["required"] == ["kindCode", "text"]


def test_another_value_is_judged_like_any_other() -> None:
    with pytest.raises(ValidationError, match=r"^Start: kindCode: got 2, expected 1 \[X-1\]$"):
        Start(kind_code=2)  # type: ignore[arg-type]
