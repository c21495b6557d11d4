"""``avatarwire serve --replay``: the file that it names, and what is printed at the end. Options are in ``cli.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatarwire.codecs.cli import fail
from avatarwire.codecs.errors import AvatarwireError, printable
from avatarwire.fakeserver.vendors import VENDORS

if TYPE_CHECKING:
    from avatarwire.fakeserver.server import FakeServer
    from avatarwire.fakeserver.trace import Trace

__all__ = ["ToReplay", "tell_replayed", "to_replay"]


@dataclass(frozen=True)
class ToReplay:
    """What is to be replayed.

    Attributes:
        path: of the trace.
        trace: what is in it.
        known_vendors: whose messages it has.
    """

    path: Path
    trace: Trace
    known_vendors: list[str]


def to_replay(path: Path) -> ToReplay:
    """Reads the file of ``--replay``; ends the command where it cannot be replayed."""
    from avatarwire.fakeserver.replay.source import replay_of, vendors_of

    try:
        trace = replay_of(path)
    except AvatarwireError as error:
        fail(f"--replay {error}")
    known = [name for name in vendors_of(trace) if name in VENDORS]
    if not known:
        fail(f"--replay {path}: it has no messages, so that there is nothing to replay")
    return ToReplay(path, trace, known)


def tell_replayed(fakes: Mapping[str, FakeServer]) -> None:
    """Prints what was replayed."""
    for name, fake in fakes.items():
        if fake.replayed is not None:
            for line in f"replayed {name}: {fake.replayed}".splitlines():
                print(printable(line), flush=True)
