"""How a case about a client is written down: as binding as its first clause is in the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..engine.case import Case
from ..engine.derived import level_of
from .bench import ClientBench

__all__ = ["client_case"]


def client_case(
    vendor: str, name: str, title: str, clauses: str, run: Callable[[ClientBench], Awaitable[None]]
) -> Case[ClientBench]:
    """A case about a client.

    Args:
        vendor: such as ``aliyun``.
        name: its id behind ``aliyun.client.``.
        title: the requirement, in one line.
        clauses: ids with spaces between them.
        run: has the client talk in a situation, and judges what it did.

    Raises:
        ValueError: the clause it is named for merely allows something.
    """
    found = tuple(clauses.split())
    level = level_of(vendor, found[0])
    if level is None:
        raise ValueError(f"{vendor}.client.{name}: {found[0]} binds nobody")
    return Case(f"{vendor}.client.{name}", title, found, run, level=level)
