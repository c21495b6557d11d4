"""What a snapshot has of the rules of a fake: each with its counts, and what is by chance or by time."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from avatarwire.fakeserver.snapshot import Count, Moment, RandomState, Saved

__all__ = ["SavedFaults", "SavedRule"]


class SavedRule(Saved):
    """One rule.

    Attributes:
        id: what it goes by.
        rule: what it says, as the control endpoint takes it.
        matched, acted: how often it has.
    """

    id: Annotated[str, Meta(min_length=1)]
    rule: dict[str, Any]
    matched: Count
    acted: Count


class SavedFaults(Saved):
    """All of them.

    Attributes:
        rules: in order.
        last: number of the last rule that was given.
        since: when the fake had started, from which `after` and `until` of a rule count.
        random: what is by chance.
        silent: sessions and topics on which nothing comes any more.
    """

    rules: list[SavedRule]
    last: Count
    since: Moment
    random: RandomState
    silent: list[str]
