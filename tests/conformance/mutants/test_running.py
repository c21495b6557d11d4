"""A mutant is a fake that is broken, seen to be, and found; a right fake is neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance.fakes import fake
from avatarwire.conformance.mutants.mutant import Mutant, drop, mutant, remove
from avatarwire.conformance.mutants.registry import found, reasons, refused
from avatarwire.conformance.mutants.running import carry_out, tried
from avatarwire.conformance.mutants.witnesses import gave
from avatarwire.conformance.suites import SUITES
from avatarwire.fakeserver.vendors import VENDORS

NO_URL = mutant(
    "aliyun",
    "no_url",
    "StartAvatarSession gives no webSocketUrl.",
    "ALI-R024",
    "http.start.gives_session",
    faults=[remove("StartAvatarSession.response", "webSocketUrl")],
)


async def test_a_rule_that_acts_is_its_own_witness() -> None:
    result = await tried(NO_URL)
    assert (result.exercised, result.killed, result.error) == (True, True, "")
    (case,) = result.cases
    assert (case.id, case.verdict, case.witnessed) == ("aliyun.http.start.gives_session", "failed", True)


async def test_a_rule_that_does_not_act_kills_nothing() -> None:
    result = await tried(
        replace(NO_URL, faults=(drop("opening.response"),), cases=("aliyun.http.start.gives_session",))
    )
    assert (result.exercised, result.killed) == (False, False)


async def test_a_rule_that_acts_in_vain_is_no_witness() -> None:
    nothing = remove("StartAvatarSession.response", "customPushUrl")
    result = await tried(replace(NO_URL, faults=(nothing,)))
    assert (result.exercised, result.killed) == (False, False)


async def test_a_right_fake_survives() -> None:
    right = mutant(
        "aliyun", "right", "It is right.", "ALI-R024", "http.start.gives_session", witness=_started, polls_until_ready=1
    )
    result = await tried(right)
    assert (result.exercised, result.killed) == (True, False)


_started = gave("StartAvatarSession.response", status=200)


async def test_what_cannot_be_tried_says_why() -> None:
    result = await tried(replace(NO_URL, patch="no_such_thing"))
    assert result.error == "FakeServerError: the fake aliyun server has no mutant 'no_such_thing'"
    assert (result.exercised, result.killed) == (False, False)


async def test_a_clause_that_is_not_checked() -> None:
    whole = found("aliyun")["aliyun.unchecked.ALI-R028"]
    result = await tried(replace(whole, cases=whole.cases[:2]))
    assert result.killed
    assert all(case.kills for case in result.cases)


def test_several_at_once_in_processes_of_their_own() -> None:
    some = [it for it in found("aliyun").values() if it.id.startswith("aliyun.unchecked.")][:3]
    seen: list[str] = []
    results = carry_out(some, 2, lambda it: seen.append(it.id))
    assert [it.id for it in results] == [it.id for it in some]
    assert sorted(seen) == sorted(it.id for it in some)
    assert all(it.killed for it in results)
    assert carry_out(some, 1, enough=lambda: True) == []


def test_a_mutant_of_which_nothing_shows_the_effect_is_none() -> None:
    with pytest.raises(ValueError, match=r"aliyun\.silent: what shows its effect"):
        mutant("aliyun", "silent", "It is silent.", "ALI-R024", "http.start.gives_session", polls_until_ready=1)


@pytest.mark.parametrize("vendor", SUITES)
def test_the_registry_is_sound(vendor: str) -> None:
    clauses = {clause for case in SUITES[vendor].server.values() for clause in case.clauses}
    for it in found(vendor).values():
        assert it.title.endswith("."), it.id
        assert it.cases, it.id
        assert set(it.clauses) <= clauses, it.id
        assert _is_about(it), f"{it.id}: no case of it is about a clause that it breaks"
    patched = {it.patch for it in found(vendor).values() if it.patch and not it.patch.startswith("unchecked:")}
    assert patched == set(VENDORS[vendor].mutants.MUTANTS)
    assert set(refused(vendor)) <= clauses
    for name in reasons(vendor):
        assert any(case == name or (case.startswith(name) and name.endswith(".")) for case in SUITES[vendor].server), (
            name
        )


def _is_about(it: Mutant) -> bool:
    suite = SUITES[it.vendor].server
    return any(set(suite[case].clauses) & set(it.clauses) for case in it.cases)


@pytest.mark.parametrize("vendor", SUITES)
async def test_what_a_mutant_changes_is_undone(vendor: str) -> None:
    for name in VENDORS[vendor].mutants.MUTANTS:
        async with fake(vendor, mutant=name, observed=False):
            pass
    async with fake(vendor, observed=False) as server:
        assert server.journal.entries("mutant") == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("unchecked:NOTHING", "has no mutant 'unchecked:NOTHING'"),
        ("interrupts_do_nothin", "did you mean 'interrupts_do_nothing'"),
        ("unchecked", "has no mutant 'unchecked'"),
    ],
)
def test_a_fake_knows_its_mutants(name: str, reason: str) -> None:
    with pytest.raises(AvatarwireError, match=reason):
        fake("aliyun", mutant=name)
