"""Tokens are imported from one place."""

from __future__ import annotations

from avatarwire.codecs.sensetime import tokens
from avatarwire.codecs.sensetime.auth import login
from avatarwire.codecs.sensetime.auth import token_manager as custody


def test_every_name_of_login_and_custody_is_there() -> None:
    names = {*login.__all__, *custody.__all__}
    assert set(tokens.__all__) == names
    for module in (login, custody):
        assert all(getattr(tokens, name) is getattr(module, name) for name in module.__all__)
