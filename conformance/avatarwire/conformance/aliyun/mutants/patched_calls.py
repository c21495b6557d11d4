"""Fakes whose HTTP calls, signatures and account are broken in their behaviour (`fakeserver/aliyun/mutants/`)."""

from __future__ import annotations

from typing import Final

from .parts import patched

__all__ = ["MUTANTS"]

MUTANTS: Final = (
    patched(
        "calls_always_succeed",
        "Calls that are refused are answered as successes.",
        (
            "AW-NO-GUESS ALI-E67 ALI-R007 ALI-E52 ALI-T-StartAvatarSession.request ALI-T-StopAvatarSession.request "
            "ALI-T-SaveAvatarProject.request ALI-T-OperateAvatarProject.request ALI-T-CheckSession.request "
            "ALI-T-SendTextMsg.request ALI-R050 ALI-R022"
        ),
        (
            "http.calls.unknown_path http.calls.letters_of_path http.calls.other_methods http.calls.body_no_json "
            "http.calls.body_list http.calls.body_no_utf8 http.calls.ids_as_numbers "
            "http.StartAvatarSession.wrong_type.whole http.StopAvatarSession.wrong_type.whole "
            "http.SaveAvatarProject.wrong_type.whole http.OperateAvatarProject.wrong_type.whole "
            "http.QuerySessionInfo.wrong_type.statusList http.CheckSession.wrong_type.whole "
            "http.SendTextMsg.wrong_type.whole ws.handshake.other_path"
        ),
    ),
    patched(
        "refusals_without_reason",
        "Refusals of calls are pages of a proxy.",
        "AW-NO-GUESS ALI-E67 AW-LIMITS",
        (
            "http.ListAvatarProject.method http.QueryAvatarProject.method http.StartAvatarSession.method "
            "http.StopAvatarSession.method http.QueryAvatarResource.method http.SaveAvatarProject.method "
            "http.OperateAvatarProject.method http.QuerySessionInfo.method http.ListAnchor.method "
            "http.ListVoiceModels.method http.CheckSession.method http.SendTextMsg.method http.calls.unknown_path "
            "http.calls.letters_of_path http.calls.other_methods http.calls.body_too_large"
        ),
    ),
    patched(
        "sockets_for_anybody",
        "Whoever has no right to a socket gets one.",
        "ALI-R076 ALI-R075",
        (
            "ws.handshake.no_token ws.handshake.empty_token ws.handshake.garbage_token ws.handshake.no_session_id "
            "ws.handshake.no_algorithm"
        ),
    ),
    patched(
        "signatures_not_verified",
        "Signatures are not looked at.",
        "ACS3",
        (
            "http.signature.unknown_key http.signature.unsigned_header http.signature.unsigned_host "
            "http.signature.date_form http.signature.no_authorization http.signature.no_date http.signature.no_nonce "
            "http.signature.no_hash http.signature.other_algorithm http.signature.bearer http.signature.no_signature "
            "http.signature.no_credential"
        ),
    ),
    patched(
        "signatures_of_any_time",
        "Signatures never expire.",
        "ACS3 ALI-E66",
        (
            "http.signature.too_late http.signature.code.too_late http.signature.too_early "
            "http.signature.code.too_early any.time.signature_expires"
        ),
    ),
    patched(
        "signatures_of_a_minute",
        "Signatures expire after a minute.",
        "ACS3",
        "http.signature.in_time any.time.signature_lives",
    ),
    patched(
        "signatures_refused_otherwise",
        "All bad signatures have the code Forbidden.",
        "ALI-E66",
        (
            "http.signature.code.unknown_key http.signature.code.no_authorization http.signature.code.no_date "
            "http.signature.code.no_nonce http.signature.code.no_hash http.signature.code.other_algorithm "
            "http.signature.code.bearer http.signature.code.no_signature http.signature.code.no_credential"
        ),
    ),
    patched(
        "nonces_are_forgotten",
        "Nonces are forgotten.",
        "ACS3 ALI-E66",
        (
            "http.signature.nonce_again http.signature.code.nonce_again http.signature.replayed "
            "http.signature.code.replayed any.time.nonce_is_remembered"
        ),
    ),
    patched(
        "nonces_run_out",
        "Nonces are all taken.",
        "ACS3",
        (
            "http.signature.wrong_secret http.signature.unknown_key http.signature.too_late http.signature.too_early "
            "http.signature.order_of_query http.signature.new_nonces"
        ),
    ),
    patched(
        "signatures_not_compared",
        "Signatures are not compared.",
        "ACS3 ALI-E66",
        (
            "http.signature.wrong_secret http.signature.code.wrong_secret http.signature.changed_body "
            "http.signature.changed_body_and_hash http.signature.changed_query http.signature.code.changed_query "
            "http.signature.more_query http.signature.code.more_query http.signature.other_path "
            "http.signature.code.other_path http.signature.changed_header http.signature.code.changed_header "
            "http.signature.changed_signature http.signature.code.changed_signature http.signature.short_signature "
            "http.signature.code.short_signature"
        ),
    ),
    patched(
        "more_headers_refused",
        "Signatures over further headers are refused.",
        "ACS3 ALI-E67",
        "http.signature.more_headers any.flow.sdk",
    ),
    patched(
        "unsigned_headers_refused",
        "Calls with headers that are not signed are refused.",
        "ACS3",
        "http.signature.header_of_proxy",
    ),
    patched(
        "long_nonces_refused",
        "Nonces of more than 40 characters are refused.",
        "ACS3",
        "http.signature.long_nonce",
    ),
    patched(
        "unsorted_queries_refused",
        "Queries that are not sorted are refused.",
        "ACS3",
        "http.signature.forms_of_query",
    ),
    patched(
        "spaces_of_queries_refused",
        "Queries with spaces are refused.",
        "ACS3",
        "http.signature.forms_of_query",
    ),
    patched(
        "any_token",
        "Any token opens a socket.",
        "ALI-R076 ALI-R075",
        (
            "ws.handshake.token_of_other_session ws.handshake.other_session_id ws.handshake.unknown_session_id "
            "ws.handshake.changed_signature ws.handshake.changed_claims ws.handshake.longer_life "
            "ws.handshake.guessed_key any.time.token_expires"
        ),
    ),
    patched(
        "tokens_never_expire",
        "Tokens of sockets never expire.",
        "ALI-R076",
        "any.time.token_expires",
    ),
    patched(
        "tokens_are_used_once",
        "A token opens a socket once.",
        "ALI-E114",
        (
            "ws.handshake.again ws.handshake.replaced ws.handshake.replaced_anew ws.handshake.replaced_lives_on "
            "ws.handshake.after_drop"
        ),
    ),
    patched(
        "tokens_with_other_algorithm",
        "Tokens of sockets are signed with HS384.",
        "ALI-R075",
        "http.start.token_algorithm any.time.token_lives",
    ),
    patched(
        "tokens_without_account",
        "Tokens of sockets name no account.",
        "ALI-R075",
        "http.start.token_claims",
    ),
    patched(
        "tokens_of_the_past",
        "Tokens of sockets have expired.",
        "ALI-R075",
        "http.start.token_expiry any.time.token_lives",
    ),
    patched(
        "url_without_session",
        "The URL of a socket does not name its session.",
        "ALI-R075 ALI-R074 ALI-R024",
        "http.start.url_names_session ws.handshake.opens ws.handshake.no_session_id",
    ),
    patched(
        "channel_token_without_nonce",
        "channelToken has no nonce.",
        "ALI-R025",
        "http.start.channel_token_members",
    ),
    patched(
        "channel_token_in_far_future",
        "expireTime is no number of seconds.",
        "ALI-R026",
        "http.start.expire_time_in_seconds",
    ),
    patched(
        "lists_of_one",
        "Lists have one entry by default.",
        "ALI-R057",
        "http.lists.page_defaults",
    ),
    patched(
        "any_project",
        "Any project will do.",
        "ALI-E66 ALI-E67",
        (
            "http.QueryAvatarProject.unknown http.SaveAvatarProject.edit_unknown http.start.unknown_project "
            "http.QuerySessionInfo.unknown_project http.OperateAvatarProject.unknown"
        ),
    ),
    patched(
        "any_state_of_project",
        "A project may be operated on in any state.",
        "ALI-E87",
        (
            "http.SaveAvatarProject.edit_deleted http.start.deleted_project http.OperateAvatarProject.delete_twice "
            "http.OperateAvatarProject.deploy_deleted http.OperateAvatarProject.offline_twice"
        ),
    ),
    patched(
        "new_projects_unusable",
        "No session starts on a project that was created.",
        "ALI-R033",
        "http.SaveAvatarProject.created_is_usable any.flow.project",
    ),
    patched(
        "edits_leave_scenes",
        "An edit leaves the scenes.",
        "ALI-R033",
        "http.SaveAvatarProject.edits",
    ),
    patched(
        "edits_forget_agent",
        "An edit forgets the agent.",
        "ALI-R035 ALI-R038",
        "http.SaveAvatarProject.edit_leaves_the_rest",
    ),
    patched(
        "scenes_backwards",
        "Scenes are shown backwards.",
        "ALI-R014",
        "http.QueryAvatarProject.several_scenes",
    ),
    patched(
        "no_pages",
        "Lists have no pages.",
        "ALI-R053 ALI-R052 ALI-R060",
        (
            "http.QuerySessionInfo.pages http.QuerySessionInfo.beyond_last_page "
            "http.QuerySessionInfo.default_page_size http.lists.pages http.lists.beyond_last_page"
        ),
    ),
    patched(
        "no_last_page",
        "Behind its last page a list begins anew.",
        "ALI-R053 ALI-R060",
        "http.QuerySessionInfo.beyond_last_page http.lists.beyond_last_page",
    ),
    patched(
        "pages_of_one",
        "Pages of ten have one entry.",
        "ALI-R052",
        "http.QuerySessionInfo.default_page_size",
    ),
    patched(
        "figures_not_filtered",
        "Figures are not filtered.",
        "ALI-R056 ALI-R058 ALI-R055",
        (
            "http.ListAnchor.public_by_default http.ListAnchor.private http.ListAnchor.by_cover_rate "
            "http.ListAnchor.by_tier"
        ),
    ),
    patched(
        "voices_not_filtered",
        "Voices are not filtered.",
        "ALI-R065 ALI-R064",
        "http.ListVoiceModels.public_by_default http.ListVoiceModels.by_tier",
    ),
    patched(
        "lines_without_end",
        "There are lines enough for everything.",
        "ALI-E88 ALI-E61",
        "http.OperateAvatarProject.too_many_lines http.OperateAvatarProject.too_many_lines_by_other_name",
    ),
    patched(
        "offline_takes_all",
        "With a project all go offline.",
        "ALI-R049",
        "http.OperateAvatarProject.one_only",
    ),
    patched(
        "offline_deletes",
        "OFFLINE deletes a project.",
        "ALI-R049 ALI-R010",
        "http.OperateAvatarProject.offline http.OperateAvatarProject.deploy",
    ),
    patched(
        "delete_is_offline",
        "A deleted project is OFFLINE.",
        "ALI-R049 ALI-R010 ALI-E87",
        (
            "http.SaveAvatarProject.edit_deleted http.start.deleted_project http.OperateAvatarProject.delete "
            "http.OperateAvatarProject.delete_twice http.OperateAvatarProject.deploy_deleted"
        ),
    ),
    patched(
        "offline_leaves_sessions",
        "Sessions outlive their project.",
        "ALI-E87",
        "http.OperateAvatarProject.offline_ends_sessions",
    ),
    patched(
        "voices_always_suit",
        "Any voice suits any figure.",
        "ALI-E76 ALI-R061",
        "http.SaveAvatarProject.voice_does_not_suit",
    ),
    patched(
        "answers_are_plain_text",
        "Answers say that they are plain text.",
        "ALI-E67",
        (
            "http.ListAvatarProject.json http.QueryAvatarProject.json http.StartAvatarSession.json "
            "http.StopAvatarSession.json http.QueryAvatarResource.json http.SaveAvatarProject.json "
            "http.OperateAvatarProject.json http.QuerySessionInfo.json http.ListAnchor.json http.ListVoiceModels.json "
            "http.CheckSession.json http.SendTextMsg.json"
        ),
    ),
    patched(
        "ids_in_header_differ",
        "The header has another id than the body.",
        "ALI-E117",
        "http.calls.id_in_header",
    ),
    patched(
        "callers_id_is_repeated",
        "An answer repeats the requestId of its caller.",
        "ALI-E117",
        "http.start.id_of_call",
    ),
    patched(
        "one_id_for_all_calls",
        "All calls have the same id.",
        "ALI-E66 ALI-E117",
        "http.calls.error_ids http.calls.ids http.calls.id_in_header",
    ),
)
