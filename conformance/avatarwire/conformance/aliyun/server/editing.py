"""Cases about editing a project (API 6)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import accepted, declined
from .projects import same_scenes

__all__ = ["CASES"]


async def edit(bench: AliyunBench) -> None:
    project_id, name = await bench.own_project(), bench.made_up("edited ")
    frames = await bench.scenes()
    frames[0]["layers"][0].update(positionX=100, width=500)
    frames[0]["videoScript"]["speedRate"] = "2.0"
    given = {"operateType": "EDIT", "projectId": project_id, "projectName": name, "frames": frames}
    fields = accepted(await bench.call("SaveAvatarProject", given))
    expect(fields.get("projectId") == project_id, f"projectId {project_id}", fields)
    project = await bench.settled(project_id)
    expect(project.get("projectName") == name, f"projectName {name}", project)
    same_scenes(project.get("frames"), frames)


async def edit_frames_only(bench: AliyunBench) -> None:
    name, agent = bench.made_up("conformance "), bench.made_up("agent-")
    project_id = await bench.own_project(projectName=name, agentId=agent)
    accepted(await bench.call("SaveAvatarProject", await _edit(bench, project_id)))
    project = await bench.settled(project_id)
    wanted = {"projectName": name, "agentId": agent, "scaleType": "9:16", "resSpecType": "STANDARD"}
    found = {key: project.get(key) for key in wanted}
    expect(found == wanted, f"all else as it was: {wanted}", found)


async def edit_too_large(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    given = await _edit(bench, project_id)
    given["frames"][0]["layers"][0]["width"] = 1081
    declined(await bench.call("SaveAvatarProject", given))
    same_scenes((await bench.project(project_id)).get("frames"), await bench.scenes())


async def edit_without_project(bench: AliyunBench) -> None:
    given = await _edit(bench, "")
    del given["projectId"]
    declined(await bench.call("SaveAvatarProject", given))


async def edit_without_frames(bench: AliyunBench) -> None:
    given = await _edit(bench, await bench.own_project())
    del given["frames"]
    declined(await bench.call("SaveAvatarProject", given))


async def edit_unknown(bench: AliyunBench) -> None:
    declined(await bench.call("SaveAvatarProject", await _edit(bench, "1")))


async def edit_deleted(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    accepted(await bench.call("OperateAvatarProject", {"projectId": project_id, "operateType": "DELETE"}))
    declined(await bench.call("SaveAvatarProject", await _edit(bench, project_id)))


async def _edit(bench: AliyunBench, project_id: str) -> dict[str, Any]:
    return {"operateType": "EDIT", "projectId": project_id, "frames": await bench.scenes()}


_HTTP: Final = "http.SaveAvatarProject."
CASES: Final = (
    case(_HTTP + "edits", "An edit changes name and scenes.", "ALI-R033", edit, "billable"),
    case(
        _HTTP + "edit_leaves_the_rest",
        "An edit leaves as they were the name, the agent, the canvas and the tier that it does not name.",
        "ALI-R035 ALI-R038",
        edit_frames_only,
        "billable",
    ),
    case(
        _HTTP + "edit_too_large",
        "A figure that is wider than the project's canvas is refused in an edit, and nothing changes.",
        "ALI-R040",
        edit_too_large,
        "invalid",
        "billable",
    ),
    case(
        _HTTP + "edit_without_project",
        "An edit without projectId is refused.",
        "ALI-R034",
        edit_without_project,
        "invalid",
    ),
    case(
        _HTTP + "edit_without_frames",
        "An edit without frames is refused.",
        "ALI-R039",
        edit_without_frames,
        "invalid",
        "billable",
    ),
    case(
        _HTTP + "edit_unknown", "An edit of a project that is not there is refused.", "ALI-E66", edit_unknown, "invalid"
    ),
    case(
        _HTTP + "edit_deleted",
        "An edit of a project that was deleted is refused.",
        "ALI-E87",
        edit_deleted,
        "invalid",
        "billable",
    ),
)
