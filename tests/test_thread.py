"""Where a thread starts, what opens a comment, and whose reply it is."""

from __future__ import annotations

import pytest

from bot.corpus import thread_passages
from bot.page import Page, parse_page
from bot.thread import DEEPEST_REPLY, ImportProblem

LIST = "Three reasons:\n\n1. Money.\n2. Fear.\n3. Habit.\n\nThat is all."


def ids(page: Page) -> dict[str, str]:
    return {passage.id: passage.text for passage in thread_passages(page.comments)}


def article(page: Page) -> list[str]:
    return [block.text for block in page.article]


@pytest.mark.parametrize("marker", ["•", "·", "-", "*"])
def test_every_reply_marker_opens_a_reply(marker: str) -> None:
    page = parse_page(
        f"Article.\n\n  1. One.\n\n    Reply\n\n    {marker} Two.\n\n      Reply\n\n  2. Three.\n\n    Reply"
    )
    assert ids(page) == {"C1": "One.", "C1.1": "Two.", "C2": "Three."}


def test_a_reply_belongs_to_the_nearest_comment_indented_less_where_a_level_is_missing() -> None:
    thread = "  1. a\n\n      • b\n\n          • c\n\n          • d\n\n        • e\n\n    • f\n\n  2. g"
    assert list(ids(parse_page(f"Article.\n\n{thread}"))) == [
        "C1",
        "C1.1",
        "C1.1.1",
        "C1.1.2",
        "C1.1.3",
        "C1.2",
        "C2",
    ]


def test_tabs_indent() -> None:
    page = parse_page("Article.\n\n1. One.\n\t• Two.\n\t\t• Three.\n\t• Four.\n2. Five.")
    assert list(ids(page)) == ["C1", "C1.1", "C1.1.1", "C1.2", "C2"]


def test_unindented_and_oddly_indented_lines_go_on_with_the_comment() -> None:
    page = parse_page("Article.\n\n  1. One.\nand on\n\n       and off.\n\n    Report comment\n\n  2. Two.")
    assert ids(page) == {"C1": "One.\nand on\n\nand off.", "C2": "Two."}


@pytest.mark.parametrize("furniture", ["", "\n\n    Report comment"])
def test_a_list_in_the_article_is_not_the_thread(furniture: str) -> None:
    page = parse_page(f"{LIST}\n\n  1. One.{furniture}\n\n  2. Two.{furniture}")
    assert (article(page)[-1], list(ids(page))) == ("That is all.", ["C1", "C2"])


def test_a_list_inside_a_comment_is_not_the_thread() -> None:
    page = parse_page(f"{LIST}\n\n  1. One:\n\n      1. this\n      2. that\n\n    End.\n\n  2. Two.")
    assert ids(page) == {"C1": "One:\n\n1. this\n2. that\n\nEnd.", "C2": "Two."}


def test_a_list_inside_the_last_comment_is_not_the_thread() -> None:
    page = parse_page("Article.\n\n  1. One.\n\n  2. Two:\n\n      1. this\n      2. that")
    assert ids(page) == {"C1": "One.", "C2": "Two:\n\n1. this\n2. that"}


def test_bullets_inside_a_comment_are_no_replies_where_furniture_ends_comments() -> None:
    page = parse_page(
        "Article.\n\n  1. One:\n\n    • this\n\n    • that\n\n    Reply\n\n"
        "    • Two.\n\n      Reply\n\n  2. Three.\n\n    Reply"
    )
    assert ids(page) == {"C1": "One:\n\n• this\n\n• that", "C1.1": "Two.", "C2": "Three."}
    assert [doubt[:7] for doubt in page.doubts] == ["Line 5 ", "Line 7 "]


def test_numbers_may_skip_a_removed_comment() -> None:
    page = parse_page(
        "Article.\n\n  1. One.\n\n    Reply\n\n  3. Three.\n\n    Reply\n\n  4. Four.\n\n    Reply"
    )
    assert list(ids(page).values()) == ["One.", "Three.", "Four."]


def test_a_year_at_the_start_of_a_line_is_no_comment() -> None:
    page = parse_page("Article.\n\n  1. It began in\n  1984. And it goes on.\n\n  2. No.")
    assert ids(page) == {"C1": "It began in\n1984. And it goes on.", "C2": "No."}


def test_dashes_are_text_where_bullets_mark_the_replies() -> None:
    page = parse_page("Article.\n\n  1. One:\n    - this\n\n    • Two.\n\n  2. Three.")
    assert ids(page) == {"C1": "One:\n- this", "C1.1": "Two.", "C2": "Three."}


def test_right_aligned_numbers_are_one_level() -> None:
    items = "\n\n".join(f"{number:>3}. Words {number}.\n\n     Reply" for number in range(1, 12))
    assert list(ids(parse_page(f"Article.\n\n{items}"))) == [f"C{number}" for number in range(1, 12)]


def test_a_thread_of_bullets_alone_starts_above_its_first_furniture() -> None:
    page = parse_page("Article.\n\n• One.\n\nReply\n\n  • Two.\n\nReply\n\n• Three.\n\nReply")
    assert list(ids(page)) == ["C1", "C1.1", "C2"]


def test_words_after_furniture_that_open_no_comment_are_kept_and_doubted() -> None:
    page = parse_page("Article.\n\n  1. One.\n\n    Reply\n\n  Copyright\n\n  2. Two.\n\n    Reply")
    assert ids(page)["C1"].endswith("Copyright")
    assert page.doubts[0].startswith("Line 7 ")


def test_a_reply_under_nothing_is_doubted() -> None:
    page = parse_page("Article.\n\n  1. One.\n\n  • Two.\n\n  2. Three.")
    assert list(ids(page)) == ["C1", "C2", "C3"]
    assert "Line 5 looks like a reply" in page.doubts[0]


def test_replies_too_deep_to_read_back_are_refused() -> None:
    deep = "\n".join(f"{' ' * depth}• Reply {depth}." for depth in range(3, DEEPEST_REPLY + 3))
    with pytest.raises(ImportProblem, match="levels deep"):
        parse_page(f"Article.\n\n  1. One.\n{deep}")


def test_the_thread_line_is_where_the_first_comment_stands() -> None:
    assert parse_page("Article.\n\n  1. One.").thread_line == 3


SPOKEN = (
    "Article.\n\n1. Tom Ray: One.\n\n    1. Ann Hill: Two.\n\n        1. Tom Ray: Three.\n\n2. Priya: Four."
)


def test_an_indented_number_with_a_speaker_opens_a_reply_where_every_comment_has_one() -> None:
    page = parse_page(SPOKEN)
    assert ids(page) == {
        "C1": "Tom Ray: One.",
        "C1.1": "Ann Hill: Two.",
        "C1.1.1": "Tom Ray: Three.",
        "C2": "Priya: Four.",
    }
    assert page.doubts == ()


def test_a_reply_by_a_single_unknown_name_is_doubted() -> None:
    assert "read as a reply by Money" in parse_page(SPOKEN.replace("Ann Hill:", "Money:")).doubts[0]


@pytest.mark.parametrize("change", [("Priya: ", ""), ("Ann Hill: ", "")])
def test_an_indented_number_that_may_be_a_list_is_a_doubt(change: tuple[str, str]) -> None:
    page = parse_page(SPOKEN.replace(*change))
    assert "1. " in ids(page)["C1"]
    assert page.doubts[0].startswith("Line 5 is an indented number, read as a list")


def test_a_list_inside_a_comment_is_one_doubt() -> None:
    page = parse_page("Article.\n\n  1. One:\n\n      1. this\n      2. that\n\n  2. Two.")
    assert [doubt[:7] for doubt in page.doubts] == ["Line 5 "]


def test_numbered_comments_that_are_not_indented_import_where_furniture_closes_them() -> None:
    page = parse_page("Article.\n\n1. One.\n\nMore.\nReport comment\n\n2. Two.\nReport comment")
    assert ids(page) == {"C1": "One.\n\nMore.", "C2": "Two."}


def test_a_list_inside_a_comment_that_furniture_closes_is_a_doubt() -> None:
    page = parse_page(
        "Article.\n\n  1. One:\n\n    1. this\n    2. that\n\n    Reply\n\n  2. Two.\n\n    Reply"
    )
    assert ids(page) == {"C1": "One:\n\n1. this\n2. that", "C2": "Two."}
    assert [doubt[:7] for doubt in page.doubts] == ["Line 5 "]
