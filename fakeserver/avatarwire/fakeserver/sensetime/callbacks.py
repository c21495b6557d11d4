"""What happens to lives and takeovers, as callbacks: their body, their address, their signature (003 L1121-1147).

Only that lives here; delivering them is every vendor's (`transports/callbacks.py`). A signature is put where the
scenario says, by a function that can be plugged in; the one that is there is ours (ST-E95).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from avatarwire.codecs.sensetime.messages import callbacks
from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody, HmacSha256, Signer
from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.fakeserver.addresses import check_url
from avatarwire.fakeserver.effects import CallBack, Sign, Signed
from avatarwire.fakeserver.sensetime.live import CallbackEvent
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario

__all__ = ["Reporter", "body_of"]

Date = Callable[[float], str]


class Reporter:
    """Makes callbacks.

    Args:
        scenario: where they go, and how they are signed.
        date: writes a moment.

    Raises:
        ScenarioError: an address is none.
    """

    def __init__(self, scenario: SenseTimeScenario, date: Date) -> None:
        check_url(scenario.callback_url, "sensetime.callback_url")
        for at, account in enumerate(scenario.accounts):
            check_url(account.callback_url or "", f"sensetime.accounts[{at}].callback_url")
        self._scenario: Final = scenario
        self._date: Final = date

    def __call__(self, event: CallbackEvent) -> CallBack:
        """What calls an event back, with what is known now."""
        return self.post(event.live.account, event.live.id, body_of(event, self._date))

    def post(self, account: AccountFixture, session_id: str, body: CallbackBody) -> CallBack:
        """What calls back whatever is to be said.

        Args:
            account: whose receiver gets it, and how it is signed.
            session_id: the live.
            body: what is said.
        """
        return CallBack(
            url=self._scenario.callback_url if account.callback_url is None else account.callback_url,
            data=callbacks.encode(body),
            message=callbacks.CALLBACK.message,
            body=body,
            session=session_id,
            sign=self._sign(account, body),
            account=account.app_id,
        )

    def _sign(self, account: AccountFixture, callback: CallbackBody) -> Sign | None:
        """How a callback of an account is signed (ST-CBK-07)."""
        plugged = cast("Signer | None", self._scenario.signer)
        if plugged is None and not account.auth_key:
            return None
        signer: Signer = HmacSha256(account.auth_key) if plugged is None else plugged
        carrier = self._scenario.callback_carrier

        def sign(body: bytes, now: float) -> Signed:
            members = callbacks.sign(signer, body, now).members
            if carrier == "body":
                signed = callback.replace(**members)
                return Signed(data=callbacks.encode(signed), body=signed)
            return Signed(query=members) if carrier == "query" else Signed(headers=members)

        return sign


def body_of(event: CallbackEvent, date: Date) -> CallbackBody:
    """The body of a callback: the stream's values at 35 only, userData as it came (ST-CBK-06, ST-LIVE-06)."""
    live = event.live
    stream: Mapping[str, Any] = live.rtc.fields if event.status is LiveStatus.READY else {}
    return CallbackBody(
        session_id=live.id,
        status=int(event.status),
        command_trace_id=event.trace_id,
        command_finish_time=None if event.finished_at is None else date(event.finished_at),
        task_result=event.result or None,
        user_data=live.user_data,
        **stream,
    )
