"""What a user writes so that a client of his can be driven, and the place that it is handed.

Only the form lives here, and how a class is found by its name; how another program is driven, `program.py` says.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, cast

from avatarwire.codecs.errors import AvatarwireError

__all__ = [
    "METHODS",
    "NEEDED",
    "OPTIONAL",
    "Adapter",
    "BadClient",
    "Given",
    "blocking_of",
    "given_to",
    "is_blocking",
    "loaded",
    "obstacle",
    "unblocked",
    "worded",
]

NEEDED: Final = ("start", "say", "stop")
OPTIONAL: Final = ("interrupt", "speak")
METHODS: Final = (*NEEDED, *OPTIONAL)


class BadClient(AvatarwireError):
    """There is no such client, or it is none."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Where the service is, and who may use it: what `Adapter.start` is handed.

    Attributes:
        vendor: such as ``aliyun``.
        http_url, ws_url, mqtt_url: as in the ready file; empty for none.
        credentials, ready: the vendor's part of the ready file.
        report: to be called with a text when the client tells its caller of trouble by an event, not by an exception.
    """

    vendor: str
    http_url: str
    ws_url: str
    mqtt_url: str
    credentials: Mapping[str, Any]
    ready: Mapping[str, Any]
    report: Callable[[str], object] = field(default=lambda _: None, repr=False, compare=False)

    def plain(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "vendor": self.vendor,
            "http_url": self.http_url,
            "ws_url": self.ws_url,
            "mqtt_url": self.mqtt_url,
            "credentials": dict(self.credentials),
            "ready": dict(self.ready),
        }


def given_to(vendor: str, ready: Mapping[str, Any], report: Callable[[str], object]) -> Given:
    """What a client is handed of a service that is ready."""
    urls = {name: str(ready.get(name) or "") for name in ("http_url", "ws_url", "mqtt_url")}
    return Given(vendor=vendor, **urls, credentials=dict(ready), ready=dict(ready), report=report)


class Adapter(Protocol):
    """A client, as far as it is driven: about twenty lines of a user's own.

    Each method may raise: then the client has reported it to its caller. After a call that raised, the talk goes on
    with the next text, until `stop`. Optional are ``interrupt()``, which stops what is being said, and ``speak(pcm)``,
    which says recorded speech (PCM, 16 kHz, 16-bit little-endian, mono).
    """

    async def start(self, place: Given) -> None:
        """Makes a session that can be spoken to."""
        ...

    async def say(self, text: str) -> None:
        """Has the avatar say it; returns when told that it was said, or when the service's answer is complete."""
        ...

    async def stop(self) -> None:
        """Ends the session and everything of it."""
        ...


def loaded(name: str, option: str = "--client", *, needed: tuple[str, ...] = NEEDED) -> Callable[[], Any]:
    """The class, or function, that makes an adapter.

    Args:
        name: ``MODULE:CLASS``; modules are looked for in the current folder, too.
        option: that names it, for errors.
        needed: methods that a class has to have.

    Raises:
        BadClient: there is none of that name, or it lacks a method.
    """
    module_name, _, path = name.partition(":")
    if not module_name or not path or ":" in path:
        raise BadClient(f"{option}: expected MODULE:CLASS, got {name!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise BadClient(f"{option}: no module {error.name}") from None
    except (Exception, SystemExit) as error:
        raise BadClient(f"{option}: {module_name} cannot be imported: {worded(error)}") from error
    for part in path.split("."):
        found = getattr(found, part, None)
        if found is None:
            raise BadClient(f"{option}: {module_name} has no {path}")
    if needed and not callable(found):
        raise BadClient(f"{option}: {name} is no class")
    if needed and (reason := obstacle(found)):
        raise BadClient(f"{option}: {name}{reason}")
    return cast("Callable[[], Any]", found)


def obstacle(make: Callable[[], Any]) -> str:
    """What a class lacks that adapters have, as the end of a sentence; empty for nothing, and for what is no class."""
    if not inspect.isclass(make):
        return ""
    if missing := [it for it in NEEDED if not callable(getattr(make, it, None))]:
        return f" has no {' and no '.join(missing)}"
    for name in METHODS:
        method = getattr(make, name, None)
        if inspect.isasyncgenfunction(method) or inspect.isgeneratorfunction(method):
            return f": {name} is a generator, since it has a yield"
        arguments, said = _TAKES[name]
        if not _takes(make, name, arguments):
            return f": {name} cannot be called with {said}"
    return ""


_TAKES: Final[Mapping[str, tuple[int, str]]] = {
    "start": (1, "a place"),
    "say": (1, "a text"),
    "stop": (0, "no arguments"),
    "interrupt": (0, "no arguments"),
    "speak": (1, "speech"),
}
"""How many arguments each method is called with, and in words."""


def _takes(make: type, name: str, arguments: int) -> bool:
    """Whether a method can be called with so many arguments, as far as that can be seen."""
    plain = inspect.getattr_static(make, name, None)
    if not inspect.isfunction(plain):
        return True
    try:
        inspect.signature(plain).bind(*[None] * (arguments + 1))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def is_blocking(make: Callable[[], Any]) -> bool:
    """Whether methods of an adapter are no coroutines, so that it needs threads and real time."""
    return bool(blocking_of(make))


def blocking_of(make: Callable[[], Any]) -> tuple[str, ...]:
    """The methods of an adapter that are no coroutine functions."""
    if not inspect.isclass(make):
        return ()
    methods = {name: getattr(make, name, None) for name in METHODS}
    return tuple(name for name, it in methods.items() if callable(it) and not inspect.iscoroutinefunction(it))


class unblocked:  # noqa: N801 - reads as an adjective
    """An adapter of which methods block, each called in a thread.

    Args:
        adapter: the adapter.
    """

    def __init__(self, adapter: Any) -> None:
        for name in METHODS:
            method = getattr(adapter, name, None)
            if callable(method):
                setattr(self, name, method if inspect.iscoroutinefunction(method) else _in_thread(method))

    @property
    def cpu_seconds(self) -> float:
        """That it has computed, with all else that runs in this process."""
        return time.process_time()


def _in_thread(method: Callable[..., Any]) -> Callable[..., Any]:
    """Calls a function in a thread of its own that ends with the process, even if the function does not."""

    async def called(*arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def conclude(result: Any, error: BaseException | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        def work() -> None:
            outcome: tuple[Any, BaseException | None]
            try:
                outcome = method(*arguments), None
            except BaseException as error:
                outcome = None, error if isinstance(error, Exception) else _Ended(worded(error))
            with suppress(RuntimeError):  # the talk was over before the call
                loop.call_soon_threadsafe(conclude, *outcome)

        threading.Thread(target=work, name=f"client-{method.__name__}", daemon=True).start()
        result = await answer
        return await result if inspect.isawaitable(result) else result

    return called


class _Ended(Exception):
    """A thread of the client was ended by what is no error, such as SystemExit."""

    def __str__(self) -> str:
        return str(self.args[0])


def worded(error: BaseException) -> str:
    """An error of a client in words, whatever it says of itself."""
    try:
        text = str(error)
    except Exception as another:
        text = f"its text cannot be made: {type(another).__name__}"
    if len(text) > _TEXT:
        text = f"{text[:_TEXT]}..."
    return f"{type(error).__name__}{text and ': '}{text}".encode(errors="replace").decode()


_TEXT: Final = 2000
"""Characters of an error that are kept."""
