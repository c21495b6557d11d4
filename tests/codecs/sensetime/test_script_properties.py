"""Faults put into right scripts are all found; what is called right is right; values and texts agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.core.checking import is_fine, judge
from avatarwire.codecs.core.findings import refused
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.script import LiveScript, TakeoverScript, decode_live, faults_of
from tests.examples import examples

from ..strategies import ANY_JSON
from .script_samples import CONTENT, LIVE, TAKEOVER, text

pytestmark = pytest.mark.unmeasured

SCENE: Final = "sceneList[0]"

WORDS: Final = st.text().filter(lambda words: not words.removeprefix("-").isdigit())
"""No text of digits, which is understood (AW-DIGITS)."""

LIVE_FAULTS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "version": st.integers(),
    "recycle": st.integers(max_value=-1) | st.floats(0.1, 0.9),
    "stream_mode": st.sampled_from(["True", 1]),
    "resolution[0]": st.integers(max_value=9) | st.integers(min_value=1081) | WORDS,
    "resolution[1]": st.integers(max_value=9) | st.integers(min_value=1921) | st.none(),
    "bit_rate": st.floats(7.01, 1e9) | st.floats(-5, 0.99) | st.text(),
    "sentence_break": st.sampled_from(["false", 0]),
    f"{SCENE}.digital_role.id": WORDS,
    f"{SCENE}.digital_role.url": st.just("https://files.example.com/lin.tar"),
    f"{SCENE}.digital_role.position.x": st.floats(0.1, 0.9),
    f"{SCENE}.digital_role.scale": st.text(),
    f"{SCENE}.tts_config.vendor_id": WORDS,
    f"{SCENE}.tts_config.pitch_offset": st.floats(60.1, 1e9) | st.floats(-1e9, -60.1),
    f"{SCENE}.tts_config.speed_ratio": st.floats(2.1, 1e9) | st.floats(-1e9, 0.49),
    f"{SCENE}.tts_config.volume": st.integers(max_value=0) | st.integers(min_value=401) | st.floats(1.1, 1.9),
    f"{SCENE}.tts_query.content": st.text(max_size=9) | st.integers(),
    f"{SCENE}.tts_query.ssml": st.sampled_from(["true", 1]),
    f"{SCENE}.audios[0].url": st.sampled_from([1, "a.wav"]),
    f"{SCENE}.backgrounds[0].type": st.integers(min_value=2) | WORDS,
    f"{SCENE}.backgrounds[0].duration": st.integers(max_value=-2) | st.just(0),
    f"{SCENE}.backgrounds[1].cycle": st.sampled_from(["true", 1]),
    f"{SCENE}.backgrounds[1].rect[2]": st.integers(max_value=-1),
    f"{SCENE}.foregrounds[0].type": st.integers(min_value=1),
    f"{SCENE}.foregrounds[0].url": st.sampled_from(["a.gif", 7]),
    f"{SCENE}.foregrounds[0].rect[0]": WORDS,
    f"{SCENE}.effects.version": st.integers(),
    f"{SCENE}.effects.beautify.whitenStrength": st.floats(1.01, 1e9) | st.floats(-1e9, -0.01),
    f"{SCENE}.effects.beautify.whiten_mode": st.integers(min_value=3),
    f"{SCENE}.effects.beautify.chinLength": st.floats(1.01, 1e9) | st.floats(-1e9, -1.01),
    f"{SCENE}.effects.beautify.whiteTeeth": st.floats(1.01, 1e9),
}
"""Wrong values by their place in the sample, each wrong whatever stands beside it."""

TAKEOVER_FAULTS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "tts_query.content": st.text(max_size=9),
    "tts_query.ssml": st.just("no"),
    "audio": st.sampled_from(["", 1, "https://files.example.com/a.wav", "/data/a.wav"]),
    "foregrounds[0].url": st.just("https://files.example.com/a.tiff"),
    "foregrounds[0].start": st.floats(0.1, 0.9),
    "foregrounds[0].rect[3]": st.integers(max_value=-1),
    "foregrounds[0].duration": st.integers(max_value=-2) | st.just(0),
    "backgrounds.url": st.just(["a.png"]),
    "backgrounds.rect[1]": st.none(),
    "backgrounds.duration": WORDS,
}


def put(holder: Any, path: str, value: Any) -> None:
    """Sets what stands at a wire path."""
    *way, last = [int(step) if step.isdigit() else step for step in re.split(r"[.\[\]]+", path.rstrip("]"))]
    for step in way:
        holder = holder[step]
    holder[last] = value


@st.composite
def broken(
    draw: st.DrawFn, sample: Mapping[str, Any], faults: Mapping[str, st.SearchStrategy[Any]]
) -> tuple[set[str], str]:
    paths = draw(st.sets(st.sampled_from(sorted(faults)), min_size=1, max_size=8))
    wrong = deepcopy(dict(sample))
    for path in sorted(paths):
        put(wrong, path, draw(faults[path]))
    return paths, text(wrong)


@settings(deadline=None)
@given(case=broken(LIVE, LIVE_FAULTS))
def test_every_fault_put_into_a_live_script_is_found(case: tuple[set[str], str]) -> None:
    paths, raw = case
    faults = faults_of(raw, "live")
    assert paths == {fault.path for fault in faults}
    assert all(fault.clause.startswith("ST-") for fault in faults)
    with pytest.raises(ValidationError):
        read_and_write(script.decode_live, raw)


@settings(deadline=None)
@given(case=broken(TAKEOVER, TAKEOVER_FAULTS))
def test_every_fault_put_into_a_takeover_script_is_found(case: tuple[set[str], str]) -> None:
    paths, raw = case
    assert paths == {fault.path for fault in faults_of(raw, "takeover")}
    with pytest.raises(ValidationError):
        read_and_write(script.decode_takeover, raw)


def read_and_write(decode: Callable[..., Any], raw: str) -> None:
    script.encode(decode(raw).value)


# --- the two ways of judging agree ---


@settings(deadline=None, max_examples=examples(200))
@given(fields=st.fixed_dictionaries({}, optional={
    "digital_role": st.just({"id": 1}),
    "tts_config": st.sampled_from([{}, {"qid": "q"}, {"id": "a"}, {"id": "a", "vendor_id": 1}]),
    "tts_query": st.sampled_from([
        {"content": CONTENT}, {"content": "short"}, {"content": "   short    "}, {"ssml": True},
        {"content": "<b>12345678</b>", "ssml": True},
    ]),
    "backgrounds": st.lists(st.sampled_from([{"type": 0}, {"type": 0, "cycle": True}, {"duration": 0}, {"type": 1}])),
    "foregrounds": st.lists(st.sampled_from([{}, {"duration": 0}, {"duration": 1}])),
    "effects": st.sampled_from([{}, {"beautify": {}}, {"beautify": {"appleMusle": 0}}]),
}))  # fmt: skip
def test_a_quick_look_finds_nothing_where_nothing_is_to_be_found(fields: dict[str, Any]) -> None:
    raw = text({"sceneList": [fields]}).encode()
    try:
        value = msgspec.json.decode(raw, type=LiveScript)
    except msgspec.ValidationError:
        return
    found = judge(value)
    assert is_fine(value) is (found == [])
    if not found:
        assert decode_live(raw).deviations == ()


# --- values and texts ---


@settings(deadline=None, max_examples=examples(100))
@given(value=ANY_JSON, path=st.sampled_from(sorted(LIVE_FAULTS)))
def test_whatever_stands_anywhere_only_our_errors_come_of_it(value: Any, path: str) -> None:
    odd = deepcopy(dict(LIVE))
    put(odd, path, value)
    raw = json.dumps(odd)
    faults = faults_of(raw, "live")
    try:
        decoded = decode_live(raw)
    except DecodeError:
        assert not all(fault.tolerated for fault in faults)
    else:
        assert all(fault.tolerated for fault in faults)
        assert {item.clause for item in refused(decoded.findings)} <= {fault.clause for fault in faults}
        assert decoded.encode() == raw.encode()
        try:
            again = script.encode(decoded.value)
        except EncodeError:
            assert faults
        else:
            assert faults_of(again, "live") == ()


@settings(deadline=None, max_examples=examples(200))
@given(raw=st.binary(max_size=30) | st.text(max_size=30).map(str.encode))
def test_any_bytes_give_a_script_or_our_error(raw: bytes) -> None:
    for decode in (script.decode_live, script.decode_takeover):
        try:
            decoded: Any = decode(raw)
        except DecodeError as error:
            vendor = error.vendor
        else:
            assert isinstance(decoded.value, (LiveScript, TakeoverScript))
            vendor = "sensetime"
        assert vendor == "sensetime"
