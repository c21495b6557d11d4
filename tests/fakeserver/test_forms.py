"""Forms of JSON that no document mentions: the fakes of all vendors live with them, in strict mode too, and say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpCall, Incoming
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline
from tests.codecs.test_forms import BOM, FORMS, spoilt
from tests.fakeserver.aliyun import talk
from tests.fakeserver.aliyun.client import Fake as Aliyun
from tests.fakeserver.guiji.client import Client as Guiji
from tests.fakeserver.guiji.talk import Studio
from tests.fakeserver.sensetime.client import SCRIPT, Fake
from tests.fakeserver.sensetime.lines import Line

PIPELINES: Final[dict[str, Callable[[bool], Pipeline[Any]]]] = {
    "aliyun": lambda strict: Aliyun(strict=strict, verify_signatures=False).http,
    "guiji": lambda strict: Guiji(strict=strict).http,
    "sensetime": lambda strict: Fake(strict=strict).http,
}


def read(pipeline: Pipeline[Any], operation: Operation[Any, Any], body: bytes) -> Exchange[Any]:
    """A call that has been let in, with other parameters."""
    call = HttpCall(operation.method, operation.path, "", (), body)
    known = pipeline.read(call, 0.0)
    known.operation = operation
    return pipeline.reread(known, call)


def noted(exchange: Exchange[Any] | Incoming) -> list[tuple[str, str]]:
    return [(item.clause, item.level) for item in exchange.violations]


# --- over HTTP ---


@pytest.mark.parametrize("vendor", PIPELINES)
@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
@pytest.mark.parametrize("name", ["null", "digits", "point"])
def test_parameters_in_any_form_are_taken(name: str, strict: bool, vendor: str) -> None:
    pipeline, form, tried = PIPELINES[vendor](strict), FORMS[name], 0
    operations = {f"{operation.id}.request": operation for operation in catalogue.vendor(vendor).operations.values()}
    for entry, place, ruled, data in spoilt(vendor, form):
        operation = operations.get(entry.id)
        if operation is None or read(pipeline, operation, ruled.raw).refusal is not None:
            continue
        exchange = read(pipeline, operation, data)
        assert (place.name, exchange.refusal) == (place.name, None)
        assert form.level in {item.level for item in exchange.violations}
        tried += 1
    assert tried > 1


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_a_script_in_any_form_is_taken(strict: bool) -> None:
    fake = Fake(strict=strict)
    script = {**SCRIPT, "version": None, "recycle": "0", "resolution": [1080, 1920.0]}
    answer = fake.send("createLive", {"param": "\ufeff" + json.dumps(script), "urtcUid": None})
    assert json.loads(answer.body)["code"] == 0
    assert {(item.clause, item.path, item.level) for item in answer.violations} == {
        ("AW-BOM", "param", "warning"),
        ("AW-NULL", "param.version", "warning"),
        ("AW-DIGITS", "param.recycle", "warning"),
        ("AW-INTEGERS", "param.resolution[1]", "note"),
        ("AW-NULL", "urtcUid", "warning"),
    }


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_a_byte_order_mark_before_parameters(strict: bool) -> None:
    aliyun, guiji, sensetime = (catalogue.vendor(vendor).operations for vendor in PIPELINES)
    for vendor, operation, body in (
        ("aliyun", aliyun["CheckSession"], b'{"projectId":"p","sessionId":"s"}'),
        ("guiji", guiji["createLive"], b'{"cutinFlag":true,"liveName":"shop"}'),
        ("sensetime", sensetime["heartbeat"], b'{"sessionId":"s"}'),
    ):
        exchange = read(PIPELINES[vendor](strict), operation, BOM + body)
        assert (exchange.refusal, noted(exchange)) == (None, [("AW-BOM", "warning")])


# --- over sockets and MQTT ---


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_frames_in_any_form_are_taken(strict: bool) -> None:
    for payload, clause, level in (
        ('{"sessionId":"s-1","text":"hello","askType":1,"messageId":"m","type":null}', "AW-NULL", "warning"),
        ('{"sessionId":"s-1","text":"hello","askType":"1","messageId":"m"}', "AW-DIGITS", "warning"),
        ('{"sessionId":"s-1","text":"hello","askType":1.0,"messageId":"m"}', "AW-INTEGERS", "note"),
        ('\ufeff{"sessionId":"s-1","text":"hello","askType":1,"messageId":"m"}', "ALI-E105", "warning"),
    ):
        received = talk.Talk(strict=strict).interaction.read(talk.framed("000180", payload), 0.0)
        assert (received.message, noted(received)) == ("text_drive.request", [(clause, level)])
    broken = '{"sessionId":"s-1","messageId":"a","audio":"AAEA\\r\\nAg==\\n","type":"AUDIO_STREAM","dataFlag":"START"}'
    received = talk.Talk(strict=strict).interaction.read(talk.framed("000186", broken), 0.0)
    assert (received.message, noted(received)) == ("audio_drive.request", [("AW-BASE64", "warning")])


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_requests_over_mqtt_in_any_form_are_taken(strict: bool) -> None:
    for change, mark, clause, level in (
        ({"cause": None}, "", "AW-NULL", "warning"),
        ({}, "\ufeff", "AW-BOM", "warning"),
    ):
        studio = Studio(strict=strict)
        request = studio.request("DestroySession", sessionId=studio.session.id, **change)
        (answer,) = studio.send((mark + json.dumps(request)).encode())
        assert (answer["id"], answer["result"]["ok"]) == (request["id"], True)
        assert (clause, level) in noted(studio.received)


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_messages_to_the_microphone_in_any_form_are_taken(strict: bool) -> None:
    for text, clause, level in (
        ('{"code":"0","message":"begin"}', "ST-E57", "warning"),
        ('{"code":0.0,"message":"begin"}', "AW-INTEGERS", "note"),
        ('\ufeff{"code":0,"message":"begin"}', "AW-BOM", "warning"),
    ):
        received, answer = Line(strict=strict).text(text)
        assert (received.message, noted(received), answer) == ("microphone.begin", [(clause, level)], [2])
