"""How an unexpected error is told in the journal. Only that lives here."""

from __future__ import annotations

__all__ = ["whereabouts"]


def whereabouts(failure: BaseException) -> str:
    """Type and place of an unexpected error; not its text, which may hold anything."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(failure).__name__
    return f"{type(failure).__name__} in {trace.tb_frame.f_code.co_qualname}, line {trace.tb_lineno}"
