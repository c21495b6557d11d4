"""A fourth vendor's codecs: one row in the registry, and all that is derived from a catalogue is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatarwire.codecs import catalogue, cli
from avatarwire.codecs.errors import DecodeError, HttpError, ValidationError
from avatarwire.codecs.ledger import clauses, type_clause
from avatarwire.conformance import strategies
from tests.codecs.strategies import UNHURRIED
from tests.fourth_vendor.codecs.messages import Say

Run: TypeAlias = Callable[..., tuple[int, str]]

SAY = b'{"kind":"say","number":1,"text":"hello"}'
DIGITS = b'{"kind":"say","number":"1","text":"hello"}'

few = settings(max_examples=20, deadline=None, suppress_health_check=[*UNHURRIED, HealthCheck.function_scoped_fixture])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code and what it prints."""

    def command(*arguments: str) -> tuple[int, str]:
        return cli.run(arguments, ()), capsys.readouterr().out

    return command


def test_the_catalogue_reads_and_writes() -> None:
    toy = catalogue.vendor("toy")
    assert list(catalogue.VENDORS) == ["aliyun", "guiji", "sensetime", "toy"]
    assert len(toy) == 13
    assert toy.decode("say.request", SAY).value == Say(number=1, text="hello")
    assert toy.encode("say.request", {"kind": "say", "number": 1, "text": "hello"}) == SAY
    assert toy.decode("say.request", DIGITS).deviations == ("TOY-E01",)
    assert toy.dispatched(SAY).sender == "client"
    with pytest.raises(HttpError, match="no talk"):
        toy.decode("stopTalk.response", b'{"code":"NoTalk","message":"no talk"}')
    assert ("toy", toy["begun.notice"]) in list(catalogue.entries())


def test_errors_name_its_clauses() -> None:
    toy = catalogue.vendor("toy")
    with pytest.raises(ValidationError) as refused:
        toy.decode("say.request", b'{"kind":"say","number":1,"text":"hello","strength":2}')
    assert (refused.value.vendor, refused.value.clause, refused.value.path) == ("toy", "TOY-R06", "mood")
    assert type_clause("toy", "failed.notice", "reason") == "TOY-T-failed.notice.reason"
    assert clauses("toy")["TOY-E01"].ruling == toy.clauses["TOY-E01"].ruling
    assert "AW-MASKING" in clauses("toy"), "what all vendors share"


def test_the_commands_know_it(run: Run) -> None:
    assert run("list")[1].splitlines()[-1] == "toy"
    code, listed = run("list", "toy")
    assert (code, listed.splitlines()[7].split("\t")) == (
        0,
        ["say.request", "message", "client->server", "code say", "have the avatar say something."],
    )
    assert [entry["id"] for entry in json.loads(run("list", "toy", "--json")[1])["entries"]][:2] == [
        "startTalk.request",
        "startTalk.response",
    ]
    schema = json.loads(run("schema", "toy", "say.request")[1])
    assert schema["schema"]["$defs"]["Say"]["properties"]["text"]["x-clause"] == "TOY-R04"
    assert json.loads(run("decode", "toy", "--json", SAY.decode())[1])["body"]["text"] == "hello"
    assert run("encode", "toy", '{"message": "pause.request", "body": {"seconds": 5}}') == (
        0,
        '{"kind":"pause","seconds":5}\n',
    )
    assert "TOY-E01\tobserved" in run("ledger", "toy")[1]


@pytest.mark.parametrize(
    ("clause", "line"),
    [
        ("toy-e01", "  variant   number is a text of digits, in say.request"),
        ("TOY-R06", "  rule      mood is there where any of strength is, in say.request"),
        ("TOY-R03", "  rule      kind is say, in say.request"),
        ("toy-t-failed.notice.reason", "  rule      reason is text"),
    ],
)
def test_clauses_are_explained(run: Run, clause: str, line: str) -> None:
    code, told = run("explain", clause)
    assert code == 0
    assert line in told.splitlines()
    assert "  vendor    toy" in told.splitlines()


@few
@given(data=st.data())
def test_messages_are_drawn_broken_and_varied(data: st.DataObject) -> None:
    toy = catalogue.vendor("toy")
    entry_id = data.draw(st.sampled_from(list(toy)))
    sample = data.draw(strategies.messages("toy", entry_id))
    assert toy.decode(entry_id, sample.data, strict=True).value == sample.value
    broken = data.draw(strategies.mutations("toy", entry_id))
    assert broken.clause.startswith("TOY-")
    with pytest.raises(DecodeError):
        toy.decode(entry_id, broken.data, strict=True)
    variant = data.draw(strategies.variants("toy", "say.request"))
    assert toy.decode("say.request", variant.data).deviations == (variant.erratum,)


def test_a_vendor_that_is_in_no_registry_is_unknown(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    from avatarwire.codecs import registry

    known: dict[str, Any] = dict(registry.VENDORS)
    del known["toy"]
    monkeypatch.setattr(registry, "VENDORS", known)
    with pytest.raises(KeyError, match="no vendor 'toy'"):
        catalogue.vendor("toy")
    assert run("list", "toy")[0] == 2
