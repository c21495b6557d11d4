"""Names of a module that are imported when they are first asked for (PEP 562).

What is imported with a package is what nearly everyone needs who imports it; the rest of its names are in a table, by
the module that has them. Type checkers see plain imports, under ``TYPE_CHECKING``, and a test holds the two together.
Only the way from the table to the name lives here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazily"]


def lazily(
    module: str, names: Mapping[str, str], modules: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions ``__getattr__`` and ``__dir__`` of a module.

    A name is looked up once: then the module has it. Threads that ask at the same time get the same object.

    Args:
        module: its name.
        names: what other modules have, with spaces between, by the path of each from the package on, such as
            ``wire.header``.
        modules: modules that are names themselves: the path of each, by name.
    """
    places = {name: path for path, listed in names.items() for name in listed.split()}
    parts = modules or {}

    def look_up(name: str) -> Any:
        this = sys.modules[module]
        if name in parts:
            found: Any = import_module(f".{parts[name]}", this.__package__)
        elif name in places:
            found = getattr(import_module(f".{places[name]}", this.__package__), name)
        else:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=this)
        setattr(this, name, found)
        return found

    def all_names() -> list[str]:
        return sorted({*vars(sys.modules[module]), *places, *parts})

    return look_up, all_names
