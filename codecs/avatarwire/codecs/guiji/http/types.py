"""The objects inside HTTP requests and answers.

They accept what any section allows; `section_constraints.py` has what each section requires and leaves out. A field
that is None was absent or null, and is not written. Pages and the data of single operations are in `responses.py`.

Source: 3.2 to 3.18.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from ...core.constraints import OneOf, when
from ...message import Message, doc, integer
from ..http_enums import Language, LiveStatusName, MaterialType, Posture, Proportion, SceneType
from ..messages.parts import Part, int64
from ..messages.times import minute_doc, time_doc

__all__ = [
    "TYPES",
    "ChangeVoiceVO",
    "HttpFlvVO",
    "LiveInfoVO",
    "LiveRecordVo",
    "MaterialCategoryVO",
    "MaterialVo",
    "PlayaddrVO",
    "PublicMaterialVO",
    "RobotVO",
    "RtmpVO",
    "RtspVO",
    "SceneVO",
    "TtsModelVo",
]


class SceneVO(Part):
    """One scene of a presenter (3.2-3.5, 3.10, 3.11)."""

    scene_code: Annotated[str, doc("code of the scene; udCode in CreateNewSession", "GJ-R027", example="2001")]
    proportion: Annotated[str, doc("aspect ratio of the picture", "GJ-R036", values=list(Proportion))] | None = None
    posture: (
        Annotated[str, doc("0 other, 1 standing, 2 sitting; a text", "GJ-R037", values=list(Posture), example="1")]
        | None
    ) = None
    duration: Annotated[int, int64("length of the scene, seconds", "GJ-R039", ge=0)] | None = None
    scene_name: Annotated[str, doc("name of the scene", "GJ-R027")]
    example_url: Annotated[str, doc("URL of a preview")] | None = None
    video_cover_url: (
        Annotated[str, doc("URL of the template video; sequence in CreateNewSession needs it", "GJ-E19")] | None
    ) = None
    scene_type: (
        Annotated[int, integer("0 basic, green screen; 1 VIP; 2 live", "GJ-R038", values=list(SceneType), ge=0)] | None
    ) = None
    cover_url: Annotated[str, doc("URL of the cover picture")] | None = None

    constraints = (
        OneOf("proportion", tuple(Proportion), clause="GJ-R036", tolerated=True),
        OneOf("posture", tuple(Posture), clause="GJ-R037", tolerated=True),
    )


class RobotVO(Part):
    """One presenter (3.2-3.5, 3.10, 3.11)."""

    id: Annotated[int, int64("id of the presenter; left out in two samples", "GJ-E16", example=1001)] | None = None
    cover_url: Annotated[str, doc("URL of the cover picture")] | None = None
    robot_desc: Annotated[str, doc("the presenter in words")] | None = None
    robot_code: Annotated[str, doc("code of the presenter", "GJ-R026", example="3001")]
    robot_name: Annotated[str, doc("name of the presenter", "GJ-R026")]
    scene_list: Annotated[tuple[SceneVO, ...], doc("scenes of the presenter", "GJ-R026")] | None = None


class LiveInfoVO(Part):
    """One live room (3.4, 3.5)."""

    id: Annotated[int, int64("id of the live room", "GJ-R035", example=4001)]
    cutin_flag: Annotated[bool, doc("whether cut-ins are enabled")] | None = None
    live_name: Annotated[str, doc("name of the live room")] | None = None
    robot_list: Annotated[tuple[RobotVO, ...], doc("presenters of the room")] | None = None


class MaterialVo(Part):
    """One material of a live room (3.7)."""

    id: Annotated[int, int64("id of the material, used in playlists", "GJ-R052", example=5001)]
    material_type: Annotated[str, doc("AUDIO or TEXT", "GJ-R045", values=list(MaterialType))] | None = None
    material_description: Annotated[str, doc("the material in words", "GJ-R051")] | None = None
    text: Annotated[str, doc("words to speak, of TEXT")] | None = None
    material_url: Annotated[str, doc("URL of the sound, of AUDIO")] | None = None
    live_id: Annotated[int, int64("id of the live room", "GJ-R044")]
    duration: Annotated[int, int64("length in milliseconds, 0 for TEXT", "GJ-R054", ge=0)]
    created_time: Annotated[str, time_doc("when it was made; not in the table", "GJ-E30")] | None = None

    constraints = when("materialType", MaterialType.TEXT, OneOf("duration", (0,), clause="GJ-R054", tolerated=True))


class TtsModelVo(Part):
    """One voice (3.8, 3.9)."""

    id: Annotated[int, int64("id of the row, of platform voices only", "")] | None = None
    tts_name: Annotated[str, doc("name of the voice")]
    tts_introduction: Annotated[str, doc("the voice in words, separated by |")]
    tts_speaker: Annotated[str, doc("ttsSpeaker of 3.6 and 3.13", "GJ-R057", example="speaker-1")]
    tts_category: Annotated[str, doc("category of the model")]
    tts_audition: Annotated[str, doc("URL of a sample")]
    tts_cover: Annotated[str, doc("URL of the cover picture")]
    tts_source: Annotated[int, int64("ttsSource of 3.6 and 3.13", "GJ-R057", example=10)]
    languages: Annotated[
        tuple[Annotated[str, doc("cn Chinese, en English", "GJ-R055", values=list(Language))], ...],
        doc("languages it speaks", "GJ-R055"),
    ]
    ssml_flag: Annotated[bool, doc("whether it takes SSML", "GJ-R056")]
    f0up_key_flag: Annotated[bool, doc("whether it takes f0upKey", "GJ-R056")] = msgspec.field(name="f0upKeyFlag")
    user_category: Annotated[str, doc("class of the voice")]


class ChangeVoiceVO(Part):
    """One voice that a voice can be converted to (3.12)."""

    id: Annotated[int, int64("id of the voice", "GJ-E39", example=7001)]
    speaker_code: Annotated[str, doc("code of the voice, for changeVoiceSpeaker", "GJ-E32", example="change-1")]
    speaker_name: Annotated[str, doc("name of the voice")]
    tts_audition: Annotated[str, doc("URL of a sample")]
    tts_cover: Annotated[str, doc("URL of the picture", "GJ-E39")] | None = None


class MaterialCategoryVO(Part):
    """One category of public materials (3.14)."""

    id: Annotated[int, int64("id of the row")]
    parent_code: Annotated[str, doc("code of the parent, none for a root", "GJ-R062")] | None = None
    name: Annotated[str, doc("name of the category")]
    code: Annotated[str, doc("code of the category", "GJ-R060", example="festive")]


class PublicMaterialVO(Part):
    """One public material (3.15), which the document calls MaterialCategoryVO once more (GJ-E42)."""

    id: Annotated[int, int64("id of the row")]
    category_code: Annotated[str, doc("code of its category", "GJ-E42")] | None = None
    name: Annotated[str, doc("name of the material", "GJ-E42")]
    code: Annotated[str, doc("code of the material, not of the category", "GJ-E42")]
    file_url: Annotated[str, doc("URL of the file, perhaps with unescaped characters", "GJ-E43")]
    file_type: Annotated[str, doc("kind of file", example="gif")]
    cover_url: Annotated[str, doc("URL of the cover picture", "GJ-E43")] | None = None


class LiveRecordVo(Part):
    """One broadcast (3.16)."""

    id: Annotated[int, int64("id of the record")]
    live_name: Annotated[str, doc("name of the live room")]
    mode_name: Annotated[str, doc("names of the presenters, one text")]
    live_status_name: Annotated[str, doc("state, in Chinese words", "GJ-R063", values=list(LiveStatusName))]
    crop_name: Annotated[str, doc("company it belongs to, spelt so", "GJ-E44")]
    begin_time: Annotated[str, minute_doc("when it began; the sample has no seconds", "GJ-E44")]
    total_duration_str: Annotated[str, doc("length of the broadcast in words", "GJ-E44")] | None = None
    session_id: Annotated[str, doc("id of the session", "GJ-E46")] | None = None
    live_id: Annotated[int, int64("id of the live room; not in the table", "GJ-E44")] | None = None
    duration: Annotated[float, doc("length, unit not documented; not in the table", "GJ-E44")] | None = None


class RtmpVO(Part):
    """Where to pull RTMP (3.17, 4.2.8)."""

    lan: Annotated[str, doc("URL inside the local network", "GJ-R071")] | None = None
    wan: Annotated[str, doc("URL from outside", "GJ-E50")] | None = None


class RtspVO(Part):
    """Where to pull RTSP (3.17, 4.2.8)."""

    lan: Annotated[str, doc("URL inside the local network", "GJ-R071")] | None = None
    wan: Annotated[str, doc("URL from outside", "GJ-E50")] | None = None


class HttpFlvVO(Part):
    """Where to pull HTTP-FLV (3.17, 4.2.8)."""

    lan: Annotated[str, doc("URL inside the local network", "GJ-R071")] | None = None
    wan: Annotated[str, doc("URL from outside", "GJ-E50")] | None = None


class PlayaddrVO(Part):
    """Where to pull the stream of a session (3.17); over MQTT the last member is http-flv (GJ-E48)."""

    rtmp: Annotated[RtmpVO, doc("RTMP", "GJ-R071")] | None = None
    rtsp: Annotated[RtspVO, doc("RTSP", "GJ-R071")] | None = None
    http_flv: Annotated[HttpFlvVO, doc("HTTP-FLV", "GJ-E48")] | None = msgspec.field(default=None, name="http_flv")


TYPES: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        type_.__name__: type_
        for type_ in (
            LiveInfoVO,
            RobotVO,
            SceneVO,
            MaterialVo,
            TtsModelVo,
            ChangeVoiceVO,
            MaterialCategoryVO,
            PublicMaterialVO,
            LiveRecordVo,
            PlayaddrVO,
            RtmpVO,
            RtspVO,
            HttpFlvVO,
        )
    }
)
"""The objects inside requests and answers, by the document's names."""
