"""The working of one answer as a page: what was found on each side, drafted, checked and dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote as quoted_url

from bot.corpus import Collection, spoken_as
from bot.grounding import Stances, check_statement, grounds_for
from bot.records import Answer, Evidence, Stance, Statement
from bot.rendering import people
from bot.settings import EMBEDDED
from bot.web.answer_page import citation_html, sentence
from bot.web.document import PANEL_SCRIPTS, PANEL_STYLES, document, masthead
from bot.web.plain_text import plain, shortened
from bot.web.source_panel import panel_html
from bot.web.verdicts import Verdict, verdicts, verdicts_html
from bot.web.workings import Worked
from bot.working import Drafted

STYLES = ("colours.css", *PANEL_STYLES, "pages.css", "working.css")
SCRIPTS = (*PANEL_SCRIPTS, "working.js")
SIDES = {
    Stance.FOR: "For",
    Stance.AGAINST: "Against",
    Stance.CONTEXT: "Context",
    None: "Found, on no side of this",
}
PARTS = {"Found": "#found", "Dropped": "#dropped", "Drafted": "#drafted", "Break it": "#break"}
OPENING_CHARS = 130
BREAKAGES = {
    "quote": "Plant a wrong quote",
    "speaker": "Plant a wrong speaker",
    "negation": "Flip a negation",
}
GONE = (
    "The working of this answer is no longer kept: only the latest few hundred are, and none through a "
    "restart. Ask the question again to see it; from a presentation, reload the deck there."
)


@dataclass
class Row:
    """A passage as retrieval found it: its scores, and what became of it."""

    passage: str
    search: float | None = None
    fit: float | None = None
    stances: set[Stance] = field(default_factory=set)


def working_html(worked: Worked, collection: Collection, stances: Stances | None, two_models: bool) -> str:
    """The whole page. `stances`: what the map says on the answer's topics; `two_models`: there is another."""
    answer, working = worked.answer, worked.working
    compare = f"/compare#{quoted_url(answer.question, safe='')}"
    body = (
        masthead(PARTS | ({"Both models": compare} if two_models else {}))
        + '<main class="working"><h1>How this answer came about</h1>'
        + f'<p class="asked">{plain(answer.question)}</p>'
        + _summary(worked)
        + _found(worked, collection)
        + _drafted(worked, collection, stances)
        + _break(answer, collection)
        + _made_by(answer, working.model)
        + "</main>"
        + panel_html(collection)
    )
    title = f"The working: {answer.question}"
    return document(title, body, styles=STYLES, scripts=SCRIPTS, kind="page")


def gone_html() -> str:
    """The page for an answer that is no longer kept."""
    body = (
        f'{masthead({})}<main class="working"><h1>No longer here</h1><p>{plain(GONE)}</p>'
        '<p><a href="/">To the conversation</a></p></main>'
    )
    return document("No longer here", body, styles=STYLES, kind="page")


def _summary(worked: Worked) -> str:
    answer, drafted = worked.answer, worked.working.drafted
    shown, dropped = len(answer.statements), len(answer.dropped)
    sides = f"{people(len(answer.voices_for))} for, {people(len(answer.voices_against))} against"
    line = f"{len(drafted)} drafted, {shown} shown, {dropped} dropped by the check; {sides}."
    return f'<p class="summary">{plain(line)}</p>'


# --- What was found


def _found(worked: Worked, collection: Collection) -> str:
    working = worked.working
    asked = "".join(f"<li>The text was searched for <q>{plain(s.query)}</q>.</li>" for s in working.searches)
    asked += "".join(
        f"<li>The map of the debate holds: {plain(topic.proposition)} "
        f'<span class="score">{topic.score:.2f}</span></li>'
        for topic in working.topics
    )
    asked += "".join(
        f"<li>The thread around {citation_html(id_, collection)} was read.</li>" for id_ in working.threads
    )
    groups = "".join(_group(stance, rows, worked, collection) for stance, rows in _rows(worked).items())
    return (
        f'<section id="found"><h2>What was found</h2><ul class="asked-of">{asked}</ul>'
        '<p class="hint">“Search” is the fused score of meaning and words; “map” is how near a mapped '
        "position is to the question. Scores compare within one answer only.</p>"
        f'<div class="found">{groups}</div></section>'
    )


def _rows(worked: Worked) -> dict[Stance | None, list[Row]]:
    """Every passage found, under each side on which the answer's topics of the map or the draft hold it."""
    answer, working = worked.answer, worked.working
    rows: dict[str, Row] = {}
    for search in working.searches:
        for hit in search.hits:
            row = rows.setdefault(hit.passage, Row(hit.passage))
            row.search = max(hit.score, row.search or 0.0)
    for topic in working.topics:
        for position in topic.positions if topic.topic in answer.topics else ():
            for passage in position.passages:
                row = rows.setdefault(passage, Row(passage))
                row.fit = max(position.fit, row.fit or 0.0)
                row.stances.add(position.stance)
    for fact in working.facts:
        row = rows.setdefault(fact.passage, Row(fact.passage))
        row.fit = max(fact.score, row.fit or 0.0)
    for drafted in working.drafted:
        for evidence in drafted.statement.evidence:
            if evidence.passage in rows:
                rows[evidence.passage].stances.add(drafted.statement.stance)
    ordered = sorted(rows.values(), key=lambda row: (-(row.search or 0.0), -(row.fit or 0.0)))
    return {
        stance: [row for row in ordered if (stance in row.stances if stance else not row.stances)]
        for stance in SIDES
    }


def _group(stance: Stance | None, rows: Sequence[Row], worked: Worked, collection: Collection) -> str:
    if not rows:
        return ""
    items = "".join(_row(row, worked.answer, collection) for row in rows)
    head = "<tr><th>Passage</th><th>Search</th><th>Map</th><th>What became of it</th></tr>"
    return (
        f'<div class="group {stance or "none"}"><h3>{SIDES[stance]} '
        f'<span class="count">{len(rows)}</span></h3><div class="wide" tabindex="0" role="group" '
        f'aria-label="Passages found: {SIDES[stance]}"><table><thead>{head}</thead>'
        f"<tbody>{items}</tbody></table></div></div>"
    )


def _row(row: Row, answer: Answer, collection: Collection) -> str:
    passage = collection.by_id[row.passage]
    opening = shortened(" ".join(passage.text.split()), OPENING_CHARS)
    scores = "".join(
        f'<td class="score">{"" if score is None else f"{score:.3f}"}</td>' for score in (row.search, row.fit)
    )
    return (
        f"<tr><td>{citation_html(row.passage, collection)} "
        f"<strong>{plain(spoken_as(collection.speaker(row.passage)))}</strong>"
        f'<span class="opening">{plain(opening)}</span></td>{scores}'
        f"<td>{_fate(row.passage, answer)}</td></tr>"
    )


def _fate(passage: str, answer: Answer) -> str:
    if passage in _cited(answer.statements):
        return "quoted in the answer"
    return "dropped by the check" if passage in _cited(answer.dropped) else "read, not used"


def _cited(statements: Iterable[Statement]) -> set[str]:
    return {evidence.passage for statement in statements for evidence in statement.evidence}


# --- What was drafted and checked


def _drafted(worked: Worked, collection: Collection, stances: Stances | None) -> str:
    made = worked.working.drafted
    dropped = [each for each in made if each.statement.check.verdict == "failed"]
    passed = [each for each in made if each.statement.check.verdict == "passed"]
    lost = "".join(_card(each, worked, collection, stances) for each in dropped)
    kept = "".join(_card(each, worked, collection, stances) for each in passed)
    return (
        '<section id="dropped"><h2>What was dropped, and why</h2>'
        f"{lost or '<p>Nothing: every statement that was drafted passed the check.</p>'}</section>"
        '<section id="drafted"><h2>What was drafted and passed</h2>'
        '<p class="hint">Each statement was held against seven rules, in this order, by code and not by a '
        f"model.</p>{kept or '<p>Nothing was drafted that passed.</p>'}</section>"
    )


def _card(drafted: Drafted, worked: Worked, collection: Collection, stances: Stances | None) -> str:
    statement = drafted.statement
    failed = statement.check.verdict == "failed"
    by = "the built-in model, standing in" if drafted.stand_in else _model(worked.working.model)
    rules = verdicts_html(_verdicts(statement, worked.answer, collection, stances))
    opened = " open" if failed else ""
    heading = f"Drafted by {by}: {statement.stance}"
    return (
        f'<article class="draft {statement.stance}{" failed" if failed else ""}">'
        f'<p class="by">{plain(heading)}</p>{statement_html(statement, collection)}'
        f"<details{opened}><summary>{'Dropped' if failed else 'Passed all seven rules'}</summary>"
        f"{rules}</details></article>"
    )


def _verdicts(
    statement: Statement, answer: Answer, collection: Collection, stances: Stances | None
) -> list[Verdict]:
    """As they were found at the time; a failure that the check itself does not find came after it."""
    finding = next(iter(statement.check.findings), None)
    grounds = grounds_for(collection, answer.provenance.passages_read)
    if finding and not check_statement(statement, grounds, stances):
        return verdicts(None, beyond=finding.detail)
    return verdicts(finding)


def statement_html(statement: Statement, collection: Collection) -> str:
    """A statement with its quotes, as drafted, whether or not it holds."""
    quotes = "".join(_quote(evidence, collection) for evidence in statement.evidence)
    return (
        f'<p class="said"><strong class="speaker">{plain(statement.speaker)}</strong> '
        f"{plain(sentence(statement.text))}</p>{quotes}"
    )


def _quote(evidence: Evidence, collection: Collection) -> str:
    link = citation_html(evidence.passage, collection, evidence.start, evidence.end)
    return f"<blockquote>“{plain(' '.join(evidence.quote.split()))}” {link}</blockquote>"


# --- Breaking it, and what made it


def _break(answer: Answer, collection: Collection) -> str:
    if not answer.statements:
        return ""
    options = "".join(
        f'<option value="{number}">{plain(shortened(f"{each.speaker}: {each.text}", 90))}</option>'
        for number, each in enumerate(answer.statements)
    )
    buttons = "".join(
        f'<button type="button" class="breaks" data-breakage="{name}">{label}</button>'
        for name, label in BREAKAGES.items()
    )
    voices = "".join(
        f'<option value="{plain(voice.id)}">{plain(spoken_as(voice))}</option>' for voice in collection.voices
    )
    return (
        '<section id="break"><h2>Break it on purpose</h2>'
        "<p>Take a statement that passed, make it wrong, and see what the check says. It is the same check "
        "that every answer goes through.</p>"
        f'<label class="choice">Statement <select id="break-which">{options}</select></label>'
        f'<p class="buttons">{buttons}</p>'
        '<details class="own"><summary>Or write it wrong yourself</summary><form id="break-own">'
        f'<label>Speaker <select name="voice">{voices}</select></label>'
        '<label>Claim <textarea name="text" rows="2" required></textarea></label>'
        '<label>Quote <textarea name="quote" rows="3" required></textarea></label>'
        '<button type="submit">Check it</button></form></details>'
        f'<div id="break-result" role="status"></div>{_facts(answer)}</section>'
    )


def _facts(answer: Answer) -> str:
    """The shown statements as the form takes them up: inert data, read by the page's script."""
    rows = "".join(
        f'<li data-voice="{plain(each.voice)}" data-text="{plain(each.text)}" '
        f'data-quote="{plain(" ".join(each.evidence[0].quote.split()))}"></li>'
        for each in answer.statements
    )
    return f'<ul id="break-statements" hidden>{rows}</ul>'


def _made_by(answer: Answer, model: str) -> str:
    made = answer.provenance
    rows = {
        "Model": _model(model),
        "Stood in": made.fallback or "",
        "Understood as": answer.standalone_question if answer.standalone_question != answer.question else "",
        "Passages read": ", ".join(made.passages_read),
        "Seconds": f"{made.timings.total:.2f}",
        "Tokens": f"{made.tokens.prompt} read, {made.tokens.completion} written",
        "Text": f"{made.collection} {made.collection_hash}",
        "Index, settings, prompts": f"{made.index_hash}, {made.settings_hash}, {made.prompts_hash}",
    }
    items = "".join(f"<dt>{name}</dt><dd>{plain(value)}</dd>" for name, value in rows.items() if value)
    return f'<section><h2>What made it</h2><dl class="made">{items}</dl></section>'


def _model(name: str) -> str:
    return "the built-in model" if name == EMBEDDED else name
