"""Cases about saving, describing and listing projects (API 1, 2 and 6)."""

from __future__ import annotations

from typing import Any, Final, cast

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import accepted, declined, objects, refused

__all__ = ["CASES", "same_scenes"]

_STATES: Final = ("DRAFT", "DELETED", "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL", "OFFLINE")
_AFTER_SAVING: Final = ("DRAFT", "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL")


async def create(bench: AliyunBench) -> None:
    given = {**await bench.new_project(), "agentId": "agent-of-conformance"}
    fields = accepted(await bench.call("SaveAvatarProject", given))
    project_id = str(fields.get("projectId") or "")
    bench.at_the_end(lambda: _operate(bench, project_id, "DELETE"))
    expect(bool(project_id), "a projectId", fields)
    expect(fields.get("status") in _AFTER_SAVING, f"a status of {', '.join(_AFTER_SAVING)}", fields)
    expect(fields.get("projectName") == given["projectName"], "the projectName that was given", fields)
    expect(fields.get("agentId") == given["agentId"], "the agentId that was given", fields)


async def create_publishes(bench: AliyunBench) -> None:
    project = await bench.project(await bench.own_project())
    expect(project.get("status") in ("DEPLOYED", "DEPLOY_FAIL"), "DEPLOYED in the end, or DEPLOY_FAIL", project)


async def created_is_usable(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    await (await bench.prepared(await bench.started(projectId=project_id))).works()


async def described(bench: AliyunBench) -> None:
    name, agent = bench.made_up("conformance "), bench.made_up("agent-")
    project = await bench.project(await bench.own_project(projectName=name, agentId=agent, scaleType="9:16"))
    wanted = {"projectName": name, "agentId": agent, "scaleType": "9:16", "resSpecType": "STANDARD"}
    found = {key: project.get(key) for key in wanted}
    expect(found == wanted, str(wanted), found)


async def scenes(bench: AliyunBench) -> None:
    project = await bench.project(await bench.own_project())
    same_scenes(project.get("frames"), await bench.scenes())


async def several_scenes(bench: AliyunBench) -> None:
    given = [*await bench.scenes(), *await bench.scenes()]
    given[1]["videoScript"]["speedRate"] = "1.5"
    project = await bench.project(await bench.own_project(frames=given))
    same_scenes(project.get("frames"), given)


async def wide(bench: AliyunBench) -> None:
    frames = await bench.scenes()
    frames[0]["layers"][0].update(width=1920, height=1080, positionY=0)
    project = await bench.project(await bench.own_project(scaleType="16:9", frames=frames))
    expect(project.get("scaleType") == "16:9", "scaleType 16:9", project)
    same_scenes(project.get("frames"), frames)


async def decimals(bench: AliyunBench) -> None:
    frames = await bench.scenes()
    frames[0]["layers"][0].update(positionX=10.9, positionY=470.2)
    project = await bench.project(await bench.own_project(frames=frames))
    frames[0]["layers"][0].update(positionX=10, positionY=470)
    same_scenes(project.get("frames"), frames)


async def default_project(bench: AliyunBench) -> None:
    project = await bench.project(bench.project_id)
    expect(project.get("status") in _STATES, f"a status of {', '.join(_STATES)}", project)
    expect(project.get("scaleType") in ("9:16", "16:9"), "a scaleType of 9:16 or 16:9", project)
    expect(project.get("resSpecType") in ("STANDARD", "ADVANCED"), "a resSpecType of STANDARD or ADVANCED", project)


async def default_scenes(bench: AliyunBench) -> None:
    for scene in objects(await bench.project(bench.project_id), "frames"):
        expect(bool(scene.get("layers")) and bool(scene.get("videoScript")), "layers and videoScript", scene)
        for layer in scene["layers"]:
            expect(layer.get("type") in ("ANCHOR", "BACKGROUND") and "material" in layer, "type and material", layer)


async def unknown_project(bench: AliyunBench) -> None:
    refused(await bench.call("QueryAvatarProject", {"projectId": "1"}))


# --- rules of scenes ---


async def wide_too_large(bench: AliyunBench) -> None:
    for name, size in (("width", 1921), ("height", 1081)):
        given: dict[str, Any] = {**await bench.new_project(), "scaleType": "16:9"}
        given["frames"][0]["layers"][0].update({"width": 1920, "height": 1080, name: size})
        declined(await bench.call("SaveAvatarProject", given))


async def speeds(bench: AliyunBench) -> None:
    for rate in ("0.8", "1", "1.2", "2.0"):
        frames = await bench.scenes()
        frames[0]["videoScript"]["speedRate"] = rate
        project = await bench.project(await bench.own_project(frames=frames))
        found = project["frames"][0].get("videoScript", {}).get("speedRate")
        expect(isinstance(found, str) and float(found) == float(rate), f"speedRate {rate}", found)


async def too_fast(bench: AliyunBench) -> None:
    for rate in ("0.7", "2.1", "0", "20", "-1"):
        given = await bench.new_project()
        given["frames"][0]["videoScript"]["speedRate"] = rate
        declined(await bench.call("SaveAvatarProject", given))


async def background_without(bench: AliyunBench) -> None:
    for name in ("url", "format"):
        given = await bench.new_project()
        del given["frames"][0]["layers"][1]["material"][name]
        declined(await bench.call("SaveAvatarProject", given))


async def background_address(bench: AliyunBench) -> None:
    given = await bench.new_project()
    given["frames"][0]["layers"][1]["material"]["url"] = "lobby.png"
    declined(await bench.call("SaveAvatarProject", given))


async def formats(bench: AliyunBench) -> None:
    for name in ("image/png", "image/jpg", "image/jpeg"):
        frames = await bench.scenes()
        frames[0]["layers"][1]["material"]["format"] = name
        same_scenes((await bench.project(await bench.own_project(frames=frames))).get("frames"), frames)


async def voice_does_not_suit(bench: AliyunBench) -> None:
    given = await bench.new_project()
    given["frames"][0]["videoScript"]["voiceTemplateId"] = await bench.voice(suits=False)
    reply = await bench.call("SaveAvatarProject", given)
    if reply.status != 200:
        declined(reply)
        return
    project_id = str(reply.json.get("projectId"))
    bench.at_the_end(lambda: _operate(bench, project_id, "DELETE"))
    project = await bench.settled(project_id)
    expect(project.get("status") == "DEPLOY_FAIL", ("a refusal", "DEPLOY_FAIL in the end"), project)
    expect(bool(project.get("errorMsg")), "an errorMsg that says why", project)


# --- listing ---


async def listed(bench: AliyunBench) -> None:
    own = await bench.own_project()
    found = await _listed(bench, f"{own},{bench.project_id}")
    ids = [each.get("projectId") for each in found]
    expect(sorted(map(str, ids)) == sorted((own, bench.project_id)), "both projects, once each", ids)
    for each in found:
        missing = {"status", "projectName", "projectId", "agentId", "errorMsg"} - each.keys()
        expect(not missing, "status, projectName, projectId, agentId and errorMsg", f"no {missing} in {each}")


async def listed_alike(bench: AliyunBench) -> None:
    project_id = await bench.own_project(agentId=bench.made_up("agent-"))
    project, (summary,) = await bench.project(project_id), await _listed(bench, project_id)
    for name in ("status", "projectName", "agentId"):
        expect(project.get(name) == summary.get(name), f"{name} {project.get(name)!r}", summary.get(name))


async def listed_states(bench: AliyunBench) -> None:
    (summary,) = await _listed(bench, bench.project_id)
    expect(summary.get("status") in _STATES, f"a status of {', '.join(_STATES)}", summary)


async def listed_unknown(bench: AliyunBench) -> None:
    found = await _listed(bench, f"1,{bench.project_id}")
    expect([each.get("projectId") for each in found] == [bench.project_id], "the project that there is", found)


async def _listed(bench: AliyunBench, ids: str) -> list[dict[str, Any]]:
    reply = await bench.call("ListAvatarProject", {"projectIdList": ids})
    return objects(accepted(reply), "queryAvatarProjectResultList")


async def _operate(bench: AliyunBench, project_id: str, operate_type: str) -> Any:
    return await bench.call("OperateAvatarProject", {"projectId": project_id, "operateType": operate_type})


def same_scenes(found: object, wanted: list[dict[str, Any]]) -> None:
    """What a project shows has to be what was saved; it may show more.

    Raises:
        Differs: it is not.
    """
    _has(found, wanted, "frames")


def _has(found: Any, wanted: Any, path: str) -> None:
    if isinstance(wanted, dict):
        for key, value in cast("dict[str, Any]", wanted).items():
            _has(cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None, value, f"{path}.{key}")
    elif isinstance(wanted, list):
        count = len(cast("list[object]", wanted))
        items = cast("list[object]", found) if isinstance(found, list) else []
        expect(len(items) == count, f"{count} {path}", items)
        for index, value in enumerate(cast("list[object]", wanted)):
            _has(items[index], value, f"{path}[{index}]")
    else:
        expect(found == wanted, f"{path} {wanted!r}", found)


_HTTP: Final = "http.SaveAvatarProject."
CASES: Final = (
    case(
        _HTTP + "creates",
        "A project that is created has an id, a status and its names.",
        "ALI-R044",
        create,
        "billable",
    ),
    case(_HTTP + "create_publishes", "Creating a project publishes it.", "ALI-R033", create_publishes, "billable"),
    case(
        _HTTP + "created_is_usable",
        "Sessions start on a project that was created.",
        "ALI-R033",
        created_is_usable,
        "billable",
    ),
    case(
        "http.QueryAvatarProject.as_saved",
        "A project is described as it was saved.",
        "ALI-R012 ALI-R013",
        described,
        "billable",
    ),
    case("http.QueryAvatarProject.scenes", "Scenes are described as they were saved.", "ALI-R014", scenes, "billable"),
    case(
        "http.QueryAvatarProject.several_scenes",
        "Several scenes keep their order.",
        "ALI-R014",
        several_scenes,
        "billable",
    ),
    case("http.QueryAvatarProject.wide", "A project of 16:9 has a canvas of 1920x1080.", "ALI-R012", wide, "billable"),
    case(
        "http.QueryAvatarProject.decimals_dropped",
        "Decimals of coordinates are dropped.",
        "ALI-E83",
        decimals,
        "billable",
    ),
    case(
        "http.QueryAvatarProject.states",
        "Status, canvas and tier of a project are of those the document lists.",
        "ALI-R010 ALI-R012 ALI-R013",
        default_project,
    ),
    case("http.QueryAvatarProject.layers", "Each scene has layers and a voice.", "ALI-R014 ALI-R015", default_scenes),
    case(
        "http.QueryAvatarProject.unknown",
        "A project that is not there is refused.",
        "ALI-E66",
        unknown_project,
        "invalid",
    ),
    case(
        _HTTP + "wide_too_large",
        "A figure that is larger than a canvas of 16:9 is refused.",
        "ALI-R040 ALI-R012",
        wide_too_large,
        "invalid",
    ),
    case(_HTTP + "speeds", "A speed of 0.8 to 2.0 is accepted, the ends included.", "ALI-R021", speeds, "billable"),
    case(_HTTP + "speeds_beyond", "A speed below 0.8 or above 2.0 is refused.", "ALI-R021", too_fast, "invalid"),
    case(
        _HTTP + "background_without",
        "A background without url or format is refused.",
        "ALI-R018",
        background_without,
        "invalid",
    ),
    case(
        _HTTP + "background_address",
        "A background whose url is no http address is refused.",
        "ALI-R018",
        background_address,
        "invalid",
    ),
    case(_HTTP + "formats", "Backgrounds of all three formats are kept.", "ALI-R043 ALI-E74", formats, "billable"),
    case(
        _HTTP + "voice_does_not_suit",
        "A voice whose gender is not the figure's is refused, or its publication fails.",
        "ALI-E76 ALI-R020 ALI-R061",
        voice_does_not_suit,
        "invalid",
        "billable",
    ),
    case("http.ListAvatarProject.lists", "Projects are listed with their five fields.", "ALI-R009", listed, "billable"),
    case(
        "http.ListAvatarProject.agrees",
        "ListAvatarProject and QueryAvatarProject agree on a project.",
        "ALI-R009",
        listed_alike,
        "billable",
    ),
    case("http.ListAvatarProject.states", "The status of a project is one of six.", "ALI-R010", listed_states),
    case(
        "http.ListAvatarProject.unknown",
        "Of ids that are asked for, those of no project are left out.",
        "ALI-E66",
        listed_unknown,
        "invalid",
    ),
)
