"""What a mutant of a client is, and how cases are tried on it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from avatarwire.conformance.clients.talk import Talk
from avatarwire.conformance.judge import Outcome, WantedOfClient, run_client
from avatarwire.conformance.mutants.running import Tried, TriedCase
from avatarwire.conformance.suites import SUITES

__all__ = ["ClientMutant", "Witness", "client_mutant", "command", "judged", "tried"]

Witness: TypeAlias = Callable[[Talk], object]
"""Whether it is seen in a talk that the client did something wrong."""


@dataclass(frozen=True)
class ClientMutant:
    """A client that is broken in one way.

    Attributes:
        vendor: with whose fake it talks.
        name: of its class, ``MODULE:CLASS``.
        title: what it does, in a sentence.
        clauses: that it breaks.
        cases: ids of those that have to find it.
        witness: whether its fault is seen in a talk.
    """

    vendor: str
    name: str
    title: str
    clauses: tuple[str, ...]
    cases: tuple[str, ...]
    witness: Witness


def client_mutant(vendor: str, name: str, title: str, clauses: str, cases: str, witness: Witness) -> ClientMutant:
    """A mutant of a client.

    Args:
        vendor: such as ``aliyun``.
        name: of its class in ``tests.conformance.mutant_clients.<vendor>``, or ``MODULE:CLASS``.
        title: what it does, in a sentence.
        clauses: that it breaks, with spaces between them.
        cases: ids without ``aliyun.client.``, with spaces between them.
        witness: whether its fault is seen in a talk.
    """
    full = name if ":" in name else f"tests.conformance.mutant_clients.{vendor}:{name}"
    ids = tuple(f"{vendor}.client.{case}" for case in cases.split())
    return ClientMutant(vendor, full, title, tuple(clauses.split()), ids, witness)


def command(name: str) -> tuple[str, ...]:
    """What runs an adapter of that name as a program."""
    return (sys.executable, "-m", "avatarwire.conformance.clients.program", name)


def judged(vendor: str, name: str, ids: tuple[str, ...] = ()) -> Outcome:
    """What cases, all by default, say of a client."""
    suite = SUITES[vendor].client
    return run_client(WantedOfClient(vendor, command(name), [suite[id_] for id_ in ids or tuple(suite)]))


def tried(mutant: ClientMutant) -> Tried:
    """Tries the cases of a mutant on it."""
    suite = SUITES[mutant.vendor].client
    wanted = WantedOfClient(mutant.vendor, command(mutant.name), [suite[id_] for id_ in mutant.cases])
    outcome = run_client(wanted)
    cases = tuple(
        TriedCase(
            id=result.id,
            verdict=result.verdict,
            observed=result.observed[:500],
            witnessed=result.id in wanted.talks and bool(mutant.witness(wanted.talks[result.id])),
            clauses=result.clauses,
        )
        for result in outcome.results
    )
    return Tried(
        id=f"{mutant.vendor}.client.{mutant.name.rpartition(':')[2]}",
        vendor=mutant.vendor,
        title=mutant.title,
        clauses=mutant.clauses,
        cases=cases,
        side="client",
        seconds=outcome.summary.seconds,
    )
