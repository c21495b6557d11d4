"""The objects inside the HTTP replies, and the list of all objects inside requests and replies.

Nothing is required in them, as the reply tables promise nothing (ALI-E119), and their enumerations are open. Replies
themselves live in `responses.py`; the objects of a save request, which are strict, in `save.py`.

One name differs from the document's: a scene, there *frame*, is `ProjectFrame` here, as `wire/frame.py` has a `Frame`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import field

from ...message import Message, doc, integer
from ..http_enums import (
    AnchorStatus,
    AnchorType,
    DigitalHumanType,
    Gender,
    LayerType,
    MaterialFormat,
    ProjectStatus,
    ResSpecType,
    ScaleType,
    SessionStatus,
    SupportBgChange,
    TtsVersion,
    UseScene,
    VoiceLanguage,
    VoiceType,
)
from .save import SaveFrame, SaveLayer, SaveMaterial, SaveVideoScript

__all__ = [
    "TYPES",
    "AnchorResponse",
    "AvatarProjectSummary",
    "Layer",
    "Material",
    "ProjectFrame",
    "QueryResourceInfo",
    "ReplyPart",
    "SessionInfo",
    "VideoScript",
    "VoiceModelResponse",
]


class ReplyPart(Message, omit_defaults=True):
    """Base of replies and of the objects in them: a field that is None was absent, and is not written."""


class AvatarProjectSummary(ReplyPart):
    """One project of ListAvatarProject (API 1)."""

    status: (
        Annotated[str, doc("state of publication, not of a start", "ALI-R010", values=list(ProjectStatus))] | None
    ) = None
    project_name: Annotated[str, doc("name of the project", "ALI-R009")] | None = None
    project_id: Annotated[str, doc("id of the project", "ALI-R009", example="731904618250473472")] | None = None
    agent_id: Annotated[str, doc("id of the conversational agent", "ALI-R009")] | None = None
    error_msg: Annotated[str, doc("what went wrong", "ALI-R009")] | None = None


class Material(ReplyPart):
    """What a layer of a project shows (API 2.2.3)."""

    id: Annotated[str, doc("id of the figure", "ALI-R017")] | None = None
    url: Annotated[str, doc("http address of the background", "ALI-R018")] | None = None
    format: Annotated[str, doc("MIME type of the background", "ALI-R019", values=list(MaterialFormat))] | None = None


class Layer(ReplyPart):
    """One picture of a scene (API 2.2.2)."""

    type: Annotated[str, doc("BACKGROUND or ANCHOR, the figure", "ALI-R015", values=list(LayerType))] | None = None
    position_x: Annotated[int, integer("canvas left edge to picture left edge, pixels", "ALI-R041")] | None = None
    position_y: Annotated[int, integer("canvas top edge to picture top edge, pixels", "ALI-R041")] | None = None
    width: Annotated[int, integer("pixels", "ALI-R016")] | None = None
    height: Annotated[int, integer("pixels", "ALI-R016")] | None = None
    material: Annotated[Material, doc("what is shown", "ALI-R015")] | None = None
    index: Annotated[int, integer("place of the layer; SDK 2.14.0 and newer", "ALI-E117")] | None = None


class VideoScript(ReplyPart):
    """The voice of a scene (API 2.2.4)."""

    voice_template_id: Annotated[str, doc("voiceId of the voice, as text", "ALI-E81")] | None = None
    speed_rate: Annotated[str, doc("speech speed, 0.8 to 2.0, 1 is normal", "ALI-R021", example="1.0")] | None = None
    volume: Annotated[int, integer("loudness; SDK 2.14.0 and newer", "ALI-E117", example=50)] | None = None
    voice_language: Annotated[str, doc("language of the voice; SDK 2.14.0 and newer", "ALI-E117")] | None = None
    emotion: Annotated[str, doc("mood of the voice; SDK 2.14.0 and newer", "ALI-E117")] | None = None
    pitch_rate: Annotated[str, doc("pitch, a number as text; SDK 2.14.0 and newer", "ALI-E117")] | None = None
    text_content: Annotated[str, doc("text of the scene; SDK 2.14.0 and newer", "ALI-E117")] | None = None


class ProjectFrame(ReplyPart):
    """One scene of a project (API 2.2.1)."""

    layers: Annotated[tuple[Layer, ...], doc("pictures", "ALI-R014")] | None = None
    video_script: Annotated[VideoScript, doc("the voice", "ALI-R014")] | None = None
    index: Annotated[int, integer("place of the scene; SDK 2.14.0 and newer", "ALI-E117")] | None = None


class QueryResourceInfo(ReplyPart):
    """One resource of the account (API 5)."""

    resource_id: Annotated[str, doc("id of the resource", "ALI-R031")] | None = None
    type: Annotated[str, doc("tier of the resource", "ALI-R031", values=list(ResSpecType))] | None = None
    valid_period_time: (
        Annotated[str, doc("end of validity, milliseconds since 1970 as text", "ALI-E90", example="1788220800000")]
        | None
    ) = None


class SessionInfo(ReplyPart):
    """One session of a project (API 8.2)."""

    session_id: Annotated[str, doc("id of the session", "ALI-R053")] | None = None
    status: (
        Annotated[
            str,
            doc(
                "FREE idle, never in the advanced tier; BUSY in use; STOPPED",
                "ALI-R054",
                values=list(SessionStatus),
            ),
        ]
        | None
    ) = None


class AnchorResponse(ReplyPart):
    """One figure of ListAnchor (API 9.2).

    The id has two wire names: the document's `anchoId` and the published SDK's `anchorId` (ALI-E58). Read it as
    `anchor_id`; an answer that is to suit every client gives both.
    """

    ancho_id: Annotated[str, doc("id of the figure, as the document spells it", "ALI-E58")] | None = None
    sdk_anchor_id: (
        Annotated[str, doc("id of the figure, as the published SDK spells it", "ALI-E58", example="520017")] | None
    ) = field(default=None, name="anchorId")
    anchor_material_name: Annotated[str, doc("name of the figure")] | None = None
    anchor_type: Annotated[str, doc("public or private", "ALI-R056", values=list(AnchorType))] | None = None
    cover_url: Annotated[str, doc("URL of the cover picture")] | None = None
    cover_thumbnail_url: Annotated[str, doc("URL of the cover's thumbnail")] | None = None
    cover_width: Annotated[int, integer("width of the cover, pixels", "ALI-E59")] | None = field(
        default=None, name="coverWeight"
    )
    cover_height: Annotated[int, integer("height of the cover, pixels", "ALI-E59")] | None = None
    cover_rate: Annotated[str, doc("aspect ratio of the cover", "ALI-R058", values=list(ScaleType))] | None = None
    status: Annotated[str, doc("Usable: online", "ALI-R062", values=list(AnchorStatus))] | None = None
    digital_human_type: Annotated[str, doc("class of the figure", "ALI-R059", values=list(DigitalHumanType))] | None = (
        None
    )
    use_scene: Annotated[str, doc("what it is for", "ALI-R055", values=list(UseScene))] | None = None
    resource_type_desc: Annotated[str, doc("tier in words")] | None = None
    gender: Annotated[str, doc("F or M, must be the voice's", "ALI-R061", values=list(Gender))] | None = None
    support_bg_change: (
        Annotated[
            int,
            integer(
                "whether the background can be replaced: 0 no, 1 yes",
                "ALI-R063",
                values=list(SupportBgChange),
            ),
        ]
        | None
    ) = None
    anchor_category: Annotated[str, doc("kind of figure; SDK 2.7.1 and newer", "ALI-E117")] | None = None

    @property
    def anchor_id(self) -> str | None:
        """The figure's id under whichever name it came, the document's first (ALI-E58)."""
        return self.sdk_anchor_id if self.ancho_id is None else self.ancho_id


class VoiceModelResponse(ReplyPart):
    """One voice of ListVoiceModels (API 10.2)."""

    voice_id: Annotated[int, integer("id of the voice, 64 bits", "ALI-R067", example=101)] | None = None
    voice_name: Annotated[str, doc("name of the voice")] | None = None
    voice_model: Annotated[str, doc("parameter value of the voice")] | None = None
    voice_gender: Annotated[str, doc("M or F, must be the figure's", "ALI-R061", values=list(Gender))] | None = None
    voice_url: Annotated[str, doc("URL of a sample")] | None = None
    voice_language: Annotated[str, doc("zh or en", "ALI-R066", values=list(VoiceLanguage))] | None = None
    voice_desc: Annotated[str, doc("the voice in words")] | None = None
    voice_type: (
        Annotated[str, doc("public or private; not in the document", "ALI-E117", values=list(VoiceType))] | None
    ) = None
    use_scene: Annotated[str, doc("what it is for", "ALI-R064", values=list(UseScene))] | None = None
    resource_type_desc: Annotated[str, doc("tier in words")] | None = None
    tts_version: Annotated[int, integer("version of the synthesis", "ALI-R066", values=list(TtsVersion))] | None = None

    @property
    def voice_template_id(self) -> str | None:
        """The id as a save request wants it: decimal digits as text (ALI-R067)."""
        return None if self.voice_id is None else str(self.voice_id)


TYPES: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        "AvatarProjectSummary": AvatarProjectSummary,
        "Frame": ProjectFrame,
        "Layer": Layer,
        "Material": Material,
        "VideoScript": VideoScript,
        "SaveFrame": SaveFrame,
        "SaveLayer": SaveLayer,
        "SaveMaterial": SaveMaterial,
        "SaveVideoScript": SaveVideoScript,
        "QueryResourceInfo": QueryResourceInfo,
        "SessionInfo": SessionInfo,
        "AnchorResponse": AnchorResponse,
        "VoiceModelResponse": VoiceModelResponse,
    }
)
"""The objects by their catalogue ids, in the order of the document."""
