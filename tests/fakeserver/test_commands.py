"""What a fake can be told: one declaration gives the method, the table and the documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServer, FakeServerError, VirtualClock
from avatarwire.fakeserver.commands import Argument, Command, command, table

FAKES: Final[dict[str, Callable[..., FakeServer]]] = {
    "aliyun": FakeAliyun,
    "guiji": FakeGuiji,
    "sensetime": FakeSenseTime,
}


@pytest.mark.parametrize(
    ("vendor", "names"),
    [
        ("aliyun", ["advance", "force_close", "recover", "drop"]),
        ("guiji", ["advance", "destroy", "play", "withhold_heartbeats", "expire_tokens"]),
        (
            "sensetime",
            [
                "advance",
                "close_live",
                "fail_live",
                "stop_speech",
                "fail_speech",
                "drop",
                "push",
                "expire_tokens",
            ],
        ),
    ],
)
def test_a_fake_lists_what_it_can_be_told(vendor: str, names: list[str]) -> None:
    fake = FAKES[vendor]()
    assert list(fake.commands) == names
    for name, told in fake.commands.items():
        method: Any = getattr(type(fake), name)
        assert told.method is method, "the method is the one that the table has"
        assert told.name == name
        assert told.title.endswith(".")
        assert inspect.getdoc(method)
        assert [argument.parameter for argument in told.arguments] == list(inspect.signature(method).parameters)[1:]
        assert all(argument.text for argument in told.arguments), f"{name} documents its arguments"


@pytest.mark.parametrize("vendor", FAKES)
def test_whoever_is_not_running_can_be_told_nothing(vendor: str) -> None:
    for told in FAKES[vendor]().commands.values():
        given: dict[str, Any] = {it.parameter: 1 if it.parameter == "seconds" else "x" for it in told.arguments}
        with pytest.raises(FakeServerError, match=r"not running|real time"):
            told.method(FAKES[vendor](), **{name: given[name] for name in given if name != "cut_in"})


@pytest.mark.parametrize("vendor", FAKES)
def test_a_command_about_a_session_there_is_not_says_so(vendor: str) -> None:
    with FAKES[vendor](clock=VirtualClock()) as fake:
        for told in fake.commands.values():
            if "session" in {argument.name for argument in told.arguments}:
                more = {"material_ids": [1], "message": None}
                given = {name: more[name] for name in more if name in {it.name for it in told.arguments}}
                with pytest.raises(FakeServerError, match=r"no (session|live) nowhere"):
                    told.method(fake, "nowhere", **given)


def test_arguments_are_read_from_the_declaration() -> None:
    @command
    def knock(house: object, session_id: str, times: int = 2, *, loud: bool = False) -> None:
        """Knocks at a door.

        Args:
            session_id: of the house.
            times: how often,
                at most ten.
            loud: whether it is heard.

        Raises:
            ValueError: nobody opens.
        """

    assert dict(table(knock)) == {
        "knock": Command(
            "knock",
            "Knocks at a door.",
            (
                Argument("session", "session_id", "str", True, None, "of the house."),
                Argument("times", "times", "int", False, 2, "how often, at most ten."),
                Argument("loud", "loud", "bool", False, False, "whether it is heard.", True),
            ),
            knock,
        )
    }


def test_a_command_is_carried_out_by_the_behaviour_and_its_arguments_are_those_of_the_method() -> None:
    told: list[tuple[Any, ...]] = []

    class Fake:
        def tell(self, act: Callable[[Any], Any]) -> None:
            act("the behaviour")

    @command
    def knock(house: str, session_id: str, times: int = 2) -> None:
        """Knocks."""
        told.append((house, session_id, times))

    knock(Fake(), "s-1")
    knock(Fake(), session_id="s-2", times=3)
    assert told == [("the behaviour", "s-1", 2), ("the behaviour", "s-2", 3)]
    with pytest.raises(TypeError):
        knock(Fake(), "s-1", door="front")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_a_command_of_a_fake_is_called_as_its_method_is_and_by_the_names_it_lists() -> None:
    with FakeAliyun(clock=VirtualClock()) as fake:
        before = fake.clock.now()
        fake.commands["advance"](2.0)
        fake.commands["advance"](seconds=3.0)
        assert fake.clock.now() - before == 5.0
        drop = fake.commands["drop"]
        assert next(argument.name for argument in drop.arguments) == "session"
        for about in ({"session": "s-0"}, {"session_id": "s-0"}, {"session": "s-0", "code": 1011}):
            with pytest.raises(FakeServerError, match="no session s-0"):
                drop(**about)
        with pytest.raises(FakeServerError, match="no session s-0"):
            drop("s-0")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "session_id"),
        ({"session": "s-0", "session_id": "s-0"}, "an argument twice: session, session_id"),
        ({"session": "s-0", "door": "front"}, "door"),
    ],
)
def test_wrong_arguments_are_refused_in_the_words_of_python(given: dict[str, Any], reason: str) -> None:
    with FakeAliyun() as fake, pytest.raises(TypeError, match=reason):
        fake.commands["drop"](**given)


def test_a_command_that_no_fake_has_cannot_be_called() -> None:
    @command
    def ring(house: object) -> None:
        """Rings."""

    with pytest.raises(TypeError, match="the command ring is no fake's"):
        table(ring)["ring"]()


def test_an_argument_that_is_not_described_has_no_text() -> None:
    @command
    def ring(house: object, bell: str) -> None:
        """Rings."""

    assert table(ring)["ring"].arguments == (Argument("bell", "bell", "str", True, None, ""),)
