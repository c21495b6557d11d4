"""Cases about SenseTime's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import (
    callbacks,
    creating,
    declarations,
    envelope,
    interactive,
    isolation,
    keeping,
    looking,
    microphone,
    microphone_handshake,
    notices,
    parameters,
    questions,
    queueing,
    scripts,
    taking_over,
    tokens,
    web_socket,
)

__all__ = ["CASES"]

_SECTIONS: Final = (
    envelope,
    creating,
    keeping,
    taking_over,
    queueing,
    microphone_handshake,
    microphone,
    notices,
    web_socket,
    questions,
    looking,
    scripts,
    parameters,
    callbacks,
    tokens,
    interactive,
    isolation,
    declarations,
)

CASES: Final = Suite([case for section in _SECTIONS for case in section.CASES])
"""All of them, by id."""
