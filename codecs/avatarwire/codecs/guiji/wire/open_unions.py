"""Reading messages whose lists of kinds are open: kinds of resources and commands that the document does not list.

msgspec reads the documented kinds by their tag and has no place for others. So these are taken out before it reads,
stood in for by a listed one, and put back afterwards, every member kept. Only this detour lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, cast

from msgspec import inspect, structs

from ...core.checking import against
from ...core.constraint import MISSING
from ...core.constraints import Constraint
from ...core.conversion import convert, type_info
from ...core.error_mapping import UNREADABLE
from ...core.findings import Finding, joined
from ...core.introspection import at_path, declaration
from ...core.json_codec import JsonCodec
from ...core.paths import bare
from ...core.received import Received
from ...core.repairs import is_object, objects
from ...message import Message
from ..messages.rpc_requests import COMMAND_TARGETS, UnknownCommand
from ..resources import KINDS, UnknownResource

__all__ = ["COMMANDS", "RESOURCES", "OpenUnion", "RpcCodec"]

BodyT = TypeVar("BodyT", bound=Message)


@dataclass(frozen=True, slots=True)
class OpenUnion:
    """Members whose kind is given by a tag, of which later ones are to survive.

    Attributes:
        member: wire name of the member.
        attribute: the same in Python.
        tag: wire name of the tag in it.
        listed: tags that are documented.
        kept_as: what another one is kept as.
        stand_in: a documented one, into which the members that all kinds share are put.
        shared: wire names of those.
    """

    member: str
    attribute: str
    tag: str
    listed: Collection[str]
    kept_as: Callable[[Mapping[str, Any]], Any]
    stand_in: Mapping[str, Any]
    shared: Sequence[str] = ()

    def take_out(self, holder: dict[str, Any]) -> Any | None:
        """Replaces the member of `holder` if it is of another kind, and gives what it is to be kept as."""
        found = holder.get(self.member)
        if not is_object(found):
            return None
        tag = found.get(self.tag)
        if not isinstance(tag, str) or not tag or tag in self.listed:
            return None
        common = {name: found[name] for name in self.shared if name in found}
        holder[self.member] = {**self.stand_in, **common}
        return self.kept_as(found)


RESOURCES: Final = OpenUnion(
    "resOptions", "res_options", "type", KINDS, UnknownResource, {"type": "rtmp"}, shared=("name",)
)
"""Kinds of resources (GJ-E66)."""
COMMANDS: Final = OpenUnion(
    "options",
    "options",
    "method",
    COMMAND_TARGETS,
    UnknownCommand,
    {"method": "closepushstreams", "args": {"pushurls": ["rtmp://localhost"]}},
)
"""Commands of ExecSessionResList (GJ-E77)."""


class RpcCodec(JsonCodec[BodyT]):
    """Decodes and encodes one message.

    Attributes:
        open_unions: what may be of a kind that is not listed, by the wire path of the list it stands in.
        rules: what distinguishes this message from others of the same type, such as its command.
    """

    def __init__(
        self,
        type_: type[BodyT],
        *,
        open_unions: Mapping[str, OpenUnion],
        rules: tuple[Constraint, ...] = (),
        **about: Any,
    ) -> None:
        super().__init__(type_, **about)
        self.open_unions = open_unions
        self.rules = rules

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[BodyT]:
        # The strict type takes in messages without a tag, and the other messages of the same type.
        return self.decode_carefully(data, strict=strict, offset=offset)

    not_digits = ("id",)
    """An id that is a text is another id: JSON-RPC has both."""

    def from_object(
        self, fields: dict[str, Any], text: bytes, *, strict: bool = False
    ) -> tuple[BodyT, tuple[Finding, ...]]:
        """Reads decoded JSON, which is changed on the way.

        Args:
            fields: the JSON.
            text: what it was decoded from.
            strict: whether forms of JSON that strict reading refuses are left as they are.

        Raises:
            ValidationError: nothing documented explains it.
        """
        return self._from_object(fields, self.settle(fields, text, strict=strict))

    def _from_object(
        self, fields: dict[str, Any], found: Sequence[Finding], *, text_values: bool = False
    ) -> tuple[BodyT, tuple[Finding, ...]]:
        self._look_for_tags(fields)
        noticed = [*found, *self._repaired(fields)]
        kept = {where: _taken_out(fields, where, kinds) for where, kinds in self.open_unions.items()}
        try:
            value = convert(fields, self.type, strict=not text_values)
        except UNREADABLE as error:
            raise self._mapped(str(error), fields) from None
        for where, items in kept.items():
            if items:
                value = _put_back(value, _ATTRIBUTES[where], self.open_unions[where].attribute, items)
        if self.rules and (told := list(against(self.rules, value))):
            raise self._error(told)
        return value, (*noticed, *self.checked(value))

    def _look_for_tags(self, fields: dict[str, Any]) -> None:
        """Requires the members that distinguish kinds: msgspec does so only where it has a choice."""
        for where, tag, expected in _lone_tags(self.type):
            holder = fields.get(where) if where else fields
            if is_object(holder) and tag not in holder:
                at = joined(where, tag)
                clause = at_path(declaration(self.type), f".{at}")[1]
                raise self._error([Finding(clause, at, MISSING, expected)])


@cache
def _lone_tags(type_: Any) -> tuple[tuple[str, str, str], ...]:
    """The tags of a message and of the one object that may be in it: where each stands, its name, its value."""
    inner = ((field.encode_name, bare(field.type)) for field in _struct(type_).fields)
    places = [("", _struct(type_)), *((name, info) for name, info in inner if isinstance(info, inspect.StructType))]
    return tuple((where, info.tag_field, str(info.tag)) for where, info in places if info.tag_field is not None)


def _struct(type_: Any) -> inspect.StructType:
    return cast("inspect.StructType", type_info(type_))


_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "": (),
    "params.resList": ("params", "res_list"),
    "params.addRes.resList": ("params", "add_res", "res_list"),
    "params.executeList": ("params", "execute_list"),
}
"""Lists that messages have, as wire paths and as attributes; without a path, what is of that kind itself."""


def _taken_out(fields: dict[str, Any], where: str, kinds: OpenUnion) -> dict[int, Any]:
    """What was taken out of a list, by its place in it."""
    holders = [holder for _, holder in objects(fields, where and f"{where}[]")]
    found = ((index, kinds.take_out(holder)) for index, holder in enumerate(holders))
    return {index: item for index, item in found if item is not None}


def _put_back(value: BodyT, attributes: Sequence[str], member: str, items: Mapping[int, Any]) -> BodyT:
    """`value` with `items` as a member of the elements of a list, below some attributes."""
    if not attributes:
        return structs.replace(value, **{member: items[0]})
    name, *rest = attributes
    inner = getattr(value, name)
    if rest:
        return structs.replace(value, **{name: _put_back(inner, rest, member, items)})
    elements = (
        structs.replace(element, **{member: items[index]}) if index in items else element
        for index, element in enumerate(inner)
    )
    return structs.replace(value, **{name: tuple(elements)})
