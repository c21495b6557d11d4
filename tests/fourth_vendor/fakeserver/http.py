"""What the fake says about HTTP calls."""

from __future__ import annotations

from typing import Any, Final

from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline, Rules
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import Validation
from avatarwire.fakeserver.turn import Turn
from tests.fourth_vendor.codecs.http import HTTP_ERROR, OPERATIONS, HttpErrorBody
from tests.fourth_vendor.fakeserver.errors import COMMON, unfit
from tests.fourth_vendor.fakeserver.operations import Operations
from tests.fourth_vendor.fakeserver.scenario import ToyScenario
from tests.fourth_vendor.fakeserver.state import ToyState

__all__ = ["ToyHttp"]

_JSON: Final = {"content-type": "application/json"}


class ToyHttp(Pipeline[str]):
    """Answers HTTP calls; whoever calls is let in."""

    def __init__(self, state: ToyState, scenario: ToyScenario, turn: Turn) -> None:
        super().__init__(
            Rules(
                operations=OPERATIONS,
                account="everybody",
                checks=(),
                validation=Validation(
                    strict=scenario.strict, misplaced="TOY-R01", unknown="TOY-R01", form="TOY-R01", refuse=unfit
                ),
                handlers=Operations(state, turn).handlers,
                success=_succeeded,
                failure=_failed,
                common=COMMON,
                route_clause="TOY-R01",
            )
        )


def _succeeded(exchange: Exchange[str], reply: Any) -> HttpAnswer:
    return exchange.answer(200, exchange.operation.encode_response(reply), reply, _JSON)


def _failed(exchange: Exchange[str], refusal: Refusal) -> HttpAnswer:
    body = HttpErrorBody(code=str(refusal.code), message=refusal.reason)
    return exchange.answer(refusal.status, HTTP_ERROR.encode(body), body, _JSON)
