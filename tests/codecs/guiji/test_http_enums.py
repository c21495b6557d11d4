"""The values that the HTTP operations name."""

from __future__ import annotations

from avatarwire.codecs.guiji.http_enums import ErrorCode, LiveStatusName, Posture, Proportion, SceneType


def test_the_codes_are_those_of_the_document() -> None:
    assert [code.value for code in ErrorCode] == [200, 500, 100501, 100502, 100503, 100504, 100505]


def test_a_scene_before_green_is_keyed_out() -> None:
    assert [kind.matting for kind in (SceneType.BASIC, SceneType.VIP, SceneType.LIVE)] == [1, 0, 0]


def test_labels_are_the_words_on_the_wire() -> None:
    assert (LiveStatusName.LIVE, LiveStatusName.NOT_LIVE) == ("直播中", "未开播")
    assert [*Proportion, *Posture] == ["16:9", "9:16", "0", "1", "2"]
