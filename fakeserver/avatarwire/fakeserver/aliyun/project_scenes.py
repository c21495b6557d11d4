"""What a project shows: its scenes, held against the figures and voices there are, and told in replies.

Only the scenes live here: how those of a scenario are read, whether a voice suits a figure, what is worth a warning.
Scenes are kept as they were saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from avatarwire.codecs.aliyun.http import ProjectFrame, SaveFrame, SaveLayer
from avatarwire.codecs.aliyun.http.save import outside_canvas
from avatarwire.codecs.aliyun.http_enums import LayerType, ResSpecType, ScaleType
from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.errors import shown as quoted
from avatarwire.fakeserver.aliyun.resources import Stock
from avatarwire.fakeserver.aliyun.scenario import AnchorFixture, ProjectFixture, VoiceFixture
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.scenario import ScenarioError

__all__ = ["advice", "frames_of", "mismatches", "read_frames", "shown"]

_FRAME: Final = JsonCodec(SaveFrame, vendor="aliyun", message="SaveFrame")


def read_frames(fixture: ProjectFixture, path: str) -> tuple[SaveFrame, ...]:
    """The scenes of a project that exists from the start; what can only be read, such as a video, is let in.

    Args:
        fixture: the project.
        path: where it stands in the scenario, for the error.

    Raises:
        ScenarioError: a scene is not as SaveAvatarProject takes it.
    """
    return frames_of(fixture.frames, path)


def frames_of(given: Sequence[dict[str, Any]], path: str) -> tuple[SaveFrame, ...]:
    """Scenes from their JSON; errors as for `read_frames`."""
    frames: list[SaveFrame] = []
    for index, fields in enumerate(given):
        try:
            frames.append(_FRAME.convert(fields).value)
        except CodecError as error:
            where = ".".join(part for part in (f"{path}.frames[{index}]", error.path) if part)
            reason = f"{error.reason}, expected {error.expected}" if error.expected else error.reason
            raise ScenarioError("scenario", where, reason) from None
    return tuple(frames)


def shown(frames: Sequence[SaveFrame]) -> tuple[ProjectFrame, ...]:
    """Scenes as QueryAvatarProject tells them: the same, but ``volume`` is a number there (ALI-E117)."""
    return tuple(_shown(frame) for frame in frames)


def _shown(frame: SaveFrame) -> ProjectFrame:
    fields = frame.to_dict()
    script = cast("dict[str, Any]", fields["videoScript"])
    volume = _whole(script.pop("volume", ""))
    if volume is not None:
        script["volume"] = volume
    return convert(fields, ProjectFrame)


def _whole(text: str) -> int | None:
    """The number that a text holds, its decimals dropped; None when it is no reasonable number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and abs(number) < 2**31 else None


def mismatches(frames: Sequence[SaveFrame], stock: Stock) -> list[Violation]:
    """Scenes whose known voice is of another gender than their known figure (ALI-R061)."""
    found: list[Violation] = []
    for path, _, figure, voice in _cast(frames, stock):
        if figure is not None and voice is not None and figure.gender != voice.gender:
            reason = f"voice {voice.id} is {voice.gender}, figure {figure.id} is {figure.gender}"
            found.append(Violation("ALI-R061", f"{path}.videoScript.voiceTemplateId", reason))
    return found


def advice(frames: Sequence[SaveFrame], stock: Stock, scale_type: ScaleType, tier: ResSpecType) -> list[Violation]:
    """What is worth a warning in scenes that are let in.

    A figure that leaves the canvas (ALI-E84), a background behind a figure that keeps its own (ALI-R045), a figure or a
    voice of another tier than the project's (ALI-E80), or one that no list has (ALI-E81).
    """
    found = [
        Violation("ALI-E84", path, f"the figure leaves the {scale_type.value} canvas", level="warning")
        for path in outside_canvas(frames, scale_type)
    ]
    found += _unknown(frames, stock)
    for path, layers, figure, voice in _cast(frames, stock):
        if figure is not None and not figure.support_bg_change:
            found.extend(
                Violation(
                    "ALI-R045", f"{path}.layers[{index}]", f"figure {figure.id} keeps its background", level="warning"
                )
                for index, layer in enumerate(layers)
                if layer.type is LayerType.BACKGROUND
            )
        if figure is not None and figure.tier != tier.anchor_tier:
            reason = f"figure {figure.id} is {figure.tier}, the project is {tier.value}"
            found.append(Violation("ALI-E80", f"{path}.layers", reason, level="warning"))
        if voice is not None and voice.tier != tier.voice_tier:
            reason = f"voice {voice.id} is {voice.tier}, the project is {tier.value}"
            found.append(Violation("ALI-E80", f"{path}.videoScript.voiceTemplateId", reason, level="warning"))
    return found


def _unknown(frames: Sequence[SaveFrame], stock: Stock) -> Iterator[Violation]:
    """Ids of figures and voices that neither ListAnchor nor ListVoiceModels gives."""
    for index, frame in enumerate(frames):
        for place, layer in enumerate(frame.layers):
            if layer.type is LayerType.ANCHOR and stock.anchor(str(layer.material.id)) is None:
                path = f"frames[{index}].layers[{place}].material.id"
                reason = f"no figure has the id {quoted(layer.material.id)}"
                yield Violation("ALI-E81", path, reason, "an anchorId of ListAnchor", "warning")
        voice = frame.video_script.voice_template_id
        if stock.voice(voice) is None:
            path = f"frames[{index}].videoScript.voiceTemplateId"
            reason = f"no voice has the id {quoted(voice)}"
            yield Violation("ALI-E81", path, reason, "a voiceId of ListVoiceModels", "warning")


def _cast(
    frames: Sequence[SaveFrame], stock: Stock
) -> Iterator[tuple[str, tuple[SaveLayer, ...], AnchorFixture | None, VoiceFixture | None]]:
    """Path, layers, figure and voice of each scene; None for one that is not known, which is no fault (ALI-E81)."""
    for index, frame in enumerate(frames):
        ids = (str(layer.material.id) for layer in frame.layers if layer.type is LayerType.ANCHOR)
        figure = next((known for id_ in ids if (known := stock.anchor(id_)) is not None), None)
        yield f"frames[{index}]", frame.layers, figure, stock.voice(frame.video_script.voice_template_id)
