"""What the journal is told of something that enters or leaves a fake, whatever it travels on.

Frames of a WebSocket, which are nearly all, are kept by the hub itself: each step in between would be one for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import (
    HANDSHAKE,
    Accept,
    CallBack,
    Close,
    Framed,
    HttpAnswer,
    Incoming,
    Leaving,
    Publish,
)
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import NO_META
from avatarwire.fakeserver.journal.store import Bytes

__all__ = ["Recorder"]

_SWITCHING_PROTOCOLS: Final = 101


class Recorder:
    """Keeps in a journal what enters and leaves.

    Args:
        journal: of the server.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal: Final = journal

    def came(
        self,
        carrier: Carrier,
        received: Incoming,
        raw: Bytes | None,
        meta: Mapping[str, object],
        headers: tuple[tuple[str, str], ...],
        status: int | None,
    ) -> None:
        """Keeps something that came in in the journal."""
        received.seq = self.journal.add(
            carrier.transport,
            "in",
            received.message,
            connection=carrier.id,
            raw=raw,
            body=received.body,
            session=received.session or carrier.session,
            deviations=received.deviations,
            violations=received.violations,
            reply_to=received.reply_to,
            meta=meta,
            headers=headers,
            status=status,
            audio=received.audio,
            prefix=carrier.header_bytes,
        )

    def leaves(
        self,
        effect: Leaving,
        carrier: Carrier,
        meta: Mapping[str, object],
        headers: tuple[tuple[str, str], ...],
    ) -> int:
        """Keeps in the journal what is no message of a WebSocket."""
        seq = 0
        cause: Incoming | None = getattr(effect, "cause", None)
        reply_to = 0 if cause is None else cause.seq
        if isinstance(effect, Close):
            self.journal.note(
                "closing", session=carrier.session, connection=carrier.id, code=effect.code, reason=effect.reason
            )
        elif isinstance(effect, Framed):
            seq = self.journal.add(
                "ws",
                "out",
                effect.message,
                connection=carrier.id,
                raw=effect.data.encode() if isinstance(effect.data, str) else effect.data,
                body=effect.body,
                session=carrier.session,
                reply_to=reply_to,
                meta={"form": effect.form, **({"frames": effect.frames} if effect.form == "fragmented" else {})},
            )
        elif isinstance(effect, HttpAnswer):
            seq = self.journal.add(
                "http",
                "out",
                effect.answer_message,
                connection=carrier.id,
                raw=effect.body,
                body=effect.answer,
                session=effect.session,
                status=effect.status,
                reply_to=reply_to,
                meta=effect.notes or NO_META,
                headers=tuple(effect.headers.items()),
                secrets=effect.secrets,
            )
        elif isinstance(effect, Accept):
            seq = self.journal.add(
                "http",
                "out",
                HANDSHAKE,
                connection=carrier.id,
                session=effect.session,
                status=_SWITCHING_PROTOCOLS,
                reply_to=reply_to,
            )
        elif isinstance(effect, Publish | CallBack):
            seq = self.journal.add(
                carrier.transport,
                "out",
                effect.message,
                connection=carrier.id,
                raw=effect.data,
                body=effect.body,
                session=effect.session,
                reply_to=reply_to,
                meta=meta,
                headers=headers,
            )
            if isinstance(effect, Publish):
                effect.seq = seq
        return seq
