"""What decoders are given: right messages, documented variants, broken rules, changed values, any bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec
from hypothesis import strategies as st

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry

from .. import strategies
from ..probing.freedoms import Allowed
from ..probing.levels import permits
from .json_changes import NO_JSON, VALUES, changed, json_of

__all__ = ["Form", "Input", "inputs", "names_to_add", "simpler_bytes"]

Form: TypeAlias = Literal["valid", "variant", "mutation", "changed", "bytes"]


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes for a decoder.

    Attributes:
        entry: catalogue id of what they are meant to be.
        data: the bytes, in hex.
        form: how they were made.
        clause: the rule that is broken, or the erratum of the variant.
        label: the same in words.
    """

    entry: str
    data: str
    form: Form
    clause: str = ""
    label: str = ""

    @property
    def raw(self) -> bytes:
        """The bytes."""
        return bytes.fromhex(self.data)


def inputs(vendor: str, allowed: Allowed) -> st.SearchStrategy[tuple[Input, ...]]:
    """Bytes for the decoders of a vendor, right ones and others: one that is drawn, and some that differ from it."""
    first = _first(vendor, allowed)
    if allowed != "hostile":
        return first.map(lambda found: (found,))
    known = catalogue.vendor(vendor)

    def with_others(found: Input, number: int) -> tuple[Input, ...]:
        random, names = Random(number), names_to_add(known[found.entry])  # noqa: S311 - no secret
        others = (_changed(found.raw, names, random) for _ in range(_OTHERS))
        return (found, *(_input(found.entry, data, "changed") for data in others))

    return st.builds(with_others, first, st.integers(0, 2**32))


_OTHERS: Final = 6
"""To draw takes longer than to change."""


def names_to_add(entry: Entry) -> list[str]:
    """Names that a repair of an entry knows, and one that nothing does."""
    known = [
        name for repair in entry.repairs for name in (getattr(repair, "other", ""), repair.path.rpartition(".")[2])
    ]
    return [*dict.fromkeys(filter(None, known)), "unheardOf"]


def _first(vendor: str, allowed: Allowed) -> st.SearchStrategy[Input]:
    known = catalogue.vendor(vendor)
    ids = tuple(known)
    forms = tuple(form for form, least in _FORMS if least in permits(allowed))

    @st.composite
    def made(draw: Any) -> Input:
        entry_id = draw(st.sampled_from(ids))
        form: Form = draw(st.sampled_from(forms))
        if form == "variant":
            found = strategies.variants(vendor, entry_id)
            if not found.is_empty:
                variant = draw(found)
                return _input(entry_id, variant.data, form, variant.erratum, variant.label)
        if form == "mutation":
            broken = strategies.mutations(vendor, entry_id)
            if not broken.is_empty:
                mutation = draw(broken)
                return _input(entry_id, mutation.data, form, mutation.clause, mutation.label)
        if form == "bytes":
            return _input(entry_id, draw(_any_bytes(vendor)), "bytes")
        data: bytes = draw(strategies.messages(vendor, entry_id)).data
        if form == "changed":
            data = _changed(data, names_to_add(known[entry_id]), Random(draw(st.integers(0, 2**32))))  # noqa: S311
            return _input(entry_id, data, form)
        return _input(entry_id, data, "valid")

    return made()


_FORMS: Final[tuple[tuple[Form, Allowed], ...]] = (
    ("valid", "documented"),
    ("variant", "errata"),
    ("mutation", "hostile"),
    ("mutation", "hostile"),
    ("changed", "hostile"),
    ("changed", "hostile"),
    ("bytes", "hostile"),
)
"""Forms, and from which level on they are given; some stand there twice."""


def _input(entry_id: str, data: bytes, form: Form, clause: str = "", label: str = "") -> Input:
    return Input(entry=entry_id, data=data.hex(), form=form, clause=clause, label=label)


def _any_bytes(vendor: str) -> st.SearchStrategy[bytes]:
    """Any bytes; bytes of messages with some of them changed; what is large or deep."""
    return st.one_of(
        strategies.frames(vendor), st.binary(max_size=200), st.sampled_from(_HUGE), st.text(max_size=50).map(_utf8)
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_HUGE: Final = (
    b"[" * 3000 + b"]" * 3000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b"[" * 100_000,
    b'{"a":"' + b"x" * 300_000 + b'"}',
    b'{"data":' + b"9" * 5000 + b"}",
    b"[" + b"0," * 100_000 + b"0]",
    b'{"a":1e999,"b":-1e999}',
    b"a=1&" * 20_000,
    b'"' + b"\\ud800" * 1000 + b'"',
)


def _changed(data: bytes, names: Sequence[str], random: Random) -> bytes:
    """A message in which the JSON is another, or its bytes are, where there is none."""
    start = data.find(b"{")
    if start >= 0:
        value = json_of(data[start:])
        if value is not NO_JSON:
            return data[:start] + json.dumps(changed(value, names, random), ensure_ascii=random.random() < 0.5).encode()
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_PIECES) + data[at + random.randint(0, 3) :]


_PIECES: Final = (
    b"",
    b"\xff",
    b"\x00",
    b"%ff",
    b"&",
    b"=",
    b"\xed\xa0\x80",
    *(json.dumps(it).encode() for it in VALUES),
)


def simpler_bytes(data: bytes) -> Iterator[bytes]:
    """Fewer bytes, the fewest last: single members of the JSON gone, or stretches of the bytes."""
    start = data.find(b"{")
    value = json_of(data[start:]) if start >= 0 else NO_JSON
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        for name in members:
            rest = {other: item for other, item in members.items() if other != name}
            yield data[:start] + json.dumps(rest).encode()
    size = len(data) // 2
    while size:
        for at in range(0, len(data), size):
            yield data[:at] + data[at + size :]
        size //= 2
