"""Examples of variants, made from the repairs."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.core.constraints import Condition
from avatarwire.codecs.core.examples import example_of
from avatarwire.codecs.core.json_codec import Partial
from avatarwire.codecs.core.repairs import Convert, Copy, Drop, Fill, RawRepair, Rename, Reshape, digits

AS_STREAM = Condition("type", ("STREAM",))


def _without_mark(data: bytes) -> bytes | None:
    return data[1:] if data.startswith(b"\xff") else None


@pytest.mark.parametrize(
    ("repair", "told"),
    [
        (digits("size", "X-1", example="200"), '{"size": "200"} stands for {"size": 200}'),
        (digits("lids[].size", "X-1"), '{"lids": [{"size": "7"}]} stands for {"lids": [{"size": 7}]}'),
        (Rename("X-2", "msg", "message"), '{"message": "…"} stands for {"msg": "…"}'),
        (Rename("X-2", "audio", "audios", to=str, example=5), '{"audios": 5} stands for {"audio": "5"}'),
        (Fill("X-3", "ok", value=True), '{} stands for {"ok": true}'),
        (Fill("X-3", "box.ok", value=True), '{"box": {}} stands for {"box": {"ok": true}}'),
        (Fill("X-3", "items", value=[], null_only=True), '{"items": null} stands for {"items": []}'),
        (Fill("X-3", "text", value="", when=AS_STREAM), '{"type": "STREAM"} stands for {"type": "STREAM", "text": ""}'),
        (Drop("X-4", "jsonrpc", example="2.0"), '{"jsonrpc": "2.0"} stands for {}'),
        (
            Drop("X-4", "flag", when=Condition("type", ("STREAM",), negated=True), example=1),
            '{"flag": 1} stands for {}',
        ),
        (
            Drop("X-4", "lids[].box.ok", when=AS_STREAM, about="lids[]", example=1),
            '{"lids": [{"type": "STREAM", "box": {"ok": 1}}]} stands for {"lids": [{"type": "STREAM", "box": {}}]}',
        ),
        (
            Drop("X-4", "box.ok", when=AS_STREAM, about="", example=1),
            '{"type": "STREAM", "box": {"ok": 1}} stands for {"type": "STREAM", "box": {}}',
        ),
        (
            Copy("X-5", "params.id", source="id"),
            '{"params": {}, "id": "…"} stands for {"params": {"id": "…"}, "id": "…"}',
        ),
        (
            Copy("X-5", "id", source="params.id"),
            '{"params": {"id": "…"}} stands for {"params": {"id": "…"}, "id": "…"}',
        ),
        (RawRepair("X-6", "empty", lambda data: None if data else b"{}", lambda _: b""), "no payload stands for {}"),
        (
            RawRepair("X-6", "a mark", _without_mark, lambda data: b"\xff" + data),
            "ff 7b 7d stands for {}",
        ),
    ],
)
def test_a_variant_in_its_shortest_form(repair: Any, told: str) -> None:
    assert str(example_of(repair)) == told


@pytest.mark.parametrize(
    "repair",
    [
        pytest.param(Convert("X-1", "size", to=lambda _: 1), id="it knows no value"),
        pytest.param(Convert("X-1", "size", to=lambda _: None, example=1), id="the value is not repaired"),
        pytest.param(Reshape("X-2", "box"), id="only a whole message shows it"),
        pytest.param(RawRepair("X-3", "a tab", lambda _: None, lambda data: data), id="an empty object is not changed"),
        pytest.param(Partial("size", int, "X-4"), id="nothing can stand in for what is missing"),
    ],
)
def test_what_has_no_example(repair: Any) -> None:
    assert example_of(repair) is None
