"""Which messages travel over MQTT, who sends each, and which documented variants of them are understood.

One row a message: this table is what `rpc.py` goes by and what the catalogue lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import msgspec

from ...core.constraints import Begins, Constraint
from ...core.repairs import Convert, Copy, Drop, Rename, Repair, is_list
from ...message import Message
from ..messages import notifications as n
from ..messages import replies as p
from ..messages import rpc_requests as r
from ..messages.parts import VENDOR
from .open_unions import COMMANDS, RESOURCES, OpenUnion, RpcCodec
from .topics import plain_session_id

__all__ = ["BY_BODY", "BY_ID", "EXECUTE", "EXECUTED", "JSONRPC", "MESSAGES", "VENDOR", "Kind", "Sender", "WireMessage"]

Sender: TypeAlias = Literal["client", "server"]
Kind: TypeAlias = Literal["request", "result", "error", "notification"]


@dataclass(frozen=True, slots=True)
class WireMessage:
    """One message.

    Attributes:
        id: catalogue id.
        sender: who sends it.
        kind: what it is; the answer to a heartbeat is a result.
        body: the class of it, from envelope to arguments.
        title: one line.
        section: where the document describes it.
        clauses: the rules about it.
        codec: reads and writes it.
    """

    id: str
    sender: Sender
    kind: Kind
    body: type[Message]
    title: str
    section: str
    clauses: tuple[str, ...]
    codec: RpcCodec[Any]


# --- variants ---

JSONRPC: Final = Drop("GJ-E60", "jsonrpc", level="warning", example="2.0")
"""The member of JSON-RPC 2.0, which this only resembles (GJ-E60)."""

_SENDER: Final = Rename("GJ-E06", "sender", "topicSub")


def _outer_id(place: str) -> Copy:
    """A session id that is missing beside the id and stands inside as well."""
    return Copy("GJ-E56", "sessionId", source=f"{place}.sessionId", to=plain_session_id)


def _inner_id(place: str) -> Copy:
    """The same the other way round."""
    return Copy("GJ-E56", f"{place}.sessionId", source="sessionId")


def _whole(value: Any) -> int | None:
    """The nearest integer to a number with decimals."""
    return round(value) if isinstance(value, float) else None


def _drawn(where: str) -> tuple[Convert, ...]:
    """Members of drawOptions that are no integers (GJ-E72)."""
    return tuple(
        Convert("GJ-E72", f"{where}.{name}", to=_whole, does="{name} is no integer; rounded", example=1.5)
        for name in ("x", "y", "width", "height", "zidx")
    )


def _elements(where: str) -> tuple[Repair, ...]:
    """Variants of the elements of a list."""
    return (*_drawn(f"{where}[].drawOptions"), Rename("GJ-E70", f"{where}[].resOptions.speekerId", "speakerId"))


_NUMBERS: Final[Mapping[Any, str]] = {
    **{number: str(action) for number, action in r.ACTION_NUMBERS.items()},
    **{str(number): str(action) for number, action in r.ACTION_NUMBERS.items()},
}


def _action(value: Any) -> str | None:
    """The name of an action given by its number, as a number or as text (GJ-E79)."""
    return _NUMBERS.get(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None


_CUT_INS: Final = frozenset({"insertlis", "insertlist"})


def _list_kind(value: Any) -> str | None:
    """The ruled name of a list: case does not matter, and the cut-in list may be written out (GJ-E87)."""
    word = value.lower() if isinstance(value, str) else ""
    ruled = n.PlaylistKind.CUT_IN if word in _CUT_INS else n.PlaylistKind.PLAYLIST if word == "playlist" else None
    return None if ruled is None or ruled == value else str(ruled)


def _picture(value: Any) -> str | None:
    """The ruled name of pictures (GJ-E89)."""
    return "image" if value == "imge" else None


def _as_text(value: Any) -> str | None:
    """The text of a list that is no text (GJ-E88)."""
    return msgspec.json.encode(value).decode() if is_list(value) else None


_REQUEST: Final = (JSONRPC, _SENDER, _outer_id("params"), _inner_id("params"))
_STATE: Final = (JSONRPC, _inner_id("params"))
_RESULT: Final = (JSONRPC, _inner_id("result"))

_REPAIRS: Final[Mapping[type[Message], tuple[Repair, ...]]] = {
    r.CreateNewSession: (
        *_REQUEST,
        Copy("GJ-E65", "token", source="params.token", level="warning"),
        Copy("GJ-E65", "params.token", source="token", level="warning"),
        Rename("GJ-E69", "params.playlist", "playList"),
        *_elements("params.resList"),
    ),
    r.ModifySessionResList: (*_REQUEST, *_elements("params.addRes.resList")),
    r.DestroySession: _REQUEST,
    r.ExecSessionResList: (*_REQUEST, *_drawn("params.executeList[].options.args.drawOptions")),
    r.PushPlayListManager: (
        *_REQUEST,
        Convert("GJ-E79", "params.action", to=_action, does="{name} is a number", example=1),
    ),
    p.ErrorReply: (JSONRPC, _inner_id("error")),
    p.HeartBeatReply: (JSONRPC, _SENDER, _outer_id("result"), _inner_id("result")),
    n.HeartBeat: _STATE,
    n.SessionDestroyed: _STATE,
    n.StreamPlay: (*_STATE, Rename("GJ-E48", "params.playaddr.http-flv", "http_flv")),
    n.Show: (*_STATE, Convert("GJ-E89", "params.type", to=_picture, does="{name} is misspelt", example="imge")),
    n.PlaylistState: (
        *_STATE,
        Rename("GJ-E69", "params.playList", "playlist"),
        Convert("GJ-E87", "params.type", to=_list_kind, does="{name} is another spelling", example="PlayList"),
        Convert("GJ-E88", "params.playList", to=_as_text, does="{name} is a list, and no text", example=[12, 33]),
    ),
}
"""Documented variants by message; those of results are all the same."""

_OPEN: Final[Mapping[type[Message], Mapping[str, OpenUnion]]] = {
    r.CreateNewSession: {"params.resList": RESOURCES},
    r.ModifySessionResList: {"params.addRes.resList": RESOURCES},
    r.ExecSessionResList: {"params.executeList": COMMANDS},
}
"""Members whose kinds are open, by message and the list they stand in."""


# --- the table ---


def _row(
    id_: str,
    sender: Sender,
    kind: Kind,
    body: type[Message],
    title: str,
    section: str,
    *clauses: str,
    rules: tuple[Constraint, ...] = (),
    entry: str | None = None,
) -> WireMessage:
    codec = RpcCodec(
        body,
        vendor=VENDOR,
        message=id_,
        repairs=_REPAIRS.get(body, _RESULT),
        open_unions=_OPEN.get(body, {}),
        rules=rules,
        form_clause="GJ-R124",
        entry=entry,
    )
    return WireMessage(id_, sender, kind, body, title, section, clauses, codec)


def _request(body: type[r.Request], title: str, section: str, *clauses: str, command: str = "") -> WireMessage:
    id_ = f"{body.__struct_config__.tag}{'.' if command else ''}{command}.request"
    # The command that a list begins with says which message it is.
    rules = (Begins("params.executeList", "options.method", command, clause=clauses[0]),) if command else ()
    return _row(id_, "client", "request", body, title, section, "GJ-R074", "GJ-R079", *clauses, rules=rules)


def _result(of: str, body: type[p.Result], title: str, section: str, *clauses: str) -> WireMessage:
    return _row(f"{of}.result", "server", "result", body, title, section, "GJ-R080", "GJ-R081", *clauses)


def _note(id_: str, body: type[Message], title: str, *clauses: str) -> WireMessage:
    return _row(id_, "server", "notification", body, title, "4.2.8", *clauses)


_EXEC: Final = "ExecSessionResList"

MESSAGES: Final[tuple[WireMessage, ...]] = (
    _request(r.CreateNewSession, "start rendering", "4.2.3", "GJ-R085", "GJ-R087", "GJ-E65", "GJ-E66", "GJ-E69"),
    _result("CreateNewSession", p.CreateNewSessionResult, "rendering has begun", "4.2.3", "GJ-R083"),
    _request(r.ModifySessionResList, "remove and add elements", "4.2.4", "GJ-R103", "GJ-E75"),
    _result("ModifySessionResList", p.ModifySessionResListResult, "elements are changed", "4.2.4", "GJ-E75"),
    _request(r.DestroySession, "end the session", "4.2.5", "GJ-R104", "GJ-R105"),
    _result("DestroySession", p.DestroySessionResult, "the session is ended", "4.2.5", "GJ-E82"),
    _request(r.ExecSessionResList, "switch the scene", "4.2.6", "GJ-R106", "GJ-E76", command="switchTemplate"),
    _result(f"{_EXEC}.switchTemplate", p.ExecSessionResListResult, "the scene is switched", "4.2.6", "GJ-E76"),
    _request(r.ExecSessionResList, "push to others", "4.2.9", "GJ-R108", "GJ-E83", command="setpushstreams"),
    _result(f"{_EXEC}.setpushstreams", p.ExecSessionResListResult, "pushing to others", "4.2.9", "GJ-E83"),
    _request(r.ExecSessionResList, "push no more", "4.2.9", "GJ-R108", "GJ-E83", command="closepushstreams"),
    _result(f"{_EXEC}.closepushstreams", p.ExecSessionResListResult, "pushing no more", "4.2.9", "GJ-E83"),
    _request(r.PushPlayListManager, "manage the playlist", "4.2.7", "GJ-R109", "GJ-R110", "GJ-R111", "GJ-E80"),
    _result("pushPlayListManager", p.PushPlayListManagerResult, "the playlist", "4.2.7", "GJ-R114", "GJ-E81"),
    _row("result", "server", "result", p.Result, "any result", "4.2.2", "GJ-R080", "GJ-E82"),
    _row("error", "server", "error", p.ErrorReply, "a request failed", "4.2.2", "GJ-R080", "GJ-E62"),
    _note("HeartBeat", n.HeartBeat, "is the client there?", "GJ-R115", "GJ-E84", "GJ-E85"),
    _row("HeartBeat.reply", "client", "result", p.HeartBeatReply, "the client is there", "4.2.8", "GJ-R116", "GJ-R117"),
    _note("SessionState.Destroy", n.SessionDestroyed, "the session is gone", "GJ-R118", "GJ-E90"),
    _note("SessionState.StreamPlay", n.StreamPlay, "the stream can be pulled", "GJ-R119", "GJ-E48"),
    _note("SessionState.Show", n.Show, "an element is displayed", "GJ-R120", "GJ-E89"),
    _note("SessionState.playlist", n.PlaylistState, "an audio begins or ends", "GJ-R121", "GJ-R122", "GJ-E87"),
)
"""All of them, in the order of the document."""

BY_ID: Final[Mapping[str, WireMessage]] = {message.id: message for message in MESSAGES}
BY_BODY: Final[Mapping[type[Any], WireMessage]] = {message.body: message for message in reversed(MESSAGES)}
"""Rows by class of the body: of a class that stands in several rows, the first."""

EXECUTE: Final = _row(
    f"{_EXEC}.request", "client", "request", r.ExecSessionResList, "have resources do something", "4.2.6, 4.2.9",
    entry="",
)  # fmt: skip
"""A command that is not documented, or none: not one of the messages, but there is something to say about it."""

EXECUTED: Final = _row(
    f"{_EXEC}.result", "server", "result", p.ExecSessionResListResult, "it was done", "4.2.6, 4.2.9", entry=""
)
"""The result of any of the commands, which do not say of which: not one of the messages either."""
