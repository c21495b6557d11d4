"""Which file of a vendor has which role: the same roles for every vendor, and what a vendor has beside them.

Only this data lives here. `test_roles.py` holds it against the folders; the table of docs/architecture.md is written
from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from avatarwire.codecs import registry

__all__ = ["LACKING", "ROLES", "Role", "role_rows"]


@dataclass(frozen=True, slots=True)
class Role:
    """One role.

    Attributes:
        component: whose folder of the vendor it is in.
        name: of the file or folder that has it, without a suffix.
        text: what is in it.
        parts: files and folders that are parts of it, by vendor.
        optional: whether a vendor may do without, with no reason given.
    """

    component: str
    name: str
    text: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    optional: bool = False

    def files(self, names: set[str], vendor: str) -> tuple[str, ...]:
        """Of the names in a vendor's folder, those that have this role."""
        own = (f"{self.name}/", f"{self.name}.py", f"{self.name}.json")
        return tuple(name for name in (*own, *self.parts.get(vendor, ())) if name in names)


_CLIENT: Final = ("events.py", "options.py")

ROLES: Final = (
    Role("codecs", "clauses", "the ledger: every rule, erratum and ruling, its state and what holds it"),
    Role("codecs", "catalogue", "the list of everything that travels"),
    Role(
        "codecs",
        "http",
        "operations as a table; their requests and answers, what those are wrapped in, their repairs",
        {
            "aliyun": ("http_enums.py",),
            "guiji": ("http_enums.py", "envelope.py"),
            "sensetime": ("envelope.py",),
        },
    ),
    Role(
        "codecs",
        "messages",
        "bodies of messages: the members of each, and the rules between them",
        {"guiji": ("resources.py",), "sensetime": ("script.py", "script_parts.py")},
    ),
    Role("codecs", "wire", "which messages there are and who sends each; reading and writing them"),
    Role(
        "codecs",
        "auth",
        "signatures, logins, tokens",
        {"aliyun": ("signature.py", "tokens.py"), "sensetime": ("tokens.py",)},
    ),
    Role(
        "codecs",
        "client",
        "the sans-IO client: conversation, table of states, what it reports, choices",
        {"aliyun": _CLIENT, "guiji": _CLIENT, "sensetime": _CLIENT},
    ),
    Role("codecs", "aio", "the client with input and output, for asyncio"),
    Role(
        "fakeserver",
        "scenario",
        "everything that can be set, with defaults; the same as keywords, for type checkers",
        {
            "aliyun": ("changes.py",),
            "guiji": ("scenario_live.py", "fixtures.py", "changes.py"),
            "sensetime": ("changes.py",),
        },
    ),
    Role(
        "fakeserver",
        "state",
        "what it remembers",
        {
            "aliyun": ("projects.py", "project_scenes.py", "sessions.py", "resources.py", "session_credentials.py"),
            "guiji": (
                "rooms.py",
                "materials.py",
                "sessions.py",
                "stages.py",
                "records.py",
                "resources.py",
                "token_store.py",
            ),
            "sensetime": ("live.py", "lives.py", "takeovers.py", "live_events.py", "rtc.py", "token_store.py"),
        },
    ),
    Role(
        "fakeserver",
        "http",
        "what its calls are held to, and the form of its answers",
        {"guiji": ("response_shapes.py",), "sensetime": ("cors.py", "scripts.py")},
    ),
    Role("fakeserver", "recorded", "how a recording reads what passes between clients and the vendor, and signs anew"),
    Role(
        "fakeserver",
        "operations",
        "what each operation does",
        {"sensetime": ("centre.py", "history.py", "nlp.py")},
    ),
    Role(
        "fakeserver",
        "conversation",
        "what is said beside HTTP, and when",
        {
            "aliyun": (
                "sockets.py",
                "drives.py",
                "answers.py",
                "speech.py",
                "streams.py",
                "outgoing.py",
                "frame_errors.py",
                "refused_sockets.py",
            ),
            "guiji": (
                "mqtt.py",
                "reading.py",
                "methods.py",
                "playback.py",
                "elements.py",
                "heartbeats.py",
                "outgoing.py",
                "rpc_errors.py",
                "access.py",
            ),
            "sensetime": ("sockets.py", "microphone.py", "pages.py", "voice.py", "callbacks.py"),
        },
    ),
    Role(
        "fakeserver",
        "conduct",
        "what is held against a client that no single message shows: what it left undone, and did in the wrong order",
        {"guiji": ("resource_rules.py",)},
    ),
    Role("fakeserver", "errors", "error codes, and how a client's errors are worded"),
    Role("fakeserver", "mutants", "ways in which it is broken, for judging the cases of conformance", optional=True),
    Role("fakeserver", "bad_days", "what goes wrong together, by name", optional=True),
    Role("fakeserver", "commands", "what a test can have it do"),
    Role("fakeserver", "behaviour", "all of its behaviour, the parts joined, without a socket"),
    Role("fakeserver", "replay", "what it does in its own way when a trace is replayed"),
    Role("fakeserver", "snapshot", "what a snapshot has of its state, as types"),
    Role("fakeserver", "server", "the behaviour behind its ports, with its addresses and credentials"),
    Role(
        "conformance",
        "flow",
        "what its documents have a client do, step by step, for `avatarwire demo`; what carries that",
        {"aliyun": ("flow_talk.py",), "guiji": ("flow_talk.py",), "sensetime": ("flow_talk.py",)},
    ),
    Role(
        "conformance",
        "adversary",
        "what it may do otherwise than its documents have it, as data, and what is talked of, for `avatarwire probe`",
    ),
    Role(
        "conformance",
        "fuzzing",
        "how its sessions are begun and messages sent in any order, and what is to be reached, for `avatarwire fuzz`",
    ),
)
"""All of them, in the order in which they build on each other."""

LACKING: Final[Mapping[tuple[str, str, str], str]] = {
    (
        "guiji",
        "codecs",
        "auth",
    ): "none: a token is what an operation answers, sent as it is",
}
"""Why a vendor does without a file for a role, by vendor, component and role."""


def role_rows(names: Mapping[tuple[str, str], set[str]]) -> Iterator[tuple[str, ...]]:
    """The rows of the table: role, what is in it, and the files of each vendor.

    Args:
        names: what is in the folders, by vendor and component; folders end with a slash.
    """
    for role in ROLES:
        cells = [
            ", ".join(f"`{name}`" for name in role.files(names[vendor, role.component], vendor))
            or LACKING.get((vendor, role.component, role.name), "")
            for vendor in registry.VENDORS
        ]
        if any(cells):
            yield f"{role.component}: {role.name}", role.text, *cells
