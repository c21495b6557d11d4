"""The three HTTP operations of the invented vendor."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import Operation

from .messages import VENDOR

__all__ = ["HTTP_ERROR", "OPERATIONS", "QUERY_TALK", "START_TALK", "STOP_TALK", "HttpErrorBody", "Talk"]


class HttpErrorBody(Message):
    """`http.error`: why a call failed."""

    code: Annotated[str, doc("error code", "TOY-R02", min_length=1, example="NoTalk")]
    message: Annotated[str, doc("what went wrong, in words", "TOY-R02")]


class StartTalkRequest(Message):
    """`startTalk.request`."""

    avatar: Annotated[str, doc("who talks", "TOY-R01", min_length=1, max_length=32, example="ada")]


class TalkRequest(Message, rename="camel"):
    """`stopTalk.request` and `queryTalk.request`."""

    session_id: Annotated[str, doc("id of the talk", "TOY-R01", min_length=1, example="talk-1")]


class Talk(Message, rename="camel"):
    """What every call answers."""

    session_id: Annotated[str, doc("id of the talk", "TOY-R01", min_length=1, example="talk-1")]
    state: Annotated[Literal["RUNNING", "ENDED"], doc("what became of it", "TOY-R01")]


HTTP_ERROR: Final = JsonCodec(HttpErrorBody, vendor=VENDOR, message="http.error", form_clause="TOY-R02")


def _operation(id_: str, title: str, method: Literal["GET", "POST"], path: str, request: type[Any]) -> Any:
    return Operation(
        id=id_,
        vendor=VENDOR,
        title=title,
        method=method,
        path=path,
        parameters_in="query" if method == "GET" else "body",
        request=JsonCodec(request, vendor=VENDOR, message=f"{id_}.request", form_clause="TOY-R01"),
        response=JsonCodec(Talk, vendor=VENDOR, message=f"{id_}.response", form_clause="TOY-R01"),
        section="1",
        clauses=("TOY-R01",),
        error=HTTP_ERROR,
    )


START_TALK: Final = _operation("startTalk", "begin a talk", "POST", "/toy/talk/start", StartTalkRequest)
STOP_TALK: Final = _operation("stopTalk", "end a talk", "POST", "/toy/talk/stop", TalkRequest)
QUERY_TALK: Final = _operation("queryTalk", "what became of a talk", "GET", "/toy/talk", TalkRequest)

OPERATIONS: Final = (START_TALK, STOP_TALK, QUERY_TALK)
"""All of them."""
