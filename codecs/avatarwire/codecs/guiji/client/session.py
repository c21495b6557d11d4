"""The client of one broadcast session, without the broker: it decides what to publish and reports what happened.

It does no input or output, reads no clock and starts no task; a service lends it an MQTT connection. The contract has
three verbs: take in what arrived (`receive`), publish what there is to say (`data_to_send`), and come back in time
(`next_timeout`, `handle_timeout`)::

    client = SessionClient(session, token)           # what createLiveSession and getAccessToken returned
    await mqtt.subscribe(client.topic_sub)
    client.subscribed(now())
    client.create(res_list=..., playlist=..., video_size=..., now=now())
    while client.is_live:
        for topic, payload in client.data_to_send(): # after every call: any of them may have something to say
            await mqtt.publish(topic, payload)
        message = await next_message(mqtt, until=client.next_timeout())
        events = (
            client.handle_timeout(now())
            if message is None
            else client.receive(message.topic, message.payload, now())
        )

`now` is in seconds, from any clock that goes forward. A refused action sends nothing and changes nothing. One thread at
a time may use a client, and each session needs its own (GJ-R118).

Only the conversation lives here: its states are the table in `states.py`, events are in `events.py`, what each message
looks like is in `messages/rpc_requests.py`, `messages/replies.py` and `messages/notifications.py`. Source: "Opening a
broadcast", rules GJ-R066 to GJ-R124.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import UNSET, UnsetType

from ...errors import CodecError, LocalProtocolError, RemoteProtocolError, ValidationError
from .. import events as e
from ..envelope import VENDOR
from ..http.responses import SessionVo
from ..messages import notifications as n
from ..messages import rpc_requests as r
from ..messages.replies import ErrorReply, Result
from ..options import ClientOptions
from ..resources import DrawOptions, RemovedResource, ResourceElement, VideoSize
from ..wire.rpc import Packet, answer_heartbeat, encode, peek, request_id
from .broadcast import Broadcast, about
from .pending_requests import OpenRequest, Waiting
from .reception import read
from .request_builder import Asking
from .states import LIVE, REFUSALS, TRANSITIONS, ClientState, Refusal, Trigger

__all__ = ["CLIENT_DESTROY", "SessionClient"]

CLIENT_DESTROY: Final = "Client destroy"
"""Cause of a DestroySession where none is given (4.2.5)."""


class SessionClient:
    """The client's side of one broadcast session.

    Attributes:
        session_id, topic_sub, topic_pub, live_id: the session, from createLiveSession.
        options: how the client behaves where there is a choice.
        state: where it is.
        broadcast: what the server has reported of the session: its stream, its playlist.

    Args:
        session: data of createLiveSession.
        token: the access token of the HTTP calls (GJ-R084).
        live_id: the live room, where the session does not name it (GJ-E53).
        options: None takes the defaults.
        first_id: id of the first request; all that follow are higher (GJ-R079, GJ-E59).

    Raises:
        ValidationError: there is no live room id, or no token.
    """

    def __init__(
        self,
        session: SessionVo,
        token: str,
        *,
        live_id: int | None = None,
        options: ClientOptions | None = None,
        first_id: int = 1,
    ) -> None:
        room = session.live_id if live_id is None else live_id
        if room is None:
            raise _unusable("liveId", "required field is missing", "an integer", "GJ-R085")
        if not token:
            raise _unusable("token", "got ''", "text that is not empty", "GJ-R084")
        self.session_id: Final = session.session_id
        self.topic_sub: Final = session.topic_sub
        self.topic_pub: Final = session.topic_pub
        self.live_id: Final = room
        self.options: Final = ClientOptions() if options is None else options
        self.state = ClientState.OFFLINE
        self.broadcast: Final = Broadcast()
        self._asking: Final = Asking(self.session_id, self.topic_sub, room, token)
        self._longest_silence: Final = session.expiration_time if self.options.watch_silence else 0
        self._waiting: Final = Waiting(first_id)
        self._now = 0.0
        self._last_word = 0.0
        self._outgoing: list[tuple[str, bytes]] = []

    @property
    def is_live(self) -> bool:
        """Whether topicSub is subscribed to and the session has not ended, as far as is known."""
        return self.state in LIVE

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Ids of the requests whose `Conclusion` must still come, in order."""
        return self._waiting.ids

    @property
    def next_id(self) -> int:
        """Id of the next request: where another client of the same session begins (GJ-R079)."""
        return self._waiting.next_id

    # --- the connection ---

    def subscribed(self, now: float) -> None:
        """topicSub is subscribed to, so that nothing is missed of what follows (GJ-R072).

        Raises:
            LocalProtocolError: it was before, or the session has ended.
        """
        self._check(Trigger.SUBSCRIBED)
        self._move(Trigger.SUBSCRIBED)
        self._now = self._last_word = now

    def data_to_send(self) -> list[tuple[str, bytes]]:
        """Takes out what is to be published, in order, as topic and payload (GJ-R073)."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def receive(self, topic: str, payload: bytes, now: float) -> list[e.Event]:
        """Takes in one message.

        Returns:
            What it reports: nothing when it is another session's, when it is late, or when the session has ended.

        Raises:
            RemoteProtocolError: it cannot be read, or it breaks a rule. The client stays as it is and can go on.
        """
        self._passed(now)
        if not self.is_live or topic != self.topic_sub:
            return []
        try:
            packet = read(
                payload,
                self.session_id,
                answers=self._waiting.message(peek(payload).id),
                strict=self.options.strict,
                max_size=self.options.max_packet,
            )
        except CodecError as error:
            raise _unreadable(error) from error
        if packet is None:
            return []
        self._last_word = self._now
        match packet.body:
            case n.HeartBeat() as body:
                return self._heartbeat(body, packet)
            case n.SessionDestroyed(params=params):
                cause = "" if params.cause is UNSET else params.cause
                return self._end(e.EndReason.DESTROYED, cause, packet)
            case Result() as body:
                return self._answered(body, packet)
            case ErrorReply() as body:
                return self._refused(body.id, packet, body.error.message, body.error.code)
            case _:
                return self.broadcast.take(packet)

    def next_timeout(self) -> float | None:
        """When `handle_timeout` has something to do, on the clock of `now`; None for never."""
        return min((due for due in (self._waiting.due, self._silent_at()) if due is not None), default=None)

    def handle_timeout(self, now: float) -> list[e.Event]:
        """Does what is due: reports requests that were not answered in time, and a session that fell silent.

        Called early it does nothing, called late it does each thing once. Take in first what has already arrived.
        """
        self._passed(now)
        late = self._waiting.late(self._now)
        for request in late:
            if request.failed is not None:
                request.failed()
        told: list[e.Event] = [
            e.Unanswered(request_id=request.id, request=request.message, waited=self._now - request.sent)
            for request in late
        ]
        silent_at = self._silent_at()
        if silent_at is not None and silent_at <= self._now:
            told += self._end(e.EndReason.SILENCE)
        return told

    def disconnected(self, now: float, cause: str = "") -> list[e.Event]:
        """The connection to the broker is gone and will not come back. May be called at any time.

        Returns:
            The end of every open request, then `Ended`. Nothing when the session has ended before.
        """
        self._passed(now)
        return [] if self.state is ClientState.ENDED else self._end(e.EndReason.LOST, cause)

    # --- requests ---

    def create(
        self,
        *,
        res_list: Iterable[ResourceElement],
        playlist: Iterable[int],
        video_size: VideoSize,
        now: float,
    ) -> int:
        """Starts rendering (4.2.3).

        Args:
            res_list: elements, the digital human among them (GJ-R090).
            playlist: materials to play, at least one (GJ-E69).
            video_size: of the picture.
            now: the time.

        Returns:
            Id of the request.

        Raises:
            LocalProtocolError: topicSub is not subscribed to, or it was sent before.
            ValidationError: an argument is not as documented.
        """
        self._check(Trigger.CREATE)
        materials = tuple(playlist)

        def created(_: Result) -> None:
            self._move(Trigger.CREATED)
            self.broadcast.playlist = self.broadcast.playlist or materials

        body = self._asking.create(self._waiting.next_id, res_list, materials, video_size)
        id_ = self._send(body, now, created, lambda: self._move(Trigger.REFUSED))
        self._move(Trigger.CREATE)
        return id_

    def modify(
        self,
        *,
        add: Iterable[ResourceElement] = (),
        remove: Iterable[ResourceElement | RemovedResource] = (),
        now: float,
    ) -> int:
        """Removes elements, identified by layer and name, and adds others (4.2.4, GJ-E75).

        Returns:
            Id of the request.

        Raises:
            LocalProtocolError: the session does not run.
            ValidationError: an argument is not as documented.
        """
        self._check_running()
        return self._send(self._asking.modify(self._waiting.next_id, add, remove), now)

    def switch_template(self, ud_code: str, *, draw_options: DrawOptions | None = None, now: float) -> int:
        """Switches the digital human to another scene (4.2.6). Returns and raises as `modify` does."""
        self._check_running()
        return self._send(self._asking.switch_template(self._waiting.next_id, ud_code, draw_options), now)

    def set_push_streams(self, urls: Iterable[str], *, now: float) -> int:
        """Pushes the stream to these RTMP addresses and no others (4.2.9, GJ-E83). Returns and raises as `modify`."""
        self._check_running()
        targets = tuple(urls)

        def set_to(_: Result) -> None:
            self.broadcast.push_urls = targets

        return self._send(self._asking.set_push_streams(self._waiting.next_id, targets), now, set_to)

    def close_push_streams(self, urls: Iterable[str], *, now: float) -> int:
        """Pushes no more to these addresses (4.2.9, GJ-E83). Returns and raises as `modify` does."""
        self._check_running()
        targets = tuple(urls)

        def closed(_: Result) -> None:
            self.broadcast.push_urls = tuple(url for url in self.broadcast.push_urls if url not in targets)

        return self._send(self._asking.close_push_streams(self._waiting.next_id, targets), now, closed)

    def add(self, pcm_ids: Iterable[int], *, now: float) -> int:
        """Appends materials to the playlist (4.2.7). Returns and raises as `modify` does."""
        return self._manage(r.PlaylistAction.ADD, now, pcm_ids=pcm_ids)

    def insert(self, index: int, pcm_ids: Iterable[int], *, old_pcm_id: int | None = None, now: float) -> int:
        """Inserts materials before the one at `index`, counted from 0 (4.2.7, GJ-E80).

        Returns and raises as `modify` does.
        """
        return self._manage(r.PlaylistAction.INSERT, now, index=index, pcm_ids=pcm_ids, old_pcm_id=old_pcm_id)

    def delete(self, index: int, *, old_pcm_id: int | None = None, now: float) -> int:
        """Deletes the material at `index`, counted from 0 (4.2.7, GJ-E80). Returns and raises as `modify` does."""
        return self._manage(r.PlaylistAction.DELETE, now, index=index, old_pcm_id=old_pcm_id)

    def get_playlist(self, *, now: float) -> int:
        """Asks for the playlist (4.2.7). Returns and raises as `modify` does."""
        return self._manage(r.PlaylistAction.GET, now)

    def cut_in(self, pcm_ids: Iterable[int], *, now: float) -> int:
        """Has materials play at a silent point of what plays (4.2.7). Returns and raises as `modify` does."""
        return self._manage(r.PlaylistAction.INSERT_AT_SILENT, now, pcm_ids=pcm_ids)

    def destroy(self, cause: str = CLIENT_DESTROY, *, now: float) -> int:
        """Ends the session (4.2.5, GJ-R105).

        Returns:
            Id of the request.

        Raises:
            LocalProtocolError: topicSub is not subscribed to, or the session has ended.
        """
        self._check(Trigger.DESTROY)
        id_ = self._send(self._asking.destroy(self._waiting.next_id, cause), now)
        self._move(Trigger.DESTROY)
        return id_

    def _manage(self, action: r.PlaylistAction, now: float, **arguments: Any) -> int:
        self._check_running()

        def managed(result: Result) -> None:
            if not isinstance(result.result.data, UnsetType):
                self.broadcast.playlist = result.result.data

        return self._send(self._asking.manage(self._waiting.next_id, action, **arguments), now, managed)

    def _send(
        self,
        body: r.Request,
        now: float,
        succeeded: Callable[[Result], None] | None = None,
        failed: Callable[[], None] | None = None,
    ) -> int:
        """Queues a request, which waits for its answer from now on."""
        payload = encode(body, token_in_params=self.options.token_in_params)
        self._passed(now)
        is_create = isinstance(body, r.CreateNewSession)
        longest = self.options.create_timeout if is_create else self.options.answer_timeout
        due = None if longest is None else self._now + longest
        self._waiting.add(OpenRequest(body.id, request_id(body), self._now, due, succeeded, failed))
        self._publish(payload)
        return body.id

    def _publish(self, payload: bytes) -> None:
        self._outgoing.append((self.topic_pub, payload))
        self._last_word = self._now

    # --- what arrives ---

    def _heartbeat(self, body: n.HeartBeat, packet: Packet) -> list[e.Event]:
        self._publish(answer_heartbeat(body, self.topic_sub))
        state = "" if body.params.state is UNSET else body.params.state
        return [e.HeartbeatAnswered(heartbeat_id=body.id, state=state, **about(packet))]

    def _answered(self, body: Result, packet: Packet) -> list[e.Event]:
        if not body.succeeded:
            return self._refused(body.id, packet, body.text, None)
        request = self._waiting.take(body.id)
        if request is None:
            return []
        if request.succeeded is not None:
            request.succeeded(body)
        told: dict[str, Any] = {"request_id": request.id, "request": request.message, "text": body.text}
        told |= about(packet)
        if request.message == _CREATE:
            return [e.Created(**told)]
        data = body.result.data
        answered = e.Answered(playlist=None if isinstance(data, UnsetType) else data, **told)
        return [answered, *(self._end(e.EndReason.CLOSED, body.text, packet) if request.message == _DESTROY else ())]

    def _refused(self, id_: int, packet: Packet, text: str, code: int | None) -> list[e.Event]:
        request = self._waiting.take(id_)
        if request is None:
            return []
        if request.failed is not None:
            request.failed()
        return [e.Refused(request_id=id_, request=request.message, text=text, code=code, **about(packet))]

    def _end(self, reason: e.EndReason, cause: str = "", packet: Packet | None = None) -> list[e.Event]:
        """The session is gone; what was not published yet has lost its purpose."""
        self._move(Trigger.LOST if reason is e.EndReason.LOST else Trigger.DESTROYED)
        self._outgoing.clear()
        told = {} if packet is None else about(packet)
        return [*self._waiting.lose(), e.Ended(reason=reason, cause=cause, **told)]

    # --- states and time ---

    def _passed(self, now: float) -> None:
        """Time has passed; a clock that was set back stands still until it has caught up."""
        self._now = max(self._now, now)

    def _silent_at(self) -> float | None:
        """When the session will have been silent for too long; None for never (GJ-R066)."""
        return self._last_word + self._longest_silence if self.is_live and self._longest_silence else None

    def _check(self, trigger: Trigger) -> None:
        if trigger not in TRANSITIONS[self.state]:
            reason, clause = REFUSALS.get(self.state, _RUNS_ALREADY)
            raise LocalProtocolError(f"cannot {trigger}: {reason}", clause=clause)

    def _check_running(self) -> None:
        if self.state is not ClientState.RUNNING:
            reason, clause = REFUSALS[self.state]
            raise LocalProtocolError(reason, clause=clause)

    def _move(self, trigger: Trigger) -> None:
        self.state = TRANSITIONS[self.state][trigger]


_CREATE: Final = "CreateNewSession.request"
_DESTROY: Final = "DestroySession.request"
_RUNS_ALREADY: Final = Refusal("the session runs already", "GJ-R089")


def _unusable(path: str, reason: str, expected: str, clause: str) -> ValidationError:
    return ValidationError(reason, vendor=VENDOR, message="session", path=path, expected=expected, clause=clause)


def _unreadable(error: CodecError) -> RemoteProtocolError:
    # Without the clause, which the new error names itself.
    told = CodecError(
        error.reason, message=error.message, path=error.path, offset=error.offset, expected=error.expected
    )
    return RemoteProtocolError(str(told), clause=error.clause or "GJ-R124")
