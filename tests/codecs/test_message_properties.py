"""What holds for whatever travels, tried with messages that are drawn from the declarations of every entry."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from avatarwire.codecs import aliyun, catalogue, guiji, sensetime
from avatarwire.codecs.core.checking import SENDER, judge
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.errors import AvatarwireError, CodecError, HttpError, ValidationError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.textform import decode_text, encode_text
from avatarwire.conformance import strategies
from avatarwire.conformance.carrying import carried
from tests.examples import examples

from .strategies import ANY_JSON, UNHURRIED, disturbed

ENTRIES = list(catalogue.entries())
OPERATIONS = [*aliyun.http.OPERATIONS, *guiji.http.OPERATIONS, *sensetime.http.OPERATIONS]
NAMES = ["code", "msg", "message", "success", "data", "records", "list", "id", "ok", "playaddr", "robotList"]
"""Members of answers, and of what is in their envelopes."""

every = pytest.mark.parametrize(("vendor", "id_"), [(vendor, entry.id) for vendor, entry in ENTRIES])
json_only = pytest.mark.parametrize(
    ("vendor", "id_"), [(vendor, entry.id) for vendor, entry in ENTRIES if not (entry.is_binary or entry.is_query)]
)
few = settings(max_examples=8, deadline=None, suppress_health_check=UNHURRIED)


def is_for_receivers_only(entry: Entry, value: Any) -> bool:
    """Whether a value is read, but not written: more is asked of who sends."""
    return bool(judge(value, SENDER)) or (value is None and getattr(entry.codec, "written", False))


@pytest.mark.unmeasured
@every
@few
@given(data=st.data())
def test_what_is_made_arrives(vendor: str, id_: str, data: st.DataObject) -> None:
    entry = catalogue.vendor(vendor)[id_]
    sample = data.draw(strategies.messages(vendor, id_))
    if isinstance(sample.value, Message):
        assert sample.value.replace() == sample.value
    if is_for_receivers_only(entry, sample.value):
        with pytest.raises(ValidationError):
            entry.encode(sample.value)
    else:
        received = entry.decode(entry.encode(sample.value), strict=True)
        assert (received.value, received.deviations) == (sample.value, ())


varied = pytest.mark.parametrize(
    ("vendor", "id_"),
    [(vendor, entry.id) for vendor, entry in ENTRIES if not strategies.variants(vendor, entry.id).is_empty],
)


@varied
@few
@given(data=st.data())
def test_what_lenient_reading_took_is_written_back(vendor: str, id_: str, data: st.DataObject) -> None:
    """With ``strict=False``, in code and as text; without it what is written is what strict reading takes."""
    known = catalogue.vendor(vendor)
    variant = data.draw(strategies.variants(vendor, id_))
    try:
        received = known.decode(id_, variant.data)
    except ValidationError:
        # A member that a variant brings in may need another one.
        reject()
    again = known.decode(id_, known.encode(id_, received.value, strict=False))
    assert again.value == received.value
    fields = json.loads(json.dumps(decode_text(known, variant.data, as_id=id_).fields))
    assert known.decode(id_, encode_text(known, fields, strict=False)).value == received.value
    with suppress(AvatarwireError):
        written = known.encode(id_, received.value)
        assert known.decode(id_, written, strict=True).value == received.value


@pytest.mark.unmeasured
@json_only
@few
@given(data=st.data())
def test_members_nobody_knows_survive(vendor: str, id_: str, data: st.DataObject) -> None:
    sample = data.draw(strategies.messages(vendor, id_))
    answered = sample.data[:-1] + (b"" if sample.data.endswith(b"{}") else b",") + b'"x-later":[1,null]}'

    received = catalogue.vendor(vendor).decode(id_, answered)

    assert received.encode() == answered
    assert received.unknown_fields().items() >= {"x-later": [1, None]}.items()
    assert received.deviations == ()


@pytest.mark.unmeasured
@every
@few
@given(data=st.data())
def test_what_is_disturbed_is_read_or_refused(vendor: str, id_: str, data: st.DataObject) -> None:
    message = carried(vendor, id_)
    if message.root is None:
        body = data.draw(st.binary(max_size=40))
    else:
        body = message.bytes_of(data.draw(message.values().flatmap(disturbed)), b"12345678")
    with suppress(AvatarwireError):
        catalogue.vendor(vendor).decode(id_, body)


@settings(max_examples=examples(500), deadline=None)
@given(each=st.sampled_from(ENTRIES), data=st.binary(max_size=40), strict=st.booleans())
def test_any_bytes_are_read_or_refused(each: tuple[str, Entry], data: bytes, strict: bool) -> None:
    with suppress(AvatarwireError):
        each[1].decode(data, strict=strict)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.vendor}-{operation.id}")
@few
@given(data=st.data(), status=st.sampled_from([200, 200, 201, 204, 401, 403, 404, 500]))
def test_any_answer_is_read_or_told(operation: Operation[Any, Any], data: st.DataObject, status: int) -> None:
    declared = getattr(operation.response.type, "__struct_encode_fields__", ())
    members = data.draw(st.dictionaries(st.sampled_from([*NAMES, *declared]), ANY_JSON, max_size=4))
    code = data.draw(st.sampled_from([0, 200]))
    for answer in (members, {"code": code, "message": "", "data": members}):
        with suppress(CodecError, HttpError):
            operation.decode_response(status, msgspec.json.encode(answer))


@pytest.mark.parametrize(("vendor", "id_"), [(vendor, entry.id) for vendor, entry in ENTRIES if entry.is_query])
@given(query=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_query_is_read_or_refused(vendor: str, id_: str, query: str) -> None:
    with suppress(CodecError):
        catalogue.vendor(vendor).decode(id_, query.encode())
