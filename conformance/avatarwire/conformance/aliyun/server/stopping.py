"""Cases about stopping sessions, and about what is said of them before and after (API 4 and 8, Java sample)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from ...engine.bench import expect
from ...engine.stream import Ended
from ...engine.web_socket import Closed
from ..bench import AliyunBench, Session
from ..cases import case
from ..verifiers import accepted, declined, objects, refused

__all__ = ["CASES"]

_LIVING: Final = ("FREE", "BUSY")
_DEFAULT_PAGE: Final = 10


async def stop(bench: AliyunBench) -> None:
    session = await bench.started()
    fields = accepted(await bench.stopped(session))
    expect(fields.get("status") == "Stopped", "status Stopped", fields)


async def stop_twice(bench: AliyunBench) -> None:
    session = await bench.started()
    accepted(await bench.stopped(session))
    fields = accepted(await bench.stopped(session))
    expect(fields.get("status") == "Stopped", "status Stopped again", fields)


async def stop_unknown(bench: AliyunBench) -> None:
    given = {"projectId": bench.project_id, "sessionId": bench.made_up()}
    declined(await bench.call("StopAvatarSession", given))


async def stop_of_other_project(bench: AliyunBench) -> None:
    other, session = await bench.own_project(), await bench.started()
    declined(await bench.call("StopAvatarSession", {"projectId": other, "sessionId": session.id}))
    await _is_living(bench, session)


async def stop_of_unknown_project(bench: AliyunBench) -> None:
    session = await bench.started()
    declined(await bench.call("StopAvatarSession", {"projectId": "1", "sessionId": session.id}))
    await _is_living(bench, session)


async def stop_one(bench: AliyunBench) -> None:
    first, second = await bench.started(), await bench.started()
    talk = await bench.prepared(second)
    accepted(await bench.stopped(first))
    await _is_living(bench, second)
    await talk.works()


async def stop_ends_socket(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    accepted(await bench.stopped(talk.session))
    end = await talk.ended()
    expect(end.code in (1000, 1001), "a normal close", end)


async def stop_ends_url(bench: AliyunBench) -> None:
    session = await bench.started()
    accepted(await bench.stopped(session))
    await bench.turned_away(session, session.url)


async def drive_after_stop(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    accepted(await bench.stopped(talk.session))
    with suppress(Ended):
        await talk.ask("Is anybody there?")
    await talk.rejected()


# --- QuerySessionInfo ---


async def listed_as_started(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    session = await bench.started(projectId=project_id)
    started = await _listed(bench, project_id, "STARTED")
    stopped = await _listed(bench, project_id, "STOPPED")
    expect(set(started) == {session.id}, f"session {session.id} among STARTED", started)
    expect(not stopped, "no session among STOPPED", stopped)
    expect(started[session.id] in _LIVING, "status FREE or BUSY", started)


async def listed_as_stopped(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    session = await bench.started(projectId=project_id)
    accepted(await bench.stopped(session))
    started = await _listed(bench, project_id, "STARTED")
    stopped = await _listed(bench, project_id, "STOPPED")
    expect(not started, "no session among STARTED", started)
    expect(stopped == {session.id: "STOPPED"}, f"session {session.id}, STOPPED", stopped)


async def listed_both(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    first, second = await bench.started(projectId=project_id), await bench.started(projectId=project_id)
    accepted(await bench.stopped(first))
    found = await _listed(bench, project_id, "STARTED,STOPPED")
    expect(set(found) == {first.id, second.id}, "both sessions", found)
    expect(found[first.id] == "STOPPED" and found[second.id] in _LIVING, "the state of each", found)


async def pages(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    started = {session.id for session in [await bench.started(projectId=project_id) for _ in range(3)]}
    found: list[str] = []
    for number in (1, 2):
        page = await bench.sessions(project_id, "STARTED", pageNo=number, pageSize=2)
        expect(page.get("total") == len(started), f"total {len(started)} on each page", page)
        ids = _ids(page)
        expect(len(ids) == (2 if number == 1 else 1), "two sessions on the first page, one on the second", page)
        found += ids
    expect(set(found) == started, "each session once", found)


async def beyond_last_page(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    await bench.started(projectId=project_id)
    page = await bench.sessions(project_id, "STARTED", pageNo=9, pageSize=10)
    expect(page.get("total") == 1 and not _ids(page), "total 1, and no session on page 9", page)


async def default_page_size(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    started = await asyncio.gather(*(bench.started(projectId=project_id) for _ in range(_DEFAULT_PAGE + 1)))
    given = {"projectId": project_id, "statusList": "STARTED", "pageNo": 1}
    page = accepted(await bench.call("QuerySessionInfo", given))
    expect(page.get("total") == len(started), f"total {len(started)}", page)
    expect(len(_ids(page)) == _DEFAULT_PAGE, f"{_DEFAULT_PAGE} sessions", f"{len(_ids(page))} sessions")


async def states_are_known(bench: AliyunBench) -> None:
    session = await bench.started()
    page = await bench.sessions(session.project_id, "STARTED,STOPPED")
    expect(isinstance(page.get("total"), int), "a total", page)
    states = {each.get("status") for each in _entries(page)}
    expect(bool(states) and states <= {*_LIVING, "STOPPED"}, "FREE, BUSY or STOPPED", states)


async def other_projects_sessions(bench: AliyunBench) -> None:
    project_id, session = await bench.own_project(), await bench.started()
    found = await _listed(bench, project_id, "STARTED,STOPPED")
    expect(session.id not in found, "none of another project's sessions", found)


async def sessions_of_unknown_project(bench: AliyunBench) -> None:
    given = {"projectId": "1", "statusList": "STARTED", "pageNo": 1}
    refused(await bench.call("QuerySessionInfo", given))


# --- CheckSession ---


async def check_started(bench: AliyunBench) -> None:
    await _is_living(bench, await bench.started())


async def check_stopped(bench: AliyunBench) -> None:
    session = await bench.started()
    accepted(await bench.stopped(session))
    status = await bench.status_of(session)
    expect(status == "STOPPED", "STOPPED", status)


async def check_agrees(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    session = await bench.started(projectId=project_id)
    checked, listed = await bench.status_of(session), (await _listed(bench, project_id, "STARTED")).get(session.id)
    expect(checked == listed, f"the status of QuerySessionInfo, {listed}", checked)


async def check_unknown(bench: AliyunBench) -> None:
    refused(await bench.call("CheckSession", {"projectId": bench.project_id, "sessionId": bench.made_up()}))


async def check_of_other_project(bench: AliyunBench) -> None:
    other, session = await bench.own_project(), await bench.started()
    refused(await bench.call("CheckSession", {"projectId": other, "sessionId": session.id}))


async def stopped_by_offline(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    talk = await bench.connected(await bench.started(projectId=project_id))
    accepted(await bench.call("OperateAvatarProject", {"projectId": project_id, "operateType": "OFFLINE"}))
    found = await talk.receive()
    while found is not None and not isinstance(found, Closed):
        found = await talk.receive()
    expect(isinstance(found, Closed), "the end of the connection", found)


async def _is_living(bench: AliyunBench, session: Session) -> None:
    status = await bench.status_of(session)
    expect(status in _LIVING, "a session that lives, FREE or BUSY", status)


async def _listed(bench: AliyunBench, project_id: str, status: str) -> dict[str, object]:
    """Status of the sessions that are listed, by id."""
    page = await bench.sessions(project_id, status)
    return {str(each.get("sessionId")): each.get("status") for each in _entries(page)}


def _entries(page: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(page, "queryResourceInfoList")


def _ids(page: dict[str, Any]) -> list[str]:
    return [str(each.get("sessionId")) for each in _entries(page)]


CASES: Final = (
    case("http.stop.says_stopped", "A session that is stopped has the status Stopped.", "ALI-R029", stop),
    case("http.stop.twice", "A session that is stopped again is Stopped again.", "ALI-E121", stop_twice),
    case("http.stop.unknown_session", "Stopping an unknown session fails.", "ALI-E121", stop_unknown, "invalid"),
    case(
        "http.stop.session_of_other_project",
        "A session cannot be stopped by way of another project.",
        "ALI-E121",
        stop_of_other_project,
        "invalid",
        "billable",
    ),
    case(
        "http.stop.unknown_project",
        "A session cannot be stopped by way of a project that is not there.",
        "ALI-E121",
        stop_of_unknown_project,
        "invalid",
    ),
    case("http.stop.ends_one_only", "Stopping a session ends no other one.", "ALI-R029", stop_one),
    case("http.stop.ends_socket", "The WebSocket of a session that is stopped ends.", "ALI-E51", stop_ends_socket),
    case(
        "http.stop.ends_url", "Nobody gets a WebSocket of a session that is stopped.", "ALI-E51 ALI-R076", stop_ends_url
    ),
    case(
        "http.stop.ends_drives",
        "Nothing is said in a session that is stopped.",
        "ALI-E51",
        drive_after_stop,
        "invalid",
    ),
    case(
        "http.QuerySessionInfo.started",
        "A started session is listed as STARTED and not as STOPPED.",
        "ALI-R053 ALI-R054 ALI-E79",
        listed_as_started,
        "billable",
    ),
    case(
        "http.QuerySessionInfo.stopped",
        "A session that was stopped is listed as STOPPED and not as STARTED.",
        "ALI-R053 ALI-R054",
        listed_as_stopped,
        "billable",
    ),
    case("http.QuerySessionInfo.both", "Both kinds of sessions may be asked for.", "ALI-R053", listed_both, "billable"),
    case(
        "http.QuerySessionInfo.pages",
        "Pages have each session once, and total counts them all.",
        "ALI-R053",
        pages,
        "billable",
    ),
    case(
        "http.QuerySessionInfo.beyond_last_page",
        "A page beyond the last one is empty.",
        "ALI-R053",
        beyond_last_page,
        "billable",
    ),
    case(
        "http.QuerySessionInfo.default_page_size",
        "A page has ten sessions unless another size is asked for.",
        "ALI-R052",
        default_page_size,
        "billable",
    ),
    case("http.QuerySessionInfo.states", "A session is FREE, BUSY or STOPPED.", "ALI-R054", states_are_known),
    case(
        "http.QuerySessionInfo.of_project_only",
        "Sessions of another project are not listed.",
        "ALI-R053",
        other_projects_sessions,
        "billable",
    ),
    case(
        "http.QuerySessionInfo.unknown_project",
        "Sessions of a project that is not there are not listed but refused.",
        "ALI-E66",
        sessions_of_unknown_project,
        "invalid",
    ),
    case("http.CheckSession.started", "A started session is FREE or BUSY.", "ALI-E97", check_started),
    case("http.CheckSession.stopped", "A session that was stopped is STOPPED.", "AW-ALI-CHECK-STOPPED", check_stopped),
    case(
        "http.CheckSession.agrees",
        "CheckSession and QuerySessionInfo agree on a session.",
        "ALI-E97 ALI-R054",
        check_agrees,
        "billable",
    ),
    case(
        "http.CheckSession.unknown_session",
        "An unknown session is refused.",
        "ALI-E66 ALI-E97",
        check_unknown,
        "invalid",
    ),
    case(
        "http.CheckSession.session_of_other_project",
        "A session is unknown in another project.",
        "ALI-E66 ALI-E97",
        check_of_other_project,
        "invalid",
        "billable",
    ),
    case(
        "http.OperateAvatarProject.offline_ends_sessions",
        "The sessions of a project that is taken offline end.",
        "ALI-E87",
        stopped_by_offline,
        "billable",
    ),
)
