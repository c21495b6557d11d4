"""How well each clause is judged, for the ledger: which cases name it, and what the last recorded run has shown.

The record is data of this package. ``recorded.json`` has by vendor and clause whether it was exercised and read
independently: `make ledger` writes it from a run against the fakes and one of the drivers, and a run is compared with
it by `compared`. ``sharp.json`` has the clauses of which a mutant was found by a case: `make sharp` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from .engine.result import CaseResult
from .report import ndjson
from .suites import SUITES

__all__ = [
    "RECORDED",
    "SHARP",
    "Shown",
    "compared",
    "has_cases",
    "record",
    "record_sharp",
    "recorded",
    "rungs",
    "sharp",
    "shown",
]

RECORDED: Final = Path(__file__).with_name("recorded.json")
"""The last recorded run."""
SHARP: Final = Path(__file__).with_name("sharp.json")
"""What the last recorded run of mutants has shown: by vendor, ids of clauses."""

Shown: TypeAlias = dict[str, dict[str, bool]]
"""By clause, which of ``exercised`` and ``independent`` is true; a clause of which neither is, is not in it."""


def rungs(vendor: str, runs: Sequence[bytes] = ()) -> Mapping[str, Mapping[str, Any]]:
    """Where clauses stand, as the entry point ``avatarwire.ledger`` gives it.

    Args:
        vendor: whose clauses.
        runs: NDJSON reports that take the place of the recorded run.

    Returns:
        By clause ``cases``, their ids, and ``rungs``, what is reached beyond being stated.

    Raises:
        ValueError: a report is none.
    """
    found = shown(vendor, _results(runs)) if runs else recorded().get(vendor, {})
    keen, standings = sharp(vendor), dict[str, dict[str, Any]]()
    for clause, cases in _cases(vendor).items():
        reached = [name for name, is_so in found.get(clause, {}).items() if is_so]
        # Of a clause that nobody has exercised, nobody can say how well.
        reached += ["sharp"] if reached and clause in keen else []
        standings[clause] = {"cases": cases, "rungs": ["judged", *reached]}
    return standings


def shown(vendor: str, results: Iterable[CaseResult]) -> Shown:
    """What a run has shown of the clauses of a vendor.

    A clause is exercised when a case of it came to a verdict and something crossed the wire. It is independent when the
    second reader has read some of that as the codec does, and none of it otherwise.
    """
    agreed: dict[str, set[bool | None]] = {}
    for result in results:
        crossed = [each for each in result.evidence if each.transport != "note"]
        if result.vendor == vendor and result.verdict != "skipped" and crossed:
            for clause in result.clauses:
                agreed.setdefault(clause, set()).update(each.agreed for each in crossed)
    return {
        clause: {"exercised": True} | ({"independent": True} if True in said and False not in said else {})
        for clause, said in sorted(agreed.items())
    }


def recorded(path: Path = RECORDED) -> dict[str, Shown]:
    """The recorded run, by vendor."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Shown])


def record(results: Sequence[CaseResult], path: Path = RECORDED) -> None:
    """Records a run; vendors that are not in it stay as they are recorded."""
    kept = recorded(path) if path.exists() else {}
    for vendor in {result.vendor for result in results}:
        kept[vendor] = shown(vendor, results)
    path.write_bytes(msgspec.json.encode(kept, order="sorted").replace(b'},"', b'},\n"') + b"\n")


def sharp(vendor: str, path: Path = SHARP) -> frozenset[str]:
    """Clauses of a vendor of which a mutant was found by a case, in the recorded run of mutants."""
    return frozenset(_all_sharp(path).get(vendor, ()))


def record_sharp(vendor: str, clauses: Iterable[str], path: Path = SHARP) -> None:
    """Records the same; other vendors stay as they are recorded."""
    kept = {**_all_sharp(path), vendor: sorted(clauses)}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept, order="sorted"), indent=1) + b"\n")


def _all_sharp(path: Path) -> dict[str, list[str]]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]]) if path.exists() else {}


def compared(vendor: str, results: Iterable[CaseResult], path: Path = RECORDED) -> list[str]:
    """By which lines a run differs from the recorded one; none where it does not."""
    before, after = (_lines(found) for found in (recorded(path).get(vendor, {}), shown(vendor, results)))
    return list(unified_diff(before, after, "recorded", "this run", n=0, lineterm=""))


def _lines(found: Shown) -> list[str]:
    return [
        " ".join((clause, *(name for name, is_so in said.items() if is_so))) for clause, said in sorted(found.items())
    ]


def _cases(vendor: str) -> dict[str, list[str]]:
    """The ids of the cases that name each clause."""
    found: dict[str, list[str]] = {}
    suites = SUITES[vendor] if has_cases(vendor) else None
    for case in () if suites is None else (*suites.server.values(), *suites.client.values()):
        for clause in case.clauses:
            found.setdefault(clause, []).append(case.id)
    return found


def has_cases(vendor: str) -> bool:
    """Whether there are cases about a vendor."""
    return vendor in SUITES and find_spec(f"{SUITES[vendor].package}.server") is not None


def _results(runs: Iterable[bytes]) -> list[CaseResult]:
    try:
        return [result for data in runs for result in ndjson.read(data)[0]]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"not an NDJSON report of a run: {error}") from None
