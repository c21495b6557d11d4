"""Every action on every transport in each direction: a rule for it, and why there is none where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver import ScenarioError
from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.vendors import VENDORS

__all__ = ["PLACES", "refusal", "rule_of"]

PLACES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "http, in": ("aliyun", "StartAvatarSession.request", "in"),
        "http, out": ("aliyun", "StartAvatarSession.response", "out"),
        "ws, in": ("aliyun", "text_drive.request", "in"),
        "ws, out": ("aliyun", "text_drive.response", "out"),
        "mqtt, in": ("guiji", "pushPlayListManager.request", "in"),
        "mqtt, out": ("guiji", "pushPlayListManager.result", "out"),
        "callback, in": ("sensetime", "CallbackBody", "in"),
        "callback, out": ("sensetime", "CallbackBody", "out"),
        "handshake of a WebSocket": ("aliyun", "handshake.websocket", "in"),
        "handshake of MQTT": ("guiji", "handshake.mqtt", "in"),
    }
)
"""By transport and direction: vendor, message and direction of a rule."""

_KEYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "delay": {"seconds": 1},
    "truncate": {"bytes": 6},
    "replace": {"data": "7b7d"},
    "corrupt": {"bits": 64},
    "frame": {"form": "fragmented"},
}
_FIELD: Final[Mapping[str, tuple[str, object]]] = {
    "StartAvatarSession.request": ("requestId", 7),
    "StartAvatarSession.response": ("sessionId", "other"),
    "text_drive.request": ("askType", 9),
    "text_drive.response": ("content", "other"),
    "pushPlayListManager.request": ("params.action", "other"),
    "pushPlayListManager.result": ("result.data", [99]),
    "CallbackBody": ("sessionId", "other"),
    "handshake.websocket": ("headers.host", "other"),
    "handshake.mqtt": ("headers.host", "other"),
}
_COMMANDS: Final = {"aliyun": "force_close", "guiji": "destroy", "sensetime": "expire_tokens"}


def rule_of(place: str, do: str) -> dict[str, Any]:
    """A rule that acts on the message of a place, once."""
    vendor, message, direction = PLACES[place]
    rule: dict[str, Any] = {"message": message, "direction": direction, "do": do, "times": 1, **_KEYS.get(do, {})}
    path, value = _FIELD[message]
    if do == "set":
        rule["fields"] = {path: value}
    elif do == "remove":
        rule["fields"] = [path]
    elif do == "answer":
        rule["body"] = {"other": True}
    elif do == "command":
        rule["command"] = _COMMANDS[vendor]
    return rule


def refusal(place: str, do: str) -> str:
    """Why an action is not to be had in a place; empty where it is."""
    vendor, _, _ = PLACES[place]
    try:
        _fake(vendor).faults.add(**rule_of(place, do)).remove()
    except ScenarioError as error:
        return str(error).partition(": ")[2]
    return ""


@cache
def _fake(vendor: str) -> FakeServer:
    """One that never starts, for its checks of rules."""
    fake: FakeServer = VENDORS[vendor].make()
    return fake
