"""Bugs are planted in our own fake, and the cases that are about them find each: no case says yes to everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs.aliyun import signature
from avatarwire.codecs.aliyun.tokens import decode_claims
from avatarwire.fakeserver.aliyun import conversation, http, operations, sessions, speech
from avatarwire.fakeserver.aliyun.drives import Drives
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.projects import Project, Projects
from avatarwire.fakeserver.aliyun.resources import Stock
from avatarwire.fakeserver.aliyun.session_credentials import SocketTokens
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.aliyun.streams import Streams
from tests.conformance.aliyun.places import expect_found, judged_fake

INTERACTION: Final[Any] = conversation.Interaction
HANDLERS: Final[Any] = INTERACTION._HANDLERS

Change = Callable[[pytest.MonkeyPatch], None]


# --- a fake that takes what is left open in another way ---

TUNED: Final[dict[str, tuple[dict[str, Any], tuple[str, ...]]]] = {
    "signatures are not looked at": (
        {"verify_signatures": False},
        ("http.signature.wrong_secret", "http.signature.replayed", "http.signature.code.changed_body"),
    ),
    "sessions that cannot be stopped": ({"stop_statuses": ["StoppedFail"]}, ("http.stop.says_stopped",)),
    "lists that fail": ({"failing_lists": ["ListAnchor"]}, ("http.lists.success",)),
    "a channel that is ready at once": ({"polls_until_ready": 0}, ("ws.channel.init_first",)),
    "a channel that is never ready": ({"channel_statuses": ["INIT"]}, ("ws.channel.becomes_ready",)),
    "a channel that fails": ({"channel_statuses": ["FAIL"]}, ("ws.channel.becomes_ready",)),
    "drives before READY are lost": ({"before_ready": "ignore"}, ("ws.channel.before.text",)),
    "drives before READY wait": ({"before_ready": "queue"}, ("ws.channel.before.stays_refused",)),
    "serial numbers are not repeated": (
        {"echo_serial_numbers": False},
        ("ws.header.serial_number", "ws.heartbeat.pong_serial"),
    ),
    "a pong with something in it": ({"pong_payload": '{"pong":1}'}, ("ws.heartbeat.pong_payload",)),
    "broadcasts are not answered": ({"broadcast_reply": "none"}, ("ws.text.broadcast", "ws.stream.text")),
    "speech is answered elsewhere": ({"asr_reply_biz_type": 129}, ("ws.speech.answer_type",)),
    "spoken broadcasts are not answered": ({"speech_broadcast_reply": "none"}, ("ws.speech.broadcast_text",)),
    "interrupted answers end in silence": ({"interrupt_reply": "none"}, ("ws.interrupt.ends_answer",)),
    "drives replace each other": ({"overlap": "replace"}, ("ws.text.in_turn",)),
    "drives are refused meanwhile": ({"overlap": "reject"}, ("ws.text.in_turn",)),
    "texts of HTTP are answered on the socket": ({"http_text_on_socket": True}, ("http.SendTextMsg.not_on_socket",)),
    "pushes without payload": ({"push_payload": ""}, ("ws.force_close.payload", "ws.recovering.payload")),
    "a second socket is refused": ({"second_connection": "refuse"}, ("ws.handshake.replaced",)),
    "a second socket ends the session": ({"second_connection": "force_close"}, ("ws.handshake.replaced_lives_on",)),
    "refusals on the socket": ({"socket_refusal": "frame"}, ("ws.handshake.status", "ws.handshake.body")),
    "silence ends a session": ({"idle_seconds": 60}, ("any.time.silence", "any.time.silence_without_socket")),
    "tokens that live for weeks": ({"token_seconds": 2e6}, ("any.time.token_expires",)),
    "publications that fail": ({"deploy_seconds": 1e6}, ("http.SaveAvatarProject.create_publishes",)),
    "bodies of any size": ({"max_body_bytes": 10**8}, ("http.calls.body_too_large",)),
    "frames of any size": ({"max_frame_bytes": 10**9}, ("ws.protocol.oversized",)),
    "frames of little size": ({"max_frame_bytes": 2048}, ("ws.protocol.one_megabyte", "ws.text.long")),
}


@pytest.mark.parametrize("bug", TUNED)
def test_another_behaviour_is_found(tmp_path: Path, bug: str) -> None:
    table, names = TUNED[bug]
    with judged_fake(tmp_path, aliyun=table) as (_, endpoint):
        expect_found(endpoint, names)


# --- a fake that does something else ---


def instead(owner: Any, name: str, make: Callable[[Any], Callable[..., Any]]) -> Change:
    """Puts something else in the place of a function, made of what was there."""

    def change(patched: pytest.MonkeyPatch) -> None:
        patched.setattr(owner, name, make(getattr(owner, name)))

    return change


def gives(result: Any) -> Callable[[Any], Callable[..., Any]]:
    """A function that gives the same, whatever it is given."""

    def make(whole: Any) -> Callable[..., Any]:
        del whole

        def given(*args: Any, **more: Any) -> Any:
            del args, more
            return result

        return given

    return make


def handling(message: str, handle: Callable[..., list[Any]]) -> Change:
    """Another handling of a message of the socket."""

    def change(patched: pytest.MonkeyPatch) -> None:
        patched.setitem(HANDLERS, message, handle)

    return change


def never_stopped(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(sessions.Session, "stopped", False)


def any_token(whole: Any) -> Callable[..., Any]:
    del whole

    def verify(self: Any, token: str, session_id: str, now: float) -> Any:
        del self, session_id, now
        return decode_claims(token)

    return verify


def expired_token(whole: Any) -> Callable[..., Any]:
    def verify(self: Any, token: str, session_id: str, now: float) -> Any:
        del now
        return whole(self, token, session_id, 0.0)

    return verify


def newest_session(whole: Any) -> Callable[..., Any]:
    del whole

    def started(self: Any, project: Any, request_id: str) -> Any:
        del request_id
        return next(iter(self.living(project)), None)

    return started


def any_project(whole: Any) -> Callable[..., Any]:
    def require(self: Any, project_id: str, main_id: str) -> Any:
        return whole(self, project_id if self.get(project_id) else next(iter(self)).id, main_id)

    return require


def old_scenes(whole: Any) -> Callable[..., Any]:
    def edit(self: Any, request: Any, main_id: str) -> Any:
        frames = self.require(str(request.project_id), main_id).frames
        project = whole(self, request, main_id)
        project.frames = frames
        return project

    return edit


def every_page(whole: Any) -> Callable[..., Any]:
    del whole

    def page(items: Any, number: int, size: int) -> Any:
        del number, size
        return items

    return page


def no_filter(whole: Any) -> Callable[..., Any]:
    del whole

    def anchors(self: Any, request: Any) -> Any:
        del request
        return list(self._anchors.values())

    return anchors


def wide_window(whole: Any) -> Callable[..., Any]:
    def verify(*args: Any, **more: Any) -> Any:
        return whole(*args, **more, window=1e9)

    return verify


def audio_answered(self: Any, frame: Any, received: Any) -> list[Any]:
    del frame
    return [self._outgoing.error(10000, "audio", received)]


def nothing_done(self: Any, frame: Any, received: Any) -> list[Any]:
    del self, frame, received
    return []


def backwards(whole: Any) -> Callable[..., Any]:
    def ended(self: Any) -> Any:
        self._parts.reverse()
        return whole(self)

    return ended


def first_fragment(whole: Any) -> Callable[..., Any]:
    def ended(self: Any) -> Any:
        del self._parts[1:]
        return whole(self)

    return ended


def result_always(whole: Any) -> Callable[..., Any]:
    def recognise(self: Any, utterance: Any) -> list[Any]:
        extra = self._result(utterance, "heard", utterance.request, success=True, finish=True)
        return [*([] if utterance.ask else [extra]), *whole(self, utterance)]

    return recognise


def ready_again(whole: Any) -> Callable[..., Any]:
    def recover(self: Any) -> list[Any]:
        effects: list[Any] = whole(self)
        self._ready = True
        self._polls = 99
        return effects

    return recover


def own_codes(whole: Any) -> Callable[..., Any]:
    def reply(self: Any, body: Any, request: Any) -> Any:
        is_error = type(body).__name__ == "GeneralMessage"
        return whole(self, body.replace(code=10002) if is_error else body, request)

    return reply


PATCHED: Final[dict[str, tuple[Change, tuple[str, ...]]]] = {
    "any token opens a socket": (
        instead(SocketTokens, "verify", any_token),
        (
            "ws.handshake.other_session_id",
            "ws.handshake.changed_signature",
            "any.time.token_expires",
        ),
    ),
    "tokens never expire": (instead(SocketTokens, "verify", expired_token), ("any.time.token_expires",)),
    "stopped sessions go on": (
        never_stopped,
        ("http.stop.ends_url", "http.SendTextMsg.stopped_session"),
    ),
    "each start is a new session": (
        instead(sessions.Sessions, "started", gives(None)),
        ("http.start.same_request_id", "http.start.same_request_id_at_once", "any.time.request_id_lives"),
    ),
    "all starts are one session": (
        instead(sessions.Sessions, "started", newest_session),
        ("http.start.other_request_id", "http.start.many_at_once"),
    ),
    "any project will do": (
        instead(Projects, "require", any_project),
        ("http.start.unknown_project", "http.QueryAvatarProject.unknown"),
    ),
    "a project may be operated on in any state": (
        instead(Project, "check", gives(None)),
        ("http.start.deleted_project", "http.OperateAvatarProject.delete_twice", "http.SaveAvatarProject.edit_deleted"),
    ),
    "an edit leaves the scenes": (instead(Projects, "edit", old_scenes), ("http.SaveAvatarProject.edits",)),
    "there are no pages": (
        instead(operations, "page", every_page),
        ("http.QuerySessionInfo.pages", "http.QuerySessionInfo.default_page_size", "http.lists.pages"),
    ),
    "figures are not filtered": (
        instead(Stock, "anchors", no_filter),
        ("http.ListAnchor.by_cover_rate", "http.ListAnchor.public_by_default"),
    ),
    "signatures of any time": (
        instead(http, "verify", wide_window),
        ("http.signature.too_late", "http.signature.too_early"),
    ),
    "nonces are forgotten": (
        instead(signature.NonceMemory, "remember", gives(True)),
        ("http.signature.nonce_again", "any.time.nonce_is_remembered"),
    ),
    "signatures are not compared": (
        instead(signature, "_equal", gives(True)),
        ("http.signature.changed_body", "http.signature.changed_query", "http.signature.changed_signature"),
    ),
    "interrupts do nothing": (instead(Drives, "interrupt", gives([])), ("ws.interrupt.cuts_answer",)),
    "interrupts are answered": (
        handling("interrupt.request", HANDLERS["opening.request"]),
        ("ws.interrupt.silent", "ws.interrupt.many"),
    ),
    "pings are lost": (handling("heartbeat.ping", nothing_done), ("ws.heartbeat.pong",)),
    "audio is answered": (handling("audio_drive.request", audio_answered), ("ws.audio.silent", "ws.audio.large")),
    "fragments are put together backwards": (
        instead(Streams, "_ended", backwards),
        ("ws.stream.text", "ws.together.interleaved"),
    ),
    "only the first fragment is spoken": (
        instead(Streams, "_ended", first_fragment),
        ("ws.stream.text", "ws.stream.many_fragments"),
    ),
    "what was heard is always returned": (
        instead(speech.Listener, "_recognise", result_always),
        ("ws.speech.broadcast_has_no_result",),
    ),
    "a channel is not prepared anew": (
        instead(INTERACTION, "recover", ready_again),
        ("ws.recovering.prepared_anew", "ws.recovering.refused_meanwhile"),
    ),
    "errors have codes of their own": (instead(Outgoing, "reply", own_codes), ("ws.error.code", "ws.error.reported")),
    "offline is deleted": (
        instead(AliyunState, "take_offline", lambda whole: AliyunState.delete),
        ("http.OperateAvatarProject.offline",),
    ),
}


@pytest.mark.parametrize("bug", PATCHED)
def test_a_mistake_in_the_fake_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    change, names = PATCHED[bug]
    with judged_fake(tmp_path) as (_, endpoint):
        change(monkeypatch)
        expect_found(endpoint, names)
