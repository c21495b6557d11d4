"""The rules of a message as data: what each kind of rule says, of one field or between several.

    >>> class Drive(Message):
    ...     constraints = (
    ...         *when("type", "TEXT_STREAM", Required("dataFlag", clause="ALI-R101")),
    ...         Equal("sessionId", "params.sessionId", clause="GJ-E57", tolerated=True),
    ...     )

Paths are wire paths from the message that declares the rule, ``[]`` standing for every item of a list. Checking a
message by its rules is compiled in `checking.py`; JSON Schema is written from them by `export/constraint_schema.py`,
and errors, the catalogue, the documentation and the strategies read them as they stand. This module only gathers the
kinds.
"""

from __future__ import annotations

from .constraint import Condition, Constraint, equals, when
from .member_constraints import Absent, Excluded, Limits, Matches, OneOf, Required
from .relation_constraints import Begins, Computed, Contains, Equal, Needs, Presence

__all__ = [
    "Absent",
    "Begins",
    "Computed",
    "Condition",
    "Constraint",
    "Contains",
    "Equal",
    "Excluded",
    "Limits",
    "Matches",
    "Needs",
    "OneOf",
    "Presence",
    "Required",
    "equals",
    "when",
]
