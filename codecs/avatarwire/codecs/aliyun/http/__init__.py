"""The twelve signed HTTP operations, as a table.

Only the table lives here, with what all its rows share. Requests are declared in `requests.py`, replies in
`responses.py`, the objects inside them in `save.py` and `types.py`; all can be imported from here.
How a request is signed is in `signature.py`.

The document gives fields only. Methods, paths and placement are those of the published SDK (ALI-E67), the same in all
its releases.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

from ...core.json_codec import JsonCodec
from ...core.received import Received
from ...message import Message
from ...operation import Operation
from .failure import HTTP_ERROR, HttpErrorBody
from .repair_tables import REQUEST_REPAIRS, RESPONSE_REPAIRS
from .requests import (
    CheckSessionRequest,
    ListAnchorRequest,
    ListAvatarProjectRequest,
    ListVoiceModelsRequest,
    OperateAvatarProjectRequest,
    QueryAvatarProjectRequest,
    QueryAvatarResourceRequest,
    QuerySessionInfoRequest,
    SaveAvatarProjectRequest,
    SendTextMsgRequest,
    StartAvatarSessionRequest,
    StopAvatarSessionRequest,
)
from .responses import (
    CheckSessionResponse,
    ListAnchorResponse,
    ListAvatarProjectResponse,
    ListVoiceModelsResponse,
    OperateAvatarProjectResponse,
    QueryAvatarProjectResponse,
    QueryAvatarResourceResponse,
    QuerySessionInfoResponse,
    SaveAvatarProjectResponse,
    SendTextMsgResponse,
    StartAvatarSessionResponse,
    StopAvatarSessionResponse,
)
from .save import SaveFrame, SaveLayer, SaveMaterial, SaveVideoScript, check_canvas
from .types import (
    AnchorResponse,
    AvatarProjectSummary,
    Layer,
    Material,
    ProjectFrame,
    QueryResourceInfo,
    SessionInfo,
    VideoScript,
    VoiceModelResponse,
)

__all__ = [
    "API_VERSION",
    "AUTH",
    "BASE_PATH",
    "BY_ROUTE",
    "CHECK_SESSION",
    "ENDPOINT",
    "HTTP_ERROR",
    "LIST_ANCHOR",
    "LIST_AVATAR_PROJECT",
    "LIST_VOICE_MODELS",
    "OPERATE_AVATAR_PROJECT",
    "OPERATIONS",
    "QUERY_AVATAR_PROJECT",
    "QUERY_AVATAR_RESOURCE",
    "QUERY_SESSION_INFO",
    "SAVE_AVATAR_PROJECT",
    "SEND_TEXT_MSG",
    "START_AVATAR_SESSION",
    "STOP_AVATAR_SESSION",
    "AnchorResponse",
    "AvatarProjectSummary",
    "CheckSessionRequest",
    "CheckSessionResponse",
    "HttpErrorBody",
    "Layer",
    "ListAnchorRequest",
    "ListAnchorResponse",
    "ListAvatarProjectRequest",
    "ListAvatarProjectResponse",
    "ListVoiceModelsRequest",
    "ListVoiceModelsResponse",
    "Material",
    "OperateAvatarProjectRequest",
    "OperateAvatarProjectResponse",
    "ProjectFrame",
    "QueryAvatarProjectRequest",
    "QueryAvatarProjectResponse",
    "QueryAvatarResourceRequest",
    "QueryAvatarResourceResponse",
    "QueryResourceInfo",
    "QuerySessionInfoRequest",
    "QuerySessionInfoResponse",
    "ReplyCodec",
    "SaveAvatarProjectRequest",
    "SaveAvatarProjectResponse",
    "SaveFrame",
    "SaveLayer",
    "SaveMaterial",
    "SaveVideoScript",
    "SendTextMsgRequest",
    "SendTextMsgResponse",
    "SessionInfo",
    "StartAvatarSessionRequest",
    "StartAvatarSessionResponse",
    "StopAvatarSessionRequest",
    "StopAvatarSessionResponse",
    "VideoScript",
    "VoiceModelResponse",
    "check_canvas",
]

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

ENDPOINT: Final = "intelligentcreation.cn-zhangjiakou.aliyuncs.com"
"""Host of the service in the document's samples (ALI-R004)."""
API_VERSION: Final = "2024-03-13"
"""Value of the header ``x-acs-version`` (ALI-E67)."""
BASE_PATH: Final = "/yic/yic-console/openService/v1"
"""What every path begins with (ALI-E67)."""
AUTH: Final = "ACS3-HMAC-SHA256"
"""How every request is signed (ALI-E67)."""

_VENDOR: Final = "aliyun"


class ReplyCodec(JsonCodec[ResponseT]):
    """A codec that looks for the documented variants of a reply first.

    Nothing is required in a reply and its enumerations are open, so the strict type takes in variants without a word:
    a field under its alias would look absent. That costs little next to the HTTP exchange it came by.
    """

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[ResponseT]:
        return self.decode_carefully(data, strict=strict, offset=offset)


def _operation(
    id_: str,
    title: str,
    method: Literal["GET", "POST"],
    path: str,
    request: type[RequestT],
    response: type[ResponseT],
    section: str,
    *clauses: str,
    joined: str = "",
) -> Operation[RequestT, ResponseT]:
    return Operation(
        id=id_,
        vendor=_VENDOR,
        title=title,
        method=method,
        path=BASE_PATH + path,
        parameters_in="query" if method == "GET" else "body",
        request=JsonCodec(request, vendor=_VENDOR, message=f"{id_}.request", repairs=REQUEST_REPAIRS.get(id_, ())),
        response=ReplyCodec(response, vendor=_VENDOR, message=f"{id_}.response", repairs=RESPONSE_REPAIRS.get(id_, ())),
        section=section,
        clauses=clauses,
        headers={"x-acs-action": id_, "x-acs-version": API_VERSION, "accept": "application/json"},
        joined=frozenset({joined} if joined else ()),
        auth=AUTH,
        error=HTTP_ERROR,
    )


LIST_AVATAR_PROJECT: Final = _operation(
    "ListAvatarProject", "look up several projects", "GET", "/avatar/project/listAvatarProject",
    ListAvatarProjectRequest, ListAvatarProjectResponse, "API 1",
    "ALI-R008", "ALI-R009", "ALI-R010", "ALI-E68",
    joined="projectIdList",
)  # fmt: skip
QUERY_AVATAR_PROJECT: Final = _operation(
    "QueryAvatarProject", "describe a project", "GET", "/avatar/project/queryAvatarProject",
    QueryAvatarProjectRequest, QueryAvatarProjectResponse, "API 2",
    "ALI-R010", "ALI-R011", "ALI-R012", "ALI-R013", "ALI-R014", "ALI-R019", "ALI-E119", "ALI-E125",
)  # fmt: skip
START_AVATAR_SESSION: Final = _operation(
    "StartAvatarSession", "start a session", "POST", "/avatar/project/startAvatarSession",
    StartAvatarSessionRequest, StartAvatarSessionResponse, "API 3",
    "ALI-R022", "ALI-R023", "ALI-R024", "ALI-R025", "ALI-R026", "ALI-E56", "ALI-E70", "ALI-E96",
)  # fmt: skip
STOP_AVATAR_SESSION: Final = _operation(
    "StopAvatarSession", "stop a session", "POST", "/avatar/project/stopAvatarSession",
    StopAvatarSessionRequest, StopAvatarSessionResponse, "API 4",
    "ALI-R028", "ALI-R029", "ALI-E95", "ALI-E121",
)  # fmt: skip
QUERY_AVATAR_RESOURCE: Final = _operation(
    "QueryAvatarResource", "list the resources that are still valid", "GET", "/avatar/project/queryResource",
    QueryAvatarResourceRequest, QueryAvatarResourceResponse, "API 5",
    "ALI-R030", "ALI-R031", "ALI-R032", "ALI-E90", "ALI-E91",
)  # fmt: skip
SAVE_AVATAR_PROJECT: Final = _operation(
    "SaveAvatarProject", "create or edit a project and publish it", "POST", "/avatar/project/saveAvatarProject",
    SaveAvatarProjectRequest, SaveAvatarProjectResponse, "API 6",
    "ALI-R014", "ALI-R015", "ALI-R016", "ALI-R017", "ALI-R018", "ALI-R020", "ALI-R021", "ALI-R033", "ALI-R034",
    "ALI-R035", "ALI-R036", "ALI-R037", "ALI-R038", "ALI-R039", "ALI-R040", "ALI-R041", "ALI-R042", "ALI-R043",
    "ALI-R044", "ALI-E73", "ALI-E75", "ALI-E82", "ALI-E83", "ALI-E84", "ALI-E85", "ALI-E86",
)  # fmt: skip
OPERATE_AVATAR_PROJECT: Final = _operation(
    "OperateAvatarProject", "delete a project, take it offline or publish it",
    "POST", "/avatar/project/operateProjectAvatar",
    OperateAvatarProjectRequest, OperateAvatarProjectResponse, "API 7",
    "ALI-R046", "ALI-R047", "ALI-R048", "ALI-R049", "ALI-E61", "ALI-E88",
)  # fmt: skip
QUERY_SESSION_INFO: Final = _operation(
    "QuerySessionInfo", "list the sessions of a project", "GET", "/avatar/project/querySessionInfo",
    QuerySessionInfoRequest, QuerySessionInfoResponse, "API 8",
    "ALI-R050", "ALI-R051", "ALI-R052", "ALI-R053", "ALI-R054", "ALI-E60", "ALI-E64", "ALI-E68", "ALI-E79",
    joined="statusList",
)  # fmt: skip
LIST_ANCHOR: Final = _operation(
    "ListAnchor", "list figures", "GET", "/digitalHuman/anchorOpen/listAnchor",
    ListAnchorRequest, ListAnchorResponse, "API 9",
    "ALI-R055", "ALI-R056", "ALI-R057", "ALI-R058", "ALI-R059", "ALI-R060", "ALI-R062", "ALI-R063",
    "ALI-E58", "ALI-E59", "ALI-E93", "ALI-E94",
)  # fmt: skip
LIST_VOICE_MODELS: Final = _operation(
    "ListVoiceModels", "list voices", "GET", "/digitalHuman/voiceOpen/listVoiceModels",
    ListVoiceModelsRequest, ListVoiceModelsResponse, "API 10",
    "ALI-R057", "ALI-R060", "ALI-R064", "ALI-R065", "ALI-R066", "ALI-R067", "ALI-E92",
)  # fmt: skip
CHECK_SESSION: Final = _operation(
    "CheckSession", "check the state of a session", "POST", "/avatar/project/checkSession",
    CheckSessionRequest, CheckSessionResponse, "Java sample",
    "ALI-R068", "ALI-E97",
)  # fmt: skip
SEND_TEXT_MSG: Final = _operation(
    "SendTextMsg", "send a text to a session", "POST", "/avatar/project/sendTextMsg",
    SendTextMsgRequest, SendTextMsgResponse, "Java sample; Android 9",
    "ALI-R069", "ALI-R070", "ALI-R071", "ALI-R072", "ALI-E97", "ALI-E98",
)  # fmt: skip

OPERATIONS: Final[tuple[Operation[Any, Any], ...]] = (
    LIST_AVATAR_PROJECT,
    QUERY_AVATAR_PROJECT,
    START_AVATAR_SESSION,
    STOP_AVATAR_SESSION,
    QUERY_AVATAR_RESOURCE,
    SAVE_AVATAR_PROJECT,
    OPERATE_AVATAR_PROJECT,
    QUERY_SESSION_INFO,
    LIST_ANCHOR,
    LIST_VOICE_MODELS,
    CHECK_SESSION,
    SEND_TEXT_MSG,
)
"""All twelve, in the order of the document."""

BY_ROUTE: Final[Mapping[tuple[str, str], Operation[Any, Any]]] = MappingProxyType(
    {(operation.method, operation.path): operation for operation in OPERATIONS}
)
"""The operation of each method and path."""
