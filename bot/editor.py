"""The embedded model's judgement: from what the tools returned to a draft, by plain rules.

Nothing here invents words. A draft is made of positions that the map holds, of the words that
state a fact, or, where neither is near, of sentences quoted from passages that fit; else of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bot.answer_types import could_answer
from bot.details import content_stems
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.leaning import SIDED, FollowUp, Wants
from bot.notes import Notes, nearness
from bot.overlap import containment, idf
from bot.question import Expects, expects, subject_asked_after
from bot.records import Stance
from bot.silence import FAMILIAR, is_elsewhere, is_left_open, is_strange, silence
from bot.wording import words

# Set on the odd lines of evals/suites; docs/embedded.md says what they separate and how well.
SUBJECT_BAR = 0.29
QUOTE_BAR, QUOTE_BAR_UNMAPPED, MENTION_BAR = 0.75, 0.25, 0.9
FACT_LEAD, FACT_LAG, FACT_BESIDE_LAG = 0.15, 0.1, 0.05
JOIN_LAG, BESIDE_LAG, ALSO_LAG = 0.12, 0.08, 0.03
MOST_PER_SIDE, MOST_CONTEXT, MOST_BESIDE, MOST_QUOTES, MOST_FACTS = 8, 3, 3, 3, 2
SIDES = (Stance.FOR, Stance.AGAINST)
MIN_QUOTE_WORDS = 4
MOST_THREADS = 3
EDGE = 25
OF_ONE_PASSAGE = (Wants.REPLIES, Wants.IN_FULL, Wants.SAID, Wants.SAID_AND_REPLIES)
WHO_SIDES = re.compile(
    r"\b(?:who|anyone|anybody|which (?:readers?|commenters?|people|comments?)|does any\w*) (?:here |else )?"
    r"(?:dis)?agrees?\b|\bwho (?:here |else )?(?:objects|opposes|supports|defends|criticises|praises)\b",
    re.I,
)
OPENING_MARK = r"[“\"‘'«„]\s*"
# What a speaker is called beside a name.
UNNAMING = frozenset({"the", "commenter"})
# A verb elsewhere, and so no content word.
NOUNS_BY_PLACE = frozenset({"being", "can", "doing", "having", "may", "might", "must", "will"})
SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+[\"'”’)]*|$)", re.S)


def compose(question: str, notes: Notes, follow: FollowUp | None = None) -> Draft:
    """The draft that answers `question` from `notes`, or says why it cannot."""
    standalone = follow.standalone if follow else question
    draft = _followed(notes, follow) if follow else None
    draft = draft or _answered(question, notes, follow)
    return draft.model_copy(update={"standalone_question": standalone})


def threads_to_read(notes: Notes, follow: FollowUp | None) -> list[str]:
    """The passages whose surroundings bear on the question: what a follow-up means, or the best reply."""
    if follow and follow.wants in OF_ONE_PASSAGE:
        meant = follow.passages or [fact["passage"] for fact in notes.facts[:1]]
        return list(meant[: MOST_THREADS if follow.wants is Wants.REPLIES else 1])
    return [passage["id"] for passage in notes.passages if "answers" in passage][:1]


def _followed(notes: Notes, follow: FollowUp) -> Draft | None:
    """What a follow-up asks for by name: a passage in short or in full, or the replies to it."""
    targets = threads_to_read(notes, follow)
    quotes = _said_in(targets, notes) if follow.wants in (Wants.SAID, Wants.SAID_AND_REPLIES) else []
    if follow.wants is Wants.REPLIES or (quotes and follow.wants is Wants.SAID_AND_REPLIES):
        replies = [passage for passage in notes.thread if passage.get("answers") in targets]
        gists = [{"passage": reply["id"], "quote": quote} for reply in replies if (quote := _gist_of(reply))]
        quotes += [_quoted(gist) for gist in gists]
    if quotes:
        return Draft(statements=quotes, outcome="answered")
    if follow.wants is Wants.IN_FULL:
        meant = next((passage for passage in notes.thread if passage["id"] in targets), None)
        pieces = _in_full(meant) if meant else []
        if meant and pieces:
            whole = [_quoted({"passage": meant["id"], "quote": piece}) for piece in pieces]
            return Draft(statements=whole, outcome="answered")
    return None


def _in_full(passage: dict[str, Any]) -> list[str]:
    """A passage's whole text; where it repeats another's words without quote marks, what stands around."""
    others = [re.escape(quoted["words"]) for quoted in passage.get("quotes_others", ())]
    unmarked = [words for words in others if not re.search(rf"{OPENING_MARK}{words}", passage["text"])]
    if not unmarked:
        return [passage["text"]]
    around = (piece.strip() for piece in re.split("|".join(unmarked), passage["text"]))
    return [piece for piece in around if len(piece.split()) >= MIN_QUOTE_WORDS][:MOST_QUOTES]


def _said_in(targets: Sequence[str], notes: Notes) -> list[DraftStatement]:
    """What a passage says in its own words: the facts noted of it, else its gist."""
    target = next(iter(targets), None)
    facts = {fact["quote"]: fact for fact in notes.facts if fact["passage"] == target}
    if facts:
        return [_quoted(fact) for fact in list(facts.values())[:MOST_FACTS]]
    meant = next((passage for passage in notes.thread if passage["id"] == target), None)
    gist = _gist_of(meant) if meant else None
    return [_quoted({"passage": target, "quote": gist})] if gist else []


def _gist_of(passage: dict[str, Any]) -> str | None:
    """The longer of the first two sentences that a passage says in its own words."""
    return max(_own_sentences(passage)[:2], key=len, default=None)


def _answered(question: str, notes: Notes, follow: FollowUp | None) -> Draft:
    """Positions for a debate, a quote for a plain question; where neither is near, what fits or nothing."""
    leans, standalone = bool(follow and follow.leans), follow.standalone if follow else question
    kind = Expects.DEBATE if follow and follow.wants in SIDED else expects(question)
    topic, fact = nearness(notes.topics), nearness(notes.facts)
    if not leans and is_elsewhere(notes):
        return Draft(outcome="off_topic")
    subject = subject_asked_after(question)
    if subject and max(topic, fact) < FAMILIAR:
        return _mentions(subject, question, notes)
    if max(topic, fact) < (FAMILIAR if is_strange(question, notes) else SUBJECT_BAR):
        return _from_passages(standalone, notes)
    if not leans and is_left_open(question, kind, notes):
        return Draft(outcome="not_in_collection")
    names_a_side = leans and follow and follow.wants in SIDED
    if notes.topics and (names_a_side or (topic >= FAMILIAR and WHO_SIDES.search(question))):
        return _from_topics(notes)
    leads = fact > topic + FACT_LEAD if kind is Expects.DEBATE else fact >= topic - FACT_LAG
    facts = [each for each in notes.facts if could_answer(kind, each["quote"], question)]
    if facts and (leads or not notes.topics):
        return _from_facts(facts)
    return _from_topics(notes) if notes.topics else _from_passages(standalone, notes)


def _mentions(subject: str, question: str, notes: Notes) -> Draft:
    """Where the words asked after stand, or that they do not; where somebody is named, in his."""
    named = [passage["id"] for passage in notes.passages if _is_named(passage, question)]
    theirs_first = sorted(notes.passages, key=lambda passage: passage["id"] not in named)
    quotes = _best_sentences(subject, theirs_first, MENTION_BAR)
    quotes = [quote for quote in quotes if _holds_noun(quote.text, subject)]
    quotes = [quote for quote in quotes if quote.evidence[0].passage in named] or quotes
    if quotes:
        return Draft(statements=quotes, outcome="answered")
    return Draft(outcome=silence(subject, notes))


def _holds_noun(text: str, subject: str) -> bool:
    """Whether a text holds the last words of a subject that ends in a noun only by its place: “free will”."""
    asked = words(subject)
    return asked[-1] not in NOUNS_BY_PLACE or " ".join(asked[-2:]) in " ".join(words(text))


def _is_named(passage: dict[str, Any], question: str) -> bool:
    """Whether the question names a passage's speaker, by name or as “the author”."""
    return bool((set(words(passage["speaker"])) - UNNAMING) & set(words(question)))


def _from_facts(facts: Sequence[dict[str, Any]]) -> Draft:
    """The nearest fact, another where it is as near and says more, and whoever disputes them."""
    chosen = [fact for fact in facts if fact["score"] >= facts[0]["score"] - ALSO_LAG]
    chosen = [fact for fact in chosen if fact is chosen[0] or not _overlap(fact, chosen[0])][:MOST_FACTS]
    quotes = [quote for fact in chosen for quote in (fact, *fact["disputed_by"])]
    return Draft(statements=[_quoted(quote) for quote in quotes], outcome="answered")


def _new(positions: Sequence[dict[str, Any]], chosen: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The positions that rest on none of the words that those chosen rest on."""
    shown = [quote for position in chosen for quote in position["evidence"]]
    return [p for p in positions if not any(_overlap(one, two) for one in p["evidence"] for two in shown)]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one quote stands within the other."""
    return one["quote"] in other["quote"] or other["quote"] in one["quote"]


def _quoted(quote: dict[str, Any]) -> DraftStatement:
    """A quote that speaks for itself."""
    evidence = DraftQuote(passage=quote["passage"], quote=quote["quote"], quoting=quote.get("owner"))
    return DraftStatement(evidence=[evidence], stance="context", text=quote["quote"])


def _from_topics(notes: Notes) -> Draft:
    """The best topic's positions, those of one that is related, and what fits best in another as near."""
    best = notes.topics[0]
    joined = [t for t in notes.topics[1:] if t["joins"] and t["score"] >= best["score"] - JOIN_LAG]
    beside = [t for t in notes.topics[1:] if not t["joins"] and t["score"] >= best["score"] - BESIDE_LAG]
    # Topics that are joined may rest on the same words.
    positions = {
        (position["stance"], position["evidence"][0]["quote"]): position
        for topic in (*joined, best)
        for position in topic["positions"]
    }
    chosen = [p for stance in SIDES for p in _by_voice(list(positions.values()), stance, MOST_PER_SIDE)]
    around = [position for position in positions.values() if position["stance"] not in SIDES]
    chosen += _by_voice(_new(around, chosen), Stance.CONTEXT, MOST_CONTEXT)
    # On another proposition a stance would mislead: what is said beside the question is context to it.
    elsewhere: list[dict[str, Any]] = [
        {**position, "stance": Stance.CONTEXT} for topic in beside for position in topic["positions"]
    ]
    chosen += _by_voice(_new(elsewhere, chosen), Stance.CONTEXT, MOST_BESIDE)
    # Whether a question is a plain one or a debate is often a near thing: then the nearest fact is told too.
    plain = [fact for fact in notes.facts[:1] if fact["score"] >= best["score"] - FACT_BESIDE_LAG]
    told = [_quoted(fact) for fact in plain if _new([{"evidence": [fact]}], chosen)]
    return Draft(
        proposition=best["proposition"],
        topics=[topic["id"] for topic in (best, *joined)],
        statements=[*map(_drafted, chosen), *told],
        outcome="answered",
    )


def _by_voice(positions: Sequence[dict[str, Any]], stance: Stance, most: int) -> list[dict[str, Any]]:
    """Up to `most` positions of one stance: each voice once before any voice twice."""
    fitting = sorted(positions, key=lambda position: -position["fit"])
    of_stance = [position for position in fitting if position["stance"] == stance]
    firsts: dict[str, dict[str, Any]] = {}
    for position in of_stance:
        firsts.setdefault(position["speaker"], position)
    seconds = [position for position in of_stance if position not in firsts.values()]
    return [*firsts.values(), *seconds][:most]


def _drafted(position: dict[str, Any]) -> DraftStatement:
    return DraftStatement(
        evidence=[
            DraftQuote(passage=quoted["passage"], quote=quoted["quote"], quoting=quoted.get("owner"))
            for quoted in position["evidence"]
        ],
        stance=position["stance"],
        text=position["claim"],
    )


def _from_passages(question: str, notes: Notes) -> Draft:
    """Sentences quoted from the best passages, where the map has nothing.

    Beside a map, a sentence must hold most of the question's weighted words; without one, the
    passages found are all there is, and each shows the sentence nearest to the question.
    """
    if silence(question, notes) == "off_topic":
        return Draft(outcome="off_topic")
    mapped = notes.topics or notes.facts
    quotes = _best_sentences(question, notes.passages, QUOTE_BAR if mapped else QUOTE_BAR_UNMAPPED)
    return Draft(statements=quotes, outcome="partial") if quotes else Draft(outcome="not_in_collection")


def _best_sentences(question: str, passages: Sequence[dict[str, Any]], bar: float) -> list[DraftStatement]:
    """The best sentence of each of the first passages, where it carries more of the question than `bar`."""
    if not content_stems(question):
        return []
    weights = idf(passage["text"] for passage in passages)
    chosen = []
    for passage in passages:
        scored = [(containment(question, own, weights), own) for own in _own_sentences(passage)]
        score, best = max(scored, key=lambda each: each[0], default=(0.0, ""))
        if score > bar:
            chosen.append(_quoted({"passage": passage["id"], "quote": best}))
    return chosen[:MOST_QUOTES]


def _own_sentences(passage: dict[str, Any]) -> list[str]:
    """A passage's sentences that are its writer's own, or quote others only whole."""
    others = [quoted["words"] for quoted in passage.get("quotes_others", ())]
    return [own for own in sentences(passage["text"]) if not any(_cuts(own, other) for other in others)]


def _cuts(sentence: str, other: str) -> bool:
    """Whether a sentence lies in another's words or holds only a part of them."""
    edge = min(EDGE, len(other))
    return other not in sentence and (
        sentence in other or other[:edge] in sentence or other[-edge:] in sentence
    )


def sentences(text: str) -> Iterable[str]:
    """The sentences of a passage that are long enough to quote."""
    for paragraph in text.split("\n\n"):
        for match in SENTENCE.finditer(paragraph):
            sentence = match.group().strip()
            if len(words(sentence)) >= MIN_QUOTE_WORDS:
                yield sentence
