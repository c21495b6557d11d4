"""Scenes, layers, materials and voices of a save request, each rule beside the value that breaks it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http.save import check_canvas, outside_canvas, truncate_coordinate
from avatarwire.codecs.aliyun.http_enums import LayerType, MaterialFormat, ScaleType
from avatarwire.codecs.core.entry import Catalogue
from avatarwire.codecs.errors import EncodeError, ValidationError

from .. import http_samples
from ..http_samples import ABSENT, ANCHOR, BACKGROUND, CREATE, as_json, changed

SCHEMA = Catalogue.of("aliyun", operations=http.OPERATIONS).schema_of("SaveAvatarProject.request")["schema"]


def save(path: str, value: object, *, strict: bool = False) -> tuple[str, ...]:
    body = changed(CREATE, path, value)
    return http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body), strict=strict).deviations


def schema_accepts(path: str, value: object) -> bool:
    return http_samples.schema_accepts(SCHEMA, changed(CREATE, path, value))


BACK, FIGURE = "frames[0].layers[0]", "frames[0].layers[1]"


@pytest.mark.parametrize(
    ("path", "value", "clause"),
    [
        ("frames[0].layers", ABSENT, "ALI-R014"),
        ("frames[0].videoScript", ABSENT, "ALI-R014"),
        (f"{FIGURE}.type", ABSENT, "ALI-R015"),
        (f"{FIGURE}.type", "VIDEO", "ALI-R015"),
        (f"{FIGURE}.material", ABSENT, "ALI-R015"),
        (f"{FIGURE}.positionX", ABSENT, "ALI-R016"),
        (f"{FIGURE}.positionY", ABSENT, "ALI-R016"),
        (f"{FIGURE}.width", ABSENT, "ALI-R016"),
        (f"{FIGURE}.height", ABSENT, "ALI-R016"),
        (f"{FIGURE}.material.id", ABSENT, "ALI-R017"),
        (f"{FIGURE}.material.id", "", "ALI-R017"),
        (f"{BACK}.material.url", ABSENT, "ALI-R018"),
        (f"{BACK}.material.url", "ftp://img.example/b.png", "ALI-R018"),
        (f"{BACK}.material.format", ABSENT, "ALI-R018"),
        (f"{BACK}.material.format", "image/gif", "ALI-R043"),
        (f"{FIGURE}.width", 1081, "ALI-R040"),
        (f"{FIGURE}.height", 1921, "ALI-R040"),
        (f"{FIGURE}.width", 0, "ALI-E84"),
        (f"{FIGURE}.height", -1, "ALI-E84"),
        ("frames[0].videoScript.voiceTemplateId", ABSENT, "ALI-R020"),
        ("frames[0].videoScript.voiceTemplateId", "", "ALI-R020"),
        ("frames[0].videoScript.speedRate", ABSENT, "ALI-R021"),
    ],
)
def test_a_fault_is_told_with_its_path_and_clause(path: str, value: object, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        save(path, value)
    assert (caught.value.message, caught.value.path, caught.value.clause) == (
        "SaveAvatarProject.request", path, clause,
    )  # fmt: skip
    assert not schema_accepts(path, value)


@pytest.mark.parametrize(
    ("path", "value", "clause"),
    [
        (f"{BACK}.positionX", 0, "ALI-R016"),
        (f"{BACK}.positionY", 0, "ALI-R016"),
        (f"{BACK}.width", 1080, "ALI-R016"),
        (f"{BACK}.height", 5000, "ALI-R016"),
        (f"{BACK}.material.id", "520017", "ALI-R017"),
        (f"{FIGURE}.material.url", "http://img.example/a.png", "ALI-E75"),
        (f"{FIGURE}.material.format", "image/png", "ALI-E75"),
        # Ignored whatever it says.
        (f"{BACK}.width", "wide", "ALI-R016"),
        (f"{BACK}.material.id", "", "ALI-R017"),
        (f"{FIGURE}.material.url", "", "ALI-E75"),
        (f"{FIGURE}.material.url", 5, "ALI-E75"),
        (f"{FIGURE}.material.format", "image/gif", "ALI-E75"),
        (f"{BACK}.material.format", "video/mp4", "ALI-E73"),
    ],
)
def test_a_field_where_it_does_not_belong_is_understood(path: str, value: object, clause: str) -> None:
    assert save(path, value) == (clause,)
    with pytest.raises(ValidationError) as caught:
        save(path, value, strict=True)
    assert (caught.value.path, caught.value.clause) == (path, clause)
    assert not schema_accepts(path, value)


@pytest.mark.parametrize(
    ("layers", "deviations"),
    [
        ([ANCHOR], ()),
        ([ANCHOR, BACKGROUND], ()),
        ([BACKGROUND], ("ALI-E85",)),
        ([], ("ALI-E85",)),
        ([ANCHOR, ANCHOR], ("ALI-E85",)),
        ([BACKGROUND, ANCHOR, BACKGROUND], ("ALI-E85",)),
    ],
)
def test_a_scene_has_one_figure_and_at_most_one_background(
    layers: list[dict[str, Any]], deviations: tuple[str, ...]
) -> None:
    assert save("frames[0].layers", layers) == deviations
    assert schema_accepts("frames[0].layers", layers) is not bool(deviations)


def test_several_deviations_are_told_once_each() -> None:
    body = changed(CREATE, "projectId", "731904618250473472")
    body = changed(body, f"{BACK}.width", 10)
    body = changed(body, f"{BACK}.height", 10)
    body = changed(body, "frames[0].videoScript.speedRate", 1.25)
    decoded = http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body))
    assert sorted(decoded.deviations) == ["ALI-E82", "ALI-E86", "ALI-R016"]


def test_making_a_layer_holds_the_same_rules() -> None:
    with pytest.raises(EncodeError, match=r"material\.id: required field is missing.*\[ALI-R017\]"):
        http.SaveLayer(
            type=LayerType.ANCHOR, position_x=0, position_y=0, width=1, height=1, material=http.SaveMaterial()
        )
    with pytest.raises(EncodeError, match=r"positionX is left out when type is BACKGROUND \[ALI-R016\]"):
        http.SaveLayer(
            type=LayerType.BACKGROUND,
            position_x=0,
            material=http.SaveMaterial(url="http://img.example/b.png", format=MaterialFormat.PNG),
        )
    with pytest.raises(EncodeError, match=r"format: video/mp4 cannot be saved.*\[ALI-E73\]"):
        http.SaveMaterial(url="http://img.example/b.mp4", format=MaterialFormat.MP4)


@pytest.mark.parametrize("url", ["http://a/b.png", "https://a/b.png", "HTTP://a/b.png"])
def test_http_addresses(url: str) -> None:
    assert save(f"{BACK}.material.url", url, strict=True) == ()


# --- the voice ---


@pytest.mark.parametrize("rate", ["0.8", "0.9", "1", "1.0", "1.9", "2", "2.0"])
def test_a_speed_with_one_decimal(rate: str) -> None:
    assert http.SaveVideoScript(voice_template_id="101", speed_rate=rate).speed_rate == rate
    assert schema_accepts("frames[0].videoScript.speedRate", rate)


@pytest.mark.parametrize(("rate", "kept"), [("0.85", "0.85"), ("1.00", "1.00"), ("01.5", "01.5"), (1.25, "1.25")])
def test_a_speed_in_another_form_is_understood(rate: object, kept: str) -> None:
    body = changed(CREATE, "frames[0].videoScript.speedRate", rate)
    decoded = http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body))
    assert decoded.value.frames[0].video_script.speed_rate == kept
    assert set(decoded.deviations) == {"ALI-E82"}
    assert not schema_accepts("frames[0].videoScript.speedRate", rate)
    with pytest.raises(EncodeError, match=r"speedRate.*\[ALI-E82\]"):
        http.SaveVideoScript(voice_template_id="101", speed_rate=kept)


@pytest.mark.parametrize(
    "rate", ["0.7", "0.79", "2.01", "2.1", "10", "0", "-1.0", "1.", ".9", "1e0", "fast", "", 0.7, 2.5, 12, True, None]
)
def test_a_speed_out_of_range_is_refused(rate: object) -> None:
    with pytest.raises(ValidationError) as caught:
        save("frames[0].videoScript.speedRate", rate)
    assert (caught.value.path, caught.value.clause) == ("frames[0].videoScript.speedRate", "ALI-R021")
    assert not schema_accepts("frames[0].videoScript.speedRate", rate)


# --- canvas and coordinates ---


def frame(x: int, y: int, width: int, height: int) -> http.SaveFrame:
    return msgspec.convert(
        {
            "layers": [
                {**BACKGROUND, "width": 9999, "height": 9999},
                {**ANCHOR, "positionX": x, "positionY": y, "width": width, "height": height},
            ],
            "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"},
        },
        http.SaveFrame,
    )


def test_a_figure_fits_the_canvas_of_its_project() -> None:
    check_canvas([frame(0, 0, 1080, 1920)], ScaleType.PORTRAIT)
    check_canvas([frame(0, 0, 1920, 1080)], ScaleType.LANDSCAPE)

    with pytest.raises(ValidationError) as caught:
        check_canvas([frame(0, 0, 10, 10), frame(0, 0, 1081, 10)], ScaleType.PORTRAIT)
    assert str(caught.value) == (
        "frames[1].layers[1].width: got 1081, expected at most 1080, the width of the 9:16 canvas [ALI-R040]"
    )
    with pytest.raises(ValidationError, match=r"scenes\[0\].*height: got 1081.*the height of the 16:9 canvas"):
        check_canvas([frame(0, 0, 1080, 1081)], ScaleType.LANDSCAPE, path="scenes")


@pytest.mark.parametrize(
    ("x", "y", "outside"),
    [
        (0, 0, ()),
        (80, 920, ()),
        (81, 0, ("frames[0].layers[1]",)),
        (0, 921, ("frames[0].layers[1]",)),
        (-1, 0, ("frames[0].layers[1]",)),
    ],
)
def test_a_figure_that_leaves_the_canvas_is_noticed_not_refused(x: int, y: int, outside: tuple[str, ...]) -> None:
    frames = [frame(x, y, 1000, 1000)]
    check_canvas(frames, ScaleType.PORTRAIT)
    assert outside_canvas(frames, ScaleType.PORTRAIT) == outside


@pytest.mark.parametrize(("value", "whole"), [(470.9, 470), (-3.7, -3), (700, 700), (0.99, 0)])
def test_a_coordinate_loses_its_decimals(value: float, whole: int) -> None:
    assert truncate_coordinate(value) == whole


def test_a_fractional_coordinate_is_truncated_when_it_arrives() -> None:
    body = changed(CREATE, f"{FIGURE}.positionX", -1.5)
    decoded = http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body))
    assert decoded.value.frames[0].layers[1].position_x == -1
    assert decoded.deviations == ("ALI-E83",)


@pytest.mark.parametrize("name", ["width", "height"])
def test_a_fractional_size_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name}: got a number with decimals"):
        save(f"{FIGURE}.{name}", 10.5)
