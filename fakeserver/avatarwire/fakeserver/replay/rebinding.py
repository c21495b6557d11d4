"""A session that turns out to be another recorded one than was thought: several may have begun alike.

Only that change lives here; that it is made, ``finding.py`` says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

from avatarwire.fakeserver.replay.ids import Ids, leaves, parts_of
from avatarwire.fakeserver.replay.matching import fit
from avatarwire.fakeserver.replay.recording import Exchange, Recording
from avatarwire.fakeserver.replay.running import Run

__all__ = ["rebind", "same_so_far"]

_NOTHING: Final = object()


def same_so_far(run: Run, session: str, recording: Recording) -> list[tuple[Exchange, Exchange]] | None:
    """What has happened, and where it is in another recorded session; None where that has not all of it.

    Args:
        run: the session of a client.
        session: id of the other recorded one.
        recording: of the vendor.
    """
    here = [each for each in recording.exchanges if each.session == run.recorded and run.used.get(each.number)]
    there = [each for each in recording.exchanges if each.session == session]
    pairs: list[tuple[Exchange, Exchange]] = []
    for exchange in here:
        same = next((each for each in there if _alike(exchange, each)), None)
        if same is None:
            return None
        there.remove(same)
        pairs.append((exchange, same))
    return pairs


def rebind(
    run: Run, session: str, pairs: Sequence[tuple[Exchange, Exchange]], recording: Recording, rng: random.Random
) -> None:
    """Has a session run another recorded one from now on; ids that were handed out stay.

    Args:
        run: the session of a client.
        session: id of the other recorded one.
        pairs: what has happened, and where it is in that.
        recording: of the vendor.
        rng: where ids come from.
    """
    ids = run.ids
    handed_out = {there: ids.made[here] for here, there in _stand_for(run, session, pairs) if here in ids.made}
    used, connections = dict(run.used), dict(run.connections)
    run.recorded = session
    run.used.clear()
    run.progress.clear()
    ids.make(sorted(recording.made(session)), rng)
    for recorded, now in handed_out.items():
        ids.put(recorded, now)
    for here, there in pairs:
        run.used[there.number] = used[here.number]
        run.progress[there.key] = there.number
        if (connection := connections.get(here.entry.connection)) is not None:
            run.connections[there.entry.connection] = connection


def _alike(one: Exchange, other: Exchange) -> bool:
    return one.key == other.key and one.starts == other.starts and not fit(other, one.asked, Ids()).differs


def _stand_for(run: Run, session: str, pairs: Sequence[tuple[Exchange, Exchange]]) -> Iterator[tuple[str, str]]:
    yield from zip(parts_of(run.recorded), parts_of(session), strict=False)
    for here, there in pairs:
        for before, after in ((here.asked, there.asked), (_answered(here), _answered(there))):
            others = dict(leaves(after))
            for path, leaf in leaves(before):
                other: Any = others.get(path, _NOTHING)
                if isinstance(leaf, str) and isinstance(other, str):
                    yield from zip(parts_of(leaf), parts_of(other), strict=False)


def _answered(exchange: Exchange) -> Any:
    return None if exchange.answer is None else exchange.answer.entry.body
