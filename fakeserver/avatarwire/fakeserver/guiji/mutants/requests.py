"""Ways in which the requests of the fake Guiji over MQTT are broken: what is answered, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec

from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.resources import DtHuman
from avatarwire.fakeserver.effects import Publish
from avatarwire.fakeserver.guiji import mqtt, outgoing, reading
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.sessions import LiveSession, SessionStage
from avatarwire.fakeserver.mutant import Patches

from .making import Call, Judged, around, changed, mutants, refusing_requests

__all__ = ["MUTANTS", "as_result"]


def as_result(error: Publish) -> Publish:
    """A result in the place of an error: under the very id of the request, and the same in everything else."""
    fields = msgspec.json.decode(error.data)
    told = fields.pop("error")
    asked = look(error.cause.packet.delivery.data) if error.cause is not None else None
    if isinstance(asked, dict):
        fields["id"] = cast("dict[str, Any]", asked).get("id")
    result = {"sessionId": told["sessionId"], "ok": True, "message": "", "info": ""}
    data = msgspec.json.encode({**fields, "result": result})
    return msgspec.structs.replace(error, data=data, message="result", body=None)


# --- the envelope ---


def _never_failing(original: Call, patches: Patches) -> Call:
    def error(*arguments: Any, **more: Any) -> Any:
        publication = original(*arguments, **more)
        patches.note("what is refused has a result")
        return as_result(publication)

    return error


def _other_error_id(original: Call, patches: Patches) -> Call:
    def error(topic: str, session_id: str, request_id: Any, *arguments: Any) -> Any:
        if type(request_id) is int:
            patches.note("an error has another id")
            request_id += 1
        return original(topic, session_id, request_id, *arguments)

    return error


def _other_id(original: Call, patches: Patches) -> Call:
    def result(it: Any, body: Any, *arguments: Any) -> Any:
        patches.note("a result has another id")
        return original(it, body.replace(id=body.id + 1), *arguments)

    return result


def _positive_codes(original: Call, patches: Patches) -> Call:
    def error(topic: str, session_id: str, request_id: Any, code: int, *arguments: Any) -> Any:
        patches.note("a positive code")
        return original(topic, session_id, request_id, abs(code), *arguments)

    return error


def _any_sender(original: Call, patches: Patches) -> Call:
    def addressed(live: Any, head: Any, delivery: Any) -> Any:
        session = live._reader.known(head.session_id, delivery)
        if session is not None and session.topic_sub != head.sender:
            patches.note("the sender is not looked at")
            head = head._replace(sender=session.topic_sub)
        return original(live, head, delivery)

    return addressed


def _of_any_account(original: Call, patches: Patches) -> Call:
    def owned(session: Any, delivery: Any) -> Any:
        if original(session, delivery) is not session:
            patches.note("another account is let in")
        return session

    return owned


def _ids_of_all(patches: Patches) -> None:
    known: set[int] = set()

    def remember(original: Call) -> Call:
        def call(conversation: Any, request_id: int, *arguments: Any) -> None:
            known.add(request_id)
            original(conversation, request_id, *arguments)

        return call

    def used(original: Call) -> Call:
        def call(conversation: Any, request_id: int) -> bool:
            if request_id in known and not original(conversation, request_id):
                patches.note("an id was used in another session")
            return request_id in known

        return call

    patches.instead(Conversation, "remember", remember)
    patches.instead(Conversation, "used", used)


def _nervous(original: Call, patches: Patches) -> Call:
    def refuse(live: Any, received: Any, asked: Any, refusal: Any) -> None:
        if refusal.code is RpcErrorCode.MALFORMED:
            patches.note("what is no message ends all sessions")
            for session in list(live._state.sessions):
                live.destroy(session, "no message")
        original(live, received, asked, refusal)

    return refuse


def _answers_answered(original: Call, patches: Patches) -> Call:
    def hear(live: Any, session: LiveSession, packet: Any, received: Any) -> None:
        original(live, session, packet, received)
        patches.note("an answer is answered")
        live._turn.do(outgoing.error(session.topic_sub, session.id, packet.body.id, -1, "thanks", 1, received))

    return hear


def _stream_for_refused(original: Call, patches: Patches) -> Call:
    def refuse(live: Any, received: Any, asked: Any, refusal: Any) -> None:
        session = live._reader.known(asked.head.session_id, asked.delivery)
        if session is not None and session.stage is SessionStage.CREATED:
            patches.note("a stream is told before there is one")
            live._turn.do(live.conversation(session).outgoing.stream_play())
        original(live, received, asked, refusal)

    return refuse


def _refused_counts(original: Call, patches: Patches) -> Call:
    def refuse(live: Any, received: Any, asked: Any, refusal: Any) -> None:
        patches.note("what is refused is interaction")
        for session in live._state.sessions.living():
            live._state.sessions.touch(session)
        original(live, received, asked, refusal)

    return refuse


# --- what is refused that is right ---


def _unknown_members(request: Any, session: LiveSession, data: bytes) -> bool:
    del request, session
    known = {"id", "method", "sessionId", "sender", "params", "token", "liveId", "livePlatform"}
    return not set(msgspec.json.decode(data)) <= known


def _token_once(request: Any, session: LiveSession, data: bytes) -> bool:
    del session
    return isinstance(request, requests.CreateNewSession) and data.count(b'"token"') == 1


def _options(request: Any) -> list[Any]:
    if isinstance(request, requests.CreateNewSession):
        return [each.res_options for each in request.params.res_list]
    if isinstance(request, requests.ModifySessionResList):
        return [each.res_options for each in request.params.add_res.res_list]
    return []


def _any_element(is_it: Callable[[Any], object]) -> Judged:
    return lambda request, session, data: any(map(is_it, _options(request)))


def _any_template(is_it: Callable[[Any], object]) -> Judged:
    def human(options: Any) -> bool:
        return isinstance(options, DtHuman) and any(map(is_it, options.audio_driven.templates))

    return _any_element(human)


def _plain_human(request: Any, session: LiveSession, data: bytes) -> bool:
    del session
    return isinstance(request, requests.CreateNewSession) and b'"randomPlay"' not in data


def _both_lists(request: Any, session: LiveSession, data: bytes) -> bool:
    del session, data
    is_it = isinstance(request, requests.ModifySessionResList)
    return is_it and bool(request.params.add_res.res_list) and bool(request.params.rmv_res.res_list)


def _no_lists(request: Any, session: LiveSession, data: bytes) -> bool:
    del session, data
    is_it = isinstance(request, requests.ModifySessionResList)
    return is_it and not request.params.add_res.res_list and not request.params.rmv_res.res_list


def _commands(*methods: str, least: int = 1, having: bytes = b"") -> Judged:
    def is_refused(request: Any, session: LiveSession, data: bytes) -> bool:
        del session
        items = request.params.execute_list if isinstance(request, requests.ExecSessionResList) else ()
        return len(items) >= least and having in data and any(item.method in methods for item in items)

    return is_refused


def _no_cause(request: Any, session: LiveSession, data: bytes) -> bool:
    del session
    return isinstance(request, requests.DestroySession) and b'"cause"' not in data


def _before_creation(request: Any, session: LiveSession, data: bytes) -> bool:
    del data
    return isinstance(request, requests.DestroySession) and session.stage is SessionStage.CREATED


MUTANTS: Final = MappingProxyType(
    mutants(
        requests_never_fail=(
            "A request that fails has a result.",
            around(mqtt, "error", _never_failing),
        ),
        other_error_id=("An error has another id.", around(mqtt, "error", _other_error_id)),
        other_result_id=("A result has another id.", around(outgoing.Outgoing, "result", _other_id)),
        positive_codes=("Errors have positive codes.", around(mqtt, "error", _positive_codes)),
        any_sender=("The sender is not looked at.", around(Live, "_addressed", _any_sender)),
        of_any_account=("Sessions are everybody's.", around(reading, "owned", _of_any_account)),
        ids_come_again=("An id may come again.", changed(Conversation, "used", lambda used: False)),
        ids_of_all=("An id that was used in any session is used.", _ids_of_all),
        nervous=("What is no message ends all sessions.", around(Live, "_refuse", _nervous)),
        answers_answered=("The answers of clients are answered.", around(Live, "_hear", _answers_answered)),
        stream_for_refused=(
            "A stream is told before CreateNewSession.",
            around(Live, "_refuse", _stream_for_refused),
        ),
        refused_counts=("What is refused is interaction.", around(Live, "_refuse", _refused_counts)),
        no_unknown_members_there=("Members that nobody knows are refused.", refusing_requests(_unknown_members)),
        token_twice=("The token has to stand in both places.", refusing_requests(_token_once)),
        human_and_rtmp=(
            "Only a digital human and rtmp are taken.",
            refusing_requests(_any_element(lambda it: getattr(it, "name", "") not in ("dthuman", "rtmp"))),
        ),
        no_loops=(
            "loop is refused.",
            refusing_requests(_any_element(lambda it: type(getattr(it, "loop", None)) is int)),
        ),
        no_matting=("matting 1 is refused.", refusing_requests(_any_template(lambda it: it.matting == 1))),
        random_play_needed=("randomPlay has to be there.", refusing_requests(_plain_human)),
        one_list=("Removing and adding at once is refused.", refusing_requests(_both_lists)),
        some_list=("Two empty lists are refused.", refusing_requests(_no_lists)),
        no_switches=("Every switchTemplate is refused.", refusing_requests(_commands("switchTemplate"))),
        no_places=(
            "A switchTemplate with drawOptions is refused.",
            refusing_requests(_commands("switchTemplate", having=b'"drawOptions"')),
        ),
        no_pushes=("Every setpushstreams is refused.", refusing_requests(_commands("setpushstreams"))),
        one_command=(
            "Two commands at once are refused.",
            refusing_requests(_commands("setpushstreams", "switchTemplate", least=2)),
        ),
        cause_needed=("DestroySession has to have a cause.", refusing_requests(_no_cause)),
        creation_needed=("Only a session that runs can be destroyed.", refusing_requests(_before_creation)),
    )
)
"""By name."""
