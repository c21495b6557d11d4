"""Adapters with plain methods: each call in a thread of its own, which holds up nobody."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from avatarwire.conformance.probing.adapter import Given, is_blocking, unblocked, worded
from avatarwire.conformance.probing.plan import Act, Client, Plan
from avatarwire.conformance.probing.subject import subject_of


class Blocking:
    """Does nothing, in a thread."""

    def start(self, place: Given) -> None:
        self.place = place

    def say(self, text: str) -> None:
        if text == "a bad word":
            raise ValueError(text)

    def stop(self) -> None:
        return


class Mixed:
    """Some methods are coroutines, and one only makes one."""

    async def start(self, place: Given) -> None:
        self.place = place

    def say(self, text: str) -> Any:
        return self._say(text)

    async def _say(self, text: str) -> str:
        return text

    async def stop(self) -> None:
        return


class Hanging(Blocking):
    """Never comes back."""

    def say(self, text: str) -> None:
        del text
        threading.Event().wait()


class Threaded(Blocking):
    """Has a thread of its own, in which something goes wrong."""

    def say(self, text: str) -> None:
        thread = threading.Thread(target=int, args=(text,))
        thread.start()
        thread.join()


class Leaving(Blocking):
    """Ends its thread in the place of an error."""

    def say(self, text: str) -> None:
        raise SystemExit(text)


def tried(make: type[Any], patience: float = 5.0) -> str:
    plan = Plan(
        vendor="sensetime",
        client=Client(name="a:client"),
        workload=(Act(do="say", texts=("a bad word",)),),
        patience=patience,
        delay=1.0,
        real=True,
    )
    ended = subject_of(Client(name="a:client"), make).replayed(plan)
    return f"{ended.outcome}: {ended.detail}"


def test_it_is_seen_whether_methods_block() -> None:
    assert [is_blocking(make) for make in (Blocking, Mixed, lambda: Blocking())] == [True, True, False]


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (Blocking, 'reported: say "a bad word": ValueError: a bad word'),
        (Leaving, 'reported: say "a bad word": _Ended: SystemExit: a bad word'),
        (Mixed, 'lost_text: say "a bad word" has returned, but it was never accepted by the vendor'),
    ],
)
def test_what_they_do_is_seen(make: type[Any], outcome: str) -> None:
    assert tried(make) == outcome


def test_what_goes_wrong_in_a_thread_is_seen() -> None:
    assert tried(Threaded).startswith("raised: an error in a thread: ValueError: invalid literal for int()")


def test_one_that_hangs_holds_up_nobody() -> None:
    assert tried(Hanging, patience=0.3) == 'hang: say "a bad word" did not end within 0.3 s'


def test_what_a_method_gives_is_waited_for() -> None:
    async def said() -> object:
        client: Any = unblocked(Mixed())
        answer: object = await client.say("good")
        return answer

    assert asyncio.run(said()) == "good"


class Untold(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("half \ud800"), "ValueError: half ?"),
        (ValueError("x" * 3000), f"ValueError: {'x' * 2000}..."),
        (Untold(), "Untold: its text cannot be made: RuntimeError"),
    ],
)
def test_an_error_has_words(error: Exception, text: str) -> None:
    assert worded(error) == text
