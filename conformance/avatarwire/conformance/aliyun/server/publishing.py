"""Cases about publishing, taking offline and deleting projects, and about resources (API 5 and 7)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.http_calls import Reply
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import accepted, declined, objects, refused

__all__ = ["CASES"]

_FREE: Final = {"operateType": "DEPLOY", "resType": "FREE"}


async def offline(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="OFFLINE"))
    status = (await bench.project(project_id)).get("status")
    expect(status == "OFFLINE", "status OFFLINE", status)


async def deploy(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="OFFLINE"))
    _succeeded(await _operate(bench, project_id, **_FREE))
    status = (await bench.settled(project_id)).get("status")
    expect(status == "DEPLOYED", "status DEPLOYED in the end", status)


async def deploy_formal(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="DEPLOY", resType="FORMAL", resChannelNum=1))


async def both_names(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, **_FREE, resChannelNumber=2))


async def too_many_lines(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    declined(await _operate(bench, project_id, **_FREE, resChannelNum=1_000_000_000))


async def too_many_lines_by_other_name(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    declined(await _operate(bench, project_id, **_FREE, resChannelNumber=1_000_000_000))


async def delete(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="DELETE"))
    reply = await bench.call("QueryAvatarProject", {"projectId": project_id})
    gone = reply.status >= 400 or reply.json.get("status") == "DELETED"
    expect(gone, ("status DELETED", "a refusal, as it is gone"), reply)


async def delete_twice(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="DELETE"))
    declined(await _operate(bench, project_id, operateType="DELETE"))


async def deploy_deleted(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="DELETE"))
    declined(await _operate(bench, project_id, **_FREE))
    status = (await bench.project(project_id)).get("status")
    expect(status == "DELETED", "status DELETED as before", status)


async def offline_twice(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    _succeeded(await _operate(bench, project_id, operateType="OFFLINE"))
    declined(await _operate(bench, project_id, operateType="OFFLINE"))


async def one_only(bench: AliyunBench) -> None:
    first, second = await bench.own_project(), await bench.own_project()
    _succeeded(await _operate(bench, first, operateType="OFFLINE"))
    status = (await bench.project(second)).get("status")
    expect(status == "DEPLOYED", "the other project DEPLOYED as before", status)


async def unknown(bench: AliyunBench) -> None:
    for operate_type in ("DELETE", "OFFLINE"):
        refused(await _operate(bench, "1", operateType=operate_type))


async def resources(bench: AliyunBench) -> None:
    for each in await _resources(bench):
        expect(bool(each.get("resourceId")), "a resourceId", each)
        expect(each.get("type") in ("STANDARD", "ADVANCED"), "a type of STANDARD or ADVANCED", each)


async def valid_until(bench: AliyunBench) -> None:
    for each in await _resources(bench):
        until = each.get("validPeriodTime")
        expect(isinstance(until, str) and until.isdigit(), "a validPeriodTime, digits as text", each)


async def valid_still(bench: AliyunBench) -> None:
    now = bench.run.today() * 1000
    for each in await _resources(bench):
        until = float(str(each.get("validPeriodTime")))
        expect(now < until < now * 10, "milliseconds since the epoch, to come", each)


async def _resources(bench: AliyunBench) -> list[dict[str, Any]]:
    return objects(accepted(await bench.call("QueryAvatarResource", {})), "queryResourceInfoList")


async def _operate(bench: AliyunBench, project_id: str, **parameters: Any) -> Reply:
    return await bench.call("OperateAvatarProject", {"projectId": project_id, **parameters})


def _succeeded(reply: Reply) -> None:
    fields = accepted(reply)
    expect(fields.get("success") is True, "success true", fields)


_HTTP: Final = "http.OperateAvatarProject."
CASES: Final = (
    case(_HTTP + "offline", "A project that is taken offline is OFFLINE.", "ALI-R049 ALI-R010", offline, "billable"),
    case(
        _HTTP + "deploy", "A project that is published is DEPLOYED in the end.", "ALI-R049 ALI-R010", deploy, "billable"
    ),
    case(
        _HTTP + "deploy_formal",
        "A project may be published with paid lines.",
        "ALI-R049 ALI-R048",
        deploy_formal,
        "billable",
    ),
    case(_HTTP + "number_of_lines", "The number of lines may have the SDK's name.", "ALI-E61", both_names, "billable"),
    case(
        _HTTP + "too_many_lines",
        "More lines than there are cannot be published.",
        "ALI-E88 ALI-E89",
        too_many_lines,
        "invalid",
        "billable",
    ),
    case(
        _HTTP + "too_many_lines_by_other_name",
        "More lines than there are cannot be published, whatever their number is called.",
        "ALI-E61 ALI-E88",
        too_many_lines_by_other_name,
        "invalid",
        "billable",
    ),
    case(_HTTP + "delete", "A project that is deleted is DELETED, or gone.", "ALI-R049 ALI-R010", delete, "billable"),
    case(_HTTP + "delete_twice", "A project cannot be deleted twice.", "ALI-E87", delete_twice, "invalid", "billable"),
    case(
        _HTTP + "deploy_deleted",
        "A deleted project cannot be published.",
        "ALI-E87",
        deploy_deleted,
        "invalid",
        "billable",
    ),
    case(
        _HTTP + "offline_twice",
        "A project cannot be taken offline twice.",
        "ALI-E87",
        offline_twice,
        "invalid",
        "billable",
    ),
    case(_HTTP + "one_only", "Taking a project offline leaves others alone.", "ALI-R049", one_only, "billable"),
    case(_HTTP + "unknown", "A project that is not there cannot be operated on.", "ALI-E66", unknown, "invalid"),
    case("http.QueryAvatarResource.lists", "Resources have an id and a type.", "ALI-R031", resources),
    case("http.QueryAvatarResource.valid_period", "Their validity is a timestamp as text.", "ALI-R032", valid_until),
    case("http.QueryAvatarResource.valid_still", "Resources that are listed are still valid.", "ALI-E90", valid_still),
)
