"""What is of a kind that the document does not list survives, wherever it stands and whatever is around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.guiji.messages.rpc_requests import COMMAND_TARGETS
from avatarwire.codecs.guiji.resources import KINDS, UnknownResource
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.open_unions import COMMANDS, RESOURCES
from tests.codecs.guiji.rpc_samples import CREATE, MODIFY, SWITCH, at, changed
from tests.codecs.strategies import ANY_JSON

WORDS = st.text(min_size=1, max_size=8).filter(lambda word: word not in KINDS and word not in COMMAND_TARGETS)
MEMBERS = st.dictionaries(st.text(max_size=5), ANY_JSON, max_size=3)


@given(kind=WORDS, name=st.text(min_size=1, max_size=4), members=MEMBERS, place=st.integers(0, 6))
def test_any_resource_survives_at_any_place(kind: str, name: str, members: dict[str, Any], place: int) -> None:
    options = {**members, "type": kind, "name": name}
    fields = CREATE.fields
    fields["params"]["resList"].insert(place, {"type": "fore", "resOptions": options})
    packet = rpc.decode(json.dumps(fields).encode(), "client")
    assert isinstance(packet.body, r.CreateNewSession)
    assert packet.body.params.res_list[place].res_options == UnknownResource(options)
    rest = [element for index, element in enumerate(packet.body.params.res_list) if index != place]
    assert tuple(rest) == CREATE.body.params.res_list  # type: ignore[attr-defined]  # it is a CreateNewSession
    if name != "background":
        assert json.loads(rpc.encode(packet.body)) == fields


def test_an_added_resource_survives() -> None:
    star = {"type": "sticker", "name": "star"}
    packet = rpc.decode(changed(MODIFY, at("params.addRes.resList[0].resOptions", star)), "client")
    assert isinstance(packet.body, r.ModifySessionResList)
    assert packet.body.params.add_res.res_list[0].res_options == star


@given(method=WORDS, members=MEMBERS)
def test_any_command_survives(method: str, members: dict[str, Any]) -> None:
    options = {**members, "method": method}
    packet = rpc.decode(changed(SWITCH, at("params.executeList[0].options", options)), "client")
    assert isinstance(packet.body, r.ExecSessionResList)
    assert packet.body.params.execute_list[0].options == options
    assert packet.deviations == ("GJ-E77",)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"type": "sticker"}, r"resList\[3\].resOptions.name: required field is missing"),
        ({"type": "sticker", "name": ""}, r"resList\[3\].resOptions.name: "),
        ({"type": "", "name": "star"}, r"resList\[3\].resOptions.type: got '', expected rtmp, aivoicedistort"),
        ({"type": 5, "name": "star"}, r"resList\[3\].resOptions.type: got .*expected rtmp, aivoicedistort"),
        (5, r"resList\[3\].resOptions: got an integer"),
    ],
)
def test_what_is_no_resource_at_all_is_refused(options: object, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        rpc.decode(changed(CREATE, at("params.resList[3].resOptions", options)), "client")


def test_a_holder_without_the_member_is_left_alone() -> None:
    holder: dict[str, Any] = {"type": "fore"}
    assert RESOURCES.take_out(holder) is None
    assert COMMANDS.take_out({"options": {"method": "switchTemplate"}}) is None
    assert holder == {"type": "fore"}
