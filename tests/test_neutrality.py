import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.neutrality import clean, frames, is_plain, says_the_same


@given(st.text(alphabet=st.characters(), max_size=30))
def test_what_is_clean_can_be_written_down(text: str):
    assert clean(text).encode("utf-8") is not None


@pytest.mark.parametrize("half", ["\ud800", "a\udfff", "\ud83d\ud83d"])
def test_halves_of_characters_are_replaced(half: str):
    assert "\ufffd" in clean(half)


def test_a_pair_of_halves_is_its_character():
    assert clean("\ud83d\ude00") == "😀"


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "[x](y)",
        "`x`",
        "# x",
        "x\ny",
        "http://x.org",
        "javascript:x",
        "www.x.org",
        "\u202ex",
        "a\x07",
    ],
)
def test_markup_links_and_hidden_signs_are_not_plain(text: str):
    assert not is_plain(text)


@pytest.mark.parametrize("text", ["the term “healer” sounds grandiose", "it's 5%, isn't it? (perhaps); yes!"])
def test_plain_words_are_plain(text: str):
    assert is_plain(text)


def test_a_sign_that_the_quote_holds_is_allowed():
    assert is_plain("a * b", "so a * b holds")


@pytest.mark.parametrize(
    ("drafted", "stands"),
    [
        ("Libraries should drop fines.", True),
        ("Most commenters disagree about fines in the library.", True),
        ("Libraries should drop cruel fines.", False),
        ("Fines fines fines " * 20, False),
        ("", False),
    ],
)
def test_a_frame_adds_no_word_of_meaning(drafted: str, stands: bool):
    assert bool(frames(drafted, ["Should the library drop its fines?"])) is stands


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The library should drop late fines.", "Should late fines be dropped by the library?", True),
        ("The library should drop late fines.", "The library should not drop late fines.", False),
        ("The library should drop late fines.", "The library should drop fines.", False),
    ],
)
def test_saying_the_same(one: str, other: str, same: bool):
    assert says_the_same(one, other) is same
