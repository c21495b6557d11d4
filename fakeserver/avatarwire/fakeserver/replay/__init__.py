"""Replay: a fake that gives the answers of a trace, matched by state and correlation id, with ids of its own."""

from __future__ import annotations

from .report import Replayed, ReplayedExchange, ReplayedRun
from .source import ReplaySource, replay_of

__all__ = ["ReplaySource", "Replayed", "ReplayedExchange", "ReplayedRun", "replay_of"]
