import html
import re
import string

from hypothesis import given
from hypothesis import strategies as st

from bot.web.plain_text import plain, shortened

PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(PRINTABLE)
def test_plain_shows_the_text_letter_for_letter(text: str) -> None:
    assert html.unescape(plain(text)) == text


@given(st.text())
def test_plain_leaves_no_sign_that_html_or_markdown_could_read(text: str) -> None:
    left = re.sub(r"&#\d+;|<br>", "", plain(text))
    assert not set(left) & set(string.punctuation)


@given(st.text())
def test_plain_stays_on_one_line(text: str) -> None:
    assert not re.search(r"[\x00-\x1f]", plain(text))


def test_plain_keeps_line_breaks_as_tags() -> None:
    assert plain("one\r\ntwo\rthree\nfour") == "one<br>two<br>three<br>four"


def test_shortened_ends_at_a_word() -> None:
    assert shortened("The roof was done, in one summer", 20) == "The roof was done …"


def test_shortened_leaves_a_short_text_alone() -> None:
    assert shortened("The roof", 8) == "The roof"
