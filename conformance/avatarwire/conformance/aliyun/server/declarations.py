"""The case that comes last: over the whole run, every message of the server was what its declaration says."""

from __future__ import annotations

from typing import Final

from avatarwire.codecs import catalogue

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import VENDOR

__all__ = ["CASES"]

_BINDING: Final = ("must", "should")


async def declared(bench: AliyunBench) -> None:
    ledger = catalogue.vendor(VENDOR).clauses
    found = [
        f"{each.message} in {each.case_id}: {each.error}"
        for each in bench.run.invalid
        if each.error.clause.startswith("ALI-T")
        or (each.error.clause in ledger and ledger[each.error.clause].level in _BINDING)
    ]
    expect(not found, "messages that are all as they are declared", "; ".join(found[:5]))


CASES: Final = (
    case(
        "any.messages.declared", "Every message of the server is as it is declared.", "ALI-R093", declared, alone=True
    ),
)
