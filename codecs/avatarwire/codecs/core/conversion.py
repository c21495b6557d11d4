"""Values to types by msgspec, from any thread.

msgspec looks through a type when it is first converted or decoded to, and keeps what it has found with the class. Two
threads that do so at once may see the half of it, and the process crashes. So each type is looked through by one thread
at a time; from then on nobody waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, overload

import msgspec
from msgspec import inspect

__all__ = ["convert", "decoder", "prepared", "type_info"]

T = TypeVar("T")

_KNOWN: Final[set[object]] = set()
_LOCK: Final = threading.RLock()


@overload
def convert(value: object, type_: type[T], **options: Any) -> T: ...
@overload
def convert(value: object, type_: object, **options: Any) -> Any: ...
def convert(value: object, type_: Any, **options: Any) -> Any:
    """The same as `msgspec.convert`, safe in threads.

    Args:
        value: plain values.
        type_: what they are to be.
        options: of `msgspec.convert`.

    Raises:
        msgspec.ValidationError: they cannot be.
    """
    prepared(type_)
    return msgspec.convert(value, type_, **options)


def decoder(type_: type[T]) -> Callable[[bytes | memoryview], T]:
    """What decodes JSON to a type, made safely in threads."""
    with _LOCK:
        return msgspec.json.Decoder(type_).decode


def type_info(type_: Any) -> inspect.Type:
    """The same as `msgspec.inspect.type_info`, which makes a decoder to begin with, safe in threads."""
    with _LOCK:
        return inspect.type_info(type_)


def prepared(type_: Any) -> None:
    """Has a type looked through, if that was not done before."""
    try:
        if type_ in _KNOWN:
            return
    except TypeError:  # a hint with what has no hash in it
        _look_through(type_)
        return
    _look_through(type_)
    _KNOWN.add(type_)


def _look_through(type_: Any) -> None:
    with _LOCK, suppress(msgspec.ValidationError):
        msgspec.convert(_NOTHING, type_)


_NOTHING: Final = object()
"""What is of no type: the type is looked through, and nothing is made."""
