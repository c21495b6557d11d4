"""Ids that are drawn by chance, from the generator of a fake: the same seed gives the same ids."""

from __future__ import annotations

import random
from typing import Final

__all__ = ["random_uuid"]

_FIXED: Final = (0xF << 76) | (0b11 << 62)
"""The bits of a UUID that say of which kind it is."""
_RANDOM: Final = (4 << 76) | (0b10 << 62)
"""What they are for a random one: version 4, variant of RFC 9562 (section 5.4)."""


def random_uuid(rng: random.Random) -> str:
    """A random UUID in lower case, as `uuid.UUID(int=..., version=4)` writes it, in a third of the time."""
    text = f"{rng.getrandbits(128) & ~_FIXED | _RANDOM:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
