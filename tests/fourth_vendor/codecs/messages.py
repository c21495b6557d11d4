"""What is said on the socket of the invented vendor: one JSON object each, distinguished by its ``kind``."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from avatarwire.codecs.core.constraints import Needs
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.message import Message, doc, integer, ruled

__all__ = ["CODECS", "VENDOR", "Begun", "Ended", "Failed", "Pause", "Said", "Say", "TalkMessage", "kind_of"]

VENDOR: Final = "toy"

FORM: Final = "TOY-R03"

Text: TypeAlias = Annotated[str, doc("what is said", "TOY-R04", min_length=1, max_length=200, example="good morning")]


_KIND: Final = doc("which message it is", FORM)


class TalkMessage(Message):
    """Base of all messages of the socket."""

    kind: str


class Say(TalkMessage):
    """have the avatar say something."""

    kind: Annotated[Literal["say"], _KIND] = ruled(default="say")
    number: Annotated[int, integer("counts the sentences of a talk", "TOY-R05", ge=1, le=9999, example=1)]
    text: Text
    mood: Annotated[Literal["calm", "glad"], doc("how it is said", "TOY-R06")] | msgspec.UnsetType = msgspec.UNSET
    strength: Annotated[int, integer("how much of it", "TOY-R06", ge=1, le=3)] | msgspec.UnsetType = msgspec.UNSET

    constraints = (Needs(names=("strength",), path="mood", clause="TOY-R06"),)


class Pause(TalkMessage):
    """say nothing for a while."""

    kind: Annotated[Literal["pause"], _KIND] = ruled(default="pause")
    seconds: Annotated[int, integer("how long", "TOY-R07", ge=1, le=60, example=5)]


class Begun(TalkMessage):
    """a sentence has begun."""

    kind: Annotated[Literal["begun"], _KIND] = ruled(default="begun")
    number: Annotated[int, integer("of the sentence", "TOY-R05", ge=1, le=9999, example=1)]


class Said(TalkMessage):
    """a sentence is over."""

    kind: Annotated[Literal["said"], _KIND] = ruled(default="said")
    number: Annotated[int, integer("of the sentence", "TOY-R05", ge=1, le=9999, example=1)]
    text: Text


class Failed(TalkMessage):
    """what was sent is no message."""

    kind: Annotated[Literal["failed"], _KIND] = ruled(default="failed")
    reason: Annotated[str, doc("why", example="no such message")]


class Ended(TalkMessage):
    """the talk is over."""

    kind: Annotated[Literal["ended"], _KIND] = ruled(default="ended")
    reason: Annotated[str, doc("why", "TOY-R09", example="stopped")]


def kind_of(type_: type[TalkMessage]) -> str:
    """What its ``kind`` says."""
    return str(type_.ruled_values["kind"])


def _codec(type_: type[TalkMessage], id_: str, *repairs: Any) -> JsonCodec[Any]:
    return JsonCodec(type_, vendor=VENDOR, message=id_, repairs=repairs, form_clause=FORM)


CODECS: Final = (
    _codec(Say, "say.request", digits("number", "TOY-E01", example="1")),
    _codec(Pause, "pause.request"),
    _codec(Begun, "begun.notice"),
    _codec(Said, "said.notice"),
    _codec(Failed, "failed.notice"),
    _codec(Ended, "ended.notice"),
)
"""All of them; who sends them, their ids say."""
