"""Clients of Aliyun that are broken in one way each."""

from __future__ import annotations

from typing import Final

from tests.conformance.probing.planted.aliyun import Aliyun

from .mutant import ClientMutant, client_mutant

__all__ = ["MUTANTS"]


class NeverStops(Aliyun):
    async def end(self) -> None:
        """Nothing is said to the service."""


MUTANTS: Final[tuple[ClientMutant, ...]] = (
    client_mutant(
        "aliyun",
        "NeverStops",
        "It never calls StopAvatarSession.",
        "ALI-R081",
        "talk.stops",
        lambda talk: talk.got("StartAvatarSession.response") and not talk.sent("StopAvatarSession.request"),
    ),
)
