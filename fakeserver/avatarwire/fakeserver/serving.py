"""Fakes for other processes: several in one process, until a signal ends them, announced by a ready file.

What ``avatarwire serve`` does lives here, without its options (`cli.py`) and without printing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeAlias

import msgspec

from avatarwire.fakeserver.search import Search
from avatarwire.fakeserver.vendors import VENDORS

if TYPE_CHECKING:
    from avatarwire.fakeserver.entry import Entry
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["facts", "ready_file", "serve"]

Fakes: TypeAlias = "Mapping[str, FakeServer]"
Watch: TypeAlias = Callable[[str, str], None]

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def facts(vendor: str, fake: FakeServer) -> dict[str, Any]:
    """What a client needs to know of a running fake."""
    return {name: getattr(fake, name) for name in VENDORS[vendor].ready}


async def serve(
    fakes: Fakes,
    *,
    started: Callable[[], None],
    ready_path: Path | None = None,
    journal: TextIO | None = None,
    watch: Watch | None = None,
) -> None:
    """Runs fakes until SIGINT or SIGTERM.

    Args:
        fakes: servers that do not run yet, by vendor.
        started: called once all of them accept connections.
        ready_path: file to announce them by, see `ready_file`.
        journal: takes the journals as NDJSON at the end.
        watch: called with a vendor and, in one line, each significant entry of its journal.

    Raises:
        FakeServerError: one cannot be started; none runs then.
        OSError: the ready file cannot be written.
    """
    stop = asyncio.Event()
    with _signals(stop.set):
        async with AsyncExitStack() as running:
            for fake in fakes.values():
                await running.enter_async_context(fake)
            watchers = (
                []
                if watch is None
                else [asyncio.create_task(_watch(name, fake, watch)) for name, fake in fakes.items()]
            )
            with ready_file(ready_path, {name: facts(name, fake) for name, fake in fakes.items()}):
                started()
                await stop.wait()
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
    if journal is not None:
        for fake in fakes.values():
            fake.journal.to_ndjson(journal)


@contextmanager
def _signals(stop: Callable[[], None]) -> Generator[None]:
    """Calls `stop` in the loop when the process is asked to end, however often."""
    loop = asyncio.get_running_loop()
    with ExitStack() as undo:
        for number in SIGNALS:
            try:
                loop.add_signal_handler(number, stop)
                undo.callback(loop.remove_signal_handler, number)
            except NotImplementedError:  # pragma: no cover - Windows, where loops do not take signals
                before = signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
                undo.callback(signal.signal, number, before)
        yield


@contextmanager
def ready_file(path: Path | None, content: Mapping[str, Any]) -> Generator[None]:
    """A file that is there, complete, as long as the block runs.

    It holds credentials, so only its owner may read it. It appears at once and whole; a file that was there before is
    replaced. At the end it is removed, unless somebody has written something else into it.

    Raises:
        OSError: it cannot be written.
    """
    if path is None:
        yield
        return
    data = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    _replace(path, data)
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_bytes() == data:
                path.unlink()


def _replace(path: Path, data: bytes) -> None:
    # Made readable for its owner only (0600), and in the same folder, as renaming is atomic within a file system.
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


async def _watch(vendor: str, fake: FakeServer, watch: Watch) -> None:
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    journal, origin = fake.journal, fake.clock.now()
    position = journal.mark()
    with journal.waiting(Search(None, {}), lambda: loop.call_soon_threadsafe(changed.set)) as waiter:
        while True:
            await changed.wait()
            changed.clear()
            waiter.woken = False
            entries, _ = journal.after(position)
            for entry in entries:
                position = entry.seq
                if _is_significant(entry):
                    watch(vendor, entry.line(origin))


def _is_significant(entry: Entry) -> bool:
    """Everything but audio that is in order: there is a lot of it."""
    return entry.audio is None or bool(entry.violations)
