"""Making documented variants of valid messages: the inverse of each repair that lenient reading knows.

How the place of a repair is reached, `rule_places.py` says; what a repair does, `core/repairs.py` of the codecs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias, cast

from hypothesis import assume
from hypothesis import strategies as st
from msgspec import structs

from avatarwire.codecs.core.constraints import Condition, Required
from avatarwire.codecs.core.findings import joined
from avatarwire.codecs.core.json_codec import Partial
from avatarwire.codecs.core.paths import steps, structs_in
from avatarwire.codecs.core.repairs import (
    Convert,
    Copy,
    Drop,
    Fill,
    FrameRepair,
    RawRepair,
    Rename,
    Repair,
    Reshape,
    is_object,
)

from .carrying import Carried
from .rule_places import enter, field_of, reached, route_to, something_in, suppose
from .valid_values import Draw

__all__ = ["AnyRepair", "varied"]

AnyRepair: TypeAlias = "Repair | RawRepair | FrameRepair | Partial"


def varied(carried: Carried, repair: AnyRepair, serials: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """What travels, as one variant of a valid message.

    Args:
        carried: the entry.
        repair: of it.
        serials: of frames.
    """

    @st.composite
    def made(draw: Draw) -> bytes:
        serial = draw(serials)
        if isinstance(repair, FrameRepair):
            return repair.variant(_whole(carried, draw, serial))
        if isinstance(repair, RawRepair):
            # What one variant needs of the message is in some messages only.
            value = _with(carried, repair.path, draw) if repair.path else draw(carried.values())
            payload = carried.payload(value)
            return carried.framed(repair.variant(payload), serial)
        if isinstance(repair, Partial):
            value = draw(carried.values())
            value.pop(repair.path, None)
            return carried.bytes_of(value, serial)
        value = _VARY[type(repair)](repair, carried, draw)
        return carried.bytes_of(value, serial)

    return made()


def _whole(carried: Carried, draw: Draw, serial: bytes) -> bytes:
    """A valid frame; of speech where there is no JSON."""
    if carried.root is None:
        return carried.framed(draw(st.binary(max_size=64)), serial)
    return carried.bytes_of(draw(carried.values()), serial)


def _with(carried: Carried, path: str, draw: Draw) -> dict[str, Any]:
    """A valid message in which there is what stands at a wire path."""
    value, holder, name = _place(carried, path, draw)
    if holder.get(name) is None:
        holder[name] = something_in(_declared(carried, path), draw)
    return value


def _declared(carried: Carried, path: str) -> Any:
    route = route_to(carried, Required(path, clause=""))
    return field_of(route.cls, steps(path)[-1].name).type


def _place(
    carried: Carried, path: str, draw: Draw, when: Condition | None = None, *, may_be: bool = True
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A valid message, the object in it in which the member at a wire path stands, and the name of the member.

    Args:
        carried: the entry.
        path: of the member.
        draw: of Hypothesis.
        when: what is so of the message.
        may_be: whether nothing is to forbid the member.
    """
    route = route_to(carried, Required(path, clause="", when=when))
    spot = reached(carried, route, draw, (cast("Any", route.rule).path,) if may_be else ())
    *inner, last = steps(cast("Any", route.rule).path)
    holder, cls = spot.holder, spot.cls
    for step in inner:
        within = structs_in(field_of(cls, step.name).type)[0].cls
        holder, cls = enter(cls, holder, step, draw, within), within
    return spot.value, holder, last.name


def _place_of(
    repair: Repair, carried: Carried, draw: Draw, *, may_be: bool = True
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The same for the member that a repair is about, where what has to be so for it is."""
    when = repair.when
    if when is not None:
        about = repair.path.rpartition(".")[0] if repair.about is None else repair.about
        when = structs.replace(when, path=joined(about, when.path))
    return _place(carried, repair.path, draw, when, may_be=may_be)


def _declares(carried: Carried, path: str) -> bool:
    """Whether some class on the way has the member at the end of a wire path."""
    classes: list[Any] = [carried.root]
    for step in steps(path):
        having = [cls for cls in classes if step.name in cls.__struct_encode_fields__]
        classes = [option.cls for cls in having for option in structs_in(field_of(cls, step.name).type)]
        if not having:
            return False
    return True


def _rename(repair: Rename, carried: Carried, draw: Draw) -> dict[str, Any]:
    value, holder, name = _place_of(repair, carried, draw)
    given = holder.pop(name, None)
    if repair.to is not None:
        given = deepcopy(repair.example)
    elif given is None:
        given = something_in(_declared(carried, repair.path), draw)
    holder[repair.other] = given
    return value


def _convert(repair: Convert, carried: Carried, draw: Draw) -> dict[str, Any]:
    value, holder, name = _place_of(repair, carried, draw)
    holder[name] = deepcopy(repair.example)
    return value


def _fill(repair: Fill, carried: Carried, draw: Draw) -> dict[str, Any]:
    value, holder, name = _place_of(repair, carried, draw)
    if repair.null_only or (draw(st.booleans()) and not carried.is_query):
        holder[name] = None
    else:
        holder.pop(name, None)
    return value


def _drop(repair: Drop, carried: Carried, draw: Draw) -> dict[str, Any]:
    value, holder, name = _place_of(repair, carried, draw, may_be=False)
    is_declared = _declares(carried, repair.path)
    holder[name] = something_in(_declared(carried, repair.path), draw) if is_declared else deepcopy(repair.example)
    return value


def _copy(repair: Copy, carried: Carried, draw: Draw) -> dict[str, Any]:
    value, holder, name = _place(carried, repair.path, draw)
    *outer, last = steps(repair.source)
    source, cls = value, carried.root
    for step in outer:
        inner = structs_in(field_of(cls, step.name).type)[0].cls
        source, cls = enter(cls, source, step, draw, inner), inner
    if source.get(last.name) is None:
        is_declared = last.name in cls.__struct_encode_fields__
        source[last.name] = something_in(field_of(cls, last.name).type, draw) if is_declared else draw(_WORDS)
    holder.pop(name, None)
    return value


def _reshape(repair: Reshape, carried: Carried, draw: Draw) -> dict[str, Any]:
    make = cast("Callable[[dict[str, Any]], None]", repair.variant)
    for _ in range(_TRIES):
        value = _everything(carried, draw) if draw(st.booleans()) else draw(carried.values())
        try:
            make(value)
        except (AttributeError, IndexError, KeyError, TypeError):
            # It takes a member that this message has not.
            continue
        # What it does shows in the message, or in what it says.
        repaired = deepcopy(value)
        if repair.to(repaired) is not None or repaired != value:
            return value
    assume(False)
    raise AssertionError


def _everything(carried: Carried, draw: Draw) -> dict[str, Any]:
    """A valid message with most of the members that there can be at its top, and in its data."""
    value = draw(carried.values())
    _filled(carried.root, value, draw)
    data = value.get("data")
    if "data" in value:
        for option in structs_in(field_of(carried.root, "data").type):
            if is_object(data):
                _filled(option.cls, data, draw)
    return carried.make_valid(value, draw)


def _filled(cls: Any, value: dict[str, Any], draw: Draw) -> None:
    for member in cls.__struct_encode_fields__:
        if value.get(member) is None:
            suppose(Condition(member), cls, value, draw)


_WORDS: Final = st.text("abcdefgh", min_size=1, max_size=8)

_TRIES: Final = 8
"""So often a message is drawn that a variant may be made of."""

_VARY: Final[Mapping[type[Repair], Callable[[Any, Carried, Draw], dict[str, Any]]]] = {
    Rename: _rename,
    Convert: _convert,
    Fill: _fill,
    Drop: _drop,
    Copy: _copy,
    Reshape: _reshape,
}
