"""Cases about Aliyun's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import broken_messages, broken_parameters, choosing, projects, publishing, sending_text, starting, stopping

__all__ = ["CASES"]

CASES: Final = Suite(
    [
        *projects.CASES,
        *starting.CASES,
        *stopping.CASES,
        *publishing.CASES,
        *choosing.CASES,
        *sending_text.CASES,
        *broken_parameters.CASES,
        *broken_messages.CASES,
    ]
)
"""All of them, by id."""
