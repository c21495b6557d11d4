"""Carries out the cases about clients on every mutant of a client, several at once, and says what survived."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from avatarwire.conformance.cli_options import seconds_of
from avatarwire.conformance.mutants.matrix import Matrix, matrix_of
from avatarwire.conformance.mutants.running import Tried
from avatarwire.conformance.suites import SUITES, VENDOR_NAMES

from .mutant import ClientMutant, tried

__all__ = ["main", "matrices", "mutants_of", "reasons_of"]

_AT_ONCE = 2
"""Mutants whose cases, four at a time, mostly wait."""


def mutants_of(vendor: str) -> tuple[ClientMutant, ...]:
    """Those of a vendor's clients."""
    mutants: tuple[ClientMutant, ...] = import_module(f"{__package__}.{vendor}").MUTANTS
    return mutants


def reasons_of(vendor: str) -> Mapping[str, str]:
    """Why cases cannot fail on any of them."""
    reasons: Mapping[str, str] = import_module(f"{__package__}.{vendor}").UNBREAKABLE
    return reasons


def matrices(vendors: Sequence[str], seconds: float | None = None, seed: int = 0) -> Iterator[Matrix]:
    """The matrix of each vendor.

    Args:
        vendors: which.
        seconds: real ones after which none is begun; None to try all.
        seed: of the order in which a sample is tried.
    """
    for vendor in vendors:
        chosen = list(mutants_of(vendor))
        end = None if seconds is None else time.monotonic() + seconds / len(vendors)
        if end is not None:
            random.Random(seed).shuffle(chosen)

        # Processes: the fakes of two threads would prepare the same types at once.
        with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
            found = [
                it
                for it in pool.map(_tried, [vendor] * len(chosen), [it.name for it in chosen], [end] * len(chosen))
                if it
            ]
        yield matrix_of(
            vendor, found, list(SUITES[vendor].client), reasons_of(vendor), side="client", whole=seconds is None
        )


def _tried(vendor: str, name: str, end: float | None) -> Tried | None:
    """What became of a mutant; None where its time is over. The clock is one for all processes of a machine."""
    if end is not None and time.monotonic() >= end:
        return None
    return tried(next(it for it in mutants_of(vendor) if it.name == name))


def main(arguments: Sequence[str]) -> int:
    """Says what survived; 1 if anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vendors", nargs="*", default=list(VENDOR_NAMES))
    parser.add_argument("--time", default=None)
    given = parser.parse_args(arguments)
    code = 0
    for matrix in matrices(given.vendors, None if given.time is None else seconds_of(given.time)):
        lines = [*matrix.objections(), *(f"not exercised {it.id}" for it in matrix.idle)]
        sys.stdout.write("\n".join([*lines, f"clients of {matrix.vendor}: {matrix.counts}", ""]))
        sys.stdout.flush()
        code = code or int(bool(matrix.objections()))
    return code
