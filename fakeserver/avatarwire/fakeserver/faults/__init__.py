"""Message faults: rules by which messages of a fake are lost, late, doubled, changed, refused.

A rule is a `Fault` (`rule.py`), held against the vendor's catalogue when it is given (`checking.py`), kept in `Faults`
(`faults.py`). Between carriers and behaviour, `plane.py` asks for the rule that acts on a message and has it act.
"""

from __future__ import annotations

from .faults import Armed, Chooser, Faults, Passing
from .rule import ACTIONS, Fault

__all__ = ["ACTIONS", "Armed", "Chooser", "Fault", "Faults", "Passing"]
