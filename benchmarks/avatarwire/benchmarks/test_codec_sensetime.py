"""SenseTime's scripts: what it costs that a right one is told to be right, over a bare decode into the same structs.

The ratios are measured as those of the other codecs (`test_codec.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.ratios import Bound, Judge, seconds_per_call
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.messages.beautify import Beautify

FILES: Final = "https://files.example.com/shows/2031/spring"
FACE: Final = {name: 0.0 for name in Beautify.__struct_encode_fields__ if name not in ("whiten_mode", "smooth_mode")}
PICTURE: Final = {"name": "picture", "rect": [0, 0, 1080, 1920], "start": 0, "duration": -1}
TEXT: Final = "大家好,欢迎来到我们的直播间,今天为大家介绍三款新到的春茶,喜欢的朋友请点关注。"

LIVE: Final = json.dumps(
    {
        "version": "0.0.1",
        "recycle": 0,
        "resolution": [1080, 1920],
        "bit_rate": 5,
        "stream_mode": True,
        "sceneList": [
            {
                "digital_role": {
                    "id": 2001,
                    "face_feature_id": "2001_lin_s1",
                    "name": "Lin",
                    "url": f"{FILES}/lin.zip",
                    "position": {"x": 10, "y": 60},
                    "scale": 1,
                },
                "tts_config": {
                    "id": "voice-17",
                    "name": "voice",
                    "vendor_id": 4,
                    "language": "zh-CN",
                    "pitch_offset": 0.0,
                    "speed_ratio": 1,
                    "volume": 100,
                },
                "tts_query": {"content": TEXT, "ssml": False},
                "audios": [{"url": f"{FILES}/hello.mp3"}],
                "backgrounds": [{"type": 0, "url": f"{FILES}/room.png", **PICTURE}],
                "foregrounds": [{"type": 0, "url": f"{FILES}/logo.png", **PICTURE}],
                "effects": {"version": "1.0", "beautify": {**FACE, "whiten_mode": 0, "smooth_mode": 0}},
            }
        ],
    },
    ensure_ascii=False,
    indent=1,
).encode()
"""A live script with every object and every parameter of the document."""

TAKEOVER: Final = json.dumps(
    {
        "tts_query": {"content": TEXT, "ssml": False},
        "audio": f"{FILES}/break.mp3",
        "backgrounds": {"url": f"{FILES}/news.png", "rect": [0, 0, 1080, 1920], "start": 0, "duration": -1},
        "foregrounds": [{"url": f"{FILES}/logo.png", "rect": [0, 0, 310, 88], "start": 0, "duration": 5000}],
    },
    ensure_ascii=False,
).encode()

BARE: Final = "msgspec, same structs"
CONTENDERS: Final[dict[str, tuple[bytes, dict[str, Callable[[bytes], object]]]]] = {
    "live script": (
        LIVE,
        {
            BARE: msgspec.json.Decoder(script.LiveScript).decode,
            "decode": script.decode_live,
            "every fault": lambda text: script.faults_of(text, "live"),
            "msgspec, no structs": msgspec.json.decode,
        },
    ),
    "takeover script": (
        TAKEOVER,
        {
            BARE: msgspec.json.Decoder(script.TakeoverScript).decode,
            "decode": script.decode_takeover,
            "every fault": lambda text: script.faults_of(text, "takeover"),
            "msgspec, no structs": msgspec.json.decode,
        },
    ),
}
BOUNDS: Final = {
    ("live script", "decode"): Bound("at most", 1.3),
    ("takeover script", "decode"): Bound("at most", 2.4),
}
"""A takeover script is a quarter as long, so that the fixed costs weigh more."""


def test_what_is_measured_is_right() -> None:
    assert script.faults_of(LIVE, "live") == ()
    assert script.faults_of(TAKEOVER, "takeover") == ()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, (_, all_) in CONTENDERS.items() for name in all_])
def test_contender(kind: str, name: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    text, contenders = CONTENDERS[kind]
    benchmark.group = f"{kind}, {len(text)} bytes"
    call: Any = contenders[name]
    benchmark(call, text)

    if name != BARE:
        calls = 1 if judge.smoke else 0
        measures = seconds_per_call(call, text, calls=calls), seconds_per_call(contenders[BARE], text, calls=calls)
        judge.compare(f"{kind}: {name} / {BARE}", *measures, BOUNDS.get((kind, name)))
