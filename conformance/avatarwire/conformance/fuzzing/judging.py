"""What is judged of a fake while it is played with: its messages, its sessions, its journal, and what it holds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError, CodecError, FailureError

from ..engine.evidence import Seen, Timeline
from ..fakes import lost_of
from ..second_reader import agreement
from .ground import Ground
from .player import Player
from .properties import Broken

__all__ = ["EvidenceLostError", "Judge", "settled"]

_RANKS: Final[Mapping[str, int]] = {"waiting": 0, "speaking": 1, "said": 2, "cut": 2}
_FAILED: Final = "the behaviour failed"
"""What the journal notes of an error in a fake's behaviour."""
_REFUSAL: Final = "http.error"
_FIRST_REFUSAL: Final = 300
_LONGEST_HEAD: Final = 8000
"""Bytes of the head of a request; what is longer, HTTP itself refuses, in words that are nobody's."""
_ERRORS: Final = ("error", "general.message")
"""Messages by which a fake refuses what it was sent."""
_SHOWN: Final = 200
_SLACK: Final = 4
"""Tasks that a loop may have more than before, for connections that are on their way out."""


class EvidenceLostError(AvatarwireError):
    """Nothing can be said of a fake: what would have to be looked at was dropped from its journal."""


class Judge:
    """Looks at a fake again and again.

    Args:
        ground: of the vendor.
        player: whose timeline, sessions and situations are looked at.
        server: the fake.
        other: id of the other client's session.
    """

    def __init__(self, ground: Ground, player: Player[Any], server: Any, other: str) -> None:
        self._other: Final = other.encode()
        self._ground: Final = ground
        self._player: Final = player
        self._server: Final = server
        self._known: Final = catalogue.vendor(ground.vendor)
        self._looked = 0
        self._asked = 0
        self._seq = server.journal.mark()
        self._over: Final[set[str]] = set()
        self._said: dict[tuple[str, str, str, float], list[str]] = {}
        self._brought_back: frozenset[str] = frozenset()

    # --- what has crossed the wire ---

    def messages(self, timeline: Timeline) -> None:
        """Every message of the fake since the last time is one that it may send; what it tells is learnt.

        Raises:
            Broken: it is not.
        """
        for seen in timeline.seen[self._looked :]:
            self._looked += 1
            if seen.direction == "out" and seen.transport == "http":
                self._asked = len(seen.raw.partition(b"\r\n\r\n")[0])
            if seen.direction == "in":
                if self._other in seen.data:
                    raise Broken("unharmed", f"what is about the other client's session came on {seen.connection}")
                self._message(seen)
                self._player.known.learn_bytes(seen.data[self._player.head if seen.transport == "ws" else 0 :])

    def _message(self, seen: Seen) -> None:
        message, shown = seen.message, self._player.shown(seen.data, _SHOWN)
        if seen.transport != "http":
            self._player.tell(f"  {seen.connection}: {message} {shown}")
        if seen.transport == "http":
            status = int(seen.text)
            if status >= 500:
                raise Broken("unhandled", f"an answer with status {status}: {shown}")
            if self._asked > _LONGEST_HEAD:
                return
            if status not in self._ground.statuses:
                raise Broken("undeclared", f"an answer with status {status}: {shown}")
            if not message and status < _FIRST_REFUSAL:
                return
            message = message or _REFUSAL
        elif not message:
            if self._ground.is_no_message(seen.data):
                return
            raise Broken("undeclared", f"a message on {seen.transport} that is none of the vendor's: {shown}")
        self._read(message, seen, shown)

    def _read(self, message: str, seen: Seen, shown: str) -> None:
        """A message keeps to its declaration, and both readers read it alike."""
        try:
            received = self._known.decode(message, seen.data, strict=True)
            if unknown := received.unknown_fields():
                raise Broken("undeclared", f"{message}: nothing declares {', '.join(unknown)}: {shown}")
        except FailureError:
            pass
        except CodecError as error:
            raise Broken("undeclared", f"{message}: {error}: {shown}", error.clause or "") from None
        if agreement(self._ground.vendor, message, seen.transport, "in", seen.data) is False:
            raise Broken("undeclared", f"the two readers do not read the same in {message}: {shown}")

    # --- what the fake says of itself ---

    def state(self) -> None:
        """Sessions, what was said, and the journal are as they may be after the last time.

        Of what happens to other clients no situation is reached.

        Raises:
            Broken: they are not.
            EvidenceLostError: something may have happened that is not in the journal any more.
        """
        sessions = self._sessions()
        said = self._server.said()
        self._look_at_said(said)
        for entry in self._entries():
            if entry.direction == "out" and entry.session in self._brought_back:
                self._player.reached.add("restored_session")
            if entry.session not in self._player.known.not_ours:
                self._ground.seen(entry, self._player, sessions, said)
        if failures := self._server.faults.failures:
            raise Broken("unhandled", f"faults: {failures[0]}")

    def remembered(self) -> Callable[[], None]:
        """What has it go again by what the fake remembers now."""
        over = frozenset(self._over)

        def back() -> None:
            self._over.clear()
            self._over.update(over)
            self._said = {}  # what was being said may have been cut, and its times have moved

        return back

    def brought_back(self, sessions: Iterable[str]) -> None:
        """These sessions are there again; of those of the other client no situation is reached."""
        self._brought_back = frozenset(sessions) - {str(value) for value in self._player.known.not_ours}

    def _sessions(self) -> Mapping[str, Mapping[str, Any]]:
        found = self._server.sessions()
        try:
            read = msgspec.json.decode(msgspec.json.encode(found))
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
            raise Broken("state", f"what is known of the sessions is no JSON: {error}") from None
        if read != list(map(dict, found)):
            raise Broken("state", "what is known of the sessions reads otherwise as JSON")
        by_id = {str(each["session"]): each for each in found}
        if len(by_id) != len(found):
            raise Broken("state", f"two sessions have one id, out of {[each['session'] for each in found]}")
        over = {id_ for id_, each in by_id.items() if each["over"]}
        if risen := (self._over & by_id.keys()) - over:
            raise Broken("state", f"a session that was over is not over any more: {by_id[min(risen)]}")
        self._over.update(over)
        return by_id

    def _look_at_said(self, said: Any) -> None:
        states: dict[tuple[str, str, str, float], list[str]] = defaultdict(list)
        for each in said:
            states[each.session, each.text, each.message, each.accepted].append(each.state)
            if (each.ended is None) != (_RANKS[each.state] < 2):
                raise Broken("state", f"what is {each.state} has ended at {each.ended}: {each}")
        for key, before in self._said.items():
            now = states.get(key, [])
            # What turns out to be refused is taken off the list.
            if len(now) == len(before):
                for old, new in zip(before, now, strict=True):
                    if _RANKS[new] < _RANKS[old] or (_RANKS[old] == 2 and new != old):
                        raise Broken("state", f"what was {old} is {new}: {key}")
        self._said = states

    def _entries(self) -> Iterator[Any]:
        for entry in self._since(self._seq):
            if entry.seq <= self._seq:
                raise Broken("state", f"entry {entry.seq} of the journal comes after {self._seq}")
            self._seq = entry.seq
            if entry.direction == "note" and _FAILED in str(entry.body):
                raise Broken("unhandled", f"{_FAILED}: {dict(entry.meta)}")
            yield entry

    def _since(self, seq: int) -> Sequence[Any]:
        entries: Sequence[Any] = self._server.journal.entries(since=seq)
        if lost := lost_of(entries):
            raise EvidenceLostError(lost)
        return entries

    def accepted(self, clause: str, since: int) -> None:
        """A message that broke a rule, and was not refused, is held against its sender.

        Args:
            clause: of the rule.
            since: number of the journal's last entry before it.

        Raises:
            Broken: it is not.
            EvidenceLostError: it may be, in what is not in the journal any more.
        """
        if not any(entry.violations or entry.message in _ERRORS for entry in self._since(since)):
            raise Broken("accepted", f"{self._player.story[-1]}: nothing is said of {clause}", clause)

    def accused(self, session: str) -> None:
        """No rule was broken by another client.

        Raises:
            Broken: one was.
        """
        for each in self._server.journal.violations(level="error"):
            if each.session == session:
                raise Broken("accused", f"{each}", each.clause)


async def settled(tasks: int) -> None:
    """No more is left in the loop than there was before.

    Args:
        tasks: how many there were.

    Raises:
        Broken: there is.
    """
    left = asyncio.all_tasks()
    if len(left) > tasks + _SLACK:
        names = sorted({str(task.get_coro()).partition(" at ")[0] for task in left})
        raise Broken("memory", f"{len(left)} tasks are left where there were {tasks}: {', '.join(names)}")
