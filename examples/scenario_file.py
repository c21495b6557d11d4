"""A fake that does what a file says, and what happens when the file is wrong.

    python examples/scenario_file.py

The file is scenario.toml, beside this one. YAML and JSON files look alike.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from avatarwire.codecs.aliyun.aio import connect
from avatarwire.fakeserver import FakeAliyun, ScenarioError

SCENARIO = Path(__file__).with_name("scenario.toml")
QUESTIONS = ["When do you open?", "How do I get to the dinosaurs?", "Who painted this?"]


async def ask(fake: FakeAliyun) -> None:
    """Asks all questions, one after the other."""
    async with connect(fake) as session:
        for question in QUESTIONS:
            print(f"  {question}")
            answer = await session.say(question)
            print(f"    {answer.text} {' '.join(answer.event.images)}".rstrip())


def main() -> None:
    """Runs the scenario, then shows what a mistake in it reads like."""
    with FakeAliyun(SCENARIO) as fake:
        print(f"{SCENARIO.name}: project {fake.project_id}, key {fake.access_key_id}")
        asyncio.run(ask(fake))

    print("\na key that is misspelt, a value that is out of range, and one that is not among the choices:")
    for line in ("polls_until_raedy = 1", "chunk_seconds = -1", 'overlap = "ignore"'):
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, "wrong.toml")
            wrong.write_text(f"[aliyun]\n{line}\n", encoding="utf-8")
            try:
                FakeAliyun(wrong)
            except ScenarioError as error:
                print(f"  {line}\n    {str(error).removeprefix(folder)}")

    # Keywords go before the file: the same scenario for a test that needs one thing to be different.
    print(f"\npolls until ready: {FakeAliyun(SCENARIO, polls_until_ready=0).scenario.polls_until_ready}")


if __name__ == "__main__":
    main()
