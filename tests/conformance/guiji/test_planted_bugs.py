"""Bugs planted in our own fake, each with cases that have to find it: what proves that a case can fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from avatarwire.codecs.guiji.http import PageVO, PathData, PathVO, PlayaddrVO, RtmpVO
from avatarwire.codecs.guiji.messages.replies import ErrorReply
from avatarwire.conformance.guiji.server import CASES
from avatarwire.fakeserver import Fault
from avatarwire.fakeserver.guiji import access, http, mqtt, outgoing, playback, token_store
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.elements import Elements
from avatarwire.fakeserver.guiji.materials import Materials
from avatarwire.fakeserver.guiji.operations import Operations
from avatarwire.fakeserver.guiji.playback import Playback
from avatarwire.fakeserver.guiji.records import Records
from avatarwire.fakeserver.guiji.resources import Stock
from avatarwire.fakeserver.guiji.rooms import Room, Rooms
from avatarwire.fakeserver.guiji.sessions import PullAddresses, Sessions
from avatarwire.fakeserver.guiji.token_store import Tokens
from avatarwire.fakeserver.transports.mqtt import connection

from .endpoints import fake, judged

Patch = Callable[[pytest.MonkeyPatch], None]


class Bug(NamedTuple):
    """What is wrong, and which cases have to see it.

    Attributes:
        cases: their ids, without the vendor.
        fault: a rule of the fake.
        options: tunables of its scenario.
        patch: a change of its behaviour.
    """

    cases: str
    fault: Fault | None = None
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    patch: Patch | None = None


def change(message: str, where: dict[str, Any] | None = None, /, **fields: Any) -> Fault:
    paths = {path.replace("__", "."): value for path, value in fields.items()}
    return Fault(message=message, do="set", fields=paths, where=where or {})


def remove(message: str, *fields: str) -> Fault:
    return Fault(message=message, do="remove", fields=list(fields))


def drop(message: str, **keys: Any) -> Fault:
    return Fault(message=message, do="drop", **keys)


def instead(owner: Any, name: str, other: Any) -> Patch:
    """Another function or value in the place of one of the fake's."""
    return lambda patch: patch.setattr(owner, name, other)


# --- behaviour with a bug in it ---


def any_secret(patch: pytest.MonkeyPatch) -> None:
    original = Tokens.issue

    def issue(self: Any, app_id: str, app_secret: str) -> Any:
        del app_secret
        return original(self, app_id, self._accounts[app_id].app_secret)

    patch.setattr(Tokens, "issue", issue)


def no_end(patch: pytest.MonkeyPatch) -> None:
    def found(self: Any, token: str) -> Any:
        return self._issued.get(vars(token_store)["_key"](token))

    patch.setattr(Tokens, "_found", found)


def any_room(patch: pytest.MonkeyPatch) -> None:
    original = Rooms.require

    def require(self: Any, room_id: int, account: Any, parameter: str = "liveId") -> Any:
        room = self.get(room_id)
        return original(self, room_id, account if room is None else room.account, parameter)

    patch.setattr(Rooms, "require", require)


def any_sender(patch: pytest.MonkeyPatch) -> None:
    original: Any = vars(mqtt.Live)["_addressed"]

    def addressed(self: Any, head: Any, delivery: Any) -> Any:
        session = self._known(head.session_id, delivery)
        sender = head.sender if session is None else session.topic_sub
        return original(self, msgspec.structs.replace(head, sender=sender), delivery)

    patch.setattr(mqtt.Live, "_addressed", addressed)


def at_the_front(patch: pytest.MonkeyPatch) -> None:
    def add(self: Any, pcm_ids: Any) -> None:
        self._playlist[:0] = self._items(pcm_ids)
        self._go_on()

    patch.setattr(Playback, "add", add)


def any_material(patch: pytest.MonkeyPatch) -> None:
    def items(self: Any, pcm_ids: Any, *, cut_in: bool = False) -> Any:
        item: Any = vars(playback)["_Item"]
        return [item(pcm_id, self._length(pcm_id) or 1.0, cut_in) for pcm_id in pcm_ids]

    patch.setattr(Playback, "_items", items)


def other_id(patch: pytest.MonkeyPatch) -> None:
    original = outgoing.Outgoing.result

    def result(self: Any, body: Any, *arguments: Any) -> Any:
        return original(self, body.replace(id=body.id + 1), *arguments)

    patch.setattr(outgoing.Outgoing, "result", result)


def positive_codes(patch: pytest.MonkeyPatch) -> None:
    original = ErrorReply.trusted

    def trusted(**members: Any) -> Any:
        return original(**{**members, "error": members["error"].trusted(code=7, message="no", session_id="")})

    patch.setattr(ErrorReply, "trusted", trusted)


def always_first_page(patch: pytest.MonkeyPatch) -> None:
    original = PageVO.of.__func__  # type: ignore[attr-defined]

    def of(cls: Any, rows: Any, page: Any, *arguments: Any, **keys: Any) -> Any:
        del page
        return original(cls, rows, 1, *arguments, **keys)

    patch.setattr(PageVO, "of", classmethod(of))


def all_categories(patch: pytest.MonkeyPatch) -> None:
    original = Stock.categories

    def categories(self: Any, code: str | None) -> Any:
        del code
        return original(self, None)

    patch.setattr(Stock, "categories", categories)


def shared_conversation(patch: pytest.MonkeyPatch) -> None:
    original = mqtt.Live.destroy

    def destroy(self: Any, session: Any, *arguments: Any) -> None:
        for each in list(self._state.sessions):
            original(self, each, *arguments)

    patch.setattr(mqtt.Live, "destroy", destroy)


def every_material(room: Any, kind: object) -> Any:
    del kind
    return list(room.materials.values())


def long_text(patch: pytest.MonkeyPatch) -> None:
    original = Materials.shown

    def shown(self: Any, material: Any) -> Any:
        return original(self, material).replace(duration=7)

    patch.setattr(Materials, "shown", shown)


def same_addresses(*_: object) -> PullAddresses:
    return _ADDRESSES


def always_a_path(*_: object) -> PathVO:
    return _PATH


def any_beat(conversation: Any, message_id: int) -> Any:
    del message_id
    return next(iter(conversation._beats.values()), None)


def nothing(*_: object, **__: object) -> None:
    return None


def true(*_: object, **__: object) -> bool:
    return True


def false(*_: object, **__: object) -> bool:
    return False


_ADDRESSES: Final = PullAddresses.of("127.0.0.1", "one")
_URLS: Final = RtmpVO(lan="rtmp://127.0.0.1/live", wan="rtmp://127.0.0.1/live")
_PATH: Final = PathVO(message="success", ok=True, info="", data=PathData(playaddr=PlayaddrVO(rtmp=_URLS)))

BUGS: Final = {
    # Tokens and accounts
    "another header": Bug("http.token.given", options={"token_headers": ("x-token",)}),
    "no bearer": Bug("http.token.bearer", options={"bearer": False}),
    "any secret": Bug("http.token.wrong_secret http.token.pair_of_two", patch=any_secret),
    "tokens without end": Bug("http.token.end http.token.end_after_renewal mqtt.creating.old_token", patch=no_end),
    "tokens are not renewed": Bug("http.token.renewed", patch=instead(Tokens, "renew", nothing)),
    "source is not looked at": Bug("http.createLive.no_source", patch=instead(http, "_from_sdk", nothing)),
    "every room is everybody's": Bug("http.rooms.other_account", patch=any_room),
    # Answers
    "status of token errors": Bug("http.envelope.failure_status", options={"token_error_status": 401}),
    "code as text": Bug("http.envelope.code_integer", options={"code_form": "text"}),
    "message for msg": Bug("http.envelope.text_msg", options={"text_member": "message"}),
    "no success": Bug("http.envelope.success", fault=remove("queryLivePage.response", "success")),
    "one room for a page": Bug("http.rooms.page_total", options={"live_page_form": "room"}),
    "pageSize for size": Bug("http.listPlatformSpeakers.as_declared", options={"page_size_member": "pageSize"}),
    "no token in the answer": Bug("http.token.given", fault=remove("getAccessToken.response", "data.token")),
    "always the first page": Bug("http.materials.page_parts http.rooms.page_parts", patch=always_first_page),
    # Rooms, materials, stock
    "an update does nothing": Bug("http.rooms.updated", patch=instead(Rooms, "update", nothing)),
    "the name is changed": Bug("http.rooms.kept", fault=change("queryLive.response", data__liveName="x")),
    "no filter of materials": Bug("http.materials.by_kind", patch=instead(Room, "materials_of", every_material)),
    "a text has a duration": Bug("http.materials.text", patch=long_text),
    "no filter of categories": Bug("http.stock.category_by_code", patch=all_categories),
    "other languages": Bug(
        "http.stock.languages",
        fault=Fault(message="listPlatformSpeakers.response", do="set", fields={"data.records[0].languages": ["fr"]}),
    ),
    "any voice conversion": Bug(
        "http.stock.synthesis", fault=change("synthesizeAndChangeVoice.response", data__filePath="")
    ),
    # Sessions over HTTP
    "one topic for all": Bug("http.session.another", fault=change("createLiveSession.response", data__topicSub="a/b")),
    "no expirationTime": Bug("http.session.opened", fault=remove("createLiveSession.response", "data.expirationTime")),
    "one stream for all": Bug(
        "http.pull.another mqtt.told.stream_of_session",
        patch=instead(PullAddresses, "of", same_addresses),
    ),
    "addresses too early": Bug("http.pull.too_early", patch=instead(Operations, "get_pull_path", always_a_path)),
    "addresses without a level": Bug("http.pull.level", options={"path_form": "table"}),
    "a record lives on": Bug("http.records.over", patch=instead(Records, "end", nothing)),
    # The broker
    "everybody is let in": Bug(
        "mqtt.broker.wrong_login mqtt.broker.anonymous", patch=instead(access.Access, "authenticate", true)
    ),
    "everybody listens": Bug("mqtt.topics.other_account", patch=instead(access.Access, "may_subscribe", true)),
    "every topic counts": Bug("mqtt.topics.elsewhere", patch=instead(access.Access, "may_publish", true)),
    "no PINGRESP": Bug("mqtt.broker.ping", patch=instead(connection, "PINGRESP", b"")),
    "no keep alive": Bug("mqtt.broker.keep_alive", patch=instead(connection.Connection, "_watch_over", nothing)),
    # Envelopes
    "every sender": Bug("mqtt.envelope.wrong_sender", patch=any_sender),
    "ids may come again": Bug("mqtt.envelope.id_used", patch=instead(Conversation, "used", false)),
    "answers with another id": Bug("mqtt.envelope.result_id", patch=other_id),
    "positive codes": Bug("mqtt.envelope.error_members mqtt.envelope.unknown_method", patch=positive_codes),
    "silence about errors": Bug("mqtt.envelope.unknown_method mqtt.envelope.bad_params", fault=drop("error")),
    "result and error": Bug(
        "mqtt.destroying.result", fault=change("DestroySession.result", error={"code": -1, "message": "a"})
    ),
    # Requests
    "materials of nobody": Bug("mqtt.creating.unknown_material", options={"unknown_materials": "play"}),
    "materials of nobody later": Bug("mqtt.playlist.unknown_material", patch=any_material),
    "every command": Bug("mqtt.commands.unknown_command", options={"allow_unknown_commands": True}),
    "elements stay": Bug("mqtt.elements.removed", patch=instead(Elements, "remove", true)),
    "at the front of the playlist": Bug("mqtt.playlist.appended", patch=at_the_front),
    "the playlist is missing": Bug("mqtt.playlist.read", fault=remove("pushPlayListManager.result", "result.data")),
    "DestroySession does nothing": Bug(
        "mqtt.destroying.gone mqtt.ModifySessionResList.after_destruction", patch=instead(mqtt.Live, "_end", nothing)
    ),
    "all sessions end": Bug("mqtt.destroying.by_vendor mqtt.silence.one_of_two", patch=shared_conversation),
    # What is told
    "no stream": Bug("mqtt.told.stream", fault=drop("SessionState.StreamPlay")),
    "the stream is not started": Bug("mqtt.told.stream mqtt.told.begins", options={"stream_start": "execute"}),
    "nothing is shown": Bug("mqtt.told.shown", fault=drop("SessionState.Show")),
    "another scene": Bug("mqtt.told.shown", fault=change("SessionState.Show", params__udCode="x")),
    "another material": Bug("mqtt.told.begins", fault=change("SessionState.playlist", params__nowPcmId=1)),
    "no end of items": Bug(
        "mqtt.playlist.in_turn", fault=drop("SessionState.playlist", where={"params.status": "end"})
    ),
    "another word for cut-ins": Bug("mqtt.playlist.cut_in_kind", options={"cut_in_literal": "insertList"}),
    # Heartbeats and silence
    "no heartbeats": Bug("mqtt.heartbeats.sent", options={"heartbeat_seconds": None}),
    "heartbeats without prefix": Bug("mqtt.heartbeats.prefix", options={"heartbeat_prefix": False}),
    "answers do not count": Bug("mqtt.heartbeats.keep_alive", patch=instead(Sessions, "touch", nothing)),
    "every answer counts": Bug("mqtt.heartbeats.wrong_answers", patch=instead(Conversation, "beat_answered", any_beat)),
    "requests do not count": Bug("mqtt.silence.requests", options={"interaction": "heartbeats"}),
    "sessions without end": Bug("mqtt.silence.destroyed", patch=instead(Sessions, "_watch", nothing)),
    "the end is not told": Bug("mqtt.silence.destroyed", fault=drop("SessionState.Destroy")),
    "the end is told twice": Bug("mqtt.silence.once", fault=Fault(message="SessionState.Destroy", do="duplicate")),
    "one heartbeat may be missed": Bug("mqtt.silence.not_before", options={"missed_heartbeats": 1}),
    "the cause is lost": Bug("mqtt.destroying.by_vendor", fault=change("SessionState.Destroy", params__cause="")),
    "a message beside its declaration": Bug(
        "mqtt.told.Show.as_declared mqtt.told.shown", fault=change("SessionState.Show", params__id=1)
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_case_finds_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    ids = [f"guiji.{case_id}" for case_id in bug.cases.split()]
    if bug.patch is not None:
        bug.patch(monkeypatch)
    with fake(**bug.options, **({"faults": [bug.fault]} if bug.fault else {})) as server:
        results = judged(server, ids, patience=0.5)
    found = {case_id: result.verdict for case_id, result in results.items()}
    assert set(found.values()) <= {"failed", "non_strict", "informational"}, {
        case_id: result.observed for case_id, result in results.items()
    }


def test_they_are_known() -> None:
    assert {case_id for bug in BUGS.values() for case_id in bug.cases.split()} <= {
        case_id.removeprefix("guiji.") for case_id in CASES
    }
