"""Members of replies that a caller cannot do without."""

from __future__ import annotations

import pytest
from msgspec import UNSET

from avatarwire.codecs import ValidationError, present
from avatarwire.codecs.aliyun import START_AVATAR_SESSION


def test_what_is_there_is_given_back() -> None:
    reply = START_AVATAR_SESSION.decode_response(200, b'{"sessionId":"s-1"}').value
    session_id: str = present(reply.session_id, "sessionId")
    assert session_id == "s-1"
    assert present(0, "status") == 0
    assert present("", "msg") == ""


@pytest.mark.parametrize("value", [None, UNSET])
def test_what_is_missing_is_named(value: None) -> None:
    with pytest.raises(ValidationError) as caught:
        present(value, "webSocketUrl", "ALI-R024")
    assert str(caught.value) == "webSocketUrl: the reply lacks this member, expected a value [ALI-R024]"
