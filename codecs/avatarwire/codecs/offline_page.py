"""HTML pages that are one file: nothing is loaded from elsewhere, nothing in their data can become markup.

A page is built of `tag`, which escapes every text that is put in. Its Content-Security-Policy permits the style sheet
and the script of this module, by their hashes, and nothing else. Without the script everything is readable; with it,
items can be filtered by words and by what they are.

Only how such a page is made lives here; what is on one is with whoever writes it.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

__all__ = ["Html", "filters", "page", "tag"]

_VOID: Final = frozenset({"br", "input", "meta", "wbr"})
_CONTROLS: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What a page may not have, or what would reorder what is read."""


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *inside: str, **attributes: str | bool) -> Html:
    """An element.

    Args:
        name: such as ``p``; empty for its contents alone.
        inside: its contents; what is not `Html` is escaped.
        attributes: a trailing underscore is left out, others become hyphens; False leaves the attribute out.
    """
    contents = "".join(part if isinstance(part, Html) else _escaped(part) for part in inside)
    if not name:
        return Html(contents)
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value is not False)
    return Html(f"<{name}{given}>" if name in _VOID else f"<{name}{given}>{contents}</{name}>")


def _attribute(name: str, value: str | bool) -> str:
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _escaped(text: str) -> str:
    """A text as part of a page; characters that a page may not have, or that would reorder it, become escapes."""
    escape = _CONTROLS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)
    return html.escape(escape)


def filters(choices: Mapping[str, Iterable[str]]) -> Html:
    """A form that filters the items of a page: elements with ``data-item``, by their words and by ``data-NAME``.

    Elements with ``data-group`` that have no item left are hidden, too.

    Args:
        choices: the values of each name, in the order in which they are offered.
    """
    words = tag("label", "Words ", tag("input", type="search", name="words", autocomplete="off"))
    sets = (
        tag(
            "fieldset",
            tag("legend", name),
            *(
                tag("label", tag("input", type="checkbox", name=name, value=value, checked=True), f" {value} ")
                for value in values
            ),
        )
        for name, values in choices.items()
    )
    shown = tag("p", "Shown: ", tag("output", aria_live="polite"))
    return tag("form", words, *sets, shown, class_="filter", hidden=True, aria_label="Filter")


def page(title: str, *contents: str) -> bytes:
    """A whole page.

    Args:
        title: of the page, its heading too.
        contents: what is below that.
    """
    policy = (
        f"default-src 'none'; style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(_STYLE)),
    )
    body = tag("body", tag("main", tag("h1", title), *contents), tag("script", Html(_SCRIPT)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n".encode()


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


_STYLE: Final = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --good: #116329; --bad: #a40e26; --warn: #7d4e00; --info: #0550ae;
  --p0: #b6e3ff; --p1: #c4f0cb; --p2: #f3d1f4; --p3: #fbe5a0; --p4: #d5d9ff; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #9ba5b0; --line: #30363d;
  --panel: #161b22; --good: #56d364; --bad: #ff8f88; --warn: #e3b341; --info: #79c0ff;
  --p0: #0c3a63; --p1: #0f4a23; --p2: #57255c; --p3: #594300; --p4: #33377a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
h4 { font-size: .9rem; margin: .8rem 0 .2rem; }
a { color: var(--info); } :focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }
code, pre, .bytes { font-family: ui-monospace, monospace; font-size: .85em; }
pre { margin: .3rem 0; padding: .5rem; background: var(--panel); border: 1px solid var(--line); overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .5rem 0; } th, td { border: 1px solid var(--line); padding: .2rem .6rem;
  text-align: left; vertical-align: top; } td.number { text-align: right; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 60rem) and (min-height: 45rem) { form.filter { position: sticky; top: 0; z-index: 1; }
  details, section { scroll-margin-top: 11rem; } }
form.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end;
  padding: .5rem; background: var(--panel); border: 1px solid var(--line); }
form.filter[hidden], [hidden] { display: none; } fieldset { border: 1px solid var(--line); margin: 0; }
form.filter p { margin: 0; } input[type=search] { font: inherit; min-width: 14rem; }
details { border: 1px solid var(--line); margin: .4rem 0; } summary { padding: .3rem .6rem; cursor: pointer;
  overflow-wrap: anywhere; } details > div { padding: 0 .8rem .6rem; }
.word { display: inline-block; padding: 0 .4em; border: 1px solid currentColor; border-radius: .5em; font-size: .85em; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .info { color: var(--info); }
.soft { color: var(--soft); }
ol.timeline { list-style: none; margin: 0; padding: 0 0 0 .8rem; border-left: 2px solid var(--line); }
ol.timeline > li { margin: .5rem 0; } .in > .head { font-weight: 600; }
.bytes { overflow-wrap: anywhere; } .bytes span { padding: 0 .15em; margin-right: .3em; }
.p0 { background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); }
.p3 { background: var(--p3); } .p4 { background: var(--p4); }
"""

_SCRIPT: Final = """
(() => {
  const open = () => {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (found instanceof HTMLDetailsElement) { found.open = true; found.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
  const form = document.querySelector("form.filter");
  if (!form) return;
  const items = [...document.querySelectorAll("[data-item]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const texts = new Map();
  const text = item => {
    if (!texts.has(item)) {
      const head = item.closest("[data-group]")?.querySelector("[data-head]")?.textContent ?? "";
      texts.set(item, (head + " " + item.textContent).toLowerCase());
    }
    return texts.get(item);
  };
  const apply = () => {
    const words = form.elements.words.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const allowed = new Map();
    for (const box of boxes) {
      if (!allowed.has(box.name)) allowed.set(box.name, new Set());
      if (box.checked) allowed.get(box.name).add(box.value);
    }
    let count = 0;
    for (const item of items) {
      const fits = [...allowed].every(([name, values]) => values.has(item.dataset[name]))
        && words.every(word => text(item).includes(word));
      item.hidden = !fits;
      if (fits && !item.dataset.item) count += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-item]:not([hidden])");
    form.querySelector("output").textContent = `${count} of ${items.filter(item => !item.dataset.item).length}`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", event => event.preventDefault());
  form.hidden = false;
  apply();
})();
"""
