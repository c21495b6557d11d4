"""Every action on every transport in each direction: it acts, and this is what the other side sees; or it is refused.

What is seen is written as words: ``first`` is the message as ever, ``other`` a changed one or something else in its
place, ``next`` the message behind it, ``later`` time on the fake's clock, ``closed`` and ``reset`` the end of the
connection, ``silent`` that nothing comes any more although it is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from avatarwire.fakeserver.faults import ACTIONS
from tests.fakeserver.aliyun.running import LIMIT
from tests.fakeserver.faults.exchanges import EXCHANGES
from tests.fakeserver.faults.matrix import PLACES, refusal, rule_of

SHORT: Final = 0.05
"""Real seconds in which nothing comes that would be there already."""

_CONNECTIONS: Final[Mapping[str, str]] = {"close": "closed", "reset": "reset", "hang": "silent"}

SEEN: Final[Mapping[str, Mapping[str, str]]] = {
    "http, in": {
        **_CONNECTIONS,
        "drop": "closed",
        "delay": "later first",
        "duplicate": "first",
        "set": "other",
        "remove": "other",
        "corrupt": "other",
        "truncate": "other",
        "replace": "other",
        "reject": "other",
        "answer": "other",
        "command": "first",
    },
    "http, out": {
        **_CONNECTIONS,
        "drop": "closed",
        "delay": "later first",
        "set": "other",
        "remove": "other",
        "corrupt": "other",
        "truncate": "other",
        "replace": "other",
        "reject": "other",
        "answer": "other",
        "command": "first",
    },
    "ws, in": {
        **_CONNECTIONS,
        "drop": "next",
        "delay": "later first next",
        "duplicate": "first first next",
        "reorder": "next first",
        "set": "other next",
        "remove": "other next",
        "corrupt": "other next",
        "truncate": "other next",
        "replace": "other next",
        "answer": "other next",
        "command": "first other closed",
    },
    "ws, out": {
        **_CONNECTIONS,
        "drop": "next",
        "delay": "later first next",
        "duplicate": "first first next",
        "reorder": "next first",
        "set": "other next",
        "remove": "other next",
        "corrupt": "other next",
        "truncate": "other next",
        "replace": "other next",
        "frame": "first next",
        "answer": "other next",
        "command": "first other closed",
    },
    "mqtt, in": {
        **_CONNECTIONS,
        "drop": "next",
        "delay": "later first next",
        "duplicate": "first other next",
        "reorder": "next first",
        "set": "other next",
        "remove": "other next",
        "corrupt": "next",
        "truncate": "next",
        "replace": "next",
        "reject": "other next",
        "answer": "other next",
        "command": "first other other",
    },
    "mqtt, out": {
        **_CONNECTIONS,
        "drop": "next",
        "delay": "later first next",
        "duplicate": "first first next",
        "reorder": "next first",
        "set": "other next",
        "remove": "other next",
        "corrupt": "other next",
        "truncate": "other next",
        "replace": "other next",
        "reject": "other next",
        "answer": "other next",
        "command": "first other other",
    },
    "callback, in": {},
    "callback, out": {
        "drop": "next",
        "delay": "later first next",
        "duplicate": "first first next",
        "reorder": "next first",
        "set": "other next",
        "remove": "other next",
        "corrupt": "other next",
        "truncate": "other next",
        "replace": "other next",
        "close": "later first next",
        "reset": "later first next",
        "hang": "silent",
        "answer": "other next",
        "command": "first next",
    },
    "handshake of a WebSocket": {**_CONNECTIONS, "drop": "closed", "delay": "later first", "reject": "other"},
    "handshake of MQTT": {**_CONNECTIONS, "drop": "silent", "delay": "later first", "reject": "other"},
}
"""What is seen where a rule acts on the first of two messages, by place and action."""

CELLS: Final = [(place, do) for place in PLACES for do in ACTIONS]


@pytest.mark.parametrize(("place", "do"), CELLS, ids=[f"{place}: {do}" for place, do in CELLS])
def test_a_rule_acts_or_is_refused(place: str, do: str) -> None:
    expected = SEEN[place].get(do)
    if expected is None:
        assert refusal(place, do)
        return
    words = expected.split()
    with EXCHANGES[place](rule_of(place, do)) as (fake, receive):
        for word in words:
            if word in ("later", "silent"):
                fake.journal.expect_sync("fault")
                assert receive(SHORT) is None
                if word == "later":
                    fake.advance(2)
            else:
                assert receive(LIMIT) == word
        if "next" in words:
            assert receive(SHORT) is None
        assert {entry.meta["do"] for entry in fake.journal.entries("fault")} == {do}
