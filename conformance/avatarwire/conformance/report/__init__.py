"""Reports of a run, each in a form that a well-known tool reads: one function a form, from results to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from ..engine.result import CaseResult, Summary
from . import ctrf, html, junit, markdown, ndjson, sarif

__all__ = ["WRITERS", "Write"]

Write: TypeAlias = Callable[[Sequence[CaseResult], Summary], bytes]
"""The report of a run."""

WRITERS: Final[Mapping[str, Write]] = MappingProxyType(
    {
        "junit": junit.written,
        "ctrf": ctrf.written,
        "html": html.written,
        "ndjson": ndjson.written,
        "sarif": sarif.written,
        "markdown": markdown.written,
    }
)
"""By the option that asks for it, such as ``--junit``."""
