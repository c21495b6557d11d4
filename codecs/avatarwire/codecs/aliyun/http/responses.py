"""The replies of the twelve HTTP operations, when they succeed.

Nothing is required and enumerations are open, as no reply table promises anything. Fields that the published SDK has
beyond the document are here too (ALI-E117). Replies to failed calls are `HttpError`s.

Source: API 1 to API 10, the Java and the Android samples.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import field

from ...core.masking import Masked
from ...message import doc, integer
from ..http_enums import ProjectStatus, ResSpecType, ScaleType, SendTextStatus, SessionStatus, StopStatus
from ..tokens import ChannelToken
from .types import (
    AnchorResponse,
    AvatarProjectSummary,
    ProjectFrame,
    QueryResourceInfo,
    ReplyPart,
    SessionInfo,
    VoiceModelResponse,
)

__all__ = [
    "CheckSessionResponse",
    "ListAnchorResponse",
    "ListAvatarProjectResponse",
    "ListReply",
    "ListVoiceModelsResponse",
    "OperateAvatarProjectResponse",
    "QueryAvatarProjectResponse",
    "QueryAvatarResourceResponse",
    "QuerySessionInfoResponse",
    "Reply",
    "SaveAvatarProjectResponse",
    "SendTextMsgResponse",
    "StartAvatarSessionResponse",
    "StopAvatarSessionResponse",
]


class Reply(ReplyPart):
    """What every reply has."""

    request_id: (
        Annotated[str, doc("id of this call, not the caller's requestId; not in the document", "ALI-E117")] | None
    ) = None


class ListAvatarProjectResponse(Reply):
    """Reply of ListAvatarProject (API 1)."""

    query_avatar_project_result_list: (
        Annotated[tuple[AvatarProjectSummary, ...], doc("the projects", "ALI-R009")] | None
    ) = None


class QueryAvatarProjectResponse(Reply):
    """Reply of QueryAvatarProject (API 2.2)."""

    status: (
        Annotated[str, doc("state of publication, not of a start", "ALI-R010", values=list(ProjectStatus))] | None
    ) = None
    project_id: Annotated[str, doc("id of the project; not in this table", "ALI-E125")] | None = None
    project_name: Annotated[str, doc("name of the project")] | None = None
    agent_id: Annotated[str, doc("id of the conversational agent")] | None = None
    error_msg: Annotated[str, doc("what went wrong", "ALI-E65")] | None = None
    scale_type: (
        Annotated[
            str,
            doc("9:16, canvas 1080 x 1920, or 16:9, canvas 1920 x 1080", "ALI-R012", values=list(ScaleType)),
        ]
        | None
    ) = None
    res_spec_type: Annotated[str, doc("tier of the project", "ALI-R013", values=list(ResSpecType))] | None = None
    frames: Annotated[tuple[ProjectFrame, ...], doc("scenes", "ALI-R014")] | None = None
    script_model_tag: Annotated[str, doc("tag of the script model; SDK 2.14.0 and newer", "ALI-E117")] | None = None


class StartAvatarSessionResponse(Masked, Reply):
    """Reply of StartAvatarSession (API 3)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"channel_token", "token"})
    urls: ClassVar[frozenset[str]] = frozenset({"web_socket_url"})

    session_id: Annotated[str, doc("id of the session", "ALI-R024", example="s-1")] | None = None
    channel_token: (
        Annotated[
            str, doc("RTC channel: a JSON object as text, see ChannelToken; secret", "ALI-R025", text_of=ChannelToken)
        ]
        | None
    ) = None
    web_socket_url: (
        Annotated[str, doc("URL for the interaction, with a secret token; use it unchanged", "ALI-R024")] | None
    ) = None
    token: Annotated[str, doc("undescribed; not in the document; secret", "ALI-E118")] | None = None


class StopAvatarSessionResponse(Reply):
    """Reply of StopAvatarSession (API 4)."""

    status: Annotated[str, doc("Stopped or StoppedFail", "ALI-R029", values=list(StopStatus))] | None = None


class QueryAvatarResourceResponse(Reply):
    """Reply of QueryAvatarResource (API 5)."""

    query_resource_info_list: Annotated[tuple[QueryResourceInfo, ...], doc("the resources", "ALI-R031")] | None = None


class SaveAvatarProjectResponse(Reply):
    """Reply of SaveAvatarProject (API 6.2)."""

    status: (
        Annotated[str, doc("state of publication, not of a start", "ALI-R044", values=list(ProjectStatus))] | None
    ) = None
    project_id: Annotated[str, doc("id of the project", "ALI-R044")] | None = None
    project_name: Annotated[str, doc("name of the project", "ALI-R044")] | None = None
    agent_id: Annotated[str, doc("id of the conversational agent", "ALI-R044")] | None = None
    error_msg: Annotated[str, doc("what went wrong", "ALI-R044")] | None = None
    error_code: Annotated[str, doc("code of what went wrong; not in the document", "ALI-E117")] | None = None
    error_message: Annotated[str, doc("what went wrong; not in the document", "ALI-E117")] | None = None


class OperateAvatarProjectResponse(Reply):
    """Reply of OperateAvatarProject (API 7.2)."""

    success: Annotated[bool, doc("true when it succeeded", "ALI-R049")] | None = None
    error_code: Annotated[str, doc("code of what went wrong; not in the document", "ALI-E88")] | None = None
    error_message: Annotated[str, doc("what went wrong; not in the document", "ALI-E88")] | None = None


class QuerySessionInfoResponse(Reply):
    """Reply of QuerySessionInfo (API 8.2)."""

    total: Annotated[int, integer("sessions that match, on all pages; 64 bits", "ALI-R053")] | None = None
    query_resource_info_list: (
        Annotated[tuple[SessionInfo, ...], doc("the sessions, under the name of the resource query", "ALI-E60")] | None
    ) = None


class ListReply(Reply):
    """What the two catalogue lists have in common (ALI-R060)."""

    total: Annotated[int, integer("entries that match, on all pages; 64 bits", "ALI-R060")] | None = None
    success: Annotated[bool, doc("whether the call succeeded", "ALI-R060")] | None = None
    code: Annotated[str, doc("code of the call; not in the document", "ALI-E117", example="200")] | None = None
    error_code: Annotated[str, doc("code of what went wrong", "ALI-R060")] | None = None
    error_message: Annotated[str, doc("what went wrong", "ALI-R060")] | None = None


class ListAnchorResponse(ListReply):
    """Reply of ListAnchor (API 9.2); `items` is `list` on the wire."""

    items: Annotated[tuple[AnchorResponse, ...], doc("the figures", "ALI-R060")] | None = field(
        default=None, name="list"
    )


class ListVoiceModelsResponse(ListReply):
    """Reply of ListVoiceModels (API 10.2); `items` is `list` on the wire."""

    items: Annotated[tuple[VoiceModelResponse, ...], doc("the voices", "ALI-R060")] | None = field(
        default=None, name="list"
    )


class CheckSessionResponse(Reply):
    """Reply of CheckSession, which the document no longer describes (ALI-E97)."""

    status: (
        Annotated[str, doc("FREE idle, BUSY in use", "ALI-E97", values=[SessionStatus.FREE, SessionStatus.BUSY])] | None
    ) = None


class SendTextMsgResponse(Reply):
    """Reply of SendTextMsg (Android 9)."""

    status: Annotated[str, doc("SUCCESS: accepted", "ALI-R070", values=list(SendTextStatus))] | None = None
