"""Words on screen that are nobody's: not quoted, not the text's, not the map's, not fixed."""

from __future__ import annotations

import re

from bot import faults
from bot.corpus import Collection
from bot.details import content_stems
from bot.follow_ups import replies_to
from bot.grounding import grounds_for
from bot.neutrality import frames
from bot.overlap import mended
from bot.positions import Sides
from bot.records import Answer
from bot.rendering import plain_text, statement_text
from evals.bench import Bench
from evals.metrics import Tally
from evals.rendered import Screen, ShownStatement

EMPTY_SIDES = frozenset(
    ("Nobody was found here who says this.", "What was found on this side did not pass the check.")
)
COUNTED = re.compile(
    r"(?:no one|1 person|\d+ people) (?:for|against)|\d+ checked word for word against the text|"
    r"\d+ dropped by the check|none dropped"
)
FALLBACK = re.compile(r"The built-in model (?:wrote|finished) this answer: (?P<reason>.+)\.")
STATUS = re.compile(r"the model's endpoint (?:failed|refused the request) \(\d{3}\)")
REASONS = frozenset((*(v for v in vars(faults).values() if isinstance(v, str)), *faults.BY_STATUS.values()))
TERMINAL_LINES = (
    re.compile(
        r"The question here: ?|FOR|AGAINST|CONTEXT|Nearest in the text:|"
        r"The built-in model (?:wrote|finished) this answer: \.?"
    ),
    re.compile(
        r"(?:(?:no one|1 person|\d+ people) for, (?:no one|1 person|\d+ people) against; )?"
        r"\d+ of \d+ drafted statements passed the check\."
    ),
)
NEAR_LINE = re.compile(r"  \[(?P<passage>[AC]\d[\d.]*)\] (?P<opening>.*?)(?: …)?")
NOTHING_FOUND = frozenset(
    (
        "Nothing was found in the article or its comments that says this.",
        "This guide only knows one article and the comments under it, "
        "and this does not seem to be about them.",
    )
)
NO_SIDE = {
    "Nobody here speaks against this.": Sides.FOR_ONLY,
    "Nobody here speaks for this.": Sides.AGAINST_ONLY,
}


def count_own_voice(tally: Tally, answer: Answer, screen: Screen, bench: Bench) -> None:
    """Count whether an answer shows, in the window or the terminal, a sentence that nobody here wrote."""
    found = [
        *(["claim: " + screen.claim] if not _is_known_claim(screen.claim.strip(), answer, bench) else []),
        *(["notice: " + screen.notice] if not _is_known_notice(screen.notice, bench) else []),
        *(["fallback: " + screen.fallback] if not _is_known_reason(screen.fallback) else []),
        *("count: " + part for part in _parts(screen.counts) if not COUNTED.fullmatch(part)),
        *("gap: " + gap for gap in screen.gaps if not _is_known_gap(gap.strip(), answer, bench)),
        *("empty side: " + words for words in screen.none if not _is_known_silence(words, answer, bench)),
        *("ask next: " + asked for asked in screen.onward if not _is_known_question(asked, bench)),
        *("statement: " + s.text for s in screen.statements if not _is_carried(s, bench.collection)),
        *("window: " + words for words in screen.stray),
        *("terminal: " + line for line in terminal_stray(answer, bench.collection)),
    ]
    tally.judge("own_voice", not found, found[0][:200] if found else "")


def terminal_stray(answer: Answer, collection: Collection) -> list[str]:
    """The lines of the terminal's text that are neither the record's words nor the page's furniture."""
    text = plain_text(answer)
    said = (statement_text(statement) for statement in answer.statements)
    words = (answer.notice, answer.proposition, *said, *answer.gaps, answer.provenance.fallback or "")
    for piece in sorted(filter(None, words), key=len, reverse=True):
        text = text.replace(piece, "", 1)
    lines = [line for line in text.split("\n") if line.strip()]
    return [line for line in lines if not _is_furniture(line, collection)]


def _is_furniture(line: str, collection: Collection) -> bool:
    if any(pattern.fullmatch(line) for pattern in TERMINAL_LINES):
        return True
    near = NEAR_LINE.fullmatch(line)
    if near is None or near["passage"] not in collection.by_id:
        return False
    return " ".join(collection.by_id[near["passage"]].text.split()).startswith(near["opening"].strip())


def _parts(counts: str) -> list[str]:
    return [part for part in counts.split(" · ") if part]


def _is_known_reason(shown: str) -> bool:
    match = FALLBACK.fullmatch(shown.strip())
    return not shown or (
        match is not None and (match["reason"] in REASONS or bool(STATUS.fullmatch(match["reason"])))
    )


def _is_known_claim(claim: str, answer: Answer, bench: Bench) -> bool:
    """A claim is a proposition of the map, or made of the question's and the quotes' words only."""
    if not claim or claim in {topic.proposition for topic in bench.debate.by_id.values()}:
        return True
    about = bench.collection.about
    quotes = (evidence.quote for s in answer.statements for evidence in s.evidence)
    return bool(frames(claim, [answer.question, about.title, about.subject, *quotes]))


def _is_known_gap(gap: str, answer: Answer, bench: Bench) -> bool:
    """What the map says that nobody argues, a side that the map knows to be empty, or a fixed sentence."""
    topics = [bench.debate.by_id[topic] for topic in answer.topics if topic in bench.debate.by_id]
    if gap in NO_SIDE:
        return any(topic.sides is NO_SIDE[gap] for topic in topics)
    fixed = gap in NOTHING_FOUND and not answer.statements
    return fixed or any(gap in topic.silent for topic in topics)


def _is_known_silence(words: str, answer: Answer, bench: Bench) -> bool:
    return words in EMPTY_SIDES or _is_known_gap(words, answer, bench)


def _is_known_question(asked: str, bench: Bench) -> bool:
    """The first question of a topic, or one after the replies to a comment that is here."""
    mapped = {topic.questions[0] for topic in bench.debate.topics if topic.questions}
    return asked in mapped | {replies_to(passage) for passage in bench.collection.by_id}


def _is_known_notice(shown: str, bench: Bench) -> bool:
    flat = " ".join(shown.split())
    return not flat or any(flat == " ".join(text.split()) for text in bench.notices.values())


def _is_carried(statement: ShownStatement, text: Collection) -> bool:
    """Whether every word of meaning in a statement stands, by stem, in the passages that it cites."""
    cited = " ".join(text.by_id[q.passage].text for q in statement.quotes if q.passage in text.by_id)
    # A writer's slip of the pen may be put right in the statement.
    cited = mended(cited, statement.text, grounds_for(text, ()).weights)
    return set(content_stems(statement.text)) <= set(content_stems(cited))
