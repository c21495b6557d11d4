"""A right request of each HTTP operation, and of each method, as plain JSON values.

Ids in them are placeholders: `real` and `real_request` put those of the case in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..bench import GuijiBench, list_of
from ..heard import part
from ..talk import RTMP, Talk

__all__ = ["METHODS", "OPERATIONS", "real", "real_request"]

_SCENE: Final[dict[str, Any]] = {
    "sceneCode": "910001",
    "proportion": "9:16",
    "posture": "1",
    "duration": 12,
    "sceneName": "a scene",
    "exampleUrl": "http://127.0.0.1/example.mp4",
    "videoCoverUrl": "http://127.0.0.1/scene.mp4",
}

ROBOT: Final[dict[str, Any]] = {
    "id": 7,
    "coverUrl": "http://127.0.0.1/cover.png",
    "robotDesc": "a presenter",
    "robotCode": "81000000000001",
    "robotName": "presenter",
    "sceneList": [_SCENE],
}
"""A presenter, with everything that a request may say of one."""

_PAGED: Final[dict[str, Any]] = {"page": 1, "pageSize": 10}

OPERATIONS: Final[Mapping[str, dict[str, Any]]] = {
    "getAccessToken": {"appId": "an id", "appSecret": "a secret"},
    "createLive": {"cutinFlag": True, "liveName": "a room", "robotList": [ROBOT]},
    "updateLive": {"id": 1, "cutinFlag": False, "liveName": "another name", "robotList": [ROBOT]},
    "queryLive": {"id": 1},
    "queryLivePage": _PAGED,
    "uploadMaterial": {
        "liveId": 1,
        "materialType": "TEXT",
        "materialDescription": "a greeting",
        "text": "你好",
        "ttsSource": 10,
        "ttsSpeaker": "speaker",
        "volume": 0.5,
        "intonation": 0.5,
        "speedRate": 0.5,
    },
    "queryMaterial": {"liveId": 1, "materialType": "TEXT", **_PAGED},
    "listPlatformSpeakers": _PAGED,
    "listCustomizedSpeakers": {},
    "listPlatformRobots": {},
    "listCustomizedRobots": {},
    "listChangeVoices": _PAGED,
    "synthesizeAndChangeVoice": {
        "ttsSource": 10,
        "ttsSpeaker": "speaker",
        "volume": 0.5,
        "intonation": 0.5,
        "speedRate": 0.5,
    },
    "queryMaterialCategories": {},
    "queryPublicMaterials": {"code": "a", "name": "", **_PAGED},
    "queryLiveRecords": _PAGED,
    "getPullPath": {"liveId": 1, "sessionId": "a session", "duration": 60},
    "createLiveSession": {"liveId": 1, "name": "a session"},
}
"""By id of the operation."""


async def real(bench: GuijiBench, operation: str) -> dict[str, Any]:
    """The sample of an operation with ids that the endpoint knows."""
    found = dict(OPERATIONS[operation])
    if operation == "getAccessToken":
        found.update(appId=bench.endpoint.text("app_id"), appSecret=bench.endpoint.text("app_secret"))
    if operation in ("queryLive", "updateLive"):
        found["id"] = await bench.room() if operation == "updateLive" else await bench.live_id()
    if "liveId" in found:
        found["liveId"] = await bench.live_id()
    if "ttsSource" in found:
        found["ttsSource"], found["ttsSpeaker"] = await bench.voice()
    if operation == "queryPublicMaterials":
        found["code"] = await category(bench)
    if operation == "getPullPath":
        talk = await bench.created()
        found.update(liveId=talk.session.live_id, sessionId=talk.session.id)
    return found


async def category(bench: GuijiBench) -> str:
    """The code of a category of public materials."""
    rows = list_of(await bench.data("queryMaterialCategories"))
    return str(part(rows, 0, "code")) if rows else "nothing"


# --- over MQTT ---

_ENVELOPE: Final[dict[str, Any]] = {"id": 9, "sessionId": "s-1", "sender": "2000001/topicSendClients-1"}


def _execute(name: str, method: str, args: dict[str, Any]) -> dict[str, Any]:
    command = {"name": name, "options": {"method": method, "args": args}}
    return {**_ENVELOPE, "method": "ExecSessionResList", "params": {"sessionId": "s-1", "executeList": [command]}}


PUSHURLS: Final = ["rtmp://127.0.0.1/live/one", "rtmp://127.0.0.1/live/two"]

IMAGE: Final[dict[str, Any]] = {
    "type": "fore",
    "resOptions": {"type": "image", "name": "image", "url": "http://127.0.0.1/one.png"},
    "drawOptions": {"x": 10, "y": 20, "width": 300, "height": 200},
}

METHODS: Final[Mapping[str, dict[str, Any]]] = {
    "CreateNewSession": {
        **_ENVELOPE,
        "method": "CreateNewSession",
        "liveId": 1,
        "token": "a token",
        "livePlatform": 3,
        "params": {
            "sessionId": "s-1",
            "rule": "DTHumanLivestreamWithAudioRelay",
            "mode": "checkheartbeat",
            "videoSize": {"width": 1080, "height": 1920},
            "token": "a token",
            "resList": [
                {
                    "type": "center",
                    "resOptions": {
                        "type": "dthuman",
                        "name": "dthuman",
                        "audioDriven": {
                            "mode": "livestream",
                            "udCodeUsed": "910001",
                            "randomPlay": False,
                            "templates": [
                                {"sequence": ["http://127.0.0.1/scene.mp4"], "udCode": "910001", "matting": 0}
                            ],
                            "quarter": 0,
                        },
                    },
                    "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920},
                },
                RTMP,
            ],
            "playlist": [1],
        },
    },
    "ModifySessionResList": {
        **_ENVELOPE,
        "method": "ModifySessionResList",
        "params": {"sessionId": "s-1", "rmvRes": {"resList": []}, "addRes": {"resList": [IMAGE]}},
    },
    "DestroySession": {
        **_ENVELOPE,
        "method": "DestroySession",
        "params": {"sessionId": "s-1", "cause": "Client destroy"},
    },
    "ExecSessionResList.switchTemplate": _execute(
        "dthuman",
        "switchTemplate",
        {
            "drivenMode": "audioDriven",
            "audioDriven": {"udCode": "910001"},
            "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920},
        },
    ),
    "ExecSessionResList.setpushstreams": _execute("rtmp", "setpushstreams", {"pushurls": PUSHURLS}),
    "ExecSessionResList.closepushstreams": _execute("rtmp", "closepushstreams", {"pushurls": PUSHURLS}),
    "pushPlayListManager": {
        **_ENVELOPE,
        "method": "pushPlayListManager",
        "params": {"sessionId": "s-1", "action": "insertPlayList", "index": 0, "oldPcmId": 1, "pcmIds": [1]},
    },
}
"""By catalogue id, without its end."""


async def real_request(talk: Talk, message: str, pcm_id: int) -> dict[str, Any]:
    """The sample of a message, about the session of a conversation.

    Args:
        talk: where it is to be said.
        message: catalogue id without its end.
        pcm_id: a material, the first of the playlist.
    """
    if message == "CreateNewSession":
        return await talk.creation([pcm_id])
    sample = METHODS[message]
    params = dict(sample["params"])
    if message == "ExecSessionResList.switchTemplate":
        code, _ = await talk.bench.scene()
        params = _execute("dthuman", "switchTemplate", {**_switch(sample), "audioDriven": {"udCode": code}})["params"]
    if message == "pushPlayListManager":
        params |= {"pcmIds": [pcm_id], "oldPcmId": pcm_id}
    return talk.request(sample["method"], {**params, "sessionId": talk.session.id})


def _switch(sample: dict[str, Any]) -> dict[str, Any]:
    args: dict[str, Any] = sample["params"]["executeList"][0]["options"]["args"]
    return args
