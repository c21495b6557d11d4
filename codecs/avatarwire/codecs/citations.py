"""Where the catalogue cites a clause: in entries, and in the members declared in them. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator

from .entry import Catalogue

__all__ = ["citing"]


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
