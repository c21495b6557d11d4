"""The list of everything that travels: complete, and every declared field of it tried by a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import pytest

from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.message import Message
from avatarwire.codecs.sensetime import http, tokens
from avatarwire.codecs.sensetime.catalogue import CATALOGUE

from ..exercised import unexercised
from .catalogue_samples import SAMPLES
from .http_samples import WRAPPED, schema_accepts

OPERATIONS: Final = (
    "createLive", "heartbeat", "startLive", "takeoverCommandV1", "takeoverCommand", "takeoverQueue", "takeoverReorder",
    "takeoverCancel", "takeoverQueueList", "nlpReply", "closeLive", "queryStat", "runningList", "historyList",
    "rtcAudienceToken",
)  # fmt: skip
TYPES: Final = {
    "LiveScript", "Beautify", "TakeoverScript", "Envelope", "Pagination", "MicFrame", "SdkMessage",
    "SdkCreateConfig", "Role", "AsrConfig", "NlpConfig", "Persona",
}  # fmt: skip
PUSHED: Final = {
    f"interactive.{name}"
    for name in ("opening.answer", "asr.text", "asr.eof", "asr.fail", "nlp.answer", "command.eof", "record.eof")
}
SOCKET: Final = {
    f"microphone.{name}"
    for name in (
        "begin", "audio", "eof", "auth_failed", "ready", "stop", "send_failed", "not_ready", "conflict",
        "takeover_finished", "takeover_started", "takeover_queued",
    )
}  # fmt: skip

every = pytest.mark.parametrize("entry_id", list(CATALOGUE))


def test_the_catalogue_has_what_the_documents_have() -> None:
    assert tuple(CATALOGUE.operations) == OPERATIONS
    calls = {f"{id_}.{side}" for id_ in (*OPERATIONS, "login", "refresh") for side in ("request", "response")}
    assert set(CATALOGUE) == calls | SOCKET | PUSHED | TYPES | {"http.error", "CallbackBody"}


def test_login_and_refresh_are_no_operations_of_the_document() -> None:
    assert CATALOGUE["login.request"].type is tokens.LoginRequest
    assert CATALOGUE["refresh.response"].section == "observed in public clients"


def test_an_answer_is_listed_by_its_data() -> None:
    assert CATALOGUE["createLive.response"].type is http.CreateLiveData
    assert CATALOGUE["closeLive.response"].type is bool
    assert CATALOGUE["nlpReply.response"].type is http.NlpReplyResponse


@every
def test_every_declared_field_is_tried(entry_id: str) -> None:
    type_ = CATALOGUE[entry_id].type
    if type_ is None:
        return
    samples = [msgspec.json.decode(text) for text in SAMPLES[entry_id]]
    assert unexercised(type_, samples) == set()


@every
def test_every_sample_is_ruled(entry_id: str) -> None:
    type_ = CATALOGUE[entry_id].type
    for text in SAMPLES.get(entry_id, ()):
        value = msgspec.json.decode(text, type=type_)
        assert not isinstance(value, Message) or value.check() == ()
        assert msgspec.json.decode(msgspec.json.encode(value)) == msgspec.json.decode(text)


@every
def test_the_schema_takes_every_sample(entry_id: str) -> None:
    assert [text for text in SAMPLES.get(entry_id, ()) if not is_valid(entry_id, text)] == []


def is_valid(entry_id: str, text: str | bytes) -> bool:
    """Whether the schema of an entry takes a JSON text; that of an answer is the data, without its envelope."""
    is_wrapped = isinstance(CATALOGUE[entry_id].codec, EnvelopeCodec)
    body = WRAPPED.format(text) if is_wrapped and isinstance(text, str) else text
    return schema_accepts(CATALOGUE.schema_of(entry_id)["schema"], msgspec.json.decode(body))


REFUSED: Final[Sequence[tuple[str, str]]] = (
    ("createLive.request", '{"param":"{}","urtcUseExternalApp":true,"urtcToken":"t"}'),
    ("createLive.request", '{"param":"{}","urtcToken":"t"}'),
    ("createLive.response", '{"sessionId":"s","sessionToken":"t","status":2}'),
    ("createLive.response", '{"sessionId":"s","sessionToken":"t","status":35,"rtcUid":"7"}'),
    ("queryStat.response", '{"status":97}'),
    ("queryStat.response", '{"status":2,"rtcUid":"7"}'),
    ("takeoverQueue.request", '{"sessionId":"s","param":"{}","priority":0}'),
    ("takeoverReorder.request", '{"sessionId":"s","commandTraceId":"t","priority":0}'),
    ("takeoverQueue.response", '{"commandStatus":36,"commandTraceId":"t"}'),
    ("runningList.response", '[{"sessionId":"s","status":5}]'),
    ("historyList.request", '{"sortName":"status"}'),
    ("historyList.response", '{"pagination":{},"result":[{"sessionId":"s","status":5}]}'),
    ("nlpReply.response", '{"answer":"","device_id":"","language":"en","query":"","session":"","trace":"",'
     '"error_message":""}'),
    ("nlpReply.request", '{"appId":"a","device":"ios","language":"zh","query":"q","session":"a b","trace":"t"}'),
    ("CallbackBody", '{"sessionId":"s","status":33}'),
    ("CallbackBody", '{"sessionId":"s","status":35,"rtcUid":"7"}'),
)  # fmt: skip


@pytest.mark.parametrize(("entry_id", "text"), REFUSED)
def test_the_schema_tells_rules_between_fields(entry_id: str, text: str) -> None:
    assert not is_valid(entry_id, text)


def test_every_message_says_what_it_is() -> None:
    for entry in CATALOGUE.entries.values():
        if isinstance(entry.type, type) and issubclass(entry.type, Message):
            assert entry.type.__doc__
