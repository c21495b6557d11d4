"""Cases about CreateNewSession (4.2.3): what it takes, and what it refuses."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench
from ..heard import error_of, part, result_of
from ..talk import RTMP, Talk
from .needs import CLOCK, INVALID
from .samples import IMAGE

__all__ = ["BACKGROUND", "CASES", "PLAYER"]

_DISTORT: Final[dict[str, Any]] = {
    "type": "center",
    "resOptions": {"type": "aivoicedistort", "name": "aivoicedistort", "distortState": False, "speekerId": 0},
}
PLAYER: Final[dict[str, Any]] = {
    "type": "fore",
    "resOptions": {
        "type": "player",
        "name": "video",
        "url": "http://127.0.0.1/one.mp4",
        "mute": True,
        "loop": -1,
    },
    "drawOptions": {"x": 0, "y": 0, "width": 300, "height": 200},
}
BACKGROUND: Final[dict[str, Any]] = {
    "type": "back",
    "resOptions": {
        "name": "background",
        "type": "image",
        "url": "http://127.0.0.1/back.png",
        "exclusive": {"SameNameInGroup": True},
    },
    "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920, "zidx": -1},
}


async def succeeds(bench: GuijiBench) -> None:
    talk = await bench.joined()
    result = await talk.create([await bench.any_material()])
    expect(result.get("sessionId") == talk.session.id, f"result.sessionId {talk.session.id}", result)


async def says_complete(bench: GuijiBench) -> None:
    talk = await bench.joined()
    result = await talk.create([await bench.any_material()])
    expect(result.get("message") == "make sess complete!", "message make sess complete!", result)


async def refuses(bench: GuijiBench, talk: Talk, **members: Any) -> None:
    """CreateNewSession with other members is refused, and the right one still succeeds."""
    pcm_id = await bench.any_material()
    fields = await talk.creation([pcm_id])
    inner = {**fields["params"], **members.pop("params", {})}
    error_of(await talk.asked_to_create({**fields, **members, "params": inner}))
    await talk.create([pcm_id])


async def wrong_token(bench: GuijiBench) -> None:
    wrong = bench.made_up("none")
    await refuses(bench, await bench.joined(), token=wrong, params={"token": wrong})


async def tokens_differ(bench: GuijiBench) -> None:
    await refuses(bench, await bench.joined(), params={"token": bench.made_up("none")})
    await refuses(bench, await bench.joined(), token=bench.made_up("none"))


async def token_once(bench: GuijiBench) -> None:
    talk = await bench.joined()
    fields = await talk.creation([await bench.any_material()])
    del fields["params"]["token"]
    result_of(await talk.asked_to_create(fields))


async def no_token(bench: GuijiBench) -> None:
    talk = await bench.joined()
    fields = await talk.creation([await bench.any_material()])
    del fields["params"]["token"], fields["token"]
    error_of(await talk.asked_to_create(fields))
    await talk.create([await bench.any_material()])


async def other_accounts_token(bench: GuijiBench) -> None:
    other = await bench.other_account()
    await refuses(bench, await bench.joined(), token=other.token, params={"token": other.token})


async def old_token(bench: GuijiBench) -> None:
    talk, pcm_id = await bench.joined(), await bench.any_material()
    seconds = int(part((await bench.account()).fields, "expirationTime"))
    step = max(1, int(part(talk.session.fields, "expirationTime")) // 3)
    new = ""
    if seconds > step:
        # The session would end in the meantime, so it is opened when the token is about to end.
        await bench.control.advance(seconds - step)
        new = (await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))).token
        fresh = await bench.opened(account=await bench.log_in(*_key_pair(bench)))
        await talk.join(fresh)
    old = await bench.token()
    await bench.control.advance(step + 1)
    fields = await talk.creation([pcm_id])
    error_of(await talk.asked_to_create({**fields, "token": old, "params": {**fields["params"], "token": old}}))
    good = await talk.creation([pcm_id])
    result_of(await talk.asked_to_create({**good, "token": new, "params": {**good["params"], "token": new}}))


def _key_pair(bench: GuijiBench) -> tuple[str, str]:
    return bench.endpoint.text("app_id"), bench.endpoint.text("app_secret")


async def other_room(bench: GuijiBench) -> None:
    await refuses(bench, await bench.joined(), liveId=await bench.room())


async def unknown_room(bench: GuijiBench) -> None:
    await refuses(bench, await bench.joined(), liveId=999_999_999)


async def no_human(bench: GuijiBench) -> None:
    for elements in ([], [RTMP], [IMAGE, RTMP]):
        await refuses(bench, await bench.joined(), params={"resList": elements})


async def code_without_template(bench: GuijiBench) -> None:
    talk = await bench.joined()
    human = await talk.human()
    driven = {**human["resOptions"]["audioDriven"], "udCodeUsed": "999999999"}
    wrong = {**human, "resOptions": {**human["resOptions"], "audioDriven": driven}}
    await refuses(bench, talk, params={"resList": [wrong]})


async def unknown_material(bench: GuijiBench) -> None:
    for playlist in ([999_999_999], [await bench.material(), 999_999_999], [-1]):
        await refuses(bench, await bench.joined(), params={"playlist": playlist})


async def material_elsewhere(bench: GuijiBench) -> None:
    elsewhere = await bench.material(await bench.room())
    await refuses(bench, await bench.joined(), params={"playlist": [elsewhere]})


async def no_playlist(bench: GuijiBench) -> None:
    await refuses(bench, await bench.joined(), params={"playlist": []})
    talk = await bench.joined()
    fields = await talk.creation([])
    del fields["params"]["playlist"]
    error_of(await talk.asked_to_create(fields))


async def all_elements(bench: GuijiBench) -> None:
    talk = await bench.joined()
    elements = [RTMP, _DISTORT, await talk.human(), IMAGE, PLAYER, BACKGROUND]
    await talk.create([await bench.any_material()], resList=elements)
    await talk.still_works()


async def each_loop(bench: GuijiBench) -> None:
    for loop in (-1, 0, 1, 5):
        talk = await bench.joined()
        player = {**PLAYER, "resOptions": {**PLAYER["resOptions"], "loop": loop}}
        await talk.create([await bench.any_material()], resList=[await talk.human(), player])


async def loop_below(bench: GuijiBench) -> None:
    talk = await bench.joined()
    player = {**PLAYER, "resOptions": {**PLAYER["resOptions"], "loop": -2}}
    await refuses(bench, talk, params={"resList": [await talk.human(), player]})


async def each_matting(bench: GuijiBench) -> None:
    for matting in (0, 1):
        talk = await bench.joined()
        human = await talk.human()
        human["resOptions"]["audioDriven"]["templates"][0]["matting"] = matting
        del human["resOptions"]["audioDriven"]["randomPlay"]
        await talk.create([await bench.any_material()], resList=[human])


async def twice(bench: GuijiBench) -> None:
    talk, pcm_id = await bench.joined(), await bench.any_material()
    await talk.create([pcm_id])
    answer = await talk.asked_to_create(await talk.creation([pcm_id]))
    expect("result" in answer or "error" in answer, "an answer", answer)
    await talk.still_works()


_P: Final = "guiji.mqtt.creating"

CASES: Final = (
    Case(f"{_P}.succeeds", "CreateNewSession has a result with the session id.", ("GJ-R083", "GJ-R080"), succeeds),
    Case(f"{_P}.complete", "Its message is make sess complete!", ("GJ-E82",), says_complete, "ambiguous"),
    Case(f"{_P}.wrong_token", "An unknown token is refused.", ("GJ-R084",), wrong_token, needs=INVALID),
    Case(f"{_P}.no_token", "No token is refused.", ("GJ-R085", "GJ-R084"), no_token, needs=INVALID),
    Case(
        f"{_P}.tokens_differ",
        "Two different tokens are refused.",
        ("GJ-E65",),
        tokens_differ,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.token_once",
        "The token may stand beside the id only.",
        ("GJ-E65",),
        token_once,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.other_token", "Another account's token is refused.", ("GJ-R084",), other_accounts_token, needs=INVALID),
    Case(
        f"{_P}.old_token",
        "A token that has ended is refused.",
        ("GJ-R084",),
        old_token,
        needs=CLOCK | INVALID,
        alone=True,
    ),
    Case(f"{_P}.other_room", "Another room than the session's is refused.", ("GJ-R085",), other_room, needs=INVALID),
    Case(f"{_P}.unknown_room", "A room that there is not is refused.", ("GJ-R044",), unknown_room, needs=INVALID),
    Case(f"{_P}.no_human", "A session without a digital human is refused.", ("GJ-R090",), no_human, needs=INVALID),
    Case(
        f"{_P}.no_template",
        "udCodeUsed without a template is refused.",
        ("GJ-R094",),
        code_without_template,
        "should",
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_material",
        "A playlist with what is no material is refused.",
        ("GJ-R097",),
        unknown_material,
        needs=INVALID,
    ),
    Case(
        f"{_P}.material_elsewhere",
        "A material of another room is refused.",
        ("GJ-E69",),
        material_elsewhere,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.no_playlist",
        "A session without a playlist is refused.",
        ("GJ-E69",),
        no_playlist,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.all_elements", "Every documented element is taken.", ("GJ-R087",), all_elements),
    Case(f"{_P}.each_loop", "loop may be -1, 0, 1 and more.", ("GJ-R098",), each_loop),
    Case(f"{_P}.loop_below", "loop below -1 is refused.", ("GJ-E73",), loop_below, "ambiguous", needs=INVALID),
    Case(f"{_P}.each_matting", "matting may be 0 and 1, randomPlay left out.", ("GJ-R095", "GJ-R096"), each_matting),
    Case(
        f"{_P}.twice",
        "A second CreateNewSession is answered, and the session goes on.",
        ("GJ-R080",),
        twice,
        needs=INVALID,
    ),
)
