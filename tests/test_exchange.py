import pytest
from pydantic import ValidationError

from bot.exchange import Exchange


def test_an_exchange_without_an_answer_says_why() -> None:
    with pytest.raises(ValidationError, match="either an answer or a remark"):
        Exchange(question="Why?")


def test_a_whole_answer_needs_no_gist_of_its_own() -> None:
    assert Exchange(question="Why?", remark="Stopped.").turn.gist == ""


def test_what_was_shown_of_an_ended_answer_is_its_gist() -> None:
    ended = Exchange(question="Why?", proposition="Keep it.", remark="Stopped.")
    assert ended.turn.gist == "Keep it."
