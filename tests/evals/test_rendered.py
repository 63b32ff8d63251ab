"""Reading the window and the terminal back."""

from __future__ import annotations

import pytest

from bot.records import Answer
from evals.rendered import read_html, read_terminal, terminal, window

STATEMENT = (
    '<section class="side for"><h3>For <span class="count">1 person</span></h3>'
    '<div class="statement">'
    '<p class="said"><strong class="speaker">Tamsin</strong> Run them.</p>'
    '<blockquote>“So yes, run the night buses.” <a class="cite" href="#C1~1~9">C1</a></blockquote>'
    "</div></section>"
)


def test_the_window_shows_the_records_statements(answered: Answer, night):
    shown = window(answered, night.collection).statements
    assert [(s.side, s.speaker, [q.passage for q in s.quotes]) for s in shown] == [
        (s.stance, s.speaker, [e.passage for e in s.evidence])
        for side in ("for", "against", "context")
        for s in answered.statements
        if s.stance == side
    ]
    assert len(shown) > 2


def test_the_terminal_shows_the_records_quotes(answered: Answer):
    shown = sorted((s.speaker, q.text, q.passage) for s in terminal(answered) for q in s.quotes)
    assert shown == sorted((s.speaker, e.quote, e.passage) for s in answered.statements for e in s.evidence)


def test_a_statements_parts_are_told_apart():
    (statement,) = read_html(STATEMENT).statements
    assert (statement.side, statement.speaker, statement.text) == ("for", "Tamsin", "Run them.")
    assert vars(statement.quotes[0]) == {
        "text": "“So yes, run the night buses.”",
        "passage": "C1",
        "href": "#C1~1~9",
        "owner": "",
    }


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<p class="claim"><img src="x"></p>',
        '<a class="cite" href="https://attacker.example">C1</a>',
        '<p class="claim" onclick="x()">A claim</p>',
        "<!-- hidden -->",
    ],
)
def test_what_may_not_be_on_the_page_is_noted(html: str):
    assert read_html(f'<div class="answer">{html}</div>').markup


def test_text_outside_every_part_is_noted():
    assert read_html('<div class="answer"><p>I think so too.</p></div>').stray == ["I think so too."]


def test_a_statement_without_a_citation_has_no_quotes():
    html = STATEMENT[: STATEMENT.index("<blockquote>")] + "</div></section>"
    assert read_html(html).statements[0].quotes == []


def test_a_quote_of_several_lines_is_one_quote():
    first = "Tamsin: both things\n  “One thing.\n\nAnother thing.” [C1]"
    text = f"FOR\n\n{first}\n\nCorwin: no\n  “Not that.” [C1.1]"
    assert [(s.speaker, s.quotes[0].text, s.quotes[0].passage) for s in read_terminal(text)] == [
        ("Tamsin", "One thing.\n\nAnother thing.", "C1"),
        ("Corwin", "Not that.", "C1.1"),
    ]
