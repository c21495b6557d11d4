"""UUIDs of a fake: those of the standard library, made of the same bits."""

from __future__ import annotations

import random
import uuid

import pytest

from avatarwire.fakeserver.random_ids import random_uuid


@pytest.mark.parametrize("seed", range(20))
def test_a_uuid_is_that_of_the_standard_library(seed: int) -> None:
    made = random_uuid(random.Random(seed))
    assert made == str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4))
    assert (uuid.UUID(made).version, uuid.UUID(made).variant) == (4, uuid.RFC_4122)
