"""What has to come about sometimes in a search for what breaks a client, or the search sees nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from .freedoms import Allowed, Freedoms
from .levels import permits
from .plan import Act, Deviation

__all__ = ["reached", "situations"]


class _Situation(NamedTuple):
    """A situation.

    Attributes:
        text: what has come about.
        allowed: from which level on it does.
        words: of deviations that bring it about, before their colon.
    """

    text: str
    allowed: Allowed
    words: tuple[str, ...] = ()


_SITUATIONS: Final[Mapping[str, _Situation]] = {
    "late": _Situation("a message came late", "documented", ("delay",)),
    "refused": _Situation("a call was refused", "documented", ("reject",)),
    "pushed": _Situation("the vendor said something of its own accord", "documented", ("push",)),
    "left_open": _Situation("what the document leaves open was another way", "documented"),
    "together": _Situation("several texts were said at once", "documented"),
    "paused": _Situation("nothing was asked for ten minutes", "documented"),
    "variant": _Situation("a message had a documented form that is not the ruled one", "errata", ("variant",)),
    "lost": _Situation("a message was lost", "faults", ("drop",)),
    "doubled": _Situation("a message came twice", "faults", ("duplicate",)),
    "out_of_order": _Situation("messages came out of order", "faults", ("reorder",)),
    "closed": _Situation("a connection was closed", "faults", ("close",)),
    "reset": _Situation("a connection was reset", "faults", ("reset",)),
    "silent": _Situation("a call was never answered", "faults", ("hang",)),
    "trouble": _Situation("a call was answered with a status of 500 or more", "faults", ("status",)),
    "outage": _Situation("nothing of one kind worked for a while", "faults"),
    "healed": _Situation("all healed after something had gone wrong", "faults"),
    "broken": _Situation("a message broke a rule", "hostile", ("mutation",)),
    "damaged": _Situation("a message was damaged", "hostile", ("corrupt", "truncate")),
}
_LONG: Final = 600.0


def situations(allowed: Allowed, freedoms: Freedoms) -> Mapping[str, str]:
    """The situations of a level that come about with a vendor: names, and what each says."""
    does = {act.do for flow in freedoms.flows.values() for act in flow}
    return {
        name: it.text
        for name, it in _SITUATIONS.items()
        if it.allowed in permits(allowed) and (name != "together" or "together" in does)
    }


def reached(workload: Iterable[Act], tape: Iterable[Deviation]) -> Iterator[str]:
    """Those that came about in a talk, by what the client was told to do and what the vendor did."""
    deviations = tuple(tape)
    words = {str(it.value).partition(":")[0] for it in deviations if not it.tunable}
    yield from (name for name, it in _SITUATIONS.items() if words.intersection(it.words))
    if any(it.tunable for it in deviations):
        yield "left_open"
    if any("-" in it.label.partition("#")[2] for it in deviations):
        yield "outage"
    acts = {act.do: act for act in workload}
    if "together" in acts:
        yield "together"
    if any(act.do == "pause" and act.seconds >= _LONG for act in workload):
        yield "paused"
    if "heal" in acts and words:
        yield "healed"
