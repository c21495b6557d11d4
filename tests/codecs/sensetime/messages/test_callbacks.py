"""Callbacks: the body beside its bytes, and signatures as something to plug in."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.errors import DecodeError, SignatureError, ValidationError
from avatarwire.codecs.sensetime.messages import callbacks
from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody, Credentials, HmacSha256
from avatarwire.codecs.sensetime.messages.enums import LiveStatus, TakeoverStatus

from ...strategies import ANY_JSON

READY = CallbackBody(
    session_id="live-1",
    status=35,
    rtc_app_id="app-1",
    rtc_channel_id="channel-1",
    rtc_uid="7",
    rtc_token="tok",
    user_data='{"a":1}',
)
READY_TEXT = (
    b'{"rtcAppId":"app-1","rtcChannelId":"channel-1","rtcUid":"7","rtcToken":"tok","sessionId":"live-1","status":35,'
    b'"userData":"{\\"a\\":1}"}'
)
FINISHED = CallbackBody(
    session_id="live-1", status=37, command_trace_id="takeover-1", command_finish_time="2031-05-06 07:08:09"
)
FINISHED_TEXT = (
    b'{"sessionId":"live-1","status":37,"commandTraceId":"takeover-1","commandFinishTime":"2031-05-06 07:08:09"}'
)
FAILED = CallbackBody(session_id="live-1", status=99, task_result="no figure", timestamp="1900000000", signature="5e1f")
FAILED_TEXT = b'{"sessionId":"live-1","status":99,"taskResult":"no figure","timestamp":"1900000000","signature":"5e1f"}'
BOTH = [(READY, READY_TEXT), (FINISHED, FINISHED_TEXT), (FAILED, FAILED_TEXT)]


@pytest.mark.parametrize(("callback", "text"), BOTH, ids=["live", "takeover", "signed"])
def test_a_callback_and_its_bytes(callback: CallbackBody, text: bytes) -> None:
    assert callbacks.encode(callback) == text
    decoded = callbacks.decode(text, strict=True)
    assert decoded.value == callback
    assert decoded.encode() == text


@pytest.mark.parametrize("status", [35, 5, 50, 9, 99])
def test_it_tells_of_a_live(status: int) -> None:
    told = callbacks.decode(f'{{"sessionId":"s","status":{status}}}'.encode()).value
    assert (told.is_takeover, told.live_status, told.takeover_status) == (False, LiveStatus(status), None)


@pytest.mark.parametrize("status", [34, 36, 37, 39])
def test_or_of_a_takeover(status: int) -> None:
    told = callbacks.decode(f'{{"sessionId":"s","status":{status}}}'.encode(), strict=True).value
    assert (told.is_takeover, told.live_status, told.takeover_status) == (True, None, TakeoverStatus(status))


@pytest.mark.parametrize("status", [2, 32, 33, 38, 97, 98, 40])
def test_a_state_that_is_never_called_back_survives(status: int) -> None:
    text = f'{{"sessionId":"s","status":{status}}}'.encode()
    decoded = callbacks.decode(text)
    assert (decoded.value.status, decoded.deviations) == (status, ("ST-E98",))
    assert not decoded.value.is_takeover
    with pytest.raises(ValidationError, match=r"CallbackBody: status: got \d+, expected 35, .* or 39 \[ST-E98\]$"):
        callbacks.decode(text, strict=True)
    with pytest.raises(ValidationError):
        CallbackBody(session_id="s", status=status)


def test_a_ready_stream_needs_all_or_none_of_its_values() -> None:
    none = callbacks.decode(b'{"sessionId":"s","status":35}')
    assert none.deviations == ("ST-E22",)
    with pytest.raises(ValidationError, match=r"rtcToken: required field is missing.* \[ST-CBK-06\]$"):
        callbacks.decode(b'{"sessionId":"s","status":35,"rtcAppId":"a","rtcChannelId":"c","rtcUid":"7"}')


def test_a_takeover_beside_the_state_of_a_live_is_told() -> None:
    assert callbacks.decode(b'{"sessionId":"s","status":5,"commandTraceId":"t"}').deviations == ("ST-E97",)


def test_a_uid_may_be_a_number_and_a_timestamp_too() -> None:
    decoded = callbacks.decode(b'{"sessionId":"s","status":5,"rtcUid":7,"timestamp":1900000000,"taskResult":null}')
    assert decoded.deviations == ("ST-E19",)
    assert (decoded.value.rtc_uid, decoded.value.timestamp, decoded.value.task_result) == ("7", 1900000000, None)


@pytest.mark.parametrize(
    ("text", "path", "clause"),
    [
        (b'{"status":5}', "sessionId", "ST-CBK-05"),
        (b'{"sessionId":"","status":5}', "sessionId", "ST-CBK-05"),
        (b'{"sessionId":"s"}', "status", "ST-CBK-05"),
        (b'{"sessionId":"s","status":"over"}', "status", "ST-CBK-05"),
        (b'{"sessionId":"s","status":37,"commandFinishTime":"soon"}', "commandFinishTime", "ST-LIVE-27"),
        (b'{"sessionId":"s","status":37,"commandFinishTime":"2031-05-06 07:08:09\\n"}', "commandFinishTime",
         "ST-LIVE-27"),
        (b'{"sessionId":"s","status":5,"userData":{}}', "userData", "ST-CBK-08"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: bytes, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        callbacks.decode(text)
    assert (caught.value.vendor, caught.value.path, caught.value.clause) == ("sensetime", path, clause)


def test_what_is_no_json_is_told_by_its_byte() -> None:
    with pytest.raises(DecodeError) as caught:
        callbacks.decode(b'{"sessionId":x}')
    assert caught.value.offset == 13


def test_a_callback_has_a_limit() -> None:
    with pytest.raises(DecodeError, match=r"expected at most 1048576 bytes \[ST-E132\]$"):
        callbacks.decode(b" " * (callbacks.MAX_CALLBACK + 1))


def test_members_nobody_knows_survive() -> None:
    text = b'{"sessionId":"s","status":5,"later":[1]}'
    decoded = callbacks.decode(text)
    assert (decoded.encode(), decoded.unknown_fields()) == (text, {"later": [1]})


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(CallbackBody.__struct_encode_fields__), ANY_JSON))
def test_anything_else_is_our_error(fields: dict[str, Any]) -> None:
    with suppress(DecodeError):
        callbacks.decode(msgspec.json.encode(fields))


# --- signatures ---

KEY = "key-of-mine"
NOW = 1900000000.5


def test_our_signature_is_an_hmac_over_timestamp_and_body() -> None:
    expected = hmac.new(KEY.encode(), b"1900000000" + FINISHED_TEXT, hashlib.sha256).hexdigest()
    credentials = callbacks.sign(HmacSha256(KEY), FINISHED_TEXT, NOW)
    assert credentials == Credentials("1900000000", expected)
    assert credentials.members == {"timestamp": "1900000000", "signature": expected}
    callbacks.verify(HmacSha256(KEY), FINISHED_TEXT, credentials, NOW)


def test_another_signer_can_be_plugged_in() -> None:
    class Reversed:
        def sign(self, timestamp: str, body: bytes) -> str:
            return body.decode()[::-1] + timestamp

    callbacks.verify(Reversed(), b"abc", Credentials("1900000000", "cba1900000000"), NOW)


def test_the_members_are_looked_for_in_headers_query_and_body() -> None:
    query = "a=1&timestamp=5&signature=q"
    assert callbacks.credentials_of({"Timestamp": "4", "SIGNATURE": "h"}, query) == Credentials("4", "h", "header")
    assert callbacks.credentials_of({"Timestamp": "4"}, query, FAILED) == Credentials("5", "q", "query")
    assert callbacks.credentials_of({}, "timestamp=5", FAILED) == Credentials("1900000000", "5e1f", "body")
    assert callbacks.credentials_of({}, "&".join(["a=1"] * 40), READY) is None
    assert callbacks.credentials_of({}) is None


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (None, "NotSigned"),
        (Credentials("1900000000", "0" * 64), "SignatureDoesNotMatch"),
        (Credentials("1900000000", "\ud800"), "SignatureDoesNotMatch"),
        (Credentials("soon", HmacSha256(KEY).sign("soon", b"{}")), "TimestampUnreadable"),
        (Credentials("1", HmacSha256(KEY).sign("1", b"{}")), "TimestampExpired"),
        (Credentials("1900000301", HmacSha256(KEY).sign("1900000301", b"{}")), "TimestampExpired"),
    ],
)
def test_what_is_not_signed_lately_with_the_key_is_refused(credentials: Credentials | None, code: str) -> None:
    with pytest.raises(SignatureError, match=r"\[ST-CBK-07\]$") as caught:
        callbacks.verify(HmacSha256(KEY), b"{}", credentials, NOW)
    assert caught.value.code == code


def test_twelve_digits_are_milliseconds() -> None:
    timestamp = "1900000000123"
    callbacks.verify(HmacSha256(KEY), b"{}", Credentials(timestamp, HmacSha256(KEY).sign(timestamp, b"{}")), NOW)


@pytest.mark.parametrize(
    ("body", "signed"),
    [
        (b'{"a":1,"timestamp":"1900000000","b":"\xc3\xab","signature":"%s"}', b'{"a":1,"b":"\xc3\xab"}'),
        (b'{"signature":"%s","timestamp":1900000000}', b"{}"),
    ],
)
def test_in_a_body_what_is_signed_is_the_rest_of_it(body: bytes, signed: bytes) -> None:
    """ST-E95."""
    signature = HmacSha256(KEY).sign("1900000000", signed)
    credentials = Credentials("1900000000", signature, "body")
    callbacks.verify(HmacSha256(KEY), body % signature.encode(), credentials, NOW)
    with pytest.raises(SignatureError) as caught:
        callbacks.verify(HmacSha256(KEY), body.replace(b"{", b'{"c":2,', 1) % signature.encode(), credentials, NOW)
    assert caught.value.code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON"])
def test_what_is_no_object_is_signed_as_it_is(body: bytes) -> None:
    assert callbacks.unsigned(body) == body


def test_neither_key_nor_signature_is_shown() -> None:
    assert KEY not in repr(HmacSha256(KEY))
    assert "5e1f" not in repr(Credentials("5", "5e1f"))
