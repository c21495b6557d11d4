"""What a frame's header has to be, as data: which code points a message never has, and where they are.

Only these records live here; a vendor with frames declares them, and messages that break them are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HeaderRule"]


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """One rule about the header of one message.

    Attributes:
        clause: its id.
        text: what breaks it, in a few words.
        path: the member of the header; empty for the rule that the header has to be whole.
        offset: the byte that the member is.
        refused: values of that byte that are refused for this message; none for the rule about the whole.
    """

    clause: str
    text: str
    path: str = ""
    offset: int = 0
    refused: tuple[int, ...] = ()
