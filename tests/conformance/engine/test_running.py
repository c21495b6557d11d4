"""A run: in which order, how long, with which judgement; what a case leaves is ended, whatever has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from avatarwire.conformance.engine.bench import Bench, Run, expect
from avatarwire.conformance.engine.callbacks import CallbackPort
from avatarwire.conformance.engine.case import Case, Differs, Need, NotJudged, Skip
from avatarwire.conformance.engine.endpoint import Endpoint
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.engine.running import Plan, carry_out, selected

Tried = Callable[[Bench], Awaitable[None]]


def a_run(*permissions: Need) -> Run:
    endpoint = Endpoint(
        "aliyun", {"http_url": "http://127.0.0.1:1", "token": "secret-token"}, {}, frozenset(permissions)
    )
    times = iter(range(10_000))
    return Run(endpoint, patience=1, now=lambda: float(next(times)), today=lambda: 0.0)


def a_case(name: str, run: Tried, **changes: Any) -> Case[Bench]:
    given: dict[str, Any] = {"title": "It does.", "clauses": ("ALI-R001",), "run": run, **changes}
    return Case(f"aliyun.test.{name}", **given)


async def ran(*cases: Case[Bench], run: Run | None = None, **plan: Any) -> list[CaseResult]:
    return await carry_out(cases, run or a_run(), Bench, Plan(**plan))


async def fine(bench: Bench) -> None:
    del bench


async def differs(bench: Bench) -> None:
    expect(False, ["one", "other"], "neither, but secret-token")


async def test_a_result_has_what_was_expected_and_seen_secrets_masked() -> None:
    good, bad = await ran(a_case("good", fine, expected="a good thing"), a_case("bad", differs))
    assert (good.verdict, good.expected, good.observed) == ("ok", ("a good thing",), "as expected")
    assert (bad.verdict, bad.expected) == ("failed", ("one", "other"))
    assert bad.observed == "neither, but <12 characters masked>"
    assert (bad.title, bad.clauses, bad.level, bad.side) == ("It does.", ("ALI-R001",), "must", "server")


async def test_results_come_in_the_order_of_the_cases_and_are_told_as_they_come() -> None:
    first_may_end = asyncio.Event()

    async def slow(bench: Bench) -> None:
        await first_may_end.wait()

    async def quick(bench: Bench) -> None:
        first_may_end.set()

    told: list[str] = []
    cases = [a_case("slow", slow), a_case("quick", quick)]
    results = await carry_out(cases, a_run(), Bench, Plan(workers=2), lambda result: told.append(result.id))
    assert [result.id for result in results] == ["aliyun.test.slow", "aliyun.test.quick"]
    assert told == ["aliyun.test.quick", "aliyun.test.slow"]


async def test_no_more_cases_at_once_than_there_are_workers_and_some_run_alone() -> None:
    at_once: list[int] = []
    running = 0

    async def counted(bench: Bench) -> None:
        nonlocal running
        running += 1
        await asyncio.sleep(0)
        at_once.append(running)
        running -= 1

    await ran(*[a_case(f"a{number}", counted) for number in range(6)], workers=3)
    assert max(at_once) == 3
    at_once.clear()
    await ran(*[a_case(f"a{number}", counted, alone=True) for number in range(6)], workers=3)
    assert max(at_once) == 1


async def test_a_case_that_does_not_end_differs() -> None:
    async def endless(bench: Bench) -> None:
        await asyncio.Event().wait()

    (result,) = await ran(a_case("endless", endless, seconds=0.01, expected="an end"))
    assert (result.verdict, result.expected) == ("failed", ("an end",))
    assert result.observed == "it has not come to an end within 0.01 s"


@pytest.mark.parametrize("raised", [None, Differs("a", "b"), Skip("no"), NotJudged("gone"), KeyError("bug")])
async def test_what_was_begun_is_ended_whatever_happens(raised: Exception | None) -> None:
    ended: list[str] = []

    async def end(what: str) -> None:
        ended.append(what)

    async def begun(bench: Bench) -> None:
        bench.at_the_end(lambda: end("first"))
        bench.at_the_end(lambda: end("second"))
        if raised is not None:
            raise raised

    await ran(a_case("begun", begun))
    assert ended == ["second", "first"]


async def test_an_end_that_fails_is_judged_unless_the_case_differs_already() -> None:
    async def fails() -> None:
        raise Differs("a session that stops", "one that does not")

    async def begun(bench: Bench) -> None:
        bench.at_the_end(fails)

    async def begun_and_differs(bench: Bench) -> None:
        bench.at_the_end(fails)
        raise Differs("this", "that")

    one, other = await ran(a_case("one", begun), a_case("other", begun_and_differs))
    assert (one.verdict, one.observed) == ("failed", "one that does not")
    assert (other.verdict, other.observed) == ("failed", "that")


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("invalid", "it is about what the documents forbid to send: --allow-invalid permits that"),
        ("destructive", "it is about something that others may use: --yes permits that"),
        ("billable", "it is about something that costs money: --yes permits that"),
        ("control", "it needs an event of the vendor, which only a control endpoint can cause"),
        ("callback", "it needs callbacks, which are heard with --callback-listen only"),
    ],
)
async def test_what_is_not_permitted_or_not_there_is_skipped_with_the_reason(need: Need, reason: str) -> None:
    (result,) = await ran(a_case("needy", differs, needs=frozenset({need})))
    assert (result.verdict, result.observed, result.unjudged) == ("skipped", reason, False)


async def test_an_endpoint_that_calls_nobody_back_is_not_waited_for() -> None:
    run = Run(
        Endpoint("sensetime", {"http_url": "http://127.0.0.1:1", "callback_url": ""}),
        patience=1,
        now=lambda: 0.0,
        today=lambda: 0.0,
        callbacks=CallbackPort(),
    )
    (result,) = await ran(a_case("needy", differs, needs=frozenset({"callback"})), run=run)
    assert result.observed == "it needs callbacks, and the ready file says that the endpoint has no URL for them"


async def test_what_a_case_cannot_read_is_the_endpoints_once_it_has_said_something() -> None:
    async def broken(bench: Bench) -> None:
        bench.timeline.add("http-1", "http", "in", b"{}")
        raise KeyError("oh")

    (result,) = await ran(a_case("broken", broken))
    assert (result.verdict, result.unjudged) == ("failed", False)
    assert result.observed.startswith("something that the case cannot read: KeyError('oh'), in line ")


async def test_an_endpoint_that_never_says_anything_is_given_up() -> None:
    tried: list[str] = []

    async def silent(bench: Bench) -> None:
        tried.append("")
        raise Differs("an answer", "nothing")

    results = await ran(*[a_case(f"a{number}", silent) for number in range(30)], workers=1)
    assert len(tried) == 20
    assert [result.unjudged for result in results] == [False] * 20 + [True] * 10
    assert results[-1].observed == "not tried: nothing at all has come from the endpoint in 20 cases in a row"


async def test_a_case_that_breaks_says_where() -> None:
    async def broken(bench: Bench) -> None:
        raise KeyError("oh")

    (result,) = await ran(a_case("broken", broken))
    assert result.unjudged
    assert result.observed.startswith("the case itself broke: KeyError('oh'), in line ")
    assert result.observed.endswith(" of test_running.py")


async def test_what_is_permitted_is_done() -> None:
    needs: frozenset[Need] = frozenset({"invalid", "billable"})
    (result,) = await ran(a_case("needy", fine, needs=needs), run=a_run("invalid", "billable"))
    assert result.verdict == "ok"


async def test_a_case_is_carried_out_in_forms_of_the_wire_and_names_the_one_that_matters() -> None:
    tried: list[frozenset[str]] = []

    async def sensitive(bench: Bench) -> None:
        tried.append(bench.forms)
        bench.transports.add("http")
        expect("chunked" not in bench.forms, "an answer", "none")

    (result,) = await ran(a_case("sensitive", sensitive), wire=("pairwise",))
    assert tried[0] == frozenset()
    assert {"chunked", "header_case", "key_order"} <= frozenset().union(*tried)
    assert result.verdict == "failed"
    assert len(result.wire) == len(tried) - 1
    assert result.differs == tuple(names for names in result.wire if "chunked" in names)
    assert result.observed.startswith("none (another verdict than in the plain form with ")
    assert "chunked" in result.observed


async def test_one_that_says_the_very_bytes_has_one_form_only() -> None:
    async def exact(bench: Bench) -> None:
        bench.transports.add("http")

    (result,) = await ran(a_case("exact", exact, exact=True), wire=("chunked",))
    assert result.wire == ()


def test_cases_are_selected_by_parts_of_their_ids_and_by_level() -> None:
    cases = [a_case("one", fine), a_case("one_more", fine, level="should"), a_case("other", fine, level="observed")]

    def names(only: Sequence[str], *levels: str) -> list[str]:
        return [case.id.rpartition(".")[2] for case in selected(cases, only=only, levels=levels)]

    assert names([], "must", "should", "observed") == ["one", "one_more", "other"]
    assert names(["aliyun.test.one"], "must", "should") == ["one"]
    assert names(["aliyun.test", "aliyun.test.one"], "should") == ["one_more"]
    assert names(["aliyun.te"], "must") == []
    assert names(["aliyun."], "must") == ["one"]
