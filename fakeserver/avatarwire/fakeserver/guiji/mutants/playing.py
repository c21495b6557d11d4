"""Ways in which what the fake Guiji shows, plays and tells is broken: elements, playlists, heartbeats, the end."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver.guiji import playback
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.elements import Element, Elements
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.playback import Playback, PlaybackRefusal
from avatarwire.fakeserver.guiji.sessions import End, LiveSession, Sessions
from avatarwire.fakeserver.mutant import Patches

from .making import Call, around, changed, fixed, mutants, private, together, without

__all__ = ["MUTANTS"]


# --- elements ---


def _only_the_last(original: Call, patches: Patches) -> Call:
    del original

    def remove(elements: Any, layer: str, name: str) -> bool:
        found = [each for each in elements.elements if (each.layer, each.name) == (layer, name)]
        if found:
            elements.elements = [each for each in elements.elements if each is not found[-1]]
        if len(found) > 1:
            patches.note("elements of the same name stay")
        return bool(found)

    return remove


def _switch_in_silence(original: Call, patches: Patches) -> Call:
    del original

    def switch(conversation: Any, element: Any, ud_code: str) -> None:
        del conversation
        patches.note("the new scene is not shown")
        element.ud_code = ud_code

    return switch


def _human_only(original: Call, patches: Patches) -> Call:
    def show(conversation: Any, elements: Any) -> None:
        shown = list(elements)
        if any(each.human is None and each.displayed for each in shown):
            patches.note("only the digital human is shown")
        original(conversation, [each for each in shown if each.human is not None])

    return show


# --- the playlist ---


def _at_the_front(original: Call, patches: Patches) -> Call:
    del original

    def add(it: Any, pcm_ids: Any, *, by: str = "") -> None:
        if it._playlist:
            patches.note("appended at the front")
        it._playlist[:0] = it._accepted(it._items(pcm_ids), by)
        it._go_on()

    return add


def _once_only(original: Call, patches: Patches) -> Call:
    def add(it: Any, pcm_ids: Any, *, by: str = "") -> None:
        if it._playlist:
            patches.note("nothing is appended")
        else:
            original(it, pcm_ids, by=by)

    return add


def _behind(original: Call, patches: Patches) -> Call:
    def insert(it: Any, index: int, pcm_ids: Any, old_pcm_id: int | None = None, *, by: str = "") -> None:
        del old_pcm_id
        patches.note("inserted behind")
        original(it, index + 1, pcm_ids, None, by=by)

    return insert


def _another_deleted(original: Call, patches: Patches) -> Call:
    def delete(it: Any, index: int, old_pcm_id: int | None = None) -> None:
        del old_pcm_id
        patches.note("another item is deleted")
        original(it, max(index - 1, 0), None)

    return delete


def _no_cut_ins(original: Call, patches: Patches) -> Call:
    del original

    def cut_in(it: Any, pcm_ids: Any, *, by: str = "") -> None:
        del it, pcm_ids, by
        patches.note("cut-ins are refused")
        raise PlaybackRefusal("no cut-ins")

    return cut_in


def _any_index(original: Call, patches: Patches) -> Call:
    def at(it: Any, index: int, old_pcm_id: int | None) -> Any:
        try:
            return original(it, index, old_pcm_id)
        except PlaybackRefusal:
            whole = it._whole()
            if 0 <= index < len(whole):
                raise
            patches.note("an index out of range is taken")
            return whole[-1]

    return at


def _any_item(original: Call, patches: Patches) -> Call:
    def at(it: Any, index: int, old_pcm_id: int | None) -> Any:
        found = original(it, index, None)
        if old_pcm_id not in (None, found.pcm_id):
            patches.note("oldPcmId is not looked at")
        return found

    return at


def _any_material(original: Call, patches: Patches) -> Call:
    def items(it: Any, pcm_ids: Any, *, cut_in: bool = False) -> Any:
        if all(it._length(pcm_id) is not None for pcm_id in pcm_ids):
            return original(it, pcm_ids, cut_in=cut_in)
        patches.note("what is no material is taken")
        return [private(playback, "_Item")(pcm_id, it._length(pcm_id) or 1.0, cut_in) for pcm_id in pcm_ids]

    return items


def _one_playlist(patches: Patches) -> None:
    known: list[Any] = []

    def add(original: Call) -> Call:
        def call(it: Any, pcm_ids: Any, *, by: str = "") -> None:
            if it not in known:
                known.append(it)
            for each in known:
                if each._started or each is it:
                    original(each, pcm_ids, by=by)
            if len(known) > 1:
                patches.note("another session has it in its playlist, too")

        return call

    patches.instead(Playback, "add", add)


def _short(original: Call, patches: Patches) -> Call:
    def told(it: Any, status: str, item: Any) -> None:
        original(it, status, item)
        if status == "begin":
            patches.note("what has begun is said to end")
            original(it, "end", item)

    return told


# --- heartbeats, silence, the end ---


def _any_beat(original: Call, patches: Patches) -> Call:
    def beat_answered(conversation: Any, message_id: int) -> Any:
        found = original(conversation, message_id)
        if found is None and conversation._beats:
            patches.note("an answer with another id counts")
            return next(iter(conversation._beats.values())).seq
        return found

    return beat_answered


def _never_over(original: Call, patches: Patches) -> Call:
    def withhold(live: Any, session: LiveSession, *, on: bool) -> None:
        patches.note("without heartbeats a session lives on")
        session.expiration = 10**6
        original(live, session, on=on)

    return withhold


def _all_end(name: str) -> Callable[[Call, Patches], Call]:
    def make(original: Call, patches: Patches) -> Call:
        def end(live: Any, session: LiveSession, *arguments: Any) -> None:
            others = [each for each in live._state.sessions.living() if each is not session]
            original(live, session, *arguments)
            for each in others:
                patches.note(f"{name} ends another session, too")
                original(live, each, *arguments)

        return end

    return make


def _undead(original: Call, patches: Patches) -> Call:
    def end(live: Any, session: LiveSession, cause: str, end: End) -> None:
        if end is not End.CLIENT:
            original(live, session, cause, end)
            return
        patches.note("DestroySession does nothing")

    return end


def _haunting(original: Call, patches: Patches) -> Call:
    def end(live: Any, session: LiveSession, cause: str, end: End) -> None:
        was_running = session.running
        original(live, session, cause, end)
        if was_running and end is End.CLIENT:
            conversation = live.conversation(session)
            patches.note("heartbeats go on")
            live._turn.later(5.0, f"ghost of {session.id}", lambda: live._turn.do(conversation.outgoing.heartbeat()[1]))

    return end


MUTANTS: Final = MappingProxyType(
    mutants(
        elements_stay=("Elements are said to be removed, and stay.", without(Elements, "remove", given=True)),
        same_name_added=(
            "SameNameInGroup replaces nothing.",
            together(fixed(Element, "replaces", value=False), around(Elements, "remove", _only_the_last)),
        ),
        switch_in_silence=("A switch is not shown.", around(Conversation, "switch", _switch_in_silence)),
        human_only=("Only the digital human is shown.", around(Conversation, "show", _human_only)),
        at_the_front=("addPlayList adds at the front.", around(Playback, "add", _at_the_front)),
        nothing_appended=("addPlayList does nothing.", around(Playback, "add", _once_only)),
        inserted_behind=("insertPlayList inserts behind the index.", around(Playback, "insert", _behind)),
        nothing_inserted=("insertPlayList does nothing.", without(Playback, "insert")),
        another_deleted=("delPlayListIndex counts from one.", around(Playback, "delete", _another_deleted)),
        nothing_deleted=("delPlayListIndex does nothing.", without(Playback, "delete")),
        no_cut_ins=("insertPlayListAtSilent is refused.", around(Playback, "cut_in", _no_cut_ins)),
        any_index=("An index out of range is the last.", around(Playback, "_at", _any_index)),
        any_item=("oldPcmId is not looked at.", around(Playback, "_at", _any_item)),
        any_material=("Playlists take what is no material.", around(Playback, "_items", _any_material)),
        unknown_at_first=(
            "CreateNewSession takes what is no material.",
            together(
                changed(Playback, "unknown", lambda unknown: []),
                around(Playback, "_items", _any_material),
            ),
        ),
        one_playlist=("All sessions have one playlist.", _one_playlist),
        ends_at_once=("What begins is said to end at once.", around(Playback, "_told", _short)),
        any_beat=("An answer with any id counts.", around(Conversation, "beat_answered", _any_beat)),
        answers_do_not_count=("Nothing is interaction.", without(Sessions, "touch")),
        endless=("Silence ends no session.", without(Sessions, "_watch")),
        never_over=("Without heartbeats silence ends no session.", around(Live, "withhold_heartbeats", _never_over)),
        vendor_ends_all=("With one session all others end.", around(Live, "destroy", _all_end("the vendor"))),
        client_ends_all=("DestroySession ends all sessions.", around(Live, "_end", _all_end("DestroySession"))),
        undead=("DestroySession does nothing.", around(Live, "_end", _undead)),
        haunting=("Heartbeats go on after DestroySession.", around(Live, "_end", _haunting)),
    )
)
"""By name."""
