"""The fifteen HTTP operations, as a table.

Only the table lives here, with what all its rows share. Requests are declared in `requests.py`, the data of
answers in `responses.py`; all can be imported from here. The envelope around the data is in `envelope.py`.

The access point is given without a scheme; https is ours (ST-E04). The token goes into the header Authorization, after
the word Bearer: the document only says "a request header" (ST-E01); see `tokens.bearer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

from ...core.enveloped import EnvelopeCodec
from ...core.json_codec import JsonCodec
from ...message import Message
from ...operation import Operation, ResponseCodec
from ..envelope import FORM, HTTP_ERROR, VENDOR, Envelope, HttpErrorBody, encode_failure
from ..messages.enums import SUCCESS
from .repair_tables import REQUEST_REPAIRS, RESPONSE_REPAIRS
from .requests import (
    CloseLiveRequest,
    CreateLiveRequest,
    HeartbeatRequest,
    HistoryListRequest,
    NlpReplyRequest,
    QueryStatRequest,
    RtcAudienceTokenRequest,
    RunningListRequest,
    StartLiveRequest,
    TakeoverCancelRequest,
    TakeoverCommandRequest,
    TakeoverCommandV1Request,
    TakeoverQueueListRequest,
    TakeoverQueueRequest,
    TakeoverReorderRequest,
)
from .responses import (
    CreateLiveData,
    HeartbeatData,
    HistoryListData,
    HistoryLive,
    NlpReplyResponse,
    Pagination,
    QueryStatData,
    RunningLive,
    TakeoverCancelData,
    TakeoverCommandData,
    TakeoverQueueData,
    TakeoverQueueListData,
    TakeoverReorderData,
    accepted,
)

__all__ = [
    "AUTH",
    "AUTH_HEADER",
    "BY_ID",
    "BY_ROUTE",
    "CLOSE_LIVE",
    "CONTENT_TYPE",
    "CREATE_LIVE",
    "ENDPOINT",
    "FORM",
    "HEARTBEAT",
    "HISTORY_LIST",
    "HTTP_ERROR",
    "NLP_REPLY",
    "OPERATIONS",
    "QUERY_STAT",
    "RTC_AUDIENCE_TOKEN",
    "RUNNING_LIST",
    "START_LIVE",
    "SUCCESS",
    "TAKEOVER_CANCEL",
    "TAKEOVER_COMMAND",
    "TAKEOVER_COMMAND_V1",
    "TAKEOVER_QUEUE",
    "TAKEOVER_QUEUE_LIST",
    "TAKEOVER_REORDER",
    "VENDOR",
    "CloseLiveRequest",
    "CreateLiveData",
    "CreateLiveRequest",
    "Envelope",
    "HeartbeatData",
    "HeartbeatRequest",
    "HistoryListData",
    "HistoryListRequest",
    "HistoryLive",
    "HttpErrorBody",
    "NlpReplyRequest",
    "NlpReplyResponse",
    "Pagination",
    "QueryStatData",
    "QueryStatRequest",
    "RtcAudienceTokenRequest",
    "RunningListRequest",
    "RunningLive",
    "StartLiveRequest",
    "TakeoverCancelData",
    "TakeoverCancelRequest",
    "TakeoverCommandData",
    "TakeoverCommandRequest",
    "TakeoverCommandV1Request",
    "TakeoverQueueData",
    "TakeoverQueueListData",
    "TakeoverQueueListRequest",
    "TakeoverQueueRequest",
    "TakeoverReorderData",
    "TakeoverReorderRequest",
    "accepted",
    "encode_failure",
]

RequestT = TypeVar("RequestT", bound=Message)

ENDPOINT: Final = "https://aigc.softsugar.com"
"""Access point of the service (ST-NET-01); the scheme is ours (ST-E04)."""
AUTH: Final = "Bearer"
"""How every request says who it is from (ST-E01)."""
AUTH_HEADER: Final = "authorization"
"""The header with the token (ST-E01)."""
CONTENT_TYPE: Final = "application/json"
"""Of every request whose section lists it, which are all but runningList (ST-NET-04)."""

_LIVE: Final = "/material/live/channel"
_V1: Final = "/api/2dvh/v1"
_V2: Final = "/api/2dvh/v2"


def _operation(
    id_: str,
    title: str,
    route: tuple[Literal["GET", "POST"], str],
    request: type[RequestT],
    response: ResponseCodec[Any],
    section: str,
    *clauses: str,
) -> Operation[RequestT, Any]:
    method, path = route
    return Operation(
        id=id_,
        vendor=VENDOR,
        title=title,
        method=method,
        path=path,
        parameters_in="query" if method == "GET" else "body",
        request=JsonCodec(request, vendor=VENDOR, message=f"{id_}.request", repairs=REQUEST_REPAIRS.get(id_, ())),
        response=response,
        section=section,
        clauses=clauses,
        # A header of a GET without a body has no meaning, yet it is in the section (ST-E13).
        headers={} if request is RunningListRequest else {"content-type": CONTENT_TYPE},
        auth=AUTH,
        failure=FORM.failure,
        error=HTTP_ERROR,
    )


def _needed(id_: str, type_: Any) -> EnvelopeCodec[Any]:
    """Data that every success has."""
    return EnvelopeCodec(type_, FORM, message=f"{id_}.response", repairs=RESPONSE_REPAIRS.get(id_, ()))


def _offered(id_: str, type_: Any, nothing: Any = None) -> EnvelopeCodec[Any]:
    """Data that a table calls optional, though there is something to return: a reader goes without (ST-E07)."""
    return EnvelopeCodec(
        type_,
        FORM,
        message=f"{id_}.response",
        repairs=RESPONSE_REPAIRS[id_],
        optional=True,
        nothing=nothing,
        written=True,
    )


CREATE_LIVE: Final = _operation(
    "createLive", "make a live and initialise it", ("POST", f"{_V2}{_LIVE}/create"),
    CreateLiveRequest, _offered("createLive", CreateLiveData), "003 L17-79",
    "ST-LIVE-01", "ST-LIVE-02", "ST-LIVE-03", "ST-LIVE-04", "ST-LIVE-05", "ST-LIVE-06", "ST-LIVE-07", "ST-LIVE-08",
    "ST-LIVE-09", "ST-LIVE-10", "ST-LIVE-11", "ST-LIVE-14", "ST-E14", "ST-E16", "ST-E17", "ST-E18", "ST-E19",
    "ST-E20", "ST-E21", "ST-E22", "ST-E26",
)  # fmt: skip
HEARTBEAT: Final = _operation(
    "heartbeat", "keep a live going", ("POST", f"{_V1}{_LIVE}/heartbeat"),
    HeartbeatRequest,
    EnvelopeCodec(HeartbeatData, FORM, message="heartbeat.response", optional=True),
    "003 L81-118",
    "ST-NET-06", "ST-LIVE-16", "ST-LIVE-17", "ST-E23",
)  # fmt: skip
START_LIVE: Final = _operation(
    "startLive", "push the stream of a live", ("POST", f"{_V1}{_LIVE}/start"),
    StartLiveRequest, _offered("startLive", bool), "003 L120-158",
    "ST-LIVE-13", "ST-LIVE-15", "ST-E07", "ST-E24",
)  # fmt: skip
TAKEOVER_COMMAND_V1: Final = _operation(
    "takeoverCommandV1", "speak at once; retiring", ("POST", f"{_V1}{_LIVE}/command"),
    TakeoverCommandV1Request, _offered("takeoverCommandV1", bool), "003 L160-200",
    "ST-TKO-01", "ST-TKO-03", "ST-TKO-04", "ST-TKO-26", "ST-E10", "ST-E41",
)  # fmt: skip
TAKEOVER_COMMAND: Final = _operation(
    "takeoverCommand", "speak at once", ("POST", f"{_V2}{_LIVE}/command"),
    TakeoverCommandRequest, _needed("takeoverCommand", TakeoverCommandData), "003 L202-247",
    "ST-TKO-01", "ST-TKO-02", "ST-TKO-05", "ST-TKO-06", "ST-E08", "ST-E09", "ST-E10", "ST-E11", "ST-E50", "ST-E56",
)  # fmt: skip
TAKEOVER_QUEUE: Final = _operation(
    "takeoverQueue", "speak when the turn comes", ("POST", f"{_V1}{_LIVE}/command/queue"),
    TakeoverQueueRequest, _needed("takeoverQueue", TakeoverQueueData), "003 L249-300",
    "ST-TKO-01", "ST-TKO-07", "ST-TKO-08", "ST-TKO-09", "ST-TKO-10", "ST-TKO-11", "ST-TKO-12", "ST-TKO-13",
    "ST-TKO-14", "ST-TKO-15", "ST-E44", "ST-E47", "ST-E48",
)  # fmt: skip
TAKEOVER_REORDER: Final = _operation(
    "takeoverReorder", "move a takeover that waits", ("POST", f"{_V1}{_LIVE}/command/queue/reorder"),
    TakeoverReorderRequest, _needed("takeoverReorder", TakeoverReorderData), "003 L302-347",
    "ST-TKO-16", "ST-E09", "ST-E45", "ST-E46",
)  # fmt: skip
TAKEOVER_CANCEL: Final = _operation(
    "takeoverCancel", "cancel takeovers", ("POST", f"{_V1}{_LIVE}/command/cancel"),
    TakeoverCancelRequest, _needed("takeoverCancel", TakeoverCancelData), "003 L349-394",
    "ST-TKO-17", "ST-TKO-18", "ST-TKO-19", "ST-TKO-20", "ST-TKO-21", "ST-E49", "ST-E51", "ST-E52", "ST-E53", "ST-E54",
)  # fmt: skip
TAKEOVER_QUEUE_LIST: Final = _operation(
    "takeoverQueueList", "list the queue of a live", ("POST", f"{_V1}{_LIVE}/command/queue/list"),
    TakeoverQueueListRequest, _needed("takeoverQueueList", TakeoverQueueListData), "003 L396-437",
    "ST-TKO-22", "ST-E55",
)  # fmt: skip
NLP_REPLY: Final = _operation(
    "nlpReply", "look a question up in a library", ("POST", f"{_V1}/nlp/model/reply"),
    NlpReplyRequest,
    JsonCodec(
        NlpReplyResponse, vendor=VENDOR, message="nlpReply.response", repairs=RESPONSE_REPAIRS["nlpReply"]
    ),
    "003 L547-603",
    "ST-NET-07", "ST-NLP-01", "ST-NLP-02", "ST-NLP-03", "ST-NLP-04", "ST-NLP-05", "ST-NLP-06", "ST-NLP-07",
    "ST-NLP-08", "ST-E70", "ST-E71", "ST-E72", "ST-E73", "ST-E131",
)  # fmt: skip
CLOSE_LIVE: Final = _operation(
    "closeLive", "end a live", ("POST", f"{_V1}{_LIVE}/close"),
    CloseLiveRequest, _offered("closeLive", bool), "003 L605-643",
    "ST-LIVE-18", "ST-E25",
)  # fmt: skip
QUERY_STAT: Final = _operation(
    "queryStat", "report the state of a live", ("GET", f"{_V1}{_LIVE}/stat"),
    QueryStatRequest, _offered("queryStat", QueryStatData), "003 L645-694",
    "ST-LIVE-19", "ST-LIVE-20", "ST-LIVE-21", "ST-E13", "ST-E15", "ST-E18",
)  # fmt: skip
RUNNING_LIST: Final = _operation(
    "runningList", "list the lives in progress", ("GET", f"{_V1}{_LIVE}/running/list"),
    RunningListRequest, _offered("runningList", tuple[RunningLive, ...], ()), "003 L696-736",
    "ST-NET-10", "ST-LIVE-22", "ST-E12", "ST-E27", "ST-E31", "ST-E32",
)  # fmt: skip
HISTORY_LIST: Final = _operation(
    "historyList", "list the lives that are over", ("POST", f"{_V1}{_LIVE}/history/list"),
    HistoryListRequest, _offered("historyList", HistoryListData), "003 L738-814",
    "ST-LIVE-23", "ST-LIVE-24", "ST-LIVE-25", "ST-LIVE-26", "ST-LIVE-27", "ST-LIVE-28", "ST-E06", "ST-E18", "ST-E28",
    "ST-E29", "ST-E30", "ST-E31",
)  # fmt: skip
RTC_AUDIENCE_TOKEN: Final = _operation(
    "rtcAudienceToken", "get a new RTC token", ("POST", f"{_V1}/material/rtc/token/audience"),
    RtcAudienceTokenRequest, _offered("rtcAudienceToken", str), "003 L816-856",
    "ST-LIVE-29", "ST-LIVE-30", "ST-E33", "ST-E34",
)  # fmt: skip

OPERATIONS: Final[tuple[Operation[Any, Any], ...]] = (
    CREATE_LIVE,
    HEARTBEAT,
    START_LIVE,
    TAKEOVER_COMMAND_V1,
    TAKEOVER_COMMAND,
    TAKEOVER_QUEUE,
    TAKEOVER_REORDER,
    TAKEOVER_CANCEL,
    TAKEOVER_QUEUE_LIST,
    NLP_REPLY,
    CLOSE_LIVE,
    QUERY_STAT,
    RUNNING_LIST,
    HISTORY_LIST,
    RTC_AUDIENCE_TOKEN,
)
"""All fifteen, in the order of the document."""

BY_ID: Final[Mapping[str, Operation[Any, Any]]] = MappingProxyType({known.id: known for known in OPERATIONS})
"""The operation of each id."""
BY_ROUTE: Final[Mapping[tuple[str, str], Operation[Any, Any]]] = MappingProxyType(
    {(known.method, known.path): known for known in OPERATIONS}
)
"""The operation of each method and path (ST-NET-08)."""
