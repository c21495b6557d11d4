"""What a mutant is: a fake, or a client, that is broken in one named way, and what shows that this crossed the wire.

    Mutant("start_without_url", "StartAvatarSession gives no webSocketUrl.", "ALI-R024",
           "http.start.gives_session", faults=[remove("StartAvatarSession.response", "webSocketUrl")])

A rule of faults is its own witness: the journal says that it has acted. Whoever changes a tunable of the fake, or has
its behaviour patched, says by what in the journal that is seen (`witnesses.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

__all__ = ["Mutant", "Witness", "drop", "duplicate", "fault_acted", "mutant", "noted", "remove", "set_to"]

Witness: TypeAlias = Callable[[Sequence[Any]], object]
"""Whether the effect of a mutant is seen in what a fake's journal has of one case: entries, in order."""

_FAULT: Final = "fault"
"""What a fake's journal calls it that a rule has acted."""
_NOTED: Final = "mutant"
"""What it calls it that a patch has done something else than the fake does."""


def fault_acted(entries: Sequence[Any]) -> bool:
    """Whether a rule of faults has done something to a message."""
    return any(it.message == _FAULT and "unchanged" not in it.meta for it in entries)


def noted(entries: Sequence[Any]) -> bool:
    """Whether a patch of the fake has noted that it does something else than the fake does."""
    return any(it.message == _NOTED for it in entries)


@dataclass(frozen=True)
class Mutant:
    """A fake that is broken in one way.

    Attributes:
        id: vendor first, then its name: ``aliyun.start_without_url``.
        vendor: whose fake.
        title: what it does, in a sentence.
        clauses: that it breaks.
        cases: ids of those that have to be tried on it.
        witness: whether its effect is seen.
        tunables: of the fake's scenario.
        faults: rules of the fake.
        patch: name of the fake's own mutant; empty for none.
    """

    id: str
    vendor: str
    title: str
    clauses: tuple[str, ...]
    cases: tuple[str, ...]
    witness: Witness = field(repr=False)
    tunables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    faults: tuple[Mapping[str, Any], ...] = ()
    patch: str = ""


def mutant(
    vendor: str,
    name: str,
    title: str,
    clauses: str,
    cases: str,
    *,
    witness: Witness | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
    patch: str = "",
    **tunables: Any,
) -> Mutant:
    """A mutant of a vendor's fake.

    Args:
        vendor, name: its id.
        title: what it does, in a sentence.
        clauses: that it breaks, with spaces between them.
        cases: ids of those that have to find it, without the vendor, with spaces between them.
        witness: whether its effect is seen in what the journal has of one case; None where rules of faults show that.
        faults: rules.
        patch: name of the fake's own mutant.
        tunables: of the fake's scenario.

    Raises:
        ValueError: nobody could say that its effect is seen.
    """
    if witness is None and not faults:
        raise ValueError(f"{vendor}.{name}: what shows its effect?")
    return Mutant(
        f"{vendor}.{name}",
        vendor,
        title,
        tuple(clauses.split()),
        tuple(f"{vendor}.{case}" for case in cases.split()),
        witness or fault_acted,
        MappingProxyType(tunables),
        tuple(faults),
        patch,
    )


# --- rules ---


def drop(message: str, **more: Any) -> dict[str, Any]:
    """A rule by which a message never comes."""
    return {"message": message, "do": "drop", **more}


def duplicate(message: str, **more: Any) -> dict[str, Any]:
    """A rule by which a message comes twice."""
    return {"message": message, "do": "duplicate", **more}


def remove(message: str, *paths: str, **more: Any) -> dict[str, Any]:
    """A rule by which members are missing."""
    return {"message": message, "do": "remove", "fields": list(paths), **more}


def set_to(message: str, fields: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A rule by which members have other values."""
    return {"message": message, "do": "set", "fields": dict(fields), **more}
