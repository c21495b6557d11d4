"""Mutants of calls over HTTP: key pairs, tokens, and the envelope of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...clients.talk import value_at
from ...mutants.mutant import remove, set_to
from ...mutants.witnesses import gave, lacks
from .declaring import broken, patched

__all__ = ["MUTANTS"]


def _failed_with(code: int) -> Callable[[Any], bool]:
    return lambda body: bool(value_at(body, "code") == code)


_TOKENS: Final = (
    broken(
        "another_token_header",
        "The header of the token has another name.",
        "GJ-R007 GJ-E01",
        "http.token.given http.token.header_case",
        token_headers=["x-token"],
        witness=gave("queryLivePage.response", where=_failed_with(100501)),
    ),
    broken(
        "no_bearer",
        "Authorization: Bearer carries no token.",
        "GJ-E01",
        "http.token.bearer http.token.wrong_bearer",
        bearer=False,
        witness=gave("queryLivePage.response", where=_failed_with(100501)),
    ),
    broken(
        "no_token_given",
        "getAccessToken gives no token.",
        "GJ-R003 GJ-R007 GJ-R016",
        "http.token.given any.messages.declared",
        faults=[remove("getAccessToken.response", "data.token")],
    ),
    broken(
        "times_with_slashes",
        "startTime has another form.",
        "GJ-E15",
        "http.token.times_form",
        faults=[set_to("getAccessToken.response", {"data.startTime": "2020/01/01 00:00"})],
    ),
    broken(
        "no_code_for_early",
        "A key pair before its startTime has no code of its own.",
        "GJ-R012",
        "http.token.before_start",
        faults=[set_to("getAccessToken.response", {"code": 500}, where={"code": 100504})],
    ),
    broken(
        "no_code_for_late",
        "A key pair after its endTime has no code of its own.",
        "GJ-R013",
        "http.token.after_end",
        faults=[set_to("getAccessToken.response", {"code": 500}, where={"code": 100505})],
    ),
    broken(
        "no_code_for_missing_token",
        "A missing token has no code of its own.",
        "GJ-R009",
        "http.*.no_token http.token.blank http.token.in_query http.token.checked_first",
        faults=[set_to("*.response", {"code": 500}, where={"code": 100501})],
    ),
    broken(
        "no_code_for_old_token",
        "A token that is not valid has no code of its own.",
        "GJ-R010",
        "http.*.wrong_token http.token.nearly_right http.token.wrong_bearer http.token.end http.token.revoked",
        faults=[set_to("*.response", {"code": 500}, where={"code": 100502})],
    ),
    broken(
        "long_life_told",
        "expirationTime is longer than a token lives.",
        "GJ-R007",
        "http.token.life",
        faults=[set_to("getAccessToken.response", {"data.expirationTime": 7200})],
    ),
    patched(
        "any_secret",
        "Every appSecret is right.",
        "GJ-R011",
        "http.token.wrong_secret http.token.wrong_id http.token.pair_of_two http.token.wrong_secret_out_of_time",
    ),
    patched("one_token", "A new token ends earlier ones.", "GJ-E07", "http.token.several"),
    patched(
        "tokens_live_on",
        "A token never ends.",
        "GJ-R010 GJ-R007 GJ-R008 GJ-R084",
        "http.token.end http.token.end_after_renewal http.token.never_again http.token.each_its_own_time "
        "mqtt.creating.old_token",
    ),
    patched(
        "any_token",
        "Every token is valid.",
        "GJ-R010",
        "http.*.wrong_token http.token.nearly_right http.token.wrong_bearer",
    ),
    patched(
        "tokens_not_renewed",
        "A call does not renew its token.",
        "GJ-R008",
        "http.token.renewed http.token.renewed_by_any",
    ),
    patched(
        "tokens_renewed_too_soon",
        "A call that is refused renews its token.",
        "GJ-E07 GJ-R008",
        "http.token.not_renewed_by_refusal",
    ),
    patched("tokens_stay", "The vendor ends no token.", "GJ-R010", "http.token.revoked"),
    patched("token_not_needed", "Calls need no token.", "GJ-R003 GJ-R009 GJ-R006", "http.*.no_token http.token.blank"),
    patched("token_in_query", "A token in the query counts.", "GJ-R003 GJ-R009", "http.token.in_query"),
    patched("header_in_small_letters", "The header token has small letters only.", "GJ-E01", "http.token.header_case"),
    patched("source_for_tokens", "getAccessToken needs source.", "GJ-R001 GJ-E08", "http.token.needs_none"),
    patched("parameters_first", "Parameters are looked at before the token.", "GJ-R006", "http.token.checked_first"),
    patched("refused_and_done", "What is refused is carried out.", "GJ-R006", "http.token.refused_does_nothing"),
)

_OPERATIONS: Final = {
    "getAccessToken": "GJ-R007",
    "createLive": "GJ-R025",
    "updateLive": "GJ-R034",
    "queryLive": "GJ-R035",
    "queryLivePage": "GJ-R041",
    "uploadMaterial": "GJ-R052",
    "queryMaterial": "GJ-R041",
    "listPlatformSpeakers": "GJ-R041",
    "listCustomizedSpeakers": "GJ-R043",
    "listPlatformRobots": "GJ-R038",
    "listCustomizedRobots": "GJ-R038",
    "listChangeVoices": "GJ-R041",
    "synthesizeAndChangeVoice": "GJ-R059",
    "queryMaterialCategories": "GJ-R060",
    "queryPublicMaterials": "GJ-R041",
    "queryLiveRecords": "GJ-R041",
    "getPullPath": "GJ-R071",
    "createLiveSession": "GJ-R065",
}
"""The rule that says what an operation gives."""

_ENVELOPES: Final = (
    *(
        broken(
            f"other_data.{operation}",
            f"The data of {operation} is a text.",
            clause,
            f"http.{operation}.as_declared",
            faults=[set_to(f"{operation}.response", {"data": "as it comes"})],
        )
        for operation, clause in _OPERATIONS.items()
    ),
    broken(
        "no_code",
        "Answers have no code.",
        "GJ-R016",
        "http.envelope.members",
        faults=[remove("queryLivePage.response", "code")],
    ),
    broken(
        "code_as_text",
        "code is a text.",
        "GJ-E11",
        "http.envelope.code_integer",
        code_form="text",
        witness=gave("queryLivePage.response", where=lambda body: isinstance(body.get("code"), str)),
    ),
    broken(
        "message_for_msg",
        "The text of an answer is message.",
        "GJ-E12",
        "http.envelope.text_msg",
        text_member="message",
        witness=lacks("queryLivePage.response", "msg"),
    ),
    broken(
        "no_success",
        "Answers have no success.",
        "GJ-E13",
        "http.envelope.success",
        faults=[remove("queryLivePage.response", "success")],
    ),
    broken(
        "data_of_failures",
        "A failure has data.",
        "GJ-E09",
        "http.envelope.failure_no_data",
        faults=[set_to("queryLive.response", {"data": {}}, where={"code": 100501})],
    ),
    broken(
        "status_of_token_errors",
        "A token that is missing or not valid has HTTP status 401.",
        "GJ-E10",
        "http.envelope.failure_status",
        token_error_status=401,
        witness=gave("queryLive.response", status=401),
    ),
    patched("no_charset", "A charset is refused.", "GJ-R023", "http.form.charset"),
    patched(
        "calls_never_fail",
        "A call that fails succeeds.",
        "GJ-R017 GJ-R023 GJ-R028 GJ-R044 GJ-R069 GJ-R070 GJ-R104 GJ-E51 AW-NO-GUESS",
        "http.form.not_json http.form.unknown_path http.form.other_method http.rooms.unknown http.rooms.update_unknown "
        "http.rooms.update_scene_cover http.rooms.other_account http.materials.unknown_room http.session.unknown_room "
        "http.pull.unknown http.pull.other_room http.pull.other_account http.pull.duration http.pull.too_early "
        "http.pull.too_late",
    ),
    patched(
        "calls_never_fail_by_table",
        "A call whose parameters are not as the table says succeeds.",
        "GJ-T-getAccessToken.request",
        "http.*.wrong_type.*",
        patch="calls_never_fail",
    ),
    patched("stubborn", "After a bad call every call fails.", "GJ-R017", "any.calls.after_bad"),
    patched(
        "silent_about_size", "A body that is too large is answered by nothing.", "AW-LIMITS", "http.form.large_body"
    ),
    patched("no_unknown_members", "Members that nobody knows are refused.", "GJ-R022", "http.form.unknown_members"),
)

MUTANTS: Final = (*_TOKENS, *_ENVELOPES)
"""All of them."""
