"""Cases about the two scripts that travel as JSON text: each rule broken, and each limit kept (003 L858-1119)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from ...engine.bench import expect
from ...engine.derived import Breakage, cases_of
from ..bench import SenseTimeBench
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import VENDOR, refused

__all__ = ["CASES"]

_FILES: Final = "https://files.example.com"
_HALF: Final = (
    "chinLength", "hairlineHeightRatio", "noseLengthRatio", "mouthSize", "philtrumLengthRatio", "eyeDistanceRatio",
    "eyeAngleRatio",
)  # fmt: skip
"""Retouching from -1 to 1."""
_FULL: Final = (
    "whitenStrength", "reddenStrength", "smoothStrength", "shrinkRatio", "enlargeRatio", "smallRatio", "narrowFace",
    "roundEyesRatio", "thinFaceShapeRatio", "appleMusle", "narrowNoseRatio", "profileRhinoplasty", "openCanthus",
    "shrinkJawbone", "shrinkRoundFace", "shrinkLongFace", "shrinkGoddessFace", "shrinkNaturalFace", "shrinkWholeHead",
    "contrastStrength", "saturationStrength", "sharpen", "clear",
)  # fmt: skip
"""Retouching from 0 to 1."""
_UNDOCUMENTED: Final = (
    "brightEyeStrength", "removeDarkCircleStrength", "removeNasolabialFoldsStrength", "whiteTeeth", "shrinkCheekbone",
    "thinnerHead", "openExternalCanthus",
)  # fmt: skip
"""Retouching that stands in samples only (ST-SCR-56)."""


def beautify(low: float, high: float) -> dict[str, Any]:
    """Retouching, all of it at one end."""
    return {
        **dict.fromkeys(_FULL, high), **dict.fromkeys(_HALF, low), "whiten_mode": 1, "smooth_mode": 2,
    }  # fmt: skip


_SCENE: Final[dict[str, Any]] = {
    "digital_role": {
        "id": 7, "face_feature_id": "face", "name": "Lin", "url": f"{_FILES}/role.zip", "position": {"x": 0, "y": 0},
        "scale": 1.0,
    },
    "tts_config": {
        "qid": "voice-1", "id": "voice", "name": "Lin", "vendor_id": 3, "language": "zh-CN", "pitch_offset": 0.0,
        "speed_ratio": 1.0, "volume": 100,
    },
    "tts_query": {"content": "Welcome, it is good to have you here.", "ssml": False},
    "audios": [{"url": f"{_FILES}/hello.mp3"}],
    "backgrounds": [
        {"type": 0, "name": "room", "url": f"{_FILES}/room.png", "rect": [0, 0, 1080, 1920], "start": 0,
         "duration": -1},
    ],
    "foregrounds": [
        {"type": 0, "name": "logo", "url": f"{_FILES}/logo.png", "rect": [0, 0, 310, 88], "start": 0, "duration": -1},
    ],
    "effects": {"version": "1.0", "beautify": beautify(0.0, 0.5)},
}  # fmt: skip
_SCRIPT: Final[dict[str, Any]] = {
    "version": "0.0.1", "recycle": 0, "stream_mode": True, "resolution": [1080, 1920], "bit_rate": 3.5,
    "sentence_break": True, "sceneList": [_SCENE],
}  # fmt: skip
_IMAGE: Final[dict[str, Any]] = {"url": f"{_FILES}/news.png", "rect": [0, 0, 310, 88], "start": 0, "duration": -1}
_TEXT: Final[dict[str, Any]] = {"tts_query": {"content": "Now for the weather.", "ssml": False}}
_TAKEOVER: Final[dict[str, Any]] = {**_TEXT, "foregrounds": [_IMAGE], "backgrounds": _IMAGE}
_SPOKEN_FILE: Final[dict[str, Any]] = {"audio": f"{_FILES}/break.mp3"}


def _encoded(script: Any) -> bytes:
    return json.dumps(script).encode()


def full_script(bench: SenseTimeBench) -> dict[str, Any]:
    """A script with a value of everything, for a figure and a voice that the endpoint has."""
    script = deepcopy(_SCRIPT)
    own: Mapping[str, Any] = bench.script["sceneList"][0]
    for name in ("digital_role", "tts_config"):
        script["sceneList"][0][name].update(own.get(name, {}))
    return script


async def broken_live(bench: SenseTimeBench, broken: Breakage) -> None:
    param = json.dumps(broken.change(full_script(bench)))
    await bench.not_created(await bench.call("createLive", {"param": param}), broken.text)


def broken_takeover(sample: dict[str, Any]) -> Any:
    """Tries a takeover script with a rule broken."""

    async def tried(bench: SenseTimeBench, broken: Breakage) -> None:
        live = await bench.started()
        reply = await bench.of_live("takeoverCommand", live, param=json.dumps(broken.change(sample)))
        refused(reply, broken.text)
        found = await bench.queued(live)
        expect(not found, "nothing that plays", found)

    return tried


def takes(change: Callable[[dict[str, Any]], object]) -> Tried:
    """A case about a script that is right."""

    async def tried(bench: SenseTimeBench) -> None:
        script = full_script(bench)
        change(script)
        live = await bench.created(param=json.dumps(script))
        expect(bool(live.id), "a live", live)

    return tried


def refuses(change: Callable[[dict[str, Any]], object], why: str) -> Tried:
    """A case about a script that is wrong."""

    async def tried(bench: SenseTimeBench) -> None:
        script = full_script(bench)
        change(script)
        await bench.not_created(await bench.call("createLive", {"param": json.dumps(script)}), why)

    return tried


async def smallest(bench: SenseTimeBench) -> None:
    scene = bench.script["sceneList"][0]
    role, voice = scene["digital_role"], scene["tts_config"]
    await bench.created(param=json.dumps({"sceneList": [{"digital_role": role, "tts_config": voice}]}))


def _top(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda script: script.update(values)


def _scene(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda script: script["sceneList"][0].update(values)


def _voice(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda script: script["sceneList"][0]["tts_config"].update(values)


def _retouched(values: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    return _scene(effects={"version": "1.0", "beautify": values})


def _no_voice(script: dict[str, Any]) -> None:
    for name in ("qid", "id"):
        script["sceneList"][0]["tts_config"].pop(name, None)


def _two_scenes(script: dict[str, Any]) -> None:
    script["sceneList"].append(deepcopy(script["sceneList"][0]))


_RIGHT: Final[tuple[tuple[str, str, str, Callable[[dict[str, Any]], object]], ...]] = (
    ("everything", "ST-SCR-05", "a value of everything", lambda script: None),
    ("recycle", "ST-SCR-01", "recycle 3", _top(recycle=3)),
    ("resolution_low", "ST-SCR-02", "the least resolution", _top(resolution=[10, 10])),
    ("resolution_high", "ST-SCR-02", "the largest resolution", _top(resolution=[1080, 1920])),
    ("bit_rate_low", "ST-SCR-03", "bit_rate 1", _top(bit_rate=1)),
    ("bit_rate_high", "ST-SCR-03", "bit_rate 7", _top(bit_rate=7)),
    ("no_sentence_break", "ST-SCR-04", "sentence_break false", _top(sentence_break=False)),
    ("two_scenes", "ST-SCR-05", "two scenes, of which the first counts", _two_scenes),
    ("pitch_low", "ST-SCR-09", "pitch_offset -60", _voice(pitch_offset=-60)),
    ("pitch_high", "ST-SCR-09", "pitch_offset 60", _voice(pitch_offset=60)),
    ("speed_low", "ST-SCR-10", "speed_ratio 0.5", _voice(speed_ratio=0.5)),
    ("speed_high", "ST-SCR-10", "speed_ratio 2", _voice(speed_ratio=2)),
    ("volume_low", "ST-SCR-11", "volume 1", _voice(volume=1)),
    ("volume_high", "ST-SCR-11", "volume 400", _voice(volume=400)),
    ("shortest_text", "ST-SCR-12", "a text of ten characters", _scene(tts_query={"content": "0123456789"})),
    ("several_audios", "ST-SCR-17", "two audio files", _scene(audios=[{"url": f"{_FILES}/{n}.mp3"} for n in "ab"])),
    ("video", "ST-SCR-18", "a video behind the figure",
     _scene(backgrounds=[{"type": 1, "url": f"{_FILES}/room.mp4", "cycle": True, "start": 0, "duration": 5000}])),
    ("beautify_low", "ST-SCR-24", "all retouching at its least", _retouched(beautify(-1, 0))),
    ("beautify_high", "ST-SCR-24", "all retouching at its most", _retouched(beautify(1, 1.0))),
    ("beautify_empty", "ST-E78", "retouching that is empty", _retouched({})),
    ("beautify_undocumented", "ST-SCR-56", "retouching of samples", _retouched(dict.fromkeys(_UNDOCUMENTED, 0.0))),
)  # fmt: skip
_WRONG: Final[tuple[tuple[str, str, str, Callable[[dict[str, Any]], object]], ...]] = (
    ("no_voice", "ST-SCR-08", "neither qid nor id", _no_voice),
    ("empty_voice", "ST-SCR-08", "qid and id empty", _voice(qid="", id="")),
    ("short_text", "ST-SCR-12", "a text of nine characters", _scene(tts_query={"content": "012345678"})),
    ("no_scene_list", "ST-E74", "no sceneList", lambda script: script.pop("sceneList")),
    ("no_scene", "ST-E74", "an empty sceneList", _top(sceneList=[])),
    ("no_figure", "ST-E74", "no digital_role", lambda script: script["sceneList"][0].pop("digital_role")),
    ("smooth_mode", "ST-SCR-28", "smooth_mode 3", _retouched({"smooth_mode": 3})),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("script.live.smallest", "A script may have a figure and a voice only.", ("ST-SCR-08",), smallest),
    *(
        case(f"script.live.takes.{name}", f"A script with {what} is taken.", (clause,), takes(change))
        for name, clause, what, change in _RIGHT
    ),
    *(
        case(f"script.live.refuses.{name}", f"A script with {why} is refused.", (clause,), refuses(change, why),
             needs=INVALID)
        for name, clause, why, change in _WRONG
    ),
    *cases_of(
        VENDOR,
        f"{VENDOR}.script.live",
        "LiveScript",
        _SCRIPT,
        _encoded,
        broken_live,
        title="A live script with {text} is refused.",
    ),
    *cases_of(
        VENDOR,
        f"{VENDOR}.script.takeover",
        "TakeoverScript",
        _TAKEOVER,
        _encoded,
        broken_takeover(_TAKEOVER),
        title="A takeover script with {text} is refused.",
    ),
    *cases_of(
        VENDOR,
        f"{VENDOR}.script.takeover_file",
        "TakeoverScript",
        _SPOKEN_FILE,
        _encoded,
        broken_takeover(_SPOKEN_FILE),
        title="A takeover script with {text} is refused.",
    ),
)  # fmt: skip
