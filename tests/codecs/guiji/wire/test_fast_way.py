"""What is read and written the fast way is what the careful way makes of it."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.core.json_text import BOM, MAX_VALUES
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.guiji.resources import Layer, ResourceElement
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.table import BY_BODY
from avatarwire.codecs.message import was_made
from tests.codecs.guiji.rpc_samples import ADD, CREATE, CUT_IN, DELETE, GET, HEARTBEAT, INSERT, at, changed

create: Any = CREATE.body


def and_more(fields: dict[str, Any]) -> None:
    fields.update(jsonrpc="2.0", result=None)


# --- heartbeats ---


@pytest.mark.parametrize("sender", ["server", None])
def test_a_heartbeat_is_not_searched_for_what_is_unusual(sender: Any) -> None:
    packet = rpc.decode(HEARTBEAT.data, sender)
    assert (packet.message, packet.body, packet.raw) == ("HeartBeat", HEARTBEAT.body, HEARTBEAT.data)
    assert packet.reported is None
    assert packet.findings == ()


@pytest.mark.parametrize("sender", ["server", None])
@pytest.mark.parametrize(
    ("change", "clauses"),
    [
        (at("jsonrpc", "2.0"), ("GJ-E60",)),
        (at("result", None), ("AW-NULL",)),
        (at("error", None), ("AW-NULL",)),
        (at("params.sessionId", "8f0a"), ("GJ-E84",)),
        (at("sessionId", "8f0a"), ()),
        (at("params.state", None), ("AW-NULL",)),
        (at("params.state", ...), ()),
        (at("id", "15"), None),
        (at("id", 15.0), ("AW-INTEGERS",)),
        (at("params.sessionId", 7), None),
        (and_more, ("AW-NULL", "GJ-E60")),
    ],
    ids=lambda it: None if callable(it) else repr(it),
)
def test_a_heartbeat_differs_by_the_same_either_way(change: Any, clauses: tuple[str, ...] | None, sender: Any) -> None:
    data = changed(HEARTBEAT, change)
    # Behind so many spaces, values have to be counted.
    long = data + b" " * MAX_VALUES
    if clauses is None:
        refusals: list[Any] = []
        for text in (data, long):
            with pytest.raises(ValidationError) as refusal:
                rpc.decode(text, sender)
            refusals.append((refusal.value.path, refusal.value.reason, refusal.value.clause))
        assert refusals[0] == refusals[1]
        return
    quick, careful = rpc.decode(data, sender), rpc.decode(long, sender)
    assert careful.reported is not None
    assert quick.findings == careful.findings
    assert (quick.body, quick.message, quick.deviations) == (careful.body, "HeartBeat", clauses)


@pytest.mark.parametrize("sender", ["server", None])
@pytest.mark.parametrize("data", [HEARTBEAT.data, HEARTBEAT.data + b" " * MAX_VALUES], ids=["short", "long"])
def test_without_its_method_it_is_no_heartbeat(data: bytes, sender: Any) -> None:
    with pytest.raises(ValidationError, match=r"method: required field is missing.*\[GJ-R078\]"):
        rpc.decode(data.replace(b'"method":"HeartBeat",', b""), sender)


def test_a_client_sends_no_heartbeat() -> None:
    with pytest.raises(ValidationError, match=r"method: HeartBeat from the client.*\[GJ-R078\]"):
        rpc.decode(HEARTBEAT.data, "client")


def test_a_server_asks_for_nothing() -> None:
    with pytest.raises(ValidationError, match=r"method: CreateNewSession from the server.*\[GJ-R078\]"):
        rpc.decode(CREATE.data, "server")


@pytest.mark.parametrize("sender", ["server", None])
def test_a_heartbeat_with_too_many_values_is_refused(sender: Any) -> None:
    crowd = changed(HEARTBEAT, at("more", [0] * MAX_VALUES))
    with pytest.raises(DecodeError, match="values"):
        rpc.decode(crowd, sender)


@pytest.mark.parametrize("sender", [None, "client", "server"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_request_of_too_many_values_is_refused_whoever_sends_it(sender: Any, strict: bool) -> None:
    ids = b",".join([b"1"] * (MAX_VALUES + 1))
    data = b'{"method":"pushPlayListManager","id":11,"sessionId":"8f0a","sender":"t","params":{"sessionId":"8f0a",' + (
        b'"action":"addPlayList","pcmIds":[' + ids + b"]}}"
    )
    with pytest.raises(DecodeError, match="more than 50000 values"):
        rpc.decode(data, sender, strict=strict)


@pytest.mark.parametrize("data", [CREATE.data, CREATE.data + b" " * MAX_VALUES])
def test_a_request_is_a_request_whoever_sends_it(data: bytes) -> None:
    packet = rpc.decode(data)
    assert (packet.message, packet.body, packet.reported) == ("CreateNewSession.request", CREATE.body, None)


def test_strict_reading_of_a_heartbeat_takes_the_careful_way() -> None:
    assert rpc.decode(HEARTBEAT.data, "server", strict=True).reported == ()
    with pytest.raises(ValidationError, match=r"\[GJ-E84\]"):
        rpc.decode(changed(HEARTBEAT, at("params.sessionId", "8f0a")), "server", strict=True)


# --- requests ---


@pytest.mark.parametrize("body", [body for body in BY_BODY if issubclass(body, r.Request)])
def test_a_class_knows_its_id_in_the_catalogue(body: Any) -> None:
    assert body.catalogue_id == ("" if body is r.ExecSessionResList else BY_BODY[body].id)


@pytest.mark.parametrize("sample", [CREATE, ADD, INSERT, DELETE, GET, CUT_IN], ids=lambda sample: sample.text)
@pytest.mark.parametrize(
    "change",
    [
        at("jsonrpc", "2.0"),
        at("result", None),
        at("sessionId", "other"),
        at("params.sessionId", "other"),
        at("params.pcmIds", []),
        at("params.pcmIds", [1]),
        at("params.index", 0),
        at("params.oldPcmId", 7),
        at("params.action", 3),
    ],
    ids=lambda it: None if callable(it) else repr(it),
)
def test_a_request_is_the_same_either_way(sample: Any, change: Any) -> None:
    data = changed(sample, change)
    told: list[Any] = []
    # Behind a byte order mark everything is read the careful way.
    for text in (data, BOM + data):
        try:
            packet = rpc.decode(text, "client")
        except ValidationError as error:
            told.append((error.path, error.reason, error.clause))
        else:
            found = {item for item in packet.findings if item.clause != "AW-BOM"}
            told.append((packet.message, packet.body, found))
    assert told[0] == told[1]


@pytest.mark.parametrize("sample", [ADD, CUT_IN], ids=lambda sample: sample.text)
def test_without_materials_the_playlist_is_refused(sample: Any) -> None:
    for change in (at("params.pcmIds", ...), at("params.pcmIds", [])):
        with pytest.raises(ValidationError, match=r"params.pcmIds: .*\[GJ-R111\]"):
            rpc.decode(changed(sample, change), "client")


# --- writing ---


def test_what_was_made_is_written_as_its_copy_is() -> None:
    made = create.replace(id=77)
    copied = copy.copy(made)
    assert (was_made(made), was_made(copied)) == (True, False)
    assert copied == made
    assert rpc.encode(made) == rpc.encode(copied) == CREATE.data.replace(b'"id":9', b'"id":77', 1)


def test_what_was_received_is_checked_before_it_is_sent_on() -> None:
    body: Any = rpc.decode(changed(CREATE, at("token", "other")), "client").body
    assert not was_made(body)
    with pytest.raises(ValidationError, match=r"params.token: .*\[GJ-E65\]"):
        rpc.encode(body)


def test_what_was_changed_behind_its_back_is_checked_before_it_is_sent() -> None:
    forged = msgspec.structs.replace(create, token="other")
    assert not was_made(forged)
    with pytest.raises(ValidationError, match=r"params.token: .*\[GJ-E65\]"):
        rpc.encode(forged)


def test_without_the_second_token_it_is_written_all_the_same() -> None:
    fields = json.loads(rpc.encode(create, token_in_params=False))
    assert (fields["token"], fields["params"].get("token")) == ("7F3C", None)


def test_what_json_cannot_hold_is_told_of_what_was_made() -> None:
    options = {"type": "lamp", "name": "lamp"}
    lamp: Any = ResourceElement.unlisted(Layer.FORE, options)
    made = create.replace(params=create.params.replace(res_list=(*create.params.res_list, lamp)))
    assert was_made(made)
    lamp.res_options["watts"] = object()
    with pytest.raises(EncodeError, match="Encoding objects of type object"):
        rpc.encode(made)


def test_a_class_of_one_s_own_is_no_body() -> None:
    class Mine(r.CreateNewSession, tag="CreateNewSession", dict=True, gc=True):
        """Not what the document has."""

    mine = Mine(**{name: getattr(create, name) for name in create.__struct_fields__})
    assert was_made(mine)
    with pytest.raises(EncodeError, match="Mine is not a body to send"):
        rpc.encode(mine)


def nothing_else(fields: dict[str, Any]) -> None:
    fields.update(result=None, error=None)


def test_clauses_are_told_once() -> None:
    packet = rpc.decode(changed(HEARTBEAT, nothing_else), "server")
    assert (len(packet.findings), clauses_of(packet.findings)) == (2, ("AW-NULL",))
