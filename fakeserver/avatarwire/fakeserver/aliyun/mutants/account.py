"""Projects, figures, voices and lines that are not as they should be, and operations that do something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import UNSET

from avatarwire.codecs.aliyun.http import ListAnchorRequest
from avatarwire.codecs.aliyun.http_enums import ProjectStatus
from avatarwire.fakeserver.aliyun import errors, http, operations, projects
from avatarwire.fakeserver.aliyun.mutants.parts import differs, gives, table, told
from avatarwire.fakeserver.aliyun.projects import Project, Projects
from avatarwire.fakeserver.aliyun.resources import Stock
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]

_PAGE: Final = 10
_OK: Final = 200
_GIVEN: Final = "5100"
"""What the ids of projects begin with that are there from the start."""


def _any_project(whole: Any) -> Callable[..., Any]:
    def require(self: Any, project_id: str, main_id: str) -> Any:
        return whole(self, project_id if self.get(project_id) else next(iter(self)).id, main_id)

    return require


def _old_scenes(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def edit(self: Any, request: Any, main_id: str) -> Any:
        frames = self.require(str(request.project_id), main_id).frames
        project = whole(self, request, main_id)
        note()
        project.frames = frames
        return project

    return edit


def _forgetful(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def edit(self: Any, request: Any, main_id: str) -> Any:
        project = whole(self, request, main_id)
        if not request.agent_id:
            note()
            project.agent_id = ""
        return project

    return edit


def _every_page(whole: Any) -> Callable[..., Any]:
    del whole

    def page(items: Any, *_: Any) -> Any:
        return items

    return page


def _last_page(whole: Any) -> Callable[..., Any]:
    def page(items: Any, number: int, size: int) -> Any:
        return whole(items, number, size) or whole(items, 1, size)

    return page


def _small_page(whole: Any) -> Callable[..., Any]:
    def page(items: Any, number: int, size: int) -> Any:
        return whole(items, number, 1 if size == _PAGE else size)

    return page


def _all_of(name: str) -> Callable[[Any], Callable[..., Any]]:
    def make(whole: Any) -> Callable[..., Any]:
        del whole

        def every(self: Any, request: Any) -> list[Any]:
            del request
            known: Any = getattr(self, name)
            return [*known.values()]

        return every

    return make


def _backwards(whole: Any) -> Callable[..., Any]:
    def shown(frames: Any) -> tuple[Any, ...]:
        return tuple(reversed(whole(frames)))

    return shown


def _all_offline(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def take_offline(self: Any, project: Any) -> None:
        whole(self, project)
        note()
        for other in self:
            if other.status is ProjectStatus.DEPLOYED and not other.id.startswith(_GIVEN):
                other.status = ProjectStatus.OFFLINE

    return take_offline


def _deleted(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def take_offline(self: Any, project: Any) -> None:
        note()
        self.delete(project)

    return take_offline


def _only_offline(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def delete(self: Any, project: Any) -> None:
        whole(self, project)
        note()
        project.status = ProjectStatus.OFFLINE

    return delete


def _unusable(whole: Any) -> Callable[..., Any]:
    def check(self: Any, action: str) -> None:
        if "start" in action and not self.id.startswith(_GIVEN):
            raise errors.refused("no", errors.PROJECT_STATUS)
        whole(self, action)

    return check


def _sessions_left(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def stop_all(self: Any, project: Any, reason: str) -> None:
        del reason
        if self.sessions.living(project):
            note()

    return stop_all


def _plain_text(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def answer(*given: Any) -> Any:
        note()
        found = whole(*given)
        found.headers = {**found.headers, "content-type": "text/plain"}
        return found

    return answer


def _with_header(value: Callable[[Any], str]) -> Callable[[Any, Callable[[], None]], Callable[..., Any]]:
    def make(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
        def answer(*given: Any) -> Any:
            note()
            found = whole(*given)
            found.headers = {**found.headers, "x-acs-request-id": value(given[0])}
            return found

        return answer

    return make


def _caller_is_answered(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def answer(exchange: Any, status: int, body: bytes, *given: Any) -> Any:
        own = getattr(exchange.request, "request_id", "")
        if own and status == _OK:
            note()
            body = msgspec.json.encode({**msgspec.json.decode(body), "requestId": own})
        return whole(exchange, status, body, *given)

    return answer


def _one_id(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def answer(exchange: Any, status: int, body: bytes, *given: Any) -> Any:
        note()
        fields = msgspec.json.decode(body)
        name = "requestId" if status == _OK else "RequestId"
        return whole(exchange, status, msgspec.json.encode({**fields, name: "always-the-same"}), *given)

    return answer


def _one_by_default(patches: Patches) -> None:
    title = "Lists have one entry by default."

    def size(request: Any) -> Any:
        if request.page_size is UNSET:
            patches.note(title)
            return 1
        return request.page_size

    patches.value(ListAnchorRequest, "page_size_or_default", property(size))


MUTANTS: Final = table(
    lists_of_one=Mutant("Lists have one entry by default.", _one_by_default),
    any_project=differs("Any project will do.", Projects, "require", _any_project),
    any_state_of_project=differs("A project may be operated on in any state.", Project, "check", gives(None)),
    new_projects_unusable=differs("No session starts on a project that was created.", Project, "check", _unusable),
    edits_leave_scenes=told("An edit leaves the scenes.", Projects, "edit", _old_scenes),
    edits_forget_agent=told("An edit forgets the agent.", Projects, "edit", _forgetful),
    scenes_backwards=differs("Scenes are shown backwards.", operations, "shown", _backwards),
    no_pages=differs("Lists have no pages.", operations, "page", _every_page),
    no_last_page=differs("Behind its last page a list begins anew.", operations, "page", _last_page),
    pages_of_one=differs("Pages of ten have one entry.", operations, "page", _small_page),
    figures_not_filtered=differs("Figures are not filtered.", Stock, "anchors", _all_of("_anchors")),
    voices_not_filtered=differs("Voices are not filtered.", Stock, "voices", _all_of("_voices")),
    lines_without_end=differs("There are lines enough for everything.", Projects, "shortage", gives("")),
    offline_takes_all=told("With a project all go offline.", Projects, "take_offline", _all_offline),
    offline_deletes=told("OFFLINE deletes a project.", AliyunState, "take_offline", _deleted),
    delete_is_offline=told("A deleted project is OFFLINE.", Projects, "delete", _only_offline),
    offline_leaves_sessions=told("Sessions outlive their project.", AliyunState, "_stop_all", _sessions_left),
    voices_always_suit=differs("Any voice suits any figure.", projects, "mismatches", gives(())),
    answers_are_plain_text=told("Answers say that they are plain text.", http, "_answer", _plain_text),
    ids_in_header_differ=told("The header has another id than the body.", http, "_answer", _with_header(lambda _: "0")),
    callers_id_is_repeated=told("An answer repeats the requestId of its caller.", http, "_answer", _caller_is_answered),
    one_id_for_all_calls=told("All calls have the same id.", http, "_answer", _one_id),
)
"""By name."""
