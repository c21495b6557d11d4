"""What is said about a session over MQTT: requests and their answers, heartbeats, what the server tells by itself.

Whatever comes is kept in order. Who waits for one message passes over all others, and may still ask for them later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.mqtt_link import Delivered, MqttLink
from ..engine.stream import Ended
from .heard import Heard, Session, begin_of_id, error_of, fields_of, key_of, result_of

if TYPE_CHECKING:
    from .bench import GuijiBench

__all__ = ["PREFIX", "RTMP", "Talk"]

PREFIX: Final = ":---:"
"""What the session id in a heartbeat begins with (GJ-E84)."""


class Talk:
    """The conversation on one connection.

    Args:
        bench: of the case.

    Attributes:
        link: that carries it.
        session: that it is about.
        heard: what has come, in order.
        answers_beats: whether it answers heartbeats at once, as a client has to (GJ-R115).
        asked: what was asked, by id, as the beginning of catalogue ids.
    """

    link: MqttLink
    session: Session

    def __init__(self, bench: GuijiBench) -> None:
        self.bench: Final = bench
        self.heard: Final[list[Heard]] = []
        self.answers_beats = True
        self.asked: Final[dict[Any, str]] = {}
        self._kept: Final[list[Heard]] = []
        self._last_id = 0
        self._is_over = False

    async def join(self, session: Session, qos: int = 1) -> None:
        """Listens to what is said about a session; it is destroyed when the case is over."""
        self.session = session
        granted = await self.link.subscribe(session.topic_sub, qos)
        expect(granted <= 2, f"a subscription to topicSub {session.topic_sub}", f"SUBACK with {granted}")
        self.bench.at_the_end(self._clean_up)

    def follow(self, before: Talk) -> None:
        """Goes on where another connection of the session was: with ids after those that were used there."""
        self._last_id = before._last_id
        self.asked.update(before.asked)

    # --- out ---

    def next_id(self) -> int:
        """Another id (GJ-R079)."""
        self._last_id += 1
        return self._last_id

    def request(self, method: str, params: Any = None, **members: Any) -> dict[str, Any]:
        """A request: params gets the session id where it is an object without one."""
        session = self.session
        inner: Any = {} if params is None else params
        if isinstance(inner, dict):
            inner = {"sessionId": session.id, **cast("dict[str, Any]", inner)}
        return {
            "id": self.next_id(),
            "method": method,
            "sessionId": session.id,
            "sender": session.topic_sub,
            "params": inner,
            **members,
        }

    async def send(self, fields: Any, *, qos: int = 1) -> None:
        """Publishes JSON to topicPub."""
        if isinstance(fields, dict) and "method" in fields:
            sent = cast("dict[str, Any]", fields)
            self.asked[key_of(sent.get("id"))] = begin_of_id(sent)
        await self.send_bytes(self.bench.dumped(fields), qos=qos)

    async def send_bytes(self, payload: bytes, *, qos: int = 1, topic: str | None = None) -> None:
        """Publishes any bytes."""
        await self.link.publish(self.session.topic_pub if topic is None else topic, payload, qos)

    async def ask(self, method: str, params: Any = None, *, qos: int = 1, **members: Any) -> dict[str, Any]:
        """Sends a request and waits for its answer: all of it."""
        fields = self.request(method, params, **members)
        await self.send(fields, qos=qos)
        return (await self.answer(fields["id"])).fields

    async def result(self, method: str, params: Any = None, **members: Any) -> dict[str, Any]:
        """The result of a request, which has to succeed.

        Raises:
            Differs: it does not.
        """
        return result_of(await self.ask(method, params, **members))

    async def refusal(self, method: str, params: Any = None, **members: Any) -> dict[str, Any]:
        """The error of a request, which has to be refused (GJ-R080).

        Raises:
            Differs: it is not.
        """
        return error_of(await self.ask(method, params, **members))

    # --- requests ---

    async def create(self, playlist: Sequence[int], **params: Any) -> dict[str, Any]:
        """CreateNewSession, which has to succeed."""
        return result_of(await self.asked_to_create(await self.creation(playlist, **params)))

    async def asked_to_create(self, fields: dict[str, Any]) -> dict[str, Any]:
        """CreateNewSession as it is given; whatever is answered."""
        await self.send(fields)
        return (await self.answer(fields.get("id"))).fields

    async def creation(self, playlist: Sequence[int], **params: Any) -> dict[str, Any]:
        """CreateNewSession (4.2.3)."""
        session = self.session
        inner: dict[str, Any] = {
            "sessionId": session.id,
            "rule": "DTHumanLivestreamWithAudioRelay",
            "mode": "checkheartbeat",
            "videoSize": {"width": 1080, "height": 1920},
            "token": session.token,
            "resList": [await self.human(), RTMP],
            "playlist": list(playlist),
            **params,
        }
        return self.request("CreateNewSession", inner, liveId=session.live_id, token=session.token, livePlatform=3)

    async def human(self) -> dict[str, Any]:
        """The digital human, as an element (GJ-R090)."""
        code, sequence = await self.bench.scene()
        driven = {
            "mode": "livestream",
            "udCodeUsed": code,
            "randomPlay": False,
            "templates": [{"sequence": list(sequence), "udCode": code, "matting": 0}],
            "quarter": 0,
        }
        return {
            "type": "center",
            "resOptions": {"type": "dthuman", "name": "dthuman", "audioDriven": driven},
            "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920},
        }

    async def manage(self, action: str, **arguments: Any) -> list[int]:
        """pushPlayListManager, which has to succeed; the playlist after it (GJ-R114)."""
        result = await self.result("pushPlayListManager", {"action": action, **arguments})
        expect(result.get("ok") is True and isinstance(result.get("data"), list), "ok true and data, a list", result)
        return cast("list[int]", result["data"])

    async def manage_refused(self, action: str, **arguments: Any) -> dict[str, Any]:
        """pushPlayListManager, which has to fail: by ``ok`` false, or by an error (GJ-E81)."""
        answer = await self.ask("pushPlayListManager", {"action": action, **arguments})
        result = answer.get("result")
        if isinstance(result, dict) and cast("dict[str, Any]", result).get("ok") is False:
            expect(bool(cast("dict[str, Any]", result).get("message")), "a message with the reason", answer)
            return answer
        return error_of(answer)

    async def still_works(self) -> None:
        """The session runs: the next good request is answered."""
        await self.manage("getPlayList")

    async def beat(self, heartbeat: Heard, **changes: Any) -> None:
        """Answers a heartbeat (GJ-R115 to GJ-R117)."""
        prefixed = heartbeat.params.get("sessionId")
        result = {"sessionId": prefixed, "message": "Heartbeat received."}
        fields = {"id": heartbeat.fields.get("id"), "result": result, "sessionId": self.session.id}
        await self.send({**fields, "sender": self.session.topic_sub, **changes})

    # --- in ---

    async def answer(self, request_id: Any) -> Heard:
        """The answer to a request: what has its id, and no method (GJ-R078)."""

        def is_it(heard: Heard) -> bool:
            return "method" not in heard.fields and key_of(heard.fields.get("id")) == key_of(request_id)

        return await self.until(f"an answer with id {request_id}", is_it)

    async def until(self, expected: str, is_it: Callable[[Heard], bool], patience: float | None = None) -> Heard:
        """The first message that is the one; others are passed over, and kept for whoever asks for them.

        Args:
            expected: in words, for the report.
            is_it: whether a message is the one.
            patience: seconds of silence to bear.

        Raises:
            Differs: it does not come.
        """
        known = self.take(is_it)
        if known is not None:
            return known
        while True:
            found = await self._receive(patience)
            if isinstance(found, Heard):
                if is_it(found):
                    return found
                self._kept.append(found)
                continue
            passed = "; ".join(map(str, self.heard[-3:]))
            raise Differs(expected, f"{found}, after {passed}" if passed else found)

    async def state(self, state: str, patience: float | None = None) -> Heard:
        """The next SessionState with this state."""
        return await self.until(f"SessionState {state}", lambda heard: heard.is_state(state=state), patience)

    async def played(self, status: str, pcm_id: int | None = None) -> Heard:
        """The next SessionState about the playlist with this status, of this material where one is given."""

        def is_it(heard: Heard) -> bool:
            return heard.is_state(status=status) and pcm_id in (None, heard.params.get("nowPcmId"))

        return await self.until(f"a SessionState with status {status} of {pcm_id or 'any material'}", is_it)

    async def heartbeat(self) -> Heard:
        """The next heartbeat."""
        return await self.until("a HeartBeat", lambda heard: heard.fields.get("method") == "HeartBeat")

    async def catch_up(self) -> None:
        """Takes what has come, without a word about the session: the answer to PINGREQ comes behind it."""
        await self.link.ping()
        while isinstance(found := await self._receive(0), Heard):
            self._kept.append(found)

    def take(self, is_it: Callable[[Heard], bool]) -> Heard | None:
        """The first message that has come, nobody has asked for, and is the one."""
        found = next((heard for heard in self._kept if is_it(heard)), None)
        if found is not None:
            self._kept.remove(found)
        return found

    async def none_of(self, unexpected: str, is_it: Callable[[Heard], bool]) -> None:
        """Nothing of a kind has come before the answer to one more request, which is asked now.

        Raises:
            Differs: something has.
        """
        await self.ask("pushPlayListManager", {"action": "getPlayList"})
        for heard in self._kept:
            expect(not is_it(heard), f"no {unexpected}", heard)

    async def _receive(self, patience: float | None) -> Heard | str:
        """The next message, or in words why there is none."""
        patience = self.bench.patience if patience is None else patience
        found = await self.link.receive(patience)
        if isinstance(found, Delivered):
            heard = Heard(fields_of(found.payload), found.topic, found.qos, found.payload, len(self.heard))
            self.heard.append(heard)
            if heard.fields.get("method") == "HeartBeat" and self.answers_beats:
                await self.beat(heard)
            elif heard.is_state(state="Destroy"):
                self._is_over = True
            return heard
        return f"nothing within {patience:g} s" if found is None else f"the connection is closed {found.reason}"

    async def destroy(self) -> dict[str, Any]:
        """DestroySession, which has to succeed."""
        result = await self.result("DestroySession", {"cause": "Client destroy"})
        self._is_over = True
        return result

    async def _clean_up(self) -> None:
        if self._is_over:
            return
        with suppress(Differs, Ended):  # there is nothing left to be ended, or nobody to be asked
            await self.ask("DestroySession", {"cause": "Client destroy"}, id=2**31 + self.next_id())


RTMP: Final[dict[str, Any]] = {"type": "center", "resOptions": {"name": "rtmp", "type": "rtmp"}}
