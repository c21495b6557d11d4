"""The parameters of the eighteen HTTP operations.

Strict: required fields are required, enumerations are closed, and the rules between fields hold. A field that is None
was absent or null, and is not written; only updateLive distinguishes the two. Where they travel, in the query or in the
body, is said in this package; which variants of them are understood, in `repair_tables.py`.

Source: 3.1 to 3.18.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import UNSET, UnsetType

from ...core.constraints import Constraint, Matches, Presence, Required, when
from ...core.masking import Masked
from ...message import Message, doc
from ..http_enums import DEFAULT_PAGE, DEFAULT_PAGE_SIZE, LARGEST_VOICE_SETTING, MaterialType
from ..messages.parts import Part, int64
from .section_constraints import MADE, UPDATED
from .types import RobotVO

__all__ = [
    "MATERIAL_RULES",
    "CreateLiveRequest",
    "CreateLiveSessionRequest",
    "GetAccessTokenRequest",
    "GetPullPathRequest",
    "ListChangeVoicesRequest",
    "ListCustomizedRobotsRequest",
    "ListCustomizedSpeakersRequest",
    "ListPlatformRobotsRequest",
    "ListPlatformSpeakersRequest",
    "PagedRequest",
    "QueryLivePageRequest",
    "QueryLiveRecordsRequest",
    "QueryLiveRequest",
    "QueryMaterialCategoriesRequest",
    "QueryMaterialRequest",
    "QueryPublicMaterialsRequest",
    "SynthesizeAndChangeVoiceRequest",
    "UpdateLiveRequest",
    "UploadMaterialRequest",
]


def _setting(description: str) -> msgspec.Meta:
    return doc(f"{description}, -20 to 20", "GJ-R048", ge=-LARGEST_VOICE_SETTING, le=LARGEST_VOICE_SETTING, example=0.5)


def _emotion() -> msgspec.Meta:
    return doc(
        "emotion of the voice, -20 to 20", "GJ-R049", ge=-LARGEST_VOICE_SETTING, le=LARGEST_VOICE_SETTING, example=2
    )


def _conversion() -> msgspec.Meta:
    return doc("speakerCode of the voice to convert to; for conversion only", "GJ-R050", min_length=1)


class PagedRequest(Part):
    """What every paged query has; what is left at its default is not written (GJ-E28)."""

    page: Annotated[int, int64("page, counted from 1; 1 when absent", "GJ-R040", ge=1)] = DEFAULT_PAGE
    page_size: Annotated[int, int64("rows of a page; 10 when absent", "GJ-R040", ge=1)] = DEFAULT_PAGE_SIZE


class GetAccessTokenRequest(Masked):
    """getAccessToken: who asks for a token (3.1)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"app_secret"})

    app_id: Annotated[str, doc("id that the vendor has issued", "GJ-R001", example="app-1")]
    app_secret: Annotated[str, doc("secret that goes with it", "GJ-R002")]


class CreateLiveRequest(Part):
    """createLive: the live room to make (3.2)."""

    cutin_flag: Annotated[bool, doc("whether cut-ins are enabled", "GJ-R024")]
    live_name: Annotated[str, doc("name of the room", "GJ-R024", min_length=1)]
    robot_list: Annotated[tuple[RobotVO, ...], doc("presenters, may be empty", "GJ-E17")] | None = None

    constraints = MADE


class UpdateLiveRequest(Message):
    """updateLive: what to change of a live room (3.3).

    Three states are distinguished (GJ-E18): ``UNSET`` for absent and None for null both leave the value as it is, an
    empty list of presenters takes them all away, another one replaces the list.
    """

    id: Annotated[int, int64("id of the room", "GJ-R030", example=4001)]
    cutin_flag: Annotated[bool, doc("whether cut-ins are enabled", "GJ-R031")] | UnsetType | None = UNSET
    live_name: Annotated[str, doc("name of the room", "GJ-R031", min_length=1)] | UnsetType | None = UNSET
    robot_list: Annotated[tuple[RobotVO, ...], doc("presenters; none when empty", "GJ-R032")] | UnsetType | None = UNSET

    constraints = UPDATED


class QueryLiveRequest(Message):
    """queryLive: which live room to read (3.4)."""

    id: Annotated[int, int64("id of the room", "GJ-R035", example=4001)]


class QueryLivePageRequest(PagedRequest):
    """queryLivePage: which page of live rooms (3.5)."""


def _filled(path: str) -> Matches:
    return Matches(path, r"\S", clause="GJ-R047", reason="got no words", expected="text that is not blank")


MATERIAL_RULES: Final[tuple[Constraint, ...]] = (
    *when(
        "materialType",
        MaterialType.AUDIO,
        Required("materialUrl", clause="GJ-R046"),
        Matches(
            "materialUrl",
            "^[Hh][Tt][Tt][Pp][Ss]?://",
            clause="GJ-E34",
            reason="wrong form",
            expected="a URL that begins with http:// or https://",
        ),
    ),
    *when(
        "materialType",
        MaterialType.TEXT,
        *(
            Required(name, clause="GJ-R047")
            for name in ("text", "ttsSource", "ttsSpeaker", "volume", "intonation", "speedRate")
        ),
        _filled("text"),
        _filled("ttsSpeaker"),
    ),
)
"""What each kind of material needs (3.6)."""


class UploadMaterialRequest(Part):
    """uploadMaterial: a text to speak, or where a sound is; no file travels (3.6, GJ-E34)."""

    live_id: Annotated[int, int64("id of the live room", "GJ-R045", example=4001)]
    material_type: Annotated[MaterialType, doc("AUDIO or TEXT", "GJ-R045")]
    change_voice_speaker: Annotated[str, _conversion()] | None = None
    material_description: Annotated[str, doc("the material in words, recommended", "GJ-R051")] | None = None
    material_url: (
        Annotated[str, doc("URL of 48K sound; for AUDIO", "GJ-R046", example="http://127.0.0.1/hello.wav")] | None
    ) = None
    text: Annotated[str, doc("words to speak; for TEXT", "GJ-R047", example="你好")] | None = None
    tts_source: Annotated[int, int64("ttsSource of the voice; for TEXT", "GJ-R047", example=10)] | None = None
    tts_speaker: Annotated[str, doc("ttsSpeaker of the voice; for TEXT", "GJ-R047", example="speaker-1")] | None = None
    volume: Annotated[float, _setting("loudness; for TEXT")] | None = None
    intonation: Annotated[float, _setting("pitch; for TEXT")] | None = None
    speed_rate: Annotated[float, _setting("speed; for TEXT")] | None = None
    f0up_key: Annotated[int, _emotion()] | None = msgspec.field(default=None, name="f0upKey")

    constraints = MATERIAL_RULES


class QueryMaterialRequest(PagedRequest):
    """queryMaterial: which page of a live room's materials (3.7)."""

    live_id: Annotated[int, int64("id of the live room", "GJ-R053", example=4001)]
    material_type: Annotated[MaterialType, doc("only these: AUDIO or TEXT", "GJ-R053")] | None = None


class ListPlatformSpeakersRequest(PagedRequest):
    """listPlatformSpeakers: which page of the platform's voices (3.8)."""


class ListCustomizedSpeakersRequest(Message):
    """listCustomizedSpeakers: nothing to say (3.9, GJ-R043)."""


class ListPlatformRobotsRequest(Message):
    """listPlatformRobots: nothing to say (3.10, GJ-R043)."""


class ListCustomizedRobotsRequest(Message):
    """listCustomizedRobots: nothing to say (3.11, GJ-R043)."""


class ListChangeVoicesRequest(PagedRequest):
    """listChangeVoices: which page of the voices to convert to (3.12)."""


class SynthesizeAndChangeVoiceRequest(Part):
    """synthesizeAndChangeVoice: how a sample should sound (3.13). The document has no words to speak (GJ-E36)."""

    change_voice_speaker: Annotated[str, _conversion()] | None = None
    tts_source: Annotated[int, int64("ttsSource of the voice", "GJ-R059", example=10)]
    tts_speaker: Annotated[str, doc("ttsSpeaker of the voice", "GJ-R059", min_length=1, example="speaker-1")]
    volume: Annotated[float, _setting("loudness")]
    intonation: Annotated[float, _setting("pitch")]
    speed_rate: Annotated[float, _setting("speed")]
    f0up_key: Annotated[int, _emotion()] | None = msgspec.field(default=None, name="f0upKey")
    text: Annotated[str, doc("words to speak; not in the document", "GJ-E36")] | None = None


class QueryMaterialCategoriesRequest(Part):
    """queryMaterialCategories: which categories (3.14)."""

    code: Annotated[str, doc("code of a category; all when absent", "GJ-R060", example="festive")] | None = None


class QueryPublicMaterialsRequest(PagedRequest):
    """queryPublicMaterials: which page of public materials (3.15)."""

    code: Annotated[str, doc("code of the category", "GJ-R061", example="festive")] | None = None
    parent_code: Annotated[str, doc("code of the category's parent", "GJ-R061")] | None = None
    name: Annotated[str, doc("word in the name", "GJ-E40")] | None = None

    constraints = (
        Presence(
            ("code", "parentCode"),
            least=1,
            filled=True,
            clause="GJ-R061",
            reason="neither code nor parentCode has a value",
            expected="one of them",
        ),
    )


class QueryLiveRecordsRequest(PagedRequest):
    """queryLiveRecords: which page of broadcasts (3.16)."""


class GetPullPathRequest(Message):
    """getPullPath: of which session, and for how long (3.17)."""

    live_id: Annotated[int, int64("id of the live room", "GJ-R069", example=4001)]
    session_id: Annotated[str, doc("id of the session", "GJ-R069", min_length=1, example="session-1")]
    duration: Annotated[int, int64("seconds, purpose not documented", "GJ-E51", ge=1, example=180)]


class CreateLiveSessionRequest(Part):
    """createLiveSession: the session to make (3.18)."""

    live_id: Annotated[int, int64("id of the live room", "GJ-R064", example=4001)]
    name: Annotated[str, doc("name of the session", "GJ-R064")] | None = None
