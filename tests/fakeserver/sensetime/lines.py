"""Sockets of the fake without sockets: conversations on a virtual clock, and what they say, read with `json` alone.

Only what the tests of the microphone and of the talk share may live here.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable
from typing import Any, Final

from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage, encode
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Close, Effect, Incoming, Note, Send
from avatarwire.fakeserver.scenario import override
from avatarwire.fakeserver.sensetime.conversation import Dialogue
from avatarwire.fakeserver.sensetime.microphone import Microphone, Speech
from avatarwire.fakeserver.sensetime.pages import Page
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.user_code import Guard
from tests.fakeserver.sensetime.client import SCRIPT
from tests.fakeserver.turns import LiveTurn

BEGIN: Final = '{"code":0,"message":"begin"}'
EOF: Final = '{"code":99,"message":"eof"}'
PCM: Final = bytes(range(256)) * 125
"""32000 bytes: one second, if it is 16 kHz, 16-bit, mono."""


def said(effects: list[Effect]) -> list[Any]:
    """What is sent, as JSON; what closes, as its code."""
    return [json.loads(it.data) if isinstance(it, Send) else it.code for it in effects if isinstance(it, Send | Close)]


def codes(effects: list[Effect]) -> list[Any]:
    """Codes of what is sent, and ``("close", code)``."""
    return [it["code"] if isinstance(it, dict) else ("close", it) for it in said(effects)]


def receive(talk: Microphone | Page, data: bytes | str) -> tuple[Incoming, list[Effect]]:
    """What a conversation makes of a message, and what that leads to."""
    received = talk.read(data)
    return received, talk.take(received)


class Line:
    """A live and its sockets.

    Args:
        started: whether it is in progress.
        script: changes to the live's scene.
        changes: of the scenario.
    """

    def __init__(self, *, started: bool = True, scene: dict[str, Any] | None = None, **changes: Any) -> None:
        self.clock = VirtualClock()
        self.scenario = override(SenseTimeScenario(), **changes)
        self.heard: list[Speech] = []
        self.pushed: list[dict[str, Any]] = []
        self.turn = LiveTurn(self.clock)
        self.state = SenseTimeState(self.scenario, self.turn, rng=random.Random(5))
        script = {**SCRIPT, "sceneList": [{**SCRIPT["sceneList"][0], **(scene or {})}]}
        request = CreateLiveRequest(param=json.dumps(script))
        self.live = self.state.lives.create(request, request.script, self.scenario.accounts[0])
        if started:
            self.state.lives.start(self.live)
        self.dialogue = Dialogue(
            self.live,
            self.scenario,
            self.turn,
            random.Random(6),
            push=self._push,
            guard=Guard(self._note),
        )
        self.live.observers.append(self.dialogue.happened)
        self.page = Page(self.dialogue)
        self.microphone = self.new_microphone()

    def new_microphone(self, **options: Any) -> Microphone:
        """Another microphone socket of the live."""
        told: dict[str, Any] = {
            "live": self.live,
            "hear": self.dialogue.hear,
            "begin": self.dialogue.interrupt,
            **options,
        }
        return Microphone(scenario=self.scenario, turn=self.turn, **told)

    def text(self, text: str) -> tuple[Incoming, list[Any]]:
        """A text message to the microphone: what was understood, and the codes that answer it."""
        received, effects = receive(self.microphone, text)
        return received, codes(effects)

    def binary(self, data: bytes) -> tuple[Incoming, list[Any]]:
        """The same for speech."""
        received, effects = receive(self.microphone, data)
        return received, codes(effects)

    def speak(self, *packets: bytes) -> None:
        """A whole round."""
        assert self.text(BEGIN)[1] == [2]
        for packet in packets:
            assert self.binary(packet)[1] == []
        assert self.text(EOF)[1] == []

    def news(self) -> list[tuple[str, ...]]:
        """What was pushed since the last time: service, type, status and words."""
        pushed, self.pushed = self.pushed, []
        names = {"ok": ("text", "query", "answer"), "fail": ("error",)}
        return [
            (it["service"], it["type"], it["status"], *(it[name] for name in names[it["status"]] if name in it))
            for it in pushed
        ]

    def settle(self) -> None:
        """Waits for everything that is waited for."""
        while self.turn.waiting:
            awaitable, then = self.turn.waiting.pop(0)

            async def result(awaited: Awaitable[object] = awaitable) -> object:
                return await awaited

            then(asyncio.run(result()))

    def _push(self, message: SdkMessage, cause: Incoming | None) -> None:
        self.pushed.append(json.loads(encode(message)))

    def _note(self, text: str, message: str = "", session: str = "", **about: Any) -> None:
        self.turn.do(Note(text, message, session, about=about))

    @property
    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """What the journal would be told beside messages: text, and what else there is by name."""
        notes = [it for it in self.turn.done if isinstance(it, Note)]
        return [(it.text, {**({"message": it.message} if it.message else {}), **it.about}) for it in notes]
