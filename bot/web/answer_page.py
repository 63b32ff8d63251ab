"""An `Answer` as the HTML of one chat message: the claim, both sides, context, gaps and counts.

Gradio's sanitiser keeps only tags, `class` and `href`, so all that the page's script needs stands in
those: a citation's link is `#A12~10~80`, the passage and the offsets of the quote in its text.
Everything is on one line of source, so that no Markdown reader sees a blank line to start work at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.corpus import Collection, spoken_as
from bot.records import Answer, Evidence, Near, Outcome, Stance, Statement
from bot.rendering import ONE_SIDED, fallback_line, gaps_heading, people, says_itself, sentence
from bot.web.plain_text import plain, shortened

SIDES = {Stance.FOR: "For", Stance.AGAINST: "Against"}
OTHER_SIDE = {Stance.FOR: Stance.AGAINST, Stance.AGAINST: Stance.FOR}
NOBODY_FOUND = "Nobody was found here who says this."
FAILED_CHECK = "What was found on this side did not pass the check."
# A number to be dialled, as the care file's fixed words hold them: 988, 116 123, 1-800-222-1222.
NUMBER = re.compile(r"(?<![\w.])\d(?:[ -]?\d){2,14}(?![\w])")
NO_BREAK = "\u00a0"
NEAR_SHOWN = 4
NEAR_CHARS = 200


def question_html(question: str) -> str:
    """A visitor's question, shown letter for letter."""
    return f'<h2 class="asked">{plain(question)}</h2>'


def answer_html(answer: Answer, collection: Collection) -> str:
    """The whole answer, once it is finished."""
    parts = [
        _notice(answer),
        claim_html(answer.proposition),
        statements_html(answer.statements, collection, _missing_sides(answer)),
        _gaps(answer),
        _near(answer, collection),
        _counts(answer),
        _fallback(answer),
        _onward(answer),
    ]
    return f'<div class="answer finished {answer.outcome}">{"".join(parts)}</div>'


def claim_html(proposition: str) -> str:
    """The debatable proposition that the two sides speak to; "" where there is none."""
    if not proposition:
        return ""
    return f'<p class="claim"><span class="label">The claim</span> {plain(proposition)}</p>'


def statements_html(
    statements: Sequence[Statement],
    collection: Collection,
    missing: Mapping[Stance, str] | None = None,
) -> str:
    """The statements: For beside Against, then context. `missing` is what an empty side says of itself."""
    sides = [_side(stance, statements, collection, missing or {}) for stance in SIDES]
    context = [s for s in statements if s.stance is Stance.CONTEXT]
    empty = _empty_side(statements)
    lone = f" without-{empty}" if empty and missing else ""
    html = f'<div class="sides{lone}">{"".join(sides)}</div>' if any(sides) else ""
    if context:
        heading = "Context" if html else "What is said here"
        html += f'<section class="context"><h3>{heading}</h3>{_list(context, collection)}</section>'
    return html


def _side(
    stance: Stance,
    statements: Sequence[Statement],
    collection: Collection,
    missing: Mapping[Stance, str],
) -> str:
    shown = [s for s in statements if s.stance is stance]
    if not shown and not any(s.stance in SIDES for s in statements):
        return ""
    body = _list(shown, collection)
    if not shown and stance in missing:
        body = f'<p class="none">{plain(missing[stance])}</p>'
    count = f' <span class="count">{_voices(shown)}</span>' if shown else ""
    below = _below(statements) if shown and stance is Stance.FOR else ""
    return f'<section class="side {stance}"><h3>{SIDES[stance]}{count}{below}</h3>{body}</section>'


def _below(statements: Sequence[Statement]) -> str:
    """What stands below the first side; styles show it where a window is too narrow for both at once."""
    against = [s for s in statements if s.stance is Stance.AGAINST]
    return f' <span class="count other-side">below, against: {_voices(against)}</span>' if against else ""


def _voices(statements: Sequence[Statement]) -> str:
    return people(len({statement.voice for statement in statements}))


def _list(statements: Sequence[Statement], collection: Collection) -> str:
    return "".join(_statement(statement, collection) for statement in statements)


def _statement(statement: Statement, collection: Collection) -> str:
    quotes = "".join(_quote(evidence, collection) for evidence in statement.evidence)
    # A statement that is only its quote would say everything twice.
    text = "" if says_itself(statement) else f" {plain(sentence(statement.text))}"
    speaker = f'<strong class="speaker">{plain(statement.speaker)}</strong>'
    return f'<div class="statement"><p class="said">{speaker}{text}</p>{quotes}</div>'


def _quote(evidence: Evidence, collection: Collection) -> str:
    words = " ".join(evidence.quote.split())
    if not (words.startswith("“") and words.endswith("”")):
        words = f"“{words}”"
    link = citation_html(evidence.passage, collection, evidence.start, evidence.end)
    # Not to be broken off: a citation alone on a line belongs to nothing.
    return f"<blockquote>{plain(words)}{_owner(evidence, collection)}{NO_BREAK}{link}</blockquote>"


def _owner(evidence: Evidence, collection: Collection) -> str:
    """Whose words a quote is, where they are not the speaker's own."""
    if not evidence.owner:
        return ""
    voice = collection.voice_by_id.get(evidence.owner)
    name = spoken_as(voice) if voice else evidence.owner
    return f' <span class="owner">words of {plain("someone not named" if name == "unknown" else name)}</span>'


def citation_html(passage: str, collection: Collection, start: int = 0, end: int = 0) -> str:
    """A link to a passage, and to the quote's characters in it; plain text where no such passage is."""
    if passage not in collection.by_id:
        return f'<span class="cite">{plain(passage)}</span>'
    quoted = f"~{start}~{end}" if 0 <= start < end <= len(collection.by_id[passage].text) else ""
    return f'<a class="cite" href="#{passage}{quoted}">{passage}</a>'


def _empty_side(statements: Sequence[Statement]) -> Stance | None:
    """The side that nobody takes while somebody takes the other."""
    taken = {statement.stance for statement in statements} & set(SIDES)
    return OTHER_SIDE[taken.pop()] if len(taken) == 1 else None


def _notice(answer: Answer) -> str:
    return f'<div class="notice"><p>{dialled(answer.notice)}</p></div>' if answer.notice else ""


def dialled(text: str) -> str:
    """Fixed words of the care file, in which every telephone number is a link that dials it."""
    html, at = "", 0
    for number in NUMBER.finditer(text):
        digits = re.sub(r"\D", "", number.group())
        html += plain(text[at : number.start()])
        html += f'<a class="dial" href="tel:{digits}">{plain(number.group())}</a>'
        at = number.end()
    return html + plain(text[at:])


def _gaps(answer: Answer) -> str:
    gaps = [] if _silence_fills_a_side(answer) else _gaps_worth_saying(answer)
    if not gaps:
        return ""
    heading = gaps_heading(answer.outcome)
    items = "".join(f"<li>{plain(gap)}</li>" for gap in gaps)
    return f'<section class="gaps"><h3>{heading}</h3><ul>{items}</ul></section>'


def _near(answer: Answer, collection: Collection) -> str:
    """Near passages, where the text does not say what was asked; a question off its subject has none near."""
    near = [near for near in answer.unused if near.passage in collection.by_id][:NEAR_SHOWN]
    if answer.statements or not near or answer.outcome is not Outcome.NOT_IN_COLLECTION:
        return ""
    items = "".join(f"<li>{_near_passage(passage, collection)}</li>" for passage in near)
    return f'<section class="near"><h3>What is near</h3><ul>{items}</ul></section>'


def _near_passage(near: Near, collection: Collection) -> str:
    speaker = spoken_as(collection.speaker(near.passage))
    opening = shortened(" ".join(near.text.split()), NEAR_CHARS)
    link = citation_html(near.passage, collection)
    return f'<strong class="speaker">{plain(speaker)}</strong> <q>{plain(opening)}</q>{NO_BREAK}{link}'


def _gaps_worth_saying(answer: Answer) -> list[str]:
    """The gaps without those that say in general what a side's column shows."""
    sided = any(statement.stance in SIDES for statement in answer.statements)
    return [gap for gap in answer.gaps if not (sided and gap in ONE_SIDED)]


def _missing_sides(answer: Answer) -> dict[Stance, str]:
    """What the empty side says, once all statements are in: what nobody here says, and that alone."""
    empty = _empty_side(answer.statements)
    if empty is None:
        return {}
    if _silence_fills_a_side(answer):
        return {empty: "\n".join(_gaps_worth_saying(answer) or answer.gaps)}
    failed = any(statement.stance is empty for statement in answer.dropped)
    return {empty: FAILED_CHECK if failed else NOBODY_FOUND}


def _silence_fills_a_side(answer: Answer) -> bool:
    """Whether what nobody here says is the other side, so that it is said in that side's column alone."""
    empty = _empty_side(answer.statements)
    failed = any(statement.stance is empty for statement in answer.dropped)
    return empty is not None and not failed and any(gap in ONE_SIDED for gap in answer.gaps)


def _counts(answer: Answer) -> str:
    if not answer.statements:
        return ""
    sides = [
        f"{people(len(voices))} {side}"
        for side, voices in (("for", answer.voices_for), ("against", answer.voices_against))
        if voices
    ]
    checked = f"{len(answer.statements)} checked word for word against the text"
    dropped = f"{len(answer.dropped)} dropped by the check" if answer.dropped else "none dropped"
    return f'<p class="counts">{" · ".join([*sides, checked, dropped])}</p>'


def _fallback(answer: Answer) -> str:
    line = fallback_line(answer)
    return f'<p class="fallback">{plain(line)}</p>' if line else ""


def _onward(answer: Answer) -> str:
    """Questions to go on with; links, because Gradio lets no button through."""
    if not answer.follow_ups:
        return ""
    items = "".join(
        f'<li><a class="ask-this" href="#ask">{plain(question)}</a></li>' for question in answer.follow_ups
    )
    return f'<section class="onward"><h3>Ask next</h3><ul>{items}</ul></section>'
