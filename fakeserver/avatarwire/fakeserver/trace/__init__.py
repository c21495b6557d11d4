"""Traces: everything that crossed the wires, in a file that can be shown, compared, exported and replayed."""

from __future__ import annotations

from .following import tracing
from .format import FORMAT, TraceEntry, TraceError, TraceMeta
from .reading import Trace, read
from .writing import TraceWriter

__all__ = ["FORMAT", "Trace", "TraceEntry", "TraceError", "TraceMeta", "TraceWriter", "read", "tracing"]
