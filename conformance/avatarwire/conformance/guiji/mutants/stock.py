"""Mutants of what is there over HTTP: rooms, materials, voices and presenters, sessions, records, and pages of them."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import drop, remove, set_to
from ...mutants.witnesses import lacks
from .declaring import broken, patched

__all__ = ["MUTANTS"]

_ROOMS: Final = (
    broken(
        "another_name",
        "A room is read with another name.",
        "GJ-R035 GJ-R024 GJ-R025",
        "http.rooms.kept any.calls.at_once",
        faults=[set_to("queryLive.response", {"data.liveName": "x"})],
    ),
    broken(
        "one_room_id",
        "Every new room has the same id.",
        "GJ-R025",
        "http.rooms.ids any.calls.at_once",
        faults=[set_to("createLive.response", {"data": 100001})],
    ),
    broken(
        "presenters_for_all",
        "Every room has a presenter.",
        "GJ-R024 GJ-E17 GJ-R032 GJ-R026",
        "http.rooms.without_robots http.rooms.null_robots http.rooms.update_empty_robots http.rooms.update_refused",
        faults=[set_to("queryLive.response", {"data.robotList": [{"robotCode": "1", "robotName": "one"}]})],
    ),
    broken(
        "other_presenter",
        "A presenter is read with another name.",
        "GJ-R035 GJ-R026",
        "http.rooms.robots_kept",
        faults=[set_to("queryLive.response", {"data.robotList[0].robotName": "x"})],
    ),
    broken(
        "one_proportion",
        "Every scene of a room has the same proportion.",
        "GJ-R036",
        "http.rooms.scene_values",
        faults=[set_to("queryLive.response", {"data.robotList[0].sceneList[0].proportion": "16:9"})],
    ),
    broken(
        "one_posture",
        "Every scene of a room has the same posture.",
        "GJ-R037",
        "http.rooms.scene_values",
        faults=[set_to("queryLive.response", {"data.robotList[0].sceneList[0].posture": "0"})],
    ),
    patched("covers_needed", "A new room's scenes need a video.", "GJ-R029", "http.rooms.scene_without_cover"),
    patched(
        "no_updates",
        "updateLive does nothing.",
        "GJ-R034 GJ-R030 GJ-R032 GJ-R033",
        "http.rooms.updated http.rooms.update_one http.rooms.update_empty_robots http.rooms.update_robots",
    ),
    patched(
        "updates_clear",
        "updateLive clears what is not given.",
        "GJ-R030 GJ-R031 GJ-R032 GJ-R033",
        "http.rooms.update_null http.rooms.update_null_robots http.rooms.update_absent http.rooms.update_one",
    ),
    patched("any_room", "Every room is everybody's.", "GJ-R044", "http.rooms.other_account"),
    patched("every_room", "Pages have the rooms of all accounts.", "GJ-R044", "http.rooms.other_account_page"),
)

_PAGES: Final = (
    patched(
        "first_page",
        "Every page is the first.",
        "GJ-R041 GJ-R040 GJ-E28",
        "http.rooms.page_parts http.materials.page_default http.materials.page_parts http.rooms.page_past_end "
        "http.materials.page_past_end http.stock.page_past_end http.stock.pages",
    ),
    patched(
        "one_row",
        "Every page has one row.",
        "GJ-R040 GJ-R041",
        "http.rooms.page_default http.rooms.page_parts http.materials.page_default http.materials.page_parts "
        "http.stock.pages http.stock.public_pages http.records.pages",
    ),
    patched(
        "last_page",
        "Behind the last page the last page comes again.",
        "GJ-E28",
        "http.rooms.page_past_end http.materials.page_past_end http.stock.page_past_end",
    ),
    broken(
        "total_of_one",
        "total is always the same.",
        "GJ-R041",
        "http.rooms.page_total http.rooms.page_parts",
        faults=[set_to("queryLivePage.response", {"data.total": 1})],
    ),
    broken(
        "total_of_none",
        "A room without materials has some all the same.",
        "GJ-R041",
        "http.materials.page_none",
        faults=[set_to("queryMaterial.response", {"data.total": 3})],
    ),
    broken(
        "no_pages",
        "A page does not say how many there are.",
        "GJ-E27",
        "http.rooms.page_members",
        faults=[remove("queryLivePage.response", "data.pages")],
    ),
    broken(
        "one_room_for_a_page",
        "queryLivePage gives one room.",
        "GJ-R041 GJ-E27",
        "http.rooms.page_total http.rooms.page_members",
        live_page_form="room",
        witness=lacks("queryLivePage.response", "data.records"),
    ),
    broken(
        "page_size_for_size",
        "The size of a page is pageSize.",
        "GJ-R041",
        "http.listPlatformSpeakers.as_declared",
        page_size_member="pageSize",
        witness=lacks("listPlatformSpeakers.response", "data.size"),
    ),
)

_MATERIALS: Final = (
    broken(
        "long_text",
        "A text has a duration.",
        "GJ-R054",
        "http.materials.text",
        faults=[set_to("queryMaterial.response", {"data.records[0].duration": 7})],
    ),
    broken(
        "another_url",
        "A sound is listed with another URL.",
        "GJ-R052",
        "http.materials.sound",
        faults=[set_to("queryMaterial.response", {"data.records[0].materialUrl": "http://127.0.0.1/x"})],
    ),
    broken(
        "another_text",
        "A text is listed with other words.",
        "GJ-R052 GJ-R054",
        "http.materials.text",
        faults=[set_to("queryMaterial.response", {"data.records[0].text": "x"})],
    ),
    broken(
        "one_material_id",
        "Every new material has the same id.",
        "GJ-R052",
        "http.materials.ids",
        faults=[set_to("uploadMaterial.response", {"data": 300001})],
    ),
    patched("materials_of_all", "A room has the materials of all rooms.", "GJ-R053", "http.materials.of_its_room"),
    patched("every_kind", "Materials are not filtered.", "GJ-R053", "http.materials.by_kind"),
    broken(
        "no_created_time",
        "A material has no createdTime.",
        "GJ-E30",
        "http.materials.created_time",
        faults=[remove("queryMaterial.response", "data.records[0].createdTime")],
    ),
    patched(
        "no_limits", "-20 and 20 are refused.", "GJ-E33", "http.materials.limits_kept http.stock.synthesis_at_limits"
    ),
)

_STOCK: Final = (
    broken(
        "other_languages",
        "A voice speaks French.",
        "GJ-R055",
        "http.stock.languages",
        faults=[set_to("listPlatformSpeakers.response", {"data.records[0].languages": ["fr"]})],
    ),
    patched("no_voices", "No voice can be used.", "GJ-R047 GJ-R057", "http.stock.voices_can_be_used"),
    patched("no_conversion", "No voice can be converted.", "GJ-R058", "http.stock.converts_material"),
    broken(
        "list_in_a_page",
        "A list that is not paged is in an object.",
        "GJ-R043",
        "http.stock.bare_lists",
        faults=[set_to("queryMaterialCategories.response", {"data": {"records": []}})],
    ),
    broken(
        "other_kind_of_scene",
        "A scene has another sceneType.",
        "GJ-R038",
        "http.stock.presenters",
        faults=[set_to("listPlatformRobots.response", {"data[0].sceneList[0].sceneType": 9})],
    ),
    broken(
        "other_posture",
        "A listed scene has another posture.",
        "GJ-R037",
        "http.stock.scene_values",
        faults=[set_to("listPlatformRobots.response", {"data[0].sceneList[0].posture": "9"})],
    ),
    broken(
        "other_proportion",
        "A listed scene has another proportion.",
        "GJ-R036",
        "http.stock.scene_values",
        faults=[set_to("listPlatformRobots.response", {"data[0].sceneList[0].proportion": "4:3"})],
    ),
    broken(
        "one_scene_code",
        "Two scenes have the same sceneCode.",
        "GJ-R027",
        "http.stock.scene_codes",
        faults=[
            set_to(
                "listPlatformRobots.response",
                {"data[0].sceneList[0].sceneCode": "1", "data[0].sceneList[1].sceneCode": "1"},
            )
        ],
    ),
    broken(
        "no_file",
        "A voice is synthesised to nowhere.",
        "GJ-R059",
        "http.stock.synthesis",
        faults=[set_to("synthesizeAndChangeVoice.response", {"data.filePath": ""})],
    ),
    patched(
        "every_category",
        "Every code selects all categories.",
        "GJ-E41",
        "http.stock.category_by_code http.stock.category_unknown",
    ),
    broken(
        "unknown_parent",
        "parentCode is the code of no category.",
        "GJ-R060 GJ-R062",
        "http.stock.parents",
        faults=[set_to("queryMaterialCategories.response", {"data[0].parentCode": "nobody"})],
    ),
    patched(
        "every_public_material",
        "Public materials are not selected.",
        "GJ-E42",
        "http.stock.public_by_category http.stock.public_by_parent http.stock.public_by_name",
    ),
)

_SESSIONS: Final = (
    broken(
        "one_topic_for_all",
        "Every session has the same topicSub.",
        "GJ-R065",
        "http.session.another",
        faults=[set_to("createLiveSession.response", {"data.topicSub": "a/b"})],
    ),
    broken(
        "no_expiration_time",
        "A session has no expirationTime.",
        "GJ-R065",
        "http.session.opened",
        faults=[remove("createLiveSession.response", "data.expirationTime")],
    ),
    broken(
        "no_session_opened",
        "createLiveSession never succeeds.",
        "GJ-R064 GJ-R065",
        "http.session.opened",
        faults=[drop("createLiveSession.response")],
    ),
    broken(
        "another_room",
        "A session's answer names another room.",
        "GJ-E53",
        "http.session.room",
        faults=[set_to("createLiveSession.response", {"data.liveId": 1})],
    ),
    patched("one_session_a_room", "A room has one session at a time.", "GJ-R065", "any.sessions.same_room"),
    broken(
        "no_pull",
        "Pull addresses come with ok false.",
        "GJ-R071 GJ-R069",
        "http.pull.addresses",
        faults=[set_to("getPullPath.response", {"data.ok": False})],
    ),
    broken(
        "addresses_without_level",
        "Pull addresses stand one level higher.",
        "GJ-E47",
        "http.pull.level",
        path_form="table",
        witness=lacks("getPullPath.response", "data.data.playaddr"),
    ),
    broken(
        "hyphen_over_http",
        "Over HTTP the third address is http-flv.",
        "GJ-E48",
        "http.pull.flv",
        faults=[set_to("getPullPath.response", {"data.data.playaddr.http-flv": {}})],
    ),
    broken(
        "another_address",
        "getPullPath has another address than StreamPlay.",
        "GJ-E52",
        "http.pull.same_as_told",
        faults=[set_to("getPullPath.response", {"data.data.playaddr.rtmp.lan": "rtmp://127.0.0.1/x"})],
    ),
    patched(
        "same_addresses",
        "All sessions have the same stream.",
        "GJ-R071 GJ-R119",
        "http.pull.another mqtt.told.stream_of_session",
    ),
    patched(
        "always_running",
        "Every session has pull addresses.",
        "GJ-R070 GJ-E49 GJ-R104",
        "http.pull.too_early http.pull.too_late",
    ),
    patched("no_body", "getPullPath takes a query only.", "GJ-E45", "http.pull.in_body"),
    patched("no_records", "Nothing is recorded.", "GJ-R063", "http.records.live http.records.over"),
    patched("endless_records", "A record never ends.", "GJ-R063", "http.records.over"),
    patched("everybodys_records", "Records are everybody's.", "GJ-R044", "http.records.other_account"),
    broken(
        "no_duration",
        "A record does not say how long it was.",
        "GJ-E44",
        "http.records.members",
        faults=[remove("queryLiveRecords.response", "data.records[0].totalDurationStr")],
    ),
)

MUTANTS: Final = (*_ROOMS, *_PAGES, *_MATERIALS, *_STOCK, *_SESSIONS)
"""All of them."""
