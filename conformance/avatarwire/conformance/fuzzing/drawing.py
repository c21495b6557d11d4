"""The next step, drawn by Hypothesis: mostly what leads on, so that sessions begin, and something is said in them.

Whoever draws has to allow nested drawing (`HealthCheck.nested_given`), as messages are drawn some dozens at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from avatarwire.codecs import catalogue

from ..probing.freedoms import Allowed
from ..strategies import corrupted
from .ground import Ground, ground_of
from .junk import http_junk, invented, mqtt_junk, socket_junk
from .player import FORMS, RIGHT_FORMS
from .samples import BLOCKS, SIZE, samples
from .steps import Do, Sort, State, Step

__all__ = ["drawn_step"]

_WAITS: Final = (*[0.1] * 4, *[1.0] * 5, *[10.0] * 4, *[31.0] * 2, *[61.0] * 2, *[200.0] * 2, 3700.0)
_FILLS: Final = (1, 1, 1, 1, 1, 1, 1, 2, 3, 0)
_VALID: Final[tuple[Sort, ...]] = ("valid",)
_VARIANTS: Final[tuple[Sort, ...]] = ("valid", "valid", "variant")
_ANYTHING: Final[tuple[Sort, ...]] = (
    "valid", "valid", "valid", "valid", "valid", "mutation", "mutation", "mutation", "variant", "variant", "corrupt",
    "invented",
)  # fmt: skip
_SORTS: Final[Mapping[Allowed, tuple[Sort, ...]]] = {
    "documented": _VALID,
    "errata": _VARIANTS,
    "faults": _VARIANTS,
    "hostile": _ANYTHING,
}
_BAD: Final = ("faults", "hostile")
"""What allows a bad network."""
_SETTINGS: Final = (0, 0, 1, 2, 3)
"""How many tunables have another value."""
_OTHERS: Final = 31
"""One message in so many is of another block than the first."""
_FEW: Final = 4
"""Messages on connections, so few that calls are more often made."""
_BACK: Final = 3
"""Where there is a snapshot, it is put in so often, and another one taken once."""
_SELDOM: Final = 4
"""One raw piece in so many is sent slowly, and one call in so many in another form."""


def _weights(**weights: int) -> tuple[Do, ...]:
    found: list[Any] = [do for do, weight in weights.items() for _ in range(weight)]
    return tuple(found)


_NOBODY: Final = _weights(start=14, call=5, raw=2, wait=1, receive=1)


@cache
def _unconnected(vendor: str) -> tuple[Do, ...]:
    return _weights(connect=12, start=2, call=_calls(vendor), raw=2, wait=2, command=1, receive=1, snapshot=1)


@cache
def _connected(vendor: str) -> tuple[Do, ...]:
    calls = _calls(vendor)
    return _weights(
        send=30 - calls, call=calls, connect=3, start=3, raw=3, wait=4, command=4, close=1, receive=1, snapshot=2
    )


def _calls(vendor: str) -> int:
    """How often there is a call: more often where there is little to be said on connections."""
    return 8 if len(set(_messages(vendor).said)) > _FEW else 20


class _Messages(NamedTuple):
    """What a client may send.

    Attributes:
        calls, said: catalogue ids, over HTTP and on connections; some stand there several times.
    """

    calls: tuple[str, ...]
    said: tuple[str, ...]


@cache
def _ground(vendor: str) -> Ground:
    return ground_of(vendor)


@cache
def _messages(vendor: str) -> _Messages:
    known = catalogue.vendor(vendor)
    often = _ground(vendor).often
    calls: list[str] = []
    said: list[str] = []
    for id_, entry in known.entries.items():
        if entry.kind == "request" and entry.sender != "server":
            calls += [id_] * often.get(id_, 1)
        elif entry.kind == "message" and entry.sender != "server":
            said += [id_] * often.get(id_, 1)
    return _Messages(tuple(calls), tuple(said))


def drawn_step(draw: Any, state: State) -> Step:
    """The next step of a game.

    Args:
        draw: of Hypothesis.
        state: what there is to go on with, as `Game.state` tells, and what may be done.
    """
    if not state.steps and (first := _set(draw, state)) is not None:
        return first
    pool = _NOBODY
    if state.sessions:
        pool = _connected(state.vendor) if state.connections else _unconnected(state.vendor)
    do: Do = draw(st.sampled_from(pool))
    step: Step = _DRAWN[do](draw, state)
    return step


def _set(draw: Any, state: State) -> Step | None:
    settings = _ground(state.vendor).settings
    count = draw(st.sampled_from(_SETTINGS))
    names = draw(st.lists(st.sampled_from(sorted(settings)), min_size=count, max_size=count, unique=True))
    tunables: dict[str, Any] = {name: draw(st.sampled_from(settings[name])) for name in names}
    if draw(st.booleans()):
        tunables["strict"] = False
    return Step("set", text=json.dumps(tunables)) if tunables else None


def _start(draw: Any, state: State) -> Step:
    return Step("start", how=_way(draw, state, "start"))


def _connect(draw: Any, state: State) -> Step:
    return Step("connect", how=_way(draw, state, "connect"), which=draw(_WHICH))


def _call(draw: Any, state: State) -> Step:
    message = draw(st.sampled_from(_messages(state.vendor).calls))
    forms = FORMS if state.allowed in _BAD else RIGHT_FORMS
    how = draw(st.sampled_from(forms)) if draw(st.integers(0, _SELDOM)) == 0 else _way(draw, state, "call")
    return _with_message(draw, state, "call", message, how)


def _send(draw: Any, state: State) -> Step:
    said = _messages(state.vendor).said
    return _with_message(draw, state, "send", draw(st.sampled_from(said)), "") if said else _wait(draw, state)


def _with_message(draw: Any, state: State, do: Do, message: str, how: str) -> Step:
    sort: Sort = draw(st.sampled_from(_SORTS[state.allowed]))
    kind: Sort = sort if sort in ("mutation", "variant") else "valid"
    number: int = draw(_BLOCK)
    block = samples(state.vendor, message, kind, number)
    index: int = draw(_INDEX)
    sample = block[index % len(block)]
    data = sample.data
    if sort == "invented":
        head = _ground(state.vendor).player.head if do == "send" else 0
        data = data[:head] + draw(invented())
    elif sort == "corrupt":
        data = draw(corrupted(data))
    return Step(
        do,
        message=message,
        data=data.hex(),
        how=how,
        which=draw(_WHICH),
        fill=draw(st.sampled_from(_FILLS)),
        sort=sort if sort in ("invented", "corrupt") else sample.sort,
        clause=sample.clause,
        path=sample.path,
        label=sample.label,
    )


def _raw(draw: Any, state: State) -> Step:
    if state.allowed != "hostile":
        return _wait(draw, state)
    where: str = draw(st.sampled_from(("open", "open", "http", "mqtt") if state.connections else ("http", "mqtt")))
    which: int = draw(_WHICH)
    if where == "mqtt" and not _ground(state.vendor).has_broker:
        where = "http"
    sort: str = where
    if where == "open":
        sort = state.connections[-1 - which % len(state.connections)]
    junk = {"mqtt": mqtt_junk(), "http": http_junk(), "tcp": http_junk() | mqtt_junk()}.get(sort, socket_junk())
    slowly = 1.0 if draw(st.integers(0, _SELDOM)) == 0 else 0.0
    return Step("raw", how=where, which=which, data=draw(junk).hex(), seconds=slowly)


def _close(draw: Any, state: State) -> Step:
    hows = ("", "abort") if state.allowed in _BAD else ("",)
    return Step("close", how=draw(st.sampled_from(hows)), which=draw(_WHICH))


def _wait(draw: Any, state: State) -> Step:
    del state
    return Step("wait", seconds=draw(st.sampled_from(_WAITS)))


def _command(draw: Any, state: State) -> Step:
    commands = _ground(state.vendor).commands
    name = draw(st.sampled_from(sorted(commands)))
    arguments: Mapping[str, Any] = draw(st.sampled_from(commands[name]))
    return Step("command", message=name, text=json.dumps(arguments) if arguments else "", which=draw(_WHICH))


def _receive(draw: Any, state: State) -> Step:
    ways = _ground(state.vendor).ways.get("receive")
    if not ways or state.allowed not in _BAD:
        return _wait(draw, state)
    return Step("receive", how=draw(st.sampled_from(ways)))


def _snapshot(draw: Any, state: State) -> Step:
    if state.allowed not in _BAD:  # putting one in ends all connections
        return _wait(draw, state)
    return Step("restore" if state.is_saved and draw(st.integers(0, _BACK)) else "snapshot")


def _way(draw: Any, state: State, do: str) -> str:
    ways = _ground(state.vendor).ways[do]
    way: str = draw(st.sampled_from(ways)) if state.allowed == "hostile" else ways[0]
    return way


_BLOCK: Final = st.integers(0, _OTHERS).flatmap(lambda it: st.just(0) if it else st.integers(0, BLOCKS - 1))
"""Mostly the first, as drawing another one takes a while."""
_INDEX: Final = st.integers(0, SIZE - 1)
_WHICH: Final = st.sampled_from((0, 0, 0, 0, 0, 0, 1, 1, 2, 3))

_DRAWN: Final[Mapping[Do, Any]] = {
    "start": _start,
    "connect": _connect,
    "call": _call,
    "send": _send,
    "raw": _raw,
    "close": _close,
    "wait": _wait,
    "command": _command,
    "receive": _receive,
    "snapshot": _snapshot,
    "restore": _snapshot,
    "set": _wait,
}
