"""A recording for other processes: until a signal ends it, announced by a ready file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from avatarwire.codecs.output_files import OutputFile
from avatarwire.fakeserver.record.recording import Recording
from avatarwire.fakeserver.serving import announced, signals

__all__ = ["run"]


async def run(
    recording: Recording, ready: OutputFile | None, more: Mapping[str, Any], *, started: Callable[[], object]
) -> None:
    """Records until SIGINT, SIGTERM or SIGHUP.

    Args:
        recording: that does not run yet.
        ready: file that announces it as long as it runs, as JSON; one of an earlier run is removed at once.
        more: members of that file beside those of the vendor, such as ``control``.
        started: called once it accepts connections.

    Raises:
        RecordError: it cannot be started.
        OutputError: a file cannot be written.
    """
    if ready is not None:
        # A client that waits for the file would otherwise read of ports that are gone.
        ready.clear()
    stop = asyncio.Event()
    with signals(stop.set):
        async with recording:
            with announced(ready, {recording.vendor: dict(recording.ready), **more}):
                started()
                await stop.wait()
