"""The control endpoint: what a test can have fakes do, from any language, over HTTP (docs/control.md)."""

from __future__ import annotations

from .endpoint import Control

__all__ = ["Control"]
