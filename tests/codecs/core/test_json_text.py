"""What stands in members that nothing declares is skipped in one way, whichever vendor's message it is in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

import msgspec
import pytest

from avatarwire.codecs import aliyun
from avatarwire.codecs.aliyun.http import CHECK_SESSION
from avatarwire.codecs.aliyun.tokens import decode_channel_token
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_text import look, read
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.guiji import http as guiji_http
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.sensetime import http as sensetime_http
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.wire import microphone

LONG: Final = b"1" * (sys.get_int_max_str_digits() + 1)
UNREADABLE: Final = (b"1e999", b"-1e999", LONG, b'"\xff"', b'["\xe4\xb8",{"a":[1e999]}]', b'{"\xff":-' + LONG + b"}")
"""What Python cannot hold, though msgspec passes over it."""


def bare(data: bytes) -> bytes:
    """What `read` made of a text, written again."""
    return msgspec.json.encode(read(data))


def test_what_python_holds_is_as_ever() -> None:
    assert read(b'{"a":[1,2.5,"\xe4\xb8\xad",null,true]}') == {"a": [1, 2.5, "中", None, True]}


def test_numbers_beyond_pythons_stay_as_they_are_written() -> None:
    assert bare(b'{"a":1e999,"b":[-1e999,0.5,7],"c":"x"}') == b'{"a":1e999,"b":[-1e999,0.5,7],"c":"x"}'
    assert bare(b'{"a":' + LONG + b"}") == b'{"a":' + LONG + b"}"


def test_text_that_is_no_utf_8_is_mended() -> None:
    assert bare(b'{"\xff":["\xfe","\xe4\xb8\xad"]}') == '{"\ufffd":["\ufffd","中"]}'.encode()
    assert isinstance(read(b'"\xff"'), msgspec.Raw)
    assert look(b'"\xff"') == "\ufffd"


@pytest.mark.parametrize("rest", [b"NaN", b'"\\ud800"', b"1e999}", b"01", b'"\x01"', b"[" * 3000 + b"]" * 3000])
def test_what_msgspec_does_not_pass_over_is_refused(rest: bytes) -> None:
    for before in (b"1e999", b'"\xff"'):
        data = b'{"a":' + before + b',"b":' + rest + b"}"
        with pytest.raises((msgspec.DecodeError, ValueError, RecursionError)):
            read(data)
        assert look(data) is None


def test_what_is_skipped_is_read_by_the_typed_decoders() -> None:
    class Nothing(msgspec.Struct):
        pass

    for value in UNREADABLE:
        assert msgspec.json.decode(b'{"x":' + value + b"}", type=Nothing) == Nothing()
        with pytest.raises((msgspec.DecodeError, ValueError)):
            msgspec.json.decode(b'{"x":' + value + b"}")


# --- every vendor's messages ---

READERS: Final[dict[str, tuple[Callable[..., Any], bytes]]] = {
    "aliyun call": (partial(CHECK_SESSION.decode_response, 200), b'{"status":"FREE"}'),
    "aliyun call, repaired": (
        partial(CHECK_SESSION.decode_response, 200),
        b'{"status":"free"}',
    ),
    "guiji call": (
        partial(guiji_http.CREATE_LIVE.decode_response, 200),
        b'{"code":200,"msg":"","success":true,"data":7}',
    ),
    "guiji message": (
        rpc.decode,
        b'{"method":"DestroySession","id":1,"sessionId":"s","sender":"t","params":{"sessionId":"s"}}',
    ),
    "guiji message, repaired": (
        rpc.decode,
        b'{"method":"DestroySession","id":1,"sender":"t","params":{"sessionId":"s"}}',
    ),
    "guiji result": (rpc.decode, b'{"id":1,"sessionId":"s","result":{"sessionId":"s","message":"x"}}'),
    "guiji heartbeat": (rpc.decode, b'{"id":1,"method":"HeartBeat","params":{"sessionId":"s","state":"Running"}}'),
    "sensetime call": (
        partial(sensetime_http.HEARTBEAT.decode_response, 200),
        b'{"code":0,"message":"success"}',
    ),
    "sensetime script": (
        script.decode_takeover,
        b'{"tts_query":{"content":"We are closing in ten minutes.","ssml":false}}',
    ),
    "sensetime pushed": (
        interactive.decode,
        b'{"service":"asr","trace":"t","type":"asr","status":"eof","text":"","query":"","answer":"","error":""}',
    ),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("value", UNREADABLE, ids=["large", "small", "long", "text", "inside", "names"])
def test_what_cannot_be_read_is_skipped_where_nothing_is_declared(name: str, value: bytes) -> None:
    decode, data = READERS[name]
    plain = decode(data)
    decoded = decode(data[:-1] + b',"unheardOf":' + value + b"}")
    assert decoded.deviations == plain.deviations
    assert getattr(decoded, "body", getattr(decoded, "value", None)) == getattr(
        plain, "body", getattr(plain, "value", None)
    )
    assert list(decoded.unknown_fields()) == ["unheardOf"]
    with pytest.raises(DecodeError):
        decode(data[:-1] + b',"unheardOf":' + value + b"}", strict=True)


def test_a_text_message_of_the_microphone_is_no_exception() -> None:
    decoded = microphone.decode('{"code":0,"message":"begin","unheardOf":1e999}')
    assert (decoded.message, list(decoded.unknown_fields())) == ("microphone.begin", ["unheardOf"])
    with pytest.raises(DecodeError):
        microphone.decode('{"code":0,"message":"begin","unheardOf":1e999}', strict=True)


def test_a_frame_is_no_exception() -> None:
    frame = aliyun.encode(aliyun.InterruptRequest(session_id="s"), b"SERIAL01")
    decoded = aliyun.decode(frame[:-1] + b',"unheardOf":1e999}')
    assert list(decoded.unknown_fields()) == ["unheardOf"]
    assert decoded.deviations == ()
    with pytest.raises(DecodeError):
        aliyun.decode(frame[:-1] + b',"unheardOf":1e999}', strict=True)


def test_a_channel_token_is_no_exception() -> None:
    token = b'{"channelId":"c","token":"t","expireTime":60,"nonce":"n","userId":"u","appId":"a","gslb":[],"x":1e999}'
    assert list(decode_channel_token(token).unknown_fields()) == ["x"]
    with pytest.raises(DecodeError):
        decode_channel_token(token, strict=True)


class _Told(Message):
    number: Annotated[float, doc("a number", "X-1")] = 0.0
    anything: Annotated[Any, doc("anything", "X-2")] = None


TOLD: Final = JsonCodec(_Told, vendor="test", message="told")


@pytest.mark.parametrize("value", [b"1e999", b'"\xff"', LONG])
def test_what_is_declared_has_to_be_readable(value: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        TOLD.decode(b'{"number":' + value + b"}")
    assert type(caught.value) is DecodeError


def test_what_may_be_anything_may_be_that() -> None:
    """What was decoded can be written again, as it came."""
    decoded: Received[_Told] = TOLD.decode(b'{"anything":[1e999]}')
    assert TOLD.encode(decoded.value) == b'{"number":0.0,"anything":[1e999]}'
    assert msgspec.json.encode(decoded.value.to_dict()) == b'{"number":0.0,"anything":[1e999]}'


def test_another_fault_is_told_where_that_is_the_only_one() -> None:
    with pytest.raises(DecodeError, match="number"):
        TOLD.decode(b'{"number":"x"}')


def test_what_json_cannot_hold_is_refused_when_it_is_converted() -> None:
    with pytest.raises(ValidationError, match="half a surrogate pair"):
        TOLD.convert({"anything": "\ud800"})
