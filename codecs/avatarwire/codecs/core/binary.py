"""Binary headers: from a construct declaration to a fast codec.

construct describes a fixed-size header once and stays the reference; `derive` walks that declaration once and
generates the source of a decoder and an encoder around one `struct.Struct`. Interpreting the declaration costs about
sixty times as much. Only what a header here is made of can be derived: one-byte code points and byte strings of fixed
length. Anything else that construct can describe raises `NotDerivable`: such a layout has to stay on construct.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, cast

import construct
import msgspec

from ..errors import DecodeError, EncodeError, shown

__all__ = ["Adapter", "BinaryCodec", "CodePoint", "Member", "NotDerivable", "derive"]

if TYPE_CHECKING:
    Adapter = construct.Adapter[Any, Any, Any, Any]
else:
    # Only the stubs have it generic.
    Adapter = construct.Adapter

StructT = TypeVar("StructT", bound=msgspec.Struct)


class NotDerivable(TypeError):
    """A declaration that one `struct.Struct` cannot express, or that does not fit the class of its values."""


class CodePoint(Adapter):
    """One unsigned byte: read as the member of an enumeration, as a plain integer where none is assigned.

    Attributes:
        meanings: every member of the enumeration, and what it stands for.
    """

    def __init__(self, meanings: Mapping[Any, str]) -> None:
        super().__init__(construct.Int8ub)
        self.meanings: Mapping[int, str] = meanings
        self._table = _table(meanings)

    def _decode(self, obj: int, context: Any, path: Any) -> int:
        return self._table[obj]

    def _encode(self, obj: int, context: Any, path: Any) -> int:
        return obj


def _table(meanings: Mapping[int, str]) -> tuple[int, ...]:
    """What each of the 256 values is read as."""
    known = {int(code): code for code in meanings}
    return tuple(known.get(value, value) for value in range(256))


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a header, as found in the declaration.

    Attributes:
        name: wire name.
        offset, size: place in the header, bytes.
        about: what the declaration says about it.
        meanings: code points that are assigned, and what they stand for; None for a byte string.
    """

    name: str
    offset: int
    size: int
    about: str
    meanings: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class BinaryCodec(Generic[StructT]):
    """A generated codec of one header.

    Attributes:
        decode: `decode(data) -> value`; reads the first `size` bytes, what follows is the caller's.
        encode: `encode(value) -> bytes`.
        size: bytes.
        members: the layout, for documentation and for whoever shows the bytes.
    """

    decode: Callable[[bytes], StructT]
    encode: Callable[[StructT], bytes]
    size: int
    members: tuple[Member, ...]


def derive(
    declaration: construct.Construct[Any, Any],
    result: type[StructT],
    *,
    vendor: str = "",
    message: str = "",
    clause: str = "",
) -> BinaryCodec[StructT]:
    """Generates a codec from a construct declaration.

    Args:
        declaration: a `construct.Struct` of named `CodePoint`s and `Bytes(n)`.
        result: the class of the values: its fields have the wire names of the members, in the same order.
        vendor, message, clause: named in errors.

    Raises:
        NotDerivable: the declaration needs construct itself, or `result` has other fields.
    """
    members = _members(declaration)
    fields = {field.encode_name: field.name for field in msgspec.structs.fields(result)}
    if [member.name for member in members] != list(fields):
        raise NotDerivable(f"{result.__name__} has not the members of the declaration")
    attributes = list(fields.values())
    packer = struct.Struct("".join("B" if member.meanings is not None else f"{member.size}s" for member in members))
    namespace: dict[str, Any] = {
        "unpack_from": packer.unpack_from,
        "pack": packer.pack,
        "result": result,
        "unusable": (struct.error, TypeError, AttributeError, BufferError),
        "faults": _Faults(members, attributes, {"vendor": vendor, "message": message}, clause),
        **{f"table{index}": _table(member.meanings or {}) for index, member in enumerate(members)},
    }
    # The source is made from attribute names of a class, never from anything received.
    exec(compile(_source(members, attributes), f"<codec of {result.__name__}>", "exec"), namespace)  # noqa: S102
    return BinaryCodec(namespace["decode"], namespace["encode"], packer.size, members)


def _members(declaration: Any) -> tuple[Member, ...]:
    """The members of a declaration; refuses what the generated source could not express."""
    # Exact classes: a subclass of something derivable may mean anything.
    if type(declaration) is not construct.Struct or not declaration.subcons:
        raise NotDerivable(f"{type(declaration).__name__} is no Struct with members")
    members: list[Member] = []
    offset = 0
    parts: list[Any] = declaration.subcons
    for part in parts:
        kind = part
        while type(kind) is construct.Renamed:
            kind = cast("Any", kind).subcon
        if type(kind) not in {CodePoint, construct.Bytes}:
            raise NotDerivable(f"{part.name} is no code point or byte string but {type(kind).__name__}")
        if type(kind) is construct.Bytes and not isinstance(kind.length, int):
            raise NotDerivable(f"{part.name} is of a length that varies")
        members.append(Member(part.name, offset, part.sizeof(), part.docs, getattr(kind, "meanings", None)))
        offset += part.sizeof()
    return tuple(members)


def _source(members: Sequence[Member], attributes: Sequence[str]) -> str:
    """The two functions, as a person would have written them by hand.

    The header of eleven bytes, for example, becomes::

        def decode(data):
            try:
                v0, v1, v2, v3, = unpack_from(data)
            except unusable:
                faults.unreadable(data)
            return result(table0[v0], table1[v1], table2[v2], v3)
        def encode(value):
            try:
                if len(value.serial_number) == 8:
                    return pack(value.frame_type, value.data_type, value.biz_type, value.serial_number)
            except unusable:
                pass
            faults.unwritable(value)
    """
    coded = [member.meanings is not None for member in members]
    results = [f"table{index}[v{index}]" if is_code else f"v{index}" for index, is_code in enumerate(coded)]
    # struct pads or cuts a byte string of the wrong length without a word.
    lengths = [
        f"len(value.{name}) == {member.size}"
        for name, member, is_code in zip(attributes, members, coded, strict=True)
        if not is_code
    ]
    return (
        "def decode(data):\n"
        "    try:\n"
        f"        {' '.join(f'v{index},' for index in range(len(members)))} = unpack_from(data)\n"
        "    except unusable:\n"
        "        faults.unreadable(data)\n"
        f"    return result({', '.join(results)})\n"
        "def encode(value):\n"
        "    try:\n"
        f"        if {' and '.join(lengths) or 'True'}:\n"
        f"            return pack({', '.join(f'value.{name}' for name in attributes)})\n"
        "    except unusable:\n"
        "        pass\n"
        "    faults.unwritable(value)\n"
    )


class _Faults:
    """Builds the errors of a generated codec; off the fast path."""

    def __init__(
        self, members: Sequence[Member], attributes: Sequence[str], about: Mapping[str, Any], clause: str
    ) -> None:
        self._members = tuple(zip(attributes, members, strict=True))
        self._size: Final = sum(member.size for member in members)
        self._about = about
        self._clause = clause

    def unreadable(self, data: Any) -> NoReturn:
        try:
            length = memoryview(data).cast("B").nbytes
        except TypeError:
            # No bytes at all, or a view with gaps.
            raise DecodeError(f"got {type(data).__name__}", expected="contiguous bytes", **self._about) from None
        expected = f"at least {self._size} bytes"
        raise DecodeError(f"{length} bytes", offset=length, expected=expected, clause=self._clause, **self._about)

    def unwritable(self, value: object) -> NoReturn:
        for attribute, member in self._members:
            item = getattr(value, attribute, None)
            if member.meanings is not None:
                is_right = isinstance(item, int) and 0 <= item <= 255
                expected = "an integer from 0 to 255"
            else:
                is_right = isinstance(item, (bytes, bytearray)) and len(item) == member.size
                expected = f"exactly {member.size} bytes"
            if not is_right:
                raise EncodeError(
                    f"got {shown(item)}",
                    path=member.name,
                    offset=member.offset,
                    expected=expected,
                    clause=self._clause,
                    **self._about,
                )
        raise EncodeError(f"cannot write {shown(value)}", clause=self._clause, **self._about)
