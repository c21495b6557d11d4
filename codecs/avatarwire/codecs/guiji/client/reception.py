"""What arrives on topicSub, read as leniently as a client can afford: nobody else has that topic.

Where a message is refused for one word of an open list, or for a session id that is not ours, more is lost by refusing
it than by reading on. Only that reading lives here; what a message means is in `session.py`.
"""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec

from ...core.findings import Finding, deviation
from ...core.json_text import look
from ...core.repairs import is_object
from ...errors import ValidationError
from ..messages.notifications import PlaylistKind
from ..wire.rpc import Packet, decode

__all__ = ["read"]

_READ_ON: Final = {"params.type", "params.playList"}
"""Members that are no reason to refuse a notification about playback."""


def read(payload: bytes, session_id: str, *, answers: str, strict: bool, max_size: int) -> Packet | None:
    """A message of the server; None for another session's.

    Args:
        payload: as it came.
        session_id: ours.
        answers: catalogue id of the request that a result answers, if it is known.
        strict: refuse what deviates instead of reporting it.
        max_size: largest payload accepted, bytes.

    Raises:
        DecodeError, ValidationError: it cannot be read.
    """
    try:
        packet = decode(payload, "server", answers=answers, strict=strict, max_size=max_size)
    except ValidationError as error:
        mended = None if strict or error.path not in _READ_ON else _mended(payload)
        if mended is None:
            raise
        text, found = mended
        packet = decode(text, "server", max_size=max_size)
        packet = Packet(packet.message, packet.body, payload, (*packet.findings, *found))
    if packet.session_id == session_id:
        return packet
    if strict or not answers or "sessionId" in _members(payload):
        return None
    # An answer that names a session inside only, as in the document's sample of 4.2.5: its id says what it answers.
    foreign = deviation("GJ-E57", "result.sessionId", f"names session {packet.session_id}", "this session's id")
    return Packet(packet.message, packet.body, payload, (*packet.findings, foreign))


def _mended(payload: bytes) -> tuple[bytes, list[Finding]] | None:
    """A notification about playback, in words that are known; None where there is nothing to mend.

    A list of a name that is not known is taken for one beside the playlist, which it leaves as it is.
    """
    fields = _members(payload)
    params = fields.get("params")
    found: list[Finding] = []
    if not is_object(params) or "status" not in params:
        return None
    kind, to_play = params.get("type"), params.get("playList")
    if isinstance(kind, str) and kind.lower() != PlaylistKind.PLAYLIST.lower():
        params["type"] = str(PlaylistKind.CUT_IN)
        found.append(deviation("GJ-E87", "params.type", f"the list {kind!r} is not known", "a list that is known"))
    if isinstance(to_play, str) and not to_play.strip():
        params["playList"] = "[]"
        found.append(deviation("GJ-R122", "params.playList", "an empty text", "a JSON array of integers, in a text"))
    return (msgspec.json.encode(fields), found) if found else None


def _members(payload: bytes) -> dict[str, Any]:
    return cast("dict[str, Any]", look(payload) or {})
