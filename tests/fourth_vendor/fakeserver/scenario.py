"""What the fake can be asked to do otherwise."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from avatarwire.fakeserver.scenario import ScenarioTable

__all__ = ["ToyScenario"]


class ToyScenario(ScenarioTable, kw_only=True, frozen=True):
    strict: Annotated[bool, Meta(description="refuse what is merely understood (TOY-E01)")] = False
    sentence_seconds: Annotated[float, Meta(ge=0, description="how long a sentence takes")] = 1.0
