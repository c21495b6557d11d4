"""Right scripts with every object of the documents, as JSON values to be changed by tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

FILES: Final = "https://files.example.com/shows/7"
CONTENT: Final = "大家好,欢迎来到直播间,请多多关照。"
"""17 characters."""

LIVE: Final[Mapping[str, Any]] = {
    "version": "0.0.1",
    "recycle": 0,
    "stream_mode": True,
    "resolution": [1080, 1920],
    "bit_rate": 3.5,
    "sentence_break": True,
    "sceneList": [
        {
            "digital_role": {
                "id": 2001,
                "face_feature_id": "2001_lin_s1",
                "name": "Lin",
                "url": f"{FILES}/lin.zip",
                "position": {"x": 10, "y": 60},
                "scale": 1.0,
            },
            "tts_config": {
                "id": "voice-17",
                "name": "voice",
                "vendor_id": 4,
                "language": "zh-CN",
                "pitch_offset": 0.0,
                "speed_ratio": 1.0,
                "volume": 100,
            },
            "tts_query": {"content": CONTENT, "ssml": False},
            "audios": [{"url": f"{FILES}/hello.mp3"}],
            "backgrounds": [
                {
                    "type": 1,
                    "name": "street",
                    "url": f"{FILES}/street.mp4",
                    "rect": [0, 0, 1080, 1920],
                    "cycle": True,
                    "start": 0,
                    "duration": -1,
                },
                {"type": 0, "name": "room", "url": f"{FILES}/room.bmp", "rect": [0, 0, 10, 10], "duration": 400},
            ],
            "foregrounds": [
                {
                    "type": 0,
                    "name": "logo",
                    "url": f"{FILES}/logo.png",
                    "rect": [0, 0, 310, 88],
                    "start": 0,
                    "duration": 5000,
                }
            ],
            "effects": {"version": "1.0", "beautify": {"whitenStrength": 0.3, "whiten_mode": 2, "chinLength": -1.0}},
        }
    ],
}

INTERACTIVE: Final[Mapping[str, Any]] = {
    "version": "0.0.2",
    "recycle": 0,
    "live_type": "interactive",
    "resolution": [1080, 1920],
    "sentence_break": False,
    "sceneList": [
        {
            "quick_response": [],
            "digital_role": {"id": 2001, "name": "Lin", "position": {"x": 0, "y": 0}, "scale": 1},
            "tts_config": {"qid": "q1:AbC_", "id": "voice-17", "vendor_id": 3, "speed_ratio": 1, "volume": 400},
            "opening_words": "What have you been doing?",
        }
    ],
}

TAKEOVER: Final[Mapping[str, Any]] = {
    "tts_query": {"content": CONTENT, "ssml": False},
    "audio": f"{FILES}/break.mp3",
    "foregrounds": [{"url": f"{FILES}/logo.png", "rect": [0, 0, 310, 88], "start": 0, "duration": 5000}],
    "backgrounds": {"url": f"{FILES}/news.JPG?size=2", "rect": [0, 0, 1080, 1920], "start": 0, "duration": -1},
}


def text(value: Any) -> str:
    """JSON as it stands in ``param``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def changed(sample: Mapping[str, Any], path: str, value: Any) -> str:
    """The text of a sample with one member set, by a path such as ``sceneList.0.tts_config.volume``."""
    copy = deepcopy(dict(sample))
    *way, last = path.split(".")
    holder: Any = copy
    for step in way:
        holder = holder[int(step) if isinstance(holder, list) else step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return text(copy)


def without(sample: Mapping[str, Any], path: str) -> str:
    """The text of a sample with one member taken away."""
    copy: Any = deepcopy(dict(sample))
    *way, last = path.split(".")
    holder = copy
    for step in way:
        holder = holder[int(step) if isinstance(holder, list) else step]
    del holder[last]
    return text(copy)
