"""Where the catalogue cites a clause, and what it asks for there: in entries, and in the members declared in them.

Nothing is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .core.constraints import Constraint
from .core.entry import Catalogue, Entry
from .core.examples import Example, example_of
from .ledger import TYPE_ID, no_such

__all__ = ["TypeClause", "Variant", "binding", "citing", "of_type", "understood"]


class Variant(NamedTuple):
    """A variant that lenient reading understands."""

    text: str
    """The variant in one sentence."""
    example: Example | None
    """None where only a whole message could show it."""


class TypeClause(NamedTuple):
    """What a plain type says about one place, under an id that `ledger.type_clause` makes."""

    id: str
    entry: Entry
    rules: tuple[Constraint, ...]

    @property
    def path(self) -> str:
        """The place, as a wire path; empty for the whole."""
        return self.rules[0].paths[0]


def citing(catalogue: Catalogue, clause_id: str) -> Iterator[str]:
    """What cites a clause: ids of entries, and members such as ``text_drive.request askType``, each once."""
    found: dict[str, None] = {}
    for entry in catalogue.entries.values():
        if clause_id in entry.clauses:
            found[entry.id] = None
        paths = [rule.paths[0] for rule in entry.constraints if rule.clause == clause_id]
        paths += [repair.path for repair in entry.repairs if repair.erratum == clause_id]
        found.update(dict.fromkeys(f"{entry.id} {path}".rstrip() for path in paths))
    yield from found


def binding(catalogue: Catalogue, clause_id: str) -> Mapping[str, Sequence[str]]:
    """What a clause asks of members: each rule in words, and the ids of the entries that it binds."""
    found: dict[str, dict[str, None]] = {}
    for entry in catalogue.entries.values():
        for rule in entry.constraints:
            if rule.clause == clause_id:
                found.setdefault(rule.text, {})[entry.id] = None
    return {text: tuple(ids) for text, ids in found.items()}


def understood(catalogue: Catalogue, clause_id: str) -> Mapping[Variant, Sequence[str]]:
    """The variants that a clause documents, and the ids of the entries of which they are understood."""
    found: dict[Variant, dict[str, None]] = {}
    for entry in catalogue.entries.values():
        for repair in entry.repairs:
            if repair.erratum == clause_id:
                found.setdefault(Variant(repair.text, example_of(repair)), {})[entry.id] = None
    return {variant: tuple(ids) for variant, ids in found.items()}


def of_type(catalogue: Catalogue, clause_id: str) -> TypeClause:
    """What a plain type says, by the id of that.

    Args:
        catalogue: of the vendor.
        clause_id: such as ``ALI-T-ListAnchor.response.list[].coverUrl``; in any case, unless two differ by case alone.

    Raises:
        KeyError: no such id; the text names those nearest to it.
    """
    known: dict[str, tuple[Entry, list[Constraint]]] = {}
    for entry in catalogue.entries.values():
        for rule in entry.constraints:
            if TYPE_ID.fullmatch(rule.clause):
                known.setdefault(rule.clause, (entry, []))[1].append(rule)
    alike = [clause_id] if clause_id in known else [id_ for id_ in known if id_.casefold() == clause_id.casefold()]
    if len(alike) != 1:
        raise KeyError(no_such(clause_id, known))
    entry, rules = known[alike[0]]
    return TypeClause(alike[0], entry, tuple(rules))
