"""Who makes an HTTP call, and what is noticed while it is carried out. Only this value lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.scenario import AccountFixture

__all__ = ["Caller"]


@dataclass(slots=True)
class Caller:
    """One caller.

    Attributes:
        account: whose access token it has; the first account where none is needed.
        headers: of the call, names in lower case.
        violations: rules that the call breaks.
        notes: what the journal should say beside it.
    """

    account: AccountFixture
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    violations: list[Violation] = field(default_factory=list[Violation])
    notes: dict[str, str] = field(default_factory=dict[str, str])
