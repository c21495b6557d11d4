"""Binary layouts: from a construct declaration to a fast codec.

construct describes a fixed-size layout once and stays the reference; `derive` walks that declaration at import and
generates the source of a decoder and an encoder around one `struct.Struct`. Interpreting the declaration costs about
sixty times as much. What construct can describe but a single `struct.Struct` cannot (variable lengths, mixed byte
order, bit fields, computed members) raises `NotDerivable`: such a layout has to stay on construct.
"""

from __future__ import annotations

import keyword
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Generic, NoReturn, TypeVar

import construct

from .errors import DecodeError, EncodeError, ValidationError, shown

__all__ = ["BinaryCodec", "NotDerivable", "derive"]

T = TypeVar("T")

_INTEGER_BITS: Final[Mapping[str, tuple[int, bool]]] = {
    "B": (8, False), "b": (8, True), "H": (16, False), "h": (16, True),
    "L": (32, False), "l": (32, True), "Q": (64, False), "q": (64, True),
}  # fmt: skip


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
        declaration: a `construct.Struct` of named integers, `Bytes(n)`, `Const`, `Padding` and nested `Struct`s.
        result: called with the named members in declaration order; its attributes have the same names.
        enums: enumerations by member name; unknown wire values stay plain integers.
        vendor, message, clause: named in errors.

    Raises:
        NotDerivable: the declaration needs construct itself.
    """
    order, members = _members(declaration, enums or {})
    packer = struct.Struct((order or ">") + "".join(member.code for member in members))
    if packer.size != declaration.sizeof():
        raise NotDerivable(f"sizes differ: {packer.size} derived, {declaration.sizeof()} declared")
    tables = {
        member.name: _table(member.enum) for member in members if member.name is not None and member.enum is not None
    }
    faults = _Faults(members, packer.size, vendor, message, clause)
    source = _source(members)
    namespace: dict[str, Any] = {
        "unpack_from": packer.unpack_from,
        "pack": packer.pack,
        "result": result,
        "struct_error": struct.error,
        "faults": faults,
        **{f"table_{name}": table for name, table in tables.items()},
    }
    # The source is made from member names checked to be identifiers, never from anything received.
    exec(compile(source, f"<codec of {message or 'layout'}>", "exec"), namespace)  # noqa: S102
    return BinaryCodec(namespace["decode"], namespace["encode"], packer.size, tuple(members), packer, tables)


class _Faults:
    """Builds the errors of a generated codec; off the fast path."""

    def __init__(self, members: Sequence[Member], size: int, vendor: str, message: str, clause: str) -> None:
        self._members = members
        self._size = size
        self._about: dict[str, Any] = {"vendor": vendor, "message": message}
        self._clause = clause

    def unreadable(self, data: object) -> NoReturn:
        try:
            length = len(memoryview(data))  # type: ignore[arg-type]  # anything may arrive; the error below says so
        except TypeError:
            raise DecodeError(f"got {type(data).__name__}", expected="bytes", **self._about) from None
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
            expected = self._wanted(member, item)
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

    @staticmethod
    def _wanted(member: Member, item: object) -> str:
        """What the member should have been, or nothing when it is right."""
        if member.code in _INTEGER_BITS:
            bits, signed = _INTEGER_BITS[member.code]
            low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            right = isinstance(item, int) and low <= item <= high
            return "" if right else f"an integer from {low} to {high}"
        return "" if isinstance(item, bytes) and len(item) == member.size else f"exactly {member.size} bytes"


def _table(enum: type[IntEnum]) -> tuple[int, ...]:
    known = {int(member): member for member in enum}
    return tuple(known.get(value, value) for value in range(256))


def _source(members: Sequence[Member]) -> str:
    """The two functions, as a person would have written them by hand."""
    read = [(index, member) for index, member in enumerate(members) if not member.is_padding]
    raw = [f"v{index}" if member.name is None else member.name for index, member in read]
    shown_members = [(index, member) for index, member in enumerate(members) if member.constant is not None]
    values = [
        f"table_{member.name}[{member.name}]" if member.enum is not None else member.name
        for member in members
        if member.name is not None
    ]
    packed = [repr(member.constant) if member.name is None else f"value.{member.name}" for _, member in read]
    lengths = [
        f"len(value.{member.name}) != {member.size}"
        for member in members
        if member.name is not None and member.code.endswith("s")
    ]
    tail = "," if len(read) == 1 else ""
    lines = [
        "def decode(data):",
        "    try:",
        f"        {', '.join(raw)}{tail} = unpack_from(data)",
        "    except (struct_error, TypeError):",
        "        faults.unreadable(data)",
        *(
            line
            for index, member in shown_members
            for line in (
                f"    if v{index} != {member.constant!r}:",
                f"        faults.constant({index}, v{index})",
            )
        ),
        f"    return result({', '.join(values)})",
        "def encode(value):",
        "    try:",
        # struct pads or cuts a byte string of the wrong length without a word.
        *([f"        if {' or '.join(lengths)}:", "            faults.unwritable(value)"] if lengths else []),
        f"        return pack({', '.join(packed)})",
        "    except (struct_error, TypeError, AttributeError):",
        "        faults.unwritable(value)",
    ]
    return "\n".join(lines) + "\n"


def _members(
    declaration: construct.Construct[Any, Any], enums: Mapping[str, type[IntEnum]]
) -> tuple[str, list[Member]]:
    members: list[Member] = []
    orders: set[str] = set()
    offset = 0
    for name, part in _flatten(declaration, None):
        code, order, constant = _code(part)
        size = struct.calcsize(f"={code}")
        if order and size > 1:
            orders.add(order)
        if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
            raise NotDerivable(f"{name!r} is no attribute name")
        anonymous = constant is not None or code.endswith("x")
        if name is None and not anonymous:
            raise NotDerivable("a member without a name")
        enum = enums.get(name) if name is not None and not anonymous else None
        if enum is not None and size != 1:
            raise NotDerivable(f"{name}: only one-byte enumerations have tables")
        members.append(Member(None if anonymous else name, code, offset, size, enum, constant))
        offset += size
    if len(orders) > 1:
        raise NotDerivable("mixed byte order")
    if all(member.is_padding for member in members):
        raise NotDerivable("nothing to read")
    return (orders.pop() if orders else ""), members


def _flatten(part: Any, name: str | None) -> list[tuple[str | None, Any]]:
    """Named leaves of nested structs, in order."""
    if isinstance(part, construct.Renamed):
        inner: Any = part.subcon
        if isinstance(inner, construct.Struct):
            return _flatten(inner, None)
        return [(str(part.name), inner)]
    if isinstance(part, construct.Struct):
        found: list[tuple[str | None, Any]] = []
        for member in part.subcons:
            found.extend(_flatten(member, None))
        return found
    return [(name, part)]


def _code(part: Any) -> tuple[str, str, int | bytes | None]:
    """Format code, byte order and constant of one leaf."""
    if isinstance(part, construct.Enum):
        part = part.subcon
    if isinstance(part, construct.Const):
        code, order, _ = _code(part.subcon)
        return code, order, part.value
    if isinstance(part, construct.FormatField):
        order, code = part.fmtstr[0], part.fmtstr[1:]
        if code in _INTEGER_BITS:
            return code, order, None
        raise NotDerivable(f"format {part.fmtstr}")
    if isinstance(part, construct.Padded) and part.subcon is construct.Pass and part.pattern == b"\0":
        return f"{part.length}x", "", None
    if isinstance(part, construct.Bytes) and isinstance(part.length, int):
        return f"{part.length}s", "", None
    raise NotDerivable(f"{type(part).__name__} has no fixed layout")
