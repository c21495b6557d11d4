"""The eighteen HTTP operations, as a table.

Only the table lives here, with what all its rows share. Requests are declared in `requests.py`, the data of
answers in `responses.py` and `types.py`, the envelope around it in `envelope.py`; all can be imported from
here.

Where the service is, the document does not say (GJ-E03). Nor does it name the header with the token: ``token`` is ours
(GJ-E01). The header ``source`` goes with every call, also where a table lacks it (GJ-E08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar

from ...core.enveloped import EnvelopeCodec
from ...core.json_codec import JsonCodec
from ...errors import HttpError
from ...message import Message
from ...operation import Operation
from ..envelope import FORM, HTTP_ERROR, VENDOR, Envelope, HttpErrorBody, encode_failure, failure_of, path_failure
from ..http_enums import SUCCESS, ErrorCode
from ..messages.parts import int64
from .repair_tables import RAW_RESPONSE_REPAIRS, REQUEST_REPAIRS, RESPONSE_REPAIRS
from .requests import (
    CreateLiveRequest,
    CreateLiveSessionRequest,
    GetAccessTokenRequest,
    GetPullPathRequest,
    ListChangeVoicesRequest,
    ListCustomizedRobotsRequest,
    ListCustomizedSpeakersRequest,
    ListPlatformRobotsRequest,
    ListPlatformSpeakersRequest,
    PagedRequest,
    QueryLivePageRequest,
    QueryLiveRecordsRequest,
    QueryLiveRequest,
    QueryMaterialCategoriesRequest,
    QueryMaterialRequest,
    QueryPublicMaterialsRequest,
    SynthesizeAndChangeVoiceRequest,
    UpdateLiveRequest,
    UploadMaterialRequest,
)
from .responses import (
    ChangeVoicePage,
    LivePage,
    LiveRecordPage,
    MaterialPage,
    PageVO,
    PathData,
    PathVO,
    PublicMaterialPage,
    SessionVo,
    SpeakerPage,
    TokenVO,
    TTSResultVO,
)
from .section_constraints import LISTED, LIVE, LIVE_ROWS, LIVE_ROWS_TABLE
from .types import (
    ChangeVoiceVO,
    HttpFlvVO,
    LiveInfoVO,
    LiveRecordVo,
    MaterialCategoryVO,
    MaterialVo,
    PlayaddrVO,
    PublicMaterialVO,
    RobotVO,
    RtmpVO,
    RtspVO,
    SceneVO,
    TtsModelVo,
)

__all__ = [
    "BY_ID",
    "BY_ROUTE",
    "CREATE_LIVE",
    "CREATE_LIVE_SESSION",
    "FORM",
    "GET_ACCESS_TOKEN",
    "GET_PULL_PATH",
    "HTTP_ERROR",
    "LIST_CHANGE_VOICES",
    "LIST_CUSTOMIZED_ROBOTS",
    "LIST_CUSTOMIZED_SPEAKERS",
    "LIST_PLATFORM_ROBOTS",
    "LIST_PLATFORM_SPEAKERS",
    "OPERATIONS",
    "QUERY_LIVE",
    "QUERY_LIVE_PAGE",
    "QUERY_LIVE_RECORDS",
    "QUERY_MATERIAL",
    "QUERY_MATERIAL_CATEGORIES",
    "QUERY_PUBLIC_MATERIALS",
    "SOURCE",
    "SOURCE_HEADER",
    "SUCCESS",
    "SYNTHESIZE_AND_CHANGE_VOICE",
    "TOKEN_HEADER",
    "UPDATE_LIVE",
    "UPLOAD_MATERIAL",
    "VENDOR",
    "ChangeVoicePage",
    "ChangeVoiceVO",
    "CreateLiveRequest",
    "CreateLiveSessionRequest",
    "Envelope",
    "ErrorCode",
    "GetAccessTokenRequest",
    "GetPullPathRequest",
    "HttpErrorBody",
    "HttpFlvVO",
    "ListChangeVoicesRequest",
    "ListCustomizedRobotsRequest",
    "ListCustomizedSpeakersRequest",
    "ListPlatformRobotsRequest",
    "ListPlatformSpeakersRequest",
    "LiveInfoVO",
    "LivePage",
    "LiveRecordPage",
    "LiveRecordVo",
    "MaterialCategoryVO",
    "MaterialPage",
    "MaterialVo",
    "PageVO",
    "PagedRequest",
    "PathData",
    "PathVO",
    "PlayaddrVO",
    "PublicMaterialPage",
    "PublicMaterialVO",
    "QueryLivePageRequest",
    "QueryLiveRecordsRequest",
    "QueryLiveRequest",
    "QueryMaterialCategoriesRequest",
    "QueryMaterialRequest",
    "QueryPublicMaterialsRequest",
    "RobotVO",
    "RtmpVO",
    "RtspVO",
    "SceneVO",
    "SessionVo",
    "SpeakerPage",
    "SynthesizeAndChangeVoiceRequest",
    "TTSResultVO",
    "TokenVO",
    "TtsModelVo",
    "UpdateLiveRequest",
    "UploadMaterialRequest",
    "encode_failure",
    "failure_of",
]

RequestT = TypeVar("RequestT", bound=Message)

TOKEN_HEADER: Final = "token"  # noqa: S105 - a name
"""The header with the token, alone and without a word before it (GJ-E01)."""
SOURCE_HEADER: Final = "source"
"""The header that says what kind of caller calls (GJ-R004)."""
SOURCE: Final = "sdk"
"""Its only value (GJ-R004)."""

_AUTH: Final = "token"
_OPEN: Final = "/live-manager/open"
_API: Final = "/live-manager/openApi"

_LIVE_ID: Final = Annotated[int, int64("id of the new live room", "GJ-R025", example=4001)]
_MATERIAL_ID: Final = Annotated[int, int64("id of the new material, for playlists", "GJ-R052", example=5001)]


def _operation(
    id_: str,
    title: str,
    route: tuple[Literal["GET", "POST"], str],
    request: type[RequestT],
    response: EnvelopeCodec[Any],
    section: str,
    *clauses: str,
    failure: Callable[[int, bytes], HttpError | None] = failure_of,
    body_clause: str = "",
) -> Operation[RequestT, Any]:
    method, path = route
    return Operation(
        id=id_,
        vendor=VENDOR,
        title=title,
        method=method,
        path=path,
        parameters_in="query" if method == "GET" else "body",
        request=JsonCodec(request, vendor=VENDOR, message=f"{id_}.request", repairs=REQUEST_REPAIRS.get(id_, ())),
        response=response,
        section=section,
        clauses=clauses,
        headers={SOURCE_HEADER: SOURCE},
        auth="" if request is GetAccessTokenRequest else _AUTH,
        failure=failure,
        error=HTTP_ERROR,
        body_clause=body_clause,
    )


def _data(id_: str, type_: Any, **about: Any) -> EnvelopeCodec[Any]:
    return EnvelopeCodec(
        type_,
        FORM,
        message=f"{id_}.response",
        repairs=RESPONSE_REPAIRS.get(id_, ()),
        raw_repairs=RAW_RESPONSE_REPAIRS.get(id_, ()),
        **about,
    )


GET_ACCESS_TOKEN: Final = _operation(
    "getAccessToken", "exchange appId and appSecret for a token", ("POST", f"{_OPEN}/accessToken"),
    GetAccessTokenRequest, _data("getAccessToken", TokenVO), "3.1",
    "GJ-R001", "GJ-R002", "GJ-R007", "GJ-R008", "GJ-R011", "GJ-R012", "GJ-R013", "GJ-R015", "GJ-E02", "GJ-E04",
    "GJ-E07", "GJ-E08",
)  # fmt: skip
CREATE_LIVE: Final = _operation(
    "createLive", "make a live room", ("POST", f"{_API}/liveInfo/create"),
    CreateLiveRequest, _data("createLive", _LIVE_ID), "3.2",
    "GJ-R024", "GJ-R025", "GJ-R026", "GJ-R027", "GJ-R029", "GJ-R036", "GJ-R037", "GJ-R039", "GJ-E16", "GJ-E17",
    "GJ-E19", "GJ-E20", "GJ-E21",
)  # fmt: skip
UPDATE_LIVE: Final = _operation(
    "updateLive", "change a live room", ("POST", f"{_API}/liveInfo/update"),
    UpdateLiveRequest, _data("updateLive", bool), "3.3",
    "GJ-R026", "GJ-R027", "GJ-R028", "GJ-R030", "GJ-R031", "GJ-R032", "GJ-R033", "GJ-R034", "GJ-E16", "GJ-E18",
    "GJ-E19", "GJ-E20", "GJ-E21",
)  # fmt: skip
QUERY_LIVE: Final = _operation(
    "queryLive", "read a live room", ("GET", f"{_API}/liveInfo/query"),
    QueryLiveRequest, _data("queryLive", LiveInfoVO, constraints=LIVE), "3.4",
    "GJ-R035", "GJ-E19", "GJ-E20", "GJ-E23",
)  # fmt: skip
QUERY_LIVE_PAGE: Final = _operation(
    "queryLivePage", "page through live rooms", ("GET", f"{_API}/liveInfo/queryByPage"),
    QueryLivePageRequest,
    _data("queryLivePage", LivePage, constraints=LIVE_ROWS, noted=LIVE_ROWS_TABLE), "3.5",
    "GJ-R040", "GJ-R041", "GJ-E22", "GJ-E23", "GJ-E27", "GJ-E28",
)  # fmt: skip
UPLOAD_MATERIAL: Final = _operation(
    "uploadMaterial", "register a text to speak, or a sound", ("POST", f"{_API}/customizedMaterial/upload"),
    UploadMaterialRequest, _data("uploadMaterial", _MATERIAL_ID), "3.6",
    "GJ-R045", "GJ-R046", "GJ-R047", "GJ-R048", "GJ-R049", "GJ-R050", "GJ-R051", "GJ-R052", "GJ-R056", "GJ-R057",
    "GJ-E32", "GJ-E33", "GJ-E34", "GJ-E35",
)  # fmt: skip
QUERY_MATERIAL: Final = _operation(
    "queryMaterial", "page through the materials of a room", ("POST", f"{_API}/customizedMaterial/query"),
    QueryMaterialRequest, _data("queryMaterial", MaterialPage), "3.7",
    "GJ-R040", "GJ-R041", "GJ-R053", "GJ-R054", "GJ-E29", "GJ-E30", "GJ-E31",
)  # fmt: skip
LIST_PLATFORM_SPEAKERS: Final = _operation(
    "listPlatformSpeakers", "page through the platform's voices", ("GET", f"{_API}/speaker/platformList"),
    ListPlatformSpeakersRequest, _data("listPlatformSpeakers", SpeakerPage), "3.8",
    "GJ-R040", "GJ-R041", "GJ-R055", "GJ-R056", "GJ-R057", "GJ-E26",
)  # fmt: skip
LIST_CUSTOMIZED_SPEAKERS: Final = _operation(
    "listCustomizedSpeakers", "list the account's own voices", ("GET", f"{_API}/speaker/customizedList"),
    ListCustomizedSpeakersRequest, _data("listCustomizedSpeakers", tuple[TtsModelVo, ...]), "3.9",
    "GJ-R043", "GJ-R055", "GJ-R056", "GJ-R057",
)  # fmt: skip
LIST_PLATFORM_ROBOTS: Final = _operation(
    "listPlatformRobots", "list the platform's presenters", ("GET", f"{_API}/robot/platformList"),
    ListPlatformRobotsRequest, _data("listPlatformRobots", tuple[RobotVO, ...], constraints=LISTED), "3.10",
    "GJ-R038", "GJ-R043", "GJ-R093", "GJ-E19", "GJ-E20", "GJ-E21",
)  # fmt: skip
LIST_CUSTOMIZED_ROBOTS: Final = _operation(
    "listCustomizedRobots", "list the account's own presenters", ("GET", f"{_API}/robot/customizedList"),
    ListCustomizedRobotsRequest, _data("listCustomizedRobots", tuple[RobotVO, ...], constraints=LISTED), "3.11",
    "GJ-R038", "GJ-R043", "GJ-R093", "GJ-E19", "GJ-E20", "GJ-E21",
)  # fmt: skip
LIST_CHANGE_VOICES: Final = _operation(
    "listChangeVoices", "page through the voices to convert to", ("GET", f"{_API}/voice/changeVoiceList"),
    ListChangeVoicesRequest, _data("listChangeVoices", ChangeVoicePage, optional=True), "3.12",
    "GJ-R040", "GJ-R041", "GJ-R058", "GJ-E32", "GJ-E38", "GJ-E39",
)  # fmt: skip
SYNTHESIZE_AND_CHANGE_VOICE: Final = _operation(
    "synthesizeAndChangeVoice", "hear how a voice sounds",
    ("POST", f"{_API}/speaker/syncSynthesisWavAndChangeVoice"),
    SynthesizeAndChangeVoiceRequest, _data("synthesizeAndChangeVoice", TTSResultVO), "3.13",
    "GJ-R048", "GJ-R049", "GJ-R050", "GJ-R058", "GJ-R059", "GJ-E31", "GJ-E32", "GJ-E33", "GJ-E36", "GJ-E37",
)  # fmt: skip
QUERY_MATERIAL_CATEGORIES: Final = _operation(
    "queryMaterialCategories", "list categories of public materials", ("GET", f"{_API}/materialCategory/query"),
    QueryMaterialCategoriesRequest, _data("queryMaterialCategories", tuple[MaterialCategoryVO, ...]), "3.14",
    "GJ-R043", "GJ-R060", "GJ-R062", "GJ-E40", "GJ-E41",
)  # fmt: skip
QUERY_PUBLIC_MATERIALS: Final = _operation(
    "queryPublicMaterials", "page through public materials", ("GET", f"{_API}/material/query"),
    QueryPublicMaterialsRequest, _data("queryPublicMaterials", PublicMaterialPage), "3.15",
    "GJ-R040", "GJ-R041", "GJ-R061", "GJ-E40", "GJ-E42", "GJ-E43",
)  # fmt: skip
QUERY_LIVE_RECORDS: Final = _operation(
    "queryLiveRecords", "page through broadcasts", ("GET", f"{_API}/liveRecord/query"),
    QueryLiveRecordsRequest, _data("queryLiveRecords", LiveRecordPage), "3.16",
    "GJ-R040", "GJ-R041", "GJ-R042", "GJ-R063", "GJ-E25", "GJ-E26", "GJ-E27", "GJ-E31", "GJ-E44",
)  # fmt: skip
GET_PULL_PATH: Final = _operation(
    "getPullPath", "get the addresses to pull a stream from", ("GET", f"{_API}/live/getPath"),
    GetPullPathRequest, _data("getPullPath", PathVO), "3.17",
    "GJ-R005", "GJ-R069", "GJ-R070", "GJ-R071", "GJ-E08", "GJ-E45", "GJ-E46", "GJ-E47", "GJ-E48", "GJ-E49", "GJ-E50",
    "GJ-E51", "GJ-E52",
    failure=path_failure, body_clause="GJ-E45",
)  # fmt: skip
CREATE_LIVE_SESSION: Final = _operation(
    "createLiveSession", "make a session of a room, to be opened over MQTT", ("POST", f"{_API}/live/createLiveSession"),
    CreateLiveSessionRequest, _data("createLiveSession", SessionVo), "3.18",
    "GJ-R005", "GJ-R064", "GJ-R065", "GJ-R066", "GJ-E05", "GJ-E08", "GJ-E53", "GJ-E54",
)  # fmt: skip

OPERATIONS: Final[tuple[Operation[Any, Any], ...]] = (
    GET_ACCESS_TOKEN,
    CREATE_LIVE,
    UPDATE_LIVE,
    QUERY_LIVE,
    QUERY_LIVE_PAGE,
    UPLOAD_MATERIAL,
    QUERY_MATERIAL,
    LIST_PLATFORM_SPEAKERS,
    LIST_CUSTOMIZED_SPEAKERS,
    LIST_PLATFORM_ROBOTS,
    LIST_CUSTOMIZED_ROBOTS,
    LIST_CHANGE_VOICES,
    SYNTHESIZE_AND_CHANGE_VOICE,
    QUERY_MATERIAL_CATEGORIES,
    QUERY_PUBLIC_MATERIALS,
    QUERY_LIVE_RECORDS,
    GET_PULL_PATH,
    CREATE_LIVE_SESSION,
)
"""All eighteen, in the order of the document."""

BY_ID: Final[Mapping[str, Operation[Any, Any]]] = MappingProxyType({known.id: known for known in OPERATIONS})
"""The operation of each id."""
BY_ROUTE: Final[Mapping[tuple[str, str], Operation[Any, Any]]] = MappingProxyType(
    {(known.method, known.path): known for known in OPERATIONS}
)
"""The operation of each method and path."""
