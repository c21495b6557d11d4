"""The rules of a fake server: given and taken back while it runs, tried in order, counted.

Only the rules live here, and the function that may choose in their place; what an action does to a message is in
`plane.py`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Self, TypeAlias

from avatarwire.fakeserver.faults.changes import Content
from avatarwire.fakeserver.faults.checking import Means, check, chosen, side_of
from avatarwire.fakeserver.faults.declared import HTTP_ERROR, Side, pair
from avatarwire.fakeserver.faults.rule import HANDSHAKES, Fault, Transport
from avatarwire.fakeserver.faults.saved import SavedRule
from avatarwire.fakeserver.scenario.table import checked_table

__all__ = ["CHOOSER", "Armed", "Chooser", "Faults", "Passing"]

_CODE: Final = "faults"
"""Where rules stand that code gives, for errors."""
CHOOSER: Final = "faults.chooser"
"""Where what a function chooses stands, for errors."""
_FAILURES_KEPT: Final = 100
_FIT_KEPT: Final = 1000


class Passing:
    """A message on its way, as far as rules, and a function that chooses, look at it.

    Args:
        content: makes what it consists of; called when somebody asks.

    Attributes:
        id: catalogue id, such as ``text_drive.request``, ``handshake.websocket`` or ``handshake.mqtt``; empty for a
            message that the fake does not recognise.
        side: which way it goes: ``in`` from the client, ``out`` from the fake.
        transport: what it travels on: ``http``, ``ws``, ``mqtt`` or ``callback``.
        session: id of its session, empty for none. The answer that makes a session has it already.
        failed: whether it is the answer of a call that failed.
    """

    __slots__ = ("_content", "_make", "failed", "id", "session", "side", "transport")

    def __init__(
        self,
        id: str,  # noqa: A002 - it is one
        side: Side,
        transport: Transport,
        session: str,
        content: Callable[[], Content],
        *,
        failed: bool = False,
    ) -> None:
        self.id: Final = id
        self.side: Final[Side] = side
        self.transport: Final[Transport] = transport
        self.session: Final = session
        self.failed: Final = failed
        self._make: Final = content
        self._content: Content | None = None

    @property
    def content(self) -> Content:
        """What it consists of: `data` is its bytes, `json` its JSON as plain values, None where there is none."""
        if self._content is None:
            self._content = self._make()
        return self._content


class Armed:
    """A rule that a fake has; a guard, too: ``with fake.faults.add(...)`` takes it back at the end of the block.

    Attributes:
        id: what it goes by, such as ``f1``.
        rule: what it says.
        matched: messages that it was about so far.
        acted: how often it has acted.
    """

    def __init__(self, id: str, rule: Fault, owner: Faults) -> None:  # noqa: A002 - it is one
        self.id: Final = id
        self.rule: Final = rule
        self.matched = 0
        self.acted = 0
        self._owner: Final = owner
        self.side: Final = side_of(rule)

    def remove(self) -> None:
        """Takes the rule back; what it holds back comes all the same. Does nothing when that was done."""
        self._owner.discard(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<{self.id}: {self.rule.do} {self.rule.message}, acted {self.acted} times>"

    def takes(self, passing: Passing, elapsed: float, rng: random.Random) -> bool:
        """Whether the rule acts on a message; counts it."""
        rule = self.rule
        if self.acted == rule.times or not self._in_time(elapsed):
            return False
        if rule.session is not None and rule.session != passing.session:
            return False
        if rule.where and not passing.content.has(rule.where):
            return False
        self.matched += 1
        if self.matched <= rule.skip or (rule.toxicity < 1 and rng.random() >= rule.toxicity):
            return False
        self.acted += 1
        return True

    def _in_time(self, elapsed: float) -> bool:
        rule = self.rule
        return (rule.after is None or elapsed >= rule.after) and (rule.until is None or elapsed < rule.until)


Chooser: TypeAlias = Callable[[Passing], Fault | None]
"""Says what is done to a message; None for nothing."""


class Faults:
    """The rules that a fake has, in order: the first that matches a message acts.

    Rules may be given and taken back from any thread, before the fake starts and while it runs.

    Attributes:
        failures: what `chooser` has raised, and why what it has chosen could not act, the first hundred of both.

    Args:
        means: what the fake can do and knows.
        given: rules of the scenario.

    Raises:
        ScenarioError: one of them can never act as it stands; names the key.
    """

    def __init__(self, means: Means, given: Sequence[Fault] = ()) -> None:
        for index, rule in enumerate(given):
            check(rule, means, "", f"{means.vendor}.faults[{index}]")
        self._means: Final = means
        self._given: Final = tuple(given)
        self._lock: Final = threading.Lock()
        self._rules: tuple[Armed, ...] = ()
        self._numbers = 0
        self._by_message: dict[tuple[Side, str, Transport], tuple[Armed, ...]] = {}
        self._chooser: Chooser | None = None
        self._is_choosing = False
        self._chosen = 0
        self._fit: dict[tuple[int, Side, str, Transport], tuple[Fault, Fault]] = {}
        self.failures: Final[list[Exception]] = []
        self.changed: Callable[[], object] = lambda: None
        """Called when there are other rules than before, from whatever thread."""
        self.reset()

    @property
    def chooser(self) -> Chooser | None:
        """A function in the place of rules; None for none, as at the start, and after `reset` and `clear`.

        It is asked in the fake's loop about every message that passes, both ways and on every transport, on which no
        rule acts: about an HTTP call twice, first about the request and then about the answer. What it returns acts on
        that message once: of a `Fault`, what says to which messages and how often is not looked at. A command that it
        gives the fake, or a message that it has it `send`, comes before the message that it is asked about, and it is
        not asked about what that leads to meanwhile.

        An `Exception` that it raises, and a `Fault` that cannot act on the message, leave the message as it is: the
        journal says so (`function.failed`), and `failures` has it.
        """
        return self._chooser

    @chooser.setter
    def chooser(self, function: Chooser | None) -> None:
        self._chooser = function
        self.changed()

    def add(self, rule: Fault | None = None, /, **keys: Any) -> Armed:
        """Gives the fake one more rule, behind those that it has.

        Args:
            rule: what it says; or `keys`, which are its attributes.

        Returns:
            The rule as the fake has it; as a context manager, it is taken back at the end of the block.

        Raises:
            ScenarioError: it can never act as it stands; names the key.
        """
        if rule is not None and keys:
            raise TypeError("either a Fault or its attributes, not both")
        known = checked_table(rule if rule is not None else keys, Fault, "", _CODE)
        check(known, self._means, "", _CODE)
        return self._add(known)

    def remove(self, id: str) -> None:  # noqa: A002 - it is one
        """Takes a rule back.

        Raises:
            KeyError: there is none of that id.
        """
        if not self.discard(id):
            known = ", ".join(armed.id for armed in self._rules) or "none"
            raise KeyError(f"there is no rule {id}; there are: {known}")

    def discard(self, id: str) -> bool:  # noqa: A002 - it is one
        """Takes a rule back if there is one of that id; says whether there was."""
        with self._lock:
            kept = tuple(armed for armed in self._rules if armed.id != id)
            found = len(kept) < len(self._rules)
            self._put(kept)
        return found

    def clear(self) -> None:
        """Takes all rules back, those of the scenario too, and the function that chooses."""
        with self._lock:
            self._chooser = None
            self._put(())

    def reset(self) -> None:
        """Has the rules of the scenario again, as at the start, and no others."""
        with self._lock:
            self._chooser = None
            self._numbers = self._chosen = 0
            self.failures.clear()
            self._put(())
        for rule in self._given:
            self._add(rule)

    def saved(self) -> tuple[int, list[SavedRule]]:
        """Number of the last rule that was given, and the rules that there are, for a snapshot."""
        with self._lock:
            rules = [SavedRule(id=it.id, rule=it.rule.said(), matched=it.matched, acted=it.acted) for it in self._rules]
            return self._numbers, rules

    def restored(self, last: int, saved: Sequence[SavedRule], path: str) -> Callable[[], None]:
        """What puts rules in the place of those that there are; a rule that is there already stays the same object.

        Args:
            last: number of the last rule that was given.
            saved: the rules.
            path: where they stand, for errors.

        Raises:
            ScenarioError: one of them can never act as it stands; names the member.
        """
        there = {armed.id: armed for armed in self._rules}
        rules: list[tuple[Armed, SavedRule]] = []
        for index, it in enumerate(saved):
            where = f"{path}[{index}].rule"
            rule = checked_table(it.rule, Fault, "", where)
            check(rule, self._means, "", where)
            armed = there.get(it.id)
            if armed is None or armed.rule != rule:
                armed = Armed(it.id, rule, self)
            rules.append((armed, it))

        def put() -> None:
            with self._lock:
                self._numbers = last
                for armed, it in rules:
                    armed.matched, armed.acted = it.matched, it.acted
                self._put(tuple(armed for armed, _ in rules))

        return put

    def __iter__(self) -> Iterator[Armed]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, id: str) -> Armed:  # noqa: A002 - it is one
        for armed in self._rules:
            if armed.id == id:
                return armed
        raise KeyError(id)

    def _add(self, rule: Fault) -> Armed:
        with self._lock:
            self._numbers += 1
            armed = Armed(f"f{self._numbers}", rule, self)
            self._put((*self._rules, armed))
        return armed

    def _put(self, rules: tuple[Armed, ...]) -> None:
        self._rules = rules
        self._by_message = {}
        self.changed()

    # Which acts

    def looks(self, side: Side) -> bool:
        """Whether any rule is about messages of a direction, or a function may choose one for them."""
        return self._chooser is not None or any(side in self._sides(armed) for armed in self._rules)

    def unconcerned(self, side: Side) -> frozenset[str]:
        """Messages of a direction that no rule is about, whatever they say."""
        if self._chooser is not None:
            return frozenset()
        rules, travelling = self._rules, self._means.travelling
        return frozenset(
            id_
            for id_, transport in travelling.items()
            if not any(self._is_about(armed, side, id_, transport) for armed in rules)
        )

    def _sides(self, armed: Armed) -> tuple[Side, ...]:
        # Where nothing asks for what is answered, an answer is exchanged when it leaves.
        return ("in", "out") if armed.rule.do == "answer" else ("in",) if armed.rule.do == "reject" else (armed.side,)

    def acting(
        self, passing: Passing, elapsed: float, rng: random.Random, free: Callable[[Armed], bool] = lambda _: True
    ) -> Armed | None:
        """The rule that acts on a message, if one does.

        Args:
            passing: the message.
            elapsed: seconds since the fake has started.
            rng: for rules that act by chance.
            free: whether a rule may act now.
        """
        key = passing.side, passing.id, passing.transport
        rules = self._by_message.get(key)
        if rules is None:
            found = self._by_message
            rules = found[key] = tuple(armed for armed in self._rules if self._is_about(armed, *key))
        if passing.failed:
            rules = self._failed(rules)
        return next((armed for armed in rules if free(armed) and armed.takes(passing, elapsed, rng)), None)

    def chosen(self, passing: Passing) -> Armed | None:
        """What the function has chosen for a message on which no rule acts.

        Raises:
            ScenarioError: that cannot act on the message.
            Exception: whatever the function raises.
        """
        choose = self._chooser
        if choose is None or self._is_choosing:
            return None
        self._is_choosing = True
        try:
            rule = choose(passing)
            if rule is None:
                return None
            rule = self._fitting(rule, passing)
        except Exception as failure:
            if len(self.failures) < _FAILURES_KEPT:
                self.failures.append(failure)
            raise
        finally:
            self._is_choosing = False
        self._chosen += 1
        armed = Armed(f"chosen-{self._chosen}", rule, self)
        armed.matched = armed.acted = 1
        return armed

    def _fitting(self, rule: Fault, passing: Passing) -> Fault:
        """What was chosen, as it acts on a message; checked once for each kind of message."""
        key = id(rule), passing.side, passing.id, passing.transport
        known = self._fit.get(key)
        if known is None:
            of_right_types = checked_table(rule, Fault, "", CHOOSER)
            fitting = chosen(of_right_types, self._means, passing.id, passing.side, passing.transport, CHOOSER)
            if len(self._fit) >= _FIT_KEPT:
                self._fit.clear()
            # The rule itself is kept, too: as long as it is, no other has its identity.
            known = self._fit[key] = rule, fitting
        return known[1]

    def _failed(self, rules: tuple[Armed, ...]) -> tuple[Armed, ...]:
        """What an answer of any call that failed is matched by as well, in the order of the rules."""
        also = tuple(armed for armed in self._rules if self._is_about(armed, "out", HTTP_ERROR, "http"))
        return tuple(armed for armed in self._rules if armed in rules or armed in also) if also else rules

    def _is_about(self, armed: Armed, side: Side, id_: str, transport: Transport) -> bool:
        rule, known = armed.rule, self._means.known
        if rule.transport is not None and rule.transport != transport and id_ not in HANDSHAKES:
            return False
        if id_ in HANDSHAKES:
            is_meant = id_ == rule.message or (rule.do == "reject" and fnmatchcase(id_, rule.message))
            return is_meant and side == "in"
        request, answer = pair(known, id_)
        if rule.do in ("reject", "answer") and request:
            # Whichever of the two is named, it acts when the request comes.
            return side == "in" and id_ == request and any(fnmatchcase(it, rule.message) for it in (request, answer))
        if side != (rule.direction or ("out" if rule.do == "answer" else armed.side)):
            return False
        return fnmatchcase(id_, rule.message)
