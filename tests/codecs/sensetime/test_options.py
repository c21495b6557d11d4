"""Options hold what is possible, and refuse the rest by name."""

from __future__ import annotations

import math
from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.options import HEARTBEAT_PERIOD, LiveOptions, MicrophoneOptions


def test_defaults_follow_the_document_where_it_says_something() -> None:
    live, microphone = LiveOptions(), MicrophoneOptions()
    assert live.heartbeat_period == HEARTBEAT_PERIOD == 60
    assert live.start_at_once
    assert microphone.begin_at_once
    assert not microphone.several_rounds
    assert (microphone.sample_bytes, microphone.packet) == (2, 1280)


@pytest.mark.parametrize(
    ("options", "name", "expected"),
    [
        ({"heartbeat_period": 0}, "heartbeat_period", "0.001 or more seconds"),
        ({"poll_interval": math.inf}, "poll_interval", "0.001 or more seconds"),
        ({"retry_after": math.nan}, "retry_after", "0.001 or more seconds"),
        ({"retry_after": True}, "retry_after", "0.001 or more seconds"),
        ({"poll_interval": "2"}, "poll_interval", "0.001 or more seconds"),
        ({"max_answer": 0}, "max_answer", "an integer of 1 or more"),
    ],
)
def test_options_of_a_live_out_of_range(options: dict[str, Any], name: str, expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LiveOptions(**options)
    assert (caught.value.vendor, caught.value.path, caught.value.expected) == ("sensetime", name, expected)


@pytest.mark.parametrize(
    ("options", "name", "expected"),
    [
        ({"ready_timeout": -1}, "ready_timeout", "0.001 or more seconds"),
        ({"packet": 1279}, "packet", "whole samples of 2 bytes"),
        ({"sample_bytes": 0}, "sample_bytes", "an integer of 1 or more"),
        ({"max_held": 1.5}, "max_held", "an integer of 1 or more"),
        ({"max_message": True}, "max_message", "an integer of 1 or more"),
    ],
)
def test_options_of_a_microphone_out_of_range(options: dict[str, Any], name: str, expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MicrophoneOptions(**options)
    assert (caught.value.message, caught.value.path, caught.value.expected) == ("client options", name, expected)


def test_none_waits_for_ever() -> None:
    assert MicrophoneOptions(ready_timeout=None).ready_timeout is None
