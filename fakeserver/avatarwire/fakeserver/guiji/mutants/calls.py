"""Ways in which the HTTP surface of the fake Guiji is broken."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs

from msgspec.structs import replace

from avatarwire.codecs.guiji.http import GET_ACCESS_TOKEN, GET_PULL_PATH, PageVO
from avatarwire.fakeserver.guiji import token_store
from avatarwire.fakeserver.guiji.operations import Operations
from avatarwire.fakeserver.guiji.records import Records
from avatarwire.fakeserver.guiji.resources import Stock
from avatarwire.fakeserver.guiji.rooms import Room, Rooms
from avatarwire.fakeserver.guiji.sessions import LiveSession, PullAddresses, Sessions
from avatarwire.fakeserver.guiji.token_store import Tokens
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.mutant import Patches

from .making import Apply, Call, around, changed, examining, fixed, mutants, private, refusing_calls, without

__all__ = ["GIVEN", "MUTANTS"]

GIVEN: Final = '{"code":200,"msg":"处理成功","success":true,"data":1}'.encode()
"""A success that gives something."""

_FAILURE: Final = 500


# --- key pairs and tokens ---


def _any_secret(original: Call, patches: Patches) -> Call:
    def issue(tokens: Any, app_id: str, app_secret: str) -> Any:
        accounts = tokens._accounts
        account = accounts.get(app_id) or next(iter(accounts.values()))
        if (account.app_id, account.app_secret) != (app_id, app_secret):
            patches.note("a wrong key pair is let in")
        return original(tokens, account.app_id, account.app_secret)

    return issue


def _one_token(original: Call, patches: Patches) -> Call:
    def issue(tokens: Any, app_id: str, app_secret: str) -> Any:
        tokens.expire(app_id)
        patches.note("earlier tokens end")
        return original(tokens, app_id, app_secret)

    return issue


def _found(which: Call) -> Callable[[Call, Patches], Call]:
    def make(original: Call, patches: Patches) -> Call:
        def found(tokens: Any, token: str) -> Any:
            other = which(tokens, token)
            if other is not None and original(tokens, token) is None:
                tokens._issued.setdefault(private(token_store, "_key")(token), other)
                patches.note("a token that is not valid is let in")
            return other

        return found

    return make


def _even_old(tokens: Any, token: str) -> Any:
    return tokens._issued.get(private(token_store, "_key")(token))


def _any_of_them(tokens: Any, token: str) -> Any:
    found = _even_old(tokens, token) or next(iter(tokens._issued.values()), None)
    return found or private(token_store, "_Issued")(next(iter(tokens._accounts.values())), 1e12)


def _renewing(original: Call, patches: Patches) -> Call:
    def account_of(tokens: Any, token: str) -> Any:
        patches.note("a token is renewed before all is checked")
        tokens.renew(token)
        return original(tokens, token)

    return account_of


def _token_not_needed(exchange: Exchange[Any], patches: Patches, examine: Callable[[], None]) -> None:
    headers: Any = exchange.headers
    if not headers.get("token", "").strip() and "authorization" not in headers:
        server: Any = patches.server
        headers["token"] = server.state.tokens.issue(server.app_id, server.app_secret).token
        patches.note("no token is needed")
    examine()


def _token_in_query(exchange: Exchange[Any], patches: Patches, examine: Callable[[], None]) -> None:
    headers: Any = exchange.headers
    for token in parse_qs(exchange.call.query).get("token", ()):
        headers["token"] = token
        patches.note("the token is read from the query")
    examine()


def _header_in_small_letters(exchange: Exchange[Any], patches: Patches, examine: Callable[[], None]) -> None:
    headers: Any = exchange.headers
    if "token" in headers and not any(name == "token" for name, _ in exchange.call.headers):
        del headers["token"]
        patches.note("the header has another name")
    examine()


# --- calls ---


def _refused_and_done(original: Call, patches: Patches) -> Call:
    def examine(pipeline: Any, exchange: Exchange[Any]) -> None:
        try:
            original(pipeline, exchange)
        except Refusal:
            rules = pipeline._rules
            try:
                rules.validation.validate(exchange)
                rules.handlers[exchange.operation.id](exchange.request, exchange)
                patches.note("what is refused is carried out")
            except (Refusal, KeyError):
                pass
            raise

    return examine


def _validated_first(original: Call, patches: Patches) -> Call:
    def examine(pipeline: Any, exchange: Exchange[Any]) -> None:
        exchange.operation = pipeline._route(exchange)
        try:
            pipeline._rules.validation.validate(exchange)
        except Refusal:
            patches.note("parameters are looked at before the token")
            raise
        original(pipeline, exchange)

    return examine


def _never_failing(original: Call, patches: Patches) -> Call:
    def refused(pipeline: Any, exchange: Exchange[Any], refusal: Refusal) -> Any:
        answer = original(pipeline, exchange, refusal)
        if refusal.code != _FAILURE:
            return answer
        patches.note("what is refused succeeds")
        return replace(answer, status=200, body=GIVEN, answer=None, failed=False)

    return refused


def _stubborn(original: Call, patches: Patches) -> Call:
    bad: list[str] = []

    def examine(pipeline: Any, exchange: Exchange[Any]) -> None:
        if bad:
            patches.note("a good call is refused behind a bad one")
            raise Refusal("not after that", _FAILURE)
        try:
            original(pipeline, exchange)
        except Refusal:
            bad.append(exchange.call.path)
            raise

    return examine


def _nothing_about_size(answer: Any) -> Any:
    return replace(answer, body=b"")


def _is_at_limits(exchange: Exchange[Any]) -> bool:
    request = exchange.request
    return any(abs(getattr(request, name, None) or 0) == 20 for name in ("volume", "intonation", "speed_rate"))


# --- pages ---


def _page(change: Callable[[int, int, int], tuple[int, int]]) -> Apply:
    """Other pages.

    Args:
        change: from the count of rows, the page and its size to another page and size.
    """

    def apply(patches: Patches) -> None:
        original: Any = vars(PageVO)["of"].__func__

        def of(cls: Any, rows: Any, page: int, page_size: int, *arguments: Any, **more: Any) -> Any:
            other = change(len(rows), page, page_size)
            if other != (page, page_size):
                patches.note("another page")
            return original(cls, rows, *other, *arguments, **more)

        patches.value(PageVO, "of", classmethod(of))

    return apply


# --- rooms, materials, sessions ---


def _any_room(original: Call, patches: Patches) -> Call:
    def require(rooms: Any, room_id: int, account: Any, parameter: str = "liveId") -> Any:
        room = rooms.get(room_id)
        if room is not None and room.account != account:
            patches.note("another account's room is used")
            account = room.account
        return original(rooms, room_id, account, parameter)

    return require


def _everybodys(attribute: str) -> Callable[[Call, Patches], Call]:
    def make(original: Call, patches: Patches) -> Call:
        def of(store: Any, account: Any) -> Any:
            found = list(getattr(store, attribute).values())
            if len(found) != len(original(store, account)):
                patches.note("what others have is listed, too")
            return found

        return of

    return make


def _clearing(original: Call, patches: Patches) -> Call:
    def update(rooms: Any, request: Any, account: Any) -> None:
        original(rooms, request, account)
        room = rooms.get(request.id)
        if not isinstance(request.cutin_flag, bool):
            room.cutin_flag = False
        if not isinstance(request.live_name, str):
            room.name = "?"
        if not isinstance(request.robot_list, tuple):
            room.robots = ()
        patches.note("what is not given is cleared")

    return update


def _needing_covers(original: Call, patches: Patches) -> Call:
    def create(rooms: Any, request: Any, account: Any) -> Any:
        scenes = [scene for robot in request.robot_list or () for scene in robot.scene_list or ()]
        if not all(scene.video_cover_url for scene in scenes):
            patches.note("a scene without a video is refused")
            raise Refusal("a video is needed", _FAILURE)
        return original(rooms, request, account)

    return create


def _of_every_room(original: Call, patches: Patches) -> Call:
    def materials_of(room: Any, kind: Any) -> Any:
        server: Any = patches.server
        found = [each for other in server.state.rooms._rooms.values() for each in original(other, kind)]
        if found != original(room, kind):
            patches.note("materials of other rooms are listed, too")
        return found

    return materials_of


def _of_every_kind(original: Call, patches: Patches) -> Call:
    def materials_of(room: Any, kind: Any) -> Any:
        if kind is not None:
            patches.note("the kind is not looked at")
        return original(room, None)

    return materials_of


def _refusing(original: Call, patches: Patches) -> Call:
    def check(operations: Any, given: Any, *arguments: Any) -> None:
        original(operations, given, *arguments)
        if given is not None:
            patches.note("a right voice is refused")
            raise Refusal("no such voice", _FAILURE)

    return check


def _every_category(original: Call, patches: Patches) -> Call:
    def categories(stock: Any, code: str | None) -> Any:
        if code:
            patches.note("the code is not looked at")
        return original(stock, None)

    return categories


def _every_material(original: Call, patches: Patches) -> Call:
    def public_materials(stock: Any, request: Any) -> Any:
        patches.note("nothing is selected")
        return original(stock, request.replace(code="", parent_code="", name=""))

    return public_materials


def _one_at_a_time(is_hindrance: Callable[[LiveSession, Room], object]) -> Callable[[Call, Patches], Call]:
    def make(original: Call, patches: Patches) -> Call:
        def create(sessions: Any, room: Room, *arguments: Any) -> Any:
            if any(is_hindrance(each, room) for each in sessions):
                patches.note("a session is refused as there was another")
                raise Refusal("one session at a time", _FAILURE)
            return original(sessions, room, *arguments)

        return create

    return make


def _same_addresses(original: Call, patches: Patches) -> Call:
    def of(host: str, session_id: str) -> PullAddresses:
        del session_id
        patches.note("the same addresses for each session")
        found: PullAddresses = original(host, "one")
        return found

    return of


def _without_source(exchange: Exchange[Any]) -> bool:
    return exchange.operation is GET_ACCESS_TOKEN and "source" not in exchange.headers


def _with_charset(exchange: Exchange[Any]) -> bool:
    return "charset" in exchange.headers.get("content-type", "")


def _with_unknown(exchange: Exchange[Any]) -> bool:
    return b'"xUnknown"' in exchange.call.body


def _in_body(exchange: Exchange[Any]) -> bool:
    return exchange.operation is GET_PULL_PATH and bool(exchange.call.body)


MUTANTS: Final = MappingProxyType(
    mutants(
        any_secret=("Every appSecret is right.", around(Tokens, "issue", _any_secret)),
        one_token=("A new token ends earlier ones.", around(Tokens, "issue", _one_token)),
        tokens_live_on=("A token never ends.", around(Tokens, "_found", _found(_even_old))),
        any_token=("Every token is valid.", around(Tokens, "_found", _found(_any_of_them))),
        tokens_not_renewed=("A call does not renew its token.", without(Tokens, "renew")),
        tokens_renewed_too_soon=("A call that is refused renews its token.", around(Tokens, "account_of", _renewing)),
        tokens_stay=("The vendor ends no token.", without(Tokens, "expire")),
        token_not_needed=("Calls need no token.", examining(_token_not_needed)),
        token_in_query=("A token in the query counts.", examining(_token_in_query)),
        header_in_small_letters=("The header token has small letters only.", examining(_header_in_small_letters)),
        source_for_tokens=("getAccessToken needs source.", refusing_calls(_without_source)),
        parameters_first=("Parameters are looked at before the token.", around(Pipeline, "_examine", _validated_first)),
        refused_and_done=("What is refused is carried out.", around(Pipeline, "_examine", _refused_and_done)),
        calls_never_fail=("A call that fails succeeds.", around(Pipeline, "_refused", _never_failing)),
        stubborn=("After a bad call every call fails.", around(Pipeline, "_examine", _stubborn)),
        silent_about_size=(
            "A body that is too large is answered by nothing.",
            changed(Pipeline, "too_large", _nothing_about_size),
        ),
        no_charset=("A charset is refused.", refusing_calls(_with_charset)),
        no_unknown_members=("Members that nobody knows are refused.", refusing_calls(_with_unknown)),
        no_limits=("-20 and 20 are refused.", refusing_calls(_is_at_limits)),
        no_body=("getPullPath takes a query only.", refusing_calls(_in_body)),
        first_page=("Every page is the first.", _page(lambda rows, page, size: (1, size))),
        one_row=("Every page has one row.", _page(lambda rows, page, size: (page, 1))),
        last_page=(
            "Behind the last page the last page comes again.",
            _page(lambda rows, page, size: (min(page, max(1, -(-rows // size))), size)),
        ),
        any_room=("Every room is everybody's.", around(Rooms, "require", _any_room)),
        every_room=("Pages have the rooms of all accounts.", around(Rooms, "of", _everybodys("_rooms"))),
        no_updates=("updateLive does nothing.", without(Rooms, "update")),
        updates_clear=("updateLive clears what is not given.", around(Rooms, "update", _clearing)),
        covers_needed=("A new room's scenes need a video.", around(Rooms, "create", _needing_covers)),
        materials_of_all=("A room has the materials of all rooms.", around(Room, "materials_of", _of_every_room)),
        every_kind=("Materials are not filtered.", around(Room, "materials_of", _of_every_kind)),
        no_voices=("No voice can be used.", around(Operations, "_check_speaker", _refusing)),
        no_conversion=("No voice can be converted.", around(Operations, "_check_conversion", _refusing)),
        every_category=("Every code selects all categories.", around(Stock, "categories", _every_category)),
        every_public_material=(
            "Public materials are not selected.",
            around(Stock, "public_materials", _every_material),
        ),
        one_session_a_room=(
            "A room has one session at a time.",
            around(Sessions, "create", _one_at_a_time(lambda it, room: it.begun and it.room is room)),
        ),
        last_session=(
            "After a session was destroyed for silence there are no others.",
            around(Sessions, "create", _one_at_a_time(lambda it, room: it.destroyed and it.end == "silence")),
        ),
        same_addresses=(
            "All sessions have the same stream.",
            around(PullAddresses, "of", _same_addresses, is_static=True),
        ),
        always_running=("Every session has pull addresses.", fixed(LiveSession, "running", value=True)),
        no_records=("Nothing is recorded.", without(Records, "begin")),
        endless_records=("A record never ends.", without(Records, "end")),
        everybodys_records=("Records are everybody's.", around(Records, "of", _everybodys("_by_session"))),
    )
)
"""By name."""
