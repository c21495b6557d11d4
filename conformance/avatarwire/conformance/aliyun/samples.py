"""Right parameters and messages, from which the wrong ones of derived cases are made; ids are filled in at run time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final, cast
from urllib.parse import urlencode

from .bench import FRAMES
from .talk import ASR_CONTROL, AUDIO, CHANNEL, INTERRUPT, OPENING, TEXT, frame

__all__ = ["CALLS", "MESSAGES", "PROJECT", "SESSION", "filled", "frame_of", "json_bytes", "query_bytes"]

PROJECT: Final = "the project of the case"
SESSION: Final = "the session of the case"
"""Stand for ids that are known at run time."""

_PAGE: Final = {"pageSize": "10", "pageNumber": "1"}

CALLS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "ListAvatarProject": {"projectIdList": PROJECT},
        "QueryAvatarProject": {"projectId": PROJECT},
        "StartAvatarSession": {"projectId": PROJECT, "requestId": "rq"},
        "StopAvatarSession": {"projectId": PROJECT, "sessionId": SESSION},
        "QueryAvatarResource": {},
        "SaveAvatarProject": {
            "operateType": "CREATE",
            "projectName": "conformance",
            "scaleType": "9:16",
            "resSpecType": "STANDARD",
            "frames": deepcopy(list(FRAMES)),
        },
        "OperateAvatarProject": {"projectId": PROJECT, "operateType": "DEPLOY", "resType": "FREE", "resChannelNum": 1},
        "QuerySessionInfo": {"projectId": PROJECT, "statusList": "STARTED", "pageNo": "1", "pageSize": "10"},
        "ListAnchor": {
            "coverRate": "9:16",
            "anchorType": "PUBLIC_MODEL",
            "digitalHumanType": "staticTransparency",
            "useScene": "realTimeInteractivity",
            "resSpecType": "BASIC_MODEL",
            **_PAGE,
        },
        "ListVoiceModels": {
            "voiceType": "PUBLIC_VOICE",
            "useScene": "realTimeInteractivity",
            "resSpecType": "BASIC_VOICE",
            **_PAGE,
        },
        "CheckSession": {"projectId": PROJECT, "sessionId": SESSION},
        "SendTextMsg": {"projectId": PROJECT, "sessionId": SESSION, "requestId": "rq", "text": "hello", "type": 1},
    }
)
"""By operation; those of a query are texts."""

MESSAGES: Final[Mapping[str, tuple[int, Mapping[str, Any]]]] = MappingProxyType(
    {
        "opening.request": (OPENING, {"sessionId": SESSION}),
        "interrupt.request": (INTERRUPT, {"sessionId": SESSION}),
        "text_drive.request": (
            TEXT,
            {
                "sessionId": SESSION,
                "text": "hello",
                "askType": 2,
                "messageId": "m-1",
                "type": "TEXT_STREAM",
                "dataFlag": "START",
            },
        ),
        "asr.start.request": (ASR_CONTROL, {"sessionId": SESSION, "type": "startAsrAudio", "askType": 1}),
        "asr.end.request": (ASR_CONTROL, {"sessionId": SESSION, "type": "endAsrAudio"}),
        "channel_ready.request": (CHANNEL, {"sessionId": SESSION}),
        "audio_drive.request": (
            AUDIO,
            {
                "sessionId": SESSION,
                "messageId": "m-1",
                "audio": "AAEAAg==",
                "type": "AUDIO_STREAM",
                "dataFlag": "START",
            },
        ),
    }
)
"""JSON messages of a client: business type and payload."""


def json_bytes(value: Any) -> bytes:
    """A body."""
    return json.dumps(value, ensure_ascii=False).encode()


def query_bytes(value: Any) -> bytes:
    """A query.

    Raises:
        TypeError: there is no such query.
    """
    if not isinstance(value, dict):
        raise TypeError("a query is an object")
    fields = cast("dict[str, Any]", value)
    return urlencode(
        {key: item if isinstance(item, str) else json.dumps(item) for key, item in fields.items()}
    ).encode()


def frame_of(biz_type: int, value: Any) -> bytes:
    """A frame of a client."""
    return frame(biz_type, json_bytes(value))


def filled(value: Any, project_id: str, session_id: str = "") -> Any:
    """A sample with ids instead of what stands for them."""
    if isinstance(value, dict):
        return {key: filled(item, project_id, session_id) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [filled(item, project_id, session_id) for item in cast("list[object]", value)]
    return {PROJECT: project_id, SESSION: session_id}.get(value, value) if isinstance(value, str) else value
