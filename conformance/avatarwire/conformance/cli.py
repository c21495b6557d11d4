"""The commands of conformance. Each is in a module of its own; nothing of the extras is imported before one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cli_conform import register_conform
from .cli_demo import register_demo
from .cli_fuzz import register_fuzz
from .cli_mutants import register_mutants
from .cli_probe import register_probe
from .cli_replay import register_replay

if TYPE_CHECKING:
    import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    register_conform(app)
    register_demo(app)
    register_fuzz(app)
    register_mutants(app)
    register_probe(app)
    register_replay(app)
