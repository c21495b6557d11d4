"""Answers about projects, figures, voices and lines that say something else than they should, by rules of faults."""

from __future__ import annotations

from typing import Any, Final

from ...mutants.mutant import remove, set_to
from .parts import rule

__all__ = ["MUTANTS"]

_PROJECT: Final = "QueryAvatarProject.response"
_SUMMARY: Final = "ListAvatarProject.response"
_FIGURES: Final = "ListAnchor.response"
_VOICES: Final = "ListVoiceModels.response"
_RESOURCES: Final = "QueryAvatarResource.response"


def _refused(operation: str, **more: Any) -> dict[str, Any]:
    """A rule by which calls are refused."""
    return {"message": f"{operation}.request", "do": "reject", "code": "Forbidden", "status": 403, **more}


_PROJECTS: Final = (
    rule(
        "save_without_id",
        "A saved project has no id.",
        "ALI-R044",
        ("http.SaveAvatarProject.creates"),
        remove("SaveAvatarProject.response", "projectId"),
    ),
    rule(
        "save_without_status",
        "A saved project has no status.",
        "ALI-R044",
        "http.SaveAvatarProject.creates",
        remove("SaveAvatarProject.response", "status"),
    ),
    rule(
        "project_without_status",
        "A project has no status.",
        "ALI-R010",
        (
            "http.QueryAvatarProject.states http.OperateAvatarProject.offline http.OperateAvatarProject.deploy "
            "http.OperateAvatarProject.delete"
        ),
        remove(_PROJECT, "status"),
    ),
    rule(
        "project_never_settles",
        "A project is DEPLOYING for ever.",
        "ALI-R010 ALI-R033",
        (
            "http.SaveAvatarProject.create_publishes http.SaveAvatarProject.created_is_usable "
            "http.SaveAvatarProject.edits http.start.deleted_project"
        ),
        set_to(_PROJECT, {"status": "DEPLOYING"}, where={"status": "DEPLOYED"}),
    ),
    rule(
        "project_never_offline",
        "A project is never OFFLINE.",
        "ALI-R010 ALI-R049",
        "http.OperateAvatarProject.offline",
        set_to(_PROJECT, {"status": "DEPLOYED"}, where={"status": "OFFLINE"}),
    ),
    rule(
        "project_never_deleted",
        "A project is never DELETED.",
        "ALI-R010 ALI-R049",
        "http.OperateAvatarProject.delete",
        set_to(_PROJECT, {"status": "DEPLOYED"}, where={"status": "DELETED"}),
    ),
    rule(
        "project_upright",
        "A project has a canvas of 9:16.",
        "ALI-R012",
        "http.QueryAvatarProject.wide",
        set_to(_PROJECT, {"scaleType": "9:16"}, where={"scaleType": "16:9"}),
    ),
    rule(
        "project_of_other_tier",
        "A project is of another tier.",
        "ALI-R013 ALI-R012",
        ("http.QueryAvatarProject.as_saved http.QueryAvatarProject.wide http.QueryAvatarProject.states"),
        set_to(_PROJECT, {"resSpecType": "PREMIUM", "scaleType": "4:3"}),
    ),
    rule(
        "figure_moves",
        "A figure is somewhere else.",
        "ALI-R014 ALI-E83",
        (
            "http.QueryAvatarProject.scenes http.QueryAvatarProject.several_scenes "
            "http.QueryAvatarProject.decimals_dropped"
        ),
        set_to(_PROJECT, {"frames[0].layers[0].positionX": 77}),
    ),
    rule(
        "background_of_other_format",
        "A background has another format.",
        "ALI-R043 ALI-E74 ALI-R014",
        ("http.QueryAvatarProject.scenes http.QueryAvatarProject.several_scenes http.SaveAvatarProject.formats"),
        set_to(_PROJECT, {"frames[0].layers[1].material.format": "image/webp"}),
    ),
    rule(
        "scene_without_voice",
        "A scene has no voice.",
        "ALI-R014 ALI-R015",
        ("http.QueryAvatarProject.scenes http.QueryAvatarProject.several_scenes http.QueryAvatarProject.layers"),
        remove(_PROJECT, "frames[0].videoScript"),
    ),
    rule(
        "scene_without_layers",
        "A scene has no layers.",
        "ALI-R014 ALI-R015",
        ("http.QueryAvatarProject.scenes http.QueryAvatarProject.several_scenes http.QueryAvatarProject.layers"),
        remove(_PROJECT, "frames[0].layers"),
    ),
    rule(
        "speed_is_lost",
        "All scenes have the speed 1.1.",
        "ALI-R021 ALI-R014",
        ("http.QueryAvatarProject.scenes http.QueryAvatarProject.several_scenes http.SaveAvatarProject.speeds"),
        set_to(_PROJECT, {"frames[0].videoScript.speedRate": "1.1"}),
    ),
    rule(
        "fastest_is_refused",
        "A speed of 2.0 is refused.",
        "ALI-R021",
        "http.SaveAvatarProject.speeds",
        _refused("SaveAvatarProject", where={"frames[0].videoScript.speedRate": "2.0"}),
    ),
    rule(
        "listed_without_name",
        "A listed project has no name.",
        "ALI-R009",
        "http.ListAvatarProject.lists http.ListAvatarProject.agrees",
        remove(_SUMMARY, "queryAvatarProjectResultList[0].projectName"),
    ),
    rule(
        "listed_with_other_name",
        "A listed project has another name.",
        "ALI-R009",
        "http.ListAvatarProject.agrees",
        set_to(_SUMMARY, {"queryAvatarProjectResultList[0].projectName": "another"}),
    ),
    rule(
        "listed_in_unknown_state",
        "A listed project is READY.",
        "ALI-R010",
        "http.ListAvatarProject.states",
        set_to(_SUMMARY, {"queryAvatarProjectResultList[0].status": "READY"}),
    ),
    rule(
        "listed_though_unknown",
        "A project that there is not is listed.",
        "ALI-E66",
        "http.ListAvatarProject.unknown",
        set_to(_SUMMARY, {"queryAvatarProjectResultList[0].projectId": "1"}),
    ),
    rule(
        "nothing_listed",
        "No project is listed.",
        "ALI-R009 ALI-E68",
        ("http.calls.list_as_json http.ListAvatarProject.lists http.ListAvatarProject.agrees"),
        set_to(_SUMMARY, {"queryAvatarProjectResultList": []}),
    ),
    rule(
        "paid_lines_refused",
        "A publication with paid lines is refused.",
        "ALI-R048 ALI-R049",
        "http.OperateAvatarProject.deploy_formal",
        _refused("OperateAvatarProject", where={"resType": "FORMAL"}),
    ),
    rule(
        "deploy_refused",
        "A publication with free lines is refused.",
        "ALI-R049 ALI-E61",
        (
            "http.OperateAvatarProject.declared http.OperateAvatarProject.deploy "
            "http.OperateAvatarProject.number_of_lines"
        ),
        _refused("OperateAvatarProject", where={"resType": "FREE"}),
    ),
    rule(
        "operate_without_success",
        "OperateAvatarProject does not say success.",
        "ALI-R049",
        (
            "http.OperateAvatarProject.offline http.OperateAvatarProject.deploy_formal "
            "http.OperateAvatarProject.one_only"
        ),
        set_to("OperateAvatarProject.response", {"success": None}),
    ),
)

_CHOICES: Final = (
    rule(
        "list_without_total",
        "A list has no total.",
        "ALI-R060",
        "http.lists.success http.lists.total http.lists.pages",
        remove(_FIGURES, "total"),
    ),
    rule(
        "list_with_other_total",
        "The total of a list is 99.",
        "ALI-R060",
        "http.lists.total http.lists.pages",
        set_to(_FIGURES, {"total": 99}),
    ),
    rule(
        "list_without_success",
        "A list does not say success.",
        "ALI-R060",
        "http.lists.success",
        set_to(_VOICES, {"success": False}),
    ),
    rule(
        "figure_not_usable",
        "A figure is not Usable.",
        "ALI-R062",
        "http.ListAnchor.usable",
        set_to(_FIGURES, {"list[0].status": "Deleted"}),
    ),
    rule(
        "figure_with_flag",
        "supportBgChange is true.",
        "ALI-R063",
        "http.ListAnchor.background",
        set_to(_FIGURES, {"list[0].supportBgChange": True}),
    ),
    rule(
        "figure_with_two_ids",
        "anchorId is not anchoId.",
        "ALI-E58",
        ("http.ListAnchor.ids"),
        set_to(_FIGURES, {"list[0].anchorId": "another"}),
    ),
    rule(
        "figure_without_picture",
        "A figure has no picture.",
        "ALI-R060",
        "http.lists.pages http.ListAnchor.members",
        remove(_FIGURES, "list[0].coverUrl"),
    ),
    rule(
        "figure_lies",
        "A figure is wider than high.",
        "ALI-E59",
        "http.ListAnchor.width",
        set_to(_FIGURES, {"list[0].coverWeight": 9999}),
    ),
    rule(
        "figures_are_private",
        "All figures are private.",
        "ALI-R056",
        "http.ListAnchor.public_by_default",
        set_to(_FIGURES, {"list[0].anchorType": "PRIVATE_MODEL"}),
    ),
    rule(
        "figures_are_public",
        "All figures are public.",
        "ALI-R056",
        "http.ListAnchor.private",
        set_to(_FIGURES, {"list[0].anchorType": "PUBLIC_MODEL"}, where={"list[0].anchorType": "PRIVATE_MODEL"}),
    ),
    rule(
        "voice_ids_are_texts",
        "A voiceId is a text.",
        "ALI-R060",
        ("http.ListVoiceModels.declared http.lists.pages http.lists.beyond_last_page http.ListVoiceModels.ids"),
        set_to(_VOICES, {"list[0].voiceId": "101"}),
    ),
    rule(
        "voice_of_unknown_language",
        "A voice speaks de.",
        "ALI-R066",
        "http.ListVoiceModels.language",
        set_to(_VOICES, {"list[0].voiceLanguage": "de"}),
    ),
    rule(
        "resource_without_id",
        "A resource has no id.",
        "ALI-R031",
        "http.QueryAvatarResource.lists",
        remove(_RESOURCES, "queryResourceInfoList[0].resourceId"),
    ),
    rule(
        "validity_in_words",
        "The validity of a resource is a word.",
        "ALI-R032 ALI-E90",
        "http.QueryAvatarResource.valid_period http.QueryAvatarResource.valid_still",
        set_to(_RESOURCES, {"queryResourceInfoList[0].validPeriodTime": "never"}),
    ),
    rule(
        "validity_in_seconds",
        "The validity of a resource is over.",
        "ALI-E90",
        "http.QueryAvatarResource.valid_still",
        set_to(_RESOURCES, {"queryResourceInfoList[0].validPeriodTime": "1000"}),
    ),
)

MUTANTS: Final = (*_PROJECTS, *_CHOICES)
