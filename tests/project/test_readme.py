"""Which blocks of a README count as commands, and how running one ends."""

from __future__ import annotations

import pytest

from tests.project.readme import Block, blocks, run

FENCE = "```"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Words.\n", []),
        (f"{FENCE}sh\nmake demo\n{FENCE}\n", [Block(1, "sh", "make demo\n")]),
        (
            f"a\n\n{FENCE}console\n$ avatarwire explain\nprinted\n{FENCE}\n",
            [Block(3, "sh", "avatarwire explain\n")],
        ),
        (f"{FENCE}python\nprint(1)\n{FENCE}\n", [Block(1, "python", "print(1)\n")]),
        (f"{FENCE}json\n{{}}\n{FENCE}\n", []),
        (f"<!-- not run: needs an account -->\n{FENCE}sh\nfalse\n{FENCE}\n", []),
        (f"{FENCE}sh\npip install avatarwire\n# words\n{FENCE}\n", []),
        (
            f"{FENCE}sh\nfirst\n{FENCE}\n\n{FENCE}sh\nsecond\n{FENCE}\n",
            [Block(1, "sh", "first\n"), Block(5, "sh", "second\n")],
        ),
    ],
)
def test_blocks(text: str, found: list[Block]) -> None:
    assert list(blocks(text)) == found


@pytest.mark.parametrize(
    ("block", "status"),
    [
        (Block(1, "sh", "true\n"), 0),
        (Block(1, "sh", "false\ntrue\n"), 1),
        (Block(1, "python", "raise SystemExit(3)\n"), 3),
    ],
)
def test_a_block_fails_with_its_first_command(block: Block, status: int) -> None:
    assert run(block) == status
