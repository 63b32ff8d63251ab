"""The deck as a page for a projector: every slide in it from the start, so that it needs no server after."""

from __future__ import annotations

from urllib.parse import quote as quoted_url

from bot.corpus import Collection
from bot.deck import QUESTION_CHARS
from bot.rehearsal import Prepared, Rehearsal
from bot.web.answer_page import answer_html
from bot.web.document import PANEL_SCRIPTS, PANEL_STYLES, document
from bot.web.plain_text import plain
from bot.web.source_panel import panel_html
from bot.working import working_key

STYLES = ("colours.css", *PANEL_STYLES, "present.css")
# It brings the other parts of itself.
SCRIPTS = (*PANEL_SCRIPTS, "present.js")
PROMISE = (
    "Both sides of one article and the comments under it. "
    "Every quote is checked, word for word, against the text."
)
NO_DECK = "There is no deck for this text yet. Write one in deck.yaml, or write questions here: press E."
KEYS = (
    ("→ or Page Down, Space", "next slide"),
    ("← or Page Up", "slide before"),
    ("Home, End", "first slide, last slide"),
    ("R", "start over"),
    ("B or .", "blank the screen"),
    ("Q", "everything with its quotes, or what fits"),
    ("W", "show the working"),
    ("A", "ask a question from the room"),
    ("E", "edit the deck"),
    ("T", "light or dark"),
    ("F", "full screen"),
    ("?", "these keys"),
)


def present_html(rehearsal: Rehearsal | None, collection: Collection, two_models: bool) -> str:
    """The whole presentation. Answers that are still being made are fetched by the page itself."""
    questions = rehearsal.deck.questions if rehearsal else ()
    title = (rehearsal.deck.title if rehearsal else "") or collection.about.title
    slides = "".join(
        slide_html(question, rehearsal.prepared(question) if rehearsal else None, collection, two_models)
        for question in questions
    )
    body = (
        f'<main id="deck" data-collection="{plain(collection.name)}" data-longest="{QUESTION_CHARS}">'
        f"{_title_slide(title, collection, bool(questions))}{slides}</main>"
        f"{_bar()}{_edit_dialog()}{_keys_dialog()}"
        '<div id="blank" hidden></div><div id="announcer" class="unseen" role="status"></div>'
        f"{panel_html(collection)}"
    )
    return document(f"{title}: Counterpoint", body, styles=STYLES, scripts=SCRIPTS, kind="presenting")


def slide_html(question: str, prepared: Prepared | None, collection: Collection, two_models: bool) -> str:
    """One slide; without an answer, one that the page will fill. `two_models`: there are two to compare."""
    question = " ".join(question.split())
    working = compare = ""
    body = '<p class="waiting">The answer is being made and checked.</p>'
    if prepared:
        body = answer_html(prepared.answer, collection)
        working = f"/working/{working_key(prepared.answer)}" if prepared.working else ""
        compare = f"/compare#{quoted_url(question, safe='')}" if two_models else ""
    return (
        f'<section class="slide{"" if prepared else " unanswered"}" tabindex="-1" hidden '
        f'aria-label="{plain(question)}" data-question="{plain(question)}" '
        f'data-working="{working}" data-compare="{plain(compare)}">'
        f'<h2 class="asked">{plain(question)}</h2><div class="body">{body}</div></section>'
    )


def _title_slide(title: str, collection: Collection, has_questions: bool) -> str:
    subject = collection.about.subject or collection.about.title
    remark = f"The text: {subject}" if has_questions else NO_DECK
    return (
        '<section class="slide title" tabindex="-1">'
        f'<h1>{plain(title)}</h1><p class="promise">{plain(PROMISE)}</p>'
        f'<p class="subject">{plain(remark)}</p></section>'
    )


def _bar() -> str:
    """Everything that the keys do, for a mouse or a finger; out of sight until it is wanted."""
    buttons = (
        ("back", "Back"),
        ("on", "Next"),
        ("start-over", "Start over"),
        ("blank-screen", "Blank"),
        ("quotes", "Everything"),
        ("ask-now", "Ask a question"),
        ("edit", "Edit the deck"),
        ("day-night", "Light or dark"),
        ("full-screen", "Full screen"),
        ("keys", "Keys"),
    )
    items = "".join(f'<button type="button" class="{name}">{label}</button>' for name, label in buttons)
    links = (
        '<a class="to-working" target="_blank" rel="noopener">Show the working</a>'
        '<a class="to-compare" target="_blank" rel="noopener">Both models</a>'
    )
    return (
        f'<nav id="bar" aria-label="Presentation"><span class="place"></span>{items}{links}</nav>'
        '<p id="below" aria-hidden="true" hidden>more below ↓</p><p id="remark" role="status"></p>'
    )


def _edit_dialog() -> str:
    return (
        '<dialog id="edit" aria-labelledby="edit-title"><form method="dialog">'
        '<h2 id="edit-title">The deck</h2>'
        '<label for="edit-questions">One question on each line; a line that you add '
        "is asked as soon as you use this deck. It is kept on this device only.</label>"
        '<textarea id="edit-questions" rows="12" spellcheck="true"></textarea>'
        '<p class="fault" role="alert"></p><p class="buttons">'
        '<button type="button" class="save">Use this deck</button>'
        '<button type="button" class="original">Back to the deck of the file</button>'
        '<button type="button" class="cancel">Cancel</button></p></form></dialog>'
    )


def _keys_dialog() -> str:
    rows = "".join(f"<dt>{plain(keys)}</dt><dd>{plain(does)}</dd>" for keys, does in KEYS)
    return (
        '<dialog id="keys" aria-labelledby="keys-title"><form method="dialog"><h2 id="keys-title">Keys</h2>'
        f"<dl>{rows}</dl><p>Page Down, Space and a clicker read a long slide to its end first.</p>"
        '<p class="buttons"><button type="submit">Close</button></p></form></dialog>'
    )
