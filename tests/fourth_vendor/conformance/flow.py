"""The flows of the invented vendor, for ``avatarwire demo``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from avatarwire.codecs.operation import HttpRequest
from avatarwire.conformance.flow import Step
from avatarwire.conformance.talk import DOCUMENTED, Brought, Flows, Talk
from tests.fourth_vendor.codecs import http, messages
from tests.fourth_vendor.codecs.wire import encode

__all__ = ["FLOWS"]


class ToyTalk(Talk):
    """A talk, over HTTP and a WebSocket."""

    vendor: ClassVar[str] = "toy"
    needs: ClassVar[tuple[str, ...]] = ("http_url", "ws_url")
    pace: ClassVar[Mapping[str, Any]] = {"sentence_seconds": 0.01}

    session_id = Brought[str]("no talk has been started")

    def headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        return request.headers


async def _start(talk: ToyTalk) -> None:
    talk.session_id = (await talk.calls.call(http.START_TALK, http.StartTalkRequest(avatar="ada"))).session_id


async def _say(talk: ToyTalk) -> None:
    socket = await talk.open_socket(f"{talk.place.text('ws_url')}?sessionId={talk.session_id}")
    said = encode(messages.Say(number=1, text="good morning"))
    talk.tell("out", said)
    await socket.send(said)
    for _ in range(2):
        talk.tell("in", await socket.recv())


FLOWS: Final = Flows(
    ToyTalk,
    {DOCUMENTED: (Step("Start a talk", "Over HTTP.", _start), Step("Have something said", "On the socket.", _say))},
)
