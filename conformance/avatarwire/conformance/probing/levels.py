"""What a vendor may do at each level, in the words of deviations, and the level that a deviation needs.

Which tunables are open at which level, each vendor's `adversary.py` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from avatarwire.codecs import catalogue

from .choosing import HANDSHAKES
from .freedoms import LEVELS, Allowed, freedoms_of
from .plan import Deviation

__all__ = ["MESSAGES", "needed", "permits"]

_LATE: Final = ("delay:0.5", "delay:5")

MESSAGES: Final[Mapping[Allowed, Mapping[str, tuple[str, ...]]]] = {
    "documented": {
        "http": (*_LATE, "reject"),
        "ws": (*_LATE, "push"),
        "mqtt": (*_LATE, "push"),
        "callback": (*_LATE, "duplicate", "reorder"),
        "handshake": _LATE,
    },
    "errata": {"http": ("variant",), "ws": ("variant",), "mqtt": ("variant",), "callback": ("variant",)},
    "faults": {
        "http": ("drop", "delay:40", "delay:400", "reset", "hang", "status:500", "status:502", "status:503", "push"),
        "ws": (
            "drop", "duplicate", "duplicate:3", "delay:15", "delay:25", "delay:40", "delay:400", "reorder", "reorder:3",
            "close", "close:1000", "close:1001", "close:1012", "reset",
        ),
        "mqtt": (
            "drop", "duplicate", "duplicate:3", "delay:15", "delay:25", "delay:40", "delay:400", "reorder", "reorder:3",
            "close", "reset",
        ),
        "callback": ("drop", "delay:40", "reset"),
        "handshake": ("drop", "reset", "delay:40", "reject"),
    },
    "hostile": {
        "http": ("mutation", "corrupt:3", "truncate:10"),
        "ws": ("mutation", "corrupt:3", "truncate:0", "truncate:10", "truncate:30"),
        "mqtt": ("mutation", "corrupt:3", "truncate:0", "truncate:10", "truncate:30"),
        "callback": ("mutation",),
    },
}  # fmt: skip
"""Words, or kinds of words, by the level from which on they are permitted and what a message travels on."""


def permits(allowed: Allowed) -> tuple[Allowed, ...]:
    """The levels that a level has in it."""
    return LEVELS[: LEVELS.index(allowed) + 1]


def needed(vendor: str, tape: Iterable[Deviation]) -> Allowed | None:
    """The highest level that any deviation of a tape needs; None where there is no deviation."""
    places = [LEVELS.index(_needed(vendor, deviation)) for deviation in tape]
    return LEVELS[max(places)] if places else None


def _needed(vendor: str, deviation: Deviation) -> Allowed:
    freedoms = freedoms_of(vendor)
    if deviation.tunable:
        for option in freedoms.options:
            if option.name == deviation.tunable:
                return option.allowed
        return "documented"
    message, value = deviation.label.partition("#")[0], str(deviation.value)
    kind, _, rest = value.partition(":")
    known = catalogue.vendor(vendor)
    found = known[message].carrier.transport if message in known else None
    transport = "handshake" if message in HANDSHAKES else found or ""
    if kind == "delay" and _is_short(rest, freedoms.late):
        return "documented"
    for level in LEVELS:
        words = set(_words(level, transport))
        if value in words or kind in words or (level == "hostile" and kind in _HOSTILE):
            return level
    return "faults"


_HOSTILE: Final = ("mutation", "corrupt", "truncate")


def _words(level: Allowed, transport: str) -> Iterator[str]:
    of = MESSAGES[level]
    for name in (transport,) if transport else of:
        yield from of.get(name, ())


def _is_short(seconds: str, late: float) -> bool:
    try:
        return float(seconds) <= late
    except ValueError:
        return False
