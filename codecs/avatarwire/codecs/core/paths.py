"""Wire paths in rules, such as ``frames[].layers[].width``, and how a struct is walked along one.

Only the way from a wire path to attributes lives here; what is asked of the values at its end, `constraints.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast, get_type_hints

import msgspec
from msgspec import UNSET, inspect

from .conversion import prepared, type_info

__all__ = ["Expression", "Shape", "Step", "shape_of", "steps"]


class Step(NamedTuple):
    """One step of a wire path."""

    name: str
    """Wire name of a member."""
    is_list: bool
    """Whether the path goes on in every item of it."""


@cache
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a wire path; ``[]`` behind a name stands for every item of that list."""
    return tuple(Step(part.removesuffix("[]"), part.endswith("[]")) for part in path.split("."))


class Expression(NamedTuple):
    """Python source for the value at a wire path of the message ``m``."""

    source: str
    absent: str
    """An expression that is true where the value is absent or null; empty where it is always there."""
    enum: type[Any] | None = None
    """The enumeration whose members the value is, if it is of one."""
    classes: Mapping[Any, type[Any]] | None = None
    """For a tag: the classes that the source is one of, by their tags."""

    def unless_absent(self, test: str) -> str:
        """An expression that is true where a test of the value is, or where there is none to test."""
        return f"({self.absent} or {test})" if self.absent else test


class Shape:
    """The fields of one struct by wire name."""

    def __init__(self, cls: type[msgspec.Struct]) -> None:
        self.cls = cls
        self._attributes = dict(zip(cls.__struct_encode_fields__, cls.__struct_fields__, strict=True))
        info = cast("inspect.StructType", type_info(cls))
        self._fields = {field.encode_name: field for field in info.fields}

    def field(self, name: str) -> inspect.Field | None:
        """The field of a wire name; None where the struct has none of that name."""
        return self._fields.get(name)

    def attribute(self, name: str) -> str | None:
        """The attribute of a wire name; None where the struct has none of that name."""
        return self._attributes.get(name)

    def values(self, message: Any, path: str) -> Iterator[tuple[str, Any]]:
        """What stands at a path, with the path of each; None where the last member is absent or null.

        A member that another object on the way would have, if it were there, is not among them.
        """
        yield from _values(message, steps(path), "")

    def is_nullable(self, path: str) -> bool:
        """Whether the member at the end of a path may be null."""
        field = self._field(path)
        return field is not None and _is_nullable(field.type)

    def is_sure(self, path: str) -> bool:
        """Whether the member at the end of a path is always there, and never null, where its holder is."""
        field = self._field(path)
        return field is not None and field.required and not _is_nullable(field.type)

    def takes(self, path: str, value: Any) -> bool:
        """Whether a value fits what is declared of the member at the end of a path."""
        shape, name = self._holder(path)
        attribute = shape.attribute(name) if shape else None
        if shape is None or attribute is None:
            return True
        hint = get_type_hints(shape.cls, include_extras=True)[attribute]
        prepared(hint)
        try:
            msgspec.convert({attribute: value}, msgspec.defstruct("Taken", [(attribute, hint)]))
        except msgspec.ValidationError:
            return False
        return True

    def _holder(self, path: str) -> tuple[Shape | None, str]:
        """The shape of the object in which the member at the end of a path stands, and the member's name."""
        shape: Shape | None = self
        way = steps(path)
        for step in way[:-1]:
            field = shape._fields.get(step.name) if shape else None
            inner = _struct_in(field.type) if field else None
            shape = shape_of(inner) if inner else None
        return shape, way[-1].name

    def _field(self, path: str) -> inspect.Field | None:
        shape, name = self._holder(path)
        return shape._fields.get(name) if shape else None

    def expression(self, path: str) -> Expression | None:
        """Source for the value at a path; None for a path that leads through lists or objects that may be absent.

        It may lead through a choice of objects that all have the next member. What may stand there although it is not
        declared, as a kind that nobody has listed, has an attribute of that name too.
        """
        *outer, last = steps(path)
        shapes, source = [self], "m"
        for step in outer:
            fields = _common(shapes, step)
            inner = [_objects_in(field.type) for field in fields if field.required]
            if not inner or len(inner) < len(fields) or not all(inner):
                return None
            source = f"{source}.{fields[0].name}"
            shapes = [shape_of(info.cls) for infos in inner for info in infos]
        fields = _common(shapes, last)
        if not fields:
            return None
        source = f"{source}.{fields[0].name}"
        if len(fields) == 1:
            return Expression(source, _absence(source, fields[0]), _enum(fields[0].type))
        return None if any(_absence(source, field) or _enum(field.type) for field in fields) else Expression(source, "")

    def declares(self, path: str) -> bool:
        """Whether there is a member at the end of a path."""
        return self._field(path) is not None

    def items(self, path: str) -> Shape | None:
        """The shape of the object at a path, or of the items of a list there; None where that is no one class."""
        field = self._field(path)
        inner = _struct_in(field.type) if field else None
        return shape_of(inner) if inner else None

    def tag(self, path: str) -> Expression | None:
        """The class at a path that ends in the tag of a choice of objects; None for any other path, as above."""
        outer, _, name = path.rpartition(".")
        field = self._field(outer) if outer else None
        if field is None or not field.required:
            return None
        options = _objects_in(field.type)
        holder = self.expression(outer)
        if holder is None or not options or any(option.tag_field != name for option in options):
            return None
        return Expression(f"type({holder.source})", "", classes={option.tag: option.cls for option in options})


def _common(shapes: Sequence[Shape], step: Step) -> list[inspect.Field]:
    """The field of a step in each of some shapes; none where one lacks it, or has it under another attribute."""
    fields = [shape.field(step.name) for shape in shapes]
    known = [field for field in fields if field is not None]
    is_one = not step.is_list and len(known) == len(fields) and len({field.name for field in known}) == 1
    return known if is_one else []


def _absence(source: str, field: inspect.Field) -> str:
    tests = [f"{source} is UNSET"] if not field.required and field.default is msgspec.NODEFAULT else []
    tests += [f"{source} is None"] if _is_nullable(field.type) else []
    return f"({' or '.join(tests)})" if tests else ""


def _enum(info: inspect.Type) -> type[Any] | None:
    info = bare(info)
    return info.cls if isinstance(info, inspect.EnumType) else None


@cache
def shape_of(cls: Any) -> Shape:
    """The shape of a struct, found out once."""
    return Shape(cls)


def _values(holder: Any, way: tuple[Step, ...], path: str) -> Iterator[tuple[str, Any]]:
    step, *rest = way
    value = _member(holder, step.name)
    where = f"{path}.{step.name}" if path else step.name
    if value is UNSET:
        value = None
    if step.is_list:
        for index, item in enumerate(value or ()):
            if rest:
                yield from _values(item, tuple(rest), f"{where}[{index}]")
            else:
                yield f"{where}[{index}]", item
    elif not rest:
        yield where, value
    elif value is not None:
        yield from _values(value, tuple(rest), where)


def _member(holder: Any, name: str) -> Any:
    if isinstance(holder, dict):
        # Of a kind that nobody has listed, kept as it came.
        return cast("dict[str, Any]", holder).get(name, UNSET)
    if not isinstance(holder, msgspec.Struct):
        return UNSET
    attribute = shape_of(type(holder)).attribute(name)
    if attribute is not None:
        return getattr(holder, attribute)
    config = holder.__struct_config__
    return config.tag if config.tag_field == name else UNSET


def bare(info: inspect.Type) -> inspect.Type:
    """A declaration without its documentation."""
    while isinstance(info, inspect.Metadata):
        info = info.type
    return info


def _is_nullable(info: inspect.Type) -> bool:
    info = bare(info)
    if isinstance(info, inspect.UnionType):
        return any(isinstance(bare(part), inspect.NoneType) for part in info.types)
    return isinstance(info, (inspect.NoneType, inspect.AnyType))


def _struct_in(info: inspect.Type) -> type[msgspec.Struct] | None:
    """The one struct that a declaration is, or is a list of; None where there are several or none."""
    found = [part.cls for part in structs_in(info)]
    return found[0] if len(found) == 1 else None


def _objects_in(info: inspect.Type) -> list[inspect.StructType]:
    """The structs that a declaration is a choice of; none where it may be anything else, null too."""
    info = bare(info)
    options = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    structs = [option for option in options if isinstance(option, inspect.StructType)]
    return structs if len(structs) == len(options) else []


def structs_in(info: inspect.Type) -> list[inspect.StructType]:
    """The structs that a declaration is, is a choice of, or is a list of."""
    info = bare(info)
    if isinstance(info, inspect.StructType):
        return [info]
    if isinstance(info, inspect.UnionType):
        return [found for part in info.types for found in structs_in(part)]
    if isinstance(info, (inspect.ListType, inspect.VarTupleType)):
        return structs_in(info.item_type)
    return []
