"""What a client makes of each deviation: the cells of a table, and what differs between two tables."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from avatarwire.codecs.errors import AvatarwireError

from .plan import FINE, OUTCOMES, Outcome

__all__ = ["COLUMNS", "BadMatrix", "Cell", "Matrix", "changes", "column_of", "command", "read", "worst"]

COLUMNS: Final = (
    "drop",
    "duplicate",
    "delay",
    "reorder",
    "close",
    "reset",
    "reject",
    "push",
    "variant",
    "mutation",
)
"""Kinds of deviations, as columns of a table."""


class BadMatrix(AvatarwireError):
    """A file is no table of a client."""


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client made of one deviation, or of two.

    Attributes:
        message, nth: which message of the fake.
        fault: what happened to it, in words.
        outcome: what the client made of it.
        detail: in a sentence.
        clause: the rule that was broken; empty for none.
        replay: the command that does it again.
        second: label and fault of the other deviation, where there are two.
    """

    message: str
    nth: int
    fault: str
    outcome: Outcome
    detail: str = ""
    clause: str = ""
    replay: str = ""
    second: str = ""

    @property
    def label(self) -> str:
        """The row."""
        return f"{self.message}#{self.nth}"

    @property
    def name(self) -> str:
        """The row and the column, as the option ``--cell`` takes them."""
        return f"{self.label}:{self.fault}{f'+{self.second}' if self.second else ''}"

    def plain(self) -> dict[str, Any]:
        """As JSON values, with every key of the interface."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in values.items() if name != "second" or value}


class Matrix(msgspec.Struct, frozen=True):
    """The whole table.

    Attributes:
        vendor: whose fake.
        client: which client, for people.
        cells: in the order of the talk, and of the columns.
        flow: what was talked of.
        left_out: what the client has no method for, so that it was not asked for that.
    """

    vendor: str
    client: str
    cells: tuple[Cell, ...]
    flow: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def bad(self) -> tuple[Cell, ...]:
        """Cells in which the client does what it should not."""
        return tuple(cell for cell in self.cells if cell.outcome not in FINE)

    @property
    def omission(self) -> str:
        """What was left out, in words; empty for nothing."""
        return f"left out: {', '.join(self.left_out)} (the client has none)" if self.left_out else ""

    def json(self) -> bytes:
        """The table as a file of JSON."""
        plain = {"vendor": self.vendor, "client": self.client, "flow": self.flow, "left_out": self.left_out}
        cells = [cell.plain() for cell in self.cells]
        return msgspec.json.format(msgspec.json.encode({**plain, "cells": cells}), indent=2) + b"\n"


def column_of(fault: str) -> str:
    """The column that a fault is in."""
    return fault.partition(":")[0]


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that weighs most."""
    return min(outcomes, key=_WEIGHT.index)


_WEIGHT: Final[Sequence[Outcome]] = (
    "livelock",
    "hang",
    "raised",
    "leak",
    "said_twice",
    "lost_text",
    "broke_rule",
    "no_backoff",
    "reported",
    "ok",
)
assert set(_WEIGHT) == set(OUTCOMES)  # noqa: S101 - each has its place


def read(path: Path, option: str = "") -> Matrix:
    """A table from a file of JSON.

    Args:
        path: of the file.
        option: that names it, for errors.

    Raises:
        BadMatrix: it is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Matrix)
    except OSError as error:
        raise BadMatrix(f"{option} {path}: {error.strerror or error}".lstrip()) from None
    except msgspec.DecodeError as error:
        raise BadMatrix(f"{option} {path}: no table of a client: {error}".lstrip()) from None


def changes(before: Matrix, now: Matrix) -> list[str]:
    """What differs between the tables of two versions of a client, cell by cell, in sentences."""
    old: Mapping[str, Cell] = {cell.name: cell for cell in before.cells}
    new: Mapping[str, Cell] = {cell.name: cell for cell in now.cells}
    lines = [
        f"{name}: {cell.outcome}, was {old[name].outcome}"
        for name, cell in new.items()
        if name in old and old[name].outcome != cell.outcome
    ]
    lines += [f"{name}: {cell.outcome}, was not there" for name, cell in new.items() if name not in old]
    lines += [f"{name}: not there any more, was {cell.outcome}" for name, cell in old.items() if name not in new]
    return lines


def command(words: Iterable[str]) -> str:
    """A command as it is typed."""
    return " ".join(shlex.quote(word) for word in words)
