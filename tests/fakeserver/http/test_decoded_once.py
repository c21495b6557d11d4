"""A call in good order is decoded once, whatever the vendor: one text is parsed for all that is asked of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from avatarwire.fakeserver.effects import HttpAnswer
from tests.fakeserver.aliyun import client as aliyun
from tests.fakeserver.guiji import client as guiji
from tests.fakeserver.sensetime import client as sensetime


def decodings(action: Callable[[], HttpAnswer]) -> list[str]:
    """What JSON and queries were decoded by while something was done, in order."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, called: Any) -> None:
        is_decoder = event == "c_call" and called.__name__ in ("decode", "json_decode")
        # A message that becomes a table is read from its own text.
        is_own = frame.f_back is not None and frame.f_back.f_code.co_name == "to_dict"
        if is_decoder and not is_own and not isinstance(called.__self__, bytes):
            found.append("json")
        elif event == "call" and frame.f_code.co_name == "parse_qsl":
            found.append("query")

    action()  # what is made on first use is there now
    sys.setprofile(watch)
    try:
        answer = action()
    finally:
        sys.setprofile(None)
    assert (answer.status, answer.violations) == (200, ())
    return found


def ali(action: str, **parameters: Any) -> Callable[[], HttpAnswer]:
    fake = aliyun.Fake(verify_signatures=False)
    return lambda: fake.call(action, **parameters)


def gj(method: str, path: str, **parameters: Any) -> Callable[[], HttpAnswer]:
    client = guiji.Client()
    return lambda: client.post(path, **parameters) if method == "POST" else client.get(path, **parameters)


def st(operation: str, **parameters: Any) -> Callable[[], HttpAnswer]:
    fake = sensetime.Fake()
    session = fake.started()
    return lambda: fake.send(operation, {"sessionId": session, **parameters})


@pytest.mark.parametrize(
    ("action", "decoded"),
    [
        (ali("StartAvatarSession", projectId=aliyun.PROJECT, requestId="rq-1"), ["json"]),
        (ali("SaveAvatarProject", **aliyun.CREATE), ["json"]),
        (ali("QueryAvatarProject", projectId=aliyun.PROJECT), ["query"]),
        (gj("POST", "/liveInfo/create", cutinFlag=True, liveName="x"), ["json"]),
        (gj("GET", "/liveInfo/queryByPage", page=1), ["query"]),
        (st("heartbeat"), ["json"]),
        (st("queryStat"), ["query"]),
    ],
)
def test_a_call_in_good_order_is_decoded_once(action: Callable[[], HttpAnswer], decoded: list[str]) -> None:
    assert decodings(action) == decoded


@pytest.mark.parametrize("operation", ["takeoverCommand", "takeoverQueue"])
def test_so_is_a_call_with_a_script_which_is_read_twice(operation: str) -> None:
    # By the rule that the text is a script, and by what it says.
    asked = st(operation, param=json.dumps(sensetime.SPEECH))
    assert decodings(asked) == ["json", "json", "json"]
