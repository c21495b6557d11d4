"""Cases about SenseTime's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import creating, envelope, keeping, looking, microphone, notices, questions, queueing, taking_over, web_socket

__all__ = ["CASES"]

_SECTIONS: Final = (
    envelope,
    creating,
    keeping,
    taking_over,
    queueing,
    questions,
    looking,
    microphone,
    notices,
    web_socket,
)

CASES: Final = Suite([case for section in _SECTIONS for case in section.CASES])
"""All of them, by id."""
