"""Secrets show their length only."""

from __future__ import annotations

from typing import ClassVar

from avatarwire.codecs.core.masking import Masked


class Sample(Masked):
    secrets: ClassVar[frozenset[str]] = frozenset({"key"})
    urls: ClassVar[frozenset[str]] = frozenset({"url", "all_urls"})

    key: str | None = None
    url: str | None = None
    note: str = ""
    count: int = 0
    all_urls: tuple[str, ...] = ()


def test_the_length_of_a_secret_is_all_that_shows() -> None:
    sample = Sample(key="k-123", url="ws://h/p?token=t", note="a?b", count=3)
    assert repr(sample) == (
        "Sample(key='<5 characters masked>', url='ws://h/p?<7 characters masked>', note='a?b', count=3, all_urls=())"
    )
    assert dict(sample.__rich_repr__())["key"] == "<5 characters masked>"


def test_what_is_absent_shows_as_absent() -> None:
    assert repr(Sample(url="ws://h/p")) == "Sample(key=None, url='ws://h/p', note='', count=0, all_urls=())"


def test_each_url_of_a_list_shows_where_it_leads() -> None:
    assert dict(Sample(all_urls=("rtmp://h/p?key=1", "rtmp://h/q")).__rich_repr__())["all_urls"] == (
        "rtmp://h/p?<5 characters masked>",
        "rtmp://h/q",
    )
