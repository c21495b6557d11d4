"""The journals of some fakes in one file, written as things happen: however a process ends, what it has seen is there.

Only that writing lives here, in a thread of its own, so that no fake waits for a disk. What a line says is the
journal's; what the file may be is said in `output_files.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import Final

from avatarwire.codecs.output_files import OutputError, OutputFile
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.journal import Journal, line_of
from avatarwire.fakeserver.journal.query import Search, Waiter

__all__ = ["written"]

_LAST: Final = 5.0
"""Real seconds that a disk has at the end for what is left."""


@contextmanager
def written(
    journals: Iterable[Journal], output: OutputFile, troubled: Callable[[OutputError], object]
) -> Generator[None]:
    """Writes down what some journals take in, as NDJSON, as long as the block runs.

    The file begins with the header of each journal. Entries that have to make room before they are written are told of,
    as in any export.

    Args:
        journals: of fakes; what they hold already comes first.
        output: the file, which is emptied.
        troubled: called at once, in another thread, when it cannot be written; nothing more is written then.

    Raises:
        OutputError: it cannot be written, at the beginning or, told at the end of the block, later on.
    """
    followed = list(journals)
    with output.appending() as write:
        writer = _Writer(followed, write, troubled)
        write("".join(journal.ndjson_header() for journal in followed).encode())
        with ExitStack() as waiting:
            for journal in followed:
                writer.waiters.append(waiting.enter_context(journal.waiting(Search(None, {}), writer.wake)))
            writer.start()
            try:
                yield
            finally:
                trouble = writer.finish()
        if trouble is not None:
            raise trouble


class _Writer:
    """Writes what is new, whenever there is something.

    Args:
        journals: whose entries.
        write: takes the lines.
        troubled: told when that fails.

    Attributes:
        waiters: what wakes it.
    """

    def __init__(
        self, journals: list[Journal], write: Callable[[bytes], None], troubled: Callable[[OutputError], object]
    ) -> None:
        self._journals: Final = journals
        self._write: Final = write
        self._troubled: Final = troubled
        self._positions: Final = [0] * len(journals)
        self._changed: Final = threading.Event()
        self._changed.set()
        self._ending = False
        self._trouble: OutputError | None = None
        self._thread: Final = threading.Thread(target=self._run, name="journal file", daemon=True)
        self.waiters: Final[list[Waiter]] = []
        self.start: Final = self._thread.start
        self.wake: Final = self._changed.set

    def finish(self) -> OutputError | None:
        """Has the rest be written; what went wrong, if anything."""
        self._ending = True
        self._changed.set()
        self._thread.join(_LAST)
        return self._trouble

    def _run(self) -> None:
        while self._trouble is None:
            self._changed.wait()
            is_last = self._ending  # before looking: what comes after that has come too late
            self._changed.clear()
            for waiter in self.waiters:
                waiter.woken = False
            try:
                self._write(b"".join([line_of(entry).encode() for entry in self._new()]))
            except OutputError as trouble:
                self._trouble = trouble
                self._troubled(trouble)
            if is_last:
                return

    def _new(self) -> list[Entry]:
        found: list[Entry] = []
        for at, journal in enumerate(self._journals):
            entries = journal.entries(since=self._positions[at])
            if entries:
                self._positions[at] = entries[-1].seq
                found += entries
        return sorted(found, key=lambda entry: entry.time) if len(self._journals) > 1 else found
