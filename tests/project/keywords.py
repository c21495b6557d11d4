"""The tunables of each fake as keywords that type checkers know: ``python -m tests.project.keywords`` writes them.

They repeat what the vendors' `scenario.py` declares, since a type checker reads no other declaration of them. Only
making their text lives here; `test_keywords.py` holds the files against it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from avatarwire.fakeserver.scenario import ScenarioTable
from avatarwire.fakeserver.vendors import VENDORS
from tests.project.tree import portion

__all__ = ["text_of", "where"]

_WIDTH: Final = 120

HEAD: Final = '''"""The tunables of the fake {title} server as keywords, for type checkers: ``**changes`` of its class.

Written by ``make docs`` from `scenario.py`, which says what each does; nothing else may live here.
"""

from __future__ import annotations

{imports}

__all__ = ["{name}"]


class {name}(TypedDict, total=False):
    """Tunables by name; `{table}` has their meaning, ranges and defaults."""

{keys}
'''


def where(vendor: str) -> Path:
    """The file of a vendor's keywords."""
    return portion("fakeserver") / vendor / "changes.py"


def text_of(vendor: str) -> str:
    """What is to be in it."""
    fake: Any = VENDORS[vendor].type
    scenario: ScenarioTable = fake().scenario
    table = type(scenario)
    given = set(inspect.signature(fake).parameters)
    used: set[type] = set()
    keys = [
        line
        for name, hint in get_type_hints(table).items()
        if name not in given
        for line in _lines(f"    {name}: ", list(_options(hint, used)))
    ]
    body = "\n".join(keys)
    return HEAD.format(
        title=vendor,
        name=f"{table.__name__.removesuffix('Scenario')}Changes",
        table=table.__name__,
        imports="\n".join(_imports(body, used)),
        keys=body,
    )


def _lines(head: str, options: list[str]) -> list[str]:
    line = head + " | ".join(options)
    if len(line) <= _WIDTH:
        return [line]
    (whole,) = options  # only a list of words is that long
    return [head + whole[: whole.index("[") + 1], f"        {whole[whole.index('[') + 1 : -1]}", "    ]"]


def _imports(body: str, used: set[type]) -> Iterator[str]:
    abstract = [name for name in ("Mapping", "Sequence") if f"{name}[" in body]
    typing = [name for name in ("Any", "Literal") if name in body]
    yield f"from collections.abc import {', '.join(abstract)}"
    yield f"from typing import {', '.join([*typing, 'TypedDict'])}"
    yield ""
    modules: dict[str, list[str]] = {}
    for kind in used:
        modules.setdefault(kind.__module__, []).append(kind.__name__)
    for module, names in sorted(modules.items()):
        line = f"from {module} import {', '.join(sorted(names))}"
        if len(line) <= _WIDTH:
            yield line
        else:
            yield f"from {module} import ("
            yield from (f"    {name}," for name in sorted(names))
            yield ")"


def _options(hint: Any, used: set[type]) -> Iterator[str]:
    """What a keyword may be: a table may be given as a mapping, a tuple as any sequence."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for part in arguments:
            yield from _options(part, used)
    elif hint is NoneType:
        yield "None"
    elif origin is Literal:
        yield f"Literal[{', '.join(_literal(value) for value in arguments)}]"
    elif origin is tuple:
        yield f"Sequence[{' | '.join(_options(arguments[0], used))}]"
    elif origin in (Mapping, dict):
        parts = [" | ".join(_options(part, used)) for part in arguments]
        yield f"Mapping[{', '.join(parts)}]"
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        used.add(hint)
        yield hint.__name__
        if issubclass(hint, ScenarioTable):
            yield "Mapping[str, object]"
    else:
        yield str(getattr(cast("object", hint), "__name__", "Any"))


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def main(vendors: Sequence[str]) -> None:
    """Writes the files."""
    for vendor in vendors:
        where(vendor).write_text(text_of(vendor), encoding="utf-8")


if __name__ == "__main__":
    main(tuple(VENDORS))
