"""PCM comes out in packets of whole samples, however it was handed over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.core.pcm import PcmCutter
from avatarwire.codecs.errors import ValidationError


def cutter(size: int = 4, sample: int = 2) -> PcmCutter:
    return PcmCutter(size, sample, vendor="somebody", clause="SB-R1")


def test_pieces_are_whole_samples_and_the_last_one_may_be_short() -> None:
    assert cutter().cut(b"\x01\x02\x03\x04\x05\x06\x07") == [b"\x01\x02\x03\x04", b"\x05\x06"]


def test_less_than_a_sample_waits() -> None:
    pieces = cutter()
    data = pieces.joined(bytearray(b"\x01\x02\x03"))
    assert pieces.cut(data) == [b"\x01\x02"]
    pieces.keep(data)
    assert pieces.joined(memoryview(b"\x04")) == b"\x03\x04"


def test_an_end_within_a_sample_is_refused() -> None:
    cutter().check_whole(b"\x01\x02")
    with pytest.raises(ValidationError, match=r"somebody: ends with 1 bytes of a sample, expected whole .* \[SB-R1\]"):
        cutter().check_whole(b"\x01\x02\x03")


@pytest.mark.parametrize("pcm", [5, "text", None])
def test_what_is_no_pcm_is_refused(pcm: Any) -> None:
    with pytest.raises(ValidationError, match="expected PCM as bytes"):
        cutter().joined(pcm)


@given(sends=st.lists(st.binary(max_size=30)), sample=st.integers(1, 3), samples=st.integers(1, 5))
def test_nothing_is_lost_and_no_sample_is_cut(sends: list[bytes], sample: int, samples: int) -> None:
    pieces, cut = cutter(sample * samples, sample), list[bytes]()
    for pcm in sends:
        data = pieces.joined(pcm)
        cut += pieces.cut(data)
        pieces.keep(data)
    assert b"".join(cut) + pieces.joined(b"") == b"".join(sends)
    assert all(0 < len(piece) <= sample * samples and not len(piece) % sample for piece in cut)
