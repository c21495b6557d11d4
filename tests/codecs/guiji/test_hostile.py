"""Whatever stands in one place of a right message: it is refused by an error of ours, or read, and then to the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.envelope import failure_of
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.textform import decode_text

from ..hostile import (
    SLOW,
    assert_answer_refused_or_readable,
    assert_refused_or_readable,
    assert_request_refused_or_readable,
    variations,
)
from .http_samples import CASES, Case
from .rpc_samples import SAMPLES, Sample


def decoders(sample: Sample) -> dict[str, Callable[[bytes], object]]:
    """Everything that reads a message over MQTT."""
    answers = sample.message.removesuffix(".result") + ".request" if sample.message.endswith(".result") else ""
    return {
        "lenient": partial(rpc.decode, sender=sample.sender, answers=answers),
        "strict": partial(rpc.decode, strict=True),
        "envelope": rpc.peek,
    }


@pytest.mark.unmeasured
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message)
def test_a_message_is_refused_or_readable(sample: Sample) -> None:
    understood = 0
    for data in variations(sample.text):
        for decode in decoders(sample).values():
            understood += assert_refused_or_readable(decode, data) is not None
    assert understood


@pytest.mark.unmeasured
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message)
def test_a_text_form_is_refused_or_readable(sample: Sample) -> None:
    understood = 0
    for data in variations(sample.text, every=SLOW):
        understood += assert_refused_or_readable(partial(decode_text, CATALOGUE), data) is not None
    assert understood


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_a_request_is_refused_or_readable(case: Case) -> None:
    assert_request_refused_or_readable(case.operation, case.sent)


@pytest.mark.unmeasured
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_an_answer_is_refused_or_readable(case: Case) -> None:
    assert_answer_refused_or_readable(case.operation, case.body)
    for data in variations(case.body):
        failure_of(500, data)


def test_it_says_where_the_fault_is() -> None:
    """GJ-E89: a type that is a list has no spelling to be repaired."""
    with pytest.raises(ValidationError, match=r"params\.type: got a list"):
        rpc.decode(b'{"method":"SessionState","id":1,"params":{"state":"Show","sessionId":"s","id":"a","type":[]}}')
