"""What is said on the socket of the invented vendor: one JSON object each, distinguished by its ``kind``."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from avatarwire.codecs.core.constraints import Needs
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.message import Message, doc, integer

__all__ = ["CODECS", "VENDOR", "Begun", "Ended", "Failed", "Pause", "Said", "Say", "TalkMessage"]

VENDOR: Final = "toy"

FORM: Final = "TOY-R03"

Text: TypeAlias = Annotated[str, doc("what is said", "TOY-R04", min_length=1, max_length=200, example="good morning")]


class TalkMessage(Message, tag_field="kind", omit_defaults=True):
    """Base of all messages of the socket."""


class Say(TalkMessage, tag="say"):
    """have the avatar say something."""

    number: Annotated[int, integer("counts the sentences of a talk", "TOY-R05", ge=1, le=9999, example=1)]
    text: Text
    mood: Annotated[Literal["calm", "glad"], doc("how it is said", "TOY-R06")] | None = None
    strength: Annotated[int, integer("how much of it", "TOY-R06", ge=1, le=3)] | None = None

    constraints = (Needs(names=("strength",), path="mood", clause="TOY-R06"),)


class Pause(TalkMessage, tag="pause"):
    """say nothing for a while."""

    seconds: Annotated[int, integer("how long", "TOY-R07", ge=1, le=60, example=5)]


class Begun(TalkMessage, tag="begun"):
    """a sentence has begun."""

    number: Annotated[int, integer("of the sentence", "TOY-R05", ge=1, le=9999, example=1)]


class Said(TalkMessage, tag="said"):
    """a sentence is over."""

    number: Annotated[int, integer("of the sentence", "TOY-R05", ge=1, le=9999, example=1)]
    text: Text


class Failed(TalkMessage, tag="failed"):
    """what was sent is no message."""

    reason: Annotated[str, doc("why", "TOY-R08", example="no such message")]


class Ended(TalkMessage, tag="ended"):
    """the talk is over."""

    reason: Annotated[str, doc("why", "TOY-R09", example="stopped")]


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
