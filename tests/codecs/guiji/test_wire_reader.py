"""The second reader reads what it should, so that agreeing with it means something."""

from __future__ import annotations

import json

import pytest

from avatarwire.codecs.errors import DecodeError
from avatarwire.codecs.guiji.wire import rpc
from tests.codecs.guiji import wire_reader
from tests.codecs.guiji.rpc_samples import CREATE, DESTROY, ERROR, HEARTBEAT, PLAYING, SAMPLES, Sample, at, changed

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.message}-{len(sample.text)}")


@each
def test_both_readers_read_every_sample(sample: Sample) -> None:
    reading = wire_reader.read(sample.data)
    assert reading.members == json.loads(sample.text)
    assert (*reading.head, reading.kind) == rpc.peek(sample.data)


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b'{"id":NaN}',
        b"{}",
        changed(DESTROY, at("sender", ...)),
        changed(DESTROY, at("params", 5)),
        changed(DESTROY, at("params.sessionId", "other")),
        changed(CREATE, at("params.token", ...)),
        changed(HEARTBEAT, at("id", ...)),
        changed(PLAYING, at("params.playList", "[")),
        changed(ERROR, at("error.code", 1)),
    ],
)
def test_other_forms_are_refused_by_both(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        wire_reader.read(payload)
    with pytest.raises(DecodeError):
        rpc.decode(payload, strict=True)
