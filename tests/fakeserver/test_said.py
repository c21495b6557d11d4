"""What is kept of what was said: its order, its limits, and that what is over stays as it is."""

from __future__ import annotations

from avatarwire.fakeserver.said import SaidLog


def test_the_oldest_go_first() -> None:
    log = SaidLog(lambda: 0.0, kept=3)
    for number in range(5):
        log.accept("s", str(number), "text_drive.request")
    assert [each.text for each in log.entries()] == ["2", "3", "4"]


def test_long_texts_are_fewer_but_the_newest_is_always_there() -> None:
    log = SaidLog(lambda: 0.0, characters=10)
    for text in ("aaaa", "bbbb", "cccc"):
        log.accept("s", text, "text_drive.request")
    assert [each.text for each in log.entries()] == ["bbbb", "cccc"]
    log.accept("s", "d" * 11, "text_drive.request")
    assert [each.text for each in log.entries()] == ["d" * 11]


def test_what_is_over_stays_as_it_is() -> None:
    times = iter((1.0, 2.0, 3.0))
    log = SaidLog(lambda: next(times))
    saying = log.accept("s", "hi", "text_drive.request")
    saying.begin()
    saying.end()
    saying.cut()
    saying.begin()
    [said] = log.entries()
    assert (said.accepted, said.ended, said.state) == (1.0, 2.0, "said")


def test_what_is_forgotten_may_still_end() -> None:
    log = SaidLog(lambda: 0.0, kept=1)
    oldest = log.accept("s", "a", "text_drive.request")
    log.accept("s", "b", "text_drive.request")
    oldest.end()
    assert [each.state for each in log.entries()] == ["waiting"]
