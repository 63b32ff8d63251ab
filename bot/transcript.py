"""A conversation as a file to keep: Markdown, or one HTML page that needs nothing else.

Both are made from the records alone. Each answer has its own list of sources, so that a citation is
resolved beside the answer it belongs to; a source names its passage by id and, where the address of
the window is known, leads back to it there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.corpus import Collection, spoken_as
from bot.exchange import Exchange
from bot.markup import Markdown, Markup, Page
from bot.records import Answer, Evidence, Outcome, PassageKind, Statement
from bot.rendering import HEADINGS, gaps_heading, gaps_told, people, says_itself, sentence

STYLE = Path(__file__).with_name("transcript.css")
TITLE = "A conversation with Counterpoint"
ABOUT = (
    "Counterpoint shows what people said, for and against, in one article and the comments under it. "
    "It takes no side and gives no advice. Every quote below was checked word for word against the text."
)


def markdown(
    exchanges: Sequence[Exchange], collection: Collection, address: str = "", at: datetime | None = None
) -> str:
    """The conversation as Markdown. `address`: where the window stands, "" where that is not known."""
    blocks = _blocks(exchanges, collection, Markdown(), address, at)
    return "\n\n".join(blocks) + "\n"


def page(
    exchanges: Sequence[Exchange], collection: Collection, address: str = "", at: datetime | None = None
) -> str:
    """The conversation as one HTML page that fetches nothing."""
    blocks = _blocks(exchanges, collection, Page(), address, at)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{STYLE.read_text('utf-8')}</style></head>\n"
        "<body><main>\n" + "\n".join(blocks) + "\n</main></body></html>\n"
    )


def web_address(address: str) -> str:
    """`address` where it is a plain web address, cut down to host and path; else ""."""
    try:
        parts = urlsplit(address.strip())
        host = parts.netloc
    except ValueError:
        return ""
    sound = re.fullmatch(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?", host)
    path = parts.path if re.fullmatch(r"[\w./~\-]*", parts.path) else ""
    return f"{parts.scheme}://{host}{path}" if parts.scheme in ("http", "https") and sound else ""


def _blocks(
    exchanges: Sequence[Exchange], collection: Collection, markup: Markup, address: str, at: datetime | None
) -> list[str]:
    at = at or datetime.now().astimezone()
    subject = collection.about.subject
    about = f"The text: {collection.about.title}.{f' Its subject: {subject}.' if subject else ''}"
    blocks = [
        markup.heading(1, TITLE),
        markup.paragraph(markup.text(ABOUT)),
        markup.paragraph(markup.text(f"{about} Saved {at:%Y-%m-%d %H:%M %Z}.".replace(" .", "."))),
    ]
    for number, exchange in enumerate(exchanges, start=1):
        blocks += _Section(number, exchange, collection, markup, web_address(address)).blocks()
    return blocks


class _Section:
    """One exchange, with its sources numbered in the order of their first citation."""

    def __init__(
        self, number: int, exchange: Exchange, collection: Collection, markup: Markup, address: str
    ) -> None:
        self.number, self.exchange, self.collection = number, exchange, collection
        self.markup, self.address = markup, address
        cited = [evidence.passage for said in exchange.shown for evidence in said.evidence]
        answer = exchange.answer
        offered = answer and not cited and answer.outcome is Outcome.NOT_IN_COLLECTION
        near = [near.passage for near in answer.unused] if answer and offered else []
        known = [passage for passage in (*cited, *near) if passage in collection.by_id]
        self.sources = list(dict.fromkeys(known))

    def blocks(self) -> list[str]:
        answer, markup = self.exchange.answer, self.markup
        proposition = answer.proposition if answer else self.exchange.proposition
        # Heading first, so that a list of headings is a list of the questions.
        blocks = [markup.heading(2, f"Question {self.number}: {self.exchange.question}", f"q{self.number}")]
        blocks += [self._plain(answer.notice)] if answer and answer.notice else []
        if proposition:
            blocks.append(markup.paragraph(f"{markup.strong('The claim:')} {markup.text(proposition)}"))
        for stance, heading in HEADINGS.items():
            blocks += self._side(heading, [s for s in self.exchange.shown if s.stance is stance])
        if answer and answer.gaps:
            blocks.append(markup.heading(3, gaps_heading(answer.outcome)))
            blocks.append(markup.items(markup.text(gap) for gap in gaps_told(answer)))
        blocks += [self._plain(self.exchange.remark)] if self.exchange.remark else []
        blocks += self._sources()
        return blocks + ([markup.paragraph(markup.text(made_by(answer)))] if answer else [])

    def _plain(self, words: str) -> str:
        return self.markup.paragraph(self.markup.text(words))

    def _side(self, heading: str, statements: list[Statement]) -> list[str]:
        if not statements:
            return []
        count = people(len({statement.voice for statement in statements}))
        blocks = [self.markup.heading(3, f"{heading} ({count})")]
        for statement in statements:
            blocks += self._statement(statement)
        return blocks

    def _statement(self, statement: Statement) -> list[str]:
        said = "" if says_itself(statement) else f" {self.markup.text(sentence(statement.text))}"
        first = self.markup.paragraph(f"{self.markup.strong(statement.speaker + ':')}{said}")
        return [first, *(self._quote(evidence) for evidence in statement.evidence)]

    def _quote(self, evidence: Evidence) -> str:
        words = " ".join(evidence.quote.split())
        words = words if words.startswith("“") and words.endswith("”") else f"“{words}”"
        voice = self.collection.voice_by_id.get(evidence.owner or "")
        owner = spoken_as(voice) if voice else evidence.owner
        whose = f"{self.markup.text(f'(words of {owner})')} " if owner else ""
        return self.markup.quote(f"{self.markup.text(words)} {whose}{self._citation(evidence.passage)}")

    def _citation(self, passage: str) -> str:
        if passage not in self.sources:
            return self.markup.text(passage)
        return self.markup.link(f"#q{self.number}-{passage}", passage)

    def _sources(self) -> list[str]:
        if not self.sources:
            return []
        cited = bool(self.exchange.shown)
        heading = self.markup.heading(3, "Sources" if cited else "What is near")
        return [heading, self.markup.items(self._source(passage) for passage in self.sources)]

    def _source(self, passage_id: str) -> str:
        """A passage by its id, who wrote it and where, its whole words, and the way back to it."""
        passage, markup = self.collection.by_id[passage_id], self.markup
        speaker = spoken_as(self.collection.speaker(passage_id))
        if passage.kind is PassageKind.ARTICLE:
            place = (
                f"In the article, under “{passage.section}”"
                if passage.section
                else "In the article’s opening"
            )
        else:
            place = f"A reply to {passage.parent}" if passage.parent else "A comment"
        anchor = markup.anchor(f"q{self.number}-{passage_id}")
        named = f"{anchor}{markup.strong(passage_id)} {markup.text(f'{speaker}. {place}.')}"
        back = markup.link(f"{self.address}#{passage_id}", "Open it in its place") if self.address else ""
        words = markup.text(re.sub(r"\n{2,}", "\n", passage.text))
        return markup.lines(f"{named} {back}".strip(), words)


def made_by(answer: Answer) -> str:
    """What made an answer and how it fared in the check, in one line."""
    made = answer.provenance
    passed = len(answer.statements)
    parts = [
        f"{people(len(answer.voices_for))} for, {people(len(answer.voices_against))} against"
        if answer.voices_for or answer.voices_against
        else "",
        f"{passed} of {passed + len(answer.dropped)} drafted statements passed the check" if passed else "",
        f"model {made.model}",
        f"finished by the built-in model: {made.fallback.rstrip('.')}" if made.fallback else "",
        f"collection {made.collection} {made.collection_hash}",
        f"index {made.index_hash}",
        f"settings {made.settings_hash}",
        f"prompts {made.prompts_hash}",
    ]
    return f"How it was made: {'; '.join(part for part in parts if part)}."
