"""Who may log in to the broker, and who may publish and listen where (GJ-E04, GJ-E05).

Only this lives here. What is published is the business of `mqtt.py`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import Sessions
from avatarwire.fakeserver.scenario import ScenarioError

__all__ = ["Access"]


class Access:
    """Judges clients of the broker by the accounts of the scenario.

    An account that no MQTT user is issued for is used without a login.

    Args:
        scenario: the accounts.
        sessions: whose topics may be listened to.

    Raises:
        ScenarioError: two accounts have the same user with different passwords.
    """

    def __init__(self, scenario: GuijiScenario, sessions: Sessions) -> None:
        self._passwords: Final = _passwords(scenario)
        self._topic_pub: Final = scenario.topic_pub
        self._sessions: Final = sessions

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        """Whether somebody may log in."""
        del client_id
        expected = self._passwords.get(user or "")
        # An unknown user takes as long as a wrong password.
        matches = hmac.compare_digest((expected or "").encode(), password or b"")
        return matches and expected is not None

    def may_publish(self, user: str, topic: str) -> bool:
        """Clients publish to topicPub and nowhere else."""
        return user in self._passwords and topic == self._topic_pub

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        """Clients listen to topicSub of sessions of their account, each by its exact name."""
        session = self._sessions.at(topic_filter)
        return session is not None and session.account.mqtt_user == user


def _passwords(scenario: GuijiScenario) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for at, account in enumerate(scenario.accounts):
        password = account.mqtt_password if account.mqtt_user else ""
        if known.setdefault(account.mqtt_user, password) != password:
            raise ScenarioError(
                "scenario", f"guiji.accounts[{at}].mqtt_user", "has another password in another account"
            )
    return known
