"""What a fake can be told: one declaration gives the method, the table and the documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from avatarwire.codecs.sensetime.messages.interactive import AsrFail, SdkMessage
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServer, FakeServerError, VirtualClock
from avatarwire.fakeserver.commands import Argument, CloseCode, Command, checked, command, table

FAKES: Final[dict[str, Callable[..., FakeServer]]] = {
    "aliyun": FakeAliyun,
    "guiji": FakeGuiji,
    "sensetime": FakeSenseTime,
}


@pytest.mark.parametrize(
    ("vendor", "names"),
    [
        ("aliyun", ["advance", "force_close", "recover", "drop", "report_error"]),
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
                more = {"material_ids": [1], "message": AsrFail(trace="t-1", error="too loud")}
                given = {name: more[name] for name in more if name in {it.name for it in told.arguments}}
                with pytest.raises(FakeServerError, match=r"no (session|live) nowhere"):
                    told.method(fake, "nowhere", **given)


HALF: Final = "\ud800"
"""Half a surrogate, which UTF-8 cannot write."""

WRONG: Final[dict[str, tuple[object, ...]]] = {
    "session_id": (None, 5, b"s-1", HALF),
    "app_id": (None, 5, HALF),
    "reason": (None, 5, b"why", HALF),
    "result": (None, 5, HALF),
    "cause": (None, ["why"], HALF),
    "code": (None, "1000", 1000.0, True, -1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 99_999, 10**400),
    "error_code": (None, "10000", 10000.0, True, 2**63, 10**400),
    "status": (None, "50", 50.0, 35, 1, -1, 10**400),
    "material_ids": (None, 5, "12", [1, "2"], [1.5], [float("nan")], [True]),
    "cut_in": (None, 1, "yes"),
    "on": (None, 0, "no"),
    "message": (None, 5, {"service": "asr"}, AsrFail.trusted(trace=HALF, error="e")),
    "seconds": (None, "1", -0.001, float("nan"), float("inf"), 1e300, 10**400, HALF),
}
"""What is no value of an argument, by its name."""

EXPECTED: Final[dict[str, str]] = {
    "code": "a close code that may be sent: 1000 to 1003, 1007 to 1014 or 3000 to 4999",
    "error_code": "an integer of 64 bits",
    "status": "a status that a live ends with: 5, 9, 50, 97, 98, 99",
    "material_ids": "a list of whole numbers",
    "cut_in": "True or False",
    "on": "True or False",
    "message": "SdkMessage",
    "seconds": "seconds from 0 to 1e+15",
}
"""What is expected of it; of all others a text."""


@pytest.mark.parametrize("vendor", FAKES)
def test_what_is_no_value_of_an_argument_is_told_before_anything_happens(vendor: str) -> None:
    given: dict[str, Any] = {"session_id": "nowhere", "material_ids": [1], "seconds": 1}
    given["message"] = AsrFail(trace="t-1", error="too loud")
    with FAKES[vendor](clock=VirtualClock()) as fake:
        now, mark = fake.clock.now(), fake.journal.mark()
        for told in fake.commands.values():
            required = {it.parameter: given[it.parameter] for it in told.arguments if it.required}
            for name in (argument.parameter for argument in told.arguments):
                for wrong in WRONG[name]:
                    with pytest.raises(FakeServerError) as failure:
                        told.method(fake, **{**required, name: wrong})
                    expected = f"{name}: expected {EXPECTED.get(name, 'text that UTF-8 can write')}, got "
                    assert str(failure.value).startswith(expected), f"{told.name}({name}={wrong!r})"
        assert (fake.clock.now(), fake.journal.mark()) == (now, mark)


def test_what_is_meant_is_taken_as_it_is() -> None:
    """A list in another form, a number of an enumeration, an integer for seconds."""
    assert checked("ids", range(2), Sequence[int]) == [0, 1]
    assert checked("ids", (), Sequence[int]) == []
    assert checked("seconds", 1, float) == 1
    assert [checked("code", it, CloseCode) for it in (1000, 1014, 3000, 4999)] == [1000, 1014, 3000, 4999]
    message = AsrFail(trace="t-1", error="e")
    assert checked("message", message, SdkMessage) is message


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
