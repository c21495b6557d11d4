"""Cases about Aliyun's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import (
    broken_messages,
    broken_parameters,
    calling,
    channel,
    choosing,
    declarations,
    editing,
    frames,
    handshake,
    interrupting,
    opening,
    passing_time,
    projects,
    publishing,
    pushes,
    sending_text,
    signatures,
    socket_rules,
    speech,
    starting,
    stopping,
    streams,
    texts,
    together,
)

__all__ = ["CASES"]

CASES: Final = Suite(
    [
        *calling.CASES,
        *signatures.CASES,
        *projects.CASES,
        *editing.CASES,
        *starting.CASES,
        *stopping.CASES,
        *publishing.CASES,
        *choosing.CASES,
        *sending_text.CASES,
        *broken_parameters.CASES,
        *handshake.CASES,
        *socket_rules.CASES,
        *frames.CASES,
        *channel.CASES,
        *opening.CASES,
        *interrupting.CASES,
        *texts.CASES,
        *streams.CASES,
        *speech.CASES,
        *pushes.CASES,
        *broken_messages.CASES,
        *together.CASES,
        *passing_time.CASES,
        *declarations.CASES,
    ]
)
"""All of them, by id."""
