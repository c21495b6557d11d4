"""What each operation does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.turn import Turn
from tests.fourth_vendor.codecs import http
from tests.fourth_vendor.fakeserver.conversation import ending
from tests.fourth_vendor.fakeserver.errors import no_talk
from tests.fourth_vendor.fakeserver.state import Talk, ToyState

__all__ = ["Operations"]


class Operations:
    """All three."""

    def __init__(self, state: ToyState, turn: Turn) -> None:
        self._state: Final = state
        self._turn: Final = turn
        self.handlers: Final[Mapping[str, Any]] = {
            http.START_TALK.id: self._start,
            http.QUERY_TALK.id: self._query,
            http.STOP_TALK.id: self._stop,
        }

    def _start(self, request: http.StartTalkRequest, exchange: Exchange[str]) -> http.Talk:
        return _told(self._state.start())

    def _query(self, request: http.TalkRequest, exchange: Exchange[str]) -> http.Talk:
        return _told(self._talk(request))

    def _talk(self, request: http.TalkRequest) -> Talk:
        talk = self._state.talks.get(request.session_id)
        if talk is None:
            raise no_talk(request.session_id)
        return talk

    def _stop(self, request: http.TalkRequest, exchange: Exchange[str]) -> http.Talk:
        talk = self._talk(request)
        self._turn.do(*ending(talk, "stopped"))
        return _told(talk)


def _told(talk: Talk) -> http.Talk:
    return http.Talk(session_id=talk.session_id, state=talk.state)
