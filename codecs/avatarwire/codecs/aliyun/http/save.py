"""What a project is saved with: the scenes, layers, materials and voices of a save request, and their canvas.

Strict, as they are sent: a wrong value is refused, a field that has no business where it stands is a deviation.
The request itself lives in `requests.py`; what replies hold, in `types.py`.

Source: "Save a digital-human project" (API 6.1.1 to 6.1.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from ...core.constraints import Absent, Constraint, Contains, Excluded, Matches, Required, when
from ...core.findings import Level
from ...errors import ValidationError
from ...message import Message, doc, integer
from ..http_enums import LayerType, MaterialFormat, ScaleType

__all__ = [
    "LAYER_RULES",
    "SPEED_RATE",
    "SaveFrame",
    "SaveLayer",
    "SaveMaterial",
    "SaveVideoScript",
    "check_canvas",
    "outside_canvas",
    "truncate_coordinate",
]

_END: Final = r"(?![\s\S])"
"""The end of a text, in the regular expressions of every language."""
SPEED_RATE: Final = rf"^(0\.[89]|1(\.[0-9])?|2(\.0)?){_END}"
"""The ruled form of a speech speed: 0.8 to 2.0 with at most one decimal (ALI-R021)."""
_SPEED_RANGE: Final = rf"^0*(0\.[89][0-9]*|1(\.[0-9]+)?|2(\.0+)?){_END}"
"""The same number in whatever form."""


def truncate_coordinate(value: float) -> int:
    """A coordinate in whole pixels: decimals are dropped, not rounded (API 6.1.5, ALI-R042, ALI-E83)."""
    return int(value)


_PLACE: Final = ("positionX", "positionY", "width", "height")


def _ignored(path: str, clause: str, level: Level = "error") -> Absent:
    return Absent(path, clause=clause, level=level, tolerated=True)


LAYER_RULES: Final[tuple[Constraint, ...]] = (
    *when(
        "type",
        LayerType.ANCHOR,
        *(Required(name, clause="ALI-R016") for name in _PLACE),
        Required("material.id", clause="ALI-R017"),
        _ignored("material.url", "ALI-E75", "warning"),
        _ignored("material.format", "ALI-E75", "warning"),
    ),
    *when(
        "type",
        LayerType.BACKGROUND,
        Required("material.url", clause="ALI-R018"),
        Required("material.format", clause="ALI-R018"),
        *(_ignored(name, "ALI-R016") for name in _PLACE),
        _ignored("material.id", "ALI-R017"),
    ),
)
"""What each kind of layer needs and leaves out (API 6.1.2, API 6.1.3)."""


class SaveMaterial(Message):
    """What a layer of a save request shows (API 6.1.3)."""

    id: Annotated[str, doc("id of the figure, from ListAnchor; for ANCHOR", "ALI-R017", min_length=1)] | UnsetType = (
        UNSET
    )
    url: (
        Annotated[
            str,
            doc(
                "http address of the background; for BACKGROUND",
                "ALI-R018",
                pattern=r"^[hH][tT][tT][pP][sS]?://.",
            ),
        ]
        | UnsetType
    ) = UNSET
    format: (
        Annotated[
            MaterialFormat,
            doc("MIME type of the background; for BACKGROUND; video/mp4 can be read but not saved", "ALI-R043"),
        ]
        | UnsetType
    ) = UNSET

    constraints = (
        Excluded(
            "format",
            (MaterialFormat.MP4,),
            clause="ALI-E73",
            tolerated=True,
            reason="video/mp4 cannot be saved; it only appears in replies",
        ),
    )


class SaveLayer(Message):
    """One picture of a scene in a save request (API 6.1.2)."""

    type: Annotated[LayerType, doc("BACKGROUND or ANCHOR, the figure", "ALI-R015")]
    position_x: (
        Annotated[int, integer("canvas left edge to picture left edge, pixels; for ANCHOR", "ALI-R041", example=470)]
        | UnsetType
    ) = UNSET
    position_y: (
        Annotated[int, integer("canvas top edge to picture top edge, pixels; for ANCHOR", "ALI-R041", example=700)]
        | UnsetType
    ) = UNSET
    width: (
        Annotated[int, integer("pixels, at most the canvas width; for ANCHOR", "ALI-E84", ge=1, example=540)]
        | UnsetType
    ) = UNSET
    height: (
        Annotated[int, integer("pixels, at most the canvas height; for ANCHOR", "ALI-E84", ge=1, example=960)]
        | UnsetType
    ) = UNSET
    material: Annotated[SaveMaterial, doc("what is shown", "ALI-R015")]
    index: Annotated[int, integer("place of the layer; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET

    constraints = LAYER_RULES


class SaveVideoScript(Message):
    """The voice of a scene in a save request (API 6.1.4)."""

    voice_template_id: Annotated[
        str, doc("voiceId of a voice that suits the figure, as text", "ALI-R020", min_length=1, example="101")
    ]
    speed_rate: Annotated[
        str,
        doc(
            "speech speed, 0.8 to 2.0, 1 is normal; one decimal",
            "ALI-R021",
            pattern=r"^[0-9]+(\.[0-9]+)?$",
            example="1.0",
        ),
    ]
    volume: (
        Annotated[str, doc("loudness, a number as text; not in the document", "ALI-E117", example="50")] | UnsetType
    ) = UNSET
    voice_language: Annotated[str, doc("language of the voice; SDK 2.12.0 and newer", "ALI-E117")] | UnsetType = UNSET
    emotion: Annotated[str, doc("mood of the voice; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET
    pitch_rate: Annotated[str, doc("pitch, a number as text; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET
    text_content: Annotated[str, doc("text of the scene; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET

    constraints = (
        Matches("speedRate", _SPEED_RANGE, clause="ALI-R021", reason="out of range", expected="0.8 to 2.0"),
        Matches(
            "speedRate",
            SPEED_RATE,
            clause="ALI-E82",
            tolerated=True,
            reason="another form",
            expected="a number of one digit and at most one decimal",
        ),
    )


def _layers(kind: LayerType, least: int = 0) -> Contains:
    reason = "not one ANCHOR layer and at most one BACKGROUND layer"
    return Contains("layers", "type", kind, least=least, most=1, clause="ALI-E85", tolerated=True, reason=reason)


class SaveFrame(Message):
    """One scene of a save request (API 6.1.1)."""

    layers: Annotated[tuple[SaveLayer, ...], doc("pictures, one figure and at most one background", "ALI-R014")]
    video_script: Annotated[SaveVideoScript, doc("the voice", "ALI-R014")]
    index: Annotated[int, integer("place of the scene; SDK 2.14.0 and newer", "ALI-E117")] | UnsetType = UNSET

    constraints = (
        _layers(LayerType.ANCHOR, least=1),
        _layers(LayerType.BACKGROUND),
    )


def check_canvas(frames: Sequence[SaveFrame], scale_type: ScaleType, *, path: str = "frames") -> None:
    """Holds every figure against the canvas (ALI-R040).

    A project's aspect ratio is given when it is created only, so the receiver of an edit calls this with the ratio that
    it knows. Where a figure stands is not checked, see `outside_canvas`.

    Args:
        frames: the scenes.
        scale_type: aspect ratio of the project.
        path: wire path of `frames`, for the error.

    Raises:
        ValidationError: a figure is wider or higher than the canvas.
    """
    limits = dict(zip(("width", "height"), scale_type.canvas, strict=True))
    for where, layer in _figures(frames, path):
        for name, limit in limits.items():
            size: int | UnsetType = getattr(layer, name)
            if size is not UNSET and size > limit:
                raise ValidationError(
                    f"got {size}",
                    path=f"{where}.{name}",
                    expected=f"at most {limit}, the {name} of the {scale_type.value} canvas",
                    clause="ALI-R040",
                )


def outside_canvas(frames: Sequence[SaveFrame], scale_type: ScaleType, *, path: str = "frames") -> tuple[str, ...]:
    """Wire paths of the figures that leave the canvas at some edge: worth a warning, not an error (ALI-E84)."""
    width, height = scale_type.canvas
    return tuple(
        where
        for where, layer in _figures(frames, path)
        if not (_inside(layer.position_x, layer.width, width) and _inside(layer.position_y, layer.height, height))
    )


def _figures(frames: Sequence[SaveFrame], path: str) -> list[tuple[str, SaveLayer]]:
    return [
        (f"{path}[{i}].layers[{j}]", layer)
        for i, frame in enumerate(frames)
        for j, layer in enumerate(frame.layers)
        if layer.type is LayerType.ANCHOR
    ]


def _inside(position: int | UnsetType, size: int | UnsetType, limit: int) -> bool:
    return position is not UNSET and size is not UNSET and 0 <= position <= limit - size
