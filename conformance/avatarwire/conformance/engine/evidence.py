"""What crossed the wire in one case, as it happened: kept raw, decoded and masked when it is reported.

The catalogue says what a message is; every message of the endpoint is also read strictly, so that one that breaks its
declaration is seen whatever the case is about.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.errors import AvatarwireError, CodecError, FailureError

from ..second_reader import agreement
from .result import Evidence
from .secrets import Secrets

__all__ = ["Seen", "Timeline"]

_MOST_BYTES: Final = 4096
_MOST_TEXT: Final = 2000
_MOST_SEEN: Final = 3000
"""Things of one case that are kept."""
_REFUSAL: Final = "http.error"
"""What an answer is that is none of the operation that was asked for."""

Direction = Literal["out", "in"]


@dataclass(slots=True)
class Seen:
    """One thing that crossed the wire.

    Attributes:
        at: when, on the clock of the run.
        connection, transport, direction: on what, and which way.
        data: the message itself, such as a body, a frame or a payload.
        message: catalogue id, where the case or the connection knows it.
        text: one line for people, such as a request line.
        raw: what was on the wire, where that is more than the message.
        was_read: whether it was read strictly.
        wrong: what that found.
    """

    at: float
    connection: str
    transport: str
    direction: Direction
    data: bytes
    message: str = ""
    text: str = ""
    raw: bytes = b""
    was_read: bool = False
    wrong: CodecError | None = None


class Timeline:
    """What one case saw.

    Args:
        vendor: whose messages they are.
        now: seconds, on a clock that only runs forward.
        secrets: learns what is secret.
        of_client: whether a client is judged, so that what comes in is what a server is sent.
    """

    def __init__(self, vendor: str, now: Callable[[], float], secrets: Secrets, *, of_client: bool = False) -> None:
        self._catalogue: Final = catalogue.vendor(vendor)
        self._now: Final = now
        self._began: Final = now()
        self._secrets: Final = secrets
        self._from_server: Final = "out" if of_client else "in"
        self.seen: Final[list[Seen]] = []
        self.dropped = 0

    def add(
        self,
        connection: str,
        transport: str,
        direction: Direction,
        data: bytes,
        *,
        message: str = "",
        text: str = "",
        raw: bytes = b"",
    ) -> None:
        """Something crossed the wire."""
        if len(self.seen) >= _MOST_SEEN:
            self.dropped += 1
            return
        self.seen.append(Seen(self._now(), connection, transport, direction, data, message, text, raw))
        with suppress(RecursionError):
            self._secrets.learn(look(data))

    def note(self, text: str) -> None:
        """Something worth knowing crossed no wire, such as time that was moved."""
        self.seen.append(Seen(self._now(), "", "note", "out", b"", text=text))

    def reported(self) -> tuple[Evidence, ...]:
        """All of it, decoded and masked."""
        if self.dropped:
            self.seen.append(Seen(self._now(), "", "note", "out", b"", text=f"{self.dropped} more crossed the wire"))
            self.dropped = 0
        return tuple(map(self._reported, self.seen))

    @property
    def declared(self) -> int:
        """How many messages of the endpoint are known to the catalogue."""
        return sum(seen.direction == "in" and bool(seen.message) for seen in self.seen)

    def invalid(self) -> list[tuple[Seen, CodecError]]:
        """Messages of the endpoint that break their declaration, each with what is wrong."""
        found = ((seen, self._wrong(seen)) for seen in self.seen)
        return [(seen, wrong) for seen, wrong in found if wrong is not None]

    def _reported(self, seen: Seen) -> Evidence:
        mask = self._secrets
        raw = seen.raw or seen.data
        wrong, spans = self._wrong(seen), self._spans(seen)
        return Evidence(
            time=round(seen.at - self._began, 6),
            connection=seen.connection,
            transport=seen.transport,
            direction=seen.direction,
            message=seen.message,
            text=mask.text(seen.text)[:_MOST_TEXT],
            # A frame is read by the codec's layout, its JSON without the codec.
            body=self._masked(seen.data[spans[-1][1] :] if spans else seen.data),
            raw=mask.raw(raw, _MOST_BYTES).hex(),
            size=len(raw),
            spans=spans,
            invalid=(mask.text(str(wrong)),) if wrong is not None else (),
            agreed=self._agreed(seen),
        )

    def _agreed(self, seen: Seen) -> bool | None:
        is_from_server = seen.direction == self._from_server
        message = seen.message or (_REFUSAL if seen.transport == "http" and is_from_server else "")
        direction = "in" if is_from_server else "out"
        return agreement(self._catalogue.vendor, message, seen.transport, direction, seen.data)

    def _masked(self, data: bytes) -> Any:
        try:
            return self._secrets.value(look(data))
        except RecursionError:
            return "nested too deeply to be shown"

    def _spans(self, seen: Seen) -> tuple[tuple[str, int, int, str], ...]:
        header = self._catalogue.header_text
        if header is None or seen.transport != "ws" or not seen.data:
            return ()
        try:
            return tuple((span.name, span.start, span.end, span.meaning) for span in header.spans(seen.data))
        except (AvatarwireError, ValueError, IndexError):
            return ()

    def _wrong(self, seen: Seen) -> CodecError | None:
        """By which rule a message of the endpoint is not what its declaration says; None where it breaks none."""
        if seen.direction == "out" or not seen.message:
            return None
        if not seen.was_read:
            seen.was_read = True
            try:
                self._catalogue.decode(seen.message, seen.data, strict=True)
            except FailureError:
                pass
            except CodecError as error:
                seen.wrong = error
        return seen.wrong
