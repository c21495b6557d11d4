"""Binary layouts: from a construct declaration to a fast codec.

construct describes a fixed-size layout once and stays the reference; `derive` walks that declaration at import and
generates the source of a decoder and an encoder around one `struct.Struct`. Interpreting the declaration costs about
sixty times as much. What construct can describe but a single `struct.Struct` cannot (variable lengths, mixed byte
order, bit fields, computed members) raises `NotDerivable`: such a layout has to stay on construct.
"""

from __future__ import annotations

import keyword
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Generic, NoReturn, TypeVar

import construct

from .errors import DecodeError, EncodeError, ValidationError, shown

__all__ = ["BinaryCodec", "Member", "NotDerivable", "derive"]

T = TypeVar("T")

_INTEGER_BITS: Final[Mapping[str, tuple[int, bool]]] = {
    "B": (8, False), "b": (8, True), "H": (16, False), "h": (16, True),
    "L": (32, False), "l": (32, True), "Q": (64, False), "q": (64, True),
}  # fmt: skip
"""Bits and signedness by `struct` format code."""


class NotDerivable(TypeError):
    """A declaration that one `struct.Struct` cannot express."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a layout, as found in the declaration.

    Attributes:
        name: attribute name, or None for a constant or padding.
        code: its `struct` format code, such as ``B`` or ``8s``.
        offset, size: place in the layout, bytes.
        enum: the enumeration its values are looked up in, or None.
        constant: the raw value it must have, or None.
    """

    name: str | None
    code: str
    offset: int
    size: int
    enum: type[IntEnum] | None = None
    constant: int | bytes | None = None

    @property
    def is_padding(self) -> bool:
        """Whether the member is skipped on reading and zero on writing."""
        return self.code.endswith("x")


@dataclass(frozen=True, slots=True)
class BinaryCodec(Generic[T]):
    """A generated codec of one fixed-size layout.

    Attributes:
        decode: `decode(data) -> value`; reads the first `size` bytes, what follows is the caller's.
        encode: `encode(value) -> bytes`.
        size: bytes.
        members: the layout, for documentation and error texts.
        struct: the compiled format, for callers that inline the decoding.
        tables: per enumerated member a 256-entry table from wire value to member or plain integer.
    """

    decode: Callable[[bytes], T]
    encode: Callable[[T], bytes]
    size: int
    members: tuple[Member, ...]
    struct: struct.Struct
    tables: Mapping[str, tuple[int, ...]]


def derive(
    declaration: construct.Construct[Any, Any],
    result: Callable[..., T],
    *,
    enums: Mapping[str, type[IntEnum]] | None = None,
    vendor: str = "",
    message: str = "",
    clause: str = "",
) -> BinaryCodec[T]:
    """Generates a codec from a construct declaration.

    Args:
        declaration: a `construct.Struct` of named integers, `Bytes(n)`, `Const`, `Padding` and nested `Struct`s, whose
            members are taken as members of the whole.
        result: called with the named members in declaration order; its attributes have the same names.
        enums: enumerations of one-byte members, by member name; unknown wire values stay plain integers.
        vendor, message, clause: named in errors.

    Raises:
        NotDerivable: the declaration needs construct itself.
    """
    order, members = _layout(declaration, enums or {})
    packer = struct.Struct(order + "".join(member.code for member in members))
    tables = {
        member.name: _table(member.enum) for member in members if member.name is not None and member.enum is not None
    }
    namespace: dict[str, Any] = {
        "unpack_from": packer.unpack_from,
        "pack": packer.pack,
        "result": result,
        "unusable": (struct.error, TypeError, AttributeError, BufferError),
        "faults": _Faults(members, packer.size, vendor, message, clause),
        **{f"table_{name}": table for name, table in tables.items()},
    }
    # The source is made from member names checked to be identifiers, never from anything received.
    exec(compile(_source(members), f"<codec of {message or 'layout'}>", "exec"), namespace)  # noqa: S102
    return BinaryCodec(namespace["decode"], namespace["encode"], packer.size, tuple(members), packer, tables)


# --- what a generated codec says when something is wrong ---


class _Faults:
    """Builds the errors of a generated codec; off the fast path."""

    def __init__(self, members: Sequence[Member], size: int, vendor: str, message: str, clause: str) -> None:
        self._members = members
        self._size = size
        self._about: dict[str, Any] = {"vendor": vendor, "message": message}
        self._clause = clause

    def unreadable(self, data: Any) -> NoReturn:
        try:
            length = memoryview(data).cast("B").nbytes
        except TypeError:
            # No bytes at all, or a view with gaps.
            raise DecodeError(f"got {type(data).__name__}", expected="contiguous bytes", **self._about) from None
        raise DecodeError(
            f"{length} bytes",
            offset=length,
            expected=f"at least {self._size} bytes",
            clause=self._clause,
            **self._about,
        )

    def constant(self, index: int, value: object) -> NoReturn:
        member = self._members[index]
        raise ValidationError(
            f"got {shown(value)}",
            offset=member.offset,
            expected=shown(member.constant),
            clause=self._clause,
            **self._about,
        )

    def unwritable(self, value: object) -> NoReturn:
        for member in self._members:
            if member.name is None:
                continue
            item = getattr(value, member.name, None)
            expected = _wanted(member, item)
            if expected:
                raise EncodeError(
                    f"got {shown(item)}",
                    path=member.name,
                    offset=member.offset,
                    expected=expected,
                    clause=self._clause,
                    **self._about,
                )
        raise EncodeError(f"cannot write {shown(value)}", clause=self._clause, **self._about)


def _wanted(member: Member, item: object) -> str:
    """What the member should have been, or nothing when it is right."""
    if member.code in _INTEGER_BITS:
        bits, signed = _INTEGER_BITS[member.code]
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        right = isinstance(item, int) and low <= item <= high
        return "" if right else f"an integer from {low} to {high}"
    return "" if isinstance(item, (bytes, bytearray)) and len(item) == member.size else f"exactly {member.size} bytes"


# --- the generated source ---


def _table(enum: type[IntEnum]) -> tuple[int, ...]:
    known = {int(member): member for member in enum}
    return tuple(known.get(value, value) for value in range(256))


def _source(members: Sequence[Member]) -> str:
    """The two functions, as a person would have written them by hand.

    The header of eleven bytes, for example, becomes::

        def decode(data):
            try:
                v0, v1, v2, v3, = unpack_from(data)
            except unusable:
                faults.unreadable(data)
            return result(table_frame_type[v0], table_data_type[v1], table_biz_type[v2], v3)
        def encode(value):
            try:
                if len(value.serial_number) == 8:
                    return pack(value.frame_type, value.data_type, value.biz_type, value.serial_number)
            except unusable:
                pass
            faults.unwritable(value)
    """
    read = [(f"v{index}", index, member) for index, member in enumerate(members) if not member.is_padding]
    checks = [
        f"    if {local} != {member.constant!r}:\n        faults.constant({index}, {local})\n"
        for local, index, member in read
        if member.constant is not None
    ]
    results = [f"table_{m.name}[{local}]" if m.enum else local for local, _, m in read if m.name is not None]
    packed = [repr(m.constant) if m.name is None else f"value.{m.name}" for _, _, m in read]
    # struct pads or cuts a byte string of the wrong length without a word.
    lengths = [f"len(value.{m.name}) == {m.size}" for _, _, m in read if m.name is not None and m.code.endswith("s")]
    return (
        "def decode(data):\n"
        "    try:\n"
        f"        {' '.join(f'{local},' for local, _, _ in read)} = unpack_from(data)\n"
        "    except unusable:\n"
        "        faults.unreadable(data)\n"
        f"{''.join(checks)}"
        f"    return result({', '.join(results)})\n"
        "def encode(value):\n"
        "    try:\n"
        f"        if {' and '.join(lengths) or 'True'}:\n"
        f"            return pack({', '.join(packed)})\n"
        "    except unusable:\n"
        "        pass\n"
        "    faults.unwritable(value)\n"
    )


# --- walking the declaration ---

_Leaf = tuple[str, str, int | bytes | None]
"""Format code, byte order (empty where it does not matter), constant."""


def _layout(declaration: Any, enums: Mapping[str, type[IntEnum]]) -> tuple[str, list[Member]]:
    """Byte order and members; refuses what the generated source could not express."""
    members: list[Member] = []
    orders: set[str] = set()
    offset = 0
    for name, part in _leaves(declaration, None):
        code, order, constant = _leaf(part)
        size = struct.calcsize(f"={code}")
        orders |= {order} if size > 1 and order else set()
        attribute = None if constant is not None or code.endswith("x") else _attribute(name, members)
        enum = enums.get(attribute) if attribute else None
        if enum is not None and code != "B":
            raise NotDerivable(f"{name}: only unsigned one-byte enumerations have tables")
        members.append(Member(attribute, code, offset, size, enum, constant))
        offset += size
    if len(orders) > 1:
        raise NotDerivable("mixed byte order")
    if all(member.is_padding for member in members):
        raise NotDerivable("nothing to read")
    return (orders.pop() if orders else ">"), members


def _attribute(name: str | None, taken: Sequence[Member]) -> str:
    if name is None:
        raise NotDerivable("a member without a name")
    # A keyword passes for an identifier; the source generated from it would not compile.
    if not name.isidentifier() or keyword.iskeyword(name):
        raise NotDerivable(f"{name!r} is no attribute name")
    if any(member.name == name for member in taken):
        raise NotDerivable(f"two members are called {name}")
    return name


def _leaves(part: Any, name: str | None) -> Iterator[tuple[str | None, Any]]:
    """Named leaves of nested structs, in order."""
    kind = _class_of(part)
    if kind is construct.Renamed:
        yield from _leaves(part.subcon, part.name)
    elif kind is construct.Struct:
        for member in part.subcons:
            yield from _leaves(member, None)
    else:
        yield name, part


def _class_of(part: object) -> type[object]:
    """Its exact class: a subclass of something derivable may mean anything."""
    return type(part)


def _leaf(part: Any) -> _Leaf:
    kind = _class_of(part)
    read = _LEAVES.get(kind)
    if read is None:
        raise NotDerivable(f"{kind.__name__} is no plain integer or byte string")
    return read(part)


def _integer(part: Any) -> _Leaf:
    order, code = part.fmtstr
    if code not in _INTEGER_BITS:
        raise NotDerivable(f"format {part.fmtstr} is no integer")
    return code, order, None


def _byte_string(part: Any) -> _Leaf:
    return f"{_length(part)}s", "", None


def _padding(part: Any) -> _Leaf:
    if part.subcon is not construct.Pass or part.pattern != b"\0":
        raise NotDerivable("padding around something, or other than zeros")
    return f"{_length(part)}x", "", None


def _constant(part: Any) -> _Leaf:
    code, order, _ = _leaf(part.subcon)
    return code, order, part.value


def _length(part: Any) -> int:
    if not isinstance(part.length, int):
        raise NotDerivable(f"{type(part).__name__} of a length that varies")
    return part.length


_LEAVES: Final[Mapping[type[object], Callable[[Any], _Leaf]]] = {
    construct.FormatField: _integer,
    construct.Bytes: _byte_string,
    construct.Padded: _padding,
    construct.Const: _constant,
}
"""How the derivable parts are read, by class."""
