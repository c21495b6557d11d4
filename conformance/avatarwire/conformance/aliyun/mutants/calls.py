"""Answers to HTTP calls about sessions and errors that say something else than they should, by rules of faults."""

from __future__ import annotations

from typing import Any, Final

from ...mutants.mutant import drop, remove, set_to
from .parts import rule

__all__ = ["MUTANTS"]

_START: Final = "StartAvatarSession.response"
_STOP: Final = "StopAvatarSession.response"
_SESSIONS: Final = "QuerySessionInfo.response"


def _refused(operation: str, **more: Any) -> dict[str, Any]:
    """A rule by which calls are refused."""
    return {"message": f"{operation}.request", "do": "reject", "code": "Forbidden", "status": 403, **more}


_STARTING: Final = (
    rule(
        "start_without_url",
        "StartAvatarSession gives no webSocketUrl.",
        "ALI-R024 ALI-R073",
        "http.start.gives_session http.start.many_at_once any.flow.document",
        remove(_START, "webSocketUrl"),
    ),
    rule(
        "start_without_channel_token",
        "StartAvatarSession gives no channelToken.",
        "ALI-R024 ALI-R025 ALI-R026 ALI-E57",
        (
            "http.start.gives_channel_token http.start.channel_token_members http.start.expire_time_in_seconds "
            "http.start.renews_tokens"
        ),
        remove(_START, "channelToken"),
    ),
    rule(
        "channel_token_of_other_members",
        "channelToken has neither nonce nor userId.",
        "ALI-R025",
        "http.start.channel_token_members",
        set_to(_START, {"channelToken": '{"channelId":"1","token":"2","expireTime":600,"appId":"4"}'}),
    ),
    rule(
        "channel_token_of_no_time",
        "expireTime of channelToken is a text.",
        "ALI-R026",
        "http.start.expire_time_in_seconds",
        set_to(
            _START,
            {"channelToken": '{"channelId":"1","token":"2","expireTime":"soon","nonce":"3","userId":"4","appId":"5"}'},
        ),
    ),
    rule(
        "session_ids_are_numbers",
        "A sessionId is a number.",
        "ALI-R007 ALI-R024",
        "http.StartAvatarSession.declared http.start.ids_are_texts http.start.many_at_once",
        set_to(_START, {"sessionId": 1}),
    ),
    rule(
        "url_of_nobody",
        "webSocketUrl has a token that is none.",
        "ALI-R075 ALI-R024",
        (
            "http.start.token_algorithm http.start.token_claims http.start.token_expiry http.start.url_names_session "
            "http.start.many_at_once"
        ),
        set_to(_START, {"webSocketUrl": "ws://127.0.0.1:9/v1/interaction?token=none&sessionId=none"}),
    ),
    rule(
        "start_is_lost",
        "StartAvatarSession is never answered.",
        "ALI-R024 ALI-E70",
        (
            "http.StartAvatarSession.declared http.start.gives_session http.start.gives_channel_token "
            "http.start.without_request_id"
        ),
        drop(_START),
    ),
)

_STOPPING: Final = (
    rule(
        "stop_with_unknown_status",
        "The status of a stopped session is STOPPED.",
        "ALI-R029 ALI-E121",
        (
            "http.StopAvatarSession.declared http.stop.says_stopped http.stop.twice http.stop.unknown_session "
            "http.stop.session_of_other_project"
        ),
        set_to(_STOP, {"status": "STOPPED"}),
    ),
    rule(
        "stop_of_nothing_succeeds",
        "Whatever is stopped, it is Stopped.",
        "ALI-E121",
        "http.stop.unknown_session http.stop.session_of_other_project",
        set_to(_STOP, {"status": "Stopped"}, where={"status": "StoppedFail"}),
    ),
    rule(
        "sessions_of_unknown_state",
        "A session is RUNNING.",
        "ALI-R054 ALI-R053",
        (
            "http.QuerySessionInfo.started http.QuerySessionInfo.stopped http.QuerySessionInfo.both "
            "http.QuerySessionInfo.beyond_last_page http.QuerySessionInfo.states http.CheckSession.agrees"
        ),
        set_to(_SESSIONS, {"queryResourceInfoList[0].status": "RUNNING"}),
    ),
    rule(
        "sessions_always_free",
        "A session is FREE, even when it was stopped.",
        "ALI-R053",
        (
            "http.QuerySessionInfo.started http.QuerySessionInfo.stopped http.QuerySessionInfo.both "
            "http.QuerySessionInfo.beyond_last_page"
        ),
        set_to(_SESSIONS, {"queryResourceInfoList[0].status": "FREE"}),
    ),
    rule(
        "sessions_never_listed",
        "No session is listed.",
        "ALI-R053 ALI-R052 ALI-R054",
        (
            "http.QuerySessionInfo.started http.QuerySessionInfo.stopped http.QuerySessionInfo.both "
            "http.QuerySessionInfo.pages http.QuerySessionInfo.beyond_last_page "
            "http.QuerySessionInfo.default_page_size http.QuerySessionInfo.states http.CheckSession.agrees"
        ),
        set_to(_SESSIONS, {"total": 0, "queryResourceInfoList": []}),
    ),
    rule(
        "check_is_lost",
        "CheckSession is never answered.",
        "ALI-E97",
        (
            "http.CheckSession.declared http.CheckSession.started http.CheckSession.agrees "
            "http.CheckSession.unknown_session"
        ),
        drop("CheckSession.response"),
    ),
    rule(
        "check_of_unknown_state",
        "CheckSession says RUNNING.",
        "ALI-E97 AW-ALI-CHECK-STOPPED",
        ("http.CheckSession.started http.CheckSession.stopped http.CheckSession.agrees"),
        set_to("CheckSession.response", {"status": "RUNNING"}),
    ),
)

_OTHERS: Final = (
    rule(
        "text_without_success",
        "SendTextMsg says OK.",
        "ALI-R070 ALI-E97 ALI-E98 ALI-E72",
        (
            "http.SendTextMsg.success http.SendTextMsg.with_socket http.SendTextMsg.broadcast "
            "http.SendTextMsg.type_as_text http.SendTextMsg.same_request_id http.SendTextMsg.any_characters "
            "any.flow.java_sample"
        ),
        set_to("SendTextMsg.response", {"status": "OK"}),
    ),
    rule(
        "type_as_text_refused",
        "SendTextMsg refuses a type of digits.",
        "ALI-E98",
        "http.SendTextMsg.type_as_text",
        _refused("SendTextMsg", where={"type": "1"}),
    ),
    rule(
        "errors_without_code",
        "An error has no Code.",
        "ALI-E66",
        (
            "http.QueryAvatarProject.error_form http.StartAvatarSession.error_form http.SaveAvatarProject.error_form "
            "http.OperateAvatarProject.error_form http.QuerySessionInfo.error_form http.ListAnchor.error_form "
            "http.ListVoiceModels.error_form http.CheckSession.error_form http.SendTextMsg.error_form "
            "http.SendTextMsg.unknown_session"
        ),
        remove("http.error", "Code"),
    ),
    rule(
        "errors_without_message",
        "An error has no Message.",
        "ALI-E66",
        (
            "http.QueryAvatarProject.error_form http.SaveAvatarProject.error_form "
            "http.OperateAvatarProject.error_form http.QuerySessionInfo.error_form"
        ),
        remove("http.error", "Message"),
    ),
    rule(
        "errors_name_nothing",
        "An error does not say what is wrong.",
        "ALI-E66 ALI-E67",
        (
            "http.calls.error_names_parameter http.calls.unknown_path_code http.signature.code.unknown_key "
            "http.signature.code.changed_query"
        ),
        set_to("http.error", {"Code": "Bad", "Message": "Bad"}),
    ),
    rule(
        "errors_with_one_id",
        "All errors have one RequestId.",
        "ALI-E66",
        "http.calls.error_ids",
        set_to("http.error", {"RequestId": "1"}),
    ),
    rule(
        "answers_with_one_id",
        "All answers have one requestId.",
        "ALI-E117",
        "http.calls.ids http.calls.id_in_header",
        set_to("*.response", {"requestId": "1"}, transport="http"),
    ),
    rule(
        "calls_are_refused",
        "QueryAvatarResource is refused.",
        "ALI-R031",
        ("http.QueryAvatarResource.declared http.QueryAvatarResource.lists"),
        _refused("QueryAvatarResource"),
    ),
    rule(
        "starts_are_refused",
        "StartAvatarSession is refused.",
        "ALI-R023 ALI-R024 ALI-R022",
        (
            "http.StartAvatarSession.declared http.start.gives_session http.start.gives_channel_token "
            "http.start.same_request_id http.start.custom_push_url"
        ),
        _refused("StartAvatarSession"),
    ),
    rule(
        "checks_are_refused",
        "CheckSession is refused.",
        "ALI-E97 ALI-E117 ALI-E67",
        (
            "http.CheckSession.declared http.calls.unknown_parameters http.calls.content_type "
            "http.signature.code.changed_body http.signature.code.changed_body_and_hash"
        ),
        _refused("CheckSession"),
    ),
)

MUTANTS: Final = (*_STARTING, *_STOPPING, *_OTHERS)
