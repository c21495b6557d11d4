"""Which message decoded JSON is: by its members, by its method, by the state it reports.

Only that choice lives here; the table of messages is `table.py`. A command or notification has a ``method``, an answer
has ``result`` or ``error`` instead: that distinguishes them when ids coincide (GJ-R078, GJ-E59).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ...core.json_forms import whole
from ...core.members import LARGEST, SMALLEST
from ...core.repairs import is_list, is_object
from ...errors import ValidationError, shown
from .table import BY_ID, EXECUTE, MESSAGES, VENDOR, Kind, Sender, WireMessage
from .topics import plain_session_id

__all__ = ["Head", "command_id", "head_of", "message_of"]


class Head(NamedTuple):
    """The envelope of a message, as far as it can be read.

    Attributes:
        id: None where there is no integer of 64 bits.
        method: empty in answers.
        session_id: beside the id, or else inside; without the prefix of heartbeats (GJ-E56, GJ-E84).
        sender: topicSub of who has sent it, where a client has (GJ-E06).
        kind: None for what is neither command nor notification nor answer.
    """

    id: int | None = None
    method: str = ""
    session_id: str = ""
    sender: str = ""
    kind: Kind | None = None


def head_of(fields: Mapping[str, Any]) -> Head:
    """The envelope of decoded JSON; never fails."""
    id_, method = whole(int, fields.get("id")), fields.get("method")
    inner = [part for name in ("params", "result", "error") if is_object(part := fields.get(name))]
    return Head(
        id_ if type(id_) is int and SMALLEST <= id_ <= LARGEST else None,
        method if isinstance(method, str) else "",
        plain_session_id(_first_text(place.get("sessionId") for place in (fields, *inner))),
        _first_text(fields.get(name) for name in ("sender", "topicSub")),
        _kind(fields),
    )


def _kind(fields: Mapping[str, Any]) -> Kind | None:
    method = fields.get("method")
    if method is not None:
        return "notification" if isinstance(method, str) and method in _NOTIFICATIONS else "request"
    if fields.get("error") is not None or "result" not in fields:
        return "error" if "error" in fields else None
    return "result"


def _first_text(values: Iterable[object]) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")


def message_of(fields: Mapping[str, Any], sender: Sender | None, answers: str) -> WireMessage | None:
    """The message that decoded JSON is; None for a method, or a state, that the document does not know.

    Args:
        fields: the members.
        sender: who has sent it; None takes it from the message.
        answers: catalogue id of the request that it answers, if it does.

    Raises:
        ValidationError: nothing identifies it, or the other side sends such messages.
    """
    if "method" in fields:
        row = _by_method(fields)
    elif "result" in fields and "error" in fields:
        raise _error("result and error in one message", "error", "one of the two", "GJ-R082")
    elif "error" in fields:
        return BY_ID["error"]
    elif "result" in fields:
        if (sender or _answering(fields)) == "client":
            return BY_ID["HeartBeat.reply"]
        return BY_ID.get(f"{answers.removesuffix('.request')}.result", BY_ID["result"])
    else:
        raise _error("required field is missing", "method", "method, result or error", "GJ-R078")
    if row is not None and sender is not None and row.sender != sender:
        allowed = " or ".join(dict.fromkeys(_method_of(other) for other in MESSAGES if _is_method(other, sender)))
        raise _error(f"{fields['method']} from the {sender}", "method", allowed, "GJ-R078")
    return row


def _answering(fields: Mapping[str, Any]) -> Sender:
    """Who has sent a result: only a client says who it is."""
    return "client" if any(name in fields for name in ("sender", "topicSub")) else "server"


def command_id(method: str) -> str:
    """Catalogue id of the request with one command of ExecSessionResList; empty for one that is not documented."""
    id_ = f"ExecSessionResList.{method}.request"
    return id_ if id_ in BY_ID else ""


def _by_method(fields: Mapping[str, Any]) -> WireMessage | None:
    method = fields["method"]
    if not isinstance(method, str):
        raise _error(f"got {shown(method)}", "method", "text", "GJ-R078")
    if method == "SessionState":
        return _state(fields)
    if method == "ExecSessionResList":
        return BY_ID.get(command_id(_command(fields)), EXECUTE)
    return BY_ID.get(method) if method in _NOTIFICATIONS else BY_ID.get(f"{method}.request")


def _command(fields: Mapping[str, Any]) -> str:
    """The first command of an ExecSessionResList; empty where there is none."""
    params = fields.get("params")
    items = params.get("executeList") if is_object(params) else None
    first = items[0] if is_list(items) and items else None
    options = first.get("options") if is_object(first) else None
    return _first_text([options.get("method") if is_object(options) else None])


def _state(fields: Mapping[str, Any]) -> WireMessage | None:
    """The kind of a SessionState, by ``state`` or else by ``status`` (GJ-E87)."""
    params = fields.get("params")
    if not is_object(params):
        reason = "required field is missing" if "params" not in fields else f"got {shown(params)}"
        raise _error(reason, "params", "an object", "GJ-R118")
    state = params.get("state")
    if state is None:
        if "status" in params:
            return BY_ID["SessionState.playlist"]
        raise _error("required field is missing", "params.state", "state or status", "GJ-E87")
    if not isinstance(state, str):
        raise _error(f"got {shown(state)}", "params.state", "text", "GJ-E87")
    return _STATES.get(state)


_NOTIFICATIONS: Final = frozenset({"HeartBeat", "SessionState"})
_STATES: Final[Mapping[str, WireMessage]] = {
    state: BY_ID[f"SessionState.{state}"] for state in ("Destroy", "StreamPlay", "Show")
}


def _is_method(row: WireMessage, sender: Sender) -> bool:
    return row.sender == sender and row.kind in ("request", "notification")


def _method_of(row: WireMessage) -> str:
    return str(row.body.__struct_config__.tag)


def _error(reason: str, path: str, expected: str, clause: str) -> ValidationError:
    return ValidationError(reason, vendor=VENDOR, path=path, expected=expected, clause=clause)
