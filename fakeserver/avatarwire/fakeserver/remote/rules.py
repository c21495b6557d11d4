"""Rules and toxics of a fake in another process, given and taken back as in code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, Self

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.errors import UnknownError
from avatarwire.fakeserver.faults import Fault
from avatarwire.fakeserver.remote.link import Link, path_of
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["RemoteArmed", "RemoteFaults", "RemoteGuard", "RemoteToxics"]

_OWN: Final = ("id", "matched", "acted")


class RemoteArmed:
    """A rule that a fake has; a guard, too: ``with remote.aliyun.faults.add(...)`` takes it back at the end.

    Attributes:
        id: what it goes by.
        rule: what it says.
    """

    def __init__(self, owner: RemoteFaults, fields: dict[str, Any]) -> None:
        self._owner: Final = owner
        self.id: Final[str] = fields["id"]
        self.rule: Final = convert({name: fields[name] for name in fields if name not in _OWN}, Fault)

    @property
    def matched(self) -> int:
        """Messages that it was about so far."""
        return int(self._now("matched"))

    @property
    def acted(self) -> int:
        """How often it has acted."""
        return int(self._now("acted"))

    def _now(self, name: str) -> Any:
        for fields in self._owner.all():
            if fields["id"] == self.id:
                return fields[name]
        raise UnknownError(f"there is no rule {self.id} any more", key="id")

    def remove(self) -> None:
        """Takes the rule back. Does nothing when that was done."""
        with suppress(KeyError):
            self._owner.remove(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<{self.id}: {self.rule.do} {self.rule.message}>"


class RemoteFaults:
    """The rules that a fake has, in order: the first that matches a message acts."""

    def __init__(self, link: Link, vendor: str) -> None:
        self._link: Final = link
        self._parts: Final = (vendor, "faults")

    def add(self, rule: Fault | None = None, /, **keys: Any) -> RemoteArmed:
        """Gives the fake one more rule, behind those that it has: a `Fault`, or its attributes.

        Raises:
            ScenarioError: it can never act as it stands; names the key.
        """
        if rule is not None and keys:
            raise TypeError("either a Fault or its attributes, not both")
        given = keys if rule is None else rule.said()
        return RemoteArmed(self, self._link.post(path_of(*self._parts), given))

    def remove(self, id: str) -> None:  # noqa: A002 - it is one
        """Takes a rule back.

        Raises:
            KeyError: there is none of that id.
        """
        try:
            self._link.delete(path_of(*self._parts, id))
        except UnknownError as error:
            raise KeyError(str(error)) from None

    def clear(self) -> None:
        """Takes all rules back, those of the scenario too."""
        self._link.delete(path_of(*self._parts))

    def all(self) -> list[dict[str, Any]]:
        """The rules as the endpoint has them."""
        found: list[dict[str, Any]] = self._link.get(path_of(*self._parts))["faults"]
        return found

    def __iter__(self) -> Iterator[RemoteArmed]:
        return iter([RemoteArmed(self, fields) for fields in self.all()])

    def __len__(self) -> int:
        return len(self.all())

    def __getitem__(self, id: str) -> RemoteArmed:  # noqa: A002 - it is one
        for armed in self:
            if armed.id == id:
                return armed
        raise KeyError(id)


class RemoteGuard:
    """A toxic that was added; as a context manager it is removed at the end.

    Attributes:
        toxic: as it was added.
    """

    def __init__(self, owner: RemoteToxics, toxic: Toxic) -> None:
        self._owner: Final = owner
        self.toxic: Final = toxic

    @property
    def name(self) -> str:
        """Name of the toxic."""
        return self.toxic.name

    def remove(self) -> None:
        """Removes the toxic, unless that was done."""
        with suppress(UnknownError):
            self._owner.remove(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


class RemoteToxics:
    """The toxics of a fake, in order."""

    def __init__(self, link: Link, vendor: str) -> None:
        self._link: Final = link
        self._parts: Final = (vendor, "toxics")

    def add(self, toxic: Toxic | None = None, /, **keys: Any) -> RemoteGuard:
        """Adds a toxic behind those that are there: a `Toxic` changed by `keys`, or one made of them.

        Raises:
            ScenarioError: it is wrong, there is one of that name, or the fake has no such port.
        """
        given = keys if toxic is None else {**msgspec.to_builtins(toxic), **keys}
        return RemoteGuard(self, convert(self._link.post(path_of(*self._parts), given), Toxic))

    def remove(self, name: str) -> None:
        """Removes a toxic.

        Raises:
            FakeServerError: there is none of that name.
        """
        self._link.delete(path_of(*self._parts, name))

    def clear(self) -> None:
        """Removes every toxic."""
        self._link.delete(path_of(*self._parts))

    def get(self, name: str) -> Toxic | None:
        """The toxic of a name, if there is one."""
        return next((toxic for toxic in self if toxic.name == name), None)

    def __iter__(self) -> Iterator[Toxic]:
        return iter(convert(self._link.get(path_of(*self._parts))["toxics"], list[Toxic]))

    def __len__(self) -> int:
        return len(list(iter(self)))
