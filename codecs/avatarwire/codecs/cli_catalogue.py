"""What the commands ``list`` and ``schema`` print: what travels, in what, and what it looks like."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from . import catalogue
from .cli import known, new_console
from .core.entry import Entry

__all__ = ["described", "print_list", "print_schema"]


def print_schema(vendor: str | None, entry: str | None) -> None:
    """Prints the schema of a vendor's catalogue, or of one entry; without a vendor, the vendors."""
    if vendor is None:
        print("\n".join(catalogue.VENDORS))
        return
    known(vendor, catalogue.VENDORS, "vendor")
    about = catalogue.vendor(vendor)
    if entry is None:
        document = about.schema()
    else:
        known(entry, about, f"message or type of {vendor}")
        document = about.schema_of(entry)
    _print_json(document)


def print_list(vendor: str | None, *, as_json: bool) -> None:
    """Prints a vendor's entries; without a vendor, the vendors."""
    if vendor is None:
        print(msgspec.json.encode(list(catalogue.VENDORS)).decode() if as_json else "\n".join(catalogue.VENDORS))
        return
    known(vendor, catalogue.VENDORS, "vendor")
    entries = catalogue.vendor(vendor).values()
    if as_json:
        _print_json({"vendor": vendor, "entries": [described(entry) for entry in entries]})
        return
    rows = [(entry.id, entry.kind, entry.direction, entry.carrier.text, entry.title) for entry in entries]
    if not sys.stdout.isatty():
        print("\n".join("\t".join(row) for row in rows))
        return
    from rich.table import Table

    table = Table("id", "kind", "direction", "travels in", "title", box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    new_console().print(table)


def described(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON values: what it is, and what it travels in, such as ``method`` and ``path``."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "direction": entry.direction,
        "sender": entry.sender,
        "title": entry.title,
        "section": entry.section,
        "clauses": list(entry.clauses),
        **entry.carrier.members,
    }


def _print_json(document: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
