"""Settings of property tests: none of them is judged by how long an example takes, whatever else the machine does."""

from __future__ import annotations

from hypothesis import settings

# A profile that the command line names goes before this one.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
