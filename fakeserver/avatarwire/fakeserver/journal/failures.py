"""How an unexpected error is told in the journal. Only that lives here."""

from __future__ import annotations

from types import TracebackType

__all__ = ["whereabouts"]


def whereabouts(failure: BaseException) -> str:
    """Type and place of an unexpected error; not its text, which may hold anything."""
    place: TracebackType | None = None
    trace = failure.__traceback__
    while trace is not None:
        # The place of `pytest.fail()` is where it was called, and the last one where everything is hidden like that.
        if place is None or not trace.tb_frame.f_locals.get("__tracebackhide__"):
            place = trace
        trace = trace.tb_next
    if place is None:
        return type(failure).__name__
    return f"{type(failure).__name__} in {place.tb_frame.f_code.co_qualname}, line {place.tb_lineno}"
