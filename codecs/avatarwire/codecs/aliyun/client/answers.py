"""Answers: which drive a packet belongs to, and the whole text put together from its packets.

A packet names a message id, of which the document only says that it is one (ALI-E21). It may be that of the drive, one
the server made up, or empty; packets of a drive we have interrupted, or of one that is over, may still be on their way
(ALI-E33). `AnswerLedger` settles that for one business type. What is sent is in `drives.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..events import AnswerChunk, AnswerFinished, AnswerKind, Event, Outcome
from ..messages import DriveReply
from ..options import ClientOptions
from ..wire.frame import Frame

__all__ = ["AnswerLedger", "Drive"]

MOST_REMEMBERED: Final = 256
"""Ids remembered of drives that are over."""
MOST_UNSURE: Final = 64
"""Broadcasts that may yet be answered, answers nobody asked for, interrupted drives: of each, so many are kept."""


class Drive:
    """Something sent that may be answered.

    Attributes:
        id: for a text its message id; for anything else it never leaves this process.
        kind: what it is.
        owed: whether an answer must come: broadcasts may stay unanswered (ALI-E23).
        complete: whether all of it has been sent.
        names: message ids under which its answer has come.
    """

    def __init__(self, id_: str, kind: AnswerKind, *, owed: bool, complete: bool = True) -> None:
        self.id = id_
        self.kind = kind
        self.owed = owed
        self.complete = complete
        self.names: dict[str, None] = {}
        self._texts: list[str] = []
        self._images: dict[str, None] = {}
        self._videos: dict[str, None] = {}
        self._size = 0

    def add(self, reply: DriveReply, options: ClientOptions) -> tuple[str, bool, bool]:
        """Takes a packet in.

        Returns:
            What it adds to the text; whether that replaces the text before; whether the answer is still small enough.
        """
        for known, given in ((self._images, reply.related_images), (self._videos, reply.related_videos)):
            for url in given:
                if url not in known:
                    known[url] = None
                    self._size += len(url)
        text, replaces = reply.content, False
        if options.content == "cumulative" and text:
            before = "".join(self._texts)
            self._texts.clear()
            self._texts.append(text)
            self._size += len(text) - len(before)
            replaces = not text.startswith(before)
            text = text if replaces else text[len(before) :]
        elif text:
            self._texts.append(text)
            self._size += len(text)
        return text, replaces, self._size <= options.max_answer

    def finished(
        self,
        outcome: Outcome,
        *,
        frame: Frame | None = None,
        deviations: tuple[str, ...] = (),
        message_id: str | None = None,
    ) -> AnswerFinished:
        """The event of its end."""
        return AnswerFinished(
            drive_id=self.id,
            kind=self.kind,
            outcome=outcome,
            text="".join(self._texts),
            images=tuple(self._images),
            videos=tuple(self._videos),
            message_id=next(reversed(self.names), "") if message_id is None else message_id,
            frame=frame,
            deviations=deviations,
        )


class AnswerLedger:
    """The drives of one business type that are being answered or may yet be.

    A packet goes to the drive whose id it names, or under whose name it has come before. Any other goes by order, to
    the first drive without an answer: those that are owed one before broadcasts, those sent entirely before those that
    are not. What fits none was not asked for.
    """

    def __init__(self, options: ClientOptions) -> None:
        self._options = options
        self._drives: dict[str, Drive] = {}
        self._answering: dict[str, Drive] = {}
        # Message ids of the past. True: whatever names it is late. False: a name the server made up, which it may
        # use again for the next drive.
        self._over: dict[str, bool] = {}
        # Interrupted drives whose answer had no name yet, so that its late packets cannot be reported by one.
        self._nameless: dict[str, None] = {}

    @property
    def owed(self) -> tuple[str, ...]:
        """Ids of the drives that must be answered, in order."""
        return tuple(drive.id for drive in self._drives.values() if drive.owed)

    def knows(self, id_: str) -> bool:
        """Whether an id is in use, or was lately."""
        return id_ in self._drives or id_ in self._answering or id_ in self._over

    def open(self, drive: Drive) -> None:
        """A drive was sent, or its first part."""
        self._drives[drive.id] = drive
        if not drive.owed:
            unsure = [other for other in self._drives.values() if not (other.owed or other.names)]
            for old in unsure[:-MOST_UNSURE]:
                del self._drives[old.id]

    def waiting(self, kind: AnswerKind) -> Drive | None:
        """The first drive of a kind whose answer has not begun; if there is none, the last one of that kind."""
        of_kind = [drive for drive in self._drives.values() if drive.kind is kind]
        return next((drive for drive in of_kind if not drive.names), of_kind[-1] if of_kind else None)

    def take(self, reply: DriveReply, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """What a packet of an answer reports; nothing when it is late."""
        drive = self._match(reply)
        if drive is None:
            return []
        text, replaces, fits = drive.add(reply, self._options)
        events: list[Event] = []
        if text or reply.related_images or reply.related_videos:
            events.append(
                AnswerChunk(
                    drive_id=drive.id,
                    kind=drive.kind,
                    text=text,
                    replaces=replaces,
                    images=reply.related_images,
                    videos=reply.related_videos,
                    message_id=reply.message_id,
                    frame=frame,
                    deviations=deviations,
                )
            )
        outcome = _outcome(reply, fits)
        if outcome is not None:
            self._forget(drive, names_are_late=outcome is Outcome.TRUNCATED)
            if outcome is Outcome.COMPLETE and drive.kind is not AnswerKind.UNASKED:
                # It was sent after the last interruption, and servers answer in order: nothing older is under way.
                self._nameless.clear()
            events.append(drive.finished(outcome, frame=frame, deviations=deviations, message_id=reply.message_id))
        return events

    def refuse(self, drive_id: str, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """The server has refused a drive in another way than by an answer."""
        drive = self._drives.get(drive_id)
        if drive is None:
            return []
        self._forget(drive, names_are_late=True)
        finished = drive.finished(Outcome.REFUSED, frame=frame, deviations=deviations)
        return [finished] if drive.owed or drive.names else []

    def interrupt(self) -> list[Event]:
        """Ends whatever has been sent entirely; what still comes of it is late (ALI-E33)."""
        return [event for drive in self._open() if drive.complete for event in self._drop(drive, Outcome.INTERRUPTED)]

    def lose(self) -> list[Event]:
        """Ends everything: no frame will come any more."""
        return [event for drive in self._open() for event in self._drop(drive, Outcome.LOST)]

    def recover(self) -> list[Event]:
        """Ends whatever has been sent entirely: the line broke, and what was under way is lost (ALI-E48).

        Nothing of it comes any more, so that what comes without a name belongs to what is sent from now on.
        """
        complete = [drive for drive in self._open() if drive.complete]
        self._nameless.clear()
        events = [event for drive in complete for event in self._drop(drive, Outcome.LOST)]
        self._nameless.clear()
        return events

    def abandon(self, drive_id: str) -> bool:
        """Stops waiting for one drive; whether there was one to stop waiting for."""
        drive = self._drives.get(drive_id)
        if drive is None:
            return False
        self._forget(drive, names_are_late=True)
        return True

    # --- matching ---

    def _match(self, reply: DriveReply) -> Drive | None:
        name = reply.message_id
        if name in self._answering:
            return self._answering[name]
        if name in self._drives:
            return self._bind(self._drives[name], name)
        late = self._over.get(name)
        if late:
            self._nameless.pop(name, None)
            return None
        bare_end = reply.finish and not (reply.content or reply.related_images or reply.related_videos)
        if bare_end and late is False:
            return None
        if bare_end and self._nameless:
            # Servers may end the answer of an interrupted drive this way (ALI-E33).
            del self._nameless[next(iter(self._nameless))]
            return None
        drive = self._next()
        if drive is not None:
            return self._bind(drive, name)
        if late is False:
            return None
        if self._nameless:
            if name:
                del self._nameless[next(iter(self._nameless))]
                self._remember(name, late=True)
            return None
        return self._bind(Drive("", AnswerKind.UNASKED, owed=False), name)

    def _next(self) -> Drive | None:
        waiting = (drive for drive in self._drives.values() if not drive.names)
        return min(waiting, key=lambda drive: (not drive.complete, not drive.owed), default=None)

    def _bind(self, drive: Drive, name: str) -> Drive:
        drive.names[name] = None
        self._answering[name] = drive
        if drive.kind is AnswerKind.UNASKED:
            unasked = [name for name, other in self._answering.items() if other.kind is AnswerKind.UNASKED]
            for old in unasked[:-MOST_UNSURE]:
                del self._answering[old]
        return drive

    # --- forgetting ---

    def _open(self) -> Iterator[Drive]:
        yield from list(self._drives.values())
        yield from [drive for drive in self._answering.values() if drive.kind is AnswerKind.UNASKED]

    def _drop(self, drive: Drive, outcome: Outcome) -> list[Event]:
        """Forgets a drive whose answer may yet come."""
        self._forget(drive, names_are_late=True)
        if not any(drive.names):
            self._nameless[drive.id] = None
            if len(self._nameless) > MOST_UNSURE:
                del self._nameless[next(iter(self._nameless))]
        return [drive.finished(outcome)] if drive.owed or drive.names else []

    def _forget(self, drive: Drive, *, names_are_late: bool) -> None:
        self._drives.pop(drive.id, None)
        for name in drive.names:
            self._answering.pop(name, None)
            if name != drive.id:
                self._remember(name, late=names_are_late)
        self._remember(drive.id, late=True)

    def _remember(self, name: str, *, late: bool) -> None:
        if not name:
            return
        self._over.pop(name, None)
        self._over[name] = late
        if len(self._over) > MOST_REMEMBERED:
            del self._over[next(iter(self._over))]


def _outcome(reply: DriveReply, fits: bool) -> Outcome | None:
    """How a packet ends its answer; None when it does not."""
    if not reply.success:
        # There is nothing more to say, whether it is called the last packet or not (ALI-E29).
        return Outcome.REFUSED
    if reply.finish:
        return Outcome.COMPLETE
    return None if fits else Outcome.TRUNCATED
