"""What the fake does with each message that clients publish, and what it publishes by itself.

Sans-IO: `receive` takes a delivery and gives what was understood and what is to be published; what happens in time is
said through a function. Only this dispatch lives here: which session a message is about, whether it is accepted, how it
is answered. What requests do is in `commands.py`, what happens in time in `conversation.py`.

A client listens at ``topicSub`` and publishes to ``topicPub`` (GJ-E05); answers go to ``topicSub``, with the quality of
service of the request. An answer of a client is never answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.errors import CodecError, shown
from avatarwire.codecs.guiji.messages import replies
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.topics import plain_session_id
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Delivery, Publication, Received
from avatarwire.fakeserver.guiji.complaints import Complaint, envelope, refused, unknown_method, unreadable
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.methods import Commands
from avatarwire.fakeserver.guiji.outgoing import error
from avatarwire.fakeserver.guiji.playback import PlaybackRefusal
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["Live"]


class Live:
    """All conversations of a fake server.

    Args:
        state: what it remembers.
        scenario: how it behaves.
        clock: time and timers.
        say: publishes what is said in the course of time.
    """

    def __init__(
        self, state: GuijiState, scenario: GuijiScenario, clock: Clock, say: Callable[[Publication], None]
    ) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._clock: Final = clock
        self._say: Final = say
        self._commands: Final = Commands(state, scenario, self._end)
        self._outbox: list[Publication] | None = None
        state.sessions.expired = lambda session: self.destroy(session, scenario.timeout_cause)

    # Messages of clients

    def receive(self, delivery: Delivery) -> tuple[Received, list[Publication]]:
        """One message of a client. Whatever is wrong with it, its session lives on."""
        received = Received()
        outbox = self._outbox = []
        try:
            self._take(delivery, received)
        finally:
            self._outbox = None
        return received, outbox

    def _take(self, delivery: Delivery, received: Received) -> None:
        try:
            packet = rpc.decode(delivery.data, "client", max_size=self._scenario.max_message_bytes)
        except CodecError as error:
            head = envelope(delivery.data)
            self._refuse(delivery, received, head, unreadable(error, head.method))
            return
        head = _head(packet)
        findings = packet.findings
        received.message, received.body, received.deviations = packet.message, packet.body, clauses_of(findings)
        received.violations = findings
        try:
            session = self._addressed(head, delivery)
            received.session = session.id
            if isinstance(packet.body, requests.Request):
                self._ask(session, packet.body, delivery, received)
            else:
                self._hear(session, packet, received)
        except Complaint as complaint:
            self._refuse(delivery, received, head, complaint)

    def _addressed(self, head: rpc.Head, delivery: Delivery) -> LiveSession:
        """The session that a message is about, if the message comes from its client."""
        session = self._known(head.session_id, delivery)
        if session is None:
            raise _gone(f"there is no session {shown(head.session_id)}", "GJ-R074")
        if head.sender != session.topic_sub:
            reason = "missing" if not head.sender else "not topicSub of the session"
            code = RpcErrorCode.SENDER_MISMATCH if head.sender else RpcErrorCode.BAD_ARGUMENTS
            raise Complaint(code, reason, path="sender", clause="GJ-R075")
        return session

    def _known(self, session_id: str, delivery: Delivery) -> LiveSession | None:
        """A session, living or ended, of the account that has published."""
        return _owned(self._state.sessions.get(session_id), delivery)

    def _ask(self, session: LiveSession, request: requests.Request, delivery: Delivery, received: Received) -> None:
        """A request, from the client of its session."""
        conversation = self._conversation(session)
        answers = conversation.answered_before(request.id, delivery.data)
        if delivery.duplicate and answers is not None:
            # MQTT has delivered it twice: it is carried out once, and answered as before.
            for answer in answers:
                self._publish(answer)
            return
        if session.destroyed:
            raise _gone(f"the session has ended: {session.cause}", "GJ-R118")
        if conversation.used(request.id):
            reason = f"{request.id} was used before in this session"
            raise Complaint(RpcErrorCode.DUPLICATE_ID, reason, path="id", clause="GJ-R079")
        if (violation := refused(received.violations, strict=self._scenario.strict)) is not None:
            raise Complaint.of(RpcErrorCode.BAD_ARGUMENTS, violation)
        self._carry_out(conversation, request, delivery, received.message)
        if self._scenario.interaction == "any":
            self._state.sessions.touch(session)

    def _carry_out(
        self, conversation: Conversation, request: requests.Request, delivery: Delivery, message: str
    ) -> None:
        """Carries a request out; its result goes before whatever is said because of it."""
        outbox = self._outbox
        assert outbox is not None  # noqa: S101 - only `receive` leads here
        place, answers = len(outbox), list[Publication]()

        def answer(result: replies.Result) -> Publication:
            conversation.pending = None
            id_ = f"{message.removesuffix('.request')}.result" if message else "result"
            answers.append(conversation.outgoing.result(result, delivery.qos, id_))
            return answers[-1]

        result = self._commands.carry_out(conversation, request, lambda result: self._publish(answer(result)))
        if result is not None:
            outbox.insert(place, answer(result))
        elif not answers:
            conversation.pending = request.id, delivery.qos
        conversation.carried_out(request.id, delivery.data, answers)

    def _hear(self, session: LiveSession, packet: rpc.Packet, received: Received) -> None:
        """Anything but a request. What answers a heartbeat is interaction, unless something is wrong with it."""
        body = packet.body
        if isinstance(body, rpc.Unknown):
            raise unknown_method(body.method)
        conversation = self._conversation(session)
        if not isinstance(body, replies.HeartBeatReply):
            fault = Violation("GJ-R078", "error", "a client answers nothing but heartbeats")
        elif session.destroyed:
            # The end and a heartbeat's answer may have crossed on their ways.
            fault = Violation("GJ-R118", "", "the session has ended", level="warning")
        elif refused(received.violations, strict=self._scenario.strict) is not None:
            return
        elif not conversation.heartbeats.answered(body.id):
            # Who answers a SessionState is not answered in turn (GJ-E86).
            level: Level = "warning" if conversation.outgoing.has_sent(body.id) else "error"
            fault = Violation("GJ-R116", "id", f"no heartbeat {body.id} waits for an answer", level=level)
        else:
            self._state.sessions.touch(session)
            return
        received.violations = (*received.violations, fault)

    def _refuse(self, delivery: Delivery, received: Received, head: rpc.Head, complaint: Complaint) -> None:
        """Tells the client what is wrong, where it can be told; the journal is told in any case.

        It cannot without an id to answer to, and where the message is an answer itself: the id is the server's then.
        """
        if complaint.violation not in received.violations:
            received.violations = (*received.violations, complaint.violation)
        session = self._known(head.session_id, delivery)
        received.session = session.id if session is not None else ""
        listener = session or _owned(self._state.sessions.at(head.sender), delivery)
        if head.id is None or head.kind in ("result", "error") or listener is None:
            return
        self._publish(error(listener.topic_sub, head.session_id, head.id, complaint.code, complaint.text, delivery.qos))

    # What a test or the time asks for

    def destroy(self, session: LiveSession, cause: str) -> None:
        """Ends a session and tells its client (GJ-R067, GJ-R118); nothing happens to one that has ended."""
        if not session.destroyed:
            self._end(session, cause)
            self._publish(self._conversation(session).outgoing.destroyed(cause))

    def play(self, session: LiveSession, pcm_ids: Sequence[int], *, cut_in: bool = False) -> None:
        """Appends materials to the playlist of a running session, or has them cut in.

        Raises:
            PlaybackRefusal: the session does not run, or there is no such material.
        """
        if not session.running:
            raise PlaybackRefusal(f"session {session.id} does not run")
        playback = self._conversation(session).playback
        (playback.cut_in if cut_in else playback.add)(pcm_ids)

    def withhold_heartbeats(self, session: LiveSession, *, on: bool) -> None:
        """Has the server send no heartbeats to a session, or send them again."""
        self._conversation(session).heartbeats.withheld = on

    def close(self) -> None:
        """Cancels every timer; nobody is told."""
        for session in self._state.sessions.living():
            if session.conversation is not None:
                session.conversation.close()

    # Pieces

    def _conversation(self, session: LiveSession) -> Conversation:
        """The conversation about a session; it begins with the first message."""
        if session.conversation is None:
            session.conversation = Conversation(
                session,
                self._scenario,
                self._clock,
                publish=self._publish,
                destroy=self.destroy,
                length=lambda pcm_id: self._length(session, pcm_id),
            )
        return session.conversation

    def _end(self, session: LiveSession, cause: str) -> None:
        """Ends a session; a CreateNewSession that waits for its answer gets one."""
        self._state.sessions.destroy(session, cause)
        self._state.records.end(session)
        conversation = session.conversation
        if conversation is None:
            return
        conversation.close()
        if conversation.pending is not None:
            request_id, qos = conversation.pending
            text = str(Violation("GJ-R118", "", f"the session has ended: {cause}"))
            self._publish(error(session.topic_sub, session.id, request_id, RpcErrorCode.NO_SUCH_SESSION, text, qos))

    def _length(self, session: LiveSession, pcm_id: int) -> float | None:
        """Seconds that a material of the session's room plays; None for none."""
        scenario = self._scenario
        material = session.room.materials.get(pcm_id)
        if material is not None:
            return material.seconds(scenario)
        return scenario.audio_seconds if scenario.unknown_materials == "play" and not scenario.strict else None

    def _publish(self, publication: Publication) -> None:
        """Says something: among the answers to the message at hand, or by itself."""
        if self._outbox is not None:
            self._outbox.append(publication)
        else:
            self._say(publication)


def _head(packet: rpc.Packet) -> rpc.Head:
    """The envelope of a message, from its body where that has it: the bytes need not be read again."""
    body = packet.body
    if isinstance(body, requests.Request):
        return rpc.Head(body.id, body.method, plain_session_id(body.session_id), body.sender, "request")
    return packet.head


def _owned(session: LiveSession | None, delivery: Delivery) -> LiveSession | None:
    """The session, unless another account has published; a broker elsewhere tells neither client nor user."""
    if session is None or (delivery.client_id and delivery.user != session.account.mqtt_user):
        return None
    return session


def _gone(reason: str, clause: str) -> Complaint:
    return Complaint(RpcErrorCode.NO_SUCH_SESSION, reason, path="sessionId", clause=clause)
