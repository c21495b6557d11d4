"""Has what a fake's journal takes in written into a trace, as it happens.

Only the step from a journal's entry to one of a trace lives here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from avatarwire.codecs.installed import installed_version
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.faults.acts import FAULT
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Entry, finding_json, plain_value
from avatarwire.fakeserver.trace.format import TraceMeta
from avatarwire.fakeserver.trace.writing import TraceWriter

__all__ = ["Traced", "fields_of", "following", "tracing"]

_REMEMBERED: Final = 100_000
"""Entries that a later one may say it answers."""


class Traced(Protocol):
    """A fake, as far as traces know it."""

    @property
    def journal(self) -> Journal:
        """What it has seen."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...


@contextmanager
def tracing(
    path: str | Path,
    *fakes: Traced,
    title: str = "",
    source: str = "code",
    with_secrets: bool = False,
    option: str = "",
) -> Generator[TraceWriter]:
    """Writes everything into a trace that crosses the wires of some fakes meanwhile.

    Begin it before they start, and it has all of what they see::

        with tracing("run.avtrace", fake), fake: ...

    Args:
        path: of the trace; until the end it is ``PATH.part``.
        fakes: which.
        title: what it is about.
        source: what writes it.
        with_secrets: whether secrets stay as they are.
        option: of a command that has named the path, for errors.

    Raises:
        OutputError: it cannot be written, or cannot be any more since some time.
    """
    meta = TraceMeta(
        avatarwire=installed_version(),
        vendors=tuple(fake.journal.vendor for fake in fakes),
        source=source,
        started=min((fake.clock.now() for fake in fakes), default=0.0),
        title=title,
        with_secrets=with_secrets,
    )
    writer = TraceWriter(path, meta, option=option)
    with ExitStack() as until:
        until.callback(writer.close)
        for fake in fakes:
            until.enter_context(following(fake.journal, writer, with_secrets=with_secrets))
        yield writer


@contextmanager
def following(journal: Journal, writer: TraceWriter, *, with_secrets: bool = False) -> Generator[None]:
    """Writes everything down that a journal takes in meanwhile.

    Args:
        journal: of a fake.
        writer: of the trace.
        with_secrets: whether secrets stay as they are.
    """
    numbers: OrderedDict[int, int] = OrderedDict()

    def keep(entry: Entry, data: bytes | None) -> None:
        is_audio = entry.audio is not None
        number = writer.add(data, inline=not is_audio, **fields_of(entry, numbers.get(entry.reply_to, 0)))
        numbers[entry.seq] = number
        if len(numbers) > _REMEMBERED:
            numbers.popitem(last=False)

    with journal.tapped(keep, with_secrets=with_secrets):
        yield


def fields_of(entry: Entry, reply_to: int) -> dict[str, Any]:
    """What an entry of a journal says, as members of one of a trace.

    Args:
        entry: of the journal.
        reply_to: number of the entry in the trace that it answers.
    """
    meta: Any = plain_value(entry.meta)
    return {
        "time": entry.time,
        "transport": entry.transport,
        "direction": entry.direction,
        "connection": entry.connection,
        "vendor": entry.vendor,
        "message": entry.message,
        "session": entry.session,
        "reply_to": reply_to,
        "status": entry.status,
        "body": plain_value(entry.body),
        "deviations": entry.deviations,
        "violations": tuple(map(finding_json, entry.violations)),
        "fault": meta if entry.message == FAULT else None,
        "meta": {} if entry.message == FAULT else meta,
    }
