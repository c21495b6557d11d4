"""Requests: what the document forbids cannot be made, and what each action needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations
from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.guiji.resources import Image, Layer, Player, ResourceElement
from tests.codecs.guiji.http_samples import schema_accepts
from tests.codecs.guiji.rpc_samples import (
    CREATE,
    DESTROY,
    HUMAN,
    INSERT,
    MODIFY,
    OUTPUT,
    REQUESTS,
    SET_PUSH,
    SWITCH,
    Sample,
)

INNER: dict[str, Any] = {"session_id": "8f0a"}
create: Any = CREATE.body
modify: Any = MODIFY.body


@pytest.mark.parametrize("sample", REQUESTS, ids=lambda sample: sample.message)
def test_a_request_knows_its_method(sample: Sample) -> None:
    body: Any = sample.body
    assert body.method == sample.fields["method"]
    assert body.understood() == body.catalogue_id
    assert body.check() == ()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: create.replace(session_id="other"), r"params.sessionId: .*\[GJ-E57\]"),
        (lambda: modify.replace(session_id="other"), r"params.sessionId: .*\[GJ-E57\]"),
        (lambda: DESTROY.body.replace(session_id="other"), r"params.sessionId: .*\[GJ-E57\]"),
        (lambda: SWITCH.body.replace(session_id="other"), r"params.sessionId: .*\[GJ-E57\]"),
        (lambda: INSERT.body.replace(session_id="other"), r"params.sessionId: .*\[GJ-E57\]"),
        (lambda: create.replace(token="other"), r"params.token: .*\[GJ-E65\]"),
        (lambda: create.replace(live_platform=1), r"livePlatform: got 1, expected 3 \[GJ-R086\]"),
        (
            lambda: create.replace(params=create.params.replace(res_list=(OUTPUT,))),
            r"params.resList: no digital human, expected an element of kind dthuman \[GJ-R090\]",
        ),
        (lambda: create.params.replace(playlist=()), r"playlist: value out of range.*\[GJ-E69\]"),
        (lambda: create.params.replace(rule="x"), r"rule: got 'x'.*\[GJ-R088\]"),
        (lambda: r.PushUrls(pushurls=("http://a.test",)), r"pushurls\[0\]: wrong form.*\[GJ-E83\]"),
        (lambda: r.ExecuteParams(**INNER, execute_list=()), r"executeList: value out of range.*\[GJ-R107\]"),
    ],
)
def test_what_the_document_forbids_cannot_be_made(make: Callable[[], object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        make()


@pytest.mark.parametrize(
    ("sample", "name", "expected", "clause"),
    [(SWITCH, "rtmp", "dthuman", "GJ-R106"), (SET_PUSH, "dthuman", "rtmp", "GJ-R108")],
)
def test_a_command_is_addressed_to_its_resource(sample: Sample, name: str, expected: str, clause: str) -> None:
    body: Any = sample.body
    item = body.params.execute_list[0]
    with pytest.raises(ValidationError, match=rf"name: got '{name}', expected {expected}, .*\[{clause}\]"):
        item.replace(name=name)


def test_tokens_and_stream_keys_are_masked() -> None:
    assert "7F3C" not in repr(create)
    assert "<4 characters masked>" in repr(create.params)
    assert "rtmps://b.test/live?<5 characters masked>" in repr(SET_PUSH.body)


def test_both_lists_of_a_modification_are_written_and_either_may_be_left_out() -> None:
    empty = r.ModifyParams(**INNER)
    assert empty.to_dict() == {"sessionId": "8f0a", "rmvRes": {"resList": []}, "addRes": {"resList": []}}


def test_added_elements_are_judged_like_those_of_a_new_session() -> None:
    element = ResourceElement.trusted(type=Layer.FORE, res_options=Image.trusted(name="background"))
    with pytest.raises(ValidationError, match=r"resList\[1\].type: the background lies in another layer"):
        r.AddedResources(res_list=(HUMAN, element))


def test_a_repeat_count_below_endless_is_noted() -> None:
    video = ResourceElement.trusted(type=Layer.FORE, res_options=Player.trusted(name="video", loop=-5))
    added = r.AddedResources.trusted(res_list=(video,))
    [found] = added.check()
    assert (found.clause, found.path) == ("GJ-E73", "resList[0].resOptions.loop")


# --- the five actions ---

ARGUMENTS = {"oldPcmId": 6, "index": 1, "pcmIds": [300003]}
NEEDED: dict[str, set[str]] = {
    "addPlayList": {"pcmIds"},
    "insertPlayList": {"index", "pcmIds"},
    "delPlayListIndex": {"index"},
    "getPlayList": set(),
    "insertPlayListAtSilent": {"pcmIds"},
}
ALLOWED: dict[str, set[str]] = {
    "addPlayList": {"pcmIds"},
    "insertPlayList": {"index", "pcmIds", "oldPcmId"},
    "delPlayListIndex": {"index", "oldPcmId"},
    "getPlayList": set(),
    "insertPlayListAtSilent": {"pcmIds", "index", "oldPcmId"},
}
CHOICES = list(chain.from_iterable(combinations(ARGUMENTS, count) for count in range(4)))


@pytest.mark.parametrize("action", NEEDED)
@pytest.mark.parametrize("given", CHOICES, ids=lambda given: "+".join(given) or "nothing")
def test_each_action_has_its_arguments(action: str, given: tuple[str, ...]) -> None:
    fields = {"sessionId": "8f0a", "action": action, **{name: ARGUMENTS[name] for name in given}}
    schema = CATALOGUE.schema_of("pushPlayListManager.request")["schema"]
    inner = {**schema["$defs"]["PlaylistParams"], "$defs": schema["$defs"]}
    told_by_schema = schema_accepts(inner, fields)
    arguments: dict[str, Any] = {{"oldPcmId": "old_pcm_id", "pcmIds": "pcm_ids"}.get(n, n): ARGUMENTS[n] for n in given}

    def make() -> r.PlaylistParams:
        return r.PlaylistParams(session_id="8f0a", action=r.PlaylistAction(action), **arguments)

    assert told_by_schema == (NEEDED[action] <= set(given) <= ALLOWED[action])
    if told_by_schema:
        assert make().to_dict() == fields
        return
    with pytest.raises(ValidationError) as caught:
        make()
    missing = NEEDED[action] - set(given)
    if missing:
        assert caught.value.path in missing
        assert caught.value.clause == ("GJ-R110" if caught.value.path == "index" else "GJ-R111")
    else:
        assert caught.value.path in set(given) - ALLOWED[action]
        assert caught.value.clause == "GJ-E80"


@pytest.mark.parametrize("action", ["addPlayList", "insertPlayList", "insertPlayListAtSilent"])
def test_nothing_cannot_be_added(action: str) -> None:
    with pytest.raises(ValidationError, match=r"pcmIds: got 0 items, expected at least one material \[GJ-R111\]"):
        r.PlaylistParams(session_id="8f0a", action=r.PlaylistAction(action), index=0, pcm_ids=())


def test_actions_have_numbers_in_a_comment() -> None:
    assert {number: str(action) for number, action in r.ACTION_NUMBERS.items()} == dict(enumerate(NEEDED, start=1))
