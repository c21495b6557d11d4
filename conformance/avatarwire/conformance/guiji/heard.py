"""What comes over MQTT, and what is said about it: messages, sessions, results and errors, and which message each is.

Payloads are read by hand here; the catalogue is asked for names only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.json_object import json_object

__all__ = ["Heard", "Session", "begin_of_id", "error_of", "fields_of", "id_of", "key_of", "part", "result_of"]

VENDOR: Final = "guiji"


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was opened.

    Attributes:
        id, live_id: of it, and of its room.
        topic_sub, topic_pub: where its client listens and publishes (GJ-E05).
        token: of its account.
        fields: all that createLiveSession has answered.
    """

    id: str
    live_id: int
    topic_sub: str
    topic_pub: str
    token: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that has come.

    Attributes:
        fields: it as a JSON object; empty where it is none.
        topic, qos, payload: as it was delivered.
        at: how many came before.
    """

    fields: dict[str, Any]
    topic: str
    qos: int
    payload: bytes
    at: int

    def is_state(self, *, state: str = "", status: str = "") -> bool:
        """Whether it is a SessionState with this state, or with this status (GJ-E87)."""
        params = self.params
        is_it = self.fields.get("method") == "SessionState"
        return is_it and (params.get("state") == state if state else params.get("status") == status)

    @property
    def params(self) -> dict[str, Any]:
        """Its params; empty where it has none."""
        params = self.fields.get("params")
        return cast("dict[str, Any]", params) if isinstance(params, dict) else {}

    def __str__(self) -> str:
        return self.payload[:300].decode("utf-8", "backslashreplace")


def part(value: Any, *steps: str | int) -> Any:
    """What is inside of plain JSON values.

    Args:
        value: all of it.
        steps: names of members, numbers of items.

    Raises:
        Differs: it is not there.
    """
    here = value
    for step in steps:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            raise Differs(f"a value at {'.'.join(map(str, steps))}", str(value)) from None
    return here


def result_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The result of an answer, which has to be a success (GJ-R080, GJ-R082).

    Raises:
        Differs: it is none.
    """
    result = answer.get("result")
    expect(isinstance(result, dict) and "error" not in answer, "a result, an object, and no error", answer)
    return cast("dict[str, Any]", result)


def error_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The error of an answer, which has to be a failure: with a message and a negative code (GJ-R080, GJ-R082).

    Raises:
        Differs: it is none.
    """
    error = answer.get("error")
    fields = cast("dict[str, Any]", error) if isinstance(error, dict) else {}
    code, text = fields.get("code"), fields.get("message")
    holds = isinstance(code, int) and code < 0 and isinstance(text, str) and "sessionId" in fields
    words = "an error with sessionId, message and a negative code, and no result"
    expect(holds and "result" not in answer, words, answer)
    return fields


# --- which message something is, for the timeline ---


def id_of(direction: str, payload: bytes, asked: Mapping[Any, str]) -> str:
    """The catalogue id of a message.

    Args:
        direction: ``out`` for what a client sends.
        payload: the message.
        asked: what was asked, by `key_of` of its id, as `begin_of_id` gives it.
    """
    if direction == "out":
        try:
            return catalogue.vendor(VENDOR).dispatched(payload, "client").received.id
        except CodecError:
            return ""
    fields = fields_of(payload)
    match fields:
        case {"method": "HeartBeat"}:
            return "HeartBeat"
        case {"method": "SessionState", "params": {"state": "Destroy" | "StreamPlay" | "Show" as state}}:
            return f"SessionState.{state}"
        case {"method": "SessionState", "params": {"status": _}}:
            return "SessionState.playlist"
        case {"error": _}:
            # Under an id that is none it answers a request that had none (GJ-E62).
            return "error" if type(fields.get("id")) is int else ""
        case {"result": _}:
            begin = asked.get(key_of(fields.get("id")), "")
            return f"{begin}.result" if begin else "result"
        case _:
            return ""


def begin_of_id(request: dict[str, Any]) -> str:
    """The catalogue id of a request without its end; empty where there is none."""
    method = str(request.get("method"))
    if method in _PLAIN:
        return method
    match request:
        case {"method": "ExecSessionResList", "params": {"executeList": [{"options": {"method": command}}]}}:
            return f"{method}.{command}" if command in _COMMANDS else ""
        case _:
            return ""


_PLAIN: Final = ("CreateNewSession", "ModifySessionResList", "DestroySession", "pushPlayListManager")
_COMMANDS: Final = ("switchTemplate", "setpushstreams", "closepushstreams")


def key_of(request_id: Any) -> Any:
    """What an id is known by; of another type it is another id."""
    return type(request_id).__name__, str(request_id)


def fields_of(payload: bytes) -> dict[str, Any]:
    """A payload as a JSON object; empty where it is none."""
    return json_object(payload)
