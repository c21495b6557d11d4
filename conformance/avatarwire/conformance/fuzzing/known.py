"""What a client comes to know: ids and tokens, by the names of the members that they came under.

Drawn messages have ids of nobody. Before they are sent those are replaced by what is known, wherever they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast
from urllib.parse import parse_qsl, quote, urlencode

from avatarwire.codecs.core.json_text import look

__all__ = ["Known", "filled", "target"]

_ID: Final = re.compile(r"(?:^id|Ids?|ID|_ids?|[tT]oken|topic\w+|sender|playlist)$")
"""Names of members that say which one is meant."""
_KEPT: Final = 40
"""Values of a name that are remembered."""
_DEEPEST: Final = 20
_LONGEST: Final = 4096
_SAFE: Final = "%&=+;,:/?@!$'()*~-._[]{}\"|^`\\<>"

Value: TypeAlias = "str | int"


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


class Known:
    """Values by the names of members, the newest last.

    Args:
        another: of a value that came under a name, another name that it is known by.
    """

    def __init__(self, another: Mapping[str, str]) -> None:
        self._values: Final[dict[str, list[Value]]] = {}
        self._another: Final = another
        self.not_ours: Final[set[Value]] = set()
        """Values that nobody may get to know: those of other clients."""

    def add(self, name: str, value: object) -> None:
        """One more value, if it is one that says which one is meant."""
        name = self._another.get(name, name)
        if not _ID.search(name) or isinstance(value, bool) or not isinstance(value, str | int):
            return
        if value in ("", 0) or value in self.not_ours or len(str(value)) > _LONGEST:
            return
        values = self._values.setdefault(name, [])
        if value in values:
            values.remove(value)
        values.append(value)
        del values[:-_KEPT]

    def learn(self, found: object, depth: int = 0) -> None:
        """Everything of JSON values that says which one is meant."""
        if depth > _DEEPEST:
            return
        if isinstance(found, Mapping):
            for name, value in cast("Mapping[str, Any]", found).items():
                items = _items(value)
                for item in items:
                    self.add(name, item)
                self.learn(items, depth + 1)
        elif isinstance(found, list):
            for item in cast("list[object]", found):
                self.learn(item, depth + 1)

    def learn_bytes(self, data: bytes) -> None:
        """The same of JSON text, if it is that."""
        try:
            self.learn(look(data))
        except (RecursionError, ValueError):
            return

    def remembered(self) -> Callable[[], None]:
        """What has it know again what it knows now, and no more."""
        kept = {name: list(values) for name, values in self._values.items()}

        def back() -> None:
            self._values.clear()
            self._values.update({name: list(values) for name, values in kept.items()})

        return back

    def get(self, name: str, nth: int) -> Value | None:
        """The n-th last value of a name; the oldest where there are not so many."""
        values = self._values.get(self._another.get(name, name))
        return values[-min(nth, len(values))] if values else None


def filled(data: bytes, get: Callable[[str], Value | None], *, query: bool = False, head: int = 0) -> bytes:
    """A message with the ids that are known; as it is where nothing can be made out in it.

    Args:
        data: the message.
        get: gives a value of a name.
        query: whether it is a query, and no JSON.
        head: bytes before the JSON.
    """
    if query:
        pairs = parse_qsl(data.decode("latin-1"), keep_blank_values=True)
        new = [(name, value if (it := _known(name, get)) is None else str(it)) for name, value in pairs]
        return data if new == pairs else urlencode(new).encode()
    try:
        found: object = json.loads(data[head:])
        changed = _changed(found, get, 0)
        if changed == found:
            return data
        return data[:head] + json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, RecursionError):
        return data


def _known(name: str, get: Callable[[str], Value | None]) -> Value | None:
    return get(name) if _ID.search(name) else None


def _changed(value: object, get: Callable[[str], Value | None], depth: int) -> object:
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        return {name: _member(name, item, get, depth) for name, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_changed(item, get, depth + 1) for item in cast("list[object]", value)]
    return value


def _member(name: str, value: object, get: Callable[[str], Value | None], depth: int) -> object:
    known = _known(name, get)
    if known is None:
        return _changed(value, get, depth + 1)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return _like(value, known)
    return _items_changed(value, known) or _changed(value, get, depth + 1)


def _items_changed(value: object, known: Value) -> list[object] | None:
    """A list of values whose first is known; None of anything else."""
    items = _items(value)
    if isinstance(value, list) and items and all(isinstance(item, str | int) for item in items):
        return [_like(items[0], known), *items[1:]]
    return None


def _like(value: object, known: Value) -> Value:
    """What is known, as a text where a text stood, and as a number where a number stood and it is one."""
    if isinstance(value, str):
        return str(known)
    return int(known) if isinstance(known, str) and known.isascii() and known.isdigit() else known


def target(query: bytes) -> str:
    """A query as it can stand in the first line of a request, whatever it is."""
    return quote(query, safe=_SAFE)
