"""Elements of a session: what each kind has, and the rules between their members."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.messages.rpc_requests import AddedResources
from avatarwire.codecs.guiji.resources import (
    KINDS,
    AiVoiceDistort,
    AudioDriven,
    DrawOptions,
    DtHuman,
    Exclusive,
    Image,
    Layer,
    Player,
    ResourceElement,
    RtmpOutput,
    Template,
    UnknownResource,
    VideoSize,
)
from tests.codecs.guiji.rpc_samples import BACKGROUND, ELEMENT_TEXTS, ELEMENTS, HUMAN, SCENE, VIDEO, WHOLE


@pytest.mark.parametrize(
    ("text", "element"), list(zip(ELEMENT_TEXTS, ELEMENTS, strict=True)), ids=[*KINDS, "background"]
)
def test_an_element_is_written_as_it_is_read(text: str, element: ResourceElement) -> None:
    assert msgspec.json.decode(text, type=ResourceElement) == element
    assert msgspec.json.encode(element) == text.encode()


def test_what_is_fixed_is_written() -> None:
    human = AudioDriven(ud_code_used=SCENE, templates=(Template(ud_code=SCENE),))
    assert human.to_dict() == {
        "mode": "livestream", "udCodeUsed": SCENE, "templates": [{"udCode": SCENE}], "quarter": 0,
    }  # fmt: skip


ONE = (Template(ud_code="7001"),)
TWO = (Template(ud_code="7001"), Template(ud_code="7002"))


@pytest.mark.parametrize(
    ("type_", "fields", "told"),
    [
        (VideoSize, {"width": 1080, "height": 0}, r"height: value out of range.*\[GJ-E67\]"),
        (DrawOptions, {"x": 1.5}, r"x: got a number with decimals, expected an integer of 64 bits \[GJ-E72\]"),
        (Template, {"ud_code": ""}, r"udCode: .*\[GJ-R092\]"),
        (Template, {"ud_code": "7001", "matting": 2}, r"matting: got 2, expected 0 or 1 \[GJ-R095\]"),
        (AudioDriven, {"ud_code_used": "7001", "templates": ()}, r"templates: value out of range.*\[GJ-R093\]"),
        (AudioDriven, {"ud_code_used": "7001", "templates": ONE, "mode": "x"}, r"mode: .*\[GJ-R091\]"),
        (AudioDriven, {"ud_code_used": "7001", "templates": ONE, "quarter": 1}, r"quarter: .*\[GJ-R091\]"),
        (
            AudioDriven,
            {"ud_code_used": "9", "templates": TWO},
            r"udCodeUsed: got '9', expected udCode of a template: 7001 or 7002 \[GJ-R094\]",
        ),
        (DtHuman, {"name": "anchor", "audio_driven": None}, r"\[GJ-R09[01]\]"),
        (RtmpOutput, {"name": ""}, r"name: .*\[GJ-R107\]"),
        (AiVoiceDistort, {"name": "v", "speaker_id": None}, r"speakerId: there is no member speakerId \[GJ-E70\]"),
        (Player, {"name": "video", "loop": -2}, r"loop: got -2, expected -1 or more \[GJ-E73\]"),
        (
            ResourceElement,
            {"type": "middle", "res_options": RtmpOutput(name="rtmp")},
            r"type: got 'middle', expected fore, center or back \[GJ-R099\]",
        ),
    ],
)
def test_what_the_document_forbids_cannot_be_made(type_: Any, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        type_(**fields)


@pytest.mark.parametrize(
    ("layer", "options", "told"),
    [
        (Layer.FORE, BACKGROUND.res_options, r"type: the background lies in another layer, expected back \[GJ-R100\]"),
        (Layer.BACK, Player(name="background"), r"resOptions.type: the background is no image, expected image"),
        (Layer.BACK, RtmpOutput(name="background"), r"resOptions.type: the background is no image, expected image"),
        (
            Layer.BACK,
            Image.trusted(name="background"),
            r"resOptions.exclusive: required field is missing, expected a value, as name is background \[GJ-R100\]",
        ),
        (
            Layer.BACK,
            Image.trusted(name="background", exclusive=Exclusive(same_name_in_group=False)),
            r"resOptions.exclusive.SameNameInGroup: .*expected true \[GJ-R100\]",
        ),
    ],
)
def test_the_background_is_an_image_of_its_own(layer: Layer, options: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ResourceElement(type=layer, res_options=options)


def test_another_name_makes_no_background() -> None:
    element = ResourceElement(type=Layer.BACK, res_options=Image(name="wall", url="http://127.0.0.1/w.png"))
    assert element.check() == ()


def test_an_element_of_another_kind_can_be_made_and_sent() -> None:
    star = ResourceElement.unlisted(Layer.FORE, {"type": "sticker", "name": "star", "points": 5}, WHOLE)
    assert star.res_options == UnknownResource(type="sticker", name="star", points=5)
    assert star.to_dict() == {
        "type": "fore",
        "resOptions": {"type": "sticker", "name": "star", "points": 5},
        "drawOptions": WHOLE.to_dict(),
    }
    assert star.check() == ()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "star"}, r"resOptions.type: required field is missing, expected text \[GJ-E66\]"),
        ({"type": 5, "name": "star"}, r"resOptions.type"),
        ({"type": "sticker", "name": ""}, r"resOptions.name: required field is missing, expected text \[GJ-R107\]"),
        ({"type": "image", "name": "star"}, r"resOptions.type: got 'image', expected no listed kind, as Image is"),
    ],
)
def test_a_listed_kind_has_its_class(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ResourceElement.unlisted(Layer.FORE, options)


def test_an_unknown_resource_may_lack_a_name() -> None:
    assert UnknownResource(type="sticker", name=5).name == ""


def test_an_unlisted_element_may_be_no_background_either() -> None:
    options = {"type": "sticker", "name": "background"}
    [found] = ResourceElement.unlisted(Layer.BACK, options).check()
    assert (found.clause, found.path) == ("GJ-R100", "resOptions.type")


def test_a_second_digital_human_is_judged_like_the_first() -> None:
    driven = AudioDriven.trusted(ud_code_used="9", templates=(Template(ud_code="1"),))
    lost = ResourceElement.trusted(
        type=Layer.CENTER, res_options=DtHuman.trusted(name="dthuman", audio_driven=driven), draw_options=WHOLE
    )
    for place, elements in enumerate([(lost, HUMAN), (HUMAN, lost, VIDEO)]):
        with pytest.raises(ValidationError, match=rf"resList\[{place}\].resOptions.audioDriven.udCodeUsed: got '9'"):
            AddedResources(res_list=elements)


# --- alone ---


@pytest.mark.parametrize("strict", [False, True])
def test_a_resource_alone_tells_its_kind(strict: bool) -> None:
    codec = CATALOGUE["RtmpOutput"].codec
    assert codec.decode(b'{"type":"rtmp","name":"a"}', strict=strict).value == RtmpOutput(name="a")
    for data, told in (
        (b'{"name":"a"}', "type: required field"),
        (b'{"type":"image","name":"a"}', "type: got 'image'"),
    ):
        with pytest.raises(ValidationError, match=told):
            codec.decode(data, strict=strict)


@pytest.mark.parametrize("strict", [False, True])
def test_an_element_alone_may_be_of_a_kind_that_nobody_lists(strict: bool) -> None:
    codec = CATALOGUE["ResourceElement"].codec
    data = b'{"type":"fore","resOptions":{"type":"hologram","name":"a","glow":1.0}}'
    element = codec.decode(data, strict=strict).value
    assert element.res_options == UnknownResource({"type": "hologram", "name": "a", "glow": 1.0})
    assert codec.encode(element) == data
