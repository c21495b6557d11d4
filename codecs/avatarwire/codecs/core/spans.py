"""How a frame's header is shown to people and read from what they write: declared by each vendor that has frames.

Only these records live here; `textform.py` uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["HeaderText", "Span"]


class Span(NamedTuple):
    """A named stretch of a frame's bytes.

    Attributes:
        name: wire name, such as ``frameType``.
        start, end: byte offsets; the end is the first byte after it.
        meaning: what the value means, one line.
    """

    name: str
    start: int
    end: int
    meaning: str


@dataclass(frozen=True, slots=True)
class HeaderText:
    """How the header of a vendor's frames is shown and read.

    Attributes:
        names: members that `fields` gives.
        fields: the members of a frame's header, by name.
        spans: the bytes of a frame, taken apart; nothing where they are fewer than a header has.
        encode: the frame that those members, the id of a message (empty for one that is not documented) and the value
            of its body describe; the last argument says whether forms that are only understood are refused. Raises
            `EncodeError`.
    """

    names: tuple[str, ...]
    fields: Callable[[bytes], Mapping[str, Any]]
    spans: Callable[[bytes], tuple[Span, ...]]
    encode: Callable[[Mapping[str, Any], str, Any, bool], bytes]
