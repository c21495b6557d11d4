"""What each type of toxic does to one stream of one connection.

Each is a generator that is told what comes and says what it waits for; bytes it gives to its `Output`. Only that lives
here: no socket, no timer, no task. Those who run them are in `stage.py`.

Source: Toxiproxy 2, directory ``toxics``, whose behaviour these follow, that of removal included.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

__all__ = ["ACTIONS", "TAKE", "Action", "Answer", "Chunk", "Output", "Signal", "Wait"]

_MILLI: Final = 1e-3
_MICRO: Final = 1e-6
_TICKS: Final = 10
"""Times a second at which a slow line gives out pieces of what it cannot give out at once."""
_KILOBYTE: Final = 1000


@dataclass(slots=True)
class Chunk:
    """Bytes that came together.

    Attributes:
        data: they.
        at: when they came, moved on by what has delayed them on purpose.
    """

    data: bytes
    at: float


class Signal(Enum):
    """What a toxic is told beside bytes."""

    END = "the stream has ended"
    DUE = "the time is over"
    REMOVED = "the toxic is no longer there"


Answer: TypeAlias = Chunk | Signal
Wait: TypeAlias = tuple[bool, float | None]
"""Whether bytes and the end of the stream are taken meanwhile, and for how many seconds to wait; None: any time."""
Action: TypeAlias = Generator[Wait, Answer, None]

TAKE: Final[Wait] = (True, None)


class Output(Protocol):
    """Where an action's bytes go, and what it can do to the connection."""

    def put(self, data: bytes, at: float) -> None:
        """Gives bytes on; none are ignored."""
        ...

    def close(self) -> None:
        """Ends the stream, and with it the connection, once what was put is out."""
        ...

    def reset(self) -> None:
        """Resets the connection."""
        ...

    def acts(self) -> None:
        """Something is done to the connection; noted once."""
        ...

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    @property
    def rng(self) -> random.Random:
        """What chance there is comes from it."""
        ...


Attributes: TypeAlias = Mapping[str, int]


def _latency(given: Attributes, out: Output) -> Action:
    jitter = given["jitter"]
    while isinstance(chunk := (yield TAKE), Chunk):
        delay = given["latency"] + (out.rng.randrange(2 * jitter) - jitter if jitter else 0)
        wait = delay * _MILLI - (out.now() - chunk.at)
        chunk.at += wait
        removed = False
        if wait > 0:
            out.acts()
            removed = (yield False, wait) is Signal.REMOVED
        out.put(chunk.data, chunk.at)
        if removed:
            return


def _bandwidth(given: Attributes, out: Output) -> Action:
    rate = given["rate"] * _KILOBYTE
    at_once = rate // _TICKS
    owed = 0.0
    while isinstance(chunk := (yield TAKE), Chunk):
        out.acts()
        data, began = chunk.data, out.now()
        if not rate:
            yield False, None  # until it is removed
            out.put(data, chunk.at)
            return
        owed += len(data) / rate
        while len(data) > at_once:
            if (yield False, 1 / _TICKS) is Signal.REMOVED:
                out.put(data, chunk.at)
                return
            out.put(data[:at_once], chunk.at)
            data = data[at_once:]
        removed = (yield False, owed - (out.now() - began)) is Signal.REMOVED
        # Timers are late by a little, which is made up for by the next.
        owed -= out.now() - began
        out.put(data, chunk.at)
        if removed:
            return


def _slow_close(given: Attributes, out: Output) -> Action:
    while isinstance(answer := (yield TAKE), Chunk):
        out.put(answer.data, answer.at)
    if answer is Signal.END:
        out.acts()
        yield False, given["delay"] * _MILLI


def _timeout(given: Attributes, out: Output) -> Action:
    limit = given["timeout"] * _MILLI or None
    # Data is dropped, and what is dropped begins the time anew.
    while isinstance((yield True, limit), Chunk):
        out.acts()
    out.acts()
    out.close()


def _reset_peer(given: Attributes, out: Output) -> Action:
    if (yield TAKE) is Signal.REMOVED:
        return
    out.acts()
    # What came is lost, so a removal cannot save the connection.
    yield False, given["timeout"] * _MILLI
    out.reset()


def _slicer(given: Attributes, out: Output) -> Action:
    delay = given["delay"] * _MICRO
    while isinstance(chunk := (yield TAKE), Chunk):
        data, begin = chunk.data, 0
        for end in _cuts(0, len(data), given["average_size"], given["size_variation"], out.rng):
            if end < len(data):
                out.acts()
            out.put(data[begin:end], chunk.at)
            begin = end
            if delay and (yield False, delay) is Signal.REMOVED:
                out.put(data[begin:], chunk.at)
                return


def _cuts(begin: int, end: int, size: int, variation: int, rng: random.Random) -> list[int]:
    """The ends of pieces of about the same size."""
    if end - begin - size <= variation:
        return [end]
    middle = begin + (end - begin) // 2
    if variation:
        middle += rng.randrange(2 * variation) - variation
    return _cuts(begin, middle, size, variation, rng) + _cuts(middle, end, size, variation, rng)


def _limit_data(given: Attributes, out: Output) -> Action:
    left = given["bytes"]
    while isinstance(chunk := (yield TAKE), Chunk):
        out.put(chunk.data[:left], chunk.at)
        left -= len(chunk.data)
        if left <= 0:
            out.acts()
            out.close()
            return


ACTIONS: Final[Mapping[str, Callable[[Attributes, Output], Action]]] = MappingProxyType(
    {
        "latency": _latency,
        "bandwidth": _bandwidth,
        "slow_close": _slow_close,
        "timeout": _timeout,
        "reset_peer": _reset_peer,
        "slicer": _slicer,
        "limit_data": _limit_data,
    }
)
"""By type of toxic."""
