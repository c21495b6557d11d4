"""Retouching of the face and the picture: the parameters of a live script's ``effects.beautify``.

Only `Beautify`, its modes, and the defaults the document names live here.

Source: "Live script JSON" (003 L858-1061). 32 parameters are in its table; seven more stand in its sample only,
without a range or a meaning (ST-E77).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, Self

import msgspec
from msgspec import UNSET, UnsetType, field

from ...core.validation import Validated
from ...message import doc

__all__ = ["BEAUTIFY_DEFAULTS", "UNLISTED", "Beautify", "SmoothMode", "WhitenMode"]


class WhitenMode(IntEnum):
    """How the skin is whitened (ST-SCR-25)."""

    PINKISH = 0
    NATURAL = 1
    NATURAL_SKIN_ONLY = 2


class SmoothMode(IntEnum):
    """Where the skin is smoothed (ST-SCR-28)."""

    FACE = 0
    WHOLE_PICTURE = 1
    FACE_FINE = 2


def _share(description: str, clause: str) -> msgspec.Meta:
    return doc(f"{description}; 0.0 off, 1.0 most", clause, ge=0, le=1)


def _signed(description: str, clause: str) -> msgspec.Meta:
    return doc(f"{description}; -1 to 1", clause, ge=-1, le=1)


def _unlisted(description: str) -> msgspec.Meta:
    return doc(
        f"{description}, as its name says; 0.0 to 1.0 assumed",
        "ST-E77",
        ge=0,
        le=1,
        tolerated="ST-E77",
        level="warning",
    )


class Beautify(Validated):
    """Retouching parameters (003 L858-1061). What is left out is left to the platform, which is not the same as off.

    Whether an empty object, or none, means the defaults or no retouching at all is not said (ST-E78): nothing is ever
    filled in here, and `all_off` writes the zeros out. Two parameters run backwards: above 0 makes the mouth smaller
    and the philtrum shorter (ST-E80).
    """

    whiten_strength: Annotated[float, _share("whitening", "ST-SCR-24")] | UnsetType = UNSET
    whiten_mode: Annotated[WhitenMode, doc("how to whiten", "ST-SCR-25")] | UnsetType = field(
        default=UNSET, name="whiten_mode"
    )
    redden_strength: Annotated[float, _share("rosiness", "ST-SCR-26")] | UnsetType = UNSET
    smooth_strength: Annotated[float, _share("skin smoothing", "ST-SCR-27")] | UnsetType = UNSET
    smooth_mode: Annotated[SmoothMode, doc("how to smooth", "ST-SCR-28")] | UnsetType = field(
        default=UNSET, name="smooth_mode"
    )
    shrink_ratio: Annotated[float, _share("slimmer face", "ST-SCR-29")] | UnsetType = UNSET
    enlarge_ratio: Annotated[float, _share("larger eyes", "ST-SCR-30")] | UnsetType = UNSET
    small_ratio: Annotated[float, _share("smaller face", "ST-SCR-31")] | UnsetType = UNSET
    narrow_face: Annotated[float, _share("narrower face", "ST-SCR-32")] | UnsetType = UNSET
    round_eyes_ratio: Annotated[float, _share("rounder eyes", "ST-SCR-33")] | UnsetType = UNSET
    thin_face_shape_ratio: Annotated[float, _share("thinner shape of the face", "ST-SCR-34")] | UnsetType = UNSET
    chin_length: Annotated[float, _signed("chin: below 0 shorter, above 0 longer", "ST-SCR-35")] | UnsetType = UNSET
    hairline_height_ratio: (
        Annotated[float, _signed("hairline: below 0 lower, above 0 higher", "ST-SCR-36")] | UnsetType
    ) = UNSET
    apple_musle: Annotated[float, _share("fuller cheeks; the wire name is misspelt", "ST-SCR-37")] | UnsetType = UNSET
    narrow_nose_ratio: Annotated[float, _share("narrower nose and wings of the nose", "ST-SCR-38")] | UnsetType = UNSET
    nose_length_ratio: Annotated[float, _signed("nose: below 0 shorter, above 0 longer", "ST-SCR-39")] | UnsetType = (
        UNSET
    )
    profile_rhinoplasty: Annotated[float, _share("nose raised in profile", "ST-SCR-40")] | UnsetType = UNSET
    mouth_size: Annotated[float, _signed("mouth: below 0 LARGER, above 0 SMALLER", "ST-SCR-41")] | UnsetType = UNSET
    philtrum_length_ratio: (
        Annotated[float, _signed("philtrum: below 0 LONGER, above 0 SHORTER", "ST-SCR-42")] | UnsetType
    ) = UNSET
    eye_distance_ratio: (
        Annotated[float, _signed("eyes: below 0 closer together, above 0 wider apart", "ST-SCR-43")] | UnsetType
    ) = UNSET
    eye_angle_ratio: (
        Annotated[
            float,
            _signed(
                "left eye: below 0 turned counter-clockwise, above 0 clockwise; the right eye mirrors it", "ST-SCR-44"
            ),
        ]
        | UnsetType
    ) = UNSET
    open_canthus: Annotated[float, _share("opened corners of the eyes", "ST-SCR-45")] | UnsetType = UNSET
    shrink_jawbone: Annotated[float, _share("slimmer jawbone", "ST-SCR-46")] | UnsetType = UNSET
    shrink_round_face: Annotated[float, _share("slimming of a round face", "ST-SCR-47")] | UnsetType = UNSET
    shrink_long_face: Annotated[float, _share("slimming of a long face", "ST-SCR-48")] | UnsetType = UNSET
    shrink_goddess_face: Annotated[float, _share("'goddess' slimming", "ST-SCR-49")] | UnsetType = UNSET
    shrink_natural_face: Annotated[float, _share("natural slimming", "ST-SCR-50")] | UnsetType = UNSET
    shrink_whole_head: Annotated[float, _share("smaller head", "ST-SCR-51")] | UnsetType = UNSET
    contrast_strength: Annotated[float, _share("contrast", "ST-SCR-52")] | UnsetType = UNSET
    saturation_strength: Annotated[float, _share("saturation", "ST-SCR-53")] | UnsetType = UNSET
    sharpen: Annotated[float, _share("sharpening", "ST-SCR-54")] | UnsetType = UNSET
    clear: Annotated[float, _share("clarity", "ST-SCR-55")] | UnsetType = UNSET
    bright_eye_strength: Annotated[float, _unlisted("brighter eyes")] | UnsetType = UNSET
    remove_dark_circle_strength: Annotated[float, _unlisted("fewer dark circles under the eyes")] | UnsetType = UNSET
    remove_nasolabial_folds_strength: Annotated[float, _unlisted("fewer nasolabial folds")] | UnsetType = UNSET
    white_teeth: Annotated[float, _unlisted("whiter teeth")] | UnsetType = UNSET
    shrink_cheekbone: Annotated[float, _unlisted("slimmer cheekbone")] | UnsetType = UNSET
    thinner_head: Annotated[float, _unlisted("smaller head")] | UnsetType = UNSET
    open_external_canthus: Annotated[float, _unlisted("opened outer corners of the eyes")] | UnsetType = UNSET

    @classmethod
    def all_off(cls) -> Self:
        """Every parameter of the table at 0.0, which switches it off; the modes stay out (ST-E78)."""
        zeros: dict[str, Any] = dict.fromkeys(BEAUTIFY_DEFAULTS, 0.0)
        return cls(**zeros)


UNLISTED: Final = (
    "brightEyeStrength",
    "removeDarkCircleStrength",
    "removeNasolabialFoldsStrength",
    "whiteTeeth",
    "shrinkCheekbone",
    "thinnerHead",
    "openExternalCanthus",
)
"""Wire names of the parameters that stand in the sample only (ST-E77, ST-SCR-56)."""

BEAUTIFY_DEFAULTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "whiten_strength": 0.3,
        "redden_strength": 0.36,
        "smooth_strength": 0.74,
        "shrink_ratio": 0.11,
        "enlarge_ratio": 0.13,
        "small_ratio": 0.1,
        "narrow_face": 0.0,
        "round_eyes_ratio": 0.0,
        "thin_face_shape_ratio": 0.0,
        "chin_length": 0.0,
        "hairline_height_ratio": 0.0,
        "apple_musle": 0.0,
        "narrow_nose_ratio": 0.0,
        "nose_length_ratio": 0.0,
        "profile_rhinoplasty": 0.0,
        "mouth_size": 0.0,
        "philtrum_length_ratio": 0.0,
        "eye_distance_ratio": 0.0,
        "eye_angle_ratio": 0.0,
        "open_canthus": 0.0,
        "shrink_jawbone": 0.0,
        "shrink_round_face": 0.0,
        "shrink_long_face": 0.0,
        "shrink_goddess_face": 0.0,
        "shrink_natural_face": 0.0,
        "shrink_whole_head": 0.0,
        "contrast_strength": 0.05,
        "saturation_strength": 0.1,
        "sharpen": 0.0,
        "clear": 0.0,
    }
)
"""What the document names as the default of each parameter, by attribute (ST-SCR-24 to ST-SCR-55); never filled in."""
