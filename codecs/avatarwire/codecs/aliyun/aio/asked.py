"""What was asked, by the ids of drives: who waits for which answer, and what an answer ends.

Only that lives here; what is asked, and by what, is in `talk.py`.
"""

from __future__ import annotations

from itertools import dropwhile, takewhile
from typing import Final

from ...aio.driver import Answer
from ...aio.waiting import Call, Calls
from ...errors import ConnectionLostError, RefusedError
from ..client.interaction import InteractionClient
from ..client.states import ClientState
from ..events import AnswerFinished, Outcome

__all__ = ["Asked"]


class Asked:
    """What may still be answered.

    Args:
        timeout: seconds of silence after which a call fails.
    """

    def __init__(self, timeout: float) -> None:
        self._calls: Final = Calls[Answer](timeout)
        self._heard: Final[dict[str, str]] = {}
        # Drives that may be answered, the oldest first, and whether anybody still waits for that.
        self._awaited: Final[dict[str, bool]] = {}

    def open(self, drive_id: str, what: str) -> Call[Answer]:
        """One more, which is waited for."""
        self._awaited[drive_id] = True
        return self._calls.open(drive_id, what)

    def close(self, drive_id: str) -> None:
        """A call is over; what may still come of it is nobody's.

        The client goes on waiting for it, or would take a late answer for that to the next question.
        """
        self._calls.close(drive_id)
        self._heard.pop(drive_id, None)
        if drive_id in self._awaited:
            self._awaited[drive_id] = False

    def progress(self, drive_id: str) -> None:
        """Something has come of it; also where nobody waits for it any more, those behind it have waited for that."""
        behind = dropwhile(lambda other: other != drive_id, self._awaited)
        first = next((other for other in behind if self._calls.get(other) is not None), drive_id)
        self._calls.progress(first)

    def heard(self, drive_id: str, text: str) -> None:
        """Its speech was recognised, so far."""
        if self._calls.get(drive_id) is not None:
            self._heard[drive_id] = text
        self.progress(drive_id)

    def finished(self, event: AnswerFinished, client: InteractionClient | None) -> None:
        """Its answer has ended.

        Args:
            event: how.
            client: of the connection; it gives up what it waits for in vain.
        """
        self.progress(event.drive_id)
        if event.success and event.drive_id in self._awaited and client is not None:
            self._give_up_before(event.drive_id, client)
        self._awaited.pop(event.drive_id, None)
        call = self._calls.get(event.drive_id)
        if call is None:
            return
        match event.outcome:
            case Outcome.REFUSED:
                call.fail(RefusedError("the service refused it", clause="ALI-E29"))
            case Outcome.LOST:
                recovered = client is not None and client.state is ClientState.RECOVERING
                reason = "the session is being recovered" if recovered else "the connection or the session has ended"
                call.fail(ConnectionLostError(f"{reason}, and nobody knows what became of it"))
            case _:
                heard = self._heard.pop(event.drive_id, "")
                call.succeed(Answer(text=event.text, heard=heard, interrupted=event.interrupted, event=event))

    def fail(self, error: Exception) -> None:
        """None of it will be answered."""
        self._calls.fail(error)

    def _give_up_before(self, drive_id: str, client: InteractionClient) -> None:
        """An answer is complete: what was asked before it and nobody waits for is not answered any more."""
        for other in list(takewhile(lambda other: other != drive_id, self._awaited)):
            if not self._awaited[other]:
                del self._awaited[other]
                if other in client.unanswered:
                    client.abandon(other)
