"""Markdown and HTML as two ways to write down the same parts, in neither of which words become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Protocol

# What Markdown would read as markup, or GitHub's kind of it as an address.
_SPECIAL = re.compile(
    r"[\\`*_{}\[\]<>|~$&@]|(?<=[a-z]):(?=//)|(?<=www)\.|^[#+\-=]|^(\d+)(?=[.)])", re.MULTILINE
)


class Markup(Protocol):
    """One format. `words` are plain and are escaped here; what is `marked` went through here already."""

    def text(self, words: str) -> str: ...
    def heading(self, level: int, words: str, anchor: str = "") -> str: ...
    def paragraph(self, marked: str) -> str: ...
    def quote(self, marked: str) -> str: ...
    def strong(self, words: str) -> str: ...
    def link(self, target: str, words: str) -> str: ...
    def items(self, marked: Iterable[str]) -> str: ...
    def lines(self, *marked: str) -> str: ...
    def anchor(self, name: str) -> str: ...


class Markdown:
    """Markdown in which no word of the conversation can become markup."""

    def text(self, words: str) -> str:
        return "  \n".join(_escaped(line.strip()) for line in words.strip().split("\n"))

    def heading(self, level: int, words: str, anchor: str = "") -> str:
        return f"{'#' * level} {self.anchor(anchor) if anchor else ''}{_escaped(' '.join(words.split()))}"

    def paragraph(self, marked: str) -> str:
        return marked

    def quote(self, marked: str) -> str:
        return "\n".join(f"> {line}" for line in marked.split("\n"))

    def strong(self, words: str) -> str:
        return f"**{_escaped(words)}**"

    def link(self, target: str, words: str) -> str:
        return f"[{_escaped(words)}]({target})"

    def items(self, marked: Iterable[str]) -> str:
        return "\n".join("- " + item.replace("\n", "\n  ") for item in marked)

    def lines(self, *marked: str) -> str:
        return "  \n".join(marked)

    def anchor(self, name: str) -> str:
        return f'<a id="{name}"></a>'


class Page:
    """HTML in which no word of the conversation can become markup."""

    def text(self, words: str) -> str:
        return "<br>".join(escape(line) for line in words.strip().split("\n"))

    def heading(self, level: int, words: str, anchor: str = "") -> str:
        named = f' id="{anchor}"' if anchor else ""
        return f"<h{level}{named}>{escape(words)}</h{level}>"

    def paragraph(self, marked: str) -> str:
        return f"<p>{marked}</p>"

    def quote(self, marked: str) -> str:
        return f"<blockquote>{marked}</blockquote>"

    def strong(self, words: str) -> str:
        return f"<strong>{escape(words)}</strong>"

    def link(self, target: str, words: str) -> str:
        return f'<a href="{escape(target)}">{escape(words)}</a>'

    def items(self, marked: Iterable[str]) -> str:
        return f"<ul>{''.join(f'<li>{item}</li>' for item in marked)}</ul>"

    def lines(self, *marked: str) -> str:
        return "<br>".join(marked)

    def anchor(self, name: str) -> str:
        return f'<span id="{name}"></span>'


def _escaped(words: str) -> str:
    """A backslash before each sign that would be markup, and after a number that would begin a list."""
    return _SPECIAL.sub(lambda found: f"{found[1]}\\" if found[1] else f"\\{found[0]}", words)
