"""Hypothesis strategies of everything that travels: what is valid, its documented variants, what breaks one rule.

    >>> from hypothesis import find
    >>> from avatarwire.conformance import strategies
    >>> sample = find(strategies.messages("sensetime", "takeoverCancel.request"), lambda _: True)
    >>> sample.id, sample.value.session_id
    ('takeoverCancel.request', '0')

All of it is read from the catalogue: a rule or a variant that is declared there is drawn here. Only the public names
live here; how values are drawn, broken and varied, `valid_values.py`, `breaking.py` and `varying.py` say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.carrier import Frame
from avatarwire.codecs.core.checking import SENDER, has_rules
from avatarwire.codecs.core.constraints import Constraint
from avatarwire.codecs.errors import AvatarwireError

from .breaking import Break, breaks, obstacles
from .carrying import SERIALS, Carried, carried
from .headers import header_breaks
from .valid_values import Draw
from .varying import AnyRepair, varied

__all__ = [
    "Mutation",
    "Sample",
    "Unbreakable",
    "Variant",
    "frames",
    "messages",
    "mutations",
    "unbreakable",
    "variants",
]


class Sample(msgspec.Struct, frozen=True):
    """A valid message.

    Attributes:
        id: catalogue id.
        data: what travels: a whole frame, a payload, a body with its envelope, a query, the JSON of a type.
        value: what decoding `data` gives.
    """

    id: str
    data: bytes
    value: Any


class Variant(msgspec.Struct, frozen=True):
    """A message in a documented form that is not the ruled one.

    Attributes:
        id: catalogue id.
        data: what travels.
        erratum: what lenient reading reports; strict reading refuses it, unless it is a note.
        path: wire path of the member that differs; empty for the whole message.
        label: the variant in one sentence.
    """

    id: str
    data: bytes
    erratum: str
    path: str
    label: str


class Mutation(msgspec.Struct, frozen=True):
    """A message in which one rule is broken.

    Attributes:
        id: catalogue id.
        data: what travels.
        clause: the rule; strict reading refuses it.
        path: wire path of the member that the rule is about; empty for the whole message.
        label: the rule, and what was done to it.
    """

    id: str
    data: bytes
    clause: str
    path: str
    label: str


class Unbreakable(msgspec.Struct, frozen=True):
    """A rule of which there are no mutations.

    Attributes:
        clause: the rule.
        path: wire path of the member that it is about.
        text: the rule in one sentence.
        reason: why.
    """

    clause: str
    path: str
    text: str
    reason: str


_SPEECH: Final = st.binary(min_size=0, max_size=64).map(lambda data: data + bytes(len(data) % 2))
"""Raw audio: whole samples of 16 bits."""


def messages(vendor: str, entry_id: str) -> st.SearchStrategy[Sample]:
    """Valid messages: strict reading takes every one, and `Entry.encode` writes what it says.

    Args:
        vendor: such as ``aliyun``.
        entry_id: a catalogue id, such as ``text_drive.request``.

    Raises:
        KeyError: no such vendor, or no such entry; the text names those there are.
    """
    return _messages(carried(vendor, entry_id))


@cache
def _messages(known: Carried) -> st.SearchStrategy[Sample]:
    @st.composite
    def made(draw: Draw) -> Sample:
        serial = draw(SERIALS) if isinstance(known.entry.carrier, Frame) else b""
        if known.root is None:
            data = known.framed(draw(_SPEECH), serial)
        else:
            drawn = draw(known.values())
            if has_rules(known.root, SENDER):
                known.make_valid(drawn, draw, as_sent=True)
            data = known.bytes_of(drawn, serial)
        try:
            value = known.entry.decode(data, strict=True).value
        except AvatarwireError:
            assume(False)
            raise
        return Sample(known.entry.id, data, value)

    return made()


def variants(vendor: str, entry_id: str) -> st.SearchStrategy[Variant]:
    """Documented variants of valid messages; nothing for an entry that has none.

    Args:
        vendor, entry_id: as for `messages`.

    Raises:
        KeyError: as for `messages`.
    """
    return _variants(carried(vendor, entry_id))


@cache
def _variants(known: Carried) -> st.SearchStrategy[Variant]:
    return st.one_of(*(variant(known, repair) for repair in known.entry.repairs))


def variant(known: Carried, repair: AnyRepair) -> st.SearchStrategy[Variant]:
    """Messages in one variant."""

    @st.composite
    def made(draw: Draw) -> Variant:
        data = draw(varied(known, repair, SERIALS))
        # What one variant adds may ask for members that are not there: that would break a rule, too.
        try:
            known.entry.decode(data)
        except AvatarwireError:
            assume(False)
        return Variant(known.entry.id, data, repair.erratum, repair.path, repair.text)

    return made()


def mutations(vendor: str, entry_id: str) -> st.SearchStrategy[Mutation]:
    """Valid messages in which one rule was broken; nothing for an entry that has none to break.

    Args:
        vendor, entry_id: as for `messages`.

    Raises:
        KeyError: as for `messages`.
    """
    return _mutations(carried(vendor, entry_id))


@cache
def _mutations(known: Carried) -> st.SearchStrategy[Mutation]:
    return st.one_of(*(strategy for _, strategy in each_mutation(known)))


def each_mutation(known: Carried) -> Iterator[tuple[str, st.SearchStrategy[Mutation]]]:
    """Mutations one by one: the label of each, and messages with it."""
    if known.root is not None:
        for each in breaks(known):
            yield each.label, _mutation(known, each)
    for clause, path, label, made in header_breaks(known):
        yield label, _from(known, clause, path, label, made)


def _mutation(known: Carried, each: Break) -> st.SearchStrategy[Mutation]:
    def made(draw: Draw) -> bytes:
        return known.bytes_of(draw(each.broken(known)), draw(SERIALS))

    return _from(known, each.rule.clause, _path_of(each.rule), each.label, made)


def _from(
    known: Carried, clause: str, path: str, label: str, make: Callable[[Draw], bytes]
) -> st.SearchStrategy[Mutation]:
    @st.composite
    def made(draw: Draw) -> Mutation:
        return Mutation(known.entry.id, make(draw), clause, path, label)

    return made()


def _path_of(rule: Constraint) -> str:
    return rule.paths[0] if rule.paths else ""


def unbreakable(vendor: str, entry_id: str) -> tuple[Unbreakable, ...]:
    """The rules that `mutations` does not break, as no message breaks them alone, each with the reason.

    Args:
        vendor, entry_id: as for `messages`.

    Raises:
        KeyError: as for `messages`.
    """
    known = carried(vendor, entry_id)
    kept = () if known.root is None else obstacles(known)
    return tuple(Unbreakable(rule.clause, _path_of(rule), rule.text, reason) for rule, reason in kept)


def frames(vendor: str) -> st.SearchStrategy[bytes]:
    """Bytes of any message of a vendor, valid or not: messages, variants, mutations, and such with bytes changed.

    Args:
        vendor: such as ``aliyun``.

    Raises:
        KeyError: no such vendor; the text names those there are.
    """
    ids = tuple(catalogue.vendor(vendor))

    @st.composite
    def made(draw: Draw) -> bytes:
        entry_id = draw(st.sampled_from(ids))
        kind = draw(st.sampled_from((messages, variants, mutations)))
        strategy: st.SearchStrategy[Any] = kind(vendor, entry_id)
        data: bytes = draw(messages(vendor, entry_id) if strategy.is_empty else strategy).data
        return data if draw(st.booleans()) else draw(corrupted(data))

    return made() | st.binary(max_size=64)


@st.composite
def corrupted(draw: Draw, data: bytes) -> bytes:
    """A message of which some bytes are others, more, or fewer."""
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=4)) + data[at + draw(st.integers(0, 4)) :]
