"""An error of encoding names the message that was to be sent, also where several share a class."""

from __future__ import annotations

import pytest

from avatarwire.codecs import guiji
from avatarwire.codecs.errors import EncodeError
from avatarwire.codecs.guiji.messages import replies as p
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.message import Message

TARGET = r.PushUrls(pushurls=("rtmp://a.test/b",))


def command(options: Message | r.UnknownCommand, resource: str) -> r.ExecSessionResList:
    item = r.ExecuteItem.trusted(name=resource, options=options)
    params = r.ExecuteParams.trusted(session_id="s", execute_list=(item,))
    return r.ExecSessionResList.trusted(id=1, session_id="s", sender="7/x", params=params)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (command(r.SetPushStreams.trusted(args=TARGET), "another"), "ExecSessionResList.setpushstreams.request"),
        (command(r.ClosePushStreams.trusted(args=TARGET), "another"), "ExecSessionResList.closepushstreams.request"),
        (command(r.SwitchTemplate.trusted(args=None), "another"), "ExecSessionResList.switchTemplate.request"),
        (command(r.UnknownCommand({"method": "other"}), ""), "ExecSessionResList.request"),
        (
            r.ExecSessionResList.trusted(id=1, session_id="s", sender="7/x", params=None),
            "ExecSessionResList.request",
        ),
        (p.ExecSessionResListResult.trusted(id=1, session_id="", result=None), "ExecSessionResList.result"),
    ],
    ids=["set", "close", "switch", "unknown", "no params", "result"],
)
def test_an_error_names_the_command(body: Message, message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        guiji.encode(body)
    assert caught.value.message == message
