"""Forms of JSON that no document mentions are read alike, whatever the vendor and wherever they stand.

Each is tried in every place that the catalogues declare (`forms.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import pytest

from avatarwire.codecs import aliyun, catalogue, guiji
from avatarwire.codecs.aliyun.http import SAVE_AVATAR_PROJECT, START_AVATAR_SESSION
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE
from avatarwire.codecs.core.carrier import MqttPayload, Part
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.findings import refused
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import AvatarwireError, HttpError, ValidationError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.sensetime import microphone, script
from avatarwire.codecs.sensetime.messages.role import decode_roles
from avatarwire.conformance import strategies
from tests.codecs.forms import ABSENT, Place, at, changed, places, reached
from tests.conformance.figures import drawn

VENDORS: Final = list(catalogue.VENDORS)
BOM: Final = b"\xef\xbb\xbf"
EXACT: Final = 2**53
"""Integers up to here are the same as numbers with decimals."""


class Form(NamedTuple):
    """One of the forms.

    Attributes:
        clause: the ruling.
        level: of what is reported.
        stands: whether it may be in a place.
        ruled, form: a value there in the ruled form, and in this one.
    """

    clause: str
    level: str
    stands: Callable[[Place, Any], bool]
    ruled: Callable[[Any], Any]
    form: Callable[[Any], Any]


def _absent(place: Place, value: Any) -> bool:
    del value
    return place.may_be_absent


def _integer(place: Place, value: Any) -> bool:
    return place.is_integer and type(value) is int


def _exact(place: Place, value: Any) -> bool:
    return place.is_integer and type(value) is int and abs(value) < EXACT


def _base64(place: Place, value: Any) -> bool:
    del value
    return place.is_bytes


def _left_out(value: Any) -> Any:
    del value
    return ABSENT


def _none(value: Any) -> None:
    del value


def _broken(text: str) -> str:
    return f"{text[:1]}\r\n{text[1:]}\n"


FORMS: Final[dict[str, Form]] = {
    "null": Form("AW-NULL", "warning", _absent, _left_out, _none),
    "digits": Form("AW-DIGITS", "warning", _integer, int, str),
    "point": Form("AW-INTEGERS", "note", _exact, int, float),
    "breaks": Form("AW-BASE64", "warning", _base64, str, _broken),
}


class Spoilt(NamedTuple):
    """A message with one of the forms in one place.

    Attributes:
        ruled: what the same without it is read as.
        data: what travels.
    """

    entry: Entry
    place: Place
    ruled: Received[Any]
    data: bytes


def samples(entry: Entry) -> Iterator[tuple[bytes, Any]]:
    """Valid messages: what stands in front of the JSON, and the JSON."""
    size = HEADER_SIZE if entry.is_binary else 0
    for data in _drawn(entry.vendor, entry.id):
        yield data[:size], json.loads(data[size:])


@cache
def _drawn(vendor: str, entry_id: str) -> list[bytes]:
    return [sample.data for sample in drawn(strategies.messages(vendor, entry_id), 2)]


def written(head: bytes, message: Any) -> bytes:
    return head + json.dumps(message).encode()


@cache
def whole(vendor: str) -> list[tuple[Entry, Place, list[tuple[bytes, Any]]]]:
    """Every place in which one of the forms may stand, and messages that have it."""
    return [
        (entry, place, [(head, reached(place, message, filled=place.is_filled)) for head, message in samples(entry)])
        for entry in catalogue.vendor(vendor).values()
        if entry.type is not None and not entry.is_query
        for place in places(entry)
        if place.may_be_absent or place.is_filled
    ]


def spoilt(vendor: str, form: Form) -> Iterator[Spoilt]:
    """A message for every place in which a form may stand, unless rules forbid that there is anything."""
    for entry, place, messages in whole(vendor):
        for head, message in messages:
            value = at(message, place.path)
            if not form.stands(place, value):
                continue
            try:
                ruled = entry.decode(written(head, changed(message, place.path, form.ruled(value))))
            except AvatarwireError:
                continue
            yield Spoilt(entry, place, ruled, written(head, changed(message, place.path, form.form(value))))
            break


def about(entry: Entry, place: Place) -> set[str]:
    """Clauses of the vendor's about forms of a member."""
    path = place.name.replace(".[]", "[]")
    return {repair.erratum for repair in entry.repairs if repair.path == path}


LEAST: Final = {
    "null": {"aliyun": 40, "guiji": 90, "sensetime": 200},
    "digits": {"aliyun": 50, "guiji": 170, "sensetime": 90},
    "point": {"aliyun": 50, "guiji": 170, "sensetime": 90},
    "breaks": {"aliyun": 1, "guiji": 0, "sensetime": 0},
}
"""Places that there are at least: a walk that finds nothing shows nothing."""


@pytest.mark.unmeasured
@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_alike_wherever_it_stands(name: str, vendor: str) -> None:
    """Nothing but a finding differs; only a note is left by strict reading."""
    form, tried = FORMS[name], 0
    for entry, place, ruled, data in spoilt(vendor, form):
        where = (entry.id, place.name)
        if name == "digits" and is_rpc_id(entry, place):
            with pytest.raises(ValidationError, match=r"id: got text"):
                entry.decode(data)
            continue
        received = entry.decode(data)
        assert (where, received.value) == (where, ruled.value)
        [found] = [item for item in received.findings if item not in ruled.findings]
        assert (where, found.level, found.tolerated) == (where, form.level, True)
        assert found.clause in {form.clause} | about(entry, place), (where, found)
        if form.level != "note":
            with pytest.raises(AvatarwireError):
                entry.decode(data, strict=True)
        elif not refused(ruled.findings):
            assert (where, entry.decode(data, strict=True).value) == (where, ruled.value)
        tried += 1
    assert tried >= LEAST[name][vendor]


def is_rpc_id(entry: Entry, place: Place) -> bool:
    """The id of a message over MQTT: a text is another id there, not a number."""
    return isinstance(entry.carrier, MqttPayload) and place.path == ("id",)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_byte_order_mark_is_passed_over(vendor: str) -> None:
    seen = 0
    for entry in catalogue.vendor(vendor).values():
        for head, message in samples(entry) if entry.type is not None and not entry.is_query else ():
            text = json.dumps(message).encode()
            received = entry.decode(head + BOM + text)
            [found] = [item for item in received.findings if item not in entry.decode(head + text).findings]
            assert (entry.id, found.level) == (entry.id, "warning")
            assert found.clause == ("ALI-E105" if entry.is_binary else "AW-BOM")
            assert received.value == entry.decode(head + text).value
            with pytest.raises(AvatarwireError, match=found.clause):
                entry.decode(head + BOM + text, strict=True)
            seen += 1
    assert seen > len(VENDORS)


@pytest.mark.parametrize("name", ["null", "digits", "point"])
def test_a_form_in_a_text_that_is_json(name: str) -> None:
    """SenseTime's scripts: what is found has the path that leads into the text."""
    known, form, tried = catalogue.vendor("sensetime"), FORMS[name], 0
    for part, place, _, data in spoilt("sensetime", form):
        for host, member in holders(part):
            _, message = next(samples(known[host]))
            received = known[host].decode(written(b"", changed(message, (member,), data.decode())))
            [found] = [item for item in received.findings if item.clause == form.clause]
            assert (host, place.name, found.level) == (host, place.name, form.level)
            assert found.path.startswith(f"{member}.")
            tried += 1
    assert tried > 50


def holders(part: Entry) -> list[tuple[str, str]]:
    """Where something travels as a text: ids of messages, and names of their members."""
    inside = part.carrier.inside if isinstance(part.carrier, Part) else ()
    return [(host, member) for host, _, member in (each.partition(": ") for each in inside)]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_query_has_whole_numbers_with_a_fraction(vendor: str) -> None:
    """A text of digits is how an integer is written there."""
    tried = 0
    for entry in catalogue.vendor(vendor).values():
        for sample in drawn(strategies.messages(vendor, entry.id), 4) if entry.is_query else ():
            given = dict(parse_qsl(sample.data.decode(), keep_blank_values=True))
            for place in places(entry):
                text = given.get(place.name, "")
                if not place.is_integer or not text.isdigit() or int(text) >= EXACT:
                    continue
                received = entry.decode(urlencode({**given, place.name: f"{text}.0"}))
                assert received.value == sample.value
                [found] = received.findings
                assert (found.clause, found.path, found.level) == ("AW-INTEGERS", place.name, "note")
                tried += 1
    assert tried or vendor == "sensetime"


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
