"""Pages that are one file: every text is text in them, and nothing is loaded."""

from __future__ import annotations

import pytest

from avatarwire.codecs.offline_page import Html, filters, page, tag


def test_texts_are_escaped_and_elements_are_not() -> None:
    inside = tag("b", "<&>")
    assert tag("p", "a < b ", inside, class_="x") == '<p class="x">a &lt; b <b>&lt;&amp;&gt;</b></p>'
    assert isinstance(inside, Html)


def test_an_empty_name_joins_what_is_inside() -> None:
    assert tag("", "<", tag("i", "x")) == "&lt;<i>x</i>"


def test_attributes() -> None:
    made = tag("input", type="checkbox", checked=True, hidden=False, aria_label='"it"', data_a="1")
    assert made == '<input type="checkbox" checked aria-label="&quot;it&quot;" data-a="1">'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", r"a\x00b"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\u202e", r"\u202e"),
        ("\ud800", r"\ud800"),
        ("数\n\t😀", "数\n\t😀"),
    ],
)
def test_what_a_page_cannot_have_is_an_escape(text: str, shown: str) -> None:
    assert tag("p", text) == f"<p>{shown}</p>"


def test_a_page_has_one_title_one_heading_and_a_policy() -> None:
    text = page("A & B", tag("p", "x")).decode()
    assert text.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    assert text.count("A &amp; B") == 2
    assert "default-src &#x27;none&#x27;; style-src &#x27;sha256-" in text


def test_a_form_offers_every_value() -> None:
    form = filters({"level": ("must", "should")})
    assert form.count('type="checkbox"') == 2
    assert form.startswith('<form class="filter" hidden aria-label="Filter">')
    assert "<legend>level</legend>" in form
