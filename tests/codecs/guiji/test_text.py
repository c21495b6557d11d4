"""Messages as one JSON object that says what they are, and back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from avatarwire.codecs import textform
from avatarwire.codecs.errors import DecodeError, EncodeError
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from tests.codecs.guiji.rpc_samples import CREATE, DESTROY, HEARTBEAT, RESULTS, SAMPLES, SWITCH, Sample, at, changed

decode_text, encode_text = partial(textform.decode_text, CATALOGUE), partial(textform.encode_text, CATALOGUE)

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.message}-{len(sample.text)}")


@each
def test_there_and_back(sample: Sample) -> None:
    text = decode_text(sample.data)
    assert text.fields["message"] == ("result" if sample in RESULTS else sample.message)
    assert (text.sender, text.raw, text.spans) == (sample.sender, sample.data, ())
    assert (text.fields["body"], text.fields["deviations"]) == (sample.fields, [])
    assert bytes.fromhex(text.fields["raw"]) == sample.data
    if sample not in RESULTS:
        assert encode_text(text.fields, sample.sender) == sample.data


@each
def test_message_and_body_are_enough(sample: Sample) -> None:
    body = sample.fields
    body.pop("method", None)
    assert encode_text({"message": sample.message, "body": body}) == sample.data


def test_the_title_says_what_it_is() -> None:
    assert decode_text(HEARTBEAT.data).title == "HeartBeat: is the client there? (4.2.8)"


def test_what_is_odd_is_told() -> None:
    text = decode_text(changed(DESTROY, lambda fields: fields.update(topicSub=fields.pop("sender"), x=1)))
    assert text.fields["deviations"] == ["GJ-E06"]
    assert text.fields["unknownFields"] == {"topicSub": "77001/topicSendClient8f0a", "x": 1}
    with pytest.raises(DecodeError, match="GJ-E06"):
        decode_text(text.raw, strict=True)
    with pytest.raises(DecodeError, match="DestroySession from the server"):
        decode_text(DESTROY.data, "server")


@pytest.mark.parametrize(
    ("data", "sender", "by"),
    [
        (b'{"method":"Make\\u0007","sender":"t"}', None, "client"),
        (b'{"method":"Make\\u0007"}', None, "server"),
        (b'{"method":"Make\\u0007"}', "client", "client"),
    ],
)
def test_an_unknown_message_keeps_its_members(data: bytes, sender: Any, by: str) -> None:
    text = decode_text(data, sender)
    assert (text.title, text.sender, text.fields["message"]) == ("Make\\x07 is not documented", by, "")
    assert encode_text(text.fields) == data.replace(b"\\u0007", b"\\u0007")


def test_an_unknown_command_has_a_title_too() -> None:
    data = changed(SWITCH, at("params.executeList[0].options", {"method": "startrtmp"}))
    text = decode_text(data)
    assert (text.fields["message"], text.sender) == ("", "client")
    assert text.title == "a command of ExecSessionResList is not documented"
    assert text.fields["body"]["params"]["executeList"][0]["options"] == {"method": "startrtmp"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"messages": "x", "body": {}}, r"messages: unknown field, expected message"),
        ({"message": "HeartBeat"}, r"body: got None, expected a JSON object"),
        ({"body": {}}, r"message: required field is missing, expected text such as CreateNewSession.request"),
        ({"message": 5, "body": {}}, r"message: got 5, expected text such as"),
        ({"message": "HeartBeats", "body": {}}, r"message: no message 'HeartBeats', expected HeartBeat"),
        (
            {"message": "HeartBeat", "sender": "client", "body": HEARTBEAT.fields},
            r"guiji HeartBeat: sender: got 'client', expected server, who sends this message",
        ),
        (
            {"message": "HeartBeat", "body": {"method": "SessionState"}},
            r"guiji HeartBeat: body.method: got 'SessionState', expected HeartBeat",
        ),
        (
            {"message": "HeartBeat", "body": {**HEARTBEAT.fields, "parms": {}}},
            r"guiji HeartBeat: body.parms: unknown field, expected params",
        ),
        ({"message": "HeartBeat", "body": {"id": 1}}, r"guiji HeartBeat: params: required field is missing"),
        ({"message": "", "body": {"x": "\ud800"}}, r"guiji: body: a text holds half a surrogate pair"),
    ],
)
def test_what_cannot_be_written_is_told(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(EncodeError, match=told):
        encode_text(fields)


def test_only_the_sender_asked_for() -> None:
    with pytest.raises(EncodeError, match=r"sender: got 'server', expected client"):
        encode_text({"message": CREATE.message, "body": CREATE.fields}, "server")


def test_a_variant_is_not_written() -> None:
    body = at("params.sessionId", "8f0a")
    fields = HEARTBEAT.fields
    body(fields)
    with pytest.raises(EncodeError, match="GJ-E84"):
        encode_text({"message": "HeartBeat", "body": fields})
