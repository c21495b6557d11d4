"""Drawn messages are what they are said to be, for every entry of every vendor."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance import strategies
from avatarwire.conformance.carrying import carried
from avatarwire.conformance.strategies import Mutation, Sample, Unbreakable, Variant, each_mutation
from tests.codecs.strategies import UNHURRIED
from tests.examples import examples

from .figures import drawn, of_messages, of_mutations, of_variants

VENDORS = list(catalogue.VENDORS)
ENTRIES = [pytest.param(vendor, entry.id, id=f"{vendor}-{entry.id}") for vendor, entry in catalogue.entries()]

thorough = settings(max_examples=examples(2000), deadline=None, suppress_health_check=UNHURRIED)
few = settings(max_examples=5, deadline=None, suppress_health_check=UNHURRIED)


@pytest.mark.parametrize(("vendor", "entry_id"), ENTRIES)
@few
@given(data=st.data())
def test_messages_are_valid(vendor: str, entry_id: str, data: st.DataObject) -> None:
    sample = data.draw(strategies.messages(vendor, entry_id))
    received = catalogue.vendor(vendor).decode(entry_id, sample.data, strict=True)
    assert (sample.id, sample.value, received.deviations) == (entry_id, received.value, ())


@pytest.mark.unmeasured
@pytest.mark.parametrize("vendor", VENDORS)
def test_nearly_all_values_are_valid_before_any_is_sorted_out(vendor: str) -> None:
    figures = of_messages(vendor, 3)
    assert figures.right >= 0.95 * figures.made > 0, figures.wrong


@pytest.mark.unmeasured
@pytest.mark.parametrize("vendor", VENDORS)
def test_mutations_are_refused_under_their_own_clause(vendor: str) -> None:
    """Of all ways, every twentieth; `figures.py` tries them all."""
    figures = of_mutations(vendor, 1, every=20)
    assert figures.wrong == []
    assert len(figures.none) <= 0.02 * figures.made
    assert figures.own >= 0.95 * figures.made > 0, figures.others


@pytest.mark.parametrize("vendor", VENDORS)
def test_variants_are_reported_and_refused_by_strict_reading(vendor: str) -> None:
    figures = of_variants(vendor, 1)
    assert figures.made > 0
    assert (figures.none, figures.wrong) == ([], [])


@pytest.mark.parametrize(("vendor", "entry_id"), ENTRIES)
def test_every_rule_is_broken_or_it_is_said_why_not(vendor: str, entry_id: str) -> None:
    known = carried(vendor, entry_id)
    broken = {label.rpartition(": ")[0] for label, _ in each_mutation(known)}
    said = {(each.clause, each.text) for each in strategies.unbreakable(vendor, entry_id)}
    assert all(each.reason for each in strategies.unbreakable(vendor, entry_id))
    for rule in known.rules:
        assert rule.text in broken or (rule.clause, rule.text) in said


@pytest.mark.parametrize("vendor", VENDORS)
@settings(few, max_examples=examples(50))
@given(data=st.data())
def test_frames_are_read_or_refused(vendor: str, data: st.DataObject) -> None:
    frame = data.draw(strategies.frames(vendor))
    known = catalogue.vendor(vendor)
    for entry_id in data.draw(st.lists(st.sampled_from(list(known)), min_size=1, max_size=4)):
        try:
            known.decode(entry_id, frame)
        except AvatarwireError:
            continue


# --- examples ---


def first(strategy: st.SearchStrategy[Any]) -> Any:
    """The simplest value."""
    return find(strategy, lambda _: True, settings=thorough)


def test_a_message() -> None:
    sample: Sample = first(strategies.messages("aliyun", "opening.request"))
    assert sample == Sample("opening.request", b'\x00\x01\x0000000000{"sessionId":"0"}', sample.value)
    assert sample.value.session_id == "0"


def test_a_query_is_percent_encoded() -> None:
    asked = strategies.messages("aliyun", "ListAvatarProject.request")
    sample = find(asked, lambda each: not each.value.project_id_list[0].isascii(), settings=thorough)
    assert sample.data.startswith(b"projectIdList=%")


def test_an_answer_has_its_envelope() -> None:
    sample = first(strategies.messages("sensetime", "heartbeat.response"))
    assert sample.data.startswith(b'{"code":0,"message":"')


def test_speech_is_raw() -> None:
    assert first(strategies.messages("sensetime", "microphone.audio")).data == b""


def test_a_variant() -> None:
    strategy = strategies.variants("aliyun", "text_drive.response")
    variant: Variant = find(
        strategy, lambda each: each.path == "success" and b"null" not in each.data, settings=thorough
    )
    assert (variant.erratum, variant.label) == ("ALI-E29", "success is missing or null")


def test_an_entry_without_variants() -> None:
    assert strategies.variants("sensetime", "microphone.audio").is_empty


def test_a_mutation() -> None:
    strategy = strategies.mutations("aliyun", "opening.request")
    mutation: Mutation = find(strategy, lambda each: each.label == "sessionId is there: left out", settings=thorough)
    assert (mutation.clause, mutation.path) == ("ALI-R095", "sessionId")
    assert mutation.data[11:] == b"{}"


def test_a_rule_that_cannot_be_broken_alone() -> None:
    rule = Unbreakable("ALI-R105", "success", "success is there", "what breaks it is a documented variant: ALI-E29")
    assert rule in strategies.unbreakable("aliyun", "text_drive.response")
    assert strategies.unbreakable("sensetime", "microphone.audio") == ()


@pytest.mark.parametrize(
    "ask", [strategies.messages, strategies.variants, strategies.mutations, strategies.unbreakable]
)
def test_what_is_not_known_is_told(ask: Any) -> None:
    with pytest.raises(KeyError, match="aliyun, guiji, sensetime"):
        ask("acme", "opening.request")
    with pytest.raises(KeyError, match=r"opening\.request"):
        ask("aliyun", "openin.request")


def test_frames_of_an_unknown_vendor() -> None:
    with pytest.raises(KeyError, match="aliyun, guiji, sensetime"):
        strategies.frames("acme")


def test_some_values_of_a_strategy() -> None:
    assert len(drawn(st.integers(), 3)) == 3
    assert drawn(st.nothing(), 3) == []
