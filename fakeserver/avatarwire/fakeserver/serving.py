"""Fakes for other processes: several in one process, until a signal ends them, announced by a ready file.

What ``avatarwire serve`` does lives here, without its options (`cli.py`) and without printing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct
from avatarwire.fakeserver.journal.query import Search
from avatarwire.fakeserver.journal.written import written

if TYPE_CHECKING:
    from avatarwire.fakeserver.authority import Authority
    from avatarwire.fakeserver.control import Control
    from avatarwire.fakeserver.journal.entry import Entry
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["announced", "ready_content", "serve", "signals"]

Fakes: TypeAlias = "Mapping[str, FakeServer]"
Watch: TypeAlias = Callable[[str, str], None]

SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end it in order; a terminal that closes sends the last one, which Windows does not have."""


def ready_content(fakes: Fakes, control: Control | None) -> dict[str, Any]:
    """What the ready file says."""
    content: dict[str, Any] = {name: dict(fake.ready) for name, fake in fakes.items()}
    if control is not None:
        content["control"] = {"url": control.url, "token": control.token}
    return content


async def serve(
    fakes: Fakes,
    *,
    started: Callable[[], None],
    control: Control | None = None,
    ready: OutputFile | None = None,
    journal: OutputFile | None = None,
    trace: OutputFile | None = None,
    with_secrets: bool = False,
    watch: Watch | None = None,
    troubled: Callable[[OutputError], object] = str,
    authority: Authority | None = None,
) -> None:
    """Runs fakes until SIGINT, SIGTERM or SIGHUP.

    Args:
        fakes: servers that do not run yet, by vendor.
        started: called once all of them accept connections.
        control: the control endpoint; None for none.
        ready: file that announces them as long as they run, as JSON; one of an earlier run is removed at once.
        journal: takes the journals as NDJSON, each entry as it is made.
        trace: takes everything that crosses the wires, as a trace that can be shown, compared and exported.
        with_secrets: whether secrets stay in the trace as they are.
        watch: called with a vendor and, in one line, each significant entry of its journal.
        troubled: called at once, in another thread, when the journal cannot be written any more; the fakes go on.
        authority: has made their certificates, where they have such; open while they run.

    Raises:
        FakeServerError: one cannot be started, or the control endpoint cannot; none runs then.
        OutputError: a file cannot be written, or is none. No fake has run then, unless the disk has filled up later
            on; of the journal that is told at the end.
    """
    _prepare(ready, journal, trace, None if authority is None else authority.file)
    stop = asyncio.Event()
    with signals(stop.set):
        async with AsyncExitStack() as running:
            if journal is not None:
                journals = [fake.journal for fake in fakes.values()]
                running.enter_context(written(journals, journal, troubled))
            if trace is not None:
                from avatarwire.fakeserver.trace import tracing

                about: dict[str, Any] = {"source": "serve", "with_secrets": with_secrets, "option": trace.option}
                running.enter_context(tracing(trace.path, *fakes.values(), **about))
            if authority is not None:
                running.enter_context(authority)
            for fake in fakes.values():
                await running.enter_async_context(fake)
            if control is not None:
                await control.start()
                running.push_async_callback(control.stop)
            watchers = (
                []
                if watch is None
                else [asyncio.create_task(_watch(name, fake, watch)) for name, fake in fakes.items()]
            )
            with announced(ready, ready_content(fakes, control)):
                started()
                await stop.wait()
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)


def _prepare(
    ready: OutputFile | None, journal: OutputFile | None, trace: OutputFile | None, ca_file: OutputFile | None
) -> None:
    """Refuses what cannot be written while nothing has happened yet, and clears away what an earlier run has left."""
    outputs = [output for output in (ready, journal, trace, ca_file) if output is not None]
    for output in outputs:
        output.check()
    check_distinct(outputs)
    if journal is not None:
        journal.create()
    for standing in (ready, ca_file):
        # A client that waits for a file would otherwise read of ports that are gone, or trust somebody who is.
        if standing is not None:
            standing.clear()


@contextmanager
def signals(stop: Callable[[], None]) -> Generator[None]:
    """Calls `stop` in the loop when the process is asked to end, however often."""
    loop = asyncio.get_running_loop()
    with ExitStack() as undo:
        for name in SIGNALS:
            number = getattr(signal, name, None)
            # What is to outlive its terminal (`nohup`) is started with this one ignored.
            if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                continue
            try:
                loop.add_signal_handler(number, stop)
                undo.callback(loop.remove_signal_handler, number)
            except NotImplementedError:  # pragma: no cover - Windows, where loops do not take signals
                before = signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
                undo.callback(signal.signal, number, before)
        yield


def announced(ready: OutputFile | None, content: Mapping[str, Any]) -> AbstractContextManager[None]:
    """The ready file, as long as the block runs; it holds credentials."""
    if ready is None:
        return nullcontext()
    return ready.standing(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


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
