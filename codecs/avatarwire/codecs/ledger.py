"""The ledger: every rule and every erratum of the vendors' documents, and every ruling of ours, as data.

The data is in ``clauses.json``, one beside each vendor's codec and one for what all vendors share; it is the source of
truth about what a clause says, how it is ruled and what holds it. It is read when it is first asked for, never by an
import. Only its reading and the forms of ids live here.

    >>> from avatarwire.codecs import ledger
    >>> ledger.clauses("aliyun")["ALI-E04"].tunable
    ('echo_serial_numbers',)
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from . import registry
from .core.conversion import decoder
from .core.findings import Finding, joined

__all__ = [
    "CLAUSE_ID",
    "STANDARD_ID",
    "STATES",
    "TYPE_ID",
    "Clause",
    "HeldBy",
    "Ledger",
    "Level",
    "Origin",
    "Side",
    "State",
    "clauses",
    "no_such",
    "type_clause",
    "with_type_clauses",
]

Level: TypeAlias = Literal["must", "should", "may", "observed", "ambiguous"]
"""How binding the document is: its own word where it has one, else by what the clause rests on. What a document states
is a must, what only a sample shows is observed, what is inferred is a should. Where it is silent, unclear or
contradicts itself, and in all rulings of ours, it is ambiguous."""

Side: TypeAlias = Literal["client", "server", "both", "codec"]
"""Whom it binds; the codec where only reading and writing are meant."""

State: TypeAlias = Literal["implemented", "contradicted", "ambiguous", "unknown", "out of scope"]
"""implemented: the code holds it. contradicted: the code does otherwise. ambiguous: the document leaves it open and no
reading was chosen. unknown: not looked at, or no behaviour yet. out of scope: nothing for codecs or fakes to hold."""

HeldBy: TypeAlias = Literal["type", "constraint", "fake", "client", "none"]
"""type: a declaration, that is a member, a range, an enumeration, an operation. constraint: a rule between members, or
a variant that lenient reading understands. fake: behaviour of a fake server. client: of a sans-IO client, its signing
and tokens. none: nothing."""

Origin: TypeAlias = Literal["vendor", "ours"]

STATES: Final[tuple[State, ...]] = get_args(State)

_PREFIXES: Final = "|".join(vendor.prefix for vendor in registry.VENDORS.values())

CLAUSE_ID: Final = re.compile(rf"\b(?:(?:{_PREFIXES})-(?:[ER]\d{{2,3}}|[A-Z]{{2,4}}-\d{{2,3}})|AW(?:-[A-Z0-9]+)+)\b")
"""Id of a clause of a ledger; those of our own rulings begin with ``AW``."""

STANDARD_ID: Final = re.compile(r"\b[A-Z]+\d*-\d+(?:\.\d+)*\b")
"""Id of a clause of another standard, such as ``RFC6455-5.1`` or ``JSONRPC-4``: it is cited, and in no ledger."""

TYPE_ID: Final = re.compile(r"(?P<prefix>[A-Z]+)-T-.+", re.IGNORECASE)
"""Id that `type_clause` makes, of any vendor; in any case, as people write it."""

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_PACKAGE: Final = "avatarwire.codecs"
_FILE: Final = "clauses.json"
_SHOWN: Final = 3


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule, erratum or ruling.

    Attributes:
        id: stable, never used for anything else.
        level: how binding the document is.
        side: whom it binds.
        kind: of an erratum: ``silence``, ``contradiction``, ``ambiguity``, ``typo`` and so on; of a rule empty.
        section: where the document says it, or should.
        title: the rule, or the question that an erratum asks.
        text: what is wrong with the document, where the title is shorter.
        conflict: what stands against what.
        ruling: what we do; of a rule empty, as it is the rule.
        decision: the ruling in full: what is written, what is read, what a server does.
        tunable: keys of the vendor's scenario that give another reading.
        options: options of the vendor's sans-IO clients that do.
        refused: whether a server refuses, in either mode, what breaks it although a codec understands it.
        state: whether the code holds it.
        held_by: what does.
        reason: why not, where it does not; or to what extent.
        origin: who says it: the vendor, or this project.
    """

    id: str
    level: Level
    side: Side
    kind: str = ""
    section: str
    title: str
    text: str = ""
    conflict: str = ""
    ruling: str = ""
    decision: str = ""
    tunable: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    refused: bool = False
    state: State
    held_by: tuple[HeldBy, ...]
    reason: str = ""
    origin: Origin = "vendor"


class Ledger(Mapping[str, Clause]):
    """Clauses by id, in the order of the documents; those of the vendor first, then rulings that all vendors share.

    An unknown id is a `KeyError` that names those nearest to it.
    """

    def __init__(self, known: Iterable[Clause]) -> None:
        self._clauses: Final = {clause.id: clause for clause in known}

    def __getitem__(self, clause_id: str) -> Clause:
        try:
            return self._clauses[clause_id]
        except KeyError:
            raise KeyError(no_such(clause_id, self)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._clauses)

    def __len__(self) -> int:
        return len(self._clauses)

    def __contains__(self, clause_id: object) -> bool:
        return clause_id in self._clauses

    def refuses(self, clause_id: str) -> bool:
        """Whether a server refuses what breaks a clause although a codec understands it; False for an unknown id."""
        found = self._clauses.get(clause_id)
        return found is not None and found.refused


def no_such(clause_id: str, ids: Iterable[str]) -> str:
    """That an id is unknown, and which ones are nearest to it."""
    by_case = {id_.casefold(): id_ for id_ in ids}
    near = [by_case[each] for each in get_close_matches(clause_id.casefold(), list(by_case), n=_SHOWN)]
    return f"no clause {clause_id!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")


@cache
def clauses(vendor: str) -> Ledger:
    """The ledger of one vendor, and the rulings that all vendors share.

    Raises:
        KeyError: no such vendor.
    """
    if vendor not in registry.VENDORS:
        raise KeyError(f"no ledger of a vendor {vendor!r}")
    return Ledger((*_read(registry.VENDORS[vendor].package), *_read(_PACKAGE)))


def type_clause(vendor: str, entry: str, path: str = "") -> str:
    """Id of what a plain type says about a place, and no clause of the ledger does.

        >>> type_clause("aliyun", "ListAnchor.response", "list[3].coverUrl")
        'ALI-T-ListAnchor.response.list[].coverUrl'

    Args:
        vendor: such as ``aliyun``.
        entry: catalogue id of a message or type.
        path: wire path in it; empty for the whole. Which item of a list it is makes no difference.

    Returns:
        The id; empty where the vendor is not known, or no entry is named.
    """
    known = registry.VENDORS.get(vendor)
    return f"{known.prefix}-T-{joined(entry, _INDEX.sub('[]', path))}" if known is not None and entry else ""


def with_type_clauses(
    found: Iterable[Finding], vendor: str, entry: str, place: Callable[[str], str] = str
) -> tuple[Finding, ...]:
    """Findings of which those without a clause got the one that `type_clause` makes.

    Args:
        found: the findings.
        vendor, entry: what they are about.
        place: gives the path in the entry of a path that begins further out.
    """
    return tuple(
        item if item.clause else item.replace(clause=type_clause(vendor, entry, place(item.path))) for item in found
    )


def _read(package: str) -> tuple[Clause, ...]:
    # What is installed is never without its data; None is for loaders that have none at all.
    data = pkgutil.get_data(package, _FILE) or b"[]"
    return decoder(tuple[Clause, ...])(data)
