"""The hub: everything enters and leaves by it, what it was told is to happen happens in time, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from avatarwire.fakeserver import schedule
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import (
    SERVER,
    Await,
    CallBack,
    Cancel,
    Close,
    Effect,
    Effects,
    Incoming,
    Later,
    Leaving,
    Note,
    On,
    Publish,
    Send,
)
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal, Transport, Violation
from avatarwire.fakeserver.threads import Threads
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard


class Wire:
    """A connection that only remembers what was written on it."""

    header_bytes = 0

    def __init__(self, hub: Hub, session: str = "s-1", transport: Transport = "ws") -> None:
        self.id = hub.new_id()
        self.transport: Transport = transport
        self.session = session
        self.over = False
        self.written: list[Leaving] = []
        self.failures = 0
        hub.join(self)

    def write(self, effect: Leaving) -> None:
        self.written.append(effect)
        self.over = self.over or isinstance(effect, Close)

    def failed(self, cause: Incoming | None) -> None:
        self.failures += 1

    def cut(self, *, reset: bool) -> None:
        self.over = True

    def hang(self) -> None:
        self.over = True

    @property
    def said(self) -> list[bytes | str]:
        return [effect.data for effect in self.written if isinstance(effect, Send)]


class Says:
    """A behaviour that leads to what a test wants.

    Args:
        take: what a message leads to.
    """

    def __init__(self, take: Callable[[Incoming, float], Effects]) -> None:
        self._take = take

    def read(self, data: bytes, now: float) -> Incoming:
        return Incoming("asked", packet=data)

    def take(self, received: Incoming, now: float) -> Effects:
        return self._take(received, now)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1000.0)


@pytest.fixture
def hub(clock: VirtualClock) -> Hub:
    return Hub(clock, Journal(clock))


def saying(text: str, now: float) -> Effects:
    return [say(text)]


def say(text: str) -> Send:
    return Send(text.encode(), "told")


# --- in and out ---


def test_what_enters_is_in_the_journal_before_what_it_leads_to(hub: Hub) -> None:
    wire = Wire(hub)
    behaviour = Says(lambda received, now: [Send(b"answer", "told", cause=received), Send(b"news", "told")])
    hub.enter(wire, b"question", behaviour, raw=b"question")
    asked, answer, news = hub.journal.entries()
    assert (asked.direction, asked.message, asked.raw, asked.session) == ("in", "asked", b"question", "s-1")
    assert (answer.direction, answer.raw, answer.reply_to) == ("out", b"answer", asked.seq)
    assert (news.raw, news.reply_to) == (b"news", 0)
    assert {entry.connection for entry in (asked, answer, news)} == {wire.id}
    assert wire.said == [b"answer", b"news"]


def test_what_is_noticed_while_a_message_is_taken_is_in_its_entry(hub: Hub) -> None:
    wire = Wire(hub)

    def take(received: Incoming, now: float) -> Effects:
        received.note(Violation("ALI-R078", "", "too early"))
        return []

    hub.enter(wire, b"x", Says(take), raw=b"x")
    [entry] = hub.journal.entries()
    assert [violation.clause for violation in entry.violations] == ["ALI-R078"]
    assert [(found.clause, found.connection) for found in hub.journal.violations()] == [("ALI-R078", wire.id)]


def test_a_behaviour_that_fails_is_noted_and_the_message_is_kept(hub: Hub) -> None:
    wire = Wire(hub, transport="mqtt")

    def take(received: Incoming, now: float) -> Effects:
        raise LookupError("token=secret")

    hub.enter(wire, b"x", Says(take), raw=b"x", meta={"topic": "in"})
    kept, noted = hub.journal.entries()
    assert (kept.direction, kept.raw, kept.message, kept.meta["topic"]) == ("in", b"x", "asked", "in")
    assert (noted.body, noted.connection) == ("the behaviour failed", wire.id)
    assert str(noted.meta["failure"]).startswith("LookupError in ")
    assert "secret" not in str(noted)
    assert wire.failures == 1


def test_effects_that_fail_half_way_have_happened_so_far(hub: Hub) -> None:
    wire = Wire(hub)

    def effects() -> Any:
        yield say("first")
        raise LookupError

    hub.perform(effects(), wire)
    assert (wire.said, wire.failures) == ([b"first"], 1)


def test_nothing_leaves_after_a_close(hub: Hub) -> None:
    wire = Wire(hub)
    hub.perform([say("before"), Close(1000, "done"), say("after")], wire)
    assert wire.said == [b"before"]
    assert [entry.body for entry in hub.journal.entries(transport="note")] == ["closing"]
    assert len(hub.journal.entries(direction="out")) == 1


def test_effects_may_be_for_another_connection(hub: Hub) -> None:
    one, other = Wire(hub, "s-1"), Wire(hub, "s-2")
    hub.perform(
        [On(other.id, (say("to the other"), say("again"))), On("c999", (say("to nobody"),)), say("to one")], one
    )
    assert (one.said, other.said) == ([b"to one"], [b"to the other", b"again"])
    assert {entry.session: entry.connection for entry in hub.journal.entries()} == {"s-1": one.id, "s-2": other.id}


def test_what_is_published_and_called_back_goes_to_who_takes_it(hub: Hub) -> None:
    taken: list[Effect] = []
    publication, callback = Publish("t", b"{}", 1, "told"), CallBack("http://127.0.0.1/", b"{}", "told")
    hub.perform([publication, callback])  # nobody is there
    hub.publish = taken.append
    hub.call_back = taken.append
    hub.perform([publication, callback])
    assert taken == [publication, callback]


def test_a_remark_is_kept(hub: Hub) -> None:
    hub.perform([Note("the token expired", "token.expired", "s-1", about={"seconds": 5})])
    [entry] = hub.journal.entries()
    assert (entry.transport, entry.body, entry.message) == ("note", "the token expired", "token.expired")
    assert (entry.session, entry.meta) == ("s-1", {"seconds": 5})


def test_only_what_has_a_connection_at_hand_is_sent(hub: Hub) -> None:
    hub.perform([say("to whom?"), Close(1000)])
    assert hub.journal.entries() == []


# --- in time ---


def test_what_is_to_happen_later_happens_on_its_connection(hub: Hub, clock: VirtualClock) -> None:
    wire = Wire(hub)
    hub.perform([Later(2, lambda now: [say(f"at {now:g}")])], wire)
    clock.advance(1.9)
    assert wire.said == []
    clock.advance(0.1)
    assert wire.said == [b"at 1002"]


def test_a_newer_timer_takes_the_place_of_the_one_of_its_key(hub: Hub, clock: VirtualClock) -> None:
    wire, other = Wire(hub), Wire(hub)
    for target, text in ((wire, "old"), (other, "other's"), (wire, "new")):
        hub.perform([Later(1, partial(saying, text), "key")], target)
    clock.advance(5)
    assert (wire.said, other.said) == ([b"new"], [b"other's"])


def test_what_belongs_to_a_connection_ends_with_it_and_what_belongs_to_the_server_does_not(
    hub: Hub, clock: VirtualClock
) -> None:
    wire, told = Wire(hub), list[float]()

    def tell(now: float) -> Effects:
        told.append(now)
        return []

    hub.perform([Later(1, tell), Later(2, tell, "key", SERVER)], wire)
    hub.part(wire)
    clock.advance(5)
    assert (told, clock.pending) == ([1002.0], 0)


def test_what_is_cancelled_does_not_happen(hub: Hub, clock: VirtualClock) -> None:
    wire = Wire(hub)
    hub.perform([Later(1, lambda _: [say("never")], "key"), Cancel("key"), Cancel("unknown")], wire)
    hub.perform([Later(1, lambda _: [say("never")], "key", SERVER), Cancel("key"), Cancel("key", SERVER)], wire)
    clock.advance(5)
    assert (wire.said, clock.pending) == ([], 0)


def test_a_timer_that_fails_is_noted_and_the_next_one_fires(hub: Hub, clock: VirtualClock) -> None:
    wire = Wire(hub)

    def fails(now: float) -> Effects:
        raise LookupError

    hub.perform([Later(1, fails), Later(1, fails, to=SERVER), Later(2, lambda _: [say("all the same")])], wire)
    with pytest.raises(ExceptionGroup) as raised:
        clock.advance(5)
    assert [type(error) for error in raised.value.exceptions] == [LookupError] * 2
    assert (wire.said, wire.failures) == ([b"all the same"], 2)
    assert [entry.body for entry in hub.journal.entries(transport="note")] == ["the behaviour failed"] * 2


async def test_what_is_waited_for_is_given_up_when_the_server_stops(
    hub: Hub, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_PATIENCE", 5.0)
    wire, ended = Wire(hub), list[str]()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("given up")

    hub.perform(
        [Await(endless(), lambda given, now: [say("never")], to=SERVER), Later(1, lambda _: [say("never")])], wire
    )
    await asyncio.sleep(0)
    await hub.stop()
    clock.advance(5)
    assert (ended, wire.said, clock.pending) == (["given up"], [], 0)


# --- the turn ---


def test_a_turn_gives_all_that_an_action_leads_to_in_order() -> None:
    turn = Turn(0.0)

    def action() -> Effects:
        turn.do(say("first"))
        inner = turn.run(turn.now, lambda: turn.do(say("of the inner one")))
        turn.do(say("second"), *inner)
        return [say("last")]

    effects = turn.run(7.0, action)
    assert [effect.data for effect in effects if isinstance(effect, Send)] == [
        b"first",
        b"second",
        b"of the inner one",
        b"last",
    ]
    assert turn.now == 7.0


def test_what_a_turn_puts_off_runs_in_a_turn_of_its_own(hub: Hub, clock: VirtualClock) -> None:
    turn, wire = Turn(clock.now()), Wire(hub)

    def later() -> None:
        turn.do(On(wire.id, (say(f"{turn.now:g}"),)))

    hub.run(lambda now: turn.run(now, lambda: turn.later(3, "key", later)))
    clock.advance(3)
    assert wire.said == [b"1003"]


def test_an_effect_outside_of_a_turn_is_an_error() -> None:
    turn = Turn(0.0)
    with pytest.raises(RuntimeError, match="outside of a turn"):
        turn.do(say("to nobody"))


def test_what_a_turn_has_led_to_that_fails_is_carried_out() -> None:
    carried_out: list[Effect] = []
    turn = Turn(0.0, carried_out.extend)

    def inner() -> Effects:
        turn.do(say("of the inner one"))
        raise KeyError

    def action() -> Effects:
        turn.do(say("first"))
        with pytest.raises(KeyError):
            turn.run(turn.now, inner)
        turn.do(say("second"))
        raise LookupError

    with pytest.raises(LookupError):
        turn.run(0.0, action)
    assert [effect.data for effect in carried_out if isinstance(effect, Send)] == [
        b"first",
        b"of the inner one",
        b"second",
    ]


def test_a_function_begins_when_its_question_is_in_the_journal(hub: Hub, clock: VirtualClock) -> None:
    threads = Threads("function", clock)
    guard, wire = Guard(hub.journal.note, threads), Wire(hub)

    def find() -> int:
        return len(hub.journal.entries("asked"))

    async def ask() -> None:
        found: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        def came(result: object, now: float) -> Effects:
            found.set_result(result)
            return ()

        def take(received: Incoming, now: float) -> Effects:
            return [Await(guard.call("answer", find), came)]

        hub.enter(wire, b"x", Says(take), raw=b"x")
        assert await found == 1

    asyncio.run(ask())
    threads.close()
