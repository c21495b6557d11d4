"""Messages over MQTT as Hypothesis finds them: what the declarations allow, with what must agree made to agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.guiji.requests import COMMAND_TARGETS
from avatarwire.codecs.guiji.wire import BY_ID
from tests.codecs.strategies import json_of

__all__ = ["fields_of_message"]


def fields_of_message(id_: str) -> st.SearchStrategy[dict[str, Any]]:
    """Right JSON objects of one message, the rules between its members held."""
    whole = json_of(inspect.type_info(BY_ID[id_].body))
    return st.builds(_agreeing, whole, st.just(id_), st.lists(st.integers(-9, 9), max_size=3))


def _agreeing(fields: dict[str, Any], id_: str, numbers: list[int]) -> dict[str, Any]:
    """The same message with what must agree made to agree."""
    _same_session(fields)
    for repair in _REPAIRS.get(id_, ()):
        repair(fields, numbers)
    return fields


def _same_session(fields: dict[str, Any]) -> None:
    for name in ("params", "result", "error"):
        inner = fields.get(name)
        if isinstance(inner, dict) and "sessionId" in inner:
            if "sessionId" in fields:
                inner["sessionId"] = fields["sessionId"].replace(":---:", "") or "s"
                fields["sessionId"] = inner["sessionId"]
            else:
                inner["sessionId"] = inner["sessionId"] or "s"


def _prefixed(holder: str) -> Callable[[dict[str, Any], list[int]], None]:
    def repair(fields: dict[str, Any], _: list[int]) -> None:
        plain = fields[holder]["sessionId"].rpartition(":---:")[2]
        fields[holder]["sessionId"] = f":---:{plain}"
        if "sessionId" in fields:
            fields["sessionId"] = plain

    return repair


def _elements(*path: str) -> Callable[[dict[str, Any], list[int]], None]:
    def repair(fields: dict[str, Any], _: list[int]) -> None:
        holder: Any = fields
        for step in path:
            holder = holder.get(step, {})
        for element in holder:
            options = element["resOptions"]
            options.pop("speakerId", None)
            if options["name"] == "background":
                options["name"] = "wall"
            if "loop" in options:
                options["loop"] = abs(options["loop"]) - 1
            if "audioDriven" in options:
                driven = options["audioDriven"]
                driven["udCodeUsed"] = driven["templates"][-1]["udCode"]

    return repair


def _new_session(fields: dict[str, Any], _: list[int]) -> None:
    driven = {"mode": "livestream", "udCodeUsed": "1", "templates": [{"udCode": "1"}], "quarter": 0}
    human = {"type": "center", "resOptions": {"type": "dthuman", "name": "dthuman", "audioDriven": driven}}
    fields["params"]["resList"].append(human)
    fields["params"]["token"] = fields["token"]
    fields["livePlatform"] = 3


def _commanding(command: str) -> Callable[[dict[str, Any], list[int]], None]:
    """The first command is the one the message is named after; others may follow it."""

    def repair(fields: dict[str, Any], _: list[int]) -> None:
        options = {"method": command, "args": _ARGUMENTS[command]}
        fields["params"]["executeList"].insert(0, {"name": COMMAND_TARGETS[command][0], "options": options})

    return repair


def _addressed(fields: dict[str, Any], _: list[int]) -> None:
    for item in fields["params"]["executeList"]:
        item["name"] = COMMAND_TARGETS[item["options"]["method"]][0]


def _arguments(fields: dict[str, Any], _: list[int]) -> None:
    params = fields["params"]
    for name, used_by in {
        "index": ("insertPlayList", "delPlayListIndex"),
        "pcmIds": ("addPlayList", "insertPlayList", "insertPlayListAtSilent"),
    }.items():
        params.pop(name, None)
        if params["action"] in used_by:
            params[name] = 1 if name == "index" else [7]
    if params["action"] in ("addPlayList", "getPlayList"):
        params.pop("oldPcmId", None)


def _list_in_text(fields: dict[str, Any], numbers: list[int]) -> None:
    fields["params"]["playList"] = json.dumps(numbers)


def _negative(fields: dict[str, Any], _: list[int]) -> None:
    fields["error"]["code"] = -abs(fields["error"]["code"]) - 1


def _ruled(*names: str) -> Callable[[dict[str, Any], list[int]], None]:
    def repair(fields: dict[str, Any], numbers: list[int]) -> None:
        result = fields["result"]
        for name in set(result) - {"sessionId", *names}:
            del result[name]
        if "data" in names and result["ok"]:
            result.setdefault("data", numbers)

    return repair


_EXEC: Final = "ExecSessionResList"
_ARGUMENTS: Final[Mapping[str, dict[str, Any]]] = {
    "switchTemplate": {"drivenMode": "audioDriven", "audioDriven": {"udCode": "7002"}},
    "setpushstreams": {"pushurls": ["rtmp://a.test/live"]},
    "closepushstreams": {"pushurls": ["rtmp://a.test/live"]},
}
_REPAIRS: Final[Mapping[str, tuple[Callable[[dict[str, Any], list[int]], None], ...]]] = {
    "CreateNewSession.request": (_elements("params", "resList"), _new_session),
    "ModifySessionResList.request": (_elements("params", "addRes", "resList"),),
    **{f"{_EXEC}.{command}.request": (_addressed, _commanding(command)) for command in _ARGUMENTS},
    "pushPlayListManager.request": (_arguments,),
    "CreateNewSession.result": (_ruled("message"),),
    "ModifySessionResList.result": (_ruled("message"),),
    **{f"{_EXEC}.{command}.result": (_ruled("message"),) for command in _ARGUMENTS},
    "DestroySession.result": (_ruled("ok", "info"),),
    "pushPlayListManager.result": (_ruled("ok", "message", "data"),),
    "error": (_negative,),
    "HeartBeat": (_prefixed("params"),),
    "HeartBeat.reply": (_prefixed("result"),),
    "SessionState.playlist": (_list_in_text,),
}
