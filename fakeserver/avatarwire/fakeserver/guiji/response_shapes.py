"""The other readings of the document's contradictions, as a scenario may choose them: answers in another form.

Only the reshaping of answers that are ready lives here; by default nothing is reshaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from avatarwire.codecs.guiji.http import CREATE_LIVE_SESSION, GET_ACCESS_TOKEN
from avatarwire.fakeserver.guiji.scenario import GuijiScenario

__all__ = ["ResponseShapes"]

_Reshape: TypeAlias = Callable[[dict[str, Any]], None]

_OWN_TABLE: Final = frozenset({GET_ACCESS_TOKEN.id, CREATE_LIVE_SESSION.id})
"""Operations whose tables call code an integer and the text msg (GJ-E11, GJ-E12)."""


class ResponseShapes:
    """Reshapes answers as a scenario says.

    Args:
        scenario: which reading of each contradiction.
    """

    def __init__(self, scenario: GuijiScenario) -> None:
        self._envelope: Final = tuple(
            reshape
            for chosen, reshape in (
                (scenario.code_form == "text", _code_as_text),
                (scenario.text_member == "message", _renamed("msg", "message")),
            )
            if chosen
        )
        self._data: Final[Mapping[str, tuple[_Reshape, ...]]] = MappingProxyType(_chosen(scenario))

    def shaped(self, operation: str, body: bytes, *, succeeded: bool) -> bytes:
        """An answer in the form that the scenario says.

        Args:
            operation: id of what was called; empty if nothing was.
            body: the answer in the ruled form.
            succeeded: whether it has data.
        """
        envelope = () if operation in _OWN_TABLE else self._envelope
        data = self._data.get(operation, ()) if succeeded else ()
        if not envelope and not data:
            return body
        fields = msgspec.json.decode(body)
        for reshape in envelope:
            reshape(fields)
        for reshape in data:
            reshape(fields)
        return msgspec.json.encode(fields)


def _chosen(scenario: GuijiScenario) -> dict[str, tuple[_Reshape, ...]]:
    rows = (_in_data(_renamed("records", "list")),) if scenario.record_rows == "list" else ()
    size = (_in_data(_renamed("size", "pageSize")),) if scenario.page_size_member == "pageSize" else ()
    return {
        "queryLivePage": (_first_room,) if scenario.live_page_form == "room" else (),
        "listPlatformSpeakers": size,
        "queryLiveRecords": (*rows, *size),
        "getPullPath": (_without_level,) if scenario.path_form == "table" else (),
    }


def _code_as_text(fields: dict[str, Any]) -> None:
    fields["code"] = str(fields["code"])


def _renamed(name: str, other: str) -> _Reshape:
    def reshape(fields: dict[str, Any]) -> None:
        renamed = {other if key == name else key: value for key, value in fields.items()}
        fields.clear()
        fields.update(renamed)

    return reshape


def _in_data(inner: _Reshape) -> _Reshape:
    return lambda fields: inner(fields["data"])


def _first_room(fields: dict[str, Any]) -> None:
    """The first room of the page; the sample has no way to say that there is none, so that an empty page stays."""
    rooms = fields["data"]["records"]
    if rooms:
        fields["data"] = rooms[0]


def _without_level(fields: dict[str, Any]) -> None:
    fields["data"]["data"] = fields["data"]["data"]["playaddr"]
