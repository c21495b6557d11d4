"""Recording: a proxy before any endpoint, which writes a trace of everything that passes, decoded and judged."""

from __future__ import annotations

from .recording import Recording
from .upstream import RecordError

__all__ = ["RecordError", "Recording"]
