"""What a case about SenseTime works with: calls, lives, and the sockets of a live.

All that comes is read as plain JSON, so that a mistake of the codecs is not shared by the judge. Calls and tokens are
in `calling.py`, what is judged of answers in `verifying.py`, what is said on sockets in `talking.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from ..engine.bench import expect
from ..engine.callbacks import Callback, Hearing
from ..engine.case import Differs, NotJudged, Skip
from ..engine.http_calls import Reply
from ..engine.web_socket import Refused
from .calling import SenseTimeCalls
from .talking import Talk, microphone_id, page_id
from .verifying import accepted, members, refused

__all__ = ["BRIEF", "FULL", "SPEECH", "Live", "SenseTimeBench", "rows", "spoken"]

SPEECH: Final = "This is a takeover that the avatar speaks for quite a while, so that others have to wait. " * 6
"""Text of a takeover that plays for much longer than a case lasts."""
BRIEF: Final = "0123456789"
"""The shortest text of a takeover (ST-TKO-23)."""

FULL: Final = (97, 98)
"""States of a live that there is no channel for (ST-LIVE-14)."""
_POLL: Final = 0.05
_TRIES: Final = 10
_RETRY: Final = 2
"""Seconds after which a callback that failed may be tried again."""


@dataclass(frozen=True, slots=True)
class Live:
    """A live that was created.

    Attributes:
        id, token: ``sessionId`` and ``sessionToken``.
        fields: data of the answer.
    """

    id: str
    token: str
    fields: Mapping[str, Any]

    @property
    def status(self) -> object:
        """Its state when it was created."""
        return self.fields.get("status")


class SenseTimeBench(SenseTimeCalls):
    """One case about SenseTime at work."""

    # --- lives ---

    @property
    def param(self) -> str:
        """A live script that the endpoint takes, as JSON text."""
        return self.endpoint.text("param")

    @property
    def script(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return cast("dict[str, Any]", json.loads(self.param))

    async def created(self, **parameters: Any) -> Live:
        """Creates a live, which is closed when the case is over, and waits until its stream is there.

        Raises:
            Differs: it is not created.
            NotJudged: there is no channel for it.
        """
        live = self.live_of(await self.call("createLive", {"param": self.param, **parameters}))
        if live.status in FULL:
            raise NotJudged(f"there is no channel for a live: status {live.status}")
        if live.status == 32:
            await self.until_status(live, 35)
        return live

    def live_of(self, reply: Reply) -> Live:
        """The live that was created, which is closed when the case is over.

        Raises:
            Differs: none was.
        """
        fields = members(accepted(reply))
        expect(bool(fields.get("sessionId")), "data with a sessionId", reply)
        live = Live(str(fields["sessionId"]), str(fields.get("sessionToken", "")), fields)
        self.run.secrets.add(live.token)
        self.at_the_end(lambda: self.close(live))
        return live

    async def not_created(self, reply: Reply, why: str) -> None:
        """Judges that no live was created; one that was all the same is closed.

        Raises:
            Differs: it was.
        """
        if given := members(reply.json.get("data")).get("sessionId"):
            await self.call("closeLive", {"sessionId": given})
        refused(reply, why)

    async def started(self, **parameters: Any) -> Live:
        """The same, and starts it."""
        live = await self.created(**parameters)
        expect(accepted(await self.of_live("startLive", live)) is not False, "a live that is started", "data false")
        return live

    async def close(self, live: Live) -> Reply:
        """Closes a live."""
        return await self.of_live("closeLive", live)

    async def stat(self, live: Live) -> dict[str, Any]:
        """What queryStat says of a live.

        Raises:
            Differs: it says nothing.
        """
        reply = await self.of_live("queryStat", live)
        data = members(accepted(reply))
        expect(bool(data), "data of a live", reply)
        return data

    async def until_status(self, live: Live, *statuses: int, seconds: float = 0) -> dict[str, Any]:
        """Asks until a live has one of some states.

        Args:
            live: which.
            statuses: that end the asking.
            seconds: how long to ask; twice the run's patience where it is 0.

        Raises:
            Differs: it does not come to that.
        """
        until = self.run.now() + (seconds or 2 * self.patience)
        while True:
            found = await self.stat(live)
            if found.get("status") in statuses:
                return found
            if self.run.now() > until:
                raise Differs(f"status {' or '.join(map(str, statuses))}", f"still {found.get('status')}")
            await self.pause(_POLL)

    async def running(self) -> list[dict[str, Any]]:
        """Rows of runningList."""
        return rows(accepted(await self.call("runningList")))

    async def history(self, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of historyList."""
        data = members(accepted(await self.call("historyList", parameters)))
        expect("result" in data, "data with a result", data)
        return rows(data["result"])

    async def of_live(self, operation: str, live: Live, **parameters: Any) -> Reply:
        """A call about a live."""
        return await self.call(operation, {"sessionId": live.id, **parameters})

    # --- takeovers ---

    async def command(self, live: Live, text: str = SPEECH) -> str:
        """Has the avatar speak at once; the id of that takeover.

        Raises:
            Differs: it is not accepted, or has no id.
        """
        reply = await self.of_live("takeoverCommand", live, param=spoken(text))
        data = members(accepted(reply))
        holds = data.get("isSuccess") is True
        expect(holds and isinstance(data.get("commandTraceId"), str), "isSuccess true and a commandTraceId", reply)
        return str(data["commandTraceId"])

    async def queue(self, live: Live, *, text: str = SPEECH, priority: int | None = None) -> str:
        """Has the avatar speak when its turn comes; the id of that takeover.

        Raises:
            Differs: it is not queued.
        """
        asked = {} if priority is None else {"priority": priority}
        reply = await self.of_live("takeoverQueue", live, param=spoken(text), **asked)
        data = members(accepted(reply))
        holds = data.get("commandStatus") in (33, 34)
        holds = holds and isinstance(data.get("commandTraceId"), str)
        expect(holds, "commandStatus 33 or 34 and a commandTraceId", reply)
        return str(data["commandTraceId"])

    async def queued(self, live: Live) -> list[str]:
        """The queue of a live."""
        reply = await self.of_live("takeoverQueueList", live)
        given = members(accepted(reply)).get("commandTraceIds")
        expect(given is None or isinstance(given, list), "data with a list commandTraceIds", reply)
        return [str(item) for item in cast("list[object]", given or [])]

    async def until_queue(self, live: Live, ids: list[str], expected: str) -> None:
        """Asks until the queue of a live is a certain one; files may have to be fetched before.

        Raises:
            Differs: it does not come to that.
        """
        until = self.run.now() + self.patience
        while (found := await self.queued(live)) != ids:
            expect(self.run.now() < until and set(found) <= set(ids), f"{expected}: {ids}", found)
            await self.pause(_POLL)

    async def cancel(self, live: Live, *ids: str) -> Reply:
        """Cancels takeovers, all where none is named."""
        return await self.of_live("takeoverCancel", live, commandTraceId=";".join(ids) or "-1")

    # --- sockets ---

    async def microphone(self, live: Live, *, authorization: str | None = None) -> Talk:
        """Opens the microphone socket of a live.

        Args:
            live: whose.
            authorization: instead of Bearer and its sessionToken, as it stands in the URL.

        Raises:
            Differs: the handshake is refused.
        """
        try:
            return await self.knocked(live, authorization=authorization)
        except Refused as refusal:
            raise Differs("a microphone socket", f"the handshake is refused: {refusal}") from None

    async def knocked(
        self, live: Live, *, token: str | None = None, authorization: str | None = None, **query: str
    ) -> Talk:
        """Tries to open the microphone socket of a live.

        Args:
            live: whose.
            token: instead of its sessionToken.
            authorization: instead of Bearer and the token, as it stands in the URL; empty for none.
            query: further parameters, or others than the right ones.

        Raises:
            Refused: the handshake is refused.
        """
        asked = {"clientType": "BROWSER", "sessionId": live.id, **query}
        if authorization is None:
            authorization = quote(f"Bearer {live.token if token is None else token}", safe="")
        url = f"{self.microphone_url}?{urlencode(asked)}" + (f"&Authorization={authorization}" if authorization else "")
        return Talk(self, await self.web_socket(url, id_of=microphone_id))

    async def page(self, live: Live) -> Talk:
        """Opens the endpoint that pushes the SDK's messages, where there is one.

        Raises:
            Skip: there is none, as no document describes what carries these messages.
            Differs: the handshake is refused.
        """
        try:
            return await self.knocked_page(live)
        except Refused as refusal:
            raise Differs("a connection", f"the handshake is refused: {refusal}") from None

    async def knocked_page(self, live: Live, *, token: str | None = None) -> Talk:
        """Tries to open it.

        Raises:
            Skip, Refused: as it is.
        """
        base = self.endpoint.text("interactive_url")
        if not base:
            raise Skip("it needs interactive_url, as no document says what carries the messages of the SDK")
        asked = {"sessionId": live.id, "Authorization": f"Bearer {live.token if token is None else token}"}
        return Talk(self, await self.web_socket(f"{base}?{urlencode(asked, quote_via=quote)}", id_of=page_id))

    @property
    def microphone_url(self) -> str:
        """Of the microphone socket, without its query."""
        path = "/api/live-takeover-cc/v1/material/live/channel/command/microphone"
        return self.endpoint.text("ws_url") or "ws" + self.endpoint.url.removeprefix("http") + path

    # --- callbacks ---

    def hears(self, live: Live, answer: Callable[[Callback], tuple[int, bytes]] | None = None) -> Hearing:
        """Listens for the callbacks of a live, those that have come so far included.

        Args:
            live: whose.
            answer: how each is answered.

        Raises:
            Skip: there is nowhere to hear them.
        """

        def taken(callback: Callback) -> tuple[int, bytes]:
            self.timeline.add("callback-1", "callback", "in", callback.body, message="CallbackBody")
            return (200, b"") if answer is None else answer(callback)

        return self.hear(Hearing(lambda callback: callback.fields.get("sessionId") == live.id, taken))

    async def until_heard(
        self, hearing: Hearing, status: int, trace_id: str = "", patience: float = 0, *, passes: bool = False
    ) -> Callback:
        """The callback with a status, and about a takeover where one is named.

        Args:
            hearing: of the live.
            status, trace_id: that it has.
            patience: real seconds to wait; of the run where it is 0.
            passes: whether time passes meanwhile, for a case that runs alone: it may be tried again after some.

        Raises:
            Differs: it does not come.
        """

        def is_it(callback: Callback) -> bool:
            fields = callback.fields
            return fields.get("status") == status and (not trace_id or fields.get("commandTraceId") == trace_id)

        patience = patience or self.patience
        tries = _TRIES if passes else 1
        for _ in range(tries):
            if found := await hearing.until(is_it, patience / tries):
                return found
            if passes:
                await self.let_pass(_RETRY)
        came = [each.fields.get("status") for each in hearing.heard]
        raise Differs(f"a callback with status {status}", f"none; there were {came}")


def spoken(text: str, **others: Any) -> str:
    """A takeover script of a text, as JSON text (ST-TKO-01)."""
    return json.dumps({"tts_query": {"content": text, "ssml": False}, **others}, ensure_ascii=False)


def rows(data: object) -> list[dict[str, Any]]:
    """Rows of a list; one object counts as one row (ST-E27, ST-E28)."""
    if isinstance(data, dict):
        return [cast("dict[str, Any]", data)]
    expect(data is None or isinstance(data, list), "a list of rows", f"{data!r}")
    return [members(row) for row in cast("list[object]", data or [])]
