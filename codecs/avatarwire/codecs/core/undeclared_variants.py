"""Members that a repair is about and the strict type does not declare: strict reading passes over them in silence.

What was read strictly may have such members all the same, and then has to be read again with the repairs. Only the
quick test for that lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import UNSET

from .paths import Shape, Step, shape_of, steps
from .repairs import Rename, Repair

__all__ = ["overlooks"]


def overlooks(cls: Any, repairs: Sequence[Repair]) -> Callable[[Any, bytes], bool]:
    """A function of a message that was read strictly, and of the bytes: whether a repair might apply.

    Looking through the bytes takes longer than anything else, so another name of a member is looked for only where the
    member itself is absent.

    Args:
        cls: the strict type.
        repairs: of its codec.
    """
    shape = shape_of(cls)
    names: dict[str, Any] = {"UNSET": UNSET}
    lines: list[str] = []
    for repair in repairs:
        way = steps(repair.path)
        other = repair.other if isinstance(repair, Rename) else way[-1].name
        found = f"if k{len(names)} in data: return True"
        if isinstance(repair, Rename):
            lines += _where_absent(shape, way, "m", found)
        elif repair.path and not shape.declares(repair.path):
            lines.append(found)
        else:
            continue
        names[f"k{len(names)}"] = f'"{other}"'.encode()
    source = "\n    ".join(("def overlooks(m, data):", *lines, "return False"))
    exec(compile(source, f"<repairs of {cls.__name__}>", "exec"), names)  # noqa: S102  # made of declarations alone
    overlooked: Callable[[Any, bytes], bool] = names["overlooks"]
    return overlooked


def _where_absent(shape: Shape, way: Sequence[Step], variable: str, then: str) -> Iterator[str]:
    """Statements that do something in every object in which the member at the end of a way is absent."""
    step, *rest = way
    value, inner = f"{variable}.{shape.attribute(step.name)}", shape.items(step.name)
    if not rest:
        yield f"if {value} is UNSET or {value} is None:"
        yield f"    {then}"
    elif inner is None:
        yield then
    else:
        item = f"m{len(rest)}"
        if step.is_list:
            yield f"for {item} in {value} or ():"
        else:
            yield f"{item} = {value}"
            yield f"if {item}:"
        yield from (f"    {line}" for line in _where_absent(inner, rest, item, then))
