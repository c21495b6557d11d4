"""Who may log in to the broker, and who may publish and listen where (GJ-E04, GJ-E05).

Only this lives here. What is published is the business of `live.py`.
"""

from __future__ import annotations

import hmac
from typing import Final

from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import Sessions

__all__ = ["Access"]


class Access:
    """Judges clients of the broker by the accounts of the scenario.

    An account that no MQTT user is issued for is used without a login.

    Args:
        scenario: the accounts.
        sessions: whose topics may be listened to.
    """

    def __init__(self, scenario: GuijiScenario, sessions: Sessions) -> None:
        self._passwords: Final = {account.mqtt_user: account.mqtt_password for account in scenario.accounts}
        self._topic_pub: Final = scenario.topic_pub
        self._sessions: Final = sessions

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        """Whether somebody may log in."""
        del client_id
        expected = self._passwords.get(user or "")
        # An unknown user takes as long as a wrong password.
        matches = hmac.compare_digest((expected or "").encode(), password or b"")
        return expected is not None and (matches or not user)

    def may_publish(self, user: str, topic: str) -> bool:
        """Clients publish to topicPub and nowhere else."""
        return user in self._passwords and topic == self._topic_pub

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        """Clients listen to topicSub of sessions of their account, each by its exact name."""
        session = self._sessions.at(topic_filter)
        return session is not None and session.account.mqtt_user == user
