"""The parameters of the twelve HTTP operations.

Strict: required fields are required, enumerations are closed, and the rules between fields hold. Fields that the
published SDK has beyond the document are here too, each with the release it came with (ALI-E117). Where they travel, in
the query or in the body, is said in this package; which variants of them are understood, in `repair_tables.py`.

Source: API 1 to API 10, the Java and the Android samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from ...core.constraints import Absent, Constraint, Excluded, Limits, Matches, Presence, Required, when
from ...core.masking import Masked
from ...message import Message, doc, integer
from ..http_enums import (
    DEFAULT_CHANNELS,
    DEFAULT_PAGE,
    DEFAULT_PAGE_SIZE,
    AnchorResSpecType,
    AnchorType,
    DigitalHumanType,
    OperateType,
    ResSpecType,
    ResType,
    SaveOperateType,
    ScaleType,
    SendTextType,
    SessionQueryStatus,
    UseScene,
    VoiceLanguage,
    VoiceResSpecType,
    VoiceType,
)
from .save import SaveFrame

__all__ = [
    "SAVE_RULES",
    "CheckSessionRequest",
    "ListAnchorRequest",
    "ListAvatarProjectRequest",
    "ListVoiceModelsRequest",
    "OperateAvatarProjectRequest",
    "QueryAvatarProjectRequest",
    "QueryAvatarResourceRequest",
    "QuerySessionInfoRequest",
    "SaveAvatarProjectRequest",
    "SendTextMsgRequest",
    "StartAvatarSessionRequest",
    "StopAvatarSessionRequest",
]

_TRIMMED: Final = r"^[^\x00-\x20]([\s\S]*[^\x00-\x20])?(?![\s\S])"
"""The vendor's sample trims every character up to the space (ALI-R071)."""


def _project_id(clause: str) -> msgspec.Meta:
    return doc("id of the project", clause, min_length=1, example="731904618250473472")


def _session_id(clause: str) -> msgspec.Meta:
    return doc("id of the session", clause, min_length=1, example="s-1")


def _not_empty(path: str) -> Limits:
    return Limits(path, min_length=1, is_list=True, clause="ALI-E68", tolerated=True, reason=f"{path} is empty")


class ListAvatarProjectRequest(Message):
    """ListAvatarProject: which projects to look up (API 1)."""

    project_id_list: Annotated[
        tuple[Annotated[str, doc("id of a project, without commas", "ALI-R008", pattern=r"^[^,\[][^,]*$")], ...],
        doc("ids of projects; one comma-joined value in the query", "ALI-R008", example=["731904618250473472"]),
    ]

    constraints = (_not_empty("projectIdList"),)


class QueryAvatarProjectRequest(Message):
    """QueryAvatarProject: which project to describe (API 2.1)."""

    project_id: Annotated[str, _project_id("ALI-R011")]


class StartAvatarSessionRequest(Masked):
    """StartAvatarSession: where and how to start a session (API 3)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"channel_token"})
    urls: ClassVar[frozenset[str]] = frozenset({"custom_push_url"})

    project_id: Annotated[str, _project_id("ALI-R022")]
    request_id: (
        Annotated[
            str,
            doc(
                "id of the caller's choice; the same id twice gives one session",
                "ALI-R022",
                min_length=1,
                example="rq-1",
            ),
        ]
        | UnsetType
    ) = UNSET
    custom_push_url: (
        Annotated[str, doc("URL that the stream is relayed to", "ALI-E96", example="rtmp://127.0.0.1/live/a")]
        | UnsetType
    ) = UNSET
    channel_token: Annotated[str, doc("channel to use, JSON as text; SDK 2.10.0 and newer", "ALI-E117")] | UnsetType = (
        UNSET
    )
    custom_user_id: Annotated[str, doc("caller's user id; SDK 2.10.0 and newer", "ALI-E117")] | UnsetType = UNSET

    constraints = (
        Required(
            "requestId",
            clause="ALI-E70",
            tolerated=True,
            reason="requestId is missing; the call is not idempotent",
        ),
        Matches(
            "customPushUrl",
            r"^[A-Za-z][A-Za-z0-9+.-]*://[\s\S]",
            clause="ALI-E96",
            tolerated=True,
            reason="got none",
            expected="a URL with a scheme",
        ),
    )


class StopAvatarSessionRequest(Message):
    """StopAvatarSession: which session to stop (API 4)."""

    project_id: Annotated[str, _project_id("ALI-R028")]
    session_id: Annotated[str, _session_id("ALI-R028")]


class QueryAvatarResourceRequest(Message):
    """QueryAvatarResource: nothing to say (API 5, ALI-R030)."""

    idempotent_id: Annotated[str, doc("not in the document; the published SDK has it", "ALI-E91")] | UnsetType = UNSET


SAVE_RULES: Final[tuple[Constraint, ...]] = (
    *when(
        "operateType",
        SaveOperateType.CREATE,
        Required("projectName", clause="ALI-R035"),
        Required("scaleType", clause="ALI-R036"),
        Required("resSpecType", clause="ALI-R037"),
        Absent("projectId", clause="ALI-E86", tolerated=True),
    ),
    *when(
        "operateType",
        SaveOperateType.EDIT,
        Required("projectId", clause="ALI-R034"),
        Absent("scaleType", clause="ALI-E86", tolerated=True),
        Absent("resSpecType", clause="ALI-E86", tolerated=True),
    ),
)
"""What creating and editing a project need and leave out (API 6.1)."""


def _canvas(scale_type: ScaleType) -> Iterable[Constraint]:
    """No figure is larger than the canvas (ALI-R040); pictures of the background have no size."""
    limits = zip(("width", "height"), scale_type.canvas, strict=True)
    return when(
        "scaleType",
        scale_type,
        *(
            Limits(
                f"frames[].layers[].{name}",
                le=limit,
                clause="ALI-R040",
                expected=f"at most {limit}, the {name} of the {scale_type.value} canvas",
            )
            for name, limit in limits
        ),
    )


class SaveAvatarProjectRequest(Message):
    """SaveAvatarProject: creates or edits a project, then publishes it (API 6.1).

    A field that the kind of call leaves out is ignored when it is there (ALI-E86).
    """

    operate_type: Annotated[SaveOperateType, doc("CREATE or EDIT, each publishes too", "ALI-R033")]
    project_id: (
        Annotated[str, doc("id of the project; for EDIT", "ALI-R034", min_length=1, example="731904618250473472")]
        | UnsetType
    ) = UNSET
    project_name: (
        Annotated[str, doc("name of the project; for CREATE, optional for EDIT", "ALI-R035", min_length=1)] | UnsetType
    ) = UNSET
    scale_type: (
        Annotated[ScaleType, doc("9:16, canvas 1080 x 1920, or 16:9, canvas 1920 x 1080; for CREATE", "ALI-R036")]
        | UnsetType
    ) = UNSET
    res_spec_type: Annotated[ResSpecType, doc("tier of the project; for CREATE", "ALI-R037")] | UnsetType = UNSET
    agent_id: Annotated[str, doc("id of the conversational agent", "ALI-R038")] | UnsetType = UNSET
    frames: Annotated[tuple[SaveFrame, ...], doc("scenes, at least one", "ALI-R039", min_length=1)]
    resolution: Annotated[str, doc("picture size; SDK 2.10.0 and newer", "ALI-E117")] | UnsetType = UNSET
    bit_rate: Annotated[str, doc("bit rate of the stream; SDK 2.12.0 and newer", "ALI-E117")] | UnsetType = UNSET
    frame_rate: Annotated[str, doc("pictures a second; SDK 2.12.0 and newer", "ALI-E117")] | UnsetType = UNSET
    synchronized_display: Annotated[str, doc("synchronised display; SDK 2.12.0 and newer", "ALI-E117")] | UnsetType = (
        UNSET
    )
    script_model_tag: Annotated[str, doc("tag of the script model; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = (
        UNSET
    )

    constraints = (*SAVE_RULES, *(rule for scale_type in ScaleType for rule in _canvas(scale_type)))


class OperateAvatarProjectRequest(Message):
    """OperateAvatarProject: deletes a project, takes it offline or publishes it (API 7.1).

    The number of lines has two wire names: the document's `resChannelNum`, and `resChannelNumber`, which the published
    SDK sends (ALI-E61). Give one of them; a reader takes `channels`.
    """

    project_id: Annotated[str, _project_id("ALI-R046")]
    operate_type: Annotated[OperateType, doc("DELETE, OFFLINE or DEPLOY", "ALI-R046")]
    res_channel_num: (
        Annotated[int, integer("lines to publish with, 1 when absent; the document's name", "ALI-R047", ge=1)]
        | UnsetType
    ) = UNSET
    res_channel_number: (
        Annotated[int, integer("lines to publish with, 1 when absent; the published SDK's name", "ALI-E61", ge=1)]
        | UnsetType
    ) = UNSET
    res_type: Annotated[ResType, doc("FREE, or FORMAL, which is paid; for DEPLOY", "ALI-R048")] | UnsetType = UNSET

    @property
    def channels(self) -> int:
        """Lines to publish with, under whichever name they came, the document's first; 1 by default (ALI-R047)."""
        for number in (self.res_channel_num, self.res_channel_number):
            if number is not UNSET:
                return number
        return DEFAULT_CHANNELS

    def in_profile(self, profile: Literal["document", "sdk"]) -> Self:
        """The same request with the number of lines under the document's name or the published SDK's (ALI-E61)."""
        numbers = [number for number in (self.res_channel_num, self.res_channel_number) if number is not UNSET]
        if not numbers:
            return self
        names = ("res_channel_num", "res_channel_number")
        used, unused = names if profile == "document" else names[::-1]
        return self.replace(**{used: numbers[0], unused: UNSET})

    constraints = (
        *when("operateType", OperateType.DEPLOY, Required("resType", clause="ALI-R048")),
        Presence(
            ("resChannelNum", "resChannelNumber"),
            most=1,
            clause="ALI-E61",
            level="warning",
            tolerated=True,
            reason="both names of the number of lines; resChannelNum counts",
        ),
    )


class QuerySessionInfoRequest(Message):
    """QuerySessionInfo: which sessions of a project to list (API 8.1)."""

    project_id: Annotated[str, _project_id("ALI-R050")]
    status_list: Annotated[
        tuple[Annotated[SessionQueryStatus, doc("STARTED or STOPPED", "ALI-R051")], ...],
        doc("states to list; one comma-joined value in the query", "ALI-R050"),
    ]
    page_no: Annotated[int, integer("page, counted from 1", "ALI-R050", ge=1)]
    page_size: Annotated[int, integer("sessions of a page, 10 when absent", "ALI-R052", ge=1)] | UnsetType = UNSET

    @property
    def page_size_or_default(self) -> int:
        """Sessions of a page (ALI-R052)."""
        return DEFAULT_PAGE_SIZE if self.page_size is UNSET else self.page_size

    constraints = (_not_empty("statusList"),)


class _Paged(Message):
    page_size: Annotated[int, integer("entries of a page, 10 when absent", "ALI-R057", ge=1)] | UnsetType = UNSET
    page_number: Annotated[int, integer("page, counted from 1; 1 when absent", "ALI-R057", ge=1)] | UnsetType = UNSET

    @property
    def page_size_or_default(self) -> int:
        """Entries of a page (ALI-R057)."""
        return DEFAULT_PAGE_SIZE if self.page_size is UNSET else self.page_size

    @property
    def page_number_or_default(self) -> int:
        """Page, counted from 1 (ALI-R057)."""
        return DEFAULT_PAGE if self.page_number is UNSET else self.page_number


class ListAnchorRequest(_Paged):
    """ListAnchor: which figures to list (API 9.1)."""

    cover_rate: Annotated[ScaleType, doc("9:16 upright or 16:9 lying", "ALI-R058")] | UnsetType = UNSET
    anchor_type: Annotated[AnchorType, doc("PUBLIC_MODEL when absent", "ALI-R056")] | UnsetType = UNSET
    digital_human_type: (
        Annotated[DigitalHumanType, doc("class of figure; dynamicReality cannot be used at present", "ALI-R059")]
        | UnsetType
    ) = UNSET
    use_scene: Annotated[UseScene, doc("what the figures are for", "ALI-R055")]
    res_spec_type: Annotated[AnchorResSpecType, doc("tier of the figures", "ALI-R055")]
    anchor_category: Annotated[str, doc("kind of figure; SDK 2.7.1 and newer", "ALI-E117")] | UnsetType = UNSET
    anchor_id: Annotated[str, doc("id of one figure; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET

    @property
    def anchor_type_or_default(self) -> AnchorType:
        """Public or private figures (ALI-R056)."""
        return AnchorType.PUBLIC_MODEL if self.anchor_type is UNSET else self.anchor_type

    constraints = (
        Excluded(
            "digitalHumanType",
            (DigitalHumanType.DYNAMIC_REALITY,),
            clause="ALI-E94",
            tolerated=True,
            reason="dynamicReality cannot be used at present",
        ),
    )


class ListVoiceModelsRequest(_Paged):
    """ListVoiceModels: which voices to list (API 10.1)."""

    voice_type: Annotated[VoiceType, doc("PUBLIC_VOICE when absent", "ALI-R065")] | UnsetType = UNSET
    use_scene: Annotated[UseScene, doc("what the voices are for", "ALI-R064")]
    res_spec_type: Annotated[VoiceResSpecType, doc("tier of the voices", "ALI-R064")]
    voice_language: (
        Annotated[str, doc("language; SDK 2.12.0 and newer", "ALI-E117", values=list(VoiceLanguage))] | UnsetType
    ) = UNSET

    @property
    def voice_type_or_default(self) -> VoiceType:
        """Public or private voices (ALI-R065)."""
        return VoiceType.PUBLIC_VOICE if self.voice_type is UNSET else self.voice_type


class CheckSessionRequest(Message):
    """CheckSession: which session to look at (Java sample)."""

    project_id: Annotated[str, _project_id("ALI-R068")]
    session_id: Annotated[str, _session_id("ALI-R068")]


class SendTextMsgRequest(Message):
    """SendTextMsg: a text for a session (Android 9)."""

    project_id: Annotated[str, _project_id("ALI-R069")]
    session_id: Annotated[str, _session_id("ALI-R069")]
    request_id: Annotated[
        str,
        doc("id of the caller's choice; a UUID, as seconds repeat", "ALI-R069", min_length=1, example="rq-2"),
    ]
    text: Annotated[str, doc("the text, trimmed and not empty", "ALI-R071", min_length=1, example="你好")]
    type: Annotated[SendTextType, doc("1 ask, 2 broadcast; only 1 is documented", "ALI-E98")]

    constraints = (
        Matches(
            "text",
            r"[^\x00-\x20]",
            clause="ALI-R071",
            reason="got only white space",
            expected="text that is not empty",
        ),
        Matches(
            "text",
            _TRIMMED,
            clause="ALI-R071",
            level="warning",
            tolerated=True,
            reason="text is not trimmed",
            expected="text without white space around it",
        ),
    )
