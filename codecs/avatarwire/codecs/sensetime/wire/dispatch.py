"""Which message some bytes are that came over the microphone socket, or from the SDK.

Messages are distinguished by their members, for only those of the socket have a code; speech is distinguished from
text by not being text. Only that choice lives here; `microphone.py` and `messages/interactive.py` read the messages.
"""

from __future__ import annotations

from ...core.entry import Dispatched, Sender
from ...core.json_text import is_text, look
from ...core.received import Received
from ..messages import interactive
from . import microphone

__all__ = ["dispatch"]


def dispatch(data: bytes, sender: Sender | None, strict: bool) -> Dispatched:
    """Reads a message, whichever it is, for `Catalogue.dispatch`.

    Raises:
        DecodeError, ValidationError: as for `microphone.decode` and `interactive.decode`.
    """
    if is_text(data) and sender != "client" and _is_from_sdk(data):
        decoded = interactive.decode(data, strict=strict)
        id_ = interactive.id_of(decoded.value)
        told = Received(decoded.value, decoded.findings, data, id_)
        return Dispatched(told, "server", "a message that is not documented")
    frame = microphone.decode(data.decode() if is_text(data) else data, sender, strict=strict)
    received = Received(frame.body, frame.findings, data, frame.message)
    return Dispatched(received, frame.sender, "a code that is not documented")


def _is_from_sdk(data: bytes) -> bool:
    members = look(data)
    return isinstance(members, dict) and "service" in members and "code" not in members
