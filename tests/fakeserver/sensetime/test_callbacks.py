"""What is called back about lives and takeovers, where to, and how it is signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from avatarwire.codecs.sensetime.messages import callbacks as codec
from avatarwire.fakeserver.effects import CallBack, Signed
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.sensetime.live_events import Failed, Finished, Queued, Started
from tests.fakeserver.sensetime.client import OWN_APP, Fake

HOOK = "http://127.0.0.1:9/hook"


class Outbox:
    """Everything that a fake has had to say so far, as callbacks."""

    def __init__(self, fake: Fake) -> None:
        self.posted = [effect for effect in fake.turn.done if isinstance(effect, CallBack)]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(callback.data) for callback in self.posted]


def reported(fake: Fake) -> Outbox:
    return Outbox(fake)


def account(**changes: Any) -> dict[str, Any]:
    return {"app_id": "fake-app-id", "app_key": "fake-app-key", **changes}


def test_a_live_is_told_from_ready_to_closed() -> None:
    fake = Fake(callback_url=HOOK)
    made = fake.create(userData='{"room": 7}')
    session = made["sessionId"]
    fake.ok("closeLive", {"sessionId": session})
    outbox = reported(fake)
    rtc = {name: made[name] for name in ("rtcAppId", "rtcChannelId", "rtcUid", "rtcToken")}
    assert outbox.bodies == [
        {"sessionId": session, "status": 35, "userData": '{"room": 7}', **rtc},
        {"sessionId": session, "status": 5, "userData": '{"room": 7}'},
    ]
    [first, _] = outbox.posted
    assert (first.url, first.message, first.session, first.sign) == (HOOK, "CallbackBody", session, None)
    assert first.body == codec.decode(first.data, strict=True).value


def test_faults_are_told_in_task_result() -> None:
    fake = Fake(outcomes=("failed",))
    session = fake.create()["sessionId"]
    fake.clock.advance(2)
    assert reported(fake).bodies == [{"sessionId": session, "status": 99, "taskResult": "the stream could not be made"}]


def test_an_own_rtc_app_is_told_too() -> None:
    fake = Fake()
    fake.create(**OWN_APP)
    [body] = reported(fake).bodies
    assert (body["rtcAppId"], body["rtcToken"]) == ("own-app", "own-token")


def test_takeovers_are_told_by_id() -> None:
    fake = Fake()
    session = fake.started()
    fake.clock.advance(61)
    for event in (Queued("a"), Started("a"), Finished("a"), Failed("b", "no such file")):
        fake.queues[session].tell(event)
    about = {"sessionId": session}
    assert reported(fake).bodies[1:] == [
        {**about, "status": 34, "commandTraceId": "a"},
        {**about, "status": 36, "commandTraceId": "a"},
        {**about, "status": 37, "commandTraceId": "a", "commandFinishTime": "2026-01-01 08:01:01"},
        {**about, "status": 39, "commandTraceId": "b", "taskResult": "no such file"},
    ]


# --- where to (ST-E99) ---


@pytest.mark.parametrize(("own", "url"), [(None, HOOK), ("", ""), ("http://[::1]:9/own", "http://[::1]:9/own")])
def test_an_account_may_have_an_address_of_its_own(own: str | None, url: str) -> None:
    fake = Fake(callback_url=HOOK, accounts=(account(callback_url=own),))
    fake.create()
    assert [callback.url for callback in reported(fake).posted] == [url]


def test_addresses_are_looked_at_when_the_fake_is_made() -> None:
    with pytest.raises(ScenarioError, match=r"callback_url"):
        Fake(callback_url="ftp://a.example/")
    with pytest.raises(ScenarioError, match=r"sensetime\.callback_url: expected an absolute http or https URL"):
        reported(Fake(callback_url="http://:80"))
    with pytest.raises(ScenarioError, match=r"sensetime\.accounts\[0\]\.callback_url"):
        reported(Fake(accounts=(account(callback_url="http://[::1/"),)))


# --- signatures (ST-CBK-07, ST-E95) ---


def signed(fake: Fake) -> Signed:
    fake.create()
    [callback] = reported(fake).posted
    assert callback.sign is not None
    return callback.sign(b'{"a":1}', 1_900_000_000.9)


def test_a_key_signs_in_a_way_of_ours() -> None:
    expected = hmac.new(b"key-1", b'1900000000{"a":1}', hashlib.sha256).hexdigest()
    members: Mapping[str, str] = {"timestamp": "1900000000", "signature": expected}
    keyed = (account(auth_key="key-1"),)
    assert signed(Fake(accounts=keyed)) == Signed(headers=members)
    assert signed(Fake(accounts=keyed, callback_carrier="query")) == Signed(query=members)


def test_a_signature_can_be_in_the_body() -> None:
    """ST-E95: what is signed is the body without it."""
    fake = Fake(accounts=(account(auth_key="key-1"),), callback_carrier="body")
    fake.create(userData='"Zoë" \n')
    [callback] = reported(fake).posted
    assert callback.sign is not None
    plain = callback.data
    sent = callback.sign(plain, 1_900_000_000.9)
    assert (sent.headers, sent.query) == ({}, {})
    assert sent.data is not None
    expected = hmac.new(b"key-1", b"1900000000" + plain, hashlib.sha256).hexdigest()
    assert json.loads(sent.data) == {**json.loads(plain), "timestamp": "1900000000", "signature": expected}
    # What receives it by the codec finds it right.
    received = codec.decode(sent.data)
    assert received.value == sent.body
    credentials = codec.credentials_of({}, "", received.value)
    codec.verify(codec.HmacSha256("key-1"), sent.data, credentials, 1_900_000_001)


def test_a_signer_can_be_plugged_in() -> None:
    class Reversed:
        def sign(self, timestamp: str, body: bytes) -> str:
            return f"{timestamp}:{body[::-1].decode()}"

    told = signed(Fake(signer=Reversed()))
    assert told.headers["signature"] == '1900000000:}1:"a"{'
    assert "key-1" not in repr(Fake(accounts=(account(auth_key="key-1"),)).state)
