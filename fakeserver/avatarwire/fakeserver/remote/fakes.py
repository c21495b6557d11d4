"""Fakes in another process, by the names that they have in code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self, cast

from msgspec import UNSET

from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.remote.journal import RemoteJournal
from avatarwire.fakeserver.remote.link import Link, path_of
from avatarwire.fakeserver.remote.rules import RemoteArmed, RemoteFaults, RemoteToxics
from avatarwire.fakeserver.remote.waits import advance
from avatarwire.fakeserver.snapshot import Snapshot

__all__ = ["Remote", "RemoteFake", "connect"]

_CONTROL: Final = "control"


def connect(
    ready: str | Path | Mapping[str, Any] | None = None,
    *,
    url: str | None = None,
    token: str | None = None,
    timeout: float = 30.0,
) -> Remote:
    """Fakes that ``avatarwire serve`` runs, in another process or on another machine.

    Args:
        ready: the ready file: its path, or what it says. None to ask the endpoint for it.
        url, token: of the control endpoint; None for what the ready file says.
        timeout: real seconds to wait for an answer of the endpoint.

    Raises:
        FakeServerError: the file is none, or has no control endpoint; or that cannot be reached.
    """
    content = _content(ready)
    control: Mapping[str, Any] = content.get(_CONTROL, {})
    where, secret = url or control.get("url"), token or control.get("token")
    if not where or not secret:
        raise FakeServerError("control: expected a ready file that has it, or url and token", key=_CONTROL)
    link = Link(where, secret, timeout)
    try:
        return Remote(link, content or link.get(path_of("ready")))
    except BaseException:
        link.close()
        raise


def _content(ready: str | Path | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if ready is None:
        return {}
    if isinstance(ready, Mapping):
        return ready
    try:
        content: object = json.loads(Path(ready).read_text(encoding="utf-8"))
    except OSError as fault:
        raise FakeServerError(f"ready file {ready}: {fault.strerror}", key="ready") from None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise FakeServerError(f"ready file {ready}: expected a JSON object", key="ready")
    return cast("dict[str, Any]", content)


class RemoteClock:
    """The clock of fakes in another process."""

    def __init__(self, link: Link) -> None:
        self._link: Final = link

    @cached_property
    def kind(self) -> str:
        """``real``, ``virtual``, or ``jump`` for one that also moves by itself."""
        return str(self._link.get(path_of("clock"))["kind"])

    def now(self) -> float:
        """Seconds since the epoch; where time is real, those of this machine."""
        return RealClock().now() if self.kind == "real" else float(self._link.get(path_of("clock"))["now"])

    def advance(self, seconds: float) -> None:
        """Moves it forward, and has happen what is due.

        Raises:
            FakeServerError: it is real, or time does not go so far.
            ClockError: time cannot go on, or something failed while it moved.
        """
        advance(self._link, seconds)


class RemoteFake:
    """One fake: its URLs and credentials are attributes as in code, its commands methods.

    Args:
        link: to the endpoint.
        vendor: its vendor.
        ready: what the ready file says of it.

    Attributes:
        ready: as given.
        journal, faults, toxics, clock: as those of a fake in code.
    """

    def __init__(self, link: Link, vendor: str, ready: Mapping[str, Any]) -> None:
        self._link: Final = link
        self._vendor: Final = vendor
        self.ready: Final = MappingProxyType(dict(ready))
        self.journal: Final = RemoteJournal(link, vendor)
        self.faults: Final = RemoteFaults(link, vendor)
        self.toxics: Final = RemoteToxics(link, vendor)
        self.clock: Final = RemoteClock(link)

    @property
    def ca_file(self) -> str | None:
        """Path of the certificate that clients have to trust, where the fakes run; None without TLS of theirs."""
        return self.ready.get("ca_file")

    def sessions(self) -> list[dict[str, Any]]:
        """What is remembered of each session, the oldest first."""
        found: list[dict[str, Any]] = self._link.get(path_of(self._vendor, "sessions"))["sessions"]
        return found

    def send(self, message: str, body: object = None, *, session: str = "") -> None:
        """Pushes a message of the server now.

        Raises:
            UnknownError: no such message, or no such session.
            FakeServerError: it is none that the server pushes, nobody is there to get it, or the body is wrong.
        """
        self._link.post(path_of(self._vendor, "send"), {"message": message, "body": body, "session": session})

    def answer(
        self, message: str, *, body: object = UNSET, fields: Mapping[str, object] | None = None, **keys: Any
    ) -> RemoteArmed:
        """Has a request be answered by something else, as long as the block lasts that this is the context of.

        Args:
            message: an operation, or the catalogue id of a request or an answer.
            body, fields, keys: as for a fake in code.

        Raises:
            ScenarioError: there is no such message, or no such answer.
        """
        given = {**keys, **({} if body is UNSET else {"body": body}), **({} if fields is None else {"fields": fields})}
        known = message if "." in message else f"{message}.request"
        return self.faults.add(do="answer", message=known, **given)

    def snapshot(self) -> Snapshot:
        """What it remembers at this moment, as plain JSON values; it holds secrets, such as tokens.

        Raises:
            FakeServerError: the endpoint cannot be reached.
        """
        return Snapshot(self._link.get(path_of(self._vendor, "snapshot")))

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Has it remember what another one did, or itself before; as for a fake in code.

        Raises:
            SnapshotVersionError: it has another version.
            SnapshotError: it is none of this vendor's; names the member. Nothing has changed then, nor with the other.
        """
        self._link.put(path_of(self._vendor, "snapshot"), snapshot)

    def reset(self) -> None:
        """Has it be as it was when it had just started."""
        self._link.post(path_of(self._vendor, "reset"))

    def advance(self, seconds: float) -> None:
        """Moves the clock forward, which all fakes of that process share."""
        self.clock.advance(seconds)

    @cached_property
    def commands(self) -> Mapping[str, Callable[..., None]]:
        """What it can be told, by name."""
        told: list[dict[str, Any]] = self._link.get(path_of(self._vendor, "commands"))["commands"]
        return MappingProxyType({each["name"]: self._command(each) for each in told})

    def _command(self, known: Mapping[str, Any]) -> Callable[..., None]:
        name, arguments = str(known["name"]), cast("list[dict[str, Any]]", known["arguments"])
        names = [str(argument["name"]) for argument in arguments]

        def command(*args: Any, **kwargs: Any) -> None:
            if len(args) > len(names):
                raise TypeError(f"{name}() takes {len(names)} arguments, got {len(args)}")
            # In code a session is named session_id as well.
            named = {_OTHER_NAMES.get(key, key) if key not in names else key: value for key, value in kwargs.items()}
            given = dict(zip(names, args, strict=False))
            if twice := given.keys() & named.keys():
                raise TypeError(f"{name}() got an argument twice: {', '.join(twice)}")
            given |= named
            if strangers := given.keys() - set(names):
                raise TypeError(f"{name}() got an unexpected argument: {', '.join(strangers)}")
            if missing := [it["name"] for it in arguments if it["required"] and it["name"] not in given]:
                raise TypeError(f"{name}() lacks an argument: {', '.join(missing)}")
            self._link.post(path_of(self._vendor, "commands", name), given)

        command.__name__ = name
        command.__doc__ = str(known["title"])
        return command

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.ready:
            return self.ready[name]
        if name in self.commands:
            return self.commands[name]
        raise AttributeError(f"the fake {self._vendor} has no {name!r}: neither in the ready file nor among commands")

    def __repr__(self) -> str:
        return f"<remote fake {self._vendor} at {self._link.url}>"


_OTHER_NAMES: Final = MappingProxyType({"session_id": "session"})


class Remote:
    """The fakes of another process, by vendor: ``remote.aliyun``, or ``remote["aliyun"]``.

    Attributes:
        url: of the control endpoint.
        clock: that they share.
    """

    def __init__(self, link: Link, ready: Mapping[str, Any]) -> None:
        self._link: Final = link
        self.url: Final = link.url
        self.clock: Final = RemoteClock(link)
        self._fakes: Final = {name: RemoteFake(link, name, facts) for name, facts in ready.items() if name != _CONTROL}

    def __getitem__(self, vendor: str) -> RemoteFake:
        return self._fakes[vendor]

    def __getattr__(self, name: str) -> RemoteFake:
        fakes: Mapping[str, RemoteFake] = self.__dict__.get("_fakes", {})
        if name in fakes:
            return fakes[name]
        raise AttributeError(f"no fake {name!r} is served; there are {', '.join(fakes) or 'none'}")

    def __iter__(self) -> Any:
        return iter(self._fakes)

    def state(self) -> dict[str, Any]:
        """All there is to see: sessions, counts, clock, rules."""
        found: dict[str, Any] = self._link.get(path_of("state"))
        return found

    def advance(self, seconds: float) -> None:
        """Moves the clock forward, and has happen what is due."""
        self.clock.advance(seconds)

    def reset(self) -> None:
        """Has all fakes be as they were when they had just started."""
        self._link.post(path_of("reset"))

    def close(self) -> None:
        """Closes the connections to the endpoint; the fakes go on."""
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
