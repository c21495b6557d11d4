"""How well drawn messages fit what the codecs hold: run as a module, it says the figures of each vendor.

    python -m tests.conformance.figures [examples of each]

It fails where a mutation or a variant is read otherwise than it should be. Only the measuring lives here; what else is
asked of the figures, `test_strategies.py` says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance.carrying import carried
from avatarwire.conformance.strategies import Mutation, Variant, each_mutation, variant
from tests.codecs.strategies import UNHURRIED

__all__ = ["Figures", "drawn", "of_messages", "of_mutations", "of_variants"]

Shown = tuple[str, str, str]
"""Entry, label, and what was said."""


@dataclass
class Figures:
    """What came of it.

    Attributes:
        made: how many messages were drawn.
        right: how many of them were read as they should be.
        own: how many mutations were refused under their own clause.
        none: what nothing was drawn for.
        wrong, others: messages that were not read as they should be; mutations that were refused under other clauses.
    """

    made: int = 0
    right: int = 0
    own: int = 0
    none: list[Shown] = field(default_factory=list[Shown])
    wrong: list[Shown] = field(default_factory=list[Shown])
    others: list[Shown] = field(default_factory=list[Shown])


class _Enough(Exception):
    """As many were drawn as were asked for."""


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Some values of a strategy, the same each time."""
    found: list[Any] = []

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=UNHURRIED,
    )  # fmt: skip
    @given(value=strategy)
    def draw(value: Any) -> None:
        found.append(value)
        if len(found) >= count:
            raise _Enough

    with suppress(_Enough, Unsatisfiable):
        draw()
    return found[-count:]


def of_messages(vendor: str, count: int) -> Figures:
    """How many drawn values are valid, before any is sorted out."""
    figures = Figures()
    for entry_id, entry in catalogue.vendor(vendor).items():
        known = carried(vendor, entry_id)
        if known.root is None:
            continue
        for value in drawn(known.values(), count):
            figures.made += 1
            try:
                entry.decode(known.bytes_of(value, b"12345678"), strict=True)
                figures.right += 1
            except AvatarwireError as error:
                figures.wrong.append((entry_id, repr(value), str(error)))
    return figures


def of_mutations(vendor: str, count: int, every: int = 1, first: int = 0) -> Figures:
    """How many mutations strict reading refuses.

    Args:
        vendor: such as ``aliyun``.
        count: messages for each way to break a rule.
        every, first: of all ways, every so many, beginning at that one.
    """
    figures = Figures()
    ways = ((id_, *way) for id_ in catalogue.vendor(vendor) for way in each_mutation(carried(vendor, id_)))
    for entry_id, label, strategy in list(ways)[first::every]:
        found = drawn(strategy, count)
        if not found:
            figures.none.append((entry_id, label, ""))
        _judge_mutations(vendor, found, figures)
    return figures


def _judge_mutations(vendor: str, found: Iterable[Mutation], figures: Figures) -> None:
    for mutation in found:
        figures.made += 1
        try:
            catalogue.vendor(vendor).decode(mutation.id, mutation.data, strict=True)
            figures.wrong.append((mutation.id, mutation.label, repr(mutation.data)))
        except AvatarwireError as error:
            figures.right += 1
            told = {getattr(error, "clause", ""), *(each.clause for each in getattr(error, "findings", ()))}
            if mutation.clause in told:
                figures.own += 1
            else:
                figures.others.append((mutation.id, f"{mutation.clause} {mutation.label}", str(error)))


def of_variants(vendor: str, count: int) -> Figures:
    """How many variants are read leniently, reported by their erratum, and refused by strict reading."""
    figures = Figures()
    for entry_id, entry in catalogue.vendor(vendor).items():
        known = carried(vendor, entry_id)
        for repair in entry.repairs:
            found: list[Variant] = drawn(variant(known, repair), count)
            if not found:
                figures.none.append((entry_id, repair.text, ""))
            for each in found:
                figures.made += 1
                if told := _fault_of(vendor, each):
                    figures.wrong.append((entry_id, f"{each.erratum} {each.label}", told))
                else:
                    figures.right += 1
    return figures


def _fault_of(vendor: str, each: Variant) -> str:
    entry = catalogue.vendor(vendor)[each.id]
    try:
        deviations = entry.decode(each.data).deviations
    except AvatarwireError as error:
        return f"lenient reading refuses it: {error}"
    if each.erratum not in deviations:
        return f"reported: {deviations}"
    try:
        entry.decode(each.data, strict=True)
    except AvatarwireError:
        return ""
    return "strict reading takes it"


_SHOWN: Final = 60


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _main(count: int) -> int:
    status = 0
    for vendor in catalogue.VENDORS:
        valid, broken, varied = of_messages(vendor, count), of_mutations(vendor, count), of_variants(vendor, count)
        _say(f"{vendor}: {valid.right} of {valid.made} drawn values are valid")
        _say(f"  {broken.right} of {broken.made} mutations are refused, {broken.own} under their own clause")
        _say(f"  {varied.right} of {varied.made} variants are reported, and refused by strict reading")
        for name, found in (
            ("never made", [*broken.none, *varied.none]),
            ("wrong", [*valid.wrong, *broken.wrong, *varied.wrong]),
            ("under another clause", broken.others),
        ):
            for entry_id, label, told in dict.fromkeys(found[:_SHOWN]):
                _say(f"  {name}: {entry_id}: {label}: {told[:200]}")
        if broken.wrong or varied.wrong:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
