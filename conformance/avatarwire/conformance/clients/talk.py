"""What is seen of a client in one talk with a fake, and how cases look at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from ..engine.case import Differs, Skip

__all__ = ["ABSENT", "Talk", "value_at"]

T = TypeVar("T")

ABSENT: Final = object()
"""What a member is that is not there."""


@dataclass(frozen=True)
class Talk:
    """One talk.

    Attributes:
        vendor: whose fake it was.
        entries: the fake's journal, in order, its notes too. See `avatarwire.fakeserver.journal.entry.Entry`.
        violations: rules that the client has broken, as the fake has noted them: ``clause``, ``level``, ``message``.
        sessions: what the fake remembers of each session when the client is gone: ``session``, ``over`` and more.
        said: what the client had the avatar say.
        code: exit code of the client; None if it had to be ended by force.
        seconds: how long it ran.
        asked: how long it was asked to stay.
        limit: how long it may run.
        words: the last of what it has printed, for people.
    """

    vendor: str
    entries: Sequence[Any]
    violations: Sequence[Any]
    sessions: Sequence[Mapping[str, Any]]
    said: Sequence[Any]
    code: int | None
    seconds: float
    asked: float
    limit: float
    words: str

    # --- what crossed the wire ---

    def sent(self, *messages: str, **wanted: Any) -> list[Any]:
        """What the client has sent, of these catalogue ids, such as ``text_drive.request``.

        Args:
            messages: catalogue ids.
            wanted: members that the message has to have, by wire path; ``__`` for a dot.
        """
        return list(self._found("in", messages, wanted))

    def got(self, *messages: str, **wanted: Any) -> list[Any]:
        """The same of what the vendor has sent: that a fault has kept from it is not among it."""
        return list(self._found("out", messages, wanted))

    def noted(self, *messages: str) -> list[Any]:
        """The same of what crossed no wire."""
        return list(self._found("note", messages, {}))

    def _found(self, direction: str, messages: Sequence[str], wanted: Mapping[str, Any]) -> Iterator[Any]:
        for entry in self.entries:
            if entry.direction == direction and entry.message in messages:
                body = body_of(entry)
                if all(value_at(body, path.replace("__", ".")) == value for path, value in wanted.items()):
                    yield entry

    def answers_to(self, entry: Any) -> list[Any]:
        """What went out in answer to something that came in."""
        return [it for it in self.entries if it.direction == "out" and it.reply_to == entry.seq]

    def after(self, entry: Any, found: Sequence[Any]) -> list[Any]:
        """Those of some entries that are behind one."""
        return [it for it in found if it.seq > entry.seq]

    # --- what has to be there before anything can be said ---

    def reached(self, found: Sequence[T], what: str) -> Sequence[T]:
        """What was found, of which there has to be something.

        Args:
            found: entries, or anything else.
            what: is needed, as the end of "the client has not come to ...".

        Raises:
            Skip: there is nothing.
        """
        if not found:
            raise Skip(f"the client has not come to {what}; {self.end}")
        return found

    # --- what is asked of every client ---

    def check(self, holds: object, expected: str, observed: str | Callable[[], str]) -> None:
        """Raises `Differs` unless something holds.

        Args:
            holds: whether it does.
            expected: what would have been right.
            observed: what was seen, or a function that says it.
        """
        if not holds:
            raise Differs(expected, observed if isinstance(observed, str) else observed())

    def check_ends(self) -> None:
        """The client comes to an end by itself.

        Raises:
            Differs: it does not.
        """
        if self.code is None:
            raise Differs(
                f"an end of the client within {self.limit:g} s, of which it was to stay {self.asked:g}", self.end
            )

    def check_succeeds(self) -> None:
        """The client comes to an end by itself, with exit code 0.

        Raises:
            Differs: it does not.
        """
        self.check_ends()
        if self.code != 0:
            raise Differs("exit code 0, as nothing went wrong", self.end)

    def check_clauses(self, *clauses: str) -> None:
        """The fake has noted no violation of clauses.

        Raises:
            Differs: it has.
        """
        for violation in self.violations:
            if violation.clause in clauses:
                raise Differs("a client that keeps to it", str(violation))

    def check_no_sessions_left(self) -> None:
        """No session that the client was told of, or of whose key it could know, lives when the client is gone.

        Raises:
            Differs: one does.
        """
        known = {it.session for it in self.entries if it.direction == "out" and it.session}
        left = [it["session"] for it in self.sessions if not it["over"] and it["session"] in known]
        if left:
            raise Differs("every session ended", f"session {left[0]} still lives when the client is gone; {self.end}")

    @property
    def end(self) -> str:
        """How the client has ended, in words."""
        if self.code is None:
            how = f"the client did not end within {self.limit:g} s and was ended by force"
        else:
            how = f"the client ended with exit code {self.code} after {self.seconds:.1f} s"
        return f"{how}: {self.words}" if self.words else how


def body_of(entry: Any) -> Any:
    """What an entry says, as plain JSON values by the names of the wire; None where it says nothing.

    An HTTP body is the whole of it, envelope included.
    """
    plain = entry.to_dict()
    # The first bytes of a frame are random, and may look like anything.
    with suppress(ValueError, RecursionError):
        return json.loads(plain.get("text") or "")
    return plain.get("body")


def value_at(body: Any, path: str) -> Any:
    """The member of a body at a path with dots, such as ``params.state``; `ABSENT` where there is none."""
    for name in path.split("."):
        if not isinstance(body, Mapping) or name not in body:
            return ABSENT
        body = cast("Mapping[str, Any]", body)[name]
    return body
