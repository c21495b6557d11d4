"""SenseTime interactive live: HTTP in an envelope, scripts as JSON text, the microphone WebSocket, callbacks, tokens.

    >>> from avatarwire.codecs import sensetime
    >>> sensetime.decode_takeover('{"audio":"https://files.example.com/a.mp3"}').value.audio
    'https://files.example.com/a.mp3'
    >>> sensetime.faults_of('{"bit_rate":9,"recycle":0.5}', "live")[0].path
    'recycle'

All that a service needs is here: scripts and the objects in them, operations with their requests and answers, and the
state machines that a service drives (`LiveClient`, `MicrophoneClient`) with their events and options.
`sensetime.microphone` has the messages of the socket and `sensetime.microphone_url` its URL, `sensetime.interactive`
what the SDK reports to a page, `sensetime.role` the roles of interactive lives, `sensetime.callbacks` what the platform
posts, `sensetime.tokens` login, refresh and the token manager, `sensetime.aio` the driver.
"""

from typing import TYPE_CHECKING

from ..lazily import lazily
from .messages.beautify import Beautify, SmoothMode, WhitenMode
from .script import LiveScript, TakeoverScript, decode_live, decode_takeover, encode, faults_of
from .script_parts import (
    Audio,
    Background,
    BackgroundType,
    DigitalRole,
    Effects,
    Foreground,
    ForegroundType,
    Position,
    Scene,
    TakeoverImage,
    TakeoverQuery,
    TtsConfig,
    TtsQuery,
)

# Scripts and their parts are imported with the package; all else is when it is first asked for.
if TYPE_CHECKING:
    from . import client, http, tokens
    from .catalogue import CATALOGUE
    from .client import LiveClient, MicrophoneClient
    from .events import (
        CallFailed,
        CancelAnswered,
        Disconnected,
        EndReason,
        Event,
        LiveCreated,
        LiveEnded,
        LiveReady,
        LiveStarted,
        MicrophoneEvent,
        MicrophoneReady,
        MicrophoneRefused,
        QueueListed,
        ReorderAnswered,
        RoundEnded,
        RtcTokenRenewed,
        TakeoverAnswered,
        TakeoverChanged,
        TakeoverEnded,
        TakeoverNoticed,
        TakeoverOutcome,
        UnknownMessage,
        Unreadable,
    )
    from .http import (
        CLOSE_LIVE,
        CREATE_LIVE,
        ENDPOINT,
        HEARTBEAT,
        HISTORY_LIST,
        NLP_REPLY,
        QUERY_STAT,
        RTC_AUDIENCE_TOKEN,
        RUNNING_LIST,
        START_LIVE,
        TAKEOVER_CANCEL,
        TAKEOVER_COMMAND,
        TAKEOVER_COMMAND_V1,
        TAKEOVER_QUEUE,
        TAKEOVER_QUEUE_LIST,
        TAKEOVER_REORDER,
        CloseLiveRequest,
        CreateLiveData,
        CreateLiveRequest,
        Envelope,
        HeartbeatData,
        HeartbeatRequest,
        HistoryListData,
        HistoryListRequest,
        HistoryLive,
        HttpErrorBody,
        NlpReplyRequest,
        NlpReplyResponse,
        Pagination,
        QueryStatData,
        QueryStatRequest,
        RtcAudienceTokenRequest,
        RunningListRequest,
        RunningLive,
        StartLiveRequest,
        TakeoverCancelData,
        TakeoverCancelRequest,
        TakeoverCommandData,
        TakeoverCommandRequest,
        TakeoverCommandV1Request,
        TakeoverQueueData,
        TakeoverQueueListData,
        TakeoverQueueListRequest,
        TakeoverQueueRequest,
        TakeoverReorderData,
        TakeoverReorderRequest,
    )
    from .messages import callbacks, interactive, role
    from .messages.callbacks import CallbackBody
    from .messages.enums import HistoryStatus, LiveStatus, NlpDevice, SortValue, TakeoverStatus
    from .messages.times import SHANGHAI, format_time, parse_time
    from .options import HEARTBEAT_PERIOD, LiveOptions, MicrophoneOptions
    from .wire import microphone, microphone_url
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "catalogue": "CATALOGUE",
            "client": "LiveClient MicrophoneClient",
            "events": (
                "CallFailed CancelAnswered Disconnected EndReason Event LiveCreated LiveEnded LiveReady LiveStarted "
                "MicrophoneEvent MicrophoneReady MicrophoneRefused QueueListed ReorderAnswered RoundEnded "
                "RtcTokenRenewed TakeoverAnswered TakeoverChanged TakeoverEnded TakeoverNoticed TakeoverOutcome "
                "UnknownMessage Unreadable"
            ),
            "http": (
                "CLOSE_LIVE CREATE_LIVE ENDPOINT HEARTBEAT HISTORY_LIST NLP_REPLY QUERY_STAT RTC_AUDIENCE_TOKEN "
                "RUNNING_LIST START_LIVE TAKEOVER_CANCEL TAKEOVER_COMMAND TAKEOVER_COMMAND_V1 TAKEOVER_QUEUE "
                "TAKEOVER_QUEUE_LIST TAKEOVER_REORDER CloseLiveRequest CreateLiveData CreateLiveRequest Envelope "
                "HeartbeatData HeartbeatRequest HistoryListData HistoryListRequest HistoryLive HttpErrorBody "
                "NlpReplyRequest NlpReplyResponse Pagination QueryStatData QueryStatRequest RtcAudienceTokenRequest "
                "RunningListRequest RunningLive StartLiveRequest TakeoverCancelData TakeoverCancelRequest "
                "TakeoverCommandData TakeoverCommandRequest TakeoverCommandV1Request TakeoverQueueData "
                "TakeoverQueueListData TakeoverQueueListRequest TakeoverQueueRequest TakeoverReorderData "
                "TakeoverReorderRequest"
            ),
            "messages.callbacks": "CallbackBody",
            "messages.enums": "HistoryStatus LiveStatus NlpDevice SortValue TakeoverStatus",
            "messages.times": "SHANGHAI format_time parse_time",
            "options": "HEARTBEAT_PERIOD LiveOptions MicrophoneOptions",
        },
        {
            "callbacks": "messages.callbacks",
            "client": "client",
            "http": "http",
            "interactive": "messages.interactive",
            "microphone": "wire.microphone",
            "microphone_url": "wire.microphone_url",
            "role": "messages.role",
            "tokens": "tokens",
        },
    )

__all__ = [
    "CATALOGUE",
    "CLOSE_LIVE",
    "CREATE_LIVE",
    "ENDPOINT",
    "HEARTBEAT",
    "HEARTBEAT_PERIOD",
    "HISTORY_LIST",
    "NLP_REPLY",
    "QUERY_STAT",
    "RTC_AUDIENCE_TOKEN",
    "RUNNING_LIST",
    "SHANGHAI",
    "START_LIVE",
    "TAKEOVER_CANCEL",
    "TAKEOVER_COMMAND",
    "TAKEOVER_COMMAND_V1",
    "TAKEOVER_QUEUE",
    "TAKEOVER_QUEUE_LIST",
    "TAKEOVER_REORDER",
    "Audio",
    "Background",
    "BackgroundType",
    "Beautify",
    "CallFailed",
    "CallbackBody",
    "CancelAnswered",
    "CloseLiveRequest",
    "CreateLiveData",
    "CreateLiveRequest",
    "DigitalRole",
    "Disconnected",
    "Effects",
    "EndReason",
    "Envelope",
    "Event",
    "Foreground",
    "ForegroundType",
    "HeartbeatData",
    "HeartbeatRequest",
    "HistoryListData",
    "HistoryListRequest",
    "HistoryLive",
    "HistoryStatus",
    "HttpErrorBody",
    "LiveClient",
    "LiveCreated",
    "LiveEnded",
    "LiveOptions",
    "LiveReady",
    "LiveScript",
    "LiveStarted",
    "LiveStatus",
    "MicrophoneClient",
    "MicrophoneEvent",
    "MicrophoneOptions",
    "MicrophoneReady",
    "MicrophoneRefused",
    "NlpDevice",
    "NlpReplyRequest",
    "NlpReplyResponse",
    "Pagination",
    "Position",
    "QueryStatData",
    "QueryStatRequest",
    "QueueListed",
    "ReorderAnswered",
    "RoundEnded",
    "RtcAudienceTokenRequest",
    "RtcTokenRenewed",
    "RunningListRequest",
    "RunningLive",
    "Scene",
    "SmoothMode",
    "SortValue",
    "StartLiveRequest",
    "TakeoverAnswered",
    "TakeoverCancelData",
    "TakeoverCancelRequest",
    "TakeoverChanged",
    "TakeoverCommandData",
    "TakeoverCommandRequest",
    "TakeoverCommandV1Request",
    "TakeoverEnded",
    "TakeoverImage",
    "TakeoverNoticed",
    "TakeoverOutcome",
    "TakeoverQuery",
    "TakeoverQueueData",
    "TakeoverQueueListData",
    "TakeoverQueueListRequest",
    "TakeoverQueueRequest",
    "TakeoverReorderData",
    "TakeoverReorderRequest",
    "TakeoverScript",
    "TakeoverStatus",
    "TtsConfig",
    "TtsQuery",
    "UnknownMessage",
    "Unreadable",
    "WhitenMode",
    "callbacks",
    "client",
    "decode_live",
    "decode_takeover",
    "encode",
    "faults_of",
    "format_time",
    "http",
    "interactive",
    "microphone",
    "microphone_url",
    "parse_time",
    "role",
    "tokens",
]
