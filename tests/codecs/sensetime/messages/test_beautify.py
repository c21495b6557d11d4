"""Retouching: the parameters of the table with ranges and defaults, those of the sample, and what is left out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.messages.beautify import BEAUTIFY_DEFAULTS, UNLISTED, Beautify, SmoothMode, WhitenMode

WIRE = dict(zip(Beautify.__struct_encode_fields__, Beautify.__struct_fields__, strict=True))
MODES = ("whiten_mode", "smooth_mode")
SIGNED = {
    "chinLength",
    "hairlineHeightRatio",
    "noseLengthRatio",
    "mouthSize",
    "philtrumLengthRatio",
    "eyeDistanceRatio",
    "eyeAngleRatio",
}
"""Those that go from -1 to 1; all others go from 0."""


def test_the_parameters_are_those_of_the_document() -> None:
    assert len(WIRE) == 39
    assert len(UNLISTED) == 7
    assert len(BEAUTIFY_DEFAULTS) == 30
    assert set(WIRE.values()) == {*BEAUTIFY_DEFAULTS, *MODES, *(WIRE[name] for name in UNLISTED)}
    assert set(WIRE) > SIGNED
    assert {"appleMusle", "shrinkJawbone", "shrinkCheekbone", "whiten_mode"} < set(WIRE)


def made_with(wire: str, value: float) -> Beautify:
    fields: dict[str, Any] = {WIRE[wire]: value}
    return Beautify(**fields)


@pytest.mark.parametrize("wire", [name for name in WIRE if name not in MODES])
def test_every_parameter_has_its_range(wire: str) -> None:
    low = -1 if wire in SIGNED else 0
    for value in (low, 0, 1, 0.5):
        assert msgspec.json.decode(msgspec.json.encode(made_with(wire, value))) == {wire: value}
    for value in (low - 0.01, 1.01):
        with pytest.raises(ValidationError, match=rf"^Beautify: {wire}: .*, expected a number from {low} to 1 \[ST-"):
            made_with(wire, value)


def test_the_seven_of_the_sample_are_told_by_their_erratum() -> None:
    for wire in UNLISTED:
        with pytest.raises(ValidationError, match=r"\[ST-E77\]$"):
            made_with(wire, 2.0)


@pytest.mark.parametrize("wire", MODES)
def test_modes_are_three(wire: str) -> None:
    kinds = {"whiten_mode": WhitenMode, "smooth_mode": SmoothMode}
    for value in (0, 1, 2):
        made = msgspec.json.decode(f'{{"{wire}":{value}}}'.encode(), type=Beautify)
        assert getattr(made, wire) is kinds[wire](value)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"{wire}":3}}'.encode(), type=Beautify)


def test_absent_is_not_off() -> None:
    assert Beautify().to_dict() == {}
    assert Beautify(whiten_strength=0.0).to_dict() == {"whitenStrength": 0.0}
    assert Beautify(whiten_strength=0.0) != Beautify()


def test_all_that_the_table_lists_can_be_switched_off() -> None:
    off = Beautify.all_off()
    assert set(off.to_dict().values()) == {0.0}
    assert set(off.to_dict()) == set(WIRE) - set(MODES) - set(UNLISTED)


def test_the_defaults_are_those_of_the_document() -> None:
    assert {name: value for name, value in BEAUTIFY_DEFAULTS.items() if value} == {
        "whiten_strength": 0.3,
        "redden_strength": 0.36,
        "smooth_strength": 0.74,
        "shrink_ratio": 0.11,
        "enlarge_ratio": 0.13,
        "small_ratio": 0.1,
        "contrast_strength": 0.05,
        "saturation_strength": 0.1,
    }
