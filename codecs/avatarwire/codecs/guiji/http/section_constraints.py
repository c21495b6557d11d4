"""What the tables of single sections ask of presenters and scenes beyond what all do (GJ-E16, GJ-E19, GJ-E21).

Only the differences between sections live here, as rules. What breaks one can be understood all the same.
"""

from __future__ import annotations

from typing import Final

from ...core.constraints import Absent, Constraint, Required

__all__ = ["LISTED", "LIVE", "LIVE_ROWS", "LIVE_ROWS_TABLE", "MADE", "UPDATED"]


def _needed(section: str, path: str, clause: str, rule: str = "") -> Required:
    expected = f"a value, as {section} requires" + (f" ({rule})" if rule else "")
    return Required(path, clause=clause, tolerated=True, expected=expected)


def _robots(section: str, robots: str, rule: str = "") -> tuple[Constraint, ...]:
    """What 3.2 to 3.5 ask of the presenters of the list at a wire path."""
    return (
        _needed(section, f"{robots}[].id", "GJ-E16", rule),
        _needed(section, f"{robots}[].sceneList", "GJ-E19", rule),
        *(
            Absent(
                f"{robots}[].sceneList[].{name}",
                clause="GJ-E21",
                tolerated=True,
                reason=f"{name} has no place in {section}",
            )
            for name in ("sceneType", "coverUrl")
        ),
    )


MADE: Final = _robots("3.2", "robotList", "GJ-R026")
"""Of the parameters of createLive."""
UPDATED: Final = (
    *_robots("3.3", "robotList", "GJ-R026"),
    _needed("3.3", "robotList[].sceneList[].videoCoverUrl", "GJ-E19", "GJ-R028"),
)
"""Of the parameters of updateLive."""
LIVE: Final = _robots("3.4", "robotList")
"""Of a live room that is read."""
LIVE_ROWS: Final = _robots("3.5", "records[].robotList")
"""Of a page of live rooms."""
LIVE_ROWS_TABLE: Final = (_needed("3.5", "records[].robotList[].sceneList[].duration", "GJ-E19"),)
"""What only the table of 3.5 asks of a page of live rooms, its sample lacks it."""
LISTED: Final = (
    _needed("3.10", "[].id", "GJ-E16"),
    *(_needed("3.10", f"[].sceneList[].{name}", "GJ-E19") for name in ("posture", "duration", "videoCoverUrl")),
    _needed("3.10", "[].sceneList[].sceneType", "GJ-E21", "GJ-R038"),
)
"""Of a list of presenters; 3.11 is as 3.10."""
