"""Options out of range are refused where they are made."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.options import ClientOptions


def test_defaults_are_in_range() -> None:
    options = ClientOptions()
    assert (options.answer_timeout, options.create_timeout, options.token_in_params) == (10.0, 60.0, True)
    assert ClientOptions(answer_timeout=None, create_timeout=1, max_packet=1).create_timeout == 1


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("answer_timeout", 0, "0.001 or more seconds"),
        ("answer_timeout", True, "0.001 or more seconds"),
        ("create_timeout", float("inf"), "0.001 or more seconds"),
        ("create_timeout", "1", "0.001 or more seconds"),
        ("max_packet", 0, "an integer of 1 or more"),
        ("max_packet", 1.5, "an integer of 1 or more"),
    ],
)
def test_what_is_out_of_range_is_told(name: str, value: Any, expected: str) -> None:
    with pytest.raises(ValidationError, match=f"guiji client options: {name}: got .*, expected {expected}"):
        ClientOptions(**{name: value})
