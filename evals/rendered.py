"""What an answer puts on screen, read back from the window's HTML and from the terminal's text.

The measurements of what a reader sees start here and not from the record, so that a page that drops
a citation or adds a sentence is caught.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from bot.corpus import Collection
from bot.records import Answer
from bot.rendering import plain_text
from bot.web.answer_page import answer_html

TAGS = frozenset("div p span section h3 strong blockquote a ul li q br".split())
VOID = frozenset({"br"})
SIDES = ("for", "against", "context")
# The parts of a message that each take the text inside them, innermost first.
PARTS = (
    "owner", "cite", "speaker", "said", "blockquote", "label", "count", "h3", "claim", "none", "notice",
    "gaps", "near", "counts", "fallback", "onward",
)  # fmt: skip
TERMINAL_QUOTE = re.compile(
    r"^  (?:(?P<speaker>[^“\n]{1,80}): )?“(?P<quote>.+?)” \[(?P<passage>[AC]\d[\d.]*)"
    r"(?:, quoting (?P<owner>[^\]\n]+))?\]$",
    re.S | re.M,
)
SAID_BY = re.compile(r"^(?P<speaker>\S[^:\n]{0,79}): \S")


@dataclass
class ShownQuote:
    """A quote as shown: its words, the passage that its citation names, and where the link leads."""

    text: str = ""
    passage: str = ""
    href: str = ""
    owner: str = ""


@dataclass
class ShownStatement:
    """A statement as shown, on the side where it stands."""

    side: str
    speaker: str = ""
    text: str = ""
    quotes: list[ShownQuote] = field(default_factory=list)


@dataclass
class Screen:
    """One message of the window. `stray` is text outside every known part, `markup` what may not be there."""

    statements: list[ShownStatement] = field(default_factory=list)
    near: list[ShownStatement] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    claim: str = ""
    notice: str = ""
    counts: str = ""
    fallback: str = ""
    none: list[str] = field(default_factory=list)
    onward: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    """Follows the open tags and puts each stretch of text where its innermost known part belongs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.screen = Screen()
        self._open: list[tuple[str, frozenset[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        self._demand_plain(tag, given)
        if tag in VOID:
            self.screen.text += "\n"
            self._put("\n")
            return
        if tag == "div" and "statement" in classes:
            self.screen.statements.append(ShownStatement(self._side()))
        elif tag == "blockquote" and self.screen.statements:
            self.screen.statements[-1].quotes.append(ShownQuote())
        elif tag == "li":
            self._open_item()
        self._open.append((tag, classes))
        if tag == "a" and "cite" in classes:
            self._quote().href = given.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        self.screen.text += data
        if data.strip():
            self._put(data)

    def handle_comment(self, data: str) -> None:
        self.screen.markup.append(f"a comment: {data[:40]}")

    def _demand_plain(self, tag: str, given: dict[str, str]) -> None:
        allowed = {"class", "href"} if tag == "a" else {"class"}
        if tag not in TAGS or set(given) - allowed:
            self.screen.markup.append(f"<{tag} {' '.join(given)}>")
        known = r"#.*|tel:\d+" if self._inside("notice") else "#.*"
        if not re.fullmatch(known, given.get("href", "#")):
            self.screen.markup.append(f"a link to {given['href'][:60]}")

    def _side(self) -> str:
        named = [side for _, classes in self._open for side in SIDES if side in classes]
        return named[-1] if named else ""

    def _inside(self, name: str) -> bool:
        return any(tag == name or name in classes for tag, classes in self._open)

    def _open_item(self) -> None:
        if self._inside("near"):
            self.screen.near.append(ShownStatement("", quotes=[ShownQuote()]))
        elif self._inside("gaps"):
            self.screen.gaps.append("")
        elif self._inside("onward"):
            self.screen.onward.append("")

    def _quote(self) -> ShownQuote:
        """The quote being read; one that belongs to nothing is a citation astray."""
        holders = self.screen.near if self._inside("near") else self.screen.statements
        return holders[-1].quotes[-1] if holders and holders[-1].quotes else ShownQuote()

    def _put(self, data: str) -> None:
        screen = self.screen
        part = next((name for name in PARTS if self._inside(name)), "")
        people = screen.near if self._inside("near") else screen.statements
        if part == "owner":
            self._quote().owner += data.strip()
        elif part == "cite" and (people and people[-1].quotes):
            self._quote().passage += data.strip()
        elif part == "speaker" and people:
            people[-1].speaker += data
        elif part == "said" and people:
            people[-1].text += data
        elif part == "blockquote" or (part == "near" and self._inside("q")):
            self._quote().text += data
        elif part == "h3":
            screen.headings.append(data.strip())
        elif part == "gaps" and screen.gaps:
            screen.gaps[-1] += data
        elif part == "onward" and screen.onward:
            screen.onward[-1] += data
        elif part in ("claim", "notice", "counts", "fallback"):
            setattr(screen, part, getattr(screen, part) + data)
        elif part == "none":
            screen.none += [data.strip()] if data.strip() else []
        elif part not in ("label", "count") and data.strip():
            screen.stray.append(data.strip())


def read_html(html: str) -> Screen:
    """What a message's HTML shows."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for statement in (*reader.screen.statements, *reader.screen.near):
        statement.text, statement.speaker = statement.text.strip(), statement.speaker.strip()
        for quote in statement.quotes:
            quote.text = quote.text.strip()
    return reader.screen


def read_terminal(text: str) -> list[ShownStatement]:
    """The quotes that the terminal's text shows, each with the speaker above it."""
    shown: list[ShownStatement] = []
    end = 0
    for match in TERMINAL_QUOTE.finditer(text):
        above = [line for line in text[end : match.start()].split("\n") if line.strip()]
        said = SAID_BY.match(above[-1]) if above else None
        quote = ShownQuote(match["quote"], match["passage"], owner=match["owner"] or "")
        speaker = match["speaker"] or (said["speaker"] if said else "")
        if speaker or not shown:
            shown.append(ShownStatement("", speaker, "", [quote]))
        else:
            shown[-1].quotes.append(quote)
        end = match.end()
    return shown


def window(answer: Answer, collection: Collection) -> Screen:
    """What the window shows of an answer."""
    return read_html(answer_html(answer, collection))


def terminal(answer: Answer) -> list[ShownStatement]:
    """What the terminal shows of an answer's statements."""
    return read_terminal(plain_text(answer))
