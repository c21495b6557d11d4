"""The documented flow of the invented vendor, for ``avatarwire demo``."""

from __future__ import annotations

from typing import Any, Final

from avatarwire.codecs.textform import decode_text
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.demonstration import Narrator, Step, Summary, Tell, carry_out
from tests.fourth_vendor.codecs import http, messages
from tests.fourth_vendor.codecs.catalogue import CATALOGUE
from tests.fourth_vendor.codecs.wire import encode
from tests.fourth_vendor.fakeserver.server import FakeToy

__all__ = ["demonstrate"]


class _Talk:
    def __init__(self, fake: FakeToy, narrator: Narrator, calls: Any) -> None:
        self.fake, self.narrator, self.calls = fake, narrator, calls
        self.session_id = ""

    async def start(self) -> None:
        operation, since = http.START_TALK, self.narrator.now()
        call = operation.encode_request(http.StartTalkRequest(avatar="ada"))
        answer = await self.calls.post(self.fake.http_url + call.path, content=call.body, headers=call.headers)
        self.session_id = operation.decode_response(answer.status_code, answer.content).value.session_id
        self.narrator.http(operation.id, call.method, call.path, {"avatar": "ada"}, 200, answer.json(), since=since)

    async def say(self) -> None:
        from websockets.asyncio.client import connect

        async with connect(f"{self.fake.ws_url}?sessionId={self.session_id}", proxy=None) as socket:
            said = encode(messages.Say(number=1, text="good morning"))
            self.narrator.frame("out", decode_text(CATALOGUE, said.encode()))
            await socket.send(said)
            for _ in range(2):
                heard = str(await socket.recv())
                self.narrator.frame("in", decode_text(CATALOGUE, heard.encode()))


STEPS: Final = (
    Step("Start a talk", "Over HTTP.", _Talk.start),
    Step("Have something said", "On the socket.", _Talk.say),
)


async def demonstrate(tell: Tell, *, host: str = "127.0.0.1") -> Summary:
    """Starts a fake and goes through the steps with it."""
    import httpx

    async with FakeToy(host=host, sentence_seconds=0.01) as fake, httpx.AsyncClient(trust_env=False) as calls:
        narrator = Narrator("toy", tell, RealClock())
        talk = _Talk(fake, narrator, calls)
        return await carry_out(STEPS, talk, narrator, broken_rules=lambda: fake.journal.violations(level="error"))
