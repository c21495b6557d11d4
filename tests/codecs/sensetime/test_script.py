"""Live and takeover scripts: text and value, documented variants, what is sent and what is only understood."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.http import CreateLiveRequest, TakeoverCommandRequest
from avatarwire.codecs.sensetime.script import (
    LiveScript,
    ScriptKind,
    TakeoverScript,
    decode_live,
    decode_takeover,
    encode,
    examine,
    faults_of,
    split_first,
)
from avatarwire.codecs.sensetime.script_parts import (
    Audio,
    DigitalRole,
    Scene,
    TakeoverImage,
    TakeoverQuery,
    TtsConfig,
    TtsQuery,
)

from .script_samples import CONTENT, FILES, INTERACTIVE, LIVE, TAKEOVER, changed, text, without

SCENE = Scene(digital_role=DigitalRole(id=2001), tts_config=TtsConfig(qid="q1:AbC_"))


def clauses(faults: tuple[Finding, ...]) -> list[str]:
    return [fault.clause for fault in faults]


# --- right scripts ---


@pytest.mark.parametrize("sample", [LIVE, INTERACTIVE])
def test_a_live_script_is_read(sample: Any) -> None:
    decoded = decode_live(text(sample))
    assert decoded.deviations == ()
    assert decoded.raw == text(sample).encode()
    assert decoded.unknown_fields() == {}
    assert decoded == decode_live(text(sample).encode())
    assert decoded.value == decode_live(text(sample), strict=True).value
    assert decoded.value.to_dict() == sample
    assert faults_of(text(sample), "live") == ()
    assert faults_of(text(sample).encode(), "live") == ()


def test_a_takeover_script_is_read() -> None:
    decoded = decode_takeover(text(TAKEOVER))
    assert decoded.deviations == ()
    assert decoded.value.to_dict() == TAKEOVER
    assert decode_takeover(text(TAKEOVER).encode(), strict=True) == decoded
    assert faults_of(text(TAKEOVER), "takeover") == ()
    assert encode(decoded.value) == text(TAKEOVER)


def test_the_texts_beside_the_values() -> None:
    live = LiveScript(version="0.0.1", recycle=1, stream_mode=False, scene_list=(SCENE,))
    assert encode(live) == (
        '{"version":"0.0.1","recycle":1,"stream_mode":false,'
        '"sceneList":[{"digital_role":{"id":2001},"tts_config":{"qid":"q1:AbC_"}}]}'
    )
    takeover = TakeoverScript(
        tts_query=TakeoverQuery(content=CONTENT), backgrounds=TakeoverImage(url=f"{FILES}/a.png", rect=(0, 0, 4, 5))
    )
    assert encode(takeover) == (
        f'{{"tts_query":{{"content":"{CONTENT}"}},"backgrounds":{{"url":"{FILES}/a.png","rect":[0,0,4,5]}}}}'
    )


@pytest.mark.parametrize(("live_type", "version"), [(None, "0.0.1"), ("interactive", "0.0.2"), ("other", "0.0.1")])
def test_three_fields_are_always_written(live_type: str | None, version: str) -> None:
    given: dict[str, Any] = {} if live_type is None else {"live_type": live_type}
    written = decode_live(encode(LiveScript(scene_list=(SCENE,), **given))).value
    assert (written.version, written.recycle, written.stream_mode) == (version, 0, True)
    assert written.is_interactive is (live_type == "interactive")


def test_what_is_given_is_not_replaced() -> None:
    sent = LiveScript(version="9", recycle=3, stream_mode=False, live_type="interactive", scene_list=(SCENE,))
    assert decode_live(encode(sent)).value == sent


def test_unknown_fields_survive() -> None:
    raw = text({**LIVE, "later": 1, "sceneList": [{**LIVE["sceneList"][0], "mood": {"a": [1]}}]})
    decoded = decode_live(raw)
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {"later": 1, "sceneList[0].mood": {"a": [1]}}
    assert decoded.encode() == raw.encode()
    assert decode_takeover(text({**TAKEOVER, "tts_config": {}})).unknown_fields() == {"tts_config": {}}


def test_the_scene_that_counts_is_the_first() -> None:
    assert LiveScript(scene_list=(SCENE,)).scene == SCENE
    assert LiveScript().scene is None
    assert LiveScript(scene_list=()).scene is None


def test_text_wins_over_audio() -> None:
    query, audio = TtsQuery(content=CONTENT), Audio(url=f"{FILES}/a.mp3")
    assert Scene(tts_query=query, audios=(audio,)).speech == query
    assert Scene(audios=(audio,)).speech == (audio,)
    assert Scene().speech == ()

    takeover_query = TakeoverQuery(content=CONTENT)
    assert TakeoverScript(tts_query=takeover_query, audio=f"{FILES}/a.mp3").speech == takeover_query
    assert TakeoverScript(audio=f"{FILES}/a.mp3").speech == f"{FILES}/a.mp3"
    assert decode_takeover("{}").value.speech is None


def test_which_takeovers_have_pictures() -> None:
    image = TakeoverImage(url=f"{FILES}/a.png")
    assert not TakeoverScript(audio=f"{FILES}/a.mp3").has_images
    assert not TakeoverScript(audio=f"{FILES}/a.mp3", foregrounds=()).has_images
    assert TakeoverScript(audio=f"{FILES}/a.mp3", foregrounds=(image,)).has_images
    assert TakeoverScript(audio=f"{FILES}/a.mp3", backgrounds=image).has_images


# --- variants that are understood ---

BACKGROUND = LIVE["sceneList"][0]["backgrounds"][0]
ROLE = LIVE["sceneList"][0]["digital_role"]
VARIANTS: list[tuple[str, str, str]] = [
    (text(LIVE).replace('"digital_role"', '"digital role"'), "ST-E75", "sceneList[0].digital role"),
    (changed(LIVE, "sceneList.0.backgrounds", BACKGROUND), "ST-E39", "sceneList[0].backgrounds"),
    (
        changed(LIVE, "sceneList.0.effects.beautify", {"appleMuscle": 0.5}),
        "ST-E81",
        "sceneList[0].effects.beautify.appleMuscle",
    ),
    (changed(LIVE, "recycle", -1), "ST-E91", "recycle"),
    (changed(LIVE, "resolution", [1920, 1080]), "ST-E86", "resolution[0]"),
    (changed(LIVE, "resolution", [1080, 9]), "ST-E86", "resolution[1]"),
    (changed(LIVE, "sceneList", [*LIVE["sceneList"]] * 2), "ST-SCR-05", "sceneList"),
    (changed(LIVE, "sceneList.0.tts_query.content", "too short"), "ST-SCR-12", "sceneList[0].tts_query.content"),
    (changed(LIVE, "sceneList.0.tts_query.content", "  too short "), "ST-SCR-12", "sceneList[0].tts_query.content"),
    (
        changed(LIVE, "sceneList.0.tts_query", {"content": "<speak>too short</speak>", "ssml": True}),
        "ST-SCR-12",
        "sceneList[0].tts_query.content",
    ),
    (changed(LIVE, "sceneList.0.backgrounds.0.duration", 0), "ST-E88", "sceneList[0].backgrounds[0].duration"),
    (changed(LIVE, "sceneList.0.foregrounds.0.duration", 0), "ST-E88", "sceneList[0].foregrounds[0].duration"),
    (changed(LIVE, "sceneList.0.foregrounds.0.duration", -2), "ST-E88", "sceneList[0].foregrounds[0].duration"),
    (
        changed(LIVE, "sceneList.0.effects.beautify.whiteTeeth", 1.5),
        "ST-E77",
        "sceneList[0].effects.beautify.whiteTeeth",
    ),
]


@pytest.mark.parametrize(("raw", "clause", "path"), VARIANTS, ids=[f"{row[1]} {row[2]}" for row in VARIANTS])
def test_variants_of_a_live_script(raw: str, clause: str, path: str) -> None:
    decoded = decode_live(raw)
    assert decoded.deviations == (clause,)
    assert isinstance(decoded.value, LiveScript)
    assert decoded.encode() == raw.encode()

    (fault,) = faults_of(raw, "live")
    assert (fault.path, fault.clause, fault.tolerated) == (path, clause, True)
    with pytest.raises(ValidationError) as caught:
        decode_live(raw, strict=True)
    assert (caught.value.path, caught.value.clause, caught.value.message) == (path, clause, "LiveScript")


NOTED: list[tuple[ScriptKind, str, str, str]] = [
    ("live", changed(LIVE, "sceneList.0.backgrounds.1.cycle", True), "ST-E89", "sceneList[0].backgrounds[1].cycle"),
    ("live", without(LIVE, "sceneList.0.tts_config.vendor_id"), "ST-E90", "sceneList[0].tts_config.vendor_id"),
    ("takeover", changed(TAKEOVER, "audio", "/data/common/song.mp3"), "ST-E35", "audio"),
]
"""What the document's own samples have."""


@pytest.mark.parametrize(("kind", "raw", "clause", "path"), NOTED, ids=[row[2] for row in NOTED])
def test_what_the_samples_have_can_be_read_and_sent(kind: ScriptKind, raw: str, clause: str, path: str) -> None:
    """Strict too: ST-E89, ST-E90, ST-E35."""
    decoded = decode_live(raw, strict=True) if kind == "live" else decode_takeover(raw, strict=True)
    [note] = decoded.findings
    assert (note.clause, note.path, note.level) == (clause, path, "note")
    assert json.loads(encode(decoded.value)) == json.loads(raw)
    assert decoded.value.replace() == decoded.value
    assert faults_of(raw, kind) == ()
    jsonschema.validate(json.loads(raw), schema_of(type(decoded.value)))
    request = CreateLiveRequest(param=raw) if kind == "live" else TakeoverCommandRequest(session_id="s", param=raw)
    assert json.loads(request.param) == json.loads(raw)


def test_what_stands_for_something_else_is_read_as_that() -> None:
    assert decode_live(VARIANTS[0][0]).value.to_dict() == LIVE
    scene = decode_live(VARIANTS[1][0]).value.scene
    assert scene is not None
    assert [background.to_dict() for background in scene.backgrounds or ()] == [BACKGROUND]
    effects = decode_live(VARIANTS[2][0]).value.to_dict()["sceneList"][0]["effects"]
    assert effects["beautify"] == {"appleMusle": 0.5}
    assert decode_live(VARIANTS[4][0]).value.resolution == (1920, 1080)


def test_a_field_under_both_its_names_has_the_right_one() -> None:
    raw = changed(LIVE, "sceneList.0.digital role", {"id": 1})
    decoded = decode_live(raw)
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {"sceneList[0].digital role": {"id": 1}}


IMAGE = TAKEOVER["backgrounds"]
TAKEOVER_VARIANTS: list[tuple[str, str, str]] = [
    (changed(TAKEOVER, "backgrounds", [IMAGE]), "ST-E39", "backgrounds"),
    (changed(TAKEOVER, "backgrounds", [IMAGE, {"url": 1}]), "ST-E39", "backgrounds"),
    (changed(TAKEOVER, "backgrounds", []), "ST-E39", "backgrounds"),
    (text({"audios": [{"url": f"{FILES}/a.mp3"}, {"url": 1}]}), "ST-E40", "audios"),
    (text({"tts_query": TAKEOVER["tts_query"], "audios": [{"url": f"{FILES}/a.mp3"}]}), "ST-E40", "audios"),
    ("{}", "ST-E36", ""),
    (changed(TAKEOVER, "tts_query.content", "too short"), "ST-TKO-23", "tts_query.content"),
    (changed(TAKEOVER, "tts_query", {"content": "<b>1234567</b>", "ssml": True}), "ST-TKO-23", "tts_query.content"),
    (changed(TAKEOVER, "backgrounds.duration", 0), "ST-E88", "backgrounds.duration"),
    (changed(TAKEOVER, "foregrounds.0.duration", 0), "ST-E88", "foregrounds[0].duration"),
]


@pytest.mark.parametrize(("raw", "clause", "path"), TAKEOVER_VARIANTS, ids=[row[0][:60] for row in TAKEOVER_VARIANTS])
def test_variants_of_a_takeover_script(raw: str, clause: str, path: str) -> None:
    decoded = decode_takeover(raw)
    assert decoded.deviations == (clause,)
    (fault,) = faults_of(raw, "takeover")
    assert (fault.path, fault.clause, fault.tolerated) == (path, clause, True)
    with pytest.raises(ValidationError) as caught:
        decode_takeover(raw, strict=True)
    assert (caught.value.path, caught.value.clause, caught.value.message) == (path, clause, "TakeoverScript")


def test_the_first_of_several_counts() -> None:
    images = decode_takeover(changed(TAKEOVER, "backgrounds", [IMAGE, {"url": 1}])).value
    assert images.to_dict() == TAKEOVER
    assert decode_takeover(changed(TAKEOVER, "backgrounds", [])).value.to_dict() == {
        name: value for name, value in TAKEOVER.items() if name != "backgrounds"
    }
    assert decode_takeover(TAKEOVER_VARIANTS[3][0]).value.audio == f"{FILES}/a.mp3"


@pytest.mark.parametrize("audios", [[], [1], [{}], {"url": "a"}])
def test_audios_of_another_form_stay_unknown(audios: Any) -> None:
    decoded = decode_takeover(text({"tts_query": TAKEOVER["tts_query"], "audios": audios}))
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {"audios": audios}


# --- what only a sender is held to ---

UNSENDABLE: list[tuple[ScriptKind, str, str, str]] = [
    ("live", "{}", "ST-E74", "sceneList"),
    ("live", changed(LIVE, "sceneList", []), "ST-E74", "sceneList"),
    ("live", without(LIVE, "sceneList.0.digital_role"), "ST-E74", "sceneList[0].digital_role"),
    ("live", without(LIVE, "sceneList.0.tts_config"), "ST-E74", "sceneList[0].tts_config"),
    ("live", changed(LIVE, "sceneList.0.digital_role.url", "a.rar"), "ST-SCR-07", "sceneList[0].digital_role.url"),
    ("live", changed(LIVE, "sceneList.0.audios.0.url", "a.wav"), "ST-SCR-17", "sceneList[0].audios[0].url"),
    ("live", changed(LIVE, "sceneList.0.backgrounds.0.url", "a.avi"), "ST-SCR-18", "sceneList[0].backgrounds[0].url"),
    ("live", changed(LIVE, "sceneList.0.foregrounds.0.url", "a.gif"), "ST-SCR-23", "sceneList[0].foregrounds[0].url"),
    ("takeover", changed(TAKEOVER, "audio", f"{FILES}/a.ogg"), "ST-TKO-25", "audio"),
    ("takeover", text({"audio": "/data/audio/a.mp3"}), "ST-E35", "audio"),
    ("takeover", changed(TAKEOVER, "foregrounds.0.url", "a.gif"), "ST-TKO-27", "foregrounds[0].url"),
    ("takeover", changed(TAKEOVER, "backgrounds.url", "a.mp4"), "ST-TKO-27", "backgrounds.url"),
]


@pytest.mark.parametrize(("kind", "raw", "clause", "path"), UNSENDABLE, ids=[f"{r[2]} {r[3]}" for r in UNSENDABLE])
def test_what_is_read_without_a_word_but_never_sent(kind: ScriptKind, raw: str, clause: str, path: str) -> None:
    decoded = decode_live(raw) if kind == "live" else decode_takeover(raw)
    assert decoded.deviations == ()

    (fault,) = faults_of(raw, kind)
    assert (fault.path, fault.clause, fault.tolerated) == (path, clause, True)
    with pytest.raises(ValidationError) as caught:
        encode(decoded.value)
    assert caught.value.findings == (fault,)


def test_pictures_and_audio_that_are_left_out_lead_nowhere() -> None:
    assert faults_of(text({"audio": f"{FILES}/a.mp3", "backgrounds": {}, "foregrounds": [{}]}), "takeover") == ()
    assert faults_of(changed(LIVE, "sceneList.0.audios", [{}]), "live") == ()
    assert encode(decode_takeover(text({"tts_query": TAKEOVER["tts_query"]})).value) == text(
        {"tts_query": TAKEOVER["tts_query"]}
    )


def test_a_script_outside_its_limits_is_sent_once_it_is_repaired() -> None:
    received = decode_live(changed(LIVE, "resolution", [1920, 1080])).value
    with pytest.raises(
        ValidationError, match=r"resolution\[0\]: got 1920, expected an integer from 10 to 1080 \[ST-E86\]$"
    ):
        encode(received)
    assert decode_live(encode(received.replace(resolution=(1080, 1920)))).value.to_dict() == LIVE


def test_only_scripts_are_written() -> None:
    other: Any = {"version": "0.0.1"}
    with pytest.raises(EncodeError, match=r"^sensetime LiveScript: got dict, expected LiveScript$"):
        encode(other)


# --- what is refused ---


@pytest.mark.parametrize(
    ("kind", "raw", "path", "expected", "clause"),
    [
        ("live", changed(LIVE, "bit_rate", 7.5), "bit_rate", "a number from 1 to 7", "ST-SCR-03"),
        ("live", changed(LIVE, "sentence_break", "True"), "sentence_break", "true or false", "ST-SCR-04"),
        ("live", changed(LIVE, "resolution", [1080]), "resolution", "a list of exactly 2 items", "ST-SCR-02"),
        ("live", changed(LIVE, "sceneList", {}), "sceneList", "a list of at most 1 items", "ST-SCR-05"),
        ("live", changed(LIVE, "recycle", 1.5), "recycle", "an integer of at least 0", "ST-SCR-01"),
        ("live", changed(LIVE, "version", 1), "version", "text", "ST-E91"),
        ("takeover", changed(TAKEOVER, "audio", ""), "audio", "text that is not empty", "ST-TKO-25"),
        ("takeover", changed(TAKEOVER, "foregrounds", IMAGE), "foregrounds", "a list", "ST-TKO-28"),
        ("takeover", changed(TAKEOVER, "backgrounds", "a.png"), "backgrounds", "an object", "ST-TKO-28"),
    ],
)
def test_what_nothing_explains_is_refused(kind: ScriptKind, raw: str, path: str, expected: str, clause: str) -> None:
    (fault,) = faults_of(raw, kind)
    assert (fault.path, fault.expected, fault.clause, fault.tolerated) == (path, expected, clause, False)
    with pytest.raises(ValidationError) as caught:
        decode_live(raw) if kind == "live" else decode_takeover(raw)
    assert caught.value.findings == (fault,)
    assert caught.value.vendor == "sensetime"


def test_all_faults_are_told_at_once() -> None:
    wrong = {
        "resolution": [0, 5000],
        "bit_rate": 9,
        "recycle": -1,
        "sceneList": [
            {
                "digital_role": {"id": "one", "position": {"x": 1.5, "y": 0}},
                "tts_config": {"volume": 0, "speed_ratio": 3, "pitch_offset": 61},
                "tts_query": {"content": "short", "ssml": "no"},
                "backgrounds": [{"type": 2, "rect": [0, 0, -1]}],
                "foregrounds": [{"type": 1, "duration": 0}],
                "effects": {"beautify": {"chinLength": 2, "whiten_mode": 3}},
            }
        ],
    }
    with pytest.raises(ValidationError) as caught:
        decode_live(text(wrong))
    told = {(fault.path, fault.clause) for fault in caught.value.findings}
    scene = "sceneList[0]"
    assert told == {
        ("resolution[0]", "ST-E86"),
        ("resolution[1]", "ST-E86"),
        ("bit_rate", "ST-SCR-03"),
        ("recycle", "ST-E91"),
        (f"{scene}.digital_role.id", "ST-E74"),
        (f"{scene}.digital_role.position.x", "ST-SCR-06"),
        (f"{scene}.tts_config", "ST-SCR-08"),
        (f"{scene}.tts_config.volume", "ST-SCR-11"),
        (f"{scene}.tts_config.speed_ratio", "ST-SCR-10"),
        (f"{scene}.tts_config.pitch_offset", "ST-SCR-09"),
        (f"{scene}.tts_query.content", "ST-SCR-12"),
        (f"{scene}.tts_query.ssml", "ST-SCR-14"),
        (f"{scene}.backgrounds[0].type", "ST-SCR-18"),
        (f"{scene}.backgrounds[0].rect[2]", "ST-E87"),
        (f"{scene}.backgrounds[0].rect", "ST-SCR-21"),
        (f"{scene}.foregrounds[0].type", "ST-SCR-23"),
        (f"{scene}.foregrounds[0].duration", "ST-E88"),
        (f"{scene}.effects.beautify.chinLength", "ST-SCR-35"),
        (f"{scene}.effects.beautify.whiten_mode", "ST-SCR-25"),
    }
    assert faults_of(text(wrong), "live") == caught.value.findings


def test_making_a_script_tells_every_fault() -> None:
    with pytest.raises(ValidationError) as caught:
        LiveScript(bit_rate=0.5, recycle=-1, resolution=(1, 1))
    assert [fault.path for fault in caught.value.findings] == ["recycle", "resolution[0]", "resolution[1]", "bit_rate"]
    with pytest.raises(
        ValidationError, match=r"^TakeoverScript: nothing is spoken, expected tts_query or audio \[ST-E36\]$"
    ):
        TakeoverScript()


# --- the schema ---


@pytest.mark.parametrize(("cls", "sample"), [(LiveScript, LIVE), (LiveScript, INTERACTIVE), (TakeoverScript, TAKEOVER)])
def test_the_schema_accepts_right_scripts(cls: type[Any], sample: Any) -> None:
    jsonschema.validate(sample, schema_of(cls))


@pytest.mark.parametrize("raw", [row[0] for row in VARIANTS if row[1] not in ("ST-E75", "ST-E81")])
def test_the_schema_refuses_what_is_only_understood(raw: str) -> None:
    # It cannot tell what counts of a text that has blanks around it or tags in it.
    if "<speak>" not in raw and "  too" not in raw:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(raw), schema_of(LiveScript))


@pytest.mark.parametrize("raw", ["{}", changed(TAKEOVER, "backgrounds", [IMAGE]), changed(TAKEOVER, "audio", "")])
def test_the_schema_refuses_such_takeovers_too(raw: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(raw), schema_of(TakeoverScript))


def schema_of(cls: type[Any]) -> dict[str, Any]:
    entry = Entry("x", "type", "both", "a script", cls)
    schema: dict[str, Any] = Catalogue.of("sensetime", entries=[entry]).schema_of("x")["schema"]
    return schema


# --- the text ---


def test_a_nested_object_is_not_a_script() -> None:
    nested: Any = dict(LIVE)
    message = r"^sensetime LiveScript: got an object, expected JSON text \[ST-LIVE-01\]$"
    with pytest.raises(ValidationError, match=message):
        decode_live(nested)
    assert faults_of(nested, "live") == (Finding("ST-LIVE-01", "", "got an object", "JSON text"),)
    assert faults_of(nested, "takeover") == (Finding("ST-TKO-01", "", "got an object", "JSON text"),)


@pytest.mark.parametrize("raw", ["", "{", "[1]", "null", '"{}"', "\ud800", '{"version":"\ud800"}'])
def test_what_is_no_json_object_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError, match=r"\[ST-LIVE-01\]$"):
        decode_live(raw)
    with pytest.raises(DecodeError, match=r"\[ST-TKO-01\]$"):
        decode_takeover(raw)
    assert [(fault.path, fault.clause) for fault in faults_of(raw, "live")] == [("", "ST-LIVE-01")]
    assert [(fault.path, fault.clause) for fault in faults_of(raw, "takeover")] == [("", "ST-TKO-01")]


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(DecodeError, match=r"byte 12: not UTF-8 text"):
        decode_live(b'{"version":"\xff"}')


def test_what_follows_a_script_is_refused_and_located() -> None:
    raw = text(INTERACTIVE) + ',"asr":{"type":"ASR8"}}'
    with pytest.raises(DecodeError) as caught:
        decode_live(raw)
    assert caught.value.offset == len(text(INTERACTIVE).encode())
    assert caught.value.reason == "not JSON: trailing characters"


def test_what_follows_a_script_can_be_parted_from_it() -> None:
    first = split_first("  " + text(INTERACTIVE) + ' ,"asr":{}}')
    assert first == (text(INTERACTIVE), ',"asr":{}}')
    assert decode_live(first.text).value.is_interactive
    assert split_first("[1] ") == script.FirstValue("[1]", "")


@pytest.mark.parametrize(
    ("raw", "reason"), [("", "Expecting value"), ('{"a":', "Expecting value"), ("[" * 9999, "too deep")]
)
def test_what_begins_with_no_json_cannot_be_parted(raw: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=rf"not JSON: {reason}.*\[ST-E107\]$"):
        split_first(raw)


# --- the quick look ---


@pytest.mark.parametrize(
    "raw",
    [
        text(LIVE),
        text(INTERACTIVE),
        "{}",
        changed(INTERACTIVE, "sceneList.0.effects", {"beautify": {"appleMusle": 0}}),
        without(INTERACTIVE, "sceneList.0.digital_role"),
        changed(INTERACTIVE, "sceneList.0.tts_config", {"id": "a", "vendor_id": 0}),
        changed(INTERACTIVE, "sceneList.0.backgrounds", [{"type": 1, "cycle": True}, {"duration": 5}]),
        changed(INTERACTIVE, "sceneList.0.tts_query", {"content": CONTENT}),
    ],
)
def test_a_right_live_script_is_not_looked_at_again(raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script.LIVE, "decode_lenient", None)
    assert decode_live(raw).deviations == ()


@pytest.mark.parametrize("raw", [text(TAKEOVER), without(TAKEOVER, "tts_query"), without(TAKEOVER, "audio")])
def test_nor_is_a_right_takeover_script(raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script.TAKEOVER, "decode_lenient", None)
    assert decode_takeover(raw).deviations == ()


def test_a_kind_of_script_that_there_is_not() -> None:
    with pytest.raises(ValueError, match=r"^no kind of script 'nope'; there are: live, takeover$"):
        faults_of("{}", "nope")  # type: ignore[arg-type]  # what a caller may hold


@pytest.mark.parametrize("size", [2**63, 10**30])
def test_a_size_that_is_tolerated_has_64_bits(size: int) -> None:
    fields = {"version": "0.0.1", "recycle": 0, "stream_mode": True, "resolution": [size, 1920], "scene_list": []}
    assert script.LIVE.decode(json.dumps({**fields, "resolution": [2**63 - 1, 1920]}).encode()).deviations == (
        "ST-E86",
    )
    with pytest.raises(ValidationError, match=r"resolution\[0\]: value out of range"):
        script.LIVE.decode(json.dumps(fields).encode())


# --- all at once ---


def test_a_script_may_be_looked_at_from_all_sides_at_once() -> None:
    right = examine(text(LIVE), "live")
    assert right == (decode_live(text(LIVE)), (), {})
    assert examine(changed(LIVE, "colour", "red"), "live").unknown == {"colour": "red"}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (without(LIVE, "sceneList.0.tts_config"), "live"),  # read, and not to be sent like this
        (changed(LIVE, "recycle", -1), "live"),  # tolerated
        (text({"audio": "/srv/x.wav", "colour": "red"}), "takeover"),
    ],
)
def test_what_is_wrong_with_a_script_is_the_same_when_it_is_looked_at_from_all_sides(
    raw: str, kind: ScriptKind
) -> None:
    examined = examine(raw, kind)
    assert examined.findings == faults_of(raw, kind) != ()
    decoded = (decode_live if kind == "live" else decode_takeover)(raw)
    assert (examined.received, examined.unknown) == (decoded, decoded.unknown_fields())


@pytest.mark.parametrize("raw", ["", "[]", '{"audio":7}'])
def test_what_is_no_script_has_no_sides(raw: str) -> None:
    with pytest.raises(DecodeError):
        examine(raw, "takeover")


def test_a_live_script_is_written_back_as_it_was_read_with_nothing_added() -> None:
    raw = '{"version":"0.0.1","sceneList":[]}'
    script = decode_live(raw).value
    assert encode(script, strict=False) == raw
    with pytest.raises(ValidationError):
        encode(script)
