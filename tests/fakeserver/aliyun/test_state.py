"""What the fake remembers as a whole: sessions from start to end, who is told, and who may open a socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from avatarwire.codecs.aliyun.http import START_AVATAR_SESSION
from avatarwire.codecs.aliyun.http_enums import SessionStatus
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.tokens import parse_websocket_url
from avatarwire.codecs.errors import TokenError
from avatarwire.fakeserver import FakeAliyun, FakeServerError
from avatarwire.fakeserver.aliyun.state import AliyunState, Expired, Project, Stopped, TextReceived
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.http.refusal import Refusal
from tests.fakeserver.aliyun.client import MAIN_ID, PROJECT, Events, Talking, new_project, start, state_of


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def test_the_default_project_is_the_first_deployed_one(clock: VirtualClock) -> None:
    projects = [{"id": "1", "status": "DRAFT"}, {"id": "2"}, {"id": "3"}]
    assert state_of(clock, projects=projects).default_project_id == "2"
    assert state_of(clock).default_project_id == PROJECT
    reason = r"aliyun\.projects: no project of the first account is DEPLOYED from the start; there are: 1 DRAFT"
    with pytest.raises(FakeServerError, match=rf"^{reason}$"):
        _ = state_of(clock, projects=projects[:1]).default_project_id
    with pytest.raises(FakeServerError, match=r"there are: none$"):
        _ = state_of(clock, projects=[]).default_project_id


def test_a_fake_without_a_deployed_project_is_ready_all_the_same() -> None:
    with FakeAliyun(projects=[{"id": "1", "status": "OFFLINE"}]) as fake:
        assert fake.ready["project_id"] == ""
        assert fake.ready["access_key_id"] == fake.access_key_id


# --- sessions ---


def test_a_start_is_idempotent_while_its_session_lives(clock: VirtualClock) -> None:
    state = state_of(clock, projects=[{"id": "1"}, {"id": "2"}])
    first = start(state, "rq-1", "1")
    again = start(state, "rq-1", "1")
    assert (again.session, first.is_new, again.is_new) == (first.session, True, False)
    assert again.channel_token != first.channel_token  # ALI-E57
    assert start(state, "rq-2", "1").session is not first.session
    assert start(state, "rq-1", "2").session is not first.session  # ALI-E71: the key is of one project
    state.stop(first.session, "test")
    assert start(state, "rq-1", "1").is_new


def test_a_start_without_request_id_is_always_new(clock: VirtualClock) -> None:
    state = state_of(clock)
    request = START_AVATAR_SESSION.request.convert({"projectId": PROJECT}).value
    assert state.start(request, MAIN_ID).session is not state.start(request, MAIN_ID).session


def test_a_living_session_can_be_refreshed_while_its_project_is_republished(clock: VirtualClock) -> None:
    state = state_of(clock, strict=True)
    first = start(state)
    state.projects.publish(first.session.project, 1)
    assert start(state).session is first.session
    with pytest.raises(Refusal, match="is DEPLOYING; strict start needs one that is DEPLOYED"):
        start(state, "rq-2")


def test_a_session_knows_its_project_and_channel(clock: VirtualClock) -> None:
    started = start(state_of(clock), request_id="rq-1", custom_push_url="rtmp://127.0.0.1/live/a", custom_user_id="u-1")
    session = started.session
    assert (session.project_id, session.agent_id, session.request_id) == (PROJECT, "agent-1", "rq-1")
    assert (session.user_id, session.custom_push_url) == ("u-1", "rtmp://127.0.0.1/live/a")
    assert (session.created_at, session.stopped) == (clock.now(), False)
    for secret in ("rtmp", started.channel_token, started.web_socket_url):
        assert secret not in repr(started)


@pytest.mark.parametrize(
    ("tier", "attached", "busy", "stopped", "status"),
    [
        ("STANDARD", 0, False, False, "FREE"),
        ("STANDARD", 1, False, False, "BUSY"),
        ("STANDARD", 0, True, False, "BUSY"),
        ("ADVANCED", 0, False, False, "BUSY"),  # ALI-R054: never FREE
        ("STANDARD", 1, True, True, "STOPPED"),
        ("ADVANCED", 0, False, True, "STOPPED"),
    ],
)
def test_the_status_of_a_session(
    clock: VirtualClock, tier: str, attached: int, busy: bool, stopped: bool, status: str
) -> None:
    state = state_of(clock, projects=[{"id": "1", "res_spec_type": tier}])
    session = start(state, project_id="1").session
    session.attached, session.talk = attached, Talking(busy)
    if stopped:
        state.stop(session, "test")
    assert session.status == SessionStatus(status)


def test_what_ends_a_session_happens_once(clock: VirtualClock) -> None:
    events: Events = []
    state = state_of(clock, events)
    one, other = start(state, "rq-1").session, start(state, "rq-2").session
    state.stop(one, "bye")
    state.stop(one, "again")
    state.sessions.expire(one, "too late")
    state.sessions.expire(other, "enough")
    assert (events, one.stopped) == ([(one, Stopped("bye")), (other, Expired("enough", in_time=False))], True)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (AliyunState.delete, "the project was deleted"),
        (AliyunState.take_offline, "the project was taken offline"),
    ],
    ids=["delete", "offline"],
)
def test_a_project_takes_its_sessions_with_it(
    clock: VirtualClock, act: Callable[[AliyunState, Project], None], reason: str
) -> None:
    events: Events = []
    state = state_of(clock, events, projects=[{"id": "1"}, {"id": "2"}])
    sessions = [start(state, request_id, "1").session for request_id in ("rq-1", "rq-2")]
    other = start(state, "rq-1", "2").session
    act(state, state.projects.require("1", MAIN_ID))
    assert events == [(session, Stopped(reason)) for session in sessions]
    assert not other.stopped


def test_a_line_expires(clock: VirtualClock) -> None:
    events: Events = []
    session = start(state_of(clock, events, line_seconds=60, idle_seconds=50)).session
    clock.advance(30)
    session.touch(clock.now())
    clock.advance(29)
    assert events == []
    clock.advance(1)
    assert (events, session.status, clock.pending) == ([(session, Expired("the line expired"))], "STOPPED", 0)


def test_silence_ends_a_session(clock: VirtualClock) -> None:
    events: Events = []
    session = start(state_of(clock, events, idle_seconds=10)).session
    for _ in range(5):
        clock.advance(9.3)
        session.touch(clock.now())
        assert clock.pending == 1  # one timer, however often something is said
    clock.advance(9.9)
    assert events == []
    clock.advance(0.1)
    assert events == [(session, Expired("nothing was said for 10 s"))]


def test_speaking_is_no_silence(clock: VirtualClock) -> None:
    state = state_of(clock, idle_seconds=10)
    session = start(state).session
    talk = session.talk = Talking(busy=True)
    clock.advance(25)
    assert not session.stopped
    talk.busy = False
    clock.advance(5)
    assert session.stopped  # the server looked last after 20 s


def test_starting_again_is_no_silence(clock: VirtualClock) -> None:
    state = state_of(clock, idle_seconds=10)
    start(state)
    clock.advance(9)
    session = start(state).session
    clock.advance(9)
    assert not session.stopped


def test_a_text_is_said_to_a_session(clock: VirtualClock) -> None:
    events: Events = []
    state = state_of(clock, events)
    session = start(state).session
    clock.advance(3)
    state.say(session, "hello", AskType.BROADCAST, "rq-9")
    assert events == [(session, TextReceived("hello", AskType.BROADCAST, "rq-9"))]
    assert session.last_activity == clock.now()
    state.stop(session, "test")
    with pytest.raises(Refusal, match="is stopped") as caught:
        state.say(session, "hello", AskType.ASK, "rq-9")
    assert caught.value.code == "IncorrectSessionStatus"


def test_sessions_can_be_limited_to_the_lines_of_the_project(clock: VirtualClock) -> None:
    state = state_of(clock, projects=[{"id": "1", "channels": 2}], channel_quota=True)
    first = start(state, "rq-1", "1").session
    start(state, "rq-2", "1")
    with pytest.raises(Refusal, match=r"all 2 lines of project 1 are in use \[ALI-E89\]") as caught:
        start(state, "rq-3", "1")
    assert caught.value.code == "QuotaExceeded.Channels"
    assert not start(state, "rq-1", "1").is_new  # takes no further line
    state.stop(first, "test")
    assert start(state, "rq-3", "1").is_new


def test_only_so_many_stopped_sessions_are_remembered(clock: VirtualClock) -> None:
    state = state_of(clock, stopped_kept=1)
    first, second = (start(state, request_id).session for request_id in ("rq-1", "rq-2"))
    state.stop(first, "test")
    assert state.session(first.id) is first
    state.stop(second, "test")
    assert (state.session(first.id), state.session(second.id)) == (None, second)
    assert state.sessions.of(second.project) == [second]


def test_nothing_of_a_forgotten_project_remains(clock: VirtualClock) -> None:
    state = state_of(clock, stopped_kept=0)
    session = start(state).session
    state.stop(session, "test")
    assert (state.session(session.id), state.sessions.of(session.project)) == (None, [])


def test_stopping_leaves_no_timers(clock: VirtualClock) -> None:
    state = state_of(clock, line_seconds=60, idle_seconds=10)
    session = start(state, "rq-1").session
    start(state, "rq-2")
    new_project(state)
    assert clock.pending == 5
    state.stop(session, "test")
    assert clock.pending == 3


# --- the socket ---


def test_the_url_opens_the_session_until_its_token_expires(clock: VirtualClock) -> None:
    state = state_of(clock, token_seconds=60)
    started = start(state)
    url = parse_websocket_url(started.web_socket_url)
    assert (url.host, url.port, url.path, url.session_id) == ("127.0.0.1", 7005, "/v1/interaction", started.session.id)
    clock.advance(59)
    assert state.verify_socket(url.token, url.session_id, clock.now()) is started.session
    clock.advance(1)
    with pytest.raises(TokenError, match="expired"):
        state.verify_socket(url.token, url.session_id, clock.now())


def test_a_socket_needs_a_living_session(clock: VirtualClock) -> None:
    state = state_of(clock, stopped_kept=1)
    url = parse_websocket_url(start(state, "rq-1").web_socket_url)
    other = start(state, "rq-2").session
    with pytest.raises(TokenError, match="another sessionId"):
        state.verify_socket(url.token, other.id, clock.now())
    session = state.session(url.session_id)
    assert session is not None
    state.stop(session, "test")
    with pytest.raises(TokenError, match=rf"session {session.id} is stopped \[ALI-E51\]"):
        state.verify_socket(url.token, session.id, clock.now())
    state.stop(other, "test")  # makes the first one forgotten
    with pytest.raises(TokenError, match=f"session {session.id} is not known"):
        state.verify_socket(url.token, session.id, clock.now())


def test_ids_come_from_the_seed(clock: VirtualClock) -> None:
    first, second = start(state_of(clock)).session, start(state_of(clock)).session
    assert first.id == second.id
    assert (len(first.id), first.id[14], first.id) == (36, "4", first.id.lower())
