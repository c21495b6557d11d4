"""Every documented variant, made from a right message by what its repair says of itself, is understood and reported."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import msgspec
import pytest

from avatarwire.codecs.core.checking import judge, rules_of
from avatarwire.codecs.core.constraints import Computed
from avatarwire.codecs.core.repairs import Convert, Drop, Rename, Repair, Reshape, objects
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery, TtsQuery

from .catalogue_samples import SAMPLES

REPAIRS: Final = [(entry.id, repair) for entry in CATALOGUE.entries.values() for repair in entry.repairs]


def sent(entry_id: str) -> list[dict[str, Any]]:
    """Right messages of an entry as they travel: data of answers in its envelope."""
    if entry_id == f"{http.HEARTBEAT.id}.response":
        return [{"code": 0, "message": "success"}]
    bodies = [msgspec.json.decode(text) for text in SAMPLES[entry_id]]
    is_wrapped = entry_id.endswith(".response") and entry_id != f"{http.NLP_REPLY.id}.response"
    return [{"code": 0, "message": "success", "data": body} for body in bodies] if is_wrapped else bodies


def vary(repair: Repair, fields: dict[str, Any]) -> None:
    """Makes the variant of a message, in place."""
    outer, _, name = repair.path.rpartition(".")
    match repair:
        case Reshape(variant=variant):
            assert variant is not None
            variant(fields)
        case Rename(other=other, to=None):
            for _, holder in objects(fields, outer):
                holder[other] = holder.pop(name)
        case Rename(other=other):
            for _, holder in objects(fields, outer):
                del holder[name]
                holder[other] = repair.example
        case Convert() | Drop():
            for _, holder in objects(fields, outer):
                holder[name] = repair.example
        case _:
            raise AssertionError(repair)


@pytest.mark.parametrize(("entry_id", "repair"), REPAIRS, ids=[f"{id_} {rule.erratum}" for id_, rule in REPAIRS])
def test_a_variant_is_understood_and_reported(entry_id: str, repair: Any) -> None:
    codec = CATALOGUE[entry_id].codec
    reported: set[str] = set()
    for fields in deepcopy(sent(entry_id)):
        vary(repair, fields)
        data = msgspec.json.encode(fields)
        found = codec.decode(data).findings
        reported |= {item.clause for item in found}
        if found:
            with pytest.raises(ValidationError):
                codec.decode(data, strict=True)
    assert repair.erratum in reported


@pytest.mark.parametrize("type_", [TtsQuery, TakeoverQuery])
def test_a_rule_that_computes_knows_what_breaks_it(type_: Any) -> None:
    [rule] = [rule for rule in rules_of(type_) if isinstance(rule, Computed)]
    broken = judge(msgspec.json.decode(msgspec.json.encode(rule.breaks), type=type_))
    assert [item.clause for item in broken] == [rule.clause]
