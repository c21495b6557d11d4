"""Options of the interaction client: defaults, ranges, and what follows from them."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.aliyun.wire.header import FrameType
from avatarwire.codecs.errors import ValidationError


def test_the_defaults_are_the_ruled_ones() -> None:
    options = ClientOptions()

    assert (options.ready_interval, options.ready_timeout) == (1.0, 30.0)
    assert (options.heartbeat_period, options.longest_silence) == (30.0, 60.0)
    assert options.heartbeat_frame_type is FrameType.PING
    assert options.speech_packet == 1024
    assert options.max_frame == 16_777_216
    assert not options.strict


def test_silence_is_counted_in_periods() -> None:
    assert ClientOptions(heartbeat_period=5, silent_periods=1.5).longest_silence == 7.5
    assert ClientOptions(heartbeat_period=None).longest_silence is None
    assert ClientOptions(silent_periods=None).longest_silence is None


def test_heartbeats_have_two_forms() -> None:
    assert ClientOptions(heartbeat_form="sample").heartbeat_frame_type is FrameType.CONTROL


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ready_interval", 0, "0.001 or more seconds"),
        ("ready_interval", None, "0.001 or more seconds"),
        ("ready_timeout", -1.0, "0.001 or more seconds"),
        ("heartbeat_period", float("nan"), "0.001 or more seconds"),
        ("heartbeat_period", float("inf"), "0.001 or more seconds"),
        ("heartbeat_period", "30", "0.001 or more seconds"),
        ("silent_periods", True, "0.001 or more"),
        ("speech_packet", 0, "an integer of 1 or more"),
        ("speech_packet", 1023, "whole samples of 2 bytes"),
        ("speech_sample_bytes", 1.5, "an integer of 1 or more"),
        ("audio_fragment", 1, "an integer of 2 or more"),
        ("audio_fragment", 3201, "whole samples of 2 bytes"),
        ("max_frame", 10, "an integer of 11 or more"),
        ("max_answer", True, "an integer of 1 or more"),
        ("heartbeat_form", "both", "table or sample"),
        ("content", "", "increments or cumulative"),
    ],
)
def test_an_option_out_of_range_is_refused(name: str, value: Any, expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ClientOptions(**{name: value})

    assert caught.value.path == name
    assert caught.value.expected == expected
    assert str(caught.value) == f"aliyun client options: {name}: got {value!r}, expected {expected}"
