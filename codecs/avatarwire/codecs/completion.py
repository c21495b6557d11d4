"""How a word on the command line may go on: names of vendors and ids, for the shells that ask.

Only looking them up lives here; which argument is which is said in `cli.py`.
"""

from __future__ import annotations

import os

from . import catalogue

__all__ = ["ids", "vendors"]


def vendors(incomplete: str) -> list[str]:
    """Vendors that a word on a command line may become."""
    return [name for name in catalogue.VENDORS if name.startswith(incomplete)]


def ids(incomplete: str) -> list[str]:
    """Likewise the ids of the vendor that stands on the line; none where there is no vendor."""
    # What is parsed of the line lacks the vendor where an option without its value comes behind it.
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    vendor = next((word for word in line.split() if word in catalogue.VENDORS), None)
    return [] if vendor is None else [id_ for id_ in catalogue.vendor(vendor) if id_.startswith(incomplete)]
