"""Words and views that a passage only passes on, credited to whoever passes them on.

Words: every stretch of what a passage quotes from another. Views: those that a reader found reported in
the collections, by hand (`borrowed.yaml`), and faithful sentences that are put into someone else's mouth
in a copy of their collection. The same sentences under a writer's own “I think that” must still pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from bot.corpus import Collection, spoken_as
from bot.grounding import MIN_QUOTE_WORDS
from bot.records import Evidence, Passage, Record, Stance, Statement
from bot.wording import WORD, locate
from evals.planted import sentence_statements

# Frames that make a sentence another's, or the writer's of long ago. `{s}` is the sentence.
ANOTHERS = (
    "Critics say that {s}.",
    "Most people imagine that {s}.",
    "I have heard it said that {s}.",
    "My doctor told me that {s}.",
    "They keep claiming that {s}.",
    "Some would have us believe that {s}.",
    "According to the brochure, {s}.",
    "It is often argued that {s}.",
    "Those in charge insist that {s}.",
    "We are told that {s}.",
    "The theory that {s} is popular.",
    "He pretends that {s}.",
    "Everyone seems to assume that {s}.",
    "Their excuse was that {s}.",
    "I used to think that {s}.",
    "For years the firm has been claiming that {s}.",
    "“{s}”, my neighbour says.",
    "{s}, or so they tell us.",
    "{s}, according to my neighbour.",
    "It is a myth that {s}.",
)
# Frames that leave it the writer's own.
OWN = (
    "I believe that {s}.",
    "I would say that {s}.",
    "As I said before, {s}.",
    "In my opinion, {s}.",
    "I know that {s}.",
    "Let me say it plainly: {s}.",
    "I agree with her that {s}.",
    "It is true that {s}.",
    "The data show that {s}.",
    "We have to admit that {s}.",
)
HAND_FOUND = Path(__file__).with_name("borrowed.yaml")
LONGEST = 25
STRETCH, STEP = 8, 4
# A sentence that reports something already makes no clean plant, and one with a break in it leaves it
# open how much of it is reported.
UNCLEAN = re.compile(
    r"\b(?:say|said|think|thought|believe|imagine|claim|told|tell|argue|call|but)|[;:—–(]", re.I
)


class View(Record):
    """A view as it stands in a passage, and the words by which the passage reports it."""

    passage: str
    view: str
    report: str


def quoted_words(collection: Collection) -> list[Statement]:
    """Whole and in stretches of eight words, what each passage only quotes, credited to who quotes it."""
    made = []
    for passage in collection.passages:
        for span in passage.quoted:
            if span.owner == passage.voice:
                continue
            places = [m.span() for m in WORD.finditer(passage.text, span.start, span.end)]
            if len(places) < MIN_QUOTE_WORDS:
                continue
            starts = range(0, max(1, len(places) - STRETCH + 1), STEP)
            stretches = [(places[0][0], places[-1][1])]
            stretches += [(places[n][0], places[min(n + STRETCH, len(places)) - 1][1]) for n in starts]
            made += [_quoting(passage, *ends, collection) for ends in dict.fromkeys(stretches)]
    return made


def reported_views(collection: Collection) -> Iterator[tuple[Collection, list[Statement]]]:
    """Each collection that holds reported views, with those views as claims of whoever reports them."""
    yield collection, hand_found(collection)
    yield from reframed(collection, ANOTHERS)


def hand_found(collection: Collection) -> list[Statement]:
    """The reported views that a reader found in this collection, each credited to whoever reports it."""
    found: Mapping[str, Sequence[object]] = yaml.safe_load(HAND_FOUND.read_text("utf-8"))
    views = [View.model_validate(entry) for entry in found.get(collection.name, ())]
    return [_credited(view.passage, view.view, collection) for view in views]


def reframed(collection: Collection, frames: Sequence[str]) -> Iterator[tuple[Collection, list[Statement]]]:
    """For each frame, a copy in which it holds a sentence of each passage, and those sentences as claims."""
    by_passage: dict[str, list[Statement]] = {}
    for statement in sentence_statements(collection):
        if len(statement.text.split()) <= LONGEST and not UNCLEAN.search(statement.text):
            by_passage.setdefault(statement.evidence[0].passage, []).append(statement)
    for number, frame in enumerate(frames):
        chosen = {
            id_: _bare(said[number % len(said)].text, frame, collection) for id_, said in by_passage.items()
        }
        passages = tuple(
            p.model_copy(update={"text": frame.format(s=chosen[p.id]), "quoted": ()}) if p.id in chosen else p
            for p in collection.passages
        )
        copy = Collection(f"{collection.name}-{number}", collection.about, passages, collection.voices)
        yield copy, [_credited(id_, sentence, copy) for id_, sentence in chosen.items()]


def _bare(sentence: str, frame: str, collection: Collection) -> str:
    """The sentence as it stands inside a frame: without its full stop, small where it does not begin one."""
    bare = sentence.strip().rstrip('.!?…”"')
    return (
        bare
        if frame.startswith(("{", "“")) or bare[:2].isupper() or bare[:2] == "I "
        else bare[:1].lower() + bare[1:]
    )


def _credited(passage: str, view: str, collection: Collection) -> Statement:
    held: Passage = collection.by_id[passage]
    return _quoting(held, *(locate(view, held.text) or (0, 0)), collection)


def _quoting(passage: Passage, start: int, end: int, collection: Collection) -> Statement:
    voice, quote = collection.speaker(passage.id), passage.text[start:end]
    return Statement(
        stance=Stance.FOR,
        voice=voice.id,
        speaker=spoken_as(voice),
        text=quote,
        evidence=(Evidence(passage=passage.id, quote=quote, start=start, end=end),),
    )
