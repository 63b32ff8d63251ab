"""What is on screen, against the text: citations, quotes, speakers, and words that are nobody's.

Each is counted three times, in the record, in the window and in the terminal, and the worst counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.corpus import Collection, spoken_as
from bot.grounding import check
from bot.ownership import SENTENCE_END, sentence_window
from bot.records import Answer, Passage, Voice, VoiceRole
from bot.reported import only_reported, reported_views
from bot.wording import level, locate
from evals.bench import Bench
from evals.metrics import Measure, Tally, ratio, worst
from evals.own_voice import count_own_voice
from evals.rendered import Screen, ShownQuote, ShownStatement, terminal, window

LINK = re.compile(r"^#(?P<passage>[AC]\d[\d.]*)(?:~(?P<start>\d+)~(?P<end>\d+))?$")
HEADINGS = frozenset(
    ("For", "Against", "Context", "What is said here", "What nobody here says", "Not in this text",
     "Not what this text is about", "What is near", "Ask next")
)  # fmt: skip
JOINED = "..."


@dataclass(frozen=True)
class Shown:
    """The statements of an answer as one medium shows them."""

    medium: str
    statements: list[ShownStatement]

    @property
    def quotes(self) -> Iterator[tuple[ShownStatement, ShownQuote]]:
        return ((statement, quote) for statement in self.statements for quote in statement.quotes)


def from_record(answer: Answer) -> list[ShownStatement]:
    """The record's statements in the shape of those on screen."""
    return [
        ShownStatement(
            statement.stance.value,
            statement.speaker,
            statement.text,
            [ShownQuote(e.quote, e.passage, owner=e.owner or "") for e in statement.evidence],
        )
        for statement in answer.statements
    ]


def count_shown(tally: Tally, answer: Answer, bench: Bench) -> Screen:
    """Count everything that can be read off the screen; the window's screen, for what else is asked of it."""
    screen, said = window(answer, bench.collection), terminal(answer)
    media = (
        Shown("record", from_record(answer)),
        Shown("window", screen.statements),
        Shown("terminal", said),
    )
    _citations(tally, media, answer, screen, bench.collection)
    _quotes(tally, media, bench.collection)
    _speakers(tally, media, bench.collection)
    _agreement(tally, media, screen)
    count_own_voice(tally, answer, screen, bench)
    found = check(answer, bench.collection, bench.debate.stances(answer.topics))
    tally.judge("check_findings", not found, found[0].detail if found else "")
    if answer.statements:
        tally.count("quotes", sum(len(statement.quotes) for statement in screen.statements))
    return screen


def stands(quote: str, text: str) -> bool:
    """Whether a quote stands in a text; one ellipsis may join two pieces in order. Words are never cut."""
    wanted, held = level(quote.strip()).text.strip(), level(text).text
    if not wanted:
        return False
    if _find(wanted, held, 0) >= 0:
        return True
    pieces = [piece.strip() for piece in wanted.split(JOINED) if piece.strip()]
    if len(pieces) != 2:
        return False
    first = _find(pieces[0], held, 0)
    return first >= 0 and _find(pieces[1], held, first + len(pieces[0])) >= 0


def _find(piece: str, text: str, start: int) -> int:
    edges = rf"(?<![^\W_]){re.escape(piece)}(?![^\W_])"
    match = re.compile(edges).search(text, start)
    return match.start() if match else -1


def _citations(
    tally: Tally, media: Iterable[Shown], answer: Answer, screen: Screen, text: Collection
) -> None:
    read, counted = set(answer.provenance.passages_read), []
    for shown in media:
        wrong = [q for _, q in shown.quotes if not _cites(q, read, text, linked=shown.medium == "window")]
        total = sum(1 for _ in shown.quotes)
        counted.append(Measure(hits=total - len(wrong), of=total))
        for quote in wrong:
            tally.complain(
                "citation_validity", f"{shown.medium}: {quote.passage or 'no passage'} {quote.href}"
            )
    # Near passages are links too.
    near = [quote for item in screen.near for quote in item.quotes]
    good = [q for q in near if q.passage in text.by_id and _near_stands(q, text.by_id[q.passage])]
    counted.append(Measure(hits=len(good), of=len(near)))
    _count_worst(tally, "citation_validity", counted)
    bare = [statement for shown in media for statement in shown.statements if not _is_cited(statement, text)]
    most = max(len(shown.statements) for shown in media)
    if most:
        tally.count("uncited_statements", min(len(bare), most), most)
    for statement in bare:
        tally.complain("uncited_statements", f"{statement.speaker}: {statement.text}")


def _cites(quote: ShownQuote, read: set[str], text: Collection, linked: bool) -> bool:
    if quote.passage not in text.by_id or quote.passage not in read:
        return False
    if not linked:
        return True
    link = LINK.match(quote.href)
    if link is None or link["passage"] != quote.passage:
        return False
    if link["start"] is None:
        return True
    linked_to = text.by_id[quote.passage].text[int(link["start"]) : int(link["end"])]
    return stands(linked_to, linked_to) and any(stands(each, linked_to) for each in _unwrapped(quote.text))


def _near_stands(quote: ShownQuote, passage: Passage) -> bool:
    return stands(quote.text.removesuffix(" …").strip(), passage.text)


def _is_cited(statement: ShownStatement, text: Collection) -> bool:
    return bool(statement.quotes) and all(
        quote.text and quote.passage in text.by_id for quote in statement.quotes
    )


def _quotes(tally: Tally, media: Iterable[Shown], text: Collection) -> None:
    counted = []
    for shown in media:
        wrong = [quote for _, quote in shown.quotes if not _is_verbatim(quote, text)]
        total = sum(1 for _ in shown.quotes)
        counted.append(Measure(hits=total - len(wrong), of=total))
        for quote in wrong:
            tally.complain("quote_fidelity", f"{shown.medium}: “{quote.text}” is not in {quote.passage}")
    _count_worst(tally, "quote_fidelity", counted)


def _is_verbatim(quote: ShownQuote, text: Collection) -> bool:
    passage = text.by_id.get(quote.passage)
    return passage is not None and any(stands(each, passage.text) for each in _unwrapped(quote.text))


def _unwrapped(quote: str) -> tuple[str, ...]:
    """A quote without the page's quote marks, which may also be the text's own."""
    inner = quote[1:-1] if quote[:1] == "“" and quote[-1:] == "”" else quote
    return (quote, inner)


def _speakers(tally: Tally, media: Iterable[Shown], text: Collection) -> None:
    easy, hard = [], []
    for shown in media:
        right, hard_right, hard_all = 0, 0, 0
        for statement in shown.statements:
            good = _is_speaker(statement, text)
            right += good
            if not good:
                tally.complain(
                    "speaker_accuracy", f"{shown.medium}: {statement.speaker} did not write {_ids(statement)}"
                )
            if _is_hard(statement, text):
                hard_all += 1
                owned = good and all(_is_owned(quote, text) for quote in statement.quotes)
                owned &= only_reported(statement.text, _sentences(statement, text)) is None
                hard_right += owned
                if not owned:
                    tally.complain(
                        "speaker_accuracy_hard",
                        f"{shown.medium}: {statement.speaker}, {_ids(statement)}: {statement.text}",
                    )
        easy.append(Measure(hits=right, of=len(shown.statements)))
        hard.append(Measure(hits=hard_right, of=hard_all))
    _count_worst(tally, "speaker_accuracy", easy)
    _count_worst(tally, "speaker_accuracy_hard", hard)


def _ids(statement: ShownStatement) -> str:
    return ", ".join(quote.passage for quote in statement.quotes) or "nothing"


def _writers(statement: ShownStatement, text: Collection) -> list[Voice]:
    return [text.speaker(quote.passage) for quote in statement.quotes if quote.passage in text.by_id]


def _is_speaker(statement: ShownStatement, text: Collection) -> bool:
    writers = _writers(statement, text)
    return len(writers) == len(statement.quotes) > 0 and {spoken_as(v) for v in writers} == {
        statement.speaker
    }


def _is_hard(statement: ShownStatement, text: Collection) -> bool:
    """A passage that quotes others, a sentence that reports others; a commenter with several comments, or
    one named only by others."""
    if any([*reported_views(sentence)] for sentence in SENTENCE_END.split(_sentences(statement, text))):
        return True
    quoting = any(text.by_id[q.passage].quoted for q in statement.quotes if q.passage in text.by_id)
    return quoting or any(
        voice.role is VoiceRole.COMMENTER
        and (len(voice.passages) > 1 or any(n.passage not in voice.passages for n in voice.named_by))
        for voice in _writers(statement, text)
    )


def _sentences(statement: ShownStatement, text: Collection) -> str:
    """The whole sentences that the quotes of a statement stand in, where nobody else is quoted."""
    found = []
    for quote in statement.quotes:
        passage = text.by_id.get(quote.passage)
        spans = (locate(each, passage.text) for each in _unwrapped(quote.text)) if passage else ()
        span = next(filter(None, spans), None)
        if passage and span and not quote.owner:
            start, end = sentence_window(passage.text, *span)
            found.append(passage.text[start:end])
    return " ".join(found)


def _is_owned(quote: ShownQuote, text: Collection) -> bool:
    """Whether no words of another stand in the quote without its being said whose they are."""
    passage = text.by_id[quote.passage]
    others = [span for span in passage.quoted if span.owner != passage.voice]
    return bool(quote.owner) or not any(
        stands(each, passage.text[span.start : span.end])
        for span in others
        for each in _unwrapped(quote.text)
    )


def _agreement(tally: Tally, media: tuple[Shown, ...], screen: Screen) -> None:
    """Whether each medium shows the record's quotes under its speakers, and no text of unknown origin."""
    lists = [
        [(s.speaker, _bare(q.text), q.passage) for s, q in shown.quotes if q.text or q.passage]
        for shown in media
    ]
    ordered = [sorted(each) for each in lists]
    same = all(each == ordered[0] for each in ordered[1:])
    odd = [*screen.stray, *screen.markup, *(h for h in screen.headings if h not in HEADINGS)]
    tally.judge(
        "screen_agreement",
        same and not odd,
        f"on screen without a place: {odd[0]}" if odd else "the media show different quotes",
    )


def _bare(text: str) -> str:
    """A quote's letters alone, for comparing media that wrap it differently."""
    return " ".join(level(text).text.replace("'", " ").split())


def _count_worst(tally: Tally, metric: str, counted: list[Measure]) -> None:
    measure = worst(counted)
    if ratio(measure) is not None:
        tally.count(metric, measure.hits, measure.of)
