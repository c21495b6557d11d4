"""What answers over MQTT: results and errors of the server, and the one answer a client gives, to a heartbeat.

A `Result` is read with everything optional, for its members differ from method to method (GJ-E82); what a server writes
is one of its subclasses, each with the members that its method's sample has. Only answers live here. Source: "Opening a
broadcast", 4.2.2 to 4.2.8.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final, TypeAlias

from msgspec import UNSET, UnsetType

from ...core.constraints import Absent, Equal, Limits, Matches, Required, when
from ...message import Int64, Message, doc, integer
from ..wire.topics import HEARTBEAT_PREFIX

__all__ = [
    "CLOSED",
    "HEARTBEAT_RECEIVED",
    "MADE",
    "CreateNewSessionResult",
    "CreatedBody",
    "DestroySessionResult",
    "DestroyedBody",
    "ErrorBody",
    "ErrorReply",
    "ExecSessionResListResult",
    "HeartBeatReply",
    "HeartBeatReplyBody",
    "ModifySessionResListResult",
    "PlaylistBody",
    "PushPlayListManagerResult",
    "Result",
    "ResultBody",
    "RpcErrorCode",
    "TextBody",
]

MADE: Final = "make sess complete!"
"""Text of a CreateNewSession that succeeded (4.2.3)."""
CLOSED: Final = "close sess ok"
"""Text of a DestroySession that succeeded (4.2.5)."""
HEARTBEAT_RECEIVED: Final = "Heartbeat received."
"""Text of the answer to a heartbeat (4.2.8)."""

AnsweredId: TypeAlias = Annotated[int, integer("id of what is answered", "GJ-R081")]
OuterSessionId: TypeAlias = (
    Annotated[str, doc("id of the session; results have it here too, not all in samples", "GJ-E56")] | UnsetType
)
InnerSessionId: TypeAlias = Annotated[str, doc("id of the session", "GJ-R080")]


class RpcErrorCode(IntEnum):
    """Codes of `ErrorReply`. The document only says that they are negative; these are ours (GJ-E62)."""

    MALFORMED = -32600
    """No request at all: not JSON, or no envelope."""
    UNKNOWN_METHOD = -32601
    BAD_ARGUMENTS = -32602
    NO_SUCH_SESSION = -32001
    SENDER_MISMATCH = -32002
    """``sender`` is not topicSub of the session."""
    TOKEN_REJECTED = -32003
    DUPLICATE_ID = -32004
    """The id was used before in this session."""


# --- results ---


class ResultBody(Message):
    """What a result says, any method (4.2.2, GJ-E82)."""

    session_id: InnerSessionId
    message: Annotated[str, doc("text", "GJ-E82")] | UnsetType = UNSET
    ok: Annotated[bool, doc("whether it succeeded", "GJ-E81")] | UnsetType = UNSET
    info: Annotated[str, doc("text, in the place of message", "GJ-E82")] | UnsetType = UNSET
    data: Annotated[tuple[Int64, ...], doc("the playlist afterwards: material ids", "GJ-R114")] | UnsetType = UNSET


def _surplus(*names: str) -> tuple[Absent, ...]:
    """Members that results of one method do not have."""
    reason = "results of this method have no {}"
    return tuple(Absent(name, clause="GJ-E82", tolerated=True, reason=reason.format(name)) for name in names)


def _same_session(inner: str, prefix: str = "") -> Equal:
    reason = f"{inner} is not the sessionId"
    return Equal("sessionId", inner, prefix=prefix, clause="GJ-E57", tolerated=True, reason=reason)


class Result(Message):
    """`result`: success, or a failure reported by ``ok`` (4.2.2, GJ-R080, GJ-E81)."""

    id: AnsweredId
    session_id: OuterSessionId = UNSET
    result: Annotated[ResultBody, doc("what came of it", "GJ-R080")]

    @property
    def succeeded(self) -> bool:
        """Whether it was a success: unless ``ok`` is false (GJ-E81)."""
        return self.result.ok is not False

    @property
    def text(self) -> str:
        """``message``, or else ``info``; empty when there is neither (GJ-E82)."""
        texts = (self.result.message, self.result.info)
        return next((text for text in texts if not isinstance(text, UnsetType) and text), "")

    constraints = (_same_session("result.sessionId"),)


class TextBody(ResultBody):
    """What most results say: a text (GJ-E75, GJ-E76, GJ-E83)."""

    message: Annotated[str, doc("text", "GJ-E82")]  # pyright: ignore[reportGeneralTypeIssues]  # not absent here

    constraints = _surplus("data", "info", "ok")


class CreatedBody(TextBody):
    """What the result of CreateNewSession says (4.2.3)."""

    message: Annotated[str, doc("text", "GJ-R083", example=MADE)]  # pyright: ignore[reportGeneralTypeIssues]  # not absent here


class DestroyedBody(ResultBody):
    """What the result of DestroySession says (4.2.5)."""

    ok: Annotated[bool, doc("whether it succeeded", "GJ-E82")]  # pyright: ignore[reportGeneralTypeIssues]  # not absent here
    info: Annotated[str, doc("text", "GJ-E82", example=CLOSED)]  # pyright: ignore[reportGeneralTypeIssues]  # not absent here

    constraints = _surplus("data", "message")


class PlaylistBody(ResultBody):
    """What the result of pushPlayListManager says (4.2.7, GJ-R114, GJ-E81)."""

    ok: Annotated[bool, doc("whether it succeeded", "GJ-R114")]  # pyright: ignore[reportGeneralTypeIssues]  # not absent here
    message: Annotated[str, doc("why it failed, empty on success", "GJ-R114")] = ""

    constraints = (
        *when("ok", True, Required("data", clause="GJ-R114", expected="the playlist, as ok is true")),
        *_surplus("info"),
    )


class CreateNewSessionResult(Result):
    """`CreateNewSession.result`: the session runs (4.2.3, GJ-R083)."""

    result: Annotated[CreatedBody, doc("what came of it", "GJ-R080")]


class ModifySessionResListResult(Result):
    """`ModifySessionResList.result`: not shown in the document (4.2.4, GJ-E75)."""

    result: Annotated[TextBody, doc("what came of it", "GJ-R080")]


class DestroySessionResult(Result):
    """`DestroySession.result`: the session is closed (4.2.5, GJ-R104)."""

    result: Annotated[DestroyedBody, doc("what came of it", "GJ-R080")]


class ExecSessionResListResult(Result):
    """`ExecSessionResList.<command>.result`: not shown in the document (4.2.6, 4.2.9, GJ-E76, GJ-E83)."""

    result: Annotated[TextBody, doc("what came of it", "GJ-R080")]


class PushPlayListManagerResult(Result):
    """`pushPlayListManager.result`: the playlist, or why it was left alone (4.2.7, GJ-R114)."""

    result: Annotated[PlaylistBody, doc("what came of it", "GJ-R080")]


# --- errors ---


class ErrorBody(Message):
    """What an error says (4.2.2, GJ-R080)."""

    session_id: InnerSessionId
    message: Annotated[str, doc("what is wrong", "GJ-R080")]
    code: Annotated[int, integer("negative; no list of codes is published", "GJ-E62", values=list(RpcErrorCode))]


class ErrorReply(Message):
    """`error`: the request could not be carried out (4.2.2, GJ-R080)."""

    id: AnsweredId
    session_id: OuterSessionId = UNSET
    error: Annotated[ErrorBody, doc("what is wrong", "GJ-R080")]

    constraints = (
        _same_session("error.sessionId"),
        Limits("error.code", le=-1, clause="GJ-E62", tolerated=True, expected="a negative number"),
    )


# --- what a client answers ---


class HeartBeatReplyBody(Message):
    """What the answer to a heartbeat says (4.2.8)."""

    session_id: Annotated[str, doc("sessionId of the heartbeat as it came, prefix and all", "GJ-R117", min_length=1)]
    message: Annotated[str, doc("text", "GJ-R117", example=HEARTBEAT_RECEIVED)]


class HeartBeatReply(Message):
    """`HeartBeat.reply`: the client is there; keeps the session alive (4.2.8, GJ-R115 to GJ-R117)."""

    id: Annotated[int, integer("id of the heartbeat", "GJ-R116")]
    result: Annotated[HeartBeatReplyBody, doc("what is answered", "GJ-R117")]
    session_id: Annotated[str, doc("id of the session, without the prefix", "GJ-R117", min_length=1)]
    sender: Annotated[str, doc("topicSub of the session", "GJ-R075", min_length=1)]

    constraints = (
        Matches(
            "result.sessionId",
            f"^{HEARTBEAT_PREFIX}",
            clause="GJ-E84",
            tolerated=True,
            reason="the prefix is missing",
            expected=f"{HEARTBEAT_PREFIX}<id>",
        ),
        Matches(
            "sessionId",
            f"^(?!{HEARTBEAT_PREFIX})",
            clause="GJ-E57",
            tolerated=True,
            reason="the prefix belongs to result.sessionId alone",
        ),
        _same_session("result.sessionId", prefix=HEARTBEAT_PREFIX),
    )
