"""A wrong signature on a long request takes little time and is shown in little space."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.auth import mismatch
from avatarwire.codecs.errors import SignatureError

from .test_mismatch import refused


def long_one(size: int) -> SignatureError:
    """The refusal of a request of about so many characters whose client left out the query."""
    return refused(query="", raw_query="a=" + "x" * size)


def test_a_mistake_is_found_up_to_a_size() -> None:
    assert "the client left out the query" in long_one(9_000).reason
    assert "the client left out the query" in long_one(15_000).reason


def test_beyond_it_none_is_looked_for() -> None:
    error = long_one(17_000)
    assert error.reason == "the signature is not that of AccessKey id 'LTAI-demo-ak' for this request"
    assert error.explanation.splitlines()[1] == (
        "Beyond 16384 characters usual mistakes are not tried: the secret or one of the lines below differs."
    )


def test_beyond_it_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def reconstructed(*given: object) -> None:
        tried.append(given)

    monkeypatch.setattr(mismatch, "_reconstructed", reconstructed)
    long_one(17_000)
    assert tried == []
    long_one(10)
    assert len(tried) == 1


@pytest.mark.parametrize("size", [3_000, 60_000])
def test_a_long_line_is_shown_shortened(size: int) -> None:
    error = long_one(size)
    assert f"… ({size + 2} characters)" in error.explanation
    assert len(error.explanation) < 7_000
