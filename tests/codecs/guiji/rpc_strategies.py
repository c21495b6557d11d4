"""Messages over MQTT as Hypothesis finds them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from avatarwire.conformance.carrying import carried

__all__ = ["fields_of_message"]


def fields_of_message(id_: str) -> st.SearchStrategy[dict[str, Any]]:
    """Right JSON objects of one message, the rules between its members held."""
    return carried("guiji", id_).values()
