"""What the fake does with each message that clients publish, and what it publishes by itself.

Sans-IO: `read` takes a delivery and gives what was understood (`reading.py`), `take` what it leads to. Only this
dispatch lives here: whether a message is accepted, how it is answered. What requests do is in `methods.py`, what
happens in time in `conversation.py`.

A client listens at ``topicSub`` and publishes to ``topicPub`` (GJ-E05); answers go to ``topicSub``, with the quality of
service of the request. An answer of a client is never answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar, cast

import msgspec
from msgspec import structs

from avatarwire.codecs.errors import shown
from avatarwire.codecs.guiji.messages import replies
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Publish
from avatarwire.fakeserver.guiji.conduct import Conduct
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.methods import Methods
from avatarwire.fakeserver.guiji.outgoing import error
from avatarwire.fakeserver.guiji.playback import PlaybackRefusal
from avatarwire.fakeserver.guiji.reading import Asked, Reader
from avatarwire.fakeserver.guiji.resource_rules import broken
from avatarwire.fakeserver.guiji.rpc_errors import (
    RpcRefusal,
    echo,
    refused,
    unknown_method,
)
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import End, LiveSession
from avatarwire.fakeserver.guiji.snapshot import SavedConversation, SavedPending
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.snapshot import Resuming, SnapshotError, indexed
from avatarwire.fakeserver.turn import Turn

__all__ = ["Live"]

T = TypeVar("T")

_INTERNAL_ERROR: Final = -32603
"""Of JSON-RPC; the fake answers it only where a test wants it."""


class Live:
    """All conversations of a fake server.

    Args:
        state: what it remembers.
        scenario: how it behaves.
        turn: the time, and where goes what is said and what is to happen later.

    Attributes:
        conduct: judges what clients do over time.
        read: gives what was understood of a delivery, as of a `Reader`.
    """

    def __init__(self, state: GuijiState, scenario: GuijiScenario, turn: Turn) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._conversations: Final[dict[str, Conversation]] = {}
        self._reader: Final = Reader(state.sessions, scenario.max_message_bytes)
        self.read: Final = self._reader.read
        self._methods: Final = Methods(state, scenario, lambda session, cause: self._end(session, cause, End.CLIENT))
        self.conduct: Final = Conduct(scenario, turn)
        state.sessions.expired = lambda session: self.destroy(session, scenario.timeout_cause, End.SILENCE)

    # Messages of clients

    def take(self, received: Incoming, now: float) -> Sequence[Effect]:
        """What it leads to. Whatever is wrong with it, its session lives on."""
        return self._turn.run(now, lambda: self._take(received, received.packet))

    def _take(self, received: Incoming, asked: Asked) -> None:
        delivery, head, packet = asked.delivery, asked.head, asked.read
        if isinstance(packet, RpcRefusal):
            self._refuse(received, asked, packet)
            return
        try:
            session = self._addressed(head, delivery)
            received.session = session.id
            if isinstance(packet.body, requests.Request):
                self._ask(session, packet.body, received)
            else:
                self._hear(session, packet, received)
        except RpcRefusal as refusal:
            self._refuse(received, asked, refusal)

    def _addressed(self, head: rpc.Head, delivery: Delivery) -> LiveSession:
        """The session that a message is about, if the message comes from its client."""
        session = self._reader.known(head.session_id, delivery)
        if session is None:
            reason = f"there is no session {shown(head.session_id)}"
            raise RpcRefusal(RpcErrorCode.NO_SUCH_SESSION, reason, path="sessionId", clause="GJ-R074")
        if head.sender != session.topic_sub:
            reason = "missing" if not head.sender else "not topicSub of the session"
            code = RpcErrorCode.SENDER_MISMATCH if head.sender else RpcErrorCode.BAD_ARGUMENTS
            raise RpcRefusal(code, reason, path="sender", clause="GJ-R075")
        return session

    def _ask(self, session: LiveSession, request: requests.Request, received: Incoming) -> None:
        """A request, from the client of its session."""
        conversation = self.conversation(session)
        if session.end is End.CLIENT and isinstance(request, requests.DestroySession):
            # Its result may have been lost, so that it is asked for again, under whatever id.
            self._turn.do(self._result(conversation, self._methods.ended(session, request.id), received))
            return
        if self._again(conversation, request.id, received):
            return
        if session.destroyed:
            raise self._gone(session)
        if conversation.used(request.id):
            raise RpcRefusal.of(RpcErrorCode.DUPLICATE_ID, _used(request.id))
        self._judge(session, request, received)
        if (violation := refused(received.violations, strict=self._scenario.strict)) is not None:
            raise RpcRefusal.of(RpcErrorCode.BAD_ARGUMENTS, violation)
        self._carry_out(conversation, request, received)
        if self._scenario.interaction == "any":
            self._state.sessions.touch(session)

    def _judge(self, session: LiveSession, request: requests.Request, received: Incoming) -> None:
        """Notes what is wrong with a request that its codec does not see, and what the scenario allows."""
        scenario = self._scenario
        if isinstance(request, requests.CreateNewSession) and (unheard := self.conduct.creation(session)) is not None:
            received.note(unheard)
        for violation in broken(
            request, lambda code: self._state.stock.covers(session.room, code), strict=scenario.strict
        ):
            received.note(violation)
        if scenario.allow_unknown_commands or scenario.stream_start == "execute":
            received.violations = tuple(
                item.replace(level="note") if item.clause == "GJ-E77" else item for item in received.violations
            )

    def _carry_out(self, conversation: Conversation, request: requests.Request, received: Incoming) -> None:
        """Carries a request out; its result goes before whatever is said because of it."""
        turn, answers = self._turn, list[Publish]()
        answer = self._answering(conversation, received, answers)

        def carry_out(request: requests.Request) -> replies.Result | None:
            return self._methods.carry_out(conversation, request, lambda result: turn.do(answer(result)))

        result, effects = turn.given(turn.now, carry_out, request)
        turn.do(*(() if result is None else (answer(result),)), *effects)
        if not answers:
            conversation.pending = request.id, received
        conversation.remember(request.id, received.packet.delivery.data, answers)

    def _answering(
        self, conversation: Conversation, received: Incoming, answers: list[Publish]
    ) -> Callable[[replies.Result], Publish]:
        """What makes the answer to a request from its result, and keeps it to be said again."""

        def answer(result: replies.Result) -> Publish:
            conversation.pending = None
            made = self._result(conversation, result, received)
            answers.append(msgspec.structs.replace(made, cause=None))  # who asks again is another cause
            return made

        return answer

    def _result(self, conversation: Conversation, result: replies.Result, received: Incoming) -> Publish:
        """The answer to a request, for its client."""
        message = received.message
        id_ = f"{message.removesuffix('.request')}.result" if message else "result"
        return conversation.outgoing.result(result, received.packet.delivery.qos, id_, received)

    def _again(self, conversation: Conversation, request_id: int, received: Incoming) -> bool:
        """Answers what MQTT has delivered twice as before: it is carried out once."""
        delivery = received.packet.delivery
        answers = conversation.answered_before(request_id, delivery.data) if delivery.duplicate else None
        for answer in answers or ():
            self._turn.do(msgspec.structs.replace(answer, cause=received, seq=0))
        return answers is not None

    def _hear(self, session: LiveSession, packet: rpc.Packet, received: Incoming) -> None:
        """Anything but a request. What answers a heartbeat is interaction, unless something is wrong with it."""
        body = packet.body
        if isinstance(body, rpc.Unknown):
            raise unknown_method(body.method)
        conversation = self.conversation(session)
        if not isinstance(body, replies.HeartBeatReply):
            fault = Violation("GJ-R078", "error", "a client answers nothing but heartbeats")
        elif session.destroyed:
            level: Level = "note" if self._crossed(session) else "warning"
            fault = Violation("GJ-R118", "", "the session has ended", level=level)
        elif refused(received.violations, strict=self._scenario.strict) is not None:
            return
        elif (seq := conversation.beat_answered(body.id)) is None:
            # Who answers a SessionState is not answered in turn (GJ-E86).
            level = "warning" if conversation.outgoing.has_sent(body.id) else "error"
            fault = Violation("GJ-R116", "id", f"no heartbeat {body.id} waits for an answer", level=level)
        else:
            received.reply_to = seq
            self._state.sessions.touch(session)
            return
        received.note(fault)

    def _refuse(self, received: Incoming, asked: Asked, refusal: RpcRefusal) -> None:
        """Tells the client what is wrong, where it can be told; the journal is told in any case.

        It cannot where the message is an answer itself: the id is the server's then.
        """
        delivery, head = asked.delivery, asked.head
        if refusal.violation not in received.violations:
            received.note(refusal.violation)
        session = self._reader.known(head.session_id, delivery)
        received.session = session.id if session is not None else ""
        listener = self._reader.listening(head, delivery)
        if head.kind in ("result", "error") or listener is None:
            return
        request_id, code, text = echo(delivery.data, head), refusal.code, refusal.text
        answer = error(listener.topic_sub, head.session_id, request_id, code, text, delivery.qos, received)
        if session is not None and head.sender == session.topic_sub and rpc.peek(delivery.data).id is not None:
            conversation, known_id = self.conversation(session), cast("int", head.id)
            if self._again(conversation, known_id, received):
                return
            self._spend(conversation, known_id, answer, received)
        self._turn.do(answer)

    def _spend(self, conversation: Conversation, request_id: int, answer: Publish, received: Incoming) -> None:
        """The id of a request that is refused is used, too (GJ-R079)."""
        if not conversation.used(request_id):
            conversation.remember(
                request_id, received.packet.delivery.data, [msgspec.structs.replace(answer, cause=None)]
            )
        elif (violation := _used(request_id)) not in received.violations:
            received.note(violation)

    def rejected(
        self, received: Incoming, now: float, *, code: int | None, status: int | None, reason: str
    ) -> Sequence[Effect]:
        """The error envelope for a request whatever it asks for.

        Args:
            received: the request.
            now: epoch seconds.
            code: of the error; None for that of an internal one.
            status: there is none here.
            reason: in words.
        """
        del status, now
        delivery, head = received.packet.delivery, received.packet.head
        session = self._reader.listening(head, delivery)
        if session is None:
            return ()
        id_, number = echo(delivery.data, head), _INTERNAL_ERROR if code is None else code
        return [error(session.topic_sub, head.session_id, id_, number, reason, delivery.qos, received)]

    # What a test or the time asks for

    def conversation(self, session: LiveSession) -> Conversation:
        """The conversation about a session; it begins with the first message."""
        conversation = self._conversations.get(session.id)
        if conversation is None:
            conversation = self._conversations[session.id] = Conversation(
                session,
                self._scenario,
                self._turn,
                destroy=self.destroy,
                length=lambda pcm_id: self._length(session, pcm_id),
                accept=lambda pcm_id, by: self._state.said.accept(session.id, _text(session, pcm_id), by),
            )
        return conversation

    def destroy(self, session: LiveSession, cause: str, end: End = End.SERVER) -> None:
        """Ends a session and tells its client (GJ-R067, GJ-R118); nothing happens to one that has ended."""
        if not session.destroyed:
            conversation = self.conversation(session)
            self._end(session, cause, end)
            self._turn.do(conversation.outgoing.destroyed(cause))

    def play(self, session: LiveSession, pcm_ids: Sequence[int], *, cut_in: bool = False) -> None:
        """Appends materials to the playlist of a running session, or has them cut in.

        Raises:
            PlaybackRefusal: the session does not run, or there is no such material.
        """
        if not session.running:
            raise PlaybackRefusal(f"session {session.id} does not run")
        playback = self.conversation(session).playback
        (playback.cut_in if cut_in else playback.add)(pcm_ids)

    def withhold_heartbeats(self, session: LiveSession, *, on: bool) -> None:
        """Has the server send no heartbeats to a session, or send them again."""
        self.conversation(session).heartbeats.withheld = on

    # Snapshots

    def saved(self) -> list[SavedConversation]:
        """All conversations, for a snapshot."""
        return [conversation.saved() for conversation in self._conversations.values()]

    def restored(self, saved: list[SavedConversation], again: Resuming) -> None:
        """Goes on with the conversations of a snapshot; the sessions have been taken already.

        Raises:
            SnapshotError: no such session, or a request that cannot be read here.
        """
        for path, it in indexed("state.conversations", saved):
            session = self._state.sessions.get(it.session)
            if session is None:
                raise SnapshotError(f"there is no session {shown(it.session)}", key=f"{path}.session")
            conversation = self.conversation(session)
            conversation.restored(it, again, path)
            if it.pending is not None:
                self._resume(conversation, it.pending, again, f"{path}.pending")

    def _resume(self, conversation: Conversation, saved: SavedPending, again: Resuming, path: str) -> None:
        """Goes on with a request for which an answer is due: there is one kind that takes time."""
        received = self.read(Delivery(**structs.asdict(saved)), again.now)
        request, turn = received.body, self._turn
        if not isinstance(request, requests.CreateNewSession):
            raise SnapshotError("no CreateNewSession that can be read here", key=f"{path}.data")
        received.session = conversation.session.id
        answer = self._answering(conversation, received, conversation.answers_to(request.id))
        done = partial(self._methods.created, conversation.session, request, lambda result: turn.do(answer(result)))
        conversation.resume(again, request.id, received, done)

    # What the broker tells

    def left(self, topics: Iterable[str], now: float) -> Sequence[Effect]:
        """Somebody who listened to some topics has said DISCONNECT."""
        sessions = [session for topic in topics if (session := self._state.sessions.at(topic)) is not None]
        return self._turn.run(now, lambda: _each(self.conduct.left, sessions))

    def stopping(self, now: float) -> Sequence[Effect]:
        """The server is about to stop: what its clients should have done by now is judged."""
        living = [each for each in self._conversations.values() if not each.session.destroyed]
        return self._turn.run(now, lambda: _each(self.conduct.abandoned, living))

    # Pieces

    def _end(self, session: LiveSession, cause: str, end: End) -> None:
        """Ends a session; a CreateNewSession that waits for its answer gets one."""
        conversation = self._conversations.get(session.id)
        if conversation is not None:
            self.conduct.ended(conversation, end)
        for gone in self._state.sessions.destroy(session, cause, end):
            self._conversations.pop(gone.id, None)
        self._state.records.end(session)
        if conversation is None:
            return
        conversation.close()
        if conversation.pending is not None:
            request_id, request = conversation.pending
            qos = request.packet.delivery.qos
            text = str(Violation("GJ-R118", "", f"the session has ended: {cause}"))
            code = RpcErrorCode.NO_SUCH_SESSION
            self._turn.do(error(session.topic_sub, session.id, request_id, code, text, qos, request))

    def _crossed(self, session: LiveSession) -> bool:
        """Whether the end of a session and what its client sends may have crossed on their ways."""
        return self._turn.now - session.ended <= self._scenario.crossing_seconds

    def _gone(self, session: LiveSession) -> RpcRefusal:
        """The refusal of a request that comes after the end; one that has crossed it is no violation."""
        level: Level = "note" if session.end is not End.CLIENT and self._crossed(session) else "error"
        reason = f"the session has ended: {session.cause}"
        return RpcRefusal.of(RpcErrorCode.NO_SUCH_SESSION, Violation("GJ-R118", "sessionId", reason, level=level))

    def _length(self, session: LiveSession, pcm_id: int) -> float | None:
        """Seconds that a material of the session's room plays; None for none."""
        scenario = self._scenario
        material = session.room.materials.get(pcm_id)
        if material is not None:
            return material.seconds(scenario)
        return scenario.audio_seconds if scenario.unknown_materials == "play" and not scenario.strict else None


def _text(session: LiveSession, pcm_id: int) -> str:
    """The words of a material of the session's room; empty for none."""
    material = session.room.materials.get(pcm_id)
    return "" if material is None else material.text


def _each(judge: Callable[[T], None], items: Iterable[T]) -> None:
    for item in items:
        judge(item)


def _used(request_id: int) -> Violation:
    return Violation("GJ-R079", "id", f"{request_id} was used before in this session")
