"""The catalogue covers the document: every message, every type, every field, each exercised by a sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from msgspec import inspect

from avatarwire.codecs.core.checking import rules_of
from avatarwire.codecs.core.constraints import Absent
from avatarwire.codecs.core.introspection import unwrapped
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.wire.table import BY_ID
from tests.codecs.guiji.rpc_samples import SAMPLES

OPERATIONS = (
    "getAccessToken", "createLive", "updateLive", "queryLive", "queryLivePage", "uploadMaterial", "queryMaterial",
    "listPlatformSpeakers", "listCustomizedSpeakers", "listPlatformRobots", "listCustomizedRobots", "listChangeVoices",
    "synthesizeAndChangeVoice", "queryMaterialCategories", "queryPublicMaterials", "queryLiveRecords", "getPullPath",
    "createLiveSession",
)  # fmt: skip
TYPES = (
    "TokenVO", "LiveInfoVO", "RobotVO", "SceneVO", "PageVO", "MaterialVo", "TtsModelVo", "ChangeVoiceVO",
    "TTSResultVO", "MaterialCategoryVO", "PublicMaterialVO", "LiveRecordVo", "PathVO", "PlayaddrVO", "RtmpVO", "RtspVO",
    "HttpFlvVO", "sessionVo", "Envelope", "RtmpOutput", "AiVoiceDistort", "DtHuman", "Image", "Player",
)  # fmt: skip


def test_every_operation_message_and_type_is_listed() -> None:
    assert tuple(CATALOGUE.operations) == OPERATIONS
    assert {f"{id_}.{part}" for id_ in OPERATIONS for part in ("request", "response")} <= set(CATALOGUE)
    assert set(BY_ID) <= set(CATALOGUE)
    assert set(TYPES) <= set(CATALOGUE)


@pytest.mark.parametrize("id_", BY_ID)
def test_messages_are_listed_as_they_travel(id_: str) -> None:
    entry, row = CATALOGUE[id_], BY_ID[id_]
    assert (entry.kind, entry.type, entry.clauses) == ("message", row.body, row.clauses)
    assert entry.direction == ("client->server" if row.sender == "client" else "server->client")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.message}-{len(sample.text)}")
def test_the_schema_takes_every_sample(sample: Any) -> None:
    jsonschema.validate(sample.fields, CATALOGUE.schema_of(sample.message)["schema"])


# --- every documented field ---


def declared(info: inspect.Type, path: str = "") -> Iterator[str]:
    """Wire paths of all fields below a declaration, kinds told by their tag."""
    info, _ = unwrapped(info)
    match info:
        case inspect.UnionType():
            for part in info.types:
                yield from declared(part, path)
        case inspect.StructType():
            here = f"{path}<{info.tag}>" if info.tag_field in ("type", "method") and path else path
            for member in info.fields:
                yield f"{here}.{member.encode_name}"
                yield from declared(member.type, f"{here}.{member.encode_name}")
        case inspect.ListType() | inspect.VarTupleType():
            yield from declared(info.item_type, f"{path}[]")
        case _:
            pass


def present(info: inspect.Type, value: Any, path: str = "") -> Iterator[str]:
    """The same for what a decoded message has."""
    info, _ = unwrapped(info)
    match info:
        case inspect.UnionType():
            [part] = [part for part in info.types if value[part.tag_field] == part.tag]  # type: ignore[attr-defined]  # structs
            yield from present(part, value, path)
        case inspect.StructType():
            here = f"{path}<{info.tag}>" if info.tag_field in ("type", "method") and path else path
            for member in info.fields:
                if member.encode_name in value:
                    yield f"{here}.{member.encode_name}"
                    yield from present(member.type, value[member.encode_name], f"{here}.{member.encode_name}")
        case inspect.ListType() | inspect.VarTupleType():
            for item in value:
                yield from present(info.item_type, item, f"{path}[]")
        case _:
            pass


TOLERATED = {
    # The number of a speaker under a name that is spelt right.
    ".speakerId": set(BY_ID),
    # Two notifications have no session id there, the drawing options of a switch have no level (4.2.6, 4.2.8).
    ".sessionId": {"SessionState.Destroy", "SessionState.StreamPlay"},
    ".args.drawOptions.zidx": set(BY_ID),
}
"""Members, by the end of their path, that the document does not have in the messages named."""


@pytest.mark.parametrize("id_", BY_ID)
def test_every_field_of_a_message_is_in_a_sample(id_: str) -> None:
    info = inspect.type_info(BY_ID[id_].body)
    same_body = [sample for sample in SAMPLES if type(sample.body) is BY_ID[id_].body]
    found = {path for sample in same_body for path in present(info, sample.fields)}
    assert [path for path in sorted(set(declared(info)) - found) if not is_left_out(id_, path)] == []


def is_left_out(id_: str, path: str) -> bool:
    """Whether a member is none of the document; results of one method leave out what others have (GJ-E82)."""
    if any(path.endswith(end) and id_ in ids for end, ids in TOLERATED.items()):
        return True
    body: Any = inspect.type_info(BY_ID[id_].body)
    result = next((member.type for member in body.fields if member.encode_name == "result"), None)
    part: Any = unwrapped(result)[0] if result else None
    left_out = [rule.path for rule in rules_of(part.cls) if isinstance(rule, Absent)] if part else []
    return path.removeprefix(".result.") in left_out
