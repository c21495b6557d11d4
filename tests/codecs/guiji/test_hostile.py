"""Whatever stands in one place of a right message: it is refused by an error of ours, or read, and then to the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji import rpc
from avatarwire.codecs.guiji.envelope import failure_of
from avatarwire.codecs.guiji.text import decode_text

from ..hostile import assert_refused_or_readable, hostile_queries, variations
from .http_samples import CASES, Case
from .rpc_samples import SAMPLES, Sample


def decoders(sample: Sample) -> dict[str, Callable[[bytes], object]]:
    """Everything that reads a message over MQTT."""
    answers = sample.message.removesuffix(".result") + ".request" if sample.message.endswith(".result") else ""
    return {
        "lenient": partial(rpc.decode, sender=sample.sender, answers=answers),
        "strict": partial(rpc.decode, strict=True),
        "envelope": rpc.peek,
        "text form": decode_text,
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message)
def test_a_message_is_refused_or_readable(sample: Sample) -> None:
    understood = 0
    for data in variations(sample.text):
        for decode in decoders(sample).values():
            understood += assert_refused_or_readable(decode, data) is not None
    assert understood


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_a_request_is_refused_or_readable(case: Case) -> None:
    operation = case.operation
    for strict in (False, True):
        read: Any = partial(operation.decode_request, strict=strict)
        if operation.parameters_in == "query":
            for query in hostile_queries(case.sent):
                assert_refused_or_readable(read, query)
        else:
            for data in variations(case.sent):
                assert_refused_or_readable(partial(read, ""), data)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_an_answer_is_refused_or_readable(case: Case) -> None:
    operation: Any = case.operation
    for data in variations(case.body):
        for strict in (False, True):
            assert_refused_or_readable(partial(operation.decode_response, 200, strict=strict), data)
        failure_of(500, data)
        assert_refused_or_readable(partial(operation.decode_response, 500), data)


def test_it_says_where_the_fault_is() -> None:
    """GJ-E89: a type that is a list has no spelling to be repaired."""
    with pytest.raises(ValidationError, match=r"params\.type: got a list"):
        rpc.decode(b'{"method":"SessionState","id":1,"params":{"state":"Show","sessionId":"s","id":"a","type":[]}}')
