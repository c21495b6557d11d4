"""What a client asks over MQTT: five methods, each one message from envelope to arguments.

Only the requests and the rules between their members live here. Which variants of them are understood is in
`wire/table.py`; elements of ``resList`` are in `resources.py`. Source: "Opening a broadcast", 4.2.2 to 4.2.7 and 4.2.9,
rules GJ-R074 to GJ-R114.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from ...core.constraints import Absent, Constraint, Contains, Equal, Limits, OneOf, Required, when
from ...core.masking import Masked
from ...message import Message, doc, integer
from ..resources import DTHUMAN, RTMP, DrawOptions, DtHuman, RemovedResource, ResourceElement, VideoSize

__all__ = [
    "ACTION_NUMBERS",
    "COMMAND_TARGETS",
    "LIVE_PLATFORM",
    "MODE",
    "RULE",
    "AddedResources",
    "AudioTarget",
    "ClosePushStreams",
    "Command",
    "CreateNewSession",
    "CreateParams",
    "DestroyParams",
    "DestroySession",
    "ExecSessionResList",
    "ExecuteItem",
    "ExecuteParams",
    "KnownCommand",
    "ModifyParams",
    "ModifySessionResList",
    "PlaylistAction",
    "PlaylistParams",
    "PushPlayListManager",
    "PushUrls",
    "RemovedResources",
    "Request",
    "SetPushStreams",
    "SwitchTemplate",
    "TemplateSwitch",
    "UnknownCommand",
]

LIVE_PLATFORM: Final = 3
"""``livePlatform`` of everyone who calls the API (GJ-R086)."""
RULE: Final = "DTHumanLivestreamWithAudioRelay"
"""The only ``rule`` there is (GJ-R088)."""
MODE: Final = "checkheartbeat"
"""The only ``mode`` there is (GJ-R088)."""

RequestId: TypeAlias = Annotated[int, integer("id of the request, never used twice in a session", "GJ-R079", example=9)]
SessionId: TypeAlias = Annotated[str, doc("id of the session, from createLiveSession", "GJ-R074", min_length=1)]
InnerSessionId: TypeAlias = Annotated[str, doc("the same id again", "GJ-R076", min_length=1)]
SenderTopic: TypeAlias = Annotated[str, doc("topicSub of the session: where to answer", "GJ-R075", min_length=1)]
Token: TypeAlias = Annotated[str, doc("access token of the HTTP calls", "GJ-R084", min_length=1)]
PcmId: TypeAlias = Annotated[int, integer("id of a material, from uploadMaterial", "GJ-R052")]


class _Params(Message):
    session_id: InnerSessionId


class Request(Message, tag_field="method"):
    """The envelope of everything a client asks (4.2.2).

    Attributes:
        id: id of the request.
        session_id: the session, beside the id.
        sender: topicSub of the session.
    """

    catalogue_id: ClassVar[str] = ""
    """Catalogue id; empty where the command of the request makes it."""

    id: RequestId
    session_id: SessionId
    sender: SenderTopic

    @property
    def method(self) -> str:
        """What is asked, as on the wire."""
        return str(self.__struct_config__.tag)

    def understood(self) -> str:
        """`catalogue_id`, if `check` raises nothing; what it merely notes is not looked for here.

        Raises:
            ValidationError: as `check` does.
        """
        self.check()
        return self.catalogue_id

    # The session is named twice, and both must be the same (GJ-R077); the outer one counts.
    constraints: ClassVar[tuple[Constraint, ...]] = (
        Equal(
            "sessionId",
            "params.sessionId",
            clause="GJ-E57",
            tolerated=True,
            reason="params.sessionId is not the sessionId beside the id",
        ),
    )


# --- CreateNewSession ---


class CreateParams(Masked, _Params):
    """Arguments of CreateNewSession (4.2.3, GJ-R087)."""

    secrets = frozenset({"token"})

    rule: Annotated[Literal["DTHumanLivestreamWithAudioRelay"], doc("fixed", "GJ-R088")]
    mode: Annotated[Literal["checkheartbeat"], doc("fixed", "GJ-R088")]
    video_size: Annotated[VideoSize, doc("size of the picture", "GJ-E67")]
    token: Token
    res_list: Annotated[tuple[ResourceElement, ...], doc("what there is to see and hear", "GJ-E66")]
    playlist: Annotated[tuple[PcmId, ...], doc("materials to play, at least one", "GJ-E69", min_length=1)]


_CREATE: Final = "CreateNewSession.request"


# With a dict, one that was made remembers that it was checked (`was_made`): each of its elements has rules, so that
# checking it again costs several times what writing it does.
class CreateNewSession(Masked, Request, tag="CreateNewSession", dict=True, gc=True):
    """`CreateNewSession.request`: starts rendering; a section heading calls it MakeSession (4.2.3, GJ-R085, GJ-E64)."""

    catalogue_id = _CREATE
    secrets = frozenset({"token"})

    live_id: Annotated[int, integer("id of the live room", "GJ-R085")]
    token: Token
    live_platform: Annotated[int, integer("3 for callers of the API", "GJ-R086", values=[LIVE_PLATFORM], example=3)]
    params: Annotated[CreateParams, doc("arguments", "GJ-R085")]

    constraints = (
        Contains(
            "params.resList",
            "resOptions.type",
            DTHUMAN,
            least=1,
            clause="GJ-R090",
            reason="no digital human",
            expected="an element of kind dthuman",
        ),
        Equal(
            "token",
            "params.token",
            clause="GJ-E65",
            level="warning",
            tolerated=True,
            reason="params.token is not the token beside the id",
        ),
        OneOf("livePlatform", (LIVE_PLATFORM,), clause="GJ-R086", tolerated=True),
    )

    def understood(self) -> str:
        # Reading an attribute costs as much here as it takes msgspec to read a small object, and so does a variable.
        is_fine = False
        for element in self.params.res_list:
            if type(element.res_options) is DtHuman:
                driven = element.res_options.audio_driven
                if driven.templates[0].ud_code != driven.ud_code_used:
                    return super().understood()
                is_fine = True
        return _CREATE if is_fine else super().understood()


# --- ModifySessionResList ---


class RemovedResources(Message):
    """Elements to be removed; the document's only list of them is empty (4.2.4, GJ-E75)."""

    res_list: Annotated[tuple[RemovedResource, ...], doc("elements by layer and name", "GJ-E75")] = ()


class AddedResources(Message):
    """Elements to be added, in the form that CreateNewSession has (4.2.4, GJ-R103)."""

    res_list: Annotated[tuple[ResourceElement, ...], doc("elements", "GJ-R103")] = ()


class ModifyParams(_Params):
    """Arguments of ModifySessionResList. Both lists are written, either may be left out by others (GJ-E75)."""

    rmv_res: Annotated[RemovedResources, doc("what goes, first", "GJ-R103")] = RemovedResources.trusted()
    add_res: Annotated[AddedResources, doc("what comes", "GJ-R103")] = AddedResources.trusted()


class ModifySessionResList(Request, tag="ModifySessionResList"):
    """`ModifySessionResList.request`: removes and adds elements (4.2.4, GJ-R103)."""

    catalogue_id = "ModifySessionResList.request"

    params: Annotated[ModifyParams, doc("arguments", "GJ-R103")]


# --- DestroySession ---


class DestroyParams(_Params):
    """Arguments of DestroySession."""

    cause: Annotated[str, doc("why, in any words", "GJ-R105", example="Client destroy")] | UnsetType = UNSET


class DestroySession(Request, tag="DestroySession"):
    """`DestroySession.request`: ends the session and frees the server's resources (4.2.5, GJ-R104, GJ-R105)."""

    catalogue_id = "DestroySession.request"

    params: Annotated[DestroyParams, doc("arguments", "GJ-R104")]


# --- ExecSessionResList ---


class AudioTarget(Message):
    """The scene to switch to (GJ-R106)."""

    ud_code: Annotated[str, doc("sceneCode of the scene", "GJ-R106", min_length=1, example="700100200300402")]


class TemplateSwitch(Message):
    """Arguments of switchTemplate (4.2.6, GJ-R106)."""

    driven_mode: Annotated[Literal["audioDriven"], doc("fixed", "GJ-R106")] = "audioDriven"
    audio_driven: Annotated[AudioTarget, doc("the scene", "GJ-R106")]
    draw_options: Annotated[DrawOptions, doc("where it is drawn from then on", "GJ-E76")] | UnsetType = UNSET


class PushUrls(Masked):
    """Arguments of both push commands (4.2.9, GJ-R108)."""

    urls = frozenset({"pushurls"})

    pushurls: Annotated[
        tuple[Annotated[str, doc("RTMP address to push to", "GJ-E83", pattern=r"^rtmps?://.")], ...],
        doc("one or more addresses", "GJ-R108", min_length=1),
    ]


class SwitchTemplate(Message, tag_field="method", tag="switchTemplate"):
    """Command ``switchTemplate``: another scene; addressed to ``dthuman`` (4.2.6, GJ-R106)."""

    args: Annotated[TemplateSwitch, doc("arguments", "GJ-R106")]


class SetPushStreams(Message, tag_field="method", tag="setpushstreams"):
    """Command ``setpushstreams``: pushes to third-party platforms; addressed to ``rtmp`` (4.2.9, GJ-R108)."""

    args: Annotated[PushUrls, doc("arguments", "GJ-R108")]


class ClosePushStreams(Message, tag_field="method", tag="closepushstreams"):
    """Command ``closepushstreams``: pushes no more; addressed to ``rtmp`` (4.2.9, GJ-R108)."""

    args: Annotated[PushUrls, doc("arguments", "GJ-R108")]


class UnknownCommand(dict[str, Any]):
    """A command that the document does not specify, as received: ``method``, ``args``, whatever else (GJ-E77).

    Opening the RTMP stream is spoken of as such a command, but its arguments are nowhere given (4.1).
    """

    @property
    def method(self) -> str:
        """What is commanded."""
        return str(self["method"])


KnownCommand: TypeAlias = SwitchTemplate | SetPushStreams | ClosePushStreams

if TYPE_CHECKING:
    Command: TypeAlias = KnownCommand | UnknownCommand
else:
    # msgspec reads the documented commands by their tag; what it refuses is put in beside it (`wire/open_unions.py`).
    Command = KnownCommand

COMMAND_TARGETS: Final[Mapping[str, tuple[str, str]]] = {
    "switchTemplate": (DTHUMAN, "GJ-R106"),
    "setpushstreams": (RTMP, "GJ-R108"),
    "closepushstreams": (RTMP, "GJ-R108"),
}
"""Commands by ``options.method``: the resource they are addressed to, and the rule that says so."""


class ExecuteItem(Message):
    """One command, addressed to one resource (4.2.6, 4.2.9)."""

    name: Annotated[str, doc("name of the resource", "GJ-R107", min_length=1)]
    options: Annotated[Command, doc("what it is to do", "GJ-E77")]

    @property
    def method(self) -> str:
        """What is commanded, as on the wire."""
        options = self.options
        return options.method if isinstance(options, UnknownCommand) else str(options.__struct_config__.tag)

    constraints = (
        OneOf(
            "options.method", tuple(COMMAND_TARGETS), clause="GJ-E77", tolerated=True, expected="a documented command"
        ),
        *(
            rule
            for method, (target, clause) in COMMAND_TARGETS.items()
            for rule in when(
                "options.method",
                method,
                OneOf("name", (target,), clause=clause, expected=f"{target}, which {method} is addressed to"),
            )
        ),
    )


class ExecuteParams(_Params):
    """Arguments of ExecSessionResList."""

    execute_list: Annotated[tuple[ExecuteItem, ...], doc("commands, at least one", "GJ-R107", min_length=1)]


class ExecSessionResList(Request, tag="ExecSessionResList"):
    """`ExecSessionResList.<command>.request`: has resources do something (4.2.6, 4.2.9, GJ-R106 to GJ-R108)."""

    params: Annotated[ExecuteParams, doc("arguments", "GJ-R107")]


# --- pushPlayListManager ---


class PlaylistAction(StrEnum):
    """What is done with the playlist (4.2.7, GJ-R109)."""

    ADD = "addPlayList"
    """Appends."""
    INSERT = "insertPlayList"
    """Inserts before the element at ``index``."""
    DELETE = "delPlayListIndex"
    """Deletes the element at ``index``."""
    GET = "getPlayList"
    """Only asks for the list."""
    INSERT_AT_SILENT = "insertPlayListAtSilent"
    """Inserts at a silent point of what is playing."""


ACTION_NUMBERS: Final[Mapping[int, PlaylistAction]] = dict(enumerate(PlaylistAction, start=1))
"""Actions by the number that a comment gives them; the wire has their names (GJ-E79)."""

_INDEX: Final = Required("index", clause="GJ-R110")
_IDS: Final = (
    Required("pcmIds", clause="GJ-R111"),
    Limits("pcmIds", min_length=1, is_list=True, clause="GJ-R111", expected="at least one material"),
)


def _useless(*names: str) -> tuple[Absent, ...]:
    return tuple(Absent(name, clause="GJ-E80", tolerated=True) for name in names)


ACTION_RULES: Final = (
    *when("action", PlaylistAction.ADD, *_IDS, *_useless("index", "oldPcmId")),
    *when("action", PlaylistAction.INSERT, _INDEX, *_IDS),
    *when("action", PlaylistAction.DELETE, _INDEX, *_useless("pcmIds")),
    *when("action", PlaylistAction.GET, *_useless("index", "oldPcmId", "pcmIds")),
    *when("action", PlaylistAction.INSERT_AT_SILENT, *_IDS),
)
"""What each action needs, and what it has no use for (4.2.7)."""


class PlaylistParams(_Params):
    """Arguments of pushPlayListManager; which are needed depends on the action (4.2.7, GJ-R109 to GJ-R113)."""

    action: Annotated[PlaylistAction, doc("what is done", "GJ-R109")]
    old_pcm_id: Annotated[int, integer("material that is expected to stand at index", "GJ-R113")] | UnsetType = UNSET
    index: Annotated[int, integer("place in the list, from 0", "GJ-R110")] | UnsetType = UNSET
    pcm_ids: Annotated[tuple[PcmId, ...], doc("materials", "GJ-R111")] | UnsetType = UNSET

    constraints = ACTION_RULES


_MANAGE: Final = "pushPlayListManager.request"


class PushPlayListManager(Request, tag="pushPlayListManager"):
    """`pushPlayListManager.request`: manages what the digital human speaks (4.2.7, GJ-E78)."""

    catalogue_id = _MANAGE

    params: Annotated[PlaylistParams, doc("arguments", "GJ-R109")]

    def understood(self) -> str:
        # What is asked for most; all that this action needs are materials, and what it does not need is tolerated.
        params = self.params
        if params.pcm_ids and (params.action is _AT_SILENT or params.action is _ADD):
            return _MANAGE
        return super().understood()


_ADD: Final = PlaylistAction.ADD
_AT_SILENT: Final = PlaylistAction.INSERT_AT_SILENT
