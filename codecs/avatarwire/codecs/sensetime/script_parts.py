"""The objects inside live and takeover scripts: the figure, its voice, what it says, pictures around it.

Only these objects and the rules between their fields live here; the scripts themselves are in `script.py`, retouching
is in `messages/beautify.py`. Nothing is required, as the document leaves that column blank (ST-E74). Ranges it states
are held in both directions; where the ruling is to read what is not to be written, the error is marked as tolerated.

Source: "Live script JSON" (003 L858-1061), "Takeover script JSON" (003 L1063-1119).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ..core.constraints import Absent, Computed, Excluded, Matches, Needs, Presence, Required, when
from ..core.findings import Finding
from ..core.validation import Validated
from ..message import Int64, doc, integer
from .messages.beautify import Beautify

__all__ = [
    "CANVAS",
    "IMAGES",
    "MP3",
    "SHORTEST_SPEECH",
    "WHOLE",
    "Audio",
    "Background",
    "BackgroundType",
    "DigitalRole",
    "Effects",
    "Foreground",
    "ForegroundType",
    "Position",
    "Rect",
    "Scene",
    "TakeoverImage",
    "TakeoverQuery",
    "TtsConfig",
    "TtsQuery",
    "file_kind",
    "spoken_length",
]

CANVAS: Final = (1080, 1920)
"""Width and height of the canvas that positions and rectangles refer to, whatever the resolution (ST-E87)."""
SHORTEST_SPEECH: Final = 10
"""Characters that a text to be spoken has at least (ST-SCR-12, ST-TKO-23)."""
WHOLE: Final = -1
"""Duration of a picture that stays to the end; also what is meant without one (ST-SCR-22, ST-TKO-32)."""

_Size: TypeAlias = Annotated[int, integer("pixels of the canvas", "ST-E87", ge=0)]
Rect: TypeAlias = tuple[Int64, Int64, _Size, _Size]
"""x, y, width and height in pixels of the canvas."""

_TAG: Final = re.compile(r"<[^>]*>")
ZIP: Final = (".zip",)
MP3: Final = (".mp3",)
MP4: Final = (".mp4",)
_JPEG: Final = ".jpeg"
IMAGES: Final = (".png", ".jpg", _JPEG)
"""A jpeg is a jpg by its longer name."""


class BackgroundType(IntEnum):
    """What a background is (ST-SCR-18)."""

    IMAGE = 0
    VIDEO = 1
    """mp4."""


class ForegroundType(IntEnum):
    """What a foreground is (ST-SCR-23)."""

    IMAGE = 0


def _rect() -> msgspec.Meta:
    return doc("x, y, width and height on the 1080 x 1920 canvas", "ST-SCR-21", example=[0, 0, 310, 88])


def _duration(description: str, clause: str) -> msgspec.Meta:
    return integer(
        f"{description}, ms; -1, and nothing given: to the end", clause, ge=WHOLE, tolerated="ST-E88", example=WHOLE
    )


def _content(clause: str, example: str) -> msgspec.Meta:
    return doc(
        "text to be spoken, at least 10 characters; blanks around it and tags do not count",
        clause,
        min_length=SHORTEST_SPEECH,
        tolerated=clause,
        example=example,
    )


# --- rules that several objects share ---


_END: Final = r"(?![\s\S])"


def file_kind(path: str, endings: tuple[str, ...], clause: str) -> Matches:
    """A URL or path names a file of some kind; one that names no kind might be any.

    An ending is only a hint at what a file is, so only senders are held to it.
    """
    ending = "|".join(map(_in_any_letters, endings))
    over = rf"(?:[?#]|{_END})"
    host, no_kind = r"[^?#/]*?://[^?#/]*", r"(?:[^?#]*/)?[^?#/.]*"
    return Matches(
        path,
        rf"^(?:[^?#]*(?:{ending})|{no_kind}|{host}){over}",
        clause=clause,
        tolerated=True,
        reason="another kind of file",
        expected=f"a file ending in {' or '.join(ending for ending in endings if ending != _JPEG)}",
    )


def _in_any_letters(ending: str) -> str:
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() else re.escape(char) for char in ending)


def spoken_length(content: str, *, markup: bool) -> int:
    """Characters of a text that count towards the least: code points after trimming, without tags (ST-E37).

    Args:
        content: the text.
        markup: whether it carries tags (`TtsQuery.ssml`).
    """
    return len((_TAG.sub("", content) if markup else content).strip())


_SOME_TIME: Final = Excluded("duration", (0,), clause="ST-E88", tolerated=True, expected="-1, or milliseconds above 0")
"""Zero is the one whole number above -1 that is no duration."""


# --- figure and voice ---


class Position(Validated, rename=None):
    """Where the picture of the figure begins (003 L858-1061)."""

    x: Annotated[int, integer("canvas left edge to picture left edge, pixels", "ST-SCR-06")] | UnsetType = UNSET
    y: Annotated[int, integer("canvas top edge to picture top edge, pixels", "ST-SCR-06")] | UnsetType = UNSET


class DigitalRole(Validated, rename=None):
    """The figure (003 L858-1061). The table spells the key of this object with a space, ``digital role`` (ST-E75)."""

    id: Annotated[int, integer("id of the figure", "ST-E74", example=2001)] | UnsetType = UNSET
    face_feature_id: Annotated[str, doc("id of its face features", "ST-E74")] | UnsetType = UNSET
    name: Annotated[str, doc("its name", "ST-E74")] | UnsetType = UNSET
    url: (
        Annotated[str, doc("zip package of the figure", "ST-SCR-07", example="https://files.example.com/role.zip")]
        | UnsetType
    ) = UNSET
    position: Annotated[Position, doc("where its picture begins on the canvas", "ST-SCR-06")] | UnsetType = UNSET
    scale: Annotated[float, doc("scale of its picture", "ST-E84", example=1.0)] | UnsetType = UNSET

    sender_constraints = (file_kind("url", ZIP, "ST-SCR-07"),)


class TtsConfig(Validated, rename=None):
    """The voice (003 L858-1061): a combined id, or an id with its supplier; if all are given, `qid` wins (ST-E90)."""

    qid: Annotated[str, doc("combined id of the voice, instead of id and vendor_id", "ST-SCR-08")] | UnsetType = UNSET
    id: Annotated[str, doc("id of the voice; may be left out with a qid", "ST-SCR-08")] | UnsetType = UNSET
    name: Annotated[str, doc("name of the voice", "ST-E74")] | UnsetType = UNSET
    vendor_id: Annotated[int, integer("supplier of the voice; may be left out with a qid", "ST-E90")] | UnsetType = (
        UNSET
    )
    language: Annotated[str, doc("language code", "ST-SCR-13", example="zh-CN")] | UnsetType = UNSET
    pitch_offset: (
        Annotated[float, doc("pitch: above 0 sharper, below 0 deeper", "ST-SCR-09", ge=-60, le=60)] | UnsetType
    ) = UNSET
    speed_ratio: (
        Annotated[float, doc("how long speech takes: LARGER IS SLOWER, 1 is normal", "ST-SCR-10", ge=0.5, le=2)]
        | UnsetType
    ) = UNSET
    volume: Annotated[int, integer("loudness, 100 is normal", "ST-SCR-11", ge=1, le=400)] | UnsetType = UNSET

    @property
    def pace(self) -> float:
        """How fast speech is, compared to normal: 2.0 is twice as fast. The wire says it the other way (ST-E79)."""
        return 1.0 if self.speed_ratio is UNSET else 1 / self.speed_ratio

    def stretched(self, factor: float) -> TtsConfig:
        """A copy whose speech takes `factor` times as long as normal, 0.5 to 2: that is `speed_ratio` (ST-E79).

        Raises:
            ValidationError: out of range.
        """
        return self.replace(speed_ratio=factor)

    constraints = (
        Presence(
            ("qid", "id"),
            least=1,
            filled=True,
            clause="ST-SCR-08",
            reason="neither qid nor id",
            expected="a qid, or an id",
        ),
        Needs(
            ("id",),
            "vendor_id",
            unless=("qid",),
            filled=True,
            clause="ST-E90",
            level="note",
            tolerated=True,
            reason="there is an id without its supplier",
        ),
    )


# --- speech ---


class _Speech(Validated, rename=None):
    content: str | UnsetType = UNSET
    ssml: Annotated[bool, doc("whether it carries tags, USSML (advised) or SSML", "ST-SCR-14")] | UnsetType = UNSET


_LONG_ENOUGH: Final = "0123456789"


def _long_enough(clause: str) -> Computed:
    """A text has enough characters that count; one that is too short altogether breaks the limit of its field."""

    def judge(query: _Speech) -> Iterable[Finding]:
        if not holds(query):
            length = spoken_length(str(query.content), markup=query.ssml is True)
            expected = f"text of at least {SHORTEST_SPEECH} characters"
            yield Finding(clause, "content", f"got {length}, blanks and tags apart", expected, tolerated=True)

    def holds(query: _Speech) -> bool:
        content = query.content
        if content is UNSET or len(content) < SHORTEST_SPEECH:
            return True
        # Asked for with every script that is read, so nothing is called that need not be.
        counted = content.strip() if query.ssml is not True else _TAG.sub("", content).strip()
        return len(counted) >= SHORTEST_SPEECH

    return Computed(
        ("content", "ssml"),
        judge,
        f"content has at least {SHORTEST_SPEECH} characters, blanks around it apart, and tags where ssml is true",
        {"content": " 012345678 "},
        lambda fields: fields.update(content=_LONG_ENOUGH),
        holds=holds,
        clause=clause,
        tolerated=True,
    )


class TtsQuery(_Speech, rename=None):
    """A text to be spoken (003 L858-1061). It wins over audio files beside it (ST-SCR-16)."""

    content: Annotated[str, _content("ST-SCR-12", "Welcome to our show!")] | UnsetType = UNSET

    constraints = (_long_enough("ST-SCR-12"),)


class TakeoverQuery(_Speech, rename=None):
    """A text to be spoken in a takeover (003 L1063-1119). It wins over an audio file beside it (ST-TKO-24)."""

    content: Annotated[str, _content("ST-TKO-23", "Now for the weather.")] | UnsetType = UNSET

    constraints = (_long_enough("ST-TKO-23"),)


class Audio(Validated, rename=None):
    """An audio file to be spoken (003 L858-1061)."""

    url: (
        Annotated[str, doc("mp3 file to be spoken", "ST-SCR-17", example="https://files.example.com/hello.mp3")]
        | UnsetType
    ) = UNSET

    sender_constraints = (file_kind("url", MP3, "ST-SCR-17"),)


# --- pictures ---


class Background(Validated, rename=None):
    """A picture or video behind the figure (003 L858-1061). Its short side fills, its long side is cropped."""

    type: Annotated[BackgroundType, doc("0 image, 1 mp4 video", "ST-SCR-18")] | UnsetType = UNSET
    name: Annotated[str, doc("name of the background", "ST-E74")] | UnsetType = UNSET
    url: (
        Annotated[str, doc("the file, of any size", "ST-SCR-19", example="https://files.example.com/room.png")]
        | UnsetType
    ) = UNSET
    rect: Annotated[Rect, _rect()] | UnsetType = UNSET
    cycle: Annotated[bool, doc("videos only: true loops, false plays once", "ST-SCR-20")] | UnsetType = UNSET
    start: Annotated[int, integer("when it appears, ms", "ST-SCR-22", example=0)] | UnsetType = UNSET
    duration: Annotated[int, _duration("how long it stays", "ST-SCR-22")] | UnsetType = UNSET

    constraints = (
        *when(
            "type",
            BackgroundType.IMAGE,
            Absent(
                "cycle",
                clause="ST-E89",
                level="note",
                tolerated=True,
                reason="cycle has no meaning for an image",
            ),
        ),
        _SOME_TIME,
    )
    sender_constraints = tuple(when("type", BackgroundType.VIDEO, file_kind("url", MP4, "ST-SCR-18")))


class Foreground(Validated, rename=None):
    """A picture in front of the figure (003 L858-1061)."""

    type: Annotated[ForegroundType, doc("0 image", "ST-SCR-23")] | UnsetType = UNSET
    name: Annotated[str, doc("name of the foreground", "ST-E74")] | UnsetType = UNSET
    url: Annotated[str, doc("png or jpg", "ST-SCR-23", example="https://files.example.com/logo.png")] | UnsetType = (
        UNSET
    )
    rect: Annotated[Rect, _rect()] | UnsetType = UNSET
    start: Annotated[int, integer("when it appears, ms", "ST-SCR-22", example=0)] | UnsetType = UNSET
    duration: Annotated[int, _duration("how long it stays", "ST-SCR-22")] | UnsetType = UNSET

    constraints = (_SOME_TIME,)
    sender_constraints = (file_kind("url", IMAGES, "ST-SCR-23"),)


class TakeoverImage(Validated, rename=None):
    """A picture during a takeover, in front of the figure or behind it (003 L1063-1119).

    One that begins after the speech has ended is never shown (ST-TKO-29), one that lasts longer is shown to the end of
    the takeover (ST-TKO-30), and after one that lasts shorter there is none (ST-TKO-31).
    """

    url: Annotated[str, doc("png or jpg", "ST-TKO-27", example="https://files.example.com/news.png")] | UnsetType = (
        UNSET
    )
    rect: Annotated[Rect, _rect()] | UnsetType = UNSET
    start: Annotated[int, integer("when it appears, ms", "ST-TKO-29", example=0)] | UnsetType = UNSET
    duration: Annotated[int, _duration("how long it stays", "ST-TKO-32")] | UnsetType = UNSET

    constraints = (_SOME_TIME,)
    sender_constraints = (file_kind("url", IMAGES, "ST-TKO-27"),)


# --- the scene ---


class Effects(Validated, rename=None):
    """Effects (003 L858-1061)."""

    version: Annotated[str, doc("version of the effect engine", "ST-E76", example="1.0")] | UnsetType = UNSET
    beautify: Annotated[Beautify, doc("retouching; may be empty", "ST-E78")] | UnsetType = UNSET


class Scene(Validated, rename=None):
    """One scene (003 L858-1061); `quick_response` and `opening_words` are for interactive lives (ST-E92)."""

    digital_role: Annotated[DigitalRole, doc("the figure", "ST-E75")] | UnsetType = UNSET
    tts_config: Annotated[TtsConfig, doc("the voice", "ST-SCR-08")] | UnsetType = UNSET
    tts_query: Annotated[TtsQuery, doc("text to be spoken; wins over audios", "ST-SCR-16")] | UnsetType = UNSET
    audios: (
        Annotated[tuple[Audio, ...], doc("audio files to be spoken; ignored beside tts_query", "ST-SCR-17")] | UnsetType
    ) = UNSET
    backgrounds: Annotated[tuple[Background, ...], doc("behind the figure", "ST-E39")] | UnsetType = UNSET
    foregrounds: Annotated[tuple[Foreground, ...], doc("in front of the figure", "ST-SCR-23")] | UnsetType = UNSET
    effects: Annotated[Effects, doc("effects", "ST-E76")] | UnsetType = UNSET
    quick_response: (
        Annotated[tuple[Any, ...], doc("filler phrases, of unknown form; in samples only", "ST-E92")] | UnsetType
    ) = UNSET
    opening_words: Annotated[str, doc("spoken when the live begins; in samples only", "ST-E92")] | UnsetType = UNSET

    @property
    def speech(self) -> TtsQuery | tuple[Audio, ...]:
        """What is spoken: the text if there is one, else the audio files, if any (ST-SCR-16)."""
        if self.tts_query is not UNSET:
            return self.tts_query
        return () if self.audios is UNSET else self.audios

    sender_constraints = (
        Required("digital_role", clause="ST-E74", tolerated=True, expected="a figure"),
        Required("tts_config", clause="ST-E74", tolerated=True, expected="a voice"),
    )
