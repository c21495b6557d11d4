"""What the server says about one session: messages made from facts, each with an id of the server's own (GJ-E59).

Only the making of messages lives here; when which is said is decided in `conversation.py` and `mqtt.py`. The session id
stands beside the id everywhere but in heartbeats, Destroy and StreamPlay (GJ-E56).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import UNSET

from avatarwire.codecs.guiji.messages import notifications, replies
from avatarwire.codecs.guiji.wire.topics import HEARTBEAT_PREFIX
from avatarwire.codecs.message import Message
from avatarwire.fakeserver.effects import Incoming, Publish
from avatarwire.fakeserver.guiji.elements import Element
from avatarwire.fakeserver.guiji.playback import Played
from avatarwire.fakeserver.guiji.rpc_errors import AnyId
from avatarwire.fakeserver.guiji.scenario_live import LiveTunables
from avatarwire.fakeserver.guiji.sessions import Address, LiveSession

__all__ = ["Outgoing", "error"]

RUNNING: Final = "Running"
"""State of a heartbeat."""


class Outgoing:
    """Makes the messages of one session.

    Args:
        session: whose they are.
        scenario: how they look.

    Attributes:
        last_id: of the last message that answers nothing; 0 before the first.
    """

    def __init__(self, session: LiveSession, scenario: LiveTunables) -> None:
        self._session: Final = session
        self._scenario: Final = scenario
        self.last_id = 0

    def has_sent(self, message_id: int) -> bool:
        """Whether a message with this id has been sent by itself, not as an answer."""
        return 0 < message_id <= self.last_id

    # Answers

    def result(self, body: replies.Result, qos: int, message: str, request: Incoming) -> Publish:
        """The success of a request, with the quality of service it came with; `message` is its catalogue id."""
        return _publication(self._session.topic_sub, self._session.id, body, qos, message, request)

    # Notifications

    def heartbeat(self) -> tuple[int, Publish]:
        """A heartbeat and its id."""
        prefix = HEARTBEAT_PREFIX if self._scenario.heartbeat_prefix else ""
        params = notifications.HeartBeatParams.trusted(session_id=prefix + self._session.id, state=RUNNING)
        body = notifications.HeartBeat.trusted(id=self.new_id(), params=params)
        return body.id, self._notification(body)

    def destroyed(self, cause: str) -> Publish:
        """The session is gone (GJ-R118)."""
        params = notifications.DestroyState(session_id=self._session.id, cause=cause)
        return self._notification(notifications.SessionDestroyed(id=self.new_id(), params=params))

    def stream_play(self) -> Publish:
        """The stream can be pulled (GJ-R119)."""
        pull = self._session.pull_addresses
        playaddr = notifications.PlayAddresses(
            rtmp=_addresses(pull.rtmp), rtsp=_addresses(pull.rtsp), http_flv=_addresses(pull.http_flv)
        )
        params = notifications.StreamPlayState(session_id=self._session.id, playaddr=playaddr)
        return self._notification(notifications.StreamPlay(id=self.new_id(), params=params))

    def show(self, element: Element) -> Publish:
        """An element is displayed (GJ-R120)."""
        params = notifications.ShowState(
            session_id=self._session.id,
            info=f"Do you see me ? {element.name}",
            ud_code=element.ud_code or UNSET,
            id=element.id,
            name=element.name,
            type=element.kind,
        )
        return self._notification(notifications.Show(id=self.new_id(), session_id=self._session.id, params=params))

    def played(self, event: Played) -> Publish:
        """An audio begins or ends (GJ-R121)."""
        # Trusted, for the scenario may ask for another word than the ruled one (GJ-E87).
        params = notifications.PlaybackState.trusted(
            session_id=self._session.id,
            status=notifications.PlaybackStatus(event.status),
            type=self._scenario.cut_in_literal if event.cut_in else notifications.PlaylistKind.PLAYLIST,
            now_pcm_id=event.pcm_id,
            play_list=msgspec.json.encode(event.to_play).decode(),
        )
        return self._notification(
            notifications.PlaylistState.trusted(id=self.new_id(), session_id=self._session.id, params=params)
        )

    def pushed(self, body: Message, message: str) -> Publish:
        """Any message, as if the server had it to say; `message` is its catalogue id."""
        return _publication(self._session.topic_sub, self._session.id, body, self._scenario.notification_qos, message)

    # Pieces

    def new_id(self) -> int:
        """An id for one more message that answers nothing."""
        self.last_id += 1
        return self.last_id

    def _notification(self, body: Message) -> Publish:
        return _publication(self._session.topic_sub, self._session.id, body, self._scenario.notification_qos)


def error(
    topic: str,
    session_id: str,
    request_id: AnyId,
    code: int,
    text: str,
    qos: int,
    request: Incoming | None = None,
) -> Publish:
    """The failure of a request, for whoever listens at `topic` (GJ-R080, GJ-E62)."""
    # Not validated: who has sent an id that is none learns of it under that id.
    body = replies.ErrorReply.trusted(
        id=request_id,
        session_id=session_id or UNSET,
        error=replies.ErrorBody(session_id=session_id, message=text, code=code),
    )
    return _publication(topic, session_id, body, qos, request=request)


def _addresses(address: Address) -> notifications.StreamAddresses:
    return notifications.StreamAddresses(lan=address.lan, wan=address.wan)


_MESSAGES: Final[Mapping[type[Message], str]] = {
    notifications.HeartBeat: "HeartBeat",
    notifications.SessionDestroyed: "SessionState.Destroy",
    notifications.StreamPlay: "SessionState.StreamPlay",
    notifications.Show: "SessionState.Show",
    notifications.PlaylistState: "SessionState.playlist",
    replies.ErrorReply: "error",
}
"""Catalogue ids of what is not the result of a certain request."""


_dump: Final = msgspec.json.Encoder().encode


def _publication(
    topic: str, session_id: str, body: Message, qos: int, message: str = "", request: Incoming | None = None
) -> Publish:
    # Not by the codec, which refuses the other reading of an erratum: a scenario may ask for it (GJ-E84, GJ-E87).
    return Publish(topic, _dump(body), qos, message or _MESSAGES[type(body)], body, session_id, request)
