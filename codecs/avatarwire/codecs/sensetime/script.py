"""The two scripts that travel as JSON text inside a string: what a live shows and says, and what takes it over.

Scripts are written by hand, so all that is wrong with one is reported at once, each error with its path (`faults_of`,
and `ValidationError.findings` of every error raised here). The objects inside scripts are in `script_parts.py`; the
calls that carry a script in their ``param`` are in `http/`.

Source: "Live script JSON" (003 L858-1061), "Takeover script JSON" (003 L1063-1119), samples of the second document
(004 L63-110, 004 L304-358).
"""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ..core.constraints import Limits, Matches, Presence, Required, when
from ..core.error_mapping import Crowded, kind_of, unwritable
from ..core.findings import Finding, Level, refused
from ..core.json_text import check_crowd
from ..core.received import Received
from ..core.repairs import Convert, Rename, Repair, Reshape, is_list, is_object
from ..core.validation import Validated, ValidatingCodec
from ..errors import DecodeError, ValidationError
from ..message import doc, integer
from .messages.enums import VENDOR
from .script_parts import MP3, Scene, TakeoverImage, TakeoverQuery, file_kind

__all__ = [
    "DEFAULT_BIT_RATE",
    "DEFAULT_RESOLUTION",
    "INTERACTIVE",
    "LIVE",
    "TAKEOVER",
    "Examined",
    "FirstValue",
    "LiveScript",
    "ScriptKind",
    "TakeoverScript",
    "decode_live",
    "decode_takeover",
    "encode",
    "examine",
    "faults_of",
    "live_repairs",
    "split_first",
]

ScriptKind = Literal["live", "takeover"]

DEFAULT_RESOLUTION: Final = (1080, 1920)
"""Pixels of a live without `resolution` (ST-SCR-02)."""
DEFAULT_BIT_RATE: Final = 3.5
"""Mbps of a live without `bit_rate` (ST-SCR-03)."""
INTERACTIVE: Final = "interactive"
"""The one `live_type` that samples show (ST-E92)."""

_Width: TypeAlias = Annotated[int, integer("pixels", "ST-SCR-02", ge=10, le=DEFAULT_RESOLUTION[0], tolerated="ST-E86")]
_Height: TypeAlias = Annotated[int, integer("pixels", "ST-SCR-02", ge=10, le=DEFAULT_RESOLUTION[1], tolerated="ST-E86")]

_ALWAYS_WRITTEN: Final[Mapping[str, Any]] = MappingProxyType({"version": "0.0.1", "recycle": 0, "stream_mode": True})
"""What a live script that is sent has in any case (ST-E74); the values, which the document leaves open, are ours."""
_INTERACTIVE_VERSION: Final = "0.0.2"


class LiveScript(Validated, rename={"scene_list": "sceneList"}):
    """What a live shows and says (003 L858-1061); ``param`` of createLive, ``data`` of the SDK, ``json`` of a role.

    `live_type` stands in samples of interactive lives only (ST-E92). A field that is left out stays out of what is
    read; `encode` adds the three that are always written (ST-E74).
    """

    version: Annotated[str, doc("version of this JSON; 0.0.2 for interactive lives", "ST-E91", example="0.0.1")] | (
        UnsetType
    ) = UNSET
    recycle: (
        Annotated[
            int,
            integer("how often it is played; 0 repeats for ever", "ST-SCR-01", ge=0, tolerated="ST-E91", example=0),
        ]
        | UnsetType
    ) = UNSET
    live_type: Annotated[str, doc("kind of live; in samples only", "ST-E92", values=[INTERACTIVE])] | UnsetType = UNSET
    stream_mode: Annotated[bool, doc("whether to stream, which starts faster", "ST-E91")] | UnsetType = UNSET
    resolution: (
        Annotated[tuple[_Width, _Height], doc("width and height of what is pushed", "ST-SCR-02", example=[1080, 1920])]
        | UnsetType
    ) = UNSET
    bit_rate: (
        Annotated[float, doc("Mbps; 3.5 where it is left out", "ST-SCR-03", ge=1, le=7, example=3.5)] | UnsetType
    ) = UNSET
    sentence_break: (
        Annotated[bool, doc("interrupt at punctuation, the default; false: at once", "ST-SCR-04")] | UnsetType
    ) = UNSET
    scene_list: (
        Annotated[
            tuple[Scene, ...],
            doc(
                "scenes, of which only the first counts so far",
                "ST-SCR-05",
                max_length=1,
                tolerated="ST-SCR-05",
                level="warning",
            ),
        ]
        | UnsetType
    ) = UNSET

    @property
    def scene(self) -> Scene | None:
        """The scene that counts: the first (ST-SCR-05)."""
        return self.scene_list[0] if self.scene_list else None

    @property
    def is_interactive(self) -> bool:
        """Whether it is for an interactive live (ST-E92)."""
        return self.live_type == INTERACTIVE

    sender_constraints = (
        Required("sceneList", clause="ST-E74", tolerated=True, expected="a list of one scene"),
        Limits("sceneList", min_length=1, is_list=True, clause="ST-E74", tolerated=True),
    )


def _url(path: str, level: Level) -> Matches:
    return Matches(
        path,
        "^https?://",
        clause="ST-E35",
        level=level,
        tolerated=True,
        reason="no URL",
        expected="an http or https URL",
    )


class TakeoverScript(Validated, rename=None):
    """What is said, and perhaps shown, instead of a live's own content (003 L1063-1119); ``param`` of the takeovers.

    Voice, place and effects stay those of the live (ST-E43). Pictures take effect with interruptible takeovers only,
    not with the retiring command (ST-TKO-26, ST-E41).
    """

    tts_query: Annotated[TakeoverQuery, doc("text to be spoken; wins over audio", "ST-TKO-24")] | UnsetType = UNSET
    audio: (
        Annotated[
            str,
            doc(
                "mp3 file to be spoken; ignored beside tts_query",
                "ST-TKO-25",
                min_length=1,
                example="https://files.example.com/break.mp3",
            ),
        ]
        | UnsetType
    ) = UNSET
    foregrounds: (
        Annotated[tuple[TakeoverImage, ...], doc("pictures in front of the figure", "ST-TKO-28")] | UnsetType
    ) = UNSET
    backgrounds: Annotated[TakeoverImage, doc("the picture behind the figure, one object", "ST-TKO-28")] | (
        UnsetType
    ) = UNSET

    @property
    def speech(self) -> TakeoverQuery | str | None:
        """What is spoken: the text if there is one, else where the audio file is (ST-TKO-24)."""
        if self.tts_query is not UNSET:
            return self.tts_query
        return None if self.audio is UNSET else self.audio

    @property
    def has_images(self) -> bool:
        """Whether it needs an interruptible takeover (ST-TKO-26)."""
        return bool(self.foregrounds) or self.backgrounds is not UNSET

    constraints = (
        Presence(
            ("tts_query", "audio"),
            least=1,
            clause="ST-E36",
            tolerated=True,
            reason="nothing is spoken",
            expected="tts_query or audio",
        ),
        # Beside a text it is ignored, as in the document's own samples, which have a path there.
        *when("tts_query", (), _url("audio", "note")),
    )
    sender_constraints = (
        *when("tts_query", (), _url("audio", "warning"), negated=True),
        file_kind("audio", MP3, "ST-TKO-25"),
    )


# --- documented variants ---


def _first_image(fields: dict[str, Any]) -> tuple[str, str] | None:
    given = fields.get("backgrounds")
    if not is_list(given):
        return None
    if given:
        fields["backgrounds"] = given[0]
    else:
        del fields["backgrounds"]
    return "backgrounds", f"backgrounds is a list of {len(given)}"


def _several_images(fields: dict[str, Any]) -> None:
    image = fields.get("backgrounds")
    fields["backgrounds"] = [] if image is None else [image, {}]


def _first_audio(audios: Any) -> Any | None:
    """The address in audios that are written as in a live script."""
    return audios[0].get("url") if is_list(audios) and audios and is_object(audios[0]) else None


def _listed(value: Any) -> list[Any] | None:
    return [value] if is_object(value) else None


def live_repairs(path: str = "") -> tuple[Repair, ...]:
    """The variants of a live script that stands at a wire path of something else, or alone."""
    scenes = f"{path}.sceneList[]" if path else "sceneList[]"
    return (
        Rename("ST-E75", f"{scenes}.digital_role", "digital role"),
        Convert(
            "ST-E39",
            f"{scenes}.backgrounds",
            to=_listed,
            does="{name} is one object, not a list",
            level="warning",
            example={"type": 0},
        ),
        Rename("ST-E81", f"{scenes}.effects.beautify.appleMusle", "appleMuscle"),
    )


LIVE: Final = ValidatingCodec(
    LiveScript,
    vendor=VENDOR,
    message="LiveScript",
    repairs=live_repairs(),
    form_clause="ST-LIVE-01",
)
"""JSON codec of live scripts."""

TAKEOVER: Final = ValidatingCodec(
    TakeoverScript,
    vendor=VENDOR,
    message="TakeoverScript",
    repairs=(
        Reshape(
            "ST-E39",
            "backgrounds",
            to=_first_image,
            variant=_several_images,
            does="backgrounds is a list, of which the first counts",
            expected="one object",
            level="warning",
        ),
        Rename(
            "ST-E40",
            "audio",
            "audios",
            to=_first_audio,
            expected="audio, the URL as text",
            example=[{"url": "https://files.example.com/break.mp3"}],
        ),
    ),
    form_clause="ST-TKO-01",
)
"""JSON codec of takeover scripts."""

_CODECS: Final[Mapping[ScriptKind, ValidatingCodec[Any]]] = MappingProxyType({"live": LIVE, "takeover": TAKEOVER})


# --- the text ---


def decode_live(text: str | bytes, *, strict: bool = False) -> Received[LiveScript]:
    """Reads a live script.

    Args:
        text: JSON, as it stands in ``param``.
        strict: refuse documented variants, and what is not to be written, instead of reporting them.

    Raises:
        DecodeError: not JSON; the offset is that of the first bad byte, also of text behind the script (ST-E107).
        ValidationError: JSON, but no such script; its `findings` are all there are.
    """
    data = text if type(text) is bytes else _bytes(text, LIVE)
    return (None if strict else LIVE.read_ruled(data)) or LIVE.decode_carefully(data, strict=strict)


def decode_takeover(text: str | bytes, *, strict: bool = False) -> Received[TakeoverScript]:
    """Reads a takeover script; arguments and errors are those of `decode_live`."""
    data = text if type(text) is bytes else _bytes(text, TAKEOVER)
    return (None if strict else TAKEOVER.read_ruled(data)) or TAKEOVER.decode_carefully(data, strict=strict)


def encode(script: LiveScript | TakeoverScript, *, strict: bool = True) -> str:
    """The JSON text for ``param``.

    A live script gets the fields that are always written where it does not have them (ST-E74): version (0.0.1, or 0.0.2
    for an interactive live), recycle 0 and stream_mode true.

    Args:
        script: the script.
        strict: refuse what only lenient reading takes; otherwise it is written back as it was read, with nothing added.

    Raises:
        EncodeError: no script.
        ValidationError: it lacks a scene with a figure and a voice, which is always sent (ST-E74), or names files of
            another kind than the document asks for; or it was received, and breaks a rule. Its `findings` are all there
            are.
    """
    if isinstance(script, TakeoverScript):
        return TAKEOVER.encode(script, strict=strict).decode()
    data = LIVE.encode(script, strict=strict)
    if not strict:
        return data.decode()
    fields = msgspec.json.decode(data)
    written = {**_ALWAYS_WRITTEN, "version": _INTERACTIVE_VERSION} if script.is_interactive else _ALWAYS_WRITTEN
    return msgspec.json.encode({**written, **fields}).decode()


def faults_of(text: str | bytes, kind: ScriptKind) -> tuple[Finding, ...]:
    """Everything by which a text is not a script as it should be sent, in one go; empty when it is one, notes apart.

    What lenient decoding understands all the same is among it, marked as tolerated: decoding raises if anything is not
    so marked. So is what only a sender is held to, and decoding takes no notice of: a missing scene, figure or
    voice (ST-E74), and addresses of files of another kind than the document asks for.

    Args:
        text: JSON, as it stands in ``param``.
        kind: which script it should be.

    Raises:
        ValueError: no such kind.
    """
    codec = _CODECS.get(kind)
    if codec is None:
        raise ValueError(f"no kind of script {kind!r}; there are: {', '.join(_CODECS)}")
    try:
        data = _bytes(text, codec)
    except DecodeError as error:
        return (Finding(error.clause, "", error.reason, error.expected),)
    return tuple(refused(codec.findings(data)))


class Examined(NamedTuple):
    """A text that was found to be a script."""

    received: Received[Any]
    """What it says."""
    findings: tuple[Finding, ...]
    """Everything by which it is not as it should be sent (`faults_of`)."""
    unknown: Mapping[str, Any]
    """Members that nothing declares, by wire path."""


def examine(text: str, kind: ScriptKind) -> Examined:
    """All that there is to be known of a script; one in good order is parsed once for it.

    Args:
        text: JSON, as it stands in ``param``.
        kind: which script it should be.

    Raises:
        DecodeError, ValidationError: as for `decode_live`.
    """
    codec = _CODECS[kind]
    data = _bytes(text, codec)
    received, unknown = codec.examine(data)
    is_right = not received.findings and codec.is_sendable(received.value)
    return Examined(received, () if is_right else codec.findings(data), unknown)


def _bytes(text: object, codec: ValidatingCodec[Any]) -> bytes:
    """The text as UTF-8. An object in place of the text is the commonest mistake with ``param`` (ST-LIVE-01)."""
    if isinstance(text, str):
        try:
            return text.encode()
        except UnicodeEncodeError as error:
            raise _no_text(unwritable(error), codec) from None
    if isinstance(text, bytes):
        return text
    raise _no_text(f"got {kind_of(text)}", codec)


def _no_text(reason: str, codec: ValidatingCodec[Any]) -> ValidationError:
    return ValidationError(reason, vendor=VENDOR, message=codec.message, expected="JSON text", clause=codec.form_clause)


class FirstValue(NamedTuple):
    """A text that goes on after its JSON value, in two."""

    text: str
    """The JSON value."""
    rest: str
    """What follows it, white space in front removed."""


def split_first(text: str) -> FirstValue:
    """Parts the JSON value a text begins with from what follows it.

    A sample of the SDK's ``data`` goes on after the script, with pieces of a role (ST-E107). Decoding refuses that;
    this is for reading such a text all the same.

    Raises:
        DecodeError: it does not begin with JSON.
    """
    start = len(text) - len(text.lstrip())
    try:
        check_crowd(text.encode("utf-8", "surrogatepass"))
        _, end = JSONDecoder().raw_decode(text, start)
    except Crowded as error:
        raise DecodeError(str(error), vendor=VENDOR, expected=f"at most {error.most}", clause="ST-E107") from None
    except (ValueError, RecursionError) as error:
        reason = f"not JSON: {error.msg}" if isinstance(error, JSONDecodeError) else "not JSON: too deep or too long"
        raise DecodeError(reason, vendor=VENDOR, expected="a JSON value", clause="ST-E107") from None
    return FirstValue(text[start:end], text[end:].lstrip())
