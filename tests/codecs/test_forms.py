"""Forms of JSON that no document mentions are read alike, whatever the vendor and wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import msgspec
import pytest
from msgspec import inspect

from avatarwire.codecs import aliyun, catalogue, guiji
from avatarwire.codecs.aliyun.http import SAVE_AVATAR_PROJECT, START_AVATAR_SESSION
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.paths import bare
from avatarwire.codecs.errors import AvatarwireError, HttpError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.sensetime import microphone, script
from avatarwire.codecs.sensetime.messages.role import decode_roles
from avatarwire.conformance import strategies
from tests.conformance.figures import drawn

VENDORS: Final = list(catalogue.VENDORS)
BOM: Final = b"\xef\xbb\xbf"
Spoil = Callable[[inspect.Field, dict[str, Any]], bool]
"""Puts a member into one of the forms; False where it has none."""


def payload_of(entry: Entry, data: bytes) -> tuple[bytes, bytes]:
    """What stands in front of the JSON, and the JSON."""
    return (data[:11], data[11:]) if entry.is_binary else (b"", data)


def structs(info: inspect.Type) -> list[inspect.StructType]:
    info = bare(info)
    options = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    return [option for option in options if isinstance(option, inspect.StructType)]


def holders(entry: Entry, fields: dict[str, Any]) -> Iterator[tuple[inspect.StructType, dict[str, Any]]]:
    """The objects of a message: itself, or the data in its envelope, and the objects that are members of it."""
    here: Any = fields.get("data") if isinstance(entry.codec, EnvelopeCodec) else fields
    waiting = [(info, here) for info in structs(inspect.type_info(entry.type))]
    while waiting:
        info, value = waiting.pop(0)
        members = cast("dict[str, Any]", value if isinstance(value, dict) else {})
        if not isinstance(value, dict) or (info.tag_field and members.get(info.tag_field) != info.tag):
            continue
        yield info, members
        waiting += [(inner, members.get(field.encode_name)) for field in info.fields for inner in structs(field.type)]


def is_nullable(info: inspect.Type) -> bool:
    info = bare(info)
    parts = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    return any(isinstance(part, (inspect.NoneType, inspect.AnyType)) for part in parts)


def null(field: inspect.Field, fields: dict[str, Any]) -> bool:
    if field.required or is_nullable(field.type) or field.encode_name in fields:
        return False
    fields[field.encode_name] = None
    return True


def digits(field: inspect.Field, fields: dict[str, Any]) -> bool:
    if type(fields.get(field.encode_name)) is not int or field.encode_name == "id":
        return False
    fields[field.encode_name] = str(fields[field.encode_name])
    return True


def samples(vendor: str) -> Iterator[tuple[Entry, Any]]:
    for entry_id, entry in catalogue.vendor(vendor).items():
        if entry.type is not None and not entry.is_query:
            for sample in drawn(strategies.messages(vendor, entry_id), 2):
                yield entry, sample


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("spoil", "clause"), [(null, "AW-NULL"), (digits, "AW-DIGITS")], ids=["null", "digits"])
def test_a_form_changes_nothing_but_the_findings(vendor: str, spoil: Spoil, clause: str) -> None:
    """Wherever a message may have it: some of its members, in every object there is."""
    reported: list[str] = []
    for entry, sample in samples(vendor):
        head, text = payload_of(entry, sample.data)
        fields = json.loads(text)
        spoilt = [spoil(field, holder) for info, holder in holders(entry, fields) for field in info.fields]
        if True not in spoilt:
            continue
        changed = head + msgspec.json.encode(fields)
        received = entry.decode(changed)
        assert (entry.id, received.value) == (entry.id, sample.value)
        assert received.deviations
        reported += received.deviations
        with pytest.raises(AvatarwireError):
            entry.decode(changed, strict=True)
    # Where the document says something about a member, its own clause is cited.
    assert clause in reported


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_byte_order_mark_is_passed_over(vendor: str) -> None:
    seen = 0
    for entry, sample in samples(vendor):
        head, text = payload_of(entry, sample.data)
        received = entry.decode(head + BOM + text)
        assert (entry.id, received.value) == (entry.id, sample.value)
        assert received.deviations in (("AW-BOM",), ("ALI-E105",))
        with pytest.raises(AvatarwireError, match=received.deviations[0]):
            entry.decode(head + BOM + text, strict=True)
        seen += 1
    assert seen > len(VENDORS)


# --- examples ---


def test_a_client_that_writes_null_for_what_it_does_not_say() -> None:
    """As Jackson and Go do."""
    frame = b"\x00\x01\x8012345678" + (
        b'{"sessionId":"s-1","text":"hello","askType":1,"messageId":"m-1","type":null,"dataFlag":null}'
    )
    received = aliyun.decode(frame)
    assert received.body == aliyun.TextDriveRequest(
        session_id="s-1", text="hello", ask_type=aliyun.AskType.ASK, message_id="m-1"
    )
    assert received.deviations == ("AW-NULL",)

    body = b'{"projectId":"1","requestId":"rq-1","customPushUrl":null,"channelToken":null,"customUserId":null}'
    assert START_AVATAR_SESSION.decode_request(body=body).deviations == ("AW-NULL",)

    layers = b'[{"type":"ANCHOR","positionX":0,"positionY":0,"width":5,"height":"5","material":{"id":"3","url":null}}]'
    voice = b'{"voiceTemplateId":"101","speedRate":"1.0"}'
    body = b'{"operateType":"EDIT","projectId":"1","agentId":null,"frames":[{"layers":%b,"videoScript":%b}]}' % (
        layers,
        voice,
    )
    received_save = SAVE_AVATAR_PROJECT.decode_request(body=body)
    assert [finding.path for finding in received_save.findings] == [
        "agentId", "frames[0].layers[0].height", "frames[0].layers[0].material.url",
    ]  # fmt: skip


def test_a_result_beside_an_error_that_is_null() -> None:
    packet = guiji.decode(b'{"id":1,"sessionId":"s","result":{"sessionId":"s"},"error":null}')
    assert (packet.message, packet.deviations) == ("result", ("AW-NULL",))
    failed = guiji.decode(b'{"id":1,"sessionId":"s","result":null,"error":{"code":"-32602","message":"no"}}')
    assert (failed.message, set(failed.deviations)) >= ("error", {"AW-NULL", "AW-DIGITS"})
    assert rpc.peek(failed.raw).kind == "error"


def test_an_rpc_id_that_is_a_text_is_no_number() -> None:
    with pytest.raises(AvatarwireError, match="id: got text"):
        guiji.decode(b'{"id":"1","method":"DestroySession","sessionId":"s","sender":"t","params":{"sessionId":"s"}}')


def test_the_text_messages_of_the_microphone() -> None:
    assert microphone.decode('\ufeff{"code":"7","message":"taken"}', "server").deviations[:2] == ("AW-BOM", "ST-E57")
    assert microphone.decode('\ufeff{"code":77}', "server").deviations == ("ST-E67", "AW-BOM")


def test_scripts_and_roles() -> None:
    found = script.decode_live('\ufeff{"version":null,"scene_list":null}')
    assert found.deviations == ("AW-BOM", "AW-NULL")
    with pytest.raises(AvatarwireError, match=r"\[0\]\.info: required"):
        decode_roles('\ufeff[{"name":"Guide"}]')
    with pytest.raises(AvatarwireError, match="AW-BOM"):
        decode_roles("\ufeff[]", strict=True)


def test_a_failure_with_a_mark_is_a_failure() -> None:
    operation = catalogue.vendor("guiji").operations["createLive"]
    with pytest.raises(HttpError, match="no such robot"):
        operation.decode_response(200, BOM + b'{"code":"500","msg":"no such robot","data":null}')
