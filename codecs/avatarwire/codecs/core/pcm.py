"""Cutting PCM into packets of whole samples, for any vendor.

Only the cutting lives here; how large packets and samples are is the business of whoever sends them.
"""

from __future__ import annotations

from typing import TypeAlias

from ..errors import ValidationError, shown

__all__ = ["Pcm", "PcmCutter"]

Pcm: TypeAlias = bytes | bytearray | memoryview
"""Raw PCM in any of the types that hold bytes."""


class PcmCutter:
    """Cuts PCM into pieces of whole samples; what is less than a sample waits for the next call."""

    def __init__(self, size: int, sample: int, *, vendor: str, clause: str) -> None:
        """Describes the pieces.

        Args:
            size: bytes of a piece, whole samples; the last piece may be shorter.
            sample: bytes of a sample.
            vendor, clause: named in errors.
        """
        self._size = size
        self._sample = sample
        self._vendor = vendor
        self._clause = clause
        self._rest = b""

    def joined(self, pcm: Pcm) -> bytes:
        """What has waited, and what was given.

        Raises:
            ValidationError: not PCM at all.
        """
        try:
            # Not `bytes(pcm)`, which makes zeros of a number.
            return self._rest + memoryview(pcm).tobytes()
        except TypeError:
            raise ValidationError(
                f"got {shown(pcm)}", vendor=self._vendor, expected="PCM as bytes", clause=self._clause
            ) from None

    def cut(self, data: bytes) -> list[bytes]:
        """The whole samples in pieces, the last one possibly shorter."""
        whole = len(data) - len(data) % self._sample
        return [data[start : min(start + self._size, whole)] for start in range(0, whole, self._size)]

    def keep(self, data: bytes) -> None:
        """Lets what is less than a sample wait."""
        self._rest = data[len(data) - len(data) % self._sample :]

    def check_whole(self, data: bytes) -> None:
        """Raises `ValidationError` when the end would cut a sample."""
        if len(data) % self._sample:
            raise ValidationError(
                f"ends with {len(data) % self._sample} bytes of a sample",
                vendor=self._vendor,
                expected=f"whole samples of {self._sample} bytes",
                clause=self._clause,
            )
