"""What a broadcast session shows and hears: the elements of ``resList``, by layer and by kind.

Only the elements and the rules inside and between them live here; which message carries them is in
`messages/rpc_requests.py`. Source: "Opening a broadcast", 4.2.1, 4.2.3 and 4.2.4, rules GJ-R090 to GJ-R103.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self, TypeAlias, get_args

import msgspec
from msgspec import UNSET, UnsetType

from ..core.constraints import Computed, Limits, OneOf, Required, when
from ..core.findings import Finding, deviation
from ..errors import ValidationError, shown
from ..message import Message, doc, integer

__all__ = [
    "BACKGROUND",
    "DTHUMAN",
    "KINDS",
    "RTMP",
    "AiVoiceDistort",
    "AudioDriven",
    "DrawOptions",
    "DtHuman",
    "Exclusive",
    "Image",
    "KnownResource",
    "Layer",
    "Matting",
    "Player",
    "RemovedResource",
    "ResourceElement",
    "ResourceName",
    "ResourceOptions",
    "RtmpOutput",
    "Template",
    "UnknownResource",
    "VideoSize",
]

BACKGROUND: Final = "background"
"""Name of the one element that is the background (GJ-R100)."""
DTHUMAN: Final = "dthuman"
"""Name, and kind, of the digital human (GJ-R090)."""
RTMP: Final = "rtmp"
"""Name, and kind, of the output that push commands are addressed to (GJ-R108)."""


class Layer(StrEnum):
    """Where an element lies (4.2.1, GJ-R099)."""

    FORE = "fore"
    """In front: floating pictures."""
    CENTER = "center"
    """The digital human and fixed elements."""
    BACK = "back"
    """Behind everything: the background."""


class Matting(IntEnum):
    """What becomes of the backdrop of a scene's video (GJ-R095)."""

    KEEP = 0
    """The video is shown as it is."""
    KEY_OUT_GREEN = 1
    """Green is made transparent: for scenes of sceneType 0 (GJ-E21)."""


class VideoSize(Message):
    """Size of the picture that is put out (GJ-R087, GJ-E67)."""

    width: Annotated[int, integer("pixels", "GJ-E67", ge=1, example=1080)]
    height: Annotated[int, integer("pixels", "GJ-E67", ge=1, example=1920)]


class DrawOptions(Message):
    """Where an element is drawn; the server keeps its aspect ratio (4.2.1, GJ-R101, GJ-E72)."""

    x: Annotated[int, integer("left offset", "GJ-E72")] | UnsetType = UNSET
    y: Annotated[int, integer("top offset", "GJ-E72")] | UnsetType = UNSET
    width: Annotated[int, integer("width, adapted by the server", "GJ-R101")] | UnsetType = UNSET
    height: Annotated[int, integer("height, adapted by the server", "GJ-R101")] | UnsetType = UNSET
    zidx: Annotated[int, integer("stacking level, -1 for the background", "GJ-E72", example=-1)] | UnsetType = UNSET


class Template(Message):
    """One scene that the digital human can be switched to (GJ-R092)."""

    sequence: (
        Annotated[tuple[str, ...], doc("URLs of the scene's videos: its videoCoverUrl", "GJ-R092")] | UnsetType
    ) = UNSET
    ud_code: Annotated[str, doc("sceneCode of the scene", "GJ-R092", min_length=1, example="700100200300401")]
    matting: Annotated[Matting, doc("0 keep the backdrop, 1 key out green", "GJ-R095")] | UnsetType = UNSET


def _unknown_scene(driven: AudioDriven) -> Iterator[Finding]:
    codes = [template.ud_code for template in driven.templates]
    if driven.ud_code_used not in codes:
        expected = f"udCode of a template: {' or '.join(codes)}"
        yield Finding("GJ-R094", "udCodeUsed", f"got {shown(driven.ud_code_used)}", expected)


class AudioDriven(Message):
    """How audio drives the digital human, and in which scenes (GJ-R091 to GJ-R096)."""

    mode: Annotated[Literal["livestream"], doc("fixed", "GJ-R091")] = "livestream"
    ud_code_used: Annotated[
        str, doc("sceneCode to begin with: that of a template", "GJ-R093", min_length=1, example="700100200300401")
    ]
    random_play: Annotated[bool, doc("may be left out", "GJ-R096")] | UnsetType = UNSET
    templates: Annotated[tuple[Template, ...], doc("the scenes there are", "GJ-R093", min_length=1)]
    quarter: Annotated[Literal[0], doc("fixed", "GJ-R091")] = 0

    constraints = (
        Computed(
            ("udCodeUsed", "templates[].udCode"),
            _unknown_scene,
            "udCodeUsed is the udCode of a template",
            {"udCodeUsed": "no template"},
            lambda fields: fields.update(udCodeUsed=fields["templates"][0]["udCode"]),
            holds=lambda driven: any(template.ud_code == driven.ud_code_used for template in driven.templates),
            clause="GJ-R094",
        ),
    )


class Exclusive(Message):
    """Whom an element puts out of the way (GJ-R100, GJ-E74)."""

    same_name_in_group: Annotated[
        bool, doc("whether it replaces what has its name in its layer; true for the background", "GJ-R100")
    ] = msgspec.field(name="SameNameInGroup")


class ResourceOptions(Message, tag_field="type"):
    """What all kinds of resources have."""

    name: Annotated[str, doc("handle of the resource in commands and in Show", "GJ-R107", min_length=1)]


class RtmpOutput(ResourceOptions, tag="rtmp"):
    """Kind ``rtmp``: the output that is pulled, and pushed on (4.2.3, 4.2.9, GJ-R108)."""


def _spelt_right(options: AiVoiceDistort) -> Iterator[Finding]:
    if options.speaker_id is not UNSET:
        yield deviation("GJ-E70", "speakerId", "there is no member speakerId")


class AiVoiceDistort(ResourceOptions, tag="aivoicedistort"):
    """Kind ``aivoicedistort``: voice conversion (4.2.3, GJ-E70)."""

    distort_state: Annotated[bool, doc("whether voices are converted", "GJ-E70")] | UnsetType = UNSET
    speeker_id: (
        Annotated[int, integer("number of the speaker, spelt like this; 0 has no documented meaning", "GJ-E70")]
        | UnsetType
    ) = UNSET
    # Declared so that a number under this name is found at once, by its type, and moved to where it belongs.
    speaker_id: (
        Annotated[None, doc("speekerId spelt right: a number is understood, nothing is ever written", "GJ-E70")]
        | UnsetType
    ) = UNSET

    constraints = (
        Computed(
            ("speakerId",),
            _spelt_right,
            "speakerId is left out, and is not null either",
            {"speakerId": None},
            lambda fields: fields.pop("speakerId", None),
            holds=lambda options: options.speaker_id is UNSET,
            written={"not": {"required": ["speakerId"]}},
            clause="GJ-E70",
            tolerated=True,
        ),
    )


class DtHuman(ResourceOptions, tag="dthuman"):
    """Kind ``dthuman``: the digital human, without which there is no session (4.2.3, GJ-R090)."""

    name: Annotated[Literal["dthuman"], doc("fixed", "GJ-R090")]
    audio_driven: Annotated[AudioDriven, doc("what drives it, in which scenes", "GJ-R091")]


class Image(ResourceOptions, tag="image"):
    """Kind ``image``: a picture; named ``background`` and in layer back it is the background (4.2.3, GJ-R100)."""

    url: Annotated[str, doc("URL of the picture", "GJ-R103")] | UnsetType = UNSET
    exclusive: Annotated[Exclusive, doc("whom it replaces; the background's own", "GJ-R100")] | UnsetType = UNSET
    transport: Annotated[str, doc("only in a sample, unexplained", "GJ-E74", values=["tcp"])] | UnsetType = UNSET

    constraints = when(
        "name",
        BACKGROUND,
        Required("exclusive", clause="GJ-R100", tolerated=True),
        OneOf(
            "exclusive.SameNameInGroup",
            (True,),
            clause="GJ-R100",
            tolerated=True,
            reason="the background does not replace the one before",
            expected="true",
        ),
    )


class Player(ResourceOptions, tag="player"):
    """Kind ``player``: a video; may be left out when testing (4.2.3, GJ-R102)."""

    url: Annotated[str, doc("URL of the video", "GJ-R103")] | UnsetType = UNSET
    mute: Annotated[bool, doc("whether its sound is dropped", "GJ-R102")] | UnsetType = UNSET
    loop: (
        Annotated[int, integer("how often it plays: -1 endlessly; 0, 1 or absent once; N times", "GJ-R098")] | UnsetType
    ) = UNSET

    constraints = (Limits("loop", ge=-1, clause="GJ-E73", tolerated=True, expected="-1 or more"),)


class UnknownResource(dict[str, Any]):
    """Options of a kind that the document does not list: all members as received, ``type`` and ``name`` among them.

    The list of kinds is open, for the vendor hands out its values (4.2.3, GJ-E66). It is written as it was read.
    """

    @property
    def name(self) -> str:
        """Handle of the resource; empty when it has none that is text."""
        name = self.get("name")
        return name if isinstance(name, str) else ""


KnownResource: TypeAlias = RtmpOutput | AiVoiceDistort | DtHuman | Image | Player

_UNLISTED: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "type": {
            "type": "string",
            "minLength": 1,
            "not": {"enum": [kind.__struct_config__.tag for kind in get_args(KnownResource)]},
        },
        "name": {"type": "string", "minLength": 1},
    },
    "required": ["type", "name"],
}
"""A kind that the document does not list, as JSON Schema (GJ-E66)."""

if TYPE_CHECKING:
    AnyResource: TypeAlias = KnownResource | UnknownResource
else:
    # msgspec reads the documented kinds by their tag; what it refuses is put in beside it (`wire/open_unions.py`).
    AnyResource = KnownResource


class ResourceElement(Message):
    """One element of ``resList`` (4.2.1, 4.2.3)."""

    type: Annotated[Layer, doc("layer: fore, center or back", "GJ-R099")]
    res_options: Annotated[AnyResource, doc("what it is", "GJ-E66", also=[_UNLISTED])]
    draw_options: (
        Annotated[DrawOptions, doc("where it is drawn; not for rtmp and aivoicedistort", "GJ-E72")] | UnsetType
    ) = UNSET

    constraints = when(
        "resOptions.name",
        BACKGROUND,
        OneOf(
            "type",
            (Layer.BACK,),
            clause="GJ-R100",
            tolerated=True,
            reason="the background lies in another layer",
            expected="back",
        ),
        OneOf(
            "resOptions.type",
            ("image",),
            clause="GJ-R100",
            tolerated=True,
            reason="the background is no image",
            expected="image",
        ),
    )

    @classmethod
    def unlisted(cls, layer: Layer, options: Mapping[str, Any], draw_options: DrawOptions | UnsetType = UNSET) -> Self:
        """An element of a kind that the document does not list, such as one the vendor has named to you (GJ-E66).

        Args:
            layer: where it lies.
            options: its ``resOptions``, ``type`` and ``name`` among them.
            draw_options: where it is drawn.

        Raises:
            ValidationError: ``type`` or ``name`` is missing, or the kind has a class of its own.
        """
        for member, clause in (("type", "GJ-E66"), ("name", "GJ-R107")):
            if not isinstance(options.get(member), str) or not options[member]:
                raise ValidationError(
                    "required field is missing", path=f"resOptions.{member}", expected="text", clause=clause
                )
        listed = KINDS.get(options["type"])
        if listed is not None:
            reason = f"got {shown(options['type'])}"
            raise ValidationError(reason, path="resOptions.type", expected=f"no listed kind, as {listed.__name__} is")
        return cls.trusted(type=layer, res_options=UnknownResource(options), draw_options=draw_options)


KINDS: Final[Mapping[str, type[ResourceOptions]]] = {
    "rtmp": RtmpOutput,
    "aivoicedistort": AiVoiceDistort,
    "dthuman": DtHuman,
    "image": Image,
    "player": Player,
}
"""Classes of options by ``resOptions.type``."""


class ResourceName(Message):
    """The name by which an element is removed (GJ-E75)."""

    name: Annotated[str, doc("name of the resource", "GJ-E75", min_length=1)]


class RemovedResource(Message):
    """An element to be removed, identified by its layer and name; the document shows no such element (GJ-E75)."""

    type: Annotated[Layer, doc("layer it lies in", "GJ-E75")]
    res_options: Annotated[ResourceName, doc("its name", "GJ-E75")]
