"""Who has subscribed to which topic, and with which quality of service: exact topics, as filters are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["Subscriptions"]


class Subscriptions:
    """The subscriptions of all sessions of a broker."""

    def __init__(self) -> None:
        self._by_topic: Final[dict[str, dict[str, int]]] = {}
        self._by_session: Final[dict[str, set[str]]] = {}

    def add(self, session: str, topic: str, qos: int) -> None:
        """A session subscribes; an older subscription to the topic is replaced [MQTT-3.8.4-3]."""
        subscribers = self._by_topic.setdefault(topic, {})
        # Whoever subscribes anew comes last, so that the order of deliveries is that of the subscriptions.
        subscribers.pop(session, None)
        subscribers[session] = qos
        self._by_session.setdefault(session, set()).add(topic)

    def remove(self, session: str, topic: str) -> None:
        """A session has no subscription to a topic any more."""
        self._by_session.get(session, set()).discard(topic)
        subscribers = self._by_topic.get(topic)
        if subscribers is not None:
            subscribers.pop(session, None)
            if not subscribers:
                del self._by_topic[topic]

    def forget(self, session: str) -> None:
        """A session is over."""
        for topic in self._by_session.pop(session, ()):
            subscribers = self._by_topic[topic]
            del subscribers[session]
            if not subscribers:
                del self._by_topic[topic]

    def topics_of(self, session: str) -> Sequence[str]:
        """What a session has subscribed to."""
        return sorted(self._by_session.get(session, ()))

    def all(self) -> Iterable[tuple[str, str, int]]:
        """All of them: session, topic and quality of service, those of a topic in the order of deliveries."""
        return [(session, topic, qos) for topic, those in self._by_topic.items() for session, qos in those.items()]

    def of(self, topic: str) -> Iterable[tuple[str, int]]:
        """Sessions that have subscribed to a topic, and the quality of service granted to each."""
        return tuple(self._by_topic.get(topic, {}).items())
