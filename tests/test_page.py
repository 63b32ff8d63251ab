"""The article's headings and paragraphs, and the page as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Comment, parse_article, thread_passages
from bot.page import Block, Marked, byline, looks_like_heading, parse_page, render_article
from bot.thread import ImportProblem

THREAD = "\n\n  1. Well put.\n\n    Report comment\n"


def blocks(article: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse_page(f"{article}{THREAD}").article]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Emotional Wounds and Healing", True),
        ("How Psychiatry’s Control-Freak Medical Model Fits into Contemporary Society", True),
        ("What Then Is Helpful?", True),
        ("What the studies show", True),
        ("2022: A Year of Doubt", True),
        ("THE END OF THE ROAD", True),
        ("It was late.", False),
        ("He paused, then went home", False),
        ("Who would say such a thing?", False),
        ("and then nothing", False),
        ("“We cannot change anything”", False),
        ("Here is what he said:", False),
        ("1. First Point", False),
        ("• First Point", False),
        ("Two Lines\nOf Verse", False),
        ("This one goes on for quite a few more words than a heading does", False),
        ("2022", False),
    ],
)
def test_a_heading_is_told_from_a_paragraph(text: str, expected: bool) -> None:
    assert looks_like_heading(text) is expected


@pytest.mark.parametrize("heading", ["## The Second Part", "# The Second Part", "### The Second Part ###"])
def test_markdown_headings_are_headings_of_one_level(heading: str) -> None:
    page = f"First words.\n\n{heading}\n\nLast words."
    assert blocks(page) == [
        ("paragraph", "First words."),
        ("heading", "The Second Part"),
        ("paragraph", "Last words."),
    ]


def test_a_markdown_heading_needs_no_blank_line_around_it() -> None:
    assert blocks("One.\n## Two\nThree.") == [
        ("paragraph", "One."),
        ("heading", "Two"),
        ("paragraph", "Three."),
    ]


@pytest.mark.parametrize("text", ["#MeToo changed it.", "#1 in the charts.", "C# is a language."])
def test_a_paragraph_may_start_with_a_number_sign(text: str) -> None:
    page = parse_page(f"{text}\n\nMore words.{THREAD}")
    assert [passage.text for passage in parse_article(render_article(page.article))] == [text, "More words."]


def test_a_short_last_line_of_the_article_stays_the_authors_words() -> None:
    assert blocks("A paragraph.\n\nAnd so it goes")[-1] == ("paragraph", "And so it goes")


def test_a_count_of_comments_above_the_thread_is_not_the_authors_words() -> None:
    assert blocks("A paragraph.\n\n39 COMMENTS") == [("paragraph", "A paragraph.")]


def test_the_first_heading_is_the_title() -> None:
    page = parse_page(f"# On Healing\n\nA paragraph.{THREAD}")
    assert (page.title, page.article) == ("On Healing", (Block(kind="paragraph", text="A paragraph."),))


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("title", ["Should Mill Street close to cars?", "# On Healing"])
def test_a_title_above_a_byline_is_the_title(title: str, between: str) -> None:
    page = parse_page(f"{title}{between}By Ann Hill and Bo Lund\n\nA paragraph.\n\nAnother.{THREAD}")
    assert (page.title, page.author) == (title.removeprefix("# "), "Ann Hill and Bo Lund")
    assert [block.text for block in page.article] == ["A paragraph.", "Another."]


@pytest.mark.parametrize(
    "text", ["By Night", "By then it was late", "By Ann Hill.", "Ann Hill", "By", "Going by Ann Hill"]
)
def test_what_only_looks_like_a_byline_is_none(text: str) -> None:
    assert byline(text) == ""


def test_a_first_paragraph_above_a_byline_stays_the_authors_words() -> None:
    page = parse_page(f"It was late.\n\nBy Ann Hill\n\nA paragraph.{THREAD}")
    assert (page.title, page.author) == ("", "")


def test_without_blank_lines_every_line_is_a_paragraph() -> None:
    assert [text for _, text in blocks("First words.\nLast words.")] == ["First words.", "Last words."]


def test_line_breaks_inside_a_paragraph_are_kept() -> None:
    assert blocks("First.\n\nRoses are red,\nviolets are blue.")[1][1] == "Roses are red,\nviolets are blue."


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n", "\u2028"])
def test_every_line_end_is_understood(ends: str) -> None:
    page = parse_page(f"\ufeffFirst.\n\nLast.{THREAD}".replace("\n", ends))
    assert [block.text for block in page.article] == ["First.", "Last."]
    assert page.comments == (Comment(text="Well put."),)


def test_rules_between_paragraphs_are_nobodys_words() -> None:
    assert blocks("First.\n\n* * *\n\nLast.") == [("paragraph", "First."), ("paragraph", "Last.")]


def test_furniture_words_inside_a_sentence_and_in_the_article_stay() -> None:
    page = parse_page(
        "First.\n\nReport\n\nLast.\n\n  1. I wrote a Report comment.\n\n    Reply\n\n  2. Reply to me."
    )
    assert [b.text for b in page.article] == ["First.", "Report", "Last."]
    assert [c.text for c in page.comments] == ["I wrote a Report comment.", "Reply to me."]


def test_quote_marks_become_quotations_and_their_words_stay() -> None:
    page = parse_page(
        "First.\n\nQUOTE{}Said before.ENDQUOTE{} So.\n\n  1. QUOTE{}First.\n\n    Twice.ENDQUOTE{} No."
    )
    assert page.marked == (
        Marked(passage="A2", quote="Said before."),
        Marked(passage="C1", quote="First.\n\nTwice."),
    )
    assert (page.article[1].text, page.comments[0].text) == ("Said before. So.", "First.\n\nTwice. No.")


def test_an_unclosed_quote_mark_stays_as_it_was_typed() -> None:
    assert parse_page("First.\n\n  1. QUOTE{}First. No.").comments[0].text == "QUOTE{}First. No."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no words"),
        (" \n\t\n\u00a0", "holds no words"),
        ("Only an article.\n\nAnd more of it.", "No comments found"),
        ("An article.\n\n1. A list.\n2. Its end.\n\nA last paragraph.", "No comments found"),
        ("  1. A comment.\n\n    Report comment", "No article found"),
        ("# Only a Title\n\n  1. A comment.", "No article found"),
        ("An article.\n\n  1. A comment.\n\n  2.\n\n  3. Another.", "line 5 is empty"),
        ("An article.\n\nWith a\x00zero.", "Line 3 holds the control character U+0000"),
        ("An \u202earticle.\n\n  1. A comment.", "Line 1 holds the control character U+202E"),
        ("An article.\n\n  1. \x1b[31mA comment.", "Line 3 holds the control character U+001B"),
    ],
)
def test_a_page_that_cannot_be_imported_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ImportProblem, match=sentence.replace("+", r"\+")):
        parse_page(text)


SIGNS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\u202d\u202e"
)
COMMENT_WORDS = st.text(SIGNS, min_size=1)
PARAGRAPH = COMMENT_WORDS.map(
    lambda text: f"So {' '.join(text.split())}.".replace("QUOTE{}", "").replace("  ", " ")
)
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=3).map("\n\n".join)
TREE = st.recursive(
    TEXT.map(lambda text: Comment(text=text)),
    lambda replies: st.builds(
        lambda text, r: Comment(text=text, replies=tuple(r)), TEXT, st.lists(replies, max_size=3)
    ),
    max_leaves=12,
)


def rendered(comments: list[Comment], depth: int = 0) -> str:
    lines = []
    for number, comment in enumerate(comments, start=1):
        pad = "  " * (depth + 1)
        mark = "•" if depth else f"{number}."
        body = comment.text.replace("\n\n", f"\n\n{pad}  ")
        lines.append(
            f"{pad}{mark} {body}\n\n{pad}  Report comment\n\n{rendered(list(comment.replies), depth + 1)}"
        )
    return "\n".join(lines)


@given(st.lists(TREE, min_size=1, max_size=5))
def test_any_thread_comes_back_with_its_words_ids_and_parents(comments: list[Comment]) -> None:
    page = parse_page(f"An article of one paragraph.\n\n{rendered(comments)}")
    assert list(thread_passages(page.comments)) == list(thread_passages(comments))
