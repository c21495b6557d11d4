"""What one session shows: the elements of its three layers, by the names that commands call them by.

Only keeping them lives here. What an element may be is declared in `avatarwire.codecs.guiji.resources`; what follows
when one is added is in `methods.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import structs

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.guiji.resources import DtHuman, Image, Player, ResourceElement, UnknownResource
from avatarwire.codecs.guiji.wire.open_unions import RESOURCES
from avatarwire.fakeserver.guiji.snapshot import SavedElement
from avatarwire.fakeserver.snapshot import message

__all__ = ["Element", "Elements"]


@dataclass(slots=True, eq=False)
class Element:
    """One element that a session holds.

    Attributes:
        id: name and number, such as ``dthuman#1`` (GJ-E89).
        resource: as the client sent it.
        ud_code: scene that the digital human is in; empty for everything else.
    """

    id: str
    resource: ResourceElement
    ud_code: str = ""

    def __post_init__(self) -> None:
        if self.human is not None:
            self.ud_code = self.human.audio_driven.ud_code_used

    @property
    def name(self) -> str:
        """Its handle in commands (GJ-R107)."""
        return self.resource.res_options.name

    @property
    def layer(self) -> str:
        """``fore``, ``center`` or ``back`` (GJ-R099)."""
        return self.resource.type

    @property
    def kind(self) -> str:
        """``resOptions.type``."""
        options = self.resource.res_options
        if isinstance(options, UnknownResource):
            return str(options.get("type", ""))
        return str(type(options).__struct_config__.tag)

    @property
    def human(self) -> DtHuman | None:
        """The digital human, if it is one."""
        options = self.resource.res_options
        return options if isinstance(options, DtHuman) else None

    @property
    def displayed(self) -> bool:
        """Whether it is seen, so that a Show is due (GJ-R120); an element of an unknown kind is, where it is drawn."""
        return isinstance(self.resource.res_options, _SEEN) or (
            isinstance(self.resource.res_options, UnknownResource) and bool(self.resource.draw_options)
        )

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of what has its name in its layer (GJ-E74)."""
        exclusive = getattr(self.resource.res_options, "exclusive", None)
        return bool(getattr(exclusive, "same_name_in_group", False))


_RESOURCE: Final = JsonCodec(ResourceElement, vendor="guiji", message="ResourceElement")


def _resource(fields: Mapping[str, Any], path: str) -> ResourceElement:
    """A resource from its JSON, of an unknown kind, too (GJ-E66)."""
    given = dict(fields)
    unknown = RESOURCES.take_out(given)
    known = message(_RESOURCE, given, path)
    return known if unknown is None else structs.replace(known, res_options=unknown)


_SEEN: Final = (DtHuman, Image, Player)


@dataclass(slots=True)
class Elements:
    """The elements of one session, in the order they were added.

    Attributes:
        elements: all of them.
    """

    elements: list[Element] = field(default_factory=list[Element])
    _numbers: dict[str, int] = field(default_factory=dict[str, int])

    def copy(self) -> Elements:
        """Another one to try changes on."""
        return Elements(list(self.elements), dict(self._numbers))

    def named(self, name: str) -> Element | None:
        """The element of a name; of several the one that was added last."""
        return next((element for element in reversed(self.elements) if element.name == name), None)

    @property
    def human(self) -> Element | None:
        """The digital human (GJ-R090)."""
        return next((element for element in reversed(self.elements) if element.human is not None), None)

    def add(self, resources: Iterable[ResourceElement]) -> list[Element]:
        """Adds elements; one that says so takes the place of what has its name in its layer (GJ-E74)."""
        return [self._added(resource) for resource in resources]

    def _added(self, resource: ResourceElement) -> Element:
        name = resource.res_options.name
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        element = Element(f"{name}#{number}", resource)
        if element.replaces:
            self.remove(element.layer, name)
        self.elements.append(element)
        return element

    def saved(self) -> tuple[list[SavedElement], dict[str, int]]:
        """The elements, for a snapshot, and how many have had each name."""
        elements = [SavedElement(id=it.id, resource=it.resource.to_dict(), ud_code=it.ud_code) for it in self.elements]
        return elements, dict(self._numbers)

    @classmethod
    def restored(cls, saved: Sequence[SavedElement], numbers: Mapping[str, int], path: str) -> Elements:
        """Those of a snapshot.

        Raises:
            SnapshotError: one is no resource.
        """
        elements: list[Element] = []
        for index, it in enumerate(saved):
            element = Element(it.id, _resource(it.resource, f"{path}[{index}].resource"))
            element.ud_code = it.ud_code
            elements.append(element)
        return cls(elements, dict(numbers))

    def remove(self, layer: str, name: str) -> bool:
        """Removes what has this name in this layer; tells whether there was something (GJ-E75)."""
        kept = [element for element in self.elements if (element.layer, element.name) != (layer, name)]
        removed = len(kept) < len(self.elements)
        self.elements = kept
        return removed
