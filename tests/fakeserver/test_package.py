"""What the package offers by name, and that it costs nothing before it is asked for."""

from __future__ import annotations

import pytest

import avatarwire.fakeserver as package


@pytest.mark.parametrize("name", package.__all__)
def test_each_public_name_is_what_its_module_has(name: str) -> None:
    assert getattr(package, name).__name__ == {"Violation": "Finding"}.get(name, name)
    assert name in dir(package)


def test_another_name_is_refused_in_the_usual_words() -> None:
    with pytest.raises(AttributeError, match=r"module 'avatarwire\.fakeserver' has no attribute 'FakeAliyum'"):
        # Wrong for the type checkers, too.
        _ = package.FakeAliyum  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType]
